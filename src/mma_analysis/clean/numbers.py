"""The number that M. gave a melding, in one way of writing; a surrogate when there is none."""

import re

import pandas as pd

from mma_analysis.clean.words import map_cells
from mma_analysis.vocabulary import short_hash

PREFIX = re.compile(
    r"^[^A-Z0-9]*(MMA|M|MELDING|MELDINGSNUMMER|MELDNUMMER|NUMMER|NR)[^A-Z0-9]*(?=\d)"
)
# A part of a number has a digit or is an abbreviation: a name in this column is not a number.
NUMBER = re.compile(
    r"(?=.*\d)([A-Z]{0,4}\d[A-Z0-9]*|[A-Z]{1,4})(-([A-Z]{0,4}\d[A-Z0-9]*|[A-Z]{1,4}))*"
)
LONGEST_NUMBER = 30
# What a system or a person fills in when there is no number.
ONLY_ZEROS = r"0+(-0+)*"
# How a spreadsheet program shows a long number in a narrow column: its last digits are gone.
CUT_OFF = re.compile(r"\d([.,]\d+)?E\+\d+")


# Two whole numbers in one cell: `M2022-0001 / M2022-0002`, `20220001 en 20220002`.
BETWEEN_NUMBERS = re.compile(r"\s*(?:[,;+&\n]|/(?=\s|MM?A?\W?\d)|\bEN\b|\s)\s*")
WHOLE_NUMBER = re.compile(r"(?:MMA|M)[.-]?\d[\d./-]*|\d{6,}|(?:19|20)\d\d[-/.]\d{3,}")


def melding_numbers(cells: pd.Series) -> pd.Series:
    """Number of each melding in one way of writing, empty when the cell holds none.

    `M. 2022/0123`, `m-2022-0123` and `2022-0123` are one number. Leading zeros are kept. What is
    left of a number that was cut off (`2,02E+11`) is none, and nor are zeros alone: many meldingen
    would have the same.
    """
    apart = cells.str.normalize("NFKC").str.upper().str.strip()
    bare = apart.str.replace(PREFIX, "", regex=True)
    joined = bare.str.replace(r"[^A-Z0-9]+", "-", regex=True).str.strip("-")
    is_number = joined.str.fullmatch(NUMBER) & (joined.str.len() <= LONGEST_NUMBER)
    is_cut = bare.str.fullmatch(CUT_OFF) | joined.str.fullmatch(ONLY_ZEROS)
    return joined.where(is_number & ~is_cut, "")


def several(cell: str) -> bool:
    """Whether a cell holds more than one number, each whole."""
    parts = [part for part in BETWEEN_NUMBERS.split(cell.upper().strip()) if part]
    return len(set(parts)) > 1 and all(map(WHOLE_NUMBER.fullmatch, parts))


def with_surrogates(rows: pd.DataFrame) -> pd.Series:
    """The number of each melding; without one a name, the same as long as the row stays there."""
    rest = rows[rows["number"] == ""]
    places = rest["source_file"] + "|" + rest["source_sheet"] + "|" + rest["source_row"].astype(str)
    names = "zonder-nummer-" + rest["gemeente"] + "-" + map_cells(places, short_hash)
    return names.reindex(rows.index).fillna(rows["number"])
