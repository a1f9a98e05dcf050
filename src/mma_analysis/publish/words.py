"""Words that a reader may not know: where a page first uses one, a press says what it means."""

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from mma_analysis.show.figure import slug

MAIN = re.compile(r'(?<=<main id="inhoud").*(?=</main>)', re.S)
PIECE = re.compile(r"(<[^>]*>)")
TAG = re.compile(r"<(/?)(\w+)")
EMPTY = {"br", "hr", "img", "input"}
# Explained is what is read: not what leads or names, nor a figure or table.
READ, UNREAD = {"p", "li"}, {"a", "button", "data", "figure"}
BUTTON = Markup('<button type="button" class="woord" popovertarget="woord-{}">{}</button>')
MEANING = Markup('<p popover id="woord-{}" class="uitleg">{}: {}</p>\n')


def explained(html: str, terms: Iterable[Mapping[str, str]]) -> str:
    """Make a button of the first use of each term in a page, and put what they mean at its end.

    A meaning is a popover: it needs no script, opens with mouse, finger and keyboard, and closes
    with Escape.
    """
    rows = [row for row in terms if row["forms"]]
    begins = ("|".join(map(re.escape, row["forms"].split(";"))) for row in rows)
    any_term = re.compile("|".join(rf"(?<!\w)((?:{begin})\w*)" for begin in begins), re.I)
    found: dict[str, Mapping[str, str]] = {}

    def with_button(use: re.Match[str]) -> str:
        row = rows[(use.lastindex or 1) - 1]
        name = slug(row["word"])
        if name in found:
            return use[0]
        found[name] = row
        return BUTTON.format(name, Markup(use[0]))  # noqa: S704  it is part of a page already

    def with_buttons(main: re.Match[str]) -> str:
        inside: list[str] = []
        pieces = PIECE.split(main[0])
        for place, piece in enumerate(pieces):
            tag = TAG.match(piece)
            if tag is None and READ & {*inside} and not UNREAD & {*inside}:
                pieces[place] = any_term.sub(with_button, piece)
            elif tag and tag[1]:
                del inside[len(inside) - 1 - inside[::-1].index(tag[2]) :]
            elif tag and tag[2] not in EMPTY:
                inside.append(tag[2])
        return "".join(pieces)

    html = MAIN.sub(with_buttons, html, count=1)
    meanings = [MEANING.format(name, row["word"], row["meaning"]) for name, row in found.items()]
    return html.replace("</main>", f"</main>\n{''.join(meanings)}", 1)
