"""A manifest of a set: only the keys that ours have, each with the kind of value it has there."""

import re
from collections.abc import Callable, Mapping
from typing import Any

PATH = re.compile(r"(?:openbaar|intern)/[a-z0-9/-]+\.(?:html|xlsx|docx)")
HASH = re.compile(r"[0-9a-f]{64}|")
PARTS = {
    *("code and templates", "libraries", "notebook", "own tables", "page", "reference tables"),
    *("released tables", "settings"),
}
Check = Callable[[Any], bool]


def is_ours(manifest: Any) -> bool:
    """Whether a manifest holds nothing but what ours hold.

    A number stands in none of them, so a count has no place in one.
    """
    return _holds(manifest, KEYS)


def _holds(found: Any, keys: Mapping[str, Check]) -> bool:
    return isinstance(found, dict) and all(
        key in keys and keys[key](value) for key, value in found.items()
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and bool(HASH.fullmatch(value))


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and bool(PATH.fullmatch(value))


def _by_path(check: Check) -> Check:
    return lambda found: (
        isinstance(found, dict)
        and all(_is_path(path) and check(value) for path, value in found.items())
    )


def _is_page(value: Any) -> bool:
    parts = dict.fromkeys(PARTS, _is_hash) | {"page": _is_path}
    return _holds(
        value, {"key": _is_hash, "sha256": _is_hash, "parts": lambda found: _holds(found, parts)}
    )


KEYS: dict[str, Check] = {
    "edition": _is_text,
    "version": _is_text,
    "set": _is_hash,
    "candidate": _is_hash,
    "attacked": lambda value: isinstance(value, bool),
    "pages": _by_path(_is_page),
    "papers": _by_path(_is_hash),
    "letters": _by_path(_is_hash),
    "without_report": _by_path(_is_text),
}
