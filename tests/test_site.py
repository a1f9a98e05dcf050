"""The documentation as a site: built once, without a warning, complete, and asking for nothing."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Site:
    """The built site, and what building it said and tried."""

    folder: Path
    built: subprocess.CompletedProcess[str]
    tried: Path

    def pages(self) -> Iterator[tuple[Path, str]]:
        for path in sorted(self.folder.rglob("*.html")):
            yield path, path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    folder, guard = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("guard")
    watched = Watched(guard)
    options = ["-W", "-n", "--keep-going", "-q", "-c", ROOT / "docs", "-d", folder / "doctrees"]
    built = watched.run("-m", "sphinx", *options, ROOT, folder / "html")
    return Site(folder / "html", built, watched.tried)


def test_every_page_is_built_without_a_warning_and_without_network(site):
    assert site.built.stderr == ""
    assert site.built.returncode == 0
    assert not site.tried.exists()
    # that each page can be reached is a warning of Sphinx when it is not
    built = [site.folder / page.relative_to(ROOT).with_suffix(".html") for page in IN_THE_SITE]
    assert [path for path in built if not path.is_file()] == []


def test_a_reader_who_opens_it_asks_nothing_of_another_machine(site):
    pages = [(html, (LOADED, SHEET)) for _, html in site.pages()]
    styles = [(path.read_text("utf-8"), (IN_CSS,)) for path in site.folder.rglob("*.css")]
    loaded = [
        address
        for text, patterns in [*pages, *styles]
        for pattern in patterns
        for address in pattern.findall(text)
    ]

    assert len(loaded) > 100
    assert [one for one in loaded if FROM_ELSEWHERE.match(one)] == []


def test_every_module_has_its_promises_in_it(site):
    api = "".join(html for path, html in site.pages() if path.name == "api.html")
    told = set(re.findall(r'id="module-mma_analysis\.(\w+)', api))

    assert modules() - told == set()


@pytest.mark.parametrize(
    ("page", "language"),
    [("docs/handleiding", "nl"), ("docs/besluiten/README", "nl"), ("docs/developers", "en")]
    + [("docs/api", "en"), ("README", "en"), ("benchmarks/rendering", "en")],
)
def test_a_page_says_in_which_language_it_is(site, page, language):
    html = (site.folder / f"{page}.html").read_text(encoding="utf-8")

    assert re.findall(r"<html[^>]*\blang=\"(\w+)\"", html) == [language]
