"""What a gemeente writes in one cell of its registration, and what that cell counts as."""

import datetime as dt
from typing import Any

from .draw import Draw
from .tables import table
from .tips import Receipt

Cell = str | int | dt.date | None
Layout = dict[str, Any]
Code = tuple[str, str] | None

ENUMS = ("status", "disposition", "result", "usable", "also_sent_to")
BACKGROUND = ("has_time", "has_location", "has_person", "has_vehicle")
# Part of the yes/no cells that nobody filled in.
YES_NO_EMPTY = 0.06
# Part of the topics for which a gemeente uses a word that only it has.
OWN_WORD = 0.2
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus"),
    *("september", "oktober", "november", "december"),
)


def sheet_of(layout: Layout, receipt: Receipt) -> str:
    """Find the sheet that a receipt is on: that of its year, or the only one."""
    year = str(receipt.received_on.year)
    return year if year in layout["sheets"] else next(iter(layout["sheets"]))


def date_style(layout: Layout, receipt: Receipt) -> str:
    """Find how dates are written on the sheet that this receipt is on."""
    return layout["sheets"][sheet_of(layout, receipt)]


def date_cell(day: dt.date, style: str) -> Cell:
    """Write a date the way its sheet does."""
    return {
        "date": day,
        "dmy": f"{day:%d-%m-%Y}",
        "short": f"{day.day}-{day.month}-{day.year}",
        "long": f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        "iso": day.isoformat(),
    }[style]


class Pen:
    """Whoever fills in the registration of one layout: which words, and what is invented."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._draw = Draw(f"cells/{layout['name']}")

    def write(self, column: str, receipt: Receipt, sequence: int) -> tuple[Cell, Code]:
        """Write one cell; with it the field and the code that it counts under, if any."""
        field, _, kind = column.partition(":")
        if column.startswith("-"):
            return self._aside(column, receipt, sequence), None
        if kind == "content":
            return self._content(field, receipt.value(field))
        if kind == "yes_no":
            return self._yes_no(field, receipt.value(field))
        if field == "topic":
            return self._topic(receipt.topic), (field, receipt.topic)
        if field in ENUMS:
            code = receipt.value(field)
            return self._word(field, code), (field, code)
        return self._plain(receipt.value(field), date_style(self._layout, receipt)), None

    def _aside(self, column: str, receipt: Receipt, sequence: int) -> Cell:
        """Write a cell that nothing is counted from."""
        if column == "-sequence":
            return sequence
        if column == "-case":
            return f"Z{receipt.received_on.year}{sequence:05d}"
        if column == "-colleague":
            return self._invented("colleagues")
        return self._free_text()

    def _content(self, field: str, filled: bool) -> tuple[Cell, Code]:
        """Write what the tip says, or leave the cell empty: that counts as no."""
        if not filled:
            return None, (field, "nee")
        content = {
            "has_time": lambda: self._invented("times"),
            "has_location": self._address,
            "has_person": self._person,
            "has_vehicle": lambda: self._invented("plates"),
        }
        return content[field](), (field, "ja")

    def _yes_no(self, field: str, said: bool) -> tuple[Cell, Code]:
        """Write yes or no, or forget to: that counts as unknown."""
        code = "ja" if said else "nee"
        code = "onbekend" if self._draw.chance(YES_NO_EMPTY) else code
        return self._word("yes_no", code), (field, code)

    def _topic(self, code: str) -> Cell:
        own = self._layout.get("own_words", {})
        if code in own and self._draw.chance(OWN_WORD):
            return own[code]
        return self._draw.pick(table("words")["topic"][code]) or None

    def _word(self, field: str, code: str) -> Cell:
        return table("words")[field][code][self._layout["dialect"]] or None

    def _plain(self, value: str | dt.date | None, style: str) -> Cell:
        return date_cell(value, style) if isinstance(value, dt.date) else value

    def _free_text(self) -> str:
        return self._draw.pick(table("words")["free_text"]["sentences"]).format(
            name=self._person(),
            address=self._address(),
            plate=self._invented("plates"),
            code=self._invented("code_words"),
        )

    def _person(self) -> str:
        return f"{self._invented('first_names')} {self._invented('surnames')}"

    def _address(self) -> str:
        return f"{self._invented('streets')} {self._draw.between(1, 140)}"

    def _invented(self, kind: str) -> str:
        return self._draw.pick(table("words")["invented"][kind])
