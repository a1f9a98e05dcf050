"""The program `mma`: the options that several verbs have, and how it speaks."""

import io
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from typer.core import TyperGroup

from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import UsageError

out = Console(soft_wrap=True, highlight=False)
WIDE = 40  # of the bar of long work, in signs
err = Console(stderr=True, soft_wrap=True, highlight=False)

# Verbs that can say what they did as one JSON object.
WITH_JSON = {
    *("run", "prepare", "report", "list", "reference", "doctor", "audit", "bundle", "compare"),
}


@dataclass
class Given:
    """What was asked of `mma` itself, before the verb or after it: the `obj` of a context."""

    root: Path | None = None
    as_json: bool = False
    debug: bool = False

    @property
    def workspace(self) -> Workspace:
        """Where the data is."""
        return Workspace.here(self.root)


class Verbs(TyperGroup):
    """The verbs, which take the options of `mma` itself too."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        shared = [option for option in self.params if not option.expose_value]
        for name, verb in self.commands.items():
            verb.params += [o for o in shared if o.name != "as_json" or name in WITH_JSON]


app = typer.Typer(
    cls=Verbs,
    help="From registrations and a survey to evaluation reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _keep(ctx: typer.Context, option: typer.CallbackParam, value: Any) -> None:
    if value:
        setattr(ctx.ensure_object(Given), str(option.name), value)


KEPT: Any = {"callback": _keep, "expose_value": False}


@app.callback(invoke_without_command=True)
def mma(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    root: Annotated[
        Path | None,
        typer.Option(
            help="Folder that holds data/ and reports/; default: the project, or $MMA_ROOT.",
            **KEPT,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of lines.", **KEPT)
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error.", **KEPT)
    ] = False,
) -> None:
    """From registrations and a survey to evaluation reports."""
    if version:
        from mma_analysis import __version__

        out.print(f"mma-analysis {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        ctx.fail("Missing command.")
    if ctx.ensure_object(Given).as_json and ctx.invoked_subcommand not in WITH_JSON:
        raise UsageError(f"`mma {ctx.invoked_subcommand}` has no --json")


Edition = Annotated[str, typer.Argument(help="Name of the edition: its folder in data/raw.")]
Audience = Annotated[
    Literal["openbaar", "intern"] | None, typer.Option(help="Make these only; default: both.")
]


def speak_utf8() -> None:
    """Let what goes to a file or another program be UTF-8 too, whatever this machine is used to.

    A name that is no text is told with its bytes in digits.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(*lines: str) -> None:
    """Say something, a line each."""
    for line in lines:
        out.print(line, markup=False)


def say_columns(rows: Sequence[Sequence[str]]) -> None:
    """Say rows of cells, each column as wide as its longest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())


class _Said(logging.Handler):
    """Says what the package logs, as it stands; of long work a bar, when a person looks on."""

    def emit(self, record: logging.LogRecord) -> None:
        share = getattr(record, "share", None)
        if share is None or not out.is_terminal:
            say(record.getMessage())
        else:
            bar = "━" * round(WIDE * share)
            end = "\n" if share == 1 else "\r"
            out.print(f"{bar:╌<{WIDE}} {record.getMessage()}", end=end, markup=False)


LOG = logging.getLogger("mma_analysis")
LOG.addHandler(_Said())


def warn(line: str) -> None:
    """Say on the other stream what does not stop anything."""
    err.print(f"warning: {line}", markup=False)


def print_json(content: dict[str, Any]) -> None:
    """Say one JSON object."""
    out.print_json(json.dumps(content, ensure_ascii=False))
