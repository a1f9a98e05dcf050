"""What readers learn over the years: cases × readers on the example, after `mma prepare`.

    .venv/bin/python benchmarks/closed_books.py [CASE …]     writes their rows in closed_books.md

Each case prepares an edition beside what went out before. `asked` are the counts (also those that
nobody published, and all that a reader can subtract) of which a part is somebody else's; `known` is
what the loop could not help: exact, certainly 1–4, and narrower than 4. Seconds are of the
processor, and of all readers together. The rows of later months are those of the last ones again.
"""

import datetime as dt
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from mma_analysis import measure, protect
from mma_analysis.attack.readers import POLICE
from mma_analysis.attack.system import OUTSIDER
from mma_analysis.pipeline.candidate import FEWEST_KNOWN
from mma_analysis.pipeline.intake import CleanedEdition, read_and_clean
from mma_analysis.pipeline.released import Released
from mma_analysis.settings import EXAMPLE, Edition, Workspace
from mma_analysis.settings.edition import Campagne

RESULTS = Path(__file__).with_name("closed_books.md")
DAYS = ["received_on", "reported_on", "closed_on", "fed_back_on"]
KNOWN_LATER = 0.4  # of what was not known, on a later peildatum
PEILDATUM = dt.date(2023, 6, 30)
NOTHING_OUT = protect.Book()
COMMON_DAY = dt.date(2022, 1, 1)
SEEDS = 20
COMMON = f"one common day × {SEEDS}"


@dataclass(frozen=True)
class Example:
    """The example edition, read once."""

    cleaned: CleanedEdition
    edition: Edition

    def made(
        self,
        meldingen: pd.DataFrame,
        book: protect.Book = NOTHING_OUT,
        begin: dt.date | None = None,
        peildatum: dt.date | None = None,
        campaigns: tuple[Campagne, ...] | None = None,
    ) -> Released:
        """What is made of these meldingen, of other days or with other campaigns."""
        evaluation = self.edition.evaluatie.model_copy(
            update={
                "begin": begin or self.edition.begin,
                "peildatum": peildatum or self.edition.peildatum,
            }
        )
        # Whatever the peildatum, all is delivered then.
        gemeenten = {}
        for slug, one in self.edition.gemeenten.items():
            gemeenten[slug] = one.model_copy(update={"geleverd_op": None})
        parts = {"evaluatie": evaluation, "gemeenten": gemeenten}
        if campaigns is not None:
            parts["campagnes"] = campaigns
        edition = self.edition.model_copy(update=parts)
        first, last = pd.Timestamp(edition.begin), pd.Timestamp(edition.peildatum)
        inside = meldingen[meldingen["received_on"].between(first, last)]
        cleaned = replace(self.cleaned, meldingen=inside.reset_index(drop=True))
        return Released(cleaned, measure.frame(edition), book)


def later(meldingen: pd.DataFrame, months: int) -> pd.DataFrame:
    """The same, with so many months more, and more known of what came of each melding."""
    random = np.random.default_rng(months)
    known = meldingen.copy()
    classes = {
        "result": ["bevestigd", "niet_bevestigd"],
        "usable": ["ja", "nee"],
        "disposition": ["actie_gemeente", "niet_actiewaardig"],
    }
    for field, values in classes.items():
        is_found = (known[field] == "onbekend") & (random.random(len(known)) < KNOWN_LATER)
        known.loc[is_found, field] = random.choice(values, int(is_found.sum()))
    is_closed = known["status"].isin(["ontvangen", "in_behandeling"])
    is_closed &= random.random(len(known)) < KNOWN_LATER
    known.loc[is_closed, "status"] = "afgesloten"

    last = known["received_on"].max()
    new = known[known["received_on"] > last - pd.DateOffset(months=months)].copy()
    for name in DAYS:
        new[name] = new[name] + pd.DateOffset(months=months)
    new["melding_id"] = [f"{months}-{number}" for number in range(len(new))]
    return pd.concat([known, new], ignore_index=True)


def without(meldingen: pd.DataFrame, slug: str, number: int) -> pd.DataFrame:
    """The same, without so many rows of a gemeente."""
    own = meldingen.index[meldingen["gemeente"] == slug]
    return meldingen.drop(np.random.default_rng(number).choice(own, number, replace=False))


def late(meldingen: pd.DataFrame, number: int) -> pd.DataFrame:
    """The same, with so many rows more on days that are closed."""
    more = meldingen.sample(number, random_state=number).copy()
    more["melding_id"] = [f"laat-{place}" for place in range(number)]
    return pd.concat([meldingen, more], ignore_index=True)


# --- cases ---------------------------------------------------------------------------------


def cases(example: Example) -> dict[str, Callable[[], Released]]:
    """Each case by its name; what went out before it is made when it is needed."""
    rows = example.cleaned.meldingen
    issued: dict[str, protect.Issued] = {}

    def first() -> protect.Issued:
        if "first" not in issued:
            issued["first"] = example.made(rows).issued()
        return issued["first"]

    def after(*more: protect.Issued, revising: str = "") -> protect.Book:
        return protect.Book((first(), *more), frozenset(filter(None, [revising])))

    autumn = dt.date(2023, 9, 30)
    winter = dt.date(2023, 12, 31)
    summer = dt.date(2024, 6, 30)
    new_year = dt.date(2022, 1, 1)
    campaign = Campagne(
        naam="Nieuw",
        begin=dt.date(2022, 9, 1),
        eind=dt.date(2022, 11, 30),
        topics=("woonfraude",),
    )

    def second() -> protect.Issued:
        if "second" not in issued:
            issued["second"] = example.made(later(rows, 3), after(), peildatum=autumn).issued()
        return issued["second"]

    def other() -> protect.Issued:
        if "other" not in issued:
            issued["other"] = example.made(rows, after(), begin=new_year).issued()
        return issued["other"]

    def three() -> Released:
        return example.made(later(rows, 6), after(second()), peildatum=winter)

    def in_turns() -> Released:
        return example.made(later(rows, 3), after(other()), peildatum=autumn)

    return {
        "first issue": lambda: example.made(rows),
        "the same again": lambda: example.made(rows, after()),
        "1 row out": lambda: example.made(without(rows, "wierden", 1), after()),
        "3 rows out": lambda: example.made(without(rows, "haaksbergen", 3), after()),
        "5 rows out": lambda: example.made(without(rows, "oldenzaal", 5), after()),
        "12 late rows": lambda: example.made(late(rows, 12), after()),
        "+3 months": lambda: example.made(later(rows, 3), after(), peildatum=autumn),
        "+3 months, 12 late rows": lambda: example.made(
            late(later(rows, 3), 12), after(), peildatum=autumn
        ),
        "+1 year": lambda: example.made(later(rows, 12), after(), peildatum=summer),
        "later begin": lambda: example.made(rows, after(), begin=new_year),
        "later begin, 1 row out": lambda: example.made(
            without(rows, "wierden", 1), after(), begin=new_year
        ),
        "a campaign more": lambda: example.made(
            rows, after(), campaigns=(*example.edition.campagnes, campaign)
        ),
        "three issues": three,
        "two editions in turns": in_turns,
        "revision, 5 rows out": lambda: example.made(
            without(rows, "oldenzaal", 5), after(revising="oldenzaal")
        ),
        "revision, 8 rows out": lambda: example.made(
            without(rows, "almelo", 8), after(revising="almelo")
        ),
    }


# --- measured ------------------------------------------------------------------------------

COLUMNS = {
    "case": "case",
    "shown": "public counts",
    "kept": "kept",
    "composed": "sums of kept",
    "rounds": "rounds",
    "cuts": "cuts",
    "left": "lines left out",
    "asked": "asked",
    "known": "exact / 1–4 / narrower",
    "outsider": "an outsider",
    "police": "the police",
    "one": "one organisation",
    "two": "two together",
    "mean": "mean distance",
    "most": "largest",
    "seconds": "seconds",
}


def measured(case: str, made: Released) -> dict[str, object]:
    """One row of the table."""
    started = time.process_time()
    attacked = made.candidate.attacked
    seconds = time.process_time() - started
    table = made.candidate.table()
    public = table[table["cell"].ne("") & table["state"].eq("shown")]
    given = made.candidate.given.loc[public.index]
    distance = (public["number"].astype("float64") - given["count"]).abs()
    if (distance > public["off"]).any():
        raise AssertionError(case)
    known = attacked.disclosures
    width = attacked.narrowest["width"].astype("float64")
    exact = sum(one.high - one.low < 1 for one in known)
    few = sum(one.low >= 1 and one.high < FEWEST_KNOWN for one in known)
    return {
        "case": case,
        "shown": len(public),
        "kept": int(given["kept"].notna().sum()),
        "composed": int(public["off"].gt(made.candidate.basis - 1).sum()),
        "rounds": attacked.rounds,
        "cuts": attacked.cuts,
        "left": len(attacked.left_out),
        "asked": int(np.isfinite(width).sum()),
        "known": f"{exact} / {few} / {len(known)}" if attacked.is_attacked else "not attacked",
        **narrowest_by_reader(attacked.narrowest),
        "mean": f"{distance.mean():.2f}",
        "most": int(distance.max()),
        "seconds": round(seconds),
    }


def narrowest_by_reader(narrowest: pd.DataFrame) -> dict[str, str]:
    """Reader → how narrow the narrowest is of the counts that it knows best, and how many."""
    width = narrowest["width"].astype("float64")
    is_asked = np.isfinite(width)
    reader = narrowest.loc[is_asked, "reader"].astype("str")
    kind = reader.str.contains(" + ", regex=False).map({True: "two", False: "one"})
    kind = kind.mask(reader.str.contains(POLICE), "police")
    kind = kind.mask(reader == OUTSIDER, "outsider")
    of_kind = width[is_asked].groupby(kind).agg(["min", "size"])
    told = {}
    for name, row in of_kind.iterrows():
        told[str(name)] = f"{row['min']:.1f} ({row['size']:.0f})"
    return told


def common_day(example: Example) -> dict[str, object]:
    """Editions of which all gemeenten joined on one first of January: made, or not."""
    random = np.random.default_rng(1)
    rows_of_seeds = []
    for seed in range(SEEDS):
        gemeenten = {}
        for slug, one in example.edition.gemeenten.items():
            gemeenten[slug] = one.model_copy(update={"aangesloten": COMMON_DAY})
        edition = example.edition.model_copy(update={"gemeenten": gemeenten})
        rows = example.cleaned.meldingen.sample(frac=0.4 + 0.03 * seed, random_state=seed)
        days = random.integers(0, (PEILDATUM - COMMON_DAY).days, len(rows))
        rows = rows.assign(received_on=pd.Timestamp(COMMON_DAY) + pd.to_timedelta(days, "D"))
        made = replace(example, edition=edition).made(rows.assign(closed_on=pd.NaT))
        rows_of_seeds.append(measured(f"{COMMON}, seed {seed}", made))
    every = pd.DataFrame(rows_of_seeds)
    row: dict[str, object] = {"case": COMMON, "known": "; ".join(every["known"].unique())}
    for name in ("shown", "rounds", "cuts", "left", "most", "seconds"):
        row[name] = f"{every[name].min()}–{every[name].max()}"
    return row


HEADING = [
    "# What readers learn over the years",
    "",
    "Readers: an outsider, every organisation, every two together, and the police. Below each: "
    "how narrow its narrowest interval is, of the counts that it knows best, and how many these "
    "are. Exact, certainly 1 to 4, and narrower than 4 are of all readers together.",
    "",
    "A case without a row was not measured since the last change of the loop. The version "
    "before took 16 seconds for a first issue and 85 to 160 for one with an earlier beside it.",
    "",
    "| " + " | ".join(COLUMNS.values()) + " |",
    "|" + "---|" * len(COLUMNS),
]


def written() -> dict[str, str]:
    """The rows that are in the results already, by their case."""
    if not RESULTS.is_file():
        return {}
    lines = RESULTS.read_text(encoding="utf-8").splitlines()
    rows = {}
    for line in lines[len(HEADING) :]:
        case = line.split(" | ")[0].removeprefix("| ")
        rows[case] = line
    return rows


def main(asked: list[str]) -> None:
    """Measure every case, or those that are asked for, and write the row of each."""
    workspace = Workspace.here()
    edition = workspace.edition(EXAMPLE)
    example = Example(read_and_clean(edition), edition)
    every = cases(example)
    rows = written()
    for case in (*every, COMMON):
        if asked and case not in asked:
            continue
        row = common_day(example) if case == COMMON else measured(case, every[case]())
        values = [str(row.get(name, "")) for name in COLUMNS]
        rows[case] = "| " + " | ".join(values) + " |"
        print(rows[case], flush=True)
        in_order = [rows[name] for name in (*every, COMMON) if name in rows]
        RESULTS.write_text("\n".join([*HEADING, *in_order]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
