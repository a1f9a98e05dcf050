"""Questions of one's own: exact for who may see the rows, or tied to all that is released."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mma_analysis.measure.cells import (
    DOUBLE,
    SHOWN,
    area_of_tips,
    categories,
    first_receipts,
    relation,
    with_identity,
)
from mma_analysis.measure.crossings import OTHER, OUTCOME, PRESENT, crossing
from mma_analysis.measure.frame import Frame
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import WHOLE, period_of
from mma_analysis.measure.rates import with_rate
from mma_analysis.measure.tables import (
    all_cells,
    district_tables,
    released_counts,
    released_tables,
)
from mma_analysis.vocabulary import TOTAL
from mma_analysis.vocabulary.schema import BACKGROUND

RECEIPTS, TIPS = "receipts", "tips"
KEYS = ["area", "period", "kind", "counted"]


def volume(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Count receipts and unique tips per area and period of every kind, with their rates. Exact.

    A tip that two gemeenten received is two receipts of the district and one tip, on the day that
    the first of them wrote down. A gemeente that delivered and has none of these meldingen has
    zeros; one that delivered nothing has no rows.

    One row per area, period and what is counted: `area`, `period`, `kind`, `counted` (`receipts`,
    and for the district `tips`), `count`, and the time and rates of `rates.with_rate`.

    Examples
    --------
    One tip that two gemeenten received, and one more in Borne:

    >>> from mma_analysis.measure.frame import frame
    >>> from mma_analysis.settings import EXAMPLE, Workspace
    >>> of = frame(Workspace.here().edition(EXAMPLE))
    >>> days = pd.to_datetime(["2022-01-03", "2022-01-04", "2022-01-05"])
    >>> tips = pd.DataFrame({"melding_id": ["1", "1", "2"], "received_on": days,
    ...                      "gemeente": ["borne", "losser", "borne"], "source_row": [1, 1, 2]})
    >>> tips = tips.assign(source_file="x.csv", source_sheet="")
    >>> found = volume(tips, of).query("period == 'whole' and area == 'twente'")
    >>> found[["counted", "count"]].to_numpy().tolist()
    [['receipts', 3], ['tips', 2]]
    """
    district = [of.vocabulary.district.slug]
    levels = [
        (RECEIPTS, of.delivered, meldingen.assign(area=meldingen["gemeente"])),
        (RECEIPTS, district, meldingen.assign(area=district[0])),
        (TIPS, district, first_receipts(of.vocabulary, meldingen)),
    ]
    parts = [
        _counts(rows, areas, of_kind).assign(kind=kind, counted=what)
        for what, areas, rows in levels
        for kind, of_kind in of.periods.groupby("kind", sort=False)
    ]
    table = pd.concat(parts, ignore_index=True)[[*KEYS, "count"]]
    timed = table.merge(of.exposure, on=["area", "period"], how="left")
    return described(with_rate(timed), "volume")


def exact_tables(meldingen: pd.DataFrame, of: Frame) -> dict[str, pd.DataFrame]:
    """Make every table of counts and what follows from them, from clean rows of your own choice.
    Exact.

    As `tables.released_tables` and `tables.district_tables`, by name, with nothing hidden.
    """
    cells = all_cells(meldingen, of)
    counts = released_counts(cells, pd.Series(SHOWN, index=cells.index), of)
    tables = released_tables(counts, of)
    return tables | district_tables(tables, of)


def _counts(rows: pd.DataFrame, areas: Iterable[str], of_kind: pd.DataFrame) -> pd.DataFrame:
    """How many rows each area has in each of these periods, none included."""
    period = period_of(rows["received_on"], of_kind)
    every = pd.MultiIndex.from_product([areas, of_kind["period"]], names=["area", "period"])
    counts = rows.groupby(["area", period.rename("period")]).size().reindex(every, fill_value=0)
    return counts.rename("count").reset_index().astype({"count": "Int64"})


ASKED = "asked"  # breakdown of the counts of a question
# Of the meldingen that a question is not about. It is no part of the answer, and protected all the
# same: a reader subtracts the answer from the total.
NOT_ASKED = "–"


def with_question(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    meldingen: pd.DataFrame,
    answers: pd.Series,
    of: Frame,
    per_gemeente: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the counts of a question into the system of all counts that are released.

    Where some answers are about exactly the meldingen of some values of a released breakdown, that
    is a relation: a reader may know it. Not looked at are the counts around campaigns, and years or
    months of a breakdown.

    `cells` and `relations`: as made by `tables.count_system`, of all meldingen.
    `answers`: the answer of each melding, on the index of `meldingen`; missing when the question is
    not about it.
    `per_gemeente`: whether gemeenten are asked for too; the district always is.

    The cells, with those of breakdown `ASKED` over the whole evaluation, and the relations.
    """
    meldingen = meldingen.reset_index(drop=True)
    known = _released(categories(of.vocabulary, meldingen, of.periods))
    asked = answers.reset_index(drop=True).astype("object").fillna(NOT_ASKED).astype("str")
    known, asked = known[known[WHOLE].notna()], asked[known[WHOLE].notna()]
    own = _count(known, asked, area_of_tips(of.vocabulary, meldingen), of)
    district = of.vocabulary.district.slug
    is_asked = own["area"].ne(DOUBLE) if per_gemeente else own["area"].eq(district)
    own = own.assign(published=is_asked)
    table = own.reset_index()
    is_whole = table["area"].isin([district, DOUBLE])
    to_district = relation(table[~is_whole], table[is_whole], ["value"], ASKED)
    added = pd.concat([relations, to_district, *_ties(own, cells, known, asked)])
    both = pd.concat([cells, own])
    flags = both.columns.difference(own.columns)
    return both.fillna(dict.fromkeys(flags, False)).astype(dict.fromkeys(flags, bool)), added


def _released(known: pd.DataFrame) -> pd.DataFrame:
    """With the released crossings of a background and the result beside all other breakdowns."""
    result = "+" + known[OUTCOME].astype("str")
    halves = {name: known[name].astype("str") for name in BACKGROUND}
    crossed = {name: half.where(half == PRESENT, OTHER) + result for name, half in halves.items()}
    return known.assign(**{crossing(name): values for name, values in crossed.items()})


def _count(known: pd.DataFrame, asked: pd.Series, tips: pd.Series, of: Frame) -> pd.DataFrame:
    """Cells of every area and answer, none included."""
    district = of.vocabulary.district.slug
    areas = pd.concat([known["area"].astype("str"), tips.reindex(known.index).astype("str")])
    counts = pd.DataFrame({"area": areas, "value": pd.concat([asked, asked])})
    every = pd.MultiIndex.from_product(
        [[*of.delivered, district, DOUBLE], sorted(asked.unique())], names=["area", "value"]
    )
    table = counts.groupby(["area", "value"]).size().reindex(every, fill_value=0)
    rows = table.rename("count").reset_index()
    rows = rows.assign(period=WHOLE, kind=WHOLE, breakdown=ASKED)
    return with_identity(of.vocabulary, rows)


def _ties(
    own: pd.DataFrame, cells: pd.DataFrame, known: pd.DataFrame, asked: pd.Series
) -> list[pd.DataFrame]:
    """Relations with every released breakdown and kind of period that hangs together with it."""
    table, mine = cells.reset_index(), own.reset_index()
    ties = []
    for (kind, breakdown), whole in table.groupby(["kind", "breakdown"], sort=False):
        column, key = (kind, "period") if breakdown == TOTAL else (breakdown, "value")
        if column not in known or (breakdown != TOTAL and kind != WHOLE):
            continue
        group_of_answer, group_of_value = _groups(asked, known[column].astype("str"))
        parts = mine.assign(group=mine["value"].map(group_of_answer)).dropna(subset="group")
        sums = whole.assign(group=whole[key].map(group_of_value)).dropna(subset="group")
        ties.append(relation(parts, sums, ["area", "group"], f"{ASKED} to {kind} {breakdown}"))
    return ties


def _groups(answers: pd.Series, values: pd.Series) -> tuple[dict[str, str], dict[str, str]]:
    """The smallest sets of answers and of values that are about exactly the same meldingen."""
    answer, answer_names = pd.factorize(answers, sort=True)
    value, value_names = pd.factorize(values, sort=True)
    size = len(answer_names) + len(value_names)
    pairs = (np.ones(len(answer)), (answer, value + len(answer_names)))
    _, label = connected_components(coo_array(pairs, shape=(size, size)), directed=False)
    names = [str(number) for number in label]
    cut = len(answer_names)
    return dict(zip(answer_names, names[:cut], strict=True)), dict(
        zip(value_names, names[cut:], strict=True)
    )
