"""What is written for a person to complete: settings, a code book, answers to code."""

import re
from collections.abc import Sequence
from pathlib import Path

from mma_analysis import clean, read
from mma_analysis.forms import codebook_draft, workbooks
from mma_analysis.pipeline.not_understood import EVERY_GEMEENTE, WordQuestion, questions_of
from mma_analysis.settings import SETTINGS_FILE, Edition, as_toml, codebook, line_of_block
from mma_analysis.storage import write_whole
from mma_analysis.vocabulary import UsageError, Vocabulary, message

BLOCK = re.compile(r"\[gemeenten\.[^\]]+\]")  # of one gemeente, as a text names it


def suggestions(edition: Edition) -> str:
    """What to paste in the settings, as TOML, for headers and words that are not known yet.

    Only what the cells bear out is ready; all else is a comment to choose from. A file that
    cannot be read is named in a comment: the other files are not held up by it, nor are its
    own headers. When all can be read, what their dates and numbers ask is a comment too.
    """
    questions = questions_of(edition)
    # Gemeente and part of its settings → the lines for it.
    blocks: dict[tuple[str, str], list[str]] = {}
    for question in questions.headers:
        block = blocks.setdefault((question.sender, "kolommen"), [])
        _add_once(block, f"# {question.file}")
        line = question.asked.line
        is_comment = question.is_ready or line.startswith("#")
        block.append(line if is_comment else f"# {line}")

    for question in questions.words:
        part = f"waarden.{question.field}"
        block = blocks.setdefault((question.owner, part), [])
        if question.file:
            _add_once(block, f"# {question.file}")
        _add_word(block, question)
    for (_, part), lines in blocks.items():
        if part == "waarden.topic":
            lines.append(message("several_topics"))
    if not questions.faults and not blocks:
        return f"# {message('all_known')}"

    asked: list[str] = []
    for fault in questions.faults:
        asked += _asked(fault, edition)
    paragraphs = ["\n".join(asked)]
    for (slug, part), lines in blocks.items():
        paragraphs.append(_block(edition, slug, part, lines))
    return "\n\n".join(paragraphs).strip()


def _asked(fault: str, edition: Edition) -> list[str]:
    """What stops a file as comments, with its block before each line to choose from."""
    lines: list[str] = []
    place = ""
    for line in fault.splitlines():
        choice = line.removeprefix("# ")
        is_choice = choice != line
        blocks = BLOCK.findall(line)
        # With its block before it a line is no TOML, so it cannot land in another block.
        if is_choice:
            lines.append(f"# {place}{choice}")
        else:
            placed = line
            for block in dict.fromkeys(blocks):
                placed = placed.replace(block, f"{block}{_at(edition, block)}")
            lines.append(f"# {placed}")
        if blocks:
            place = f"{', '.join(blocks)} "
    return lines


def _at(edition: Edition, block: str) -> str:
    """At which line of the settings a block begins, in words; nothing if nowhere."""
    path = edition.folder / SETTINGS_FILE
    row = line_of_block(path.read_text(encoding="utf-8-sig"), block)
    return message("at_line", row=row) if row else ""


def _add_once(lines: list[str], line: str) -> None:
    if line not in lines:
        lines.append(line)


def _add_word(lines: list[str], question: WordQuestion) -> None:
    """Add a comment for a word, to choose a code for it, below the codes of its field."""
    choices = ", ".join(question.codes)
    _add_once(lines, message("word_choices", codes=choices))
    times = message("times_seen", rows=question.rows)
    if question.files > 1:
        times = message("times_in_files", rows=question.rows, files=question.files)
    # Never ready: what a word means is not to be guessed from how it is written. Without
    # the hash it is refused until somebody chose.
    key = as_toml(question.word)
    lines.append(f'# {key} = ""  {times}')


def _block(edition: Edition, slug: str, part: str, lines: Sequence[str]) -> str:
    """The lines below their block; as comments when it is there: twice is an error."""
    section, _, field = part.partition(".")
    owner = edition if slug == EVERY_GEMEENTE else edition.gemeente(slug)
    there = getattr(owner, section)
    name = (
        part
        if slug == EVERY_GEMEENTE
        else message("part_of_gemeente", slug=slug, part=part)
    )
    head = f"[{name}]"
    is_there = field in there if field else bool(there)
    at = _at(edition, head)
    # A block with nothing but questions in it stands there too.
    if not is_there and not at:
        return "\n".join([head, *lines])

    comments = [message("below_block", block=head, at=at)]
    for line in lines:
        # Of a header or a word, which stands between quotes.
        is_setting = line.removeprefix("# ").startswith('"')
        asked = line.removeprefix("# ") if is_setting else line
        # With its block before it a line is no TOML, so it cannot land in another block.
        comments.append(asked if asked[0] == "#" else f"# {head} {asked}")
    return "\n".join(comments)


def first_codebook(
    export: Path,
    vocabulary: Vocabulary,
    previous: Edition | None = None,
) -> str:
    """A code book that fits the export of a survey, for a person to correct.

    What was asked in a previous edition, word for word, comes from its code book.
    `vocabulary` knows the gemeenten that answer.
    """
    if not export.is_file():
        raise UsageError.of("no_export", path=export)
    earlier = codebook.load(previous) if previous else None
    answers = read.read_export(vocabulary, export, export.name)
    return codebook_draft.draft(vocabulary, answers, earlier)


def start_coding(edition: Edition, coders: Sequence[str]) -> Path:
    """Write the workbook in which the open answers of an edition are coded.

    It comes beside the survey. That is the only place where the words of a respondent are
    written: they are there already. A workbook in which somebody chose a theme is never
    overwritten.
    """
    settings = edition.folder / SETTINGS_FILE
    survey = edition.vragenlijst
    book = codebook.load(edition)
    if survey is None or book is None:
        raise UsageError.of("nothing_to_code", path=settings)
    themes = codebook.load_themes(edition, book)
    if themes is None:
        raise UsageError.of("no_themes", path=settings)

    beside_survey = Path(survey.bestand).parent / codebook.CODING_FILE
    file = survey.coderingen or beside_survey.as_posix()
    path = edition.folder / file
    if path.is_file() and len(read.read_codings(path, file)):
        raise UsageError.of("coding_filled", path=path)

    export = edition.folder / survey.bestand
    sheets = read.read_export(edition.vocabulary, export, survey.bestand)
    answers = clean.clean_responses(sheets, book, edition).open_answers
    content = workbooks.coding_workbook(answers, book, themes, coders)
    write_whole(path, content, owner_only=True)
    return path
