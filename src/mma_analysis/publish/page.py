"""One notebook + one area → one page: run by papermill, written by nbconvert with our template."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import count
from pathlib import Path
from typing import Any

import papermill
from jinja2.utils import htmlsafe_json_dumps
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.plan import HOW, Notebook, Page, parameters
from mma_analysis.publish.templates import written
from mma_analysis.settings import Edition
from mma_analysis.show.figure import PLOTLY, slug
from mma_analysis.show.origin import SHEETS, further_off, origin, tables_in
from mma_analysis.show.reading import explained, refuse_more_words
from mma_analysis.vocabulary import DataError

HTML, MARKDOWN = "text/html", "text/markdown"
TABLE_NUMBER = re.compile(r'(<span [^>]*data-nr="Tabel"[^>]*>)(?=</span>)')
ORIGINS = '<script type="application/json" id="herkomst">'
CELL = re.compile(r'data-cell="([^"]+)"')
# How many words a page of each kind may have; of a gemeente its card, what is before a section.
MOST_WORDS = {"district": 2_600, "gemeente": 500, "hoe-wij-telden": 900}
INJECTED = "injected-parameters"  # the cell that papermill puts in, and JupyterLab does not have
BRACES = str.maketrans({"{": "{{", "}": "}}"})
SECTION = "<section id="

# What goes wrong in a notebook is in the error that we raise, once.
logging.getLogger("papermill").addHandler(logging.NullHandler())


def make_page(
    page: Page, edition: Edition, processed: Path, notebook: Notebook, executed: Path
) -> tuple[str, list[str]]:
    """Run the notebook of a page and write it as one HTML file; give that, and `remarks` on it.

    A cell that fails or writes, a figure without a description and a page that is too long are
    errors. `executed` is where the executed notebook is kept, also when a cell of it failed.
    """
    executed.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    given = parameters(page.area, edition.slug, page.audience)
    ran = execute(notebook.path, given, executed)
    said = remarks(ran)
    e = Evaluation(page.area, edition, page.audience, processed)
    html = to_html(ran, page, e, notebook.sentence)
    refuse_length(html, page)
    return html, said


def execute(
    notebook: Path, parameters: dict[str, str], executed: Path | None = None
) -> NotebookNode:
    """Run a notebook top to bottom, in this process."""
    try:
        quiet = {"progress_bar": False, "log_output": False, "request_save_on_cell_execute": False}
        how = {"engine_name": "mma", "kernel_name": "python3", **quiet}
        # papermill takes a brace in a path for a parameter
        source, target = (path and str(path).translate(BRACES) for path in (notebook, executed))
        return papermill.execute_notebook(source, target, parameters, **how)
    except PapermillExecutionError as error:
        said = f"{error.ename}: {error.evalue}"
        fault = {"cell": (error.exec_count or 1) - bool(parameters), "fault": said}
        raise DataError.of("cell_failed", notebook=notebook.name, **fault) from error


def remarks(executed: NotebookNode) -> list[str]:
    """Say what is shown without a title or the like: no reason to refuse the page.

    `DataError`: when it holds what a reader must not get, or lacks what he must.
    """
    found, given = [], sum(INJECTED in cell.metadata.get("tags", []) for cell in executed.cells)
    for place, cell in enumerate(executed.cells, start=1):
        number = (cell.get("execution_count") or place) - given  # as JupyterLab has it
        for output in cell.get("outputs", []):
            data, texts = output.get("data", {}), about(output)
            if output.output_type == "stream":
                raise DataError.of("cell_writes", cell=number, stream=output.name)
            if PLOTLY in data and not texts.get("alt"):
                raise DataError.of("cell_figure", cell=number)
            if data and not {PLOTLY, HTML, MARKDOWN} & {*data}:
                raise DataError.of("cell_form", cell=number, kinds=", ".join(sorted(data)))
            found += [f"cel {number}: {texts['remark']}"] if texts.get("remark") else []
    return found


def to_html(executed: NotebookNode, page: Page, e: Evaluation, changed: str = "") -> str:
    """Write an executed notebook as a page, in which every number says where it comes from.

    `changed`: what of the notebook is not the package's.
    """
    body, _ = PageExporter(default_preprocessors=[]).from_notebook_node(executed)

    def with_sheets(found: re.Match[str]) -> str:
        expression = unescape(found[1])
        body.ids.add(expression)
        said = [SHEETS.get(table, table) for table in tables_in(expression)]
        bound = further_off(e, expression)
        if bound:
            said.append(f"hoogstens {bound} ernaast")
        return f'{found[0]} data-tab="{escape(", ".join(said))}"'

    names = {"page": page, "body": body, "changed": changed}
    html = CELL.sub(with_sheets, written("page.html", e=e, edition=e.edition, **names))
    origins = {one: origin(e, one) for one in sorted(body.ids)}
    in_words = htmlsafe_json_dumps(origins, ensure_ascii=False)
    html = html.replace(ORIGINS, f"{ORIGINS}{in_words}", 1)
    return html if page.kind == HOW else explained(html, e.vocabulary.reference("terms"))


def refuse_length(html: str, page: Page) -> None:
    """Raise when a page, or the card of a gemeente, has more words than one of its kind may."""
    counted = html.partition(SECTION)[0] if page.kind == "gemeente" else html
    refuse_more_words(counted, MOST_WORDS[page.kind], page.path)


# --- what stands where ---------------------------------------------------------------------------


@dataclass
class Section:
    """A heading as HTML, what is below it, and whether its code shows anything, if it has any."""

    id: str = ""
    title: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    shows: bool | None = None


@dataclass
class Body:
    """What a page holds; what comes before the first section has no title. `ids`: as drawn."""

    kop: str = ""
    kern: str = ""
    sections: list[Section] = field(default_factory=lambda: [Section()])
    ids: set[str] = field(default_factory=set)


class PageExporter(Exporter):
    """nbconvert's way from a notebook to what a page holds."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **words: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Arrange a notebook."""
        notebook, resources = super().from_notebook_node(nb, resources, **words)
        return arranged(notebook), resources


def arranged(executed: NotebookNode) -> Body:
    """Leave out the sections that say nothing, and number what has a title, in its order."""
    body, figures, tables = Body(), count(1), count(1)
    for cell in executed.cells:
        if cell.cell_type == "markdown":
            heading = re.match(r"## (.+)\n*", cell.source)
            if heading:
                body.sections.append(Section(slug(heading[1]), escape(heading[1])))
            if text := cell.source[heading.end() if heading else 0 :].strip("\n"):
                body.sections[-1].blocks.append({"markdown": text})
        elif cell.cell_type == "code":
            begun = [about(one) for one in cell.outputs if about(one).get("kind") == "sectie"]
            body.sections += [Section(one["name"], one["title"]) for one in begun]
            section, shown = body.sections[-1], list(_shown(body, cell.outputs))
            section.blocks += shown
            if shown or not begun:
                section.shows = bool(shown or section.shows)
    body.sections = [one for one in body.sections if one.blocks and one.shows is not False]
    for block in [block for section in body.sections for block in section.blocks]:
        if "figure" in block:
            block["number"] = next(figures)
        elif "html" in block:
            number = f"Tabel {next(tables)} " if TABLE_NUMBER.search(block["html"]) else ""
            block["html"] = TABLE_NUMBER.sub(rf"\g<0>{number}", block["html"])
    return body


def about(output: NotebookNode) -> dict[str, Any]:
    """What the notebook says of an output: its kind, and the texts around a figure."""
    return output.get("metadata", {}).get("mma", {})


def _shown(body: Body, outputs: Sequence[NotebookNode]) -> Iterator[dict[str, Any]]:
    """Blocks, of which the template has a form for each set of keys."""
    for output in outputs:
        kind, part, data = about(output).get("kind"), about(output).get("part"), output.data
        if kind in ("kop", "kern"):
            setattr(body, kind, getattr(body, kind) + data[HTML])
        elif PLOTLY in data:
            # Without what JupyterLab is told about a figure: the page has buttons of its own.
            drawn = {name: data[PLOTLY][name] for name in ("data", "layout")}
            for ids in (ids for one in drawn["data"] for ids in one.get("customdata") or ()):
                body.ids |= {ids} if isinstance(ids, str) else {*ids}
            text = htmlsafe_json_dumps(drawn, separators=(",", ":"), sort_keys=True)
            yield {"figure": about(output), "drawing": text, "height": drawn["layout"]["height"]}
        elif HTML in data and kind != "sectie" and part not in ("top", "bottom"):
            yield {"html": data[HTML]}
        elif HTML not in data:
            yield {"markdown": data[MARKDOWN]}
