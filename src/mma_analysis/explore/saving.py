"""One line to keep a table or a figure."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mma_analysis.pipeline.questions import ANSWER_OF, ROWS_OF_TIPS, numbered
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import UsageError, did_you_mean, filled_in
from mma_analysis.vocabulary.schema import DATES, MELDINGEN, SOURCE

TABLES = (".csv", ".xlsx", ".parquet")
FIGURES = (".html", ".json", ".png", ".svg")
SLIDE = (1280, 720)  # how large a picture is, to stand on a slide
# Who has one of these has rows about single tips.
TYPED = ("number_as_delivered", "topic_as_delivered")
ROW_LEVEL = {"melding_id", "place", *TYPED, *DATES, *SOURCE}


def save(thing: Any, path: str | Path) -> Path:
    """Write a table or a figure to a file, in the format that the name ends with; give its path.

    A table: `.csv`, `.xlsx` or `.parquet`. A figure: `.json`, `.png`, `.svg`, or `.html`, a page
    that needs no network. Rows of single tips are refused where they can be known: by their mark,
    or by a column that only they have. An answer of `meldingen.count` gets a number; after ten two
    people have to say that it may be kept.

    >>> import tempfile, pandas as pd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = save(pd.DataFrame({"area": ["borne"]}), f"{folder}/tabel.csv")
    ...     kept.read_text(encoding="utf-8-sig")
    'area\\nborne\\n'
    """
    import pandas as pd

    path, is_table = Path(path), isinstance(thing, pd.DataFrame)
    if not is_table and not hasattr(thing, "to_plotly_json"):
        raise UsageError.of("not_to_save", kind=type(thing).__name__)
    what, known = ("save_table", TABLES) if is_table else ("save_figure", FIGURES)
    path = path.with_suffix(path.suffix.lower())
    if path.suffix not in known:
        words = {"ending": path.suffix, "near": did_you_mean(path.suffix, known)}
        raise UsageError.of(what, name=path.name, **words)
    if not is_table:
        drawn = thing.to_json()
        _refuse_rows(name for name in ROW_LEVEL if f"{name}=" in drawn)  # as plotly names them
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_table:
        _save_table(thing, path)
    elif path.suffix == ".json":
        path.write_bytes(thing.to_json().encode())
    elif path.suffix == ".html":
        path.write_bytes(_page(thing, path.stem).encode())
    else:  # drawn by the browser that is there
        from mma_analysis.publish.pdf import picture
        from mma_analysis.show.text import plain

        title = thing.layout.title.text or (thing.layout.meta or {}).get("title", "")
        titled = type(thing)(thing).update_layout(title_text=plain(title))
        drawing = titled.to_html(include_plotlyjs=True, div_id="figuur")
        path.write_bytes(picture(drawing, path.suffix[1:], *SLIDE))
    return path


def _page(figure: Any, name: str) -> str:
    """A page that needs no network: the figure, and what `figuur` or the bench put around it."""
    import plotly.graph_objects as go

    from mma_analysis.show.figure import STAYS_HERE
    from mma_analysis.show.text import plain

    title = figure.layout.title.text or name
    around = dict.fromkeys(("unit", "note", "source", "table"), "") | {"title": title, "alt": title}
    around |= figure.layout.meta or {}
    words = {key: around[key] if key in ("alt", "table") else plain(around[key]) for key in around}
    drawn = go.Figure(figure).update_layout(meta=None, title_text="")
    drawing: Any = {"config": {**STAYS_HERE}, "include_plotlyjs": True, "full_html": False}
    html = drawn.to_html(**drawing, div_id="figuur")
    return filled_in("explore/figuur.html", drawing=html, **words)


def _refuse_rows(columns: Iterable[str]) -> None:
    if named := ", ".join(sorted(columns)):
        raise UsageError.of("save_columns", columns=named)


def _save_table(table: Any, path: Path) -> None:
    if any(table.index.names):  # as a pivot has: else nobody knows what its rows are
        table = table.reset_index()
    if table.attrs.get(ROWS_OF_TIPS):
        raise UsageError.of("save_rows")
    answer_of = table.attrs.get(ANSWER_OF)
    if not answer_of:
        columns = {*map(str, (*table.columns, *table.columns.names))}
        # What names the gemeente and something else of a melding was made of rows.
        of_meldingen = columns & {column.name for column in MELDINGEN}
        _refuse_rows(of_meldingen if {"gemeente"} < of_meldingen else ROW_LEVEL & columns)
    else:
        root, slug = answer_of
        numbered(Workspace(Path(root)), slug, table, path.name)
        table = table.copy()
        table.attrs.clear()  # a parquet would hold where it was made
    if path.suffix == ".csv":
        # with the mark by which Excel knows UTF-8
        table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    elif path.suffix == ".xlsx":
        table.to_excel(path, index=False, engine="xlsxwriter")
    else:
        table.to_parquet(path, index=False)
