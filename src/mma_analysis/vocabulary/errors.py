"""What a person can repair, and in which words it is said: a text of `messages.toml`."""

import tomllib
from pathlib import Path
from typing import Any, ClassVar, Self

PACKAGE = Path(__file__).parents[1]  # the folder of this package, with templates and tables
_MESSAGES = (PACKAGE / "vocabulary" / "messages.toml").read_text(encoding="utf-8")
MESSAGES: dict[str, Any] = tomllib.loads(_MESSAGES)


def message(code: str, /, **words: object) -> str:
    """The text of this code, with these words and numbers filled in."""
    return MESSAGES[code].format(**words)


def filled_in(template: str, **words: object) -> str:
    """A text of this package with these words filled in, by the name of its file."""
    from jinja2 import Template  # who types a command wrongly does not wait for it

    source = (PACKAGE / template).read_text(encoding="utf-8")
    text = Template(
        source,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return text.render(**words)


def rows_of(number: int) -> str:
    """So many rows, in words."""
    return message("one_row" if number == 1 else "number_of_rows", number=number)


def lines_of(number: int) -> str:
    """So many rows of a file, as its sender calls them."""
    return message("one_line" if number == 1 else "lines", number=number)


class MmaError(Exception):
    """What a person can repair: what is wrong, where, what was expected, what to do next.

    Never raised itself: it is a `DataError` or a `UsageError`. Never carries the content of
    a melding.
    """

    exit_code: ClassVar[int]  # with which a command ends

    @classmethod
    def of(cls, code: str, /, **words: object) -> Self:
        """The error of which `messages.toml` has the text."""
        return cls(message(code, **words))


class DataError(MmaError):
    """What came in, or what was made of it, is wrong: what was run failed."""

    exit_code = 1


class UsageError(MmaError):
    """Wrong use or a wrong setting: nothing was run."""

    exit_code = 2
