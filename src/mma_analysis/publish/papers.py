"""The papers for Word: the board paper, with its page, and the yearly return to MMA.

Office files are without a clock, a maker or a machine: the same content is the same bytes.
"""

import io
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.outcome import outcome
from mma_analysis.publish.templates import TEMPLATES, written
from mma_analysis.settings import HOUSE_STYLE
from mma_analysis.show import claims
from mma_analysis.show.covered import dekking
from mma_analysis.show.figure import Table
from mma_analysis.show.readability import HTML_TAG, refuse_more_words
from mma_analysis.show.text import environment, lijst, module, shared_sentences, to_html
from mma_analysis.vocabulary import UNKNOWN, DataError, message, numbers
from mma_analysis.vocabulary.office import office_file
from mma_analysis.vocabulary.rows import Row
from mma_analysis.vocabulary.value import Value

LOG = logging.getLogger(__name__)
LINK = re.compile(r"<a\b.*?</a>", re.S)
BLANKS = re.compile(r"[ \n]+")
TO_FILL_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
LEFT_BRACES = re.compile(r"\{[{%#]|[}%#]\}")


def subject(e: Evaluation) -> str:
    """What a paper is about, for its properties."""
    return f"{e.edition.evaluatie.titel}, Meld Misdaad Anoniem, district {e.naam_district}"


def filled_in_word(
    name: str,
    e: Evaluation,
    names: Mapping[str, Any],
    title: str,
) -> bytes:
    """Fill in a template of Word: that of the house style, or else the package's."""
    own = e.edition.folder / HOUSE_STYLE / name
    document = DocxTemplate(own if own.is_file() else TEMPLATES / name)
    word: Any = document.get_docx()
    _refuse_cut_places(word, name)
    sentences = environment(shared_sentences(names))
    in_word = sentences.overlay(autoescape=True, finalize=_in_word)
    try:
        document.render(dict(names), in_word)
    except TemplateError as error:
        raise DataError.of("place_wrong", name=name, error=error) from error

    content = io.BytesIO()
    document.save(content)
    return office_file(content.getvalue(), title, subject(e))


def _in_word(value: Any) -> str:
    """A value or sentence as text: HTML in a paragraph would cut it off without a word."""
    if value is None:
        return ""
    return _plain(value) if isinstance(value, Markup) else str(value)


def _plain(html: str) -> str:
    """What Word gets: no tags and no links, and the spaces that no line breaks at."""
    without_links = LINK.sub("", html)
    text = HTML_TAG.sub("", without_links)
    return unescape(BLANKS.sub(" ", text)).strip()


def _refuse_cut_places(document: Document, name: str) -> None:
    """Raise when Word cut a place to fill in over parts with another look."""
    for part in _parts(document):
        for paragraph in part.iter(qn("w:p")):
            runs = [run.text or "" for run in paragraph.iter(qn("w:t"))]
            if _is_cut(runs):
                raise DataError.of("place_cut", name=name, paragraph="".join(runs))


def _parts(document: Document) -> Iterator[Any]:
    """What may hold a place to fill in: the text, and what is above and below a page."""
    yield document.element.body
    for section in document.sections:
        for part in (section.header, section.footer):
            # Of one that is linked, asking for its element would make another.
            if not part.is_linked_to_previous:
                yield part._element


def _is_cut(runs: Sequence[str]) -> bool:
    """Whether a place begins in one run of a paragraph and ends in another."""
    for run in runs:
        beside_places = TO_FILL_IN.sub("", run)
        if LEFT_BRACES.search(beside_places):
            return True
    whole = TO_FILL_IN.findall("".join(runs))
    in_runs = sum(len(TO_FILL_IN.findall(run)) for run in runs)
    return len(whole) != in_runs


# --- the board paper: the same sentences twice --------------------------------------------

MOST_PROPOSAL_WORDS = 930  # two A4
MOST_WORDS_OF_DECISIONS = 400  # one more
TARIFFS = {"gemeenten": "Gemeenten", "per_year": "Per jaar"}
PROPOSAL_FIELDS = (
    "onderwerp",
    "agendapunt",
    "datum",
    "openbaar",
    "behandeld_door",
    "registratienummer",
    "telefoonnummer",
    "portefeuillehouder",
)
TYPED_FIELDS = tuple(
    name for name in PROPOSAL_FIELDS if name not in ("onderwerp", "openbaar")
)
IN_PUBLIC = {True: "ja", False: "nee", None: ""}
HTML_HEADING = re.compile(r"<h2>(.*?)</h2>")
POINT_OF_LIST = re.compile(
    r"<li>(?:<strong>(.*?)</strong> )?<em>(.*?)</em> (.*?)</li>", re.S
)
HTML_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.S)


@dataclass(frozen=True)
class Annex:
    """What the paper calls an annex, and in which file it is; in Word that is its name."""

    naam: str
    bestand: str

    def __str__(self) -> str:
        return self.naam


def paper(e: Evaluation) -> dict[str, Any]:
    """Every name that the templates of the paper can use: its parts, and values in them.

    A part is a list of paragraphs; a point of the advice has a `getal`, a `kop` and a
    `zin`.
    """
    titel = e.edition.evaluatie.titel
    proposal = e.edition.voorstel
    names: dict[str, Any] = dict(vars(claims))
    names["e"] = e
    names["editie"] = e.edition
    names["titel"] = titel
    names["dekking"] = dekking
    names["aanleiding"] = proposal.aanleiding if proposal else ""
    names["tot_antwoord"] = proposal.tot_antwoord if proposal else ""
    names["vrijgave"] = ""

    text = (TEMPLATES / "voorstel.j2").read_text(encoding="utf-8")
    filled = module(text, names, "voorstel.j2")
    for name, value in vars(filled).items():
        if not name.startswith("_"):
            names[name] = value

    html = to_html(Markup(filled))
    _, *pieces = HTML_HEADING.split(html)
    parts = dict(zip(pieces[::2], pieces[1::2], strict=True))
    advice = parts.pop("advies")
    for name, part in parts.items():
        names[name] = [Markup(paragraph) for paragraph in HTML_PARAGRAPH.findall(part)]
    names["figuur"] = outcome(e, names["figuur_titel"], names["figuur_eenheid"])
    names["velden"] = _fields(e)
    names["punten"] = points(advice)
    names["tarieven"] = _tariffs(e)
    names["besluiten"] = list(_decisions(e))
    names["bijlagen"] = [
        Annex(f"Evaluatierapport {e.naam}", "district.html"),
        Annex("Tabellen bij het evaluatierapport", "bijlage.xlsx"),
    ]
    return names


def _fields(e: Evaluation) -> list[tuple[str, Any]]:
    """The head of the paper: what each field is called, and what is in it."""
    fields = []
    for name in PROPOSAL_FIELDS:
        value = getattr(e.edition.voorstel, name, None)
        if name == "onderwerp":
            value = value or e.edition.evaluatie.titel
        elif name == "openbaar":
            value = IN_PUBLIC[value]
        elif name == "behandeld_door" and not value:
            value = _maker(e)
        elif value:
            # The value of its setting: a number in it is no number of meldingen.
            value = e.instelling(f"voorstel.{name}")
        fields.append((name.replace("_", " "), value or ""))
    return fields


def _maker(e: Evaluation) -> Value | str:
    """Who deals with the paper when no other is named: who made the evaluation."""
    for name in ("naam", "organisatie"):
        if getattr(e.edition.opsteller, name):
            return e.instelling(f"opsteller.{name}")
    return ""


def points(advice: str) -> list[dict[str, Markup]]:
    """The points of the advice, of its HTML; also when some between them are left out."""
    found = []
    # Markdown makes a paragraph of each point when there are empty lines between some.
    together = advice.replace("<p>", "").replace("</p>", "")
    for figure, head, sentence in POINT_OF_LIST.findall(together):
        point = {"getal": Markup(figure), "kop": Markup(head), "zin": Markup(sentence)}
        found.append(point)
    return found


def _tariffs(e: Evaluation) -> list[dict[str, Any]]:
    """Which gemeenten pay how much a year, one row per tariff, the highest first."""
    costs = e.tabel("costs")
    if not len(costs):
        return []
    tariffs = []
    for _, rows in costs.groupby("per_year"):
        first = next(iter(rows.mma))
        names = lijst(e.namen(rows["area"]))
        tariffs.append({"gemeenten": names, "per_year": first.per_year})
    if len(tariffs) == 1:  # a sentence says it
        return []
    tariffs.reverse()
    return tariffs


def _decisions(e: Evaluation) -> Iterator[dict[str, Any]]:
    """The whole decisions of the settings; of another the analyst is told what it lacks."""
    number = 0
    for place, one in enumerate(e.edition.besluiten):
        answers = claims.antwoorden(e, one.vraag)
        lacks = list(one.lacks)
        if one.vraag.isidentifier() and answers.empty:
            lacks.append("vraag")
        if lacks:
            keys = numbers.listing(lacks)
            LOG.warning(message("decision_lacks", number=place + 1, keys=keys))
            continue

        number += 1
        setting = f"besluiten.{place}"
        votes = [Markup("{} {}").format(row.value, row.count) for row in answers.mma]
        costs = one.kosten
        if not isinstance(costs, str):
            costs = e.instelling(f"{setting}.kosten").as_form("euro")
        yield {
            "nummer": number,
            "tekst": one.tekst,
            "stemmen": Markup(", ").join(votes) or one.vraag,
            "kosten": costs,
            "eigenaar": one.eigenaar,
            "datum": e.instelling(f"{setting}.datum"),
        }


def proposal_html(e: Evaluation, names: Mapping[str, Any]) -> str:
    """Write the board paper as a page; longer than a board reads is a `DataError`."""
    table = Table(names["tarieven"], TARIFFS).html("Wat elke gemeente per jaar betaalt")
    html = written("proposal.html", edition=e.edition, table=table, **names)
    main = html[html.index("<main") :]
    without_links = LINK.sub("", main)
    text, _, decisions = without_links.partition('<section id="besluiten">')
    refuse_more_words(text, MOST_PROPOSAL_WORDS, "voorstel")
    refuse_more_words(decisions, MOST_WORDS_OF_DECISIONS, "voorstel")
    return html


def proposal_document(e: Evaluation, names: Mapping[str, Any]) -> bytes:
    """Write the board paper for Word."""
    _, topic = names["velden"][0]
    return filled_in_word("voorstel.docx", e, names, f"Voorstel aan het DVO: {topic}")


# --- what a gemeente did with each melding, as its contract with MMA asks -----------------

FIELD_ASKED_AS = {"gedaan": "disposition", "resultaat": "result", "bruikbaar": "usable"}


def yearly_return(e: Evaluation) -> bytes | None:
    """Write the return of one gemeente to MMA for Word; nothing without meldingen.

    Row by row, so for that gemeente alone, and without a word of what a melding says.
    """
    rows = e.tabel("own_return", area=e.gebied).mma
    meldingen = [_of_melding(e, row) for row in rows]
    if not meldingen:
        return None
    names = {
        "e": e,
        "editie": e.edition,
        "gemeente": e.naam,
        "begin": e.instelling("begin"),
        "peildatum": e.instelling("peildatum"),
        "aantal": e.tel("own_return", area=e.gebied),
        "meldingen": meldingen,
    }
    title = f"Terugmelding aan MMA, gemeente {e.naam}"
    return filled_in_word("terugmelding.docx", e, names, title)


def _of_melding(e: Evaluation, row: Row) -> dict[str, Any]:
    """What the return says of one melding."""
    number = row.woord("number_as_delivered")
    fed_back = row.woord("fed_back_on")
    said = {
        "nummer": number if number.raw else "zonder nummer",
        "ontvangen": row.woord("received_on"),
        "teruggemeld": fed_back if fed_back.shown else "",
    }
    for name, field in FIELD_ASKED_AS.items():
        code = getattr(row, field)
        labels = e.vocabulary.values(field)
        said[name] = "niet bekend" if code == UNKNOWN else labels[code]
    return said
