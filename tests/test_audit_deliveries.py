"""The audit searches for what is in a delivery, whatever kind of file it is and is called."""

import re
import shutil
from pathlib import Path

import pytest

from mma_analysis.audit.examination import Auditor
from mma_analysis.audit.released import is_raw
from mma_analysis.audit.search import delivered_cells
from mma_analysis.read.grids import open_grids
from mma_analysis.settings import Edition
from mma_analysis.storage import input_hashes
from mma_analysis.vocabulary import DataError, Vocabulary
from mma_analysis.vocabulary.reference import REGISTRY
from mma_analysis.vocabulary.value import Value
from planting import edition_in, page
from says import says

VOCABULARY = Vocabulary()
CORPUS = Path(__file__).parent / "corpus" / "files"


def delivered(edition: Edition, folder: Path, *printed: str) -> list[str]:
    """What the audit says of what is printed on a page and was delivered."""
    path = folder / "borne.html"
    path.write_text(page("".join(f"<p>{words}</p>" for words in printed)), encoding="utf-8")
    auditor = Auditor(edition, folder)
    found = {*auditor.look(auditor.open(path, "openbaar/borne.html"))}
    return sorted(finding.sentence for finding in found if finding.kind == "delivered")


def test_an_amount_in_the_annex_has_its_cents():
    assert [is_raw(text, Value(62.5, "euro")) for text in ("62,5", "63")] == [True, False]


def test_the_audit_sees_every_cell_that_reading_sees(tmp_path):
    opened = 0
    for path in CORPUS.iterdir():
        try:
            grids = open_grids(path, path.name)
        except DataError:
            continue
        every = [
            (grid.sheet, row, column, words)
            for grid in grids
            for row, cells in enumerate(grid.rows, start=1)
            for column, words in enumerate(cells, start=1)
            if re.search(r"\w", words)
        ]
        (tmp_path / path.name).mkdir()
        shutil.copy(path, tmp_path / path.name)
        assert [cell[1:] for cell in delivered_cells(tmp_path / path.name)] == every, path.name
        opened += 1
    assert opened > 100


@pytest.mark.parametrize(
    ("lines", "printed", "is_leak"),
    [
        ("Zaaknr;Soort\n41873;drugs", "Zaak 41873", True),
        ("Datum;Soort\n3 juli 2023;drugs", "3 juli 2023", False),
        ("Datum;Soort\n10-03-2022;drugs", "10-03-2022", False),
        ("Lijst van;Klaske Dotterbloem\nDatum;Soort", "Klaske Dotterbloem", True),
    ],
)
def test_a_number_or_a_name_is_searched_for_and_a_day_is_not(tmp_path, lines, printed, is_leak):
    edition = edition_in(tmp_path / "proef")
    (edition.folder / "meldingen" / "wierden.csv").write_text(f"{lines}\n", encoding="utf-8")

    found = delivered(edition, tmp_path, printed)

    assert any("(komt uit meldingen/wierden.csv" in sentence for sentence in found) == is_leak


# Tabs and heads of the annex, months, headings and sentences of notebooks.
PRINTED = [
    *("Inhoud", "Eenheid", "Uitleg", "April", "Augustus", "Verantwoording", "Werkwijze"),
    *(row["sheet"] for row in REGISTRY if row["sheet"]),
    *(row["nl"] for row in VOCABULARY.reference("labels")),
]


def test_words_that_the_program_prints_itself_are_no_names(tmp_path):
    edition = edition_in(tmp_path / "proef")
    rows = [f"01-10-2021;drugs;{name}" for name in (*PRINTED, "Dotterbloem")]
    delivery = "\n".join(["Datum ontvangst;Soort;Naam", *rows, ""])
    (edition.folder / "meldingen" / "wierden.csv").write_text(delivery, encoding="utf-8")

    (found,) = delivered(edition, tmp_path, *PRINTED, "Dotterbloem")

    assert found.startswith("openbaar/borne.html, regel ")
    where = f"meldingen/wierden.csv, rij {len(rows) + 1}, kolom 3"
    assert found.endswith(f"Haal het weg (komt uit {where})")


@pytest.mark.parametrize(
    "name", ["pdf.xlsx", "libreoffice-password.xls", "truncated.xlsx", "binary.csv", "bomb.xlsx"]
)
def test_a_file_that_nobody_can_open_stops_the_audit_and_says_why(tmp_path, name):
    shutil.copy(CORPUS / name, tmp_path)

    with pytest.raises(DataError) as error:
        list(delivered_cells(tmp_path))

    assert re.match(says("cannot_search", file=name), str(error.value))
    assert f"\n{name}: " in str(error.value)


def test_what_is_kept_beside_deliveries_is_no_delivery_and_changes_nothing(tmp_path):
    before = input_hashes(tmp_path)
    (tmp_path / "notebooks").mkdir()
    left = ("~$losser.xlsx", ".~lock.losser.xlsx#", "._losser.xlsx", "desktop.ini")
    for name in (*left, "notebooks/gemeente.ipynb", "notebooks/tabel.csv"):
        (tmp_path / name).write_bytes(b"\x05Anna")

    assert list(delivered_cells(tmp_path)) == []
    assert input_hashes(tmp_path) == before
