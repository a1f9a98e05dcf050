"""Commands from deliveries to pages, and about the pages."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mma_analysis.cli.console import LOG, app, err, out, print_json, say
from mma_analysis.cli.options import (
    AsJson,
    Audience,
    Debug,
    Edition,
    Force,
    Jobs,
    Only,
    Root,
    Scheduler,
    check_choices,
)
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError, UsageError

if TYPE_CHECKING:
    from mma_analysis.publish.outcome import Outcome

SOME_PAGES_FAILED = 3
SECONDS_TO_CONNECT = 10
AROUND = "index, letters, papers, audit"
Pdf = Annotated[bool, typer.Option("--pdf", help="Also print the openbaar pages, beside the set.")]


@app.command()
def run(
    edition: Edition = EXAMPLE,
    root: Root = None,
    only: Only = None,
    audience: Audience = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    force: Force = False,
    pdf: Pdf = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Do everything: deliveries to tables, tables to pages."""
    where = Workspace.here(root)
    _make(where, edition, only, audience, jobs, scheduler, force, pdf, as_json, prepares=True)


@app.command()
def prepare(
    edition: Edition = EXAMPLE,
    root: Root = None,
    force: Force = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Turn the deliveries into clean tables and protected tables (raw → processed)."""
    manifest = prepared(Workspace.here(root), edition, force, as_json)
    if as_json:
        print_json(manifest)


@app.command()
def report(
    edition: Edition = EXAMPLE,
    root: Root = None,
    only: Only = None,
    audience: Audience = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    force: Force = False,
    pdf: Pdf = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Make the pages from the tables (processed → reports)."""
    where = Workspace.here(root)
    _make(where, edition, only, audience, jobs, scheduler, force, pdf, as_json, prepares=False)


@app.command("list")
def list_pages(
    edition: Edition = EXAMPLE,
    why: Annotated[bool, typer.Option("--why", help="Say why a page is to be made.")] = False,
    root: Root = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """List the pages of an edition and whether they are up to date."""
    from mma_analysis.publish.batch import around_stands, standing

    workspace = Workspace.here(root)
    rows = standing(workspace, edition)
    around = "up to date" if around_stands(workspace, edition) else "to be made"
    if as_json:
        print_json({"pages": rows, "around": around})
        return
    width = max(len(row["page"]) for row in rows)
    for row in rows:
        reason = f": {row['why']}" if why and row["why"] else ""
        out.print(f"{row['page']:<{width}}  {row['state']}{reason}", markup=False)
    out.print(f"{AROUND:<{width}}  {around}", markup=False)


@app.command()
def rollback(edition: Edition = EXAMPLE, root: Root = None, debug: Debug = False) -> None:
    """Put the pages back that were there before the last ones; again to undo that."""
    from mma_analysis.publish.batch import rollback

    say(f"the pages before the last ones are back in {rollback(Workspace.here(root), edition)}")


def _make(
    workspace: Workspace,
    slug: str,
    only: list[str] | None,
    audience: str | None,
    jobs: int | None,
    scheduler: str | None,
    force: bool,
    pdf: bool,
    as_json: bool,
    *,
    prepares: bool,
) -> None:
    """Make pages, after their tables when it prepares; what is asked wrongly is said first."""
    check_choices(workspace, slug, only, audience)
    if pdf:
        _check_can_print(audience)
    if scheduler:
        _check_cluster(scheduler)
    if prepares:
        _check_place(workspace, slug)
        prepared(workspace, slug, force, as_json)
    _report(workspace, slug, only or [], audience, jobs, scheduler, force, as_json)
    if pdf:
        _print(workspace, slug, only or [], as_json)


def _check_cluster(scheduler: str) -> None:
    """Say that a cluster cannot be used before anything is made for it."""
    try:
        from distributed import Client
    except ImportError:
        raise DataError(
            "--scheduler needs the package distributed: pip install 'mma-analysis[cluster]'"
        ) from None
    for name in ("distributed", "distributed.client", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # it is in the error that we raise
    try:
        with Client(scheduler, timeout=SECONDS_TO_CONNECT) as client:
            workers = client.nthreads()
    except Exception as error:  # whatever listens there: it need not be a scheduler
        raise DataError(
            f"no scheduler answers at {scheduler} ({type(error).__name__}); start it with "
            "`dask scheduler`, and workers with `dask worker ADDRESS`; for tls:// Dask's own "
            "settings must name the certificates"
        ) from error
    if not workers:
        raise DataError(
            f"the scheduler at {scheduler} has no workers; start one with `dask worker {scheduler}`"
        )


def _check_place(workspace: Workspace, slug: str) -> None:
    """Before the tables, which take most of the time: can the pages be written."""
    from mma_analysis.storage import check_place

    workspace.edition(slug)  # a name or a setting that is wrong is said first
    check_place(workspace.reports(slug))


def prepared(workspace: Workspace, slug: str, force: bool, as_json: bool) -> dict[str, Any]:
    """Prepare an edition, say how and what no letter tells, and give its manifest."""
    from mma_analysis.pipeline import prepare

    LOG.setLevel(logging.WARNING if as_json else logging.INFO)  # the JSON object comes later
    done = prepare(workspace, slug, force)
    if done.was_up_to_date:
        LOG.info("prepare: %s is up to date", slug)
    for file in done.manifest["files"]:
        for note in file.get("notes", []):
            LOG.info("note: %s", note)
    return done.manifest


def _report(
    workspace: Workspace,
    slug: str,
    only: list[str],
    audience: str | None,
    jobs: int | None,
    scheduler: str | None,
    force: bool,
    as_json: bool,
) -> None:
    from mma_analysis.publish.batch import pages, report
    from mma_analysis.publish.plotly_bundle import has_bundle

    vocabulary = workspace.edition(slug).vocabulary
    if not has_bundle() and not as_json:
        err.print(
            "warning: the small plotly.js bundle is not there, so every page will be about "
            "5 MB; `make report` or `python tools/setup.py plotly` fetches it"
        )
    with Progress(
        TextColumn("pages"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=out,
        transient=True,
        disable=as_json or not out.is_terminal,
    ) as progress:
        task = progress.add_task("", total=len(pages(vocabulary)))

        def tell(outcome: "Outcome") -> None:
            progress.update(task, advance=1, description=outcome.page.path)
            if not as_json and outcome.state in ("made", "failed", "blocked"):
                why = f": {outcome.reason}" if outcome.reason else ""
                say(f"{outcome.state} {outcome.page.path}{why}")

        outcomes = report(workspace, slug, only, audience, jobs, scheduler or "", force, tell)
    where = workspace.reports(slug) / "openbaar" / "index.html"
    if as_json:
        rows = [{"page": o.page.path, "state": o.state, "reason": o.reason} for o in outcomes]
        print_json({"pages": rows, "index": str(where)})
    else:
        say(_summary(outcomes))
        say(f"open {where}")
    if any(outcome.state in ("failed", "blocked") for outcome in outcomes):
        raise typer.Exit(SOME_PAGES_FAILED)


def _summary(outcomes: "Sequence[Outcome]") -> str:
    counts = Counter(outcome.state for outcome in outcomes)
    parts = [
        f"{counts['made']} made",
        f"{counts['kept']} up to date",
        f"{counts['failed'] + counts['blocked']} failed",
    ]
    if counts["absent"]:
        parts.append(f"{counts['absent']} not asked for and left out: they were not up to date")
    return f"pages: {', '.join(parts)}"


def _check_can_print(audience: str | None) -> None:
    """Say that there is nothing to print with, or nothing to print, before pages are made."""
    from mma_analysis.publish.pdf import browser_path

    if audience == "intern":
        raise UsageError("--pdf prints openbaar pages; leave out --audience intern")
    browser_path()


def _print(workspace: Workspace, slug: str, only: list[str], as_json: bool) -> None:
    from mma_analysis.publish.pdf import print_pages
    from mma_analysis.storage import locked

    with locked(workspace, slug):
        made = print_pages(
            workspace.edition(slug),
            workspace.reports(slug),
            workspace.printed(slug),
            only,
        )
    if not as_json:
        say(f"printed {len(made)} pages in {workspace.printed(slug)}")
