"""One notebook + one area → one page: run by papermill, written with our template."""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import chain, count
from pathlib import Path
from typing import Any

import papermill
from jinja2.utils import htmlsafe_json_dumps
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.plan import HOW, Page, PlannedNotebook, parameters
from mma_analysis.publish.templates import written
from mma_analysis.settings import Edition
from mma_analysis.show import svg
from mma_analysis.show.figure import PLOTLY
from mma_analysis.show.origin import SHEETS, TYPED, further_off, origin, tables_in
from mma_analysis.show.readability import explained, refuse_more_words
from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.glance import GLANCE
from mma_analysis.vocabulary.text import slug

HTML = "text/html"
MARKDOWN = "text/markdown"
SHOWN_FORMS = {PLOTLY, HTML, MARKDOWN}  # in which a cell may show something
TABLE_NUMBER = re.compile(r'(<span [^>]*data-nr="Tabel"[^>]*>)(?=</span>)')
ORIGINS_SCRIPT = '<script type="application/json" id="herkomst">'
CELL_IN_DRAWING = re.compile(r'(?P<mark><g )?data-cell="(?P<cell>[^"]+)"')
ROW_HEAD = re.compile(r'(?<=<th scope="row">)([^<]+)(?=</th>)')
CARD_LINK_FORM = '<a class="kaart" data-kaart="{0}" href="{0}.html">{1}</a>'
# How many words a page of each kind may have; of a gemeente its card, before any section.
MOST_WORDS = {"district": 2_700, "gemeente": 530, "hoe-wij-telden": 920}
INJECTED = "injected-parameters"  # a cell of papermill's, that JupyterLab does not have
# What an error says of its cell itself: it counts the one that papermill put in.
OTHER_NUMBER = re.compile(r"^cel \[\d+\], ")
DOUBLED_BRACES = str.maketrans({"{": "{{", "}": "}}"})
SECTION_BEGINS = "<section id="
MARKDOWN_HEADING = re.compile(r"## (.+)\n*")
STOPPED = (
    "SystemExit"  # of `sys.exit()` and `exit()`; without a code it is no error to papermill
)
AROUND_FIGURE = (
    "top",
    "bottom",
)  # of a figure: a page has its own form of what stands there

# What goes wrong in a notebook is in the error that we raise, once.
logging.getLogger("papermill").addHandler(logging.NullHandler())


def make_page(
    page: Page,
    edition: Edition,
    processed: Path,
    notebook: PlannedNotebook,
    executed: Path,
) -> tuple[str, list[str]]:
    """Run the notebook of a page, write it as one HTML file; give that, with `remarks`.

    A cell that fails or writes, a figure without a description and a page that is too long
    are errors. `executed` is where the executed notebook is kept, also when a cell of it
    failed.
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
    notebook: Path,
    parameters: dict[str, str],
    executed: Path | None = None,
) -> NotebookNode:
    """Run a notebook top to bottom, in this process."""
    source = _without_places(notebook)
    target = None if executed is None else _without_places(executed)
    try:
        return papermill.execute_notebook(
            source,
            target,
            parameters,
            engine_name="mma",
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
        )
    except PapermillExecutionError as error:
        if error.ename == "KeyboardInterrupt":  # of who stops us, and not of the notebook
            raise KeyboardInterrupt from error
        if error.ename.endswith("MemoryError"):  # numpy and pyarrow have one of their own
            raise MemoryError from error
        injected = 1 if parameters else 0
        number = (error.exec_count or 1) - injected
        if error.ename == STOPPED:
            raise DataError.of("cell_ends", cell=number) from error
        raise DataError.of(
            "cell_failed",
            notebook=notebook.name,
            cell=number,
            fault=f"{error.ename}: {OTHER_NUMBER.sub('', error.evalue)}",
        ) from error


def _without_places(path: Path) -> str:
    """A path as papermill reads it: it takes a brace for a parameter to fill in."""
    return str(path).translate(DOUBLED_BRACES)


def remarks(executed: NotebookNode) -> list[str]:
    """Say what is shown without a title or the like: no reason to refuse the page.

    `DataError`: when it holds what a reader must not get, or lacks what a reader needs.
    """
    injected = sum(INJECTED in cell.metadata.get("tags", []) for cell in executed.cells)
    found = []
    for place, cell in enumerate(executed.cells, start=1):
        number = (cell.get("execution_count") or place) - injected  # as JupyterLab has it
        for output in cell.get("outputs", []):
            _refuse_output(output, number)
            remark = about(output).get("remark")
            if remark:
                found.append(f"cel {number}: {remark}")
    return found


def _refuse_output(output: NotebookNode, number: int) -> None:
    """Raise for what a cell may not show on a page."""
    if output.output_type == "error" and output.ename == STOPPED:
        raise DataError.of("cell_ends", cell=number)
    if output.output_type == "stream":
        raise DataError.of("cell_writes", cell=number, stream=output.name)
    data = output.get("data", {})
    is_figure = PLOTLY in data
    has_title = bool(about(output).get("title"))
    if is_figure and not has_title:
        raise DataError.of("cell_figure", cell=number)
    if f'class="{GLANCE}"' in data.get(HTML, ""):
        raise DataError.of("cell_glance", cell=number)
    is_known = not SHOWN_FORMS.isdisjoint(data)
    if data and not is_known:
        kinds = ", ".join(sorted(data))
        raise DataError.of("cell_form", cell=number, kinds=kinds)


def to_html(
    executed: NotebookNode,
    page: Page,
    e: Evaluation,
    changed: str = "",
    is_concept: bool = False,
) -> str:
    """Write an executed notebook as a page; every number in it says where it comes from.

    `changed`: what of the notebook is not the package's. `is_concept`: it says that nobody
    looked it through.
    """
    exporter = PageExporter(default_preprocessors=[])
    body, _ = exporter.from_notebook_node(executed)
    html = written(
        "page.html",
        e=e,
        edition=e.edition,
        page=page,
        body=body,
        changed=changed,
        is_concept=is_concept,
    )

    ids: set[str] = set()

    def with_sheets(found: re.Match[str]) -> str:
        expression = unescape(found["cell"])
        ids.add(expression)
        # A mark has no words in which a tab could stand; what the author typed has no tab.
        if found["mark"] or expression.startswith(TYPED):
            return found[0]
        said = [SHEETS.get(table, table) for table in tables_in(expression)]
        bound = further_off(e, expression)
        if bound:
            said.append(f"hoogstens {bound} ernaast")
        sheets = escape(", ".join(said))
        return f'{found[0]} data-tab="{sheets}"'

    html = CELL_IN_DRAWING.sub(with_sheets, html)
    if page.audience == "openbaar":
        html = with_cards(html, page, e)
    origins = {expression: origin(e, expression) for expression in sorted(ids)}
    in_words = htmlsafe_json_dumps(origins, ensure_ascii=False)
    html = html.replace(ORIGINS_SCRIPT, f"{ORIGINS_SCRIPT}{in_words}", 1)
    if page.kind == HOW:
        return html
    return explained(html, e.vocabulary.reference("terms"))


def with_cards(html: str, page: Page, e: Evaluation) -> str:
    """A page on which the name of a gemeente, before a row of a table, leads to its card.

    Whether that card is there is known when all pages are: then a link to none goes.
    """
    slugs = {escape(area.name): area.slug for area in e.vocabulary.gemeenten}

    def with_link(found: re.Match[str]) -> str:
        name = found[0]
        slug_of_card = slugs.get(name)
        if slug_of_card is None or slug_of_card == page.area.slug:
            return name
        return CARD_LINK_FORM.format(slug_of_card, name)

    return ROW_HEAD.sub(with_link, html)


def refuse_length(html: str, page: Page) -> None:
    """Raise when a page, or the card of a gemeente, has more words than its kind may."""
    counted = html.partition(SECTION_BEGINS)[0] if page.kind == "gemeente" else html
    refuse_more_words(counted, MOST_WORDS[page.kind], page.path)


def length_of(html: str, page: Page) -> str:
    """What is said of a page that is too long; of any other nothing."""
    try:
        refuse_length(html, page)
    except DataError as error:
        return str(error)
    return ""


# --- what stands where --------------------------------------------------------------------


@dataclass
class PageSection:
    """A heading as HTML, and what is below it.

    `shows`: whether its code shows anything; none when it has no code.
    """

    id: str = ""
    title: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    shows: bool | None = None

    @property
    def says_something(self) -> bool:
        """Whether there is anything to read but words around what is not shown."""
        return bool(self.blocks) and self.shows is not False


@dataclass
class Body:
    """What a page holds; what comes before the first section has no title."""

    kop: str = ""
    kern: str = ""
    sections: list[PageSection] = field(default_factory=lambda: [PageSection()])


class PageExporter(Exporter):
    """nbconvert's way from a notebook to what a page holds."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **words: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Arrange a notebook."""
        notebook, resources = super().from_notebook_node(nb, resources, **words)
        return arranged(notebook), resources


def arranged(executed: NotebookNode) -> Body:
    """Leave out the sections that say nothing, and number what has a title in its order."""
    body = Body()
    for cell in executed.cells:
        if cell.cell_type == "markdown":
            _add_text(body, cell.source)
        elif cell.cell_type == "code":
            _add_shown(body, cell.outputs)
    body.sections = [section for section in body.sections if section.says_something]
    blocks = [section.blocks for section in body.sections]
    _number(chain.from_iterable(blocks))
    return body


def _add_text(body: Body, source: str) -> None:
    """Put a cell of Markdown in a page: a heading begins a section."""
    heading = MARKDOWN_HEADING.match(source)
    if heading:
        title = heading[1]
        body.sections.append(PageSection(slug(title), escape(title)))
        source = source[heading.end() :]
    text = source.strip("\n")
    if text:
        body.sections[-1].blocks.append({"markdown": text})


def _add_shown(body: Body, outputs: Sequence[NotebookNode]) -> None:
    """Put what a cell of code shows in a page: it may begin sections as well."""
    begins = False
    for output in outputs:
        told = about(output)
        if told.get("kind") == "sectie":
            body.sections.append(PageSection(told["name"], told["title"]))
            begins = True
    section = body.sections[-1]
    shown = list(_shown(body, outputs))
    section.blocks += shown
    if shown:
        section.shows = True
    elif not begins:
        section.shows = bool(section.shows)


def _number(blocks: Iterable[dict[str, Any]]) -> None:
    """Number figures, and tables with a title, each by itself."""
    figures = count(1)
    tables = count(1)
    for block in blocks:
        if "figure" in block:
            block["number"] = next(figures)
        elif "html" in block and TABLE_NUMBER.search(block["html"]):
            numbered = rf"\g<0>Tabel {next(tables)} "
            block["html"] = TABLE_NUMBER.sub(numbered, block["html"])


def about(output: NotebookNode) -> dict[str, Any]:
    """What the notebook says of an output: its kind, and the texts around a figure."""
    return output.get("metadata", {}).get("mma", {})


def _shown(body: Body, outputs: Sequence[NotebookNode]) -> Iterator[dict[str, Any]]:
    """Blocks, of which the template has a form for each set of keys."""
    for output in outputs:
        told = about(output)
        kind = told.get("kind")
        data = output.data
        if kind == "kop":
            body.kop += data[HTML]
        elif kind == "kern":
            body.kern += data[HTML]
        elif PLOTLY in data:
            drawing = svg.draw(data[PLOTLY], told["id"])
            yield {"figure": told, "drawing": drawing}
        elif HTML not in data:
            yield {"markdown": data[MARKDOWN]}
        elif kind != "sectie" and told.get("part") not in AROUND_FIGURE:
            yield {"html": data[HTML]}
