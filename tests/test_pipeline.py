"""From deliveries to tables on disk: whole or not at all, the same bytes again."""

import hashlib
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from conftest import contents

from mma_analysis import clean
from mma_analysis.pipeline import prepare
from mma_analysis.pipeline import run as run_module
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError
from says import says
from small_edition import LOSSER, TOGETHER, of_two, settings, write, written


@pytest.fixture
def fresh(tmp_path) -> Workspace:
    """Two gemeenten and nothing more, not prepared yet."""
    return of_two(tmp_path)


def table(workspace: Workspace, name: str) -> pd.DataFrame:
    return pd.read_parquet(workspace.processed("proef") / f"{name}.parquet")


# --- what it makes -------------------------------------------------------------------------------


def test_what_was_not_asked_for_has_no_table(small):
    names = {path.stem for path in (small.processed("proef") / "measures").iterdir()}

    assert {"per_period", "per_topic_group", "trend"} <= names
    assert not any(name.startswith("survey") for name in names)
    assert table(small, "clean/responses").empty


SURVEY = """vraag = [
    {{ code = "gemeente", tekst = "Wie?", kort = "Wie", soort = "gemeente" }},
    {{ code = "beter", tekst = "Beter?", kort = "Beter", soort = "open", intern = {} }},
]"""


@pytest.mark.parametrize("is_intern", [False, True])
def test_a_quote_is_released_also_when_nothing_was_coded_but_not_of_an_intern_answer(
    fresh, is_intern
):
    answer = "Meer <b>rust</b>"
    quoted = f"borne-beter-{hashlib.sha256(answer.encode()).hexdigest()[:8]}"
    quote = f'[[citaat]]\nanswer_id = "{quoted}"\ntekst = "{answer}"\n'
    quote += 'vrijgegeven_door = "X"\ndatum = 2023-07-01\n'
    head = "ID;Tijd van voltooien;Wie?;Beter?"
    write(fresh, "antwoorden.csv", f"{head}\n1;2023-06-01 10:00;Borne;{answer}\n")
    write(fresh, "codeboek.toml", SURVEY.format(str(is_intern).lower()))
    write(fresh, "citaten.toml", quote)
    files = 'bestand = "antwoorden.csv"\ncodeboek = "codeboek.toml"\ncitaten = "citaten.toml"\n'
    write(fresh, "evaluatie.toml", f"{TOGETHER}[vragenlijst]\n{files}")

    if is_intern:
        with pytest.raises(DataError, match=says("quote_without_answer", answer=quoted)):
            prepare(fresh, "proef")
    else:
        prepare(fresh, "proef")
        assert table(fresh, "measures/survey_quotes")["text"].to_list() == [answer]


def test_a_delivery_in_which_nothing_can_be_counted_blocks_its_gemeente_only(fresh):
    write(fresh, "meldingen/losser.csv", LOSSER.replace("2022;", "2032;").replace("2023;", "2033;"))

    assert prepare(fresh, "proef").manifest["blocked"] == ["losser"]
    assert set(table(fresh, "clean/meldingen")["gemeente"]) == {"borne"}
    # How many it has is not known: that is no 0.
    of_losser = table(fresh, "measures/per_period").query("area == 'losser'")
    assert set(of_losser["state"]) == {"missing"}
    assert of_losser["count"].isna().all()
    connection = table(fresh, "measures/connection").set_index("area")["has_delivered"]
    assert connection[["borne", "losser"]].to_list() == [True, False]


@pytest.mark.parametrize(
    ("is_losser_refused", "of_losser", "files"),
    [
        (False, {"clean": 2, "rejected": 0, "duplicate": 0}, 2),
        (True, {"clean": 0, "rejected": 2, "duplicate": 0}, 1),
    ],
)
def test_the_exact_accounting_is_that_of_the_files_also_of_who_has_no_row_that_counts(
    fresh, is_losser_refused, of_losser, files
):
    if is_losser_refused:
        years = LOSSER.replace("2022;", "2032;").replace("2023;", "2033;")
        write(fresh, "meldingen/losser.csv", years)

    manifest = prepare(fresh, "proef").manifest

    names = ["clean", "rejected", "duplicate"]
    accounting = pd.DataFrame(manifest["accounting"]).set_index("area")
    assert accounting.loc["losser", names].to_dict() == of_losser
    # borne.csv: four rows, of which one is double and one has a day that does not exist
    assert accounting.loc["borne", names].to_list() == [2, 1, 1]
    of_files = pd.DataFrame(manifest["files"])
    assert accounting[names].sum().to_dict() == of_files[names].sum().to_dict()
    assert of_files["read"].sum() == accounting[names].to_numpy().sum() == 6
    # What everybody reads is of the files of those that are counted, all four numbers.
    public = table(fresh, "measures/deliveries").iloc[0]
    assert public["files"] == files


@pytest.mark.parametrize(
    ("row", "absent"),
    [
        ("2022-02-31;Borne", {}),
        ("2022-02-31;Losser", {"losser": "unreadable"}),
        ("2022-02-31;", {"losser": "unreadable"}),  # it may be of Losser
        ("2020-03-01;Losser", {}),  # before the evaluation: that is none in it
    ],
)
def test_of_whom_no_row_could_be_counted_is_seen_in_a_file_of_two(tmp_path, row, absent):
    files = {"borne": "samen.csv", "losser": "samen.csv"}
    head = "Meldnummer;Onderwerp;Ontvangen op;Gemeente"
    lines = [head, "M2022-000001;Drugs;2022-03-01;Borne", f"M2022-000002;Drugs;{row}"]
    (tmp_path / "samen.csv").write_text("\n".join(lines), encoding="utf-8")
    of_both = written(tmp_path, settings(files))

    assert run_module.read_and_clean(of_both).absent(of_both) == absent


def test_elsewhere_the_tables_of_the_example_have_the_same_bytes(workspace, reports):
    assert contents(workspace.processed(EXAMPLE)) == contents(reports.workspace.processed(EXAMPLE))


# --- again, and when -----------------------------------------------------------------------------


def test_a_number_is_written_to_ten_digits(tmp_path):
    third, inf = 1 / 3, float("inf")
    one = pd.DataFrame({"a": [third, 45.2, float("nan"), inf, 0.0, -1e-12 / 3]})
    other = one.replace(third, third + 1e-15)
    assert not one.equals(other)

    run_module.write_tables({"one": one, "other": other}, tmp_path)

    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "other.parquet").read_bytes()
    read = pd.read_parquet(tmp_path / "one.parquet")["a"]
    assert read.dtype == "float64"
    assert read.fillna(-9).to_list() == [0.3333333333, 45.2, -9, inf, 0.0, -3.333333333e-13]


@pytest.mark.parametrize("is_put_back", [False, True])
def test_a_file_that_was_another_one_while_it_was_read_stops_everything(
    small, tmp_path, monkeypatch, is_put_back
):
    own = Workspace(shutil.copytree(small.root, tmp_path / "own"))
    before = contents(own.processed("proef"))

    def interrupted(workspace, edition, folder):
        write(own, "meldingen/losser.csv", LOSSER + "M2022-000010;06-05-2023;Drugs;Ontvangen\n")
        cleaned = run_module.read_and_clean(edition)
        if is_put_back:
            write(own, "meldingen/losser.csv", LOSSER)
        return {"files": cleaned.files}

    monkeypatch.setattr(run_module, "run_stages", interrupted)

    why = says("changed_meanwhile", files="losser.csv", slug="proef")
    with pytest.raises(DataError, match=why):
        prepare(own, "proef", force=True)
    assert contents(own.processed("proef")) == before


# --- when it cannot ------------------------------------------------------------------------------


def test_a_row_that_cleaning_lost_stops_everything(fresh, monkeypatch):
    original = clean.clean_meldingen

    def forgetful(deliveries, edition):
        tips = original(deliveries, edition)
        return replace(tips, meldingen=tips.meldingen.iloc[1:])

    monkeypatch.setattr(clean, "clean_meldingen", forgetful)

    with pytest.raises(DataError, match=says("rows_lost", file="borne.csv", read=4, accounted=3)):
        prepare(fresh, "proef")
    assert not fresh.processed("proef").exists()
