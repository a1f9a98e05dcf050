import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

import small_edition
from mma_analysis import clean
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
from small_edition import written as settings

VOCABULARY = Vocabulary()

SETTINGS = f"""{small_edition.SETTINGS}
[gemeenten.losser]
[gemeenten.losser.waarden.topic]
"gekke planten" = "drugsdelicten"
[gemeenten.enschede]
[gemeenten.dinkelland]
[gemeenten.tubbergen]
"""


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    return settings(tmp_path_factory.mktemp("edition"), SETTINGS)


def of_losser(folder, settings_of_losser):
    """The edition in which Losser has these settings too."""
    block = "[gemeenten.losser]\n"
    return settings(folder, SETTINGS.replace(block, block + settings_of_losser))


def delivery(rows, file="losser.csv", senders=("losser",)):
    """Rows as read; the first data row is row 2 of the file."""
    table = pd.DataFrame(rows, dtype="str").fillna("")
    fields = table.columns.tolist()
    table = table.assign(source_file=file, source_sheet="", source_row=range(2, len(table) + 2))
    return Delivery(file, senders, {field: f"Kop {field}" for field in fields}, table)


def tip(received_on="2022-03-03", **cells):
    return {"received_on": received_on, **cells}


def column(table, name):
    return [None if pd.isna(value) else value for value in table[name]]


# --- shape ---------------------------------------------------------------------------------------


def test_the_tables_have_the_columns_and_types_of_the_schema(evaluation):
    rows = [tip(melding_id="M1"), tip(melding_id="M1"), tip("")]
    cleaned = clean.clean_meldingen([delivery(rows)], evaluation)
    nothing = clean.clean_meldingen([], evaluation)

    tables = [MELDINGEN, REJECTED, DUPLICATES, REJECTED, REGISTRATION, CORRECTIONS]
    for made, columns in zip([*vars(cleaned).values()], tables, strict=True):
        types = [(column.name, column.dtype) for column in columns]
        assert [(name, str(dtype)) for name, dtype in made.dtypes.items()] == types
    for made, other in zip(vars(cleaned).values(), vars(nothing).values(), strict=True):
        pd.testing.assert_series_equal(made.dtypes, other.dtypes)
    assert [len(cleaned.meldingen), len(cleaned.rejected), len(cleaned.duplicates)] == [1, 1, 1]


def test_a_row_is_cleaned_into_our_words(evaluation):
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

    meldingen = clean.clean_meldingen([delivery([row])], evaluation).meldingen

    (cleaned,) = meldingen.astype(object).where(meldingen.notna(), None).to_dict("records")
    unknown = dict.fromkeys(("disposition", "result", "usable"), "onbekend")
    not_known = dict.fromkeys(("reported_on", "has_person", "has_vehicle", "fed_back_on"))
    assert cleaned == {
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

    cleaned = clean.clean_meldingen(
        [delivery(rows), delivery(rows, "enschede.csv", ("enschede",))], evaluation
    )

    assert column(cleaned.meldingen, "topic") == ["onbekend", "drugsdelicten"]  # Enschede, Losser
    assert column(cleaned.meldingen, "place") == [None, None]  # no place of the district


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (
            '[gemeenten.losser.waarden.topic]\n"a" = "drugs"',
            "'drugs' is not a code of topic; known are: diefstal",
        ),
        ('[gemeenten.losser.waarden.onderwerp]\n"a" = "fraude"', "'onderwerp' is not a field"),
    ],
)
def test_a_meaning_that_does_not_exist_is_an_error(tmp_path, block, told):
    wrong = settings(tmp_path, SETTINGS.split("[gemeenten.losser]")[0] + block)

    with pytest.raises(UsageError, match=told):
        clean.clean_meldingen([delivery([tip()])], wrong)


def test_a_tip_with_a_day_of_closing_is_closed_only_when_there_is_no_status_column(evaluation):
    closed = [tip(closed_on="2022-04-04"), tip(closed_on="")]
    with_status = [tip(closed_on="2022-04-04", status="")]

    without = clean.clean_meldingen([delivery(closed)], evaluation).meldingen
    empty = clean.clean_meldingen([delivery(with_status)], evaluation).meldingen

    assert column(without, "status") == ["afgesloten", "onbekend"]
    assert column(empty, "status") == ["onbekend"]


# --- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received_on", "reason"),
    [
        ("14-3-2202", "datum_onmogelijk"),
        ("1900-01-01", "datum_onmogelijk"),  # what a spreadsheet shows of a 0
        ("31-12-2001", "datum_onmogelijk"),  # there was no M. yet
        ("2010-03-01", "voor_begin"),
    ],
)
def test_a_row_is_refused_for_its_day_of_receipt(evaluation, received_on, reason):
    rejected = clean.clean_meldingen([delivery([tip(received_on)])], evaluation).rejected

    assert column(rejected, "reason_code") == [reason]


def test_a_refused_row_says_where_and_why_and_nothing_else(evaluation):
    rejected = clean.clean_meldingen([delivery([tip("31-2-2022", topic="geheim")])], evaluation)

    reason = VOCABULARY.rejection_reasons["datum_onmogelijk"]
    assert rejected.rejected.values.tolist() == [
        ["losser.csv", "", 2, "losser", "Kop received_on", "datum_onmogelijk", reason]
    ]


def test_the_day_of_receipt_is_named_before_the_gemeente(evaluation):
    rows = [tip("", place="Deventer"), tip(place="Deventer")]
    joint = delivery(rows, "samen.csv", ("dinkelland", "tubbergen"))

    rejected = clean.clean_meldingen([joint], evaluation).rejected

    assert column(rejected, "reason_code") == ["datum_ontbreekt", "buiten_district"]
    assert column(rejected, "column") == ["Kop received_on", "Kop place"]
    assert column(rejected, "gemeente") == ["", ""]  # not known


@pytest.mark.parametrize(
    ("cell", "is_told"),
    [
        ("M2022-0001 / M2022-0002", True),
        ("M2022-0001/M2022-0002", True),
        ("20220001 en 20220002", True),
        ("M123\nM124", True),
        ("M. 2022/0123", False),
        ("M 2022 0123", False),
        ("2022-0123", False),
        ("20220001 20220001", False),
        ("Z2022-001, M2022-0001", False),  # the number of a case beside that of M.
    ],
)
def test_two_numbers_in_one_cell_count_as_one_melding_and_are_told(evaluation, cell, is_told):
    cleaned = clean.clean_meldingen([delivery([tip(melding_id=cell)])], evaluation)

    assert len(cleaned.meldingen) == 1
    assert column(cleaned.warnings, "reason_code") == (["meer_nummers"] if is_told else [])


def test_a_day_years_outside_the_evaluation_is_no_day_and_closes_nothing(tmp_path):
    # Of 1 July 2021 to 30 June 2023, delivered on 10 July 2023: five years before, one after.
    known = of_losser(tmp_path, "geleverd_op = 2023-07-10\n")
    is_no_day = ["31-12-9999", "1-1-1900", "1-7-2016", "11-7-2024"]
    is_a_day = ["20-3-2022", "3-7-2016", "10-7-2024"]
    rows = [tip(closed_on=day) for day in [*is_no_day, *is_a_day, ""]]
    rows.append(tip(reported_on="1-1-1900", fed_back_on="31-12-9999"))

    cleaned = clean.clean_meldingen([delivery(rows)], known)

    closed = ["2022-03-20", "2016-07-03", "2024-07-10"]
    known_days = cleaned.meldingen["closed_on"].dropna().dt.strftime("%Y-%m-%d")
    assert known_days.tolist() == closed
    assert column(cleaned.meldingen, "status") == [
        *["onbekend"] * 4,
        *["afgesloten"] * 3,
        *["onbekend"] * 2,
    ]
    assert cleaned.meldingen[["reported_on", "fed_back_on"]].isna().all(axis=None)
    listed = cleaned.warnings[["source_row", "column", "reason_code"]].values.tolist()
    assert listed == [
        *([row, "Kop closed_on", "datum_niet_gelezen"] for row in (2, 3, 4, 5)),
        [10, "Kop reported_on", "datum_niet_gelezen"],
        [10, "Kop fed_back_on", "datum_niet_gelezen"],
    ]


@pytest.mark.parametrize(
    ("field", "cells", "listed"),
    [
        ("has_vehicle", ["ja", UNREADABLE, "nee", ""], [[3, "niet_begrepen"]]),
        ("status", ["open", "blauw", "n.v.t.", "", "?"], [[3, "niet_begrepen"]]),
        ("closed_on", ["31-2-2022", "n.v.t.", ""], [[2, "datum_niet_gelezen"]]),
        # Numbers that Excel cut off are not one tip.
        ("melding_id", ["2,02301E+11"] * 2, [[2, "nummer_afgekapt"], [3, "nummer_afgekapt"]]),
    ],
)
def test_what_cannot_be_read_is_listed_and_its_melding_counts(evaluation, field, cells, listed):
    cleaned = clean.clean_meldingen([delivery([tip(**{field: c}) for c in cells])], evaluation)

    assert len(cleaned.meldingen) == len(cells)
    assert cleaned.warnings[["source_row", "column", "reason_code"]].values.tolist() == [
        [row, f"Kop {field}", reason] for row, reason in listed
    ]
    if field == "has_vehicle":
        assert column(cleaned.meldingen, field) == [True, None, False, None]


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

    cleaned = clean.clean_meldingen(deliveries, evaluation)

    row = cleaned.registration.query("field == 'usable'").iloc[0].tolist()
    header = "" if files == [[None, None]] else "Kop usable"
    assert row == ["losser", "usable", header, registers, *numbers]
    known = {"J": "ja", "nee": "nee"}
    expected = [known.get(cell, "onbekend") for cells in files for cell in cells]
    assert column(cleaned.meldingen, "usable") == expected


def test_the_table_of_reasons_says_of_each_what_it_does():
    assert set(VOCABULARY.reason_effects.values()) == {"reject", "outside", "warn"}
    # Without these a row has no place in the tables: they cannot become a warning.
    for reason in ("verwijderd", "datum_ontbreekt", "datum_onmogelijk", "gemeente_onbekend"):
        assert VOCABULARY.reason_effects[reason] == "reject"


# --- double --------------------------------------------------------------------------------------


def test_two_files_of_one_gemeente_with_the_same_tips_are_an_error_that_names_both(evaluation):
    rows = [tip(melding_id="M1"), tip(melding_id="M2")]
    files = [delivery(rows, "2021.csv"), delivery([*rows, tip(melding_id="M3")], "2022.csv")]

    with pytest.raises(DataError) as error:
        clean.clean_meldingen(files, evaluation)

    told = str(error.value)
    assert told.startswith("2021.csv and 2022.csv have 2 tips of losser in common; say in")
    assert 'vervangt = { "2022.csv" = "2021.csv" }' in told


def test_a_number_in_two_files_that_supplement_each_other_is_one_tip(tmp_path):
    for name in ("2021.csv", "2022.csv"):
        (tmp_path / name).touch()
    own = 'levering = ["2021.csv", "2022.csv"]\nvult_aan = { "2022.csv" = "2021.csv" }\n'
    supplements = of_losser(tmp_path, own)
    files = [delivery([tip(melding_id="M1")], name) for name in ("2022.csv", "2021.csv")]

    cleaned = clean.clean_meldingen(files, supplements)

    assert column(cleaned.meldingen, "source_file") == ["2021.csv"]
    assert column(cleaned.duplicates, "kept_file") == ["2021.csv"]


def test_rows_without_a_number_are_never_double_and_get_a_name_of_their_own(evaluation):
    rows = [tip(melding_id=cell, topic="drugs") for cell in ("", "onbekend", "0", "0")]

    first = clean.clean_meldingen([delivery(rows)], evaluation)
    again = clean.clean_meldingen([delivery(rows)], evaluation)

    names = column(first.meldingen, "melding_id")
    assert len(set(names)) == 4
    assert all(name.startswith("zonder-nummer-losser-") for name in names)
    assert names == column(again.meldingen, "melding_id")


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


@effort(max_examples=20, deadline=None)
@given(deliveries=any_deliveries)
def test_every_row_is_counted_refused_or_double_once_whatever_the_order(evaluation, deliveries):
    delivered = [place for one in deliveries for place in places(one.rows)]
    before = [one.rows.copy(deep=True) for one in deliveries]

    cleaned = clean.clean_meldingen(deliveries, evaluation)
    other_way = clean.clean_meldingen(deliveries[::-1], evaluation)

    tables = ("meldingen", "rejected", "duplicates")
    accounted = [place for table in tables for place in places(getattr(cleaned, table))]
    assert sorted(accounted) == sorted(delivered)
    for table in tables:
        pd.testing.assert_frame_equal(getattr(cleaned, table), getattr(other_way, table))
    # Every duplicate is stood for by a counted row of its gemeente.
    counted = set(zip(places(cleaned.meldingen), cleaned.meldingen["gemeente"], strict=True))
    duplicates = cleaned.duplicates
    kept = duplicates[["kept_file", "kept_sheet", "kept_row"]].itertuples(index=False, name=None)
    assert set(zip(kept, duplicates["gemeente"], strict=True)) <= counted
    for one, rows in zip(deliveries, before, strict=True):
        pd.testing.assert_frame_equal(one.rows, rows)


def places(table):
    return list(table[list(SOURCE)].itertuples(index=False, name=None))
