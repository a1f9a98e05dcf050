"""Clean tables → counts and models: pure functions, table in, table out."""

from mma_analysis.measure import derived
from mma_analysis.measure.campaigns import campaign_effects
from mma_analysis.measure.cells import first_receipts
from mma_analysis.measure.coarsening import (
    coarsened,
    coarsening,
    group_disclosures,
    undecided,
    withheld,
    without,
)
from mma_analysis.measure.comparison import comparison, funnel, judged, overdispersion, shrunken
from mma_analysis.measure.completeness import completeness, completeness_shift, topic_shift
from mma_analysis.measure.costs import (
    cost_scenarios,
    costs_of_district,
    costs_per_gemeente,
    costs_per_phase,
    receipts_of_last_year,
)
from mma_analysis.measure.derived import *  # noqa: F403  what is added there is of measure
from mma_analysis.measure.direct import experience_by_answer, time_to_receive
from mma_analysis.measure.durations import (
    closing_curve,
    outcomes_over_time,
    time_to_close,
    time_to_feedback,
)
from mma_analysis.measure.earlier import released_before, with_released
from mma_analysis.measure.frame import Frame, connected_months, frame
from mma_analysis.measure.growth import (
    before_connection,
    growth_between,
    growth_split,
    year_on_year,
)
from mma_analysis.measure.indicators import labelled
from mma_analysis.measure.interrupted import beside_shown, campaign_series
from mma_analysis.measure.question import ASKED, NOT_ASKED, exact_tables, volume, with_question
from mma_analysis.measure.rates import with_difference, with_rate
from mma_analysis.measure.survey import (
    agreement,
    answers,
    numbers,
    response,
    theme_counts,
    themes_per_gemeente,
)
from mma_analysis.measure.tables import (
    count_system,
    district_tables,
    experience,
    released_counts,
    released_tables,
)
from mma_analysis.measure.trend import district_trend, expected_months, national_comparison

__all__ = [
    "ASKED",
    "NOT_ASKED",
    "Frame",
    "agreement",
    "answers",
    "before_connection",
    "beside_shown",
    "campaign_effects",
    "campaign_series",
    "coarsened",
    "coarsening",
    "comparison",
    "completeness",
    "completeness_shift",
    "connected_months",
    "cost_scenarios",
    "costs_of_district",
    "costs_per_gemeente",
    "costs_per_phase",
    "count_system",
    "closing_curve",
    "district_tables",
    "district_trend",
    "exact_tables",
    "expected_months",
    "experience",
    "experience_by_answer",
    "first_receipts",
    "frame",
    "funnel",
    "group_disclosures",
    "growth_between",
    "growth_split",
    "judged",
    "labelled",
    "national_comparison",
    "numbers",
    "outcomes_over_time",
    "overdispersion",
    "receipts_of_last_year",
    "released_before",
    "released_counts",
    "released_tables",
    "response",
    "shrunken",
    "theme_counts",
    "themes_per_gemeente",
    "time_to_close",
    "time_to_feedback",
    "time_to_receive",
    "topic_shift",
    "volume",
    "undecided",
    "with_difference",
    "with_question",
    "with_rate",
    "with_released",
    "withheld",
    "without",
    "year_on_year",
]
__all__ += derived.__all__
