"""What kept answers of the bench tell of one to four meldingen: looks × how often it is guessed.

    python benchmarks/answers.py

Somebody knows twelve meldingen and wants to know how many of one to four others there are. Each
look is a question about these together with a part of the twelve: another set each time, so a
number of its own. He knows the chances of `reference/cell_key.csv`, and guesses the likeliest
count. Without a look he is right by chance: one time in four. It takes a few seconds; no time is
measured. Writes answers.md.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from mma_analysis import protect
from mma_analysis.vocabulary.reference import package_table

OUT = Path(__file__).with_name("answers.md")
POSSIBLE = np.array([1, 2, 3, 4])  # what the count may be, each as likely
PADDED = np.arange(5, 13)  # of how many known meldingen a question is too
LOOKS = (0, 1, 2, 3, 4, 6, 10, 20, 60)
TIMES = 20_000
MOST_OFF = 4


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


def main() -> None:
    """Write the table."""
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
    text = "\n".join(lines) + "\n"
    OUT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
