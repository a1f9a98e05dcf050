"""`--pdf`: tagged A4 with page numbers and bookmarks, of audited pages and no others."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mma_analysis.cli import app
from mma_analysis.publish import pdf
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError, UsageError

MOST_A4 = {"district": 8}  # what a board reads; `page.MOST_WORDS` is the same limit in words


def test_without_a_browser_it_says_what_to_do_before_pages_are_made(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "PLACES", ())

    with pytest.raises(DataError, match="install one, or print a page from any browser"):
        pdf.browser_path()


def test_a_browser_is_found_where_it_usually_is(monkeypatch, tmp_path):
    browser = tmp_path / "Google Chrome.app" / "Google Chrome"
    browser.parent.mkdir()
    browser.touch(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "PLACES", (str(tmp_path / "elsewhere"), str(browser)))

    assert pdf.browser_path() == str(browser)


def test_without_the_extra_it_says_which(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "browser_path", lambda: "chromium")
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)

    with pytest.raises(DataError, match=r"pip install 'mma-analysis\[pdf\]'"):
        pdf._print_all([tmp_path / "page.html"], tmp_path)


@pytest.mark.parametrize("command", ["run", "report"])
def test_intern_pages_are_not_printed(command):
    ran = CliRunner().invoke(app, [command, "--pdf", "--audience", "intern"])

    assert isinstance(ran.exception, UsageError)
    assert "leave out --audience intern" in str(ran.exception)


@pytest.fixture
def published(reports, tmp_path) -> Workspace:
    """The finished pages of the example, to change."""
    shutil.copytree(reports.workspace.root, tmp_path, dirs_exist_ok=True)
    return Workspace(tmp_path)


def printed(workspace: Workspace, *only: str) -> list[Path]:
    edition, folder = workspace.edition(EXAMPLE), workspace.reports(EXAMPLE)
    return pdf.print_pages(edition, folder, workspace.printed(EXAMPLE), only)


@pytest.mark.slow
def test_a_printed_page_is_tagged_a4_with_bookmarks(published):
    made = printed(published, "twente", "wierden")

    assert [path.name for path in made] == ["district.pdf", "wierden.pdf"]
    for path in made:
        told, content = run("pdfinfo", path), path.read_bytes()
        assert re.search(r"^Tagged: +yes$", told, re.MULTILINE)
        assert re.search(r"^Page size: .*\(A4\)$", told, re.MULTILINE)
        assert "JavaScript:      no" in told
        assert b"/Outlines" in content
        assert b"/Lang (nl" in content
        assert content.count(b"/Alt ") >= 1  # the figures have words
    assert "Evaluatie MMA 2023 · Twente · openbaar" in run("pdftotext", made[0], "-")
    pages = int(re.search(r"^Pages: +(\d+)$", run("pdfinfo", made[0]), re.MULTILINE)[1])
    assert pages <= MOST_A4["district"]
    last = run("pdftotext", "-f", str(pages), "-l", str(pages), made[0], "-")
    assert f"{pages}/{pages}" in last.replace(" ", "")
    for heading in ("Wat beter moet", "Kosten en financiering", "Verantwoording"):
        assert heading in run("pdftotext", made[0], "-")


@pytest.mark.slow
def test_a_page_that_changed_since_the_audit_is_not_printed(published):
    page = published.reports(EXAMPLE) / "openbaar" / "wierden.html"
    page.write_text(page.read_text(encoding="utf-8") + "<p>3</p>", encoding="utf-8")

    with pytest.raises(DataError, match=r"changed since the audit: openbaar/wierden\.html"):
        printed(published)
    assert not published.printed(EXAMPLE).exists()


def run(*command) -> str:
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout
