import re

import pandas as pd
import pytest
from conftest import toml_cases
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from mma_analysis.clean import clean_meldingen
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary
from mma_analysis.vocabulary.schema import (
    CORRECTIONS,
    DUPLICATES,
    MELDINGEN,
    OTHER_DAYS,
    REGISTRATION,
    REJECTED_TABLE,
    SOURCE,
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


def test_the_tables_have_the_columns_and_types_of_the_schema(evaluation):
    rows = [tip(melding_id="M1"), tip(melding_id="M1"), tip("")]

    made = clean_meldingen([delivery(rows)], evaluation)

    tables = [MELDINGEN, REJECTED_TABLE, DUPLICATES, REJECTED_TABLE, REGISTRATION, CORRECTIONS]
    tables.append(OTHER_DAYS)
    for table, columns in zip(vars(made).values(), tables, strict=True):
        types = [(column.name, column.dtype) for column in columns]
        assert [(name, str(dtype)) for name, dtype in table.dtypes.items()] == types
    assert [len(made.meldingen), len(made.rejected), len(made.duplicates)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("field", "said"), [("topic", says("no_code", code="drugs")), ("naam", says("in_field"))]
)
def test_a_meaning_that_does_not_exist_is_an_error(tmp_path, field, said):
    block = f'[gemeenten.losser.waarden.{field}]\n"a" = "drugs"'

    with pytest.raises(UsageError, match=said):
        clean_meldingen([delivery([tip()])], written(tmp_path, EVALUATIE + block))


def test_senders_of_one_file_give_a_word_one_meaning(tmp_path):
    blocks = [
        '[gemeenten.losser.waarden.topic]\n"Wiet" = "drugsdelicten"',
        '[gemeenten.enschede.waarden.topic]\n"wiet!" = "fraude"',
        '[gemeenten.borne.waarden.topic]\n"Wiet" = "drugsdelicten"\n',
    ]
    edition = written(tmp_path, EVALUATIE + "\n".join(blocks))

    with pytest.raises(UsageError, match=says("other_meanings")) as error:
        clean_meldingen([delivery([tip()], senders=("losser", "enschede"))], edition)
    of_two = delivery([tip(topic="wiet", place="Losser")], senders=("losser", "borne"))
    together = clean_meldingen([of_two], edition)

    assert '[gemeenten.losser.waarden.topic] staat "Wiet" = "drugsdelicten"' in str(error.value)
    assert '[gemeenten.enschede.waarden.topic] staat "wiet!" = "fraude"' in str(error.value)
    assert column(together.meldingen, "topic") == ["drugsdelicten"]


# --- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", toml_cases("tips"))
def test_each_row_is_counted_or_refused_and_what_is_wrong_is_named(tmp_path, case):
    known = of_losser(tmp_path, "geleverd_op = 2023-07-10\n")
    senders = tuple(case.get("senders", ["losser"]))

    tables = clean_meldingen(
        [delivery([tip(**row) for row in case["rows"]], "a.csv", senders)], known
    )

    refused = case.get("refused", [])
    assert len(tables.meldingen) == len(case["rows"]) - len(refused)
    counted = case.get("counted", {})
    as_text = tables.meldingen[[*counted]].astype(object).where(tables.meldingen.notna(), "")
    assert {
        field: [str(cell).removesuffix(" 00:00:00") for cell in as_text[field]] for field in counted
    } == counted
    sentences = VOCABULARY.by_code("reasons", "sentence")
    for table, named in ((tables.rejected, refused), (tables.warnings, case.get("doubted", []))):
        slug = senders[0] if len(senders) == 1 else ""
        assert table.to_numpy().tolist() == [
            ["a.csv", "", row, slug, f"Kop {field}", reason, sentences[reason]]
            for row, field, reason in named
        ]


@pytest.mark.parametrize("case", toml_cases("tips", "registers"))
def test_a_gemeente_registers_a_field_always_sometimes_never_or_is_not_understood(evaluation, case):
    deliveries = [
        delivery(
            [tip(**{} if cell == "geen kolom" else {"usable": cell}) for cell in cells], str(n)
        )
        for n, cells in enumerate(case["files"])
    ]

    tables = clean_meldingen(deliveries, evaluation)

    (row,) = tables.registration.query("field == 'usable'").to_numpy().tolist()
    assert row == ["losser", *case["row"]]
    # Each melding is in one class, and in one only.
    of_all, *classes = row[4:]
    assert sum(classes) == of_all
    assert column(tables.meldingen, "usable") == case["usable"]


def test_an_edition_in_which_nobody_delivered_anything_has_its_tables_without_rows(tmp_path):
    made = read_and_clean(written(tmp_path, f"{EVALUATIE}{OTHERS}"))

    for table in (made.meldingen, made.rejected, made.duplicates, made.registration):
        assert table.empty
    types = [(column.name, column.dtype) for column in MELDINGEN]
    assert [(name, str(dtype)) for name, dtype in made.meldingen.dtypes.items()] == types


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


def test_rows_without_a_number_are_never_double_and_get_a_name_of_their_own(evaluation):
    file = delivery([tip(melding_id=cell, topic="drugs") for cell in ("", "onbekend", "0", "0")])

    both = [clean_meldingen([file], evaluation).meldingen for _ in range(2)]

    first, again = (column(meldingen, "melding_id") for meldingen in both)
    assert len(set(first)) == 4
    assert all(name.startswith("zonder-nummer-losser-") for name in first)
    assert first == again


def on_sheets(*sheets, file="losser.xlsx"):
    """Rows on sheets of one file, each of which begins at row 2."""
    parts = [delivery(rows, file).rows.assign(source_sheet=sheet) for sheet, rows in sheets]
    table = pd.concat(parts, ignore_index=True).fillna("")
    headers = {field: f"Kop {field}" for field in table.columns if not field.startswith("source")}
    return Delivery(file, ("losser",), headers, table)


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("topic", "drugs", "woonfraude"),
        ("result", "bevestigd", "niet bevestigd"),
        ("received_on", "2022-03-03", "2022-04-03"),
    ],
)
def test_doubles_that_contradict_each_other_are_named(evaluation, field, first, second):
    same = {"melding_id": "M1", "topic": "drugs"}
    rows = [tip(**(same | {field: cell})) for cell in (first, second)]

    made = clean_meldingen([delivery(rows)], evaluation)

    named = ["source_row", "column", "reason_code"]
    assert made.warnings[named].to_numpy().tolist() == [[2, f"Kop {field}", "dubbel_anders"]]
    assert column(made.duplicates, "source_row") == [3]


def test_an_empty_result_is_not_filled_from_a_double_that_is_about_something_else(evaluation):
    rows = [
        tip(melding_id="M1", topic="drugs", result=""),
        tip(melding_id="M1", topic="woonfraude", result="bevestigd", status="afgesloten"),
    ]

    made = clean_meldingen([delivery(rows)], evaluation)

    assert column(made.meldingen, "topic") == ["drugsdelicten"]
    assert column(made.meldingen, "result") == ["onbekend"]


def test_of_doubles_that_say_the_same_the_fullest_stays_and_nothing_is_named(evaluation):
    rows = [
        tip(melding_id="M1", topic="drugs", result=""),
        tip(melding_id="M1", topic="drugs", result="bevestigd"),
    ]

    made = clean_meldingen([delivery(rows)], evaluation)

    assert column(made.meldingen, "result") == ["bevestigd"]
    assert made.warnings.empty


# Three numbers as a system writes them, and as a program that took them for amounts.
NUMBERS = ("00026193", "00026194", "M 2022 0001")
AMOUNTS = ("26193", "26194.0", "20220001")


@pytest.mark.parametrize("amount", ["26193", "26193.0", "MMA 0026 193", "m0026193,00"])
def test_rows_alike_but_for_how_their_number_is_written_are_a_question(evaluation, amount):
    rows = [tip(melding_id="00026193", topic="drugs"), tip(melding_id=amount, topic="drugs")]

    with pytest.raises(DataError) as error:
        clean_meldingen([delivery(rows)], evaluation)

    said = says("numbers_alike", slug="losser", number="1 melding", settings="evaluatie.toml")
    assert re.fullmatch(said, str(error.value))
    one, other = (f"losser.csv, rij {row}, kolom 'Kop melding_id'" for row in (2, 3))
    assert f"{one} en {other}." in str(error.value)
    assert "26193" not in str(error.value)
    assert "drugs" not in str(error.value)


@pytest.mark.parametrize(
    "other",
    [
        tip(melding_id="26193", topic="wiet", result="bevestigd"),
        tip("2022-03-04", melding_id="26193", topic="drugs"),
        tip(melding_id="26193", topic="fraude"),
        tip(melding_id="26-193", topic="drugs"),
        tip(melding_id="2619300", topic="drugs"),
    ],
)
def test_rows_that_differ_in_more_than_their_zeros_are_two_meldingen(evaluation, other):
    rows = [tip(melding_id="00026193", topic="drugs"), other]

    assert len(clean_meldingen([delivery(rows)], evaluation).meldingen) == 2


@pytest.mark.parametrize(("answer", "counted"), [("true", ["00026193"]), ("false", None)])
def test_the_settings_say_whether_numbers_that_differ_in_zeros_are_one(tmp_path, answer, counted):
    rows = [tip(melding_id="26193.0", topic="drugs"), tip(melding_id="00026193", topic="drugs")]

    made = clean_meldingen([delivery(rows)], of_losser(tmp_path, f"zelfde_nummer = {answer}\n"))

    assert column(made.meldingen, "melding_id") == (counted or ["26193-0", "00026193"])
    assert len(made.duplicates) == (1 if counted else 0)


@pytest.mark.parametrize("others", [NUMBERS, AMOUNTS, ("", "", "")])
def test_two_sheets_with_the_same_meldingen_are_a_question_as_two_files_are(evaluation, others):
    firsts = NUMBERS if any(others) else others
    days = ("2022-03-03", "2022-04-04", "2022-05-05")
    everything = [tip(day, melding_id=number) for day, number in zip(days, firsts, strict=True)]
    copies = [tip(day, melding_id=number) for day, number in zip(days, others, strict=True)]
    sheets = [("alles", [*everything, tip(melding_id="M7")]), ("2022", copies), ("2023", [tip()])]

    with pytest.raises(DataError) as error:
        clean_meldingen([on_sheets(*sheets)], evaluation)

    pair = {"file": "losser.xlsx", "one": "alles", "other": "2022", "number": "3 meldingen"}
    assert re.fullmatch(says("sheets_overlap", slug="losser", **pair), str(error.value))
    assert '# blad = ["alles", "2023"]' in str(error.value)
    assert '# blad = ["alles", "2022", "2023"]' in str(error.value)


def test_sheets_that_the_settings_name_count_both_and_a_number_on_both_is_one(tmp_path):
    rows = [tip(melding_id=number) for number in ("M1", "M2", "M3")]

    edition = of_losser(tmp_path, 'blad = ["alles", "2022"]\n')
    made = clean_meldingen([on_sheets(("alles", rows), ("2022", rows))], edition)

    assert column(made.meldingen, "source_sheet") == ["2022", "2022", "2022"]
    assert len(made.duplicates) == 3


def test_sheets_of_months_with_one_melding_on_both_are_no_copies(evaluation):
    march = [tip(melding_id=number) for number in ("M1", "M2", "M3")]
    april = [tip("2022-04-04", melding_id=number) for number in ("M3", "M4", "M5")]

    made = clean_meldingen([on_sheets(("maart", march), ("april", april))], evaluation)

    assert len(made.meldingen) == 5


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
    tables = vars(clean_meldingen(deliveries, evaluation))
    other_way = vars(clean_meldingen(deliveries[::-1], evaluation))

    names = ("meldingen", "rejected", "duplicates")
    accounted = [place for name in names for place in places(tables[name])]
    assert sorted(accounted) == sorted(place for one in deliveries for place in places(one.rows))
    for name in names:
        pd.testing.assert_frame_equal(tables[name], other_way[name])
    # Every duplicate is stood for by a counted row of its gemeente.
    kept = ["kept_file", "kept_sheet", "kept_row", "gemeente"]
    counted = set(places(tables["meldingen"], [*SOURCE, "gemeente"]))
    assert set(places(tables["duplicates"], kept)) <= counted
