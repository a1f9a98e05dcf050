"""`evaluatie.toml`: what it may say, and what it says back when it is wrong."""

import datetime as dt
import os
from pathlib import Path

import pytest
from conftest import cases, delivered

from mma_analysis import settings as edition
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE, Workspace
from mma_analysis.storage import input_hashes
from mma_analysis.vocabulary import UsageError, message
from says import given, says
from small_edition import settings

SMALLEST = settings({"borne": "meldingen/borne.csv"}) + "# the end\n"


@pytest.fixture
def folder(tmp_path) -> Path:
    """An edition with one delivery, of which the settings are still to be written."""
    path = tmp_path / "data" / "raw" / "proef"
    (path / "meldingen").mkdir(parents=True)
    (path / "meldingen" / "borne.csv").write_text("Datum;Onderwerp\n", encoding="utf-8")
    return path


def load(folder: Path, settings: str) -> edition.Edition:
    (folder / "evaluatie.toml").write_text(settings, encoding="utf-8")
    return edition.load(folder)


def test_only_what_is_evaluated_and_the_gemeenten_must_be_there(folder):
    smallest = load(folder, "\ufeff" + SMALLEST)  # with the byte order mark of Notepad

    assert smallest.slug == "proef"
    assert (smallest.begin, smallest.peildatum) == (dt.date(2021, 7, 1), dt.date(2023, 6, 30))
    assert (smallest.vragenlijst, smallest.kosten.tarief, smallest.campagnes) == (None, (), ())
    assert smallest.bescherming.basis == 5
    assert not smallest.evaluatie.fictief
    assert smallest.gemeente("borne").aangesloten is None
    assert smallest.gemeente("losser").levering == ()


def test_every_file_of_an_edition_has_its_hash_by_a_path_that_is_the_same_everywhere(tmp_path):
    folder = delivered(tmp_path).raw(EXAMPLE)
    before = input_hashes(folder)
    (folder / "vragenlijst" / "citaten.toml").write_text("", encoding="utf-8")
    after = input_hashes(folder)

    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files - set(before) == {"vrijgave.toml"}  # who signs changes no table
    assert [name for name in before if before[name] != after[name]] == ["vragenlijst/citaten.toml"]


@pytest.mark.parametrize(("old", "new", "code", "words"), cases("wrong_settings"))
def test_a_wrong_setting_names_file_key_and_what_was_expected(
    folder, tmp_path, old, new, code, words
):
    (tmp_path / "geheim.csv").touch()
    (folder / "koppeling.csv").symlink_to(tmp_path / "geheim.csv")
    (folder / "kring.csv").symlink_to(folder / "kring.csv")
    os.mkfifo(folder / "pijp.csv")
    (folder / "meldingen/bo\u0301rne.csv").touch()  # as a Mac writes it

    with pytest.raises(UsageError, match=says(code, **given(words))) as error:
        load(folder, SMALLEST.replace(old, new))

    assert str(error.value).startswith(str(folder / "evaluatie.toml"))
    assert "datetime." not in str(error.value)
    assert "literal[" not in str(error.value)
    assert "tuple[" not in str(error.value)


def test_phases_are_in_any_order_and_a_scenario_changes_nothing_by_itself(folder):
    kosten = load(
        folder,
        f"{SMALLEST}\n[[kosten.fase]]\nbegin = 2023-01-01\nbetaler = 'gemeente'\n"
        "[[kosten.fase]]\nbegin = 2022-01-01\neind = 2022-12-31\nbetaler = 'IVZ'\n"
        "[[kosten.scenario]]\nnaam = 'Niets'\n",
    ).kosten

    assert [phase.betaler for phase in kosten.fase] == ["gemeente", "IVZ"]
    assert kosten.scenario[0].meldingen_procent == kosten.scenario[0].tarief_procent == (0, 0)


# --- where an edition is -------------------------------------------------------------------------


def test_the_root_is_what_is_given_then_the_variable_then_the_project_we_stand_in(
    folder, tmp_path, monkeypatch
):
    project = folder.parents[2]
    elsewhere = tmp_path / "elders"
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    monkeypatch.chdir(folder / "meldingen")
    assert Workspace.here().root == project

    monkeypatch.setenv(ROOT_VARIABLE, str(elsewhere))
    assert Workspace.here().root == elsewhere
    assert Workspace.here(project).root == project
    assert Workspace.here(str(project)).root == project


def test_a_folder_without_settings_is_no_edition(folder, tmp_path):
    said = says("no_edition", slug="proef", near=message("none_yet"))
    with pytest.raises(UsageError, match=said):
        Workspace(tmp_path).edition("proef")


def test_a_replaced_file_is_named_with_the_one_that_came_in_its_place(folder):
    older = '["meldingen/borne.csv", "meldingen/nieuw.csv"]\nvervangt = '
    pair = '{ "meldingen/nieuw.csv" = "meldingen/borne.csv" }'
    settings = SMALLEST.replace('["meldingen/borne.csv"]', older + pair)
    (folder / "meldingen/nieuw.csv").touch()

    replacing = load(folder, settings)

    assert list(replacing.deliveries()) == ["meldingen/nieuw.csv"]
    assert replacing.replaced() == {"meldingen/borne.csv": "meldingen/nieuw.csv"}
    for name in ("van wie.xlsx", "~$nieuw.xlsx", ".DS_Store"):
        (folder / "meldingen" / name).touch()
    (folder / "meldingen" / "apart").mkdir()
    (folder / "meldingen" / "apart" / "oud.xlsx").touch()
    assert replacing.unnamed() == ["meldingen/van wie.xlsx"]  # and the others are no deliveries
