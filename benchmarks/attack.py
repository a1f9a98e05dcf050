"""Attack me: what readers learn from our numbers, and from the same counts given out otherwise.

    .venv/bin/python benchmarks/attack.py                      writes attack.md
    .venv/bin/python benchmarks/attack.py --hand-out FOLDER    writes what an attack needs
    .venv/bin/python benchmarks/attack.py --score CLAIMS.csv   says how good an attack is

The meldingen of the example are invented, so their true counts may be known: nowhere else can an
attack be held against the truth. No time is measured.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from closed_books import Example, later

from mma_analysis import protect
from mma_analysis.attack import NotAttackedError, Reader, System
from mma_analysis.attack.readers import NOBODY, WIDE_INTERVAL, coalition, intervals, police
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.released import Released
from mma_analysis.settings import EXAMPLE, Workspace

RESULTS = Path(__file__).with_name("attack.md")
BASIS = 5
FEWEST_SHOWN = 5  # where small counts are suppressed: of fewer nothing is said
SECONDS = 3600.0  # of the processor, for one reader
PAIRS = 6  # no organisation is in two of these
MONTHS = 3  # later the next issue comes
NEAR = 1e-6
COLUMNS = ["reader", "method", "asked", "exact", "of 1 to 4", "narrower"]


@dataclass(frozen=True)
class Method:
    """A way to give out counts: of each true count the ends between which readers know it.

    `distance`: how far a number that is said is from the truth. What is left out is NaN.
    """

    name: str
    ends: Callable[[pd.Series], pd.DataFrame]
    distance: Callable[[pd.Series], pd.Series]


# --- other methods --------------------------------------------------------------------------


def nearest(truth: pd.Series) -> pd.Series:
    """The nearest multiple of the basis."""
    return (truth / BASIS).round() * BASIS


def ends_of_nearest(truth: pd.Series) -> pd.DataFrame:
    """Half a basis to either side, and not below nothing."""
    half = (BASIS - 1) / 2
    number = nearest(truth)
    low = (number - half).clip(lower=0)
    return pd.DataFrame({"low": low, "high": number + half})


def suppressed(truth: pd.Series) -> pd.Series:
    """Which counts are left out: the small ones, without others to protect these."""
    return truth.between(1, FEWEST_SHOWN - 1)


def ends_of_suppression(truth: pd.Series) -> pd.DataFrame:
    """What is said is exact; what is left out is known to be small."""
    is_left_out = suppressed(truth)
    return pd.DataFrame(
        {
            "low": truth.mask(is_left_out, 1.0),
            "high": truth.mask(is_left_out, FEWEST_SHOWN - 1.0),
        }
    )


NEAREST = Method(
    "nearest multiple of 5, each count by itself",
    ends_of_nearest,
    lambda truth: (nearest(truth) - truth).abs(),
)
SUPPRESSION = Method(
    "counts of 1 to 4 left out, the others exact",
    ends_of_suppression,
    lambda truth: (truth - truth).mask(suppressed(truth)),
)
OURS = "ours"


def truth_of(system: System, names: pd.Series) -> pd.Series:
    """The true count of each of these names."""
    place = system.names.get_indexer(pd.Index(names))
    return pd.Series(system.truth[place], names.index)


def given_otherwise(system: System, method: Method) -> System:
    """The same counts, of all issues, given out by another method.

    Without what our program's own rules tell: those are of our numbers. What is 0 by its
    nature stays so.
    """
    said = system.knowledge.said
    ends = method.ends(truth_of(system, said["name"]))
    is_known = said["low"] == said["high"]
    said = said.assign(
        low=said["low"].where(is_known, ends["low"]),
        high=said["high"].where(is_known, ends["high"]),
    )
    no_rules = system.knowledge.rules.iloc[:0]
    knowledge = replace(system.knowledge, said=said, rules=no_rules, none=frozenset())
    return replace(system, knowledge=knowledge)


# --- readers --------------------------------------------------------------------------------


def readers_of(system: System) -> dict[str, list[Reader]]:
    """Each kind of reader, and who they are."""
    number = len(system.owners)
    shuffled = np.random.default_rng(1).permutation(number)
    number_of_pairs = min(PAIRS, number // 2)
    pairs = shuffled[: 2 * number_of_pairs].reshape(-1, 2)
    return {
        "an outsider": [coalition(system, NOBODY)],
        "the police": [police(system)],
        f"one of {number} organisations": [
            coalition(system, np.array([place])) for place in range(number)
        ],
        f"one of {len(pairs)} pairs of organisations": [coalition(system, pair) for pair in pairs],
    }


def learned(system: System, readers: list[Reader]) -> dict[str, int] | None:
    """How many counts of others one of these readers knows, of the counts that were asked.

    None when the time was up.
    """
    every = []
    for reader in readers:
        until = time.process_time() + SECONDS
        try:
            every.append(intervals(system, reader, until))
        except NotAttackedError:
            return None
    ends = pd.concat(every)
    truth = pd.Series(system.truth, system.names).reindex(ends.index)
    width = ends["high"] - ends["low"]
    is_narrow = width < WIDE_INTERVAL - NEAR
    is_exact = width < 1 - NEAR
    is_few = truth.between(1, FEWEST_SHOWN - 1)
    return {
        "asked": ends.index.nunique(),
        "exact": ends.index[is_exact].nunique(),
        "of 1 to 4": ends.index[is_exact & is_few].nunique(),
        "narrower": ends.index[is_narrow].nunique(),
    }


def rows_of(system: System, readers: dict[str, list[Reader]], label: str) -> list[list[object]]:
    """The rows of the board of one system: each kind of reader by each method."""
    systems = {OURS: system}
    for method in (NEAREST, SUPPRESSION):
        systems[method.name] = given_otherwise(system, method)

    rows: list[list[object]] = []
    for kind, of_kind in readers.items():
        for name, one in systems.items():
            number = learned(one, of_kind)
            values = ["not attacked"] * 4 if number is None else list(number.values())
            row = [f"{kind}{label}", name, *values]
            print(*row, sep=" | ", flush=True)
            rows.append(row)
    return rows


# --- the board ------------------------------------------------------------------------------


def usefulness(made: Released) -> list[list[object]]:
    """How far each method's numbers are from the truth, of the public counts."""
    table = made.candidate.table()
    public = table[table["cell"].ne("") & table["state"].eq("shown")]
    truth = made.candidate.given.loc[public.index, "count"].astype("float64")
    ours = (public["number"].astype("float64") - truth).abs()
    distances = {OURS: ours}
    for method in (NEAREST, SUPPRESSION):
        distances[method.name] = method.distance(truth)

    rows: list[list[object]] = []
    for name, distance in distances.items():
        left_out = distance.isna().mean()
        mean = f"{distance.mean():.2f}"
        rows.append([name, mean, f"{distance.max():.0f}", f"{left_out:.0%}", adds_up(name)])
    return rows


def adds_up(method: str) -> str:
    """Whether the parts of a total add up to it, by this method."""
    return "no" if method == NEAREST.name else "yes"


def as_table(columns: list[str], rows: list[list[object]]) -> str:
    """A table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


BOARD = """# Attack me

Written by `benchmarks/attack.py`. The meldingen of the example are invented, so their true
counts may be known, and an attack can be held against them.

## What readers learn

The same counts, given out in three ways, read by the same readers. Each reader works with all
numbers at once: sums, parts and wholes, what it has itself, and what went out before (a linear
program per count, both ways). *Asked*: counts of at least one melding, also those that nobody
published, of which a part is of others than the reader. *Exact*: only one number is possible;
*of 1 to 4* says of how many of these the truth is so small. *Narrower*: the ends of the
interval are less than 4 apart.

{readers}

Where small counts are left out, the others are exact on purpose: look there at *of 1 to 4*,
what that method means to hide. Another issue is made {months} months later of the same
meldingen and those of {months} months more; both lie beside each other then.

## What it costs

Of the counts that we release in the first issue: how far a number is from the truth.

{costs}

Not on this board: SmallCountRounding and GaussSuppression. They are programs for R, which this
project does not install, and their published results are of other tables: only numbers of the
same counts can stand beside each other.

## Hand in an attack

1. `python benchmarks/attack.py --hand-out FOLDER` writes `release.csv` (each number that goes
   out, as the annex has it, with its ends), `parts.csv` (of which smallest parts each count is
   the sum) and `truth.csv` (do not use it in the attack).
2. Write a file with the columns `count`, `low` and `high`: of each count that your attack
   claims to know, between which whole numbers it is.
3. `python benchmarks/attack.py --score CLAIMS.csv` says how many of your claims hold. Beside it
   stands how many hold for who just believes the number that went out, and claims as many whole
   numbers around it.

An attack that is right more often than that has learned something. One of which every claim is
narrower than 4, and holds, breaks a promise of ours: [SECURITY.md](../SECURITY.md) says whom to
tell.
"""


def example() -> Example:
    """The example edition, read."""
    edition = Workspace.here().edition(EXAMPLE)
    return Example(read_and_clean(edition), edition)


def system_of(made: Released) -> System:
    """All that readers know when this goes out."""
    return made.candidate.system(made.candidate.attacked.rounded)


def write_board() -> None:
    """Ask all readers, by all methods, and write the board."""
    of = example()
    first = of.made(of.cleaned.meldingen)
    system = system_of(first)
    rows = rows_of(system, readers_of(system), "")

    book = protect.Book((first.issued(),))
    peildatum = (pd.Timestamp(of.edition.peildatum) + pd.offsets.MonthEnd(MONTHS)).date()
    second = of.made(later(of.cleaned.meldingen, MONTHS), book, peildatum=peildatum)
    both = system_of(second)
    readers = readers_of(both)
    alone = {kind: readers[kind] for kind in ("an outsider", "the police")}
    rows += rows_of(both, alone, ", two issues")

    costs = ["method", "mean distance", "largest", "left out", "sums hold"]
    board = BOARD.format(
        readers=as_table(COLUMNS, rows),
        months=MONTHS,
        costs=as_table(costs, usefulness(first)),
    )
    RESULTS.write_text(board, encoding="utf-8")


# --- attacks of others ----------------------------------------------------------------------


def hand_out(folder: Path) -> None:
    """Write what went out, how counts are made of parts, and the truth."""
    of = example()
    system = system_of(of.made(of.cleaned.meldingen))
    folder.mkdir(parents=True, exist_ok=True)

    said = system.knowledge.said
    release = said.rename(columns={"name": "count"})
    release.to_csv(folder / "release.csv", index=False)

    sets = system.sets.tocoo()
    atoms = system.names[len(system.counts) :]
    parts = pd.DataFrame({"count": system.names[sets.row], "part": atoms[sets.col]})
    parts.to_csv(folder / "parts.csv", index=False)

    truth = pd.DataFrame({"count": system.names, "truth": system.truth.astype("int64")})
    truth.to_csv(folder / "truth.csv", index=False)


def score(path: Path) -> str:
    """How many claims of an attack hold, and how many by believing what went out."""
    claims = pd.read_csv(path)
    missing = {"count", "low", "high"} - set(claims.columns)
    if missing:
        sys.exit(f"{path} has no column {', '.join(sorted(missing))}.")
    if not claims["low"].le(claims["high"]).all():
        sys.exit(f"{path}: of each claim low and high are numbers, and high is not below low.")
    of = example()
    system = system_of(of.made(of.cleaned.meldingen))
    unknown = claims.loc[~claims["count"].isin(system.names), "count"]
    if len(unknown):
        sys.exit(f"{path}: no such count: {unknown.iloc[0]}. Names are those of release.csv.")

    truth = truth_of(system, claims["count"])
    holds = claims["low"].le(truth) & claims["high"].ge(truth)
    width = claims["high"] - claims["low"]
    is_narrow = width < WIDE_INTERVAL
    said = system.knowledge.said.groupby("name")[["low", "high"]].mean()
    number = claims["count"].map(said.mean(axis=1))
    is_public = number.notna()
    believed = (truth - number).abs() <= width / 2
    return (
        f"{len(claims)} claims, {holds.sum()} hold. "
        f"Narrower than {WIDE_INTERVAL}: {is_narrow.sum()}, "
        f"of which {(is_narrow & holds).sum()} hold.\n"
        f"Of {is_public.sum()} claims about a number that went out "
        f"{(is_public & holds).sum()} hold; "
        f"who believes these numbers is right {(is_public & believed).sum()} times."
    )


def main() -> None:
    """Write the board, hand out the files, or score an attack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hand-out", type=Path, metavar="FOLDER")
    parser.add_argument("--score", type=Path, metavar="CLAIMS.csv")
    asked = parser.parse_args()
    if asked.hand_out:
        hand_out(asked.hand_out)
    elif asked.score:
        print(score(asked.score))
    else:
        write_board()


if __name__ == "__main__":
    main()
