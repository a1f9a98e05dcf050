"""The program `mma`, and how it speaks: lines for people, or one JSON object."""

import io
import json
import logging
import sys
from typing import Any

import typer
from rich.console import Console

app = typer.Typer(
    help="From registrations and a survey to evaluation reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def speak_utf8() -> None:
    """Let what goes to a file or another program be UTF-8 too, whatever this machine is used to.

    A name that is no text is told with its bytes in digits.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(line: str) -> None:
    """Say one line."""
    out.print(line, markup=False)


class _Said(logging.Handler):
    """Says what the package logs, as it stands."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


LOG = logging.getLogger("mma_analysis")
LOG.addHandler(_Said())


def warn(line: str) -> None:
    """Say on the other stream what does not stop anything."""
    err.print(f"warning: {line}", markup=False)


def print_json(content: dict[str, Any]) -> None:
    """Say one JSON object."""
    out.print_json(json.dumps(content, ensure_ascii=False))
