"""`mma compare`: what changed between two editions, from released tables, by hand."""

import datetime as dt
import json
from typing import Any

import pandas as pd
import pytest
from conftest import toml_cases
from typer.testing import CliRunner

from mma_analysis import measure
from mma_analysis.cli import app
from mma_analysis.pipeline.compare import change_tables, compare
from mma_analysis.settings import SETTINGS_FILE, Workspace
from mma_analysis.storage import hashes_below, write_json
from mma_analysis.vocabulary import DataError, filled_in
from says import says

DEFINITIONS = {
    "begin": "2021-07-01",
    "peildatum": "2022-06-30",
    "basis": 5,
    "connected": {"almelo": "2021-07-01", "borne": None},
    "topics": "1a2b3c4d",
    "groups": {"fraude": "fraude_en_geld"},
    "indicators": {"costs": {"name": "Kosten", "version": "1", "mark": "aa"}},
}
Count = tuple[str, str, int | None, str]
# What is behind a state that is hidden is told nowhere.
BEFORE: list[Count] = [
    ("almelo", "whole", 50, "shown"),
    ("almelo", "2022-01/2022-06", 33, "shown"),
    ("borne", "whole", 3, "hidden"),
    ("borne", "2022-01/2022-06", 3, "hidden"),
]


def write_edition(
    both: Workspace, slug: str, counts: list[Count], end: dt.date, **definitions: object
) -> None:
    """The released tables of an edition: counts per period, and a verdict on each area's year."""
    measures = both.processed(slug) / "measures"
    measures.mkdir(parents=True)
    rows = [
        {"area": area, "period": period, "kind": "whole" if period == "whole" else "half"}
        | {"count": count, "off": 4, "state": state}
        for area, period, count, state in counts
    ]
    pd.DataFrame(rows).astype({"count": "Int64"}).to_parquet(measures / "per_period.parquet")
    days = [("whole", dt.date(2021, 7, 1), end)]
    days += [("2022-01/2022-06", dt.date(2022, 1, 1), dt.date(2022, 6, 30))]
    periods = pd.DataFrame(days, columns=["period", "begin", "end"])
    periods.to_parquet(measures / "periods.parquet")
    finish(both, slug, definitions={**DEFINITIONS, **definitions})


def sentences_of(comparison: dict[str, Any]) -> list[str]:
    return filled_in("cli/comparison.txt.j2", **comparison).splitlines()


def finish(both: Workspace, slug: str, **more: object) -> None:
    folder = both.processed(slug)
    content = {"edition": slug, "outputs": hashes_below(folder), **more}
    write_json(folder / "manifest.json", content)


@pytest.fixture
def both(tmp_path) -> Workspace:
    """Two editions: the later one ends a year later, and rounds otherwise."""
    both = Workspace(tmp_path)
    write_edition(both, "oud", BEFORE, dt.date(2022, 6, 30))
    now: list[Count] = [
        ("almelo", "whole", 113, "shown"),
        ("almelo", "2022-01/2022-06", 31, "shown"),
        ("borne", "whole", 16, "shown"),
        ("borne", "2022-01/2022-06", None, "hidden"),
    ]
    later = {"peildatum": "2023-06-30", "basis": 10}
    write_edition(both, "nieuw", now, dt.date(2023, 6, 30), **later)
    return both


def compared(both: Workspace) -> dict[str, Any]:
    return compare(both, "nieuw", "oud")


def test_only_a_count_of_the_same_days_that_changed_is_listed_with_both_values(both):
    (row,) = compared(both)["counts"]

    assert (row["area"], row["period"]) == ("almelo", "2022-01-01/2022-06-30")
    assert (row["count_before"], row["count_after"]) == (33, 31)
    assert compared(both)["totals"][1]["count_before"] is None
    # Nothing is subtracted: 113 and 50 are rounded, each for itself.
    assert "63" not in json.dumps(compared(both)) + "".join(sentences_of(compared(both)))


def test_only_a_whole_period_of_other_days_is_called_no_growth(both):
    now = [BEFORE[0], ("borne", "whole", 16, "shown")]
    write_edition(both, "opnieuw", now, dt.date(2022, 6, 30))
    days = "(2021-07-01/2022-06-30)"

    same = sentences_of(compare(both, "opnieuw", "oud"))
    other = sentences_of(compared(both))

    heading = same.index("hele periode, van dezelfde dagen")
    assert same[heading + 2] == f"  borne: niet getoond {days} → 16 {days}"
    assert [line for line in same if "geen groei" in line] == []
    assert "hele periode, niet van dezelfde dagen, dus dit is geen groei" in other
    assert f"  borne: niet getoond {days} → 16 (2021-07-01/2023-06-30)" in other
    assert "hele periode, van dezelfde dagen" not in other


@pytest.mark.parametrize(
    ("state", "figure", "is_hidden"),
    [("never", "niet in het bestand", False), ("hidden", "niet getoond", True)],
)
def test_why_a_count_is_no_longer_there_is_told(both, state, figure, is_hidden):
    write_edition(both, "later", [(*BEFORE[1][:2], None, state)], dt.date(2022, 6, 30))

    said = sentences_of(compare(both, "later", "oud"))

    assert f"  almelo 2022-01-01/2022-06-30: 33 → {figure}" in said
    besides = "  1 hiervan zijn eerder getoond: ze nu verbergen neemt niets terug"
    assert (besides in said) == is_hidden


def test_a_conclusion_that_changed_is_listed(both):
    for slug, verdict in (("oud", "geen duidelijke verandering"), ("nieuw", "toename")):
        folder = both.processed(slug) / "measures"
        trend = pd.DataFrame({"area": ["twente"], "change": [0.1], "verdict": [verdict]})
        trend.to_parquet(folder / "trend.parquet")
        finish(both, slug, definitions=DEFINITIONS)

    (row,) = compared(both)["verdicts"]

    assert (row["before"], row["after"]) == ("geen duidelijke verandering", "toename")


@pytest.mark.parametrize("case", toml_cases("definitions"))
def test_what_is_defined_otherwise_is_a_change(both, case):
    finish(both, "nieuw", definitions={**DEFINITIONS, **case["changed"]})

    said = sentences_of(compared(both))

    assert said[said.index("betekenissen") + 1 :][:2] == [case["line"], ""]


def test_the_command_gives_a_machine_the_same_and_a_person_lines(both):
    finish(both, "oud")  # and did not write down what its figures mean
    command = ["compare", "nieuw", "oud", "--root", str(both.root)]

    ended, asked = (CliRunner().invoke(app, [*command, *more]) for more in ([], ["--json"]))

    assert ended.stdout.splitlines() == sentences_of(compared(both))
    assert json.loads(asked.stdout) == compared(both)
    assert compared(both)["definitions"] is None
    assert any("niet opgeschreven" in line for line in sentences_of(compared(both)))


def test_tables_that_were_changed_by_hand_or_never_made_are_refused_by_name(both):
    path = both.processed("oud") / "measures" / "per_period.parquet"
    pd.read_parquet(path).head(1).to_parquet(path)
    settings = both.raw("weg") / SETTINGS_FILE
    settings.parent.mkdir(parents=True)
    settings.touch()

    with pytest.raises(DataError, match=says("tables_touched", files="per_period")):
        compare(both, "nieuw", "oud")
    with pytest.raises(DataError, match=says("not_prepared", slug="weg")):
        compare(both, "nieuw", "weg")


def test_what_changed_since_the_earlier_edition_is_a_released_table(both):
    now, before = (both.processed(slug) / "measures" for slug in ("nieuw", "oud"))

    tables = measure.made(change_tables(now, before, [DEFINITIONS, DEFINITIONS]), "changes")

    counts = tables["changed_totals"][["cell", "count_before", "count_after"]].astype("object")
    assert counts.fillna("").to_numpy().tolist() == [
        ["changed_totals|almelo", 50, 113],
        ["changed_totals|borne", "", 16],
    ]
    assert tables["changed_definitions"].empty
