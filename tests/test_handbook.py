"""The handbook says what is there, its code runs, and its messages are those that are said."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from docs_pages import IDS, ROOT, SOURCE, blocks, coded, first_cells, of_handbook, section
from mma_analysis import corrections
from mma_analysis import settings as edition
from mma_analysis.clean.corrections import correct
from mma_analysis.pipeline import prepare
from mma_analysis.publish.notebooks import find
from mma_analysis.publish.page import execute
from mma_analysis.publish.plan import page_parts, pages
from mma_analysis.read import read_delivery
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE, Workspace
from mma_analysis.show.text import plain
from mma_analysis.vocabulary import MmaError
from mma_analysis.vocabulary.schema import RAW_MELDINGEN

# --- the handbook --------------------------------------------------------------------------------


def test_the_handbook_names_every_table_of_rows(workspace):
    made = {path.stem for path in (workspace.processed(EXAMPLE) / "clean").glob("*.parquet")}

    named = set(coded(section("docs/handleiding/verder-zoeken.md", "Zelf verder zoeken")))

    assert made - named == set()


def test_the_handbook_explains_every_reason_to_make_a_page_again(workspace):
    manifest = json.loads((workspace.processed(EXAMPLE) / "manifest.json").read_text("utf-8"))
    page = pages(workspace.edition(EXAMPLE).vocabulary)[0]
    parts = page_parts(page, manifest, find(page.area.level, workspace, EXAMPLE))

    explained = section("docs/handleiding/draaien.md", "Waarom wordt deze pagina opnieuw gemaakt?")

    assert {*parts, "the page itself was changed"} - {"page", *coded(explained)} == set()


def test_the_handbook_explains_every_field_that_a_header_can_be():
    explained = first_cells(section("docs/handleiding/nieuwe-editie.md", "Een nieuwe editie maken"))

    assert {*RAW_MELDINGEN, "free_text", "ignored"} - set(explained) == set()


def test_the_handbook_explains_every_key_that_the_settings_do_not_explain_themselves():
    parts = {part for part in vars(edition).values() if isinstance(part, type)}
    parts = {part for part in parts if issubclass(part, edition.Section)} - {edition.Voorstel}
    keys = {key for part in parts for key in part.model_fields}

    spans = coded(section("docs/handleiding/nieuwe-editie.md", "Een nieuwe editie maken"))
    written = (SOURCE / "evaluatie.toml.j2").read_text("utf-8")
    explained = {word for text in (*spans, written) for word in re.findall(r"\w+", text)}

    assert keys - explained == set()


def test_the_correction_that_the_handbook_writes_repairs_a_row(tmp_path):
    folder = Workspace(tmp_path).raw(EXAMPLE)
    shutil.copytree(ROOT / "data" / "raw" / EXAMPLE, folder)
    (block,) = [block for block in of_handbook("toml") if block.startswith("[[correctie]]")]
    (folder / edition.CORRECTIONS_FILE).write_text(block, encoding="utf-8")
    settings = edition.load(folder)

    delivery = read_delivery(settings, "meldingen/losser.ods")
    corrected = correct([delivery], corrections.load(settings))

    assert len(corrected.applied) == 1


def test_the_sentence_that_the_handbook_explains_is_on_the_page(workspace, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    explained = section("docs/handleiding/getal.md", "Waar komt dit getal vandaan?")
    quoted = re.findall(r"staat: \*(.+?)\*", explained)

    notebook = ROOT / "notebooks" / "gemeente.ipynb"
    parameters = {"gebied": "enschede", "editie": EXAMPLE, "doelgroep": "openbaar"}
    outputs = [o for cell in execute(notebook, parameters).cells for o in cell.get("outputs", [])]
    said = " ".join(plain(o.get("data", {}).get("text/html", "")) for o in outputs)

    assert quoted
    assert all(sentence in said for sentence in quoted)


# --- code that a reader can copy -----------------------------------------------------------------

# Page → how many results it promises. README's questions run in test_explore, where a plan is made.
RUNNING = {"docs/handleiding/getal.md": 9, "docs/handleiding/verder-zoeken.md": 2}


def test_every_page_with_python_is_run():
    assert {page for page in IDS if blocks(page, "python")} == {"README.md", *RUNNING}


@pytest.mark.parametrize("page", RUNNING)
def test_what_a_page_computes_is_what_comes_out(page, workspace, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    names: dict[str, object] = {}
    promised, found = [], []

    for line in "".join(blocks(page, "python")).splitlines():
        code, arrow, result = line.partition("  # → ")
        if arrow:
            promised.append(result)
            found.append(repr(eval(code, names)))
        else:
            exec(code, names)

    assert found == promised
    assert len(promised) == RUNNING[page]


@pytest.mark.parametrize("page", [page for page in IDS if blocks(page, "toml")])
def test_what_a_page_says_to_paste_is_toml(page):
    assert all(tomllib.loads(block) for block in blocks(page, "toml"))


# --- the messages that the handbook quotes -------------------------------------------------------

SETTINGS = "evaluatie.toml"
HAAKSBERGEN = "meldingen/haaksbergen.csv"


def change(file: str, old: str, new: str):
    """A change of one file of the edition, as an analyst or a sender would make it."""

    def apply(folder: Path) -> None:
        path = folder / file
        content = path.read_bytes()
        assert old.encode() in content
        path.write_bytes(content.replace(old.encode(), new.encode(), 1))

    return apply


def no_header_row(folder: Path) -> None:
    path = folder / HAAKSBERGEN
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])


def no_day_above_12(folder: Path) -> None:
    table = "Ontvangstdatum;Soort\n03-10-2022;geweld\n05-11-2022;fraude\n"
    (folder / HAAKSBERGEN).write_text(table, encoding="utf-8")


def delivered_twice(folder: Path) -> None:
    shutil.copy(folder / "meldingen/wierden.csv", folder / "meldingen/wierden-2.csv")
    listed = '"meldingen/wierden.csv"'
    change(SETTINGS, listed, f'{listed}, "meldingen/wierden-2.csv"')(folder)


def two_unreadable_files(folder: Path) -> None:
    (folder / "meldingen/wierden.csv").write_bytes(b"")
    shutil.copy(folder / "meldingen/borne.xlsx", folder / "meldingen/wierden.pdf")
    listed = '"meldingen/wierden.csv"'
    change(SETTINGS, listed, f'"meldingen/wierden.pdf", {listed}')(folder)


MISTAKES = {
    "unknown header": change(SETTINGS, '"Binnen bij ons" = "received_on"', ""),
    "no day of receipt": change(HAAKSBERGEN, "Ontvangstdatum", "Datum melding"),
    "day or month": no_day_above_12,
    "the same tips in two files": delivered_twice,
    "two columns for one field": change(HAAKSBERGEN, "Locatie bekend", "Ontvangen op"),
    "no row with headers": no_header_row,
    "no such file": change(SETTINGS, "meldingen/wierden.csv", "meldingen/wierden.xlsx"),
    "not to be read": two_unreadable_files,
    "wrong key": change(SETTINGS, "peildatum = ", "peildatun = "),
    "wrong gemeente": change(SETTINGS, "[gemeenten.wierden]", "[gemeenten.wierde]"),
    "changed question": change("vragenlijst/codeboek.toml", "Wat is uw functie?", "Wat is uw rol?"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_handbook_quotes_the_message_as_it_is(mistake, tmp_path):
    workspace = Workspace(tmp_path)
    folder = workspace.raw("evaluatie-2025")
    shutil.copytree(ROOT / "data" / "raw" / EXAMPLE, folder)
    MISTAKES[mistake](folder)

    with pytest.raises(MmaError) as raised:
        prepare(workspace, "evaluatie-2025")

    message = str(raised.value).replace(tmp_path.as_posix(), "…")
    quoted = {line for block in of_handbook() for line in block.splitlines()}
    said = [line for line in message.splitlines() if not line.endswith("nothing was changed")]
    assert [line for line in said if line not in quoted] == []
