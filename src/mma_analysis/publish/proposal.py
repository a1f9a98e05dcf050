"""`voorstel-dvo.docx` and `voorstel-dvo.html`: the board paper, the same sentences twice."""

import logging
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.office import filled_in_word, plain
from mma_analysis.publish.templates import refuse_more_words, written
from mma_analysis.show.claims import antwoorden, campagnes, groei, mening, nooit, oordeel
from mma_analysis.show.figure import Table
from mma_analysis.show.text import lijst, module, to_html
from mma_analysis.vocabulary import numbers

LOG = logging.getLogger(__name__)
MOST_WORDS, MOST_WORDS_OF_DECISIONS = 750, 400  # two A4, and one more
TARIFFS = {"gemeenten": "Gemeenten", "per_year": "Per jaar"}
FIELDS = (
    *("onderwerp", "agendapunt", "datum", "openbaar", "behandeld_door"),
    *("registratienummer", "telefoonnummer", "portefeuillehouder"),
)
PART = re.compile(r"<h2>(.*?)</h2>")
POINT = re.compile(r"<li>(?:<strong>(.*?)</strong> )?<em>(.*?)</em> (.*?)</li>", re.S)
PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.S)


def paper(e: Evaluation) -> dict[str, Any]:
    """Every name that the templates of the paper can use: its parts, and the values in them.

    `e` is the public evaluation of the district. A part is a list of paragraphs; a point of the
    advice has a `getal`, a `kop` and a `zin`.
    """
    titel, proposal = e.edition.evaluatie.titel, e.edition.voorstel
    names = {"e": e, "aanleiding": proposal.aanleiding if proposal else ""}
    names |= {"antwoorden": antwoorden, "mening": mening, "campagnes": campagnes}
    names |= {"groei": groei, "nooit": nooit, "oordeel": oordeel}
    text = files("mma_analysis.publish").joinpath("template", "voorstel.j2")
    filled = module(text.read_text(encoding="utf-8"), names, "voorstel.j2")
    names |= {name: value for name, value in vars(filled).items() if not name.startswith("_")}
    html = to_html(Markup(filled))
    _, *pieces = PART.split(html)
    parts = dict(zip(pieces[::2], pieces[1::2], strict=True))
    points = [tuple(map(Markup, point)) for point in POINT.findall(parts.pop("advies"))]
    report = f"{titel}: het evaluatierapport van {e.naam} (district.html)"
    return {
        **names,
        **{name: [Markup(p) for p in PARAGRAPH.findall(part)] for name, part in parts.items()},
        **{"besluiten": list(_decisions(e)), "tarieven": _tariffs(e), "velden": _fields(e)},
        **{"titel": titel, "editie": e.edition},
        "punten": [dict(zip(("getal", "kop", "zin"), point, strict=True)) for point in points],
        "bijlagen": [report, "Alle tabellen (bijlage.xlsx)"],
    }


def _fields(e: Evaluation) -> list[tuple[str, Any]]:
    """The heading of the form; what the settings leave out is an empty line."""
    form: dict[str, Any] = {name: getattr(e.edition.voorstel, name, None) for name in FIELDS}
    form["onderwerp"] = form["onderwerp"] or e.edition.evaluatie.titel
    form["datum"] = form["datum"] and e.instelling("voorstel.datum")
    form["openbaar"] = {True: "ja", False: "nee", None: ""}[form["openbaar"]]
    return [(name.replace("_", " "), value or "") for name, value in form.items()]


def _tariffs(e: Evaluation) -> list[dict[str, Any]]:
    """Per tariff which gemeenten pay it, the highest first."""
    table = e.tabel("costs")
    groups = table.groupby("per_year") if len(table) else ()
    rows = [
        {"gemeenten": lijst(e.namen(rows["area"])), "per_year": next(iter(rows.mma)).per_year}
        for _, rows in groups
    ]
    return rows[::-1]


def _decisions(e: Evaluation) -> Iterator[dict[str, Any]]:
    """The complete decisions of the settings; of another one the analyst is told what it lacks."""
    number = 0
    for place, one in enumerate(e.edition.besluiten):
        table = antwoorden(e, one.vraag)
        lacks = one.lacks + (["vraag"] if one.vraag.isidentifier() and table.empty else [])
        if lacks:
            LOG.warning(
                "voorstel: besluit %s staat er niet in: vul %s in (een vraag is de code van een "
                "vraag die is gesteld, of een zin)",
                *(place + 1, numbers.listing(lacks)),
            )
            continue
        number += 1
        where, votes = f"besluiten.{place}", [(row.value, row.count) for row in table.mma]
        is_text = isinstance(one.kosten, str)
        yield {
            **{"nummer": number, "tekst": one.tekst, "eigenaar": one.eigenaar},
            "stemmen": Markup(", ").join(Markup("{} {}").format(*vote) for vote in votes)
            or one.vraag,
            "kosten": one.kosten if is_text else e.instelling(f"{where}.kosten").as_form("euro"),
            "datum": e.instelling(f"{where}.datum"),
        }


# --- the page ------------------------------------------------------------------------------------


def proposal_html(e: Evaluation, names: Mapping[str, Any]) -> str:
    """Write the board paper as a page: every number with its cell, as the audit reads it.

    `DataError`: when it is longer than a board reads.
    """
    table = Table(names["tarieven"], TARIFFS).html("Wat elke gemeente per jaar betaalt")
    html = written("proposal.html", edition=e.edition, table=table, **names)
    texts = html[html.index("<main") :].split('<section id="besluiten">')
    for text, most in zip(texts, (MOST_WORDS, MOST_WORDS_OF_DECISIONS), strict=False):
        refuse_more_words(plain(text), most, "voorstel")
    return html


def proposal_document(e: Evaluation, names: Mapping[str, Any]) -> bytes:
    """Write the board paper for Word."""
    title = f"Voorstel aan het DVO: {names['velden'][0][1]}"
    return filled_in_word("voorstel.docx", e, names, title)
