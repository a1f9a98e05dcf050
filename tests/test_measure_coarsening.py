"""A small gemeente is told coarser: the same rule for all, one plan, and no way back."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis import measure, protect
from mma_analysis.vocabulary import Vocabulary
from test_measure_tables import edition, table

VOCABULARY = Vocabulary()

THRESHOLD = 5
TWENTE = VOCABULARY.district.slug
GROUPS = {
    "drugsdelicten": "drugs",
    "fraude": "fraude_en_geld",
    "woonfraude": "wonen_en_uitbuiting",
    "onbekend": "onbekend",
}


def meldingen(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    """Gemeente, day, topic and how many."""
    made = table(*((f"{g}-{d}-{t}", g, d, n) for g, d, t, n in rows))
    topics = [topic for _, _, topic, n in rows for _ in range(n)]
    return made.assign(topic=topics, topic_group=[GROUPS[topic] for topic in topics])


def system(*rows: tuple[str, str, str, int]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Cells as they are told, their relations, and the levels that are told coarser."""
    of = measure.frame(edition({slug: {} for slug in dict.fromkeys(row[0] for row in rows)}))
    cells, relations = measure.count_system(meldingen(*rows), of)
    levels = measure.coarsening(VOCABULARY, cells, THRESHOLD)
    return measure.coarsened(VOCABULARY, cells, levels), relations, levels


def tables_of(*rows: tuple[str, str, str, int]) -> dict[str, pd.DataFrame]:
    cells, relations, _ = system(*rows)
    of = measure.frame(edition({"borne": {}, "almelo": {}}))
    states = protect.plan(cells, relations, THRESHOLD)
    return measure.released_tables(measure.released_counts(cells, states, of), of)


def told(levels: pd.DataFrame, area: str) -> dict[tuple[str, str], tuple[str, str]]:
    own = levels[levels["area"] == area]
    return {(b, k): (to_b, to_k) for _, b, k, to_b, to_k in own.itertuples(index=False)}


def test_of_a_gemeente_without_total_everything_is_told_at_its_coarsest() -> None:
    """Twenty over four half years would do; but that would say that it is twenty or more."""
    of = measure.frame(edition({"borne": {}}))
    cells, _ = measure.count_system(meldingen(("borne", "2021-08-01", "fraude", 20)), of)

    levels = measure.coarsening(VOCABULARY, cells, THRESHOLD, untold={"borne"})

    of_total = {k: to for (b, k), (_, to) in told(levels, "borne").items() if b == "totaal"}
    assert of_total == {"half": "whole", "year": "whole"}


@pytest.mark.parametrize(("total", "is_coarser"), [(34, True), (35, False)])
def test_seven_topics_need_five_meldingen_each_on_average(total: int, is_coarser: bool) -> None:
    _, _, levels = system(("borne", "2021-08-01", "fraude", total))

    assert (("topic_group", "whole") in told(levels, "borne")) == is_coarser


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (20, {}),  # four half years of five
        (19, {"half": "year"}),
        (10, {"half": "year"}),
        (9, {"half": "whole", "year": "whole"}),
        (1, {"half": "whole", "year": "whole"}),
    ],
)
def test_half_years_become_years_and_years_the_whole_evaluation(
    total: int, expected: dict[str, str]
) -> None:
    _, _, levels = system(("borne", "2021-08-01", "fraude", total))

    in_time = {k: to for (b, k), (_, to) in told(levels, "borne").items() if b == "totaal"}
    assert in_time == expected


def test_the_rule_looks_at_the_total_and_at_nothing_else() -> None:
    even = system(("borne", "2021-08-01", "fraude", 6), ("borne", "2022-08-01", "woonfraude", 6))
    uneven = system(("borne", "2022-12-01", "onbekend", 12))

    pd.testing.assert_frame_equal(even[2], uneven[2])


def test_the_district_is_told_as_it_was() -> None:
    cells, _, levels = system(("borne", "2021-08-01", "fraude", 2))

    assert TWENTE not in set(levels["area"])
    assert cells.loc[cells["area"] == TWENTE, "published"].all()


def test_a_coarser_topic_stands_in_only_where_topics_are_not_told() -> None:
    cells, _, _ = system(
        ("borne", "2021-08-01", "fraude", 12), ("almelo", "2021-08-01", "fraude", 99)
    )

    published = cells[cells["published"]].groupby("area")["breakdown"].agg(set)
    assert {"topic_group", "topic_main"} & published["borne"] == {"topic_main"}
    assert {"topic_group", "topic_main"} & published["almelo"] == {"topic_group"}


def test_coarser_counts_are_the_sums_of_the_finer_ones() -> None:
    cells, _, _ = system(
        ("borne", "2021-08-01", "drugsdelicten", 7),
        ("borne", "2021-08-01", "fraude", 4),
        ("borne", "2021-08-01", "woonfraude", 3),
        ("borne", "2021-08-01", "onbekend", 1),
    )

    own = cells[(cells["area"] == "borne") & (cells["breakdown"] == "topic_main")]
    assert own.set_index("value")["count"].to_dict() == {"drugs": 7, "ander": 7, "onbekend": 1}


def test_seven_of_drugs_and_seven_others_can_both_be_told() -> None:
    # Finer: 7, 4 and 3, of which two are too small and the third would give nothing away.
    rows = (
        ("borne", "2021-08-01", "drugsdelicten", 7),
        ("borne", "2021-08-01", "fraude", 4),
        ("borne", "2021-08-01", "woonfraude", 3),
        ("almelo", "2021-08-01", "drugsdelicten", 60),
        ("almelo", "2021-08-01", "fraude", 50),
        ("almelo", "2021-08-01", "woonfraude", 40),
    )
    cells, relations, _ = system(*rows)

    states = protect.plan(cells, relations, THRESHOLD)

    assert states["borne|whole|topic_main|drugs"] == "shown"
    assert states["borne|whole|topic_main|ander"] == "shown"
    assert "borne|whole|topic_group|fraude_en_geld" not in states.index


def test_no_released_table_has_a_row_of_what_is_told_coarser() -> None:
    rows = (("borne", "2021-08-01", "fraude", 9), ("almelo", "2021-08-01", "fraude", 99))
    tables = tables_of(*rows)

    per_period = tables["per_period"]
    assert set(per_period.loc[per_period["area"] == "borne", "kind"]) == {"whole"}
    assert "borne" not in set(tables["per_topic_group"]["area"])
    assert set(tables["per_topic_main"]["area"]) >= {"borne", TWENTE}
    assert not any(
        found["state"].eq("coarsened").any() for found in tables.values() if "state" in found
    )


def test_what_is_known_of_a_coarser_topic_is_known_of_the_topic() -> None:
    rows = (
        *(("borne", "2021-08-01", topic, 6) for topic in ("fraude", "onbekend")),
        ("almelo", "2021-08-01", "fraude", 99),
    )
    tables = tables_of(*rows)

    complete = tables["completeness"].set_index(["area", "period", "field"])
    row = complete.loc[("borne", "whole", "topic_group")]
    assert (row["count"], row["total"], bool(row["registers"])) == (6, 12, True)
    # Nobody wrote down what was done: to be told coarser does not make it so.
    assert not complete.loc[("borne", "whole", "disposition"), "registers"]


small_counts = st.lists(
    st.tuples(
        st.sampled_from(["borne", "almelo", "losser"]),
        st.sampled_from(["2021-08-01", "2022-02-01", "2022-08-01", "2023-02-01"]),
        st.sampled_from(list(GROUPS)),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[:3],
)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(small_counts)
def test_no_attack_succeeds_on_what_is_told_coarser(rows: list[tuple[str, str, str, int]]) -> None:
    cells, relations, _ = system(*rows)

    states = protect.plan(cells, relations, THRESHOLD)

    for reader in cells["owner"].unique():
        assert protect.weaknesses(cells, relations, states, THRESHOLD, insider=reader).empty
    again = protect.plan(cells[::-1], relations[::-1].reset_index(drop=True), THRESHOLD)
    pd.testing.assert_series_equal(states, again)
