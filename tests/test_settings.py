"""`evaluatie.toml`: what it may say, and what it says back when it is wrong."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from mma_analysis import settings as edition
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE, Workspace
from mma_analysis.vocabulary import UsageError
from small_edition import settings

ROOT = Path(__file__).resolve().parent.parent

SMALLEST = settings({"borne": "meldingen/borne.csv"}) + "# the end\n"
END = "# the end"
CAMPAIGN = "[[campagnes]]\nnaam = 'Proef'\nbegin = 2022-06-01\neind = 2022-06-30\n"
SCENARIO = "[[kosten.scenario]]\nnaam = 'Proef'\n"
PHASE = "[[kosten.fase]]\nbegin = 2022-01-01\nbetaler = 'IVZ'\n"


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
    assert (smallest.vragenlijst, smallest.kosten, smallest.campagnes) == (None, None, ())
    assert smallest.bescherming.basis == 5
    assert not smallest.evaluatie.fictief
    assert smallest.gemeente("borne").aangesloten is None
    assert smallest.gemeente("losser").levering == ()


def test_every_file_of_an_edition_has_its_hash_by_a_path_that_is_the_same_everywhere(tmp_path):
    folder = Path(shutil.copytree(ROOT / "data" / "raw" / EXAMPLE, tmp_path / EXAMPLE))
    before = edition.load(folder).input_hashes()
    (folder / "vragenlijst" / "citaten.toml").write_text("", encoding="utf-8")
    after = edition.load(folder).input_hashes()

    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(before) == files - {"vrijgave.toml"}  # who signs changes no table
    assert [name for name in before if before[name] != after[name]] == ["vragenlijst/citaten.toml"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("titel =", "title =", "unknown key 'evaluatie.title'; did you mean 'titel'?"),
        ('titel = "Proef"', "", "key 'evaluatie.titel' is missing"),
        ("2023-06-30", '"juni"', "evaluatie.peildatum = 'juni'"),
        ("2023-06-30", "2021-07-01", "begin must be before peildatum"),
        ("2023-06-30", '"30-06-2023"', "write the date as 2023-06-30, without quotes"),
        ("[gemeenten.borne]", "[gemeenten.bornee]", "'bornee' is not a gemeente of the district"),
        ("[gemeenten.borne]", "[gemeenten.bornee]", "did you mean 'borne'?"),
        ("borne.csv", "born.csv", "'meldingen/born.csv' is not there; the folder holds: borne.csv"),
        ("meldingen/borne.csv", "../geheim.csv", "points outside the edition's folder"),
        (END, 'vervangt = { "meldingen/borne.csv" = "meldingen/born.csv" }',
         "vervangt: 'meldingen/born.csv' is not in levering; did you mean"),
        (END, 'vervangt = { "meldingen/borne.csv" = "meldingen/borne.csv" }', "in a circle"),
        ("levering", "leverinx", "unknown key 'gemeenten.borne.leverinx'; did you mean 'levering'"),
        (SMALLEST[SMALLEST.index("[gemeenten") :], "", "key 'gemeenten' is missing"),
        ("[evaluatie]", "[evaluatie", "not a TOML file in UTF-8"),
        ("[gemeenten.borne]", "[bescherming]\nbasis = 4\n[gemeenten.borne]", "basis = 4"),
        ("[gemeenten.borne]", "[bescherming]\ndrempel = 5\n[gemeenten.borne]",
         "unknown key 'bescherming.drempel'; known are: basis"),
        (END, CAMPAIGN + 'gemeenten = ["bornee"]', "'bornee' is not a gemeente of the district"),
        (END, CAMPAIGN + 'topics = ["drugsdelict"]',
         "'drugsdelict' is not a topic; did you mean 'drugsdelicten'?"),
        (END, CAMPAIGN.replace("2022-06-30", "2022-01-01"), "begin must not be after eind"),
        (END, CAMPAIGN + CAMPAIGN,
         "evaluatie.toml: campagnes: two campaigns have the naam 'Proef'; give each its own"),
        (END, PHASE + "[[kosten.fase]]\nbegin = 2023-01-01\nbetaler = 'gemeente'",
         "fase of 'IVZ' and of 'gemeente' overlap from 2023-01-01; give the first an eind"),
        (END, PHASE + "eind = 2021-01-01", "begin must not be after eind"),
        (END, "[opsteller]\ndatum = 2023-07-13\n[brief]\nuiterlijk = 2023-07-13",
         "brief: uiterlijk must be after opsteller.datum, the day of the letter"),
        (END, SCENARIO + "meldingen_procent = [20, 10]",
         "meldingen_procent must be [least, most], from -100"),
        (END, SCENARIO + "tarief_procent = [-101, 0]",
         "tarief_procent must be [least, most], from -100"),
        (END, SCENARIO + "name = 'Proef'",
         "unknown key 'kosten.scenario.1.name'; did you mean 'naam'"),
    ],
)  # fmt: skip
def test_a_wrong_setting_names_file_key_and_what_was_expected(folder, old, new, message):
    with pytest.raises(UsageError) as error:
        load(folder, SMALLEST.replace(old, new))

    assert str(error.value).startswith(str(folder / "evaluatie.toml"))
    assert message in str(error.value)


def test_phases_are_in_any_order_and_a_scenario_changes_nothing_by_itself(folder):
    kosten = load(
        folder,
        f"{SMALLEST}\n[[kosten.fase]]\nbegin = 2023-01-01\nbetaler = 'gemeente'\n"
        "[[kosten.fase]]\nbegin = 2022-01-01\neind = 2022-12-31\nbetaler = 'IVZ'\n"
        "[[kosten.scenario]]\nnaam = 'Niets'\n",
    ).kosten

    assert kosten is not None
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


def test_an_unknown_edition_names_the_ones_that_there_are(folder, tmp_path):
    load(folder, SMALLEST)

    with pytest.raises(UsageError, match="no edition 'proeff' .* give the name .* 'proef'"):
        Workspace(tmp_path).edition("proeff")


def test_a_folder_without_settings_is_no_edition(folder, tmp_path):
    with pytest.raises(UsageError, match=r"no evaluatie\.toml in it.* there is none yet"):
        Workspace(tmp_path).edition("proef")


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("../../../geheim.csv", "points outside the edition's folder; put the file itself in"),
        ("/etc/hostname", "points outside the edition's folder"),
        ("koppeling.csv", "points outside the edition's folder"),
        ("meldingen", "is a folder; name a file; the folder holds: borne.csv"),
        ("meldingen/borne.csv.", "is not there; the folder holds: borne.csv"),
        ("meldingen\\borne.csv", "is no path; write it with / and never with"),
        ("meldingen/borne.csv\n", "is no path"),
        ("meldingen/\x00.csv", "is no path"),
    ],
)
def test_a_file_is_one_in_the_folder_of_the_edition(folder, tmp_path, file, told):
    (tmp_path / "geheim.csv").touch()
    (folder / "koppeling.csv").symlink_to(tmp_path / "geheim.csv")
    settings = SMALLEST.replace('"meldingen/borne.csv"', json.dumps(file))

    with pytest.raises(UsageError) as error:
        load(folder, settings)

    assert "levering = '" in str(error.value)
    assert told in str(error.value)


def test_a_name_that_only_looks_the_same_is_told(folder):
    (folder / "meldingen/bo\u0301rne.csv").touch()  # as a Mac writes it

    with pytest.raises(UsageError, match=r"is not there, and a file that looks the same is"):
        load(folder, SMALLEST.replace("borne.csv", "b\u00f3rne.csv"))


def test_a_replaced_file_is_named_with_the_one_that_came_in_its_place(folder):
    older = '["meldingen/borne.csv", "meldingen/nieuw.csv"]\nvervangt = '
    pair = '{ "meldingen/nieuw.csv" = "meldingen/borne.csv" }'
    settings = SMALLEST.replace('["meldingen/borne.csv"]', older + pair)
    (folder / "meldingen/nieuw.csv").touch()

    replacing = load(folder, settings)

    assert list(replacing.deliveries()) == ["meldingen/nieuw.csv"]
    assert replacing.replaced() == {"meldingen/borne.csv": "meldingen/nieuw.csv"}
    assert "meldingen/borne.csv" in replacing.input_hashes()
