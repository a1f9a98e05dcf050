"""The part of `docs/glossary.md` that is written from the tables of `reference/`.

`python -m tools.glossary_page docs/glossary.md` writes it again.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from mma_analysis.vocabulary import UsageError
from mma_analysis.vocabulary.reference import CODES, LABELS, REGISTRY, package_table
from mma_analysis.vocabulary.released import CELL, released_columns

BEGIN = "<!-- Here begins what is made of src/mma_analysis/reference: change it there. -->"
END = "<!-- Here ends what is made of src/mma_analysis/reference. -->"
OF_ONE_GEMEENTE = "own"  # a table that is in no data package
# Dutch codes that stand in a column of their own; all others stand in `value`.
IN_OWN_COLUMN = ("grade",)

Entry = Mapping[str, str]


def with_glossary(page: str) -> str:
    """Put every public table, column and code between the two marks of a page.

    Raises
    ------
    UsageError
        When the page does not have both marks, in their order.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise UsageError(f"the page must have the line {BEGIN} and after it the line {END}")
    parts = [
        "## Tables",
        "\n".join(table_lines()),
        "## Columns",
        "\n".join(column_lines()),
        "## Codes",
        *code_paragraphs(),
    ]
    made = "\n\n".join(parts)
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def public_tables() -> list[Entry]:
    """The tables that everybody may have, in the order of the annex."""
    return [row for row in REGISTRY if row["scope"] != OF_ONE_GEMEENTE]


def table_lines() -> list[str]:
    """A line for every table: its file and what it is."""
    return [f"- `{row['table']}`: {row['title_en']}" for row in public_tables()]


def columns_told() -> dict[str, set[str]]:
    """Column → the public tables that have it for everybody to read."""
    tables_of: dict[str, set[str]] = {}
    for row in public_tables():
        for column in released_columns(row["table"]):
            if column.is_told or column.name == CELL:
                tables_of.setdefault(column.name, set()).add(row["table"])
    return tables_of


def column_lines() -> list[str]:
    """A line for every meaning of a column, with its table where another has another."""
    tables_of = columns_told()
    lines = []
    for label in sorted(LABELS, key=lambda label: (label["column"], label["table"])):
        tables = tables_of.get(label["column"], set())
        is_of_one = bool(label["table"])
        is_told = label["table"] in tables if is_of_one else bool(tables)
        if is_told:
            lines.append(_column_line(label))
    return lines


def _column_line(label: Entry) -> str:
    """The name of a column, what a Dutch page calls it, and what it holds."""
    place = f" in `{label['table']}`" if label["table"] else ""
    return f"- `{label['column']}`{place} (*{label['nl']}*): {label['meaning_en']}"


def code_paragraphs() -> list[str]:
    """A paragraph for every column of codes, and for every breakdown of Dutch ones."""
    tables_of = columns_told()
    paragraphs = []
    for column, rows in _by_column(CODES).items():
        if column in tables_of:
            said = [f"`{row['code']}` (*{row['nl']}*) {row['en']}" for row in rows]
            paragraphs.append(f"`{column}`: {'; '.join(said)}.")
    for column, rows in _by_column(package_table("english")).items():
        place = f"`{column}`" if column in IN_OWN_COLUMN else f"`value` of `{column}`"
        said = [f"`{row['code']}` {row['en']}" for row in rows]
        paragraphs.append(f"{place}: {'; '.join(said)}.")
    return paragraphs


def _by_column(rows: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The rows of each column, in the order in which the columns come."""
    found: dict[str, list[Entry]] = {}
    for row in rows:
        found.setdefault(row["column"], []).append(row)
    return found


if __name__ == "__main__":
    path = Path(sys.argv[1])
    page = with_glossary(path.read_text(encoding="utf-8"))
    path.write_text(page, encoding="utf-8", newline="\n")
