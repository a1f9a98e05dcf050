import pytest

import small_edition
from mma_analysis import clean, read
from mma_analysis.clean import corrections
from mma_analysis.vocabulary import DataError, UsageError

FILE = "Meldnummer;Datum ontvangst;Onderwerp\nM1;14-3-2022;drugs\nM2;31-2-2022;fraude\n"
REST = '\nreden = "tikfout"\ngemeld_aan = "a@losser.nl op 3-7-2023"\n'


@pytest.fixture
def cleaned(tmp_path):
    """Clean one file of Losser with these corrections."""

    def run(text):
        (tmp_path / "losser.csv").write_text(FILE, encoding="utf-8")
        (tmp_path / corrections.CORRECTIONS_FILE).write_text(text, encoding="utf-8")
        evaluation = small_edition.written(
            tmp_path, small_edition.settings({"losser": "losser.csv"})
        )
        return clean.clean_meldingen([read.read_delivery(evaluation, "losser.csv")], evaluation)

    return run


def correction(rij=3, kolom="received_on", actie="vervang", verwacht="31-2-2022", extra=""):
    return (
        f'[[correctie]]\nbestand = "losser.csv"\nrij = {rij}\nkolom = "{kolom}"\n'
        f'actie = "{actie}"\nverwacht = "{verwacht}"\n{extra}{REST}'
    )


def test_a_cell_is_replaced_before_cleaning_and_the_correction_is_named(cleaned):
    tables = cleaned(correction(extra="waarde = 2022-03-01"))

    assert tables.rejected.empty
    assert [f"{day:%d-%m-%Y}" for day in tables.meldingen["received_on"]] == [
        "14-03-2022",
        "01-03-2022",
    ]
    row = ["losser.csv", "", 3, "received_on", "vervang", "tikfout", "a@losser.nl op 3-7-2023"]
    assert tables.corrections.values.tolist() == [row]


def test_a_removed_row_is_refused_for_that_reason_alone(cleaned):
    tables = cleaned(correction(actie="verwijder"))

    assert tables.rejected["reason_code"].tolist() == ["verwijderd"]
    assert len(tables.meldingen) == 1


def test_a_correction_stops_once_the_source_has_been_repaired(cleaned):
    with pytest.raises(DataError) as error:
        cleaned(correction(verwacht="30-2-2022", actie="verwijder"))

    assert (
        "correcties.toml, [[correctie]] 1: losser.csv, row 3, received_on: the cell no longer "
        "holds what is in verwacht (it is now sha256:"
    ) in str(error.value)
    assert 'status = "hersteld"' in str(error.value)
    assert "31-2-2022" not in str(error.value)


def test_a_repaired_correction_is_not_applied_and_must_be_repaired(cleaned):
    repaired = 'status = "hersteld"\n'

    record = cleaned(correction(verwacht="30-2-2022", actie="verwijder", extra=repaired))

    assert record.corrections.empty
    with pytest.raises(DataError, match='is "hersteld", but the cell still holds verwacht'):
        cleaned(correction(actie="verwijder", extra=repaired))


def test_what_may_hold_content_is_expected_by_its_hash(cleaned):
    expected = corrections.hash_of("fraude")

    tables = cleaned(correction(kolom="topic", verwacht=expected, extra='waarde = "drugs"'))

    assert tables.corrections["field"].tolist() == ["topic"]
    with pytest.raises(UsageError, match="may hold content") as error:
        cleaned(correction(kolom="topic", verwacht="fraude", extra='waarde = "drugs"'))
    assert "fraude" not in str(error.value)


NO_ROW = correction(rij=9, actie="verwijder")
NO_COLUMN = correction(kolom="place", verwacht="sha256:0", actie="verwijder")


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        (NO_ROW, DataError, "row 9, received_on: the file has no such data row"),
        (NO_COLUMN, DataError, "no such column"),
        (
            correction(kolom="ontvangen", actie="verwijder"),
            UsageError,
            "'ontvangen' is not a field",
        ),
        (correction(), UsageError, "'vervang' needs a waarde"),
        (NO_ROW.replace("losser.csv", "goor.csv"), UsageError, "'goor.csv' is not a f"),
        (NO_ROW.replace("reden", "waarom"), UsageError, r"'correctie\.1\.waarom'"),
        ("[[correctie]\n", UsageError, "not a TOML file"),
    ],
)
def test_a_correction_that_is_wrong_or_fits_nothing_is_an_error(cleaned, text, error, told):
    with pytest.raises(error, match=told):
        cleaned(text)
