"""Inhabitants from CBS StatLine, on request: the only thing here that asks the network.

No run, page or check imports this. Needs the extra `cbs`.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mma_analysis.settings import Edition
from mma_analysis.storage import write_whole
from mma_analysis.vocabulary import DataError, UsageError
from mma_analysis.vocabulary.reference import FOLDER, check_table, table_text

STATLINE = "https://opendata.cbs.nl"
# Regionale kerncijfers Nederland: a row per region and year.
TABLE = "70072ned"
REGION, YEAR, PEOPLE = "RegioS", "Perioden", "TotaleBevolking_1"
WHOLE_YEAR = "JJ00"
SECONDS = 60  # to wait for an answer


def refresh_population(edition: Edition) -> tuple[Path, int, int]:
    """Write the inhabitants of an edition's gemeenten as StatLine has them, as a table of its own.

    Of the first of January of every year that the edition is about, and of the year after. Gives
    the path of the table, and how many of its rows are new and how many changed.
    """
    vocabulary = edition.vocabulary
    years = [str(year) for year in range(edition.begin.year, edition.peildatum.year + 2)]
    slugs = {area.cbs_code: area.slug for area in vocabulary.gemeenten}
    try:
        answered, modified = _ask(years)
        of_statline = {
            (slugs[code], f"{row[YEAR].removesuffix(WHOLE_YEAR)}-01-01"): str(int(row[PEOPLE]))
            for row in answered
            if (code := row[REGION].strip()) in slugs and row[PEOPLE] is not None
        }
    except (KeyError, TypeError, ValueError) as error:
        words = {"address": STATLINE, "table": TABLE, "error": type(error).__name__}
        raise DataError.of("statline_other", **words) from error
    except OSError as error:
        words = {"address": STATLINE, "error": type(error).__name__}
        raise DataError.of("statline_silent", **words) from error
    for area in vocabulary.gemeenten:
        if area.slug not in {slug for slug, _ in of_statline}:
            which = {"table": TABLE, "code": area.cbs_code, "name": area.name}
            raise DataError.of("statline_lacks", **which, first=years[0], last=years[-1])
    keys, source = ("slug", "reference_date"), f"CBS StatLine {TABLE}, gewijzigd {modified[:10]}"
    before = {(row[keys[0]], row[keys[1]]): row for row in vocabulary.reference("population")}
    after = {
        key: dict(zip(keys, key, strict=True)) | {"inhabitants": people, "source": source}
        for key, people in of_statline.items()
    }
    rows = tuple(row for _, row in sorted((before | after).items()))
    path = edition.folder / FOLDER / "population.csv"
    check_table(path, "population", {**vocabulary.own, "population": rows})
    write_whole(path, table_text("population", rows).encode())
    changed = [key for key in after if key in before and before[key] != after[key]]
    return path, len(after.keys() - before.keys()), len(changed)


def _ask(years: list[str]) -> tuple[list[dict[str, Any]], str]:
    """The rows of all regions in these years, and when CBS last changed the table."""
    try:
        import cbsodata
    except ImportError as error:
        raise UsageError.of("statline_extra") from error
    place = urlsplit(STATLINE)
    cbsodata.options.use_https = place.scheme == "https"
    answer = cbsodata.download_data(
        TABLE,
        select=[REGION, YEAR, PEOPLE],
        filters=" or ".join(f"{YEAR} eq '{year}{WHOLE_YEAR}'" for year in years),
        catalog_url=place.netloc,
        timeout=SECONDS,
    )
    return answer["TypedDataSet"], str(answer["TableInfos"][0]["Modified"])
