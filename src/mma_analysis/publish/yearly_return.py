"""`terugmelding-mma.docx`: what a gemeente did with each melding, as its contract with MMA asks."""

from typing import Any

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.office import filled_in_word
from mma_analysis.show.reading import Reading, Row
from mma_analysis.vocabulary import UNKNOWN

TEMPLATE = "terugmelding.docx"
WITHOUT_NUMBER = "zonder-nummer-"  # how a melding is named that M. gave no number
DONE = {"gedaan": "disposition", "resultaat": "result", "bruikbaar": "usable"}
NOT_KNOWN = "niet bekend"


def yearly_return(e: Evaluation) -> bytes | None:
    """Write the return of one gemeente to MMA for Word; nothing when it received no meldingen.

    Row by row, so for that gemeente alone, and without a word of what a melding says.
    """
    reading = Reading(e)
    meldingen = [_in_words(e, row) for row in reading.tabel("own_return", area=e.area.slug).mma]
    if not meldingen:
        return None
    begin, peildatum = (reading.instelling(name) for name in ("begin", "peildatum"))
    names: dict[str, Any] = {"e": reading, "gemeente": e.area.name, "meldingen": meldingen}
    names |= {"editie": e.edition, "begin": begin, "peildatum": peildatum}
    return filled_in_word(TEMPLATE, e, names, f"Terugmelding aan MMA, gemeente {e.area.name}")


def _in_words(e: Evaluation, row: Row) -> dict[str, Any]:
    number, fed_back = row.woord("melding_id"), row.woord("fed_back_on")
    labels = {field: e.vocabulary.values(field) | {UNKNOWN: NOT_KNOWN} for field in DONE.values()}
    return {
        **{name: labels[field][getattr(row, field)] for name, field in DONE.items()},
        "nummer": "zonder nummer" if number.raw.startswith(WITHOUT_NUMBER) else number,
        "ontvangen": row.woord("received_on"),
        "teruggemeld": fed_back if fed_back.shown else "",
    }
