"""Commands from deliveries to pages, and about the pages."""

import logging
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mma_analysis.cli.console import (
    LOG,
    Audience,
    Edition,
    app,
    out,
    print_json,
    say,
    say_columns,
    warn,
)
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError

if TYPE_CHECKING:
    from mma_analysis.publish.plan import Outcome

SOME_PAGES_FAILED = 3
SECONDS_TO_CONNECT = 10
AROUND = "index, letters, papers, audit"
Force = Annotated[bool, typer.Option("--force", help="Do it again, also when nothing changed.")]


@app.command("report", help="Make the pages from the tables (processed → reports).")
@app.command("run", help="Do everything: deliveries to tables, tables to pages.")
def make(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    only: Annotated[
        list[str] | None, typer.Option(help="Make only this area's pages; may be repeated.")
    ] = None,
    audience: Audience = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Pages at a time; default: all cores.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Make pages on a Dask cluster, as in tcp://10.0.0.5:8786.")
    ] = None,
    force: Force = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Also print the pages as PDF, beside the set.")
    ] = False,
) -> None:
    """Make pages; what is asked wrongly is said before anything is made."""
    from mma_analysis.storage import check_place

    workspace, as_json = ctx.obj.workspace, ctx.obj.as_json
    vocabulary = workspace.edition(edition).vocabulary
    for area in only or []:
        vocabulary.area(area)
    if pdf:
        from mma_analysis.publish.pdf import browser_path

        browser_path()
    if scheduler:
        _check_cluster(scheduler)
    if ctx.info_name == "run":
        check_place(workspace.reports(edition))  # before the tables, which take most of the time
        prepared(workspace, edition, force, as_json)
    outcomes = _report(workspace, edition, only or [], audience, jobs, scheduler, force, as_json)
    where = workspace.reports(edition) / "openbaar" / "index.html"
    if as_json:
        rows = [{"page": o.page.path, "state": o.state, "reason": o.reason} for o in outcomes]
        print_json({"pages": rows, "index": str(where)})
    else:
        say(_summary(outcomes))
        say(f"open {where}")
        from mma_analysis.audit import waits_for

        if waiting := waits_for(workspace.reports(edition)):
            dossier = workspace.reports(edition) / "dossier.html"
            say(f"nog niet vrijgegeven: voor {len(waiting)} regels van {dossier} moet nog getekend")
    if any(outcome.state in ("failed", "blocked") for outcome in outcomes):
        raise typer.Exit(SOME_PAGES_FAILED)
    if pdf:
        _print(workspace, edition, only or [], audience, as_json)


@app.command()
def prepare(ctx: typer.Context, edition: Edition = EXAMPLE, force: Force = False) -> None:
    """Turn the deliveries into clean tables and protected tables (raw → processed)."""
    manifest = prepared(ctx.obj.workspace, edition, force, ctx.obj.as_json)
    if ctx.obj.as_json:
        print_json(manifest)


@app.command("list")
def list_pages(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    why: Annotated[bool, typer.Option("--why", help="Say why a page is to be made.")] = False,
) -> None:
    """List the pages of an edition and whether they are up to date."""
    from mma_analysis.publish.batch import standing
    from mma_analysis.publish.notebooks import PARAMETERS, find
    from mma_analysis.storage import issues

    rows, is_whole = standing(ctx.obj.workspace, edition)
    notebooks = {name: find(name, ctx.obj.workspace, edition) for name in PARAMETERS}
    sent = issues(ctx.obj.workspace, edition)
    around = "up to date" if is_whole else "to be made"
    if ctx.obj.as_json:
        numbered = [{"issue": one.number, "day": str(one.day)} for one in sent]
        made_by = {
            name: asdict(one) | {"path": str(one.path), "sentence": one.sentence}
            for name, one in notebooks.items()
        }
        content = {"pages": rows, "around": around, "issues": numbered, "notebooks": made_by}
        print_json(content)
        return
    said = [
        (row["page"], row["state"] + (f": {row['why']}" if why and row["why"] else ""))
        for row in rows
    ]
    said += [(AROUND, around)]
    for name, notebook in notebooks.items():
        copied = f"gemaakt van versie {notebook.copy_of}" if notebook.copy_of else ""
        if words := "; ".join(filter(None, (notebook.sentence, copied))):
            said.append((f"{name}.ipynb", words))
    say_columns(said + [(f"uitgave {one.number}", f"verstuurd op {one.day}") for one in sent])


@app.command()
def notebook(
    ctx: typer.Context,
    name: Annotated[
        Literal["district", "gemeente", "hoe-wij-telden"], typer.Argument(help="Of which pages.")
    ],
    edition: Annotated[
        str, typer.Option("--editie", help="Name of the edition: its folder in data/raw.")
    ],
) -> None:
    """Copy the notebook of a page into an edition, to change a sentence or a figure there."""
    from mma_analysis.publish.notebooks import copy_to_edition

    workspace = ctx.obj.workspace
    path = copy_to_edition(name, workspace, edition)
    say(
        f"gemaakt: {path}",
        f"Open het met `mma lab`: links in de mappen, {path.relative_to(workspace.root)}.",
        f"Maak daarna de rapporten opnieuw met `mma report {edition}`.",
    )


@app.command()
def rollback(ctx: typer.Context, edition: Edition = EXAMPLE) -> None:
    """Put the pages back that were there before the last ones; again to undo that."""
    from mma_analysis.publish.batch import rollback

    say(f"the pages before the last ones are back in {rollback(ctx.obj.workspace, edition)}")


def prepared(workspace: Workspace, slug: str, force: bool, as_json: bool) -> dict[str, Any]:
    """Prepare an edition, say how and what no letter tells, and give its manifest."""
    from mma_analysis.pipeline import prepare

    LOG.setLevel(logging.WARNING if as_json else logging.INFO)  # the JSON object comes later
    try:
        done = prepare(workspace, slug, force)
        if done.was_up_to_date:
            LOG.info("prepare: %s is up to date", slug)
        for file in done.manifest["files"]:
            for note in file.get("notes", []):
                LOG.info("note: %s", note)
    finally:
        LOG.setLevel(logging.NOTSET)  # whoever calls a command from Python hears no more of it
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
) -> "list[Outcome]":
    """Make the pages, and say of each what became of it."""
    from mma_analysis.publish.batch import report
    from mma_analysis.publish.plan import pages
    from mma_analysis.publish.templates import has_bundle

    if not has_bundle() and not as_json:
        warn(
            "the small plotly.js bundle is not there, so every page will be about "
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
        task = progress.add_task("", total=len(pages(workspace.edition(slug).vocabulary)))

        def tell(outcome: "Outcome") -> None:
            progress.update(task, advance=1, description=outcome.page.path)
            if not as_json and outcome.state in ("made", "failed", "blocked"):
                why = f": {outcome.reason}" if outcome.reason else ""
                say(f"{outcome.state} {outcome.page.path}{why}")

        return report(workspace, slug, only, audience, jobs, scheduler or "", force, tell)


def _summary(outcomes: "list[Outcome]") -> str:
    counts = Counter(outcome.state for outcome in outcomes)
    parts = [
        f"{counts['made']} made",
        f"{counts['kept']} up to date",
        f"{counts['failed'] + counts['blocked']} failed",
    ]
    if counts["absent"]:
        parts.append(f"{counts['absent']} not asked for and left out: they were not up to date")
    return f"pages: {', '.join(parts)}"


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


def _print(
    workspace: Workspace, slug: str, only: list[str], audience: str | None, as_json: bool
) -> None:
    from mma_analysis.publish.pdf import print_pages
    from mma_analysis.storage import locked

    printed = workspace.printed(slug)
    with locked(workspace, slug):
        reports = workspace.reports(slug)
        made = print_pages(workspace.edition(slug), reports, printed, only, audience)
    if not as_json:
        say(f"printed {len(made)} files in {printed}")
