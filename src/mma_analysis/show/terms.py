"""Words that a reader may not know, and which of them a page explains."""

from collections.abc import Iterator

from mma_analysis.evaluation import Evaluation
from mma_analysis.vocabulary import Vocabulary

ALWAYS, OF_DISTRICT = "altijd", "district"

Term = tuple[str, str]


def on_page(e: Evaluation) -> list[Term]:
    """The words that the pages of this area use, each with its meaning.

    Some are on every page; others come with what the edition itself names: its title, questions,
    themes, campaigns and who pays.
    """
    named = "\n".join(_named(e)).lower()
    return [
        (row["word"], row["meaning"])
        for row in e.vocabulary.reference("terms")
        if row["when"] == ALWAYS
        or (row["when"] == OF_DISTRICT and e.area.is_district)
        or _occurs(row, named)
    ]


def used_in(vocabulary: Vocabulary, text: str) -> list[Term]:
    """The words that occur in a text, each with its meaning."""
    told = text.lower()
    return [
        (row["word"], row["meaning"]) for row in vocabulary.reference("terms") if _occurs(row, told)
    ]


def in_order(terms: list[Term]) -> list[Term]:
    """The words as a reader looks them up."""
    return sorted(terms, key=lambda term: term[0].lower())


def _occurs(row: dict[str, str], text: str) -> bool:
    return any(form in text for form in row["forms"].split(";"))


def _named(e: Evaluation) -> Iterator[str]:
    yield e.edition.evaluatie.titel
    yield from (campaign.naam for campaign in e.edition.campagnes)
    yield from (phase.betaler for phase in (e.edition.kosten.fase if e.edition.kosten else ()))
    for table, columns in (("survey_answers", ("label", "value")), ("survey_themes", ("label",))):
        if e.has(table):
            for column in columns:
                yield from e.table(table)[column].dropna().astype(str)
