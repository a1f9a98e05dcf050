"""The columns of every table of rows: what reading gives to cleaning, the clean tables."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from mma_analysis.vocabulary.reference import package_table

if TYPE_CHECKING:
    import pandas as pd

# In every list of values, and among the topics: what is not known.
UNKNOWN = "onbekend"
# What a table has of a yes or a no.
YES = "ja"
NO = "nee"
# The reason of a word that means nothing to us.
WORD_NOT_UNDERSTOOD = "niet_begrepen"
# The breakdown, and its value, of a count of all.
TOTAL = "totaal"

SOURCE = ("source_file", "source_sheet", "source_row")

# Reading reduces these to `ja`, `nee`, `UNREADABLE` or empty: the content stops there.
REDUCED = BACKGROUND = ("has_time", "has_location", "has_person", "has_vehicle")
UNREADABLE = "onleesbaar"

FOLLOW_UP = ("status", "disposition", "result", "usable")
# What came of a melding, as counted on the peildatum: more of it is known later.
PROGRESS = (*FOLLOW_UP, "fed_back")
# Of these classes a melding may go on to another; once in any other class it stays there.
NOT_FINAL = {"status": ("ontvangen", "in_behandeling"), "fed_back": ("nee",)}
# Fields of which a cell is a word with a meaning.
WORD_FIELDS = ("topic", *FOLLOW_UP, "also_sent_to")
RAW_MELDINGEN = (
    "melding_id",
    "gemeente",
    "received_on",
    "reported_on",
    "topic",
    "place",
    "postcode",
    *REDUCED,
    "also_sent_to",
    *FOLLOW_UP,
    "closed_on",
    "fed_back_on",
)
DATES = ("received_on", "reported_on", "closed_on", "fed_back_on")


@dataclass(frozen=True)
class Delivery:
    """One delivered file as read: its data rows as text, in our fields.

    `rows` has one row per data row, with a text column for every field of `RAW_MELDINGEN`
    that the file has (empty text when a cell is empty), the columns of `SOURCE`, and
    `shifted`: whether it has more cells than headers; then no cell is read, as it may stand
    below the header of another. `headers` says which header of the file each field came
    from, and which were known and not read. `senders` are the gemeenten that the file is
    for. `unread` says where something stands that is not read, `second_tables` where a
    table with other headers begins: its sender is asked about it. `choices` says what the
    settings chose of how its columns, sheets and rows are read, and `has_withdrawn`
    whether rows are struck through or say *vervallen*.
    """

    file: str
    senders: tuple[str, ...]
    headers: dict[str, str]
    rows: "pd.DataFrame"
    unread: tuple[str, ...] = ()
    second_tables: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    has_withdrawn: bool = False


SURVEY_COLUMNS = ("completed_on", "complete", *SOURCE)


@dataclass(frozen=True)
class SurveyExport:
    """The survey tool's export as read: a row per answer sheet, a text column per question.

    Columns are the headers as delivered, tidied, and those of `SURVEY_COLUMNS`; who filled
    it in (name, e-mail, IP address) is dropped. Some tools have a column for each option of
    a question. `completed_on` is the moment of sending as ISO text; `complete` says whether
    the sheet was sent. `separators` may stand between the choices in one cell.
    """

    file: str
    tool: str
    rows: "pd.DataFrame"
    separators: tuple[str, ...] = ()


# What people wrote in the coding workbook: a row per answer, coder and theme. Unchecked.
CODINGS = (*SOURCE, "coder", "answer_id", "theme")


class Column(NamedTuple):
    """One column of a clean table: its name, pandas dtype and meaning."""

    name: str
    dtype: str
    meaning: str
    required: bool = False


def _columns(table: str) -> tuple[Column, ...]:
    """The columns of a clean table, by `reference/clean_tables.csv`."""
    columns = []
    for row in package_table("clean_tables"):
        if row["table"] == table:
            is_required = row["required"] == "ja"
            columns.append(Column(row["column"], row["dtype"], row["meaning"], is_required))
    return tuple(columns)


MELDINGEN = _columns("meldingen")
RESPONSES = _columns("responses")
# Internal: the only table with the words of a sender. Never a part of what is released.
OPEN_ANSWERS = _columns("open_answers")
REJECTED_TABLE = _columns("rejected")
REGISTRATION = _columns("registration")
DUPLICATES = _columns("duplicates")
CORRECTIONS = _columns("corrections")
OTHER_DAYS = _columns("other_days")
