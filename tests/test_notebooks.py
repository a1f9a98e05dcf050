"""The report notebooks: texts that stay readable, a page of every edition, whatever it lacks."""

import html
import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from unittest.mock import patch

import nbformat
import pytest
from conftest import python
from jinja2 import Environment, nodes
from jinja2.parser import Parser
from nbformat import NotebookNode

from lacking_editions import LACKING, case, editions  # noqa: F401
from mma_analysis.audit.wording import CLAIMED, Wording
from mma_analysis.publish import page, plan
from mma_analysis.publish.page import PLOTLY, arranged
from mma_analysis.settings import EXAMPLE, NOTEBOOKS, ROOT_VARIABLE, Workspace, shipped
from mma_analysis.show import text
from released_tables import VOCABULARY, cells_of, is_text

REPORTS = tuple(plan.PARAMETERS)
MOST_LINES, MOST_BRANCHES, LEAST_TAKEN = 12, 5, 0.88
TEXTS = [
    pytest.param(cell.source, id=f"{name}-{number}")
    for name in REPORTS
    for number, cell in enumerate(cells_of(name))
    if is_text(cell)
]


@pytest.mark.parametrize("source", TEXTS)
def test_who_knows_markdown_dares_to_change_a_text(source):
    assert len(source.splitlines()[1:]) <= MOST_LINES
    assert len(re.findall(r"\{%-? *(?:if|elif) ", source)) <= MOST_BRANCHES


@cache
def wording() -> Wording:
    return Wording(Workspace.here().edition(EXAMPLE))


@pytest.mark.parametrize("source", TEXTS)
def test_a_text_compares_and_counts_with_values_only_as_the_audit_asks(source):
    _, text = re.sub(r"\{#.*?#\}", "", source).split("\n", 1)
    said = re.sub(r"\{\{.*?\}\}", CLAIMED, text)
    pieces = [*re.split(r"\{%.*?%\}|^1\. |\n", said, flags=re.M), *re.findall(r'"([^"\d]+)"', text)]

    found = [fault for piece in pieces for fault in wording().faults(piece.strip())]
    assert [word for kind, word in found if kind == "bare"] == []


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_stored_the_parameters_are_first_and_the_kernel_is_that_of_everybody(name):
    cells = cells_of(name)
    code = [cell for cell in cells if cell.cell_type == "code"]
    notebook = nbformat.read(shipped(NOTEBOOKS) / f"{name}.ipynb", as_version=4)
    plan.find(name, Workspace.here(), EXAMPLE)

    assert "parameters" in cells[0].metadata.tags
    assert [cell for cell in code if cell.outputs or cell.execution_count is not None] == []
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in cells}) == len(cells)
    first = [cell.source.splitlines()[0].split()[1:] for cell in cells if is_text(cell)]
    names = [words[-1] for words in first if words and words[-1] not in text.CELL_KINDS]
    assert len(set(names)) == len(names)  # so that a test can call one


# --- editions that lack something ----------------------------------------------------------------

WHO = [("twente", "openbaar"), ("borne", "openbaar"), ("borne", "intern")]
CASES = [(lack, *who) for lack in LACKING for who in WHO]
CASES += [("one gemeente and no survey, costs or campaigns", "wierden", "openbaar")]
SLUGS = [area.slug for area in VOCABULARY.areas]
PAGES = [(slug, "openbaar") for slug in SLUGS] + [(slug, "intern") for slug in SLUGS[:-1]]

# What no page may say: a value that is none, a noun in the wrong number, a sentence that is broken.
NEVER = re.compile(
    r"\b(nan|None|NaT|<NA>|inf|True|False)\b"
    r"|(?<![\d,.])1 (meldingen|gemeenten|maanden|dagen|bestanden|regels|stellingen)\b"
    r"|(?<![\d,.])(?:[2-9]|\d\d+) (melding|gemeente|dag|bestand|regel|stelling)\b"
    r"|\b(1|één|enige) \w*gemeenten? (zijn|hebben|willen|zeggen|gaven)\b"
    r"|\.\.|\. \.|,,| ,| \.(?!\d)|::|\bde geen\b|\ben geen van\b"
    r"|\b(er|een) een aantal\b|-\d+%"
    r"|\b(hoogstens|van|tot|ongeveer|waren er|er zijn|de) (niet te zeggen|te klein om|niet in het)"
)


def watching(branches: set[str], taken: set[str]) -> Callable[..., nodes.Template]:
    """How Jinja reads a text that says which branches it takes, also of an `if` without `else`."""

    def parse(self: Environment, source: str, *where: str | None) -> nodes.Template:
        tree = Parser(self, source, *where).parse()
        if not source.startswith("\n"):  # as a cell does, below its %%tekst
            return tree
        self.globals["taken"] = taken.add
        no_else = [id(one) for node in tree.find_all(nodes.If) for one in node.elif_]
        no_else += map(id, tree.find_all(nodes.For))
        for number, node in enumerate(tree.find_all((nodes.If, nodes.For))):
            line = f"{source.splitlines()[node.lineno - 1]} {number} {hash(source)}"
            for body in (node.body,) if id(node) in no_else else (node.body, node.else_):
                branch = nodes.Const(f"{line} {body is node.body}")
                call = nodes.Call(nodes.Name("taken", "load"), [branch], [], None, None)
                body.insert(0, nodes.ExprStmt(call, lineno=node.lineno))
                branches.add(branch.value)
        return tree

    return parse


# --- what the pages say --------------------------------------------------------------------------

APART = re.compile(r"</?(?:p|li|ul|h\d|t[dhr]|div|figure|figcaption|summary|blockquote)\b[^>]*>")


def said(shown: NotebookNode) -> Iterator[str]:
    """Every text of an executed notebook that somebody reads or hears, HTML left out."""
    for cell in shown.cells:
        for output in cell.get("outputs", []):
            told = output.metadata["mma"]
            if told.get("part") in ("top", "bottom"):  # not on the page, or in another place
                continue
            around = ("title", "unit", "note", "source", "alt", "table")
            is_figure = PLOTLY in output.data
            markup = [told[what] for what in around] if is_figure else [output.data["text/html"]]
            for line in APART.sub("\n", "\n".join(markup)).splitlines():
                yield " ".join(html.unescape(re.sub(r"<[^>]+>", "", line)).split())


BRANCHES: set[str] = set()
TAKEN: set[str] = set()


@pytest.fixture(scope="module")
def shown(editions, workspace) -> Callable[[str, str, str], NotebookNode]:  # noqa: F811
    """The executed notebook of a page of an edition that lacks this, or of the example."""
    watched = patch.object(Environment, "_parse", watching(BRANCHES, TAKEN))

    @cache
    def run(lack: str, slug: str, audience: str) -> NotebookNode:
        area, slug = VOCABULARY.area(slug), "proef" if lack else EXAMPLE
        root = (editions(*LACKING[lack]) if lack else workspace).root
        given = plan.parameters(area, slug, audience)
        with patch.dict(os.environ, {ROOT_VARIABLE: str(root)}), watched:
            ran = page.execute(shipped(NOTEBOOKS) / f"{area.level}.ipynb", given)
        page.remarks(ran)
        return ran

    return run


@pytest.mark.parametrize(("lack", "area", "audience"), [case(*one) for one in CASES])
def test_what_an_edition_lacks_never_fails_and_never_breaks_a_sentence(shown, lack, area, audience):
    ran = shown(lack, area, audience)

    assert [line for line in said(ran) if NEVER.search(line)] == []
    assert "<h1>" in arranged(ran).kop


@pytest.mark.parametrize(("area", "audience"), PAGES)
def test_every_page_of_the_example_reads_well(shown, area, audience):
    ran = shown("", area, audience)

    assert [line for line in said(ran) if NEVER.search(line)] == []
    assert page.remarks(ran) == []


@pytest.mark.slow
def test_nearly_every_branch_of_every_text_is_taken_by_some_page(shown):
    for one in [*CASES, *(("", *area) for area in PAGES)]:
        shown(*one)

    never = BRANCHES - TAKEN
    assert len(never) <= (1 - LEAST_TAKEN) * len(BRANCHES), "\n".join(sorted(never))


# --- every way to run them -----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("name", "slug"), [("district", "twente"), ("gemeente", "enschede")])
def test_plain_papermill_with_a_kernel_shows_what_our_engine_shows(
    shown, workspace, tmp_path, monkeypatch, name, slug
):
    to = tmp_path / "uit.ipynb"
    given = plan.parameters(VOCABULARY.area(slug), EXAMPLE, "openbaar").items()
    options = [word for pair in given for word in ("-p", *pair)]
    notebook = f"{shipped(NOTEBOOKS) / name}.ipynb"
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    python("-m", "papermill", *options, notebook, to, check=True)

    theirs = [cell.outputs for cell in nbformat.read(to, 4).cells if cell.cell_type == "code"]
    ours = [cell.outputs for cell in shown("", slug, "openbaar").cells if cell.cell_type == "code"]
    assert sum(map(len, ours)) > 10
    assert theirs[-len(ours) :] == ours


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(shipped(NOTEBOOKS).glob("*.ipynb")), ids=lambda p: p.name)
def test_every_cell_runs_as_nbval_sees_it(workspace, monkeypatch, path):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    options = ("-q", "-n", "0", "--nbval-lax", "--nbval-current-env")
    ended = python("-m", "pytest", *options, path, cwd=shipped(NOTEBOOKS).parent)

    assert ended.returncode == 0, ended.stdout + ended.stderr
