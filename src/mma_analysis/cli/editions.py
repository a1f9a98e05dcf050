"""Commands about an edition, its settings, deliveries and words; and about this machine."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from mma_analysis.cli.console import Edition, app, out, print_json, say, say_columns
from mma_analysis.cli.pages import prepared
from mma_analysis.settings import CORRECTIONS_FILE, EXAMPLE
from mma_analysis.vocabulary import UsageError

if TYPE_CHECKING:
    from mma_analysis.scaffold import Survey
    from mma_analysis.settings import Edition as Settings


@app.command()
def check(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest", help="Only write the lines to paste for unknown headers and words."
        ),
    ] = False,
) -> None:
    """Make the quality letters back to the senders, and no reports."""
    workspace = ctx.obj.workspace
    if suggest:
        from mma_analysis.pipeline.beginning import suggestions, words_to_name

        say(suggestions(workspace.edition(edition)) or "every header is recognised")
        say(words_to_name(workspace.edition(edition)) or "every word is known")
        return
    from mma_analysis.publish.batch import letters

    prepared(workspace, edition, force=False, as_json=False)
    say(*(f"made {path}" for path in letters(workspace, edition)))


@app.command()
def template(ctx: typer.Context, edition: Edition = EXAMPLE) -> None:
    """Write a workbook per gemeente in which it can deliver its meldingen."""
    from mma_analysis.forms import write_form
    from mma_analysis.storage import owner_only

    workspace = ctx.obj.workspace
    settings = workspace.edition(edition)
    folder = settings.folder / "sjablonen"
    folder.mkdir(exist_ok=True)
    for area in settings.vocabulary.gemeenten:
        write_form(folder / f"{area.slug}.xlsx", area, settings)
        say(f"made {folder / f'{area.slug}.xlsx'}")
    owner_only(folder)


@app.command()
def new(
    ctx: typer.Context,
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
) -> None:
    """Make the folder of a new edition, with commented settings."""
    from mma_analysis.scaffold import new_edition
    from mma_analysis.storage import owner_only
    from mma_analysis.vocabulary.district_table import read_district

    workspace = ctx.obj.workspace
    earlier = workspace.edition(previous) if previous else None
    survey = _survey(vragenlijst, earlier) if vragenlijst else None
    days = begin.date(), peildatum.date()
    other = read_district(district) if district else None
    made = new_edition(workspace, edition, *days, earlier, survey, other)
    owner_only(workspace.raw(edition))
    say(*(f"made {path}" for path in made))
    if earlier and (earlier.folder / CORRECTIONS_FILE).is_file():
        say(f"not carried over: {CORRECTIONS_FILE} of {previous}, which is about other files")


@app.command()
def example(ctx: typer.Context) -> None:
    """Write the invented example edition, to try things with."""
    from mma_analysis.scaffold import write_example

    workspace = ctx.obj.workspace
    is_made = write_example(workspace)
    say(f"made {workspace.raw(EXAMPLE)}" if is_made else f"{workspace.raw(EXAMPLE)} is as it was")


@app.command("codebook")
def make_codebook(
    ctx: typer.Context,
    edition: Edition,
    export: Annotated[Path, typer.Argument(help="Export of the survey, as downloaded.")],
    previous: Annotated[
        str | None, typer.Option("--from", help="Edition of which the same questions are taken.")
    ] = None,
) -> None:
    """Copy the survey's export into an edition and write a first code book, to be corrected."""
    from mma_analysis.scaffold import SURVEY_FOLDER, add_survey, survey_settings
    from mma_analysis.storage import owner_only

    workspace = ctx.obj.workspace
    survey = _survey(export, workspace.edition(previous) if previous else None)
    made = add_survey(workspace, edition, survey)
    owner_only(workspace.raw(edition) / SURVEY_FOLDER)
    say(*(f"made {path}" for path in made))
    say(f"now paste in evaluatie.toml, when it does not say so yet:\n{survey_settings(survey)}")


@app.command()
def code(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    coder: Annotated[
        list[str] | None, typer.Option(help="Name of a coder; may be repeated. Default: two.")
    ] = None,
) -> None:
    """Write the workbook in which people code the open answers, beside the survey's export."""
    from mma_analysis.pipeline.beginning import start_coding

    path = start_coding(ctx.obj.workspace.edition(edition), coder or ["codeur 1", "codeur 2"])
    say(f"made {path}; it holds what gemeenten wrote: leave it where it is")


@app.command("reference")
def show_reference(
    ctx: typer.Context,
    edition: Annotated[
        str | None,
        typer.Argument(help="Name of the edition: its folder in data/raw. Default: the example."),
    ] = None,
    refresh: Annotated[
        Literal["population"] | None,
        typer.Option(help="Ask CBS StatLine for this table anew. Uses the network."),
    ] = None,
) -> None:
    """List the reference tables: whose they are, how new, and from which source."""
    from mma_analysis.catalogue import catalogue, told

    settings = ctx.obj.workspace.edition(edition or EXAMPLE)
    if refresh:
        from mma_analysis.statline import refresh_population

        if edition is None:  # never by accident
            raise UsageError("--refresh changes an edition: name it, as in `mma reference NAME`")
        path, more, changed = refresh_population(settings)
        rows = f"{more} rows new, {changed} changed"
        say(f"made {path}: {rows}; look at it, then run `mma run {edition}`")
        return
    entries = catalogue(settings)
    if ctx.obj.as_json:
        print_json({"tables": [vars(entry) for entry in entries]})
        return
    say_columns(told(entries))


def _survey(export: Path, previous: "Settings | None") -> "Survey":
    from mma_analysis.pipeline.beginning import first_codebook
    from mma_analysis.scaffold import Survey

    return Survey(export, first_codebook(export, previous))


@app.command()
def doctor(ctx: typer.Context) -> None:
    """Say what is missing to make reports on this machine."""
    from mma_analysis.doctor import diagnose

    findings = diagnose(ctx.obj.workspace)
    if ctx.obj.as_json:
        print_json({"findings": [vars(finding) for finding in findings]})
    else:
        for finding in findings:
            colour = {"ok": "green", "note": "yellow", "fault": "red"}[finding.state]
            out.print(f"[{colour}]{finding.state:<6}[/]{escape(finding.what)}")
            if finding.remedy:
                say(f"      {finding.remedy}")
    if any(finding.state == "fault" for finding in findings):
        raise typer.Exit(1)


@app.command()
def lab(
    ctx: typer.Context,
    browser: Annotated[
        bool, typer.Option(help="Open it in the browser; else only print its address.")
    ] = True,
) -> None:
    """Open JupyterLab on the bench: on this machine only, in Dutch, no news, no update check."""
    from mma_analysis.explore.starting import start_lab

    raise typer.Exit(start_lab(ctx.obj.workspace, browser))
