"""Steps of the follow-up, results by background, and completeness."""

from fractions import Fraction

import pandas as pd
import pytest
from conftest import cases

from counting import TWENTE, VOCABULARY, framed, melding, table
from mma_analysis.measure.counts import categories
from mma_analysis.measure.derived import as_often, bounds, completeness, filling_in
from mma_analysis.measure.released import values_of

BASIS = 5
OF = framed({"almelo": None, "borne": None})
RESULTS = list(VOCABULARY.values("result"))


def test_a_melding_in_a_file_is_not_acted_on_and_what_nobody_registers_is_unknown():
    rows = [
        ("borne", "1.csv", "overgedragen_politie", "2022-03-01"),
        ("borne", "1.csv", "toegevoegd_aan_dossier", None),
        ("borne", "2.csv", "onbekend", None),  # a file without that column
        ("wierden", "1.csv", "onbekend", "2023-07-01"),  # after the peildatum
    ]
    names = "source_file", "disposition", "fed_back_on"
    meldingen = [
        melding(str(number), slug, "2022-01-01", **dict(zip(names, row, strict=True)))
        for number, (slug, *row) in enumerate(rows)
    ]

    found = categories(table(*meldingen), OF)

    assert found["acted"].to_list() == ["ja", "nee", *["onbekend"] * 2]
    assert found["fed_back"].to_list() == ["ja", "nee", *["onbekend"] * 2]


# --- between which parts -------------------------------------------------------------------------


def with_total(table: pd.DataFrame, off: int = 0) -> pd.DataFrame:
    """One area with its breakdowns, and all its meldingen, each so far off."""
    of_all = table[table["breakdown"] == "result"]["count"].sum()
    total = {"breakdown": "totaal", "value": "totaal", "count": of_all, "state": "shown"}
    both = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    both = both.astype({"count": "Int64"}).assign(area="borne", kind="whole")
    is_none = both["state"] == "never"  # that is known
    return both.assign(off=(~is_none).map({True: off, False: 0}))


@pytest.mark.parametrize(("counts", "off", "least", "most"), cases("bounds"))
def test_what_is_certain_of_a_value_whatever_the_unknown_are(counts, off, least, most):
    state = [n if n == "never" else "shown" for n in counts.split()]
    numbers = pd.array([int(n) if n.isdecimal() else None for n in counts.split()], "Int64")
    table = pd.DataFrame({"value": RESULTS, "count": numbers, "state": state})

    found = bounds(with_total(table.assign(breakdown="result"), int(off)))

    expected = [float(Fraction(end)) for end in (least, most) if end]
    # What is known is all but what is unknown; that it is never kept is known.
    of_two = 0 if "never" in counts else 2 * int(off)
    assert set(found["known_off"]) == ({of_two} if expected else set())
    assert found.head(1)[["least", "most"]].to_numpy().ravel().tolist() == pytest.approx(expected)


def test_what_a_second_gemeente_may_say_of_a_tip_is_in_the_bounds_of_the_district():
    rows = [("twente", "result", *row) for row in zip(RESULTS, (40, 20, 20, 20), strict=True)]
    rows += [(area, "totaal", "totaal", n) for area, n in (("twente", 100), ("ontvangen", 110))]
    table = pd.DataFrame(rows, columns=["area", "breakdown", "value", "count"])

    exact, rounded = (
        bounds(table.assign(kind="whole", state="shown", off=off), "twente").iloc[0]
        for off in (0, 4)
    )

    assert exact[["least", "most"]].to_list() == pytest.approx([0.3, 0.7])
    # Of 104 at most: of 36 at least 18 may be of a tip that is said twice, as 114 are 96 tips, and
    # of the 16 and 16 that are something else.
    assert rounded[["least", "most"]].to_list() == pytest.approx([18 / 104, 1 - 14 / 104])


def filled_in(counts: pd.DataFrame) -> pd.DataFrame:
    return filling_in(counts, bounds(counts, "twente"), "twente")


def test_what_filling_in_results_would_tell_is_worked_out_by_hand():
    # Of 100, 30 have a result and 50 are closed: 20 confirmed of 30 is two thirds of what is known.
    results, status = zip(RESULTS, (20, 5, 5, 70), strict=True), {"ontvangen": 5}
    status |= {"in_behandeling": 15, "afgesloten": 50, "onbekend": 30}
    rows = [("result", *row) for row in results] + [("status", *row) for row in status.items()]
    table = pd.DataFrame(rows, columns=["breakdown", "value", "count"])

    found = filled_in(with_total(table.assign(state="shown")))

    names = ["situation", "count", "without", "share", "whole_low", "whole_high", "partly_low"]
    situations = [("now", 30, 0.3), ("closed", 50, 0.5)]
    expected = [
        [what, n, 20, share, share * 2 / 3, share * 2 / 3 + 1 - share, share * 5 / 6]
        for what, n, share in situations
    ]
    for row, told in zip(found[names].to_numpy().tolist(), expected, strict=True):
        assert row == [told[0], *map(pytest.approx, told[1:])]


def test_what_is_known_now_and_then_has_the_same_rounding_in_it():
    # Of 16 to 24 confirmed, 1 to 9 in part, 1 to 9 not, and of all 96 to 104.
    table = pd.DataFrame({"value": RESULTS, "count": [20, 5, 5, 70], "breakdown": "result"})
    status = pd.DataFrame({"value": ["ontvangen", "in_behandeling", "afgesloten"]})
    status = status.assign(count=[0, 0, 50], breakdown="status")
    table = pd.concat([table, status])

    found = filled_in(with_total(table.assign(state="shown"), 4))

    ends = found[["whole_low", "whole_high", "partly_low", "partly_high"]].to_numpy()
    now, then = ends.tolist()
    assert now == pytest.approx([16 / 104, 1 - 2 / 104, 17 / 104, 1 - 1 / 104])
    # Closed without a result are at least 46 - 38. Of them at least 16 of 38 are confirmed, and
    # 2 of 38 are not; in part at least 17 of 38 are, and 1 of 38 is not.
    new = [8 * 16 / 38, -8 * 2 / 38, 8 * 17 / 38, -8 * 1 / 38]
    assert then == pytest.approx([end + part / 104 for end, part in zip(now, new, strict=True)])
    # With a result are at least 22 of 104 now. Then it is at least 46: all that are closed. Who
    # adds up the 30 and the 8 that a report says finds 38 of 100, which is as certain.
    assert found["least"].to_list() == pytest.approx([22 / 104, 38 / 100])


def test_what_may_be_none_of_the_known_may_be_none_of_the_new_ones():
    # Confirmed in part are 0 to 13 of the known ones, and of the two counts one is at least 1.
    table = pd.DataFrame({"value": RESULTS, "count": [0, 5, 25, 70], "breakdown": "result"})
    status = pd.DataFrame({"value": ["ontvangen", "in_behandeling", "afgesloten"]})
    table = pd.concat([table, status.assign(count=[0, 0, 60], breakdown="status")])

    found = filled_in(with_total(table.assign(state="shown"), 4))

    assert found["without"].to_list() == [18, 18]  # 56 - 38
    assert found["partly_low"].to_list() == pytest.approx([1 / 104, 1 / 104])
    assert found["whole_low"].to_list() == [0, 0]


def test_one_share_has_one_bound_also_when_a_second_gemeente_may_say_otherwise():
    rows = [("twente", "result", *row) for row in zip(RESULTS, (40, 20, 20, 20), strict=True)]
    rows += [("twente", "status", "afgesloten", 60)]
    rows += [(area, "totaal", "totaal", n) for area, n in (("twente", 100), ("ontvangen", 110))]
    rows += [("borne", "result", value, 0) for value in RESULTS]
    rows += [("borne", "status", "afgesloten", 0), ("borne", "totaal", "totaal", 100)]
    table = pd.DataFrame(rows, columns=["area", "breakdown", "value", "count"])
    table = table.assign(kind="whole", state="shown", off=0)

    certain = bounds(table, "twente").set_index(["area", "value"]).loc["twente"]
    now = filled_in(table).set_index(["area", "situation"]).loc[("twente", "now")]

    assert (
        now[["whole_low", "whole_high"]].to_list()
        == certain.loc["bevestigd", ["least", "most"]].to_list()
    )
    # Not confirmed are 20, less or more the ten that a second gemeente may say.
    assert now[["partly_low", "partly_high"]].to_list() == pytest.approx([0.5, 0.9])


def test_what_is_confirmed_when_the_unknown_are_otherwise_is_worked_out_by_hand():
    # 25 of 30 known is 5 in 6. Of the other 70: 5 in 12, 5 in 6, and all (15 in 12 is no part).
    table = pd.DataFrame({"value": RESULTS, "count": [20, 5, 5, 70], "breakdown": "result"})

    exact, rounded = (
        as_often(with_total(table.assign(state="shown"), off)).set_index("assumption")["share"]
        for off in (0, 4)
    )

    expected = [(25 + 70 * 5 / 12) / 100, 5 / 6, 0.95]
    assert exact.to_list() == pytest.approx(expected)
    assert exact.to_dict() == rounded.to_dict()
    none = table.assign(count=[0, 0, 0, 100], state="shown")
    assert as_often(with_total(none)).empty
    few = table.assign(count=[20, 5, 5, 10], state="shown")
    assert as_often(with_total(few, 4)).empty  # of 40, rounded


@pytest.mark.parametrize(
    ("some", "said"), [(10, {"almelo": 50, "twente": 49}), (0, {"twente": 59})]
)
def test_results_of_one_gemeente_do_not_stand_for_those_that_another_lacks(some, said):
    # Almelo closed 60 and has some results; Borne has 50, and closed none. One tip came twice.
    counts = {"almelo": (some, 60, 60), "borne": (50, 0, 60), "twente": (50 + some, 60, 119)}
    rows = []
    for area, (known, closed, total) in counts.items():
        of_results = zip(RESULTS, (known, 0, 0, total - known), strict=True)
        of_status = {"ontvangen": 0, "in_behandeling": 0, "afgesloten": closed}
        rows += [(area, "result", *row) for row in of_results]
        rows += [(area, "status", *row) for row in of_status.items()]
        rows += [(area, "totaal", "totaal", total)]
    rows += [("ontvangen", "totaal", "totaal", 120)]
    table = pd.DataFrame(rows, columns=["area", "breakdown", "value", "count"])

    found = filled_in(table.assign(kind="whole", state="shown", off=0))

    now = found.query("situation == 'now'").set_index("area")["without"]
    assert now.to_dict() == {"borne": 0} | said
    closed = found.query("situation == 'closed' and area == 'twente'")["count"]
    assert closed.to_list() == [109]


def test_what_a_gemeente_never_keeps_is_none_and_what_is_not_told_stays_so():
    table = pd.DataFrame(
        {"value": ["ja", "nee", "onbekend"], "state": ["never", "hidden", "shown"]}
    )
    table = table.assign(area="borne", kind="whole", breakdown="usable", count=[None, None, 20])

    found = values_of(table.astype({"count": "Int64"}).assign(off=[0, 0, 4]), "usable")

    numbers = {value: counts.count["borne"] for value, counts in found.items()}
    assert (numbers["ja"], numbers["onbekend"], pd.isna(numbers["nee"])) == (0, 20, True)
    # That it is never kept is known: with it what is not known is one rounding off, not two.
    assert (found["ja"] + found["onbekend"]).off["borne"] == 4


# --- completeness --------------------------------------------------------------------------------


def completed(off: int, **areas: str) -> pd.DataFrame:
    """All, and results in the order of their codes; a text is why there is no number."""
    rows = [
        (area, value, int(n) if n.isdecimal() else None, "shown" if n.isdecimal() else n)
        for area, numbers in areas.items()
        for value, n in zip(("totaal", *RESULTS), numbers.split(), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["area", "value", "count", "state"])
    breakdown = table["value"].where(table["value"].eq("totaal"), "result")
    table = table.assign(breakdown=breakdown, period="whole", off=off)
    return completeness(table.astype({"count": "Int64"}), BASIS, TWENTE).set_index("area")


@pytest.mark.parametrize(
    ("total", "off", "counts", "registers", "known", "state", "share", "said"),
    cases("completeness"),
)
def test_whether_a_field_is_registered_and_how_often(
    total, off, counts, registers, known, state, share, said
):
    row = completed(int(off), borne=f"{total} {counts}").loc["borne"]

    found = ["" if pd.isna(row[key]) else row[key] for key in ("registers", "count", "share")]
    assert found == [registers, known and int(known), share and float(share)]
    assert (row["state"], row["may_say"]) == (state, said)
    # What is known is the difference of two counts.
    assert row["off"] == (2 * int(off) if known else 0)
    is_told = state in ("shown", "hidden") and total != "0"
    assert row["gemeenten"] == is_told


# Of the district it is said how many gemeenten register a field: half of them, and at least three.
@pytest.mark.parametrize(("others", "said"), [(2, "unknown_first"), (3, "of_all")])
def test_of_the_district_is_said_how_many_gemeenten_register_a_field(others: int, said: str):
    each = ["20 20 0 0 0"] * others + ["20 never never never 0"] * (5 - others)
    slugs = [area.slug for area in VOCABULARY.gemeenten][:5]

    row = completed(0, **dict(zip(slugs, each, strict=True)), twente=each[0]).loc[TWENTE]

    assert (row["gemeenten"], row["may_say"]) == (others, said)
