"""Rows that say the same melding twice."""

from collections import Counter
from itertools import combinations

import pandas as pd

from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.schema import SOURCE

SOURCE_COLUMNS = list(SOURCE)
MELDING = ["gemeente", "number"]
KEPT = {"source_file": "kept_file", "source_sheet": "kept_sheet", "source_row": "kept_row"}


def find_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """Name the rows with a number that their gemeente has already, and the row that stays.

    The row with the most filled cells stays, the first one when they are equal. A row without a
    number is never a duplicate. The same number at two gemeenten is two receipts.

    One row per row that is not counted, with the index that it has in `rows` (accepted rows in the
    order of the files): where it is and which row stands for it.
    """
    numbered = rows[(rows["number"] != "") & rows.duplicated(MELDING, keep=False)]
    # A stable sort: of two rows that are filled alike the first stays first.
    best_first = numbered.sort_values("filled", ascending=False, kind="stable")
    kept = best_first.groupby(MELDING, sort=False)[SOURCE_COLUMNS].transform("first")
    double = best_first.duplicated(MELDING)
    duplicates = best_first[double].join(kept[double].rename(columns=KEPT))
    return duplicates[[*SOURCE, "gemeente", *KEPT.values()]].sort_index()


def refuse_overlap(rows: pd.DataFrame, edition: Edition) -> None:
    """Two files of one gemeente have no melding in common, unless the settings say what that means.

    A file that was delivered again looks the same as a second half year with some old cases in it.
    Only a person knows whether the older file still counts.
    """
    files = rows[["gemeente", "source_file"]].drop_duplicates()
    with_several = files.loc[files.duplicated("gemeente"), "gemeente"]
    numbered = rows[rows["gemeente"].isin(with_several) & (rows["number"] != "")]
    in_files = numbered[[*MELDING, "source_file"]].drop_duplicates()
    in_several = in_files[in_files.duplicated(MELDING, keep=False)]
    # The settings name files in the order in which they came in: the last one is likely the newer.
    order = {file: place for place, file in enumerate(edition.deliveries())}
    shared: Counter[tuple[str, str, str]] = Counter()
    for key, files in in_several.groupby(MELDING)["source_file"]:
        slug = key[0]
        for one, other in combinations(sorted(files, key=lambda f: (order.get(f, -1), f)), 2):
            shared[str(slug), one, other] += 1
    faults = [
        _overlap(slug, older, newer, number)
        for (slug, older, newer), number in sorted(shared.items())
        if not _supplements(edition, slug, older, newer)
    ]
    if faults:
        raise DataError("\n".join(faults))


def _supplements(edition: Edition, slug: str, one: str, other: str) -> bool:
    pairs = edition.gemeente(slug).vult_aan.items()
    return (one, other) in pairs or (other, one) in pairs


def _overlap(slug: str, one: str, other: str, number: int) -> str:
    meldingen = "1 tip" if number == 1 else f"{number} tips"
    return (
        f"{one} and {other} have {meldingen} of {slug} in common; say in {SETTINGS_FILE} under "
        f"[gemeenten.{slug}] which of the two is newer and what it does:\n"
        f'vervangt = {{ "{other}" = "{one}" }}  # the older file is not read\n'
        f'vult_aan = {{ "{other}" = "{one}" }}  # both count, a number in both is one tip'
    )
