"""Numbers that are not those of their cell are caught on pages, in figures and files to save.

The page and the tables in `cases/` are written by hand: to gemeente Borne its exact 8 is known, to
everybody else 10.
"""

from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest

from audit_pages import edition_in, page, write
from mma_analysis.audit.examining import Auditor
from mma_analysis.audit.pages import json_object
from mma_analysis.vocabulary import DataError
from planting import Files, instead, leaks, says

CASES = Path(__file__).parent / "cases"
DISTRICT, INTERN = "openbaar/district.html", "intern/borne/borne.html"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("cells")
    for file, name in ((DISTRICT, "audit_district.html"), (INTERN, "audit_borne.html")):
        write(folder / file, page((CASES / name).read_text(encoding="utf-8")))
    tables = folder / "tables"
    own = tables / "measures_intern" / "borne" / "tables.zip"
    for path in (tables / "measures", own.parent):
        path.mkdir(parents=True)
    for path in (CASES / "audit_tables").glob("*.csv"):
        table = pd.read_csv(path)
        if path.stem.startswith("own_"):
            with ZipFile(own, "w") as packed:
                packed.writestr(path.stem.removeprefix("own_") + ".parquet", table.to_parquet())
        else:
            table.to_parquet(tables / "measures" / f"{path.stem}.parquet")
    return Files(folder, Auditor(edition_in(folder / "proef"), tables), folder)


DAYS = instead('"type": "bar"', '"type": "bar", "ids": ["2021-07-01T00:00:00"]', DISTRICT)


@pytest.mark.parametrize("harmless", [(DISTRICT,), (INTERN,), DAYS])
def test_a_page_of_which_each_number_is_that_of_its_cell_has_no_findings(clean, harmless):
    assert clean.found(*harmless) == []


@pytest.mark.parametrize(("kind", "file", "change"), leaks("written"))
def test_what_is_not_as_the_released_tables_have_it_is_caught(clean, kind, file, change):
    assert kind in {finding.kind for finding in clean.found(file, change)}


def test_an_intern_page_shows_of_others_what_is_public_and_no_more(clean):
    public = instead('value="8"', 'value="10"', INTERN)

    assert [finding.kind for finding in clean.found(*public)] == ["cell"]


def test_a_finding_says_a_word_and_never_a_number(clean):
    found = clean.found(*says("<p>Dat gebeurt 4711 keer vaker.</p>", DISTRICT))

    said = [finding.sentence for finding in found]
    assert len(said) == 2
    assert all("openbaar/district.html, onderdeel 1, regel" in one for one in said)
    assert ["‘vaker’" in one for one in said] == ["‘####’" not in one for one in said]
    assert "4711" not in "".join(said)


@pytest.mark.parametrize("source", ["{", "[]", '{"x": {"dtype": "f8", "bdata": "geheim"}}'])
def test_a_figure_that_cannot_be_read_is_an_error_without_its_content(source):
    with pytest.raises(DataError) as error:
        json_object(source, "borne.html, figure 1")

    assert "borne.html, figure 1" in str(error.value)
    assert "geheim" not in str(error.value)
