"""What is said of which days the deliveries cover: who delivered until when, when it is not all."""

import pandas as pd
import pytest

from mma_analysis.show import dekking
from mma_analysis.show.text import text_of_html
from released_tables import reading, released

COLUMNS = "area has_delivered covered_until"
WHOLE = "2023-06-30"


def covered(**until: str):
    """What is said of the district when these delivered until these days."""
    rows = [(slug.replace("_", "-"), bool(day), day or None) for slug, day in until.items()]
    table = released("connection", COLUMNS, *rows)
    table["covered_until"] = pd.to_datetime(table["covered_until"])
    return reading(connection=table)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ({"almelo": WHOLE, "borne": WHOLE}, ""),
        ({"almelo": WHOLE, "borne": ""}, ""),  # who delivered nothing is told elsewhere
        (
            {"almelo": WHOLE, "borne": "2023-03-31"},
            "Niet elke gemeente leverde tot en met de peildatum: Borne tot en met 31 maart 2023.",
        ),
        (
            {
                "almelo": WHOLE,
                "losser": WHOLE,
                "wierden": WHOLE,
                "borne": "2023-03-31",
                "enschede": "2022-12-31",
                "hengelo": "2023-03-31",
            },
            "Niet elke gemeente leverde tot en met de peildatum: Enschede tot en met 31 december "
            "2022 en Borne en Hengelo tot en met 31 maart 2023.",
        ),
        (
            {"almelo": WHOLE, "borne": "2023-03-31", "losser": "2023-03-31"},
            "Alleen Almelo leverde tot en met de peildatum; de andere tot en met 31 maart 2023.",
        ),
        (
            {"almelo": WHOLE, "borne": "2022-12-31", "losser": "2023-03-31"},
            "Alleen Almelo leverde tot en met de peildatum; de andere tot en met 31 maart 2023, "
            "of korter.",
        ),
    ],
)
def test_the_district_says_who_delivered_until_when(until, said):
    found = text_of_html(dekking(covered(**until)).zin)

    rest = " Wat daarna bij hen binnenkwam, is niet bekend. Die dagen tellen niet mee."
    assert found == (said and said + rest)


def test_a_period_that_not_everybody_delivered_is_named():
    codes = ["2022-10/2022-12", "2023-01/2023-03", "2023-04/2023-06"]
    quarters = released("per_period", "area period", *[("twente", code) for code in codes])
    short = dekking(covered(almelo=WHOLE, borne="2023-03-31"))

    assert [str(one) for one in short.niet_heel(quarters)] == ["apr – jun 2023"]
    assert dekking(covered(almelo=WHOLE)).niet_heel(quarters) == []
