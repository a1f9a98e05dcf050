"""What kept answers of the bench tell of one to four meldingen: looks × how often it is guessed.

    python benchmarks/answers.py

Somebody knows twelve meldingen and wants to know how many of one to four others there are. Each
look is a question about these together with a part of the twelve: another set each time, so a
number of its own. He knows the chances of `reference/cell_key.csv`, and guesses the likeliest
count. Without a look he is right by chance: one time in four. It takes a few seconds; no time is
measured. Writes answers.md.

Then of every melding of the example by itself: what a question says of its result. Run
`mma run` first.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

import mma_analysis as mma
from mma_analysis import protect
from mma_analysis.vocabulary import UsageError
from mma_analysis.vocabulary.reference import package_table

OUT = Path(__file__).with_name("answers.md")
POSSIBLE = np.array([1, 2, 3, 4])  # what the count may be, each as likely
PADDED = np.arange(5, 13)  # of how many known meldingen a question is too
LOOKS = (0, 1, 2, 3, 4, 6, 10, 20, 60)
TIMES = 20_000
MOST_OFF = 4

OTHERS = 4  # beside the one that is asked for: five together are the fewest that may be
GROUPS = 20  # of each melding, with other others

ALONE = """
## One melding

Somebody asks for the result of one melding, in each way there is; and then of five together, of
which he knows the other four, and guesses the likeliest. Each of the {number} meldingen of the
example is tried; of five together {groups} times, with other others and other keys.

| what he asks | tried | refused | result guessed right |
|---|---:|---:|---:|
"""


def chances() -> np.ndarray:
    """Of each count, and each change from -4 to 4, the chance."""
    table = pd.DataFrame(package_table("cell_key"))[["count", "change", "chance"]]
    table = table.astype({"count": int, "change": int, "chance": float})
    wide = table.pivot_table("chance", "count", "change", aggfunc="sum", fill_value=0.0)
    every = range(-MOST_OFF, MOST_OFF + 1)
    largest = range(int(table["count"].max()) + 1)
    return wide.reindex(index=largest, columns=every, fill_value=0.0).to_numpy()


def answered(counts: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """What the program answers to questions about so many meldingen."""
    flat = pd.Series(counts.ravel())
    keys = pd.Series(random.random(len(flat)))
    return protect.perturbed(flat, keys).to_numpy().reshape(counts.shape)


def guessed(looks: int, is_same: bool = False) -> tuple[float, float]:
    """How often the likeliest count is the right one, and how often no other is possible.

    `is_same`: the same question each time.
    """
    random = np.random.default_rng(20231202 + looks)
    truth = random.choice(POSSIBLE, TIMES)
    padded = random.choice(PADDED, (TIMES, max(looks, 1)))
    answers = answered(truth[:, None] + padded, random)
    if is_same:
        padded = np.repeat(padded[:, :1], padded.shape[1], axis=1)
        answers = np.repeat(answers[:, :1], answers.shape[1], axis=1)

    chance_of = chances()
    likely = np.ones((TIMES, len(POSSIBLE)))
    for look in range(looks):
        seen = {}
        for place, count in enumerate(POSSIBLE):
            of_all = count + padded[:, look]
            change = answers[:, look] - of_all
            is_near = np.abs(change) <= MOST_OFF
            row = np.minimum(of_all, len(chance_of) - 1)
            column = np.clip(change, -MOST_OFF, MOST_OFF) + MOST_OFF
            seen[place] = np.where(is_near, chance_of[row, column], 0.0)
        if is_same and look:
            break  # an answer that he has says nothing new
        for place in seen:
            likely[:, place] *= seen[place]
        likely /= likely.sum(axis=1, keepdims=True)

    is_best = np.isclose(likely, likely.max(axis=1, keepdims=True))
    of_truth = is_best[np.arange(TIMES), truth - 1]
    right = (of_truth / is_best.sum(axis=1)).mean()
    certain = ((likely > 0).sum(axis=1) == 1).mean()
    return float(right), float(certain)


def ways_to_ask(rows: pd.DataFrame, one: int) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Each question that is about one melding: its name, the rows, and the columns."""
    is_it = pd.Series(rows.index == one, rows.index).map({True: "this", False: "others"})
    of_own = rows.assign(topic_group=is_it)
    yield "a column overwritten, with its result", of_own, ["topic_group", "result"]
    yield "a column added, with its result", rows.assign(own=is_it), ["own", "result"]
    yield "its gemeente overwritten", rows.assign(gemeente=is_it), ["result"]
    yield "it alone", rows.loc[[one]], ["result"]
    yield "all but it", rows.drop(index=one), ["result"]


def of_one_melding() -> list[str]:
    """How often a question about one melding is refused: a line of the table for each way."""
    meldingen = mma.edition().meldingen
    rows = meldingen.row_level()
    refused: dict[str, int] = {}
    for one in rows.index:
        for name, frame, by in ways_to_ask(rows, one):
            refused.setdefault(name, 0)
            try:
                meldingen.count(*by, rows=frame)
            except UsageError:
                refused[name] += 1

    lines = []
    for name, times in refused.items():
        lines.append(f"| {name} | {len(rows)} | {times} | |")
    most = rows["result"].value_counts(normalize=True).max()
    lines.append(f"| nothing: he says the result that most have | {len(rows)} | | {most:.0%} |")
    right = guessed_of_five(rows["result"])
    name = "five together, with their result"
    lines.append(f"| {name} | {len(rows) * GROUPS} | 0 | {right:.0%} |")
    return lines


def guessed_of_five(results: pd.Series) -> float:
    """How often the result of one melding is guessed from the answer about it and four others.

    He knows how many of all meldingen have each result, and of the four which they have.
    """
    random = np.random.default_rng(20231203)
    codes, _ = pd.factorize(results)
    number = codes.max() + 1
    prior = np.bincount(codes) / len(codes)
    truth = np.repeat(codes, GROUPS)
    # Others than it: so many places further in the table.
    further = 1 + random.random((len(truth), len(codes) - 1)).argsort()[:, :OTHERS]
    places = np.repeat(np.arange(len(codes)), GROUPS)
    known = codes[(places[:, None] + further) % len(codes)]
    of_four = (known[:, :, None] == np.arange(number)).sum(axis=1)
    of_five = of_four + np.eye(number, dtype=int)[truth]
    answers = answered(of_five, random)

    chance_of = chances()
    likely = np.tile(prior, (len(truth), 1))
    for guess in range(number):
        of_all = of_four + np.eye(number, dtype=int)[guess]
        change = answers - of_all
        column = np.clip(change, -MOST_OFF, MOST_OFF) + MOST_OFF
        seen = np.where(np.abs(change) <= MOST_OFF, chance_of[of_all, column], 0.0)
        likely[:, guess] *= seen.prod(axis=1)
    return float((likely.argmax(axis=1) == truth).mean())


def main() -> None:
    """Write the tables."""
    lines = [
        "# Kept answers",
        "",
        __doc__.strip().split("\n\n")[2].replace("\n", " "),
        "",
        "| looks | guessed right | no other count possible | the same question as often |",
        "|---:|---:|---:|---:|",
    ]
    for looks in LOOKS:
        right, certain = guessed(looks)
        same, _ = guessed(looks, is_same=True)
        lines.append(f"| {looks} | {right:.0%} | {certain:.0%} | {same:.0%} |")
    number = len(mma.edition().meldingen.row_level())
    about = ALONE.format(number=number, groups=GROUPS)
    text = "\n".join(lines) + "\n" + about + "\n".join(of_one_melding()) + "\n"
    OUT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
