"""For which gemeenten an answer sheet is."""

import re
from collections.abc import Mapping

from mma_analysis.vocabulary import Vocabulary, derived


def owners(
    vocabulary: Vocabulary, text: str, joint: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[str, ...], str]:
    """The gemeenten that this answer is for, and the name of the joint answer.

    A list of names counts as the declared joint answer of exactly these gemeenten.
    """
    name = _plain(text)
    slug = _slugs(vocabulary).get(name)
    if slug:
        return (slug,), ""
    for key, slugs in joint.items():
        if name == _plain(key) or _named(vocabulary, name) == set(slugs):
            return slugs, key
    return (), ""


def reason_without_owner(vocabulary: Vocabulary, text: str) -> str:
    """Code of the reason why no gemeente can be given this answer."""
    several = len(_named(vocabulary, _plain(text))) > 1
    return "antwoord_gezamenlijk" if several else "antwoord_gemeente_onbekend"


def _plain(text: str) -> str:
    return text.casefold().replace("-", " ").strip().removeprefix("gemeente ").strip()


@derived
def _slugs(vocabulary: Vocabulary) -> dict[str, str]:
    """Every way to write one gemeente → its slug."""
    aliases = {
        _plain(row["alias"]): row["gemeente"] for row in vocabulary.reference("gemeente_aliases")
    }
    known = {area.slug for area in vocabulary.gemeenten}
    return {**{name: slug for name, slug in aliases.items() if slug in known}, **_names(vocabulary)}


def _names(vocabulary: Vocabulary) -> dict[str, str]:
    return {_plain(area.name): area.slug for area in vocabulary.gemeenten}


def _named(vocabulary: Vocabulary, text: str) -> set[str]:
    names = _names(vocabulary)
    return {slug for name, slug in names.items() if re.search(rf"\b{re.escape(name)}\b", text)}
