"""Whose melding a row is, by the gemeente, postcode or place that stands in it."""

import pandas as pd
import pytest
from conftest import cases

from mma_analysis.clean.places import receivers
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()


@pytest.mark.parametrize(
    ("senders", "gemeente", "postcode", "place", "receiver", "reason", "told"), cases("receivers")
)
def test_a_row_is_of_the_sender_that_it_names_or_says_which_column_does_not(
    senders, gemeente, postcode, place, receiver, reason, told
):
    given = {"gemeente": gemeente, "postcode": postcode, "place": place}
    cells = {name: cell.replace("leeg", "") for name, cell in given.items() if cell}
    rows = pd.DataFrame(cells, index=[0], dtype="str")

    found = tuple(receivers(VOCABULARY, rows, tuple(senders.split())).iloc[0])

    assert found == (receiver, reason, told)
