"""Commands about an edition: its settings, its deliveries and its words."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mma_analysis.cli.console import app, print_json, say
from mma_analysis.cli.options import AsJson, Debug, Edition, Root
from mma_analysis.cli.pages import prepared
from mma_analysis.settings import CORRECTIONS_FILE, EXAMPLE, Workspace
from mma_analysis.vocabulary import UsageError

if TYPE_CHECKING:
    from mma_analysis.scaffold import Survey
    from mma_analysis.settings import Edition as Settings


@app.command()
def check(
    edition: Edition = EXAMPLE,
    root: Root = None,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest", help="Only write the lines to paste for unknown headers and words."
        ),
    ] = False,
    debug: Debug = False,
) -> None:
    """Make the quality letters back to the senders, and no reports."""
    workspace = Workspace.here(root)
    if suggest:
        from mma_analysis.pipeline.beginning import suggestions, topics_to_name, words_to_name

        say(suggestions(workspace.edition(edition)) or "every header is recognised")
        say(topics_to_name(workspace.edition(edition)) or "every word for a topic is known")
        say(words_to_name(workspace.edition(edition)) or "every other word is known")
        return
    from mma_analysis.publish.batch import letters

    prepared(workspace, edition, force=False, as_json=False)
    for path in letters(workspace, edition):
        say(f"made {path}")


@app.command()
def template(edition: Edition = EXAMPLE, root: Root = None, debug: Debug = False) -> None:
    """Write a workbook per gemeente in which it can deliver its meldingen."""
    from mma_analysis.forms import write_form
    from mma_analysis.storage import owner_only

    workspace = Workspace.here(root)
    settings = workspace.edition(edition)
    folder = settings.folder / "sjablonen"
    folder.mkdir(exist_ok=True)
    for area in settings.vocabulary.gemeenten:
        write_form(folder / f"{area.slug}.xlsx", area, settings)
        say(f"made {folder / f'{area.slug}.xlsx'}")
    owner_only(folder)


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
    from mma_analysis.scaffold import new_edition
    from mma_analysis.storage import owner_only
    from mma_analysis.vocabulary.district_table import read_district

    workspace = Workspace.here(root)
    earlier = workspace.edition(previous) if previous else None
    survey = _survey(vragenlijst, earlier) if vragenlijst else None
    days = begin.date(), peildatum.date()
    other = read_district(district) if district else None
    made = new_edition(workspace, edition, *days, earlier, survey, other)
    owner_only(workspace.raw(edition))
    for path in made:
        say(f"made {path}")
    if earlier and (earlier.folder / CORRECTIONS_FILE).is_file():
        say(f"not carried over: {CORRECTIONS_FILE} of {previous}, which is about other files")


@app.command()
def example(root: Root = None, debug: Debug = False) -> None:
    """Write the invented example edition, to try things with."""
    from mma_analysis.scaffold import write_example

    workspace = Workspace.here(root)
    is_made = write_example(workspace)
    say(f"made {workspace.raw(EXAMPLE)}" if is_made else f"{workspace.raw(EXAMPLE)} is as it was")


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
    from mma_analysis.scaffold import SURVEY_FOLDER, add_survey, survey_settings
    from mma_analysis.storage import owner_only

    workspace = Workspace.here(root)
    survey = _survey(export, workspace.edition(previous) if previous else None)
    made = add_survey(workspace, edition, survey)
    owner_only(workspace.raw(edition) / SURVEY_FOLDER)
    for path in made:
        say(f"made {path}")
    say(f"now paste in evaluatie.toml, when it does not say so yet:\n{survey_settings(survey)}")


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
    say(f"made {path}; it holds what gemeenten wrote: leave it where it is")


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
        print_json({"tables": [entry.as_json() for entry in entries]})
        return
    for line in told(entries):
        say(line)


def _survey(export: Path, previous: "Settings | None") -> "Survey":
    from mma_analysis.pipeline.beginning import first_codebook
    from mma_analysis.scaffold import Survey

    return Survey(export, first_codebook(export, previous))


def _refresh(settings: "Settings", table: str, named: str | None, address: str | None) -> None:
    """Ask for a table of an edition anew; only for one that was named, so never by accident."""
    from mma_analysis.statline import STATLINE, refresh_population

    if table != "population":
        raise UsageError(f"--refresh {table}: only population can be asked for at StatLine")
    if named is None:
        raise UsageError("--refresh changes an edition: name it, as in `mma reference NAME`")
    path, new, changed = refresh_population(settings, address or STATLINE)
    say(f"made {path}: {new} rows new, {changed} changed; look at it, then run `mma run {named}`")
