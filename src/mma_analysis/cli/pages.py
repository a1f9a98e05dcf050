"""Commands from deliveries to pages, and about the pages."""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mma_analysis.cli.console import (
    LOG,
    Audience,
    Edition,
    out,
    print_json,
    say,
    say_columns,
    tell,
    verb,
    warn,
)
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError, Vocabulary, message, rows_of
from mma_analysis.vocabulary.headings import words_of

if TYPE_CHECKING:
    from mma_analysis.publish.plan import Outcome

SOME_PAGES_FAILED = 3
SECONDS_TO_CONNECT = 10
STATES = {"up to date": "state_made", "to be made": "state_absent", "blocked": "state_blocked"}
Force = Annotated[
    bool, typer.Option("--force", help="Doe het opnieuw, ook als er niets veranderde.")
]


@verb("report", help="Maak de pagina's uit de tabellen (processed → reports).")
@verb("run", help="Doe alles: van leveringen naar tabellen, van tabellen naar pagina's.")
def make(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    only: Annotated[
        list[str] | None, typer.Option(help="Maak alleen de pagina's van dit gebied; mag vaker.")
    ] = None,
    audience: Audience = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Hoeveel pagina's tegelijk; anders alle kernen.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Maak pagina's op een Dask-cluster: tcp://10.0.0.5:8786.")
    ] = None,
    force: Force = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Druk de pagina's ook af als pdf.")] = False,
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
        tell("open_index", path=where)
        from mma_analysis.audit import waits_for

        if waiting := waits_for(workspace.reports(edition)):
            dossier = workspace.reports(edition) / "dossier.html"
            tell("not_released", number=len(waiting), dossier=dossier)
    if any(outcome.state in ("failed", "blocked") for outcome in outcomes):
        raise typer.Exit(SOME_PAGES_FAILED)
    if pdf:
        _print(workspace, edition, only or [], audience, as_json)


@verb()
def prepare(ctx: typer.Context, edition: Edition = EXAMPLE, force: Force = False) -> None:
    """Maak van de leveringen schone en beschermde tabellen (raw → processed)."""
    as_json = ctx.obj.as_json
    manifest = prepared(ctx.obj.workspace, edition, force, as_json, shows_reading=not as_json)
    if as_json:
        print_json(manifest)


@verb("list")
def list_pages(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    why: Annotated[
        bool, typer.Option("--why", help="Zeg waarom een pagina opnieuw gemaakt moet worden.")
    ] = False,
) -> None:
    """Noem de pagina's van een editie, en of ze bijgewerkt zijn."""
    from mma_analysis.publish.batch import standing
    from mma_analysis.publish.notebooks import PARAMETERS, find
    from mma_analysis.storage import issues

    rows, is_whole = standing(ctx.obj.workspace, edition)
    notebooks = {name: find(name, ctx.obj.workspace, edition) for name in PARAMETERS}
    sent = issues(ctx.obj.workspace, edition)
    if ctx.obj.as_json:
        numbered = [{"issue": one.number, "day": str(one.day)} for one in sent]
        made_by = {
            name: asdict(one) | {"path": str(one.path), "sentence": one.sentence}
            for name, one in notebooks.items()
        }
        around = "up to date" if is_whole else "to be made"
        content = {"pages": rows, "around": around, "issues": numbered, "notebooks": made_by}
        print_json(content)
        return
    said = [
        (
            row["page"],
            message(STATES[row["state"]]) + (f": {row['why']}" if why and row["why"] else ""),
        )
        for row in rows
    ]
    said += [(message("around_pages"), message("state_made" if is_whole else "state_absent"))]
    for name, notebook in notebooks.items():
        copied = message("copy_of", version=notebook.copy_of) if notebook.copy_of else ""
        if words := "; ".join(filter(None, (notebook.sentence, copied))):
            said.append((f"{name}.ipynb", words))
    said += [(message("issue", number=one.number), message("sent_on", day=one.day)) for one in sent]
    say_columns(said)


@verb()
def notebook(
    ctx: typer.Context,
    name: Annotated[
        Literal["district", "gemeente", "hoe-wij-telden"],
        typer.Argument(help="Van welke pagina's."),
    ],
    edition: Annotated[
        str, typer.Option("--editie", help="Naam van de editie: haar map in data/raw.")
    ],
) -> None:
    """Kopieer het notebook van een pagina naar een editie, om er iets in te veranderen."""
    from mma_analysis.publish.notebooks import copy_to_edition

    workspace = ctx.obj.workspace
    path = copy_to_edition(name, workspace, edition)
    tell("notebook_made", path=path, inside=path.relative_to(workspace.root), edition=edition)


@verb()
def rollback(ctx: typer.Context, edition: Edition = EXAMPLE) -> None:
    """Zet de pagina's van vóór de laatste terug; nog een keer maakt dat ongedaan."""
    from mma_analysis.publish.batch import rollback

    tell("rolled_back", folder=rollback(ctx.obj.workspace, edition))


def prepared(
    workspace: Workspace, slug: str, force: bool, as_json: bool, shows_reading: bool = False
) -> dict[str, Any]:
    """Prepare an edition, say how and what no letter tells, and give its manifest.

    `shows_reading`: say what each header was taken for, also when nothing changed.
    """
    from mma_analysis.pipeline import prepare

    LOG.setLevel(logging.WARNING if as_json else logging.INFO)  # the JSON object comes later
    try:
        done = prepare(workspace, slug, force)
        if done.was_up_to_date:
            LOG.info(message("up_to_date", slug=slug))
        if shows_reading or not done.was_up_to_date:
            vocabulary = workspace.edition(slug).vocabulary
            for line in how_it_was_read(done.manifest, vocabulary, shows_reading):
                LOG.info(line)
    finally:
        LOG.setLevel(logging.NOTSET)  # whoever calls a command from Python hears no more of it
    return done.manifest


def how_it_was_read(
    manifest: dict[str, Any], vocabulary: Vocabulary, with_columns: bool
) -> Iterator[str]:
    """Per file: its rows, the grade of its sender, what each header was taken for, what is odd."""
    fields, grades = words_of("read_as"), manifest.get("grades", {})
    for file in manifest["files"]:
        name = file["path"]
        if newer := file.get("replaced_by"):
            yield message("read_replaced", file=name, newer=newer)
            continue
        of_senders = "".join(
            message("read_grade", name=vocabulary.area(slug).name, grade=grades[slug])
            for slug in file["gemeenten"]
            if slug in grades
        )
        counts = {key: file[key] for key in ("read", "clean", "rejected", "duplicate")}
        yield message("read_file", file=name, grade=of_senders, **counts)
        for reason, rows in file.get("reasons", {}).items():
            yield message("read_refused", rows=rows_of(rows), reason=reason)
        columns = file.get("columns", {}) if with_columns else {}
        yield from (
            message("read_column", header=header, field=fields[field])
            for field, header in columns.items()
        )
        yield from (message("note", text=note) for note in file.get("notes", []))
    named = {slug for file in manifest["files"] for slug in file["gemeenten"]}
    for slug in sorted(grades.keys() - named):
        name = vocabulary.area(slug).name
        yield message("read_no_file", name=name, grade=grades[slug])


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
        warn(message("no_plotly"))
    with Progress(
        TextColumn("pagina's"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=out,
        transient=True,
        disable=as_json or not out.is_terminal,
    ) as progress:
        task = progress.add_task("", total=len(pages(workspace.edition(slug).vocabulary)))

        def show(outcome: "Outcome") -> None:
            progress.update(task, advance=1, description=outcome.page.path)
            if not as_json and outcome.state == "made":
                tell("page_made", page=outcome.page.path)
            elif not as_json and outcome.state in ("failed", "blocked"):
                tell("page_failed", page=outcome.page.path, reason=outcome.reason)

        return report(workspace, slug, only, audience, jobs, scheduler or "", force, show)


def _summary(outcomes: "list[Outcome]") -> str:
    counts = Counter(outcome.state for outcome in outcomes)
    failed = counts["failed"] + counts["blocked"]
    done = {"made": counts["made"], "kept": counts["kept"], "failed": failed}
    summary = message("pages_summary", **done)
    if not counts["absent"]:
        return summary
    return message("pages_left_out", summary=summary, absent=counts["absent"])


def _check_cluster(scheduler: str) -> None:
    """Say that a cluster cannot be used before anything is made for it."""
    try:
        from distributed import Client
    except ImportError:
        raise DataError.of("cluster_extra") from None
    for name in ("distributed", "distributed.client", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # it is in the error that we raise
    try:
        with Client(scheduler, timeout=SECONDS_TO_CONNECT) as client:
            workers = client.nthreads()
    except Exception as error:  # whatever listens there: it need not be a scheduler
        what = type(error).__name__
        raise DataError.of("no_scheduler", address=scheduler, error=what) from error
    if not workers:
        raise DataError.of("no_workers", address=scheduler)


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
        tell("printed", number=len(made), folder=printed)
