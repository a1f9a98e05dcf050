"""Gemeenten beside each other, two years, and the months of a campaign beside others, by hand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from conftest import cases
from scipy.stats import chi2
from scipy.stats import t as student

from counting import VOCABULARY, YEAR_1, YEAR_2, framed
from mma_analysis.measure.campaigns import FOUR, campaign_effects, cross_ratio, effects
from mma_analysis.measure.comparison import (
    beside,
    by_size,
    comparison,
    peers,
    size_classes,
    spread,
)
from mma_analysis.measure.gemeenten import Baseline
from mma_analysis.measure.growth import growth_split, split
from mma_analysis.measure.random_effects import paule_mandel
from totals import SIX as SLUGS
from totals import baseline_of, days_of

BASIS = 5
OF = framed(dict.fromkeys(SLUGS, "2021-07-01"))

# metafor (R), method "PM" on the root, each time without one of six. Its root finder stops at
# 1.2e-4 of τ², ours at 1e-14: that much of τ², and of what follows from it, may differ.
OBSERVED, EXPECTED = [60, 30, 25, 12, 48, 22], [40, 34, 30, 24, 39, 30]
TAU2 = [0.01479095, 0.03348640, 0.03273303, 0.01541045, 0.02957715, 0.02966535]
CHANCE = [0.1108417, 0.9026488, 0.7998257, 0.1602296, 0.4380811, 0.5849480]
SIX = pd.DataFrame(
    {"count": OBSERVED, "exposure": EXPECTED, "off": 0, "dispersion": 1.0}, SLUGS, dtype="float64"
)


@pytest.mark.parametrize("place", range(6))
def test_a_gemeente_is_as_rare_beside_the_others_as_published(place: int):
    others = SIX.drop(SLUGS[place])
    expected = others["exposure"] * others["count"].sum() / others["exposure"].sum()

    tau2, *_ = paule_mandel(np.sqrt(others["count"] / expected), 1 / expected / 4)

    assert tau2 == pytest.approx(TAU2[place], abs=1.2e-4)
    rate = others["count"].sum() / others["exposure"].sum()
    found = beside(SIX, SLUGS[place], BASIS)
    assert found.expected == pytest.approx(EXPECTED[place] * rate)
    assert found.chance == pytest.approx(CHANCE[place], abs=5e-4)


def whole(*counts: int | None, off: int = 0, months: list[float] | None = None) -> pd.DataFrame:
    """Totals of gemeenten, of which inhabitants × time are alike unless it is said otherwise."""
    slugs = SLUGS[: len(counts)]
    people = OF.people[slugs]
    time = months or list(1e6 / people)
    table = pd.DataFrame({"area": slugs, "count": counts, "connected_months": time})
    return table.assign(kind="whole", off=off).astype({"count": "Int64"})


def given(per_period: pd.DataFrame) -> Baseline:
    """What everybody has, without noise."""
    return Baseline(OF, per_period, None, {}, pd.Series(1.0, SLUGS))


def compared(own: pd.DataFrame, public: pd.DataFrame | None = None) -> pd.DataFrame:
    return comparison(given(own if public is None else public), own).set_index("area")


def test_expected_follows_inhabitants_and_connected_time_at_the_rate_of_the_others():
    found = compared(whole(30, 20, 10, months=[24.0, 24.0, 12.0]))

    people = found["inhabitants"]
    weight = {
        slug: people[slug] * months for slug, months in zip(SLUGS[:3], (24, 24, 12), strict=True)
    }
    rate = 30 / (weight["borne"] + weight["enschede"])
    assert found.loc["almelo", "expected"] == pytest.approx(rate * weight["almelo"])
    assert found["ratio"].to_list() == pytest.approx((found["count"] / found["expected"]).to_list())
    assert list(found.index) == sorted(weight, key=weight.__getitem__)  # by size, never by rate
    # Two years of 73,742 inhabitants: 30 / 14.7484 per 10,000 a year; Garwood 20.2409 to 42.8269.
    assert people["almelo"] == pytest.approx(73_742, abs=2)
    rates = found.loc["almelo", ["per_10000", "per_10000_low", "per_10000_high"]].to_list()
    assert rates == pytest.approx([30 / 14.7484, 20.2409 / 14.7484, 42.8269 / 14.7484], rel=1e-4)
    assert set(found["verdict"]) == {"cannot_tell"}  # of three


@pytest.mark.parametrize(("counts", "off", "verdicts"), cases("far_out"))
def test_who_is_far_out_is_named_and_of_few_or_of_a_rounded_0_nothing_is_said(
    counts, off, verdicts
):
    numbers = [int(n) for n in counts.split()]
    found = compared(whole(*numbers, off=int(off)))["verdict"].reindex(SLUGS[: len(numbers)])

    assert found.replace({"as_expected": ".", "cannot_tell": "?"}).to_list() == verdicts.split()


def test_what_is_expected_and_who_is_named_have_the_intervals_worked_out_by_hand():
    row = compared(whole(20, 20, 20, 20, 20, 100)).loc["wierden"]

    # On the root each varies by 1 / 80, their mean by 1 / 400: with four degrees of freedom t is
    # 2.7764, and 20 × (1 ∓ 2.7764 × √0.015)². One of six is named: of level 1 − 0.05 / 6. Its
    # ratio is 5, on the root √5, with the error of the same difference.
    assert row[["expected_low", "expected_high"]].to_list() == pytest.approx(
        [8.711, 35.914], rel=1e-3
    )
    off = student.isf(0.05 / 6 / 2, 4) * np.sqrt(0.015)
    ends = [(np.sqrt(5) - off) ** 2, (np.sqrt(5) + off) ** 2]
    assert row[["expected", "ratio", "low", "high"]].to_list() == pytest.approx([20, 5, *ends])
    people = 1e6 / 10_000 / 12
    usual = row[["usual_low", "usual_high"]].to_list()
    assert usual == pytest.approx([8.711 / people, 35.914 / people], rel=1e-3)


def test_who_is_outside_its_limits_and_cannot_be_named_among_six_is_said_to_be():
    row = compared(whole(20, 20, 20, 20, 20, 40)).loc["wierden"]

    # As above t is (√2 - 1) / √(1 / 80 + 1 / 400) = 3.38: of one a chance of 0.028, of six 0.17.
    assert row["verdict"] == "one_of_many"
    assert row["count"] > row["expected_high"]
    assert row["low"] > 1


def test_a_gemeente_is_compared_by_its_own_count_and_what_everybody_has_of_the_others():
    public, own = whole(20, 25, 20, 15, 20, 20, off=4), whole(500, 0, 0, 0, 0, 100)

    found = compared(own, public)

    assert found.loc["wierden", "verdict"] == "more"
    assert found.loc["wierden", "expected"] == pytest.approx(20)  # of the others as everybody sees
    assert (
        compared(whole(20, 25, 20, 15, 20, 22), public).loc["wierden", "verdict"] == "as_expected"
    )


# The first by hand: 33⅓ expected of each, v = 1 / 133⅓, and Q = 101.9 with five degrees of freedom.
@pytest.mark.parametrize(
    ("counts", "said", "rates"),
    [
        ((20, 20, 20, 20, 20, 100), "differ", (2.4, 12.0)),
        ((20, 25, 20, 15, 20, 20), "as_by_chance", (1.8, 3.0)),
        ((20, 25, 20, 15), "cannot_tell", (1.8, 3.0)),  # of four
    ],
)
def test_whether_gemeenten_differ_more_than_by_chance_is_said_of_all_together(counts, said, rates):
    numbers = whole(*counts)

    row = spread(given(numbers), comparison(given(numbers), numbers)).iloc[0]

    assert row["spread"] == said
    # A million inhabitants × months are 8⅓ times 10,000 inhabitants in a year.
    assert row[["lowest", "highest"]].to_list() == pytest.approx(list(rates))


def test_how_far_gemeenten_are_apart_is_the_chance_of_q_by_hand():
    numbers = whole(20, 25, 20, 15, 20, 20)  # at 20 each: of the root 1, √1.25, √0.75; v = 1 / 80

    row = spread(given(numbers), comparison(given(numbers), numbers)).iloc[0]

    roots = np.sqrt([1, 1.25, 1, 0.75, 1, 1])
    q = 80 * ((roots - roots.mean()) ** 2).sum()
    assert row["chance"] == pytest.approx(chi2.sf(q, 5))
    assert row["gemeenten"] == 6


def test_small_and_large_gemeenten_together_are_worked_out_by_hand():
    # Almelo, Enschede and Hengelo are large; with one each it would not be said.
    numbers = whole(60, 20, 60, 60, 20, 20)

    found = by_size(given(numbers)).set_index("size")

    assert found["count"].to_dict() == {"small": 60, "large": 180}
    assert found["per_10000"].to_list() == pytest.approx([60 / 25, 180 / 25])
    # They are alike in each size, so by chance alone: 1 / 60 and 1 / 180.
    # Student's t with six less two degrees of freedom: 2.7764.
    off = np.exp(2.7764451 * np.sqrt(1 / 60 + 1 / 180))
    assert found.loc["large", ["ratio", "low", "high"]].to_list() == pytest.approx(
        [3, 3 / off, 3 * off], rel=1e-6
    )
    assert found["verdict"].to_dict() == {"small": "fewer", "large": "more"}
    assert by_size(given(whole(60, 20, 60))).empty  # of one small gemeente


def test_how_much_gemeenten_of_one_size_differ_is_in_what_is_said_of_them():
    alike = by_size(given(whole(40, 20, 40, 40, 20, 20))).set_index("size")
    apart = by_size(given(whole(70, 20, 40, 10, 20, 20))).set_index("size")

    assert apart.loc["large", "count"] == alike.loc["large", "count"]
    assert [alike.loc["large", "ratio"], apart.loc["large", "ratio"]] == pytest.approx([2, 2])
    assert alike.loc["large", "verdict"] == "more"
    assert apart.loc["large", "verdict"] == "cannot_tell"


def test_peers_are_of_the_same_class_of_size_or_the_two_nearest():
    found = peers(OF).groupby("area")["peer"].agg(set)

    assert size_classes(VOCABULARY, pd.Series([20_000, 81_057])).to_list() == ["20_50", "50_100"]
    assert found["almelo"] == {"hengelo"}
    assert found["enschede"] == {"hengelo", "almelo"}  # no other has more than 100,000
    people = pd.Series({f"g{n:02}": 30_000.0 + 100 * n for n in range(20)})
    table = peers(dataclasses.replace(OF, people=people))
    assert table.groupby("area").size().to_list() == [12] * 20  # of many the nearest
    assert table.loc[table["area"] == "g00", "peer"].to_list() == [f"g{n:02}" for n in range(1, 13)]


# --- two years -----------------------------------------------------------------------------------

CAUSES = ["new", "months", "same"]
Gemeente = tuple[int | None, int | None, float | None, float | None]


def grown(peildatum: str = "2023-06-30", **gemeenten: Gemeente) -> pd.DataFrame:
    """The split of counts in a first and a last year, then connected months in both."""
    rows = [
        (slug, code, n, t, "not_applicable" if n is None and t == 0 else "shown")
        for slug, (first, last, before, after) in (gemeenten | {"wierden": (7, 70, 12, 12)}).items()
        for code, n, t in ((YEAR_1, first, before), (YEAR_2, last, after))
    ]
    columns = ["area", "period", "count", "connected_months", "state"]
    table = pd.DataFrame(rows, columns=columns).astype({"count": "Int64"}).assign(off=4)
    # Wierden delivered nothing and has no part.
    of = framed(dict.fromkeys(gemeenten, "2021-07-01"), peildatum=peildatum)
    base = Baseline(of, table, None, {}, pd.Series(1.0, list(gemeenten)))
    received = pd.DataFrame({"value": "all", "period": [YEAR_1], "count": 40, "off": 4})
    return growth_split(base, received)


@pytest.mark.parametrize(("gemeente", "causes"), cases("growth"))
def test_growth_is_new_gemeenten_more_months_and_more_per_month(gemeente, causes):
    first, last, *time = (None if text == "-" else int(text) for text in gemeente.split())
    causes = [float(text) for text in causes.split()]

    found = grown(almelo=(first, last, *time), borne=(24, 36, 12, 12))

    assert found["period_from"].to_list() == ([YEAR_1] if causes else [])
    if causes:
        of_both = [sum(both) for both in zip(causes, (0, 0, 12), strict=True)]
        assert found.loc[0, CAUSES].to_list() == pytest.approx(of_both)
        growth = 24 + (first or 0), 36 + last
        assert found.loc[0, ["count_from", "count_to"]].to_list() == list(growth)
        # That of the first year stands in a table, that of the last is a sum of two.
        assert found.loc[0, ["count_from_off", "count_to_off"]].to_list() == [4, 8]
        assert found.loc[0, CAUSES].sum() == pytest.approx(growth[1] - growth[0])
        assert found.loc[0, "joined"] == pytest.approx(found.loc[0, ["new", "months"]].sum())
    assert grown("2023-05-31", almelo=(24, 36, 12, 12)).empty  # of one year alone


# 2 a month for half a year and then 3 all year; 2 a month in both years; and one that joins.
YEARS = pd.DataFrame(
    {"n_from": [12, 24, 0], "n_to": [36, 24, 10], "t_from": [6, 12, 0], "t_to": 12.0}
).assign(off_from=0, off_to=0)


# By hand: same 9, months 15 and new 10. In `same` the first counts -18 / 12 and 18 / 24 times, the
# second once: its variance is 12 × 1.5² + 36 × 0.75² + 24 + 24 = 95.25. In joining the first counts
# a half and a quarter, and the last once: 12 / 4 + 36 / 16 + 10 = 15.25.
@pytest.mark.parametrize(
    ("dispersion", "off", "same", "joined"),
    [
        (1.0, 0, 95.25, 15.25),
        (2.0, 0, 190.5, 30.5),
        # Each rounded count varies by 3 more; that nothing came before a connection is certain.
        (1.0, 4, 95.25 + 3 * (1.5**2 + 0.75**2 + 2), 15.25 + 3 * (0.25 + 0.0625 + 1)),
    ],
)
def test_how_sure_the_causes_are_is_worked_out_by_hand(dispersion, off, same, joined):
    found = split(YEARS.assign(dispersion=dispersion, off_from=off, off_to=off), BASIS, 1.96)

    assert found["joined"] == pytest.approx(25)
    for name, middle, variance in (("same", 9, same), ("joined", 25, joined)):
        reach = 1.96 * np.sqrt(variance)
        ends = [found[f"{name}_low"], found[f"{name}_high"]]
        assert ends == pytest.approx([middle - reach, middle + reach])


def test_waves_through_the_district_are_in_how_sure_the_causes_are():
    # A wave moves both counts of the second gemeente, by 20 and 10 together in squares; in `same`
    # they count −1 and 1 times: 20 + 20 − 2 × 10 more than by chance.
    waves = np.zeros((6, 6))
    waves[1, 1] = waves[4, 4] = 20.0
    waves[1, 4] = waves[4, 1] = 10.0

    found = split(YEARS.assign(dispersion=1.0), BASIS, 1.96, waves)

    off = 1.96 * np.sqrt(95.25 + 20)
    assert [found["same_low"], found["same_high"]] == pytest.approx([9 - off, 9 + off])
    # Where noise of months moves more than waves do, that is what is said.
    noisy = split(YEARS.assign(dispersion=2.0), BASIS, 1.96, waves)
    assert noisy["same_high"] == pytest.approx(9 + 1.96 * np.sqrt(190.5))


# By a bisection that stops at 5e-6; of 5 more or of fewer it is not clear that there is growth.
@pytest.mark.parametrize(
    ("n_to", "low"), [([36, 24, 10], 0.447842), ([12, 24, 5], np.nan), ([6, 12, 0], np.nan)]
)
def test_joining_has_at_least_the_part_of_clear_growth_that_chance_leaves(n_to, low):
    found = split(YEARS.assign(dispersion=1.0, n_to=n_to), BASIS)

    assert found["share_low"] == pytest.approx(low, abs=5e-6, nan_ok=True)
    assert np.isnan(found["share_high"]) == np.isnan(low)


# --- the months of a campaign --------------------------------------------------------------------

SINCE = {"almelo": "2019-07-01", "borne": "2019-07-01"}
CAMPAIGN = {"begin": "2022-06-15", "eind": "2022-07-31", "topics": ["fraude"]}
ENDS = ["ratio", "low", "high", "detectable"]


# Own topics during and otherwise, then others. The first is worked out by hand with Student's t of
# 18 degrees of freedom; the second is that of the example edition.
@pytest.mark.parametrize(
    ("four", "phi", "free", "expected", "tolerance"),
    [
        ([20, 10, 60, 60], 1.5, 18, [1.952381, 0.661186, 5.765080, 4.556353], 5e-7),
        ([28, 16, 214, 132], 1.0, 20, [1.07, 0.54, 2.13, 2.6], 0.05),
    ],
)
def test_the_ratio_and_what_had_been_seen_are_those_worked_out_by_hand(
    four, phi, free, expected, tolerance
):
    log, error = cross_ratio(four, 0, BASIS, phi)
    found = effects([log], [error], free).loc[0, ENDS]
    assert found.to_list() == pytest.approx(expected, abs=tolerance)


def test_a_ratio_of_which_the_printed_limit_is_one_is_not_more():
    # 0.2 − 1.96 × 0.1005 is 0.003: printed 1.00, and the interval holds no doubling.
    assert effects([0.2, 0.2], [0.1005, 0.01], np.inf)["verdict"].to_list() == ["no_change", "more"]


def test_rounding_and_noise_are_in_the_error():
    # Four counts of 40, each with half more: rounding adds 3 / 40.5² for each.
    exact, noisy, rounded, summed = (
        cross_ratio([40] * 4, off, BASIS, phi)[1] ** 2
        for off, phi in ((0, 1.0), (0, 2.0), (4, 1.0), ([8, 4, 4, 4], 1.0))
    )

    assert exact == pytest.approx(4 / 40.5)
    assert noisy == pytest.approx(8 / 40.5)
    assert rounded == pytest.approx(4 / 40.5 + 12 / 40.5**2)
    assert summed == pytest.approx(4 / 40.5 + 15 / 40.5**2)  # one of the four is a sum of two


def told(*campaigns: tuple[dict, list[int | None]], off: int = 0) -> pd.DataFrame:
    """Of these campaigns and their counts, beside an even course of 24 months: t has 20 degrees of
    freedom."""
    named = [CAMPAIGN | {"naam": f"c{n}"} | changed for n, (changed, _) in enumerate(campaigns)]
    of = framed(SINCE, campagnes=named)
    rows = [
        ("campaign_counts", f"{side} c{n}", what, count, off)
        for n, (_, counts) in enumerate(campaigns)
        for (what, side), count in zip(FOUR, counts, strict=True)
    ]
    counts = pd.DataFrame(rows, columns=["table", "period", "value", "count", "off"])
    even = baseline_of(days_of(of, **dict.fromkeys(SINCE, [20] * 24)), of)
    return campaign_effects(even, counts.astype({"count": "Int64"}))


FITS = [60, 100, 100, 400]


@pytest.mark.parametrize(
    ("counts", "off", "begin", "end", "verdict", "is_compared"), cases("campaigns")
)
def test_what_is_said_of_a_campaign(counts, off, begin, end, verdict, is_compared):
    four = [int(n) if n.isdecimal() else None for n in counts.split()]
    changed = {"begin": begin, "eind": end} if begin else {}

    row = told((changed, four), off=int(off)).iloc[0]
    without_topics = told((changed | {"topics": []}, four)).iloc[0]  # nothing to compare with

    assert row["verdict"] == verdict
    assert [None if pd.isna(n) else n for n in row[["_".join(one) for one in FOUR]]] == four
    assert row[ENDS].notna().to_list() == [bool(is_compared)] * 4
    assert without_topics[ENDS].isna().all()


def test_campaigns_are_looked_at_together_and_who_took_part_is_said():
    even = [100, 400, 100, 400]
    both = told(({}, FITS), ({"gemeenten": ["borne"]}, even))
    # 1.6 times as many, with an error of 0.2: alone it is more, and not among five.
    doubtful = [50, 125, 100, 400]
    alone, among = told(({}, doubtful)), told(({}, doubtful), *[({}, even)] * 4)

    assert both["verdict"].to_list() == ["more", "no_change"]
    assert both["compared"].to_list() == ["almelo, borne", "borne"]
    # One of two is named: its interval is of level 1 − 0.05 / 2, the other's of 0.95.
    for counts, tail, row in ((FITS, 0.0125, both.iloc[0]), (even, 0.025, both.iloc[1])):
        log, error = cross_ratio(counts, 0, BASIS)
        reach = student.isf(tail, 20) * error
        assert row[["low", "high"]].to_list() == pytest.approx(np.exp([log - reach, log + reach]))
    assert alone["verdict"].item() == "more"
    assert among["verdict"].to_list() == ["cannot_tell", *["no_change"] * 4]
