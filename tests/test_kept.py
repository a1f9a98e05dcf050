"""What is kept and not made or examined again, and everything that makes it be made again."""

import json
import shutil
from types import SimpleNamespace
from typing import Any

import pytest

from mma_analysis import audit
from mma_analysis.audit import examination
from mma_analysis.publish import batch, set_files
from mma_analysis.publish.batch import letters, report
from mma_analysis.settings import NOTEBOOKS, Workspace, shipped
from mma_analysis.storage import Kept, freshness, hashes_below, read_manifest, write_json
from mma_analysis.vocabulary import PACKAGE
from planting import BORNE, edition_in, listed, page, reports_in, tables_in, write
from small_edition import TOGETHER

LETTER = "intern/borne/kwaliteit.html"
WORKBOOK = "openbaar/bijlage.xlsx"


# --- the file itself ----------------------------------------------------------------------


def test_what_is_kept_is_given_for_what_it_was_made_from_and_for_nothing_else(tmp_path):
    kept = Kept(Workspace(tmp_path), "proef")
    assert kept.read("stuk", "tabellen") is None

    kept.write("stuk", "tabellen", {"borne": 3})

    assert kept.read("stuk", "tabellen") == {"borne": 3}
    assert kept.read("stuk", "andere tabellen") is None
    assert kept.read("ander", "tabellen") is None
    kept.clear()
    assert kept.read("stuk", "tabellen") is None


@pytest.mark.parametrize("change", ["half", "edited", "no table"])
def test_what_is_kept_and_was_damaged_or_edited_is_as_if_it_was_not_there(tmp_path, change):
    kept = Kept(Workspace(tmp_path), "proef")
    kept.write("stuk", "tabellen", {"borne": 3})
    (path,) = tmp_path.rglob("stuk.json")
    text = path.read_text("utf-8")
    changed = {"half": text[:-9], "edited": text.replace("3", "4"), "no table": "[]"}

    write(path, changed[change])

    assert kept.read("stuk", "tabellen") is None


# --- files around the pages ---------------------------------------------------------------


@pytest.fixture
def made(monkeypatch) -> list[str]:
    """The workbooks and letters that were made, as soon as they are."""
    names: list[str] = []
    for name in ("annex_workbook", "letter_html"):
        ours = getattr(set_files, name)

        def with_its_name(e, *also, ours=ours, name=name):
            names.append(f"{name} {e.gebied}")
            return ours(e, *also)

        monkeypatch.setattr(set_files, name, with_its_name)
    return names


@pytest.fixture
def own(small, tmp_path) -> Workspace:
    return Workspace(shutil.copytree(small.root, tmp_path / "own"))


ALL = {
    "annex_workbook twente",
    "annex_workbook borne",
    "annex_workbook losser",
    "letter_html borne",
    "letter_html losser",
}


def bytes_of(workspace: Workspace) -> dict[str, str]:
    return hashes_below(workspace.reports("proef"), ())


@pytest.mark.slow
def test_files_around_the_pages_are_made_once_and_then_kept_to_the_byte(own, made):
    letters(own, "proef")
    assert set(made) >= ALL
    before = bytes_of(own)
    made.clear()

    letters(own, "proef")

    assert made == []
    assert bytes_of(own) == before


@pytest.mark.slow
def test_who_asks_for_one_page_gets_no_letter_or_workbook_anew(own, made):
    annex = own.reports("proef") / "openbaar" / "bijlage.csv"
    report(own, "proef", only=["borne"])
    of_the_card = set(annex.read_text("utf-8").splitlines())
    made.clear()

    report(own, "proef", only=["twente"])

    assert made == []
    # the district's page has settings and typed numbers that the card has not
    assert set(annex.read_text("utf-8").splitlines()) > of_the_card


@pytest.mark.slow
def test_who_asks_for_all_anew_gets_all_anew(own, made, monkeypatch):
    letters(own, "proef")
    made.clear()
    monkeypatch.setattr(batch, "make_pages", lambda *of: [])

    report(own, "proef", force=True)

    assert set(made) >= ALL


def a_setting(own: Workspace, _: Any) -> None:
    write(own.raw("proef") / "evaluatie.toml", f'{TOGETHER}[brief]\nretour = "de balie"\n')


def a_style(own: Workspace, _: Any) -> None:
    write(own.raw("proef") / "huisstijl" / "stijl.css", ":root{--ink:#000000}")


def sentences(own: Workspace, _: Any) -> None:
    ours = (PACKAGE / "show" / "sentences.j2").read_text("utf-8")
    write(own.raw("proef") / "notebooks" / "sentences.j2", f"{{# #}}{ours}")


def tables(own: Workspace, _: Any) -> None:
    folder = own.processed("proef")
    manifest = read_manifest(folder)
    assert manifest is not None
    write_json(folder / "manifest.json", manifest | {"not_made": ["trend"]})


def the_program(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_files, "made_with", lambda: {"pakketten": "andere"})


def the_signature(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "is_signed", lambda *of: True)


def a_letter_of_the_set(own: Workspace, _: Any) -> None:
    with (own.reports("proef") / LETTER).open("a", encoding="utf-8") as letter:
        letter.write(" ")


def a_workbook_that_is_gone(own: Workspace, _: Any) -> None:
    (own.reports("proef") / WORKBOOK).unlink()


def what_was_kept(own: Workspace, _: Any) -> None:
    (path,) = own.work("proef").rglob("around.json")
    write(path, path.read_text("utf-8").replace("bijlage", "bijlage2", 1))


CHANGES = [
    a_setting,
    a_style,
    sentences,
    tables,
    the_program,
    the_signature,
    a_letter_of_the_set,
    a_workbook_that_is_gone,
    what_was_kept,
]


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_files_around_the_pages_are_made_again_after_any_change_of_what_makes_them(
    own, made, monkeypatch, change
):
    letters(own, "proef")
    made.clear()

    change(own, monkeypatch)
    letters(own, "proef")

    assert set(made) >= ALL


# --- what was examined --------------------------------------------------------------------


@pytest.fixture
def audited(tmp_path, monkeypatch) -> SimpleNamespace:
    """A tiny edition with finished files; `opened` are those that are examined."""
    workspace = Workspace(tmp_path)
    edition_in(workspace.raw("proef"))
    tables_in(workspace.processed("proef"))
    reports_in(workspace.reports("proef"))
    opened: list[str] = []
    ours = examination.Auditor.open

    def open_and_tell(self, path, file):
        opened.append(file)
        return ours(self, path, file)

    monkeypatch.setattr(examination.Auditor, "open", open_and_tell)

    def examine() -> dict[str, Any]:
        """The verdict, the same with what is kept as without; `opened` is of the first."""
        reports, folder = workspace.reports("proef"), workspace.processed("proef")
        edition = workspace.edition("proef")
        opened.clear()
        verdict = audit.examine(edition, reports, folder, Kept(workspace, "proef"))
        seen = list(opened)
        assert verdict == audit.examine(edition, reports, folder)
        opened[:] = seen
        return verdict

    return SimpleNamespace(workspace=workspace, examine=examine, opened=opened)


MANIFESTS = {"openbaar/manifest.json", "intern/manifest.json"}


def test_a_file_that_is_the_same_is_examined_once(audited):
    audited.examine()
    assert BORNE in audited.opened

    audited.examine()

    assert audited.opened == []


def test_only_the_file_that_changed_is_examined_again(audited):
    audited.examine()
    path = audited.workspace.reports("proef") / BORNE
    write(path, page("<p>Niet getoond.</p>"))
    listed(audited.workspace.reports("proef"))

    audited.examine()

    assert set(audited.opened) - MANIFESTS == {BORNE}


def test_a_file_in_which_something_was_found_is_examined_each_time(audited):
    path = audited.workspace.reports("proef") / BORNE
    write(path, page("<p>Het waren er 17.</p>"))
    listed(audited.workspace.reports("proef"))
    before = audited.examine()
    assert before["findings"]

    after = audited.examine()

    assert audited.opened == [BORNE]
    assert after["findings"] == before["findings"]


ALIASES = (PACKAGE / "reference" / "topic_aliases.csv").read_text("utf-8")
# What a file is held against → its path below the workspace, and what is in it now.
HELD_AGAINST = {
    "a delivery": ("data/raw/proef/meldingen/nieuw.csv", "Soort\nZwemvliezen\n"),
    "a correction": ("data/raw/proef/correcties.toml", ""),
    "the words of the edition": ("data/raw/proef/reference/topic_aliases.csv", ALIASES),
    "a released table": ("data/processed/proef/measures/eigen.parquet", ""),
    "the house style": ("data/raw/proef/huisstijl/stijl.css", ""),
    "what was kept": (".mma/proef/kept/audit.json", "{}"),
}


@pytest.mark.parametrize(("file", "content"), HELD_AGAINST.values(), ids=HELD_AGAINST)
def test_all_files_are_examined_again_after_any_change_of_what_they_are_held_against(
    audited, monkeypatch, file, content
):
    monkeypatch.setattr("mma_analysis.audit.dossier._told_tables", lambda *of: {})
    audited.examine()

    write(audited.workspace.root / file, content)
    audited.examine()

    assert BORNE in audited.opened


def test_all_files_are_examined_again_by_another_program(audited, monkeypatch):
    audited.examine()
    monkeypatch.setattr(freshness, "made_with", lambda: {"pakketten": "andere"})

    audited.examine()

    assert BORNE in audited.opened


NOTEBOOK = "data/raw/proef/notebooks/gemeente.ipynb"


def notebook_that_says(*texts: str) -> str:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text} for text in texts]
    return json.dumps({"cells": cells})


def test_a_word_that_only_a_notebook_allows_is_looked_for_when_the_notebook_changes(audited):
    root = audited.workspace.root
    write(root / NOTEBOOK, notebook_that_says("Een zwemvlies.", "Een fuut."))
    write(audited.workspace.reports("proef") / BORNE, page("<p>Een zwemvlies.</p>"))
    listed(audited.workspace.reports("proef"))
    assert not audited.examine()["findings"]

    # Of a word that no file says, it does not matter.
    write(root / NOTEBOOK, notebook_that_says("Een zwemvlies.", "Een meerkoet."))
    assert not audited.examine()["findings"]
    assert audited.opened == []

    write(root / NOTEBOOK, notebook_that_says("Een meerkoet."))
    (finding,) = audited.examine()["findings"]
    assert audited.opened == [BORNE]
    assert (finding["file"], finding["kind"]) == (BORNE, "word")


def test_what_was_delivered_is_found_when_a_notebook_does_not_allow_it_any_more(audited):
    root = audited.workspace.root
    write(root / NOTEBOOK, notebook_that_says("Teunis woont boven het café."))
    write(audited.workspace.reports("proef") / BORNE, page("<p>Teunis woont boven het café.</p>"))
    listed(audited.workspace.reports("proef"))
    assert not audited.examine()["findings"]

    write(root / NOTEBOOK, notebook_that_says("Een ander woont boven het café."))
    kinds = {finding["kind"] for finding in audited.examine()["findings"]}

    assert audited.opened == [BORNE]
    assert "delivered" in kinds


WHY = "vast|wat aan het notebook is veranderd"
OF_NOTEBOOK = f'<p><data class="v" value="{{0}}" data-cell="{WHY}">{{0}}</data></p>'


def test_what_a_page_says_of_its_notebook_is_counted_again_when_that_changes(audited):
    root = audited.workspace.root
    ours = json.loads((shipped(NOTEBOOKS) / "gemeente.ipynb").read_text("utf-8"))
    cells = ours["cells"]
    number = len(cells)
    cells[2]["source"] = "Een zin."
    write(root / NOTEBOOK, json.dumps(ours))
    said = f"1 van {number} cellen is van deze editie."
    write(audited.workspace.reports("proef") / BORNE, page(OF_NOTEBOOK.format(said)))
    listed(audited.workspace.reports("proef"))
    assert not audited.examine()["findings"]
    assert not audited.examine()["findings"]
    assert audited.opened == []

    cells[4]["source"] = "Een zin meer."
    write(root / NOTEBOOK, json.dumps(ours))
    (finding,) = audited.examine()["findings"]

    assert audited.opened == [BORNE]
    assert (finding["file"], finding["kind"]) == (BORNE, "cell")


def test_a_link_in_the_place_of_a_file_is_never_taken_for_what_it_leads_to(audited):
    audited.examine()
    path = audited.workspace.reports("proef") / BORNE
    elsewhere = audited.workspace.root / "elders.html"
    path.replace(elsewhere)
    path.symlink_to(elsewhere)

    assert {one["file"] for one in audited.examine()["findings"]} == {BORNE}
