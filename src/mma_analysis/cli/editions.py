"""Commands about an edition, its settings, deliveries and words; and about this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from mma_analysis.cli.console import Edition, a_day, out, print_json, say, say_columns, tell, verb
from mma_analysis.cli.pages import prepared
from mma_analysis.settings import CORRECTIONS_FILE, EXAMPLE
from mma_analysis.vocabulary import UsageError

if TYPE_CHECKING:
    from mma_analysis.scaffold import Survey
    from mma_analysis.settings import Edition as Settings


@verb()
def check(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest",
            help="Schrijf alleen de regels voor koppen en woorden die nog niet bekend zijn.",
        ),
    ] = False,
) -> None:
    """Maak de brieven terug aan de afzenders, en geen rapporten."""
    workspace = ctx.obj.workspace
    if suggest:
        from mma_analysis.pipeline.beginning import suggestions

        say(suggestions(workspace.edition(edition)))
        return
    from mma_analysis.publish.batch import letters

    prepared(workspace, edition, force=False, as_json=False, shows_reading=True)
    for path in letters(workspace, edition):
        tell("made", path=path)


@verb()
def template(ctx: typer.Context, edition: Edition = EXAMPLE) -> None:
    """Schrijf per gemeente een werkboek waarin zij haar meldingen kan leveren."""
    from mma_analysis.forms import write_form
    from mma_analysis.storage import owner_only

    workspace = ctx.obj.workspace
    settings = workspace.edition(edition)
    folder = settings.folder / "sjablonen"
    folder.mkdir(exist_ok=True)
    for area in settings.vocabulary.gemeenten:
        write_form(folder / f"{area.slug}.xlsx", area, settings)
        tell("made", path=folder / f"{area.slug}.xlsx")
    owner_only(folder)


@verb()
def new(
    ctx: typer.Context,
    edition: Annotated[str, typer.Argument(help="Naam van de nieuwe editie: een nieuwe map.")],
    begin: Annotated[str, typer.Option(help="Eerste dag die telt, als 1-7-2023 of 2023-07-01.")],
    peildatum: Annotated[str, typer.Option(help="Laatste dag die telt.")],
    previous: Annotated[
        str | None,
        typer.Option("--from", help="Eerdere editie, om instellingen van over te nemen."),
    ] = None,
    vragenlijst: Annotated[
        Path | None, typer.Option(help="Export van de vragenlijst: wordt gekopieerd, met codeboek.")
    ] = None,
    meldingen: Annotated[
        Path | None,
        typer.Option(
            help="Map met leveringen: worden gekopieerd, en op naam bij een gemeente gezet."
        ),
    ] = None,
    district: Annotated[
        Path | None,
        typer.Option(
            help="Tabel met de gemeenten van een ander district: de kolommen van areas.csv, "
            "inhabitants_<jaar>, en als u wilt places."
        ),
    ] = None,
) -> None:
    """Maak de map van een nieuwe editie, met instellingen en uitleg erbij."""
    from mma_analysis.scaffold import delivered_files, new_edition
    from mma_analysis.storage import owner_only
    from mma_analysis.vocabulary.own_tables import read_district

    workspace, days = ctx.obj.workspace, (a_day(begin), a_day(peildatum))
    earlier = workspace.edition(previous) if previous else None
    survey = _survey(vragenlijst, earlier) if vragenlijst else None
    other = read_district(district) if district else None
    files = delivered_files(meldingen) if meldingen else []
    files = [file for file in files if not vragenlijst or not file.samefile(vragenlijst)]
    made, nobodys = new_edition(workspace, edition, *days, earlier, survey, other, files)
    owner_only(workspace.raw(edition))
    for path in made:
        tell("made", path=path)
    for name in nobodys:
        tell("whose_file", file=name)
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
    export: Annotated[
        Path | None,
        typer.Argument(help="Export van de vragenlijst; zonder staan er alleen de codes."),
    ] = None,
    previous: Annotated[
        str | None, typer.Option("--from", help="Editie waarvan gelijke vragen worden overgenomen.")
    ] = None,
) -> None:
    """Kopieer de export van de vragenlijst naar een editie, met een eerste codeboek."""
    from mma_analysis.scaffold import SURVEY_FOLDER, add_survey, survey_settings
    from mma_analysis.storage import owner_only

    workspace = ctx.obj.workspace
    if export:
        survey = _survey(export, workspace.edition(previous) if previous else None)
        made = add_survey(workspace, edition, survey)
        owner_only(workspace.raw(edition) / SURVEY_FOLDER)
        for path in made:
            tell("made", path=path)
        tell("paste_survey", lines=survey_settings(survey))
    tell("codes_of_pages")
    asked = workspace.edition(edition).vocabulary.reference("asked")
    say_columns([(f"  {row['code']}", row["kind"], row["used_for"]) for row in asked])


@verb()
def code(
    ctx: typer.Context,
    edition: Edition = EXAMPLE,
    coder: Annotated[
        list[str] | None, typer.Option(help="Naam van een codeur; mag vaker. Anders: twee.")
    ] = None,
) -> None:
    """Schrijf het werkboek waarin mensen de open antwoorden coderen, naast de export."""
    from mma_analysis.pipeline.beginning import start_coding

    path = start_coding(ctx.obj.workspace.edition(edition), coder or ["codeur 1", "codeur 2"])
    tell("coding_stays", path=path)


@verb("reference")
def show_reference(
    ctx: typer.Context,
    edition: Annotated[
        str | None,
        typer.Argument(help="Naam van de editie: haar map in data/raw. Anders: het voorbeeld."),
    ] = None,
    refresh: Annotated[
        Literal["population"] | None,
        typer.Option(help="Vraag CBS StatLine deze tabel opnieuw. Gebruikt het netwerk."),
    ] = None,
) -> None:
    """Noem de tabellen: van wie ze zijn, hoe nieuw, en uit welke bron."""
    from mma_analysis.catalogue import catalogue, lines

    settings = ctx.obj.workspace.edition(edition or EXAMPLE)
    if refresh:
        from mma_analysis.statline import refresh_population

        if edition is None:  # never by accident
            raise UsageError.of("refresh_names")
        path, more, changed = refresh_population(settings)
        tell("refreshed", path=path, new=more, changed=changed, edition=edition)
        return
    entries = catalogue(settings)
    if ctx.obj.as_json:
        print_json({"tables": [vars(entry) for entry in entries]})
        return
    say_columns(lines(entries))


def _survey(export: Path, previous: "Settings | None") -> "Survey":
    from mma_analysis.pipeline.beginning import first_codebook
    from mma_analysis.scaffold import Survey

    return Survey(export, first_codebook(export, previous))


@verb()
def doctor(ctx: typer.Context) -> None:
    """Zeg wat er op deze machine ontbreekt om rapporten te maken."""
    from mma_analysis.doctor import diagnose

    findings = diagnose(ctx.obj.workspace)
    if ctx.obj.as_json:
        print_json({"findings": [vars(finding) for finding in findings]})
    else:
        for finding in findings:
            colour, word = {
                "ok": ("green", "goed"),
                "note": ("yellow", "let op"),
                "fault": ("red", "fout"),
            }[finding.state]
            out.print(f"[{colour}]{word:<7}[/]{escape(finding.what)}")
            if finding.remedy:
                say(f"       {finding.remedy}")
    if any(finding.state == "fault" for finding in findings):
        raise typer.Exit(1)


@verb()
def lab(
    ctx: typer.Context,
    browser: Annotated[
        bool, typer.Option(help="Open het in de browser; anders staat er alleen het adres.")
    ] = True,
) -> None:
    """Open JupyterLab met de werkbank: alleen op deze machine, in het Nederlands, zonder nieuws."""
    from mma_analysis.explore.starting import start_lab

    raise typer.Exit(start_lab(ctx.obj.workspace, browser))
