"""Small nasty deliveries: `corpus/truth.toml` says by hand what each must become."""

import shutil
import tomllib
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from mma_analysis import clean, read
from mma_analysis.vocabulary import DataError
from small_edition import EVALUATIE, written

CORPUS = Path(__file__).parent / "corpus"
FILES = CORPUS / "files"
TRUTH = tomllib.loads((CORPUS / "truth.toml").read_text(encoding="utf-8"))
LARGEST = 20_000


@pytest.fixture
def cleaned(tmp_path):
    """Read and clean one file of the corpus; gives the number of rows read and the clean tables."""

    def run(name, truth):
        shutil.copy(FILES / name, tmp_path)
        blocks = [
            f'[gemeenten.{slug}]\nlevering = ["{name}"]\n{truth.get("settings", "")}\n'
            for slug in truth.get("senders", ["losser"])
        ]
        evaluation = written(tmp_path, EVALUATIE + "".join(blocks))
        delivery = read.read_delivery(evaluation, name)
        return len(delivery.rows), clean.clean_meldingen([delivery], evaluation)

    return run


@pytest.mark.parametrize("name", [name for name in TRUTH if "error" in TRUTH[name]])
def test_a_file_that_cannot_be_used_says_so_and_why(cleaned, name):
    with pytest.raises(DataError) as error:
        cleaned(name, TRUTH[name])

    assert str(error.value).startswith(name)
    assert TRUTH[name]["error"] in str(error.value)


@pytest.mark.parametrize("name", [name for name in TRUTH if "error" not in TRUTH[name]])
def test_every_row_of_a_file_becomes_what_was_counted_by_hand(cleaned, name):
    truth = TRUTH[name]

    read_rows, tables = cleaned(name, truth)

    assert plain_values(tables.meldingen["received_on"]) == truth["tips"]
    assert Counter(tables.rejected["reason_code"]) == truth.get("rejected", {})
    assert len(tables.duplicates) == truth.get("duplicate", 0)
    assert Counter(tables.warnings["reason_code"]) == truth.get("warnings", {})
    for field, values in truth.get("also", {}).items():
        assert plain_values(tables.meldingen[field]) == values, field
    counted = (tables.meldingen, tables.rejected, tables.duplicates)
    assert read_rows == sum(map(len, counted))


def plain_values(column):
    if pd.api.types.is_datetime64_dtype(column):
        return column.dt.strftime("%Y-%m-%d").tolist()
    return column.tolist()


def test_every_file_of_the_corpus_has_its_truth_and_is_small():
    files = {path.name: path.stat().st_size for path in FILES.iterdir()}

    assert set(files) == set(TRUTH)
    assert len(files) >= 175
    assert max(files.values()) < LARGEST
