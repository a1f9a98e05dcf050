"""Inhabitants from CBS StatLine, on request: the only thing here that asks the network.

No run, page or check imports this. Needs the extra `cbs`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mma_analysis.settings import Edition
from mma_analysis.storage import write_whole
from mma_analysis.vocabulary import Area, DataError, UsageError
from mma_analysis.vocabulary.reference import TABLES_FOLDER, check_table, table_text

STATLINE = "https://opendata.cbs.nl"
# Regionale kerncijfers Nederland: a row per region and year.
STATLINE_TABLE = "70072ned"
REGION = "RegioS"
PERIOD_COLUMN = "Perioden"
INHABITANTS_COLUMN = "TotaleBevolking_1"
WHOLE_YEAR = "JJ00"
SECONDS = 60  # to wait for an answer


class Refreshed(NamedTuple):
    """The table that was written, and how many of its rows are new and how many changed."""

    path: Path
    new: int
    changed: int


class Key(NamedTuple):
    """Of which gemeente and which day a row of the table tells the inhabitants."""

    slug: str
    reference_date: str


# Gemeente and day → the inhabitants, in digits.
Inhabitants = dict[Key, str]


def refresh_population(edition: Edition) -> Refreshed:
    """Write the inhabitants of an edition's gemeenten as a table of its own.

    As StatLine has them, of the first of January of every year that the edition is about,
    and of the year after.
    """
    vocabulary = edition.vocabulary
    year_after = edition.peildatum.year + 1
    years = [str(year) for year in range(edition.begin.year, year_after + 1)]
    try:
        rows, modified = _ask(years)
        found = _inhabitants(rows, vocabulary.gemeenten)
    except (KeyError, TypeError, ValueError) as error:
        kind = type(error).__name__
        words = {"address": STATLINE, "table": STATLINE_TABLE, "error": kind}
        raise DataError.of("statline_other", **words) from error
    except OSError as error:
        kind = type(error).__name__
        raise DataError.of("statline_silent", address=STATLINE, error=kind) from error
    _refuse_without_row(vocabulary.gemeenten, found, years)

    before: dict[Key, dict[str, str]] = {}
    for row in vocabulary.reference("population"):
        key = Key(row["slug"], row["reference_date"])
        before[key] = row
    after = dict(before)
    new = 0
    changed = 0
    source = f"CBS StatLine {STATLINE_TABLE}, gewijzigd {modified[:10]}"
    for key, people in found.items():
        row = {**key._asdict(), "inhabitants": people, "source": source}
        if key not in before:
            new += 1
        elif row != before[key]:
            changed += 1
        after[key] = row

    table = tuple(after[key] for key in sorted(after))
    path = edition.folder / TABLES_FOLDER / "population.csv"
    tables = {**vocabulary.own, "population": table}
    check_table(path, "population", tables)
    text = table_text("population", table)
    write_whole(path, text.encode())
    return Refreshed(path, new, changed)


def _inhabitants(rows: list[dict[str, Any]], gemeenten: Iterable[Area]) -> Inhabitants:
    """What the rows of StatLine tell of these gemeenten; of other regions nothing."""
    slugs = {area.cbs_code: area.slug for area in gemeenten}
    found: Inhabitants = {}
    for row in rows:
        code = row[REGION].strip()
        if code not in slugs or row[INHABITANTS_COLUMN] is None:
            continue
        year = row[PERIOD_COLUMN].removesuffix(WHOLE_YEAR)
        people = int(row[INHABITANTS_COLUMN])
        key = Key(slugs[code], f"{year}-01-01")
        found[key] = str(people)
    return found


def _refuse_without_row(
    gemeenten: Iterable[Area],
    found: Inhabitants,
    years: list[str],
) -> None:
    """Refuse an answer in which a gemeente has no row at all."""
    there = {key.slug for key in found}
    for area in gemeenten:
        if area.slug not in there:
            raise DataError.of(
                "statline_lacks",
                table=STATLINE_TABLE,
                code=area.cbs_code,
                name=area.name,
                first=years[0],
                last=years[-1],
            )


def _ask(years: list[str]) -> tuple[list[dict[str, Any]], str]:
    """The rows of all regions in these years, and when CBS last changed the table."""
    try:
        import cbsodata
    except ImportError as error:
        raise UsageError.of("statline_extra") from error
    place = urlsplit(STATLINE)
    cbsodata.options.use_https = place.scheme == "https"
    of_years = [f"{PERIOD_COLUMN} eq '{year}{WHOLE_YEAR}'" for year in years]
    answer = cbsodata.download_data(
        STATLINE_TABLE,
        select=[REGION, PERIOD_COLUMN, INHABITANTS_COLUMN],
        filters=" or ".join(of_years),
        catalog_url=place.netloc,
        timeout=SECONDS,
    )
    about = answer["TableInfos"][0]
    return answer["TypedDataSet"], str(about["Modified"])
