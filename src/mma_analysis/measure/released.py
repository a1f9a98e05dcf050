"""Counts as they are released: rounded for everybody, exact for the gemeente itself."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis.measure.categories import first_receipts
from mma_analysis.measure.counts import (
    DUPLICATE,
    EXISTING,
    KEYS,
    NEW,
    READ,
    RECEIVED,
    REJECTED,
    Counts,
    allowed_values,
)
from mma_analysis.measure.frame import BEFORE_CONNECTION, DAYS_PER_MONTH, Frame
from mma_analysis.measure.periods import WHOLE, period_of
from mma_analysis.measure.rates import share_of, with_rate
from mma_analysis.vocabulary import TOTAL

SHOWN, HIDDEN, MISSING, NOT_APPLICABLE = "shown", "hidden", "missing", "not_applicable"
NEVER = "never"  # a field that this gemeente never fills in: a 0 by its nature
COLUMNS = ["table", *KEYS, "kind", "count", "basis", "state"]
BROKEN_DOWN = ["area", "period", "kind", "breakdown", "value", "count", "basis", "state"]


def public_counts(counted: Counts, rounded: pd.Series, of: Frame) -> pd.DataFrame:
    """The counts that everybody may read, with the kinds of no number kept apart.

    `rounded`: count by name of a cell; missing where it is not told.

    One row per public count, and per count that a gemeente without delivery would have had:
    `table`, `area`, `period`, `breakdown`, `value`, `kind`, `count` (missing unless shown), `basis`
    (to multiples of which it is rounded: the truth is less than one basis away) and `state`:
    `shown`, `hidden`, `missing` (no delivery), `not_applicable` (not connected yet) or `never` (the
    gemeente does not keep this field).
    """
    cells = counted.cells[counted.cells["table"] != ""]
    count = rounded.reindex(cells.index).astype("Int64")
    state = cells["structural"].where(cells["structural"] != "", SHOWN)
    state = state.mask(count.isna() & state.eq(SHOWN), HIDDEN)
    told = cells.assign(count=count.where(state == SHOWN), state=state)
    told = told.assign(basis=of.edition.bescherming.basis)
    absent = of.missing(
        (row["table"], row["breakdown"], kind, allowed_values(of, row["breakdown"]))
        for row in of.vocabulary.reference("breakdowns")
        for kind in row["gemeente"].split()
    )
    absent = absent.assign(count=None, basis=of.edition.bescherming.basis, state=MISSING)
    both = pd.concat([told[COLUMNS], absent[COLUMNS]], ignore_index=True)
    return both.astype({"count": "Int64", "basis": "int64", "state": "str"})


def exact_counts(counted: Counts) -> pd.DataFrame:
    """The same counts as `public_counts`, exact: their `basis` is 1."""
    cells = counted.cells[counted.cells["table"] != ""]
    state = cells["structural"].where(cells["structural"] != "", SHOWN)
    told = cells.assign(count=cells["count"].where(state == SHOWN), basis=1, state=state)
    return told[COLUMNS].astype({"count": "Int64", "state": "str"}).reset_index(drop=True)


# --- tables of counts ----------------------------------------------------------------------------


def totals(
    counts: pd.DataFrame, exposure: pd.DataFrame, basis: int, dispersion: pd.DataFrame
) -> pd.DataFrame:
    """All meldingen per area and period, with the connected time and the rates of that."""
    rows = counts[counts["table"] == "per_period"]
    timed = rows[["area", "period", "kind", "count", "basis", "state"]].merge(
        exposure, on=["area", "period"], how="left"
    )
    return with_rate(timed, basis, dispersion)


def broken_down(counts: pd.DataFrame, table: str, basis: int) -> pd.DataFrame:
    """Meldingen per area, period and value of the breakdowns of this table, with their share."""
    rows = counts[counts["table"] == table].reset_index(drop=True)
    is_total = counts["table"].eq("per_period")
    of_all = counts[is_total].set_index(["area", "period"])["count"]
    keys = pd.MultiIndex.from_frame(rows[["area", "period"]])
    total = pd.Series(of_all.reindex(keys).to_numpy(), rows.index, dtype="Int64")
    return share_of(rows[BROKEN_DOWN], total, basis)


def received(counts: pd.DataFrame) -> pd.DataFrame:
    """What all gemeenten received, and per year of gemeenten that joined in it and of the others.

    One row per `period` and `value` (`all`, `new`, `existing`): `count`, `basis`, `state`.
    """
    rows = counts[counts["table"] == "received"]
    names = {RECEIVED: "all", NEW: "new", EXISTING: "existing"}
    value = rows["area"].str.split(" ").str[0].map(names)
    told = rows.assign(value=value)[["period", "kind", "value", "count", "basis", "state"]]
    return told.reset_index(drop=True)


def received_twice(
    received: pd.DataFrame, per_period: pd.DataFrame, district: str, basis: int
) -> pd.DataFrame:
    """One row: receipts, tips, and how often a tip came in at one more gemeente.

    `per_10000` is of receipts: beside tips every gemeente would seem to receive more.
    """
    whole = per_period[per_period["area"].eq(district) & per_period["kind"].eq(WHOLE)]
    tips = whole["count"].sum(skipna=False)
    receipts = received.loc[received["kind"] == WHOLE, "count"].sum(skipna=False)
    row = {"area": district, "receipts": receipts, "tips": tips, "again": receipts - tips}
    table = pd.DataFrame([row]).astype(dict.fromkeys(["receipts", "tips", "again"], "Int64"))
    rate = with_rate(whole.head(1).assign(count=receipts), basis)["per_10000"].to_numpy()
    return table.assign(per_10000=rate)


def since_connection(counts: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """What all gemeenten received in the first months after they were connected, and later.

    One row per `value` (months since the connection; `before` it too): `count`, `basis`, `state`,
    `connected_months` (of all gemeenten together, in these months).
    """
    rows = counts[counts["table"] == "since_connection"]
    since = of.days_since
    days = ((since["end"] - since["begin"]).dt.days + 1).clip(lower=0)
    time = days.groupby(since["value"]).sum() / DAYS_PER_MONTH
    time[BEFORE_CONNECTION] = 0.0
    told = rows.assign(value=rows["period"], connected_months=rows["period"].map(time))
    return told[["value", "count", "basis", "state", "connected_months"]].reset_index(drop=True)


def deliveries(counts: pd.DataFrame, sent: dict[str, int], district: str) -> pd.DataFrame:
    """What happened to all delivered rows together: read = clean + rejected + duplicate.

    `sent`: how many `files` there were, and `warnings` about their fields.
    """
    rows = counts[counts["table"] == "deliveries"].set_index("value")["count"]
    names = {READ: "read", REJECTED: "rejected", DUPLICATE: "duplicate"}
    found = {name: rows.get(value, pd.NA) for value, name in names.items()}
    clean = found["read"] - found["rejected"] - found["duplicate"]
    row = {"area": district, "files": sent["files"], "read": found["read"], "clean": clean}
    row |= {"rejected": found["rejected"], "duplicate": found["duplicate"]}
    table = pd.DataFrame([row | {"warnings": sent["warnings"]}])
    return table.astype(dict.fromkeys(["read", "clean", "rejected", "duplicate"], "Int64"))


def campaign_counts(counts: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Campaign → `target_during`, `other_otherwise` … → count."""
    found: dict[str, dict[str, int]] = {}
    for row in counts[counts["table"] == "campaign_counts"].to_dict("records"):
        side, name = str(row["period"]).split(" ", 1)
        found.setdefault(name, {})[f"{row['value']}_{side}"] = row["count"]
    return found


def connection(of: Frame) -> pd.DataFrame:
    """One row per gemeente: since when it is connected, and whether it delivered."""
    known = [of.edition.gemeente(slug) for slug in of.connected_on.index]
    return pd.DataFrame(
        {
            "area": of.connected_on.index,
            "connected_on": of.connected_on.to_numpy(),
            "source": [gemeente.aangesloten_bron for gemeente in known],
            "has_delivered": [slug in of.delivered for slug in of.connected_on.index],
            "delivered_on": pd.Series(
                [gemeente.geleverd_op for gemeente in known], dtype="datetime64[us]"
            ).to_numpy(),
        }
    )


def own_return(tips: pd.DataFrame) -> pd.DataFrame:
    """What a gemeente can tell M. of each melding that it received: what was done, and what it was.

    Row by row, for that gemeente alone: `area`, `melding_id`, `received_on`, `disposition`,
    `result`, `usable`, `fed_back_on`.
    """
    columns = ["area", "melding_id", "received_on", "disposition", "result", "usable"]
    return tips[[*columns, "fed_back_on"]].sort_values(["area", "received_on", "melding_id"])


def as_given(table: pd.DataFrame) -> pd.DataFrame:
    """A table as it was handed over."""
    return table


# --- for a researcher ----------------------------------------------------------------------------


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
        ("receipts", of.delivered, meldingen.assign(area=meldingen["gemeente"])),
        ("receipts", district, meldingen.assign(area=district[0])),
        ("tips", district, first_receipts(of.vocabulary, meldingen)),
    ]
    parts = [
        _per_period(rows, areas, of_kind).assign(kind=kind, counted=what)
        for what, areas, rows in levels
        for kind, of_kind in of.by_kind
    ]
    table = pd.concat(parts, ignore_index=True)[["area", "period", "kind", "counted", "count"]]
    return with_rate(table.merge(of.exposure, on=["area", "period"], how="left"))


def _per_period(rows: pd.DataFrame, areas: Sequence[str], of_kind: pd.DataFrame) -> pd.DataFrame:
    """How many rows each area has in each of these periods, none included."""
    period = period_of(rows["received_on"], of_kind)
    every = pd.MultiIndex.from_product([areas, of_kind["period"]], names=["area", "period"])
    counts = rows.groupby(["area", period.rename("period")]).size().reindex(every, fill_value=0)
    return counts.rename("count").reset_index().astype({"count": "Int64"})


def whole_total(counts: pd.DataFrame, breakdown: str, value: str) -> pd.Series:
    """The count of one value over the whole evaluation, per area; none of what is never kept."""
    is_breakdown = counts["kind"].eq(WHOLE) & counts["breakdown"].eq(breakdown)
    rows = counts[is_breakdown & counts["value"].eq(value)].set_index("area")
    return rows["count"].astype("Int64").mask(rows["state"] == NEVER, 0)


def all_meldingen(counts: pd.DataFrame) -> pd.Series:
    """All meldingen over the whole evaluation, per area."""
    return whole_total(counts, TOTAL, TOTAL)
