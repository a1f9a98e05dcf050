"""A bundle holds the audited files of one recipient, a guide and checksums, and nothing else."""

import getpass
import hashlib
import json
import os
import shutil
import stat
import sys
import zipfile
from pathlib import Path

import pytest
import pyzipper
from typer.testing import CliRunner

from audit_pages import edition_in, reports_in, tables_in, write
from mma_analysis import audit, bundle
from mma_analysis.cli import app
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary
from mma_analysis.vocabulary.value import SIGNS

VOCABULARY = Vocabulary()
SECRET = "paard batterij nietje juist"
OTHER = "fiets gordijn zeven kalk"
AROUND = {"leeswijzer.txt", "controlegetallen.txt"}


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """Finished files made by hand, audited: everything openbaar, and Borne's page and letter."""
    workspace = Workspace(tmp_path)
    edition_in(workspace.raw("proef"))
    tables_in(workspace.processed("proef"))
    folder = reports_in(workspace.reports("proef"))
    letter = (folder / "openbaar/index.html").read_text("utf-8").replace("10 meldingen", "niets")
    write(folder / "intern/borne/kwaliteit.html", letter)
    write(folder / "intern/almelo/kwaliteit.html", letter)
    audited(workspace)
    return workspace


def audited(workspace: Workspace) -> None:
    folder = workspace.reports("proef")
    tables = workspace.processed("proef")
    verdict = audit.examine(workspace.edition("proef"), folder, tables, before=folder)
    audit.write_result(verdict, "proef", folder)


def made(workspace: Workspace, *only: str, **options) -> list[bundle.Bundled]:
    who = bundle.recipients(VOCABULARY, only)
    edition, reports = workspace.edition("proef"), workspace.reports("proef")
    return bundle.bundle(edition, reports, workspace.bundles("proef"), who, **options)


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def run(workspace: Workspace, *options: str, given: str | None = None):
    command = ["bundle", "proef", "--root", str(workspace.root), *options]
    return CliRunner().invoke(app, command, input=given)


# --- what is in it -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recipient", "names"),
    [
        (
            "dvo",
            {"index.html", "district.html", "borne.html", "manifest.json"}
            | {"bijlage.xlsx", "voorstel-dvo.docx"},
        ),
        ("borne", {"borne.html", "kwaliteit.html"}),
        ("almelo", {"kwaliteit.html"}),
    ],
)
def test_a_recipient_gets_its_finished_files_byte_for_byte_and_no_other(
    workspace, recipient, names
):
    (bundled,) = made(workspace, recipient)

    found = contents(bundled.path)
    folder = workspace.reports("proef") / bundled.recipient.folder
    assert set(found) == names | AROUND
    assert {n: found[n] for n in names} == {n: (folder / n).read_bytes() for n in names}


def test_every_file_but_the_list_itself_has_a_checksum(workspace):
    (bundled,) = made(workspace, "borne")

    found = contents(bundled.path)
    lines = found.pop("controlegetallen.txt").decode("utf-8").splitlines()
    assert lines == [f"{hashlib.sha256(found[name]).hexdigest()}  {name}" for name in found]


def test_the_guide_says_in_dutch_what_each_file_is_and_who_may_see_it(workspace):
    (bundled,) = made(workspace, "borne")

    guide = contents(bundled.path)["leeswijzer.txt"].decode("utf-8")
    assert "Alleen voor de gemeente Borne." in guide
    assert "het rapport over uw gemeente, met uw eigen aantallen" in guide
    assert "de brief over uw levering" in guide
    for sign in filter(None, SIGNS.values()):
        assert f"\n  {sign} " in guide


def test_the_guide_for_the_dvo_begins_with_the_index_and_names_each_gemeente(workspace):
    (bundled,) = made(workspace, "dvo")

    guide = contents(bundled.path)["leeswijzer.txt"].decode("utf-8")
    assert guide.index("index.html") < guide.index("district.html") < guide.index("borne.html")
    assert "het rapport over de gemeente Borne" in guide


def test_a_strange_file_in_the_folder_of_a_gemeente_is_refused_by_name(workspace):
    page = workspace.reports("proef") / "intern/borne/borne.html"
    shutil.copy(page, page.with_name("almelo.html"))
    audited(workspace)

    with pytest.raises(DataError, match=r"almelo\.html is no page or letter of Borne"):
        made(workspace, "borne")


# --- the same bytes ------------------------------------------------------------------------------


def test_the_same_files_give_the_same_bytes(workspace):
    first = {b.path.name: b.path.read_bytes() for b in made(workspace)}
    shutil.rmtree(workspace.bundles("proef"))
    for path in workspace.reports("proef").rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))

    again = made(workspace)
    assert {b.path.name: b.path.read_bytes() for b in again} == first
    with zipfile.ZipFile(again[0].path) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no owner-only mode")
def test_only_its_owner_can_open_the_folder_of_bundles(workspace):
    made(workspace, "borne")

    assert stat.S_IMODE(workspace.bundles("proef").stat().st_mode) == 0o700


# --- refused -------------------------------------------------------------------------------------


def leaks(workspace: Workspace) -> None:
    page = workspace.reports("proef") / "openbaar/borne.html"
    page.write_text(page.read_text("utf-8").replace("</main>", "<p>Bel 06-12345678.</p></main>"))
    audited(workspace)


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (
            lambda w: write(w.reports("proef") / "openbaar/district.html", "<p>Anders</p>"),
            r"changed since the audit: openbaar/district\.html; run",
        ),
        (
            lambda w: write(w.reports("proef") / "openbaar/nieuw.html", "<p>Nieuw</p>"),
            r"openbaar/nieuw\.html",
        ),
        (
            lambda w: (w.reports("proef") / "openbaar/bijlage.xlsx").unlink(),
            r"openbaar/bijlage\.xlsx",
        ),
        (
            lambda w: (w.reports("proef") / "audit.json").unlink(),
            "no audited files; run `mma report proef` first",
        ),
        (leaks, "the audit found something"),
        (
            lambda w: write(w.raw("proef") / "meldingen/extra.csv", "Soort\nfraude\n"),
            "deliveries, settings or mma-analysis itself changed",
        ),
    ],
)
def test_what_the_audit_did_not_find_clean_is_refused_and_named(workspace, happens, why):
    happens(workspace)

    with pytest.raises(DataError, match=why):
        made(workspace)

    assert not workspace.bundles("proef").exists()


def test_what_finder_and_explorer_leave_stops_nothing_and_is_not_sent(workspace):
    folders = [workspace.reports("proef") / name for name in ("openbaar", "intern/borne")]
    for folder in [*folders, workspace.edition("proef").folder]:
        for name in (".DS_Store", "Thumbs.db", "._bijlage.xlsx"):
            (folder / name).write_bytes(b"\x00")

    for bundled in made(workspace):
        assert not {".DS_Store", "Thumbs.db", "._bijlage.xlsx"} & {*bundled.files}


# --- beside other bundles ------------------------------------------------------------------------


def test_bundles_of_the_same_files_stay_beside_a_new_one(workspace):
    made(workspace, "dvo")
    made(workspace, "borne")

    there = {path.name for path in workspace.bundles("proef").glob("*.zip")}
    assert there == {"proef-dvo.zip", "proef-borne.zip"}


def changed(workspace: Workspace) -> None:
    manifest = workspace.reports("proef") / "openbaar/manifest.json"
    write(manifest, json.dumps(json.loads(manifest.read_text("utf-8")) | {"version": "1"}))
    audited(workspace)


def test_one_bundle_takes_no_other_away_and_those_of_earlier_files_are_named(workspace):
    before = {b.path.name: b.path.read_bytes() for b in made(workspace)}
    changed(workspace)

    ended = run(workspace, "--only", "borne")

    folder = workspace.bundles("proef")
    assert {path.name for path in folder.glob("*.zip")} == {*before}
    assert (folder / "proef-dvo.zip").read_bytes() == before["proef-dvo.zip"]
    assert ended.exit_code == 0
    assert "warning: of earlier files" in ended.stderr
    assert "proef-almelo.zip, proef-dvo.zip; `mma bundle proef`" in ended.stderr


def test_all_bundles_leave_none_of_earlier_files(workspace):
    write(workspace.bundles("proef") / "proef-losser.zip", "van vroeger")
    made(workspace)
    changed(workspace)

    ended = run(workspace)

    names = {path.name for path in workspace.bundles("proef").glob("*.zip")}
    assert names == {"proef-dvo.zip", "proef-almelo.zip", "proef-borne.zip"}
    assert "of earlier files" not in ended.stderr


def test_a_half_bundle_of_a_run_that_was_killed_is_taken_away(workspace):
    write(workspace.bundles("proef") / "proef-almelo.half", "half")

    made(workspace, "borne")

    there = sorted(path.name for path in workspace.bundles("proef").iterdir())
    assert there == ["manifest.json", "proef-borne.zip"]


# --- encrypted -----------------------------------------------------------------------------------


def test_an_encrypted_bundle_opens_with_its_passphrase_only_and_it_is_kept_nowhere(workspace):
    (bundled,) = made(workspace, "borne", passphrases={"borne": SECRET})

    page = (workspace.reports("proef") / "intern/borne/borne.html").read_bytes()
    with pyzipper.AESZipFile(bundled.path) as archive:
        archive.setpassword(SECRET.encode())
        assert archive.read("borne.html") == page
        archive.setpassword(OTHER.encode())
        with pytest.raises(RuntimeError, match="Bad password"):
            archive.read("leeswijzer.txt")
        parts = archive.infolist()
    # 3 is 256 bits, and version 2 keeps no checksum of what was encrypted.
    assert {(part.wz_aes_strength, part.wz_aes_version) for part in parts} == {(3, 2)}
    assert {part.CRC for part in parts} == {0}
    with zipfile.ZipFile(bundled.path) as archive, pytest.raises(RuntimeError):
        archive.read("borne.html")
    files = [path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in content for content in files)


def test_a_script_gives_passphrases_on_stdin_a_line_per_bundle(workspace):
    both = ["--only", "borne", "--only", "almelo", "--encrypt", "--json"]

    assert "1 lines on stdin for 2 bundles" in str(run(workspace, *both, given=SECRET).exception)
    ended = run(workspace, *both, given=f"{SECRET}\n{OTHER}\n")

    rows = json.loads(ended.stdout)["bundles"]
    assert [(row["recipient"], row["encrypted"]) for row in rows] == [
        ("almelo", True),
        ("borne", True),
    ]
    assert SECRET not in ended.output
    with pyzipper.AESZipFile(rows[1]["file"]) as archive:
        archive.setpassword(OTHER.encode())
        assert "gemeente Borne" in archive.read("leeswijzer.txt").decode("utf-8")


class Terminal:
    """A stdin that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_a_terminal(monkeypatch):
    """Ask for the passphrases of Almelo and Borne where a person types these answers."""

    def ask(*typed: str) -> dict[str, str]:
        answers = iter(typed)
        monkeypatch.setattr(sys, "stdin", Terminal())
        monkeypatch.setattr(getpass, "getpass", lambda prompt: next(answers))
        return bundle.passphrases(bundle.recipients(VOCABULARY, ["borne", "almelo"]))

    return ask


def test_on_a_terminal_each_passphrase_is_asked_for_twice(on_a_terminal):
    assert on_a_terminal(SECRET, SECRET, OTHER, OTHER) == {"almelo": SECRET, "borne": OTHER}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ([SECRET, OTHER], "the two passphrases for almelo differ"),
        (["kort"] * 4, "fewer than 12 signs"),
        ([SECRET] * 4, "borne has the same passphrase as almelo"),
    ],
)
def test_a_passphrase_that_is_no_good_is_refused_and_not_repeated(on_a_terminal, typed, why):
    with pytest.raises(UsageError, match=why) as error:
        on_a_terminal(*typed)

    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--only", "borne"], "0 lines on stdin for 1 bundles"),
        (["--audience", "openbaar"], "what is openbaar has nothing to hide"),
    ],
)
def test_encrypting_needs_a_passphrase_and_something_to_hide(workspace, options, why):
    ended = run(workspace, "--encrypt", *options)

    assert isinstance(ended.exception, UsageError)
    assert why in str(ended.exception)


# --- the command ---------------------------------------------------------------------------------


def test_the_command_says_what_it_made_and_what_is_not_encrypted(workspace):
    ended = run(workspace, "--only", "borne", "--only", "twente")

    folder = workspace.bundles("proef")
    assert ended.stdout.splitlines() == [
        "uitgave 1: deze aantallen staan nu vast, ook in een volgende editie",
        f"made {folder / 'proef-dvo.zip'}",
        f"made {folder / 'proef-borne.zip'} (not encrypted: send it safely)",
    ]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ((["bornw"],), "no recipient 'bornw'.*borne"),
        ((["borne"], "openbaar"), "borne gets no bundle for audience 'openbaar'"),
    ],
)
def test_a_recipient_that_there_is_not_is_wrong_use(asked, why):
    with pytest.raises(UsageError, match=why):
        bundle.recipients(VOCABULARY, *asked)


@pytest.mark.slow
def test_the_example_gives_fifteen_bundles_that_can_be_mailed(reports, tmp_path):
    shutil.copytree(reports.workspace.root, tmp_path / "root")
    workspace = Workspace(tmp_path / "root")
    edition, folder = workspace.edition(EXAMPLE), workspace.reports(EXAMPLE)

    found = bundle.bundle(
        edition, folder, workspace.bundles(EXAMPLE), bundle.recipients(VOCABULARY)
    )

    assert len(found) == 15
    openbaar = {path.name for path in (folder / "openbaar").iterdir()}
    assert set(found[0].files) == openbaar | AROUND
    for bundled in found[1:]:
        slug = bundled.recipient.slug
        assert set(bundled.files) == {f"{slug}.html", "kwaliteit.html"} | AROUND
    assert found[0].path.stat().st_size <= 8 * 1024 * 1024
