"""Where an edition stands, what still waits for a person, and the one next command."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import typer

from mma_analysis.cli.console import EditionArgument, answer, say, verb
from mma_analysis.settings import EXAMPLE, FORMS_FOLDER, Workspace
from mma_analysis.vocabulary import listed, message, rows_of

if TYPE_CHECKING:
    from mma_analysis.settings import Edition

RED = "rood"
# Of which commands more is said than their name, and what.
SAID_WITH = {"bundle": "status_next_fixes"}
# Of questions: with a workbook, and without one.
SAID_OF_BOOK = {"--suggest": "status_next_questions"}
SAID_OF_TEXT = {"--werkmap": "status_next_both"}
SIGNATURE = "[[vrijgave]]"  # begins one in the file of signatures


@dataclass
class Standing:
    """What is there of an edition, and what is open; `next` is the command to type now.

    `red` and `missing` are names of gemeenten; `word_rows` the rows with an unknown word.
    `has_signatures`: somebody filled in something in the file of signatures.
    `uses_book`: there is a workbook with questions.
    `issue`: the number under which these figures went out, if they did.
    """

    edition: str
    gemeenten: int
    missing: list[str]
    red: list[str]
    headers: int = 0
    questions: int = 0
    decisions: int = 0
    words: int = 0
    word_rows: int = 0
    is_prepared: bool = False
    pages: int = 0
    pages_made: int = 0
    is_whole: bool = False
    to_sign: int = 0
    is_clean: bool = False
    has_signatures: bool = False
    uses_book: bool = False
    issue: int | None = None
    next: str = ""

    @property
    def lacks_only_its_release(self) -> bool:
        """Whether all is signed, while the pages still say that somebody must sign."""
        is_signed = self.is_clean and self.to_sign == 0
        return is_signed and self.are_made and not self.is_whole

    @property
    def are_made(self) -> bool:
        """Whether each page is there, as it would be made now."""
        return 0 < self.pages == self.pages_made

    @property
    def is_signed_since(self) -> bool:
        """Whether somebody signed after the last audit: then that is all that it lacks."""
        return self.has_signatures and self.are_made and not self.is_clean

    @property
    def waits_for_people(self) -> bool:
        """Whether the last audit asks for signatures that are not there yet."""
        is_asked = self.to_sign > 0 and self.is_clean
        return is_asked and self.are_made and self.is_whole


@verb()
def status(ctx: typer.Context, edition: EditionArgument = EXAMPLE) -> None:
    """Zeg hoe ver een editie is, wat er nog open staat, en wat u nu doet."""
    standing = standing_of(ctx.obj.workspace, edition)
    answer(asdict(standing), *status_lines(standing))


def tell_standing(workspace: Workspace, slug: str) -> None:
    """Say where an edition stands, as the last block of a command that worked on it."""
    say("", *status_lines(standing_of(workspace, slug)))


def standing_of(workspace: Workspace, slug: str) -> Standing:
    """Look at the files, the tables, the pages and the bundles of an edition."""
    settings = workspace.edition(slug)
    gemeenten = settings.vocabulary.gemeenten
    standing = Standing(slug, len(gemeenten), missing=[], red=[])
    for area in gemeenten:
        sent = settings.gemeente(area.slug)
        if not sent.levering:
            standing.missing.append(area.name)
    _look_at_files(standing, settings)
    _look_at_tables(standing, workspace, settings)
    _look_at_pages(standing, workspace, settings)
    standing.next = next_command(standing)
    return standing


def _look_at_files(standing: Standing, settings: "Edition") -> None:
    from mma_analysis.pipeline.first_look import look, look_at_survey
    from mma_analysis.pipeline.question_book import BOOK_FILE

    standing.uses_book = (settings.folder / FORMS_FOLDER / BOOK_FILE).is_file()
    looked = look(settings)
    words = looked.unknown_words(settings)
    standing.headers = looked.number_of_headers
    faults = [*looked.faults, *look_at_survey(settings)]
    standing.questions = len(faults)
    different = words[["field", "word"]].drop_duplicates()
    standing.words = len(different)
    number = words["rows"].sum()
    standing.word_rows = int(number)


def _look_at_tables(standing: Standing, workspace: Workspace, settings: "Edition") -> None:
    from mma_analysis.storage import outdated, read_manifest

    manifest = read_manifest(workspace.processed(settings.slug))
    if manifest is None or outdated(workspace, settings, manifest):
        return
    standing.is_prepared = True
    grades = manifest["grades"]
    for area in settings.vocabulary.gemeenten:
        if grades.get(area.slug, "").casefold() == RED:
            standing.red.append(area.name)
    standing.decisions = _decisions(manifest, settings)


def _decisions(manifest: dict[str, Any], settings: "Edition") -> int:
    """Of how many areas all meldingen are alike, while nobody said what to do then."""
    protection = settings.bescherming
    decided = [*protection.groups("tonen"), *protection.groups("verbergen")]
    number = 0
    for row in manifest["group_disclosures"]:
        which = (row["area"], row["breakdown"], row["value"])
        if which not in decided:
            number += 1
    return number


def _look_at_pages(standing: Standing, workspace: Workspace, settings: "Edition") -> None:
    from mma_analysis.audit import waits_for, was_clean
    from mma_analysis.publish.batch import standing as pages_of
    from mma_analysis.storage import CANDIDATE, RELEASES_FILE, sent_as

    slug = settings.slug
    reports = workspace.reports(slug)
    pages, standing.is_whole = pages_of(workspace, slug)
    standing.pages = len(pages)
    standing.pages_made = sum(page.state == "kept" for page in pages)
    standing.to_sign = len(waits_for(reports))
    standing.is_clean = was_clean(settings, reports)
    signatures = settings.folder / RELEASES_FILE
    if signatures.is_file():
        lines = signatures.read_text(encoding="utf-8-sig").splitlines()
        standing.has_signatures = any(line.startswith(SIGNATURE) for line in lines)
    candidate = workspace.processed(slug) / f"{CANDIDATE}.parquet"
    if standing.is_prepared and candidate.is_file():
        standing.issue = sent_as(workspace, slug, candidate.read_bytes())


def next_command(standing: Standing) -> str:
    """The one command that helps most now; empty when nothing is left to do."""
    slug = standing.edition
    is_any_delivered = len(standing.missing) < standing.gemeenten
    # Of words that are not known the rows count as unknown: pages can be made without them.
    is_first_time = standing.pages_made == 0
    if not is_any_delivered:
        return ""
    if standing.headers > 0 or (standing.words > 0 and is_first_time):
        return f"mma check {slug} --werkmap"
    if standing.questions > 0:
        return f"mma check {slug} --suggest"
    if not standing.is_prepared:
        return f"mma prepare {slug}"
    if standing.is_signed_since:
        return f"mma audit {slug}"
    if standing.lacks_only_its_release:
        return f"mma report {slug}"
    # After `mma check` there are letters, which are whole, and no page.
    if is_first_time or not standing.is_whole:
        return f"mma run {slug}"
    if standing.to_sign > 0 or not standing.is_clean:
        return f"mma audit {slug}"
    return "" if standing.issue else f"mma bundle {slug}"


# --- in words -----------------------------------------------------------------------------


def status_lines(standing: Standing) -> list[str]:
    """A line for each thing to know, what is wrong first, and what to do now."""
    rows: list[tuple[str, str]] = []

    def row(code: str, said: str) -> None:
        name = message(code)
        rows.append((name, said))

    if standing.red:
        row("status_of_red", ", ".join(standing.red))
    row("status_of_files", _files(standing))
    row("status_of_headers", _open(standing.headers))
    row("status_of_questions", _open(standing.questions))
    row("status_of_words", _words(standing))
    row("status_of_decisions", _open(standing.decisions))
    row("status_of_pages", _pages(standing))
    row("status_of_signing", _signing(standing))
    row("status_of_packing", _packing(standing))
    head = message("status_head", slug=standing.edition)
    table = listed(rows)
    return [head, *table.splitlines(), _what_now(standing)]


def _files(standing: Standing) -> str:
    number = standing.gemeenten - len(standing.missing)
    said = message("status_files", number=number, total=standing.gemeenten)
    if not standing.missing:
        return said
    names = ", ".join(standing.missing)
    return message("status_missing", files=said, names=names)


def _pages(standing: Standing) -> str:
    made = standing.pages_made
    return message("status_pages", made=made, total=standing.pages)


def _open(number: int) -> str:
    return message("status_open", number=number) if number else message("status_none")


def _words(standing: Standing) -> str:
    if not standing.words:
        return message("status_none")
    rows = rows_of(standing.word_rows)
    return message("status_words", number=standing.words, rows=rows)


def _signing(standing: Standing) -> str:
    if standing.lacks_only_its_release:
        return message("status_signed")
    if standing.is_signed_since:
        return message("status_filled")
    if not standing.is_whole or standing.pages_made == 0:
        return message("status_later")
    return _open(standing.to_sign)


def _packing(standing: Standing) -> str:
    if standing.issue:
        return message("status_packed", number=standing.issue)
    is_ready = standing.is_whole and standing.is_clean and standing.to_sign == 0
    return message("status_to_pack" if is_ready else "status_later")


def _what_now(standing: Standing) -> str:
    if standing.next:
        words = standing.next.split()
        of_questions = SAID_OF_BOOK if standing.uses_book else SAID_OF_TEXT
        code = "status_next"
        for word, said in (SAID_WITH | of_questions).items():
            if word in words:
                code = said
        if standing.waits_for_people:
            code = "status_next_sign"
        return message(code, command=standing.next, slug=standing.edition)
    is_any_delivered = len(standing.missing) < standing.gemeenten
    return message("status_all_done" if is_any_delivered else "status_no_file")
