"""What a page says of a gemeente with few meldingen: coarser, and why."""

import pandas as pd

from mma_analysis.show import development, facts, parts, topics
from mma_analysis.show.blocks import Text
from show_tables import (
    DISTRICT,
    FIRST,
    LAST,
    breakdown,
    coarsened,
    evaluation,
    per_period,
    says,
    told,
)

HALF_AS_YEAR = coarsened(("totaal", "half", "totaal", "year"))


def without(kind: str, table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["area"] != "borne") | (table["kind"] != kind)]


def test_years_stand_in_for_half_years() -> None:
    counts = without("half", per_period({"borne": {"whole": 16, FIRST: 5, LAST: 11}}))
    table = development.halves_chart(evaluation(per_period=counts, coarsened=HALF_AS_YEAR))

    assert [row[1] for row in table.rows] == ["5", "11"]
    assert "te weinig meldingen" in table.note


def test_without_years_either_the_page_says_so() -> None:
    levels = coarsened(("totaal", "half", "totaal", "whole"), ("totaal", "year", "totaal", "whole"))
    counts = without("half", without("year", per_period({"borne": {"whole": 9}})))
    block = development.halves_chart(evaluation(per_period=counts, coarsened=levels))

    assert isinstance(block, Text)
    says(block, "…te weinig meldingen om ze per halfjaar of per jaar te tonen…")


def test_a_period_that_is_told_coarser_has_a_sign_of_its_own() -> None:
    e = evaluation(per_period=without("half", per_period()), coarsened=HALF_AS_YEAR)
    halves = facts.received(e, facts.HALF)

    assert {half.count.text for half in halves} == {"~"}
    assert not any(half.count.is_shown for half in halves)


def test_a_coarser_topic_is_never_the_largest_one() -> None:
    main = breakdown("topic_main", {"drugs": 5, "ander": 11, "onbekend": 0}, 16)
    district = breakdown("topic_main", {"drugs": 300, "ander": 286}, 586, area=DISTRICT)
    e = evaluation(
        per_period=per_period({"borne": {"whole": 16}, DISTRICT: {"whole": 586}}),
        per_topic_main=pd.concat([main, district]),
        coarsened=coarsened(("topic_group", "whole", "topic_main", "whole")),
    )
    sentence, chart = told(topics.sentence(e)), topics.own_chart(e)

    assert "Over drugs gaat het bij 5 van de 16 meldingen." in sentence
    assert "ander onderwerp" not in sentence
    assert chart.title == "Over drugs gaat het in Borne bij 5 van de 16 meldingen"
    assert "te weinig meldingen om elk onderwerp apart te tonen" in chart.caption
    assert [row[1] for row in chart.table.rows] == ["5", "11", "0"]


def test_what_waits_for_a_decision_is_not_shown_at_all() -> None:
    levels = coarsened(("topic_group", "whole", "", ""))
    own = parts.breakdown(evaluation(counts={"whole": 40}, coarsened=levels), "topic_group")

    assert not own.is_shown
    assert own.total.value == 40
    assert {part.count.spoken for part in own.parts} == {"niet getoond"}
