"""What a reader reads of a page: how many words, and what those mean that few people know."""

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from mma_analysis.show.figure import slug
from mma_analysis.vocabulary import DataError

DRAWING = re.compile(r'<script type="application/json" class="drawing">(.*?)</script>', re.DOTALL)
UNSEEN = re.compile(
    r"<(script|style|head|noscript)\b.*?</\1>|<p popover.*?</p>"
    r'|<[^>]* class="(?:spoken|skip)".*?</[a-z]+>'
    r"|(?<=</summary>).*?(?=</details>)",
    re.DOTALL,
)
WITHIN_A_WORD = re.compile(r"</?(?:a|b|strong|em|i|data|span|sub|sup|button)\b[^>]*>")
DRAWN = re.compile(r'"(?:text|ticktext|name|x|y)": *(\[[^]]*\]|"[^"]*")')
WORDS = re.compile(r'"([^"]*[a-z][^"]*)"', re.I)


def words_seen(html: str) -> str:
    """All that a reader sees, also in tables and figures; not what is folded."""
    drawn: list[str] = []
    for figure in DRAWING.findall(html):
        texts = WORDS.findall(" ".join(DRAWN.findall(figure)))
        drawn += dict.fromkeys(re.sub(r"\\u[0-9a-f]{4}", " ", text) for text in texts)
    seen = WITHIN_A_WORD.sub("", UNSEEN.sub(" ", html))
    return re.sub(r"<[^>]*>", " ", " ".join([seen, *drawn]))


def refuse_more_words(html: str, most: int, name: str) -> None:
    """Raise when a text is longer than its reader reads."""
    if (count := len(words_seen(html).split())) > most:
        raise DataError.of("too_many_words", name=name, count=count, most=most, over=count - most)


# --- words that a reader may not know ------------------------------------------------------------

# Explained is what is read: not what leads or names, nor a figure or table.
PARAGRAPH = re.compile(r"<figure\b.*?</figure>|<(p|li)\b.*?</\1>", re.S)
PIECE = re.compile(r"<(a|button|data|figure)\b.*?</\1>|<[^>]*>|(?P<words>[^<]+)", re.S)
BUTTON = Markup('<button type="button" class="woord" popovertarget="woord-{}">{}</button>')
MEANING = Markup('<p popover id="woord-{}" class="uitleg">{}: {}</p>\n')


def explained(html: str, terms: Iterable[Mapping[str, str]]) -> str:
    """Make a button of the first use of each term in a page, and put what they mean at its end.

    A meaning is a popover: it needs no script, and opens with mouse, finger and keyboard.
    """
    rows = [row for row in terms if row["forms"]]
    begins = ("|".join(map(re.escape, row["forms"].split(";"))) for row in rows)
    any_term = re.compile("|".join(rf"(?<!\w)((?:{begin})\w*)" for begin in begins), re.I)
    used: dict[str, Mapping[str, str]] = {}

    def with_button(use: re.Match[str]) -> str:
        row = rows[(use.lastindex or 1) - 1]
        name = slug(row["word"])
        if name in used:
            return use[0]
        used[name] = row
        return BUTTON.format(name, Markup(use[0]))  # noqa: S704  it is part of a page already

    def with_buttons(piece: re.Match[str]) -> str:
        return any_term.sub(with_button, piece[0]) if piece["words"] else piece[0]

    above, begin, below = html.partition('<main id="inhoud"')
    main, end, after = below.partition("</main>")
    main = PARAGRAPH.sub(lambda paragraph: PIECE.sub(with_buttons, paragraph[0]), main)
    meanings = (MEANING.format(name, row["word"], row["meaning"]) for name, row in used.items())
    return f"{above}{begin}{main}{end}\n{''.join(meanings)}{after}"
