"""`mma audit --wcag`: axe-core looks at the finished pages of an edition, in light and dark."""

import shutil

import pytest
from conftest import PROJECT, mma

from mma_analysis.publish.accessibility import AXE, AxeRemark, axe_of, look
from mma_analysis.settings import EXAMPLE
from mma_analysis.vocabulary import DataError, message
from says import says

GOOD = """<!doctype html><html lang="nl"><head><title>Goed</title></head>
<body><main><h1>Goed</h1><p>Hier is niets mis.</p></main></body></html>"""
# A picture that nobody hears, and grey letters that are there only in the dark.
BAD = """<!doctype html><html lang="nl"><head><title>Fout</title><style>
@media (prefers-color-scheme: dark) { p { color: #777; background: #666; } }
</style></head><body><main><h1>Fout</h1><p>Grijs.</p>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main></body></html>"""


def test_without_axe_it_says_how_it_comes(tmp_path):
    with pytest.raises(DataError, match=says("no_axe")):
        axe_of(tmp_path)


def test_a_folder_without_pages_is_not_called_good(tmp_path):
    with pytest.raises(DataError, match=says("nothing_to_look_at")):
        look(tmp_path, PROJECT / "pyproject.toml")


@pytest.mark.slow
def test_each_page_is_looked_at_in_light_and_in_dark(tmp_path):
    (tmp_path / "intern" / "borne").mkdir(parents=True)
    (tmp_path / "goed.html").write_text(GOOD, encoding="utf-8")
    (tmp_path / "intern" / "borne" / "fout.html").write_text(BAD, encoding="utf-8")

    looked = look(tmp_path, axe_of(PROJECT))

    page = "intern/borne/fout.html"
    assert looked.pages == 2
    assert looked.faults == [
        AxeRemark(page, "light", "image-alt", "img"),
        AxeRemark(page, "dark", "color-contrast", "p"),
        AxeRemark(page, "dark", "image-alt", "img"),
    ]


@pytest.mark.slow
def test_the_command_says_what_is_wrong_in_dutch_and_fails(reports, tmp_path):
    shutil.copytree(reports.workspace.root, tmp_path, dirs_exist_ok=True)
    (tmp_path / AXE).parent.mkdir(parents=True)
    shutil.copyfile(PROJECT / AXE, tmp_path / AXE)
    pages = tmp_path / "reports" / EXAMPLE
    for path in pages.rglob("*.html"):  # a page and the dossier are enough to look at
        if path.name not in ("index.html", "dossier.html"):
            path.unlink()

    well = mma("audit", "--root", tmp_path, "--wcag")
    assert message("wcag_well", pages=2) in well.stdout

    (pages / "openbaar" / "index.html").write_text(BAD, encoding="utf-8")
    ended = mma("audit", "--root", tmp_path, "--wcag")
    assert ended.returncode == 1
    told = message(
        "wcag_fault",
        page="openbaar/index.html",
        scheme=message("wcag_dark"),
        rule="color-contrast",
        place="p",
    )
    assert told in ended.stdout
    assert message("wcag_found", pages=2, faults=3) in ended.stdout
