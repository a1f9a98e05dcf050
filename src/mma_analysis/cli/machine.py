"""Commands about this machine."""

from typing import Annotated

import typer
from rich.markup import escape

from mma_analysis.cli.console import app, out, print_json
from mma_analysis.cli.options import AsJson, Debug, Root
from mma_analysis.settings import Workspace


@app.command()
def doctor(root: Root = None, as_json: AsJson = False, debug: Debug = False) -> None:
    """Say what is missing to make reports on this machine."""
    from mma_analysis.doctor import diagnose

    findings = diagnose(Workspace.here(root))
    if as_json:
        print_json({"findings": [vars(finding) for finding in findings]})
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
