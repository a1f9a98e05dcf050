"""The example edition: reproducible, consistent with its truth, and a danger to nobody."""

import datetime as dt
import json
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from mma_analysis import codebook, coding, domain
from mma_analysis import settings as edition_settings
from mma_analysis.example import codings, edition, survey
from mma_analysis.example.tables import table

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "data" / "raw" / "voorbeeld-2023"
TRUTH = ROOT / "tests" / "truth" / "voorbeeld-2023.json"


@pytest.fixture(scope="module")
def truth():
    return json.loads(TRUTH.read_bytes())


@pytest.fixture(scope="module")
def delivered():
    return edition.deliveries()


@pytest.fixture(scope="module")
def clean(delivered):
    return [row for rows in delivered.values() for row in rows if row.verdict == "clean"]


def layouts():
    return {layout["name"]: layout for layout in table("layouts")["file"]}


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_writing_it_again_gives_the_committed_bytes(tmp_path):
    truth_file = tmp_path / "truth.json"

    edition.write(tmp_path / "edition", truth_file)

    assert content(tmp_path / "edition") == content(FOLDER)
    assert truth_file.read_bytes() == TRUTH.read_bytes()


def test_the_command_writes_where_it_is_told(tmp_path):
    command = [sys.executable, "-m", "mma_analysis.example", "here", "--truth", "there.json"]

    subprocess.run(command, cwd=tmp_path, check=True)

    assert (tmp_path / "here" / "evaluatie.toml").is_file()
    assert (tmp_path / "there.json").read_bytes() == TRUTH.read_bytes()


def test_its_settings_are_valid_and_say_that_it_is_fictitious():
    settings = edition_settings.load(FOLDER)

    assert settings.evaluatie.fictief
    assert set(settings.gemeenten) == {area.slug for area in domain.gemeenten()}
    assert len(settings.deliveries()) == 13


def test_every_delivered_row_is_clean_rejected_or_a_duplicate(truth):
    for file in truth["files"].values():
        parts = file["clean"] + file["duplicate"] + sum(file["rejected"].values())
        assert file["read"] == parts


def test_the_truth_counts_the_same_receipts_in_four_ways(truth):
    district = truth["district"]

    assert 500 <= district["receipts"] <= 700
    assert district["receipts"] == sum(file["clean"] for file in truth["files"].values())
    assert district["receipts"] == sum(g["receipts"] for g in truth["gemeenten"].values())
    assert district["receipts"] == sum(district["receipts_per_month"].values())


def test_a_tip_at_two_gemeenten_is_two_receipts_and_one_tip(truth, clean):
    received = Counter(row.receipt.melding_id for row in clean)

    assert set(received.values()) == {1, 2}
    assert 12 <= truth["district"]["twice"] <= 20
    assert truth["district"]["twice"] == sum(times == 2 for times in received.values())
    assert truth["district"]["tips"] == len(received)


def test_a_tip_at_two_gemeenten_has_one_day_and_one_topic(clean):
    shared = sorted(
        (row.receipt for row in clean if row.receipt.shared), key=lambda receipt: receipt.melding_id
    )

    for first, second in zip(shared[::2], shared[1::2], strict=True):
        assert first.gemeente != second.gemeente
        assert (first.melding_id, first.received_on, first.topic) == (
            second.melding_id,
            second.received_on,
            second.topic,
        )


def test_nobody_receives_before_it_is_connected_or_after_the_peildatum(clean):
    settings = edition_settings.load(FOLDER)

    for row in clean:
        connected = settings.gemeente(row.receipt.gemeente).aangesloten
        assert connected is not None
        assert connected <= row.receipt.received_on <= settings.peildatum


def test_small_gemeenten_are_small(truth):
    small = ("borne", "dinkelland", "haaksbergen", "losser", "tubbergen", "wierden")

    for slug in small:
        assert 1 <= truth["gemeenten"][slug]["receipts_per_year"]["2022/2023"] <= 12


def test_about_half_of_all_results_are_unknown(truth):
    results = Counter()
    for gemeente in truth["gemeenten"].values():
        results.update(gemeente["result"])

    assert 0.45 <= results["onbekend"] / results.total() <= 0.65


def test_the_codes_of_the_truth_are_words_of_the_project(truth):
    for gemeente in truth["gemeenten"].values():
        assert set(gemeente["topic"]) <= set(domain.topics())
        assert set(gemeente["topic_group"]) <= set(domain.topic_groups())
        for field in (*domain.REDUCED, *domain.FOLLOW_UP, "also_sent_to"):
            assert set(gemeente[field]) <= set(domain.values(field))
            assert sum(gemeente[field].values()) == gemeente["receipts"]


def test_the_reasons_are_words_of_the_project(truth):
    reasons = {reason for file in truth["files"].values() for reason in file["rejected"]}

    assert reasons <= set(domain.rejection_reasons())
    assert len(reasons) == 6


def test_the_fields_of_the_layouts_are_words_of_the_project(truth):
    fields = {field for headers in truth["words"]["headers"].values() for field in headers.values()}

    assert fields <= set(domain.RAW_MELDINGEN)


def test_a_field_stands_in_one_column_of_a_file():
    for layout in layouts().values():
        fields = [field.partition(":")[0] for _, field in layout["columns"] if field[0] != "-"]
        assert len(fields) == len(set(fields)), layout["name"]


def test_a_content_column_is_filled_at_least_once(delivered):
    """Nobody could tell an empty column with a name's header from a yes/no column."""
    for name, rows in delivered.items():
        for position, (header, field) in enumerate(layouts()[name]["columns"]):
            if ":" in field:
                assert any(row.cells[position] for row in rows), (name, header)


def test_words_that_only_one_gemeente_has_are_in_its_settings(delivered):
    settings = edition_settings.load(FOLDER)
    own = layouts()["enschede.xlsx"]["own_words"]

    known = settings.gemeente("enschede").waarden["topic"]
    written = {cell for row in delivered["enschede.xlsx"] for cell in row.cells}

    assert {label: topic for topic, label in own.items()} == known
    assert set(known) <= written


def test_headers_that_only_one_gemeente_has_are_in_its_settings(truth):
    settings = edition_settings.load(FOLDER)

    for slug in ("enschede", "rijssen-holten"):
        headers = truth["words"]["headers"][f"meldingen/{slug}.xlsx"]
        assert settings.gemeente(slug).kolommen.items() <= headers.items()


def test_a_place_in_more_than_one_gemeente_has_its_postcode(delivered):
    header = [field for _, field in layouts()["noaberkracht.xlsx"]["columns"]]
    place, postcode = header.index("place"), header.index("postcode")

    found = {
        (row.cells[place], row.cells[postcode][:4])
        for row in delivered["noaberkracht.xlsx"]
        if row.cells[place]
    }

    assert ("Deurningen", "7561") in found  # 7562 would be Oldenzaal
    assert ("Haarle", "7668") in found  # 7448 would be Hellendoorn


def test_without_numbers_no_two_receipts_are_alike(delivered):
    days = [row.receipt.received_on for row in delivered["haaksbergen.csv"]]

    assert len(days) == len(set(days))


def test_a_lesser_double_misses_what_the_other_row_has(delivered):
    for rows in delivered.values():
        standing = {row.receipt: row.cells for row in rows if row.verdict == "clean"}
        for double in (row for row in rows if row.verdict == "duplicate"):
            cells = standing[double.receipt]
            assert all(a in (None, b) for a, b in zip(double.cells, cells, strict=True))


def test_doubles_stand_before_and_after_the_row_that_counts(delivered):
    orders = set()
    for rows in delivered.values():
        for first, second in pairwise(rows):
            if first.receipt == second.receipt:
                orders.add((first.verdict, second.verdict))

    assert orders == {("clean", "duplicate"), ("duplicate", "clean")}


def test_every_canary_is_in_the_deliveries_or_the_survey(truth):
    everything = "\n".join(_texts(FOLDER))

    assert len(truth["canaries"]) == len(set(truth["canaries"])) >= 25
    for canary in truth["canaries"]:
        assert len(canary) >= 8
        assert canary in everything


def _texts(folder):
    """All that is written in the files, whatever their encoding."""
    for path in (*folder.glob("meldingen/*"), *folder.glob("vragenlijst/*.xlsx")):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                yield from (packed.read(name).decode("utf-8") for name in packed.namelist())
        else:
            raw = path.read_bytes()
            yield raw.decode("utf-16" if raw[:2] == b"\xff\xfe" else "latin-1")


def test_no_settings_or_code_book_holds_a_canary(truth):
    published = [FOLDER / "evaluatie.toml", *(FOLDER / "vragenlijst").glob("*.toml")]

    for path in published:
        text = path.read_text(encoding="utf-8")
        assert not [canary for canary in truth["canaries"] if canary in text]


def test_workbooks_are_packed_without_compression_and_without_a_clock():
    for path in (*FOLDER.rglob("*.xlsx"), *FOLDER.rglob("*.ods")):
        with zipfile.ZipFile(path) as packed:
            for entry in packed.infolist():
                assert entry.compress_type == zipfile.ZIP_STORED
                assert entry.date_time == (2023, 7, 3, 9, 0, 0)


def test_the_survey_has_twelve_rows_for_twelve_gemeenten():
    settings = edition_settings.load(FOLDER)
    assert settings.vragenlijst is not None

    answers = survey.counted()

    assert len(table("antwoorden")["answer"]) == 12
    assert len(answers) == 12
    assert set(answers) == set(settings.gemeenten) - set(settings.vragenlijst.geen_ervaring)
    assert answers["dinkelland"] is answers["tubbergen"]


def test_the_later_answer_of_a_gemeente_counts(truth):
    assert survey.counted()["losser"]["begin"] == dt.datetime(2023, 6, 15, 11, 31, 29)
    assert truth["survey"]["answers"]["losser"]["voortzetten"] == "ja"


def test_the_themes_are_counted_by_hand(truth):
    # Twenterand, Hof van Twente and both of Noaberkracht; Rijssen-Holten has none after all.
    assert truth["survey"]["themes"] == {
        "tijdstip_en_plaats": 4,
        "informatie_delen": 3,  # Borne, Oldenzaal, Hengelo
        "bekendheid": 3,  # Almelo and both of Noaberkracht
        "capaciteit": 2,  # Enschede, Haaksbergen
        "afspraken": 2,  # Enschede, Losser
    }


def test_the_coded_workbook_looks_like_the_one_that_is_handed_out():
    assert codings.HEADER == coding.HEADERS
    assert (codings.AGREED, codings.NO_THEME) == (codebook.AGREED, codebook.NO_THEME)


def test_answers_are_options_of_the_code_book():
    book = tomllib.loads((FOLDER / "vragenlijst" / "codeboek.toml").read_text("utf-8"))

    for question in book["vraag"]:
        if question["soort"] in ("likert", "single"):
            given = {a.get(question["code"]) for a in survey.counted().values()}
            assert given <= {*question["opties"], None}, question["code"]


def test_every_question_has_a_short_label():
    for question in table("codeboek")["vraag"]:
        assert 0 < len(question["kort"]) <= 45
