"""The words of the project, and the tables that they stand in."""

import csv
from importlib.resources import files

import pytest

from mma_analysis import domain
from mma_analysis.domain import MmaError, UsageError

TABLES = sorted(path.name for path in files("mma_analysis").joinpath("reference").iterdir())
COLUMNS = (domain.MELDINGEN, domain.RESPONSES, domain.REJECTED, domain.DUPLICATES)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_every_table_is_whole_and_has_its_source(name):
    text = files("mma_analysis").joinpath("reference", name).read_text(encoding="utf-8")
    header, *rows = csv.reader(text.splitlines())

    assert header[-1] == "source"
    assert rows
    for number, row in enumerate(rows, start=2):
        assert len(row) == len(header), number
        assert row[-1].strip(), number


def test_twente_has_fourteen_gemeenten():
    assert domain.district().name == "Twente"
    assert [area.slug for area in domain.gemeenten()] == [
        *("almelo", "borne", "dinkelland", "enschede", "haaksbergen", "hellendoorn", "hengelo"),
        *("hof-van-twente", "losser", "oldenzaal", "rijssen-holten", "tubbergen", "twenterand"),
        "wierden",
    ]
    assert domain.areas() == (*domain.gemeenten(), domain.district())


def test_no_two_gemeenten_share_a_tile_or_a_code():
    tiles = {(area.tile_row, area.tile_column) for area in domain.gemeenten()}

    assert len(tiles) == 14
    assert len({area.cbs_code for area in domain.areas()}) == 15


def test_an_area_is_found_by_its_slug():
    assert domain.area("hof-van-twente").name == "Hof van Twente"
    assert not domain.area("borne").is_district
    assert domain.area("twente").is_district


@pytest.mark.parametrize(
    ("slug", "hint"),
    [("bornee", "did you mean 'borne'?"), ("Losser", "'losser'?"), ("xyz", "known are: almelo, ")],
)
def test_an_unknown_area_is_wrong_use_and_names_the_nearest(slug, hint):
    with pytest.raises(UsageError) as error:
        domain.area(slug)

    assert str(error.value).startswith(f"no area '{slug}' in reference/areas.csv")
    assert hint in str(error.value)


def test_wrong_use_ends_with_2_and_everything_else_that_can_be_repaired_with_1():
    assert (MmaError.exit_code, UsageError.exit_code) == (1, 2)


@pytest.mark.parametrize(
    "written", ["Datum ontvangst", "datum_ontvangst", "DATUM-ONTVANGST:", " dátum\u00a0ontvangst"]
)
def test_one_word_in_many_spellings_is_one_word(written):
    assert domain.plain(written) == "datumontvangst"


def test_the_topics_are_those_of_the_contract_and_two_of_our_own():
    assert list(domain.topics()) == [
        *("diefstal_verduistering", "drugsdelicten", "illegaal_vuurwerk", "fraude"),
        *("financieel_economisch", "geweldsdelicten", "illegale_geneesmiddelen"),
        *("illegale_prostitutie", "illegalen", "mensenhandel", "milieudelicten"),
        *("onbekende_identiteit", "ondermijnende_activiteiten", "sociale_zekerheid"),
        *("radicalisering", "vervalsingen", "woonfraude", "overig", "onbekend"),
    ]


def test_every_topic_is_in_one_group_and_no_group_is_empty():
    groups = domain.group_of_topic()

    assert set(groups) == set(domain.topics())
    assert set(groups.values()) == set(domain.topic_groups())


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("status", ["ontvangen", "in_behandeling", "afgesloten", "onbekend"]),
        ("result", ["bevestigd", "deels_bevestigd", "niet_bevestigd", "onbekend"]),
        ("usable", ["ja", "nee", "onbekend"]),
        ("has_time", ["ja", "nee", "onbekend"]),
    ],
)
def test_a_field_has_the_codes_of_the_design(field, codes):
    assert list(domain.values(field)) == codes


@pytest.mark.parametrize("field", [*domain.FOLLOW_UP, *domain.BACKGROUND, "also_sent_to"])
def test_not_known_is_an_answer_of_every_field(field):
    assert domain.UNKNOWN in domain.values(field)


@pytest.mark.parametrize("columns", COLUMNS)
def test_a_column_has_one_name_and_a_meaning(columns):
    names = [column.name for column in columns]

    assert len(names) == len(set(names))
    assert all(column.meaning for column in columns)
    assert any(column.required for column in columns)
