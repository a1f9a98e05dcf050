"""The released tables: protected counts, and beside them what may be derived from shown counts."""

import pandas as pd

from mma_analysis.measure import derived
from mma_analysis.measure.campaigns import (
    campaign_cells,
    campaign_effects,
    campaign_relations,
    comparable,
)
from mma_analysis.measure.cells import (
    BETWEEN,
    COARSENED,
    CONNECTION,
    NOT_APPLICABLE,
    SHOWN,
    connection_cells,
    count_cells,
    relations,
)
from mma_analysis.measure.coarsening import at_told_level
from mma_analysis.measure.comparison import comparison, funnel, overdispersion
from mma_analysis.measure.completeness import completeness, completeness_shift, topic_shift
from mma_analysis.measure.costs import costs_of_district, costs_per_gemeente, costs_per_phase
from mma_analysis.measure.crossings import crossing_cells, crossing_relations
from mma_analysis.measure.direct import experience_by_answer
from mma_analysis.measure.earlier import EARLIER
from mma_analysis.measure.frame import COUNT_COLUMNS, Frame
from mma_analysis.measure.growth import (
    GROWTH,
    before_connection,
    growth_between,
    growth_split,
    year_on_year,
)
from mma_analysis.measure.indicators import described
from mma_analysis.measure.periods import MONTH, WHOLE, YEAR, inhabitants, middle
from mma_analysis.measure.rates import share_of, with_rate
from mma_analysis.measure.trend import district_trend, expected_months, national_comparison
from mma_analysis.measure.within import margins
from mma_analysis.settings import Kosten
from mma_analysis.vocabulary import TOTAL, UNKNOWN

# Tables of counts and the indicator that they hold.
COUNTED = {
    "per_period": "meldingen",
    "per_recipient": "recipients",
    "per_topic": "topics",
    "per_topic_group": "topics",
    "per_topic_main": "topics",
    "per_background": "background",
    "per_follow_up": "follow_up",
}
# Statements of the survey about receiving more, and sooner.
ON_DIRECT_RECEIPT = ("informatiepositie", "sneller_dan_politie")


def count_system(meldingen: pd.DataFrame, of: Frame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All cells that may be released, and all relations between them."""
    campaigns, counted = of.edition.campagnes, of.connected_on.loc[list(of.delivered)]
    cells = all_cells(meldingen, of)
    related = [
        relations(of.vocabulary, cells, of.periods, of.connected_on),
        crossing_relations(cells),
        campaign_relations(of.vocabulary, cells, campaigns, counted, of.periods),
    ]
    return cells, pd.concat(related, ignore_index=True)


def all_cells(meldingen: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """All cells that may be released, as in `cells.count_cells`."""
    vocabulary, counted = of.vocabulary, of.connected_on.loc[list(of.delivered)]
    return pd.concat(
        [
            count_cells(vocabulary, meldingen, of.delivered, of.periods),
            connection_cells(vocabulary, meldingen, of.connected_on, of.periods),
            crossing_cells(vocabulary, meldingen, of.periods),
            campaign_cells(vocabulary, meldingen, of.edition.campagnes, counted, of.periods),
        ]
    )


def released_counts(cells: pd.DataFrame, states: pd.Series, of: Frame) -> pd.DataFrame:
    """Put the protected counts in one table, with the four kinds of value kept apart.

    One row per published cell and per cell that a gemeente without delivery would have had: `area`,
    `period`, `kind`, `breakdown`, `value`, `count` (missing unless shown), `state`; what is told at
    a coarser level is `COARSENED` here, and in no released table. Nothing of a period that only an
    earlier edition has, nor of what two counts differ.
    """
    own = cells[~cells["kind"].isin([EARLIER, BETWEEN])]
    coarsened = own.get("coarsened", pd.Series(False, own.index))
    told = own[own["published"] | coarsened].join(states.rename("state"))
    told = told.assign(state=told["state"].mask(coarsened, COARSENED))
    counts = told.assign(count=told["count"].astype("Int64").where(told["state"] == SHOWN))
    ends = of.periods.set_index("period")["end"]
    before = counts["area"].map(of.connected_on) > counts["period"].map(ends)
    # What is not shown is missing here, and must not be taken for nothing.
    is_none = before & counts["count"].eq(0).fillna(False)
    counts = counts.assign(state=counts["state"].mask(is_none, NOT_APPLICABLE))
    counts = counts.assign(count=counts["count"].mask(counts["state"] == NOT_APPLICABLE))
    return pd.concat([counts[COUNT_COLUMNS], of.missing], ignore_index=True)


def released_tables(counts: pd.DataFrame, of: Frame) -> dict[str, pd.DataFrame]:
    """Derive every released table, by name, from protected counts and from nothing else.

    A hidden count gives a missing rate, share or verdict.
    """
    names = dict.fromkeys(row["table"] for row in of.vocabulary.reference("breakdowns"))
    tables = {name: _table(counts, name, of) for name in names}
    told = {name: table[table["state"] != COARSENED] for name, table in tables.items()}
    told |= {name: described(told[name], code) for name, code in COUNTED.items()}
    per_period = tables["per_period"]
    of_gemeenten = per_period[per_period["area"] != of.vocabulary.district.slug]
    connection = counts[counts["breakdown"] == CONNECTION]
    compared = _comparison(of_gemeenten, connection, of)
    known = completeness(at_told_level(of.vocabulary, counts))
    usual = overdispersion(compared["count"], compared["expected"])
    largest = compared["expected"].max() if len(compared) else 1.0
    return told | {
        "comparison": compared,
        "comparison_limits": funnel(largest, usual["tau2"].iloc[0]),
        "overdispersion": usual,
        "topic_shift": topic_shift(of.vocabulary, counts, of.periods),
        "completeness": known,
        "completeness_shift": completeness_shift(known, of.periods),
        "growth_split": growth_split(connection, of_gemeenten, of.connected_on, of.periods),
        "growth_per_gemeente": _growth_per_gemeente(of_gemeenten, of),
        "year_on_year": year_on_year(of_gemeenten, of.periods),
        "campaigns": _campaigns(counts, of),
        "connection": _connection(of),
        "received_twice": _received_twice(connection, per_period, of),
        "before_connection": before_connection(
            of_gemeenten[of_gemeenten["area"].isin(of.delivered)], of.connected_on, of.periods
        ),
        **_costs(of_gemeenten, counts, of),
        **{name: getattr(derived, name)(counts) for name in derived.__all__},
        "periods": of.periods,
    }


def district_tables(released: dict[str, pd.DataFrame], of: Frame) -> dict[str, pd.DataFrame]:
    """Derive what is told of the district alone from its released tables, by name."""
    table = released["per_period"]
    months = table[table["area"].eq(of.vocabulary.district.slug) & table["kind"].eq(MONTH)]
    receipts = released["received_twice"]["receipts"].astype("float64").item()
    known = margins(of.vocabulary, table, receipts, of.exposure, of.periods)
    return {
        "expected_months": expected_months(months, of.periods),
        "trend": district_trend(known),
        "national_comparison": national_comparison(of.vocabulary, known, of.periods),
    }


def _table(counts: pd.DataFrame, name: str, of: Frame) -> pd.DataFrame:
    breakdowns = of.vocabulary.reference("breakdowns")
    own = [row["breakdown"] for row in breakdowns if row["table"] == name]
    rows = counts[counts["breakdown"].isin(own)].reset_index(drop=True)
    if own == [TOTAL]:
        with_time = rows.merge(of.exposure, on=["area", "period"], how="left")
        return with_rate(with_time.drop(columns=["breakdown", "value"]))
    totals = counts[counts["breakdown"] == TOTAL].set_index(["area", "period"])["count"]
    keys = pd.MultiIndex.from_frame(rows[["area", "period"]])
    return share_of(rows, pd.Series(totals.reindex(keys).to_numpy(), rows.index, dtype="Int64"))


def _campaigns(counts: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """The effect of each campaign, and of which gemeenten it was counted (`compared`)."""
    campaigns, peildatum = of.edition.campagnes, pd.Timestamp(of.edition.peildatum)
    counted = of.connected_on.loc[list(of.delivered)]
    compared = {one.naam: ", ".join(comparable(one, counted, of.periods)) for one in campaigns}
    effects = campaign_effects(counts, campaigns, peildatum)
    return effects.assign(compared=effects["campaign"].map(compared).astype("str"))


def _connection(of: Frame) -> pd.DataFrame:
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


def _received_twice(connection: pd.DataFrame, per_period: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """One row: receipts, tips, and how often a tip came in at one more gemeente.

    `per_10000` is of receipts: beside tips every gemeente would seem to receive more.
    """
    is_district = per_period["area"] == of.vocabulary.district.slug
    whole = per_period[is_district & (per_period["kind"] == WHOLE)]
    tips = whole["count"].sum(skipna=False)
    receipts = connection.loc[connection["value"] == "all", "count"].sum(skipna=False)
    row = {"receipts": receipts, "tips": tips, "again": receipts - tips}
    table = pd.DataFrame([row]).astype("Int64")
    rate = with_rate(whole.head(1).assign(count=receipts))["per_10000"].to_numpy()
    return described(table.assign(per_10000=rate), "received_twice")


def _growth_per_gemeente(of_gemeenten: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """The growth of each gemeente between the last two complete years, when there are two."""
    years = of.periods[of.periods["kind"].eq(YEAR) & of.periods["is_complete"]]["period"].tail(2)
    not_yet = of_gemeenten["state"] == NOT_APPLICABLE
    counted = of_gemeenten.assign(count=of_gemeenten["count"].mask(not_yet, 0))
    counted = counted[counted["area"].isin(of.delivered)]
    if len(years) < 2 or counted.empty:
        return pd.DataFrame(columns=["area", *GROWTH])
    grown = growth_between(of.vocabulary, counted, *years)
    # What gemeenten received together is `growth_split`; under this name it would seem tips.
    return grown[grown["area"] != of.vocabulary.district.slug].reset_index(drop=True)


def _comparison(of_gemeenten: pd.DataFrame, connection: pd.DataFrame, of: Frame) -> pd.DataFrame:
    """Compare the gemeenten that delivered and of which the connected time is known."""
    whole = of_gemeenten[of_gemeenten["kind"].eq(WHOLE) & of_gemeenten["area"].isin(of.delivered)]
    is_timed = whole["connected_months"].notna().to_numpy()
    timed = whole[is_timed].set_index("area")
    of_all = connection.loc[connection["value"] == "all", "count"].sum(skipna=False)
    receipts = of_all - whole.loc[~is_timed, "count"].sum(skipna=False)
    if pd.isna(receipts):
        timed, receipts = timed.iloc[:0], 0
    time, people = timed["connected_months"], _inhabitants(of)
    return comparison(of.vocabulary, timed["count"], time, people, float(receipts))


def _costs(of_gemeenten: pd.DataFrame, counts: pd.DataFrame, of: Frame) -> dict[str, pd.DataFrame]:
    """What the connections cost per gemeente, in the district, and per phase."""
    kosten, people = of.edition.kosten or Kosten(), _inhabitants(of)
    begin, peildatum = of.edition.begin, of.edition.peildatum
    time = of_gemeenten[of_gemeenten["kind"] == WHOLE].set_index("area")["connected_months"]
    per_area = _useful(counts[counts["kind"] == WHOLE])
    is_joined = of.connected_on.between(pd.Timestamp(begin), pd.Timestamp(peildatum))
    joined = of.connected_on.index[is_joined]
    costs = costs_per_gemeente(kosten, people, time, per_area, joined)
    in_all = per_area.loc[of.vocabulary.district.slug]
    return {
        "costs": costs,
        "costs_of_district": costs_of_district(costs, of.delivered, dict(in_all)),
        "costs_per_phase": costs_per_phase(kosten, people, of.connected_on, begin, peildatum),
    }


def _useful(counts: pd.DataFrame) -> pd.DataFrame:
    """Per area: all meldingen, the useful ones, and those of which that is not known."""
    names = {"count": (TOTAL, TOTAL), "useful": ("usable", "ja")}
    names |= {"unknown": ("usable", UNKNOWN)}
    by_value = counts.set_index(["breakdown", "value", "area"])["count"].sort_index()
    return pd.DataFrame({name: by_value.loc[key] for name, key in names.items()})


def experience(
    per_period: pd.DataFrame, meldingen: pd.DataFrame, responses: pd.DataFrame, of: Frame
) -> pd.DataFrame:
    """Put what gemeenten say of direct receipt beside their released counts."""
    whole = per_period[per_period["kind"] == WHOLE]
    people = _inhabitants(of)
    return experience_by_answer(responses, meldingen, whole, people, ON_DIRECT_RECEIPT)


def _inhabitants(of: Frame) -> pd.Series:
    """Inhabitants per gemeente in the middle of the evaluation."""
    whole = of.periods[of.periods["kind"] == WHOLE]
    return inhabitants(of.vocabulary, middle(whole["begin"], whole["end"]).iloc[0])
