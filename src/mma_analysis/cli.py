"""`mma`: the commands. Each is a few lines around one function."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from mma_analysis.domain import MmaError, UsageError
from mma_analysis.settings import EXAMPLE, Workspace

if TYPE_CHECKING:
    from mma_analysis.publish.batch import How
    from mma_analysis.publish.outcome import Outcome
    from mma_analysis.scaffold import Survey
    from mma_analysis.settings import Edition as Settings

app = typer.Typer(
    help="From registrations and a survey to evaluation reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

SOME_PAGES_FAILED = 3
INTERRUPTED = 130

Edition = Annotated[str, typer.Argument(help="Name of the edition: its folder in data/raw.")]
Root = Annotated[
    Path | None,
    typer.Option(help="Folder that holds data/ and reports/; default: the project, or $MMA_ROOT."),
]
Only = Annotated[
    list[str] | None, typer.Option(help="Make only this area's pages; may be repeated.")
]
Audience = Annotated[str | None, typer.Option(help="openbaar or intern; default: both.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Pages at a time; default: all cores.")]
Engine = Annotated[
    str | None,
    typer.Option(
        help="What runs notebooks: fork or spawn (warm processes), or kernel. Default: the fastest "
        "that is safe here."
    ),
]
Scheduler = Annotated[
    str | None, typer.Option(help="Make pages on a Dask cluster, as in tcp://10.0.0.5:8786.")
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Take over the pages that a run made before it was broken off."),
]
Force = Annotated[bool, typer.Option("--force", help="Do it again, also when nothing changed.")]
Pdf = Annotated[bool, typer.Option("--pdf", help="Also print the openbaar pages, beside the set.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@app.command()
def run(
    edition: Edition = EXAMPLE,
    root: Root = None,
    only: Only = None,
    audience: Audience = None,
    jobs: Jobs = None,
    engine: Engine = None,
    resume: Resume = False,
    scheduler: Scheduler = None,
    force: Force = False,
    pdf: Pdf = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Do everything: deliveries to tables, tables to pages."""
    from mma_analysis.publish.batch import How

    _check_choices(Workspace.here(root), edition, only, audience, engine)
    if pdf:
        _check_can_print(audience)
    _prepare(Workspace.here(root), edition, force, as_json)
    _report(
        Workspace.here(root),
        edition,
        only or [],
        audience,
        How(engine or "", jobs, resume=resume, scheduler=scheduler or ""),
        force,
        as_json,
    )
    if pdf:
        _print(Workspace.here(root), edition, only or [], as_json)


@app.command()
def prepare(
    edition: Edition = EXAMPLE,
    root: Root = None,
    force: Force = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Turn the deliveries into clean tables and protected tables (raw → processed)."""
    manifest = _prepare(Workspace.here(root), edition, force, as_json)
    if as_json:
        _print_json(manifest)


@app.command()
def report(
    edition: Edition = EXAMPLE,
    root: Root = None,
    only: Only = None,
    audience: Audience = None,
    jobs: Jobs = None,
    engine: Engine = None,
    resume: Resume = False,
    scheduler: Scheduler = None,
    force: Force = False,
    pdf: Pdf = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Make the pages from the tables (processed → reports)."""
    from mma_analysis.publish.batch import How

    _check_choices(Workspace.here(root), edition, only, audience, engine)
    if pdf:
        _check_can_print(audience)
    _report(
        Workspace.here(root),
        edition,
        only or [],
        audience,
        How(engine or "", jobs, resume=resume, scheduler=scheduler or ""),
        force,
        as_json,
    )
    if pdf:
        _print(Workspace.here(root), edition, only or [], as_json)


@app.command()
def check(
    edition: Edition = EXAMPLE,
    root: Root = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Only write the lines to paste for unknown headers.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Make the quality letters back to the senders, and no reports."""
    workspace = Workspace.here(root)
    if suggest:
        from mma_analysis.pipeline.beginning import suggestions

        _say(suggestions(workspace.edition(edition)) or "every header is recognised")
        return
    from mma_analysis.publish.batch import letters

    _prepare(workspace, edition, force=False, as_json=False)
    for path in letters(workspace, edition):
        _say(f"made {path}")


@app.command()
def audit(
    edition: Edition = EXAMPLE, root: Root = None, as_json: AsJson = False, debug: Debug = False
) -> None:
    """Attack and search the finished files: do they give anything away?"""
    from mma_analysis.audit import examine, explained, write_result

    workspace = Workspace.here(root)
    reports = workspace.reports(edition)
    verdict = examine(workspace.edition(edition), reports, before=reports)
    write_result(verdict, edition, reports)
    if as_json:
        _print_json(verdict.as_json(edition))
    elif verdict.is_clean:
        _say(
            f"audit: {len(verdict.files)} files, nothing found, {len(verdict.released)} released; "
            f"{len(verdict.not_attacked)} tables that hide counts could not be attacked"
        )
    else:
        _say(explained(verdict))
    if not verdict.is_clean:
        raise typer.Exit(1)


@app.command("bundle")
def make_bundles(
    edition: Edition = EXAMPLE,
    root: Root = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only for this recipient: dvo, or a gemeente; may be repeated."),
    ] = None,
    audience: Audience = None,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Encrypt what is for a gemeente; asks passphrases.")
    ] = False,
    passphrase_fd: Annotated[
        int | None,
        typer.Option(min=0, help="Read passphrases from this descriptor: 0 is stdin."),
    ] = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Pack the audited files: one zip for the DVO, and one for each gemeente."""
    from mma_analysis.bundle import asked_for, bundle, read_from, recipients

    _check_audience(audience)
    workspace = Workspace.here(root)
    settings = workspace.edition(edition)
    who = recipients(only or [], audience)
    intern = [recipient for recipient in who if recipient.audience == "intern"]
    if (encrypt or passphrase_fd is not None) and not intern:
        raise UsageError("--encrypt is for gemeenten: what is openbaar has nothing to hide")
    secrets = {}
    if passphrase_fd is not None:
        secrets = read_from(passphrase_fd, intern)
    elif encrypt:
        secrets = asked_for(intern)
    reports, target = workspace.reports(edition), workspace.bundles(edition)
    made = bundle(settings, reports, target, who, secrets)
    if as_json:
        rows = [
            {"recipient": b.recipient.slug, "file": str(b.path), "sha256": b.sha256}
            | {"files": list(b.files), "encrypted": b.is_encrypted}
            for b in made
        ]
        _print_json({"bundles": rows})
        return
    for bundled in made:
        is_open = bundled.recipient.audience == "intern" and not bundled.is_encrypted
        _say(f"made {bundled.path}{' (not encrypted: send it safely)' if is_open else ''}")


@app.command("compare")
def compare_editions(
    edition: Annotated[str, typer.Argument(help="Name of the edition: its folder in data/raw.")],
    previous: Annotated[str, typer.Argument(help="Name of the earlier edition.")],
    root: Root = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Say what changed since an earlier edition, in figures and in what they mean."""
    from mma_analysis.compare import compare, told

    comparison = compare(Workspace.here(root), edition, previous)
    if as_json:
        _print_json(comparison.as_json())
        return
    for line in told(comparison):
        _say(line)


@app.command("forget")
def forget_rows(
    edition: Annotated[str, typer.Argument(help="Name of the edition: its folder in data/raw.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it only says what.")] = False,
    root: Root = None,
    debug: Debug = False,
) -> None:
    """Remove rows and exact figures of an edition; released tables and openbaar reports stay."""
    from mma_analysis.forget import forget, stays, to_forget

    workspace = Workspace.here(root)
    settings = workspace.edition(edition)
    if yes:
        removed = forget(workspace, settings)
        for path in removed:
            _say(f"removed {path}")
        _say("forgotten" if removed else "there was nothing left to forget")
    else:
        for path in to_forget(workspace, edition):
            _say(f"would remove {path}")
    for path in stays(workspace, edition):
        _say(f"stays: {path}")
    if not yes:
        raise UsageError("nothing was removed; say --yes to remove it, there is no way back")


@app.command()
def template(edition: Edition = EXAMPLE, root: Root = None, debug: Debug = False) -> None:
    """Write a workbook per gemeente in which it can deliver its meldingen."""
    from mma_analysis import domain
    from mma_analysis.forms import write_form

    workspace = Workspace.here(root)
    settings = workspace.edition(edition)
    folder = settings.folder / "sjablonen"
    folder.mkdir(exist_ok=True)
    for area in domain.gemeenten():
        write_form(folder / f"{area.slug}.xlsx", area, settings)
        _say(f"made {folder / f'{area.slug}.xlsx'}")


@app.command()
def new(
    edition: Annotated[str, typer.Argument(help="Name of the new edition: a new folder.")],
    begin: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day that counts.")],
    peildatum: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day that counts.")
    ],
    previous: Annotated[
        str | None, typer.Option("--from", help="Earlier edition of which settings carry over.")
    ] = None,
    vragenlijst: Annotated[
        Path | None, typer.Option(help="Export of the survey, to copy and make a code book from.")
    ] = None,
    district: Annotated[
        Path | None,
        typer.Option(
            help="Table of the gemeenten of another district: columns of areas.csv, "
            "inhabitants_<year>, and perhaps places."
        ),
    ] = None,
    root: Root = None,
    debug: Debug = False,
) -> None:
    """Make the folder of a new edition, with commented settings."""
    from mma_analysis.district import read_district
    from mma_analysis.scaffold import new_edition

    workspace = Workspace.here(root)
    earlier = workspace.edition(previous) if previous else None
    survey = _survey(vragenlijst, earlier) if vragenlijst else None
    days = begin.date(), peildatum.date()
    other = read_district(district) if district else None
    for path in new_edition(workspace, edition, *days, earlier, survey, other):
        _say(f"made {path}")


@app.command("codebook")
def make_codebook(
    edition: Annotated[str, typer.Argument(help="Name of the edition: its folder in data/raw.")],
    export: Annotated[Path, typer.Argument(help="Export of the survey, as downloaded.")],
    previous: Annotated[
        str | None, typer.Option("--from", help="Edition of which the same questions are taken.")
    ] = None,
    root: Root = None,
    debug: Debug = False,
) -> None:
    """Copy the survey's export into an edition and write a first code book, to be corrected."""
    from mma_analysis.scaffold import add_survey, survey_settings

    workspace = Workspace.here(root)
    survey = _survey(export, workspace.edition(previous) if previous else None)
    for path in add_survey(workspace, edition, survey):
        _say(f"made {path}")
    _say(f"now paste in evaluatie.toml, when it does not say so yet:\n{survey_settings(survey)}")


@app.command()
def code(
    edition: Edition = EXAMPLE,
    coder: Annotated[
        list[str] | None, typer.Option(help="Name of a coder; may be repeated. Default: two.")
    ] = None,
    root: Root = None,
    debug: Debug = False,
) -> None:
    """Write the workbook in which people code the open answers, beside the survey's export."""
    from mma_analysis.pipeline.beginning import start_coding

    path = start_coding(Workspace.here(root).edition(edition), coder or ["codeur 1", "codeur 2"])
    _say(f"made {path}; it holds what gemeenten wrote: leave it where it is")


@app.command("list")
def list_pages(
    edition: Edition = EXAMPLE,
    why: Annotated[bool, typer.Option("--why", help="Say why a page is to be made.")] = False,
    root: Root = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """List the pages of an edition and whether they are up to date."""
    from mma_analysis.publish.batch import standing

    rows = standing(Workspace.here(root), edition)
    if as_json:
        _print_json({"pages": rows})
        return
    width = max(len(row["page"]) for row in rows)
    for row in rows:
        reason = f": {row['why']}" if why and row["why"] else ""
        out.print(f"{row['page']:<{width}}  {row['state']}{reason}", markup=False)


@app.command("reference")
def show_reference(
    edition: Annotated[
        str | None,
        typer.Argument(help="Name of the edition: its folder in data/raw. Default: the example."),
    ] = None,
    refresh: Annotated[
        str | None,
        typer.Option(help="Ask CBS StatLine for this table anew: population. Uses the network."),
    ] = None,
    statline: Annotated[str | None, typer.Option(help="Another address of StatLine.")] = None,
    root: Root = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """List the reference tables: whose they are, how new, and from which source."""
    from mma_analysis.catalogue import catalogue, told

    settings = Workspace.here(root).edition(edition or EXAMPLE)
    if refresh is not None:
        _refresh(settings, refresh, edition, statline)
        return
    entries = catalogue(settings)
    if as_json:
        _print_json({"tables": [entry.as_json() for entry in entries]})
        return
    for line in told(entries):
        _say(line)


@app.command()
def rollback(edition: Edition = EXAMPLE, root: Root = None, debug: Debug = False) -> None:
    """Put the pages back that were there before the last ones; again to undo that."""
    from mma_analysis.publish.batch import rollback

    _say(f"the pages before the last ones are back in {rollback(Workspace.here(root), edition)}")


@app.command()
def doctor(root: Root = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Say what is missing to make reports on this machine."""
    from mma_analysis.doctor import diagnose

    findings = diagnose(Workspace.here(root))
    if as_json:
        _print_json({"findings": [vars(finding) for finding in findings]})
    else:
        for finding in findings:
            colour = {"ok": "green", "note": "yellow", "fault": "red"}[finding.state]
            out.print(f"[{colour}]{finding.state:<6}[/]{escape(finding.what)}")
            if finding.remedy:
                out.print(f"      {finding.remedy}", markup=False)
    if any(finding.state == "fault" for finding in findings):
        raise typer.Exit(1)


@app.command()
def lab(
    root: Root = None,
    browser: Annotated[
        bool, typer.Option(help="Open it in the browser; else only print its address.")
    ] = True,
    debug: Debug = False,
) -> None:
    """Open JupyterLab on the bench: on this machine only, in Dutch, no news, no update check."""
    from mma_analysis.explore.starting import start_lab

    raise typer.Exit(start_lab(Workspace.here(root), browser))


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """From registrations and a survey to evaluation reports."""
    if show:
        from mma_analysis import __version__

        out.print(f"mma-analysis {__version__}")
        raise typer.Exit


def main() -> None:
    """Run a command; errors have no traceback, unless --debug asks for it."""
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:  # typer makes this of Ctrl-C, without a word
            err.print("interrupted; tables and reports are as they were")
        raise
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        err.print(f"[red]error:[/] {escape(_explained(error))}")
        sys.exit(error.exit_code if isinstance(error, MmaError) else MmaError.exit_code)


def _explained(error: Exception) -> str:
    """What a person can do with an error; of a fault of ours only its kind: its text may quote."""
    if isinstance(error, MmaError):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}; nothing was changed"
    return (
        f"{type(error).__name__}: this is a fault of mma-analysis, and nothing was changed; "
        "please report it with what --debug shows, without anything from a melding"
    )


def _check_choices(
    workspace: Workspace,
    slug: str,
    only: list[str] | None,
    audience: str | None,
    engine: str | None,
) -> None:
    from mma_analysis import domain
    from mma_analysis.publish.making import ENGINES

    if only:
        workspace.edition(slug)  # from here on its areas are the areas
    for slug in only or []:
        domain.area(slug)
    _check_audience(audience)
    if engine not in (None, *ENGINES):
        near = domain.did_you_mean(str(engine), ENGINES)
        raise UsageError(f"--engine {engine}: no such engine{near}; there are {ENGINES}")


def _check_audience(audience: str | None) -> None:
    from mma_analysis import domain

    if audience not in (None, "openbaar", "intern"):
        near = domain.did_you_mean(str(audience), ("openbaar", "intern"))
        raise UsageError(f"--audience {audience}: no such audience{near}")


def _survey(export: Path, previous: "Settings | None") -> "Survey":
    from mma_analysis.pipeline.beginning import first_codebook
    from mma_analysis.scaffold import Survey

    return Survey(export, first_codebook(export, previous))


def _prepare(workspace: Workspace, slug: str, force: bool, as_json: bool) -> dict[str, Any]:
    from mma_analysis.pipeline import prepare

    say = _silent if as_json else _say
    prepared = prepare(workspace, slug, force=force, say=say)
    if prepared.was_up_to_date:
        say(f"prepare: {slug} is up to date")
    return prepared.manifest


def _check_can_print(audience: str | None) -> None:
    """Say that there is nothing to print with, or nothing to print, before pages are made."""
    from mma_analysis.publish.pdf import browser_path

    if audience == "intern":
        raise UsageError("--pdf prints openbaar pages; leave out --audience intern")
    browser_path()


def _print(workspace: Workspace, slug: str, only: list[str], as_json: bool) -> None:
    from mma_analysis.publish.pdf import print_pages

    made = print_pages(
        workspace.edition(slug),
        workspace.reports(slug),
        workspace.printed(slug),
        workspace.work(slug) / "pdf",
        only,
    )
    if not as_json:
        _say(f"printed {len(made)} pages in {workspace.printed(slug)}")


def _report(
    workspace: Workspace,
    slug: str,
    only: list[str],
    audience: str | None,
    how: "How",
    force: bool,
    as_json: bool,
) -> None:
    from mma_analysis.publish.batch import pages, report
    from mma_analysis.publish.plotly_bundle import has_bundle

    workspace.edition(slug)
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
        task = progress.add_task("", total=len(pages()))

        def tell(outcome: "Outcome") -> None:
            progress.update(task, advance=1, description=outcome.page.path)
            if not as_json and outcome.state in ("made", "failed", "blocked"):
                why = f": {outcome.reason}" if outcome.reason else ""
                _say(f"{outcome.state} {outcome.page.path}{why}")

        outcomes = report(workspace, slug, only, audience, how, force, tell)
    where = workspace.reports(slug) / "openbaar" / "index.html"
    if as_json:
        rows = [{"page": o.page.path, "state": o.state, "reason": o.reason} for o in outcomes]
        _print_json({"pages": rows, "index": str(where)})
    else:
        _say(_summary(outcomes))
        _say(f"open {where}")
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


def _refresh(settings: "Settings", table: str, named: str | None, address: str | None) -> None:
    """Ask for a table of an edition anew; only for one that was named, so never by accident."""
    from mma_analysis.statline import STATLINE, refresh_population

    if table != "population":
        raise UsageError(f"--refresh {table}: only population can be asked for at StatLine")
    if named is None:
        raise UsageError("--refresh changes an edition: name it, as in `mma reference NAME`")
    path, new, changed = refresh_population(settings, address or STATLINE)
    _say(f"made {path}: {new} rows new, {changed} changed; look at it, then run `mma run {named}`")


def _print_json(content: dict[str, Any]) -> None:
    out.print_json(json.dumps(content, ensure_ascii=False))


def _say(line: str) -> None:
    out.print(line, markup=False)


def _silent(line: str) -> None:
    del line
