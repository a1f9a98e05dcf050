import json
from collections import Counter
from pathlib import Path

import pytest

from mma_analysis import clean, read
from mma_analysis import settings as edition

ROOT = Path(__file__).parents[1]
TRUTH = json.loads((ROOT / "tests/truth/voorbeeld-2023.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def deliveries():
    example = edition.load(ROOT / "data/raw" / edition.EXAMPLE)
    return [read.read_delivery(example, file) for file in example.deliveries()]


@pytest.fixture(scope="module")
def cleaned(deliveries):
    return clean.clean_meldingen(deliveries, edition.load(ROOT / "data/raw" / edition.EXAMPLE))


def test_every_file_of_the_example_is_accounted_for_as_its_generator_says(deliveries, cleaned):
    accounted = {
        delivery.file: {
            "read": len(delivery.rows),
            "clean": sum(cleaned.meldingen["source_file"] == delivery.file),
            "duplicate": sum(cleaned.duplicates["source_file"] == delivery.file),
            "rejected": dict(Counter(of_file(cleaned.rejected, delivery.file)["reason_code"])),
        }
        for delivery in deliveries
    }

    assert accounted == TRUTH["files"]


def test_every_header_of_the_example_is_taken_for_what_its_generator_says(deliveries):
    taken = {
        delivery.file: {header: field for field, header in delivery.headers.items()}
        for delivery in deliveries
    }

    assert taken == TRUTH["headers"]


@pytest.mark.parametrize(
    "field", ["topic", "topic_group", "also_sent_to", "status", "disposition", "result", "usable"]
)
def test_every_word_of_the_example_is_understood_as_its_generator_says(cleaned, field):
    per_gemeente = cleaned.meldingen.groupby("gemeente")[field].apply(Counter)

    for slug, truth in TRUTH["gemeenten"].items():
        assert per_gemeente.loc[slug].dropna().to_dict() == truth[field], slug


def test_no_invented_name_street_or_plate_gets_past_reading(deliveries):
    read_text = "\n".join(delivery.rows.to_csv() for delivery in deliveries)

    assert [canary for canary in TRUTH["canaries"] if canary in read_text] == []


def of_file(table, file):
    return table[table["source_file"] == file]
