"""How a notebook becomes a page, which pages are made, kept and left out, and what a page holds."""

import datetime as dt
import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import nbformat.v4 as nb
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import cases

from mma_analysis.publish import batch, page, plan, set_files
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.show.readability import words_seen
from mma_analysis.storage import Outgoing, add_issue, hashes_below
from mma_analysis.vocabulary import DataError, Vocabulary
from says import says
from test_browser import browser, visit  # noqa: F401

GEMEENTEN = [area.slug for area in Vocabulary().gemeenten]
OF_AREAS = ["openbaar/district.html", *(f"openbaar/{slug}.html" for slug in GEMEENTEN)]
HOW = "openbaar/hoe-wij-telden.html"
PUBLIC = [*OF_AREAS, HOW]
INTERN = [f"intern/{slug}/{slug}.html" for slug in GEMEENTEN]
LETTERS = [f"intern/{slug}/kwaliteit.html" for slug in GEMEENTEN]
INSTEAD = "is er nog niet</h1>"  # of a page that could not be made
AROUND = ["dossier.html", "openbaar/index.html", "openbaar/voorstel-dvo.html"]


# --- one notebook, one page ----------------------------------------------------------------------


@pytest.mark.slow
def test_a_notebook_prints_nothing_hears_nothing_of_who_runs_it_and_an_error_names_its_cell(
    tmp_path, capfd, monkeypatch
):
    begins = tmp_path / "profile_default" / "startup" / "00.py"
    begins.parent.mkdir(parents=True)
    begins.write_text("of_the_user = 1", encoding="utf-8")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    path = tmp_path / "eigen.ipynb"
    cells = [nb.new_code_cell(one) for one in ("assert 'of_the_user' not in globals()", "{}['a']")]
    path.write_text(json.dumps(nb.new_notebook(cells=cells)), encoding="utf-8")

    with pytest.raises(DataError, match=r"^eigen\.ipynb, cel 2: KeyError: 'a'$"):
        page.execute(path, {})
    assert capfd.readouterr() == ("", "")


# --- the set of pages: kept, made again, left out ------------------------------------------------


@pytest.fixture
def own(workspace, tmp_path) -> Workspace:
    """A prepared workspace of one's own, to change."""
    shutil.copytree(workspace.root / "data", tmp_path / "data")
    return Workspace(tmp_path)


def are(state: str, outcomes) -> set[str]:
    return {page.path for page in outcomes if page.state == state}


def made(own: Workspace, **asked) -> set[str]:
    return are("made", batch.report(own, EXAMPLE, **asked))


def on_disk(workspace: Workspace) -> set[str]:
    """The pages; index, letters and papers are made anew each time."""
    folder = workspace.reports(EXAMPLE)
    paths = [path for path in folder.rglob("*.html") if INSTEAD not in path.read_text("utf-8")]
    return {path.relative_to(folder).as_posix() for path in paths} - {*AROUND, *LETTERS}


def read(workspace: Workspace, path: str) -> str:
    return (workspace.reports(EXAMPLE) / path).read_text(encoding="utf-8")


def tile(own: Workspace, name: str) -> str:
    """What the index says of a gemeente: its row, and why it has no page."""
    index = BeautifulSoup(read(own, "openbaar/index.html"), "html.parser")
    row = next(row for row in index.select("tbody tr") if row.th.text == name)
    why = [item for item in index.select("main li") if item.text.startswith(f"{name}:")]
    return "".join(map(str, [row, *why]))


@pytest.mark.slow
def test_all_pages_are_made_and_told_once_and_then_kept_until_changed_or_forced(own, quickly):
    told = []
    some = made(own, only=["borne"])

    assert some | made(own, tell=told.append) == on_disk(own) == {*PUBLIC, *INTERN}
    assert sorted(page.path for page in told) == sorted([*PUBLIC, *INTERN])
    assert made(own) == set()
    folder = own.reports(EXAMPLE) / "openbaar"
    (folder / "borne.html").write_text("aangepast", encoding="utf-8")
    (folder / "losser.html").unlink()
    assert made(own) == {"openbaar/borne.html", "openbaar/losser.html"}
    public = hashes_below(folder)
    table = own.processed(EXAMPLE) / "measures_intern" / "losser" / "tables.zip"
    table.write_bytes(table.read_bytes() + b"\n")
    rewritten(own, outputs=hashes_below(own.processed(EXAMPLE)))
    assert made(own) == {"intern/losser/losser.html"}
    assert hashes_below(folder) == public  # nobody else can see that exact figures changed
    assert "issue" not in json.loads(read(own, "openbaar/manifest.json"))
    candidate = own.processed(EXAMPLE) / "kandidaat.parquet"
    outgoing = Outgoing(candidate.read_bytes(), booked=None)
    add_issue(own, EXAMPLE, outgoing, dt.date(2023, 9, 12))
    forced = made(own, only=["borne"], audience="intern", force=True)
    assert forced == {"intern/borne/borne.html"}
    assert json.loads(read(own, "openbaar/manifest.json"))["issue"] == 1
    assert json.loads(read(own, "audit.json"))["issue"] == 1
    assert "Dit is uitgave 1." in read(own, "dossier.html")
    assert on_disk(own) == {*PUBLIC, *INTERN}


def test_only_and_audience_choose_and_the_index_says_what_is_not_made_yet(own, quickly):
    asked = made(own, only=["borne", "twente"], audience="openbaar")

    assert asked == on_disk(own) == {"openbaar/borne.html", "openbaar/district.html", HOW}
    assert 'href="borne.html"' in tile(own, "Borne")
    assert "href" not in tile(own, "Losser")
    assert "nog niet gemaakt" in tile(own, "Losser")


def test_the_tidy_annex_is_made_again_only_when_it_would_be_another(own, quickly, monkeypatch):
    def write(e, reports):
        (reports / plan.TIDY_ANNEX).write_text("cel;kolom", encoding="utf-8")

    written = Mock(side_effect=write)
    monkeypatch.setattr(set_files, "write_tidy_annex", written)
    annex = own.reports(EXAMPLE) / plan.TIDY_ANNEX

    def times_written_when_one_page_is_made() -> int:
        written.reset_mock()
        (own.reports(EXAMPLE) / HOW).unlink(missing_ok=True)
        made(own, only=["twente"], audience="openbaar")
        assert annex.read_text("utf-8") == "cel;kolom"
        return written.call_count

    assert times_written_when_one_page_is_made() == 1
    assert times_written_when_one_page_is_made() == 0
    annex.write_text("cel;kolom;meer", encoding="utf-8")
    assert times_written_when_one_page_is_made() == 1
    monkeypatch.setattr(set_files, "OF_INDEX", ("bescherming.basis",))  # pages name other things
    assert times_written_when_one_page_is_made() == 1


def test_a_name_leads_to_a_card_when_it_is_there_and_nowhere_when_it_is_not(tmp_path):
    page_of_borne = tmp_path / "openbaar" / "borne.html"
    page_of_borne.parent.mkdir()
    page_of_borne.write_text(
        page.CARD_LINK_FORM.format("almelo", "Almelo")
        + page.CARD_LINK_FORM.format("losser", "Losser"),
        "utf-8",
    )
    planned = {one.path: one for one in plan.pages(Vocabulary())}
    almelo, losser = planned["openbaar/almelo.html"], planned["openbaar/losser.html"]

    def leads_to(*states: str) -> list[str | None]:
        """Where both names lead when the cards are so."""
        pages = [
            replace(card, state=state) for card, state in zip((almelo, losser), states, strict=True)
        ]
        set_files._link_cards(pages, tmp_path)
        soup = BeautifulSoup(page_of_borne.read_text("utf-8"), "html.parser")
        assert [name.text for name in soup.select("a")] == ["Almelo", "Losser"]
        return [name.get("href") for name in soup.select("a")]

    assert leads_to(plan.MADE, plan.FAILED) == ["almelo.html", None]
    assert leads_to(plan.ABSENT, plan.KEPT) == [None, "losser.html"]


def rewritten(workspace: Workspace, **changes) -> None:
    """Change the manifest of the tables, as another run of `mma prepare` would."""
    path = workspace.processed(EXAMPLE) / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps(content), encoding="utf-8")


def with_other_tables(workspace: Workspace) -> None:
    """Let it seem that the tables were made of other deliveries."""
    processed = workspace.processed(EXAMPLE)
    table = processed / "measures" / "trend.parquet"
    pd.read_parquet(table).to_parquet(table, compression="gzip")
    rewritten(workspace, outputs=hashes_below(processed))


@pytest.mark.slow
def test_old_and_new_figures_never_stand_beside_each_other(own, quickly):
    batch.report(own, EXAMPLE)
    with_other_tables(own)

    batch.report(own, EXAMPLE, only=["borne"])

    assert on_disk(own) == {"openbaar/borne.html", "intern/borne/borne.html"}
    assert "nog niet gemaakt" in tile(own, "Almelo")


@pytest.mark.slow
def test_a_gemeente_whose_delivery_has_a_critical_fault_has_no_page(own, quickly):
    batch.report(own, EXAMPLE)
    rewritten(own, blocked=["losser"])

    assert "openbaar/losser.html" in are("blocked", batch.report(own, EXAMPLE))
    assert on_disk(own) == {p for p in (*PUBLIC, *INTERN) if "losser" not in p}
    assert "eerst hersteld" in tile(own, "Losser")
    assert "eerst hersteld" in read(own, "openbaar/losser.html")
    assert "href" not in tile(own, "Losser")


@pytest.mark.slow
def test_a_page_that_fails_is_missing_and_the_index_says_so_and_the_others_are_there(
    own, quickly, broken
):
    batch.report(own, EXAMPLE)
    with_other_tables(own)
    broken |= {"openbaar/losser.html", "openbaar/district.html"}

    assert are("failed", batch.report(own, EXAMPLE)) == broken
    assert on_disk(own) == {*PUBLIC, *INTERN} - broken
    assert "niet gelukt" in tile(own, "Losser")
    assert 'href="district.html"' not in read(own, "openbaar/index.html")
    assert set(json.loads(read(own, "openbaar/manifest.json"))["pages"]) == set(PUBLIC) - broken
    said = BeautifulSoup(read(own, "openbaar/losser.html"), "html.parser").main.text
    assert "Het maken van dit rapport is nu niet gelukt; u hoeft daar niets voor te doen." in said
    assert "Vragen? Mail naar evaluatie@voorbeeld.example." in said
    made_anew = {*broken}
    broken.clear()
    assert made(own) == made_anew


MEANWHILE = {
    "of tables": ("basis = 5 ", "basis = 10 ", f"sinds editie '{EXAMPLE}' .*: evaluatie.toml"),
    "of pages": ("A. Voorbeeld", "B. Voorbeeld", says("settings_changed", slug=EXAMPLE)),
}


@pytest.mark.parametrize(("old_words", "new", "said"), MEANWHILE.values(), ids=MEANWHILE)
def test_pages_are_not_swapped_in_when_a_setting_changed_and_no_old_notebook_stands_for_one(
    own, quickly_but_pages, monkeypatch, old_words, new, said
):
    settings = own.raw(EXAMPLE) / "evaluatie.toml"
    old = own.executed(EXAMPLE) / "openbaar" / "borne.ipynb"
    old.parent.mkdir(parents=True)
    old.write_text("old", encoding="utf-8")

    def each(do, orders, at_a_time, scheduler):
        for order in orders:
            text = settings.read_text(encoding="utf-8")
            settings.write_text(text.replace(old_words, new), encoding="utf-8")
            yield order, None, DataError("it took too long")

    monkeypatch.setattr(batch, "each", each)
    with pytest.raises(DataError, match=said):
        batch.report(own, EXAMPLE)

    assert not own.reports(EXAMPLE).exists()
    assert not old.exists()


OLDER = f"sinds editie '{EXAMPLE}' .* veranderd: .*codeboek.toml. Draai `mma prepare {EXAMPLE}`"
BY_HAND = r"measures/trend\.parquet in .* is niet meer zoals het werd geschreven"


@pytest.mark.parametrize(
    ("file", "message"),
    [("raw/{}/vragenlijst/codeboek.toml", OLDER), ("processed/{}/measures/trend.parquet", BY_HAND)],
)
def test_pages_are_not_made_of_tables_that_are_older_than_the_edition_or_changed_by_hand(
    own, quickly, file, message
):
    batch.report(own, EXAMPLE)
    path = own.root / "data" / file.format(EXAMPLE)
    path.write_bytes(path.read_bytes() + b"\n")

    with pytest.raises(DataError, match=message):
        batch.report(own, EXAMPLE)
    assert {page.state for page in batch.standing(own, EXAMPLE)[0]} == {"absent"}


# --- the finished pages --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(reports) -> dict[str, BeautifulSoup]:
    """Path → the page, without the two long scripts."""
    folder = reports.workspace.reports(EXAMPLE)
    long_script = re.compile(r"(<script>)(?!</script>).*?(</script>)", re.DOTALL)
    short = {
        path: long_script.sub(r"\1\2", path.read_text("utf-8")) for path in folder.rglob("*.html")
    }
    return {
        path.relative_to(folder).as_posix(): BeautifulSoup(html, "html.parser")
        for path, html in short.items()
    }


EVERY = [*PUBLIC, *INTERN, *LETTERS, "openbaar/index.html", "openbaar/voorstel-dvo.html"]


@pytest.mark.parametrize("path", EVERY)
def test_a_page_is_dutch_says_what_it_is_loads_nothing_and_every_reference_leads_somewhere(
    finished, path, reports
):
    soup, folder = finished[path], (reports.workspace.reports(EXAMPLE) / path).parent
    policy = soup.select_one("meta[http-equiv='Content-Security-Policy']")["content"]
    ids = [element["id"] for element in soup.select("[id]")]
    named = {element["aria-labelledby"] for element in soup.select("[aria-labelledby]")}
    links = [a["href"] for a in soup.select("a[href]")]
    elsewhere = [link for link in links if not link.startswith(("#", "mailto:", "data:"))]

    assert [element["lang"] for element in soup.select("[lang]")] == [soup.html["lang"]] == ["nl"]
    assert re.search(" · |: ", soup.title.text)
    assert (len(soup.select("h1")), len(soup.select("main#inhoud"))) == (1, 1)
    assert "Fictieve voorbeelddata" in soup.select_one(".banner").text
    assert policy.startswith("default-src 'none';")
    assert policy.endswith("base-uri 'none'; form-action 'none'")
    assert "http" not in policy
    assert len(ids) == len(set(ids))
    assert named | {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert [one for one in elsewhere if not (folder / one.partition("#")[0]).is_file()] == []
    told = {meta["name"]: meta["content"] for meta in soup.select("meta[name^='DCTERMS.']")}
    assert told.pop("DCTERMS.title") == soup.title.string
    assert told.pop("DCTERMS.type") in ("onderzoeksrapport", "voorstel", "brief")
    assert told == {"DCTERMS.language": "nl", "DCTERMS.creator": "Platform IVZ Twente"}


def test_the_index_leads_to_every_public_page_and_the_papers_and_says_how_large_they_are(finished):
    index = finished["openbaar/index.html"]
    papers = {"bijlage.xlsx", "bijlage.csv", "voorstel-dvo.docx", "voorstel-dvo.html"}
    papers |= {"datapakket.zip"}
    links = {a["href"] for a in index.select("main a")}
    assert links == {path.removeprefix("openbaar/") for path in PUBLIC} | papers
    assert len(re.findall(r"· \d{1,3}(?:,\d)? [kM]B", index.main.text)) == 6
    assert "evaluatie@voorbeeld.example" in index.footer.text


def test_the_index_begins_with_the_answer_of_the_district_and_explains_only_signs_it_has(finished):
    index, district = finished["openbaar/index.html"], finished["openbaar/district.html"]

    assert str(index.main.h1) == str(district.main.h1)
    assert index.select_one("p.lead").text == district.select_one(".kop > p").text
    note = index.select_one("p.note").text
    table = index.main.table.text
    for sign in ("·", "0–4"):
        assert (sign in note) == (sign in table)


@pytest.mark.parametrize(("size", "said"), [(24_000, "24 kB"), (1_310_001, "1,4 MB")])
def test_a_size_is_rounded_up(tmp_path, size, said):
    path = tmp_path / "bijlage.csv"
    path.write_bytes(bytes(size))

    assert set_files.size(path) == said


def test_gemeenten_lead_to_each_others_card_and_from_the_district(finished):
    slugs = [path[len("openbaar/") : -len(".html")] for path in OF_AREAS[1:]]
    in_district = {a["data-kaart"] for a in finished["openbaar/district.html"].select("th a.kaart")}
    assert in_district == set(slugs)
    for slug, following in itertools.pairwise(slugs):
        assert (
            finished[f"openbaar/{slug}.html"].select(".pager a")[-1]["href"] == f"{following}.html"
        )
        assert (
            finished[f"openbaar/{following}.html"].select(".pager a")[0]["href"] == f"{slug}.html"
        )
    assert len(finished[f"openbaar/{slugs[0]}.html"].select(".pager a")) == 1


@pytest.mark.parametrize("path", [*OF_AREAS, *INTERN])
def test_every_cell_of_a_table_says_what_it_is(finished, path):
    for table in finished[path].select(".scroll > table"):
        heads = [head.text for head in table.select("thead th")][1:]
        for row in table.select("tbody tr"):
            assert [cell["data-label"] for cell in row.select("td")] == heads


@pytest.mark.parametrize("path", [*OF_AREAS, *INTERN])
def test_a_report_tells_its_sections_in_order(finished, path):
    soup, is_district = finished[path], "district" in path
    sections = soup.select(".read section")
    ids = [section["id"] for section in sections]

    report = "district" if is_district else "gemeente"
    order = [one.values[1] for one in cases("sections") if one.values[0] == report]
    assert ids == [one for one in order if is_district or one in ids]
    assert [a["href"] for a in soup.select(".toc a")] == [f"#{one}" for one in ids if is_district]
    for section in sections:
        assert len(section.h2.text) > 5
        assert len(section.get_text(" ", strip=True)) > 60, section["id"]


# --- the page of a gemeente ----------------------------------------------------------------------

# A key of an id may be anywhere: `costs_per_phase|2021-07-01|almelo#amount`.
KEYS = re.compile(r"[|#;=()+/ ]+")
# Of the ten that are next to a gemeente stand only the least and the most.
ENDS = {"Vergelijkbare gemeenten"}


def numbers(soup: BeautifulSoup, slug: str) -> Iterator[tuple[bool, str]]:
    """Of every number on a page, but for those that stand there to compare with: is it its own?"""
    others = {area.name for area in Vocabulary().areas if area.slug != slug} | ENDS
    for one in soup.select(".kop data, .kern data, main data"):
        cell, is_beside = one.find_parent("td"), False
        if cell is not None:
            heads = [head.text.strip() for head in cell.find_parent("table").select("thead th")]
            is_of_another = heads[len(cell.find_previous_siblings())] in others
            # or in the figure of what is next to it
            is_beside = is_of_another or cell.find_parent("figure", id="fig-verwacht") is not None
        is_setting = one["data-cell"].startswith(("vast|", "instelling|"))
        if not is_beside and not is_setting:
            is_own = slug in KEYS.split(str(one["data-cell"]))
            yield is_own, f"{one.text}: {one['data-cell']}"


@pytest.mark.slow
@pytest.mark.parametrize("path", [*OF_AREAS[1:], *INTERN])
def test_most_numbers_on_the_page_of_a_gemeente_are_its_own(finished, path):
    found = list(numbers(finished[path], Path(path).stem))

    own = sum(is_own for is_own, _ in found)
    assert len(found) > 10
    assert own >= 0.8 * len(found), [said for is_own, said in found if not is_own]


@pytest.mark.slow
@pytest.mark.parametrize("path", [*OF_AREAS[1:], *INTERN])
def test_a_card_is_one_a4_and_no_longer_than_it_may_be(reports, finished, visit, path):  # noqa: F811
    card, begun, _ = read(reports.workspace, path).partition(page.SECTION_BEGINS)

    assert begun
    assert 150 < len(words_seen(card).split()) <= 500
    with visit(path) as opened:
        paper = opened.page.pdf(prefer_css_page_size=True)
    # Exit code 99: there is no second page.
    second = subprocess.run(
        ["pdftotext", "-f", "2", "-l", "2", "-", "-"], input=paper, capture_output=True, check=False
    ).stdout.decode()
    # A card with one section is one A4; of another its first section begins the second.
    sections = finished[path].select(".read > section:not(#meer-weten) h2")
    begins = sections[0].text if len(sections) > 1 else ""
    if "openbaar" in path:
        assert bool(second.strip()) == bool(begins)
        assert second.strip().startswith(begins)
