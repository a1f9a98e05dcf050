"""`figuur` and `tabel`: a plotly figure or a table with its finding, its numbers and its source."""

import base64
import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from IPython.core.getipython import get_ipython
from jinja2 import Environment
from markupsafe import Markup
from plotly.io.json import to_json_plotly

from mma_analysis import evaluation
from mma_analysis.evaluation import Evaluation
from mma_analysis.show.origin import SHEETS, tables_in, tabs
from mma_analysis.show.text import fill, grenzen, opened, output, plain, show, tekst, vast
from mma_analysis.vocabulary import PACKAGE, message
from mma_analysis.vocabulary.reference import headings, words_of
from mma_analysis.vocabulary.rows import Row, not_there
from mma_analysis.vocabulary.schema import MELDINGEN
from mma_analysis.vocabulary.value import Value, is_bound

PLOTLY = "application/vnd.plotly.v1+json"
# By itself plotly.js has a button that sends the figure's numbers to its maker's cloud.
STAYS_HERE = {"showSendToCloud": False, "displaylogo": False}
ON_A_PAGE = STAYS_HERE | {"displayModeBar": False}
LOOK = tomllib.loads((PACKAGE / "show" / "figure.toml").read_text(encoding="utf-8"))
INK, SOFT = LOOK["layout"]["font"]["color"], "#4b5760"
YES, PARTLY, NO, UNKNOWN, ASK = LOOK["layout"]["colorway"]
ROW, LEAST_HEIGHT = 34, 300  # of a bar, and of a figure without rows
ANNEX, OWN_FIGURES = "bijlage.xlsx", "eigen-cijfers.xlsx"
OWN = "own_"  # tables for one gemeente alone
MOST_SPOKEN = 15  # rows that are read out of a figure; the table has them all
NO_TITLE, NO_CELLS = "Zonder titel", "hier staan cijfers zonder vindplaats (kolom cell)"
FIELDS_OF_TIPS = {column.name for column in MELDINGEN} - {"gemeente"}
KINDS = {"bar": "staven", "scatter": "punten"}
# How a column of a table can be shown, beside the forms of a value: see `table.html.j2`.
SHAPES = ("", "grenzen", "balk", "stippen")

TEMPLATE = go.layout.Template(
    layout={**LOOK["layout"], "xaxis": LOOK["axis"], "yaxis": LOOK["axis"]},
    data={"bar": [LOOK["bar"]]},
)


# --- tables --------------------------------------------------------------------------------------


def tabel(
    table: pd.DataFrame,
    titel: str = "",
    kolommen: Mapping[str, str] | None = None,
    noot: str = "",
    vorm: Mapping[str, str] | None = None,
    naam: str = "",
) -> None:
    """Show a table; of nothing there is none. `kolommen`: column → its heading.

    `vorm`: column → how it is written: a form of a value, `grenzen` with its interval, `balk` with
    a bar as wide as the percentage or rate, `stippen` a dot for each. Texts may hold `{{ … }}`.
    """
    if not len(table):
        return
    _refuse_rows(table)
    title, note = (_filled(text) for text in (titel, noot))
    shown = Table(table, kolommen, vorm)
    name = f"tab-{naam or slug(plain(title)) or shown.stem}"
    html = _markup().framed(shown, name, title or NO_TITLE, note, _file(name))
    show(output(html, part="table", id=name, remark="" if shown.cells else NO_CELLS))


def _refuse_rows(table: pd.DataFrame) -> None:
    """Raise for rows of single tips, where more than one field of a melding is in words."""
    fields = [name for name in table if name in FIELDS_OF_TIPS]
    if sum(not isinstance(table[name].iloc[0], Value) for name in fields) > 1:
        raise TypeError(message("rows_of_tips"))


@cache
def _markup() -> Any:
    """The macros of `table.html.j2`."""
    made = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_written)
    made.globals["grenzen"] = grenzen
    source = (PACKAGE / "show" / "table.html.j2").read_text(encoding="utf-8")
    return made.from_string(source).module


class Table:
    """The rows of a table as a page shows them, with columns as of `tabel`, and their `cells`."""

    def __init__(
        self,
        table: pd.DataFrame | Sequence[Mapping[Any, Any]],
        columns: Mapping[str, str] | None = None,
        forms: Mapping[str, str] | None = None,
    ) -> None:
        records = table.to_dict("records") if isinstance(table, pd.DataFrame) else table
        self.forms, self.columns = forms or {}, columns or _headed(pd.DataFrame(table))
        self.rows = [[self._value(record, name) for name in self.columns] for record in records]
        self.cells = [str(record["cell"]) for record in records if "cell" in record]
        self.cells += [one.cell for row in self.rows for one in row if isinstance(one, Value)]

    def _value(self, record: Mapping[str, Any], name: str) -> Any:
        if name not in record:
            raise KeyError(not_there(name, [str(one) for one in record]))
        value = record[name]
        if name == "area" and (e := opened(_names())) is not None:
            return e.namen([value])[0]
        if not isinstance(value, Value) and "cell" in record:
            row = Row(dict(record))
            value = getattr(row, name)
            # What was put beside a released table stands behind its cell.
            ours = list(record)[: list(record).index("cell")]
            is_own = str(record["cell"]).startswith(OWN) and name in ours
            is_code = is_own or bool(words_of(name)) or row.woord(name).form in ("day", "period")
            value = row.woord(name) if is_code and not isinstance(value, Value) else value
        form = self.forms.get(name, "")
        if isinstance(value, Value) and form not in SHAPES:
            return value.as_form(form)
        return value

    def html(self, label: str) -> Markup:
        """The table itself, in a region that can be moved to with the keyboard."""
        return Markup(_markup().table(self, label))  # noqa: S704  every cell is escaped

    @property
    def sources(self) -> list[str]:
        """The released tables that it is made of, in order."""
        return [table for table in tables_in(*self.cells) if table in SHEETS]

    def source(self, before: str) -> Markup:
        """Where the numbers come from: `before`, and where in the annex they are."""
        if not self.sources:
            return Markup(f"Bron: {before}" if before else "")  # noqa: S704  filled and escaped
        annex = Markup('<a href="{}">{}ijlage</a>').format(ANNEX, "B" if before else "b")
        if (e := opened(_names())) is not None and e.is_intern:
            annex = Markup('<a href="{}">eigen cijfers</a> en bijlage').format(OWN_FIGURES)
        stop = "" if before.endswith((".", "?", "!", ":")) else "."
        begin = Markup(f"{before}{stop} ") if before else ""  # noqa: S704  filled and escaped
        return Markup("Bron: {}{}, {}.").format(begin, annex, tabs(self.sources))

    @property
    def stem(self) -> str:
        """For an id and the name of a file: the first table that it is made of."""
        return slug(self.sources[0]) if self.sources else "los"

    @property
    def csv(self) -> str:
        """The same rows as a file: Dutch decimals, and in words why a number is not there."""
        rows = [[_raw(one) for one in row] for row in self.rows]
        frame = pd.DataFrame(rows, columns=list(self.columns.values()))
        text = "\ufeff" + frame.to_csv(index=False, sep=";", lineterminator="\r\n")
        return f"data:text/csv;base64,{base64.b64encode(text.encode()).decode()}"

    @property
    def spoken(self) -> str:
        """The rows in words, for who cannot see a figure."""
        said = []
        for row in self.rows[:MOST_SPOKEN]:
            first, *rest = (v.sign if isinstance(v, Value) else _written(v) for v in row)
            said.append(f"{first}: {', '.join(rest)}.")
        more = ["De tabel heeft alle rijen."] if len(self.rows) > MOST_SPOKEN else []
        return " ".join([*said, *more])


def _headed(table: pd.DataFrame) -> dict[Any, str]:
    """Every column of a bare table but the technical ones, under the heading of the annex."""
    columns = [name for name in table if name != "cell" and not is_bound(str(name))]
    tables = {str(cell).partition("|")[0] for cell in table.get("cell", [])}
    known = headings(tables, [*map(str, columns)])
    return {name: known.get(str(name), {"nl": f"{name}"})["nl"] for name in columns}


def _written(value: Any) -> Any:
    return "" if value is None else value if isinstance(value, Value | Markup) else str(value)


def _raw(value: Any) -> Any:
    if isinstance(value, Value):
        value = value.raw if value.shown else str(value)
    return str(value).replace(".", ",") if isinstance(value, float) and value == value else value


# --- figures -------------------------------------------------------------------------------------


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
) -> None:
    """Show a figure with its finding and the table of its numbers; of nothing there is none.

    `titel`, `eenheid`, `noot` and `bron` may hold `{{ … }}`, as a cell of `%%tekst` does. A mark
    whose `custom_data` is the column `cell` is given the id of the number that it draws.
    """
    words = {"titel": titel, "eenheid": eenheid, "noot": noot, "bron": bron}
    for one in outputs(figure, table, words, kolommen, vorm, naam):
        show(one)


def outputs(
    figure: go.Figure,
    table: pd.DataFrame | None,
    words: Mapping[str, str],
    columns: Mapping[str, str] | None = None,
    forms: Mapping[str, str] | None = None,
    name: str = "",
) -> list[dict[str, Any]]:
    """What `figuur` shows, as a notebook keeps it: what is above, the figure, what is below.

    The figure keeps what is around it in `layout.meta`, so that who has it can save that too.
    """
    counts = table["count"] if table is not None and "count" in table else pd.Series([1])
    if (table is not None and table.empty) or not counts.fillna(0).map(float).gt(0).any():
        return []
    title, unit, note, before = (
        _filled(words.get(key, "")) for key in ("titel", "eenheid", "noot", "bron")
    )
    if table is not None:
        _refuse_rows(table)
    shown = Table(table, columns, forms) if table is not None else None
    traces: Any = figure.data
    if other := next((trace.type for trace in traces if trace.type not in KINDS), ""):
        raise TypeError(message("figure_kind", kind=other))
    if table is not None and "cell" in table:
        _give_ids(figure, table)
    _draw_values(figure)
    _dressed(figure)
    traces = figure.data
    kind = KINDS[traces[0].type] if traces else "figuur"
    ids = (one for trace in traces if trace.customdata is not None for one in trace.customdata)
    if any("#" not in f"{one}" for one in ids):
        raise TypeError(message("figure_table"))
    name = f"fig-{name or f'{shown.stem if shown else kind}-{kind}'}"
    drawn = (f"{t.name or t.type}: {len(t.x if t.x is not None else [])} punten." for t in traces)
    around = {
        **{"title": str(title or NO_TITLE), "unit": str(unit), "note": str(note)},
        "source": str(shown.source(before) if shown else before),
        "alt": f"{plain(title) or 'Figuur'}. {shown.spoken if shown else ' '.join(drawn)}",
        "table": shown.html(plain(title)) if shown else "",
    }
    has_cells = all(trace.customdata is not None for trace in traces)
    remark = "" if has_cells else NO_CELLS
    about = {
        **{"part": "figure", "id": name, "name": _file(name), **around},
        **{"csv": shown.csv if shown else "", "csv_name": f"{_file(name)}.csv"},
        "remark": remark if title else "de figuur heeft geen titel",
    }
    parts = {"data": traces, "layout": figure.layout}  # its own JSON packs numbers
    content = json.loads(str(to_json_plotly(parts))) | {"config": ON_A_PAGE}
    figure.update_layout(meta=around)
    folded = f"<details><summary>Tabel bij deze figuur</summary>{around['table']}</details>"
    bottom = f"<p>{note}</p><p>{around['source']}</p>" + (folded if shown else "")
    return [
        output(f'<h3 class="figuurtitel">{around["title"]}</h3><p>{unit}</p>', part="top"),
        output({PLOTLY: content}, **about),
        output(bottom, part="bottom"),
    ]


def _dressed(figure: go.Figure) -> None:
    """Our style, and the height that its rows need; titles of axes from px are names of columns."""
    figure.update_layout(template=TEMPLATE, meta=None)
    figure.update_xaxes(title_text="").update_yaxes(title_text="")
    figure.update_layout(legend_title_text="", title_text="")
    figure.update_traces({"textposition": None}, {"textposition": "auto"})  # as it is without
    if figure.layout.height is None:
        traces: Any = figure.data
        bars = [t for t in traces if t.type == "bar" and t.orientation == "h"]
        rows = {str(one) for trace in bars for one in (trace.y if trace.y is not None else [])}
        figure.update_layout(height=ROW * len(rows) + 60 if rows else LEAST_HEIGHT)


def _give_ids(figure: go.Figure, table: pd.DataFrame) -> None:
    """Where a mark has the cell of its row: the id of the number that it draws, by that number."""
    rows = table.drop_duplicates("cell", keep="last").set_index("cell", drop=False)
    traces: Any = figure.data
    for trace in traces:
        named = [] if trace.customdata is None else list(trace.customdata)
        cells = [str(one if isinstance(one, str) else one[0]) for one in named]
        if not cells or not set(cells) <= {*rows.index}:
            continue
        marked = rows.loc[cells].reset_index(drop=True)
        columns = [name for name in marked if not is_bound(str(name))]
        numeric = marked[columns].apply(pd.to_numeric, errors="coerce")
        for axis in ("x", "y") if getattr(trace, "orientation", None) == "h" else ("y", "x"):
            drawn = pd.Series([] if trace[axis] is None else list(trace[axis]))
            if not pd.api.types.is_numeric_dtype(drawn):
                continue
            # Of two columns with the same numbers the one that the axis or the trace has as a name.
            titles = (figure.layout[f"{axis}axis"].title.text, trace.name)
            first = next(iter(marked.mma))
            columns = [one for one in map(str, numeric) if isinstance(getattr(first, one), Value)]
            columns.sort(key=lambda column: column not in titles)
            same = (
                one for one in columns if numeric[one].astype(float).equals(drawn.astype(float))
            )
            if column := next(same, None):
                ids = [getattr(row, column).cell for row in marked.mma]
                trace.update(customdata=ids, meta=axis)
                break


def _draw_values(figure: go.Figure) -> None:
    """Where values are drawn, as of a table of a notebook's own: their numbers, with their ids."""
    traces: Any = figure.data
    for trace in traces:
        for axis in ("x", "y"):
            drawn = trace[axis] if axis in trace and trace[axis] is not None else []
            if len(drawn) and all(isinstance(one, Value) for one in drawn):
                ids = [one.cell for one in drawn]
                trace[axis] = None  # else plotly sees no change: a value equals its number
                trace.update({axis: [one.raw for one in drawn], "customdata": ids, "meta": axis})
                if trace.type == "bar":  # px sees no numbers in them
                    trace.orientation = "h" if axis == "x" else "v"


def slug(text: str) -> str:
    """A text as an id: lower case, without accents or signs."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-")[:60].strip("-")


# --- the notebook that we are in -----------------------------------------------------------------


def _names() -> Mapping[str, Any]:
    shell: Any = get_ipython()
    return shell.user_ns if shell else {}


def _filled(text: str) -> Markup:
    return fill(text, _names(), "de tekst bij een figuur of tabel") if text else Markup("")


def _file(name: str) -> str:
    """The name of a file that is downloaded: with the area in it."""
    e = opened(_names())
    return name if e is None else f"{e.gebied}-{name.partition('-')[2]}"


def open_editie(gebied: str, editie: str, doelgroep: str = "openbaar") -> Evaluation:
    """Open the released tables of one area, and let this notebook show what it makes of them.

    `UsageError`: when area, edition or audience does not exist.
    """
    show_as_a_page()
    return evaluation.load(gebied, editie, doelgroep)


def show_as_a_page() -> None:
    """Let the notebook that we are in know `%%tekst`, and show what stands bare in a cell."""
    shell: Any = get_ipython()
    if shell is None:
        return
    import plotly.io

    shell.register_magic_function(tekst, "cell")
    shell.user_ns.setdefault("vast", vast)
    plotly.io.templates["mma"] = TEMPLATE
    plotly.io.templates.default = "mma"
    formatter = shell.display_formatter.ipython_display_formatter
    formatter.for_type(pd.DataFrame, lambda table: tabel(table))
    formatter.for_type(go.Figure, lambda figure: figuur(figure))
