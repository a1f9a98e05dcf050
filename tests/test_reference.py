"""`mma reference`: which tables there are, and inhabitants from a StatLine of our own."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mma_analysis.cli import app
from mma_analysis.forms.statline import refresh_population
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.reference import table_names
from says import says
from small_edition import EVALUATIE
from test_own_tables import made

pytest.importorskip("cbsodata", reason="the extra cbs is not installed")

SETTINGS = EVALUATIE.replace("Twente", "Eiland").replace("2023", "2022") + "[gemeenten.noord]\n"

POPULATION = (
    "slug,reference_date,inhabitants,source\n"
    "noord,2020-12-31,900,gemeente\nnoord,2022-01-01,1000,gemeente\nzuid,2022-01-01,2000,gids\n"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made(tmp_path / "data" / "raw" / "proef", SETTINGS, population=POPULATION)
    return Workspace(tmp_path)


# --- the list -------------------------------------------------------------------------------------


def test_every_table_is_listed_with_rows_date_mark_sources_and_whose_it_is(workspace: Workspace):
    entries = {entry["name"]: entry for entry in workspace.edition("proef").vocabulary.catalogue()}
    population, topics = entries["population"], entries["topics"]

    assert list(entries) == list(table_names())
    assert (population["rows"], population["newest"]) == (3, "2022-01-01")
    assert population["sources"] == ["gemeente", "gids"]
    assert [one["of_edition"] for one in (population, topics)] == [True, False]
    assert [entries[n]["may_be_of_edition"] for n in ("topics", "indicators")] == [True, False]
    assert (topics["rows"], entries["places"]["rows"]) == (19, 1)
    path = workspace.raw("proef") / "reference" / "population.csv"
    path.write_text(path.read_text("utf-8").replace("2000", "2001"), encoding="utf-8")
    changed = {one["name"]: one for one in workspace.edition("proef").vocabulary.catalogue()}
    assert [name for name in changed if changed[name] != entries[name]] == ["population"]


def test_the_command_says_it_to_people_and_to_machines(workspace: Workspace):
    root = ["--root", str(workspace.root)]
    lines = CliRunner().invoke(app, ["reference", "proef", *root]).stdout.splitlines()
    said = CliRunner().invoke(app, ["reference", "proef", "--json", *root]).stdout

    own = next(line for line in lines if line.startswith("population "))
    assert own.split()[1:5] == ["editie", "3", "rijen", "2022-01-01"]
    assert own.endswith(message("more_sources", first="gemeente", number=1))
    assert len(json.loads(said)["tables"]) == len(lines)


# --- StatLine -------------------------------------------------------------------------------------

ROWS = {
    ("GM9001", "2021JJ00"): 950,
    ("GM9001", "2022JJ00"): 1010,
    ("GM9002  ", "2022JJ00"): 2000,
    ("GM9002", "2023JJ00"): None,
    ("GM0001", "2022JJ00"): 7,  # another gemeente
}


@pytest.fixture
def statline(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What StatLine has as `rows`, and then what it was asked."""
    known: dict[str, Any] = {"rows": ROWS}

    def answer(table: str, **asked: Any) -> dict[str, Any]:
        known.update(table=table, **asked)
        rows = [
            {"RegioS": region, "Perioden": year, "TotaleBevolking_1": people}
            for (region, year), people in known["rows"].items()
        ]
        return {"TypedDataSet": rows, "TableInfos": [{"Modified": "2024-03-01T02:00:00"}]}

    monkeypatch.setattr("cbsodata.download_data", answer)
    return known


def test_inhabitants_of_its_gemeenten_and_years_come_from_statline_and_other_days_stay(
    workspace: Workspace, statline: dict[str, Any]
):
    arguments = ["reference", "proef", "--refresh", "population", "--root", str(workspace.root)]
    ended = CliRunner().invoke(app, arguments)

    cbs = "CBS StatLine 70072ned, gewijzigd 2024-03-01"
    assert ended.exit_code == 0, ended.output
    assert re.search(says("refreshed", new=1, changed=2, edition="proef"), ended.stdout)
    assert workspace.edition("proef").vocabulary.reference("population")[1]["inhabitants"] == "950"
    path = workspace.raw("proef") / "reference" / "population.csv"
    assert path.read_text(encoding="utf-8").splitlines() == [
        "slug,reference_date,inhabitants,source",
        "noord,2020-12-31,900,gemeente",
        f'noord,2021-01-01,950,"{cbs}"',
        f'noord,2022-01-01,1010,"{cbs}"',
        f'zuid,2022-01-01,2000,"{cbs}"',
    ]
    assert (statline["table"], statline["catalog_url"]) == ("70072ned", "opendata.cbs.nl")
    assert statline["select"] == ["RegioS", "Perioden", "TotaleBevolking_1"]
    years = [f"Perioden eq '{year}JJ00'" for year in (2021, 2022, 2023)]
    assert statline["filters"] == " or ".join(years)


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (1, says("statline_lacks", code="GM9002", name="Zuid")),
        ("veel", says("statline_other", table="70072ned")),
    ],
)
def test_an_answer_that_is_not_whole_changes_nothing(
    workspace: Workspace, statline: dict[str, Any], people: object, said: str
):
    statline["rows"] = {("GM9001", "2022JJ00"): people}

    with pytest.raises(DataError, match=said):
        refresh_population(workspace.edition("proef"))

    path = workspace.raw("proef") / "reference" / "population.csv"
    assert path.read_text(encoding="utf-8") == POPULATION


def test_nobody_answers(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mma_analysis.forms.statline.STATLINE", "http://127.0.0.1:9")

    with pytest.raises(DataError, match=says("statline_silent")):
        refresh_population(workspace.edition("proef"))
