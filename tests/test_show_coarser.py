"""What a page says of a gemeente with few meldingen: coarser, and why."""

from pathlib import Path

import pandas as pd

from mma_analysis.show import development, facts, parts, topics
from mma_analysis.show.blocks import Chart, Table, Text
from show_tables import FIRST, LAST, breakdown, coarsened, evaluation, per_period, told

HALF_AS_YEAR = coarsened(("totaal", "half", "totaal", "year"))
TOPIC_AS_MAIN = coarsened(("topic_group", "whole", "topic_main", "whole"))


def without(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    return table[(table["area"] != "borne") | (table["kind"] != kind)]


def test_years_stand_in_for_half_years(tmp_path: Path) -> None:
    counts = per_period({"borne": {"whole": 16, FIRST: 5, LAST: 11}})
    tables = {"per_period": without(counts, "half"), "coarsened": HALF_AS_YEAR}

    block = development.halves_chart(evaluation(tmp_path, tables))

    assert isinstance(block, Table)
    assert [row[1] for row in block.rows] == ["5", "11"]
    assert "te weinig meldingen" in block.note


def test_without_years_either_the_page_says_so(tmp_path: Path) -> None:
    levels = coarsened(("totaal", "half", "totaal", "whole"), ("totaal", "year", "totaal", "whole"))
    counts = without(without(per_period({"borne": {"whole": 9}}), "half"), "year")

    block = development.halves_chart(
        evaluation(tmp_path, {"per_period": counts, "coarsened": levels})
    )

    assert isinstance(block, Text)
    assert "te weinig meldingen om ze per halfjaar of per jaar te tonen" in told(block)


def test_a_period_that_is_told_coarser_has_a_sign_of_its_own(tmp_path: Path) -> None:
    tables = {"per_period": without(per_period(), "half"), "coarsened": HALF_AS_YEAR}

    halves = facts.received(evaluation(tmp_path, tables), facts.HALF)

    assert {half.count.text for half in halves} == {"~"}
    assert not any(half.count.is_shown for half in halves)


def test_a_coarser_topic_is_never_the_largest_one(tmp_path: Path) -> None:
    main = {"drugs": 5, "ander": 11, "onbekend": 0}
    district = breakdown("topic_main", {"drugs": 300, "ander": 286}, 586, area="twente")
    tables = {
        "per_period": per_period({"borne": {"whole": 16}, "twente": {"whole": 586}}),
        "per_topic_main": pd.concat([breakdown("topic_main", main, 16), district]),
        "coarsened": TOPIC_AS_MAIN,
    }
    e = evaluation(tmp_path, tables)

    sentence, chart = told(topics.sentence(e)), topics.own_chart(e)

    assert "Over drugs gaat het bij 5 van de 16 meldingen." in sentence
    assert "ander onderwerp" not in sentence
    assert isinstance(chart, Chart)
    assert chart.title == "Over drugs gaat het in Borne bij 5 van de 16 meldingen"
    assert "te weinig meldingen om elk onderwerp apart te tonen" in chart.caption
    assert [row[1] for row in chart.table.rows] == ["5", "11", "0"]


def test_what_waits_for_a_decision_is_not_shown_at_all(tmp_path: Path) -> None:
    counts = per_period({"borne": {"whole": 40}})
    levels = coarsened(("topic_group", "whole", "", ""))

    own = parts.breakdown(
        evaluation(tmp_path, {"per_period": counts, "coarsened": levels}), "topic_group"
    )

    assert not own.is_shown
    assert own.total.value == 40
    assert {part.count.spoken for part in own.parts} == {"niet getoond"}
