"""`jupyter nbconvert --to mma`: the page of one report notebook that was run."""

import ast
from collections.abc import Iterator
from typing import Any

import nbformat
from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.page import INJECTED, refuse_length, remarks, to_html
from mma_analysis.publish.plan import HOW, PARAMETERS, Page, find, pages
from mma_analysis.settings import AUDIENCES, Edition, Workspace
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.notebooks import PARAMETERS_TAG

WITH_PARAMETERS = {
    PARAMETERS_TAG,
    INJECTED,
}  # tags of cells that say of which area a notebook is


class MmaExporter(Exporter):
    """nbconvert's way from a report notebook to its page, as `mma report` writes it.

    nbconvert finds it by its entry point, `mma`. The page is not audited.
    """

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = "MMA"  # in JupyterLab's menu of what it can be saved as

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **words: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Write the page, and log what `mma report` would remark."""
        notebook, resources = super().from_notebook_node(nb, resources, **words)
        about = resources["metadata"]
        for remark in remarks(notebook):
            self.log.warning(remark)
        workspace = Workspace.here()
        html = page_of(notebook, about["name"], workspace)
        return html, resources


def page_of(executed: NotebookNode, name: str, workspace: Workspace) -> str:
    """The page of a notebook with this name that was run on an edition of a workspace.

    `DataError`: it was not run, says not of which area it is, or has no such page.
    """
    has_run = any(cell.get("outputs") for cell in executed.cells)
    if not has_run:
        raise DataError.of("notebook_not_run", name=name)
    given = _parameters(executed)
    edition = workspace.edition(given["editie"])
    page = _page(edition, name, given)
    processed = workspace.processed(edition.slug)
    e = Evaluation(page.area, edition, page.audience, processed)
    changed = _changed(executed, page, workspace, edition)
    html = to_html(executed, page, e, changed)
    refuse_length(html, page)
    return html


def _parameters(executed: NotebookNode) -> dict[str, str]:
    """What the notebook was run with; what papermill put in comes last and counts."""
    given: dict[str, str] = {}
    for cell in executed.cells:
        if _has_parameters(cell):
            declared = _declared(cell.source)
            given.update(declared)
    missing = set(PARAMETERS["district"]) - given.keys()
    if missing:
        names = ", ".join(sorted(missing))
        raise DataError.of("notebook_without", tag=PARAMETERS_TAG, names=names)
    return given


def _has_parameters(cell: NotebookNode) -> bool:
    tags = cell.metadata.get("tags", [])
    return not WITH_PARAMETERS.isdisjoint(tags)


def _declared(source: str) -> Iterator[tuple[str, str]]:
    """Every name that a cell gives a text, with that text."""
    for statement in ast.parse(source).body:
        if not isinstance(statement, ast.Assign):
            continue
        value = statement.value
        if not isinstance(value, ast.Constant):
            continue
        written = value.value
        if not isinstance(written, str):
            continue
        for target in statement.targets:
            if isinstance(target, ast.Name):
                yield target.id, written


def _page(edition: Edition, name: str, given: dict[str, str]) -> Page:
    """The page that a notebook makes: of its area and audience."""
    vocabulary = edition.vocabulary
    area = vocabulary.area(given["gebied"])
    audience = given.get("doelgroep", AUDIENCES[0])
    kind = HOW if name == HOW else area.level
    planned = pages(vocabulary, [area.slug], audience)
    for page in planned:
        if page.kind == kind:
            return page
    raise DataError.of("notebook_no_page", area=area.name, audience=audience)


def _changed(
    executed: NotebookNode,
    page: Page,
    workspace: Workspace,
    edition: Edition,
) -> str:
    """What of the notebook is not the package's, as its page says it."""
    notebook = find(page.kind, workspace, edition.slug)
    usual = nbformat.read(notebook.path, as_version=4)
    is_same = _sources(usual) == _sources(executed)
    return notebook.sentence if is_same else message("notebook_other")


def _sources(notebook: NotebookNode) -> list[str]:
    """What stands in the cells, but for what a notebook is run with."""
    sources = []
    for cell in notebook.cells:
        if not _has_parameters(cell):
            sources.append(cell.source.strip())
    return sources
