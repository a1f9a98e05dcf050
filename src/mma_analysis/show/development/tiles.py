"""A small chart per gemeente on a map of tiles."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Table

NAMED = 3  # gemeenten in the title
FEWEST_SHOWN = 6  # with fewer, a top three says nothing


def tile_map(e: Evaluation) -> Block:
    """A small chart per gemeente on a map of tiles."""
    labels = [period.label for period in facts.periods(e, facts.HALF)]
    tiles = [
        charts.Tile(
            area.name,
            area.tile_row,
            area.tile_column,
            [row.count for row in facts.received(e, facts.HALF, area.slug)],
            is_marked=area == e.area,
        )
        for area in e.vocabulary.gemeenten
    ]
    return Chart(
        title=_title(e),
        unit=f"Meldingen per halfjaar, {facts.whole_span(e)}. Alle tegels hebben dezelfde schaal.",
        figure=charts.tile_map(tiles, labels),
        alt=f"Kaart van {e.district.name} met een tegel per gemeente. In elke tegel staan staafjes "
        "met het aantal meldingen per halfjaar. De aantallen staan in de tabel bij deze figuur.",
        caption=_caption(e, tiles),
        table=Table(
            "Meldingen per halfjaar en gemeente",
            ["Gemeente", *labels, "Samen"],
            [
                [area.name, *[count.text for count in tile.counts], facts.total(e, area.slug).text]
                for area, tile in zip(e.vocabulary.gemeenten, tiles, strict=True)
            ],
            sources=("per_period",),
        ),
    )


def _title(e: Evaluation) -> str:
    """The gemeenten with the most meldingen for certain, of those that delivered."""
    counts = {area.slug: facts.total(e, area.slug).value for area in e.vocabulary.gemeenten}
    shown = {slug: count for slug, count in counts.items() if count is not None}
    order = sorted(shown, key=lambda slug: int(shown[slug]), reverse=True)
    if len(order) < FEWEST_SHOWN or not words.is_larger(
        *(shown[s] for s in order[NAMED - 1 :][:2])
    ):
        return "Meldingen per gemeente"
    told = f"{facts.names(e, order[:NAMED])} ontvingen de meeste meldingen"
    return f"{told} van wie leverden" if facts.without_delivery(e) else told


def _caption(e: Evaluation, tiles: list[charts.Tile]) -> str:
    states = {count.state for tile in tiles for count in tile.counts}
    meanings = {
        "missing": f"Een streepje ({words.MISSING}): geen gegevens ontvangen.",
        "not_applicable": "Een lege plek: nog niet aangesloten.",
    }
    explained = [sentence for state, sentence in meanings.items() if state in states]
    own = [] if e.area.is_district else [f"{e.area.name} is vet gedrukt."]
    return " ".join([*own, *explained, "De plaats van de tegels volgt ongeveer de kaart."])
