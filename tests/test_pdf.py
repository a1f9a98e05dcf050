"""`--pdf`: tagged A4 with running titles and bookmarks, of audited pages and no others."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mma_analysis.publish import browser as browsers
from mma_analysis.publish import pdf
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError
from says import says


def test_a_browser_is_found_where_it_usually_is_and_without_one_it_says_what_to_do(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    browser = tmp_path / "Google Chrome.app" / "Google Chrome"
    monkeypatch.setattr(browsers, "PLACES", (str(tmp_path / "elsewhere"), str(browser)))

    with pytest.raises(DataError, match=says("no_browser")):
        browsers.browser_path()
    browser.parent.mkdir()
    browser.touch(0o700)
    assert browsers.browser_path() == str(browser)


def test_without_the_extra_it_says_which(monkeypatch, tmp_path):
    monkeypatch.setattr(browsers, "browser_path", lambda: "chromium")
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)

    with pytest.raises(DataError, match=r"pip install 'mma-analysis\[pdf\]'"):
        next(pdf._print_all({}, tmp_path))


def printed(workspace: Workspace, *only: str) -> dict[str, Path]:
    edition, folder = workspace.edition(EXAMPLE), workspace.reports(EXAMPLE)
    target = workspace.printed(EXAMPLE)
    made = pdf.print_pages(edition, folder, target, only)
    return {path.relative_to(target).as_posix(): path for path in made}


@pytest.mark.slow
def test_every_audited_page_and_all_that_one_reader_gets_is_a_tagged_a4_with_bookmarks(
    reports, tmp_path
):
    published = Workspace(shutil.copytree(reports.workspace.root, tmp_path / "to change"))
    made = printed(published, "twente", "wierden")

    of_all = {
        f"openbaar/{name}.pdf"
        for name in ("district", "wierden", "hoe-wij-telden", "voorstel-dvo", "alles")
    }
    of_wierden = {f"intern/wierden/{name}.pdf" for name in ("wierden", "kwaliteit", "alles")}
    assert {*made} == of_all | of_wierden
    for path in made.values():
        told, content = run("pdfinfo", path), path.read_bytes()
        assert re.search(r"^Tagged: +yes$", told, re.MULTILINE)
        assert re.search(r"^Page size: .*\(A4\)$", told, re.MULTILINE)
        assert "JavaScript:      no" in told
        assert b"/Outlines" in content
        assert b"/Lang (nl" in content
        assert b"file:" not in content  # no folder of this computer
    district = made["openbaar/district.pdf"]
    assert district.read_bytes().count(b"/Alt ") >= 1  # the figures have words
    assert pages_in(district) <= 7  # what a board reads; `page.MOST_WORDS` is the same in words
    for heading in ("Wat beter moet", "Kosten en financiering", "Verantwoording"):
        assert heading in run("pdftotext", district, "-")
    # All that a reader gets has the title of each page below it, and a bookmark for its chapters.
    together = made["intern/wierden/alles.pdf"]
    count = pages_in(together)
    first, last = (run("pdftotext", "-f", n, "-l", n, together, "-") for n in (1, count))
    assert "Evaluatie MMA 2023 · Wierden · intern" in first
    assert "Alleen voor de gemeente Wierden" in last
    assert f"{count}/{count}" in last.replace(" ", "")
    assert b"(Wierden is pas 3 maanden aangesloten" in together.read_bytes()
    assert b"(De lijst bij deze brief)" in together.read_bytes()
    page = published.reports(EXAMPLE) / "openbaar" / "wierden.html"
    page.write_text(page.read_text(encoding="utf-8") + "<p>3</p>", encoding="utf-8")
    with pytest.raises(DataError, match=r"openbaar/wierden\.html"):
        printed(published)


def pages_in(path: Path) -> int:
    found = re.search(r"^Pages: +(\d+)$", run("pdfinfo", path), re.MULTILINE)
    assert found
    return int(found[1])


def run(*command) -> str:
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout
