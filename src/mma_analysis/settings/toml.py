"""A TOML file of an edition → a model of what it may say, and what is wrong with it in words."""

import datetime as dt
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from mma_analysis.vocabulary import UsageError, did_you_mean, message

# What pydantic calls a fault → the message that says what should stand there.
EXPECTED = {
    **{
        "string_type": "wants_text",
        "string_too_short": "wants_filled",
        "too_short": "wants_filled",
    },
    **{"int": "wants_whole_number", "float": "wants_number", "bool": "wants_yes_no"},
    **{"literal_error": "wants_one_of", "string_pattern": "wants_code"},
    **{"tuple": "wants_list", "dict": "wants_part", "model": "wants_part"},
    **{"greater_than": "wants_at_least", "less_than": "wants_at_most"},
    "string_too_long": "wants_shorter",
}


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
        raise UsageError.of("not_toml", path=path, error=error) from error
    except ValidationError as error:
        faults = [_in_words(kind, fault["loc"], dict(fault), secret) for fault in error.errors()]
        # Without its cause: that would show the values in a traceback.
        raise UsageError.of("faults", path=path, faults="; ".join(faults)) from None


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
        near = did_you_mean(str(place[-1]), _part_at(kind, place))
        return message("unknown_key", key=key, near=near)
    if fault["type"] == "missing":
        return message("missing_key", key=key)
    if fault["type"] == "value_error":  # about several keys: the input is the whole block
        return message("at_key", key=key, fault=fault["msg"].removeprefix("Value error, "))
    if fault["type"].startswith("date"):
        return message("at_key", key=given, fault=_as_date("" if secret else fault["input"]))
    return message("at_key", key=given, fault=_expected(fault["type"], fault.get("ctx", {})))


def _expected(fault: str, limits: dict[str, Any]) -> str:
    """What should stand there instead."""
    kind = next((kind for kind in EXPECTED if fault.startswith(kind)), "")
    limit = next((value for value in limits.values() if not isinstance(value, dict)), "")
    return message(EXPECTED.get(kind, "wrong_value"), limit=limit, expected=fault)


def _as_date(given: object) -> str:
    """How to write a date; the one that was given, when it can be read with the day first."""
    example = "2027-06-30"
    with suppress(ValueError):
        example = dt.datetime.strptime(str(given).replace("/", "-"), "%d-%m-%Y").date().isoformat()
    return message("write_date", example=example)


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
