"""How much counts of a gemeente vary more than by chance, when they are rounded too."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mma_analysis.measure.gemeenten import Cells, dispersions


@pytest.mark.parametrize(("rounding", "expected"), [(0.0, 3.6), (3.0, 3.3)])
def test_rounding_is_no_part_of_how_much_more_than_chance_counts_vary(
    rounding: float, expected: float
):
    # Five cells of 10 that are 6 off, but for the last: the mean square is 144 / 4 = 36, of which
    # rounding has its variance; the rest beside 10 is the dispersion.
    given = SimpleNamespace(
        levels=["borne"], rounding=rounding, months=pd.DataFrame(index=range(5))
    )
    course = SimpleNamespace(means=np.full((1, 5), 10.0), misfit=4.0, free=4)
    cells = Cells(np.array([16.0, 4, 16, 4, 10]), np.eye(5), np.full(5, rounding))

    found = dispersions(given, course, {"borne": cells})  # pyright: ignore[reportArgumentType]

    assert found["borne"] == pytest.approx(expected)
