"""Rechtstreeks ontvangen: how fast."""

import pandas as pd

from mma_analysis.show import direct
from mma_analysis.vocabulary import UNKNOWN
from show_tables import DISTRICT, breakdown, cases, evaluation, frame, says


def shown(area: str = DISTRICT, **tables: pd.DataFrame):
    """An evaluation of an area with these tables, of which nothing is known of recipients."""
    recipients = breakdown("also_sent_to", {UNKNOWN: 100}, 100, area=area)
    return evaluation(tables, area=area, counts={"whole": 100}, per_recipient=recipients)


@cases(
    "row said",
    ((6, 1, 0, 1), "…was de helft … binnen 1 dag bij de gemeente. … tussen 0 en 1 dag.…"),
    ((6, 0, 0, 0), "…was de helft … op dezelfde dag bij de gemeente. Dat is geteld vanaf…"),
    ((1, 3, 3, 3), "…M. ze kreeg, bij 1 gemeente met beide dagen in de registratie.…"),
)
def test_how_fast_is_told_with_who_it_is_about(row, said):
    table = frame("area gemeenten median_days low high", (DISTRICT, *row))

    says(direct.speed_sentence(shown(time_to_receive=table)), said)


def test_without_both_days_it_is_not_known():
    says(direct.speed_sentence(shown()), "Hoe snel een gemeente … is niet bekend.…")
