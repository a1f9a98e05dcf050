"""Onderwerpen: what the tips are about."""

import datetime as dt

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, parts, words
from mma_analysis.show.blocks import Text, text
from mma_analysis.show.parts import Breakdown
from mma_analysis.vocabulary import Vocabulary

FIELD = "topic_group"
MOST_NAMED = 4


def sentence(e: Evaluation) -> Text:
    """The largest topic groups and how many meldingen have no known topic."""
    own = parts.breakdown(e, FIELD)
    if not own.is_shown:
        return text(facts.absence(e, f"Waar de meldingen in {e.area.name} over gaan,"))
    has_shares = words.has_shares(own.total.value)
    named = [
        f"{words.small(part.label)} ({part.share_text if has_shares else part.count.text})"
        for part in sorted(own.known_parts, key=lambda part: -(part.count.value or 0))
        if part.count.value
    ]
    told = [f"Meldingen in {e.area.name} gaan over {words.listing(named[:MOST_NAMED])}."]
    return text(" ".join([*(told if named else []), _unknown_sentence(own)]).strip())


def list_sentence(vocabulary: Vocabulary) -> str:
    """Which version of M.'s list, and of our list of words, the topics were put in."""
    dates = [row["valid_from"] for row in vocabulary.reference("topics") if row["valid_from"]]
    since = words.day(dt.date.fromisoformat(max(dates)))
    aliases = len(vocabulary.reference("topic_aliases"))
    return (
        f"De onderwerpen zijn die uit het contract van M. met gemeenten, in de versie van {since}. "
        f"De woorden van gemeenten zijn daarin ondergebracht met een lijst van {aliases} woorden "
        f"(kenmerk {vocabulary.fingerprint('topics', 'topic_groups', 'topic_aliases')}) en met wat "
        "gemeenten zelf opgaven."
    )


def _unknown_sentence(own: Breakdown) -> str:
    unknown, total = own.unknown.count.value, own.total.value
    if unknown is None or not total or words.most_of_nothing(unknown):
        return ""
    if not unknown:
        return "Het onderwerp is altijd bekend."
    return f"Bij {words.of_meldingen(unknown, total)} is het onderwerp niet bekend."
