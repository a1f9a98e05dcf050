"""A set of meldingen has a number of its own: near the truth, never small, and always the same."""

import numpy as np
import pandas as pd
import pytest

from counting import TWENTE, edition, several
from mma_analysis import protect
from mma_analysis.pipeline.asking import asked

# The middles of a thousand parts of all keys there are.
KEYS = pd.Series((np.arange(1000) + 0.5) / 1000)


def numbers(count: int) -> pd.Series:
    """What is told of this count, over all keys."""
    return protect.perturbed(pd.Series(count, KEYS.index), KEYS)


@pytest.mark.parametrize(
    ("count", "chances"),
    [
        (0, {0: 1.0}),
        (1, {0: 0.8, 5: 0.2}),
        (2, {0: 0.6, 5: 0.4}),
        (3, {0: 0.4, 5: 0.6}),
        (4, {0: 0.2, 5: 0.8}),
        (5, {5: 1.0}),
    ],
)
def test_a_small_count_becomes_nothing_or_five(count: int, chances: dict[int, float]):
    assert numbers(count).value_counts(normalize=True).to_dict() == pytest.approx(chances)


@pytest.mark.parametrize("count", [*range(1, 13), 40, 586])
def test_the_mean_is_the_count_and_no_number_is_small_or_far_away(count: int):
    told = numbers(count)

    assert told.mean() == pytest.approx(count, abs=0.01)
    assert not told.between(1, 4).any()
    assert (told - count).abs().max() <= 4


@pytest.mark.parametrize("count", [9, 40, 586])
def test_a_larger_count_is_off_by_the_square_root_of_two_on_average(count: int):
    told = numbers(count)

    assert told.std(ddof=0) == pytest.approx(2**0.5, abs=0.02)
    assert set(told - count) == set(range(-4, 5))


def test_a_key_follows_from_the_name_and_the_secret():
    names = ["M1|borne", "M2|borne", "M1|losser"]
    keys = protect.row_keys(names, b"one")

    assert ((keys >= 0) & (keys < 1)).all()
    assert len(set(keys)) == 3
    assert protect.row_keys(names[::-1], b"one").tolist() == keys[::-1].tolist()
    assert not set(keys) & set(protect.row_keys(names, b"other"))
    assert protect.secret_of(names) == protect.secret_of(names[::-1])
    assert protect.secret_of(names) != protect.secret_of(names[:2])


# --- a question ----------------------------------------------------------------------------------

OF = edition({slug: {"aangesloten": "2021-07-01"} for slug in ("almelo", "borne")})
ROWS = several(("almelo", "2021-08-01", 30), ("borne", "2022-08-01", 23))
# Ten of Almelo's tips came in at Borne too, later.
ROWS = pd.concat(
    [ROWS, ROWS.head(10).assign(gemeente="borne", received_on=pd.Timestamp("2021-09-01"))],
    ignore_index=True,
)
NUMBER = pd.Series(range(len(ROWS))) % 3


def answer(answers: pd.Series, rows: pd.DataFrame = ROWS) -> dict[tuple[str, str], int]:
    found = asked(rows, answers, OF, per_gemeente=True)
    assert set(found["state"]) == {"shown"}
    return found.set_index(["area", "value"])["count"].to_dict()


def test_the_same_set_has_the_same_number_however_it_is_asked_for():
    plain = answer(NUMBER.map({0: "a", 1: "b", 2: "c"}))
    # Under other names, of a part of the rows, and in another order of the rows.
    renamed = answer(NUMBER.map({0: "een", 1: "twee", 2: "x drie"}))
    filtered = answer(NUMBER.map({0: "a"}))
    turned = answer(NUMBER.map({0: "a", 1: "b", 2: "c"})[::-1], ROWS[::-1])

    assert list(plain.values()) == list(renamed.values())
    assert filtered == {key: number for key, number in plain.items() if key[1] == "a"}
    assert turned == plain


def test_an_answer_is_near_the_truth_and_the_district_counts_a_tip_once():
    everything = answer(pd.Series("alles", ROWS.index))

    assert set(everything) == {("almelo", "alles"), ("borne", "alles"), (TWENTE, "alles")}
    for area, truth in {"almelo": 30, "borne": 33, TWENTE: 53}.items():
        assert abs(everything[area, "alles"] - truth) <= 4


def test_another_edition_has_other_numbers():
    # Of twenty sets of 30: that all are off by as much by chance is out of the question.
    chance = np.random.default_rng(5)
    sets = [pd.Series("ja", chance.permutation(53)[:30]).reindex(ROWS.index) for _ in range(20)]
    one_more = pd.concat([ROWS, several(("borne", "2023-01-01", 1))], ignore_index=True)

    before = [answer(of)[TWENTE, "ja"] for of in sets]

    assert len(set(before)) > 3
    assert before != [answer(of.reindex(one_more.index), one_more)[TWENTE, "ja"] for of in sets]
