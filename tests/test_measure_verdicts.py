"""What may be said of an interval, of a family of them, and of a field that is known in part."""

import pytest

from mma_analysis.measure.verdicts import (
    level_of_named,
    may_say,
    named,
    verdict,
    verdict_of_difference,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("low", "high", "said", "of_family"),  # in a family, of what is not named
    [
        (1.01, 1.2, "more", "no_change"),
        (0.8, 0.99, "fewer", "no_change"),
        (1.01, 2.0, "more", "cannot_tell"),
        (0.5, 0.99, "fewer", "cannot_tell"),
        (1.0, 1.2, "no_change", "no_change"),
        (0.8, 1.0, "no_change", "no_change"),
        (0.51, 1.99, "no_change", "no_change"),
        (0.5, 1.3, "cannot_tell", "cannot_tell"),  # a halving
        (0.8, 2.0, "cannot_tell", "cannot_tell"),  # a doubling
        (0.45, 1.3, "cannot_tell", "cannot_tell"),
        (NAN, NAN, "cannot_tell", "cannot_tell"),
        (NAN, 0.9, "cannot_tell", "cannot_tell"),
    ],
)
def test_what_is_said_of_a_ratio(low, high, said, of_family):
    assert verdict(low, high) == said
    assert verdict(low, high, is_named=False) == of_family


@pytest.mark.parametrize(
    ("low", "high", "is_named", "said"),
    [
        (0.01, 0.3, True, "more"),
        (-0.3, -0.01, True, "fewer"),
        (0.01, 0.14, False, "no_change"),
        (-0.14, 0.14, False, "no_change"),
        (-0.15, 0.1, False, "cannot_tell"),
        (0.0, 0.15, False, "cannot_tell"),
        (NAN, NAN, True, "cannot_tell"),
    ],
)
def test_what_is_said_of_a_difference_of_shares(low, high, is_named, said):
    assert verdict_of_difference(low, high, is_named) == said


# Benjamini and Hochberg 1995, section 4.1: of fifteen hypotheses the first four are rejected.
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
PUBLISHED += [0.4262, 0.5719, 0.6528, 0.7590, 1.0000]


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        (PUBLISHED, [True] * 4 + [False] * 11),
        ([NAN, *PUBLISHED[::-1], NAN], [False] * 12 + [True] * 4 + [False]),
        ([0.05], [True]),
        ([0.051], [False]),
        ([0.05, 0.05], [True, True]),  # at its own rank 0.05 × 2 / 2
        ([NAN, NAN], [False, False]),
        ([], []),
    ],
)
def test_of_a_family_is_named_what_survives_benjamini_and_hochberg(chances, expected):
    assert named(chances).tolist() == expected


# Benjamini and Yekutieli 2005: of R named among m, intervals of level 1 − 0.05 × R / m.
@pytest.mark.parametrize(
    ("is_named", "family", "level"),
    [([True] * 4 + [False] * 11, 15, 1 - 0.2 / 15), ([True], 1, 0.95), ([False] * 3, 3, 0.95)],
)
def test_intervals_of_what_is_named_allow_for_the_choice(is_named, family, level):
    assert level_of_named(is_named, family) == pytest.approx(level)


@pytest.mark.parametrize(
    ("known", "total", "gemeenten", "delivered", "said"),
    [
        (50, 100, 7, 14, "of_all"),
        (49, 100, 7, 14, "unknown_first"),
        (25, 100, 7, 14, "unknown_first"),
        (24, 100, 14, 14, "only_known"),
        (100, 100, 6, 14, "unknown_first"),  # fewer than half of them
        (100, 100, 2, 4, "unknown_first"),  # fewer than three
        (100, 100, 3, 4, "of_all"),
        (100, 100, 2, 2, "of_all"),  # all that there are
        (50, 100, 1, 1, "of_all"),  # a gemeente itself
        (100, 100, 0, 1, "unknown_first"),
        (None, 100, 7, 14, "only_known"),
        (50, None, 7, 14, "only_known"),
        (0, 0, 0, 0, "only_known"),
    ],
)
def test_how_much_of_a_field_must_be_known_before_something_is_said_of_it(
    known, total, gemeenten, delivered, said
):
    assert may_say(known, total, gemeenten, delivered) == said
