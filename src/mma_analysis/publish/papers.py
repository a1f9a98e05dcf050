"""The papers for Word: the board paper, with its page, and the yearly return of a gemeente to MMA.

Office files are without a clock, a maker or a machine: the same content gives the same bytes.
"""

import datetime as dt
import io
import logging
import re
import zipfile
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.templates import written
from mma_analysis.settings import HOUSE_STYLE
from mma_analysis.show import claims
from mma_analysis.show.covered import dekking
from mma_analysis.show.figure import Table
from mma_analysis.show.reading import refuse_more_words
from mma_analysis.show.text import environment, lijst, module, shared_sentences, to_html
from mma_analysis.vocabulary import PACKAGE, UNKNOWN, DataError, message, numbers

LOG = logging.getLogger(__name__)
TEMPLATES = PACKAGE / "publish" / "template"
# A fixed moment, also for the entries of the zip.
CREATED = dt.datetime(2000, 1, 1)
ENTRY_MOMENT = (1980, 1, 1, 0, 0, 0)
LANGUAGE = "nl-NL"
CORE, END_OF_CORE = "docProps/core.xml", b"</cp:coreProperties>"
LANGUAGE_TAG = f"<dc:language>{LANGUAGE}</dc:language>".encode()
LINK, TAG = re.compile(r"<a\b.*?</a>", re.S), re.compile(r"<[^>]*>")
BLANKS = re.compile(r"[ \n]+")
PLACE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
BRACES = re.compile(r"\{[{%#]|[}%#]\}")


def settled(content: bytes) -> bytes:
    """An office file without a trace of when and where it was packed, and with its language."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            part, body = zipfile.ZipInfo(name, ENTRY_MOMENT), old.read(name)
            part.compress_type, part.create_system = zipfile.ZIP_DEFLATED, 0
            if name == CORE and LANGUAGE_TAG not in body:
                body = body.replace(END_OF_CORE, LANGUAGE_TAG + END_OF_CORE)
            new.writestr(part, body)
    return packed.getvalue()


def subject(e: Evaluation) -> str:
    """What a paper is about, for its properties."""
    return f"{e.edition.evaluatie.titel}, Meld Misdaad Anoniem, district {e.naam_district}"


def filled_in_word(name: str, e: Evaluation, names: Mapping[str, Any], title: str) -> bytes:
    """Fill in a template of Word: the edition's own in its house style, or else the package's."""
    own = e.edition.folder / HOUSE_STYLE / name
    document = DocxTemplate(own if own.is_file() else TEMPLATES / name)
    word: Any = document.get_docx()
    _refuse_cut_places(word, name)
    made = environment(shared_sentences(names)).overlay(autoescape=True, finalize=_in_word)
    try:
        document.render(dict(names), made)
    except TemplateError as error:
        raise DataError.of("place_wrong", name=name, error=error) from error
    properties = word.core_properties
    for left in list(properties._element):  # an own template names who made it, and when
        properties._element.remove(left)
    properties.title, properties.subject = title, subject(e)
    properties.created = properties.modified = CREATED
    properties.language = LANGUAGE
    content = io.BytesIO()
    document.save(content)
    return settled(content.getvalue())


def _in_word(value: Any) -> str:
    """A value or sentence as text: HTML in a paragraph would cut it off without a word."""
    return _plain(value) if isinstance(value, Markup) else "" if value is None else str(value)


def _plain(html: str) -> str:
    """What Word gets: no tags and no links, and the spaces that no line breaks at."""
    return unescape(BLANKS.sub(" ", TAG.sub("", LINK.sub("", html)))).strip()


def _refuse_cut_places(document: Document, name: str) -> None:
    """Raise when Word cut a place to fill in over parts with another look."""
    around = [part for s in document.sections for part in (s.header, s.footer)]
    sections = [part for part in around if not part.is_linked_to_previous]  # asked, it is made
    for part in (document.element.body, *(section._element for section in sections)):
        for paragraph in part.iter(qn("w:p")):
            runs = [run.text or "" for run in paragraph.iter(qn("w:t"))]
            if any(BRACES.search(PLACE.sub("", run)) for run in runs) or (
                len(PLACE.findall("".join(runs))) != sum(len(PLACE.findall(run)) for run in runs)
            ):
                raise DataError.of("place_cut", name=name, paragraph="".join(runs))


# --- the board paper: the same sentences twice ---------------------------------------------------

MOST_WORDS, MOST_WORDS_OF_DECISIONS = 750, 400  # two A4, and one more
TARIFFS = {"gemeenten": "Gemeenten", "per_year": "Per jaar"}
FIELDS = (
    *("onderwerp", "agendapunt", "datum", "openbaar", "behandeld_door"),
    *("registratienummer", "telefoonnummer", "portefeuillehouder"),
)
TYPED = tuple(name for name in FIELDS if name not in ("onderwerp", "openbaar"))
POINT = re.compile(r"<li>(?:<strong>(.*?)</strong> )?<em>(.*?)</em> (.*?)</li>", re.S)
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.S)


def paper(e: Evaluation) -> dict[str, Any]:
    """Every name that the templates of the paper can use: its parts, and the values in them.

    A part is a list of paragraphs; a point of the advice has a `getal`, a `kop` and a `zin`.
    """
    titel, proposal, costs = e.edition.evaluatie.titel, e.edition.voorstel, e.tabel("costs")
    paying = [rows for _, rows in costs.groupby("per_year")] if len(costs) else []
    names: dict[str, Any] = vars(claims) | {"e": e, "editie": e.edition, "titel": titel}
    names["dekking"] = dekking
    names |= {"aanleiding": proposal.aanleiding if proposal else "", "vrijgave": ""}
    text = (TEMPLATES / "voorstel.j2").read_text(encoding="utf-8")
    filled = module(text, names, "voorstel.j2")
    _, *pieces = re.split(r"<h2>(.*?)</h2>", to_html(Markup(filled)))
    parts = dict(zip(pieces[::2], pieces[1::2], strict=True))
    points = [map(Markup, point) for point in POINT.findall(parts.pop("advies"))]
    report = f"{titel}: het evaluatierapport van {e.naam} (district.html)"
    form = {name: getattr(proposal, name, None) for name in FIELDS}
    form["onderwerp"] = form["onderwerp"] or titel
    # Each as the value of its setting: a number in it is no number of meldingen.
    form |= {name: e.instelling(f"voorstel.{name}") for name in TYPED if form[name]}
    form["openbaar"] = {True: "ja", False: "nee", None: ""}[form["openbaar"]]
    return {
        **names,
        **{name: value for name, value in vars(filled).items() if not name.startswith("_")},
        **{name: [Markup(p) for p in PARAGRAPH.findall(part)] for name, part in parts.items()},
        "velden": [(name.replace("_", " "), value or "") for name, value in form.items()],
        "punten": [dict(zip(("getal", "kop", "zin"), point, strict=True)) for point in points],
        "tarieven": [  # the highest first
            {"gemeenten": lijst(e.namen(rows["area"])), "per_year": next(iter(rows.mma)).per_year}
            for rows in reversed(paying)
        ],
        "besluiten": list(_decisions(e)),
        "bijlagen": [report, "Alle tabellen (bijlage.xlsx)"],
    }


def _decisions(e: Evaluation) -> Iterator[dict[str, Any]]:
    """The complete decisions of the settings; of another one the analyst is told what it lacks."""
    number = 0
    for place, one in enumerate(e.edition.besluiten):
        table = claims.antwoorden(e, one.vraag)
        lacks = one.lacks + (["vraag"] if one.vraag.isidentifier() and table.empty else [])
        if lacks:
            keys = numbers.listing(lacks)
            LOG.warning(message("decision_lacks", number=place + 1, keys=keys))
            continue
        number += 1
        where, votes = f"besluiten.{place}", [(row.value, row.count) for row in table.mma]
        is_text = isinstance(one.kosten, str)
        said = Markup(", ").join(Markup("{} {}").format(*vote) for vote in votes) or one.vraag
        costs = one.kosten if is_text else e.instelling(f"{where}.kosten").as_form("euro")
        decision = {"nummer": number, "tekst": one.tekst, "stemmen": said, "kosten": costs}
        yield decision | {"eigenaar": one.eigenaar, "datum": e.instelling(f"{where}.datum")}


def proposal_html(e: Evaluation, names: Mapping[str, Any]) -> str:
    """Write the board paper as a page; one that is longer than a board reads is a `DataError`."""
    table = Table(names["tarieven"], TARIFFS).html("Wat elke gemeente per jaar betaalt")
    html = written("proposal.html", edition=e.edition, table=table, **names)
    texts = html[html.index("<main") :].split('<section id="besluiten">')
    for text, most in zip(texts, (MOST_WORDS, MOST_WORDS_OF_DECISIONS), strict=False):
        refuse_more_words(LINK.sub("", text), most, "voorstel")
    return html


def proposal_document(e: Evaluation, names: Mapping[str, Any]) -> bytes:
    """Write the board paper for Word."""
    title = f"Voorstel aan het DVO: {names['velden'][0][1]}"
    return filled_in_word("voorstel.docx", e, names, title)


# --- what a gemeente did with each melding, as its contract with MMA asks ------------------------

DONE = {"gedaan": "disposition", "resultaat": "result", "bruikbaar": "usable"}


def yearly_return(e: Evaluation) -> bytes | None:
    """Write the return of one gemeente to MMA for Word; nothing when it received no meldingen.

    Row by row, so for that gemeente alone, and without a word of what a melding says.
    """
    labels = {
        name: e.vocabulary.values(field) | {UNKNOWN: "niet bekend"} for name, field in DONE.items()
    }
    meldingen = []
    for row in e.tabel("own_return", area=e.gebied).mma:
        number, fed_back = row.woord("melding_id"), row.woord("fed_back_on")
        number = "zonder nummer" if number.raw.startswith("zonder-nummer-") else number
        melding = {"nummer": number, "ontvangen": row.woord("received_on")}
        melding |= {name: labels[name][getattr(row, field)] for name, field in DONE.items()}
        meldingen.append(melding | {"teruggemeld": fed_back if fed_back.shown else ""})
    if not meldingen:
        return None
    names: dict[str, Any] = {"e": e, "editie": e.edition, "gemeente": e.naam}
    names |= {name: e.instelling(name) for name in ("begin", "peildatum")}
    names["meldingen"] = meldingen
    return filled_in_word("terugmelding.docx", e, names, f"Terugmelding aan MMA, gemeente {e.naam}")
