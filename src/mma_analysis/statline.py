"""Inhabitants from CBS StatLine, on request: the only thing here that asks the network.

No run, page or check imports this. Needs the extra `cbs`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mma_analysis.settings import Edition
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary
from mma_analysis.vocabulary.own_tables import FOLDER, check_cells, table_text

STATLINE = "https://opendata.cbs.nl"
# Regionale kerncijfers Nederland: a row per region and year.
TABLE = "70072ned"
REGION, YEAR, PEOPLE = "RegioS", "Perioden", "TotaleBevolking_1"
WHOLE_YEAR = "JJ00"
AT_A_TIME = 40  # gemeenten in one question: an address may not be longer than a server reads
SECONDS = 60  # to wait for an answer

Row = dict[str, str]


def refresh_population(edition: Edition) -> tuple[Path, int, int]:
    """Write the inhabitants of an edition's gemeenten as StatLine has them, as a table of its own.

    Of the first of January of every year that the edition is about, and of the year after. What
    the table has of other days stays. Nothing is written when something is wrong. Gives the path of
    the table, and how many of its rows are new and how many changed.
    """
    vocabulary = edition.vocabulary
    years = [str(year) for year in range(edition.begin.year, edition.peildatum.year + 2)]
    found = _by_key(_asked(vocabulary, years))
    for area in vocabulary.gemeenten:
        if not any(slug == area.slug for slug, _ in found):
            which = {"table": TABLE, "code": area.cbs_code, "name": area.name}
            raise DataError.of("statline_lacks", **which, first=years[0], last=years[-1])
    before = _by_key(vocabulary.reference("population"))
    rows = tuple(row for _, row in sorted((before | found).items()))
    path = edition.folder / FOLDER / "population.csv"
    check_cells(path, "population", rows)
    path.parent.mkdir(exist_ok=True)
    path.write_text(table_text("population", rows), encoding="utf-8", newline="\n")
    changed = [key for key in found if key in before and before[key] != found[key]]
    return path, len(found.keys() - before.keys()), len(changed)


def _by_key(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    return {(row["slug"], row["reference_date"]): row for row in rows}


def _asked(vocabulary: Vocabulary, years: list[str]) -> Iterator[Row]:
    """What StatLine has of these years, in our words."""
    slugs = {area.cbs_code: area.slug for area in vocabulary.gemeenten}
    try:
        answered, modified = _answers(list(slugs), years)
        for row in answered:
            if row[PEOPLE] is not None:
                year = row[YEAR].removesuffix(WHOLE_YEAR)
                yield {
                    "slug": slugs[row[REGION].strip()],
                    "reference_date": f"{int(year)}-01-01",
                    "inhabitants": str(int(row[PEOPLE])),
                    "source": f"CBS StatLine {TABLE}, gewijzigd {modified[:10]}",
                }
    except (KeyError, TypeError, ValueError) as error:
        words = {"address": STATLINE, "table": TABLE, "error": type(error).__name__}
        raise DataError.of("statline_other", **words) from error
    except OSError as error:
        words = {"address": STATLINE, "error": type(error).__name__}
        raise DataError.of("statline_silent", **words) from error


def _answers(codes: list[str], years: list[str]) -> tuple[list[dict[str, Any]], str]:
    """The rows of the table for these gemeenten and years, and when CBS last changed it."""
    try:
        import cbsodata
    except ImportError as error:
        raise UsageError.of("statline_extra") from error
    place = urlsplit(STATLINE)
    periods = " or ".join(f"{YEAR} eq '{year}{WHOLE_YEAR}'" for year in years)
    rows: list[dict[str, Any]] = []
    modified = ""
    cbsodata.options.use_https = place.scheme == "https"
    for some in (codes[at : at + AT_A_TIME] for at in range(0, len(codes), AT_A_TIME)):
        regions = " or ".join(f"{REGION} eq '{code}'" for code in some)
        answer = cbsodata.download_data(
            TABLE,
            select=[REGION, YEAR, PEOPLE],
            filters=f"({regions}) and ({periods})",
            catalog_url=place.netloc,
            timeout=SECONDS,
        )
        rows += answer["TypedDataSet"]
        modified = str(answer["TableInfos"][0]["Modified"])
    return rows, modified
