"""Reference tables that an edition has of its own: read, checked, and used by everything."""

from pathlib import Path

import pytest
from conftest import cases

from mma_analysis import settings as edition
from mma_analysis.clean.places import gemeenten_of
from mma_analysis.vocabulary import UsageError
from planting import write
from says import given, says
from small_edition import EVALUATIE

SETTINGS = EVALUATIE.replace("Twente", "Eiland") + "[gemeenten.noord]\n[gemeenten.zuid]\n"
TABLES = Path(__file__).parent / "districts" / "eiland"
OWN = {path.stem: path.read_text(encoding="utf-8") for path in sorted(TABLES.glob("*.csv"))}


def made(folder: Path, settings: str = SETTINGS, **changed: str) -> Path:
    """An edition of the island; `changed` tables are written instead."""
    write(folder / "evaluatie.toml", settings)
    for name, text in (OWN | changed).items():
        write(folder / "reference" / f"{name}.csv", text)
    return folder


def test_excel_in_dutch_writes_semicolons_and_a_mark(tmp_path: Path):
    text = "\ufeff" + OWN["population"].replace(",", ";").replace("\n", "\r\n")
    loaded = edition.load(made(tmp_path / "eiland", population=text))

    assert loaded.vocabulary.reference("population")[1]["inhabitants"] == "2000"


@pytest.mark.parametrize(("table", "old", "new", "code", "words"), cases("wrong_tables"))
def test_a_wrong_table_says_which_file_column_and_row(
    tmp_path: Path, table: str, old: str, new: str, code: str, words: str
):
    changed = OWN[table].replace(old, new) if old else new
    assert changed != OWN.get(table)

    with pytest.raises(UsageError, match=says(code, **given(words))) as error:
        edition.load(made(tmp_path / "eiland", **{table: changed}))

    assert f"reference/{table}.csv" in str(error.value).replace("\\", "/")


def test_other_areas_need_other_places_and_inhabitants(tmp_path: Path):
    island = made(tmp_path / "eiland")
    (island / "reference" / "places.csv").unlink()

    with pytest.raises(UsageError, match=says("beside_areas", path="areas.csv", name="places")):
        edition.load(island)


def test_a_place_is_elsewhere_only_when_the_places_of_every_gemeente_are_known(tmp_path: Path):
    island = edition.load(made(tmp_path / "eiland")).vocabulary
    assert gemeenten_of(island, "postcode", "1011") == set()

    whole = OWN["places"] + "Dorp,zuid,woonplaats,9911,9911,,,verzonnen\n"
    known = edition.load(made(tmp_path / "heel", places=whole)).vocabulary
    assert gemeenten_of(known, "postcode", "1011") == {"buiten_district"}
