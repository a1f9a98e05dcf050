"""What a report notebook shows: released tables, sentences, figures, what may be said."""

from mma_analysis.show.booked import anders_geleverd, geboekt
from mma_analysis.show.claims import (
    antwoorden,
    campagnes,
    deelname,
    groei,
    mening,
    meningen,
    nooit,
    oordeel,
    schrijven_op,
)
from mma_analysis.show.covered import dekking
from mma_analysis.show.drawings import Balk, punten, stapels, tussen, verloop, waterval
from mma_analysis.show.figure import figuur, tabel
from mma_analysis.show.opened import open_editie
from mma_analysis.show.text import lijst, van_de, van_tot
from mma_analysis.vocabulary import numbers
from mma_analysis.vocabulary.value import Value

# Of fewer meldingen a page says no percentage, or nothing per inhabitant.
WEINIG = numbers.FEW
WEINIG_PER_INWONER = numbers.FEWEST_OF_RATE
