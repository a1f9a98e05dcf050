"""What a gemeente's page still tells, with and without telling it coarser.

    .venv/bin/python benchmarks/coarsening.py     writes benchmarks/coarsening.md

On the example edition. A melding is told in a breakdown when it is in a count that is shown.
"""

from pathlib import Path

import pandas as pd

from mma_analysis import measure, protect
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import TOTAL

RESULTS = Path(__file__).with_name("coarsening.md")
SMALL = 30  # meldingen in the whole evaluation
# What is told of every gemeente, and the levels at which it may be.
TOLD = {
    "the whole evaluation": [(TOTAL, "whole")],
    "per year": [(TOTAL, "year")],
    "per half year or year": [(TOTAL, "half"), (TOTAL, "year")],
    "topic": [("topic_group", "whole"), ("topic_main", "whole")],
    "what was done": [("disposition", "whole"), ("acted", "whole")],
}


def shown_counts(cells: pd.DataFrame, relations: pd.DataFrame, threshold: int) -> pd.DataFrame:
    """The published counts of gemeenten that are not 0, with their state."""
    states = protect.plan(cells, relations, threshold)
    shown = cells[cells["published"]].join(states)
    return shown[(shown["owner"] != "") & (shown["count"] > 0)]


def told(counts: pd.DataFrame, levels: list[tuple[str, str]], sizes: pd.Series) -> float:
    """Of the meldingen of these gemeenten the share in shown counts, at each one's best level."""
    shown = counts[counts["state"] == "shown"]
    sums = pd.DataFrame(
        {
            level: shown[(shown["breakdown"] == level[0]) & (shown["kind"] == level[1])]
            .groupby("area")["count"]
            .sum()
            for level in levels
        }
    )
    return float(sums.max(axis=1).reindex(sizes.index).fillna(0).sum() / sizes.sum())


def main() -> None:
    """Plan the example edition twice and write both beside each other."""
    edition = Workspace.here().edition(EXAMPLE)
    frame = measure.frame(edition)
    cells, relations = measure.count_system(read_and_clean(edition, print).meldingen, frame)
    threshold = edition.bescherming.drempel
    levels = measure.coarsening(edition.vocabulary, cells, threshold)
    finest = measure.coarsened(edition.vocabulary, cells, levels.iloc[:0])
    with_levels = measure.coarsened(edition.vocabulary, cells, levels)
    both = [shown_counts(c, relations, threshold) for c in (finest, with_levels)]
    whole = cells[(cells["breakdown"] == TOTAL) & (cells["kind"] == "whole") & (cells.owner != "")]
    sizes = whole.set_index("area")["count"]
    small = sizes[sizes < SMALL]
    lines = [
        "# Telling it coarser",
        "",
        f"`benchmarks/coarsening.py` on the example edition, threshold {threshold}: the "
        f"{len(small)} gemeenten with fewer than {SMALL} meldingen, {small.sum()} meldingen "
        f"together. {len(levels)} levels are told coarser.",
        "",
        "| of their meldingen, in a count that is shown | finest level | coarser |",
        "|---|---:|---:|",
    ]
    for name, of in TOLD.items():
        before, after = (
            told(counts[counts["area"].isin(small.index)], of, small) for counts in both
        )
        lines.append(f"| {name} | {before:.0%} | {after:.0%} |")
    of_small = [counts[counts["area"].isin(small.index)] for counts in both]
    shares = [(counts["state"] == "shown").mean() for counts in of_small]
    lines.append(
        f"| share of the counts above 0 on their pages | {shares[0]:.0%} | {shares[1]:.0%} |"
    )
    numbers = [f"{(c['state'] == 'shown').sum()} of {len(c)}" for c in of_small]
    lines.append(f"| the same, as numbers | {numbers[0]} | {numbers[1]} |")
    text = "\n".join(lines) + "\n"
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
