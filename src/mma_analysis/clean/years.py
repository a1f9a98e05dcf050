"""Days without a year: a person says per sheet or file which year it is."""

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from mma_analysis.clean.corrections import correct
from mma_analysis.clean.words import in_sheet, map_cells
from mma_analysis.settings import SETTINGS_FILE, Edition, as_toml
from mma_analysis.settings.joint import Said
from mma_analysis.vocabulary import UsageError, did_you_mean, message, rows_of
from mma_analysis.vocabulary.days import WITHOUT_YEAR, kind_of_part, with_year
from mma_analysis.vocabulary.schema import Delivery

RECEIVED_ON = "received_on"


def with_years(raw: pd.DataFrame, senders: Sequence[str], edition: Edition) -> pd.Series:
    """The days of receipt of one delivery, with the year that the settings give them.

    What they say of a sheet goes before what they say of its file.
    """
    days = raw[RECEIVED_ON]
    years = _years_set(senders, edition)
    if not years:
        return days

    parts = [pd.Series(dtype="str")]
    for (file, sheet), rows in raw.groupby(["source_file", "source_sheet"], sort=False):
        of_file = years.get(str(file))
        year = years.get(str(sheet), of_file)
        cells = rows[RECEIVED_ON]
        if year is not None:
            cells = map_cells(cells, partial(with_year, year=year))
        parts.append(cells)
    return pd.concat(parts).reindex(raw.index)


def _years_set(senders: Sequence[str], edition: Edition) -> dict[str, int]:
    """Sheet or file → its year, as all of these senders say it."""
    chosen: dict[str, Said] = {}
    years: dict[str, int] = {}
    for slug in senders:
        for place, year in edition.gemeente(slug).jaar.items():
            said = Said(slug, "jaar", place, str(year))
            before = chosen.setdefault(place, said)
            said.refuse_other_than(before)
            years[place] = year
    return years


def refuse_unknown_places(deliveries: Sequence[Delivery], edition: Edition) -> None:
    """Refuse a year of what is no sheet and no file, or of a sheet that two files have."""
    for slug, gemeente in edition.gemeenten.items():
        if not gemeente.jaar:
            continue
        sent = [delivery for delivery in deliveries if slug in delivery.senders]
        files = [delivery.file for delivery in sent]
        if set(files) != set(gemeente.read):
            continue  # one of them could not be read: its sheets are not known yet
        for place in gemeente.jaar:
            with_sheet = [one.file for one in sent if place in _sheets(one)]
            if place not in files and not with_sheet:
                known = [*files, *(sheet for one in sent for sheet in _sheets(one))]
                near = did_you_mean(place, known)
                raise UsageError.of(
                    "year_of_nothing",
                    settings=SETTINGS_FILE,
                    slug=slug,
                    place=place,
                    near=near,
                )
            if len(with_sheet) > 1:
                raise UsageError.of(
                    "year_of_two",
                    settings=SETTINGS_FILE,
                    slug=slug,
                    place=place,
                    files=message("and").join(with_sheet),
                )


def _sheets(delivery: Delivery) -> list[str]:
    """The sheets of a delivery that have a name and rows."""
    return [str(sheet) for sheet in delivery.rows["source_sheet"].unique() if sheet]


def years_asked(delivery: Delivery, edition: Edition) -> Iterator[str]:
    """Say for each sheet how many days lack a year, and what to write in the settings.

    The line to write leaves the year open: the name of a sheet may be that of another year.
    Rows that are corrected in the settings are left out.
    """
    if RECEIVED_ON not in delivery.rows:
        return
    (corrected,), _ = correct([delivery], edition)
    slug = corrected.senders[0]
    days = with_years(corrected.rows, corrected.senders, edition)
    is_without = map_cells(days, kind_of_part) == WITHOUT_YEAR
    years = range(edition.begin.year, edition.peildatum.year + 1)
    in_words = message("or").join(map(str, years))
    for sheet, rows in corrected.rows[is_without].groupby("source_sheet", sort=False):
        key = str(sheet) or corrected.file
        yield message(
            "note_years",
            place=f"{corrected.file}{in_sheet(str(sheet))}",
            rows=rows_of(len(rows)),
            settings=SETTINGS_FILE,
            slug=slug,
            years=in_words,
            key=as_toml(key),
        )
