"""One line to keep a table or a figure."""

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis.evaluation.tables import EXACT, RELEASED
from mma_analysis.pipeline.questions import ANSWER_OF, ROWS_OF_TIPS, numbered
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import UsageError, did_you_mean, filled_in, message
from mma_analysis.vocabulary.reference import INDICATORS, REGISTRY
from mma_analysis.vocabulary.schema import DATES, MELDINGEN, SOURCE

TABLE_ENDINGS = (".csv", ".xlsx", ".parquet")
FIGURES = (".html", ".json", ".png", ".svg")
SLIDE = (1280, 720)  # how large a picture is, to stand on a slide
# Who has one of these has rows about single tips.
TYPED_COLUMNS = ("number_as_delivered", "topic_as_delivered")
ROW_LEVEL_COLUMNS = {"melding_id", "place", *TYPED_COLUMNS, *DATES, *SOURCE}
# What released tables are called: the cell of each of their rows begins with it.
PUBLIC_TABLES = {
    row["table"] for row in (*REGISTRY, *INDICATORS) if not row["table"].startswith("own_")
}
OF_ANSWER = "in_report"  # the column that only answers of `meldingen.count` have


class OwnWork(UserWarning):
    """What was saved is own work: the program does not know whether it protects."""


def save(thing: Any, path: str | Path, own: bool = False) -> Path:
    """Write a table or a figure to a file, as the name ends; give its path.

    A table: `.csv` for a Dutch Excel (`;` and a decimal comma), `.xlsx`, or `.parquet` for
    a program. A figure: `.json`, `.png`, `.svg`, or `.html`, a page that needs no network.

    A table is kept when it is a released one, or was made of it: it has its mark, or its
    columns `cell` and `off`. Exact tables of one gemeente are not released. Rows of single
    tips are never kept, as far as they can be known. Anything else, also what you counted
    from rows yourself, is kept only with `own=True`: then you say that it may be, and a
    warning says of what you have to be sure. A released table to which you added numbers of
    your own still has its mark: look at these yourself. An answer of `meldingen.count` gets
    a number; after three two people have to say that it may be kept. Answers that you put
    together are your own work.

    >>> import tempfile, mma_analysis as mma
    >>> areas = mma.edition("voorbeeld-2023").areas[["name", "inhabitants"]]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = save(areas.query("name == 'Borne'"), f"{folder}/tabel.csv")
    ...     kept.read_text(encoding="utf-8-sig")
    'name;inhabitants\\nBorne;24441\\n'
    """
    path = Path(path)
    path = path.with_suffix(path.suffix.lower())
    if isinstance(thing, pd.DataFrame):
        _check_ending("save_table", path, TABLE_ENDINGS)
        _save_table(thing, path, own)
    elif hasattr(thing, "to_plotly_json"):
        _check_ending("save_figure", path, FIGURES)
        _save_figure(thing, path)
    else:
        raise UsageError.of("not_to_save", kind=type(thing).__name__)
    return path


def _check_ending(what: str, path: Path, known: Iterable[str]) -> None:
    """Refuse a format that this cannot be saved in."""
    if path.suffix in known:
        return
    near = did_you_mean(path.suffix, known)
    raise UsageError(message(what, name=path.name, ending=path.suffix, near=near))


def _refuse_rows(columns: Iterable[str]) -> None:
    """Raise when there are columns that only rows of single tips have."""
    named = ", ".join(sorted(columns))
    if named:
        raise UsageError.of("save_columns", columns=named)


# --- a figure -----------------------------------------------------------------------------


def _save_figure(figure: Any, path: Path) -> None:
    """Write a figure in one of `FIGURES`."""
    drawn = figure.to_json()
    columns = [column.name for column in MELDINGEN]
    # As plotly names them.
    named = {name for name in (*columns, *ROW_LEVEL_COLUMNS) if f"{name}=" in drawn}
    _refuse_rows(_columns_of_rows(named))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        path.write_bytes(drawn.encode())
    elif path.suffix == ".html":
        path.write_bytes(_page(figure, path.stem).encode())
    else:
        path.write_bytes(_picture(figure, path.suffix[1:]))


def _picture(figure: Any, kind: str) -> bytes:
    """A picture with the title of a figure above it, drawn by the browser that is there."""
    from mma_analysis.publish.pdf import picture

    drawing = titled(figure).to_html(include_plotlyjs=True, div_id="figuur")
    return picture(drawing, kind, *SLIDE)


def titled(figure: Any) -> Any:
    """The figure with the title that `figuur` or the bench gave it, and room for it."""
    from mma_analysis.show.text import text_of_html

    around = figure.layout.meta or {}
    title = figure.layout.title.text or around.get("title", "")
    copied = type(figure)(figure)
    return copied.update_layout(title_text=text_of_html(title), title_automargin=True)


def _page(figure: Any, name: str) -> str:
    """A page that needs no network: the figure, with what was put around it."""
    import plotly.graph_objects as go

    from mma_analysis.show.figure import STAYS_HERE
    from mma_analysis.show.text import text_of_html

    title = figure.layout.title.text or name
    around = dict.fromkeys(("unit", "note", "source", "table"), "") | {
        "title": title,
        "alt": title,
    }
    around |= figure.layout.meta or {}
    words = {}
    for key, said in around.items():
        is_html = key in ("alt", "table")
        words[key] = said if is_html else text_of_html(said)
    drawn = go.Figure(figure).update_layout(meta=None, title_text="")
    drawing: Any = {"config": {**STAYS_HERE}, "include_plotlyjs": True, "full_html": False}
    html = drawn.to_html(**drawing, div_id="figuur")
    return filled_in("explore/figuur.html", drawing=html, **words)


# --- a table ------------------------------------------------------------------------------


def _save_table(table: pd.DataFrame, path: Path, own: bool) -> None:
    """Write a table in one of `TABLE_ENDINGS`; of an answer its number is kept."""
    if any(table.index.names):  # as a pivot has: else nobody knows what its rows are
        table = table.reset_index()
    if table.attrs.get(ROWS_OF_TIPS):
        raise UsageError.of("save_rows")
    answer_of = table.attrs.get(ANSWER_OF)
    if answer_of:
        root, slug = answer_of[:2]
        numbered(Workspace(Path(root)), slug, table, path.name)
        table = table.copy()
        table.attrs.clear()  # a parquet would hold where it was made
    else:
        _refuse_columns_of_rows(table)
        _check_own(table, own)

    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    elif path.suffix == ".xlsx":
        options = {"strings_to_formulas": False, "strings_to_urls": False}
        _without_formulas(table).to_excel(
            path,
            index=False,
            engine="xlsxwriter",
            engine_kwargs={"options": options},
        )
    else:
        # With the mark by which Excel knows UTF-8. Nullable numbers would keep their point.
        _plain_numbers(_without_formulas(table)).to_csv(
            path,
            sep=";",
            decimal=",",
            index=False,
            encoding="utf-8-sig",
            lineterminator="\n",
        )


def _refuse_columns_of_rows(table: pd.DataFrame) -> None:
    """Refuse what has a column that only rows of single tips have."""
    columns = {*map(str, (*table.columns, *table.columns.names))}
    _refuse_rows(_columns_of_rows(columns))


def _columns_of_rows(names: set[str]) -> set[str]:
    """Which of these names are there only in what was made of rows of single tips.

    The gemeente and something else of a melding together are.
    """
    of_meldingen = names & {column.name for column in MELDINGEN}
    if {"gemeente"} < of_meldingen:
        return of_meldingen
    return names & ROW_LEVEL_COLUMNS


def _check_own(table: pd.DataFrame, own: bool) -> None:
    """Keep what is released; of anything else somebody has to say that it may be kept."""
    if is_released(table):
        return
    if not own:
        raise UsageError.of("save_own")
    warnings.warn(message("saved_own"), OwnWork, stacklevel=4)


def is_released(table: pd.DataFrame) -> bool:
    """Whether this is a released table, or was made of one: by its mark, or by its cells.

    Of pieces that were merged only the cells are left. An exact table has these too: only
    with how far its counts may be `off` it can be told that it is not one. What an answer
    has beside its counts is of no released table.
    """
    if table.attrs.get(EXACT):
        return False
    if table.attrs.get(RELEASED):
        return True
    words = [str(name).partition("_")[0] for name in table]
    has_margins = "cell" in words and "off" in words
    if not has_margins or OF_ANSWER in table or _is_exact(table):
        return False
    for name, word in zip(table, words, strict=True):
        if word == "cell":
            table_of_cell = table[name].astype("str").str.split("|").str[0]
            if not table_of_cell.isin(PUBLIC_TABLES).all():
                return False
    return True


def _is_exact(table: pd.DataFrame) -> bool:
    """Whether a count in this table is not `off`: then it is of one's own rows."""
    for name in table:
        word, _, suffix = str(name).partition("_")
        if word != "off":
            continue
        is_exact = table[name] == 0
        count = f"count_{suffix}" if suffix else "count"
        if count in table:
            is_exact &= table[count].fillna(0) > 0
        if is_exact.any():
            return True
    return False


def _plain_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """The table with fractions that get a comma: pandas gives nullable ones a point."""
    fractions = table.select_dtypes("Float64").columns
    return table.astype(dict.fromkeys(fractions, "float64"))


def _without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """The table, with an apostrophe before each text or head that Excel would compute."""
    from mma_analysis.publish.annex import harmless

    shown = table.copy()
    for name in table.select_dtypes(exclude=["number", "bool", "datetime"]):
        texts = [harmless(one) if isinstance(one, str) else one for one in table[name]]
        shown[name] = pd.Series(texts, table.index, dtype="object")
    heads = [harmless(name) if isinstance(name, str) else name for name in shown]
    return shown.set_axis(heads, axis="columns")
