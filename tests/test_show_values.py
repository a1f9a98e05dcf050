"""Every number of every released table is found by its id, and reads the way it was released."""

import pandas as pd
import pytest

from mma_analysis import evaluation
from mma_analysis.show.values import value
from mma_analysis.vocabulary import UsageError

CASES = [
    # id, what it reads as, its interval, where it stands
    ("per_period|twente|whole#count", "585", (581, 589), "Per periode"),
    ("per_period|wierden|whole#count", "5", (1, 9), "Per periode"),
    (
        "per_period|wierden|2022-07/2022-12#count",
        "niet van toepassing",
        (None, None),
        "Per periode",
    ),
    ("received_twice|twente#again", "15", (None, None), "Dubbel ontvangen"),
]


@pytest.fixture(scope="module")
def district(workspace):
    return evaluation.load("twente", workspace=workspace)


@pytest.mark.parametrize(("identity", "text", "ends", "sheet"), CASES)
def test_an_id_gives_the_number_its_text_interval_and_place(district, identity, text, ends, sheet):
    found = value(district, identity)

    assert (found.text, (found.low, found.high), found.sheet) == (text, ends, sheet)
    assert found.unit == "meldingen"
    assert found.decimals == 0


def test_a_rounded_nothing_may_be_a_few_and_an_own_one_is_nothing(workspace):
    rounded = evaluation.load("twente", workspace=workspace).table("per_follow_up")
    rounded = rounded[rounded["count"].eq(0) & rounded["state"].eq("shown")]
    own = evaluation.load("losser", doelgroep="intern", workspace=workspace)
    exact = own.own("per_topic_group").query("count == 0 and state == 'shown'")

    public = value(own, f"{rounded['cell'].iloc[0]}#count")
    of_losser = value(own, f"{exact['cell'].iloc[0]}#count")

    assert (public.text, public.low, public.high) == ("0 – 4", 0, 4)
    assert (of_losser.text, of_losser.low, of_losser.high) == ("0", 0, 0)


def test_the_ends_of_an_interval_have_ids_of_their_own(district):
    shown = value(district, "trend|twente#change")

    assert value(district, "trend|twente#change:low").number == shown.low
    assert value(district, "trend|twente#change:high").number == shown.high
    assert shown.low is not None
    assert shown.unit == "%"


@pytest.mark.parametrize(("area", "audience"), [("twente", "openbaar"), ("wierden", "intern")])
def test_every_number_of_every_table_has_an_id(workspace, area, audience):
    e = evaluation.load(area, doelgroep=audience, workspace=workspace)
    ids = [
        f"{cell}#{column}"
        for name in e.tables
        for column in e.table(name).select_dtypes("number")
        for cell in e.table(name)["cell"].head(2)
    ]

    found = [value(e, identity) for identity in ids]

    assert len(ids) > 300
    assert [one.id for one in found] == ids
    assert all(one.text and one.label for one in found)


def test_every_row_of_every_table_has_a_cell_of_its_own(workspace):
    for area, audience in (("twente", "openbaar"), ("enschede", "intern")):
        e = evaluation.load(area, doelgroep=audience, workspace=workspace)
        cells = pd.concat([e.table(name)["cell"] for name in e.tables])

        assert cells.is_unique
        assert all(e.table(n)["cell"].str.startswith(f"{n}|").all() for n in e.tables)


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        ("per_perod|twente|whole#count", "no table 'per_perod'; did you mean 'per_period'?"),
        ("per_period|twnte|whole#count", "no row 'per_period|twnte|whole'"),
        ("per_period|twente|whole#cont", "no number 'cont' in table 'per_period'"),
    ],
)
def test_a_wrong_id_says_what_is_wrong_with_it(district, identity, said):
    with pytest.raises(UsageError, match=said.replace("|", r"\|").replace("?", r"\?")):
        value(district, identity)
