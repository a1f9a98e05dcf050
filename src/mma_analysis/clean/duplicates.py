"""Rows that say the same melding twice."""

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
    numbered = rows.loc[rows["number"] != "", [*MELDING, "source_file"]].drop_duplicates()
    # The settings name files in the order in which they came in: the last one is likely the newer.
    named = [*edition.deliveries()]
    order = sorted(set(numbered["source_file"]), key=lambda f: (f in named and named.index(f), f))
    pairs = numbered.merge(numbered, on=MELDING, suffixes=("", "_newer"))
    older, newer = (pairs[name].map(order.index) for name in ("source_file", "source_file_newer"))
    by = ["gemeente", "source_file", "source_file_newer"]
    shared = pairs[older < newer].groupby(by).size().reset_index()
    faults: list[str] = []
    for slug, one, other, number in shared.itertuples(index=False):
        supplements = edition.gemeente(slug).vult_aan
        if supplements.get(one) == other or supplements.get(other) == one:
            continue
        meldingen = "1 tip" if number == 1 else f"{number} tips"
        faults.append(
            f"{one} and {other} have {meldingen} of {slug} in common; say in {SETTINGS_FILE} under "
            f"[gemeenten.{slug}] which of the two is newer and what it does:\n"
            f'vervangt = {{ "{other}" = "{one}" }}  # the older file is not read\n'
            f'vult_aan = {{ "{other}" = "{one}" }}  # both count, a number in both is one tip'
        )
    if faults:
        raise DataError("\n".join(faults))
