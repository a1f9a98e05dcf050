import pandas as pd
import pytest
from conftest import cases
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from mma_analysis.clean import clean_meldingen
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary
from mma_analysis.vocabulary.schema import (
    CORRECTIONS,
    DUPLICATES,
    MELDINGEN,
    REGISTRATION,
    REJECTED,
    SOURCE,
    UNREADABLE,
    Delivery,
)
from says import says
from small_edition import EVALUATIE, written

VOCABULARY = Vocabulary()
WORDS = '[gemeenten.losser.waarden.topic]\n"gekke planten" = "drugsdelicten"\n'
OTHERS = "[gemeenten.enschede]\n[gemeenten.dinkelland]\n[gemeenten.tubbergen]\n"


def of_losser(folder, own=""):
    """The edition in which Losser has these settings."""
    return written(folder, f"{EVALUATIE}[gemeenten.losser]\n{own}{WORDS}{OTHERS}")


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    return of_losser(tmp_path_factory.mktemp("edition"))


@pytest.fixture
def cleaned(evaluation):
    """Clean these rows of Losser."""
    return lambda *rows: clean_meldingen([delivery(rows)], evaluation)


def delivery(rows, file="losser.csv", senders=("losser",)):
    """Rows as read; the first data row is row 2 of the file."""
    table = pd.DataFrame(list(rows), dtype="str").fillna("")
    fields = table.columns.tolist()
    table = table.assign(source_file=file, source_sheet="", source_row=range(2, len(table) + 2))
    return Delivery(file, senders, {field: f"Kop {field}" for field in fields}, table)


def tip(received_on="2022-03-03", **cells):
    return {"received_on": received_on, **cells}


def column(table, name):
    return [None if pd.isna(value) else value for value in table[name]]


def listed(table):
    return table[["source_row", "column", "reason_code"]].values.tolist()


# --- shape ---------------------------------------------------------------------------------------


def test_the_tables_have_the_columns_and_types_of_the_schema(cleaned, evaluation):
    made = cleaned(tip(melding_id="M1"), tip(melding_id="M1"), tip(""))

    tables = [MELDINGEN, REJECTED, DUPLICATES, REJECTED, REGISTRATION, CORRECTIONS]
    for some in (made, clean_meldingen([], evaluation)):
        for table, columns in zip(vars(some).values(), tables, strict=True):
            types = [(column.name, column.dtype) for column in columns]
            assert [(name, str(dtype)) for name, dtype in table.dtypes.items()] == types
    assert [len(made.meldingen), len(made.rejected), len(made.duplicates)] == [1, 1, 1]


def test_a_row_is_cleaned_into_our_words(cleaned):
    row = tip(
        "3 maart 2022",
        melding_id="M2022-0123",
        topic="Hennepkwekerij",
        place="de lutte",
        has_time="ja",
        has_location="nee",
        has_person="",
        also_sent_to="politie en UWV",
        status="lopend",
        closed_on="volgt",
    )

    meldingen = cleaned(row).meldingen

    (record,) = meldingen.astype(object).where(meldingen.notna(), None).to_dict("records")
    unknown = dict.fromkeys(("disposition", "result", "usable"), "onbekend")
    not_known = dict.fromkeys(("reported_on", "has_person", "has_vehicle", "fed_back_on"))
    assert record == {
        "melding_id": "2022-0123",
        "gemeente": "losser",
        "received_on": pd.Timestamp("2022-03-03"),
        "topic": "drugsdelicten",
        "topic_group": "drugs",
        "topic_as_delivered": "Hennepkwekerij",
        "place": "de Lutte",
        "has_time": True,
        "has_location": False,
        "also_sent_to": "politie_en_partner",
        "status": "in_behandeling",
        "closed_on": None,  # cannot be read: missing, not refused
        **{"source_file": "losser.csv", "source_sheet": "", "source_row": 2},
        **unknown,
        **not_known,
    }


def test_the_words_of_the_settings_go_before_the_alias_tables(evaluation):
    rows = [tip(topic="Gekke planten!", place="Dorpsweg 5")]
    files = [delivery(rows), delivery(rows, "enschede.csv", ("enschede",))]

    meldingen = clean_meldingen(files, evaluation).meldingen

    assert column(meldingen, "topic") == ["onbekend", "drugsdelicten"]  # Enschede, Losser
    assert column(meldingen, "place") == [None, None]  # no place of the district


@pytest.mark.parametrize(
    ("field", "code", "said"),
    [
        ("topic", "drugs", says("no_code", code="drugs", field="topic", near="diefstal")),
        ("onderwerp", "fraude", says("in_field", field="onderwerp")),
    ],
)
def test_a_meaning_that_does_not_exist_is_an_error(tmp_path, field, code, said):
    block = f'[gemeenten.losser.waarden.{field}]\n"a" = "{code}"'

    with pytest.raises(UsageError, match=said):
        clean_meldingen([delivery([tip()])], written(tmp_path, EVALUATIE + block))


def test_a_melding_with_a_day_of_closing_is_closed_only_when_there_is_no_status_column(cleaned):
    without = cleaned(tip(closed_on="2022-04-04"), tip(closed_on="")).meldingen
    empty = cleaned(tip(closed_on="2022-04-04", status="")).meldingen

    assert column(without, "status") == ["afgesloten", "onbekend"]
    assert column(empty, "status") == ["onbekend"]


# --- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received_on", "reason"),
    [
        ("31-2-2022", "datum_onmogelijk"),
        ("14-3-2202", "datum_onmogelijk"),
        ("1900-01-01", "datum_onmogelijk"),  # what a spreadsheet shows of a 0
        ("31-12-2001", "datum_onmogelijk"),  # there was no M. yet
        ("2010-03-01", "voor_begin"),
    ],
)
def test_a_refused_row_says_where_and_why_and_nothing_else(cleaned, received_on, reason):
    rejected = cleaned(tip(received_on, topic="geheim")).rejected

    why = VOCABULARY.by_code("reasons", "sentence")[reason]
    assert rejected.values.tolist() == [
        ["losser.csv", "", 2, "losser", "Kop received_on", reason, why]
    ]


def test_the_day_of_receipt_is_named_before_the_gemeente(evaluation):
    rows = [tip("", place="Deventer"), tip(place="Deventer")]
    joint = delivery(rows, "samen.csv", ("dinkelland", "tubbergen"))

    rejected = clean_meldingen([joint], evaluation).rejected

    assert listed(rejected) == [
        [2, "Kop received_on", "datum_ontbreekt"],
        [3, "Kop place", "buiten_district"],
    ]
    assert column(rejected, "gemeente") == ["", ""]  # not known


def test_the_table_of_reasons_says_of_each_what_it_does():
    assert set(VOCABULARY.by_code("reasons", "effect").values()) == {"reject", "outside", "warn"}
    # Without these a row has no place in the tables: they cannot become a warning.
    for reason in ("verwijderd", "datum_ontbreekt", "datum_onmogelijk", "gemeente_onbekend"):
        assert VOCABULARY.by_code("reasons", "effect")[reason] == "reject"


# --- counted, and told ---------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "told"), cases("several_numbers"))
def test_two_numbers_in_one_cell_count_as_one_melding_and_are_told(cleaned, cell, told):
    tables = cleaned(tip(melding_id=cell))

    assert len(tables.meldingen) == 1
    assert column(tables.warnings, "reason_code") == told.split()


def test_a_day_years_outside_the_evaluation_is_no_day_and_closes_nothing(tmp_path):
    # Of 1 July 2021 to 30 June 2023, delivered on 10 July 2023: five years before, one after.
    is_no_day = ["31-12-9999", "1-1-1900", "1-7-2016", "11-7-2024"]
    is_a_day = ["20-3-2022", "3-7-2016", "10-7-2024"]
    rows = [tip(closed_on=day) for day in [*is_no_day, *is_a_day, ""]]
    rows.append(tip(reported_on="1-1-1900", fed_back_on="31-12-9999"))

    known = of_losser(tmp_path, "geleverd_op = 2023-07-10\n")
    tables = clean_meldingen([delivery(rows)], known)

    meldingen = tables.meldingen
    days = meldingen["closed_on"].dropna().dt.strftime("%Y-%m-%d")
    assert days.tolist() == ["2022-03-20", "2016-07-03", "2024-07-10"]
    assert column(meldingen, "status") == [*["onbekend"] * 4, *["afgesloten"] * 3] + (
        ["onbekend"] * 2
    )
    assert meldingen[["reported_on", "fed_back_on"]].isna().all(axis=None)
    assert listed(tables.warnings) == [
        *([row, "Kop closed_on", "datum_niet_gelezen"] for row in (2, 3, 4, 5)),
        [10, "Kop reported_on", "datum_niet_gelezen"],
        [10, "Kop fed_back_on", "datum_niet_gelezen"],
    ]


@pytest.mark.parametrize(
    ("field", "cells", "told"),
    [
        ("has_vehicle", ["ja", UNREADABLE, "nee", ""], [[3, "niet_begrepen"]]),
        ("status", ["open", "blauw", "n.v.t.", "", "?"], [[3, "niet_begrepen"]]),
        ("closed_on", ["31-2-2022", "n.v.t.", ""], [[2, "datum_niet_gelezen"]]),
        # Numbers that Excel cut off are not one melding.
        ("melding_id", ["2,02301E+11"] * 2, [[2, "nummer_afgekapt"], [3, "nummer_afgekapt"]]),
    ],
)
def test_what_cannot_be_read_is_listed_and_its_melding_counts(cleaned, field, cells, told):
    tables = cleaned(*(tip(**{field: cell}) for cell in cells))

    assert len(tables.meldingen) == len(cells)
    assert listed(tables.warnings) == [[row, f"Kop {field}", reason] for row, reason in told]
    if field == "has_vehicle":
        assert column(tables.meldingen, field) == [True, None, False, None]


@pytest.mark.parametrize(
    ("files", "registers", "numbers"),
    [
        # Meldingen, and of these: known, not filled in, not understood, in a file without it.
        ([["J", "nee"]], "always", [2, 2, 0, 0, 0]),
        ([["J", "", "n.v.t.", "-", "paars"]], "sometimes", [5, 1, 3, 1, 0]),
        ([["J", "nee"], [None]], "sometimes", [3, 2, 0, 0, 1]),
        ([["nog niet beoordeeld", "nee"]], "sometimes", [2, 1, 0, 0, 0]),  # is filled in
        ([["", "?"]], "never", [2, 0, 2, 0, 0]),
        ([[None, None]], "never", [2, 0, 0, 0, 2]),
        ([["paars", ""]], "not_understood", [2, 0, 1, 1, 0]),
    ],
)
def test_a_gemeente_registers_a_field_always_sometimes_never_or_is_not_understood(
    evaluation, files, registers, numbers
):
    """`None` is a file without the column: neither empty nor a no."""
    deliveries = [
        delivery([tip(**({} if cell is None else {"usable": cell})) for cell in cells], f"{n}.csv")
        for n, cells in enumerate(files)
    ]

    tables = clean_meldingen(deliveries, evaluation)

    row = tables.registration.query("field == 'usable'").iloc[0].tolist()
    header = "" if files == [[None, None]] else "Kop usable"
    assert row == ["losser", "usable", header, registers, *numbers]
    known = {"J": "ja", "nee": "nee"}
    expected = [known.get(cell, "onbekend") for cells in files for cell in cells]
    assert column(tables.meldingen, "usable") == expected


# --- double --------------------------------------------------------------------------------------


def test_two_files_of_one_gemeente_with_the_same_meldingen_are_an_error_that_names_both(evaluation):
    rows = [tip(melding_id="M1"), tip(melding_id="M2")]
    files = [delivery(rows, "2021.csv"), delivery([*rows, tip(melding_id="M3")], "2022.csv")]

    said = says("overlap", one="2021.csv", other="2022.csv", number=2, slug="losser")
    with pytest.raises(DataError, match=said):
        clean_meldingen(files, evaluation)


def test_a_number_in_two_files_that_supplement_each_other_is_one_melding(tmp_path):
    for name in ("2021.csv", "2022.csv"):
        (tmp_path / name).touch()
    own = 'levering = ["2021.csv", "2022.csv"]\nvult_aan = { "2022.csv" = "2021.csv" }\n'
    files = [delivery([tip(melding_id="M1")], name) for name in ("2022.csv", "2021.csv")]

    tables = clean_meldingen(files, of_losser(tmp_path, own))

    assert column(tables.meldingen, "source_file") == ["2021.csv"]
    assert column(tables.duplicates, "kept_file") == ["2021.csv"]


def test_rows_without_a_number_are_never_double_and_get_a_name_of_their_own(cleaned):
    rows = [tip(melding_id=cell, topic="drugs") for cell in ("", "onbekend", "0", "0")]

    first, again = (column(cleaned(*rows).meldingen, "melding_id") for _ in range(2))

    assert len(set(first)) == 4
    assert all(name.startswith("zonder-nummer-losser-") for name in first)
    assert first == again


# --- always --------------------------------------------------------------------------------------

any_row = st.fixed_dictionaries(
    {
        "melding_id": st.sampled_from(["", "M1", "m 1", "M2", "?"]),
        "received_on": st.sampled_from(["", "3-3-2022", "31-2-2022", "1-1-2020", "44623", "x"]),
        "place": st.sampled_from(["", "Losser", "Denekamp", "Deurningen", "Haarle", "Ommen"]),
        "topic": st.sampled_from(["", "drugs", "iets"]),
        "has_person": st.sampled_from(["", "ja", "nee"]),
    }
)
any_senders = st.sampled_from([("losser",), ("dinkelland", "tubbergen"), ("enschede",)])
any_deliveries = st.lists(
    st.tuples(st.lists(any_row, min_size=1, max_size=5), any_senders),
    min_size=1,
    max_size=3,
    unique_by=lambda delivered: delivered[1],  # two files of one gemeente may not overlap
).map(lambda files: [delivery(rows, f"{i}.csv", s) for i, (rows, s) in enumerate(files)])


def places(table, columns=SOURCE):
    return list(table[list(columns)].itertuples(index=False, name=None))


@pytest.mark.slow
@effort(max_examples=20, deadline=None)
@given(deliveries=any_deliveries)
def test_every_row_is_counted_refused_or_double_once_whatever_the_order(evaluation, deliveries):
    before = [one.rows.copy(deep=True) for one in deliveries]

    tables = vars(clean_meldingen(deliveries, evaluation))
    other_way = vars(clean_meldingen(deliveries[::-1], evaluation))

    names = ("meldingen", "rejected", "duplicates")
    accounted = [place for name in names for place in places(tables[name])]
    assert sorted(accounted) == sorted(place for rows in before for place in places(rows))
    for name in names:
        pd.testing.assert_frame_equal(tables[name], other_way[name])
    # Every duplicate is stood for by a counted row of its gemeente.
    kept = ["kept_file", "kept_sheet", "kept_row", "gemeente"]
    counted = set(places(tables["meldingen"], [*SOURCE, "gemeente"]))
    assert set(places(tables["duplicates"], kept)) <= counted
    for one, rows in zip(deliveries, before, strict=True):
        pd.testing.assert_frame_equal(one.rows, rows)
