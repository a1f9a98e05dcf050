"""The example edition: made anew it is the same, its truth adds up, and it endangers nobody."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PROJECT, contents
from tools.example_edition import edition

from mma_analysis import read
from mma_analysis import settings as edition_settings

FOLDER = PROJECT / "data" / "raw" / "voorbeeld-2023"
TRUTH = PROJECT / "tests" / "truth" / "voorbeeld-2023.json"
BY_HAND = {
    *("evaluatie.toml", "vrijgave.toml"),
    *(f"vragenlijst/{name}.toml" for name in ("citaten", "codeboek", "themas")),
}
NUMBER = re.compile(r"M20\d\d-\d{6}")


@pytest.fixture(scope="module")
def truth():
    return json.loads(TRUTH.read_bytes())


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """All that is written in each delivery and workbook, whatever its encoding."""
    files = (*FOLDER.glob("meldingen/*"), *FOLDER.glob("vragenlijst/*.xlsx"))
    return {path.relative_to(FOLDER).as_posix(): "\n".join(texts(path)) for path in files}


def texts(path: Path) -> Iterator[str]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name).decode("utf-8") for name in packed.namelist())
    else:
        raw = path.read_bytes()
        yield raw.decode("utf-16" if raw[:2] == b"\xff\xfe" else "latin-1")


def test_made_anew_it_is_the_committed_files_byte_for_byte(tmp_path):
    edition.write(tmp_path / "edition", tmp_path / "truth.json")

    made, committed = contents(tmp_path / "edition"), contents(FOLDER)
    assert made == {name: committed[name] for name in committed.keys() - BY_HAND}
    assert (tmp_path / "truth.json").read_bytes() == TRUTH.read_bytes()


def test_every_header_is_taken_for_what_its_generator_says(truth):
    settings = edition_settings.load(FOLDER)
    deliveries = [read.read_delivery(settings, file) for file in settings.deliveries()]

    taken = {
        one.file: {
            head: field
            for field, head in one.headers.items()
            if field not in ("free_text", "ignored")  # named in the letter, and not read
        }
        for one in deliveries
    }

    assert taken == truth["headers"]


def test_the_truth_is_what_a_search_for_numbers_of_m_finds_in_the_files(truth, written):
    files = truth["files"]
    numbers = {name: {*NUMBER.findall(written[name])} for name in files}
    expected = {name: file["read"] - file["duplicate"] for name, file in files.items()}
    expected["meldingen/haaksbergen.csv"] = 0  # it writes no numbers down
    expected["meldingen/noaberkracht.xlsx"] -= 1  # one tip that both its gemeenten received

    assert {name: len(found) for name, found in numbers.items()} == expected
    rejected = sum(sum(file["rejected"].values()) for file in files.values())
    without = files["meldingen/haaksbergen.csv"]["clean"]
    assert len(set().union(*numbers.values())) == truth["district"]["tips"] - without + rejected


def test_the_themes_are_counted_by_hand(truth):
    # Twenterand, Hof van Twente and both of Noaberkracht; Rijssen-Holten has none after all.
    assert truth["survey"]["themes"] == {
        "tijdstip_en_plaats": 4,
        "informatie_delen": 3,  # Borne, Oldenzaal, Hengelo
        "bekendheid": 3,  # Almelo and both of Noaberkracht
        "capaciteit": 2,  # Enschede, Haaksbergen
        "afspraken": 2,  # Enschede, Losser
    }


def test_every_canary_is_in_a_delivery_or_the_survey_and_in_no_settings(truth, written):
    delivered = "\n".join(written.values())
    by_hand = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in BY_HAND)

    assert len(truth["canaries"]) == len(set(truth["canaries"])) >= 25
    for canary in truth["canaries"]:
        assert len(canary) >= 8
        assert canary in delivered
        assert canary not in by_hand
