"""The arguments and options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import UsageError, did_you_mean

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
Scheduler = Annotated[
    str | None, typer.Option(help="Make pages on a Dask cluster, as in tcp://10.0.0.5:8786.")
]
Force = Annotated[bool, typer.Option("--force", help="Do it again, also when nothing changed.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def check_choices(
    workspace: Workspace, slug: str, only: list[str] | None, audience: str | None
) -> None:
    """Refuse an area or an audience that there is not."""

    if only:
        vocabulary = workspace.edition(slug).vocabulary
        for area in only:
            vocabulary.area(area)
    check_audience(audience)


def check_audience(audience: str | None) -> None:
    """Refuse an audience that there is not."""
    if audience not in (None, "openbaar", "intern"):
        near = did_you_mean(str(audience), ("openbaar", "intern"))
        raise UsageError(f"--audience {audience}: no such audience{near}")
