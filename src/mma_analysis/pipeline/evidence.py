"""What a privacy officer asks before signing: how each table was protected, in numbers."""

from typing import Any

import numpy as np
import pandas as pd

from mma_analysis.pipeline.candidate import Candidate
from mma_analysis.vocabulary.value import SHOWN


def evidence(candidate: Candidate) -> list[dict[str, Any]]:
    """Per released table how many counts go out, how small, how far off; who knows most.

    - `counts`, and how many of these read 0 (`zero`) and were `kept` from an earlier issue;
      `smallest`: the smallest other number.
    - `narrowest`: the ends between which a reader knows a count are at least so far apart,
      and `reader` is for whom.
    - `mean` and `most`: how far numbers are from the truth.
    """
    table = candidate.table()
    public = table[table["cell"].ne("") & table["state"].eq(SHOWN)]
    exact = candidate.cells["count"].reindex(public.index).astype("float64")
    kept = candidate.given["kept"].reindex(public.index).notna()
    narrowest = candidate.attacked.narrowest.reindex(public["name"])
    columns = pd.DataFrame(
        {
            "table": public["cell"].str.partition("|")[0],
            "number": public["number"].astype("int64"),
            "distance": (public["number"].astype("float64") - exact).abs(),
            "kept": kept,
            "width": narrowest["width"].to_numpy(dtype=np.float64),
            "reader": narrowest["reader"].to_numpy(),
        }
    )
    rows = []
    for name, own in columns.groupby("table", sort=True):
        seen = own[np.isfinite(own["width"])]
        row = {
            "table": str(name),
            "counts": len(own),
            "zero": int(own["number"].eq(0).sum()),
            "smallest": _smallest(own["number"]),
            "kept": int(own["kept"].sum()),
            "narrowest": None,
            "reader": "",
            "mean": round(float(own["distance"].mean()), 2),
            "most": int(own["distance"].max()),
        }
        if len(seen):
            nearest = seen.sort_values("width", kind="stable").iloc[0]
            row["narrowest"] = round(float(nearest["width"]), 2)
            row["reader"] = str(nearest["reader"])
        rows.append(row)
    return rows


def _smallest(numbers: pd.Series) -> int | None:
    more = numbers[numbers > 0]
    return int(more.min()) if len(more) else None
