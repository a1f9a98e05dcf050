"""Numbers under which two tips seem to stand: counted as one tip, and asked about."""

import pandas as pd

from mma_analysis import domain

TIP = ["gemeente", "number"]
TOLD = [*TIP, *domain.SOURCE, "received_on", "topic"]
# One of two gemeenten may write a tip down weeks after the other; one gemeente that wrote it down
# twice did so within this.
MOST_DAYS_OF_ONE_TIP = 31


def reused_numbers(counted: pd.DataFrame, doubles: pd.DataFrame) -> pd.DataFrame:
    """Name the counted rows whose number seems to stand for another tip too.

    Within a gemeente that is another day with another topic, or more than a month between them; of
    two gemeenten it is both another topic and more than a month. A topic that is not known is not
    another one.

    Parameters
    ----------
    counted, doubles
        The rows that count, and those that another row of their gemeente stands for: the columns of
        `domain.MELDINGEN` and `number` (empty when there is none).

    Returns
    -------
    pandas.DataFrame
        One row per counted row and gemeente of the other tip (`domain.REUSED_NUMBERS`), which may
        be its own gemeente, with the first row of that tip; in the order of the rows.
    """
    numbered = counted.loc[counted["number"] != "", TOLD]
    shared = numbered[numbered.duplicated("number", keep=False)]
    within = numbered.merge(doubles[TOLD], on=TIP, suffixes=("", "_other"))
    within = within.assign(gemeente_other=within["gemeente"])
    between = shared.merge(shared, on="number", suffixes=("", "_other"))
    between = between[between["gemeente"] != between["gemeente_other"]]
    other_day = within["received_on"] != within["received_on_other"]
    again = within[(other_day & _other_topic(within)) | _far_apart(within)]
    elsewhere = between[_other_topic(between) & _far_apart(between)]
    return _as_table(pd.concat([again, elsewhere]))


def _other_topic(pairs: pd.DataFrame) -> pd.Series:
    known = (pairs["topic"] != domain.UNKNOWN) & (pairs["topic_other"] != domain.UNKNOWN)
    return known & (pairs["topic"] != pairs["topic_other"])


def _far_apart(pairs: pd.DataFrame) -> pd.Series:
    days = (pairs["received_on"] - pairs["received_on_other"]).abs()
    return days > pd.Timedelta(days=MOST_DAYS_OF_ONE_TIP)


def _as_table(pairs: pd.DataFrame) -> pd.DataFrame:
    named = {f"{name}_other": name.replace("source", "other") for name in domain.SOURCE}
    table = pairs.rename(columns={**named, "gemeente_other": "other_gemeente"})
    dtypes = {column.name: column.dtype for column in domain.REUSED_NUMBERS}
    typed = table[list(dtypes)].astype(dtypes).sort_values(list(dtypes), ignore_index=True)
    once = ["gemeente", *domain.SOURCE, "other_gemeente"]
    return typed.drop_duplicates(once, ignore_index=True)
