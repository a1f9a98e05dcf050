"""`figuur` and `tabel`: a figure or table with its finding, its numbers and its source."""

import base64
import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io
from IPython.core.getipython import get_ipython
from markupsafe import Markup
from plotly.io.json import to_json_plotly

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import svg
from mma_analysis.show.origin import OWN, SHEETS, tables_in, tabs
from mma_analysis.show.text import (
    CurrentNotebook,
    bare_notebook,
    grenzen,
    jinja,
    notebook,
    output,
    show,
    tekst,
    text_of_html,
    vast,
)
from mma_analysis.vocabulary import PACKAGE, message
from mma_analysis.vocabulary.reference import headings, words_of
from mma_analysis.vocabulary.rows import Row, not_there, records_of
from mma_analysis.vocabulary.schema import MELDINGEN
from mma_analysis.vocabulary.text import slug
from mma_analysis.vocabulary.value import FORMS_OF_SHARES, Value, is_bound

PLOTLY = "application/vnd.plotly.v1+json"
SVG = "image/svg+xml"
# By itself plotly.js has a button that sends the figure's numbers to its maker's cloud.
STAYS_HERE = {"showSendToCloud": False, "displaylogo": False}
IN_A_NOTEBOOK = STAYS_HERE | {"displayModeBar": False}
FIGURE_LOOK = tomllib.loads((PACKAGE / "show" / "figure.toml").read_text(encoding="utf-8"))
INK = FIGURE_LOOK["layout"]["font"]["color"]
PALETTE = FIGURE_LOOK["layout"]["colorway"]
AXES = {"xaxis": FIGURE_LOOK["axis"], "yaxis": FIGURE_LOOK["axis"]}
COLOUR_YES, COLOUR_PARTLY, COLOUR_NO, COLOUR_UNKNOWN, COLOUR_ASK = PALETTE
ROW = 34  # pixels of a bar
AROUND_ROWS = 60
LEAST_HEIGHT = 300  # of a figure without rows
ANNEX_FILE = "bijlage.xlsx"
OWN_FIGURES = "eigen-cijfers.xlsx"
NO_TITLE = "Zonder titel"
NOT_DRAWN = "Waar een staaf of punt ontbreekt, is het getal niet te zeggen."
WHERE_AROUND = "de tekst bij een figuur of tabel"
NO_CELLS = "hier staan cijfers zonder vindplaats (kolom cell)"
FIELDS_OF_TIPS = {column.name for column in MELDINGEN} - {"gemeente"}
KIND_IN_WORDS = {"bar": "staven", "scatter": "punten"}
FORMS_IN_WORDS = ("code", "capital_code", "period")  # forms of what is a code in a table
# How a column of a table can be shown, beside the forms of a value: see `table.html.j2`.
DOTS_AT_SIDE = {
    "stippen_links": "links",
    "stippen_midden": "midden",
    "stippen_rechts": "rechts",
}
COLUMN_SHAPES = ("", "grenzen", "balk", "stippen", *DOTS_AT_SIDE)

TEMPLATE = go.layout.Template(
    layout=FIGURE_LOOK["layout"] | AXES,
    data={"bar": [FIGURE_LOOK["bar"]]},
)
# For `px.bar(…, template="mma")`, with or without an edition.
plotly.io.templates["mma"] = TEMPLATE


# --- tables -------------------------------------------------------------------------------


def tabel(
    table: pd.DataFrame,
    titel: str = "",
    kolommen: Mapping[str, str] | None = None,
    noot: str = "",
    vorm: Mapping[str, str] | None = None,
    naam: str = "",
    *,
    e: Evaluation | None = None,
) -> None:
    """Show a table; of nothing there is none. `kolommen`: column → its heading.

    `vorm`: column → how it is written: a form of a value, `grenzen` with its interval,
    `balk` with a bar as wide as the percentage or rate, `stippen` a dot for each; these go
    from the middle to a side with `stippen_links`, `stippen_midden` and `stippen_rechts`.
    Texts may hold `{{ … }}`. `e`: the evaluation that it is of; else the one that is open.
    """
    _show_table(notebook(e), table, titel, kolommen, noot, vorm, naam)


def _show_table(
    within: CurrentNotebook,
    table: pd.DataFrame,
    titel: str = "",
    kolommen: Mapping[str, str] | None = None,
    noot: str = "",
    vorm: Mapping[str, str] | None = None,
    naam: str = "",
) -> None:
    """Show a table in a notebook; of nothing there is none."""
    if not len(table):
        return
    _refuse_rows(table)
    title = within.filled(titel, WHERE_AROUND)
    note = within.filled(noot, WHERE_AROUND)
    shown = Table(table, kolommen, vorm, within.e)
    name = f"tab-{naam or slug(text_of_html(title)) or shown.stem}"
    html = macros().framed(shown, name, title or NO_TITLE, note, _file(name, within.e))
    remark = "" if shown.cells else NO_CELLS
    show(output(html, part="table", id=name, remark=remark))


def _refuse_rows(table: pd.DataFrame) -> None:
    """Raise for rows of single tips, where more than one field of a melding is in words."""
    fields = [name for name in table if name in FIELDS_OF_TIPS]
    in_words = [name for name in fields if not isinstance(table[name].iloc[0], Value)]
    if len(in_words) > 1:
        raise TypeError(message("rows_of_tips"))


@cache
def macros() -> Any:
    """The macros of `table.html.j2`."""
    made = jinja(finalize=_written)
    made.globals["grenzen"] = grenzen
    made.globals["DOTS_AT_SIDE"] = DOTS_AT_SIDE
    source = (PACKAGE / "show" / "table.html.j2").read_text(encoding="utf-8")
    return made.from_string(source).module


class Table:
    """The rows of a table as a page shows them, with the columns and forms of `tabel`.

    `cells`: the ids of all that it shows. `e`: the evaluation that it is of, if any.
    """

    def __init__(
        self,
        table: pd.DataFrame | Sequence[Mapping[Any, Any]],
        columns: Mapping[str, str] | None = None,
        forms: Mapping[str, str] | None = None,
        e: Evaluation | None = None,
    ) -> None:
        self.e = e
        records = records_of(table) if isinstance(table, pd.DataFrame) else table
        self.columns = columns or _headed(pd.DataFrame(table))
        self.forms = forms or {}
        self.rows: list[list[Any]] = []
        self.cells: list[str] = []
        for record in records:
            row = [self._value(record, name) for name in self.columns]
            self.rows.append(row)
            if "cell" in record:
                self.cells.append(str(record["cell"]))
        for value in chain.from_iterable(self.rows):
            if isinstance(value, Value):
                self.cells.append(value.cell)

    def _value(self, record: Mapping[str, Any], name: str) -> Any:
        """What stands in a column of a row, in its form."""
        if name not in record:
            raise KeyError(not_there(name, [str(one) for one in record]))
        value = record[name]
        if name == "area" and self.e is not None:
            return self.e.namen([value])[0]
        if not isinstance(value, Value) and "cell" in record:
            value = _with_cell(record, name)
        form = self.forms.get(name, "")
        if isinstance(value, Value) and form not in COLUMN_SHAPES:
            return value.as_form(form)
        return value

    def html(self, label: str) -> Markup:
        """The table itself, in a region that can be moved to with the keyboard."""
        return Markup(macros().table(self, label))  # noqa: S704  every cell is escaped

    @property
    def sources(self) -> list[str]:
        """The released tables that it is made of, in order."""
        return [table for table in tables_in(*self.cells) if table in SHEETS]

    def source(self, before: str) -> Markup:
        """Where the numbers come from: `before`, and where in the annex they are."""
        if not self.sources:
            said = f"Bron: {before}" if before else ""
            return Markup(said)  # noqa: S704  filled and escaped
        if self.e is not None and self.e.is_intern:
            annex = Markup('<a href="{}">eigen cijfers</a> en bijlage').format(OWN_FIGURES)
        else:
            word = "Bijlage" if before else "bijlage"
            annex = Markup('<a href="{}">{}</a>').format(ANNEX_FILE, word)
        begin = Markup("")
        if before:
            stop = "" if before.endswith((".", "?", "!", ":")) else "."
            begin = Markup(f"{before}{stop} ")  # noqa: S704  filled and escaped
        return Markup("Bron: {}{}, {}.").format(begin, annex, tabs(self.sources))

    @property
    def stem(self) -> str:
        """For an id and the name of a file: the first table that it is made of."""
        return slug(self.sources[0]) if self.sources else "los"

    @property
    def csv(self) -> str:
        """The same rows as a file: Dutch decimals, and in words why a number is absent.

        The ends of an interval have columns of their own.
        """
        columns: dict[str, list[Any]] = {}
        for number, name in enumerate(self.columns):
            head = self.columns[name]
            values = [row[number] for row in self.rows]
            columns[head] = [_raw(value) for value in values]
            if self.forms.get(name) != "grenzen":
                continue
            has_ends = any(_has_ends(value) for value in values)
            if has_ends:
                lows = [_end_of(value, "onder") for value in values]
                highs = [_end_of(value, "boven") for value in values]
                columns[f"{head} (ondergrens)"] = lows
                columns[f"{head} (bovengrens)"] = highs
        frame = pd.DataFrame(columns, dtype="object")  # a count stays a whole number
        rows = frame.to_csv(index=False, sep=";", lineterminator="\r\n")
        text = f"\ufeff{rows}"
        packed = base64.b64encode(text.encode())
        content = packed.decode()
        return f"data:text/csv;base64,{content}"


def _with_cell(record: Mapping[str, Any], name: str) -> Any:
    """What stands in a released row: a number with its cell, or a code in words."""
    row = Row(dict(record))
    value = getattr(row, name)
    if isinstance(value, Value):
        return value
    # What was put beside a released table stands behind its cell.
    names = list(record)
    is_released = names.index(name) < names.index("cell")
    is_own = str(record["cell"]).startswith(OWN) and is_released
    in_words = row.woord(name)
    is_code = bool(words_of(name)) or in_words.form in ("day", "period")
    return in_words if is_own or is_code else value


def _headed(table: pd.DataFrame) -> dict[Any, str]:
    """Every column of a bare table but the technical ones, headed as in the annex."""
    tables = set()
    for cell in table.get("cell", []):
        name_of_table, _, _ = str(cell).partition("|")
        tables.add(name_of_table)
    names = [str(name) for name in table]
    known = headings(tables, names)
    heads: dict[Any, str] = {}
    for column in table:
        name = str(column)
        if name == "cell" or is_bound(name):
            continue
        heading = known.get(name)
        heads[column] = heading["nl"] if heading else name
    return heads


def _written(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, Value | Markup) else str(value)


def _has_ends(value: Any) -> bool:
    """Whether a value of a table has an interval."""
    return isinstance(value, Value) and is_bounded(value)


def _end_of(value: Any, side: str) -> Any:
    """An end of an interval as a file has it; empty where there is none."""
    return _raw(getattr(value, side)) if _has_ends(value) else ""


def _raw(value: Any) -> Any:
    """A value as a file has it: a number with a decimal comma, or what a page says.

    That is why there is no number, and of a code or a period its words.
    """
    if isinstance(value, Value) and _is_only_bound(value):
        return value.sign
    if isinstance(value, Value):
        is_number = value.shown and value.form not in FORMS_IN_WORDS
        value = value.raw if is_number else str(value)
    if isinstance(value, Markup):
        value = value.striptags()
    is_decimal = isinstance(value, float) and not math.isnan(value)
    return str(value).replace(".", ",") if is_decimal else value


def _is_only_bound(value: Value) -> bool:
    """Whether a share of rounded counts is all or nothing: of the truth that is a bound."""
    if value.form != "share" or value.parts is None:
        return False
    part, _ = value.parts
    return part.off > 0 and value.raw in (0, 1)


# --- figures ------------------------------------------------------------------------------


def figuur(
    figure: go.Figure,
    table: pd.DataFrame | None = None,
    *,
    titel: str = "",
    eenheid: str = "",
    noot: str = "",
    bron: str = "",
    kolommen: Mapping[str, str] | None = None,
    vorm: Mapping[str, str] | None = None,
    naam: str = "",
    e: Evaluation | None = None,
) -> None:
    """Show a figure with its finding and the table of its numbers; of nothing none.

    `titel`, `eenheid`, `noot` and `bron` may hold `{{ … }}`, as a cell of `%%tekst` does. A
    mark whose `custom_data` is the column `cell` is given the id of the number that it
    draws. `e`: the evaluation that it is of; else the one that is open.
    """
    words = {"titel": titel, "eenheid": eenheid, "noot": noot, "bron": bron}
    for one in outputs(notebook(e), figure, table, words, kolommen, vorm, naam):
        show(one)


def outputs(
    within: CurrentNotebook,
    figure: go.Figure,
    table: pd.DataFrame | None,
    words: Mapping[str, str],
    columns: Mapping[str, str] | None = None,
    forms: Mapping[str, str] | None = None,
    name: str = "",
) -> list[dict[str, Any]]:
    """What `figuur` shows, as a notebook keeps it: what is above, the figure, what follows.

    The figure keeps what is around it in `layout.meta`: who has it can save that too.
    """
    if not _has_something(table):
        return []
    title = within.filled(words.get("titel", ""), WHERE_AROUND)
    unit = within.filled(words.get("eenheid", ""), WHERE_AROUND)
    note = within.filled(words.get("noot", ""), WHERE_AROUND)
    before = within.filled(words.get("bron", ""), WHERE_AROUND)
    shown = None
    if table is not None:
        _refuse_rows(table)
        shown = Table(table, columns, forms, within.e)
    if table is not None and "cell" in table:
        _give_ids(figure, table)
    _draw_values(figure)
    if _is_empty(figure):
        return []
    if _has_unknown(figure):
        note = _with_sentence(note, NOT_DRAWN)
    _dressed(figure)
    content = _content(figure)
    picture = svg.alone(content)
    _refuse_marks_without_id(figure)

    traces: Any = figure.data
    kind = KIND_IN_WORDS[traces[0].type]
    stem = shown.stem if shown else kind
    name = f"fig-{name or f'{stem}-{kind}'}"
    around = {
        "title": str(title or NO_TITLE),
        "unit": str(unit),
        "note": str(note),
        "source": str(shown.source(before) if shown else before),
        "alt": svg.drawing_in_words(content),
        "table": shown.html(text_of_html(title)) if shown else "",
    }
    has_cells = all(trace.customdata is not None for trace in traces)
    remark = "" if has_cells else NO_CELLS
    file = _file(name, within.e)
    about = {
        "part": "figure",
        "id": name,
        "name": file,
        "csv": shown.csv if shown else "",
        "csv_name": f"{file}.csv",
        "remark": remark if title else "de figuur heeft geen titel",
    }
    figure.update_layout(meta=around)

    top = f'<h3 class="figuurtitel">{around["title"]}</h3><p>{unit}</p>'
    bottom = f"<p>{note}</p><p>{around['source']}</p>"
    if shown:
        summary = "<summary>Tabel bij deze figuur</summary>"
        bottom += f"<details>{summary}{around['table']}</details>"
    return [
        output(top, part="top"),
        output({PLOTLY: content, SVG: picture}, **about, **around),
        output(bottom, part="bottom"),
    ]


def _has_something(table: pd.DataFrame | None) -> bool:
    """Whether there is anything to draw: rows, and of counts one that is known, be it 0."""
    if table is None:
        return True
    if table.empty:
        return False
    if "count" not in table:
        return True
    return any(_is_known(count) for count in table["count"])


def _is_known(count: Any) -> bool:
    """Whether there is a number."""
    return count.shown if isinstance(count, Value) else bool(pd.notna(count))


def _numbers_told(trace: Any) -> list[Any] | None:
    """The numbers of the marks of a trace that knows how each is said; else none."""
    if not isinstance(trace.meta, Mapping):
        return None
    axis = trace.meta["axis"]
    return list(trace[axis])


def _is_empty(figure: go.Figure) -> bool:
    """Whether the numbers of all its marks are told of, and none is known."""
    every_number: list[Any] = []
    traces: Any = figure.data
    for trace in traces:
        numbers = _numbers_told(trace)
        if numbers is None:
            return False
        every_number += numbers
    return bool(every_number) and all(pd.isna(number) for number in every_number)


def _has_unknown(figure: go.Figure) -> bool:
    """Whether a bar or dot is missing since its number is not said; a line shows a gap."""
    traces: Any = figure.data
    for trace in traces:
        numbers = _numbers_told(trace)
        is_line = trace.type == "scatter" and "lines" in str(trace.mode)
        if numbers is not None and not is_line and pd.isna(numbers).any():
            return True
    return False


def _with_sentence(note: Any, sentence: str) -> Any:
    """A note with a sentence behind it."""
    return Markup("{} {}").format(note, sentence) if note else sentence


def _refuse_marks_without_id(figure: go.Figure) -> None:
    """Raise where what is given with a mark is not the id of a number."""
    traces: Any = figure.data
    for trace in traces:
        given = [] if trace.customdata is None else trace.customdata
        if any("#" not in f"{one}" for one in given if one is not None):
            raise TypeError(message("figure_table"))


def _content(figure: go.Figure) -> dict[str, Any]:
    """A figure as a notebook keeps it; its own JSON would pack numbers."""
    text = to_json_plotly({"data": figure.data, "layout": figure.layout})
    content = json.loads(str(text))
    content["config"] = IN_A_NOTEBOOK
    return content


def _dressed(figure: go.Figure) -> None:
    """Give it our style, and the height that its rows need."""
    figure.update_layout(template=TEMPLATE, meta=None)
    # The titles that px gives are names of columns.
    figure.update_xaxes(title_text="")
    figure.update_yaxes(title_text="")
    figure.update_layout(legend_title_text="", title_text="")
    # Where nothing is said plotly does the same.
    figure.update_traces({"textposition": None}, {"textposition": "auto"})
    if figure.layout.height is None:
        rows = _rows(figure)
        height = ROW * len(rows) + AROUND_ROWS if rows else LEAST_HEIGHT
        figure.update_layout(height=height)


def _rows(figure: go.Figure) -> set[str]:
    """The rows of a figure with names at the left."""
    traces: Any = figure.data
    rows: set[str] = set()
    for trace in traces:
        places = trace.y if trace.type in KIND_IN_WORDS else None
        if places is not None:
            rows.update(place for place in places if isinstance(place, str))
    return rows


def _give_ids(figure: go.Figure, table: pd.DataFrame) -> None:
    """Where a mark has the cell of its row, give it the id of the number that it draws."""
    rows = table.drop_duplicates("cell", keep="last").set_index("cell", drop=False)
    traces: Any = figure.data
    for trace in traces:
        given = [] if trace.customdata is None else list(trace.customdata)
        has_gaps = any(one is None for one in given)
        if has_gaps:  # such a trace is one of ours, and knows its ids
            continue
        cells = [str(one if isinstance(one, str) else one[0]) for one in given]
        if not cells or not set(cells).issubset(rows.index):
            continue
        marked = rows.loc[cells].reset_index(drop=True)
        is_horizontal = getattr(trace, "orientation", None) == "h"
        for axis in ("x", "y") if is_horizontal else ("y", "x"):
            column = _column_along(axis, figure, trace, marked)
            if column is not None:
                values = [getattr(row, column) for row in marked.mma]
                _tell(trace, axis, values)
                _in_percents(figure, axis, values)
                break


def _in_percents(figure: go.Figure, axis: str, values: Sequence[Value]) -> None:
    """Let an axis of shares have percentages, where nobody asked otherwise."""
    along = figure.layout[f"{axis}axis"]
    are_shares = values[0].form in FORMS_OF_SHARES
    if are_shares and not along.tickformat:
        along.tickformat = ".0%"


def _tell(trace: Any, axis: str, values: Sequence[Value]) -> None:
    """Let a trace know of each mark its id, and how its number is said.

    What is not said is not drawn: a share of few has a number in its table, and its words
    are `niet te zeggen`.
    """
    ids = [value.cell for value in values]
    words = [mark_in_words(value) for value in values]
    numbers = [value.raw for value in values]
    trace[axis] = None  # else plotly sees no change: a value equals its number
    trace[axis] = numbers
    trace.update(customdata=ids, meta={"axis": axis, "words": words})


def mark_in_words(value: Value) -> str:
    """A number as it is said of a mark: with its interval, where it has one."""
    if not is_bounded(value):
        return str(value)
    return f"{value}, tussen {value.onder} en {value.boven}"


def is_bounded(value: Value) -> bool:
    """Whether it has an interval, of which both ends are known."""
    return value.onder.shown and value.boven.shown


def _column_along(
    axis: str,
    figure: go.Figure,
    trace: Any,
    marked: pd.DataFrame,
) -> str | None:
    """The column whose numbers the marks have along an axis; none when there is none."""
    given = [] if trace[axis] is None else list(trace[axis])
    drawn = pd.Series(given)
    if not pd.api.types.is_numeric_dtype(drawn):
        return None
    first = next(iter(marked.mma))
    names = [str(name) for name in marked if not is_bound(str(name))]
    columns = [name for name in names if isinstance(getattr(first, name), Value)]
    # Of two columns with the same numbers that which the axis or the trace is named after.
    titles = (figure.layout[f"{axis}axis"].title.text, trace.name)
    columns.sort(key=lambda column: column not in titles)
    wanted = drawn.astype(float)
    for column in columns:
        numbers = pd.to_numeric(marked[column], errors="coerce")
        if numbers.astype(float).equals(wanted):
            return column
    return None


def _draw_values(figure: go.Figure) -> None:
    """Where values are drawn, as of a notebook's own table, draw numbers with their ids."""
    traces: Any = figure.data
    for trace in traces:
        for axis in ("x", "y"):
            if axis not in trace or trace[axis] is None:
                continue
            drawn = trace[axis]
            if len(drawn) and all(isinstance(one, Value) for one in drawn):
                _tell(trace, axis, list(drawn))
                if trace.type == "bar":  # px sees no numbers in them
                    trace.orientation = "h" if axis == "x" else "v"


# --- the notebook that we are in ----------------------------------------------------------


def _file(name: str, e: Evaluation | None) -> str:
    """The name of a file that is downloaded: with the area in it."""
    if e is None:
        return name
    _, _, without_kind = name.partition("-")
    return f"{e.gebied}-{without_kind}"


def show_as_a_page() -> None:
    """Let the notebook that we are in know `%%tekst`, and show what is bare in a cell."""
    shell: Any = get_ipython()
    if shell is None:
        return
    shell.register_magic_function(tekst, "cell")
    shell.user_ns.setdefault("vast", vast)
    plotly.io.templates.default = "mma"
    formatter = shell.display_formatter.ipython_display_formatter
    formatter.for_type(pd.DataFrame, lambda table: _show_table(bare_notebook(), table))
    formatter.for_type(go.Figure, _show_bare_figure)


def _show_bare_figure(figure: go.Figure) -> None:
    for one in outputs(bare_notebook(), figure, None, {}):
        show(one)
