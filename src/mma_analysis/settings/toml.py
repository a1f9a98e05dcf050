"""A TOML file of an edition → a model of what it may say, or what is wrong with it in
words.
"""

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
from mma_analysis.vocabulary.errors import MESSAGES


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
OF_KEY = "[key]"  # how pydantic says that it is about the name, not about what it holds
TEXT_TOO_SHORT = "too_short"


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
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = message("toml_end")
        if line:
            _refuse_second_block(text, int(line[1]), path)
            where = message("toml_line", row=line[1])
        raise UsageError.of("not_toml", path=path, where=where) from error
    try:
        return kind.model_validate(settings, context=context)
    except ValidationError as error:
        blocks = ", ".join(f"[[{name}]]" for name in kind.model_fields)
        every = [_placed(dict(one), settings) for one in error.errors()]
        told = _without_echoes(every)
        faults = "\n  ".join(_lines(told, blocks, secret))
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


def _placed(fault: dict[str, Any], settings: Any) -> dict[str, Any]:
    """A fault at the place where the file has it.

    Of a value that may be one of two kinds, pydantic says of each why it is not that, at a
    place with a name that is nowhere in the file: that is left out.
    """
    place = []
    value = settings
    *_, last = fault["loc"] or ("",)
    for step in fault["loc"]:
        is_key = isinstance(value, dict) and step in value
        is_item = isinstance(value, list) and isinstance(step, int) and step < len(value)
        is_there = is_key or is_item
        if is_there:
            value = value[step]
        is_absent = fault["type"] == "missing" and step is last
        is_in_the_file = is_there or is_absent
        if is_in_the_file or step == OF_KEY:
            place.append(step)
    is_of_choice = len(place) < len(fault["loc"])
    return fault | {"loc": tuple(place), "is_of_choice": is_of_choice}


def _without_echoes(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The faults, but not that a list is empty when what is in it is wrong.

    Nor that it is no word, when a list is as good.
    """
    told = []
    for fault in faults:
        may_be_echo = fault["type"] == "too_short" or fault["is_of_choice"]
        if not may_be_echo or not _is_around_another(fault, faults):
            told.append(fault)
    return told


def _lines(faults: list[dict[str, Any]], blocks: str, secret: bool) -> list[str]:
    """A line for each fault; of a value that may be one of two kinds one for both."""
    lines = []
    place = None
    for fault in faults:
        if fault["is_of_choice"] and fault["loc"] == place:
            lines[-1] = message("either", one=lines[-1], other=_said(fault, secret))
        else:
            lines.append(_in_words(fault, blocks, secret))
        place = fault["loc"]
    return lines


def _is_around_another(fault: dict[str, Any], faults: list[dict[str, Any]]) -> bool:
    """Whether there is a fault in a part of what this one is about."""
    place = fault["loc"]
    depth = len(place)
    for other in faults:
        is_deeper = len(other["loc"]) > depth
        if is_deeper and other["loc"][:depth] == place:
            return True
    return False


def _in_words(fault: dict[str, Any], blocks: str, secret: bool) -> str:
    """What is wrong where; `[key]` is how pydantic says that it is the name of a block."""
    kind = fault["type"]
    value = fault["input"]
    place = []
    for at in fault["loc"]:
        if isinstance(at, int):
            place.append(str(at + 1))
        elif at != OF_KEY:
            place.append(at)
    key = ".".join(place) or blocks
    if kind == "missing":
        return message("missing_key", key=key)
    # About several keys at once: then the value is the whole block.
    if not secret and (kind != "value_error" or isinstance(value, str)):
        key += f" = {_as_given(value)}"
    return message("at_key", key=key, fault=_said(fault, secret))


def _said(fault: dict[str, Any], secret: bool) -> str:
    """What is wrong with a value."""
    kind = fault["type"]
    limits = fault.get("ctx", {})
    if kind == "value_error":
        return f"{limits['error']}"
    if kind.startswith("date"):
        value = fault["input"]
        example = EXAMPLE_OF_DAY if secret else _as_day(str(value))
        return message("write_date", example=example)
    if kind == "string_too_short" and limits["min_length"] == 1:
        kind = TEXT_TOO_SHORT
    return _wanted(kind).format(limit=_limit(limits), expected=kind)


def _as_given(value: object) -> str:
    """A value as the file has it."""
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(_as_given(one) for one in value)}]"
    if isinstance(value, dict):
        pairs = [f"{key} = {_as_given(value[key])}" for key in value]
        return f"{{ {', '.join(pairs)} }}"
    return f"{value}"


def _as_day(given: str) -> str:
    """A day that was given with the day first, as TOML has it; else an example."""
    try:
        day = dt.datetime.strptime(given.replace("/", "-"), "%d-%m-%Y")
    except ValueError:
        return EXAMPLE_OF_DAY
    return day.date().isoformat()


def _wanted(kind: str) -> str:
    """What is said of a value that is not of this kind."""
    for begin, text in MESSAGES["wanted"].items():
        if kind.startswith(begin):
            return text
    return MESSAGES["wrong_value"]


def _limit(limits: dict[str, Any]) -> str:
    """The limit that a value did not keep to; empty when there is none."""
    for limit in limits.values():
        if not isinstance(limit, dict):
            return f"{limit}".replace("' or '", "' of '")
    return ""
