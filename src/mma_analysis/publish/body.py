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
    body, figures, tables = Body(), count(1), count(1)
    for cell in executed.cells:
        if cell.cell_type == "markdown":
            heading = re.match(r"## (.+)\n*", cell.source)
            if heading:
                body.sections.append(Section(slug(heading[1]), str(escape(heading[1]))))
            if text := cell.source[heading.end() if heading else 0 :].strip("\n"):
                body.sections[-1].blocks.append({"markdown": text})
        elif cell.cell_type == "code":
            begun = [told(one) for one in cell.outputs if told(one).get("kind") == "sectie"]
            body.sections += [Section(one["name"], one["title"]) for one in begun]
            section, shown = body.sections[-1], list(_shown(body, cell.outputs))
            section.has_code |= not begun
            section.blocks += shown
            section.shows |= bool(shown)
    body.sections = [section for section in body.sections if section.is_shown]
    for block in (block for section in body.sections for block in section.blocks):
        if "figure" in block:
            block["number"] = next(figures)
        elif "html" in block:
            block["html"] = TABLE_NUMBER.sub(
                lambda tag: f"{tag[1]}Tabel {next(tables)} ", block["html"]
            )
    return body


def told(output: NotebookNode) -> dict[str, Any]:
    """What the notebook says of an output: its kind, and the texts around a figure."""
    return output.get("metadata", {}).get("mma", {})


def _shown(body: Body, outputs: Sequence[NotebookNode]) -> Iterator[Block]:
    for output in outputs:
        kind, part, data = told(output).get("kind"), told(output).get("part"), output.data
        if kind in ("kop", "kern"):
            setattr(body, kind, getattr(body, kind) + data[HTML])
        elif PLOTLY in data:
            # Without what JupyterLab is told about a figure: the page has buttons of its own.
            drawn = {
                name: data[PLOTLY][name] for name in ("data", "layout") if name in data[PLOTLY]
            }
            for ids in (ids for t in drawn.get("data", []) for ids in t.get("customdata") or []):
                body.ids |= {ids} if isinstance(ids, str) else {*ids}
            text = htmlsafe_json_dumps(drawn, separators=(",", ":"), sort_keys=True)
            height = drawn.get("layout", {}).get("height", 320)
            yield {"figure": told(output), "drawing": str(text), "height": height}
        elif HTML in data and kind != "sectie" and part not in ("top", "bottom"):
            yield {"html": data[HTML]}
        elif HTML not in data:
            yield {"markdown": data[MARKDOWN]}
