"""What an analyst needs before a run: headers to name, a code book, answers to code."""

from collections.abc import Sequence
from pathlib import Path

from mma_analysis import clean, codebook, codebook_draft, forms, read
from mma_analysis.settings import SETTINGS_FILE, Edition, as_toml
from mma_analysis.storage import write_whole
from mma_analysis.vocabulary import UNKNOWN, DataError, UsageError, Vocabulary, message
from mma_analysis.vocabulary.schema import Delivery


def suggestions(edition: Edition) -> str:
    """What to paste in the settings for every header and word that is not known yet, as TOML.

    Only what the cells bear out is ready; all else is a comment to choose from. A file that cannot
    be read is named in a comment: the other files are not held up by it, nor are its own headers.
    When all can be read, what their dates and numbers ask is a comment too.
    """
    faults: list[str] = []
    deliveries: list[Delivery] = []
    blocks: dict[tuple[str, str], list[str]] = {}
    for file, senders in edition.deliveries().items():
        try:
            delivery = read.read_delivery(edition, file)
        except read.UnknownHeaderError as unknown:
            block = blocks.setdefault((senders[0], "kolommen"), [])
            # What stands there for another file of the same gemeente counts for this one too: a
            # header that would become something else here is for a person to decide.
            ready = {line.partition('" = ')[0] for line in block}
            new = [line for line in unknown.lines.values() if line not in block]
            new = [f"# {line}" if line.partition('" = ')[0] in ready else line for line in new]
            block += [f"# {file}", *new]
            continue
        except DataError as fault:
            faults += str(fault).splitlines()
            continue
        deliveries.append(delivery)
        for field, rows in clean.unknown_words(delivery, edition).groupby("field", sort=False):
            block = blocks.setdefault((senders[0], f"waarden.{field}"), [])
            codes = edition.vocabulary.values(str(field)) if field != "gemeente" else senders
            block += [f"# {file}", message("word_choices", codes=", ".join(codes))]
            # Never ready: what a word means is not to be guessed from how it is written.
            block += [
                f'# {as_toml(word)} = "{UNKNOWN}"  {message("times_seen", rows=number)}'
                for word, number in zip(rows["word"], rows["rows"], strict=True)
            ]
            block += [message("several_topics")] if field == "topic" else []
    try:
        if deliveries and len(deliveries) == len(edition.deliveries()):
            clean.clean_meldingen(deliveries, edition)
    except DataError as fault:
        faults += str(fault).splitlines()
    if not faults and not blocks:
        return f"# {message('all_known')}"
    whole = [_block(edition, slug, part, lines) for (slug, part), lines in blocks.items()]
    asked = "\n".join(f"# {line.removeprefix('# ')}" for line in faults)
    return "\n\n".join([asked, *whole]).strip()


def _block(edition: Edition, slug: str, part: str, lines: Sequence[str]) -> str:
    """The lines below their block; as comments when it is there: twice in a file is an error."""
    section, _, field = part.partition(".")
    there = getattr(edition.gemeente(slug), section)
    head = message("suggested_block", slug=slug, part=part)
    if there and (not field or field in there):
        # With its block before it a line is no TOML, so it cannot land in another block.
        asked = [line.removeprefix("# ") if ' = "' in line else line for line in lines]
        lines = [line if line[0] == "#" else f"# {head} {line}" for line in asked]
        head = message("below_block", slug=slug, part=part)
    return "\n".join([head, *lines])


def first_codebook(export: Path, vocabulary: Vocabulary, previous: Edition | None = None) -> str:
    """A code book that fits the export of a survey, for a person to correct.

    What was asked in a previous edition, word for word, comes from its code book. `vocabulary`
    knows the gemeenten that answer.
    """
    if not export.is_file():
        raise UsageError.of("no_export", path=export)
    earlier = codebook.load(previous) if previous else None
    answers = read.read_export(vocabulary, export, export.name)
    return codebook_draft.draft(vocabulary, answers, earlier)


def start_coding(edition: Edition, coders: Sequence[str]) -> Path:
    """Write the workbook in which the open answers of an edition are coded, beside its survey.

    That is the only place where the words of a respondent are written: they are there already. A
    workbook in which somebody chose a theme is never overwritten.
    """
    settings = edition.folder / SETTINGS_FILE
    survey, book = edition.vragenlijst, codebook.load(edition)
    if survey is None or book is None:
        raise UsageError.of("nothing_to_code", path=settings)
    frame = codebook.load_themes(edition, book)
    if frame is None:
        raise UsageError.of("no_themes", path=settings)
    file = survey.coderingen or f"{Path(survey.bestand).parent.as_posix()}/{codebook.CODING_FILE}"
    path = edition.folder / file
    if path.is_file() and len(read.read_codings(path, file)):
        raise UsageError.of("coding_filled", path=path)
    export = read.read_export(edition.vocabulary, edition.folder / survey.bestand, survey.bestand)
    answers = clean.clean_responses(export, book, edition).open_answers
    content = forms.coding_workbook(answers, book, frame, coders)
    write_whole(path, content, owner_only=True)
    return path
