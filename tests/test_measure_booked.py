"""What is said of days that went out: to everybody never whether rows are otherwise now."""

import ast
import datetime as dt
import shutil
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from conftest import cases

from counting import edition, several
from mma_analysis import measure
from mma_analysis.evaluation import load
from mma_analysis.measure.booked import closed_days, own_changed
from mma_analysis.pipeline import issued, prepare
from mma_analysis.pipeline.released import Released
from mma_analysis.protect import Book, Issued
from mma_analysis.protect.book import SAID_TYPES
from mma_analysis.publish import letter
from mma_analysis.settings import Workspace
from mma_analysis.show import anders_geleverd, geboekt
from mma_analysis.show.text import text_of_html
from mma_analysis.storage import CANDIDATE, sha256, write_json
from released_tables import reading, released
from small_edition import LOSSER, write

PEILDATUM = pd.Timestamp("2023-06-30")


def issue(begin: str, peildatum: str, region: str) -> Issued:
    """What went out of these gemeenten and days; of no matter how many meldingen."""
    total = {"family": "", "region": region, "name": region}
    said = pd.DataFrame([total]).reindex(columns=list(SAID_TYPES))
    days = dt.date.fromisoformat(begin), dt.date.fromisoformat(peildatum)
    return Issued("proef", *days, said, rows=None, deliveries=None)


def booked(*rows: tuple[str, str, bool]) -> pd.DataFrame:
    """What went out until when, of gemeenten that deliver until the peildatum."""
    table = pd.DataFrame(list(rows), columns=["area", "closed_until", "is_revised"])
    table = table.astype({"closed_until": "datetime64[us]"})
    return table.assign(covered_until=PEILDATUM)


# --- which days are booked ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("revising", "last", "revised"),
    [
        ((), {"borne": "2022-12-31", "losser": "2023-06-30"}, {"losser"}),
        (("borne",), {"borne": "2022-12-31", "losser": "2023-06-30"}, {"borne", "losser"}),
    ],
    ids=["as it went out", "and one is booked anew"],
)
def test_of_each_gemeente_the_last_day_that_went_out_is_known(revising, last, revised):
    # Almelo was in no issue. Losser went out once more, after the peildatum, and was revised.
    issues = (
        issue("2021-07-01", "2022-12-31", "borne,losser:2021-07-01/2022-12-31"),
        issue("2021-07-01", "2023-12-31", "losser#2:2021-07-01/2023-12-31"),
    )
    book = Book(issues, frozenset(revising))

    found = book.closed_until(["almelo", "borne", "losser"], dt.date(2023, 6, 30))

    days = found["closed_until"].dt.strftime("%Y-%m-%d")
    assert dict(zip(found["area"], days, strict=True)) == last
    assert set(found.loc[found["is_revised"], "area"]) == revised


def test_before_anything_went_out_no_day_is_booked():
    found = Book().closed_until(["borne"], dt.date(2023, 6, 30))

    assert (len(found), list(found)) == (0, ["area", "closed_until", "is_revised"])


# --- to everybody -------------------------------------------------------------------------


def test_the_same_days_once_more_say_nothing_and_later_days_or_a_revision_do():
    same, later = ("almelo", "2023-06-30", False), ("borne", "2022-12-31", False)
    revised = ("losser", "2023-06-30", True)

    found = closed_days(booked(same, later, revised))

    assert found["area"].to_list() == ["borne", "losser"]


def test_of_who_delivered_no_later_days_the_same_stays_said():
    short = booked(("borne", "2022-12-31", False))
    short["covered_until"] = pd.Timestamp("2022-12-31")

    assert closed_days(short).empty


@pytest.mark.parametrize(("rows", "until", "revised"), cases("closed_days"))
def test_everybody_reads_up_to_which_day_and_who_was_revised(rows, until, revised):
    columns = "area closed_until is_revised"
    table = released("closed_days", columns, *ast.literal_eval(rows))
    table["closed_until"] = table["closed_until"].astype("datetime64[us]")

    found = geboekt(reading(closed_days=table))

    assert (str(found.tot or ""), " ".join(found.herzien)) == (until, revised)


def test_without_the_table_nothing_is_said():
    assert geboekt(reading()).tot is None


# --- to one gemeente ----------------------------------------------------------------------


def test_a_gemeente_has_a_row_when_its_rows_are_otherwise():
    columns = ["area", "added", "gone", "changed", "is_revised"]
    rows = [("almelo", 0, 0, 0, False), ("borne", 2, 1, 3, False), ("losser", 0, 0, 1, True)]
    days = booked(("almelo", "2022-12-31", False), ("borne", "2022-12-31", False))

    found = own_changed(pd.DataFrame(rows, columns=columns), days)

    assert found["area"].to_list() == ["borne", "losser"]
    assert found["closed_until"].to_list() == [pd.Timestamp("2022-12-31"), pd.NaT]


@pytest.mark.parametrize(("added", "gone", "changed", "said"), cases("own_changed"))
def test_what_is_otherwise_is_said_in_words_and_of_nothing_nothing(added, gone, changed, said):
    row = ("borne", int(added), int(gone), int(changed))
    table = released("own_changed", "area added gone changed", row)

    found = anders_geleverd(reading("borne", "intern", own_changed=table))

    assert text_of_html(found) == said


def test_a_page_for_everybody_says_nothing_of_it():
    assert anders_geleverd(reading("borne")) == ""


# --- from a delivery to what is read ------------------------------------------------------


@pytest.fixture(scope="module")
def again(small: Workspace, tmp_path_factory) -> Workspace:
    """Two gemeenten that went out; then Losser sent one melding more, and one otherwise."""
    root = tmp_path_factory.mktemp("again") / "root"
    workspace = Workspace(shutil.copytree(small.root, root))
    candidate = workspace.processed("proef") / f"{CANDIDATE}.parquet"
    made_of = {"candidate": sha256(candidate)}
    write_json(workspace.reports("proef") / "openbaar" / "manifest.json", made_of)
    issued(workspace, workspace.edition("proef"), dt.date(2023, 9, 12))
    more = LOSSER.replace("Woonfraude", "Drugs") + "M2022-000010;26-05-2023;Drugs;Ontvangen\n"
    write(workspace, "meldingen/losser.csv", more)
    prepare(workspace, "proef")
    return workspace


def test_its_letter_says_so_and_that_of_another_gemeente_not(again: Workspace):
    said = "is anders dan bij de uitgave daarover: één melding erbij en één veranderd."

    letters = {
        slug: letter.letter_html(load(slug, "proef", "intern", again))
        for slug in ("borne", "losser")
    }

    text = text_of_html(letters["losser"])
    assert f"Uw bestand over dagen tot en met 30 juni 2023 {said}" in text
    assert "Openbare cijfers over die dagen veranderen niet" in text
    assert "anders dan bij de uitgave" not in text_of_html(letters["borne"])


def test_public_tables_are_those_that_went_out(again: Workspace, small: Workspace):
    tables = {}
    for workspace in (small, again):
        folder = workspace.processed("proef") / "measures"
        tables[workspace.root] = {path.name: sha256(path) for path in folder.glob("*.parquet")}

    assert tables[again.root] == tables[small.root]


def test_of_booked_rows_that_were_forgotten_nobody_says_what_is_otherwise():
    gone = issue("2021-07-01", "2022-12-31", "borne:2021-07-01/2022-12-31")
    of = measure.frame(edition({"borne": {}}))
    cleaned: Any = SimpleNamespace(meldingen=several(("borne", "2022-01-01", 3)))

    assert gone.rows is None
    assert Released(cleaned, of, Book((gone,))).changed.empty
