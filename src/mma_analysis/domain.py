"""The words of this project: areas, topics, columns and their allowed values, and `MmaError`.

Every word is a row of a table under `reference/`, or of the table that the edition in use has
instead of it; this module asks `tables` for them and reads nothing itself.
"""

import difflib
import errno
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mma_analysis.tables import reference, remembered

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "onbekend"
TOTAL = "totaal"
# Who a page is for: everybody, or one gemeente alone.
AUDIENCES = ("openbaar", "intern")
# Kinds of OSError: there is no room on the disk, or no more for this person.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# How a spreadsheet program names what it leaves beside a workbook that is open.
OPEN_ELSEWHERE = ("~$", ".~lock.")


class MmaError(Exception):
    """Something a person can repair: what is wrong, where, what was expected, what to do next.

    Never carries the content of a melding.
    """

    exit_code = 1


class UsageError(MmaError):
    """Wrong use or a wrong setting: nothing was run."""

    exit_code = 2


# --- where ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Area:
    """A gemeente, or the district that holds them all."""

    slug: str
    name: str
    level: Literal["gemeente", "district"]
    cbs_code: str
    tile_row: int
    tile_column: int

    @property
    def is_district(self) -> bool:
        """Whether this is the district itself."""
        return self.level == "district"


@remembered()
def areas() -> tuple[Area, ...]:
    """All areas: the gemeenten in alphabetical order, then the district."""
    return tuple(
        Area(
            slug=row["slug"],
            name=row["name"],
            level="district" if row["level"] == "district" else "gemeente",
            cbs_code=row["cbs_code"],
            tile_row=int(row["tile_row"]),
            tile_column=int(row["tile_column"]),
        )
        for row in reference("areas")
    )


def gemeenten() -> tuple[Area, ...]:
    """The gemeenten of the district."""
    return tuple(area for area in areas() if not area.is_district)


def district() -> Area:
    """The district itself."""
    return next(area for area in areas() if area.is_district)


def area(slug: str) -> Area:
    """Look an area up by its slug.

    Raises
    ------
    UsageError
        When no area has this slug; the message names the nearest one.
    """
    known = {known.slug: known for known in areas()}
    if slug not in known:
        raise UsageError(f"no area '{slug}' in reference/areas.csv{did_you_mean(slug, known)}")
    return known[slug]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant, or which words there are."""
    words = list(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else f"; known are: {', '.join(words)}"


# Nearly every text has only these characters; a table is ten times as fast as looking at each.
_PLAIN_ASCII = {code: chr(code).lower() if chr(code).isalnum() else None for code in range(128)}


def plain(text: str) -> str:
    """Only the letters and digits, without capitals, accents, punctuation or spaces.

    So that `Datum ontvangst`, `datum_ontvangst` and `DATUM-ONTVANGST:` are one word.
    """
    if text.isascii():
        return text.translate(_PLAIN_ASCII)
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if character.isalnum())


# Unicode's categories of signs that nobody sees, and of what only changes how one is drawn.
_NOT_A_SIGN = ("Cc", "Cf", "Mn", "Zs")


def word(text: str) -> str:
    """`plain`, or the signs when there is no letter or digit: a tick is a word too.

    A sign that is repeated stands once, and every dash is `-`.
    """
    return plain(text) or _signs(text)


def _signs(text: str) -> str:
    kinds = ((sign, unicodedata.category(sign)) for sign in unicodedata.normalize("NFKC", text))
    signs = ("-" if kind == "Pd" else sign for sign, kind in kinds if kind not in _NOT_A_SIGN)
    return "".join(dict.fromkeys(signs))


# Marks that nobody sees; one of them turns the text after it around.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def visible(text: str) -> str:
    """Only what is seen of a text, on one line: what a sender wrote, as it may be shown."""
    return _UNSEEN.sub("", " ".join(text.split()))


# --- what ----------------------------------------------------------------------------------------


@remembered()
def topics() -> dict[str, str]:
    """Topic code → Dutch label, in the order of M.'s contract list."""
    return {row["code"]: row["label"] for row in reference("topics")}


@remembered()
def topic_groups() -> dict[str, str]:
    """Topic group code → Dutch label, in reading order."""
    return {row["code"]: row["label"] for row in reference("topic_groups")}


@remembered()
def main_of_topic_group() -> dict[str, str]:
    """Code of a topic group → code of the coarser topic that it is a part of."""
    return {row["code"]: row["main"] for row in reference("topic_groups")}


@remembered()
def group_of_topic() -> dict[str, str]:
    """Topic code → code of its group."""
    return {row["code"]: row["group"] for row in reference("topics")}


@remembered()
def values(field: str) -> dict[str, str]:
    """Allowed codes of a field → Dutch label, in the order in which they occur."""
    return {row["code"]: row["label"] for row in reference("values") if row["field"] == field}


@remembered()
def rejection_reasons() -> dict[str, str]:
    """Reason code → Dutch sentence for the sender, in the order in which a reason is looked for."""
    return {row["code"]: row["sentence"] for row in reference("reasons")}


@remembered()
def reason_effects() -> dict[str, str]:
    """Reason code → `reject` when the row cannot be counted, `outside` when it need not be.

    `warn` when it is counted.
    """
    return {row["code"]: row["effect"] for row in reference("reasons")}


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
    header of the file each field came from. `senders` are the gemeenten that the file is for.
    `shifted` are the numbers of rows with more cells than headers: no cell of theirs is read, as it
    may stand below the header of another. `unread` says where something stands that is
    not read: in columns without a header, and formulas that failed below the table.
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
    Column("source_file", "str", "delivered file, relative to the edition", required=True),
    Column("source_sheet", "str", "sheet of a workbook, empty for a text file", required=True),
    Column("source_row", "int64", "row in that file or sheet, counted from 1", required=True),
)

RESPONSES = (
    Column("gemeente", "str", "slug of the gemeente that answered", required=True),
    Column("question", "str", "code of the code book", required=True),
    Column("kind", "str", "likert, single, multi, number or open", required=True),
    Column("value", "str", "one answer; a multi answer has a row for each choice"),
    Column("answered_by", "str", "name of the joint answer, empty when it is their own"),
    Column("source_file", "str", "delivered file, relative to the edition", required=True),
    Column("source_sheet", "str", "sheet of a workbook, empty for a text file", required=True),
    Column("source_row", "int64", "row in that file or sheet, counted from 1", required=True),
)

# Internal: the only table with the words of a sender. Never a part of what is released.
OPEN_ANSWERS = (
    Column("gemeente", "str", "slug of the gemeente that answered", required=True),
    Column("question", "str", "code of the code book", required=True),
    Column("answer_id", "str", "who answered, question, and a mark of the text", required=True),
    Column("text", "str", "the answer, as given", required=True),
)

REJECTED = (
    Column("source_file", "str", "delivered file, relative to the edition", required=True),
    Column("source_sheet", "str", "sheet of a workbook, empty for a text file", required=True),
    Column("source_row", "int64", "row in that file or sheet, counted from 1", required=True),
    Column("gemeente", "str", "slug, when it is known"),
    Column("column", "str", "header that the fault is in"),
    Column("reason_code", "str", "code of reasons.csv", required=True),
    Column("reason", "str", "Dutch sentence; never the content of a melding", required=True),
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

REUSED_NUMBERS = (
    Column("gemeente", "str", "slug of the gemeente", required=True),
    Column("source_file", "str", "delivered file of the row that is counted", required=True),
    Column("source_sheet", "str", "its sheet", required=True),
    Column("source_row", "int64", "its row", required=True),
    Column("other_gemeente", "str", "slug of whose other tip has this number", required=True),
    Column("other_file", "str", "delivered file of the row of that tip", required=True),
    Column("other_sheet", "str", "its sheet", required=True),
    Column("other_row", "int64", "its row", required=True),
)

CORRECTIONS = (
    Column("source_file", "str", "delivered file, relative to the edition", required=True),
    Column("source_sheet", "str", "sheet of a workbook, empty for a text file", required=True),
    Column("source_row", "int64", "row that was corrected", required=True),
    Column("field", "str", "our name of the column", required=True),
    Column("action", "str", "vervang or verwijder", required=True),
    Column("reason", "str", "why, as in correcties.toml", required=True),
    Column("reported_to", "str", "who was asked to repair the source", required=True),
)

BACKGROUND = REDUCED
FOLLOW_UP = ("status", "disposition", "result", "usable")
