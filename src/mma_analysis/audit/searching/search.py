"""All searches over all finished files."""

from collections.abc import Iterator, Sequence

from mma_analysis.audit.collecting import Document
from mma_analysis.audit.findings import Finding
from mma_analysis.audit.searching.active import find_active
from mma_analysis.audit.searching.deliveries import delivered_cells
from mma_analysis.audit.searching.known import own_texts, settings_texts
from mma_analysis.audit.searching.people import find_people
from mma_analysis.audit.searching.suspects import Known, suspects
from mma_analysis.audit.searching.traces import find_traces
from mma_analysis.audit.searching.words import find_words
from mma_analysis.edition import Edition


def search(documents: Sequence[Document], edition: Edition) -> Iterator[Finding]:
    """Find in finished files what may stand in none of them.

    Raises
    ------
    MmaError
        When a delivered file cannot be opened, so that it cannot be searched for.
    """
    own = own_texts(edition)
    known = Known(own)
    delivered = suspects(delivered_cells(edition.folder), known)
    settings = "\n".join(settings_texts(edition))
    for document in documents:
        yield from find_words(document, delivered)
        yield from find_people(document, settings)
        yield from find_traces(document, known)
        yield from find_active(document)
