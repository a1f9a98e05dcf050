"""For which gemeenten an answer sheet is."""

import re
from collections.abc import Mapping

from mma_analysis import domain


def owners(text: str, joint: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], str]:
    """The gemeenten that this answer is for, and the name of the joint answer.

    A list of names counts as the declared joint answer of exactly these gemeenten.
    """
    name = _plain(text)
    slug = _slugs().get(name)
    if slug:
        return (slug,), ""
    for key, slugs in joint.items():
        if name == _plain(key) or _named(name) == set(slugs):
            return slugs, key
    return (), ""


def reason_without_owner(text: str) -> str:
    """Code of the reason why no gemeente can be given this answer."""
    several = len(_named(_plain(text))) > 1
    return "antwoord_gezamenlijk" if several else "antwoord_gemeente_onbekend"


def _plain(text: str) -> str:
    return text.casefold().replace("-", " ").strip().removeprefix("gemeente ").strip()


def _slugs() -> dict[str, str]:
    """Every way to write one gemeente → its slug."""
    aliases = {
        _plain(row["alias"]): row["gemeente"] for row in domain.reference("gemeente_aliases")
    }
    known = {area.slug for area in domain.gemeenten()}
    return {**{name: slug for name, slug in aliases.items() if slug in known}, **_names()}


def _names() -> dict[str, str]:
    return {_plain(area.name): area.slug for area in domain.gemeenten()}


def _named(text: str) -> set[str]:
    return {slug for name, slug in _names().items() if re.search(rf"\b{re.escape(name)}\b", text)}
