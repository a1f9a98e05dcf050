"""The questions about deliveries as a workbook to fill in, and its answers as settings."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from openpyxl.utils import get_column_letter

from mma_analysis import read
from mma_analysis.forms import workbooks
from mma_analysis.pipeline.not_understood import (
    EVERY_GEMEENTE,
    HeaderQuestion,
    Questions,
    WordQuestion,
    questions_of,
)
from mma_analysis.settings import (
    FORMS_FOLDER,
    SETTINGS_FILE,
    Edition,
    SettingLine,
    Workspace,
    with_answers,
)
from mma_analysis.storage import locked, sha256, write_whole
from mma_analysis.vocabulary import UsageError, did_you_mean, filled_in, message
from mma_analysis.vocabulary.reference import words_of
from mma_analysis.vocabulary.text import plain, word

Question = TypeVar("Question", HeaderQuestion, WordQuestion)

BOOK_FILE = "vragen.xlsx"
# Its sheets; the last one is hidden.
HEADERS = "koppen"
WORDS_SHEET = "woorden"
FAULTS = "herstellen"
MADE_OF = "gemaakt van"
EDITION = "editie"  # the row that says of which one it is
EVERYBODY = "alle gemeenten"
# Its columns that are read back.
FILE = "bestand"
HEADER = "kop"
PROPOSAL_HEAD = "voorstel"
HEADER_PICK = "keuze"
FIELD = "veld"
WORD_HEAD = "woord"
WORD_PICK = "betekenis"
READ_LOOK = {"text_wrap": True, "valign": "top"}
PICKED = {"text_wrap": True, "valign": "top", "bg_color": "#FFF6D6", "border": 1}
OF_HEADERS = (
    workbooks.FormColumn(FILE, 30, READ_LOOK),
    workbooks.FormColumn("tabblad", 14, READ_LOOK),
    workbooks.FormColumn(HEADER, 30, READ_LOOK),
    workbooks.FormColumn("wat erin staat", 38, READ_LOOK),
    workbooks.FormColumn("voorbeelden", 34, READ_LOOK),
    workbooks.FormColumn(PROPOSAL_HEAD, 26, READ_LOOK),
    workbooks.FormColumn(HEADER_PICK, 32, PICKED),
)
OF_WORDS = (
    workbooks.FormColumn(FILE, 30, READ_LOOK),
    workbooks.FormColumn("kolom", 28, READ_LOOK),
    workbooks.FormColumn(FIELD, 20, READ_LOOK),
    workbooks.FormColumn(WORD_HEAD, 34, READ_LOOK),
    workbooks.FormColumn("keer", 8, READ_LOOK),
    workbooks.FormColumn("gemeenten", 11, READ_LOOK),
    workbooks.FormColumn(WORD_PICK, 34, PICKED),
)
OF_FAULTS = (workbooks.FormColumn("wat er aan de hand is", 130, READ_LOOK),)
OF_SOURCES = (
    workbooks.FormColumn(FILE, 40, READ_LOOK),
    workbooks.FormColumn("sha256", 70, READ_LOOK),
)


# --- the workbook to fill in --------------------------------------------------------------


def write_question_book(edition: Edition) -> Path:
    """Write the workbook with all that is asked, but not over one with new answers."""
    path = edition.folder / FORMS_FOLDER / BOOK_FILE
    questions = questions_of(edition)
    if not questions.headers and not questions.words:
        raise UsageError.of("nothing_asked", slug=edition.slug)
    if path.is_file():
        _refuse_filled(edition, questions, path)
    content = question_book(edition, questions, path)
    write_whole(path, content, owner_only=True)
    return path


def question_book(edition: Edition, questions: Questions, path: Path) -> bytes:
    """A sheet with headers, one with words, and what is asked in another way.

    Only what the cells prove is filled in. Examples are days and words of a list.
    """
    choices: dict[str, list[str]] = {}
    sheets = [
        _sheet_of_headers(questions.headers, choices),
        _sheet_of_words(questions.words, choices),
    ]
    if questions.faults:
        rows = [[fault] for fault in questions.faults]
        sheets.append(workbooks.FormSheet(FAULTS, OF_FAULTS, rows=rows))
    sources = _sources(edition)
    sheets.append(workbooks.FormSheet(MADE_OF, OF_SOURCES, rows=sources, is_hidden=True))

    text = filled_in(
        "pipeline/vragen.txt.j2",
        slug=edition.slug,
        path=path,
        free_text=_fields()["free_text"],
        faults=questions.faults,
    )
    title = message("book_title", slug=edition.slug)
    return workbooks.workbook(title, workbooks.paragraphs(text), sheets, choices)


def _sheet_of_headers(
    questions: Sequence[HeaderQuestion],
    choices: dict[str, list[str]],
) -> workbooks.FormSheet:
    """A row per header; adds the lists to choose from to `choices`."""
    names = _fields()
    rows: list[list[str]] = []
    lists: list[str] = []
    for question in questions:
        asked = question.asked
        proposal = names[asked.fields[0]] if question.is_ready else ""
        row = [
            question.file,
            asked.sheet,
            asked.header,
            asked.why,
            "; ".join(asked.examples),
            proposal,
            proposal,
        ]
        rows.append(row)
        may_be = [names[one] for one in asked.fields]
        lists.append(_list_of(may_be, choices))
    rules = _rules(lists, len(OF_HEADERS))
    return workbooks.FormSheet(HEADERS, OF_HEADERS, rules, rows)


def _sheet_of_words(
    questions: Sequence[WordQuestion],
    choices: dict[str, list[str]],
) -> workbooks.FormSheet:
    """A row per word, those of all gemeenten first; adds its lists to `choices`."""
    names = _fields()
    rows: list[list[str]] = []
    lists: list[str] = []
    all_first = sorted(questions, key=lambda one: one.owner != EVERY_GEMEENTE)
    for question in all_first:
        row = [
            question.file or EVERYBODY,
            " / ".join(question.columns),
            names[question.field],
            question.word,
            str(question.rows),
            str(question.gemeenten),
        ]
        rows.append(row)
        meanings = list(question.codes.values())
        lists.append(_list_of(meanings, choices))
    rules = _rules(lists, len(OF_WORDS))
    return workbooks.FormSheet(WORDS_SHEET, OF_WORDS, rules, rows)


def _rules(lists: Sequence[str], columns: int) -> list[workbooks.Rule]:
    """Each row has its own list in the last column, where a person chooses."""
    pick = columns - 1
    rules: list[workbooks.Rule] = []
    for at, name in enumerate(lists, start=1):
        cell = (at, pick, at, pick)
        rules.append(workbooks.Rule(cell, name))
    return rules


def _list_of(words: list[str], choices: dict[str, list[str]]) -> str:
    """The name of the list of these words, which is added when it is not there."""
    name = "|".join(words)
    choices.setdefault(name, words)
    return name


def _sources(edition: Edition) -> list[list[str]]:
    """Of which edition it is, and what each delivered file was then."""
    rows = [[EDITION, edition.slug]]
    for file in edition.deliveries():
        rows.append([file, sha256(edition.folder / file)])
    return rows


def _fields() -> dict[str, str]:
    """What a column can be → its Dutch name."""
    return words_of("read_as")


# --- the workbook as it was filled in -----------------------------------------------------


@dataclass
class FilledBook:
    """What was answered, and in which cells nothing is chosen yet.

    `faults`: what is wrong with a cell; then nothing is taken over.
    """

    answers: list[SettingLine] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    headers: int = 0
    words: int = 0


@dataclass(frozen=True)
class BookRow:
    """One row of a sheet: its cells by their headers, and where its choice stands."""

    sheet: str
    number: int
    column: str
    cells: Mapping[str, str]
    chosen: str

    @property
    def place(self) -> str:
        """How a message names the cell with its choice."""
        return message("book_cell", sheet=self.sheet, cell=f"{self.column}{self.number}")


def take_over(workspace: Workspace, slug: str, path: Path) -> FilledBook:
    """Write the answers of a workbook in the settings, all of them or none.

    Raises with every cell that is not right, and when the workbook is not about the files
    that are there now.
    """
    with locked(workspace, slug):
        edition = workspace.edition(slug)
        filled = filled_in_book(edition, path)
        if filled.faults:
            faults = "\n".join(filled.faults)
            raise UsageError.of("book_faults", path=path, faults=faults)
        if filled.answers:
            text = with_answers(edition, filled.answers)
            settings = edition.folder / SETTINGS_FILE
            write_whole(settings, text.encode(), owner_only=True)
    return filled


def filled_in_book(edition: Edition, path: Path) -> FilledBook:
    """What a workbook says, beside what is asked now; nothing is written."""
    rows = _rows(edition, path)
    questions = questions_of(edition)
    filled = FilledBook()
    _take_headers(filled, edition, questions, rows[HEADERS])
    _take_words(filled, edition, questions, rows[WORDS_SHEET])
    return filled


def _rows(edition: Edition, path: Path) -> dict[str, list[BookRow]]:
    """The rows of its two sheets; raises when it is not ours, or not of these files."""
    if not path.is_file():
        raise UsageError.of("no_book", path=path, slug=edition.slug)
    sheets = {grid.sheet: grid.rows for grid in read.open_grids(path, str(path))}
    if not {HEADERS, WORDS_SHEET, MADE_OF} <= set(sheets):
        raise UsageError.of("not_our_book", path=path, slug=edition.slug)
    _refuse_other_files(edition, path, sheets[MADE_OF])

    read_rows: dict[str, list[BookRow]] = {}
    for sheet, pick in ((HEADERS, HEADER_PICK), (WORDS_SHEET, WORD_PICK)):
        head, *below = sheets[sheet]
        if pick not in head:
            raise UsageError.of("not_our_book", path=path, slug=edition.slug)
        at = head.index(pick)
        letter = get_column_letter(at + 1)
        read_rows[sheet] = []
        for number, cells in enumerate(below, start=2):
            if any(cells):
                padded = [*cells, *[""] * len(head)]
                named = dict(zip(head, padded, strict=False))
                row = BookRow(sheet, number, letter, named, named[pick])
                read_rows[sheet].append(row)
    return read_rows


def _refuse_other_files(
    edition: Edition,
    path: Path,
    rows: Sequence[Sequence[str]],
) -> None:
    """It is of this edition, and its files are as they were when it was made."""
    made_of = {row[0]: row[1] for row in rows if len(row) > 1}
    of_edition = made_of.get(EDITION, "")
    if of_edition != edition.slug:
        raise UsageError.of("book_of_other", path=path, other=of_edition, slug=edition.slug)

    changed: list[str] = []
    for file in edition.deliveries():
        if file in made_of and made_of[file] != sha256(edition.folder / file):
            changed.append(file)
    if changed:
        raise UsageError.of(
            "book_is_old",
            path=path,
            files=", ".join(changed),
            slug=edition.slug,
        )


def _take_headers(
    filled: FilledBook,
    edition: Edition,
    questions: Questions,
    rows: Sequence[BookRow],
) -> None:
    """Add what is answered of headers; a choice that cannot be is a fault."""
    asked: dict[tuple[str, str], HeaderQuestion] = {}
    for question in questions.headers:
        asked[question.file, plain(question.asked.header)] = question

    names = _fields()
    answered: list[tuple[BookRow, HeaderQuestion]] = []
    for row in rows:
        question = asked.get((row.cells[FILE], plain(row.cells[HEADER])))
        if question is None:
            _check_answered_header(filled, edition, row)
            continue
        may_be = [names[one] for one in question.asked.fields]
        if _is_chosen(filled, row, may_be):
            answered.append((row, question))

    codes = {name: code for code, name in names.items()}
    for row, question in _once_per_field(filled, _agreed(filled, answered, _of_header)):
        block = ("gemeenten", question.sender, "kolommen")
        answer = SettingLine(block, question.asked.header, codes[row.chosen])
        filled.answers.append(answer)
        filled.headers += 1


def _take_words(
    filled: FilledBook,
    edition: Edition,
    questions: Questions,
    rows: Sequence[BookRow],
) -> None:
    """Add what is answered of words; a choice that cannot be is a fault."""
    asked: dict[tuple[str, str, str], WordQuestion] = {}
    for question in questions.words:
        asked[_of_word(question)] = question

    fields = {name: code for code, name in _fields().items()}
    answered: list[tuple[BookRow, WordQuestion]] = []
    for row in rows:
        field_of = fields.get(row.cells[FIELD], "")
        question = asked.get((row.cells[FILE], field_of, word(row.cells[WORD_HEAD])))
        if question is None:
            _check_answered_word(filled, edition, row, field_of)
            continue
        meanings = list(question.codes.values())
        if _is_chosen(filled, row, meanings):
            answered.append((row, question))

    for row, question in _agreed(filled, answered, _of_word):
        codes = {name: code for code, name in question.codes.items()}
        block = ("waarden", question.field)
        if question.owner != EVERY_GEMEENTE:
            block = ("gemeenten", question.owner, *block)
        filled.answers.append(SettingLine(block, question.word, codes[row.chosen]))
        filled.words += 1


def _of_header(question: HeaderQuestion) -> tuple[str, str]:
    """What a header is of: the same header of two files of a sender is one field."""
    return question.sender, plain(question.asked.header)


def _of_word(question: WordQuestion) -> tuple[str, str, str]:
    """What a word is of, as a row of the workbook says it."""
    return question.file or EVERYBODY, question.field, word(question.word)


def _is_chosen(filled: FilledBook, row: BookRow, may_be: Sequence[str]) -> bool:
    """Whether a word of its list is chosen in a row; an empty cell stays open."""
    if not row.chosen:
        filled.open.append(row.place)
    elif row.chosen not in may_be:
        filled.faults.append(_not_in_list(row, may_be))
    return row.chosen in may_be


def _agreed(
    filled: FilledBook,
    answered: Sequence[tuple[BookRow, Question]],
    about: Callable[[Question], Hashable],
) -> list[tuple[BookRow, Question]]:
    """The answers that say the same as the first about the same."""
    first_of: dict[Hashable, BookRow] = {}
    agreed: list[tuple[BookRow, Question]] = []
    for row, question in answered:
        first = first_of.setdefault(about(question), row)
        if first.chosen == row.chosen:
            agreed.append((row, question))
        else:
            filled.faults.append(_contradicts(row, first))
    return agreed


def _once_per_field(
    filled: FilledBook,
    answered: Sequence[tuple[BookRow, HeaderQuestion]],
) -> list[tuple[BookRow, HeaderQuestion]]:
    """The answers without a second column of a field that a sheet can have once."""
    codes = {name: code for code, name in _fields().items()}
    first_of: dict[tuple[str, str, str], BookRow] = {}
    once: list[tuple[BookRow, HeaderQuestion]] = []
    for row, question in answered:
        key = (question.file, question.asked.sheet, row.chosen)
        first = first_of.setdefault(key, row)
        if first is row or codes[row.chosen] in read.REPEATABLE:
            once.append((row, question))
        else:
            filled.faults.append(_is_twice(row, first))
    return once


def _check_answered_header(filled: FilledBook, edition: Edition, row: BookRow) -> None:
    """What is not asked any more is in the settings, and says the same."""
    header = plain(row.cells[HEADER])
    said = ""
    for slug in edition.deliveries().get(row.cells[FILE], ()):
        columns = edition.gemeente(slug).kolommen
        for known, target in columns.items():
            if plain(known) == header:
                said = _fields().get(target, target)
    _compare(filled, row, said)


def _check_answered_word(
    filled: FilledBook, edition: Edition, row: BookRow, field_of: str
) -> None:
    """What is not asked any more is in the settings, and says the same."""
    text = word(row.cells[WORD_HEAD])
    of_everybody = edition.waarden.get(field_of, {})
    meanings = dict(of_everybody)
    for slug in edition.deliveries().get(row.cells[FILE], ()):
        of_sender = edition.gemeente(slug).waarden.get(field_of, {})
        meanings.update(of_sender)
    names = edition.vocabulary.values(field_of) if field_of else {}
    said = ""
    for known, code in meanings.items():
        if word(known) == text:
            said = names.get(code, code)
    _compare(filled, row, said)


def _compare(filled: FilledBook, row: BookRow, said: str) -> None:
    """Add a fault when the settings say nothing of a row, or something else."""
    if not said:
        filled.faults.append(message("book_not_asked", place=row.place))
    elif row.chosen and row.chosen != said:
        filled.faults.append(
            message(
                "book_answered",
                place=row.place,
                chosen=row.chosen,
                said=said,
                settings=SETTINGS_FILE,
            )
        )


def _not_in_list(row: BookRow, words: Sequence[str]) -> str:
    """That a choice is none of the list; without the text, which may say anything."""
    near = did_you_mean(row.chosen, words)
    return message("book_not_in_list", place=row.place, near=near)


def _contradicts(row: BookRow, first: BookRow) -> str:
    return message(
        "book_contradicts",
        place=row.place,
        chosen=row.chosen,
        other=first.place,
        before=first.chosen,
    )


def _is_twice(row: BookRow, first: BookRow) -> str:
    return message("book_twice", place=row.place, other=first.place, chosen=row.chosen)


def _refuse_filled(edition: Edition, questions: Questions, path: Path) -> None:
    """Refuse to overwrite a workbook with a choice that is not in the settings yet."""
    try:
        rows = _rows(edition, path)
    except UsageError:
        return  # of other files or another edition: nothing in it can be used any more
    still_open: list[tuple[str, str]] = []
    for question in questions.headers:
        header = plain(question.asked.header)
        still_open.append((question.file, header))
    for question in questions.words:
        text = word(question.word)
        still_open.append((question.file or EVERYBODY, text))

    for row in (*rows[HEADERS], *rows[WORDS_SHEET]):
        proposal = row.cells.get(PROPOSAL_HEAD, "")
        asked = (
            plain(row.cells[HEADER]) if HEADER in row.cells else word(row.cells[WORD_HEAD])
        )
        is_new = row.chosen not in ("", proposal)
        if is_new and (row.cells[FILE], asked) in still_open:
            raise UsageError.of(
                "book_filled",
                path=path,
                place=row.place,
                slug=edition.slug,
            )
