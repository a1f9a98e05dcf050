"""Read a TOML file of the survey, and say what is wrong in it so that a person can repair it."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from mma_analysis.settings import Part
from mma_analysis.vocabulary import UsageError, did_you_mean

File = TypeVar("File", bound=Part)


def load_file(path: Path, kind: type[File], block: type[Part], secret: bool = False) -> File:
    """Read a file that is a list of blocks, such as `[[vraag]]`.

    Parameters
    ----------
    path, kind, block
        The file, what it must be, and what each of its blocks must be.
    secret
        Whether the file has words of respondents: then a message never shows a value.

    Raises
    ------
    UsageError
        When the file is not TOML or does not fit; the message names file, block (from 1), key and
        what is allowed.
    """
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a TOML file in UTF-8: {error}") from error
    try:
        return kind.model_validate(settings)
    except ValidationError as error:
        # Without its cause: that would show the values in a traceback.
        raise UsageError(_explain(path, error, kind, block, secret)) from None


def _explain(
    path: Path, error: ValidationError, kind: type[Part], block: type[Part], secret: bool
) -> str:
    lines = []
    for fault in error.errors():
        *place, last = [_place(part) for part in fault["loc"]] or [_block_name(kind)]
        key = ".".join([*place, last])
        if fault["type"] == "extra_forbidden":
            known = block.model_fields if place else kind.model_fields
            lines.append(f"unknown key '{key}'{did_you_mean(last, known)}")
        elif fault["type"] == "missing":
            lines.append(f"key '{key}' is missing")
        elif fault["type"] == "value_error":
            lines.append(f"{key}: {fault['msg'].removeprefix('Value error, ')}")
        elif secret:
            lines.append(f"{key}: {fault['msg']}")
        else:
            lines.append(f"{key} = {fault['input']!r}: {fault['msg']}")
    return f"{path}: " + "; ".join(lines)


def _place(part: int | str) -> str:
    """A person counts blocks from 1."""
    return str(part + 1) if isinstance(part, int) else part


def _block_name(kind: type[Part]) -> str:
    return ", ".join(f"[[{name}]]" for name in kind.model_fields)


def named_twice(words: Iterable[str]) -> list[str]:
    """The words that are there more than once."""
    return [word for word, times in Counter(words).items() if word and times > 1]
