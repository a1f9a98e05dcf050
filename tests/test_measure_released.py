"""Released tables: every kind of value, and nothing that a shown count does not give."""

from functools import cache

import pandas as pd
import pytest
from conftest import cases

from counting import TWENTE, VOCABULARY, as_it_is, edition, several, shown
from mma_analysis import measure
from mma_analysis.measure.released import deliveries, since_connection
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import DataError

BOTH = {"almelo": {"aangesloten": "2021-07-01"}, "borne": {"aangesloten": "2022-07-01"}}
ABSENT = {
    "losser": {"aangesloten": "2021-07-01", "aangesloten_bron": "krant", "levering": []},
}
SOME = several(
    ("almelo", "2021-08-01", 20), ("almelo", "2022-08-01", 30), ("borne", "2022-08-01", 6)
)


def tables(meldingen: pd.DataFrame, of: Edition, *hidden: str) -> dict[str, pd.DataFrame]:
    """The tables that follow from counts, as if rounding changed none; see `shown`."""
    frame = measure.frame(of)
    counts = shown(meldingen, frame, *hidden)
    return measure.made(measure.given_of(frame, counts), "public")


@cache
def of_some(*hidden: str) -> dict[str, pd.DataFrame]:
    return tables(SOME, edition(BOTH | ABSENT), *hidden)


def one(rows: pd.DataFrame, **keys: str) -> pd.Series:
    for column, value in keys.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    return rows.iloc[0]


# --- the kinds of value --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "area", "period", "breakdown", "value", "state", "count"), cases("states")
)
def test_every_kind_of_value_is_told_apart(table, area, period, breakdown, value, state, count):
    found = of_some("topic_group")[table]
    is_broken_down = {"breakdown": breakdown, "value": value} if breakdown != "totaal" else {}

    row = one(found, area=area, period=period, **is_broken_down)

    assert (row["state"], row["count"]) == (state, int(count) if count else pd.NA)


def test_a_gemeente_without_a_known_date_and_without_meldingen_has_a_zero_and_is_not_compared():
    found = tables(SOME, edition({**BOTH, "losser": {}}))
    per_period = found["per_period"]

    assert one(per_period, area="losser", period="whole")["state"] == "shown"
    per_area = per_period[per_period["area"] != TWENTE].groupby("area")["period"].nunique()
    assert per_area.to_dict() == {area.slug: 7 for area in VOCABULARY.gemeenten}  # 1 + 2 + 4
    assert found["comparison"]["area"].to_list() == ["borne", "almelo"]


def test_a_count_that_is_not_told_is_in_no_share_and_in_nothing_made_of_it():
    found = of_some("topic_group")

    shares = found["per_topic_group"].query("area == 'almelo'")
    assert shares[["count", "share", "share_low", "share_high"]].isna().all(axis=None)
    known = one(found["completeness"], area="almelo", period="whole", field="topic_group")
    assert (known["state"], known["count"]) == ("hidden", pd.NA)


# --- the district --------------------------------------------------------------------------------


def test_a_tip_at_two_gemeenten_is_two_receipts_and_came_in_once_more():
    at_both = several(("almelo", "2021-08-01", 3)).assign(melding_id=["1", "2", "3"])
    again = at_both.assign(gemeente="borne", source_file="borne.csv")
    rows = pd.concat([at_both, again, several(("borne", "2022-08-01", 4))], ignore_index=True)

    found = tables(rows, edition(dict.fromkeys(BOTH, {"aangesloten": "2021-07-01"})))

    row = found["received_twice"].iloc[0]
    assert (row["receipts"], row["tips"], row["again"]) == (10, 7, 3)
    # Beside a gemeente stands the rate of what all received.
    of_gemeenten = found["per_period"].set_index(["area", "kind"]).xs("whole", level="kind")
    people_years = of_gemeenten.loc[["almelo", "borne"], "inhabitant_years"].sum()
    assert row["per_10000"] == pytest.approx(10 * 10_000 / people_years)
    assert of_gemeenten.loc[TWENTE, "per_10000"] == pytest.approx(7 * 10_000 / people_years)
    # Itself it is no area of any table.
    assert not any(t.isin(["dubbel"]).any(axis=None) for t in found.values())


def test_what_came_in_since_the_connection_has_the_time_of_all_gemeenten():
    since = {"almelo": "2021-07-01", "borne": "2022-08-15", "losser": "2023-03-01"}
    of = measure.frame(edition({slug: {"aangesloten": day} for slug, day in since.items()}))
    rows = several(
        ("almelo", "2021-09-30", 2), ("borne", "2022-11-15", 3), ("losser", "2022-01-01", 1)
    )

    found = since_connection(shown(rows, of), of).set_index("value")

    assert found["count"].to_dict() == {"before": 1, "1-3": 2, "4-": 3}
    # Three times 92 days; then 638 of Almelo, 228 of Borne and 30 of Losser.
    expected = [0.0, 276 / 30.4375, 896 / 30.4375]
    assert found["connected_months"].to_list() == pytest.approx(expected)


def test_what_was_read_is_what_was_counted_refused_and_double():
    sent = pd.DataFrame({"area": ["almelo", "borne"], "rejected": [2, 0], "duplicate": [1, 4]})
    of = measure.frame(edition(BOTH))
    counted = measure.counted(SOME, of, sent)

    table = deliveries(
        as_it_is(counted, counted.cells["count"], of),
        {"files": 2, "warnings": 7},
        TWENTE,
    )

    names = ["files", "read", "clean", "rejected", "duplicate", "warnings"]
    assert table.loc[0, names].to_list() == [2, 63, 56, 2, 5, 7]


def test_rows_that_nobody_counted_as_refused_are_an_error_and_no_zero():
    of = measure.frame(edition(BOTH))
    counted = measure.counted(SOME, of)
    counts = as_it_is(counted, counted.cells["count"], of)

    with pytest.raises(DataError, match="niet geteld hoeveel regels er ‘rejected’ zijn"):
        deliveries(counts, {"files": 2, "warnings": 7}, TWENTE)


@pytest.mark.parametrize(("before", "is_told"), [(1, True), (2, False)])
def test_of_who_received_more_than_one_in_twenty_before_its_connection_no_rate_is_told(
    before, is_told
):
    """Borne was connected a year later; of 20 or 21 meldingen 1 or 2 came in before that."""
    rows = several(("borne", "2021-08-01", before), ("borne", "2022-08-01", 19))

    whole = tables(rows, edition(BOTH))["per_period"].query("period == 'whole'").set_index("area")

    for area in ("borne", TWENTE):
        assert whole.loc[area, ["per_month", "per_10000"]].notna().tolist() == [is_told] * 2
        assert whole.loc[area, "count"] == before + 19
