"""Commands about an edition, its settings, deliveries and words; and about this machine."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mma_analysis.cli.console import Edition, answer, argument, in_columns, option, say, tell, verb
from mma_analysis.cli.pages import prepared
from mma_analysis.days import DAY_FIRST, day_of
from mma_analysis.settings import CORRECTIONS_FILE, EXAMPLE, SETTINGS_FILE
from mma_analysis.vocabulary import UsageError, message, rows_of

if TYPE_CHECKING:
    from mma_analysis.scaffold import Survey
    from mma_analysis.settings import Edition as Settings


@verb()
def check(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    suggest: Annotated[bool, option("help_suggest", "--suggest")] = False,
) -> None:
    """Maak de brieven terug aan de afzenders, en geen rapporten."""
    workspace = ctx.obj.workspace
    if suggest:
        from mma_analysis.pipeline.beginning import suggestions

        say(suggestions(workspace.edition(edition)))
        return
    from mma_analysis.publish.batch import letters

    prepared(workspace, edition, force=False, shows_reading=True)
    for path in letters(workspace, edition):
        tell("made", path=path)


@verb()
def template(ctx: typer.Context, edition: Edition = EXAMPLE) -> None:
    """Schrijf per gemeente een werkboek waarin zij haar meldingen kan leveren."""
    from mma_analysis.forms import delivery_form
    from mma_analysis.storage import write_whole

    settings = ctx.obj.workspace.edition(edition)
    for area in settings.vocabulary.gemeenten:
        path = settings.folder / "sjablonen" / f"{area.slug}.xlsx"
        write_whole(path, delivery_form(area, settings), owner_only=True)
        tell("made", path=path)


@verb()
def new(
    ctx: typer.Context,
    edition: Annotated[str, argument("help_new_name")],
    begin: Annotated[str, option("help_begin")],
    peildatum: Annotated[str, option("help_peildatum")],
    previous: Annotated[str | None, option("help_settings_from", "--from")] = None,
    vragenlijst: Annotated[Path | None, option("help_survey")] = None,
    meldingen: Annotated[Path | None, option("help_deliveries")] = None,
    district: Annotated[Path | None, option("help_district")] = None,
) -> None:
    """Maak de map van een nieuwe editie, met instellingen en uitleg erbij."""
    from mma_analysis.scaffold import CODEBOOK_FILE, DELIVERIES, new_edition
    from mma_analysis.storage import owner_only
    from mma_analysis.vocabulary.own_tables import read_district

    workspace, days = ctx.obj.workspace, (_a_day(begin), _a_day(peildatum))
    earlier = workspace.edition(previous) if previous else None
    survey = _survey(vragenlijst, earlier) if vragenlijst else None
    other = read_district(district) if district else None
    made = new_edition(workspace, edition, *days, earlier, survey, other, meldingen)
    owner_only(made.folder)
    for name in (SETTINGS_FILE, *([CODEBOOK_FILE] if survey else [])):
        tell("made", path=made.folder / name)
    for file in sorted((made.folder / DELIVERIES).iterdir()):
        if f"{DELIVERIES}/{file.name}" not in made.deliveries():
            tell("whose_file", file=file.name)
    if earlier and (earlier.folder / CORRECTIONS_FILE).is_file():
        tell("not_carried", file=CORRECTIONS_FILE, previous=previous)


@verb()
def example(ctx: typer.Context) -> None:
    """Schrijf de verzonnen voorbeeldeditie, om mee te proberen."""
    from mma_analysis.scaffold import write_example

    workspace = ctx.obj.workspace
    is_made = write_example(workspace)
    tell("made" if is_made else "as_it_was", path=workspace.raw(EXAMPLE))


@verb("codebook")
def make_codebook(
    ctx: typer.Context,
    edition: Edition,
    export: Annotated[Path | None, argument("help_export")] = None,
    previous: Annotated[str | None, option("help_questions_from", "--from")] = None,
) -> None:
    """Kopieer de export van de vragenlijst naar een editie, met een eerste codeboek."""
    from mma_analysis.storage import owner_only

    workspace = ctx.obj.workspace
    settings = workspace.edition(edition)
    if export:
        survey = _survey(export, workspace.edition(previous) if previous else None)
        path = survey.add_to(settings.folder)
        owner_only(path.parent)
        tell("made", path=path)
        tell("paste_survey", lines=survey.settings)
    tell("codes_of_pages")
    asked = settings.vocabulary.reference("asked")
    say(*in_columns([(f"  {row['code']}", row["kind"], row["used_for"]) for row in asked]))


@verb()
def code(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    coder: Annotated[list[str] | None, option("help_coder")] = None,
) -> None:
    """Schrijf het werkboek waarin mensen de open antwoorden coderen, naast de export."""
    from mma_analysis.pipeline.beginning import start_coding

    path = start_coding(ctx.obj.workspace.edition(edition), coder or ["codeur 1", "codeur 2"])
    tell("coding_stays", path=path)


@verb("reference")
def show_reference(
    ctx: typer.Context,
    edition: Annotated[str | None, argument("help_edition_or_example")] = None,
    refresh: Annotated[Literal["population"] | None, option("help_refresh")] = None,
) -> None:
    """Noem de tabellen: van wie ze zijn, hoe nieuw, en uit welke bron."""
    from mma_analysis.catalogue import catalogue

    settings = ctx.obj.workspace.edition(edition or EXAMPLE)
    if refresh:
        from mma_analysis.statline import refresh_population

        if edition is None:  # never by accident
            raise UsageError.of("refresh_names")
        path, more, changed = refresh_population(settings)
        tell("refreshed", path=path, new=more, changed=changed, edition=edition)
        return
    tables = catalogue(settings)
    lines = [
        (
            table["name"],
            message("of_edition" if table["of_edition"] else "of_package"),
            rows_of(table["rows"]),
            table["newest"] or message("no_date"),
            table["mark"],
            message("more_sources", first=table["sources"][0], number=len(table["sources"]) - 1)
            if len(table["sources"]) > 1
            else "".join(table["sources"]),
        )
        for table in tables
    ]
    answer({"tables": tables}, *in_columns(lines))


def _a_day(text: str) -> dt.date:
    """A day as people write it: the day first, or the year."""
    day = day_of(text, DAY_FIRST)
    if day is None:
        raise UsageError.of("bad_day", value=text)
    return day


def _survey(export: Path, previous: "Settings | None") -> "Survey":
    from mma_analysis.pipeline.beginning import first_codebook
    from mma_analysis.scaffold import Survey

    return Survey(export, first_codebook(export, previous))


@verb()
def doctor(ctx: typer.Context) -> None:
    """Zeg wat er op deze machine ontbreekt om rapporten te maken."""
    from mma_analysis.doctor import diagnose

    findings = list(diagnose(ctx.obj.workspace))
    words = {"ok": "goed", "note": "let op", "fault": "fout"}
    lines = [f"{words[one.state]:<7}{one.what}\n       {one.remedy}".rstrip() for one in findings]
    answer({"findings": [one._asdict() for one in findings]}, *lines)
    if any(one.state == "fault" for one in findings):
        raise typer.Exit(1)


@verb()
def lab(
    ctx: typer.Context,
    browser: Annotated[bool, option("help_browser")] = True,
) -> None:
    """Open JupyterLab met de werkbank: alleen op deze machine, in het Nederlands, zonder nieuws."""
    from mma_analysis.explore.starting import start_lab

    raise typer.Exit(start_lab(ctx.obj.workspace, browser))
