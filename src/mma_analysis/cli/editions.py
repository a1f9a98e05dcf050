"""Commands about an edition (settings, deliveries, what is sent) and this machine."""

import datetime as dt
import io
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mma_analysis.cli.console import (
    AudienceOption,
    EditionArgument,
    answer,
    argument,
    option,
    say,
    tell,
    verb,
    warn,
)
from mma_analysis.cli.pages import prepared
from mma_analysis.cli.status import tell_standing
from mma_analysis.settings import (
    CORRECTIONS_FILE,
    EXAMPLE,
    FORMS_FOLDER,
    SETTINGS_FILE,
    Workspace,
)
from mma_analysis.vocabulary import (
    UsageError,
    Vocabulary,
    filled_in,
    listed,
    message,
    rows_of,
)
from mma_analysis.vocabulary.days import DAY_FIRST, day_of
from mma_analysis.vocabulary.numbers import day
from mma_analysis.vocabulary.reference import REGISTRY, words_of

if TYPE_CHECKING:
    from mma_analysis.settings import Edition
    from mma_analysis.storage import Outgoing

# A zip makes a key of a passphrase in a thousand steps, so who steals it can try many.
SHORTEST = 12
MOST_NAMES = 3  # of files, in one line
# How a page is shown, as axe was asked → its word.
SCHEME_WORDS = {"light": "wcag_light", "dark": "wcag_dark"}


@verb()
def check(
    ctx: typer.Context,
    edition: EditionArgument = EXAMPLE,
    suggest: Annotated[bool, option("help_suggest", "--suggest")] = False,
    book: Annotated[bool, option("help_book", "--werkmap")] = False,
    filled: Annotated[Path | None, option("help_filled", "--ingevuld")] = None,
) -> None:
    """Maak de brieven terug aan de afzenders, en geen rapporten."""
    workspace = ctx.obj.workspace
    if suggest:
        from mma_analysis.pipeline.drafts import suggestions

        say(suggestions(workspace.edition(edition)))
        return
    if book or filled:
        _ask_in_book(workspace, edition, filled)
        return
    from mma_analysis.publish.batch import letters

    ctx.obj.last = partial(tell_standing, workspace, edition)
    prepared(workspace, edition, force=False, shows_reading=True)
    for path in letters(workspace, edition):
        tell("made", path=path)
    ctx.obj.last()


def _ask_in_book(workspace: Workspace, slug: str, filled: Path | None) -> None:
    """Take over what was chosen in a workbook, else write one with all that is asked."""
    from mma_analysis.pipeline.question_book import take_over, write_question_book

    if filled is None:
        path = write_question_book(workspace.edition(slug))
        tell("book_made", path=path, slug=slug)
        return
    taken = take_over(workspace, slug, filled)
    settings = workspace.raw(slug) / SETTINGS_FILE
    tell("book_taken", path=settings, headers=taken.headers, words=taken.words)
    if taken.open:
        tell("book_open", places=_some(taken.open))
    tell_standing(workspace, slug)


@verb()
def template(ctx: typer.Context, edition: EditionArgument = EXAMPLE) -> None:
    """Schrijf per gemeente een werkmap waarin zij haar meldingen kan leveren."""
    from mma_analysis.forms.workbooks import delivery_form
    from mma_analysis.storage import write_whole

    settings = ctx.obj.workspace.edition(edition)
    for area in settings.vocabulary.gemeenten:
        path = settings.folder / FORMS_FOLDER / f"{area.slug}.xlsx"
        write_whole(path, delivery_form(area, settings), owner_only=True)
        tell("made", path=path)


@verb()
def new(
    ctx: typer.Context,
    edition: Annotated[str, argument("help_new_name")],
    peildatum: Annotated[str, option("help_peildatum")],
    begin: Annotated[str | None, option("help_begin")] = None,
    previous: Annotated[str | None, option("help_settings_from", "--from")] = None,
    vragenlijst: Annotated[Path | None, option("help_survey")] = None,
    meldingen: Annotated[Path | None, option("help_deliveries")] = None,
    district: Annotated[Path | None, option("help_district")] = None,
) -> None:
    """Maak de map van een nieuwe editie, met instellingen en uitleg erbij."""
    from mma_analysis.forms.scaffold import CODEBOOK_FILE, new_edition
    from mma_analysis.vocabulary.reference import read_district

    workspace = ctx.obj.workspace
    first = _a_day(begin) if begin else None
    last = _a_day(peildatum)
    earlier = workspace.edition(previous, removed=True) if previous else None
    other = read_district(district) if district else None
    vocabulary = earlier.vocabulary if earlier else Vocabulary(other)
    survey = _survey(vragenlijst, vocabulary, earlier) if vragenlijst else None
    made = new_edition(workspace, edition, first, last, earlier, survey, other, meldingen)
    for name in [SETTINGS_FILE, CODEBOOK_FILE] if survey else [SETTINGS_FILE]:
        tell("made", path=made.folder / name)
    for file in made.unnamed():
        tell("whose_file", file=Path(file).name)
    if earlier:
        _tell_carried(earlier, made)
    tell_standing(workspace, made.slug)


@verb()
def example(ctx: typer.Context) -> None:
    """Schrijf de verzonnen voorbeeldeditie, om mee te proberen."""
    from mma_analysis.forms.scaffold import write_example

    is_made = write_example(ctx.obj.workspace)
    tell("made" if is_made else "as_it_was", path=ctx.obj.workspace.raw(EXAMPLE))


@verb("codebook")
def make_codebook(
    ctx: typer.Context,
    edition: EditionArgument,
    export: Annotated[Path | None, argument("help_export")] = None,
    previous: Annotated[str | None, option("help_questions_from", "--from")] = None,
) -> None:
    """Kopieer de export van de vragenlijst naar een editie, met een eerste codeboek."""
    from mma_analysis.storage import owner_only

    settings = ctx.obj.workspace.edition(edition)
    if export:
        earlier = ctx.obj.workspace.edition(previous, removed=True) if previous else None
        survey = _survey(export, settings.vocabulary, earlier)
        path = survey.add_to(settings.folder)
        owner_only(path.parent)
        tell("made", path=path)
        tell("paste_survey", lines=survey.settings)
    tell("codes_of_pages")
    asked = settings.vocabulary.reference("asked")
    say(listed([(f"  {row['code']}", row["kind"], row["used_for"]) for row in asked]))


@verb()
def code(
    ctx: typer.Context,
    edition: EditionArgument = EXAMPLE,
    coder: Annotated[list[str] | None, option("help_coder")] = None,
) -> None:
    """Schrijf de werkmap waarin mensen de open antwoorden coderen, naast de export."""
    from mma_analysis.pipeline.drafts import start_coding
    from mma_analysis.storage import locked

    workspace = ctx.obj.workspace
    settings = workspace.edition(edition)
    with locked(workspace, edition):
        path = start_coding(settings, coder or ["codeur 1", "codeur 2"])
    tell("coding_stays", path=path)


@verb("reference")
def show_reference(
    ctx: typer.Context,
    edition: Annotated[str | None, argument("help_edition_or_example")] = None,
    refresh: Annotated[Literal["population"] | None, option("help_refresh")] = None,
) -> None:
    """Noem de tabellen: van wie ze zijn, hoe nieuw, en uit welke bron."""
    settings = ctx.obj.workspace.edition(edition or EXAMPLE)
    if refresh:
        from mma_analysis.forms.statline import refresh_population

        if edition is None:  # never by accident
            raise UsageError.of("refresh_names")
        path, more, changed = refresh_population(settings)
        tell("refreshed", path=path, new=more, changed=changed, edition=edition)
        return
    tables = list(settings.vocabulary.catalogue())
    lines = []
    for one in tables:
        source, *others = one["sources"] or [""]
        if others:
            source = message("more_sources", first=source, number=len(others))
        owner = message("of_edition" if one["of_edition"] else "of_package")
        newest = one["newest"] or message("no_date")
        rows = rows_of(one["rows"])
        lines.append((one["name"], owner, rows, newest, one["mark"], source))
    answer({"tables": tables}, listed(lines))


def _tell_carried(earlier: "Edition", made: "Edition") -> None:
    """Say which files of an earlier edition a new one has, and why not the others."""
    from mma_analysis.forms.scaffold import EarlierEdition

    carried = EarlierEdition(earlier, made.begin, made.peildatum)
    left_out = carried.left_out()
    there = [file for file in earlier.deliveries() if file not in left_out]
    if there:
        tell("carried", previous=earlier.slug, files=_some(there))
    if left_out:
        why = "why_removed" if carried.is_continued else "why_other_days"
        why = "why_invented" if carried.is_invented else why
        files = _some(left_out)
        tell("files_not_carried", previous=earlier.slug, files=files, why=message(why))

    had_corrections = (earlier.folder / CORRECTIONS_FILE).is_file()
    if had_corrections and not (made.folder / CORRECTIONS_FILE).is_file():
        tell("not_carried", file=CORRECTIONS_FILE, previous=earlier.slug)


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - MOST_NAMES
    named = ", ".join(names[:MOST_NAMES])
    return message("and_more", named=named, number=more) if more > 0 else named


def _a_day(text: str) -> dt.date:
    """A day as people write it: the day first, or the year."""
    day = day_of(text, DAY_FIRST)
    if not day:
        raise UsageError.of("bad_day", value=text)
    return day


def _survey(export: Path, vocabulary: Vocabulary, earlier: Any) -> Any:
    from mma_analysis.forms.scaffold import Survey
    from mma_analysis.pipeline.drafts import first_codebook

    return Survey(export, first_codebook(export, vocabulary, earlier))


@verb()
def doctor(ctx: typer.Context) -> None:
    """Zeg wat er op deze machine ontbreekt om rapporten te maken."""
    from mma_analysis.cli.doctor import diagnose

    findings = list(diagnose(ctx.obj.workspace))
    words = {"ok": "goed", "note": "let op", "fault": "fout"}
    rows = []
    lines = []
    for one in findings:
        rows.append(one._asdict())
        line = f"{words[one.state]:<7}{one.what}\n       {one.remedy}"
        lines.append(line.rstrip())
    answer({"findings": rows}, *lines)
    if any(one.state == "fault" for one in findings):
        raise typer.Exit(1)


@verb()
def lab(
    ctx: typer.Context,
    browser: Annotated[bool, option("help_browser")] = True,
) -> None:
    """Open JupyterLab met de werkbank: alleen op deze machine, en in het Nederlands."""
    from mma_analysis.explore.lab import start_lab

    raise typer.Exit(start_lab(ctx.obj.workspace, browser))


# --- what is sent, and what is kept -------------------------------------------------------


@verb()
def audit(
    ctx: typer.Context,
    edition: EditionArgument = EXAMPLE,
    wcag: Annotated[bool, option("help_wcag", "--wcag")] = False,
) -> None:
    """Kijk de rapporten na: staat er iets in dat er niet hoort, en is alles vrijgegeven?"""
    from mma_analysis.audit import examine, explained, write_result
    from mma_analysis.storage import locked

    workspace = ctx.obj.workspace
    if wcag:
        from mma_analysis.publish.accessibility import axe_of

        axe_of(workspace.root)  # what is missing is said before all that takes long
    settings = workspace.edition(edition, removed=True)
    reports = workspace.reports(edition)
    with locked(workspace, edition):
        verdict = examine(settings, reports, workspace.processed(edition))
        write_result(verdict, settings, reports)
    _warn_when_stale(workspace, edition)
    signed = sum(line["status"] == "released" for line in verdict["lines"])
    well = message("audited", files=len(verdict["files"]), signed=signed)
    answer(verdict, well if verdict["released"] else explained(verdict))
    if wcag:
        _look_for_barriers(workspace, reports)
    if not verdict["released"]:
        # What leaks is a failure; what waits for two people is not.
        raise typer.Exit(3 if verdict["clean"] else 1)


def _look_for_barriers(workspace: Workspace, reports: Path) -> None:
    """Say what axe finds on the pages; a fault ends the command as one."""
    from mma_analysis.publish.accessibility import axe_of, look

    looked = look(reports, axe_of(workspace.root))
    for fault in looked.faults:
        told = fault._asdict() | {"scheme": message(SCHEME_WORDS[fault.scheme])}
        tell("wcag_fault", **told)
    if looked.undecided:
        places = {(one.page, one.place) for one in looked.undecided}
        tell("wcag_undecided", places=len(places), first=looked.undecided[0].page)
    if looked.faults:
        tell("wcag_found", pages=looked.pages, faults=len(looked.faults))
        raise typer.Exit(1)
    tell("wcag_well", pages=looked.pages)


@verb("bundle")
def make_bundles(
    ctx: typer.Context,
    edition: EditionArgument = EXAMPLE,
    only: Annotated[list[str] | None, option("help_only_recipient")] = None,
    audience: AudienceOption = None,
    encrypt: Annotated[bool, option("help_encrypt", "--encrypt")] = False,
) -> None:
    """Pak in wat is nagekeken: een zip voor het DVO, en een voor elke gemeente."""
    from mma_analysis import audit
    from mma_analysis.pipeline import issued, sendable
    from mma_analysis.publish.bundle import DVO, bundle, recipients
    from mma_analysis.storage import Issue, locked, number_for

    workspace = ctx.obj.workspace
    settings = workspace.edition(edition, removed=True)
    reports = workspace.reports(edition)
    who = recipients(settings.vocabulary, only or [], audience)
    intern = [slug for slug in who if slug != DVO]
    if encrypt and not intern:
        raise UsageError.of("encrypt_intern")
    secrets = _passphrases(intern) if encrypt else {}
    with locked(workspace, edition):
        outgoing = sendable(workspace, settings)  # first: the rest takes time
        number = number_for(workspace, edition, outgoing.said)
        _refuse_older(workspace, edition, outgoing, must_be_whole=DVO in who)
        verdict = audit.examine(settings, reports, workspace.processed(edition))
        audit.write_result(verdict, settings, reports)
        audit.refuse_unaudited(settings, reports)
        audit.refuse_unreleased(settings, reports)
        issues: list[Issue | None] = []

        def packed() -> None:  # what nobody can get, never went out
            issues.append(issued(workspace, settings, dt.date.today()))

        bundles = workspace.bundles(edition)
        made = bundle(settings, reports, bundles, who, number, secrets, packed)
        audit.name_issue(settings, reports, number)
    (issue,) = issues
    if issue:
        tell("issued", number=issue.number)
        _tell_of_answers(settings)
    for one in made:
        is_open = one["recipient"] in intern and not one["encrypted"]
        tell("not_encrypted" if is_open else "made", path=one["file"])
    answer({"bundles": made, "issue": issue.number if issue else None})


def _tell_of_answers(settings: "Edition") -> None:
    """Say that answers to the letters come too late for what is booked now."""
    until = settings.brief.uiterlijk
    sent = settings.opsteller.datum
    if until and sent and until > sent:
        tell("answers_after", sent=day(sent), until=day(until))


def _passphrases(slugs: Sequence[str]) -> dict[str, str]:
    """Recipient → its passphrase, no two the same; a script gives them as lines."""
    chosen: dict[str, str] = {}
    if isinstance(sys.stdin, io.TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8-sig")
    for slug in slugs:
        if sys.stdin.isatty():
            asked = message("ask_passphrase", slug=slug)
            given = typer.prompt(asked, hide_input=True, confirmation_prompt=True, err=True)
        else:
            given = sys.stdin.readline().rstrip("\r\n")
        if len(given) < SHORTEST:
            every = ", ".join(slugs)
            raise UsageError.of("short_passphrase", slug=slug, most=SHORTEST, slugs=every)
        same = [other for other in chosen if chosen[other] == given]
        if same:
            raise UsageError.of("same_passphrase", slug=slug, other=same[0])
        chosen[slug] = given
    return chosen


def _refuse_older(
    workspace: Workspace, slug: str, outgoing: "Outgoing", must_be_whole: bool
) -> None:
    """Stop when the pages are older than what they would be made of now.

    Of what was forgotten none can be made: what was sent of it can be packed once more.
    """
    from mma_analysis.publish.batch import refuse_older
    from mma_analysis.storage import ROWS_FORGOTTEN, read_manifest, sent_as

    manifest = read_manifest(workspace.processed(slug)) or {}
    was_sent = sent_as(workspace, slug, outgoing.said) is not None
    if manifest.get(ROWS_FORGOTTEN) and was_sent:
        return
    refuse_older(workspace, slug, must_be_whole)


def _warn_when_stale(workspace: Workspace, slug: str) -> None:
    """Say how many pages are not up to date; of what was forgotten none can be made."""
    from mma_analysis.publish.batch import standing
    from mma_analysis.storage import ROWS_FORGOTTEN, read_manifest

    manifest = read_manifest(workspace.processed(slug))
    if manifest is None or manifest.get(ROWS_FORGOTTEN):
        return
    pages, _ = standing(workspace, slug)
    reports = workspace.reports(slug)
    stale = []
    for page in pages:
        if page.state == "absent" and (reports / page.path).is_file():
            stale.append(page)
    if stale:
        first = stale[0]
        warn(
            message(
                "stale_pages",
                number=len(stale),
                slug=slug,
                page=first.path,
                why=first.reason,
            )
        )


@verb("compare")
def compare_editions(
    ctx: typer.Context,
    edition: EditionArgument,
    previous: Annotated[str, argument("help_earlier")],
) -> None:
    """Zeg wat er sinds een eerdere editie veranderde, in cijfers en in wat ze betekenen."""
    from mma_analysis.pipeline.compare import compare

    comparison = compare(ctx.obj.workspace, edition, previous)
    titles = {row["table"]: row["title"] for row in REGISTRY}
    said = words_of("verdict")
    text = filled_in("cli/comparison.txt.j2", **comparison, said=said, titles=titles)
    answer(comparison, *text.splitlines())


@verb("forget")
def forget_rows(
    ctx: typer.Context,
    edition: EditionArgument,
    yes: Annotated[bool, option("help_yes", "--yes")] = False,
) -> None:
    """Verwijder rijen en precieze cijfers; wat openbaar is, blijft."""
    from mma_analysis.publish.forget import forget, stays, to_forget

    workspace = ctx.obj.workspace
    is_there = stays(workspace, edition) or to_forget(workspace, edition)
    if not is_there or Path(edition).name != edition:
        workspace.edition(edition, removed=True)  # says which editions there are
    going = forget(workspace, edition) if yes else to_forget(workspace, edition)
    for path in going:
        tell("removed" if yes else "would_remove", path=path)
    for path in stays(workspace, edition):
        tell("stays", path=path)
    if not yes:
        tell("not_forgotten", slug=edition)
    else:
        tell("all_forgotten" if going else "nothing_left", slug=edition)
