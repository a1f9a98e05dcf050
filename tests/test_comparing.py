"""Groups of an answer beside each other: shares of what is known, against all others."""

import pandas as pd
import pytest

import mma_analysis as mma
from mma_analysis.pipeline.group_shares import each_against_others
from mma_analysis.settings import EXAMPLE
from mma_analysis.vocabulary import UsageError
from says import says

BASIS = 5


def counts(**of_group: dict[str, int]) -> pd.DataFrame:
    """An exact answer: a row per group and value."""
    rows = []
    for group, values in of_group.items():
        for value, count in values.items():
            row = {"group": group, "usable": value, "count": count, "off": 0}
            rows.append(row)
    return pd.DataFrame(rows)


def test_two_groups_differ_as_in_the_example_of_newcombe():
    """56 of 70 against 48 of 80: 0.2, from 0.0524 to 0.3339 (Newcombe 1998, table II)."""
    table = counts(
        a={"ja": 48, "nee": 32, "onbekend": 500},
        b={"ja": 56, "nee": 14, "onbekend": 3},
        onbekend={"ja": 9, "nee": 9},
    )

    rows = each_against_others(table, "group", "usable", ["ja"], BASIS).set_index("group")

    assert list(rows.index) == ["a", "b"]
    assert rows.loc["b", ["count", "total", "share", "share_of_others"]].to_list() == [
        56,
        70,
        0.8,
        0.6,
    ]
    ends = rows.loc["b", ["change", "low", "high"]].astype("float64").round(4)
    assert ends.to_list() == [0.2, 0.0524, 0.3339]
    assert rows["verdict"].to_list() == ["fewer", "more"]


def test_a_group_stands_beside_all_others_together():
    table = counts(
        a={"ja": 10, "nee": 10},
        b={"ja": 30, "nee": 10},
        c={"ja": 10, "nee": 30},
    )

    rows = each_against_others(table, "group", "usable", ["ja"], BASIS).set_index("group")

    # b and c together: 40 of 80
    assert rows.loc["a", "share_of_others"] == 0.5
    assert rows.loc["a", "change"] == 0


def test_several_values_count_together():
    table = counts(a={"heel": 10, "deels": 20, "niet": 10}, b={"heel": 5, "deels": 5, "niet": 30})

    rows = each_against_others(table, "group", "usable", ["heel", "deels"], BASIS).set_index(
        "group"
    )

    assert rows["count"].to_list() == [30, 10]
    assert rows["total"].to_list() == [40, 40]


def test_a_value_that_no_melding_has_is_said_with_those_that_there_are():
    table = counts(a={"ja": 10, "nee": 10}, b={"ja": 30, "nee": 10})

    with pytest.raises(UsageError, match=says("compare_value", field="usable", name="jaa")):
        each_against_others(table, "group", "usable", ["jaa"], BASIS)


def test_a_comparison_counts_as_count_does_and_gets_a_number_when_it_is_kept(workspace):
    meldingen = mma.edition(EXAMPLE, workspace.root).meldingen
    counted = meldingen.count("has_person", "usable")

    table = meldingen.compare("has_person", "usable", "ja")

    of_ja = counted.query("has_person == 'ja' and usable == 'ja'")["count"].item()
    assert table.set_index("has_person").loc["ja", "count"] == of_ja
    assert table.attrs == counted.attrs


def test_words_of_codes_are_there_to_map_with(workspace):
    edition = mma.edition(EXAMPLE, workspace.root)

    assert edition.words("result")["deels_bevestigd"] == "Deels bevestigd"
    assert edition.words("gemeente")["hof-van-twente"] == "Hof van Twente"
    assert edition.words("topic_group")["drugs"] == "Drugs"
    with pytest.raises(UsageError, match=says("no_words", name="topic_grp")):
        edition.words("topic_grp")
