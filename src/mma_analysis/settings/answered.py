"""Answers of a person → `evaluatie.toml`, with all that stands in it already."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import tomlkit

from mma_analysis.settings.edition import SETTINGS_FILE, Edition, Place
from mma_analysis.settings.toml import as_toml, parse_toml
from mma_analysis.vocabulary import DataError

BLOCK_OF_ALL = "waarden"  # the first part of the name of a block for all gemeenten
FIRST_OF_GEMEENTEN = "[gemeenten"


@dataclass(frozen=True)
class SettingLine:
    """A line of the settings: `key = value` in the block with this name, part by part."""

    block: tuple[str, ...]
    key: str
    value: str


def with_answers(edition: Edition, answers: Iterable[SettingLine]) -> str:
    """The text of the settings with these answers in it; nothing is written.

    Every line that is there, and every comment, stays; a new block for all gemeenten comes
    above theirs. Raises when the settings would not be right any more.
    """
    path = edition.folder / SETTINGS_FILE
    before = path.read_text(encoding="utf-8-sig")
    expected = tomllib.loads(before)
    blocks: dict[tuple[str, ...], list[SettingLine]] = {}
    for answer in answers:
        lines = blocks.setdefault(answer.block, [])
        lines.append(answer)
        table = _plain_table(expected, answer.block)
        table[answer.key] = answer.value

    document = tomlkit.parse(before)
    above: list[str] = []
    for block, lines in blocks.items():
        if block[0] == BLOCK_OF_ALL and not _is_there(document, block):
            above.append(_written(block, lines))
        else:
            _add(document, block, lines)
    text = _above_gemeenten(tomlkit.dumps(document), above)

    # Who wrote a file in an unusual way must not lose a line of it.
    lost = set(_comments(before)) - set(_comments(text))
    if lost or tomllib.loads(text) != expected:
        raise DataError.of("not_added", path=path)
    place = Place(edition.folder, edition.vocabulary)
    parse_toml(text, path, Edition, context=place)
    return text


def _is_there(document: tomlkit.TOMLDocument, block: tuple[str, ...]) -> bool:
    table: Any = document
    for name in block:
        if name not in table:
            return False
        table = table[name]
    return True


def _written(block: tuple[str, ...], lines: Iterable[SettingLine]) -> str:
    """A new block, and an empty line below it."""
    written = [f"[{'.'.join(block)}]"]
    for answer in lines:
        written.append(f"{as_toml(answer.key)} = {as_toml(answer.value)}")
    return "\n".join([*written, "", ""])


def _add(
    document: tomlkit.TOMLDocument,
    block: tuple[str, ...],
    lines: Iterable[SettingLine],
) -> None:
    """Add lines to a block, which is added itself when it is not there."""
    is_there = _is_there(document, block)
    table: Any = document
    for name in block:
        if name not in table:
            table[name] = tomlkit.table(is_super_table=name != block[-1])
        table = table[name]
    for answer in lines:
        table[answer.key] = answer.value
    if not is_there:
        table.add(tomlkit.nl())


def _above_gemeenten(text: str, blocks: list[str]) -> str:
    """The text with these blocks above the first gemeente and what is said of it."""
    lines = text.splitlines(keepends=True)
    at = len(lines)
    for place, line in enumerate(lines):
        if line.startswith(FIRST_OF_GEMEENTEN):
            at = place
            break
    while at > 0:
        above = lines[at - 1]
        if not above.startswith("#"):
            break
        at -= 1
    lines[at:at] = blocks
    return "".join(lines)


def _plain_table(settings: dict[str, Any], block: tuple[str, ...]) -> dict[str, Any]:
    table = settings
    for name in block:
        table = table.setdefault(name, {})
    return table


def _comments(text: str) -> list[str]:
    """The lines of a text that are a comment, without what stands around them."""
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line.startswith("#")]
