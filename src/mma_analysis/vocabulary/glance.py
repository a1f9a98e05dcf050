"""What a notebook shows of a thing at the end of a cell: small, in words, and escaped."""

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

GLANCE = "mma-blik"  # the class of all of it: a page refuses what has it
LONGEST_GLANCE = 90  # signs of what a thing is
_TABLE = Markup('<table class="{}"><caption>{}</caption><tbody>{}</tbody></table>')
_ROW = Markup('<tr><th scope="row">{}</th><td>{}</td></tr>')
_LINE = Markup('<p class="{}">{}</p>')
_BESIDE = Markup("{} <small>{}</small>")
_STRONG = Markup("<strong>{}</strong>")


class Line(NamedTuple):
    """A name, what it is, and what is to know of it in small letters."""

    name: str
    said: str
    about: str = ""


def glance(title: str, lines: Iterable[Line], warning: str = "") -> Markup:
    """A small table: what it is, its lines, and above it a warning."""
    rows = [_ROW.format(one.name, _beside(one.said, one.about)) for one in lines]
    table = _TABLE.format(GLANCE, title, Markup("").join(rows))
    return _warned(warning) + table


def glance_at(said: str, about: str, warning: str = "") -> Markup:
    """One thing on a line, and what is to know of it beside it in small letters."""
    return _warned(warning) + _LINE.format(GLANCE, _beside(said, about))


def shortened(text: str) -> str:
    """A text on one line, cut off after its last whole word when it is long."""
    on_one_line = " ".join(text.split())
    if len(on_one_line) <= LONGEST_GLANCE:
        return on_one_line
    begin = on_one_line[:LONGEST_GLANCE]
    whole_words = begin.rpartition(" ")[0]
    return f"{whole_words or begin} …"


def _beside(said: str, about: str) -> Markup:
    """What is said, and in small letters what is to know of it, if anything."""
    if not about:
        return Markup("{}").format(shortened(said))
    return _BESIDE.format(shortened(said), about)


def _warned(warning: str) -> Markup:
    """A warning on a line of its own; without one nothing."""
    if not warning:
        return Markup("")
    return _LINE.format(GLANCE, _STRONG.format(warning))
