"""All meldingen of an area alike: found, and withheld as a whole until somebody decides."""

import pandas as pd
import pytest

from mma_analysis import protect

COLUMNS = ["table", "area", "period", "kind", "breakdown", "value", "count"]
OF_GROUPS = ("per_topic_group", "borne", "whole", "whole", "topic_group")
TOTAL = ("per_period", "borne", "whole", "whole", "totaal", "totaal", 12)


def cells_of(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.mark.parametrize(
    ("row", "is_found"),
    [
        ((*OF_GROUPS, "drugs", 12), True),
        ((*OF_GROUPS, "drugs", 11), False),  # one of them is about something else
        ((*OF_GROUPS, "onbekend", 12), False),  # nothing was registered of any
        (("", *OF_GROUPS[1:], "drugs", 12), False),  # it is in no table
        (("crossed", *OF_GROUPS[1:], "drugs", 12), False),
        ((*OF_GROUPS, "drugs", 0), False),  # not of any
    ],
)
def test_a_value_of_all_meldingen_of_an_area_is_found(row: tuple, is_found: bool):
    found = protect.group_disclosures(cells_of((*TOTAL[:-1], row[-1] and 12), row))

    assert len(found) == is_found
    if is_found:
        assert found.iloc[0].to_dict() == dict(zip(COLUMNS[1:-1], row[1:-1], strict=True))


def test_the_whole_breakdown_of_the_area_is_withheld_and_nothing_else():
    cells = cells_of(
        TOTAL,
        (*OF_GROUPS, "drugs", 12),
        (*OF_GROUPS, "geweld", 0),
        ("per_background", *OF_GROUPS[1:4], "has_time", "ja", 5),
        ("per_topic_group", "losser", "whole", "whole", "topic_group", "drugs", 3),
        ("per_topic_group", "twente", "2021-07/2022-06", "year", "topic_group", "drugs", 15),
        ("", *OF_GROUPS[1:], "fraude", 0),
    )

    gone = protect.withheld(cells, protect.group_disclosures(cells))

    assert gone.to_list() == [False, True, True, *[False] * 4]
