"""Word's templates filled in, and office files without a clock, a maker or a machine."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from markupsafe import Markup

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.templates import TAG
from mma_analysis.settings import HOUSE_STYLE
from mma_analysis.show.text import environment, shared_sentences
from mma_analysis.vocabulary import DataError

# A fixed moment, also for the entries of the zip: the same content gives the same bytes.
CREATED = dt.datetime(2000, 1, 1)
ENTRY_MOMENT = (1980, 1, 1, 0, 0, 0)
LANGUAGE = "nl-NL"
CORE, END_OF_CORE = "docProps/core.xml", b"</cp:coreProperties>"
LANGUAGE_TAG = f"<dc:language>{LANGUAGE}</dc:language>".encode()
LINK, BLANKS = re.compile(r"<a\b.*?</a>", re.S), re.compile(r"[ \n]+")
PLACE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
BRACES = re.compile(r"\{[{%#]|[}%#]\}")


def settled(content: bytes) -> bytes:
    """An office file without a trace of when and where it was packed, and with its language.

    Excel's files have no setting for a language but this property.
    """
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


# --- Word ----------------------------------------------------------------------------------------


def filled_in_word(name: str, e: Evaluation, names: Mapping[str, Any], title: str) -> bytes:
    """Fill in a template of Word: the edition's own in its house style, or else the package's.

    `DataError`: when the template cannot be filled: in which paragraph, and what is wrong
    there.
    """
    own = e.edition.folder / HOUSE_STYLE / name
    ours = files("mma_analysis.publish").joinpath("template", name)
    document = DocxTemplate(own if own.is_file() else Path(str(ours)))
    word: Any = document.get_docx()
    refuse_cut_places(word, name)
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


def plain(html: str) -> str:
    """What Word gets: no tags and no links, and the spaces that no line breaks at."""
    return unescape(BLANKS.sub(" ", TAG.sub("", LINK.sub("", html)))).strip()


def _in_word(value: Any) -> str:
    """A value or sentence as text: HTML in a paragraph would cut it off without a word."""
    if isinstance(value, Markup):
        return plain(value)
    return "" if value is None else str(value)


def refuse_cut_places(document: Document, name: str) -> None:
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
