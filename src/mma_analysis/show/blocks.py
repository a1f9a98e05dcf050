"""The blocks a page is built of. Each shows itself in JupyterLab and on the page."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader

from mma_analysis.show import words
from mma_analysis.vocabulary.reference import sheet_of

PLOTLY = "application/vnd.plotly.v1+json"
# By itself plotly.js has a button that sends the figure's numbers to its maker's cloud.
STAYS_HERE = {"showSendToCloud": False, "displaylogo": False}
ANNEX = "bijlage.xlsx"
FEW_COLUMNS, FEW_ROWS = 3, 6
_TABBLAD = ("tabblad", "tabbladen")


@cache
def templates() -> Environment:
    """The templates of the blocks."""
    loader = PackageLoader("mma_analysis.show", "templates")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def bundle(figure: go.Figure) -> dict[str, object]:
    """A figure as JupyterLab draws it, without the button that sends it away."""
    return {PLOTLY: json.loads(str(figure.to_json())) | {"config": STAYS_HERE}}


def slug(text: str) -> str:
    """A text as an id: lower case, without accents or signs."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


class Block:
    """A block of HTML, made by the template of its own name from its own fields."""

    def _repr_html_(self) -> str:
        name = type(self).__name__.lower()
        return templates().get_template(f"{name}.html").render(block=self, words=words)


@dataclass(frozen=True)
class Text(Block):
    """Paragraphs of plain text."""

    paragraphs: Sequence[str]
    is_lead: bool = False

    @property
    def plain(self) -> str:
        """The text without markup."""
        return " ".join(self.paragraphs)


def text(*paragraphs: str) -> Text:
    """A block of these paragraphs; empty ones are left out."""
    return Text([paragraph for paragraph in paragraphs if paragraph])


@dataclass(frozen=True)
class Head(Block):
    """The top of the page: where we are, what the finding is, and what it is about."""

    kicker: str
    title: str
    facts: Sequence[tuple[str, str]]
    notice: str = ""
    corrected: str = ""


@dataclass(frozen=True)
class Finding:
    """One finding: a figure, the claim it stands for, and what supports it."""

    figure: str
    claim: str
    support: str


@dataclass(frozen=True)
class Findings(Block):
    """The findings of a page."""

    findings: Sequence[Finding]


@dataclass(frozen=True)
class Ask(Block):
    """What is asked of the reader."""

    title: str
    points: Sequence[str]


@dataclass(frozen=True)
class Terms(Block):
    """Words, and what each means on this page."""

    terms: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Quotes(Block):
    """Words of respondents as they wrote them: what they were asked, and each answer."""

    groups: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True)
class Table(Block):
    """A table: the first cell of each row is its heading; all other cells are right-aligned.

    But those of a table of text, and of the columns named in `text_columns`. `sources` are the
    released tables that hold its figures: the annex has a sheet of each.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    is_text: bool = False
    is_folded: bool = False
    sources: Sequence[str] = ()
    text_columns: Sequence[str] = ()

    @property
    def annex(self) -> str:
        """Where in the annex the public figures are; empty for a table without sources."""
        if not self.sources:
            return ""
        names = words.listing([f"‘{sheet_of(table)}’" for table in self.sources])
        return f"De openbare cijfers staan in {ANNEX}, {_TABBLAD[len(self.sources) > 1]} {names}."

    @property
    def anchor(self) -> str:
        """Id of the table."""
        return "tabel-" + slug(self.caption)

    @property
    def aligned(self) -> list[str]:
        """For each column its class in the style sheet: of text between numbers, or none."""
        return ["is-word" if name in self.text_columns else "" for name in self.head]

    @property
    def looks(self) -> str:
        """Its classes in the style sheet: text, few columns, and few rows that stay together."""
        holds = {
            "is-text": self.is_text,
            "is-narrow": not self.is_text and len(self.head) <= FEW_COLUMNS,
            "is-short": len(self.rows) <= FEW_ROWS,
        }
        return " ".join(name for name, is_so in holds.items() if is_so)

    @property
    def legend(self) -> list[str]:
        """What the signs in this table mean; only those that occur."""
        cells = {cell for row in self.rows for cell in row}
        meaning = {
            words.HIDDEN: "niet getoond, om melders te beschermen",
            words.MISSING: "geen gegevens ontvangen",
            words.NOT_APPLICABLE: "niet van toepassing",
            words.TOO_FEW: "te weinig meldingen om dit te zeggen",
        }
        return [f"{sign} = {text}" for sign, text in meaning.items() if sign in cells]


@dataclass(frozen=True)
class Chart(Block):
    """A figure that states its finding, with a sentence for who cannot see it and its table."""

    title: str
    unit: str
    figure: go.Figure
    alt: str
    table: Table
    caption: str
    key: Sequence[tuple[str, str]] = ()

    @property
    def anchor(self) -> str:
        """Id of the figure's title."""
        return "figuur-" + slug(self.title)

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, display

        top = templates().get_template("chart_top.html").render(block=self)
        bottom = templates().get_template("chart_bottom.html").render(block=self)
        display(HTML(top))
        about = {"alt": self.alt, "labelled_by": self.anchor}
        display(bundle(self.figure), raw=True, metadata=about)
        display(HTML(bottom))
