"""A bundle holds the audited files of one recipient, a guide and checksums, and nothing else."""

import hashlib
import json
import os
import shutil
import stat
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock, call

import pytest
import pyzipper
import typer
from typer.testing import CliRunner

from mma_analysis import audit
from mma_analysis.cli import app, editions
from mma_analysis.publish.bundle import bundle, recipients
from mma_analysis.settings import SETTINGS_FILE, Workspace
from mma_analysis.storage import Outgoing
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, message
from mma_analysis.vocabulary.value import STATE_SIGNS
from planting import parts_of, write
from says import says
from small_edition import SETTINGS

SECRET = "paard batterij nietje juist"
OTHER = "fiets gordijn zeven kalk"
AROUND = {"leeswijzer.txt", "controlegetallen.txt"}
OPEN = ("index.html", "district.html", "borne.html", "bijlage.xlsx", "manifest.json")
OWN = {
    "borne": ("borne.html", "kwaliteit.html", "terugmelding-mma.docx"),
    "almelo": ("kwaliteit.html",),
}


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Workspace:
    """Finished files, each with its own name in it, that two people released as they are now."""
    workspace = Workspace(tmp_path)
    write(workspace.raw("proef") / SETTINGS_FILE, SETTINGS)
    folders = {"openbaar": OPEN, **{f"intern/{slug}": names for slug, names in OWN.items()}}
    for folder, names in folders.items():
        for name in names:
            write(workspace.reports("proef") / folder / name, content_of(folder, name))
    takes_time = ("examine", "write_result", "refuse_unaudited", "refuse_unreleased", "name_issue")
    for name in takes_time:
        monkeypatch.setattr(audit, name, lambda *given: {})
    monkeypatch.setattr("mma_analysis.pipeline.issued", lambda *given: SimpleNamespace(number=1))
    outgoing = Outgoing(said=b"", booked=None)
    monkeypatch.setattr("mma_analysis.pipeline.sendable", lambda *given: outgoing)
    monkeypatch.setattr(editions, "_refuse_older", lambda *given, **how: None)
    return workspace


def content_of(folder: str, name: str) -> str:
    """What is in a file: where it is from; a manifest is one."""
    return '{"edition": "proef"}' if name == "manifest.json" else f"{folder}/{name}"


def made(workspace: Workspace, *only: str, issue: int = 1, **options) -> list[dict]:
    who = recipients(Vocabulary(), only)
    edition, reports = workspace.edition("proef"), workspace.reports("proef")
    return bundle(edition, reports, workspace.bundles("proef"), who, issue, **options)


def contents(workspace: Workspace, recipient: str) -> dict[str, bytes]:
    (bundled,) = made(workspace, recipient)
    return parts_of(Path(bundled["file"]).read_bytes())


def run(workspace: Workspace, *options: str, given: str | None = None):
    command = ["bundle", "proef", "--root", str(workspace.root), *options]
    return CliRunner().invoke(app, command, input=given)


# --- what is in it -------------------------------------------------------------------------------


@pytest.mark.parametrize(("recipient", "names"), [("dvo", OPEN), *OWN.items()])
def test_a_recipient_gets_its_own_files_byte_for_byte_with_checksums(workspace, recipient, names):
    found = contents(workspace, recipient)

    folder = "openbaar" if recipient == "dvo" else f"intern/{recipient}"
    assert set(found) == {*names} | AROUND
    alike = [name for name in names if name != "manifest.json"]
    assert {name: found[name].decode() for name in alike} == {n: f"{folder}/{n}" for n in alike}
    sums = found.pop("controlegetallen.txt").decode().splitlines()
    assert sums == [f"{hashlib.sha256(found[name]).hexdigest()}  {name}" for name in found]


def test_the_guide_says_in_dutch_what_each_file_is_and_who_may_see_it(workspace):
    own, everybody = (
        contents(workspace, who)["leeswijzer.txt"].decode() for who in ("borne", "dvo")
    )

    for said in ("Alleen voor de gemeente Borne.", "uw terugmelding aan MMA", "met uw eigen aant"):
        assert said in own
    for sign in filter(None, STATE_SIGNS.values()):
        assert f"\n  {sign} " in own
    assert everybody.index("index.html") < everybody.index("district.html")
    assert "het rapport over Borne" in everybody


def test_which_issue_it_is_stands_in_the_guide_in_the_manifest_and_on_the_zip(workspace):
    (bundled,) = made(workspace, "dvo", issue=2)
    found = parts_of(Path(bundled["file"]).read_bytes())

    assert "\n  Dit is uitgave 2 van deze cijfers." in found["leeswijzer.txt"].decode()
    assert json.loads(found["manifest.json"]) == {"edition": "proef", "issue": 2}
    assert zipfile.ZipFile(bundled["file"]).comment == b"uitgave 2"
    manifest = workspace.reports("proef") / "openbaar" / "manifest.json"
    assert manifest.read_text("utf-8") == '{"edition": "proef"}'  # until it is sent


def test_a_file_of_another_in_the_folder_of_a_gemeente_is_refused_by_name(workspace):
    folder = workspace.reports("proef") / "intern/borne"
    shutil.copy(folder / "borne.html", folder / "almelo.html")

    with pytest.raises(DataError, match=says("strange_file", files="almelo.html", name="Borne")):
        made(workspace, "borne")


@pytest.mark.parametrize("looks", [1, 2], ids=["before", "while it was packed"])
def test_what_is_not_as_it_was_audited_is_refused(workspace, monkeypatch, looks):
    answers = [*[{}] * (looks - 1), DataError("veranderd na de audit")]
    monkeypatch.setattr(audit, "refuse_unaudited", Mock(side_effect=answers))

    with pytest.raises(DataError, match="na de audit"):
        made(workspace)
    assert not workspace.bundles("proef").exists()


def test_the_same_files_give_the_same_bytes_in_the_place_of_all_of_before(workspace):
    first = {one["file"]: Path(one["file"]).read_bytes() for one in made(workspace)}
    for path in workspace.reports("proef").rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))

    again = {one["file"]: Path(one["file"]).read_bytes() for one in made(workspace, "borne")}

    assert again.items() <= first.items()
    assert [path.name for path in workspace.bundles("proef").iterdir()] == ["proef-borne.zip"]
    if os.name != "nt":
        assert stat.S_IMODE(workspace.bundles("proef").stat().st_mode) == 0o700


# --- encrypted -----------------------------------------------------------------------------------


def test_an_encrypted_bundle_opens_with_its_passphrase_only_and_it_is_kept_nowhere(workspace):
    (bundled,) = made(workspace, "borne", passphrases={"borne": SECRET})

    with pyzipper.AESZipFile(bundled["file"]) as archive:
        archive.setpassword(SECRET.encode())
        assert archive.read("borne.html") == b"intern/borne/borne.html"
        archive.setpassword(OTHER.encode())
        with pytest.raises(RuntimeError, match="Bad password"):
            archive.read("leeswijzer.txt")
        parts = archive.infolist()
    # 3 is 256 bits, and version 2 keeps no checksum of what was encrypted.
    assert {(p.wz_aes_strength, p.wz_aes_version, p.CRC) for p in parts} == {(3, 2, 0)}
    files = [path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in content for content in files)


def test_a_script_gives_passphrases_on_stdin_a_line_per_bundle(workspace):
    both = ["--only", "borne", "--only", "almelo", "--encrypt", "--json"]

    ended = run(workspace, *both, given=f"{SECRET}\n{OTHER}\n")

    rows = json.loads(ended.stdout)["bundles"]
    told = [(row["recipient"], row["encrypted"]) for row in rows]
    assert told == [("almelo", True), ("borne", True)]
    assert SECRET not in ended.output
    with pyzipper.AESZipFile(rows[1]["file"]) as archive:
        archive.setpassword(OTHER.encode())
        assert "gemeente Borne" in archive.read("leeswijzer.txt").decode()


def test_a_person_types_each_passphrase_twice_and_nobody_sees_it(monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "prompt", asked := Mock(return_value=SECRET))

    assert editions._passphrases(["borne"]) == {"borne": SECRET}
    unseen = {"hide_input": True, "confirmation_prompt": True, "err": True}
    assert asked.call_args_list == [call(message("ask_passphrase", slug="borne"), **unseen)]


@pytest.mark.parametrize(
    ("options", "given", "why"),
    [
        ("--only borne", "", says("short_passphrase", slug="borne", most=12)),
        ("--audience intern", f"{SECRET}\n" * 14, says("same_passphrase", slug="borne")),
        ("--audience openbaar", "", says("encrypt_intern")),
        ("--only bornw", "", says("no_recipient", name="bornw", near="borne")),
        ("--only borne --audience openbaar", "", says("no_bundle_for", names="borne")),
    ],
)
def test_what_is_asked_wrongly_is_refused_and_a_passphrase_not_repeated(
    workspace, options, given, why
):
    ended = run(workspace, "--encrypt", *options.split(), given=given)

    with pytest.raises(UsageError, match=why):
        raise ended.exception or AssertionError
    assert SECRET not in str(ended.exception)


def test_the_command_says_what_it_made_and_what_is_not_encrypted(workspace):
    ended = run(workspace, "--only", "borne", "--only", "twente")

    folder = workspace.bundles("proef")
    assert ended.stdout.splitlines() == [
        "uitgave 1: deze aantallen staan nu vast, ook in een volgende editie",
        message("made", path=folder / "proef-dvo.zip"),
        message("not_encrypted", path=folder / "proef-borne.zip"),
    ]
