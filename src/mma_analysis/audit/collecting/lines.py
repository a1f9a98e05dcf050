"""A tidy file: lines that each name a cell, a column, a number and how it reads."""

import csv
from pathlib import Path

from mma_analysis.audit.collecting.documents import Cell, Document, Table, Text
from mma_analysis.vocabulary import DataError

HEADS = ("cell", "column", "value", "text")


def open_lines(path: Path, file: str) -> Document:
    """Take a file of lines apart; one with other heads, or a ragged one, is noted as not read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            head, *rows = list(csv.reader(opened, delimiter=";")) or [[]]
    except UnicodeDecodeError as error:
        raise DataError(f"{file}: not UTF-8, so it cannot be searched; make it again") from error
    if tuple(head) != HEADS or any(len(row) != len(HEADS) for row in rows):
        return Document(file, unread=[""])
    every = dict.fromkeys(text for row in rows for text in row)
    cells = tuple(tuple(Cell(" ".join(text.split())) for text in row) for row in rows)
    texts = [Text("a line", text) for text in every]
    return Document(file, texts=texts, tables=[Table("lines", "", HEADS, cells)])
