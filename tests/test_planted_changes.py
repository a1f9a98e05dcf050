"""What is changed by chance in finished files is found: by the audit, and by an outsider.

A tenth in the quick tests, and all of them in the slow ones.
"""

import csv
import shutil
from pathlib import Path

import pytest
from conftest import Run

import planted_changes
import planting
from mma_analysis.audit.examination import Auditor
from mma_analysis.settings import EXAMPLE, load
from outsider import checked, refit
from planted_changes import NUMBER, planted
from planting import Files

TENTH = [
    pytest.param(number, marks=() if number % 10 == 0 else pytest.mark.slow)
    for number in range(NUMBER)
]


@pytest.fixture(scope="module")
def world(reports: Run, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of the example, and a tip beside its deliveries of which words are planted."""
    there = reports.workspace
    folder = tmp_path_factory.mktemp("changed")
    raw = shutil.copytree(there.raw(EXAMPLE), folder / EXAMPLE)
    planting.write(raw / "meldingen" / "tip.csv", planting.TIP)
    return Files(there.reports(EXAMPLE), Auditor(load(raw), there.processed(EXAMPLE)), folder)


@pytest.mark.parametrize("number", TENTH)
def test_a_change_by_chance_is_found_by_the_audit(world: Files, number: int):
    change = planted(number, world.reports)
    assert world.untouched(change.file) == []

    found = world.found(change.file, lambda _: change.content)

    assert found, f"{change.kind}: {change.what} in {change.file}"


@pytest.mark.slow
def test_a_public_number_that_was_changed_by_chance_is_found_by_an_outsider(
    reports: Run, tmp_path: Path
):
    folder = reports.workspace.reports(EXAMPLE)
    public = Path(shutil.copytree(folder / "openbaar", tmp_path / "uitgepakt"))
    assert checked(public)[0] == 0  # else each change is refused for what was there already
    tried = 0
    passed = []
    for number in range(NUMBER):
        change = planted(number, folder)
        if not change.is_for_outsider:
            continue
        tried += 1
        path = public / Path(change.file).name
        before = path.read_bytes()
        path.write_bytes(change.content)
        refit(public)
        ended, _ = checked(public)
        if ended == 0:
            passed.append(f"{number} {change.kind}: {change.what} in {change.file}")
        path.write_bytes(before)

    assert tried > 80
    assert passed == []


def test_every_way_to_change_a_file_is_tried_and_is_one_of_its_own():
    with planted_changes.CASES.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))

    ways = {(row["kind"], row["what"]) for row in rows}
    assert len(ways) == len(rows) <= NUMBER
