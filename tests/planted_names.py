"""Persons who do not exist, planted in every odd place of an edition, and where they turn up.

Each place has a person of its own, so that a name that is found says where it came from.
Nothing of the package looks for them: files are opened here, zips in zips too.
"""

import base64
import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas as pd
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

BEGINS = ("Bram", "Krek", "Snor", "Plof", "Knik", "Zwel", "Mop", "Grut", "Ked", "Vlar")
MIDDLES = ("bos", "del", "kan", "lier", "mot", "pel", "rug", "sep", "tui", "vuk")
ENDS = ("ahorst", "iveld")
FIRST_PHONE = 55510007
# Places whose names a gemeente may read in what goes to herself: she wrote them herself, and
# they say where in her file to look.
OWN_HEADER = "header"
OWN_SHEET = "sheet"
OWN_FILE = "file name"
OWN_ANSWER = "open answer"
TOLD_TO_ITSELF = {OWN_HEADER, OWN_SHEET, OWN_FILE, OWN_ANSWER}


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist: where planted, of which gemeente, and of which kind."""

    number: int
    sender: str
    place: str
    kind: str = ""

    @property
    def surname(self) -> str:
        rest, begin = divmod(self.number, len(BEGINS))
        end, middle = divmod(rest, len(MIDDLES))
        return f"{BEGINS[begin]}{MIDDLES[middle]}{ENDS[end]}"

    @property
    def name(self) -> str:
        return f"Teunis {self.surname}"

    @property
    def phone(self) -> str:
        return f"06-{FIRST_PHONE + 37 * self.number}"

    @property
    def said(self) -> str:
        """Name, address and number, as somebody types them."""
        return f"{self.name}, {self.surname}laan {self.number + 3}, {self.phone}"

    def is_in(self, text: str) -> bool:
        """Whether the name, or the number in some way of writing it, stands in a text."""
        digits = self.phone.partition("-")[2]
        return self.surname.casefold() in text or digits in text


@dataclass
class Planted:
    """The persons that were planted."""

    persons: list[Person] = field(default_factory=list)

    def new(self, sender: str, place: str, kind: str = "") -> Person:
        person = Person(len(self.persons), sender, place, kind)
        self.persons.append(person)
        return person

    def found_in(self, content: bytes, name: str = "") -> list[Person]:
        """Who stands anywhere in a file, or in what is packed in it."""
        texts = [text.casefold() for text in texts_of(content, name)]
        return [one for one in self.persons if any(one.is_in(text) for text in texts)]


def texts_of(content: bytes, name: str) -> Iterator[str]:
    """All that a file says: as it is, without markup, and of each part that is packed in it."""
    yield name
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive.comment.decode("utf-8", "replace")
            for part in archive.infolist():
                yield part.comment.decode("utf-8", "replace")
                yield from texts_of(archive.read(part), part.filename)
        return
    if content[:4] == b"PAR1":
        table = pd.read_parquet(io.BytesIO(content))
        yield table.to_csv()
        yield str(table.attrs)
    for encoding in ("utf-8", "utf-16-le", "cp1252"):
        text = content.decode(encoding, "replace")
        yield text
        yield html.unescape(text)
        # A word that runs over markup: a part of it in bold, or in another cell.
        yield html.unescape(re.sub(r"<[^>]*>", "", text))
    for packed in re.findall(rb"base64,([A-Za-z0-9+/=]+)", content):
        yield from texts_of(base64.b64decode(packed), "")


# --- deliveries ---------------------------------------------------------------------------


def plant_in_text(planted: Planted, path: Path, sender: str, delimiter: str) -> Person:
    """A text file: a person in a cell of each column, and a header with one above free text.

    Gives the person of the header, which the settings must name.
    """
    content = path.read_bytes()
    encoding = "utf-8-sig"
    if content[:2] == b"\xff\xfe":
        encoding = "utf-16"
    else:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            encoding = "cp1252"
    rows = list(csv.reader(io.StringIO(content.decode(encoding)), delimiter=delimiter))
    header, *below = rows
    for column, text in enumerate(header):
        row = below[column % len(below)]
        person = planted.new(sender, f"{path.name}, a cell of '{text}'")
        row[column] = person.said
    of_header = planted.new(sender, f"{path.name}, a header", OWN_HEADER)
    header.append(f"Contact {of_header.name}")
    for row in below:
        row.append("")
    below[0][-1] = planted.new(sender, f"{path.name}, below a header with a name").said
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_bytes(written.getvalue().encode(encoding))
    return of_header


def plant_in_workbook(planted: Planted, path: Path, sender: str) -> Person:
    """A workbook: cells, comments, names of tabs and ranges, what is printed, who made it.

    Gives the person of the header, which the settings must name.
    """
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    last_column = page.max_column
    of_header = planted.new(sender, f"{path.name}, a header", OWN_HEADER)
    for column in range(1, last_column + 1):
        text = page.cell(1, column).value
        person = planted.new(sender, f"{path.name}, a cell of '{text}'")
        page.cell(2 + column, column).value = person.said
    page.cell(1, last_column + 1).value = f"Contact {of_header.name}"
    below = planted.new(sender, f"{path.name}, below a header with a name")
    page.cell(2, last_column + 1).value = below.said
    beside = planted.new(sender, f"{path.name}, in a column without a header")
    page.cell(3, last_column + 3).value = beside.said
    _plant_around(planted, book, page, sender, path.name)
    page.title = planted.new(sender, f"{path.name}, a tab", OWN_SHEET).surname
    book.save(path)
    return of_header


def _plant_around(
    planted: Planted, book: openpyxl.Workbook, page: Worksheet, sender: str, file: str
) -> None:
    """What stands around the cells of a workbook."""
    commented = planted.new(sender, f"{file}, a comment")
    author = planted.new(sender, f"{file}, the author of a comment")
    page["A2"].comment = Comment(commented.said, author.name)
    of_header = planted.new(sender, f"{file}, a comment at a header")
    page["B1"].comment = Comment(of_header.said, author.name)
    page.oddHeader.center.text = planted.new(sender, f"{file}, the printed header").said
    page.oddFooter.left.text = planted.new(sender, f"{file}, the printed footer").said
    linked = planted.new(sender, f"{file}, a link")
    page["A3"].hyperlink = f"mailto:{linked.surname}@example.org"
    hidden = book.create_sheet("Namen")
    hidden.sheet_state = "hidden"
    hidden["A1"] = planted.new(sender, f"{file}, a hidden tab").said
    notes = book.create_sheet("Aantekeningen")
    notes["B2"] = planted.new(sender, f"{file}, a tab with notes").said
    ranged = planted.new(sender, f"{file}, the name of a range")
    defined = DefinedName(ranged.surname, attr_text="Aantekeningen!$B$2")
    book.defined_names[ranged.surname] = defined
    about = book.properties
    about.creator = planted.new(sender, f"{file}, who made it").name
    about.lastModifiedBy = planted.new(sender, f"{file}, who changed it last").name
    about.title = planted.new(sender, f"{file}, its title").name
    about.description = planted.new(sender, f"{file}, its description").said
    about.keywords = planted.new(sender, f"{file}, its keywords").name


# --- the survey ---------------------------------------------------------------------------

BEHIND = {
    "Wat is uw functie": OWN_ANSWER,
    "Sinds wanneer": OWN_ANSWER,
    "Wat zijn volgens u de voordelen": OWN_ANSWER,
    "Heeft u nog andere opmerkingen": OWN_ANSWER,
}
OTHERWISE = "Anders, namelijk {}"


# What stops when it is no moment, and what people coded word for word.
STAYS = ("Tijd van voltooien", "Namens welke", "Wat kan er volgens u beter")


def plant_in_survey(planted: Planted, path: Path, senders: dict[str, str]) -> None:
    """The export of a survey: a person in an answer to each question, and around them.

    `senders`: name in the export → gemeente.
    """
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    headers = [str(cell.value) for cell in page[1]]
    at_gemeente = next(at for at, text in enumerate(headers) if "Namens welke" in text)
    rows = list(page.iter_rows(min_row=2))
    for at, text in enumerate(headers):
        row = rows[at % len(rows)]
        sender = senders.get(str(row[at_gemeente].value), "")
        if text.startswith(STAYS):
            continue
        kind = next((kind for begin, kind in BEHIND.items() if text.startswith(begin)), "")
        person = planted.new(sender, f"the survey, an answer to '{text[:40]}'", kind)
        before = row[at].value
        row[at].value = f"{before}; {person.said}" if at % 2 else OTHERWISE.format(person.said)

    others = ("", "{} van de politie", "Gemeente Wierden, {}", "Raalte ({})")
    for number, written in enumerate(others):
        if written:
            person = planted.new("", f"the survey, as organisation: '{written}'")
            copied = [cell.value for cell in rows[number]]
            copied[at_gemeente] = written.format(person.said)
            page.append(copied)
    _plant_around(planted, book, page, "", path.name)
    page.title = planted.new("", "the survey, a tab").surname
    book.save(path)
