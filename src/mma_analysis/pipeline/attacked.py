"""What came of rounding and attack, and the same from what was kept of an earlier run.

The attack takes most of the time of `mma prepare`. An answer to the survey or a text in the
settings changes nothing of what it was asked: then it is not asked again.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from mma_analysis.attack import Disclosure
from mma_analysis.storage import Kept, hash_of, tables_made_with

KEPT_ATTACK = "attack"
CountLine = tuple[str, ...]


@dataclass(frozen=True)
class Attacked:
    """What came of it: the rounded counts, the lines left out, and what cannot be helped.

    - `disclosures`: counts that a reader knows too well and that no rounding of what comes
      helps.
    - `narrowest`: per count for which `reader` its interval is narrowest, and its `width`
      at least.
    - `is_attacked`: false when the time was up.
    """

    rounded: pd.Series
    left_out: tuple[CountLine, ...]
    rounds: int
    cuts: int
    narrowest: pd.DataFrame
    disclosures: tuple[Disclosure, ...] = ()
    is_attacked: bool = True


def attacked_or_kept(
    attack: Callable[[], Attacked],
    asked_of: Mapping[str, pd.DataFrame],
    settings: Mapping[str, Any],
    kept: Kept | None,
) -> Attacked:
    """What was kept of an attack on the same tables, with the same settings; else attack.

    `asked_of` and `settings` are all that the attack depends on, but for the program. When
    its time was up, nothing is kept: the next run may have more.
    """
    if kept is None:
        return attack()
    made_from = hash_of(
        {
            "tables": {name: table.to_csv() for name, table in asked_of.items()},
            "settings": settings,
            "program": tables_made_with(),
        }
    )
    content = kept.read(KEPT_ATTACK, made_from)
    if content is not None:
        return _unpacked(content)
    attacked = attack()
    if attacked.is_attacked:
        kept.write(KEPT_ATTACK, made_from, _packed(attacked))
    return attacked


def _packed(attacked: Attacked) -> dict[str, Any]:
    """The same as lists and names; a number that is missing or infinite is none."""
    rounded = attacked.rounded
    narrowest = attacked.narrowest
    width = narrowest["width"].astype("object")
    is_finite = np.isfinite(narrowest["width"].astype("float64"))
    return {
        "counts": rounded.index.tolist(),
        "numbers": rounded.astype("object").where(rounded.notna(), None).tolist(),
        "left_out": [list(line) for line in attacked.left_out],
        "rounds": attacked.rounds,
        "cuts": attacked.cuts,
        "asked": narrowest.index.tolist(),
        "readers": narrowest["reader"].tolist(),
        "widths": width.where(is_finite, None).tolist(),
        "disclosures": [asdict(one) for one in attacked.disclosures],
    }


def _unpacked(content: Mapping[str, Any]) -> Attacked:
    """What was packed: the same tables, of the same kinds."""
    counts = pd.Index(content["counts"], name="cell")
    numbers = pd.Series(content["numbers"], counts, dtype="Int64")
    widths = pd.Series(content["widths"], content["asked"], dtype="float64")
    narrowest = pd.DataFrame({"width": widths.fillna(np.inf)})
    narrowest.insert(0, "reader", content["readers"])
    disclosures = []
    for one in content["disclosures"]:
        upper = tuple(one.pop("upper"))
        lower = tuple(one.pop("lower"))
        disclosures.append(Disclosure(**one, upper=upper, lower=lower))
    return Attacked(
        rounded=numbers,
        left_out=tuple(tuple(line) for line in content["left_out"]),
        rounds=content["rounds"],
        cuts=content["cuts"],
        narrowest=narrowest,
        disclosures=tuple(disclosures),
    )
