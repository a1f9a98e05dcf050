"""Numbers, dates and lists as a Dutch reader writes them."""

import datetime as dt
import json

import pytest
from conftest import cases

from mma_analysis.vocabulary import numbers


@pytest.mark.parametrize(("form", "given", "expected"), cases("dutch"))
def test_a_number_reads_as_dutch(form: str, given: str, expected: str):
    values = json.loads(given)
    if form == "span":
        values = map(dt.date.fromisoformat, values)

    assert getattr(numbers, form)(*values) == expected
