"""What the figures of an edition mean: kept with them, so that a later edition can compare."""

from collections.abc import Mapping
from typing import Any

from mma_analysis.settings import Edition
from mma_analysis.vocabulary import fingerprint

# The tables that decide under which topic a melding counts.
TOPICS = ("topics", "topic_groups", "topic_aliases")


def definitions(edition: Edition) -> dict[str, Any]:
    """Write down what would make the same deliveries give other figures, as it is now.

    `connected` is gemeente → day or none, `topics` the mark of the topic mapping, `groups` topic →
    group, `indicators` code → name, version, and a mark of its whole row.
    """
    vocabulary = edition.vocabulary
    return {
        "begin": edition.begin.isoformat(),
        "peildatum": edition.peildatum.isoformat(),
        "basis": edition.bescherming.basis,
        "connected": {area.slug: _connected(edition, area.slug) for area in vocabulary.gemeenten},
        "topics": vocabulary.fingerprint(*TOPICS),
        "groups": vocabulary.group_of_topic,
        "indicators": {
            row["code"]: {"name": row["name"], "version": row["version"], "mark": _mark(row)}
            for row in vocabulary.reference("indicators")
        },
    }


def _connected(edition: Edition, slug: str) -> str | None:
    connected_on = edition.gemeente(slug).aangesloten
    return connected_on.isoformat() if connected_on else None


def _mark(row: Mapping[str, str]) -> str:
    """A mark of one row, whatever the order of its columns."""
    return fingerprint(dict(sorted(row.items())))
