"""An edition of fourteen gemeenten of which files end early, are of another year, or never came.

What truly came in is known: every gemeente receives as many a month, all the time.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from counting import VOCABULARY
from mma_analysis.settings import Workspace

SLUG = "situaties"
BEGIN = pd.Timestamp("2021-07-01")
PEILDATUM = pd.Timestamp("2023-06-30")
HEADERS = ["Meldnummer", "Datum ontvangst", "Onderwerp", "Status", "Resultaat"]
TOPICS = ["Drugs", "Fraude", "Woonfraude", "Geweld"]
A_MONTH = 4  # meldingen of each gemeente


@dataclass(frozen=True)
class Situation:
    """What a gemeente sent: until when its file goes, and what the settings say of it.

    `covered_until`: the last day of which it can be known how many came in; none when
    nothing can. `said`: lines of its block in the settings.
    """

    last: str = "2023-06-30"
    covered_until: str = "2023-06-30"
    said: str = "geleverd_op = 2023-07-05"
    sends: str = ""  # instead of a file with its meldingen
    hole: str = ""  # a month without any
    is_of_other_year: bool = False


NONE = ""
NOTHING = "no file"
TOTALS = "totals alone"
NO_ROWS = "a file without rows"
TWO_FILES = "two files"
SITUATIONS = {
    "borne": Situation("2023-05-31", "2023-05-31", "geleverd_op = 2023-05-31"),
    "dinkelland": Situation("2023-03-31", "2023-03-31", ""),
    "enschede": Situation("2022-12-31", "2022-12-31"),
    "haaksbergen": Situation(covered_until=NONE, is_of_other_year=True),
    "hellendoorn": Situation(covered_until=NONE, sends=TOTALS),
    "hengelo": Situation(covered_until=NONE, sends=NOTHING),
    "hof-van-twente": Situation(
        said="aangesloten = 2023-08-01\ngeleverd_op = 2023-07-05",
        sends=NO_ROWS,
    ),
    "losser": Situation(hole="2022-03"),
    "oldenzaal": Situation(
        sends=TWO_FILES,
        said=(
            'vult_aan = { "meldingen/oldenzaal-2.csv" = "meldingen/oldenzaal.csv" }\n'
            'geleverd_op = { "meldingen/oldenzaal.csv" = 2023-04-03, '
            '"meldingen/oldenzaal-2.csv" = 2023-07-05 }'
        ),
    ),
    "wierden": Situation("2023-05-31", "2023-06-30", 'klopt = "Gebeld: in juni kwam er niets."'),
}
LATE = "hof-van-twente"
UPDATE = pd.Timestamp("2023-04-01")
SHORT = ["borne", "dinkelland", "enschede"]
# A quarter later three have sent it; of the other eleven the files of before stand.
BEFORE_UPDATE = Situation("2023-03-31", "2023-03-31", "geleverd_op = 2023-03-31")
THREE = ["almelo", "borne", "enschede"]


def slugs() -> list[str]:
    """All gemeenten."""
    return [area.slug for area in VOCABULARY.gemeenten]


def updated_by_three() -> dict[str, Situation]:
    """An edition with the files of a quarter before, of which three have sent it."""
    return {slug: BEFORE_UPDATE for slug in slugs() if slug not in THREE}


def rows_of(slug: str, situation: Situation, seed: int) -> pd.DataFrame:
    """What a gemeente sends: what came in, as far as its file goes."""
    random = np.random.default_rng([seed, slugs().index(slug)])
    months = pd.period_range(BEGIN, situation.last, freq="M")
    days = []
    for month in months:
        number = random.poisson(A_MONTH)
        within = random.integers(1, 28, number)
        days += [pd.Timestamp(month.year, month.month, day) for day in within]
    table = pd.DataFrame({"Datum ontvangst": days})
    if situation.hole:
        table = table[table["Datum ontvangst"].dt.strftime("%Y-%m") != situation.hole]
    if situation.is_of_other_year:
        table["Datum ontvangst"] -= pd.DateOffset(years=2)
    number = len(table)
    table["Meldnummer"] = [f"M{slugs().index(slug):02}{place:05}" for place in range(number)]
    table["Onderwerp"] = random.choice(TOPICS, number)
    table["Status"] = random.choice(["Afgesloten", "Ontvangen"], number)
    table["Resultaat"] = random.choice(["Bevestigd", "Niet bevestigd", ""], number)
    return table[HEADERS]


def write_situations(
    root: Path,
    seed: int = 1,
    every: Mapping[str, Situation] | None = None,
) -> Workspace:
    """Write the edition and its files below a folder; as `every` says, or `SITUATIONS`."""
    situations = SITUATIONS if every is None else every
    folder = root / "data" / "raw" / SLUG / "meldingen"
    folder.mkdir(parents=True)
    blocks = [
        "[evaluatie]",
        'titel = "Situaties"',
        'district = "Twente"',
        f"begin = {BEGIN:%Y-%m-%d}",
        f"peildatum = {PEILDATUM:%Y-%m-%d}",
    ]
    for slug in slugs():
        blocks += _block(folder, slug, situations.get(slug, Situation()), seed)
    settings = folder.parent / "evaluatie.toml"
    settings.write_text("\n".join(blocks) + "\n", "utf-8")
    return Workspace(root)


def _block(folder: Path, slug: str, situation: Situation, seed: int) -> list[str]:
    """Write the files of a gemeente, and give its block in the settings."""
    block = [f"[gemeenten.{slug}]"]
    if "aangesloten" not in situation.said:
        block.append(f"aangesloten = {BEGIN:%Y-%m-%d}")
    if situation.sends == NOTHING:
        return block
    table = rows_of(slug, situation, seed)
    files = [f"meldingen/{slug}.csv"]
    if situation.sends == TOTALS:
        text = "Onderwerp;Aantal;Datum ontvangst\nDrugs;31;\nFraude;12;\n"
        (folder / f"{slug}.csv").write_text(text, "utf-8")
        block.append('kolommen = { "Aantal" = "ignored" }')
    elif situation.sends == NO_ROWS:
        write(table.head(0), folder / f"{slug}.csv")
    elif situation.sends == TWO_FILES:
        is_new = table["Datum ontvangst"] >= UPDATE
        write(table[~is_new], folder / f"{slug}.csv")
        write(table[is_new], folder / f"{slug}-2.csv")
        files.append(f"meldingen/{slug}-2.csv")
    else:
        write(table, folder / f"{slug}.csv")
    named = ", ".join(f'"{file}"' for file in files)
    return [*block, f"levering = [{named}]", situation.said]


def write(table: pd.DataFrame, path: Path) -> None:
    """Write rows as a gemeente would."""
    dated = table.assign(**{"Datum ontvangst": table["Datum ontvangst"].dt.strftime("%d-%m-%Y")})
    dated.to_csv(path, sep=";", index=False)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
