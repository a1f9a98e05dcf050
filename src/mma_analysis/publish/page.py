"""One notebook + one area → one page: run by papermill, written by nbconvert with our template."""

import logging
import re
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jinja2.utils import htmlsafe_json_dumps
from nbconvert import HTMLExporter, TemplateExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError
from traitlets import List

from mma_analysis.publish import notebooks
from mma_analysis.publish.plan import Page
from mma_analysis.publish.plotly_bundle import plotly_js
from mma_analysis.publish.templates import asset
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import DataError

PLOTLY = "application/vnd.plotly.v1+json"
ENGINE = "mma"

# What goes wrong in a notebook is in the error that we raise, once.
logging.getLogger("papermill").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Section:
    """One heading of the page."""

    id: str
    title: str


def make_page(page: Page, edition: Edition, executed: Path | None = None) -> str:
    """Run the notebook of a page and write it as one HTML file.

    A cell that fails or writes to stderr, a figure without a description and a warning of nbconvert
    are errors: such a page looks whole and is not. `executed` is where the executed notebook is
    kept, also when a cell of it failed.
    """
    notebook = notebooks.path_for(page.area)
    parameters = notebooks.parameters(page.area, edition.slug, page.audience)
    notebooks.check_parameters(notebook, parameters)
    if executed is not None:
        executed.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ran = execute(notebook, parameters, executed)
    refuse_faults(ran)
    return to_html(ran, page, edition)


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
    for number, cell in enumerate(executed.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                raise DataError(f"cell {number} writes to {output.name}: a page shows blocks only")
            data = output.get("data", {})
            if PLOTLY in data and not output.metadata.get("alt"):
                raise DataError(f"cell {number} shows a figure without a description")
            if data and PLOTLY not in data and "text/html" not in data:
                raise DataError(f"cell {number} shows {sorted(data)}: the page has no form for it")


def to_html(executed: NotebookNode, page: Page, edition: Edition) -> str:
    """Write an executed notebook as a page."""
    marked, sections = mark_sections(executed)
    content = {
        "title": f"{edition.evaluatie.titel} · {page.area.name}",
        "is_fictitious": edition.evaluatie.fictief,
        "sections": sections,
        "home": page.home,
        "footer": f"{edition.evaluatie.titel} · {page.area.name} · uitgave {page.audience}",
        "css": asset("page.css"),
        "script": asset("page.js"),
        "plotly": plotly_js(),
    }
    return _exported(marked, content)


def _exported(marked: NotebookNode, content: dict[str, Any]) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        html, _ = _exporter().from_notebook_node(marked, resources={"page": content})
    return html


def mark_sections(executed: NotebookNode) -> tuple[NotebookNode, Sequence[Section]]:
    """Give each cell the id of the section it is in, and take the section's heading out of it."""
    sections: list[Section] = []
    cells = []
    for cell in executed.cells:
        source = cell.source
        heading = re.match(r"## (.+)\n*", source) if cell.cell_type == "markdown" else None
        if heading:
            sections.append(Section(_id(heading[1]), heading[1]))
            source = source[heading.end() :]
        metadata = {"section": sections[-1].id} if sections else {}
        changed = {"source": source, "metadata": NotebookNode(metadata)}
        if cell.cell_type == "code":
            changed["outputs"] = [_written(output) for output in cell.outputs]
        cells.append(NotebookNode(dict(cell) | changed))
    return NotebookNode(dict(executed) | {"cells": cells}), sections


def _written(output: NotebookNode) -> NotebookNode:
    """The same output, its figure as the text that the page holds: quicker to copy than a tree.

    Without what JupyterLab is told about it: the page has buttons for no figure.
    """
    figure = output.get("data", {}).get(PLOTLY)
    if figure is None:
        return output
    drawn = {name: figure[name] for name in ("data", "layout") if name in figure}
    text = htmlsafe_json_dumps(drawn, separators=(",", ":"), sort_keys=True)
    metadata = dict(output.metadata) | {"height": figure.get("layout", {}).get("height")}
    changed = {"data": NotebookNode({PLOTLY: str(text)}), "metadata": NotebookNode(metadata)}
    return NotebookNode(dict(output) | changed)


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
    marked, sections = mark_sections(ran)
    _exported(marked, {"css": asset("page.css"), "script": asset("page.js"), "sections": sections})


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


def _id(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
