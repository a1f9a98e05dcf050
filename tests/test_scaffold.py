"""A new edition, made from nothing or from an earlier one."""

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest
from conftest import contents
from typer.testing import CliRunner

from mma_analysis.cli import app
from mma_analysis.pipeline import prepare
from mma_analysis.scaffold import Survey, new_edition
from mma_analysis.settings import Workspace
from mma_analysis.settings.edition import Opsteller, Voorstel
from mma_analysis.vocabulary import UsageError
from says import says
from small_edition import EVALUATIE, written

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


def test_what_seldom_changes_carries_over_and_the_rest_does_not(
    workspace: Workspace, tmp_path: Path
):
    (tmp_path / "vorige").mkdir()
    earlier = EVALUATIE + EARLIER.read_text(encoding="utf-8")
    previous = written(tmp_path / "vorige", earlier)
    edition = new_edition(workspace, "nieuw", BEGIN, PEILDATUM, previous)

    assert edition.gemeenten["borne"] == previous.gemeenten["borne"]
    assert edition.bescherming.basis == 10
    assert edition.kosten == previous.kosten
    assert edition.campagnes == ()
    assert not edition.evaluatie.fictief
    text = (edition.folder / "evaluatie.toml").read_text(encoding="utf-8")
    assert '# vorige_editie = "vorige"' in text


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
    assert {*Opsteller.model_fields, *Voorstel.model_fields} <= named


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
