"""`mma forget`: rows and exact figures go, released tables and openbaar reports stay."""

import datetime as dt
import errno
import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from mma_analysis import audit, evaluation
from mma_analysis.cli import app
from mma_analysis.pipeline import prepare
from mma_analysis.publish import batch
from mma_analysis.publish.batch import letters
from mma_analysis.publish.bundle import bundle, recipients
from mma_analysis.publish.forget import forget
from mma_analysis.settings import ROOT_VARIABLE, Workspace
from mma_analysis.storage import (
    Outgoing,
    add_issue,
    hashes_below,
    inputs_of,
    issues_of,
    read_manifest,
)
from mma_analysis.vocabulary import DataError, message
from planting import CANDIDATE, edition_in, reports_in, write
from says import says

TABLES = {
    "clean/meldingen.parquet": "rij",
    "measures/per_period.parquet": "beschermd",
    "measures_intern/borne/per_period.parquet": "precies",
}
RELEASED = ("kandidaat.parquet", "measures/per_period.parquet")
COUNTS = {"read": 3, "clean": 2, "rejected": 1, "duplicate": 0}
FILES = [
    {"path": "meldingen/borne.csv", "sha256": "mark", "gemeenten": ["borne"], **COUNTS}
    | {"notes": ["meldingen/borne.csv, column 'Status': in 2 rows a word that is not known"]},
    {"path": "meldingen/oud.csv", "sha256": "old", "gemeenten": ["borne"]}
    | {**dict.fromkeys(COUNTS, 0), "replaced_by": "meldingen/borne.csv"},
]


@pytest.fixture
def ours(tmp_path) -> Workspace:
    """An edition with tables and audited files, made by hand, that was sent, to change."""
    ours = Workspace(tmp_path / "ours")
    edition = edition_in(ours.raw("proef"))
    for name, content in TABLES.items():
        write(ours.processed("proef") / name, content)
    write(ours.processed("proef") / "kandidaat.parquet", CANDIDATE.decode())
    released = pd.DataFrame({"area": ["borne"], "cell": ["per_period|borne|whole"]})
    released.to_parquet(ours.processed("proef") / "measures" / "per_period.parquet")
    manifest = {
        "edition": "proef",
        "files": FILES,
        "blocked": [],
        "attack": {"is_attacked": True, "known": []},
        "inputs": inputs_of(ours, edition),
        "outputs": hashes_below(ours.processed("proef")),
    }
    write(ours.processed("proef") / "manifest.json", json.dumps(manifest))
    folder = reports_in(ours.reports("proef"))
    found = audit.examine(edition, folder, ours.processed("proef"))
    audit.write_result(found, edition, folder)
    add_issue(ours, "proef", Outgoing(CANDIDATE, b"rijen"), dt.date(2023, 9, 12))
    bundle(edition, folder, ours.bundles("proef"), recipients(edition.vocabulary), issue=1)
    return ours


def run(ours: Workspace, *options: str):
    return CliRunner().invoke(app, ["forget", "proef", "--root", str(ours.root), *options])


def files(ours: Workspace) -> set[str]:
    found = (path for path in ours.root.rglob("*") if path.is_file())
    return {path.relative_to(ours.root).as_posix() for path in found}


def test_rows_and_exact_figures_go_and_all_else_stays(ours):
    before, manifest = files(ours), read_manifest(ours.processed("proef"))

    forget(ours, "proef")

    assert before - files(ours) == {
        "data/booked/proef/1.zip",
        "data/processed/proef/clean/meldingen.parquet",
        "data/processed/proef/measures_intern/borne/per_period.parquet",
        "reports/proef/intern/borne/borne.html",
        "reports/proef/intern/manifest.json",
        "reports/proef-pakketten/proef-borne.zip",
    }
    assert files(ours) - before - {".mma/proef/lock"} == {"data/booked/proef/1.vergeten"}
    # The manifest says so, and names files without their rows.
    assert manifest is not None
    assert read_manifest(ours.processed("proef")) == manifest | {
        "forgotten": ["clean", "measures_intern"],
        "group_disclosures": [],
        "changed": [],
        "outputs": {name: manifest["outputs"][name] for name in RELEASED},
        "files": [
            {name: value for name, value in file.items() if name not in {*COUNTS, "notes"}}
            for file in FILES
        ],
    }


def test_what_a_killed_run_left_goes_and_what_is_of_another_edition_stays(ours):
    left = [
        ours.root / "data/processed/.proef-new/clean/meldingen.parquet",
        ours.root / "data/raw/.proef-new/meldingen/borne.csv",
        ours.executed("proef") / "intern/borne/borne.ipynb",
        ours.printed("proef") / "intern/borne/alles.pdf",
        ours.reports("proef-afgekeurd") / "intern/borne/borne.html",
        ours.root / "reports/.proef-previous/intern/borne.html",
        ours.work("proef") / "pages/previous/intern/borne.html",
        ours.bundles("proef") / "proef-borne.half",
    ]
    others = [ours.root / f"data/processed/{name}/clean/a" for name in (".proef-2-new", "proef-2")]
    for path in [*left, *others]:
        write(path, "rij")

    forget(ours, "proef")

    assert [path for path in [*left, *others] if path.exists()] == others
    assert [path.name for path in ours.work("proef").iterdir()] == ["lock"]


@pytest.mark.parametrize("place", ["processed", "reports"])
def test_what_may_be_shown_stays_when_a_run_was_killed_between_its_two_moves(ours, place):
    target = getattr(ours, place)("proef")
    target.rename(target.with_name(".proef-leaving"))

    forget(ours, "proef")

    assert (ours.reports("proef") / "openbaar" / "borne.html").is_file()
    assert (ours.processed("proef") / "measures" / "per_period.parquet").is_file()
    assert not (ours.processed("proef") / "clean").exists()


@pytest.mark.parametrize("inside", ["", "clean"])
def test_a_link_is_named_and_not_taken_for_what_it_leads_to(ours, inside):
    folder = ours.processed("proef") / inside
    elsewhere = folder.rename(ours.root / "elders")
    folder.symlink_to(elsewhere, target_is_directory=True)

    with pytest.raises(DataError, match=says("is_link") if not inside else says("forget_link")):
        forget(ours, "proef")

    assert [*elsewhere.rglob("meldingen.parquet")]


def test_the_manifest_says_so_before_rows_go_and_after_what_it_does_not_name(ours, monkeypatch):
    write(ours.executed("proef") / "intern/borne/borne.ipynb", "rij")
    rows = ours.processed("proef") / "clean" / "meldingen.parquet"
    rmtree = shutil.rmtree

    def killed(path: Path, **how: bool) -> None:
        if path == rows.parent:
            raise KeyboardInterrupt
        rmtree(path, **how)

    monkeypatch.setattr(shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        forget(ours, "proef")
    monkeypatch.undo()

    manifest = read_manifest(ours.processed("proef"))
    assert manifest is not None
    assert manifest["forgotten"]
    assert rows.is_file()
    assert not ours.executed("proef").exists()
    assert forget(ours, "proef")
    assert not rows.parent.exists()


def full(monkeypatch, while_there: Path) -> None:
    """Let there be no byte free as long as something is there."""
    fsync = os.fsync

    def forced(descriptor: int) -> None:
        if while_there.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", forced)


def booked(ours: Workspace) -> list[str]:
    return [path.name for path in ours.booked("proef").iterdir()]


LARGE = (
    "reports/proef-pakketten/proef-borne.zip",
    "data/processed/proef/clean",
    "data/processed/proef/measures_intern",
    "reports/proef/intern",
)


@pytest.mark.parametrize("large", LARGE)
def test_without_a_byte_free_what_goes_anyway_makes_room_to_say_so(ours, monkeypatch, large):
    full(monkeypatch, ours.root / large)

    forget(ours, "proef")

    assert (read_manifest(ours.processed("proef")) or {})["forgotten"]
    assert not any((ours.root / name).exists() for name in LARGE)
    assert booked(ours) == ["1.vergeten"]


def test_what_was_booked_stays_until_there_is_room_to_say_that_it_is_forgotten(ours, monkeypatch):
    with monkeypatch.context() as patched:
        full(patched, ours.raw("proef"))
        with pytest.raises(OSError, match="No space left"):
            forget(ours, "proef")

    assert booked(ours) == ["1.zip"]
    forget(ours, "proef")
    assert booked(ours) == ["1.vergeten"]
    assert [issue.number for issue in issues_of(ours, "proef")] == [1]


def test_what_is_sent_after_it_says_so_and_is_packed_to_the_same_bytes_again(ours, monkeypatch):
    def packed() -> bytes:
        given = ["--root", str(ours.root), "bundle", "--only", "dvo", "proef"]
        assert CliRunner().invoke(app, given).exit_code == 0
        return (ours.bundles("proef") / "proef-dvo.zip").read_bytes()

    reports = ours.reports("proef")
    (ours.raw("proef") / "uitgaven.toml").unlink()
    for folder in (ours.issued("proef"), ours.booked("proef"), ours.bundles("proef")):
        shutil.rmtree(folder)
    forget(ours, "proef")
    with monkeypatch.context() as patched:
        # They were made by hand: no page is what would be made now.
        patched.setattr(batch, "refuse_older", lambda *given, **how: None)
        first = packed()

    assert [issue.number for issue in issues_of(ours, "proef")] == [1]
    assert (read_manifest(reports / "openbaar") or {})["issue"] == 1
    assert "Dit is uitgave 1." in (reports / "dossier.html").read_text("utf-8")
    assert packed() == first
    (ours.raw("proef") / "uitgaven.toml").unlink()
    shutil.rmtree(ours.issued("proef"))
    with pytest.raises(DataError, match=says("issue_lost", number=1)):
        issues_of(ours, "proef")


GONE = ("data/processed/proef/clean", "reports/proef/intern")


def test_without_yes_it_says_what_goes_and_stays_with_yes_what_went_and_then_there_is_nothing(ours):
    before = files(ours)
    asked = run(ours)
    kept = files(ours)
    first, second = run(ours, "--yes"), run(ours, "--yes")

    assert (asked.exit_code, first.exit_code, kept) == (0, 0, before)
    assert message("not_forgotten", slug="proef") in asked.stdout
    for path in (ours.root / name for name in GONE):
        assert message("would_remove", path=path) in asked.stdout
        assert message("removed", path=path) in first.stdout
    for path in (ours.processed("proef") / "measures", ours.raw("proef")):
        assert message("stays", path=path) in asked.stdout
    assert message("nothing_left") in second.stdout
    shutil.rmtree(ours.processed("proef"))
    with pytest.raises(DataError, match=says("nothing_to_forget")):
        forget(ours, "proef")


@pytest.mark.parametrize("what", ["meldingen", ""])
def test_it_is_possible_when_the_deliveries_are_gone_or_the_settings_too(ours, what):
    shutil.rmtree(ours.raw("proef") / what)

    asked, ended = run(ours), run(ours, "--yes")

    assert message("would_remove", path=ours.root / GONE[0]) in asked.stdout
    assert ended.exit_code == 0, ended.exception
    assert not any((ours.root / name).exists() for name in GONE)
    assert (ours.reports("proef") / "openbaar").exists()
    if what:  # with its settings it can still be sent
        for command in (["bundle", "--only", "dvo"], ["audit"], ["list"]):
            given = ["--root", str(ours.root), *command, "proef"]
            assert CliRunner().invoke(app, given).exit_code == 0


@pytest.mark.slow
def test_later_commands_say_so_and_with_the_deliveries_all_can_be_made_again(
    small, tmp_path, monkeypatch
):
    own = Workspace(shutil.copytree(small.root, tmp_path / "own"))
    monkeypatch.setenv(ROOT_VARIABLE, str(own.root))
    before = read_manifest(own.processed("proef"))
    slug = own.edition("proef").vocabulary.gemeenten[0].slug

    assert forget(own, "proef")

    for late in (
        lambda: prepare(own, "proef"),
        lambda: letters(own, "proef"),
        lambda: evaluation.load(slug, "proef", "intern"),
    ):
        with pytest.raises(DataError, match=says("forgotten", slug="proef")):
            late()
    prepare(own, "proef", force=True)
    assert before is not None
    assert read_manifest(own.processed("proef")) == before
