"""Small nasty deliveries: `corpus/truth.toml` says by hand what each must become."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from mma_analysis import clean, read
from mma_analysis.vocabulary import DataError
from says import says
from small_edition import delivers

CORPUS = Path(__file__).parent / "corpus"
FILES = CORPUS / "files"
TRUTH = tomllib.loads((CORPUS / "truth.toml").read_text(encoding="utf-8"))


@pytest.fixture
def cleaned(tmp_path):
    """Read and clean one file of the corpus; gives the number of rows read and the clean tables."""

    def run(name):
        own, senders = TRUTH[name].get("settings", ""), TRUTH[name].get("senders", ["losser"])
        edition = delivers(tmp_path, (FILES / name).read_bytes(), name, own, senders)
        delivery = read.read_delivery(edition, name)
        return len(delivery.rows), clean.clean_meldingen([delivery], edition)

    return run


@pytest.mark.parametrize("name", [name for name in TRUTH if "error" in TRUTH[name]])
def test_a_file_that_cannot_be_used_says_so_and_why(cleaned, name):
    with pytest.raises(DataError) as error:
        cleaned(name)

    assert str(error.value).startswith(name)
    words = TRUTH[name].get("says", {})
    for one in words if isinstance(words, list) else [words]:
        assert re.search(says(TRUTH[name]["error"], **one), str(error.value)), one


@pytest.mark.parametrize("name", [name for name in TRUTH if "error" not in TRUTH[name]])
def test_every_row_of_a_file_becomes_what_was_counted_by_hand(cleaned, name):
    truth = TRUTH[name]

    read_rows, tables = cleaned(name)

    assert plain_values(tables.meldingen["received_on"]) == truth["tips"]
    assert Counter(tables.rejected["reason_code"]) == truth.get("rejected", {})
    assert len(tables.duplicates) == truth.get("duplicate", 0)
    assert Counter(tables.warnings["reason_code"]) == truth.get("warnings", {})
    for field, values in truth.get("also", {}).items():
        assert plain_values(tables.meldingen[field]) == values, field
    assert read_rows == sum(map(len, (tables.meldingen, tables.rejected, tables.duplicates)))


def plain_values(column):
    if pd.api.types.is_datetime64_dtype(column):
        return column.dt.strftime("%Y-%m-%d").tolist()
    return column.tolist()


def test_every_file_of_the_corpus_has_its_truth():
    assert {path.name for path in FILES.iterdir()} == set(TRUTH)
