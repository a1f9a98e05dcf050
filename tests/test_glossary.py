"""What a researcher abroad reads: a glossary that has all, and lines that load the package."""

import json
import zipfile

import pytest
from tools.glossary_page import BEGIN, END, IN_OWN_COLUMN, with_glossary

from docs_pages import blocks, coded, text
from mma_analysis.publish.datapackage import packed_tables
from mma_analysis.vocabulary import UsageError, Vocabulary
from mma_analysis.vocabulary.reference import CODES, REGISTRY, package_table
from mma_analysis.vocabulary.released import released_columns

PAGE = "docs/glossary.md"
# What the page says once, of every column that ends so.
ENDS = ("low", "high", "_from", "_to", "off")


@pytest.fixture(scope="module")
def package(district, tmp_path_factory):
    """The data package of the example, as it lies beside the public pages."""
    path = tmp_path_factory.mktemp("pakket") / "datapakket.zip"
    path.write_bytes(packed_tables(district))
    return path


def test_the_glossary_is_what_the_tables_of_reference_say():
    assert text(PAGE) == with_glossary(text(PAGE)), (
        f"write the page again with `python -m tools.glossary_page {PAGE}`"
    )


@pytest.mark.parametrize("page", ["", BEGIN, END, f"{END}\n{BEGIN}"])
def test_a_page_without_the_two_marks_in_their_order_is_refused(page):
    with pytest.raises(UsageError):
        with_glossary(page)


def test_it_names_every_file_and_column_of_a_package(package):
    named = coded(text(PAGE))
    with zipfile.ZipFile(package) as archive:
        described = json.loads(archive.read("datapackage.json"))

    assert {table["name"] for table in described["resources"]} - {*named} == set()
    fields = []
    for table in described["resources"]:
        fields += [field["name"] for field in table["schema"]["fields"]]
    assert {name for name in fields if not name.endswith(ENDS)} - {*named} == {"why_empty"}
    assert "`why_empty`" in text("docs/researchers.md")


def test_it_names_no_column_that_only_a_gemeente_gets():
    own = {row["table"] for row in REGISTRY if row["scope"] == "own"}
    named = coded(text(PAGE))

    assert own & {*named} == set()
    of_rows = {"source_row", "source_file"}
    assert of_rows <= {column.name for column in released_columns("own_rejected")}
    assert of_rows & {*named} == set()


def test_every_dutch_code_has_a_word_in_english_and_no_word_is_of_nothing():
    words = Vocabulary()
    expected = {("topic", code) for code in words.topics}
    expected |= {("topic_group", code) for code in words.topic_groups}
    expected |= {(row["field"], row["code"]) for row in package_table("values")}
    expected |= {("grade", row["label"]) for row in package_table("grades")}
    english = package_table("english")

    assert {(row["column"], row["code"]) for row in english} == expected
    assert len(english) == len(expected)
    assert [row for row in (*english, *CODES) if not row["en"]] == []
    assert {"grade"} == {*IN_OWN_COLUMN}
    assert [row["table"] for row in REGISTRY if row["title"] and not row["title_en"]] == []


def test_the_lines_that_a_researcher_copies_load_a_table(package, district, monkeypatch, capsys):
    (lines,) = blocks("docs/researchers.md", "python")
    monkeypatch.chdir(package.parent)

    exec(lines, {})

    shown = capsys.readouterr().out.splitlines()
    year = "2022-07/2023-06"
    told = district.tabel("per_period", area="twente", period=year)["count"].item()
    assert shown[0].split()[:4] == ["area", "period", "count", "off"]
    rows = [line.split() for line in shown[1:]]
    (row,) = [row for row in rows if row[1:3] == ["twente", year]]
    assert row[3:5] == [str(told), "4"]
