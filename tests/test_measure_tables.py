"""Released tables: four kinds of value, and nothing that a shown count does not give."""

from functools import cache

import pandas as pd
import pytest

from mma_analysis import measure, protect
from mma_analysis.measure.periods import inhabitants
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import Vocabulary
from test_measure_cells import edition, melding
from test_measure_cells import table as rows_of

VOCABULARY = Vocabulary()

TWENTE = VOCABULARY.district.slug
FIRST, SECOND = "2021-07/2022-06", "2022-07/2023-06"


def table(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    """Number, gemeente and day of the first, and how many like it."""
    return rows_of(
        *(
            melding(f"{number}-{copy}", gemeente, day, source_row=copy)
            for number, gemeente, day, times in rows
            for copy in range(times)
        )
    )


def counts(meldingen: pd.DataFrame, of: Edition, hidden: tuple[str, ...] = ()) -> pd.DataFrame:
    """Protected counts of which the cells of these areas are hidden, and all others shown."""
    cells, _ = measure.count_system(meldingen, measure.frame(of))
    published = cells[cells["published"]]
    is_hidden = published["area"].isin(hidden) & (published["count"] > 0)
    states = is_hidden.map({True: "hidden", False: "shown"})
    return measure.released_counts(cells, states, measure.frame(of))


def tables(
    meldingen: pd.DataFrame, of: Edition, hidden: tuple[str, ...] = ()
) -> dict[str, pd.DataFrame]:
    return measure.released_tables(counts(meldingen, of, hidden), measure.frame(of))


@cache
def of_some(hidden: tuple[str, ...] = ()) -> dict[str, pd.DataFrame]:
    """The tables of `SOME`, in which Borne joined in the second year."""
    return tables(SOME, edition(BOTH), hidden)


def one(rows: pd.DataFrame, **keys: str) -> pd.Series:
    for column, value in keys.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    return rows.iloc[0]


BOTH = {"almelo": {"aangesloten": "2021-07-01"}, "borne": {"aangesloten": "2022-07-01"}}
SOME = table(
    ("a", "almelo", "2021-08-01", 20),
    ("b", "almelo", "2022-08-01", 30),
    ("c", "borne", "2022-08-01", 6),
)
EVERYTHING = ("almelo", "borne", TWENTE)


# --- the four kinds of value ---------------------------------------------------------------------


def test_shown_hidden_missing_and_not_applicable_are_four_things():
    per_period = of_some(hidden=("borne",))["per_period"]

    shown = one(per_period, area="almelo", period=FIRST)
    zero = one(per_period, area="almelo", period="2022-01/2022-06")
    hidden = one(per_period, area="borne", period=SECOND)
    not_connected = one(per_period, area="borne", period=FIRST)
    not_delivered = one(per_period, area="losser", period=FIRST)
    assert (shown["state"], shown["count"]) == ("shown", 20)
    assert (zero["state"], zero["count"]) == ("shown", 0)
    assert (hidden["state"], hidden["count"]) == ("hidden", pd.NA)
    assert (not_connected["state"], not_connected["count"]) == ("not_applicable", pd.NA)
    assert (not_delivered["state"], not_delivered["count"]) == ("missing", pd.NA)


def test_a_gemeente_without_a_known_date_and_without_meldingen_has_a_zero():
    per_period = tables(SOME, edition({**BOTH, "losser": {}}))["per_period"]

    assert one(per_period, area="losser", period="whole")["state"] == "shown"


@pytest.mark.parametrize(("hidden", "told"), [((), ("shown", 3)), (("borne",), ("hidden", pd.NA))])
def test_what_a_gemeente_received_before_it_was_connected_is_counted_or_hidden(hidden, told):
    early = table(("a", "borne", "2022-03-01", 3), ("b", "borne", "2022-08-01", 30))

    per_period = tables(early, edition(BOTH), hidden)["per_period"]

    row = one(per_period, area="borne", period=FIRST)
    assert (row["state"], row["count"]) == told


def test_what_is_told_coarser_says_nothing_of_before_the_connection():
    of = measure.frame(edition(BOTH))
    cells, _ = measure.count_system(SOME, of)
    is_coarser = (cells["area"] == "borne") & cells["kind"].isin(["year", "half"])
    cells = cells.assign(published=cells["published"] & ~is_coarser, coarsened=is_coarser)
    states = cells["published"][cells["published"]].map({True: "shown"})

    counts = measure.released_counts(cells, states, of)

    years = counts[(counts["area"] == "borne") & counts["kind"].isin(["year", "half"])]
    assert len(years) == 6
    assert set(years["state"]) == {"coarsened"}


def test_every_gemeente_has_a_row_in_every_period_of_its_kinds():
    per_period = of_some()["per_period"]

    per_area = per_period[per_period["area"] != TWENTE].groupby("area")["period"].nunique()
    assert per_area.to_dict() == {area.slug: 7 for area in VOCABULARY.gemeenten}  # 1 + 2 + 4


def test_what_was_received_double_is_in_no_released_table():
    twice = pd.concat(
        [table(("a", "almelo", "2022-08-01", 8)), table(("a", "borne", "2022-08-02", 8))]
    )
    campaign = {"naam": "c", "begin": "2022-09-01", "eind": "2022-10-01", "topics": ["fraude"]}
    of = edition(BOTH, campagnes=[campaign])

    released = counts(twice, of)

    assert "dubbel" not in set(released["area"])
    assert "receipts" not in set(released["breakdown"])
    for released_table in tables(twice, of).values():
        assert not released_table.isin(["dubbel", "receipts"]).any(axis=None)


# --- derived only from shown counts --------------------------------------------------------------


def test_a_hidden_count_is_in_no_rate_share_comparison_or_cost():
    tariff = {"vanaf_inwoners": 0, "per_jaar": 1200.0, "per_melding": 2.0}
    found = tables(SOME, edition(BOTH, kosten={"tarief": [tariff]}), hidden=("borne",))

    rate = one(found["per_period"], area="borne", period="whole")
    assert rate[["per_month", "per_month_low", "per_month_high"]].isna().all()
    shares = found["per_topic_group"].query("area == 'borne' and state == 'hidden'")
    assert len(shares) == 1
    assert shares[["total", "share", "share_low", "share_high"]].isna().all(axis=None)
    assert found["comparison"]["area"].to_list() == ["almelo"]
    assert one(found["costs"], area="borne")[["amount", "per_melding"]].isna().all()
    assert one(found["year_on_year"], area="borne")["verdict"] == "cannot_tell"


def test_a_share_of_a_hidden_total_is_missing():
    released = counts(SOME, edition(BOTH))
    is_total = (released["area"] == "almelo") & (released["breakdown"] == "totaal")
    released["count"] = released["count"].mask(is_total)
    of = measure.frame(edition(BOTH))

    shares = measure.released_tables(released, of)["per_topic_group"]

    assert shares.loc[shares["area"] == "almelo", "share"].isna().all()


def test_the_tables_change_only_with_what_is_shown():
    more = table(
        ("a", "almelo", "2021-08-01", 20),
        ("b", "almelo", "2022-08-01", 30),
        ("c", "borne", "2022-08-01", 9),
    )

    others = tables(more, edition(BOTH), hidden=EVERYTHING)

    for name, rows in of_some(hidden=EVERYTHING).items():
        pd.testing.assert_frame_equal(rows, others[name])


# --- the district --------------------------------------------------------------------------------


def test_the_rate_of_the_district_is_over_the_gemeenten_that_delivered():
    with_absent = {**BOTH, "losser": {"aangesloten": "2021-07-01", "levering": []}}

    row = one(tables(SOME, edition(with_absent))["per_period"], area=TWENTE, period=FIRST)

    assert row["connected_months"] == pytest.approx(365 / 30.4375)  # Almelo alone
    assert row["per_month"] == pytest.approx(20 / (365 / 30.4375))


def test_what_is_expected_is_shared_by_the_gemeenten_that_delivered():
    same_time = {slug: {"aangesloten": "2021-07-01"} for slug in ("almelo", "borne")}
    absent = {"losser": {"aangesloten": "2021-07-01", "levering": []}}

    found = tables(SOME, edition({**same_time, **absent}))["comparison"]

    assert found["expected"].sum() == pytest.approx(56)


def test_a_gemeente_without_a_known_date_is_left_out_of_what_is_expected():
    unknown = edition({**BOTH, "borne": {}})

    hidden = tables(SOME, unknown, hidden=("borne",))

    expected = tables(SOME, unknown)["comparison"][["area", "expected"]]
    assert expected.to_numpy().tolist() == [["almelo", 50.0]]
    assert hidden["comparison"].empty
    assert hidden["growth_split"].empty


# --- nothing much to measure ---------------------------------------------------------------------


def test_without_any_melding_there_are_zeros_and_no_findings():
    found = tables(table(), edition(BOTH))
    without_delivery = tables(table(), edition({"almelo": {"levering": []}}))

    assert one(found["per_period"], area=TWENTE, period="whole")["count"] == 0
    assert found["per_topic_group"]["share"].isna().all()
    assert found["comparison"].empty
    assert set(found["year_on_year"]["verdict"]) == {"cannot_tell"}
    assert TWENTE not in set(found["year_on_year"]["area"])
    assert found["growth_split"].iloc[0][["new", "months", "same"]].to_list() == [0, 0, 0]
    assert without_delivery["growth_split"].empty
    assert set(without_delivery["per_period"].query("area == 'almelo'")["state"]) == {"missing"}


def test_with_everything_hidden_there_are_tables_without_a_number():
    found = of_some(hidden=EVERYTHING)

    assert found["growth_split"].empty
    assert found["comparison"].empty
    assert len(found["comparison_limits"])
    assert found["per_period"]["count"].dropna().unique().tolist() == [0]


def test_an_evaluation_of_half_a_year_has_no_growth():
    short = edition({"almelo": {"aangesloten": "2021-07-01"}}, peildatum="2021-10-15")

    found = tables(table(("a", "almelo", "2021-08-01", 20)), short)

    assert one(found["per_period"], area="almelo", kind="year")["count"] == 20
    assert found["growth_split"].empty
    assert found["year_on_year"].empty


def test_an_edition_without_costs_or_campaigns_has_empty_tables_with_their_columns():
    found = of_some()

    assert found["costs"].empty
    assert "per_melding" in found["costs"]
    assert found["campaigns"].empty
    assert "verdict" in found["campaigns"]


def test_the_connection_table_says_who_delivered_and_since_when():
    of = edition({**BOTH, "losser": {"levering": [], "aangesloten_bron": "krant"}})

    rows = tables(SOME, of)["connection"]

    almelo, losser = (one(rows, area=slug) for slug in ("almelo", "losser"))
    assert almelo["connected_on"] == pd.Timestamp("2021-07-01")
    assert almelo["has_delivered"]
    assert not losser["has_delivered"]
    assert pd.isna(losser["connected_on"])
    assert losser["source"] == "krant"
    assert len(rows) == len(VOCABULARY.gemeenten)


def test_a_tip_at_two_gemeenten_is_two_receipts_and_came_in_once_more():
    both = [("a", slug, "2021-08-01", 3) for slug in ("almelo", "borne")]

    found = tables(table(*both, ("b", "borne", "2022-08-01", 4)), edition(BOTH))

    row = found["received_twice"].iloc[0]
    assert (row["receipts"], row["tips"], row["again"]) == (10, 7, 3)
    # Beside a gemeente stands the rate of what all received.
    of_gemeenten = found["per_period"].set_index(["area", "kind"]).xs("whole", level="kind")
    people_years = of_gemeenten.loc[["almelo", "borne"], "inhabitant_years"].sum()
    assert row["per_10000"] == pytest.approx(10 * 10_000 / people_years)
    assert of_gemeenten.loc[TWENTE, "per_10000"] == pytest.approx(7 * 10_000 / people_years)
    assert pd.isna(of_some(hidden=(TWENTE,))["received_twice"].iloc[0]["again"])


# Halfway the last year of 365 days: 182 days of it are left on the last day of December.
RECEIVED = table(
    ("a", "borne", "2022-07-01", 2),
    ("b", "borne", "2021-07-01", 3),
    ("c", "wierden", "2023-02-01", 30),
)


def last_year(hidden: tuple[str, ...] = (), **changed: dict) -> tuple[int | None, int | None]:
    """All delivered and were connected from the begin, but for what is said here."""
    everyone = {area.slug: {"aangesloten": "2021-07-01"} for area in VOCABULARY.gemeenten}
    of = edition(everyone | changed)
    protected = counts(RECEIVED, of)
    is_hidden = protected["breakdown"].eq("connection") & protected["value"].isin(hidden)
    protected = protected.assign(count=protected["count"].mask(is_hidden))
    found = measure.receipts_of_last_year(protected, measure.frame(of))
    return found.receipts, found.whole_year


HALFWAY, LATE = {"aangesloten": "2022-12-31"}, {"aangesloten": "2023-07-01"}


@pytest.mark.parametrize(
    ("changed", "hidden", "expected"),
    [
        ({}, (), (32, 32)),
        ({"wierden": HALFWAY}, (), (32, 62)),  # 2 + 30 × 365 ÷ 182
        ({"wierden": HALFWAY}, ("new", "existing"), (32, None)),
        ({"wierden": HALFWAY}, ("all",), (None, None)),
        ({"wierden": LATE}, (), (32, None)),  # paid for, and in no count
        ({"wierden": {}}, (), (32, None)),  # since an unknown day
        ({"wierden": {"levering": []}}, (), (None, None)),
    ],
)
def test_a_year_of_meldingen_is_of_the_months_that_a_year_pays_for(changed, hidden, expected):
    assert last_year(hidden, **changed) == expected


def test_gemeenten_that_joined_are_stretched_together_by_inhabitants_and_time():
    people = inhabitants(VOCABULARY, pd.Timestamp("2022-12-30"))[["wierden", "losser"]]
    whole, part = people.sum(), people["losser"] + people["wierden"] * 182 / 365

    _, found = last_year(wierden=HALFWAY, losser={"aangesloten": "2022-07-01"})

    assert found == round(2 + 30 * whole / part)


def test_the_control_of_a_campaign_is_tied_to_the_receipts_it_is_the_sum_of():
    campaign = {"naam": "Proef", "begin": "2022-06-01", "eind": "2022-06-30"}
    early = {"aangesloten": "2021-07-01"}
    of = edition(
        {"almelo": early, "losser": early},
        campagnes=[campaign | {"gemeenten": ["almelo"], "topics": ["fraude"]}],
    )
    received = table(("a", "almelo", "2022-05-01", 1), ("b", "losser", "2022-05-01", 2))

    cells, related = measure.count_system(received, measure.frame(of))

    control = cells.index[cells["value"] == "control_before"]
    weighted = related["coefficient"] * related["cell"].map(cells["count"])
    assert cells.loc[control, "count"].to_list() == [2]
    assert control.isin(related["cell"]).all()
    assert (weighted.groupby(related["relation"]).sum() == 0).all()


def around_two_campaigns(of_losser: int) -> tuple[pd.DataFrame, pd.Series]:
    """What a reader learns, and what is shown, when only one of two campaigns was in Losser too.

    In the six months before, Almelo has 20, Hengelo 30 and Losser so many; in any half year and in
    the six months from June each has 10 or more.
    """
    early = {"aangesloten": "2021-07-01"}
    campaign = {"begin": "2022-06-01", "eind": "2022-06-30", "topics": ["fraude"]}
    in_both = {"een": ["almelo"], "twee": ["almelo", "losser"]}
    of = measure.frame(
        edition(
            {"almelo": early, "hengelo": early, "losser": early},
            campagnes=[
                campaign | {"naam": name, "gemeenten": slugs} for name, slugs in in_both.items()
            ],
        )
    )
    days = ("2021-11-01", "2022-06-20", "2022-09-01", "2023-02-01")
    often = [
        (f"{slug}{day}", slug, day, times)
        for slug, times in {"almelo": 20, "hengelo": 30, "losser": 10}.items()
        for day in days
    ]
    before = {"almelo": 20, "hengelo": 30, "losser": of_losser}
    once = [(slug, slug, "2022-05-01", times) for slug, times in before.items()]
    cells, related = measure.count_system(table(*often, *once), of)
    states = protect.plan(cells, related, 5)
    return protect.attack(cells, related, states), states


BEFORE = [f"{TWENTE}|window|campaign:{name}|target_before" for name in ("een", "twee")]


def test_the_count_of_one_gemeente_does_not_follow_from_two_campaigns():
    # Of 21 (Almelo and Losser) and 20 (Almelo) at most one may be shown: 21 - 20 is Losser's 1.
    learned, states = around_two_campaigns(of_losser=1)

    assert "hidden" in set(states[BEFORE])
    differences = learned[learned.index.str.contains("between")]
    assert len(differences)
    assert (differences["highest"] >= 5).all()


def test_two_campaigns_that_differ_enough_hide_nothing():
    _, states = around_two_campaigns(of_losser=7)

    assert set(states) == {"shown"}


def test_no_table_is_about_days_that_only_an_earlier_edition_had():
    """An edition of eighteen months showed that 50 of Almelo have no time; now there are two years.

    Those days are no period here: no page and no sheet can name them.
    """
    of = measure.frame(edition(BOTH))
    cells, relations = measure.count_system(SOME, of)
    days = {"begin": pd.Timestamp("2021-07-01"), "end": pd.Timestamp("2022-12-31")}
    row = {"area": "almelo", "breakdown": "has_time", "value": "onbekend", **days, "count": 50}
    before = pd.DataFrame([row])

    as_counted = cells.assign(coarsened=False, withheld=False)
    kept, _ = measure.with_released(VOCABULARY, as_counted, relations, before, of.periods)
    states = pd.Series("shown", index=kept.index)
    told = measure.released_tables(measure.released_counts(kept, states, of), of)

    assert "2021-07-01/2022-12-31" in set(kept["period"])
    known = set(of.periods["period"])
    of_periods = {name: set(t["period"]) for name, t in told.items() if "period" in t}
    assert "completeness" in of_periods
    assert {name: other for name, own in of_periods.items() if (other := own - known)} == {}
