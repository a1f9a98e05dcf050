"""The data package: valid for who reads it, with just what the annex has, and described."""

import csv
import datetime as dt
import io
import json
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from frictionless import Package

from mma_analysis.evaluation import load
from mma_analysis.publish.datapackage import packed_tables
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary.datapackage import About, PublicTable, dataset, in_script

ZIP = "datapakket.zip"


@pytest.fixture(scope="module")
def content(district) -> bytes:
    return packed_tables(district)


@pytest.fixture(scope="module")
def folder(content, tmp_path_factory):
    """The package, unpacked."""
    unpacked = tmp_path_factory.mktemp("datapakket")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(unpacked)
    return unpacked


@pytest.fixture(scope="module")
def public(reports) -> Path:
    """The finished files that are for everybody."""
    return reports.workspace.reports(EXAMPLE) / "openbaar"


def annex_rows(public: Path) -> dict[str, dict[str, str]]:
    """Cell → column → value, as the tidy annex has them."""
    text = (public / "bijlage.csv").read_text("utf-8-sig")
    rows: dict[str, dict[str, str]] = {}
    for line in csv.DictReader(io.StringIO(text, newline=""), delimiter=";"):
        rows.setdefault(line["cell"], {})[line["column"]] = line["value"]
    return {cell: row for cell, row in rows.items() if "|" in cell and not is_beside(cell)}


def is_beside(cell: str) -> bool:
    return cell.startswith(("vast|", "instelling|"))


def test_frictionless_finds_the_package_and_every_row_of_it_valid(folder):
    report = Package(str(folder / "datapackage.json")).validate()

    assert report.valid, report.flatten(["type", "note"])
    assert report.stats["tasks"] == len(list(folder.glob("*.csv")))


def test_a_box_that_is_damaged_is_found_by_who_validates(folder, tmp_path):
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    table = tmp_path / "per_period.csv"
    table.write_bytes(table.read_bytes().replace(b",shown,", b",shown,veel", 1))

    report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["type", "fieldName"]) == [["type-error", "connected_months"]]


def test_the_package_has_each_row_and_value_of_the_tidy_annex_and_no_other(public):
    annex = annex_rows(public)
    with zipfile.ZipFile(public / ZIP) as archive:
        tables = [name for name in archive.namelist() if name.endswith(".csv")]
        rows = []
        for name in tables:
            text = archive.read(name).decode()
            rows += list(csv.reader(io.StringIO(text, newline="")))[1:]

    assert [row[0] for row in rows] == list(annex)
    for cell, *boxes, _ in rows:
        in_annex = [value.replace("True", "true") for value in annex[cell].values()]
        in_annex = [value.replace("False", "false") for value in in_annex]
        for box, value in zip(boxes, in_annex, strict=True):
            assert box == value or float(box) == float(value.replace(",", "."))


def test_a_box_is_empty_with_its_reason_and_never_a_zero(folder):
    table = pd.read_csv(folder / "per_period.csv")
    absent = table[table["state"] != "shown"]

    assert len(absent)
    assert absent["count"].isna().all()
    assert absent["why_empty"].str.startswith("count: ").all()
    full = table.drop(columns="why_empty").notna().all(axis=1)
    assert (table["why_empty"].isna() == full).all()


def test_both_descriptions_name_the_columns_of_each_file_in_its_order(folder):
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    web = json.loads((folder / "csv-metadata.json").read_text("utf-8"))

    assert {one["path"] for one in package["resources"]} == {p.name for p in folder.glob("*.csv")}
    for resource, on_web in zip(package["resources"], web["tables"], strict=True):
        head = (folder / resource["path"]).read_text("utf-8").splitlines()[0].split(",")
        assert resource["path"] == on_web["url"]
        assert [field["name"] for field in resource["schema"]["fields"]] == head
        columns = on_web["tableSchema"]["columns"]
        assert [column["name"] for column in columns] == head
        for column in columns:
            assert column["titles"]["und"] == [column["name"]]
            assert column["titles"]["nl"] != [""]
            assert column["titles"]["en"] != [""]


def test_a_column_says_its_type_unit_meaning_and_order(folder):
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    table = next(one for one in package["resources"] if one["name"] == "per_period")
    fields = {field["name"]: field for field in table["schema"]["fields"]}

    assert fields["count"]["type"] == "integer"
    assert fields["per_month"]["type"] == "number"
    assert fields["per_month"]["unit"] == "meldingen per maand"
    assert fields["kind"]["categories"] == ["whole", "year", "half", "quarter", "month"]
    assert fields["area"]["title"] == "Gebied"
    assert fields["area"]["title_en"] == "Area"
    assert fields["area"]["description"] == "korte naam van een gemeente of van het district"
    assert table["schema"]["missingValues"] == [""]
    assert package["temporal"] == {"start": "2021-07-01", "end": "2023-06-30"}
    assert "Er is geen licentie gekozen" in package["rights"]


def test_the_same_tables_give_the_same_bytes_without_a_clock(district, content):
    assert packed_tables(district) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_may_not_be_sent_yet_says_so_in_both_descriptions(district):
    warned = packed_tables(district, "Nog niet vrijgegeven.")

    with zipfile.ZipFile(io.BytesIO(warned)) as archive:
        package = json.loads(archive.read("datapackage.json"))
        web = json.loads(archive.read("csv-metadata.json"))
    assert package["status"] == "Nog niet vrijgegeven."
    assert web["schema:creativeWorkStatus"] == "Nog niet vrijgegeven."


def about(title: str, licence: str) -> About:
    return About(
        slug="a",
        title=title,
        district="Twente",
        maker="",
        begin=dt.date(2021, 7, 1),
        end=dt.date(2021, 12, 31),
        is_invented=False,
        licence=licence,
    )


CC_BY = "https://creativecommons.org/licenses/by/4.0/"


def test_the_licence_of_the_settings_stands_in_both_descriptions_and_changes_no_table(
    small, tmp_path
):
    own = Workspace(shutil.copytree(small.root, tmp_path / "own"))
    without = zipped(packed_tables(load("twente", "proef", workspace=own)))
    with (own.raw("proef") / "evaluatie.toml").open("a", encoding="utf-8") as settings:
        settings.write('[publicatie]\nlicentie = "CC-BY-4.0"\n')

    licensed = zipped(packed_tables(load("twente", "proef", workspace=own)))

    package = json.loads(licensed["datapackage.json"])
    web = json.loads(licensed["csv-metadata.json"])
    assert [(one["name"], one["path"]) for one in package["licenses"]] == [("CC-BY-4.0", CC_BY)]
    assert web["dc:license"] == {"@id": CC_BY}
    assert package["rights"] == web["dc:rights"]
    assert "(CC-BY-4.0)" in package["rights"]
    assert "(CC-BY-4.0)" in package["description"]
    assert "licenses" not in json.loads(without["datapackage.json"])
    assert "dc:license" not in json.loads(without["csv-metadata.json"])
    changed = [name for name in without if licensed[name] != without[name]]
    assert changed == ["datapackage.json", "csv-metadata.json"]
    for name, part in licensed.items():
        (tmp_path / name).write_bytes(part)
    assert Package(str(tmp_path / "datapackage.json")).validate().valid


def zipped(content: bytes) -> dict[str, bytes]:
    """The files of a zip, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_search_engine_is_told_the_licence_when_there_is_one():
    assert dataset(about("Titel", "CC-BY-4.0"))["license"] == CC_BY
    assert "license" not in dataset(about("Titel", ""))


def test_an_unknown_column_is_an_error_in_english_that_names_those_there_are():
    with pytest.raises(KeyError, match="released table 'peers' has no column 'buur'") as error:
        PublicTable("peers", ["cell", "buur"]).described()

    assert "Its columns are: area, peer, cell" in str(error.value)


def test_the_index_tells_a_search_engine_what_files_there_are(public):
    page = (public / "index.html").read_text("utf-8")
    script = BeautifulSoup(page, "lxml").select_one('script[type="application/ld+json"]')
    assert script is not None
    told = json.loads(script.text)

    assert told["@type"] == "Dataset"
    assert told["name"] == "Evaluatie MMA 2023"
    assert told["temporalCoverage"] == "2021-07-01/2023-06-30"
    files = [one["contentUrl"] for one in told["distribution"]]
    assert files == ["datapakket.zip", "bijlage.csv", "bijlage.xlsx"]
    for file in files:
        assert (public / file).is_file()


def test_no_title_can_end_the_script_that_it_stands_in():
    told = dataset(about("</script><b>", ""))

    assert "<" not in in_script(told)
    assert json.loads(in_script(told)) == told
