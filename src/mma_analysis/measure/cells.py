"""Every count that may be released, as one system: cells, and the relations between them.

A gemeente counts the meldingen it received. The district counts tips: a tip that two gemeenten
received is one tip. The difference is counted in the area `DOUBLE`, so that always
gemeenten = district + double.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from mma_analysis.measure import periods as period_module
from mma_analysis.measure.periods import HALF, MONTH, QUARTER, WHOLE, WINDOW, YEAR
from mma_analysis.vocabulary import TOTAL, UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import BACKGROUND, SOURCE

DOUBLE = "dubbel"
CONNECTION = "connection"  # breakdown of the district's receipts by when gemeenten joined
BETWEEN = "between"  # kind of what two counts differ: in no table, but a reader can subtract
KEYS = ["area", "period", "breakdown", "value"]

SHOWN, HIDDEN, MISSING, NOT_APPLICABLE = "shown", "hidden", "missing", "not_applicable"
COARSENED = "coarsened"  # told at a coarser level; no released table has such a row

# What is lost when a cell is hidden: totals and the district are what everybody reads.
COST_OF_KIND = {WHOLE: 4.0, YEAR: 3.0, HALF: 1.5, QUARTER: 1.5, MONTH: 1.5, WINDOW: 1.0}
COST_OF_KIND |= {BETWEEN: 0.05}
COST_OF_TOTAL = 5.0
COST_OF_DISTRICT = 20.0


def count_cells(
    vocabulary: Vocabulary,
    meldingen: pd.DataFrame,
    delivered: Iterable[str],
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Count the meldingen of every area in every breakdown that is released.

    A gemeente that delivered and has none gets a 0, one that delivered nothing no cells. In the
    district a tip has the day and the topic that its first receiver wrote down.

    `meldingen`: clean meldingen, one row per melding and receiving gemeente.

    One row per cell: `cell` (index), `area`, `period`, `kind`, `breakdown`, `value`, `count`,
    `published`, `owner` (the gemeente that knows it), `cost`. Areas are gemeenten, the district,
    and `DOUBLE` (never published).
    """
    meldingen = meldingen.reset_index(drop=True)
    per_gemeente = categories(vocabulary, meldingen, periods)
    as_tips = per_gemeente.assign(area=area_of_tips(vocabulary, meldingen))
    levels = (
        ("gemeente", per_gemeente, sorted(delivered)),
        ("district", as_tips, [vocabulary.district.slug, DOUBLE]),
    )
    parts = []
    for row in vocabulary.reference("breakdowns"):
        values = allowed_values(vocabulary, row["breakdown"])
        for level, counted, areas in levels:
            for kind in row[level].split():
                codes = periods.loc[periods["kind"] == kind, "period"]
                every = pd.MultiIndex.from_product([areas, codes, values])
                parts.append(_count(counted, every, kind, row["breakdown"]))
    return with_identity(vocabulary, pd.concat(parts, ignore_index=True))


def connection_cells(
    vocabulary: Vocabulary,
    meldingen: pd.DataFrame,
    connected_on: pd.Series,
    periods: pd.DataFrame,
) -> pd.DataFrame:
    """Count the district's receipts per year: all, of newly joined gemeenten, and of the others.

    Newly joined is connected after the end of the year before, on a known date; the first year has
    only `all`. Cells as in `count_cells`, breakdown `CONNECTION`, values `all`, `new`, `existing`.
    """
    years = periods[periods["kind"] == YEAR]
    received = period_module.period_of(meldingen["received_on"], years)
    rows = []
    for position, (code, begin) in enumerate(zip(years["period"], years["begin"], strict=True)):
        receipts = meldingen.loc[received == code, "gemeente"]
        rows.append((code, "all", len(receipts)))
        if position:
            is_new = receipts.isin(connected_on.index[connected_on >= begin])
            rows += [(code, "new", is_new.sum()), (code, "existing", (~is_new).sum())]
    cells = pd.DataFrame(rows, columns=["period", "value", "count"]).assign(
        area=vocabulary.district.slug, breakdown=CONNECTION, kind=YEAR
    )
    return with_identity(vocabulary, cells)


def relations(
    vocabulary: Vocabulary, cells: pd.DataFrame, periods: pd.DataFrame, connected_on: pd.Series
) -> pd.DataFrame:
    """List every linear relation that a reader can know between the cells.

    One row per relation and cell: `relation`, `cell`, `coefficient`; in every relation the sum of
    coefficient × count is 0.
    """
    table = cells.reset_index()
    main_of, acted_of = vocabulary.main_of_topic_group, acted_of_disposition(vocabulary)
    parts = [
        _areas_to_district(vocabulary, table),
        _periods_to_longer_period(table, periods),
        _values_to_total(table),
        _to_group(table, "topic", "topic_group", vocabulary.group_of_topic, "topics"),
        _to_group(table, "topic_group", "topic_main", main_of, "groups"),
        _to_group(table, "disposition", "acted", acted_of, "dispositions"),
        _gemeenten_to_connection(vocabulary, table, connected_on, periods),
    ]
    return pd.concat(parts, ignore_index=True)


def categories(
    vocabulary: Vocabulary, meldingen: pd.DataFrame, periods: pd.DataFrame
) -> pd.DataFrame:
    """Say of each melding its area, its period of every kind, and its value of every breakdown.

    One row per row of `meldingen`, on its index: `area`, a column per kind of period (missing
    outside the evaluation), and one per breakdown; as categories, so that texts are looked at once.
    """
    breakdowns = [row["breakdown"] for row in vocabulary.reference("breakdowns")]
    fields = {"gemeente", *breakdowns} & set(meldingen) - set(BACKGROUND)
    meldingen = meldingen.astype(dict.fromkeys(fields, "category"))
    followed = steps(vocabulary, meldingen, periods["end"].max())
    main = meldingen["topic_group"].map(vocabulary.main_of_topic_group)
    meldingen = meldingen.assign(
        acted=followed["acted"], fed_back=followed["fed_back"], topic_main=main.astype("str")
    )
    registered = {
        field: meldingen[field].map({True: "ja", False: "nee"}).astype("object")
        for field in BACKGROUND
    }
    inside = {
        str(kind): period_module.period_of(meldingen["received_on"], of_kind)
        for kind, of_kind in periods.groupby("kind")
    }
    own = {name: meldingen[name] for name in breakdowns if name not in (TOTAL, *registered)}
    filled = {field: texts.fillna(UNKNOWN) for field, texts in registered.items()}
    columns = {"area": meldingen["gemeente"], **inside, **own, **filled}
    total = pd.Series(TOTAL, index=meldingen.index, dtype="category")
    return pd.DataFrame(
        {name: c.astype("category") for name, c in columns.items()} | {TOTAL: total}
    )


def area_of_tips(vocabulary: Vocabulary, meldingen: pd.DataFrame) -> pd.Series:
    """The district for the first receipt of each tip, `DOUBLE` for every other."""
    several = meldingen[meldingen["melding_id"].duplicated(keep=False)]
    in_order = several.sort_values(["received_on", "gemeente", *SOURCE])
    again = in_order.index[in_order["melding_id"].duplicated(keep="first")]
    names = np.where(meldingen.index.isin(again), DOUBLE, vocabulary.district.slug)
    return pd.Series(names, index=meldingen.index, dtype="category")


def first_receipts(vocabulary: Vocabulary, meldingen: pd.DataFrame) -> pd.DataFrame:
    """Every tip once, as its first receiver wrote it down; `area`: the district."""
    district = vocabulary.district.slug
    return meldingen[area_of_tips(vocabulary, meldingen).eq(district)].assign(area=district)


def _count(counted: pd.DataFrame, every: pd.MultiIndex, kind: str, breakdown: str) -> pd.DataFrame:
    """Count in every combination of area, period and value; what is not there is a 0."""
    counts = counted.groupby(["area", kind, breakdown], observed=True).size()
    table = counts.reindex(every, fill_value=0).rename_axis(["area", "period", "value"])
    return table.rename("count").reset_index().assign(kind=kind, breakdown=breakdown)


def allowed_values(vocabulary: Vocabulary, breakdown: str) -> list[str]:
    """The codes that a breakdown can have, in reading order."""
    if breakdown == TOTAL:
        return [TOTAL]
    if breakdown == "topic":
        return list(vocabulary.topics)
    if breakdown == "topic_group":
        return list(vocabulary.topic_groups)
    return list(vocabulary.values(breakdown))


def with_identity(vocabulary: Vocabulary, cells: pd.DataFrame) -> pd.DataFrame:
    """Name each cell by its keys, and say whether it is published and what hiding it would cost."""
    district = vocabulary.district.slug
    return cells.assign(
        cell=_joined(cells, KEYS),
        count=cells["count"].astype("int64"),
        published=cells["area"] != DOUBLE,
        owner=cells["area"].where(~cells["area"].isin([district, DOUBLE]), ""),
        cost=cells["kind"].map(COST_OF_KIND).astype("float64")
        # Of two values that protect as well the smaller goes: the largest tells most.
        * np.where(cells["breakdown"] == TOTAL, COST_OF_TOTAL, 1 - 1 / (cells["count"] + 2))
        * np.where(cells["area"] == district, COST_OF_DISTRICT, 1.0),
    ).set_index("cell")[
        ["area", "period", "kind", "breakdown", "value", "count", "published", "owner", "cost"]
    ]


def _joined(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """The texts of these columns as one key per row."""
    first, *others = columns
    key = table[first].astype("str")
    for column in others:
        # Not by `str.cat`: that makes an object of each of a million texts first.
        key = key + "|" + table[column].astype("str")
    return key


def relation(parts: pd.DataFrame, whole: pd.DataFrame, on: list[str], name: str) -> pd.DataFrame:
    """Relations in which the parts that share a key add up to the whole with that key."""
    keys = pd.concat([_joined(parts, on), _joined(whole, on)], ignore_index=True)
    is_part = np.arange(len(keys)) < len(parts)
    # As numbers: to look a million texts up among each other takes minutes.
    number, _ = pd.factorize(keys)
    on_both_sides = np.intersect1d(number[is_part], number[~is_part])
    is_used = np.isin(number, on_both_sides[on_both_sides >= 0])
    terms = pd.DataFrame(
        {
            "relation": name + "|" + keys[is_used],
            "cell": pd.concat([parts["cell"], whole["cell"]], ignore_index=True)[is_used],
            "coefficient": np.where(is_part, 1, -1)[is_used],
        }
    )
    return terms.reset_index(drop=True)


def _areas_to_district(vocabulary: Vocabulary, table: pd.DataFrame) -> pd.DataFrame:
    table = table[table["breakdown"] != CONNECTION]
    is_whole = table["area"].isin([vocabulary.district.slug, DOUBLE])
    return relation(
        table[~is_whole], table[is_whole], ["period", "breakdown", "value"], "gemeenten"
    )


def _periods_to_longer_period(table: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for longer, shorter in ((WHOLE, YEAR), (YEAR, HALF), (HALF, QUARTER), (QUARTER, MONTH)):
        inner = table[(table["kind"] == shorter) & (table["breakdown"] != CONNECTION)]
        within = inner["period"].map(period_module.longer_period(periods, shorter, longer))
        outer = table[table["kind"] == longer]
        on = ["area", "longer", "breakdown", "value"]
        parts.append(
            relation(inner.assign(longer=within), outer.assign(longer=outer["period"]), on, longer)
        )
    return pd.concat(parts, ignore_index=True)


def _values_to_total(table: pd.DataFrame) -> pd.DataFrame:
    totals = table[table["breakdown"] == TOTAL]
    inner = table[~table["breakdown"].isin([TOTAL, CONNECTION])]
    parts = [
        relation(inner[inner["breakdown"] == breakdown], totals, ["area", "period"], breakdown)
        for breakdown in inner["breakdown"].unique()
    ]
    return pd.concat(parts, ignore_index=True)


def _to_group(
    table: pd.DataFrame, breakdown: str, of_groups: str, group: Mapping[str, str], name: str
) -> pd.DataFrame:
    """Values of one breakdown add up to those of a coarser one."""
    parts = table[table["breakdown"] == breakdown]
    groups = table[table["breakdown"] == of_groups]
    return relation(
        parts.assign(group=parts["value"].map(group)),
        groups.assign(group=groups["value"]),
        ["area", "period", "group"],
        name,
    )


def _gemeenten_to_connection(
    vocabulary: Vocabulary, table: pd.DataFrame, connected_on: pd.Series, periods: pd.DataFrame
) -> pd.DataFrame:
    begins = periods.set_index("period")["begin"]
    slugs = [area.slug for area in vocabulary.gemeenten]
    own = table[table["area"].isin(slugs) & table["breakdown"].eq(TOTAL) & table["kind"].eq(YEAR)]
    joined = own["area"].map(connected_on) >= own["period"].map(begins)
    grouped = own.assign(value=joined.map({True: "new", False: "existing"}))
    parts = pd.concat([grouped, own.assign(value="all")], ignore_index=True)
    whole = table[table["breakdown"] == CONNECTION]
    return relation(parts, whole, ["period", "value"], CONNECTION)


YES, NO = "ja", "nee"


def steps(vocabulary: Vocabulary, meldingen: pd.DataFrame, peildatum: pd.Timestamp) -> pd.DataFrame:
    """Say of each melding whether somebody acted on it, and whether M. was told the result.

    By `reference/acted.csv`. An empty day of feedback is `nee` only at a gemeente that registers
    feedback at all, elsewhere `onbekend`; feedback after the peildatum was not yet given.

    On the index of `meldingen`: `acted`, `fed_back`, each `ja`, `nee` or `onbekend`.

    Examples
    --------
    >>> meldingen = pd.DataFrame({
    ...     "gemeente": ["borne", "borne", "losser"],
    ...     "disposition": ["actie_gemeente", "toegevoegd_aan_dossier", "onbekend"],
    ...     "fed_back_on": pd.to_datetime(["2023-03-01", None, None]),
    ... })
    >>> steps(Vocabulary(), meldingen, pd.Timestamp("2023-06-30")).to_numpy().tolist()
    [['ja', 'ja'], ['nee', 'nee'], ['onbekend', 'onbekend']]
    """
    told = meldingen["fed_back_on"] <= peildatum
    registers = meldingen["gemeente"].isin(meldingen.loc[told, "gemeente"].unique())
    return pd.DataFrame(
        {
            "acted": meldingen["disposition"].map(acted_of_disposition(vocabulary)),
            "fed_back": told.map({True: YES, False: NO}).where(registers, UNKNOWN),
        }
    )


def acted_of_disposition(vocabulary: Vocabulary) -> dict[str, str]:
    """Code of a disposition → whether somebody acted: `ja`, `nee` or `onbekend`."""
    return {row["disposition"]: row["acted"] for row in vocabulary.reference("acted")}
