"""What the pipeline must count in the example edition, from the model and not from the files."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from . import survey
from .cells import BACKGROUND, ENUMS
from .rows import CLEAN, DUPLICATE, Row
from .sheets import Sheet
from .tables import REFERENCE, table

Files = Mapping[str, list[Row]]


def truth(files: Files, sheets: Mapping[str, tuple[Sheet, ...]]) -> bytes:
    """Say what must come out of the example edition, as JSON.

    Receipts are counted once per gemeente, tips once in the district: a tip that two gemeenten
    received is two receipts and one tip. Years run from July. Codes that do not occur are absent;
    months and years without receipts are there as 0.
    """
    clean = [row for rows in files.values() for row in rows if row.verdict == CLEAN]
    planted = _planted(sheets)
    content = {
        "canaries": sorted(planted | survey.canaries()),
        "canaries_survey": sorted(survey.canaries()),
        "district": _district(clean),
        "files": {f"meldingen/{name}": _file(rows) for name, rows in files.items()},
        "gemeenten": {slug: _gemeente(_of(clean, slug)) for slug in table("world")["gemeenten"]},
        "headers": _headers(),
        "survey": _survey(),
    }
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _file(rows: list[Row]) -> dict[str, Any]:
    verdicts = Counter(row.verdict for row in rows)
    clean, duplicate = verdicts.pop(CLEAN, 0), verdicts.pop(DUPLICATE, 0)
    return {
        "read": len(rows),
        "clean": clean,
        "duplicate": duplicate,
        "rejected": dict(verdicts),
    }


def _of(clean: Iterable[Row], slug: str) -> list[Row]:
    return [row for row in clean if row.receipt.gemeente == slug]


def _gemeente(rows: list[Row]) -> dict[str, Any]:
    fields = ("topic", *BACKGROUND, *ENUMS)
    return {
        "receipts": len(rows),
        "receipts_per_year": _per_year(rows),
        "topic_group": dict(Counter(_group(row) for row in rows)),
        **{field: dict(Counter(row.counted[field] for row in rows)) for field in fields},
        "acted": dict(Counter(_acted(row) for row in rows)),
        "fed_back": dict(Counter(_fed_back(rows))),
    }


def _district(clean: list[Row]) -> dict[str, Any]:
    tips = list({row.receipt.melding_id: row for row in clean}.values())
    return {
        "receipts": len(clean),
        "tips": len(tips),
        "twice": len(clean) - len(tips),
        "receipts_per_month": _per_month(clean),
        "tips_per_month": _per_month(tips),
        "receipts_per_year": _per_year(clean),
        "tips_per_year": _per_year(tips),
        "topic": dict(Counter(row.counted["topic"] for row in tips)),
        "topic_group": dict(Counter(_group(row) for row in tips)),
    }


def _acted(row: Row) -> str:
    code = row.counted["disposition"]
    if code == "onbekend":
        return code
    return "ja" if code.startswith(("actie_", "overgedragen_")) else "nee"


def _fed_back(rows: list[Row]) -> Iterable[str]:
    """Whether M. was told, where the registration has a column for it that is used."""
    writes = any("fed_back_on" in _fields_of(row.receipt.gemeente) for row in rows)
    is_told = [writes and row.receipt.follow_up.fed_back_on is not None for row in rows]
    return [("ja" if told else "nee") if any(is_told) else "onbekend" for told in is_told]


def _fields_of(slug: str) -> list[str]:
    """The fields that the registration of a gemeente has a column for."""
    own = [layout for layout in table("layouts")["file"] if slug in layout["gemeenten"]]
    return [field for layout in own for _, field in layout["columns"]]


@cache
def _groups() -> dict[str, str]:
    """Topic → the group that it is in."""
    text = (REFERENCE / "topics.csv").read_text("utf-8")
    return {row["code"]: row["group"] for row in csv.DictReader(text.splitlines())}


def _group(row: Row) -> str:
    return _groups()[row.counted["topic"]]


def _per_month(rows: Iterable[Row]) -> dict[str, int]:
    months = [f"{year}-{month:02d}" for year in (2021, 2022, 2023) for month in range(1, 13)]
    found = Counter(f"{row.receipt.received_on:%Y-%m}" for row in rows)
    return {month: found[month] for month in months if "2021-07" <= month <= "2023-06"}


def _per_year(rows: Iterable[Row]) -> dict[str, int]:
    found = Counter(_year(row) for row in rows)
    return {year: found[year] for year in ("2021/2022", "2022/2023")}


def _year(row: Row) -> str:
    day = row.receipt.received_on
    first = day.year if day.month >= 7 else day.year - 1
    return f"{first}/{first + 1}"


def _planted(sheets: Mapping[str, tuple[Sheet, ...]]) -> set[str]:
    """Collect the invented strings that are in the cells of the deliveries."""
    invented = table("words")["invented"]
    kinds = ("surnames", "streets", "plates", "code_words", "colleagues")
    everything = "\n".join(
        str(cell)
        for file in sheets.values()
        for sheet in file
        for row in sheet.grid
        for cell in row
    )
    return {text for kind in kinds for text in invented[kind] if text in everything}


def _survey() -> dict[str, Any]:
    questions = [q for q in survey.questions() if q["soort"] in ("likert", "single")]
    return {
        "rows": len(table("antwoorden")["answer"]),
        "themes": survey.gemeenten_per_theme(),
        "answers": {
            slug: {q["code"]: answer[q["code"]] for q in questions if q["code"] in answer}
            for slug, answer in survey.counted().items()
        },
    }


def _headers() -> dict[str, dict[str, str]]:
    """Give the headers of each file, with the field that each must be taken for."""
    return {
        f"meldingen/{layout['name']}": {
            header: field.partition(":")[0]
            for header, field in layout["columns"]
            if not field.startswith("-")
        }
        for layout in table("layouts")["file"]
    }
