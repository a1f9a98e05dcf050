"""Moments of sending, in the forms in which survey tools write them."""

import datetime as dt
import re
from collections.abc import Callable
from functools import partial

import pandas as pd

from mma_analysis.domain import MmaError

# The first one that reads every moment of a file is the one that it is written in.
# NOTE: csv of Forms has month/day, also under Dutch headers; saved by Dutch Excel, day-month.
DAYS = (
    *("%m/%d/%y", "%m/%d/%Y", "%d/%m/%y", "%d/%m/%Y"),
    *("%d-%m-%y", "%d-%m-%Y", "%Y/%m/%d"),
)
TIMES = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
TEXT_MOMENTS = tuple(f"{day} {time}" for day in DAYS for time in TIMES)
ZONE = re.compile(r" (GMT|UTC|CET|CEST|MEZ|MESZ)?([+-]\d{1,2}(:?\d\d)?)?$")


def read_moments(texts: pd.Series, file: str) -> list[str]:
    """ISO text of each moment; empty when the tool gave none.

    One form is chosen for the whole column, and month/day when every moment can be read so. The
    zone that Google adds is left out: it is the same place for all.

    Raises
    ------
    MmaError
        When no form reads all moments.
    """
    written = [_without_zone(text) for text in texts]
    readers: list[Callable[[str], str]] = [_read_iso]
    readers += [partial(_read_text, form=form) for form in TEXT_MOMENTS]
    readings = [[reader(text) for text in written] for reader in readers]
    best = max(readings, key=lambda moments: sum(moment != "" for moment in moments))
    unread = [row for row, text, m in zip(texts.index, texts, best, strict=True) if text and not m]
    if unread:
        raise MmaError(
            f"{file}, row {unread[0]}, column '{texts.name}': not a moment, or not written like "
            "the others; expected one form in the whole column, such as 2023-05-30 09:26:43, "
            "5/30/23 9:26:43 or 30-5-2023 9:26"
        )
    return best


def _without_zone(text: str) -> str:
    half_day = re.sub(r"\b([ap])\.?m\b\.?", r"\1m", text, flags=re.IGNORECASE)
    return ZONE.sub("", half_day) if " " in half_day else half_day


def _read_iso(text: str) -> str:
    try:
        return dt.datetime.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _read_text(text: str, form: str) -> str:
    try:
        return dt.datetime.strptime(text, form).isoformat()
    except ValueError:
        return ""
