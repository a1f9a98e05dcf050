"""The handbook says what is there, its code runs, and its messages are those that are said."""

import json
import re
import tomllib

import pytest
from conftest import delivered
from tools.messages_page import page

from docs_pages import HANDBOOK, IDS, ROOT, SOURCE, blocks, coded, listed, section, text
from mma_analysis.clean.corrections import correct
from mma_analysis.publish.page import execute
from mma_analysis.publish.plan import find, page_parts, pages
from mma_analysis.read import read_delivery
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE, edition, load
from mma_analysis.show.text import text_of_html
from mma_analysis.vocabulary import message
from mma_analysis.vocabulary.schema import RAW_MELDINGEN


def test_the_handbook_names_every_table_of_rows(workspace):
    made = {path.stem for path in (workspace.processed(EXAMPLE) / "clean").glob("*.parquet")}

    named = set(coded(section("docs/handleiding/verder-zoeken.md", "Zelf verder zoeken")))

    assert made - named == set()


def test_the_handbook_explains_every_reason_to_make_a_page_again(workspace):
    manifest = json.loads((workspace.processed(EXAMPLE) / "manifest.json").read_text("utf-8"))
    edition = workspace.edition(EXAMPLE)
    first = pages(edition.vocabulary)[0]
    parts = page_parts(first, edition, manifest, find(first.area.level, workspace, EXAMPLE))

    explained = section("docs/handleiding/draaien.md", "Waarom wordt deze pagina opnieuw gemaakt?")

    assert {*parts, message("why_touched")} - {"pagina", *coded(explained)} == set()


def test_the_handbook_explains_every_field_that_a_header_can_be():
    explained = listed(section("docs/handleiding/nieuwe-editie.md", "Een nieuwe editie maken"))

    assert {*RAW_MELDINGEN, "free_text", "ignored"} - set(explained) == set()


def test_the_handbook_explains_every_key_that_the_settings_do_not_explain_themselves():
    parts = {part for part in vars(edition).values() if isinstance(part, type)}
    parts = {part for part in parts if issubclass(part, edition.Section)} - {edition.Voorstel}
    keys = {key for part in parts for key in part.model_fields}

    spans = coded(section("docs/handleiding/nieuwe-editie.md", "Een nieuwe editie maken"))
    written = (SOURCE / "forms/evaluatie.toml.j2").read_text("utf-8")
    explained = {word for text in (*spans, written) for word in re.findall(r"\w+", text)}

    assert keys - explained == {"fictief"}  # for an example


def test_the_correction_that_the_handbook_writes_repairs_a_row(tmp_path):
    folder = delivered(tmp_path).raw(EXAMPLE)
    written = [block for page in HANDBOOK for block in blocks(page, "toml")]
    (block,) = [block for block in written if block.startswith("[[correctie]]")]
    (folder / edition.CORRECTIONS_FILE).write_text(block, encoding="utf-8")
    settings = load(folder)

    delivery = read_delivery(settings, "meldingen/losser.ods")
    _, applied = correct([delivery], settings)

    assert len(applied) == 1


def test_the_sentence_that_the_handbook_explains_is_on_the_page(workspace, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    explained = section("docs/handleiding/getal.md", "Waar komt dit getal vandaan?")
    quoted = re.findall(r"staat: \*(.+?)\*", explained)

    notebook = ROOT / "notebooks" / "gemeente.ipynb"
    parameters = {"gebied": "enschede", "editie": EXAMPLE, "doelgroep": "openbaar"}
    outputs = [o for cell in execute(notebook, parameters).cells for o in cell.get("outputs", [])]
    said = " ".join(text_of_html(o.get("data", {}).get("text/html", "")) for o in outputs)

    assert quoted
    assert all(sentence in said for sentence in quoted)


# --- code that a reader can copy -----------------------------------------------------------------

# Page → how many results it promises. README's questions run in test_explore, where a plan is made.
RUNNING = {"docs/handleiding/getal.md": 9, "docs/handleiding/verder-zoeken.md": 9}


def test_every_page_with_python_is_run():
    elsewhere = {"README.md", "docs/researchers.md"}  # that in test_glossary
    assert {path for path in IDS if blocks(path, "python")} == {*elsewhere, *RUNNING}


@pytest.mark.parametrize("path", RUNNING)
def test_what_a_page_computes_is_what_comes_out(path, workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    names: dict[str, object] = {}
    promised, found = [], []

    for line in "".join(blocks(path, "python")).splitlines():
        code, arrow, result = line.partition("  # → ")
        if arrow:
            promised.append(result)
            found.append(repr(eval(code, names)))
        else:
            exec(code, names)

    assert found == promised
    assert len(promised) == RUNNING[path]


@pytest.mark.parametrize("path", [path for path in IDS if blocks(path, "toml")])
def test_what_a_page_says_to_paste_is_toml(path):
    assert all(tomllib.loads(block) for block in blocks(path, "toml"))


def test_the_page_about_errors_is_what_the_messages_say():
    path = "docs/handleiding/fouten.md"

    assert text(path) == page(), f"`python -m tools.messages_page {path}` writes it again"


def test_the_handbook_quotes_what_is_said_when_all_is_well():
    sending = section("docs/handleiding/versturen.md", "Voordat u iets verstuurt")

    assert "alles akkoord" in sending
    assert "alles akkoord" in message("audited", files=1, signed=1)
