"""Commands from deliveries to pages, and about the pages."""

import logging
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from mma_analysis.cli.concept import ConceptAsked, make_concept
from mma_analysis.cli.console import (
    AudienceOption,
    EditionArgument,
    answer,
    argument,
    option,
    out,
    say,
    tell,
    verb,
)
from mma_analysis.cli.status import RED, tell_standing
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import (
    DataError,
    Vocabulary,
    filled_in,
    listed,
    message,
    rows_of,
)
from mma_analysis.vocabulary.reference import package_table, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mma_analysis.publish.plan import Page

SOME_PAGES_FAILED = 3
DOING = "{task.description}"
SECONDS_TO_CONNECT = 10
STATES = {  # of a page: for a program, and for a person
    "kept": ("up to date", "state_kept"),
    "absent": ("to be made", "state_absent"),
    "blocked": ("blocked", "state_blocked"),
}
OF_STAGE = {  # of the work after the pages: what a person reads
    "around": "bijlagen, brieven en voorstel",
    "audit": "de audit leest alle bestanden na",
    "swap": "de nieuwe pagina's komen op hun plaats",
}
Force = Annotated[bool, option("help_force", "--force")]


class Clock:
    """How long each stage took: one ends when the next begins."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = ""
        self._began = 0.0

    def begins(self, stage: str) -> None:
        """A stage begins; without a name only the last one ends."""
        now = time.monotonic()
        if self._stage:
            self.seconds[self._stage] = round(now - self._began, 2)
        self._stage = stage
        self._began = now


@verb("report", help="Maak de pagina's uit de tabellen (processed → reports).")
@verb("run", help="Doe alles: van leveringen naar tabellen, van tabellen naar pagina's.")
def make(
    ctx: typer.Context,
    edition: EditionArgument = EXAMPLE,
    only: Annotated[list[str] | None, option("help_only_area")] = None,
    audience: AudienceOption = None,
    jobs: Annotated[int | None, option("help_jobs", min=1)] = None,
    scheduler: Annotated[str, option("help_scheduler")] = "",
    force: Force = False,
    pdf: Annotated[bool, option("help_pdf", "--pdf")] = False,
    concept: Annotated[bool, option("help_concept", "--concept")] = False,
    watch: Annotated[bool, option("help_watch", "--watch")] = False,
) -> None:
    """Make pages; what is asked wrongly is said before anything is made."""
    from mma_analysis.publish.batch import report
    from mma_analysis.publish.plan import pages
    from mma_analysis.storage import check_place

    workspace = ctx.obj.workspace
    areas = only or []
    others = {"--jobs": jobs, "--scheduler": scheduler, "--force": force, "--pdf": pdf}
    ConceptAsked(concept, watch, others).check(ctx)
    if concept:
        from mma_analysis.publish.concept import concept_of

        make_concept(concept_of(workspace, edition, areas, audience), watch)
        return
    vocabulary = workspace.edition(edition).vocabulary
    reports = workspace.reports(edition)
    asked = pages(vocabulary, areas, audience)
    if pdf:
        from mma_analysis.publish.browser import browser_path

        browser_path()
    if scheduler:
        _check_cluster(scheduler)
    clock = Clock()
    was_released = _is_released(reports)
    if ctx.info_name == "run":
        clock.begins("prepare")
        check_place(reports)  # before the tables, which take most of the time
        ctx.obj.last = partial(tell_standing, workspace, edition)
        prepared(workspace, edition, force)
    if areas or audience:
        tell_taken_away(workspace, edition, areas, audience)
    with _shown_progress() as progress:
        told = _Told(progress, clock, len(pages(vocabulary)), asked)
        clock.begins("plan")
        made = report(
            workspace,
            edition,
            areas,
            audience,
            jobs,
            scheduler,
            force,
            told.page,
            told.stage,
        )
        clock.begins("")
    failed = _tell_made(made, reports, clock)
    has_made = any(page.state == "made" for page in made)
    if not was_released and not has_made and _is_released(reports):
        tell("now_released")
    _tell_waiting(reports)
    if pdf and not failed:
        _print(workspace, edition, areas, audience)
    if ctx.info_name == "run":
        ctx.obj.last()
    if failed:
        raise typer.Exit(SOME_PAGES_FAILED)


def _shown_progress() -> Progress:
    """A bar of the pages, when a person looks on."""
    number = MofNCompleteColumn(separator=" van ")
    columns = ("pagina's", BarColumn(), number, TimeElapsedColumn(), DOING)
    is_unseen = not out.is_terminal
    return Progress(*columns, console=out, transient=True, disable=is_unseen)


def _tell_made(made: "Sequence[Page]", reports: Path, clock: Clock) -> int:
    """Say what became of the pages, and give how many could not be made."""
    counts = Counter(page.state for page in made)
    failed = counts["failed"] + counts["blocked"]
    summary = message(
        "pages_summary", made=counts["made"], kept=counts["kept"], failed=failed
    )
    if counts["absent"]:
        summary = message("pages_left_out", summary=summary, absent=counts["absent"])
    rows = [{"page": one.path, "state": one.state, "reason": one.reason} for one in made]
    index = reports / "openbaar" / "index.html"
    content = {"pages": rows, "index": str(index), "seconds": clock.seconds}
    answer(content, summary, message("open_index", path=index))
    return failed


def _tell_waiting(reports: Path) -> None:
    """Say what two people must sign before the pages may go out, if anything."""
    from mma_analysis.audit import waits_for

    waiting = waits_for(reports)
    if waiting:
        tell("not_released", rows=rows_of(len(waiting)), dossier=reports / "dossier.html")


def _print(
    workspace: Workspace,
    slug: str,
    areas: "Sequence[str]",
    audience: str | None,
) -> None:
    """Print the pages that were asked for, and say where they are."""
    from mma_analysis.publish import pdf
    from mma_analysis.storage import locked

    printed = workspace.printed(slug)
    with locked(workspace, slug):
        settings = workspace.edition(slug)
        files = pdf.print_pages(settings, workspace.reports(slug), printed, areas, audience)
    tell("printed", number=len(files), folder=printed)


class _Told:
    """Says of each page that it is made, which one of those asked for, and what is next."""

    def __init__(
        self, progress: Progress, clock: Clock, every: int, asked: "Sequence[Page]"
    ) -> None:
        self.progress = progress
        self.clock = clock
        self.task = progress.add_task("", total=every)
        self.asked = {page.path for page in asked}
        self.number = 0

    def stage(self, stage: str) -> None:
        """Say which work begins, after the pages."""
        self.clock.begins(stage)
        self.progress.update(self.task, description=OF_STAGE.get(stage, ""))

    def page(self, page: "Page") -> None:
        """Say what became of one page."""
        self.progress.update(self.task, advance=1, description=page.path)
        if page.path in self.asked:
            self.number += 1
        if page.state == "made":
            tell("page_made", page=page.path, number=self.number, total=len(self.asked))
            if page.reason:
                tell("page_remark", remark=page.reason)
        elif page.state in ("failed", "blocked"):
            tell("page_failed", page=page.path, reason=page.reason)


@verb()
def prepare(
    ctx: typer.Context, edition: EditionArgument = EXAMPLE, force: Force = False
) -> None:
    """Maak van de leveringen schone en beschermde tabellen (raw → processed)."""
    workspace = ctx.obj.workspace
    ctx.obj.last = partial(tell_standing, workspace, edition)
    answer(prepared(workspace, edition, force, shows_reading=True))
    ctx.obj.last()


@verb("list")
def list_pages(
    ctx: typer.Context,
    edition: EditionArgument = EXAMPLE,
    why: Annotated[bool, option("help_why", "--why")] = False,
) -> None:
    """Noem de pagina's van een editie, en of ze bijgewerkt zijn."""
    from mma_analysis.publish.batch import standing
    from mma_analysis.publish.plan import PARAMETERS, find
    from mma_analysis.storage import issues_of

    workspace = ctx.obj.workspace
    pages, is_whole = standing(workspace, edition)
    notebooks = {name: find(name, workspace, edition) for name in PARAMETERS}
    around, around_said = STATES["kept" if is_whole else "absent"]
    content: dict[str, Any] = {"pages": [], "around": around, "issues": []}
    content["notebooks"] = {}
    for name, one in notebooks.items():
        told = one._asdict()
        told["path"] = str(one.path)
        content["notebooks"][name] = told

    lines = []
    for page in pages:
        state, said = STATES[page.state]
        reason = f": {page.reason}" if why and page.reason else ""
        lines.append((page.path, message(said) + reason))
        row = {
            "page": page.path,
            "area": page.area.slug,
            "audience": page.audience,
            "state": state,
            "why": page.reason,
        }
        content["pages"].append(row)
    lines.append((message("around_pages"), message(around_said)))
    for name, one in notebooks.items():
        copied = message("copy_of", version=one.copy_of) if one.copy_of else ""
        words = "; ".join(text for text in (one.sentence, copied) if text)
        if words:
            lines.append((f"{name}.ipynb", words))
    for issue in issues_of(workspace, edition):
        row = {"issue": issue.number, "day": str(issue.day)}
        content["issues"].append(row)
        head = message("issue", number=issue.number)
        lines.append((head, message("sent_on", day=issue.day)))
    answer(content, listed(lines))


@verb()
def notebook(
    ctx: typer.Context,
    name: Annotated[
        Literal["district", "gemeente", "hoe-wij-telden"], argument("help_which_pages")
    ],
    edition: Annotated[str, option("help_edition", "--editie")],
) -> None:
    """Kopieer het notebook van een pagina naar een editie, om er iets in te veranderen."""
    from mma_analysis.publish.plan import copy_to_edition

    workspace = ctx.obj.workspace
    path = copy_to_edition(name, workspace, edition)
    tell(
        "notebook_made", path=path, inside=path.relative_to(workspace.root), edition=edition
    )


@verb()
def rollback(ctx: typer.Context, edition: EditionArgument = EXAMPLE) -> None:
    """Zet de pagina's van vóór de laatste terug; nog een keer maakt dat ongedaan."""
    from mma_analysis.storage import locked, rolled_back

    workspace = ctx.obj.workspace
    workspace.check_edition(edition)
    with locked(workspace, edition):
        rolled_back(workspace.reports(edition))
    tell("rolled_back", folder=workspace.reports(edition))


def prepared(
    workspace: Workspace, slug: str, force: bool, shows_reading: bool = False
) -> dict[str, Any]:
    """Prepare an edition, say per file its rows and what is odd, and give its manifest.

    `shows_reading`: and what each header was taken for, also when nothing changed.
    """
    from mma_analysis.pipeline import prepare

    manifest, was_up_to_date = prepare(workspace, slug, force)
    if was_up_to_date:
        tell("up_to_date", slug=slug)
    if shows_reading or not was_up_to_date:
        edition = workspace.edition(slug)
        fields = words_of("read_as")
        grades = manifest.get("grades", {})
        words = {"files": _red_first(manifest["files"], grades), "grades": grades}
        words |= {"fields": fields, "with_columns": shows_reading, "rows_of": rows_of}
        words |= {"area": edition.vocabulary.area, "unnamed": edition.unnamed()}
        words |= {"sent": lambda slug: edition.gemeente(slug).stuurde}
        say(*filled_in("cli/gelezen.txt.j2", **words).splitlines())
        _tell_own_words(edition.vocabulary)
    return manifest


def tell_taken_away(
    workspace: Workspace,
    slug: str,
    areas: list[str],
    audience: str | None,
) -> None:
    """Say beforehand which pages go, as they are not asked for and not up to date."""
    from mma_analysis.publish.batch import prepared_manifest
    from mma_analysis.publish.page_set import PageSet
    from mma_analysis.publish.plan import pages

    edition = workspace.edition(slug)
    asked = {page.path for page in pages(edition.vocabulary, areas, audience)}
    reports = workspace.reports(slug)
    # With tables that are not up to date no page is made, and so none goes.
    stands = PageSet(workspace, edition, prepared_manifest(workspace, edition))
    going: list[str] = []
    for page in stands.pages:
        is_kept = page.path in asked or page.state != "absent"
        path = reports / page.path
        if not is_kept and path.is_file():
            going.append(page.path)
    number = len(going)
    if going:
        tell("takes_away", number=number, first=going[0], slug=slug)


def _is_released(reports: Path) -> bool:
    """Whether the public pages say that all is signed."""
    from mma_analysis.storage import read_manifest

    manifest = read_manifest(reports / "openbaar") or {}
    return manifest.get("released") is True


def _tell_own_words(vocabulary: Vocabulary) -> None:
    """Say of how many words an own table of words takes the place."""
    for table in vocabulary.catalogue():
        name = table["name"]
        if table["of_edition"] and name.endswith("_aliases"):
            ours = len(package_table(name))
            tell("own_words_replace", name=name, own=table["rows"], ours=ours)


def _red_first(
    files: list[dict[str, Any]],
    grades: dict[str, str],
) -> list[dict[str, Any]]:
    """The files of which something must be done before the others."""

    def is_not_red(file: dict[str, Any]) -> bool:
        return RED not in {grades.get(slug, "").casefold() for slug in file["gemeenten"]}

    return sorted(files, key=is_not_red)


def _check_cluster(scheduler: str) -> None:
    """Say that a cluster cannot be used before anything is made for it."""
    try:
        from distributed import Client
    except ImportError:
        raise DataError.of("cluster_extra") from None
    for name in ("distributed", "distributed.client", "tornado"):
        logging.getLogger(name).setLevel(
            logging.CRITICAL
        )  # it is in the error that we raise
    try:
        with Client(scheduler, timeout=SECONDS_TO_CONNECT) as client:
            workers = client.nthreads()
    except Exception as error:  # whatever listens there: it need not be a scheduler
        words = {"address": scheduler, "error": type(error).__name__}
        raise DataError.of("no_scheduler", **words) from error
    if not workers:
        raise DataError.of("no_workers", address=scheduler)
