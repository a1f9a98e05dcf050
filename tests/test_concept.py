"""`mma report --concept`: one page apart, marked as such, again at a save, and never sent."""

import json
import os
import re
import shutil
import stat
from pathlib import Path

import pytest
from conftest import contents, mma
from nbformat.v4 import new_code_cell, new_notebook, writes

from mma_analysis.cli import concept as command
from mma_analysis.publish import forget, page
from mma_analysis.publish.concept import Concept, concept_of
from mma_analysis.publish.plan import copy_to_edition
from mma_analysis.settings import ROOT_VARIABLE, Workspace
from mma_analysis.vocabulary import UsageError
from says import says

SLUG = "proef"


@pytest.fixture(scope="module")
def own(small, tmp_path_factory) -> Workspace:
    """The edition of two gemeenten, prepared, of which a page may be made apart."""
    root = tmp_path_factory.mktemp("own") / "root"
    return Workspace(Path(shutil.copytree(small.root, root)))


@pytest.fixture
def borne(own) -> Concept:
    return concept_of(own, SLUG, ["borne"], None)


def title(html: str) -> str:
    return re.findall("<title>(.*?)</title>", html)[0]


def test_a_concept_says_so_in_its_title_on_the_page_and_on_paper(borne):
    html = borne.make().path.read_text(encoding="utf-8")

    assert title(html).startswith("CONCEPT · ")
    assert "--running:'CONCEPT · " in html
    assert '<aside class="banner" aria-label="Concept"><strong>CONCEPT.</strong>' in html


@pytest.mark.parametrize("before", [None, "elders"])
def test_a_process_is_afterwards_as_it_was(borne, monkeypatch, before):
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    if before:
        monkeypatch.setenv(ROOT_VARIABLE, before)

    borne.make()

    assert os.environ.get(ROOT_VARIABLE) == before


def test_it_is_made_apart_where_its_owner_alone_comes_and_nothing_else_changes(own, borne):
    reports = own.reports(SLUG)
    reports.mkdir(parents=True, exist_ok=True)
    before = contents(own.root / "data" / "raw") | contents(reports)

    made = borne.make()

    folder = own.processed(SLUG).with_name(f"{SLUG}-concept")
    assert made.path == folder / "openbaar" / "borne.html"
    for path in (folder, *folder.rglob("*")):
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected
    assert contents(own.root / "data" / "raw") | contents(reports) == before
    assert not own.executed(SLUG).exists()


def test_a_page_that_is_no_concept_does_not_name_one(own, borne):
    made = borne.make()
    html = made.path.read_text(encoding="utf-8")
    without = html.replace("CONCEPT · ", "")

    assert "CONCEPT" in without  # the banner
    assert html.count("CONCEPT · ") == 3  # title, its Dublin Core, and the head of paper


def test_what_is_exact_stays_beside_the_rows_and_goes_with_them(own, capsys):
    intern = concept_of(own, SLUG, ["borne"], "intern")

    command.make_concept(intern, watch=False)

    assert "met precieze aantallen" in capsys.readouterr().out
    assert intern.path == own.concept(SLUG) / "intern" / "borne" / "borne.html"
    assert own.concept(SLUG) in forget.to_forget(own, SLUG)


# --- again at a save ------------------------------------------------------------------------------


def changed(path: Path, sentence: str) -> None:
    """Put a sentence in the head of the page, as an analyst does."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    (head,) = (place for place, one in enumerate(sources) if one.startswith("%%tekst kop"))
    notebook["cells"][head]["source"] = f"{sources[head]}\n\n{sentence}"
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def notebook(own):
    """The edition's own notebook of gemeenten, which is there for one test."""
    path = copy_to_edition("gemeente", own, SLUG)
    yield path
    shutil.rmtree(path.parent)


def test_a_save_of_its_notebook_makes_it_again_and_any_other_save_does_not(own, borne, notebook):
    changed(notebook, "Een nieuwe zin.")
    borne.path.unlink(missing_ok=True)

    command.at_a_save(
        borne, {own.raw(SLUG) / "evaluatie.toml", notebook.with_name("district.ipynb")}
    )
    assert not borne.path.exists()
    command.at_a_save(borne, {notebook})

    assert "Een nieuwe zin." in borne.path.read_text(encoding="utf-8")


def test_it_is_made_of_its_notebook_its_sentences_its_template_and_its_look(own, borne):
    raw = own.raw(SLUG)
    used = ["notebooks/gemeente.ipynb", "notebooks/sentences.j2", "huisstijl/stijl.css"]
    other = ["notebooks/district.ipynb", "evaluatie.toml", "meldingen/borne.xlsx", "sentences.j2"]

    assert [name for name in [*used, *other] if borne.uses(raw / name)] == used


def test_a_fault_in_a_sentence_is_said_and_the_page_of_before_stays(borne, notebook, capsys):
    before = borne.make().path.read_bytes()
    changed(notebook, "{{ totaaal }}")

    command.at_a_save(borne, {notebook})

    said = capsys.readouterr().out
    assert "de pagina is nog die van hiervoor" in said
    assert "‘totaaal’ bestaat hier niet" in said
    assert borne.path.read_bytes() == before


def test_ctrl_c_is_how_it_ends(borne, monkeypatch, capsys):
    def interrupted(self: Concept):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(Concept, "changes", interrupted)
    command.make_concept(borne, watch=True)

    assert capsys.readouterr().out.splitlines()[-1].startswith("Gestopt. Het concept staat nog in")


def test_ctrl_c_while_a_cell_runs_is_no_fault_of_the_notebook(tmp_path):
    path = tmp_path / "een.ipynb"
    path.write_text(writes(new_notebook(cells=[new_code_cell("raise KeyboardInterrupt")])))

    with pytest.raises(KeyboardInterrupt):
        page.execute(path, {})


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("only", [[], ["borne", "enschede"]])
def test_a_concept_is_of_one_area(own, only):
    with pytest.raises(UsageError, match=says("concept_one")):
        concept_of(own, SLUG, only, None)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["report", "--concept"], "concept_one"),
        (["run", "--concept", "--only", "borne"], "concept_report"),
        (["report", "--watch", "--only", "borne"], "watch_concept"),
        (["report", "--concept", "--only", "borne", "--pdf", "--force"], "concept_alone"),
        (["report", "--concept", "--only", "borne", "--watch", "--json"], "watch_json"),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_made(own, arguments, code):
    before = own.concept(SLUG).exists()
    verb, *options = arguments

    ended = mma(verb, SLUG, *options, "--root", own.root)

    assert ended.returncode == 2
    assert re.search(says(code), ended.stdout + ended.stderr)
    assert own.concept(SLUG).exists() == before
