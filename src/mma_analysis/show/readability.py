"""What a reader reads of a page: how many words, and what rare ones mean."""

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from mma_analysis.vocabulary import DataError
from mma_analysis.vocabulary.text import slug

# Of the two drawings of a figure a reader sees one; they say the same.
DRAWING = re.compile(r'<svg class="narrow".*?(?=<svg class="wide")', re.DOTALL)
DRAWINGS = re.compile(r'<svg class="narrow".*?</svg></div>', re.DOTALL)
UNSEEN_HTML = re.compile(
    r"<(script|style|head|noscript)\b.*?</\1>|<p popover.*?</p>"
    r'|<[^>]* class="(?:spoken|skip|hint|hint keys-hint)".*?</[a-z]+>'
    r"|(?<=</summary>).*?(?=</details>)",
    re.DOTALL,
)
WITHIN_A_WORD = re.compile(r"</?(?:a|b|strong|em|i|data|span|sub|sup|button)\b[^>]*>")
WORDS_IN_FIGURE = re.compile(r"<(?:text|tspan)[^>]*>([^<]*[a-z][^<]*)<", re.I)
HTML_TAG = re.compile(r"<[^>]*>")


def words_seen(html: str) -> str:
    """All that a reader sees, also in tables and figures; not what is folded."""
    seen = UNSEEN_HTML.sub(" ", DRAWINGS.sub(" ", html))
    texts = [WITHIN_A_WORD.sub("", seen)]
    for figure in DRAWING.findall(html):
        texts += dict.fromkeys(WORDS_IN_FIGURE.findall(figure))  # each once
    return HTML_TAG.sub(" ", " ".join(texts))


def refuse_more_words(html: str, most: int, name: str) -> None:
    """Raise when a text is longer than its reader reads."""
    count = len(words_seen(html).split())
    if count > most:
        over = count - most
        raise DataError.of("too_many_words", name=name, count=count, most=most, over=over)


# --- words that a reader may not know -----------------------------------------------------

# Explained is what is read: not what leads or names, nor a figure or table.
READ_BEGINS = '<div class="read"'
FIGURE_OR_PARAGRAPH = re.compile(r"<figure\b.*?</figure>|<(p|li)\b.*?</\1>", re.S)
PIECE = re.compile(r"<(a|button|data|figure)\b.*?</\1>|<[^>]*>|(?P<words>[^<]+)", re.S)
BUTTON = Markup('<button type="button" class="woord" popovertarget="woord-{}">{}</button>')
MEANING = Markup('<p popover id="woord-{}" class="uitleg">{}: {}</p>\n')


def explained(html: str, terms: Iterable[Mapping[str, str]]) -> str:
    """Make a button of the first use of each term in a page; its meaning stands at the end.

    A meaning is a popover: it needs no script, and opens with mouse, finger and keyboard.
    """
    rows = [row for row in terms if row["forms"]]
    any_term = _any_of(rows)
    used: dict[str, Mapping[str, str]] = {}

    def with_button(use: re.Match[str]) -> str:
        row = rows[(use.lastindex or 1) - 1]
        name = slug(row["word"])
        if name in used:
            return use[0]
        used[name] = row
        text = Markup(use[0])  # noqa: S704  it is part of a page already
        return BUTTON.format(name, text)

    def with_buttons(piece: re.Match[str]) -> str:
        return any_term.sub(with_button, piece[0]) if piece["words"] else piece[0]

    def in_paragraph(paragraph: re.Match[str]) -> str:
        return PIECE.sub(with_buttons, paragraph[0])

    above, begin, below = html.partition(READ_BEGINS)
    main, end, after = below.partition("</main>")
    main = FIGURE_OR_PARAGRAPH.sub(in_paragraph, main)
    meanings = ""
    for name, row in used.items():
        meanings += MEANING.format(name, row["word"], row["meaning"])
    return f"{above}{begin}{main}{end}\n{meanings}{after}"


def _any_of(terms: Iterable[Mapping[str, str]]) -> re.Pattern[str]:
    """What finds each word that begins with a form of a term: a group for each term."""
    groups = []
    for term in terms:
        forms = "|".join(re.escape(form) for form in term["forms"].split(";"))
        groups.append(rf"(?<!\w)((?:{forms})\w*)")
    return re.compile("|".join(groups), re.I)
