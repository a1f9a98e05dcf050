"""`datapakket.zip`: each public table as a file for programs, and what describes them."""

import csv
import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.annex import (
    AnnexTable,
    Cell,
    boxes,
    harmless,
    names_in_csv,
    tables_with_cells,
)
from mma_analysis.storage.folders import as_json
from mma_analysis.vocabulary.datapackage import (
    CSVW,
    DESCRIPTOR,
    EMPTY_BOX,
    WHY_EMPTY_COLUMN,
    PublicTable,
    csv_on_the_web,
    data_package,
)
from mma_analysis.vocabulary.office import packed
from mma_analysis.vocabulary.released import CELL

NOT_APPLICABLE_IN_WORDS = "niet van toepassing"


def packed_tables(e: Evaluation, status: str = "") -> bytes:
    """Write the tables of the annex as a Data Package. `status`: that it may not be sent.

    The same tables give the same bytes.
    """
    tables = list(tables_with_cells(e))
    described = []
    for table in tables:
        columns = [CELL, *names_in_csv(table)]
        described.append(PublicTable(table.about["table"], columns))
    about = e.edition.about
    package = data_package(about, described, e.vocabulary, status)
    web = csv_on_the_web(about, described, status)

    parts = {DESCRIPTOR: as_json(package), CSVW: as_json(web)}
    for table, public in zip(tables, described, strict=True):
        parts[public.path] = _written(e, table, public).encode()
    return packed(parts)


def _written(e: Evaluation, table: AnnexTable, public: PublicTable) -> str:
    """One table as RFC 4180 writes it: comma, decimal point, a row per line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*public.columns, WHY_EMPTY_COLUMN.name])
    for record in table.records:
        writer.writerow(_row(e, table, record))
    return text.getvalue()


def _row(e: Evaluation, table: AnnexTable, record: Mapping[Any, Any]) -> list[str]:
    """The name of a row, what it has, and why what it does not have is not there."""
    row = [harmless(str(record["cell"]))]
    reasons = []
    for box in boxes(e, table, record):
        written = _for_programs(box.raw)
        if written == EMPTY_BOX:
            reasons.append(f"{box.column}: {box.text or NOT_APPLICABLE_IN_WORDS}")
        row.append(written)
    return [*row, "; ".join(reasons)]


def _for_programs(raw: Cell) -> str:
    """A number with a point, a day by ISO 8601, yes or no as JSON has it, a code."""
    if raw is None:
        return EMPTY_BOX
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, dt.date):
        return raw.isoformat()
    return str(raw)
