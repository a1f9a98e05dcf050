"""Leaks of every kind in what needs no notebook: each is caught, and a clean file gives nothing.

The annexes (`audit.office`, `audit.tidy`), the package of tables (`audit.packed`), the proposal,
and two small pages (`audit.pages`). `test_audit_planted.py` has those in whole pages.
"""

import io
import json
import shutil
import zipfile

import pytest

import planting
from mma_analysis.audit.examination import Auditor
from mma_analysis.publish.set_files import write_papers
from mma_analysis.settings import EXAMPLE, load
from planting import BORNE, DISTRICT, PAPER, Files, leaks, parts_of

RUN = "Volgens de melder woont"
TIDY = "openbaar/bijlage.csv"
SMALL = "<p>Niet getoond, om de melder te beschermen.</p>"
TYPED = f"""{SMALL}
<p>Dat zegt <data class="v" value="95%" data-cell="vast|zekerheid">95%</data>.</p>"""
FILES = [BORNE, DISTRICT, "openbaar/bijlage.xlsx", TIDY, "openbaar/datapakket.zip", PAPER]
SECRETS = ("pruimedoorn", "994877", "melder woont", "12345678", "piepzak")


@pytest.fixture(scope="module")
def papers(workspace, district, tmp_path_factory) -> Files:
    """The papers of the example, beside which two deliveries more are searched for."""
    folder = tmp_path_factory.mktemp("papers")
    raw = shutil.copytree(workspace.raw(EXAMPLE), folder / EXAMPLE)
    planting.write(raw / "meldingen" / "tip.csv", planting.TIP)
    planting.write(raw / "vragenlijst" / "los.csv", planting.ANSWER)
    reports = folder / "reports"
    planting.write(reports / BORNE, planting.page(SMALL))
    planting.write(reports / DISTRICT, planting.page(TYPED))
    write_papers(district, reports, "")
    return Files(reports, Auditor(load(raw), workspace.processed(EXAMPLE)), folder)


@pytest.mark.parametrize("file", FILES)
def test_a_paper_of_the_example_has_no_findings(papers, file):
    assert papers.found(file) == []


def appended(content: bytes, name: str = "", comment: str = "") -> bytes:
    """A zip with a part that it has already, or with a note of its own."""
    written = io.BytesIO(content)
    with zipfile.ZipFile(written, "a") as archive:
        archive.comment = comment.encode()
        if name:
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr(zipfile.ZipInfo(name, planting.MOMENT), "<a/>")
    return written.getvalue()


IN_ZIP = {
    "the note of a zip": lambda old: appended(old, comment=RUN),
    "the same part twice": lambda old: appended(old, "word/document.xml"),
    "after the end of a zip": lambda old: old + RUN.encode(),
    "before the beginning of a zip": lambda old: RUN.encode() + old,
    "the moment of a part": lambda old: planting.packed(parts_of(old), (2022, 7, 3, 9, 12, 40)),
    "a damaged zip": lambda old: old[: len(old) // 2],
}
IN_PAPER = [pytest.param("", PAPER, change, id=name) for name, change in IN_ZIP.items()]
LINE = "per_period|borne|whole;count;15;15\r\n"
IN_ANNEX = [
    pytest.param("unread", *planting.instead(LINE, "", TIDY), id="a line of the annex out"),
    pytest.param("unread", *planting.instead(LINE, LINE * 2, TIDY), id="a line twice"),
]


@pytest.mark.parametrize(("kind", "file", "change"), [*leaks("small"), *IN_PAPER, *IN_ANNEX])
def test_a_leak_that_is_planted_in_a_paper_is_caught_and_never_said(papers, kind, file, change):
    found = papers.found(file, change)

    assert found
    said = json.dumps([one.sentence for one in found], ensure_ascii=False).casefold()
    assert [secret for secret in SECRETS if secret in said] == []
