"""What is written for a person to complete: settings, a code book, answers to code."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mma_analysis import clean, codebook, codebook_draft, forms, read
from mma_analysis.pipeline.looking import Looked, look
from mma_analysis.settings import SETTINGS_FILE, Edition, as_toml
from mma_analysis.storage import write_whole
from mma_analysis.vocabulary import UNKNOWN, UsageError, Vocabulary, message

OF_ALL = ""  # in the place of a gemeente: what holds for all of them


def suggestions(edition: Edition) -> str:
    """What to paste in the settings, as TOML, for headers and words that are not known yet.

    Only what the cells bear out is ready; all else is a comment to choose from. A file that
    cannot be read is named in a comment: the other files are not held up by it, nor are its
    own headers. When all can be read, what their dates and numbers ask is a comment too.
    """
    looked = look(edition)
    faults: list[str] = []
    for fault in looked.faults:
        faults += fault.splitlines()

    shared = _shared_words(looked, edition)
    # Gemeente and part of its settings → the lines for it.
    blocks: dict[tuple[str, str], list[str]] = {}
    for file, unknown in looked.headers.items():
        sender = edition.deliveries()[file][0]
        block = blocks.setdefault((sender, "kolommen"), [])
        block += [f"# {file}", *_new_headers(unknown, block)]
    for delivery in looked.deliveries:
        senders = delivery.senders
        unknown_words = clean.unknown_words(delivery, edition)
        for field, words in unknown_words.groupby("field", sort=False):
            own = words[~_is_shared(words, shared)]
            if len(own):
                block = blocks.setdefault((senders[0], f"waarden.{field}"), [])
                lines = _choices(edition, senders, str(field), own)
                block += [f"# {delivery.file}", *lines]

    for field, words in shared.groupby("field", sort=False):
        blocks[OF_ALL, f"waarden.{field}"] = _choices(edition, (), str(field), words)
    if not faults and not blocks:
        return f"# {message('all_known')}"

    asked = [f"# {line.removeprefix('# ')}" for line in faults]
    paragraphs = ["\n".join(asked)]
    for (slug, part), lines in blocks.items():
        paragraphs.append(_block(edition, slug, part, lines))
    return "\n\n".join(paragraphs).strip()


def _shared_words(looked: Looked, edition: Edition) -> pd.DataFrame:
    """The words that several files have: what they mean is said once, for all gemeenten.

    One row per field and word, most files first: `field`, `word`, `rows`, `files`.
    """
    words = looked.unknown_words(edition)
    words = words[words["field"] != "gemeente"]
    by_word = words.groupby(["field", "word"], sort=False)["rows"]
    counted = by_word.agg(rows="sum", files="size").reset_index()
    shared = counted[counted["files"] > 1]
    return shared.sort_values(["files", "rows"], ascending=False, kind="stable")


def _is_shared(words: pd.DataFrame, shared: pd.DataFrame) -> pd.Series:
    keys = pd.MultiIndex.from_frame(words[["field", "word"]])
    is_shared = keys.isin(pd.MultiIndex.from_frame(shared[["field", "word"]]))
    return pd.Series(is_shared, words.index)


def _new_headers(unknown: read.UnknownHeaderError, block: Sequence[str]) -> list[str]:
    """The lines for the headers of a file that are not in the block yet."""
    # What stands there for another file of the same gemeente counts for this one too: a
    # header that would become something else here is for a person to decide.
    ready = {_header_of(line) for line in block}
    new: list[str] = []
    for line in unknown.lines.values():
        if line in block:
            continue
        is_ready = not line.startswith("#")
        is_other = is_ready and _header_of(line) in ready
        new.append(f"# {line}" if is_other else line)
    return new


def _header_of(line: str) -> str:
    header, _, _ = line.partition('" = ')
    return header


def _choices(
    edition: Edition, senders: Sequence[str], field: str, words: pd.DataFrame
) -> list[str]:
    """The codes of a field, and a comment for each word, to choose a code for it."""
    codes = senders if field == "gemeente" else edition.vocabulary.values(field)
    choices = ", ".join(codes)
    lines = [message("word_choices", codes=choices)]
    # Never ready: what a word means is not to be guessed from how it is written.
    for row in words.to_dict("records"):
        key = as_toml(row["word"])
        times = message("times_seen", rows=row["rows"])
        if "files" in row:
            times = message("times_in_files", rows=row["rows"], files=row["files"])
        lines.append(f'# {key} = "{UNKNOWN}"  {times}')
    if field == "topic":
        lines.append(message("several_topics"))
    return lines


def _block(edition: Edition, slug: str, part: str, lines: Sequence[str]) -> str:
    """The lines below their block; as comments when it is there: twice is an error."""
    section, _, field = part.partition(".")
    owner = edition if slug == OF_ALL else edition.gemeente(slug)
    there = getattr(owner, section)
    name = part if slug == OF_ALL else message("part_of_gemeente", slug=slug, part=part)
    head = f"[{name}]"
    is_there = field in there if field else bool(there)
    if not is_there:
        return "\n".join([head, *lines])

    comments = [message("below_block", block=head)]
    for line in lines:
        is_setting = ' = "' in line
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
    content = forms.coding_workbook(answers, book, themes, coders)
    write_whole(path, content, owner_only=True)
    return path
