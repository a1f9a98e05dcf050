"""The columns of every table of rows: what reading hands to cleaning, and the clean tables."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# In every list of values, and among the topics: what is not known.
UNKNOWN = "onbekend"
# The breakdown, and its value, of a count of all.
TOTAL = "totaal"

# --- what reading hands to cleaning --------------------------------------------------------------

SOURCE = ("source_file", "source_sheet", "source_row")

# Reading reduces these to `ja`, `nee`, `UNREADABLE` or empty: the content stops there.
REDUCED = ("has_time", "has_location", "has_person", "has_vehicle")
UNREADABLE = "onleesbaar"

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
    "status",
    "disposition",
    "result",
    "usable",
    "closed_on",
    "fed_back_on",
)
DATES = ("received_on", "reported_on", "closed_on", "fed_back_on")


@dataclass(frozen=True)
class Delivery:
    """One delivered file as read: its data rows as text, in our fields.

    `rows` has one row per data row, with a text column for every field of `RAW_MELDINGEN` that the
    file has (empty text when a cell is empty) and the columns of `SOURCE`. `headers` says which
    header of the file each field came from, and which were known and not read. `senders` are the
    gemeenten that the file is for. `shifted` are the numbers of rows with more cells than headers:
    no cell of theirs is read, as it may stand below the header of another. `unread` says where
    something stands that is not read: in columns without a header, and formulas that failed below
    the table.
    """

    file: str
    senders: tuple[str, ...]
    headers: dict[str, str]
    rows: "pd.DataFrame"
    shifted: frozenset[int] = frozenset()
    unread: tuple[str, ...] = ()


SURVEY_COLUMNS = ("completed_on", "complete", *SOURCE)


@dataclass(frozen=True)
class SurveyExport:
    """The survey tool's export as read: one row per answer sheet, a text column per question.

    Columns are the headers as delivered, tidied, and those of `SURVEY_COLUMNS`; who filled it in
    (name, e-mail, IP address) is dropped. Some tools have a column for each option of a question.
    `completed_on` is the moment of sending as ISO text; `complete` says whether the sheet was sent.
    `separators` may stand between the choices in one cell.
    """

    file: str
    tool: str
    rows: "pd.DataFrame"
    separators: tuple[str, ...] = ()


# What people wrote in the coding workbook: one row per answer, coder and theme. Text, unchecked.
CODINGS = (*SOURCE, "coder", "answer_id", "theme")


# --- columns of the clean tables -----------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One column of a clean table: its name, pandas dtype and meaning."""

    name: str
    dtype: str
    meaning: str
    required: bool = False


ORIGIN = (
    Column("source_file", "str", "delivered file, relative to the edition", required=True),
    Column("source_sheet", "str", "sheet of a workbook, empty for a text file", required=True),
    Column("source_row", "int64", "row in that file or sheet, counted from 1", required=True),
)

MELDINGEN = (
    Column("melding_id", "str", "number that M. gave the tip, or a surrogate", required=True),
    Column("gemeente", "str", "slug of the gemeente that received it", required=True),
    Column("received_on", "datetime64[us]", "day the gemeente received it", required=True),
    Column("reported_on", "datetime64[us]", "day M. took the tip"),
    Column("topic", "str", "code of topics.csv", required=True),
    Column("topic_group", "str", "code of topic_groups.csv", required=True),
    Column("topic_as_delivered", "str", "label in the delivery"),
    Column("place", "str", "woonplaats, when delivered"),
    Column("has_time", "boolean", "the tip says when"),
    Column("has_location", "boolean", "the tip says where exactly"),
    Column("has_person", "boolean", "the tip names or describes a person"),
    Column("has_vehicle", "boolean", "the tip names a vehicle"),
    Column("also_sent_to", "str", "who else received it", required=True),
    Column("status", "str", "how far it is", required=True),
    Column("disposition", "str", "what the gemeente decided", required=True),
    Column("result", "str", "what it turned out to be", required=True),
    Column("usable", "str", "whether it could be used", required=True),
    Column("closed_on", "datetime64[us]", "day it was closed"),
    Column("fed_back_on", "datetime64[us]", "day M. was told the result"),
    *ORIGIN,
)

RESPONSES = (
    Column("gemeente", "str", "slug of the gemeente that answered", required=True),
    Column("question", "str", "code of the code book", required=True),
    Column("kind", "str", "likert, single, multi, number or open", required=True),
    Column("value", "str", "one answer; a multi answer has a row for each choice"),
    Column("answered_by", "str", "name of the joint answer, empty when it is their own"),
    *ORIGIN,
)

# Internal: the only table with the words of a sender. Never a part of what is released.
OPEN_ANSWERS = (
    Column("gemeente", "str", "slug of the gemeente that answered", required=True),
    Column("question", "str", "code of the code book", required=True),
    Column("answer_id", "str", "who answered, question, and a mark of the text", required=True),
    Column("text", "str", "the answer, as given", required=True),
)

REJECTED = (
    *ORIGIN,
    Column("gemeente", "str", "slug, when it is known"),
    Column("column", "str", "header that the fault is in"),
    Column("reason_code", "str", "code of reasons.csv", required=True),
    Column("reason", "str", "Dutch sentence; never the content of a melding", required=True),
)

REGISTRATION = (
    Column("gemeente", "str", "slug of the gemeente", required=True),
    Column("field", "str", "our name of the column", required=True),
    Column("column", "str", "header in its files, empty when none has it"),
    Column("registers", "str", "always, sometimes, never or not_understood", required=True),
    Column("meldingen", "int64", "meldingen that count", required=True),
    Column("known", "int64", "of these: known", required=True),
    Column("not_filled", "int64", "of these: empty, or a word that says so", required=True),
    Column("not_understood", "int64", "of these: filled, but not understood", required=True),
    Column("no_column", "int64", "of these: in a file without this column", required=True),
)

DUPLICATES = (
    Column("source_file", "str", "delivered file of the row that is not counted", required=True),
    Column("source_sheet", "str", "its sheet", required=True),
    Column("source_row", "int64", "row that is not counted", required=True),
    Column("gemeente", "str", "slug of the gemeente", required=True),
    Column("kept_file", "str", "delivered file of the row that stands for it", required=True),
    Column("kept_sheet", "str", "its sheet", required=True),
    Column("kept_row", "int64", "row that stands for it", required=True),
)

CORRECTIONS = (
    *ORIGIN,
    Column("field", "str", "our name of the column", required=True),
    Column("action", "str", "vervang or verwijder", required=True),
    Column("reason", "str", "why, as in correcties.toml", required=True),
    Column("reported_to", "str", "who was asked to repair the source", required=True),
)

BACKGROUND = REDUCED
FOLLOW_UP = ("status", "disposition", "result", "usable")
