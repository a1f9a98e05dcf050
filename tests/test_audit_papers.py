"""Leaks of every kind in what needs no notebook: each is caught, and a clean file gives nothing.

The annexes (`audit.office`, `audit.tidy`), the package of tables (`audit.packed`), the proposal,
and two small pages (`audit.pages`). `test_audit_planted.py` has those in whole pages.
"""

import io
import json
import shutil
import zipfile

import pytest
import xlsxwriter

import planting
from mma_analysis.audit.examination import Auditor
from mma_analysis.evaluation import load as evaluation
from mma_analysis.publish.annex import annex_workbook
from mma_analysis.publish.papers import yearly_return
from mma_analysis.publish.set_files import write_papers, write_tidy_annex
from mma_analysis.settings import EXAMPLE, load
from planting import BORNE, DISTRICT, PAPER, Files, leaks, parts_of, says

RUN = "Volgens de melder woont"
TIDY = "openbaar/bijlage.csv"
SMALL = "<p>Niet getoond, om de melder te beschermen.</p>"
TYPED = f"""{SMALL}
<p>Dat zegt <data class="v" value="95%" data-cell="vast|zekerheid">95%</data>.</p>"""
BOOK = "openbaar/bijlage.xlsx"
RETURN = "intern/borne/terugmelding-mma.docx"
PROGRAM = "openbaar/nagaan.py"
PAPERS = [BOOK, TIDY, "openbaar/datapakket.zip", PAPER, RETURN, PROGRAM]
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
    planting.write(reports / "openbaar" / "los.csv", "x" * 1_001)
    planting.write(reports / "openbaar" / "groot.csv", "x" * 1_400_001)
    planting.write(reports / DISTRICT, planting.page(TYPED))
    write_papers(district, reports, "")
    write_tidy_annex(district, reports)
    own = evaluation("borne", EXAMPLE, "intern", workspace)
    (reports / RETURN).parent.mkdir(parents=True)
    (reports / RETURN).write_bytes(yearly_return(own))
    return Files(reports, Auditor(load(raw), workspace.processed(EXAMPLE)), folder)


@pytest.mark.parametrize("file", [BORNE, DISTRICT, *PAPERS])
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
    assert not kind or kind in {one.kind for one in found}
    said = json.dumps([one.sentence for one in found], ensure_ascii=False).casefold()
    assert [secret for secret in SECRETS if secret in said] == []


def test_a_new_release_of_the_library_for_workbooks_blocks_no_file_that_it_made(
    papers, district, monkeypatch
):
    """It writes the file and what the audit holds it against; a file of before is named."""
    attributes = [("calcId", "999999"), ("isNew", "1")]
    with monkeypatch.context() as newer:
        newer.setattr(
            xlsxwriter.Workbook,
            "_write_calc_pr",
            lambda book: book._xml_empty_tag("calcPr", attributes),
        )
        content = annex_workbook(district)
        found = papers.found(BOOK, lambda _: content)

    assert b'isNew="1"' in parts_of(content)["xl/workbook.xml"]
    assert found == []
    of_another = papers.found(BOOK, lambda _: content)
    assert [(one.place, one.kind) for one in of_another] == [("deel xl/workbook.xml", "otherwise")]


HARMLESS = """<p>Niet getoond, om de melder te beschermen.</p>
<h3>Besluit 1</h3>
<p><a href="index.html#inhoud">Alle rapporten</a></p>
<p><data class="v" value="800.0" data-cell="costs|borne#per_year" data-form="euro">€ 800</data>
per jaar, <data class="v" value="95%" data-cell="vast|zekerheid">95%</data></p>"""


def test_words_of_ours_a_link_a_value_and_a_typed_number_with_its_reason_are_let_through(papers):
    assert papers.found(*says(HARMLESS)) == []


@pytest.mark.parametrize(
    ("file", "size", "is_right"),
    [
        ("los.csv", "2 kB", True),
        ("los.csv", "1 kB", False),
        ("groot.csv", "1,5 MB", True),
        ("groot.csv", "1,4 MB", False),
    ],
)
def test_how_large_a_file_beside_a_page_is_is_rounded_up(papers, file, size, is_right):
    """They are of 1.001 and of 1.400.001 bytes."""
    item = f'<ul><li><a href="{file}">Alle rapporten</a> ({size})</li></ul>'

    assert (papers.found(*says(item)) == []) == is_right


@pytest.mark.parametrize("also", ["fewer = minder", "minder", "x = minder"])
def test_a_code_with_its_word_is_let_through_in_the_code_book_and_the_word_alone_is_not(
    papers, also
):
    code, book = "cannot_tell = niet vast te stellen", BOOK
    plant = planting.in_part("xl/sharedStrings.xml", code, f"{also}; {code}", book)

    assert (papers.found(*plant) == []) == (also == "fewer = minder")


WHOLE = "per_period|twente|whole"
GROWTH = "growth_split|2021-07/2022-06|2022-07/2023-06"


@pytest.mark.parametrize(
    ("cell", "form", "may"),
    [
        (f"{WHOLE}#count", "word", True),
        (f"{WHOLE}#count", "range_words", True),
        (f"{WHOLE}#count", "tens", False),
        (f"{WHOLE}#count", "grew", False),
        (f"{WHOLE}#per_month", "count", True),
        (f"{WHOLE}#per_month", "tens", False),
        (f"{WHOLE}#per_month", "about_times", False),
        ("per_period|borne|whole#per_month / per_period|almelo|whole#per_month", "times", True),
        ("campaigns|Vastgoedcampagne%202022#detectable", "about_times", True),
        ("comparison|almelo#expected", "tens", True),
        ("comparison|almelo#expected:low", "tens", True),
        ("next_year|twente#whole_year", "tens", True),
        (f"{GROWTH}#joined", "signed_tens", True),
        (f"{GROWTH}#new + {GROWTH}#months", "tens", True),
        (f"{GROWTH}#count_to - {GROWTH}#count_from", "capital_more", True),
        (f"{GROWTH}#count_to + {GROWTH}#count_from", "capital_more", False),
        ("completeness|twente|whole|result#share", "part", True),
        ("completeness|twente|whole|result#share", "at_most", False),
        ("filling_in|twente|now#partly_high", "share", False),
        ("costs|borne#per_year", "cents", True),
        ("costs|borne#amount / per_period|borne|whole#count", "euro", True),
        ("instelling|kosten.tarief.3.per_jaar", "euro", True),
        ("tel(peers;area=borne)", "euro", False),
        ("connection|almelo#connected_on", "month", True),
    ],
)
def test_a_value_is_said_only_in_a_form_that_says_the_same_number(papers, cell, form, may):
    forms = papers.auditor._released.forms(cell, "")

    assert (form in forms) == may
