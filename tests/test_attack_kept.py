"""The attack is not asked twice the same; whatever it depends on, when that changes it is."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from drawing import Sent, drawn, of_days, sent, within
from mma_analysis.pipeline import attacked as attacked_module
from mma_analysis.pipeline.attacked import Attacked
from mma_analysis.pipeline.candidate import _Rounding
from mma_analysis.pipeline.released import Released
from mma_analysis.settings import Workspace
from mma_analysis.storage import Kept

TWO = dict.fromkeys(["borne", "losser"], "2022-07-01")
TOGETHER = {"bescherming": {"samen": [["borne", "losser"]]}}
BEGIN, PEILDATUM = "2022-07-01", "2023-06-30"
OF = of_days(BEGIN, PEILDATUM, TWO, **TOGETHER)
ROWS = drawn(2, {"borne": 60, "losser": 50})


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(Workspace(tmp_path), "proef")


@pytest.fixture
def attacks(monkeypatch: pytest.MonkeyPatch) -> list[Attacked]:
    """Every attack that was really made, as soon as it is."""
    made: list[Attacked] = []
    ours = _Rounding.attacked

    def attacked(self: _Rounding, until: float) -> Attacked:
        made.append(ours(self, until))
        return made[-1]

    monkeypatch.setattr(_Rounding, "attacked", attacked)
    return made


def asked(made: Released, kept: Kept) -> Attacked:
    """What came of the attack on this, that of before when that is kept."""
    return replace(made, kept=kept).candidate.attacked


def first(rows: pd.DataFrame = ROWS) -> Released:
    return Sent().prepared(OF, rows)


def test_what_was_kept_is_what_the_attack_gave(kept, attacks):
    made = asked(first(), kept)
    again = asked(first(), kept)

    assert attacks == [made]
    assert again is not made
    pd.testing.assert_series_equal(again.rounded, made.rounded)
    pd.testing.assert_frame_equal(again.narrowest, made.narrowest)
    for name in ("left_out", "rounds", "cuts", "disclosures", "is_attacked"):
        assert getattr(again, name) == getattr(made, name), name


def one_row_less() -> Released:
    return first(ROWS.drop(index=3).reset_index(drop=True))


def another_topic() -> Released:
    rows = ROWS.copy()
    rows.loc[3, "topic"] = rows["topic"].drop_duplicates().iloc[1]
    assert not rows.equals(ROWS)
    return first(rows)


def another_basis() -> Released:
    of = of_days(BEGIN, PEILDATUM, TWO, bescherming={**TOGETHER["bescherming"], "basis": 10})
    return Sent().prepared(of, ROWS)


def not_together() -> Released:
    return Sent().prepared(of_days(BEGIN, PEILDATUM, TWO), ROWS)


def what_went_out() -> Released:
    before = of_days(BEGIN, "2023-03-31", TWO, **TOGETHER)
    return sent(before, within(ROWS, before)).prepared(OF, ROWS)


@pytest.mark.parametrize(
    "other",
    [one_row_less, another_topic, another_basis, not_together, what_went_out],
)
def test_after_any_change_of_what_it_depends_on_it_is_asked_again(
    kept, attacks, other: Callable[[], Released]
):
    changed = other()
    asked(first(), kept)
    attacks.clear()

    asked(changed, kept)

    assert len(attacks) == 1


def test_another_program_asks_again(kept, attacks, monkeypatch):
    asked(first(), kept)
    monkeypatch.setattr(attacked_module, "tables_made_with", lambda: {"code van de tabellen": "2"})

    asked(first(), kept)

    assert len(attacks) == 2


def test_what_was_kept_and_then_edited_is_asked_again(tmp_path, kept, attacks):
    asked(first(), kept)
    (path,) = tmp_path.rglob("attack.json")
    text = path.read_text("utf-8")
    path.write_text(text.replace('"rounds": 1', '"rounds": 2').replace("null", "5"), "utf-8")
    assert path.read_text("utf-8") != text

    asked(first(), kept)

    assert len(attacks) == 2


def test_what_had_no_time_is_not_kept(kept, attacks, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("mma_analysis.pipeline.candidate.LONGEST_SEARCH", -1.0)
        assert not asked(first(), kept).is_attacked

    assert asked(first(), kept).is_attacked
