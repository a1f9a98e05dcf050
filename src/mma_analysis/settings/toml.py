"""A TOML file of an edition → a model of what it may say, or what is wrong with it in words."""

import datetime as dt
import json
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, create_model, model_validator

from mma_analysis.vocabulary import UsageError, did_you_mean, message
from mma_analysis.vocabulary.errors import TEXTS


class Section(BaseModel):
    """A part of a TOML file.

    A key that is not named here is an error, and so are its `_faults`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for key in given:
                refuse_unknown("unknown_key", key, list(cls.model_fields))
        return given

    @model_validator(mode="after")
    def _refuse_faults(self) -> Self:
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterable[str]:
        return ()  # what is wrong with these keys together, in words


def refuse_unknown(fault: str, word: str, known: Collection[str], **words: object) -> None:
    """Raise a fault in a setting when a word is none of those that may stand there."""
    if word not in known:
        near = did_you_mean(word, known)
        raise ValueError(message(fault, word=word, near=near, **words))


def refuse_twice(fault: str, given: Iterable[str], **words: object) -> None:
    """Raise a fault in a setting when a word stands there twice that may stand once."""
    number = Counter(given)
    twice = [word for word in number if word and number[word] > 1]
    if twice:
        raise ValueError(message(fault, words=", ".join(twice), **words))


File = TypeVar("File", bound=Section)
EXAMPLE_OF_DAY = "2027-06-30"


def read_toml(
    path: Path,
    kind: type[File],
    secret: bool = False,
    context: Any = None,
) -> File:
    """Read a TOML file of this kind, and name everything that is wrong with it.

    `secret` and `context` as for `parse_toml`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError.of("not_utf8", path=path) from error
    return parse_toml(text, path, kind, secret, context)


def parse_toml(
    text: str,
    path: Path,
    kind: type[File],
    secret: bool = False,
    context: Any = None,
) -> File:
    """What a TOML text of this kind says; errors name the path at which it is to be.

    `secret`: whether it may hold words of a melding or a respondent: then a message never
    shows a value. `context`: what validators compare it with.
    """
    try:
        settings = tomllib.loads(text)
        return kind.model_validate(settings, context=context)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = message("toml_end")
        if line:
            _refuse_second_block(text, int(line[1]), path)
            where = message("toml_line", row=line[1])
        raise UsageError.of("not_toml", path=path, where=where) from error
    except ValidationError as error:
        blocks = ", ".join(f"[[{name}]]" for name in kind.model_fields)
        every = [dict(one) for one in error.errors()]
        told = _without_echoes(every)
        faults = "\n  ".join(_in_words(one, blocks, secret) for one in told)
        # Without its cause: that would show the values in a traceback.
        raise UsageError.of("faults", path=path, faults=faults) from None


def line_of_block(text: str, block: str) -> int:
    """At which line of a TOML text a block as `[gemeenten.losser]` begins; 0 if nowhere."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip().startswith(block):
            return number
    return 0


def _refuse_second_block(text: str, row: int, path: Path) -> None:
    """Say where a block stands already, when it begins once more at this line."""
    lines = text.splitlines()
    if row > len(lines):
        return
    block = re.match(r"\s*(\[[^\[\]]+\])", lines[row - 1])
    if block is None:
        return
    first = line_of_block(text, block[1])
    if first < row:
        raise UsageError.of("block_twice", path=path, row=row, block=block[1], first=first)


def read_blocks(
    path: Path,
    block: str,
    kind: type[File],
    secret: bool = False,
) -> tuple[File, ...]:
    """Read a TOML file that only has `[[block]]` of this kind; without a file nothing."""
    if not path.is_file():
        return ()
    fields: Any = {block: (tuple[kind, ...], ())}
    whole = create_model("Blocks", __base__=Section, **fields)
    return getattr(read_toml(path, whole, secret), block)


def as_toml(value: object) -> str:
    """A value as a TOML file has it; a JSON text is a TOML text."""
    if isinstance(value, dict):
        pairs = []
        for key, word in value.items():
            pairs.append(f"{as_toml(key)} = {as_toml(word)}")
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _without_echoes(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The faults, but not that a list is empty when what is in it is wrong."""
    told = []
    for fault in faults:
        is_empty = fault["type"] == "too_short"
        if not is_empty or not _is_around_another(fault, faults):
            told.append(fault)
    return told


def _is_around_another(fault: dict[str, Any], faults: list[dict[str, Any]]) -> bool:
    """Whether there is a fault in a part of what this one is about."""
    place = fault["loc"]
    depth = len(place)
    for other in faults:
        around = other["loc"][:depth]
        if other is not fault and around == place:
            return True
    return False


def _in_words(fault: dict[str, Any], blocks: str, secret: bool) -> str:
    """What is wrong where; `[key]` is how pydantic says that it is the name of a block."""
    kind = fault["type"]
    value = fault["input"]
    limits = fault.get("ctx", {})
    place = []
    for at in fault["loc"]:
        if isinstance(at, int):
            place.append(str(at + 1))
        elif not at.startswith("["):
            place.append(at)
    key = ".".join(place) or blocks
    if kind == "missing":
        return message("missing_key", key=key)
    # About several keys at once: then the value is the whole block.
    if not secret and (kind != "value_error" or isinstance(value, str)):
        key += f" = {value!r}"
    if kind == "value_error":
        return message("at_key", key=key, fault=limits["error"])
    if kind.startswith("date"):
        example = EXAMPLE_OF_DAY if secret else _as_day(str(value))
        said = message("write_date", example=example)
        return message("at_key", key=key, fault=said)
    said = _wanted(kind).format(limit=_limit(limits), expected=kind)
    return message("at_key", key=key, fault=said)


def _as_day(given: str) -> str:
    """A day that was given with the day first, as TOML has it; else an example."""
    try:
        day = dt.datetime.strptime(given.replace("/", "-"), "%d-%m-%Y")
    except ValueError:
        return EXAMPLE_OF_DAY
    return day.date().isoformat()


def _wanted(kind: str) -> str:
    """What is said of a value that is not of this kind."""
    for begin, text in TEXTS["wanted"].items():
        if kind.startswith(begin):
            return text
    return TEXTS["wrong_value"]


def _limit(limits: dict[str, Any]) -> str:
    """The limit that a value did not keep to; empty when there is none."""
    for limit in limits.values():
        if not isinstance(limit, dict):
            return f"{limit}".replace("' or '", "' of '")
    return ""
