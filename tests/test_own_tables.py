"""Reference tables that an edition has of its own: read, checked, and used by everything."""

from pathlib import Path

import pytest

from mma_analysis import settings as edition
from mma_analysis.clean.places import gemeenten_of_postcode
from mma_analysis.vocabulary import UsageError, message
from says import says
from small_edition import EVALUATIE, written

SETTINGS = EVALUATIE.replace("Twente", "Eiland") + "[gemeenten.noord]\n[gemeenten.zuid]\n"
OWN = {
    "areas": "slug,name,level,cbs_code,tile_row,tile_column,source\n"
    "noord,Noord,gemeente,GM9001,1,1,verzonnen\n"
    "zuid,Zuid,gemeente,GM9002,2,1,verzonnen\n"
    "eiland,Eiland,district,XX01,0,0,verzonnen\n",
    "population": "slug,reference_date,inhabitants,source\n"
    "noord,2022-01-01,1000,verzonnen\nzuid,2022-01-01,2000,verzonnen\n",
    "places": "place,gemeente,kind,pc4_from,pc4_to,also_in,mostly_elsewhere,source\n"
    "Havendorp,noord,woonplaats,9901,9902,,,verzonnen\n",
    "gemeente_aliases": "alias,gemeente,source\nNrd,noord,verzonnen\n",
    "here": "word,source\nEiland,verzonnen\n",
    "terms": "word,forms,when,meaning,source\n"
    "Havenoverleg,havenoverleg,genoemd,Wie in de haven samenwerken.,verzonnen\n",
}


def made(folder: Path, settings: str = SETTINGS, **changed: str) -> Path:
    """An edition of the island; `changed` tables are written instead."""
    (folder / "reference").mkdir(parents=True)
    (folder / "evaluatie.toml").write_text(settings, encoding="utf-8")
    for name, text in (OWN | changed).items():
        (folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


TOPICS = "code,label,group,valid_from,valid_until,source\nfraude,Fraude,overig,,,verzonnen\n"


def test_two_editions_in_one_process_each_have_their_own_words(tmp_path: Path):
    (tmp_path / "twente").mkdir()
    of_island = edition.load(made(tmp_path / "eiland")).vocabulary
    of_twente = written(tmp_path / "twente").vocabulary

    for words, name, gemeenten, own in (
        (of_island, "Eiland", 2, sorted(OWN)),
        (of_twente, "Twente", 14, []),
    ):
        assert (words.district.name, len(words.gemeenten)) == (name, gemeenten)
        assert sorted(words.own) == own


def test_the_tables_are_files_of_the_edition_like_its_settings(tmp_path: Path):
    island = made(tmp_path / "eiland")
    before = edition.load(island).input_hashes()
    path = island / "reference" / "population.csv"
    path.write_text(path.read_text("utf-8").replace("1000", "1001"), encoding="utf-8")
    after = edition.load(island).input_hashes()

    assert list(before) == ["evaluatie.toml", *(f"reference/{name}.csv" for name in sorted(OWN))]
    assert [f for f in before if before[f] != after[f]] == ["reference/population.csv"]


def test_excel_in_dutch_writes_semicolons_and_a_mark(tmp_path: Path):
    text = "\ufeff" + OWN["population"].replace(",", ";").replace("\n", "\r\n")
    loaded = edition.load(made(tmp_path / "eiland", population=text))

    assert loaded.vocabulary.reference("population")[1]["inhabitants"] == "2000"


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("population", "inhabitants", "inwoners", says("table_lacks", column="inhabitants")),
        ("population", "1000", "veel", says("no_whole_number", cell="veel")),
        ("population", "2022-01-01,1", "1-1-2022,1", says("no_table_day", cell="1-1-2022")),
        ("population", "zuid,", "zuiid,", says("unknown_cell", cell="zuiid", near="zuid")),
        (
            *("population", "2000,verzonnen", "2000,"),
            says("table_cell", row=3, column="source", fault=message("empty_cell")),
        ),
        ("population", "2000,verzonnen", "2000", says("table_cells", row=3, cells=3, expected=4)),
        ("places", "Havendorp,noord", "Havendorp,borne", says("unknown_cell", cell="borne")),
        ("gemeente_aliases", ",noord", ",oost", says("unknown_cell", cell="oost")),
        ("areas", "eiland,Eiland,district", "eiland,Eiland,gemeente", says("no_tile")),
        ("areas", "zuid,Zuid", "zuid,NOORD", says("same_cells", column="name", one=2, other=3)),
        ("areas", "GM9002,2", "GM9002,1", says("same_cells", column="tile_row", one=2, other=3)),
        ("areas", "zuid,Zuid", "Zuid,Zuid", says("no_slug", cell="Zuid")),
        ("terms", "genoemd", "soms", says("unknown_cell", cell="soms")),
        # What does not fit the code or the settings.
        ("indicators", "", "code,name\n", says("own_table", name="indicators")),
        ("topics", "", TOPICS, says("row_missing", word="overig")),
    ],
)
def test_a_wrong_table_says_which_file_column_and_row(
    tmp_path: Path, table: str, old: str, new: str, said: str
):
    changed = OWN[table].replace(old, new) if old else new
    assert changed != OWN.get(table)

    with pytest.raises(UsageError, match=said) as error:
        edition.load(made(tmp_path / "eiland", **{table: changed}))

    assert f"reference/{table}.csv" in str(error.value).replace("\\", "/")


def test_settings_of_another_district_than_the_tables_are_an_error(tmp_path: Path):
    twents = SETTINGS.replace("Eiland", "Twente")

    with pytest.raises(UsageError, match=says("other_district", named="Twente", known="Eiland")):
        edition.load(made(tmp_path / "eiland", twents))


def test_other_areas_need_other_places_and_inhabitants(tmp_path: Path):
    island = made(tmp_path / "eiland")
    (island / "reference" / "places.csv").unlink()

    with pytest.raises(UsageError, match=says("beside_areas", path="areas.csv", name="places")):
        edition.load(island)


def test_a_place_is_elsewhere_only_when_the_places_of_every_gemeente_are_known(tmp_path: Path):
    island = edition.load(made(tmp_path / "eiland")).vocabulary
    assert gemeenten_of_postcode(island, "1011") == frozenset()

    whole = OWN["places"] + "Dorp,zuid,woonplaats,9911,9911,,,verzonnen\n"
    known = edition.load(made(tmp_path / "heel", places=whole)).vocabulary
    assert gemeenten_of_postcode(known, "1011") == {"buiten_district"}
