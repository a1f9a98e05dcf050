"""A TOML file of an edition → a model of what it may say, and what is wrong with it in words."""

import datetime as dt
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from mma_analysis.vocabulary import UsageError, did_you_mean


class Section(BaseModel):
    """A part of a TOML file: a key that is not named here is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


File = TypeVar("File", bound=Section)


def read_toml(path: Path, kind: type[File], secret: bool = False) -> File:
    """Read a TOML file of this kind.

    `secret`: whether it may hold words of a melding or a respondent: then a message never shows a
    value.
    """
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a TOML file in UTF-8: {error}") from error
    except ValidationError as error:
        faults = [_in_words(kind, fault["loc"], dict(fault), secret) for fault in error.errors()]
        # Without its cause: that would show the values in a traceback.
        raise UsageError(f"{path}: " + "; ".join(faults)) from None


def read_blocks(path: Path, block: str, kind: type[File], secret: bool = False) -> tuple[File, ...]:
    """Read a TOML file that only has `[[block]]` of this kind; nothing when it is not there."""
    if not path.is_file():
        return ()
    fields: Any = {block: (tuple[kind, ...], ())}
    whole = create_model("Blocks", __base__=Section, **fields)
    return getattr(read_toml(path, whole, secret), block)


def _in_words(
    kind: type[Section], place: tuple[int | str, ...], fault: dict[str, Any], secret: bool
) -> str:
    blocks = ", ".join(f"[[{name}]]" for name in kind.model_fields)
    key = ".".join(str(at + 1) if isinstance(at, int) else at for at in place) or blocks
    given = key if secret else f"{key} = {fault['input']!r}"
    if fault["type"] == "extra_forbidden":
        return f"unknown key '{key}'{did_you_mean(str(place[-1]), _part_at(kind, place))}"
    if fault["type"] == "missing":
        return f"key '{key}' is missing"
    if fault["type"] == "value_error":  # about several keys: the input is the whole block
        return f"{key}: {fault['msg'].removeprefix('Value error, ')}"
    if fault["type"].startswith("date"):
        return f"{given}: {_as_date('' if secret else fault['input'])}"
    return f"{given}: {fault['msg']}"


def _as_date(given: object) -> str:
    """How to write a date; the one that was given, when it can be read with the day first."""
    example = "2027-06-30"
    with suppress(ValueError):
        example = dt.datetime.strptime(str(given).replace("/", "-"), "%d-%m-%Y").date().isoformat()
    return f"write the date as {example}, without quotes"


def _part_at(kind: type[Section], place: tuple[int | str, ...]) -> list[str]:
    """The keys of the part in which this key stands; a name or number of a block is skipped."""
    for key in place[:-1]:
        field = kind.model_fields.get(str(key))
        kind = (_part_in(field.annotation) if field else None) or kind
    return list(kind.model_fields)


def _part_in(annotation: Any) -> type[Section] | None:
    """The part that a key holds, also when it holds many of it or may be absent."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((part for kind in get_args(annotation) if (part := _part_in(kind))), None)
