"""Words of a drawing: how wide they are, over how many lines, and numbers in Dutch."""

import re
from collections.abc import Iterable, Sequence
from math import ceil, floor, log10
from typing import NamedTuple

from mma_analysis.show.svg.elements import LETTER_HIGH
from mma_analysis.vocabulary import numbers

BETWEEN_WORDS = re.compile(r"(?<=[\s–/-])(?=\S)")
LINE_END = re.compile(r"<br */?>")
# What plotly reads as markup in a text; the rest is text.
MARKUP = re.compile(r"</?(?:a|b|em|i|s|span|strong|sub|sup|u)\b[^>]*>")
DECIMALS = re.compile(r"\.(\d)[%f]")
SHORT_MONTHS = (
    "jan",
    "feb",
    "mrt",
    "apr",
    "mei",
    "jun",
    "jul",
    "aug",
    "sep",
    "okt",
    "nov",
    "dec",
)
MONTHS_A_YEAR = 12  # months
ROUND_STEPS = (1, 2, 5, 10, 20)  # of round numbers along an axis
TINY = 1e-9  # by which a sum of floats may be off
MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120)
USUAL = 0.56  # how wide a letter is in Arial, the widest of ours, as part of its size
# Letters that are less wide, or wider.
OTHERS = {
    "ijl'|": 0.23,
    "ft.,:;/!I []": 0.28,
    "r-()": 0.34,
    "cksvxyz": 0.5,
    "ABCDEGHKNOPQRSUVXYZ&+−": 0.71,
    "w": 0.73,
    "m": 0.84,
    "MW%@…": 0.9,
}
WIDTHS = {letter: width for letters, width in OTHERS.items() for letter in letters}
SPARE = 1.06  # bold letters are wider


class Tick(NamedTuple):
    """A place along an axis, as a part of it, and the lines of what stands there."""

    part: float
    lines: Sequence[str]


def width(words: str) -> float:
    """How many pixels a text is wide, rather too many than too few."""
    return LETTER_HIGH * SPARE * sum(WIDTHS.get(letter, USUAL) for letter in words)


def widest(texts: Iterable[str]) -> float:
    """How wide the widest of these is."""
    return max(map(width, texts), default=0.0)


def without_plotly_markup(words: object) -> str:
    """A text without plotly's markup, but for the ends of its lines."""
    if words is None:
        return ""
    ends = LINE_END.sub("\n", str(words))
    return _signs(MARKUP.sub("", ends))


def is_bold(words: object) -> bool:
    """Whether a text is bold from beginning to end."""
    written = str(words)
    return written.startswith("<b>") and written.endswith("</b>")


def _signs(words: str) -> str:
    """The signs that plotly must be given by their names."""
    for name, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#123;", "{"), ("&#125;", "}")):
        words = words.replace(name, sign)
    return words.replace("&amp;", "&")


def unbroken_parts(text: str) -> list[str]:
    """The parts between which a text may go on in a next line."""
    parts: list[str] = []
    for one in text.split("\n"):
        parts += [word.strip() for word in BETWEEN_WORDS.split(one)]
    return parts


def wrapped(text: str, room: float) -> list[str]:
    """A text over lines, where its words and its dashes let it."""
    lines = []
    for part in text.split("\n"):
        current = ""
        for word in BETWEEN_WORDS.split(part):
            longer = current + word
            if current and width(longer.strip()) > room:
                lines.append(current.strip())
                longer = word
            current = longer
        lines.append(current.strip())
    return lines


def dutch(value: float, form: str = "", step: float = 0.0) -> str:
    """A number by a form of d3 with `%`, `d` or `f`, or with the decimals of a step."""
    is_share = "%" in form
    scale = 100 if is_share else 1
    found = DECIMALS.search(form)
    if found:
        decimals = int(found[1])
    elif step:
        decimals = max(0, -floor(log10(step * scale) + 1e-9))
    elif is_share or "d" in form or float(value).is_integer():
        decimals = 0
    else:
        decimals = 1
    written = numbers.number(round(value * scale, 6), decimals)
    sign = "+" if "+" in form and value > 0 else ""
    return f"{sign}{written}{'%' if is_share else ''}"


def round_numbers(low: float, high: float, most: int) -> list[float]:
    """Round numbers from `low` to `high`, at most so many of them."""
    gaps = max(1, most - 1)
    distance = high - low
    least = distance / gaps
    magnitude = floor(log10(least))
    power = 10.0**magnitude
    nearly_least = least * (1 - TINY)
    step = power
    for size in ROUND_STEPS:
        step = size * power
        if step >= nearly_least:
            break
    first = ceil(low / step - TINY)
    last = floor(high / step + TINY)
    places = range(first, last + 1)
    return [round(step * place, 10) for place in places]


def months_between(first: int, last: int, most: int) -> list[tuple[int, list[str]]]:
    """Months since the year 0 with their names, at most so many."""
    count = last - first + 1
    apart = next((one for one in MONTHS_APART if count / one <= most), MONTHS_APART[-1])
    found = []
    before = -1
    for month in range(first, last + 1):
        if month % apart:
            continue
        year = month // MONTHS_A_YEAR
        name = SHORT_MONTHS[month % MONTHS_A_YEAR]
        if apart >= MONTHS_A_YEAR:
            lines = [str(year)]
        elif year == before:
            lines = [name]
        else:
            lines = [name, str(year)]
        found.append((month, lines))
        before = year
    return found
