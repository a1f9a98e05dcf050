"""What a notebook may know: the tables of one area, for one audience, and no row of a melding."""

import datetime as dt
import json
from itertools import product

import pandas as pd
import pytest
from conftest import cases
from hypothesis import given
from hypothesis import strategies as st

from mma_analysis import evaluation
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE
from mma_analysis.vocabulary import DataError, UsageError
from released_tables import SETTINGS, VOCABULARY, distribution, reading, released
from says import says


@pytest.fixture
def here(workspace, monkeypatch):
    """Notebooks find the workspace through the variable; so do these tests."""
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))


@pytest.fixture
def losser(here):
    """What everybody may read of Losser, and what it may read itself."""
    return [evaluation.load("losser", EXAMPLE, audience) for audience in ("openbaar", "intern")]


@pytest.mark.parametrize(("asked", "message", "words"), cases("mistyped"))
def test_an_unknown_or_mistyped_parameter_is_wrong_use(here, asked, message, words):
    with pytest.raises(UsageError, match=says(message, **json.loads(words))):
        evaluation.load(*json.loads(asked))


@pytest.mark.parametrize(("key", "typed"), [("kind", "halve"), ("breakdown", "resultt")])
def test_a_mistyped_kind_or_breakdown_is_no_empty_table(losser, key, typed):
    with pytest.raises(KeyError, match=f"‘{typed}’ bestaat hier niet"):
        losser[0].tabel("per_follow_up", **{key: typed})


@pytest.mark.parametrize("name", ["comparison", "gemeente_trends"])
def test_of_the_others_a_gemeente_sees_what_everybody_sees(losser, name):
    tables = [e[name].query("area != 'losser'") for e in losser]

    public, own = (table.sort_values("cell", ignore_index=True) for table in tables)

    assert len(public) > 10
    pd.testing.assert_frame_equal(public, own)


@pytest.mark.parametrize(
    "name",
    ["own_findings", "meldingen", "../clean/meldingen", "../measures_intern/losser/own_findings"],
)
def test_everybody_cannot_open_what_is_internal_and_is_told_what_was_meant(losser, name):
    public, own = losser

    assert "own_findings" in own
    assert name not in public
    with pytest.raises(DataError, match=says("no_such_table", name=name)):
        public[name]
    with pytest.raises(DataError, match=says("no_such_table", near="per_topic")):
        public["per_topix"]


# --- what a notebook asks of them -----------------------------------------------------------------

three = tuple(VOCABULARY.topic_groups)[:3]


def parts(**counts: int | str) -> pd.DataFrame:
    """Parts of one whole, rounded to 5: as much of a table as decides what may be said."""
    rows = [
        (code, *((n, "shown") if isinstance(n, int) else (None, n)), 4, f"per_follow_up|{code}")
        for code, n in counts.items()
    ]
    return pd.DataFrame(rows, columns=["value", "count", "state", "off", "cell"])


def topics(total: int, **counts: int | str) -> pd.DataFrame:
    """The meldingen by topic as a notebook has them, rounded to 5."""
    table = distribution("topic_group", total, counts)
    return reading(per_topic_group=table).verdeling("topic_group")


def test_a_row_gives_values_and_the_words_that_are_no_number():
    table = topics(100, drugs=60, fraude_en_geld="hidden", onbekend=40)
    row = table.mma["drugs"]

    assert (str(row.count), str(row.share), row.label, row.value) == ("60", "60%", "Drugs", "drugs")
    assert str(row.woord("period")) == "hele periode"
    assert row.count.cell == "per_topic_group|twente|whole|topic_group|drugs#count"
    assert {"count", "label", "woord"} <= {*dir(row)}
    assert not table.mma["fraude_en_geld"].count.shown
    assert ("drugs" in table.mma, "wiet" in table.mma) == (True, False)
    assert str(table.mma.som("drugs", "onbekend")) == "100"
    of_one, of_none = table.iloc[:1].mma, table.iloc[:0].mma
    assert [bool(rows.een) for rows in (of_one, table.mma, of_none)] == [True, False, False]


def test_a_name_that_does_not_exist_is_said_with_the_one_that_was_meant_or_with_all():
    """What a text says of them, and of a column, is in test_text."""
    table = topics(100, drugs=60)

    with pytest.raises(KeyError, match="‘drug’ bestaat hier niet; bedoelde u 'drugs'"):
        table.mma["drug"]
    with pytest.raises(KeyError, match="‘xyz’ bestaat hier niet; bekend zijn: drugs, geweld"):
        table.iloc[:2].mma["xyz"]
    with pytest.raises(AttributeError, match="‘cuont’ bestaat hier niet; bedoelde u 'count'"):
        _ = table.mma["drugs"].cuont


def test_what_was_not_made_is_an_empty_table():
    e = reading()

    assert e.tabel("costs", area="borne").empty
    assert not e.een("trend")
    assert not e.meldingen()
    assert e.fasen() == []


def test_own_counts_are_exact_and_all_others_rounded():
    rows = [("borne", "whole", "whole", 0, "shown"), ("twente", "whole", "whole", 0, "shown")]
    public = released("per_period", "area period kind count state", *rows)
    own = public.assign(off=[0, 4])

    for table, said in ((own, ["0", "0–4"]), (public, ["0–4", "0–4"])):
        e = reading("borne", per_period=table)
        assert [str(e.meldingen(area).count) for area in ("borne", "twente")] == said


def test_what_an_id_says_has_the_bound_that_stands_beside_it_in_its_table():
    row = ("twente", "whole", "result", "sometimes", 0, 8, 60, 0.0)
    columns = "area period field registers count off total share"
    e = reading(completeness=released("completeness", columns, row))
    place = "completeness|twente|whole|result"

    known, total = (e.waarde(f"{place}#{column}") for column in ("count", "total"))
    assert (str(known), known.off, total.off) == ("0–8", 8, 4)
    assert (known - total).off == 12
    assert str(e.een("completeness").share) == "minder dan 15%"  # 9 of 60
    with pytest.raises(KeyError):
        e.waarde("completeness|twente|whole|status#count")


# --- what may be said ----------------------------------------------------------------------------

rounded_counts = st.lists(st.integers(0, 8).map(lambda n: 5 * n), min_size=3, max_size=3)
small = st.sampled_from([0, 5, 10])


def truths(counts: list[int], unknown: int):
    """Every way in which the true parts can be: at most 4 off, and the unknown ones anywhere."""
    ends = [sorted({max(0, count - 4), count, count + 4}) for count in counts]
    most = unknown + 4
    for true in product(*ends):
        for lucky in range(len(true)):
            yield [n + most * (place == lucky) for place, n in enumerate(true)]


@given(counts=rounded_counts, unknown=small)
def test_a_largest_part_is_the_largest_whatever_is_unknown_or_rounded(counts, unknown):
    table = parts(**dict(zip(three, counts, strict=True)), onbekend=unknown)
    largest = table.mma.grootste

    named = three.index(largest.value) if largest else None
    for true in truths(counts, unknown) if named is not None else ():
        assert true[named] > max(true[:named] + true[named + 1 :])


@given(counts=rounded_counts, hidden=st.sampled_from([*three, "onbekend"]))
def test_beside_a_part_that_is_hidden_no_part_is_the_largest(counts, hidden):
    given_counts = dict(zip(three, counts, strict=True)) | {hidden: "hidden"}

    table = parts(**given_counts, **{} if hidden == "onbekend" else {"onbekend": 0})

    assert not table.mma.grootste
    if hidden != "onbekend":  # nor of a field that has no such value
        assert not table[table["value"] != "onbekend"].mma.grootste


def test_a_largest_part_is_named_when_it_is_so_for_certain():
    # 40 is at least 36; the second at most 24 with its rounding, and 9 unknown: 33.
    certain = topics(65, drugs=40, fraude_en_geld=20, onbekend=5)
    # 40 is at least 36; the second may be 24 + 14.
    not_certain = topics(70, drugs=40, fraude_en_geld=20, onbekend=10)

    assert certain.mma.grootste.label == "Drugs"
    assert not not_certain.mma.grootste


@given(counts=rounded_counts, unknown=small, state=st.sampled_from(["shown", "hidden", "missing"]))
def test_what_is_known_is_all_but_the_unknown_ones_or_not_to_be_told(counts, unknown, state):
    counted: dict[str, int | str] = dict(zip(three, counts, strict=True))
    counted |= {} if state == "shown" else {three[0]: state}
    known = parts(**counted, onbekend=unknown).mma.bekend

    assert known.raw == (sum(counts) if state == "shown" else None)
    assert known.state == state
    assert "onbekend" not in known.cell


def test_what_may_be_said_of_a_field_is_what_was_released():
    columns, whole = "area period field share may_say", ("whole", "result")
    rows = [("twente", *whole, 0.4, "unknown_first"), ("borne", *whole, 0.9, "of_all")]
    e = reading(completeness=released("completeness", columns, *rows))

    assert (e.te_zeggen("result"), e.te_zeggen("result", "borne")) == ("unknown_first", "of_all")
    assert (e.te_zeggen("has_time"), reading().te_zeggen("result")) == ("only_known",) * 2


# --- counts of rows, settings and phases ---------------------------------------------------------


def test_rows_are_counted_with_how_they_were():
    columns = "area connected_on has_delivered"
    rows = [("almelo", "2021-09-01", True), ("borne", None, False), ("losser", None, True)]
    e = reading(connection=released("connection", columns, *rows))
    delivered, all_rows = e.tel("connection", has_delivered="True"), e.tel("connection")

    assert (delivered.raw, delivered.cell) == (2, "tel(connection;has_delivered=True)")
    assert (all_rows.raw, e.tel("costs").raw) == (3, 0)
    assert e.tel("connection", area="hof (van)").cell == "tel(connection;area=hof%20%28van%29)"


def test_a_setting_is_a_value_with_its_name_as_its_cell():
    day, basis = reading().instelling("peildatum"), reading().instelling("bescherming.basis")

    assert (str(day), day.cell) == ("30 juni 2023", "instelling|peildatum")
    assert (str(basis), basis.cell) == ("5", "instelling|bescherming.basis")
    assert str(reading().bijna_niets) == "0–4"


PHASES = f"""{SETTINGS}
[kosten]
tarief = [{{ vanaf_inwoners = 0, per_jaar = 800 }}]
fase = [
    {{ begin = 2021-01-01, eind = 2022-12-31, betaler = "Platform" }},
    {{ begin = 2023-01-01, betaler = "gemeente" }},
]
"""


@pytest.mark.parametrize(("amount", "said"), [(0.0, "€\xa01.200"), (None, "None")])
def test_phases_of_payment_tell_who_pays_what_in_this_evaluation(amount, said):
    days = (dt.datetime(2021, 7, 1), dt.datetime(2022, 12, 31), "Platform")
    rows = [(*days, "almelo", 400.0), (*days, "borne", 800.0), (*days, "losser", amount)]
    paid = released("costs_per_phase", "begin end payer area amount", *rows)
    first, second = reading(settings=PHASES, costs_per_phase=paid).fasen()

    assert (first["betaler"], first["is_voorbij"]) == ("Platform", True)
    assert [str(first[one]) for one in ("begin", "bedrag")] == ["1 juli 2021", said]
    assert second["betaler"] == "elke gemeente zelf"
    assert [second[one] for one in ("eind", "bedrag")] == [None, None]
