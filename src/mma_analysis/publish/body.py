"""What an executed notebook shows, each part in its place on the page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import escape
from nbformat import NotebookNode

from mma_analysis.show.figure import PLOTLY, slug

HTML, MARKDOWN = "text/html", "text/markdown"
TABLE_NUMBER = re.compile(r'(<span [^>]*data-nr="Tabel"[^>]*>)(?=</span>)')

Block = dict[str, Any]  # the template has a form for each set of keys


@dataclass
class Section:
    """One heading of the page, as HTML, and what stands below it."""

    id: str
    title: str
    blocks: list[Block] = field(default_factory=list)
    has_code: bool = False
    shows: bool = False

    @property
    def is_shown(self) -> bool:
        """Not when it holds nothing, nor when none of its code cells has anything to show."""
        return bool(self.blocks) and (self.shows or not self.has_code)


@dataclass
class Body:
    """The head, the key figures, and the sections; what comes before the first has no title.

    `ids` are those of the numbers that are drawn.
    """

    kop: str = ""
    kern: str = ""
    sections: list[Section] = field(default_factory=lambda: [Section("", "")])
    ids: set[str] = field(default_factory=set)


def arranged(executed: NotebookNode) -> Body:
    """Leave out the sections that say nothing, and number what has a title, in its order."""
    body = Body()
    for cell in executed.cells:
        if cell.cell_type == "markdown":
            _put_text(body, cell.source)
        elif cell.cell_type == "code":
            _put_outputs(body, cell.outputs)
    body.sections = [section for section in body.sections if section.is_shown]
    _number([block for section in body.sections for block in section.blocks])
    return body


def told(output: NotebookNode) -> dict[str, Any]:
    """What the notebook says of an output: its kind, and the texts around a figure."""
    return output.get("metadata", {}).get("mma", {})


def _put_text(body: Body, source: str) -> None:
    if heading := re.match(r"## (.+)\n*", source):
        body.sections.append(Section(slug(heading[1]), str(escape(heading[1]))))
        source = source[heading.end() :]
    if source.strip():
        body.sections[-1].blocks.append({"markdown": source})


def _put_outputs(body: Body, outputs: Sequence[NotebookNode]) -> None:
    begun = [told(one) for one in outputs if told(one).get("kind") == "sectie"]
    body.sections += [Section(one["name"], one["title"]) for one in begun]
    section = body.sections[-1]
    section.has_code |= not begun
    shown = list(_shown(body, outputs))
    section.blocks += shown
    section.shows |= bool(shown)


def _shown(body: Body, outputs: Sequence[NotebookNode]) -> Iterator[Block]:
    for output in outputs:
        kind, part, data = told(output).get("kind"), told(output).get("part"), output.data
        if kind in ("kop", "kern"):
            setattr(body, kind, getattr(body, kind) + data[HTML])
        elif PLOTLY in data:
            body.ids |= set(_drawn_ids(data[PLOTLY]))
            yield {"figure": told(output)} | _drawing(data[PLOTLY])
        elif HTML in data and kind != "sectie" and part not in ("top", "bottom"):
            yield {"html": data[HTML]}
        elif HTML not in data:
            yield {"markdown": data[MARKDOWN]}


def _drawing(figure: dict[str, Any]) -> Block:
    """A figure as the text that the page holds, and how high it is.

    Without what JupyterLab is told about it: the page has buttons of its own.
    """
    drawn = {name: figure[name] for name in ("data", "layout") if name in figure}
    text = htmlsafe_json_dumps(drawn, separators=(",", ":"), sort_keys=True)
    return {"drawing": str(text), "height": figure.get("layout", {}).get("height", 320)}


def _drawn_ids(figure: dict[str, Any]) -> Iterator[str]:
    """The ids of the numbers behind every mark."""
    for trace in figure.get("data", []):
        for named in trace.get("customdata") or []:
            yield from [named] if isinstance(named, str) else named


def _number(blocks: Sequence[Block]) -> None:
    figures, tables = count(1), count(1)
    for block in blocks:
        if "figure" in block:
            block["number"] = next(figures)
        elif "html" in block:
            block["html"] = TABLE_NUMBER.sub(
                lambda tag: f"{tag[1]}Tabel {next(tables)} ", block["html"]
            )
