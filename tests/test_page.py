"""What a notebook shows becomes a page: what stands where, and how long it may be."""

import base64
import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from unittest.mock import patch

import nbformat.v4 as nb
import pytest
from bs4 import BeautifulSoup
from conftest import cases

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish import page
from mma_analysis.publish.plan import Page, pages
from mma_analysis.publish.templates import HouseStyle, look_of
from mma_analysis.settings import EXAMPLE, Edition, Workspace
from mma_analysis.settings.edition import Erratum, Opsteller
from mma_analysis.show.readability import explained, words_seen
from mma_analysis.vocabulary import DataError, UsageError
from says import says

EDITION = Workspace(Path(__file__).resolve().parent.parent).edition(EXAMPLE)
PAGES = {page.path: page for page in pages(EDITION.vocabulary)}
DISTRICT, BORNE = PAGES["openbaar/district.html"], PAGES["intern/borne/borne.html"]
BORNE_FOR_ALL = PAGES["openbaar/borne.html"]
HOW = PAGES["openbaar/hoe-wij-telden.html"]
COUNT = "per_period|twente|whole#count"
PART = f"per_follow_up|twente|whole|result|bevestigd#count / {COUNT}"


# --- a notebook by hand --------------------------------------------------------------------------


def shown(data: dict[str, object], **mma: object) -> nb.nbbase.NotebookNode:
    """A code cell that shows one thing, with what the notebook says of it."""
    output = nb.new_output("display_data", data, metadata={"mma": mma})
    return nb.new_code_cell("show()", outputs=[output])


def text(html: str, kind: str = "", **mma: object) -> nb.nbbase.NotebookNode:
    return shown({"text/html": f'<div class="tekst {kind}">{html}</div>'}, kind=kind, **mma)


def number(written: str, cell: str = COUNT) -> str:
    return f'<data class="v" value="{written}" data-cell="{cell}">{written}</data>'


def figure(name: str, /, label: str = "Almelo", **mma: object) -> nb.nbbase.NotebookNode:
    """The three outputs of a figure with one bar."""
    bar = {"type": "bar", "orientation": "h", "x": [585], "y": [label], "text": ["585"]}
    drawn = {"data": [bar | {"customdata": [[COUNT]]}], "layout": {"height": 120}}
    told = {
        "part": "figure",
        "id": f"fig-{name}",
        "name": name,
        "title": f"Het zijn er {number('585')}",
        "unit": "Meldingen",
        "note": "Let op.",
        "source": "Bron: bijlage.",
        "table": f'<div class="scroll" role="region" tabindex="0" aria-label="Cijfers"><table>'
        f'<thead><tr><th scope="col">Wie</th><th scope="col">Aantal</th></tr></thead><tbody>'
        f'<tr><th scope="row">Almelo</th><td>{number("585")}</td></tr></tbody></table></div>',
        "csv": "data:text/csv;base64,YTtiDQo=",
        "csv_name": f"{name}.csv",
    }
    cell = shown({page.PLOTLY: drawn}, **(told | mma))
    for place, part in ((0, "top"), (2, "bottom")):
        cell.outputs.insert(place, text(f"alleen in het notebook: {part}", part=part).outputs[0])
    return cell


def table(name: str) -> nb.nbbase.NotebookNode:
    html = (
        f'<figure class="tabel" id="tab-{name}"><span class="nr" data-nr="Tabel"></span></figure>'
    )
    return shown({"text/html": html}, part="table", id=f"tab-{name}")


def heading(title: str, below: str = "") -> nb.nbbase.NotebookNode:
    return nb.new_markdown_cell(f"## {title}\n\n{below}")


def nothing() -> nb.nbbase.NotebookNode:
    return nb.new_code_cell("a = 1")


def html_of(*cells, of: Page = DISTRICT, edition: Edition = EDITION, origin=str, changed="") -> str:
    e = Evaluation(of.area, edition, of.audience, Path())
    e.manifest = {"version": "1", "edition": EXAMPLE, "figures": "0a1b2c"}
    with patch.object(page, "origin", lambda e, one: origin(one)):
        return page.to_html(nb.new_notebook(cells=list(cells)), of, e, changed)


def soup_of(*cells, **told) -> BeautifulSoup:
    return BeautifulSoup(html_of(*cells, **told), "html.parser")


# --- what stands where ---------------------------------------------------------------------------


def test_a_section_that_shows_nothing_is_left_out_heading_intro_and_contents_line():
    cells = [
        *(heading("Eén & twee"), text("<p>een zin</p>")),
        *(heading("Weg", "Een inleiding."), nothing(), nothing()),
        *(text("", "sectie", name="ook-weg", title="Ook weg"), nothing()),
        *(text("", "sectie", name="groei", title=f"De {number('9')} groeien"), nothing()),
        *(text("<p>hoe</p>"), heading("Alleen tekst", "Zonder cijfers."), heading("Leeg")),
        *(heading("Slot"), figure("a"), heading("Bron", "Uit de bijlage.")),
    ]
    soup = soup_of(*cells)

    ids = ["een-twee", "groei", "alleen-tekst", "slot", "bron"]
    titles = ["Eén & twee", "De 9 groeien", "Alleen tekst", "Slot", "Bron"]
    assert [section["id"] for section in soup.select("main section")] == ids
    assert [h2.text for h2 in soup.select("main h2")] == titles
    assert [a.text for a in soup.select(".toc a")] == titles
    assert [a["href"] for a in soup.select(".toc a")] == [f"#{one}" for one in ids]
    assert "inleiding" not in soup.main.text
    assert soup.select(".toc data") == []  # a link holds no number that can be pressed


def test_head_and_key_figures_begin_the_content_and_what_has_no_section_comes_next():
    kern = [text("<ul><li><strong>69%</strong></li></ul>", "kern") for _ in range(2)]
    soup = soup_of(table("los"), text("<h1>Kop</h1>", "kop"), heading("A"), *kern, table("a"))

    # The link that passes the top does not pass them: they are in what it leads to.
    assert soup.main["id"] == "inhoud"
    assert soup.main.h1.text == "Kop"
    assert soup.header.h1 is None
    assert len(soup.select("main > .keys .kern")) == 2
    assert soup.select(".kop, .kern") == soup.select("main .kop, .keys .kern")
    order = [one.name for one in soup.main.find_all(["h1", "li", "figure", "h2"])]
    assert order == ["h1", "li", "li", "figure", "h2", "figure"]
    assert soup.main.find("figure")["id"] == "tab-los"
    assert soup.select(".toc") == []  # so few sections need no contents list


def test_figures_and_tables_are_numbered_each_by_themselves_in_their_order():
    cells = [heading("A"), figure("a"), table("a"), heading("Weg"), nothing()]
    soup = soup_of(*cells, heading("B"), table("b"), figure("b"))

    found = {one["id"]: one.select_one(".nr").text.strip() for one in soup.select("figure")}
    assert [*found] == ["fig-a", "tab-a", "tab-b", "fig-b"]
    assert [*found.values()] == ["Figuur 1", "Tabel 1", "Tabel 2", "Figuur 2"]


def test_a_figure_is_written_whole_and_lab_keeps_its_own_parts():
    one = soup_of(heading("A"), figure("a")).select_one("figure")

    parts = [one.select_one(s).text for s in (".ti", ".su", ".note", ".src", "summary", "td")]
    assert parts[:3] == ["Het zijn er 585", "Meldingen", "Let op."]
    assert parts[3:] == ["Bron: bijlage.", "Cijfers bij figuur 1", "585"]
    plot, file = one.select_one(".plot"), one.select_one("a[download]")
    assert (plot["role"], plot["aria-label"]) == ("img", "Almelo 585.")
    assert [drawing["class"] for drawing in plot.select("svg")] == [["narrow"], ["wide"]]
    assert plot.select_one(f'[data-cell="{COUNT}"] title').text == "Almelo: 585"
    assert one.details.has_attr("open")  # page.js folds it: without scripts it stays open
    assert (file["href"], file["download"]) == ("data:text/csv;base64,YTtiDQo=", "a.csv")
    assert one.select_one("a[href='#fig-a']").text == "Link"
    assert "alleen in het notebook" not in one.text


def test_bare_markdown_and_html_are_shown_and_what_lacks_something_is_a_remark():
    cells = [
        *(shown({"text/markdown": "Een *los* woord"}), shown({"text/html": "<p>zo</p>"})),
        figure("los", remark="de figuur heeft geen titel", table="", csv=""),
    ]
    soup = soup_of(heading("A"), *cells)

    told = [one.text for one in soup.select(".read em, .read p:not(.note)")]
    assert told[:3] == ["Een los woord", "los", "zo"]
    assert soup.select("details, a[download]") == []
    executed = nb.new_notebook(cells=[heading("A"), *cells])
    assert page.remarks(executed) == ["cel 4: de figuur heeft geen titel"]


STREAM = nb.new_output("stream", name="stderr", text="let op")
STOPS = nb.new_output("error", ename="SystemExit", evalue="", traceback=[])


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (nb.new_code_cell("a", outputs=[STREAM]), says("cell_writes", cell=1, stream="stderr")),
        # a cell that ends the program also writes that it does
        (nb.new_code_cell("a", outputs=[STOPS, STREAM]), says("cell_ends", cell=1)),
        (figure("a", title=""), says("cell_figure", cell=1)),
        (shown({"text/plain": "7"}), says("cell_form")),
    ],
)
def test_what_a_page_cannot_show_fails_the_page(cell, message):
    with pytest.raises(DataError, match=message):
        page.remarks(nb.new_notebook(cells=[cell]))


# --- the top and the bottom ----------------------------------------------------------------------


def test_the_top_says_who_made_it_and_leads_to_the_other_reports():
    soup = soup_of(changed="4 van 14 cellen zijn van deze editie")

    links, of_how = (
        [a["href"] for a in one.select("header nav a")] for one in (soup, soup_of(of=HOW))
    )
    assert links == ["index.html", "voorstel-dvo.html", "hoe-wij-telden.html", "bijlage.xlsx"]
    assert of_how == ["index.html", "district.html", "voorstel-dvo.html", "bijlage.xlsx"]
    assert " ".join(soup.select_one(".by").text.split()) == (
        "Opgesteld door Platform IVZ Twente Auteur A. Voorbeeld, evaluatie@voorbeeld.example "
        "13 juli 2023 Periode juli 2021 – juni 2023"
    )
    assert soup.select_one(".crumb span").text == "Evaluatie MMA 2023 · district Twente"
    assert "4 van 14 cellen zijn van deze editie." in soup.footer.text


def test_an_intern_page_says_whom_it_is_for_and_what_is_not_known_is_not_there():
    about = EDITION.evaluatie.model_copy(update={"erratum": (Erratum(datum=dt.date(2023, 10, 2)),)})
    edition = EDITION.model_copy(update={"opsteller": Opsteller(), "evaluatie": about})
    soup = soup_of(of=BORNE, edition=edition)

    assert soup.select("header nav, a[href^='mailto:']") == []
    notices = [notice.text for notice in soup.select(".notice")]
    assert notices[0].startswith("Alleen voor de gemeente Borne: u en uw burgemeester.")
    assert notices[1] == "Gecorrigeerd op 2 oktober 2023."
    assert soup.select_one(".by").text.split() == ["Periode", "juli", "2021", "–", "juni", "2023"]


# --- numbers, words and signs --------------------------------------------------------------------


def test_every_number_says_on_which_sheet_it_is_and_in_words_where_it_comes_from():
    cells = [heading("A"), text(number("46%", PART)), figure("a")]
    soup = soup_of(*cells, origin=lambda one: f"</script>{len(one)}")

    told = json.loads(soup.select_one("#herkomst").string)
    assert {cell: told.pop(cell) for cell in (PART, COUNT)} == {
        cell: f"</script>{len(cell)}" for cell in (PART, COUNT)
    }
    settings = {one for one in told if not one.startswith("vast|")}
    assert settings == {f"instelling|{of}" for of in ("opsteller.datum", "begin", "peildatum")}
    assert soup.select_one(".read data")["data-tab"] == "Opvolging, Per periode"


def test_what_the_author_typed_has_no_tab_to_show_behind_it():
    words = '<data class="v" value="de helft" data-cell="vast|een breuk">de helft</data>'
    soup = soup_of(heading("A"), text(words))

    typed = soup.select_one(".read data")
    assert typed["data-cell"] == "vast|een breuk"
    assert "data-tab" not in typed.attrs


def test_the_name_of_a_gemeente_before_a_row_leads_to_its_card_and_a_card_to_those_beside_it():
    of_district = soup_of(heading("A"), figure("a"))
    # Of the gemeenten in the order of the alphabet, Borne is the second.
    of_card = soup_of(figure("a"), of=BORNE_FOR_ALL)
    of_own = soup_of(figure("a"), of=BORNE)

    for soup in (of_district, of_card):
        (name,) = soup.select("tbody th a")
        assert (name.text, name["href"]) == ("Almelo", "almelo.html")
    links = [(a["href"], " ".join(a.text.split())) for a in of_card.select(".pager a")]
    assert links == [
        ("almelo.html", "Vorige gemeente: ← Almelo"),
        ("dinkelland.html", "Volgende gemeente: Dinkelland →"),
    ]
    # What is for one gemeente is sent without the cards of others.
    assert of_district.select(".pager") == of_own.select(".pager, th a") == []


def test_text_of_a_notebook_cannot_become_markup():
    sign = '"><script>alert(1)</script>'
    soup = soup_of(heading("Een & <b>twee</b>"), figure("a", label=sign, name=sign))

    assert soup.h2.text == "Een & <b>twee</b>"
    assert soup.select_one("button.png")["data-name"] == sign
    assert soup.select_one(".plot")["aria-label"] == f"{sign} 585."
    assert len(soup.select("script")) == 3  # the origins and two of ours


def test_words_are_counted_as_a_reader_sees_them():
    drawing = (
        '<svg class="{}"><g><title>niet gelezen</title></g><text><tspan>Almelo</tspan></text>'
        "<text>Almelo</text><text>van 4</text><text>3</text></svg>"
    )
    html = (  # 2 + 3 + 2 in the details + 3 in the figure
        "<head><title>niet</title></head><style>p{}</style><script>var niet;</script>"
        "<p>Een<b>heid</b> twee</p><table><tr><td>3</td><td>4</td></tr></table>&nbsp;· "
        '<span class="spoken">niet gezien</span><details open><summary>De cijfers</summary>'
        f"<p>niet geteld</p></details><div>{drawing.format('narrow')}{drawing.format('wide')}</div>"
        "<p popover>Het RIEC: niet gelezen.</p>"
    )

    assert len(words_seen(html).split()) == 10


@pytest.mark.parametrize("of", [DISTRICT, BORNE, HOW])
def test_a_page_that_is_too_long_is_refused_and_of_a_gemeente_only_its_card_counts(of):
    most = page.MOST_WORDS[of.kind]
    below = f'{page.SECTION_BEGINS}"a">' + "woord " * 7 if of is BORNE else ""
    page.refuse_length("<p>" + "woord " * most + below, of)

    with pytest.raises(DataError, match=f"html: {most + 7} woorden, 7 meer dan de {most}"):
        page.refuse_length("<p>" + "woord " * (most + 7) + below, of)


# --- words that are explained --------------------------------------------------------------------

TERMS = [
    {"word": "RIEC", "forms": "riec", "meaning": "Werkt & deelt."},
    {"word": "Afhandeling", "forms": "afhandel;afgehandeld", "meaning": "Wat er gebeurde."},
    {"word": "Afronding", "forms": "", "meaning": "Staat alleen in de lijst."},
]


def test_the_first_use_of_a_word_in_a_text_is_a_button_that_opens_its_meaning():
    main = (
        '<h2>Het RIEC</h2><figure><p>Het RIEC.</p></figure><p>Lees over <a href="#a">het RIEC</a>, '
        "driec, afronding en <strong>afgehandelde<br>zaken</strong>.</p><ul><li>De RIEC's en het "
        "RIEC, na afhandeling.</li></ul>"
    )
    page = (
        '<header>RIEC</header><main id="inhoud" tabindex="-1"><h1>RIEC</h1>'
        f'<div class="read">{main}</div></main><footer>RIEC'
    )
    soup = BeautifulSoup(explained(page, TERMS), "html.parser")

    found = {b.text: (b["popovertarget"], b.parent.name) for b in soup.select("button")}
    told = {"afgehandelde": ("woord-afhandeling", "strong"), "RIEC": ("woord-riec", "li")}
    assert [*found.items()] == [*told.items()]
    meanings = {p["id"]: p.text for p in soup.select("main ~ p[popover]")}
    assert meanings == {
        "woord-afhandeling": "Afhandeling: Wat er gebeurde.",
        "woord-riec": "RIEC: Werkt & deelt.",
    }
    for unread in soup.select("button, p[popover]"):
        unread.replace_with(unread.text if unread.name == "button" else "")
    assert str(soup).replace("<br/>", "<br>").replace("\n", "") == f"{page}</footer>"


# --- the look of an organisation -----------------------------------------------------------------

DOT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">
<style>.a{fill:#0b5c3b}</style><circle class="a" r="4" style="fill:url(#b)"/></svg>"""


def look(folder: Path, files: dict[str, str]) -> HouseStyle:
    """What an edition with these files gets."""
    for name, text in files.items():
        (folder / "huisstijl").mkdir(exist_ok=True)
        (folder / "huisstijl" / name).write_text(text, encoding="utf-8")
    return look_of(cast(Edition, SimpleNamespace(folder=folder)))


def test_colours_and_letters_are_kept_as_they_are_and_the_logo_comes_in_the_page(tmp_path):
    css = '/* groen */ :root { --blue: #0b5c3b; --letters: "Open Sans", Arial, sans-serif; }'

    assert look(tmp_path, {}) == HouseStyle()
    found = look(tmp_path, {"stijl.css": f"{css}\n", "logo.svg": DOT})

    assert found.css == css
    assert base64.b64decode(found.logo.partition(",")[2]).decode() == DOT


@pytest.mark.parametrize(("file", "text", "said"), cases("house_styles"))
def test_a_style_that_cannot_be_read_or_does_more_is_refused_with_words(tmp_path, file, text, said):
    with pytest.raises(UsageError, match=said):
        look(tmp_path, {file: text})
