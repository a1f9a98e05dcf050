"""`index.html`: a tile map of the district as the way in to all pages."""

from pathlib import Path

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.templates import written
from mma_analysis.settings import Edition
from mma_analysis.show import facts, words
from mma_analysis.show.head import corrected, head
from mma_analysis.vocabulary import Area


def index_html(edition: Edition, processed: Path, missing: dict[str, str]) -> str:
    """Write the index; `missing` is slug of each area without a page → why, for the reader."""
    evaluation = Evaluation(edition.vocabulary.district, edition, "openbaar", processed)
    return written(
        "index.html",
        edition=edition,
        period=facts.whole_span(evaluation),
        district=edition.vocabulary.district,
        total=facts.total(evaluation).sentence,
        finding=head(evaluation).title,
        peildatum=words.day(edition.peildatum),
        tiles=[_tile(evaluation, area, missing) for area in edition.vocabulary.gemeenten],
        gemeenten=words.capital(words.in_words(len(edition.vocabulary.gemeenten))),
        columns=max(area.tile_column for area in edition.vocabulary.gemeenten),
        missing=missing,
        corrected=corrected(evaluation),
        basis=edition.bescherming.basis,
    )


def _tile(evaluation: Evaluation, area: Area, missing: dict[str, str]) -> dict[str, object]:
    """What the tile of one gemeente says: an edition may not know since when it is connected."""
    connection = evaluation.table("connection")
    connected_on = connection.loc[connection["area"] == area.slug, "connected_on"].dropna()
    return {
        "area": area,
        "count": facts.total(evaluation, area.slug),
        "since": [words.short_month(day) for day in connected_on],
        "reason": missing.get(area.slug, ""),
    }
