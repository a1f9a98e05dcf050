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
