"""The documentation as a site: built once, without a warning, complete, and asking for nothing."""

import re
from pathlib import Path

import pytest

from docs_pages import PAGES, ROOT, modules
from test_no_network import Watched

pytestmark = pytest.mark.slow

IN_THE_SITE = [page for page in PAGES if page.relative_to(ROOT).parts[0] not in ("data", "reports")]
# What a browser fetches by itself: what is linked to with <a> it does not.
LOADED = re.compile(r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?src=[\"']([^\"']+)")
SHEET = re.compile(r"<link\b[^>]*?\bhref=[\"']([^\"']+)")
IN_CSS = re.compile(r"(?:url\(|@import)\s*[\"']?([^\"')\s;]+)")
FROM_ELSEWHERE = re.compile(r"(?:https?:)?//")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built without a warning and without network."""
    folder, watched = tmp_path_factory.mktemp("site"), Watched(tmp_path_factory.mktemp("guard"))
    options = ["-W", "-n", "--keep-going", "-q", "-c", ROOT / "docs", "-d", folder / "doctrees"]
    built = watched.run("-m", "sphinx", *options, ROOT, folder / "html")
    assert (built.returncode, built.stderr) == (0, "")
    assert not watched.tried.exists()
    return folder / "html"


def test_every_page_is_built_without_a_warning_and_without_network(site):
    # that each page can be reached is a warning of Sphinx when it is not
    built = [site / page.relative_to(ROOT).with_suffix(".html") for page in IN_THE_SITE]
    assert [path for path in built if not path.is_file()] == []


def test_a_reader_who_opens_it_asks_nothing_of_another_machine(site):
    pages = [(path.read_text("utf-8"), (LOADED, SHEET)) for path in site.rglob("*.html")]
    styles = [(path.read_text("utf-8"), (IN_CSS,)) for path in site.rglob("*.css")]
    loaded = [
        address
        for text, patterns in [*pages, *styles]
        for pattern in patterns
        for address in pattern.findall(text)
    ]

    assert len(loaded) > 100
    assert [one for one in loaded if FROM_ELSEWHERE.match(one)] == []


def test_every_module_has_its_promises_in_it(site):
    listed = (site / "docs" / "api.html").read_text(encoding="utf-8")
    pages = {path.name: path.read_text(encoding="utf-8") for path in site.glob("docs/api/*.html")}
    ids = re.findall(r'id="module-mma_analysis\.(\w+)', "".join(pages.values()))

    assert modules() - {*ids} == set()
    assert [name for name in pages if f'href="api/{name}#' not in listed] == []


@pytest.mark.parametrize(
    ("page", "language"),
    [("docs/handleiding", "nl"), ("docs/besluiten/README", "nl"), ("docs/developers", "en")]
    + [
        ("docs/api", "en"),
        ("docs/api/mma_analysis.protect", "en"),
        ("README", "en"),
        ("benchmarks/rendering", "en"),
    ],
)
def test_a_page_says_in_which_language_it_is(site, page, language):
    html = (site / f"{page}.html").read_text(encoding="utf-8")

    assert re.findall(r"<html[^>]*\blang=\"(\w+)\"", html) == [language]
