"""Reference tables that an edition has of its own: read, checked, and used by everything."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from mma_analysis import domain, tables
from mma_analysis import settings as edition
from mma_analysis.clean.places import gemeenten_of_place, gemeenten_of_postcode
from mma_analysis.domain import UsageError
from mma_analysis.measure.population import inhabitants

SOURCE = Path(domain.__file__).parent
MODULES = {path.stem for path in SOURCE.rglob("*")}

SETTINGS = """
[evaluatie]
titel = "Proef"
district = "Eiland"
begin = 2021-07-01
peildatum = 2023-06-30
[gemeenten.noord]
[gemeenten.zuid]
"""
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
    settings = (
        SETTINGS.replace("Eiland", "Twente").replace("noord", "borne").replace("zuid", "wierden")
    )
    (folder / "evaluatie.toml").write_text(settings, encoding="utf-8")
    return folder


def told() -> tuple[object, ...]:
    """What the lookups say that keep their answers, from domain up to cleaning and measuring."""
    return (
        domain.district().name,
        len(domain.gemeenten()),
        gemeenten_of_place("Havendorp"),
        gemeenten_of_place("Zenderen"),
        gemeenten_of_postcode("7625"),
        list(inhabitants(pd.Timestamp("2022-01-01")).index)[:1],
    )


ISLAND = ("Eiland", 2, frozenset({"noord"}), frozenset(), frozenset(), ["noord"])
TWENTE = ("Twente", 14, frozenset(), frozenset({"borne"}), frozenset({"borne"}), ["almelo"])


def test_two_editions_after_each_other_in_one_process_are_both_right(tmp_path: Path, twente: Path):
    island = made(tmp_path / "eiland")
    before = told()
    edition.load(island)
    of_island = told()
    edition.load(twente)
    of_twente = told()
    edition.load(island)

    assert (before, of_island, of_twente, told()) == (TWENTE, ISLAND, TWENTE, ISLAND)


def test_a_table_that_an_edition_does_not_have_is_that_of_the_package(tmp_path: Path):
    edition.load(made(tmp_path / "eiland"))

    assert domain.reference("topics") == tables.of_package("topics")


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
    edition.load(made(tmp_path / "eiland", population=text))

    assert domain.reference("population")[1]["inhabitants"] == "2000"


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


def test_a_table_of_the_code_cannot_be_another_one(tmp_path: Path):
    with pytest.raises(UsageError, match="no table 'indicators' of its own"):
        edition.load(made(tmp_path / "eiland", indicators="code,name\n"))


def test_other_areas_need_other_places_and_inhabitants(tmp_path: Path):
    island = made(tmp_path / "eiland")
    (island / "reference" / "places.csv").unlink()

    with pytest.raises(UsageError, match=r"areas.csv: places.csv must be there too"):
        edition.load(island)


def test_the_district_of_the_settings_is_that_of_the_tables(tmp_path: Path):
    settings = SETTINGS.replace('"Eiland"', '"Twente"')

    with pytest.raises(UsageError, match=r"district = 'Twente', but .* are about 'Eiland'"):
        edition.load(made(tmp_path / "eiland", settings=settings))


def test_topics_of_an_edition_keep_the_two_that_the_code_knows(tmp_path: Path):
    header = "code,label,group,valid_from,valid_until,source\n"

    with pytest.raises(UsageError, match="a row with code 'overig' is missing"):
        edition.load(made(tmp_path / "e", topics=header + "fraude,Fraude,overig,,,verzonnen\n"))


def test_a_place_is_elsewhere_only_when_the_places_of_every_gemeente_are_known(tmp_path: Path):
    edition.load(made(tmp_path / "eiland"))
    assert gemeenten_of_postcode("1011") == frozenset()

    whole = OWN["places"] + "Dorp,zuid,woonplaats,9911,9911,,,verzonnen\n"
    edition.load(made(tmp_path / "heel", places=whole))
    assert gemeenten_of_postcode("1011") == {"buiten_district"}


# --- nothing keeps the words of another edition ---------------------------------------------------


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "example" not in path.parts and path.name != "tables.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    yield path.relative_to(SOURCE).as_posix(), node


def called(function: ast.FunctionDef) -> Iterator[str]:
    """The names of the functions that it calls: `f(…)`, or `module.f(…)`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in MODULES
        ):
            yield node.func.attr


def test_no_function_that_asks_for_a_word_keeps_it_for_the_next_edition():
    """A name is that of the same module, else every public one of that name."""
    found = {(path, function.name): function for path, function in functions()}
    of_name: dict[str, set[tuple[str, str]]] = {}
    for path, name in found:
        if not name.startswith("_"):
            of_name.setdefault(name, set()).add((path, name))
    calls = {
        key: {
            callee
            for name in called(function)
            for callee in ({(key[0], name)} if (key[0], name) in found else of_name.get(name, ()))
        }
        for key, function in found.items()
    }
    asking = {key for key, function in found.items() if "reference" in called(function)}
    while more := {key for key in calls if calls[key] & asking} - asking:
        asking |= more
    kept = [
        f"{path}: {name}"
        for path, name in sorted(asking)
        for decorator in found[path, name].decorator_list
        if ast.unparse(decorator).startswith(("cache", "lru_cache", "functools"))
    ]

    assert ("clean/places.py", "gemeenten_of_name") in asking
    # An object of one edition that keeps the data of that edition, or its words.
    of_one = {"explore/meldingen.py: _plan", "explore/meldingen.py: _rows"}
    of_one |= {"explore/opening.py: measures"}
    of_one |= {f"evaluation.py: {name}" for name in ("_book", "_lists", "_values")}
    assert set(kept) - of_one == set(), "\n".join(kept)
