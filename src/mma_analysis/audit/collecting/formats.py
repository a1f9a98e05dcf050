"""Number formats of a workbook: does a cell show its number, or something else?"""

import re
from xml.etree import ElementTree

from mma_analysis.audit.collecting.parts import children

# Texts between quotes, signs after a backslash, and what is between brackets show no number.
FIXED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
SHOWS = re.compile(r"[0#?@ymdhs]|general", re.I)


def formats_of(styles: ElementTree.Element | None) -> list[str]:
    """The number format of each style, in the order by which cells name them; empty: built in."""
    if styles is None:
        return []
    codes = {
        form.attrib.get("numFmtId", ""): form.attrib.get("formatCode", "")
        for form in children(styles, "numFmt")
    }
    cells = [style for group in children(styles, "cellXfs") for style in children(group, "xf")]
    return [codes.get(style.attrib.get("numFmtId", ""), "") for style in cells]


def covers(form: str, number: float) -> bool:
    """Whether a format shows a number without one of its digits.

    A format has parts for what is above, below and equal to nothing; the first is for the rest.
    """
    if not form:
        return False
    parts = FIXED.sub("", form).split(";")
    place = 0 if number > 0 else 1 if number < 0 else 2
    return not SHOWS.search(parts[place] if place < len(parts) else parts[0])
