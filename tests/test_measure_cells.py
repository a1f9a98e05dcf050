"""Counting: what has a cell, what is a zero, and that everything adds up."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from mma_analysis import measure
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UNKNOWN, Vocabulary
from mma_analysis.vocabulary.schema import FOLLOW_UP, MELDINGEN

VOCABULARY = Vocabulary()

TWENTE = VOCABULARY.district.slug
EVERY_FIELD = {field: UNKNOWN for field in ("also_sent_to", *FOLLOW_UP)}


def edition(
    gemeenten: dict[str, dict],
    campagnes: Sequence[dict] = (),
    begin: str = "2021-07-01",
    peildatum: str = "2023-06-30",
    **parts: object,
) -> Edition:
    evaluatie = {"titel": "Proef", "district": "Twente", "begin": begin, "peildatum": peildatum}
    named = {slug: {"levering": [f"{slug}.csv"], **of} for slug, of in gemeenten.items()}
    settings = {"evaluatie": evaluatie, "gemeenten": named, "campagnes": campagnes, **parts}
    return Edition.model_validate(settings)


def melding(number: str, gemeente: str, received_on: object, **fields: object) -> dict[str, object]:
    topic = str(fields.get("topic", "fraude"))
    return {
        "melding_id": number,
        "gemeente": gemeente,
        "received_on": received_on,
        "topic": topic,
        "topic_group": VOCABULARY.group_of_topic[topic],
        **EVERY_FIELD,
        "source_file": f"{gemeente}.csv",
        "source_sheet": "",
        "source_row": 2,
        **fields,
    }


def table(*meldingen: dict[str, object]) -> pd.DataFrame:
    columns = {column.name: column.dtype for column in MELDINGEN}
    return pd.DataFrame(list(meldingen), columns=list(columns)).astype(columns)


def system(meldingen: pd.DataFrame, of: Edition) -> tuple[pd.DataFrame, pd.DataFrame]:
    return measure.count_system(meldingen, measure.frame(of))


def count(cells: pd.DataFrame, area: str, breakdown: str, value: str, period: str = "whole") -> int:
    return int(cells.loc["|".join([area, period, breakdown, value]), "count"])


def total(cells: pd.DataFrame, area: str, period: str = "whole") -> int:
    return count(cells, area, "totaal", "totaal", period)


BOTH = {"almelo": {"aangesloten": "2021-07-01"}, "borne": {"aangesloten": "2022-08-01"}}


# --- cells ---------------------------------------------------------------------------------------


def test_meldingen_are_counted_per_area_and_period():
    cells, _ = system(
        table(
            melding("1", "almelo", "2021-07-01"),
            melding("2", "almelo", "2022-06-30"),
            melding("3", "almelo", "2022-07-01"),  # the second year
            melding("4", "borne", "2023-06-30"),
        ),
        edition(BOTH),
    )

    assert total(cells, "almelo", "2021-07/2022-06") == 2
    assert total(cells, "almelo", "2022-07/2023-06") == 1
    assert total(cells, TWENTE) == 4
    assert total(cells, TWENTE, "2023-06") == 1


def test_who_delivered_and_has_none_has_zeros_and_who_delivered_nothing_no_cells():
    cells, _ = system(table(melding("1", "almelo", "2022-01-01")), edition(BOTH))

    assert total(cells, "borne") == 0
    assert count(cells, "borne", "topic_group", "drugs") == 0
    assert set(cells["area"]) == {"almelo", "borne", TWENTE, "dubbel"}


def test_a_tip_at_two_gemeenten_is_two_receipts_and_one_as_its_first_receiver_wrote_it_down():
    cells, _ = system(
        table(
            melding("7", "almelo", "2022-01-03", topic="fraude"),
            melding("7", "borne", "2022-01-01", topic="drugsdelicten"),  # two days earlier
        ),
        edition(BOTH),
    )

    assert total(cells, "almelo") == total(cells, "borne") == 1
    assert total(cells, TWENTE) == total(cells, "dubbel") == 1
    assert count(cells, TWENTE, "topic", "drugsdelicten") == 1
    assert count(cells, TWENTE, "topic", "fraude") == 0
    assert count(cells, "dubbel", "topic", "fraude") == 1


def test_what_is_not_registered_is_counted_as_unknown():
    cells, _ = system(
        table(
            melding("1", "almelo", "2022-01-01", has_time=True),
            melding("2", "almelo", "2022-01-01", has_time=False),
            melding("3", "almelo", "2022-01-01"),
        ),
        edition(BOTH),
    )

    found = [count(cells, "almelo", "has_time", v) for v in ("ja", "nee", UNKNOWN)]
    assert found == [1, 1, 1]


def test_counting_leaves_the_meldingen_alone_and_does_not_depend_on_their_order():
    meldingen = table(melding("7", "borne", "2022-01-01"), melding("7", "almelo", "2022-01-01"))
    before = meldingen.copy()

    cells, _ = system(meldingen, edition(BOTH))
    turned, _ = system(meldingen.iloc[::-1], edition(BOTH))

    pd.testing.assert_frame_equal(meldingen, before)
    pd.testing.assert_frame_equal(cells, turned)


def test_one_campaign_leaves_the_types_of_cells_and_relations_as_they_are():
    """As objects, the relations of a whole country take three times the memory."""
    one = {"naam": "Proef", "begin": "2022-06-15", "eind": "2022-07-31", "topics": ["fraude"]}

    cells, relations = system(table(melding("1", "almelo", "2022-05-01")), edition(BOTH, [one]))

    assert (cells["count"].dtype, cells["cost"].dtype) == ("int64", "float64")
    assert relations["relation"].dtype == relations["cell"].dtype == "str"
    assert relations["coefficient"].dtype == "int64"


# --- connection ----------------------------------------------------------------------------------


def test_receipts_are_counted_by_when_gemeenten_joined():
    cells, _ = system(
        table(
            melding("1", "almelo", "2021-08-01"),
            melding("2", "almelo", "2022-08-01"),
            melding("3", "borne", "2022-08-02"),
            melding("2", "borne", "2022-08-02"),  # the same tip: two receipts
        ),
        edition(BOTH),
    )

    per_year = cells[cells["breakdown"] == "connection"].set_index(["period", "value"])["count"]
    assert per_year.to_dict() == {
        ("2021-07/2022-06", "all"): 1,
        ("2022-07/2023-06", "all"): 3,
        ("2022-07/2023-06", "new"): 2,  # Borne joined in August 2022
        ("2022-07/2023-06", "existing"): 1,
    }


def test_a_gemeente_that_joins_on_the_first_day_of_a_year_is_new_in_it():
    joined = {"almelo": {"aangesloten": "2022-07-01"}, "borne": {"aangesloten": "2022-06-30"}}
    cells, _ = system(
        table(melding("1", "almelo", "2022-08-01"), melding("2", "borne", "2022-08-02")),
        edition(joined),
    )

    assert count(cells, TWENTE, "connection", "new", "2022-07/2023-06") == 1


# --- relations -----------------------------------------------------------------------------------


def sums(cells: pd.DataFrame, relations: pd.DataFrame) -> pd.Series:
    terms = relations["coefficient"] * relations["cell"].map(cells["count"])
    return terms.groupby(relations["relation"]).sum()


def test_gemeenten_together_are_the_district_and_what_was_received_double():
    cells, _ = system(
        table(
            melding("7", "almelo", "2022-01-01", has_time=True, usable="ja"),
            melding("7", "borne", "2022-09-01", topic="drugsdelicten", result="bevestigd"),
            melding("8", "borne", "2022-09-02"),
        ),
        edition(BOTH),
    )

    whole = cells[(cells["kind"] == "whole")].assign(
        side=cells["area"].isin([TWENTE, "dubbel"]).map({True: "tips", False: "receipts"})
    )
    sides = whole.pivot_table(
        index=["breakdown", "value"], columns="side", values="count", aggfunc="sum", fill_value=0
    ).drop(index="topic")  # gemeenten have no topics of their own
    # the total, topics twice, four backgrounds, six of the follow-up, receivers, four crossings
    assert len(sides.index.unique("breakdown")) == 18
    assert sides["receipts"].to_list() == sides["tips"].to_list()


@st.composite
def registrations(draw: st.DrawFn) -> pd.DataFrame:
    day = st.dates(dt.date(2021, 7, 1), dt.date(2023, 6, 30))
    rows = draw(
        st.dictionaries(
            st.tuples(
                st.sampled_from(["1", "2", "3", "4", "5", "6"]),
                st.sampled_from(["almelo", "borne", "losser", "wierden"]),
            ),
            st.tuples(
                day,
                st.sampled_from(list(VOCABULARY.topics)),
                st.sampled_from([True, False, None]),
                st.sampled_from(list(VOCABULARY.values("result"))),
            ),
            max_size=20,
        )
    )
    return table(
        *(
            melding(number, gemeente, str(day), topic=topic, has_time=time, result=result)
            for (number, gemeente), (day, topic, time, result) in rows.items()
        )
    )


FOUR = {
    "almelo": {"aangesloten": "2021-07-01"},
    "borne": {"aangesloten": "2021-11-16"},
    "losser": {"aangesloten": "2022-08-01"},
    "wierden": {},
}
CAMPAIGNS = [
    {"naam": "a", "begin": "2022-07-15", "eind": "2022-09-01", "topics": ["fraude"]},
    {
        "naam": "b",
        "begin": "2022-03-01",
        "eind": "2022-04-01",
        "gemeenten": ["almelo"],
        "topics": ["drugsdelicten", "woonfraude"],
    },
]


@settings(max_examples=10, deadline=None)
@given(registrations(), st.sampled_from(["2023-06-30", "2023-09-15"]))
def test_every_relation_adds_up(meldingen: pd.DataFrame, peildatum: str):
    cells, relations = system(meldingen, edition(FOUR, CAMPAIGNS, peildatum=peildatum))

    assert cells.index.is_unique
    assert set(relations["cell"]) <= set(cells.index)
    assert (sums(cells, relations) == 0).all()


Sum = dict[str, int]


def follow(sums_to_zero: list[Sum], cells: pd.DataFrame, relations: pd.DataFrame) -> list[bool]:
    """Of each of these coefficients × counts: do the relations say that it is always 0?"""
    known = np.zeros((len(cells), relations["relation"].nunique()))
    places = cells.index.get_indexer(pd.Index(relations["cell"]))
    known[places, pd.factorize(relations["relation"])[0]] = relations["coefficient"]
    asked = np.zeros((len(cells), len(sums_to_zero)))
    for column, terms in enumerate(sums_to_zero):
        asked[cells.index.get_indexer(pd.Index(terms)), column] = list(terms.values())
    combination, *_ = np.linalg.lstsq(known, asked, rcond=None)
    return list(np.abs(known @ combination - asked).max(axis=0) < 1e-9)


def test_the_relations_know_that_a_campaign_can_be_half_a_year_of_one_gemeente():
    # It begins in July: its six months before are Almelo's first half of 2022.
    alone = [{**CAMPAIGNS[0], "gemeenten": ["almelo"]}]
    cells, relations = system(
        table(
            melding("1", "almelo", "2022-02-01"),
            melding("2", "almelo", "2022-03-01", topic="drugsdelicten"),
            melding("3", "borne", "2022-03-01"),
        ),
        edition(FOUR, alone),
    )
    before = {
        f"{TWENTE}|window|campaign:{CAMPAIGNS[0]['naam']}|{kind}_before": 1
        for kind in ("target", "other")
    }
    halves = [{**before, f"{slug}|2022-01/2022-06|totaal|totaal": -1} for slug in FOUR]

    assert follow(halves, cells, relations) == [True, False, False, False]


def test_the_relations_know_what_a_reader_can_add_up():
    cells, relations = system(
        table(melding("1", "almelo", "2022-02-01"), melding("2", "losser", "2022-09-01")),
        edition(FOUR),
    )
    per_topic: Sum = {
        f"{TWENTE}|whole|topic|drugsdelicten": 1,
        f"{TWENTE}|whole|topic_group|drugs": -1,
    }
    per_connection: Sum = {
        f"{TWENTE}|2022-07/2023-06|connection|all": 1,
        f"{TWENTE}|2022-07/2023-06|connection|new": -1,
        f"{TWENTE}|2022-07/2023-06|connection|existing": -1,
    }
    per_period: Sum = {
        "almelo|whole|totaal|totaal": -1,
        "almelo|2021-07/2022-06|totaal|totaal": 1,
        "almelo|2022-07/2022-12|totaal|totaal": 1,
        "almelo|2023-01/2023-06|totaal|totaal": 1,
    }
    per_value: Sum = {f"almelo|whole|usable|{value}": 1 for value in VOCABULARY.values("usable")}
    per_value |= {"almelo|whole|totaal|totaal": -1}
    too_little: Sum = {"almelo|whole|totaal|totaal": 1, f"{TWENTE}|whole|totaal|totaal": -1}

    asked = [per_topic, per_connection, per_period, per_value, too_little]
    assert follow(asked, cells, relations) == [True, True, True, True, False]
