"""Rows that say the same melding twice, or two meldingen under one number."""

from collections import Counter
from itertools import combinations

import pandas as pd

from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import UNKNOWN, DataError
from mma_analysis.vocabulary.schema import RAW_MELDINGEN, REUSED_NUMBERS, SOURCE

SOURCE_COLUMNS = list(SOURCE)
MELDING = ["gemeente", "number"]
KEPT = {"source_file": "kept_file", "source_sheet": "kept_sheet", "source_row": "kept_row"}

# One of two gemeenten may write a melding down weeks after the other; one gemeente that wrote it
# down twice did so within this.
MOST_DAYS_OF_ONE_MELDING = 31
# One row may be the same as another by chance, and so may two; three after one another are not.
FEWEST_ROWS, FEWEST_DAYS = 3, 2


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


# --- counted, and asked about --------------------------------------------------------------------


def repeated_rows(raw: pd.DataFrame, decided: pd.DataFrame) -> pd.Series:
    """Whether each row stands, with its neighbours in the same order, further up as well.

    Without numbers nothing else tells that rows were pasted twice, or stand on two sheets or in two
    files. Only rows of one gemeente are compared. `raw` is in the order of files, sheets and rows;
    `decided` are the same rows: their gemeente and days.
    """
    fields = [field for field in RAW_MELDINGEN if field != "melding_id"]
    bare = raw.loc[raw["melding_id"].eq("") & decided["received_on"].notna(), fields]
    bare = bare.assign(of=decided["gemeente"]).sort_values("of", kind="stable")
    place = pd.Series(range(len(bare)), index=bare.index)
    # So many rows further down than the first row that is the same: equal for all of a block.
    further = place - place.groupby([bare[name] for name in bare], sort=False).transform("first")
    block = (further.ne(further.shift()) | bare["of"].ne(bare["of"].shift())).cumsum()
    days = decided["received_on"].reindex(bare.index).groupby(block).transform("nunique")
    size = further.groupby(block).transform("size")
    told = (further > 0) & (size >= FEWEST_ROWS) & (days >= FEWEST_DAYS)
    return told.reindex(raw.index, fill_value=False)


def reused_numbers(counted: pd.DataFrame, doubles: pd.DataFrame) -> pd.DataFrame:
    """Name the counted rows whose number seems to stand for another melding too.

    Within a gemeente that is another day with another topic, or more than a month between them; of
    two gemeenten it is both another topic and more than a month. A topic that is not known is not
    another one. `doubles` are rows that another row of their gemeente stands for.

    One row per counted row and gemeente of the other melding (`schema.REUSED_NUMBERS`), which may
    be its own gemeente, with the first row of that melding; in the order of the rows.
    """
    told = [*MELDING, *SOURCE, "received_on", "topic"]
    numbered = counted.loc[counted["number"] != "", told]
    shared = numbered[numbered.duplicated("number", keep=False)]
    within = numbered.merge(doubles[told], on=MELDING, suffixes=("", "_other"))
    within = within.assign(gemeente_other=within["gemeente"])
    between = shared.merge(shared, on="number", suffixes=("", "_other"))
    between = between[between["gemeente"] != between["gemeente_other"]]
    other_day = within["received_on"] != within["received_on_other"]
    again = within[(other_day & _other_topic(within)) | _far_apart(within)]
    elsewhere = between[_other_topic(between) & _far_apart(between)]
    named = {f"{name}_other": name.replace("source", "other") for name in SOURCE}
    pairs = pd.concat([again, elsewhere])
    table = pairs.rename(columns={**named, "gemeente_other": "other_gemeente"})
    dtypes = {column.name: column.dtype for column in REUSED_NUMBERS}
    typed = table[list(dtypes)].astype(dtypes).sort_values(list(dtypes), ignore_index=True)
    return typed.drop_duplicates(["gemeente", *SOURCE, "other_gemeente"], ignore_index=True)


def _other_topic(pairs: pd.DataFrame) -> pd.Series:
    known = (pairs["topic"] != UNKNOWN) & (pairs["topic_other"] != UNKNOWN)
    return known & (pairs["topic"] != pairs["topic_other"])


def _far_apart(pairs: pd.DataFrame) -> pd.Series:
    days = (pairs["received_on"] - pairs["received_on_other"]).abs()
    return days > pd.Timedelta(days=MOST_DAYS_OF_ONE_MELDING)
