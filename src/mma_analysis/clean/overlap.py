"""The same meldingen twice in what one gemeente sent: a question for a person."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations

import pandas as pd

from mma_analysis.clean.words import in_sheet
from mma_analysis.settings import SETTINGS_FILE, Edition, as_toml
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.schema import REDUCED, SOURCE, Delivery

# Two sheets with a row or two alike may be about two meldingen of one day.
FEWEST_ON_SHEETS = 3
MOST_PAIRS = 5
# What a melding is from the start: its follow-up may be newer on one of two sheets.
FROM_THE_START = ("received_on", "topic", "place", *REDUCED)
COMPARED_FIELDS = ["gemeente", "compared", "received_on", "topic", "result"]


def refuse_same_twice(
    rows: pd.DataFrame,
    edition: Edition,
    deliveries: Mapping[str, Delivery],
) -> None:
    """No two files, sheets or ways of writing a number hold the same meldingen unasked.

    `rows` are those that would count, with a number as it counts and as it is `compared`;
    `deliveries` are by file.
    """
    faults = [*_of_files(rows, edition), *_of_sheets(rows, edition)]
    # What two files or sheets have in common explains numbers that are alike.
    if not faults:
        faults += _of_forms(rows, edition, deliveries)
    if faults:
        raise DataError("\n".join(faults))


def _of_files(rows: pd.DataFrame, edition: Edition) -> Iterator[str]:
    """Two files of one gemeente with meldingen in common, unless the settings say why."""
    # The settings name files in the order in which they came in: the last one is likely the
    # newer.
    place_of = {file: place for place, file in enumerate(edition.deliveries())}
    numbered = rows[rows["number"] != ""]
    for slug, sent in numbered.groupby("gemeente"):
        by_file = sent.groupby("source_file")["number"]
        numbers = {str(file): set(cells.tolist()) for file, cells in by_file}
        supplements = edition.gemeente(str(slug)).vult_aan
        in_order = sorted(numbers, key=lambda file: place_of.get(file, 0))
        for one, other in combinations(in_order, 2):
            shared = len(numbers[one] & numbers[other])
            is_said = supplements.get(one) == other or supplements.get(other) == one
            if not shared or is_said:
                continue
            yield message(
                "overlap",
                one=one,
                other=other,
                number=_meldingen(shared),
                slug=slug,
                settings=SETTINGS_FILE,
            )


def _of_sheets(rows: pd.DataFrame, edition: Edition) -> Iterator[str]:
    """Two sheets of which one has most of the other's meldingen, unless both are named.

    A melding without a number is known by what it is from the start.
    """
    alike = rows.groupby(list(FROM_THE_START), dropna=False).ngroup()
    without_number = "zonder-nummer-" + alike.astype("str")
    names = rows["compared"].where(rows["number"] != "", without_number)
    for (slug, file), sent in rows.groupby(["gemeente", "source_file"]):
        by_sheet = names.loc[sent.index].groupby(sent["source_sheet"], sort=False)
        meldingen = {str(sheet): Counter(cells) for sheet, cells in by_sheet}
        named = set(edition.gemeente(str(slug)).blad)
        # The fullest one is likely the one that counts.
        in_order = sorted(meldingen, key=lambda sheet: -meldingen[sheet].total())
        for one, other in combinations(in_order, 2):
            shared = (meldingen[one] & meldingen[other]).total()
            fewest = min(meldingen[one].total(), meldingen[other].total())
            is_most = shared >= FEWEST_ON_SHEETS and shared > fewest / 2
            if not is_most or {one, other} <= named:
                continue

            without = [sheet for sheet in in_order if sheet != other]
            yield message(
                "sheets_overlap",
                file=file,
                one=one,
                other=other,
                number=_meldingen(shared),
                slug=slug,
                settings=SETTINGS_FILE,
                without=as_toml(without),
                all=as_toml(in_order),
            )


def _of_forms(
    rows: pd.DataFrame,
    edition: Edition,
    deliveries: Mapping[str, Delivery],
) -> Iterator[str]:
    """Rows alike of which only the way of writing the number differs, unless it is said."""
    numbered = rows[rows["number"] != ""]
    once_per_number = numbered.drop_duplicates([*COMPARED_FIELDS, "number"])
    has_other_number = once_per_number.duplicated(COMPARED_FIELDS, keep=False)
    suspected = once_per_number[has_other_number]
    for slug, sent in suspected.groupby("gemeente"):
        if edition.gemeente(str(slug)).zelfde_nummer is not None:
            continue

        pairs: list[str] = []
        for _, alike in sent.groupby(COMPARED_FIELDS, sort=False):
            first, *others = alike[list(SOURCE)].itertuples(index=False, name=None)
            one = _place(first, deliveries)
            for other in others:
                another = _place(other, deliveries)
                pairs.append(message("and").join([one, another]))
        named = "; ".join(pairs[:MOST_PAIRS])
        more = len(pairs) - MOST_PAIRS
        if more > 0:
            named = message("and_more", named=named, number=more)
        yield message(
            "numbers_alike",
            slug=slug,
            number=_meldingen(len(pairs)),
            pairs=named,
            settings=SETTINGS_FILE,
        )


def _place(source: tuple[str, str, int], deliveries: Mapping[str, Delivery]) -> str:
    """Where the number of a row stands."""
    file, sheet, row = source
    place = f"{file}{in_sheet(sheet)}"
    column = deliveries[file].headers["melding_id"]
    return message("cell_of_row", place=place, row=row, column=column)


def _meldingen(number: int) -> str:
    return message("one_melding" if number == 1 else "meldingen", number=number)
