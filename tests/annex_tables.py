"""Released tables of a few rows, written by hand, and an evaluation on them.

A cell is a number that is shown, or the state of one that is not.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from mma_analysis.evaluation import Evaluation
from released_tables import SETTINGS, VOCABULARY, InMemory, edition

Cell = int | str
HIDDEN, MISSING, NOT_APPLICABLE, NEVER = "hidden", "missing", "not_applicable", "never"
GEMEENTEN = [area.slug for area in VOCABULARY.gemeenten]
DISTRICT = VOCABULARY.district.slug

FIRST, LAST = "2021-07/2022-06", "2022-07/2023-06"
HALVES = ["2021-07/2021-12", "2022-01/2022-06", "2022-07/2022-12", "2023-01/2023-06"]
PERIODS = [
    ("whole", "whole", "2021-07-01", "2023-06-30"),
    (FIRST, "year", "2021-07-01", "2022-06-30"),
    (LAST, "year", "2022-07-01", "2023-06-30"),
    (HALVES[0], "half", "2021-07-01", "2021-12-31"),
    (HALVES[1], "half", "2022-01-01", "2022-06-30"),
    (HALVES[2], "half", "2022-07-01", "2022-12-31"),
    (HALVES[3], "half", "2023-01-01", "2023-06-30"),
    ("2023-01", "month", "2023-01-01", "2023-01-31"),
    ("2023-02", "month", "2023-02-01", "2023-02-28"),
    ("2023-03", "month", "2023-03-01", "2023-03-31"),
]


def evaluation(
    *given: dict[str, pd.DataFrame],
    area: str = "borne",
    audience: Literal["openbaar", "intern"] = "openbaar",
    settings: str = SETTINGS,
    counts: dict[str, Cell] | None = None,
    **tables: pd.DataFrame,
) -> Evaluation:
    """An evaluation with these tables; `counts` are those of the area, by period."""
    frames = dict(empty_tables())
    if counts is not None:
        frames["per_period"] = per_period({area: counts})
    for more in (*given, tables):
        frames |= more
    return InMemory(
        VOCABULARY.area(area), edition(settings), audience, Path("processed"), frames=frames
    )


def frame(columns: str, *rows: tuple) -> pd.DataFrame:
    """A table with these columns and rows."""
    return pd.DataFrame(list(rows), columns=columns.split())


LIMITS = "low high verdict"
SPLIT = (
    "period_from period_to count_from count_to joined joined_low joined_high same same_low "
    "same_high share_low share_high"
)
# The tables that every edition has, and those of their columns that a page reads.
EMPTY = {
    "growth_split": SPLIT,
    "trend": f"change {LIMITS} qualifier",
    "trend_rows": f"assumption change {LIMITS}",
    "gemeente_trends": f"area change {LIMITS}",
    "time_to_receive": "area",
    "campaigns": "campaign ratio verdict",
    "costs": "area per_year amount per_melding",
    "costs_of_district": "per_melding",
    "costs_per_phase": "begin end payer area amount",
    "cost_scenarios": "scenario whole_year",
    "comparison": f"area count expected ratio {LIMITS}",
    "overdispersion": "gemeenten usual",
    "completeness": "area period field registers state may_say",
    "time_to_close": "area",
}


@cache
def empty_tables() -> dict[str, pd.DataFrame]:
    """The tables that every edition has, with nothing in them but periods and connections."""
    return {name: frame(columns) for name, columns in EMPTY.items()} | {
        "periods": periods(),
        "connection": connection(),
        "per_period": per_period(),
        "received_twice": received_twice(pd.NA, pd.NA),
    }


def periods(rows: list[tuple[str, str, str, str]] = PERIODS) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["period", "kind", "begin", "end"])
    dates = {"begin": "datetime64[us]", "end": "datetime64[us]"}
    return table.astype(dates).assign(is_complete=True)


def connection(**dates: str | None) -> pd.DataFrame:
    """All gemeenten connected on 1 July 2021 and delivered, but for the dates given."""
    days = [dates.get(slug.replace("-", "_"), "2021-07-01") for slug in GEMEENTEN]
    return pd.DataFrame(
        {
            "area": GEMEENTEN,
            "connected_on": pd.Series(days, dtype="datetime64[us]"),
            "source": "",
            "has_delivered": True,
            "delivered_on": pd.Timestamp("2023-07-04"),
        }
    )


def received_twice(receipts: Any, tips: Any, per_10000: float | None = None) -> pd.DataFrame:
    """What all gemeenten received together, and how many different tips that were."""
    row = {"receipts": receipts, "tips": tips, "again": receipts - tips}
    return pd.DataFrame([row]).astype("Int64").assign(per_10000=per_10000)


def counted(cell: Cell) -> dict[str, Any]:
    """Count and state of a cell."""
    if isinstance(cell, int):
        return {"count": cell, "state": "shown"}
    return {"count": pd.NA, "state": cell}


def per_period(cells: dict[str, dict[str, Cell]] | None = None, **more: Any) -> pd.DataFrame:
    """Counts by area and period; what is not given is missing. `more` is the same in all rows.

    They are exact, unless their `basis` is not 1.
    """
    rates = [f"{rate}{end}" for rate in ("per_month", "per_10000") for end in ("", "_low", "_high")]
    same = {"connected_months": 12.0, "connected_gemeenten": 14, "basis": 1}
    same |= dict.fromkeys(rates, pd.NA)
    same |= more
    rows = [
        {
            "area": area,
            "period": period,
            "kind": kind,
            **counted((cells or {}).get(area, {}).get(period, MISSING)),
            **same,
        }
        for area in [*GEMEENTEN, DISTRICT]
        for period, kind, *_ in PERIODS
        if kind != "month" or area == DISTRICT
    ]
    types = dict.fromkeys(["connected_months", *rates], "Float64") | {"count": "Int64"}
    return pd.DataFrame(rows).astype(types)


def breakdown(
    field: str,
    cells: dict[str, Cell],
    total: int,
    *,
    area: str = "borne",
    period: str = "whole",
    basis: int = 1,
) -> pd.DataFrame:
    """One breakdown of one area and period, exact unless its `basis` is not 1.

    Values that are not given are 0. A share's interval is the share give or take 0.1: made up, but
    easy to see again. As when they are measured, few rounded meldingen have no shares.
    """
    codes = {"topic_group": VOCABULARY.topic_groups, "topic": VOCABULARY.topics}.get(
        field
    ) or VOCABULARY.values(field)
    kind = "whole" if period == "whole" else "year"
    rows = []
    for code in codes:
        cell = counted(cells.get(code, 0))
        has_share = cell["state"] == "shown" and total >= (1 if basis == 1 else 50)
        share = cell["count"] / total if has_share else pd.NA
        limits = {"share": share, "share_low": share - 0.1, "share_high": share + 0.1}
        of = {"area": area, "period": period, "kind": kind, "breakdown": field, "value": code}
        rows.append({**of, **cell, "basis": basis, **limits})
    shares = dict.fromkeys(["share", "share_low", "share_high"], "Float64")
    return pd.DataFrame(rows).astype({"count": "Int64", **shares})
