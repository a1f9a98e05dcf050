"""Reference tables that an edition has of its own: read, checked, and used by everything."""

from pathlib import Path

import pytest

from mma_analysis import settings as edition
from mma_analysis.clean.places import gemeenten_of_postcode
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UsageError
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


@pytest.fixture
def twente(tmp_path: Path) -> Path:
    folder = tmp_path / "twente"
    folder.mkdir()
    written(folder)
    return folder


def told(loaded: Edition) -> tuple[object, ...]:
    words = loaded.vocabulary
    return words.district.name, len(words.gemeenten), sorted(words.own)


def test_two_editions_in_one_process_each_have_their_own_words(tmp_path: Path, twente: Path):
    of_island, of_twente = edition.load(made(tmp_path / "eiland")), edition.load(twente)

    assert told(of_island) == ("Eiland", 2, sorted(OWN))
    assert told(of_twente) == ("Twente", 14, [])


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
    ("table", "old", "new", "says"),
    [
        ("population", "inhabitants", "inwoners", "row 1: column 'inhabitants' is missing"),
        ("population", "1000", "veel", "row 2, column 'inhabitants': 'veel' is no whole number"),
        ("population", "2022-01-01,1", "1-1-2022,1", "'reference_date': '1-1-2022' is no day"),
        ("population", "zuid,", "zuiid,", "row 3, column 'slug': 'zuiid' is not known; did you"),
        ("population", "2000,verzonnen", "2000,", "row 3, column 'source': it is empty"),
        ("population", "2000,verzonnen", "2000", "row 3: 3 cells, expected 4"),
        ("places", "Havendorp,noord", "Havendorp,borne", "column 'gemeente': 'borne' is not known"),
        ("gemeente_aliases", ",noord", ",oost", "row 2, column 'gemeente': 'oost' is not known"),
        ("areas", "eiland,Eiland,district", "eiland,Eiland,gemeente", "tiles are counted from 1"),
        ("areas", "zuid,Zuid", "zuid,NOORD", "column 'name': rows 2 and 3 have the same"),
        ("areas", "GM9002,2", "GM9002,1", "column 'tile_row': rows 2 and 3 have the same"),
        ("areas", "zuid,Zuid", "Zuid,Zuid", "row 3, column 'slug': 'Zuid' may have only"),
        ("terms", "genoemd", "soms", "row 2, column 'when': 'soms' is not known"),
    ],
)
def test_a_wrong_table_says_which_file_column_and_row(
    tmp_path: Path, table: str, old: str, new: str, says: str
):
    changed = OWN[table].replace(old, new)
    assert changed != OWN[table]

    with pytest.raises(UsageError) as error:
        edition.load(made(tmp_path / "eiland", **{table: changed}))

    assert f"reference/{table}.csv" in error.value.args[0].replace("\\", "/")
    assert says in str(error.value)


TOPICS = "code,label,group,valid_from,valid_until,source\nfraude,Fraude,overig,,,verzonnen\n"


@pytest.mark.parametrize(
    ("district", "tables", "says"),
    [
        ("Eiland", {"indicators": "code,name\n"}, "no table 'indicators' of its own"),
        ("Eiland", {"topics": TOPICS}, "a row with code 'overig' is missing"),
        ("Twente", {}, r"district = 'Twente', but .* are about 'Eiland'"),
    ],
)
def test_tables_that_do_not_fit_the_code_or_the_settings_are_an_error(
    tmp_path: Path, district: str, tables: dict[str, str], says: str
):
    settings = SETTINGS.replace("Eiland", district)

    with pytest.raises(UsageError, match=says):
        edition.load(made(tmp_path / "eiland", settings, **tables))


def test_other_areas_need_other_places_and_inhabitants(tmp_path: Path):
    island = made(tmp_path / "eiland")
    (island / "reference" / "places.csv").unlink()

    with pytest.raises(UsageError, match=r"areas.csv: places.csv must be there too"):
        edition.load(island)


def test_a_place_is_elsewhere_only_when_the_places_of_every_gemeente_are_known(tmp_path: Path):
    island = edition.load(made(tmp_path / "eiland")).vocabulary
    assert gemeenten_of_postcode(island, "1011") == frozenset()

    whole = OWN["places"] + "Dorp,zuid,woonplaats,9911,9911,,,verzonnen\n"
    known = edition.load(made(tmp_path / "heel", places=whole)).vocabulary
    assert gemeenten_of_postcode(known, "1011") == {"buiten_district"}
