"""One notebook + one area → one page: run by papermill, written by nbconvert with our template."""

import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from html import escape, unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from nbconvert import HTMLExporter, TemplateExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError
from traitlets import List

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish import notebooks
from mma_analysis.publish.body import HTML, MARKDOWN, PLOTLY, Body, arranged, told
from mma_analysis.publish.house_style import house_style
from mma_analysis.publish.plan import Page
from mma_analysis.publish.plotly_bundle import plotly_js
from mma_analysis.publish.templates import asset, corrected_on
from mma_analysis.publish.words import explained
from mma_analysis.settings import Edition
from mma_analysis.show.origin import origin
from mma_analysis.show.text import vast
from mma_analysis.vocabulary import DataError, numbers
from mma_analysis.vocabulary.reference import INDICATORS

ENGINE = "mma"
# How many words a page of each kind may have; of a gemeente its card, what is before a section.
MOST_WORDS = {"district": 2_600, "gemeente": 500, "hoe-wij-telden": 900}
SECTION = "<section id="

# What goes wrong in a notebook is in the error that we raise, once.
logging.getLogger("papermill").addHandler(logging.NullHandler())

Origin = Callable[[str], str]


@dataclass(frozen=True)
class Made:
    """A finished page, and what its author may want to add to it."""

    html: str
    remarks: Sequence[str]


def make_page(
    page: Page,
    edition: Edition,
    processed: Path,
    notebook: notebooks.Notebook,
    executed: Path | None = None,
) -> Made:
    """Run the notebook of a page and write it as one HTML file.

    A cell that fails or writes to stderr, a figure without a description, a warning of nbconvert
    and a page that is too long are errors: such a page looks whole and is not. `executed` is where
    the executed notebook is kept, also when a cell of it failed.
    """
    parameters = notebooks.parameters(page.area, edition.slug, page.audience)
    if executed is not None:
        executed.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ran = execute(notebook.path, parameters, executed)
    refuse_faults(ran)
    e = Evaluation(page.area, edition, page.audience, processed)
    html = to_html(ran, page, edition, partial(origin, e), _colophon(e, notebook))
    refuse_length(html, page)
    return Made(html, remarks(ran))


def _colophon(e: Evaluation, notebook: notebooks.Notebook) -> list[object]:
    """What the page was made from, so that it can be made again."""
    version, edition = e.manifest["version"], e.manifest["edition"]
    made = Markup(
        "Gemaakt met mma-analysis {} uit de editie {}. Kenmerk van de openbare cijfers: {}."
    ).format(
        vast(version, "versie van mma-analysis"),
        vast(edition, "naam van de editie"),
        vast(e.manifest["figures"][:12], "waaraan een uitgave te herkennen is"),
    )
    changed = notebook.sentence
    return [made, *([vast(f"{changed}.", "wat aan het notebook is veranderd")] if changed else [])]


def execute(
    notebook: Path, parameters: dict[str, str], executed: Path | None = None
) -> NotebookNode:
    """Run a notebook top to bottom, in this process."""
    try:
        return papermill.execute_notebook(
            str(notebook),
            executed,
            parameters=parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
        )
    except PapermillExecutionError as error:
        raise DataError(
            f"{notebook.name}, cell {error.exec_count}: {error.ename}: {error.evalue}"
        ) from error


def refuse_faults(executed: NotebookNode) -> None:
    """Raise when an executed notebook holds what a reader must not get, or lacks what he must."""
    for number, output in _outputs(executed):
        if output.output_type == "stream":
            raise DataError(f"cell {number} writes to {output.name}: a page shows blocks only")
        data = output.get("data", {})
        if PLOTLY in data and not told(output).get("alt"):
            raise DataError(f"cell {number} shows a figure without a description")
        if data and not {PLOTLY, HTML, MARKDOWN} & {*data}:
            raise DataError(f"cell {number} shows {sorted(data)}: the page has no form for it")


def remarks(executed: NotebookNode) -> list[str]:
    """Say what is shown without a title or the like: no reason to refuse the page."""
    found = ((number, told(output).get("remark")) for number, output in _outputs(executed))
    return [f"cell {number}: {remark}" for number, remark in found if remark]


def _outputs(executed: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    for number, cell in enumerate(executed.cells, start=1):
        for output in cell.get("outputs", []):
            yield number, output


def to_html(
    executed: NotebookNode,
    page: Page,
    edition: Edition,
    origin: Origin = str,
    colophon: Sequence[object] = (),
) -> str:
    """Write an executed notebook as a page."""
    evaluatie, sent = edition.evaluatie, edition.opsteller.datum
    running = [evaluatie.titel, page.area.name, page.audience]
    running += ["fictieve voorbeelddata"] if evaluatie.fictief else []
    content = {
        "page": page,
        "edition": edition,
        "house": house_style(edition),
        "month": numbers.month,
        "running": _in_css(" · ".join(running)),
        "sent": numbers.day(sent) if sent else "",
        "corrected": corrected_on(edition),
        "colophon": colophon,
    }
    html = _exported(arranged(executed), content, origin)
    return html if page.about else explained(html, edition.vocabulary.reference("terms"))


def _in_css(text: str) -> str:
    """A text between quotes in a style sheet."""
    return re.sub(r"[^\w ·,.]", lambda sign: f"\\{ord(sign[0]):x} ", text)


def _exported(body: Body, content: dict[str, Any], origin: Origin) -> str:
    scripts = {"fold": asset("fold.js"), "script": asset("page.js"), "plotly": plotly_js()}
    resources = {**content, **scripts, "css": asset("page.css"), "body": body}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        html, _ = _exporter().from_notebook_node(new_notebook(), resources={"mma": resources})
    return _with_origins(html, body.ids, origin)


# --- where numbers come from ---------------------------------------------------------------------

ORIGINS = '<script type="application/json" id="herkomst">'
CELL = re.compile(r'data-cell="([^"]+)"')
TABLE = re.compile(r"(?:^|[ (])([a-z]\w*)(?=[|#;)])")
SHEETS = {row["table"]: row["sheet"] for row in INDICATORS if row["sheet"]}


def _with_origins(html: str, drawn: set[str], origin: Origin) -> str:
    """Add to every number the sheets it is in, and to the page in words where each comes from."""
    ids = {*drawn}

    def named(found: re.Match[str]) -> str:
        expression = unescape(found[1])
        ids.add(expression)
        return f'{found[0]} data-tab="{escape(_sheets(expression))}"'

    html = CELL.sub(named, html)
    told_of = htmlsafe_json_dumps({one: origin(one) for one in sorted(ids)}, ensure_ascii=False)
    return html.replace(ORIGINS, f"{ORIGINS}{told_of}", 1)


@cache
def _sheets(expression: str) -> str:
    tables = dict.fromkeys(TABLE.findall(expression))
    return ", ".join(SHEETS.get(table) or table for table in tables)


# --- how long a page is --------------------------------------------------------------------------

DRAWING = re.compile(r'<script type="application/json" class="drawing">(.*?)</script>', re.DOTALL)
UNSEEN = re.compile(
    r"<(script|style|head|noscript)\b.*?</\1>|<p popover.*?</p>"
    r'|<[^>]* class="(?:spoken|skip)".*?</[a-z]+>'
    r"|(?<=</summary>).*?(?=</details>)",
    re.DOTALL,
)
WITHIN_A_WORD = re.compile(r"</?(?:a|b|strong|em|i|data|span|sub|sup|button)\b[^>]*>")
DRAWN_KEYS = {"text", "ticktext", "name"}


def count_words(html: str) -> int:
    """Count what a reader sees: all text, also in tables and figures; not what is folded."""
    drawn = [text for one in DRAWING.findall(html) for text in _drawn_texts(json.loads(one))]
    seen = WITHIN_A_WORD.sub("", UNSEEN.sub(" ", html))
    return len(re.sub(r"<[^>]*>", " ", " ".join([seen, *drawn])).split())


def refuse_length(html: str, page: Page) -> None:
    """Raise when a page, or its card, has more words than one of its kind may have."""
    kind, what = page.kind, "page"
    if kind == "gemeente":
        html, what = html.partition(SECTION)[0], "card"
    if (found := count_words(html)) > (most := MOST_WORDS[kind]):
        raise DataError(
            f"the {what} has {found} words, {found - most} more than the {most} that a {what} of "
            f"‘{kind}’ may have: say less, or show less"
        )


def _drawn_texts(node: Any, key: str = "") -> Iterator[str]:
    """The texts of a figure: what stands beside its marks and axes; a name of a row once."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _drawn_texts(value, name)
    elif isinstance(node, list):
        rows = dict.fromkeys(node) if key in ("x", "y") else node
        for value in rows:
            yield from _drawn_texts(value, key)
    elif isinstance(node, str) and (key in DRAWN_KEYS or key in ("x", "y") and node[:1].isalpha()):
        yield node


# --- nbconvert -----------------------------------------------------------------------------------


class _PageExporter(HTMLExporter):
    """nbconvert's writer of HTML, without what it does before and after that.

    Before, it would look for what our notebooks do not have (tags, streams, magics), and validate
    the whole notebook after each of eleven looks. After, it would parse the whole page, plotly.js
    with it, to give images a text and code a place among the stops of the tab key: our pages have
    neither.
    """

    default_preprocessors: Any = List([])

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        return TemplateExporter.from_notebook_node(self, nb, resources, **kwargs)


def rehearse(text: str, source: str, path: Path) -> None:
    """Run a text and a cell as a notebook, keep it at `path`, and write it as a page."""
    notebook = new_notebook(cells=[new_markdown_cell(text), new_code_cell(source)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(notebook, path)
    papermill.inspect_notebook(str(path))
    ran = execute(path, {}, path.with_stem("executed"))
    refuse_faults(ran)
    _exported(arranged(ran), {}, str)


@cache
def _exporter() -> HTMLExporter:
    folder = str(files("mma_analysis.publish").joinpath("template"))
    return _PageExporter(
        template_name="mma",
        extra_template_basedirs=[folder],
        language_code="nl",
        exclude_input=True,
        exclude_anchor_links=True,
    )
