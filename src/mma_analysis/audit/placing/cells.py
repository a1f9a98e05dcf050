"""The tables of a finished file, read back into counts."""

import re
from collections.abc import Iterator

from mma_analysis.audit.collecting import Document, Table
from mma_analysis.audit.placing.tables import Placed, counted_cells, growth_cells
from mma_analysis.audit.placing.tidy import is_tidy, tidy_cells
from mma_analysis.audit.placing.vocabulary import Periods
from mma_analysis.vocabulary import Vocabulary, plain

# What these tables count is a part of the meldingen that no key of ours can name.
APART = re.compile(
    r"campagne|zes maanden|verwacht bereik|landelijk|per 1[0.]*000|stelling|vrag|antwoord|regels|"
    r"tarief|kosten|dagen|dubbel|samen ontvingen|na de aansluiting|"
    r"bij meer gemeenten",
    re.I,
)


def placed_cells(vocabulary: Vocabulary, document: Document, periods: Periods) -> Iterator[Placed]:
    """Read every table of a file of which caption and heads say what is counted."""
    for table in document.tables:
        yield from _placed(vocabulary, document, table, periods)


def _placed(
    vocabulary: Vocabulary, document: Document, table: Table, periods: Periods
) -> Iterator[Placed]:
    if is_tidy(table):
        yield from tidy_cells(vocabulary, document, table, periods)
        return
    labels = [row[0].words for row in table.rows if row]
    if "nieuwoflangeraangesloten" in map(plain, labels):
        yield from growth_cells(document, table)
    elif not APART.search(table.caption) and len(table.head) > 1:
        yield from counted_cells(vocabulary, document, table, periods)
