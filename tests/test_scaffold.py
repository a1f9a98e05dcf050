"""A new edition, made from nothing or from an earlier one."""

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mma_analysis.cli import app
from mma_analysis.scaffold import Survey, add_survey, new_edition
from mma_analysis.settings import Edition, Opsteller, Voorstel, Workspace
from mma_analysis.vocabulary import UsageError
from small_edition import EVALUATIE, written

BEGIN, PEILDATUM = dt.date(2023, 7, 1), dt.date(2025, 6, 30)


@pytest.fixture
def previous(tmp_path: Path) -> Edition:
    folder = tmp_path / "vorige"
    folder.mkdir()
    rest = """
        [bescherming]
        basis = 10
        [gemeenten.borne]
        aangesloten = 2022-02-01
        aangesloten_bron = "brief"
        [gemeenten.borne.kolommen]
        'Kop met "aanhaling"' = "topic"
        [gemeenten.borne.waarden.topic]
        wiet = "drugsdelicten"
        [[kosten.tarief]]
        vanaf_inwoners = 0
        per_jaar = 812.5
        [[kosten.fase]]
        begin = 2023-07-01
        betaler = "gemeente"
        [[campagnes]]
        naam = "Oud"
        begin = 2022-01-01
        eind = 2022-02-01
    """
    return written(folder, EVALUATIE + rest)


def test_a_new_edition_loads_as_it_is(tmp_path: Path):
    made = new_edition(Workspace(tmp_path), "evaluatie-2025", BEGIN, PEILDATUM)

    edition = Workspace(tmp_path).edition("evaluatie-2025")

    assert (edition.begin, edition.peildatum) == (BEGIN, PEILDATUM)
    assert list(edition.gemeenten) == [area.slug for area in edition.vocabulary.gemeenten]
    assert edition.deliveries() == {}
    assert made == [
        "data/raw/evaluatie-2025/evaluatie.toml",
        "data/raw/evaluatie-2025/meldingen",
        "data/raw/evaluatie-2025/vragenlijst",
    ]


def test_what_seldom_changes_carries_over_and_the_rest_does_not(tmp_path: Path, previous: Edition):
    new_edition(Workspace(tmp_path), "nieuw", BEGIN, PEILDATUM, previous)

    edition = Workspace(tmp_path).edition("nieuw")

    assert edition.gemeenten["borne"] == previous.gemeenten["borne"]
    assert edition.bescherming.basis == 10
    assert edition.kosten == previous.kosten
    assert edition.campagnes == ()
    assert not edition.evaluatie.fictief
    text = (edition.folder / "evaluatie.toml").read_text(encoding="utf-8")
    assert '# vorige_editie = "vorige"' in text


def test_begin_after_peildatum_makes_nothing(tmp_path: Path):
    with pytest.raises(UsageError, match="before peildatum"):
        new_edition(Workspace(tmp_path), "nieuw", PEILDATUM, BEGIN)

    assert not Workspace(tmp_path).raw("nieuw").exists()


# --- with a survey -------------------------------------------------------------------------------


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    export = tmp_path / 'Antwoorden "najaar" (1).csv'
    export.write_bytes(b"as downloaded\r\n")
    return Survey(export, "[[vraag]]  # codeboek\n")


def test_a_new_edition_names_the_survey_that_is_put_in_it(tmp_path: Path, survey: Survey):
    made = new_edition(Workspace(tmp_path), "nieuw", BEGIN, PEILDATUM, survey=survey)

    edition = Workspace(tmp_path).edition("nieuw")

    assert edition.vragenlijst is not None
    assert edition.vragenlijst.bestand == 'vragenlijst/Antwoorden "najaar" (1).csv'
    assert (edition.folder / edition.vragenlijst.bestand).read_bytes() == b"as downloaded\r\n"
    codebook = edition.folder / edition.vragenlijst.codeboek
    assert codebook.read_text(encoding="utf-8") == survey.codebook
    assert made[-1] == "data/raw/nieuw/vragenlijst/codeboek.toml"


def test_an_export_that_is_in_the_edition_already_stays_where_it_is(tmp_path: Path, survey: Survey):
    workspace = Workspace(tmp_path)
    new_edition(workspace, "nieuw", BEGIN, PEILDATUM)
    there = workspace.raw("nieuw") / survey.file
    there.write_bytes(survey.export.read_bytes())

    made = add_survey(workspace, "nieuw", Survey(there, survey.codebook))

    assert made == ["data/raw/nieuw/vragenlijst/codeboek.toml"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("vragenlijst/codeboek.toml", "codeboek.toml is there already; nothing was changed"),
        ('vragenlijst/Antwoorden "najaar" (1).csv', "is another file of that name"),
    ],
)
def test_no_file_of_a_survey_is_ever_overwritten(
    tmp_path: Path, survey: Survey, name: str, said: str
):
    workspace = Workspace(tmp_path)
    new_edition(workspace, "nieuw", BEGIN, PEILDATUM)
    (workspace.raw("nieuw") / name).write_text("mine", encoding="utf-8")

    with pytest.raises(UsageError, match=said):
        add_survey(workspace, "nieuw", survey)

    kept = [path for path in (workspace.raw("nieuw") / "vragenlijst").iterdir()]
    assert [path.read_text(encoding="utf-8") for path in kept] == ["mine"]


def test_a_survey_needs_an_edition(tmp_path: Path, survey: Survey):
    with pytest.raises(UsageError, match=r"no evaluatie\.toml; make the edition with `mma new`"):
        add_survey(Workspace(tmp_path), "nergens", survey)

    assert not Workspace(tmp_path).raw("nergens").exists()


def test_every_commented_line_of_the_settings_is_toml_when_its_hash_goes(tmp_path: Path):
    new_edition(Workspace(tmp_path), "nieuw", BEGIN, PEILDATUM)
    text = (Workspace(tmp_path).raw("nieuw") / "evaluatie.toml").read_text(encoding="utf-8")
    examples = [line[2:] for line in text.splitlines() if line.startswith("# ")]
    keys = [line for line in examples if re.match(r"\[|\w+ +=", line)]

    for line in keys:
        tomllib.loads(line)

    named = {line.partition(" ")[0] for line in keys}
    assert {"themas", "coderingen", "citaten", "[[kosten.fase]]", "[voorstel]"} <= named
    assert {*Opsteller.model_fields, *Voorstel.model_fields} <= named


def test_it_says_that_corrections_do_not_carry_over(tmp_path: Path):
    workspace = Workspace(tmp_path)
    new_edition(workspace, "vorige", BEGIN, PEILDATUM)
    (workspace.raw("vorige") / "correcties.toml").write_text("", encoding="utf-8")
    days = ["--begin", "2025-07-01", "--peildatum", "2027-06-30", "--root", str(tmp_path)]

    ended = CliRunner().invoke(app, ["new", "nieuw", "--from", "vorige", *days])

    assert "not carried over: correcties.toml of vorige" in ended.stdout
