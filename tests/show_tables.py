"""Released tables of a few rows, written by hand, and an evaluation on them.

A cell is a number that is shown, or the state of one that is not.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.settings import load
from mma_analysis.show.blocks import Block, Chart, Meaning, Sure, Terms, Text
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()


Cell = int | str
HIDDEN, MISSING, NOT_APPLICABLE = "hidden", "missing", "not_applicable"
GEMEENTEN = [area.slug for area in VOCABULARY.gemeenten]
DISTRICT = VOCABULARY.district.slug

FIRST, LAST = "2021-07/2022-06", "2022-07/2023-06"
HALVES = ["2021-07/2021-12", "2022-01/2022-06", "2022-07/2022-12", "2023-01/2023-06"]
QUARTERS = ["2023-01/2023-03", "2023-04/2023-06"]
PERIODS = [
    ("whole", "whole", "2021-07-01", "2023-06-30"),
    (FIRST, "year", "2021-07-01", "2022-06-30"),
    (LAST, "year", "2022-07-01", "2023-06-30"),
    (HALVES[0], "half", "2021-07-01", "2021-12-31"),
    (HALVES[1], "half", "2022-01-01", "2022-06-30"),
    (HALVES[2], "half", "2022-07-01", "2022-12-31"),
    (HALVES[3], "half", "2023-01-01", "2023-06-30"),
    (QUARTERS[0], "quarter", "2023-01-01", "2023-03-31"),
    (QUARTERS[1], "quarter", "2023-04-01", "2023-06-30"),
    ("2023-01", "month", "2023-01-01", "2023-01-31"),
    ("2023-02", "month", "2023-02-01", "2023-02-28"),
    ("2023-03", "month", "2023-03-01", "2023-03-31"),
]

COARSENED = ["area", "breakdown", "kind", "shown_breakdown", "shown_kind"]

SETTINGS = """
[evaluatie]
titel = "Proef"
district = "Twente"
begin = 2021-07-01
peildatum = 2023-06-30
[gemeenten.borne]
"""


def evaluation(
    folder: Path,
    tables: dict[str, pd.DataFrame] | None = None,
    *,
    area: str = "borne",
    audience: str = "openbaar",
    settings: str = SETTINGS,
) -> Evaluation:
    """An evaluation of an edition with these tables, the periods and two known gemeenten."""
    raw, processed = folder / "raw" / "proef", folder / "processed"
    for place in (raw, processed / "measures"):
        place.mkdir(parents=True, exist_ok=True)
    (raw / "evaluatie.toml").write_text(settings, encoding="utf-8")
    (processed / "manifest.json").write_text(json.dumps({"version": "1"}), encoding="utf-8")
    for name, table in {**empty_tables(), **(tables or {})}.items():
        table.to_parquet(processed / "measures" / f"{name}.parquet", index=False)
    who = "intern" if audience == "intern" else "openbaar"
    return Evaluation(VOCABULARY.area(area), load(raw), who, processed)


def empty_tables() -> dict[str, pd.DataFrame]:
    """The tables that every edition has, with nothing in them but periods and connections."""
    change = ["low", "high", "verdict"]
    split = ["period_from", "period_to", "count_from", "count_to", "new", "months", "same"]
    return {
        "periods": periods(),
        "connection": connection(),
        "coarsened": pd.DataFrame(columns=COARSENED, dtype="str"),
        "per_period": per_period(),
        "growth_split": pd.DataFrame(columns=split),
        "growth_per_gemeente": pd.DataFrame(columns=["area", *split]),
        "trend": pd.DataFrame(columns=["change", *change, "variance"]),
        "expected_months": pd.DataFrame(columns=["area", "period", "low", "high"]),
        "national_comparison": pd.DataFrame(columns=["year_from", "year_to", "national_change"]),
        "year_on_year": pd.DataFrame(columns=["area", "ratio", *change]),
        "time_to_receive": pd.DataFrame(columns=["area"]),
        "before_connection": pd.DataFrame(columns=["area", "ratio", "low", "high", "verdict"]),
        "experience_by_answer": pd.DataFrame(columns=["question", "value", "rank", "median_days"]),
        "campaigns": pd.DataFrame(columns=["campaign", "verdict"]),
        "campaign_series": pd.DataFrame(columns=["campaign", "months", "ratio", "low", "high"]),
        "costs": pd.DataFrame(columns=["area", "per_year", "amount", "per_melding"]),
        "costs_of_district": pd.DataFrame(columns=["per_melding"]),
        "costs_per_phase": pd.DataFrame(columns=["begin", "end", "payer", "area", "amount"]),
        "cost_scenarios": pd.DataFrame(columns=["scenario", "receipts", "whole_year"]),
        "comparison": pd.DataFrame(columns=["area", "count", "expected", "ratio", "verdict"]),
        "overdispersion": pd.DataFrame(columns=["gemeenten", "phi", "tau2"]),
        "concentration": pd.DataFrame(columns=["area", "groups", "count", "total", "share"]),
        "topic_shift": pd.DataFrame(columns=["area", "value", "change", "low", "high", "verdict"]),
        "completeness": pd.DataFrame(columns=["area", "period", "field", "registers", "state"]),
        "result_by_background": pd.DataFrame(columns=["area", "background", "verdict"]),
        "time_to_close": pd.DataFrame(columns=["area"]),
        "closing_curve": pd.DataFrame(columns=["area", "day", "closed", "waiting"]),
        "time_to_feedback": pd.DataFrame(columns=["area"]),
        "outcomes_over_time": pd.DataFrame(columns=["area", "acted", "within_90"]),
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


def coarsened(*levels: tuple[str, str, str, str], area: str = "borne") -> pd.DataFrame:
    """Breakdown and kind of period of an area, and the level that is told instead."""
    return pd.DataFrame([(area, *level) for level in levels], columns=COARSENED, dtype="str")


def counted(cell: Cell) -> dict[str, Any]:
    """Count and state of a cell."""
    if isinstance(cell, int):
        return {"count": cell, "state": "shown"}
    return {"count": pd.NA, "state": cell}


def per_period(cells: dict[str, dict[str, Cell]] | None = None, **more: Any) -> pd.DataFrame:
    """Counts by area and period; what is not given is hidden. `more` is the same in all rows."""
    defaults = {
        "connected_months": 12.0,
        "connected_gemeenten": 14,
        "per_month": pd.NA,
        "per_month_low": pd.NA,
        "per_month_high": pd.NA,
        "per_10000": pd.NA,
        "per_10000_low": pd.NA,
        "per_10000_high": pd.NA,
    }
    rows = [
        {
            "area": area,
            "period": period,
            "kind": kind,
            **counted((cells or {}).get(area, {}).get(period, HIDDEN)),
            **defaults,
            **more,
        }
        for area in [*GEMEENTEN, DISTRICT]
        for period, kind, *_ in PERIODS
        if kind != "month" or area == DISTRICT
    ]
    table = pd.DataFrame(rows)
    rates = [f"{rate}{end}" for rate in ("per_month", "per_10000") for end in ("", "_low", "_high")]
    rates = ["connected_months", *rates]
    return table.astype({"count": "Int64", **dict.fromkeys(rates, "Float64")})


def breakdown(
    field: str, cells: dict[str, Cell], total: int, *, area: str = "borne", period: str = "whole"
) -> pd.DataFrame:
    """One breakdown of one area and period; values that are not given are 0.

    A share's interval is the share give or take 0.1: made up, but easy to see again.
    """
    codes = {
        "topic_group": VOCABULARY.topic_groups,
        "topic": VOCABULARY.topics,
    }.get(field) or VOCABULARY.values(field)
    rows = []
    for code in codes:
        cell = counted(cells.get(code, 0))
        share = cell["count"] / total if cell["state"] == "shown" and total else pd.NA
        rows.append(
            {
                "area": area,
                "period": period,
                "kind": "whole" if period == "whole" else "year",
                "breakdown": field,
                "value": code,
                **cell,
                "share": share,
                "share_low": share - 0.1,
                "share_high": share + 0.1,
            }
        )
    shares = dict.fromkeys(["share", "share_low", "share_high"], "Float64")
    return pd.DataFrame(rows).astype({"count": "Int64", **shares})


def answers(
    code: str,
    counts: dict[str, int],
    answered: int,
    *,
    kind: str = "single",
    label: str = "Een vraag",
) -> pd.DataFrame:
    """The counted answers to one question."""
    return pd.DataFrame(
        [
            (code, kind, label, position, value, count, answered)
            for position, (value, count) in enumerate(counts.items())
        ],
        columns=["question", "kind", "label", "position", "value", "count", "answered"],
    )


def agreeing(code: str, label: str, *counts: int, no_opinion: int = 0) -> pd.DataFrame:
    """A statement, with its counts from strong disagreement to strong agreement."""
    scale = ["helemaal mee oneens", "mee oneens", "neutraal", "mee eens", "helemaal mee eens"]
    options = dict(zip(scale, counts, strict=True)) | {"weet niet / n.v.t.": no_opinion}
    return answers(code, options, sum(options.values()), kind="likert", label=label)


def split(
    count_from: int, count_to: int, new: float, months: float, same: float
) -> dict[str, pd.DataFrame]:
    """The growth between the two years and its causes."""
    columns = ["period_from", "period_to", "count_from", "count_to", "new", "months", "same"]
    row = (FIRST, LAST, count_from, count_to, new, months, same)
    return {"growth_split": pd.DataFrame([row], columns=columns)}


def trend(
    change: float, low: float, high: float, verdict: str, variance: str = "poisson"
) -> dict[str, pd.DataFrame]:
    """The change within the same gemeenten."""
    columns = ["change", "low", "high", "verdict", "variance"]
    return {"trend": pd.DataFrame([(change, low, high, verdict, variance)], columns=columns)}


def year_on_year(ratio: float, low: float, high: float, verdict: str) -> dict[str, pd.DataFrame]:
    """Borne's last year compared with the year before."""
    columns = ["area", "ratio", "low", "high", "verdict"]
    return {"year_on_year": pd.DataFrame([("borne", ratio, low, high, verdict)], columns=columns)}


def told(block: Block) -> str:
    """What a block says, as one text."""
    if isinstance(block, Text):
        return block.plain
    if isinstance(block, Chart):
        return block.title
    if isinstance(block, Terms):
        return " ".join(f"{term}: {meaning}" for term, meaning in block.terms)
    assert isinstance(block, Sure | Meaning)
    return block.sentence
