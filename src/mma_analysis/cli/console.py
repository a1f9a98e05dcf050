"""The program `mma`: how it starts and ends, the options that several verbs have, how it
speaks.
"""

import gc
import io
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, cast

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import UsageError, did_you_mean, message
from mma_analysis.vocabulary.errors import DataError, MmaError

EXIT_FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130
# Python looks for circles among objects a tenth of its time, and tables hold none.
BETWEEN_LOOKS = 100_000


class Screen(Console):
    """What is said. When nobody reads on, as in `mma run | head -1`, the work goes on."""

    def on_broken_pipe(self) -> None:
        """Say no more, also not at the end."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())


out = Screen(soft_wrap=True, highlight=False)
err = Screen(stderr=True, soft_wrap=True, highlight=False)

# Verbs that can say what they did as one JSON object.
WITH_JSON = {"run", "prepare", "report", "list", "audit", "bundle", "compare"}
WITH_JSON |= {"reference", "doctor", "status"}
METAVAR = "[OPTIES]"
HELP = {  # of options that typer adds
    "help": "Deze uitleg.",
    "install_completion": "Laat uw terminal opdrachten aanvullen met de tab-toets.",
    "show_completion": "Toon wat daarvoor in de instellingen van uw terminal moet.",
}
KIND_IN_HELP = {
    "bool": "",
    "str": "TEKST",
    "path": "PAD",
    "int": "GETAL",
    "int range": "GETAL",
}
KEPT_OPTIONS = ("root", "as_json", "debug")
PANELS = {  # of typer's help: its name for each, and ours
    "ARGUMENTS_PANEL_TITLE": "Wat u opgeeft",
    "OPTIONS_PANEL_TITLE": "Opties",
    "COMMANDS_PANEL_TITLE": "Opdrachten",
    "DEFAULT_STRING": "[anders: {}]",
    "REQUIRED_LONG_STRING": "[nodig]",
}


@dataclass
class Given:
    """What was asked of `mma` itself, before the verb or after it: the `obj` of a context.

    `last` says where an edition stands, also after an error in what was delivered.
    """

    root: Path | None = None
    as_json: bool = False
    debug: bool = False
    last: Callable[[], None] | None = None

    @property
    def workspace(self) -> Workspace:
        """Where the data is."""
        return Workspace.here(self.root)


class _Dutch:
    """The help of a command in Dutch, but for what an option is called."""

    def get_usage(self, ctx: Any) -> str:
        """How it is typed."""
        return cast(Any, super()).get_usage(ctx).replace("Usage:", "Gebruik:", 1)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The whole of it."""
        from typer import rich_utils  # takes a twentieth of a second

        for name, text in PANELS.items():
            setattr(rich_utils, name, text)
        cast(Any, super()).format_help(ctx, formatter)

    def get_params(self, ctx: Any) -> list[Any]:
        """The options that it has."""
        options = cast(Any, super()).get_params(ctx)
        for option in options:
            own = vars(option)
            if option.name in HELP:
                own["help"] = HELP[option.name]
            kind = option.display_type(ctx).strip("<>")
            # Of an argument the metavar would be its name.
            own["display_type_rich"] = partial(_kind_in_dutch, kind)
        return options


def _kind_in_dutch(kind: str, ctx: Any) -> str:
    """What is typed behind an option, as its help says it: nothing, a word, or a choice."""
    name = kind.removeprefix("list[").removesuffix("]")
    return KIND_IN_HELP.get(name, name)


class Verb(_Dutch, TyperCommand):
    """One verb."""


class Verbs(_Dutch, TyperGroup):
    """The verbs, which take the options of `mma` itself too."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        shared = [option for option in self.params if option.name in KEPT_OPTIONS]
        for name, verb in self.commands.items():
            verb.params += [o for o in shared if o.name != "as_json" or name in WITH_JSON]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The verb that was typed, or the error that says which was meant."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            raise UsageError.of(
                "no_verb", verb=args[0], near=did_you_mean(args[0], self.commands)
            )
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=Verbs,
    options_metavar=METAVAR,
    subcommand_metavar="OPDRACHT …",
    pretty_exceptions_enable=False,
)


def verb(name: str | None = None, **texts: Any) -> Any:
    """Make a function a verb of `mma`."""
    return app.command(name, cls=Verb, options_metavar=METAVAR, **texts)


def option(code: str, *names: str, **more: Any) -> Any:
    """An option, with a text of `messages.toml` as its help."""
    return typer.Option(*names, help=message(code), **more)


def argument(code: str) -> Any:
    """What must be given, in the same way."""
    return typer.Argument(help=message(code))


def _keep(ctx: typer.Context, option: typer.CallbackParam, value: Any) -> None:
    given = ctx.ensure_object(Given)
    if value:
        setattr(given, str(option.name), value)
    LOG.setLevel(logging.DEBUG if given.debug else logging.INFO)
    out.quiet = given.as_json  # until the object is there: see `answer`
    ctx.call_on_close(_not_quiet)


def _not_quiet() -> None:
    """What is called later in this process is heard again."""
    out.quiet = False


KEPT_OPTION: Any = {"callback": _keep, "expose_value": False}


@app.callback(invoke_without_command=True)
def mma(
    ctx: typer.Context,
    version: Annotated[bool, option("help_version", "--version")] = False,
    root: Annotated[Path | None, option("help_root", **KEPT_OPTION)] = None,
    as_json: Annotated[bool, option("help_json", "--json", **KEPT_OPTION)] = False,
    debug: Annotated[bool, option("help_debug", "--debug", **KEPT_OPTION)] = False,
) -> None:
    """Van registraties en een vragenlijst naar evaluatierapporten."""
    if version:
        from mma_analysis import __version__

        out.print(f"mma-analysis {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        out.print(ctx.get_help(), markup=False)
        raise typer.Exit(2)
    if ctx.ensure_object(Given).as_json and ctx.invoked_subcommand not in WITH_JSON:
        raise UsageError.of("no_json", verb=ctx.invoked_subcommand)


EditionArgument = Annotated[str, argument("help_edition")]
AudienceOption = Annotated[Literal["openbaar", "intern"] | None, option("help_audience")]


# --- what is said
# --------------------------------------------------------------------------------


def say(*lines: str) -> None:
    """Say something, a line each."""
    for line in lines:
        out.print(line, markup=False)


def tell(code: str, /, **words: object) -> None:
    """Say a text of `messages.toml`."""
    say(message(code, **words))


class _LogOnScreen(logging.Handler):
    """Says what the package logs, as it stands; how far long work is, when a person looks
    on.
    """

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "share", 1) == 1:
            say(record.getMessage())
        elif out.is_terminal:
            out.print(record.getMessage(), end="\r", markup=False)


LOG = logging.getLogger("mma_analysis")
LOG.addHandler(_LogOnScreen())
LOG.setLevel(logging.INFO)


def warn(line: str) -> None:
    """Say on the other stream what does not stop anything."""
    err.print(message("warning", text=line), markup=False)


def answer(content: dict[str, Any], *lines: str) -> None:
    """Say one JSON object when that was asked; all that was said before it, was not. Else
    lines.
    """
    if not out.quiet:
        say(*lines)
    else:
        out.quiet = False
        out.print_json(data=content)
        out.quiet = True


# --- how it starts and ends
# ----------------------------------------------------------------------


def main() -> None:
    """Run a command; errors have no traceback, unless --debug asks for it."""
    gc.set_threshold(BETWEEN_LOOKS)
    # UTF-8 also to a file or program; a name that is no text is written with its bytes in
    # digits.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # Clean up too when a closing system or terminal ends the program; `nohup` stays what it
    # is.
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    # Python would import the program that asks for a process in that process once more.
    vars(sys.modules["__main__"]).pop("__file__", None)
    given = Given()
    try:
        # Completion by a shell ends by itself.
        code = app(obj=given, standalone_mode=False)
    except typer.Abort:
        code = INTERRUPTED
    except Exception as error:
        if given.debug and not isinstance(error, TyperException):
            raise
        typed = isinstance(error, TyperException)
        number = WRONG_USE if typed else getattr(error, "exit_code", EXIT_FAILED)
        _fail(given, _explained(error), number, error)
    if code == INTERRUPTED:  # typer makes this of Ctrl-C, without a word
        _fail(given, message("interrupted"), INTERRUPTED)
    sys.exit(code)


def _fail(given: Given, text: str, code: int, error: object = None) -> NoReturn:
    """Say what went wrong, as JSON when that was asked, and end."""
    if given.as_json or "--json" in sys.argv:  # also of what could not be read
        out.quiet = True
        answer({"error": text, "code": code})
        out.quiet = False
        sys.exit(code)
    err.print(f"[red]{escape(message('error', text=text))}[/]")
    if given.last and isinstance(error, DataError):
        given.last()
    sys.exit(code)


def _explained(error: Exception) -> str:
    """What a person can do with an error; of a fault of ours only its kind: its text may
    quote.
    """
    from mma_analysis.storage import NO_ROOM

    if isinstance(error, MmaError):
        return str(error)
    if isinstance(error, TyperException):
        return _asked_wrongly(error)
    if isinstance(error, OSError) and not isinstance(error, ConnectionError):
        # Who writes to a file that is open is not told its name.
        what = error.strerror or str(error)
        where = {"where": error.filename or message("a_disk"), "what": what}
        return message("no_room" if error.errno in NO_ROOM else "not_written", **where)
    return message("our_fault", kind=type(error).__name__)


def _asked_wrongly(error: TyperException) -> str:
    """What is wrong with what was typed, in Dutch."""
    ctx = getattr(error, "ctx", None)
    words = {"command": ctx.command_path if ctx else "mma", "text": error.message}
    mistyped = getattr(error, "option_name", "")
    if mistyped:
        known = getattr(error, "possibilities", None)
        near = did_you_mean(mistyped, known) if known else ""
        return message("no_option", option=mistyped, near=near, **words)
    if isinstance(error, typer.BadParameter):
        name = error.param.get_error_hint() if error.param else error.param_hint or ""
        choices = error.message.partition(" is not one of ")[2]
        if choices:
            words["text"] = message("choices", words=choices.rstrip(".")).removeprefix("; ")
        is_missing = type(error).__name__ == "MissingParameter"
        return message("missing" if is_missing else "bad_value", name=name, **words)
    return message("wrong_use", **words)
