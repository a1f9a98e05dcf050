"""A new edition, made from nothing or from an earlier one."""

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest
from conftest import contents
from typer.testing import CliRunner

from mma_analysis.cli import app
from mma_analysis.forms.scaffold import Survey, new_edition
from mma_analysis.pipeline import prepare
from mma_analysis.settings import Edition, Gemeente, Workspace
from mma_analysis.settings.edition import Opsteller, Publicatie, Voorstel
from mma_analysis.storage import locked
from mma_analysis.vocabulary import UsageError
from says import says
from small_edition import BORNE, EVALUATIE, LOSSER, TOGETHER, of_two, write, written

BEGIN, PEILDATUM = dt.date(2023, 7, 1), dt.date(2025, 6, 30)

EARLIER = Path(__file__).parent / "cases" / "earlier.toml"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_a_new_edition_loads_as_it_is(workspace: Workspace):
    edition = new_edition(workspace, "evaluatie-2025", BEGIN, PEILDATUM)

    assert (edition.begin, edition.peildatum) == (BEGIN, PEILDATUM)
    assert list(edition.gemeenten) == [area.slug for area in edition.vocabulary.gemeenten]
    assert edition.deliveries() == {}
    assert {path.name for path in edition.folder.iterdir()} == {
        *("evaluatie.toml", "meldingen", "vragenlijst")
    }
    assert [path.name for path in edition.folder.parent.iterdir()] == ["evaluatie-2025"]
    with pytest.raises(UsageError, match=says("no_delivery")):
        prepare(workspace, "evaluatie-2025")


def test_what_a_killed_command_made_of_a_new_edition_goes_with_the_copies_in_it(workspace):
    killed = workspace.raw(".evaluatie-2025-new") / "meldingen" / "borne.csv"
    killed.parent.mkdir(parents=True)
    killed.write_text("tekst van een melding", encoding="utf-8")

    edition = new_edition(workspace, "evaluatie-2025", BEGIN, PEILDATUM)

    assert [path.name for path in edition.folder.parent.iterdir()] == ["evaluatie-2025"]


def test_what_a_kill_left_of_a_new_edition_goes_when_another_is_made_but_not_under_who_makes_it(
    workspace,
):
    left = workspace.raw(".proef-new") / "meldingen" / "borne.csv"
    made_now = workspace.raw(".nu-new") / "meldingen" / "borne.csv"
    theirs = workspace.raw(".-new") / "borne.csv"
    for path in (left, theirs):
        path.parent.mkdir(parents=True)
        path.write_text("tekst van een melding", encoding="utf-8")

    with locked(workspace, "nu"):
        made_now.parent.mkdir(parents=True)
        made_now.write_text("tekst van een melding", encoding="utf-8")
        new_edition(workspace, "evaluatie-2025", BEGIN, PEILDATUM)

    there = {path.name for path in workspace.raw("").iterdir()}
    assert there == {".nu-new", ".-new", "evaluatie-2025"}
    assert made_now.is_file()
    assert theirs.is_file()


def test_the_days_that_are_examples_come_after_the_last_day_that_counts(workspace: Workspace):
    edition = new_edition(workspace, "oud", dt.date(2021, 7, 1), dt.date(2023, 6, 30))

    lines = settings_of(edition).splitlines()

    # 10, 28 and 73 days after it, and the first day of the next year.
    for begin in (
        "# datum       = 2023-07-10 ",
        "# uiterlijk   = 2023-07-28 ",
        "# datum              = 2023-09-11",
        "# datum    = 2024-01-01",
    ):
        assert len([line for line in lines if line.startswith(begin)]) == 1


def previous_of(tmp_path: Path, settings: str = "") -> Edition:
    """An earlier edition with these settings."""
    (tmp_path / "vorige").mkdir(exist_ok=True)
    return written(tmp_path / "vorige", settings or EVALUATIE + EARLIER.read_text("utf-8"))


def settings_of(edition: Edition) -> str:
    return (edition.folder / "evaluatie.toml").read_text(encoding="utf-8")


def test_what_seldom_changes_carries_over_and_the_rest_does_not(
    workspace: Workspace, tmp_path: Path
):
    previous = previous_of(tmp_path)
    edition = new_edition(workspace, "nieuw", BEGIN, PEILDATUM, previous)

    assert edition.gemeenten["borne"] == previous.gemeenten["borne"]
    assert edition.bescherming.basis == 10
    assert edition.bescherming.vorige_editie == "vorige"
    assert edition.kosten == previous.kosten
    assert edition.campagnes == ()  # it was over before this edition begins
    assert not edition.evaluatie.fictief


def test_words_of_the_whole_district_carry_over(workspace: Workspace, tmp_path: Path):
    words = '[waarden.topic]\n"wiet" = "drugsdelicten"\n[waarden.result]\n"raak" = "bevestigd"\n'
    previous = previous_of(tmp_path, f"{EVALUATIE}[gemeenten.borne]\n{words}")

    edition = new_edition(workspace, "nieuw", BEGIN, PEILDATUM, previous)

    assert edition.waarden == {
        "topic": {"wiet": "drugsdelicten"},
        "result": {"raak": "bevestigd"},
    }


# --- the next quarter ----------------------------------------------------------------------------

NEXT_QUARTER = dt.date(2023, 9, 30)
DECIDED = """
[herziening]
gemeenten = ["borne"]
reden = "fout"
[[bescherming.groepsonthulling]]
gebied = "borne"
uitsplitsing = "topic"
waarde = "drugsdelicten"
besluit = "tonen"
reden = "bekend"
[publicatie]
licentie = "CC0-1.0"
[opsteller]
naam = "A. Voorbeeld"
contact = "a@voorbeeld.example"
datum = 2023-07-13
[brief]
uiterlijk = 2023-07-28
retour = "de balie"
[[besluiten]]
tekst = "Doorgaan"
[kosten]
tarief = [{ vanaf_inwoners = 0, per_jaar = 800 }]
fase = [{ begin = 2021-07-01, betaler = "gemeente" }]
scenario = [{ naam = "Duurder", tarief_procent = [0, 5] }]
[[campagnes]]
naam = "Oud"
begin = 2022-01-01
eind = 2022-02-01
"""
OF_BORNE = "[gemeenten.borne]\n"


def quarter(tmp_path: Path, **changed: str) -> Edition:
    """An earlier edition of two gemeenten, with files, and with all that somebody decides."""
    workspace = of_two(tmp_path / "eerder")
    write(workspace, "correcties.toml", "")
    write(workspace, "vrijgave.toml", "")
    since = f'{OF_BORNE}geleverd_op = 2023-07-04\ndatumformaat = "dag-maand-jaar"\n'
    since += 'jaar = { "meldingen/borne.csv" = 2022 }\n'
    settings = TOGETHER.replace(OF_BORNE, since) + DECIDED
    for old, new in changed.items():
        settings = settings.replace(old, new)
    write(workspace, "evaluatie.toml", settings)
    return workspace.edition("proef")


def test_the_next_quarter_has_the_files_and_settings_of_the_last_and_nothing_that_was_decided(
    workspace: Workspace, tmp_path: Path
):
    previous = quarter(tmp_path)

    edition = new_edition(workspace, "nieuw", None, NEXT_QUARTER, previous)

    assert edition.begin == previous.begin
    assert edition.evaluatie.titel == "Evaluatie MMA 2023"
    assert edition.bescherming.vorige_editie == "proef"
    assert edition.bescherming.samen == (("borne", "losser"),)
    # That a file holds all, somebody said of the last peildatum.
    carried = previous.gemeenten["borne"].model_copy(update={"klopt": None})
    assert edition.gemeenten["borne"] == carried
    assert edition.deliveries() == previous.deliveries()
    assert edition.campagnes == previous.campagnes
    assert edition.kosten == previous.kosten.model_copy(update={"scenario": ()})
    assert edition.opsteller == previous.opsteller.model_copy(update={"datum": None})
    assert edition.publicatie.licentie == previous.publicatie.licentie == "CC0-1.0"
    assert (edition.brief.retour, edition.brief.uiterlijk) == ("de balie", None)
    assert edition.bescherming.groepsonthulling == ()
    assert edition.herziening is None
    assert edition.besluiten == ()
    there = contents(edition.folder)
    carried = {name: there[name] for name in there if name != "evaluatie.toml"}
    before = contents(previous.folder)
    assert carried == {
        name: before[name]
        for name in ("meldingen/borne.csv", "meldingen/losser.csv", "correcties.toml")
    }


def test_what_the_settings_show_for_a_new_file_can_be_used_as_it_stands(
    workspace: Workspace, tmp_path: Path
):
    edition = new_edition(workspace, "nieuw", None, NEXT_QUARTER, quarter(tmp_path))
    file = edition.folder / "meldingen" / "borne-2023-09.csv"
    file.write_text(BORNE, encoding="utf-8")
    before, of_borne = settings_of(edition).split(OF_BORNE)
    lines = of_borne.split("\n")
    shown = [line.removeprefix("# ") for line in lines if re.match(r"# \w+ += ", line)]
    keys = {line.partition(" ")[0] for line in shown[:3]}
    kept = [line for line in lines if line.partition(" ")[0] not in keys]

    settings = "\n".join([f"{before}[gemeenten.borne]", *shown[:3], *kept])
    (edition.folder / "evaluatie.toml").write_text(settings, encoding="utf-8")

    borne = workspace.edition("nieuw").gemeenten["borne"]
    assert borne.levering == ("meldingen/borne.csv", "meldingen/borne-2023-09.csv")
    assert borne.vult_aan == {"meldingen/borne-2023-09.csv": "meldingen/borne.csv"}
    assert borne.geleverd_op == dt.date(2023, 10, 3)


def test_a_new_file_of_a_folder_stands_beside_the_old_one_and_a_person_says_what_it_does(
    workspace: Workspace, tmp_path: Path
):
    (tmp_path / "gekregen").mkdir()
    (tmp_path / "gekregen" / "Borne september.csv").write_text("nieuw", encoding="utf-8")
    (tmp_path / "gekregen" / "losser.csv").write_text(LOSSER, encoding="utf-8")  # the same again

    previous = quarter(tmp_path)
    given = (None, NEXT_QUARTER, previous, None, None, tmp_path / "gekregen")
    edition = new_edition(workspace, "nieuw", *given)

    borne = edition.gemeenten["borne"]
    assert borne.levering == ("meldingen/borne.csv", "meldingen/Borne september.csv")
    assert (borne.vult_aan, borne.vervangt, borne.geleverd_op) == ({}, {}, None)
    assert edition.gemeenten["losser"].levering == ("meldingen/losser.csv",)
    line = '{ "meldingen/Borne september.csv" = "meldingen/borne.csv" }\n'
    assert f"# vult_aan    = {line}# vervangt    = {line}" in settings_of(edition)

    (tmp_path / "gekregen" / "losser.csv").write_text("nieuw", encoding="utf-8")
    with pytest.raises(UsageError, match=says("same_name", name="meldingen/losser.csv")):
        new_edition(workspace, "anders", *given)
    assert not workspace.raw("anders").exists()


def test_nothing_that_is_invented_becomes_a_fact(workspace: Workspace, tmp_path: Path):
    invented = {'titel = "Proef"': 'titel = "Proef"\nfictief = true'}
    previous = quarter(tmp_path, **invented)

    edition = new_edition(workspace, "nieuw", None, NEXT_QUARTER, previous)

    assert edition.gemeenten["borne"] == Gemeente()
    assert edition.deliveries() == {}
    assert list((edition.folder / "meldingen").iterdir()) == []
    assert edition.bescherming.vorige_editie is None
    assert edition.kosten.tarief == edition.kosten.fase == ()
    assert edition.campagnes == ()
    assert edition.opsteller.naam == edition.brief.retour == ""
    text = settings_of(edition)
    assert "# aangesloten = 2022-02-01   # verzonnen in proef: vul de echte dag in" in text
    assert "# per_jaar       = 800.00" in text


OTHER_DAYS = {
    "the same peildatum": (None, dt.date(2023, 6, 30), None, True),
    "an earlier peildatum": (None, dt.date(2023, 3, 31), None, True),
    "days that the files are not about": (dt.date(2023, 7, 1), PEILDATUM, "proef", False),
}


@pytest.mark.parametrize(
    ("begin", "peildatum", "compared", "has_files"), OTHER_DAYS.values(), ids=OTHER_DAYS
)
def test_files_go_along_when_they_are_about_its_days_and_only_a_later_edition_is_compared(
    workspace: Workspace, tmp_path: Path, begin, peildatum, compared, has_files
):
    edition = new_edition(workspace, "nieuw", begin, peildatum, quarter(tmp_path))

    assert edition.bescherming.vorige_editie == compared
    assert bool(edition.deliveries()) == has_files


def test_files_that_were_removed_are_not_named_and_nothing_is_corrected_in_them(
    workspace: Workspace, tmp_path: Path
):
    previous = quarter(tmp_path)
    (previous.folder / "meldingen" / "borne.csv").unlink()

    edition = new_edition(workspace, "nieuw", None, NEXT_QUARTER, previous)

    assert edition.deliveries() == {"meldingen/losser.csv": ("losser",)}
    assert not (edition.folder / "correcties.toml").exists()


WRONG_DAYS = {
    "before the earlier edition": (
        ["--peildatum", "30-6-2021", "--from", "proef"],
        "before_earlier",
    ),
    "not after its begin": (["--peildatum", "1-7-2021", "--from", "proef"], "begin_before"),
    "without a begin": (["--peildatum", "30-6-2023"], "begin_needed"),
    "an edition that is not there": (["--peildatum", "30-9-2023", "--from", "prof"], "no_edition"),
}


@pytest.mark.parametrize(("options", "code"), WRONG_DAYS.values(), ids=WRONG_DAYS)
def test_what_cannot_be_a_next_edition_is_said_and_nothing_is_made(
    tmp_path: Path, options: list[str], code: str
):
    of_two(tmp_path)

    ended = CliRunner().invoke(app, ["new", "nieuw", *options, "--root", str(tmp_path)])

    assert isinstance(ended.exception, UsageError)
    assert re.search(says(code), str(ended.exception))
    assert [path.name for path in (tmp_path / "data" / "raw").iterdir()] == ["proef"]


# --- with a survey -------------------------------------------------------------------------------


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    export = tmp_path / 'Antwoorden "najaar" (1).csv'
    export.write_bytes(b"as downloaded\r\n")
    return Survey(export, "[[vraag]]  # codeboek\n")


def test_a_new_edition_names_the_survey_that_is_put_in_it(workspace: Workspace, survey: Survey):
    edition = new_edition(workspace, "nieuw", BEGIN, PEILDATUM, survey=survey)

    assert edition.vragenlijst.bestand == 'vragenlijst/Antwoorden "najaar" (1).csv'
    assert (edition.folder / edition.vragenlijst.bestand).read_bytes() == b"as downloaded\r\n"
    codebook = edition.folder / edition.vragenlijst.codeboek
    assert codebook.read_text(encoding="utf-8") == survey.codebook


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("codeboek.toml", says("codebook_is_there")),
        ('Antwoorden "najaar" (1).csv', says("other_export")),
    ],
)
def test_no_file_of_a_survey_is_ever_overwritten_and_the_same_export_may_be_there(
    workspace: Workspace, survey: Survey, name: str, said: str
):
    folder = new_edition(workspace, "nieuw", BEGIN, PEILDATUM).folder
    there = folder / "vragenlijst" / name
    there.write_text("mine", encoding="utf-8")

    with pytest.raises(UsageError, match=said):
        survey.add_to(folder)
    assert contents(folder / "vragenlijst") == {name: b"mine"}
    there.unlink()
    export = folder / "vragenlijst" / survey.export.name
    export.write_bytes(survey.export.read_bytes())
    Survey(export, survey.codebook).add_to(folder)
    assert {path.name for path in export.parent.iterdir()} == {export.name, "codeboek.toml"}


def test_every_commented_line_of_the_settings_is_toml_when_its_hash_goes(workspace: Workspace):
    new_edition(workspace, "nieuw", BEGIN, PEILDATUM)
    text = (workspace.raw("nieuw") / "evaluatie.toml").read_text(encoding="utf-8")
    examples = [line[2:] for line in text.splitlines() if line.startswith("# ")]
    keys = [line for line in examples if re.match(r"\[|\w+ +=", line)]

    for line in keys:
        tomllib.loads(line)

    named = {line.partition(" ")[0] for line in keys}
    assert {"themas", "coderingen", "citaten", "[[kosten.fase]]", "[voorstel]"} <= named
    assert {*Opsteller.model_fields, *Publicatie.model_fields, *Voorstel.model_fields} <= named


def test_the_command_says_what_does_not_carry_over_and_whose_a_file_is_not(workspace: Workspace):
    new_edition(workspace, "vorige", BEGIN, PEILDATUM)
    (workspace.raw("vorige") / "correcties.toml").write_text("", encoding="utf-8")
    folder = workspace.root / "gekregen"
    folder.mkdir()
    for name in ("export Borne 2027.csv", "lijst.csv"):
        (folder / name).touch()

    given = {"begin": "1-7-2025", "peildatum": "30-6-2027", "from": "vorige"}
    given |= {"meldingen": str(folder), "root": str(workspace.root)}
    options = [word for key, value in given.items() for word in (f"--{key}", value)]
    ended = CliRunner().invoke(app, ["new", "nieuw", *options])

    made = workspace.edition("nieuw")
    assert made.begin == dt.date(2025, 7, 1)
    assert made.deliveries() == {"meldingen/export Borne 2027.csv": ("borne",)}
    assert (workspace.raw("nieuw") / "meldingen" / "lijst.csv").is_file()
    for said in (
        says("whose_file", file="lijst.csv"),
        says("not_carried", file="correcties.toml", previous="vorige"),
    ):
        assert re.search(said, ended.stdout)
