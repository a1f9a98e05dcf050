"""All searches over all finished files."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from mma_analysis.audit.collecting.documents import Document
from mma_analysis.audit.collecting.letters import open_letter
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.searching.active import find_active
from mma_analysis.audit.searching.deliveries import day_headings, delivered_cells
from mma_analysis.audit.searching.known import own_texts, settings_texts
from mma_analysis.audit.searching.ordinary import find_strange
from mma_analysis.audit.searching.people import find_people
from mma_analysis.audit.searching.readings import with_other_readings
from mma_analysis.audit.searching.suspects import Known, Suspects, suspects
from mma_analysis.audit.searching.traces import find_traces
from mma_analysis.audit.searching.words import find_words, holds_any
from mma_analysis.forms import form_texts
from mma_analysis.settings import HOUSE_STYLE, Edition

NOT_SAID = "a place of which the name itself may not be said"


def search(documents: Sequence[Document], edition: Edition) -> Iterator[Finding]:
    """Find in finished files what may stand in none of them.

    A cell with a text of our own form, and with nothing else in it, was not delivered by anybody. A
    day in digits below a heading of days is searched for in no form: any count can be like it.
    """
    own = own_texts(edition)
    known = Known(own)
    ours = set(form_texts(edition))
    delivered = suspects(
        (
            cell
            for cell in delivered_cells(edition.vocabulary, edition.folder, day_headings(edition))
            if not cell.is_day and cell.words.strip() not in ours
        ),
        known,
    )
    settings = "\n".join(settings_texts(edition))
    brought = (edition.folder / HOUSE_STYLE).glob("*.docx")
    template = set().union(*(_parts_of(open_letter(path, path.name)) for path in brought))
    for document in map(with_other_readings, documents):
        for finding in chain(
            find_words(document, delivered),
            find_people(document, settings),
            find_traces(document, known),
            find_active(document, settings),
            find_strange(document, template),
        ):
            yield _masked(finding, delivered)


def _parts_of(template: Document) -> set[tuple[str, str]]:
    """The parts of a template, and the elements in them."""
    names = (t.words for t in template.texts if t.place.startswith("name of part "))
    return {(tag.place, tag.name) for tag in template.tags} | {(f"part {n}", "") for n in names}


def _masked(finding: Finding, delivered: Suspects) -> Finding:
    """A place can be called by what may not be said: the name of a file, of a part in it."""
    folder = finding.file.partition("/")[0]
    file = folder if holds_any(finding.file, delivered) else finding.file
    place = NOT_SAID if holds_any(finding.place, delivered) else finding.place
    if file != finding.file:
        place = f"a file of which the name itself may not be said, {place}"
    return replace(finding, file=file, place=place)
