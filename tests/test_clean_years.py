"""Days without a year: asked with the line to write, never guessed, and counted as said."""

import re

import pytest

from mma_analysis.pipeline.drafts import suggestions
from mma_analysis.pipeline.intake import CleanedEdition, read_and_clean
from mma_analysis.pipeline.not_understood import questions_of
from mma_analysis.vocabulary import DataError, UsageError
from small_edition import EVALUATIE, delivers, workbook, written

HEAD = ("Datum ontvangst", "Onderwerp")
ROWS = [("3 juli", "drugs"), ("14-7", "drugs"), ("15-7-2021", "fraude")]
JULY = workbook({"jul. 23": [HEAD, *ROWS]})
LINE = '# jaar = { "jul. 23" = JAAR }'


def days_of(cleaned: CleanedEdition) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in cleaned.meldingen["received_on"]]


def test_without_an_answer_such_days_are_refused_and_the_line_to_write_is_named(tmp_path):
    edition = delivers(tmp_path, JULY, "losser.xlsx")

    cleaned = read_and_clean(edition)

    assert days_of(cleaned) == ["2021-07-15"]
    assert cleaned.rejected["reason_code"].to_list() == ["datum_zonder_jaar"] * 2
    (note,) = cleaned.files[0]["notes"]
    said, line = note.splitlines()
    assert said.startswith("losser.xlsx, tabblad 'jul. 23': in 2 rijen staat een dag")
    assert "in evaluatie.toml onder [gemeenten.losser]" in said
    assert "(2021 of 2022 of 2023)" in said
    assert line == LINE


def test_it_is_asked_beside_the_other_questions_and_pasted_as_it_is_it_says_nothing(tmp_path):
    edition = delivers(tmp_path, JULY, "losser.xlsx")

    said = suggestions(edition)

    assert said.splitlines()[-1] == LINE.replace("# ", "# [gemeenten.losser] ")
    assert len(questions_of(edition).faults) == 1
    assert delivers(tmp_path, JULY, "losser.xlsx", own=said).gemeente("losser").jaar == {}


def test_the_year_that_a_person_says_is_that_of_days_without_one_only(tmp_path):
    # The tab is called after another year: what a person says counts.
    edition = delivers(tmp_path, JULY, "losser.xlsx", own='jaar = { "jul. 23" = 2022 }')

    cleaned = read_and_clean(edition)

    assert days_of(cleaned) == ["2022-07-03", "2022-07-14", "2021-07-15"]
    assert cleaned.files[0].get("notes", []) == []
    assert questions_of(edition).faults == []


def test_of_a_text_file_the_file_is_named(tmp_path):
    text = "Datum ontvangst;Onderwerp\n3 juli;drugs\n14 juli;drugs\n"
    edition = delivers(tmp_path, text)
    line = suggestions(edition).splitlines()[-1]
    assert line == '# [gemeenten.losser] jaar = { "losser.csv" = JAAR }'

    edition = delivers(tmp_path, text, own='jaar = { "losser.csv" = 2022 }')

    assert days_of(read_and_clean(edition)) == ["2022-07-03", "2022-07-14"]


def test_a_sheet_goes_before_its_file(tmp_path):
    sheets = {"juli": [HEAD, ("3 juli", "drugs")], "aug.": [HEAD, ("4 aug.", "drugs")]}
    own = 'jaar = { "losser.xlsx" = 2021, "aug." = 2022 }'

    edition = delivers(tmp_path, workbook(sheets), "losser.xlsx", own=own)

    assert sorted(days_of(read_and_clean(edition))) == ["2021-07-03", "2022-08-04"]


def test_a_day_that_does_not_exist_in_that_year_is_impossible(tmp_path):
    rows = [("29 februari", "drugs"), ("28 februari", "drugs")]
    own = 'jaar = { "feb." = 2022 }'

    cleaned = read_and_clean(
        delivers(tmp_path, workbook({"feb.": [HEAD, *rows]}), "losser.xlsx", own=own)
    )

    assert days_of(cleaned) == ["2022-02-28"]
    assert cleaned.rejected["reason_code"].to_list() == ["datum_onmogelijk"]


def test_with_a_year_it_is_still_asked_whether_the_day_goes_first(tmp_path):
    rows = [("3-7", "drugs"), ("4-8", "drugs")]
    sheets = workbook({"2022": [HEAD, *rows]})
    edition = delivers(tmp_path, sheets, "losser.xlsx", own='jaar = { "2022" = 2022 }')

    with pytest.raises(DataError, match="niet uit elkaar te houden"):
        read_and_clean(edition)


def test_a_row_that_is_corrected_is_not_asked_about(tmp_path):
    (tmp_path / "correcties.toml").write_text(
        '[[correctie]]\nbestand = "losser.csv"\nrij = 2\nkolom = "received_on"\n'
        'actie = "vervang"\nverwacht = "3 juli"\nwaarde = "2022-07-03"\n'
        'reden = "gebeld"\ngemeld_aan = "Losser"\n',
        encoding="utf-8",
    )
    edition = delivers(tmp_path, "Datum ontvangst;Onderwerp\n3 juli;drugs\n")

    assert questions_of(edition).faults == []


@pytest.mark.parametrize(
    ("own", "fault"),
    [
        ('jaar = { "jul 23" = 2022 }', "'jul 23' is geen tabblad en geen bestand"),
        ('jaar = { "jul. 23" = 202 }', "dit moet minstens 2002 zijn"),
        ('jaar = { "jul. 23" = "JAAR" }', "hier hoort een heel getal"),
    ],
)
def test_what_is_no_sheet_or_no_year_is_refused(tmp_path, own, fault):
    with pytest.raises((DataError, UsageError), match=re.escape(fault)):
        read_and_clean(delivers(tmp_path, JULY, "losser.xlsx", own=own))


def test_a_sheet_that_two_files_have_is_refused_with_both_files(tmp_path):
    for name in ("een.xlsx", "twee.xlsx"):
        (tmp_path / name).write_bytes(JULY)
    block = '[gemeenten.losser]\nlevering = ["een.xlsx", "twee.xlsx"]\n'
    edition = written(tmp_path, f'{EVALUATIE}{block}jaar = {{ "jul. 23" = 2022 }}\n')

    with pytest.raises(UsageError, match=r"een\.xlsx en twee\.xlsx"):
        read_and_clean(edition)


def test_below_an_unknown_header_days_without_a_year_may_be_the_day_of_receipt(tmp_path):
    text = "Kwikstaart;Onderwerp;Status\n3 juli;drugs;open\n14 juli;drugs;open\n"
    edition = delivers(tmp_path, text)

    lines = suggestions(edition).splitlines()

    (asked,) = [line for line in lines if "Kwikstaart" in line]
    assert asked.startswith('# "Kwikstaart" = "received_on"  # hierin staan dagen zonder jaar')
