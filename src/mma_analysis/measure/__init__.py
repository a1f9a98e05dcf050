"""Clean tables → counts → released tables: pure functions, table in, table out."""

from mma_analysis.measure.comparison import size_classes
from mma_analysis.measure.counts import Counts, counted, is_first_receipt, with_fed_back
from mma_analysis.measure.covered import ends_of
from mma_analysis.measure.durations import closing_kept, course_of_closing
from mma_analysis.measure.frame import (
    FILE_OF_OTHER_PERIOD,
    FILE_UNREADABLE,
    NOT_DELIVERED,
    DeliveryEnd,
    Frame,
    frame,
    inhabitants,
    period_of,
)
from mma_analysis.measure.rates import (
    poisson_interval,
    share_of,
    wilson,
    with_difference,
    with_rate,
)
from mma_analysis.measure.released import (
    exact_counts,
    exact_tables,
    given_of,
    labelled,
    made,
    made_of_rows,
    public_counts,
)
from mma_analysis.measure.sets import membership, sets_of, touches
from mma_analysis.measure.survey import themes_per_gemeente
