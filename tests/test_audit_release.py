"""What the audit says and writes, and who may let a finding stand."""

import json

import pytest
from typer.testing import CliRunner

from audit_pages import edition_in, reports_in, write
from audit_plants import says
from mma_analysis import audit
from mma_analysis.cli import app
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import DataError, UsageError

LEAK = "<p>Bel 06-12345678.</p>"
BORNE = "openbaar/borne.html"


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    workspace = Workspace(tmp_path)
    edition_in(workspace.raw("proef"))
    reports_in(workspace.reports("proef"))
    return workspace


def leak(workspace: Workspace) -> None:
    put_in(workspace, LEAK)


def put_in(workspace: Workspace, body: str) -> None:
    says(body)[1](workspace.reports("proef"))


def release(workspace: Workspace, file: str, name: str) -> None:
    entry = f'bestand = "{file}"\nbevinding = "{name}"\nreden = "verzonnen"\ndoor = "A. Jansen"\n'
    write(workspace.raw("proef") / "vrijgave.toml", f"[[vrijgave]]\n{entry}")


def examined(workspace: Workspace) -> audit.Verdict:
    reports = workspace.reports("proef")
    return audit.examine(workspace.edition("proef"), reports, reports, before=reports)


def run(workspace: Workspace, *options: str):
    return CliRunner().invoke(app, ["audit", "proef", "--root", str(workspace.root), *options])


# --- the command ---------------------------------------------------------------------------------


def test_clean_files_end_with_0_and_a_result_beside_them(workspace):
    ended = run(workspace)

    result = json.loads((workspace.reports("proef") / "audit.json").read_text("utf-8"))
    assert ended.exit_code == 0
    assert "nothing found" in ended.stdout
    assert result["clean"] is True
    assert BORNE in result["files"]


def test_a_leak_ends_with_1_and_says_file_place_and_name_or_gives_an_object(workspace):
    leak(workspace)

    ended, (told,) = run(workspace), json.loads(run(workspace, "--json").stdout)["findings"]

    (finding,) = examined(workspace).findings
    assert ended.exit_code == 1
    assert f"{finding.id}  {BORNE}, text, line" in ended.stdout
    assert "12345678" not in ended.stdout
    assert (told["file"], told["kind"]) == (BORNE, "phone")


def test_figures_that_were_not_attacked_are_not_clean_and_end_with_3(workspace):
    path = workspace.reports("proef") / "openbaar" / "manifest.json"
    path.write_text(json.dumps({"edition": "proef", "attacked": False}), encoding="utf-8")

    ended = run(workspace)

    result = json.loads((workspace.reports("proef") / "audit.json").read_text("utf-8"))
    assert ended.exit_code == 3
    assert "openbaar/manifest.json, figures: it is not known what these figures" in ended.stdout
    assert (result["clean"], result["findings"][0]["kind"]) == (False, "unattacked")
    leak(workspace)
    assert run(workspace).exit_code == 1  # what is worse goes first


def test_an_edition_without_files_says_what_to_do(tmp_path):
    edition = edition_in(tmp_path / "proef")

    with pytest.raises(DataError, match="run `mma report proef` first"):
        audit.audit(edition, tmp_path / "reports", tmp_path)


def test_a_delivery_that_cannot_be_opened_stops_the_audit(workspace):
    write(workspace.raw("proef") / "meldingen" / "stuk.xlsx", "PK\x03\x04 geen werkmap")

    with pytest.raises(DataError, match=r"meldingen/stuk\.xlsx: cannot be opened"):
        examined(workspace)


# --- the result ----------------------------------------------------------------------------------


def extra(workspace: Workspace) -> None:
    write(workspace.raw("proef") / "meldingen/extra.csv", "Tekst\nBorne ontving 10 meldingen\n")


@pytest.mark.parametrize(("change", "kind"), [(leak, "phone"), (extra, "run")])
def test_files_are_audited_again_when_they_or_the_deliveries_changed(workspace, change, kind):
    audit.write_result(examined(workspace), "proef", workspace.reports("proef"))
    change(workspace)

    assert [f.kind for f in examined(workspace).findings] == [kind]


@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_result_with_findings_or_a_damaged_one_is_not_taken_for_a_clean_one(
    workspace, is_damaged
):
    leak(workspace)
    audit.write_result(examined(workspace), "proef", workspace.reports("proef"))
    if is_damaged:
        write(workspace.reports("proef") / "audit.json", "{")

    assert not examined(workspace).is_clean


# --- released by a person ------------------------------------------------------------------------


def test_a_finding_that_a_person_released_may_stay_and_is_in_the_result(workspace):
    leak(workspace)
    (finding,) = examined(workspace).findings
    release(workspace, BORNE, finding.id)

    verdict = examined(workspace)

    (row,) = verdict.as_json("proef")["released"]
    assert verdict.is_clean
    assert (row["id"], row["reden"], row["door"]) == (finding.id, "verzonnen", "A. Jansen")


@pytest.mark.parametrize("file", [BORNE, "openbaar/index.html"])
def test_a_release_of_what_is_not_found_there_is_an_error(workspace, file):
    leak(workspace)
    (finding,) = examined(workspace).findings
    name = "0123456789" if file == BORNE else finding.id
    release(workspace, file, name)

    with pytest.raises(UsageError, match=f"there is no such finding: {file} {name}"):
        examined(workspace)


def test_a_release_without_a_person_is_an_error(workspace):
    write(workspace.raw("proef") / "vrijgave.toml", '[[vrijgave]]\nbestand = "a"\nwie = "b"\n')

    with pytest.raises(UsageError, match=r"vrijgave\.1\.door") as error:
        examined(workspace)

    assert "vrijgave.1.wie" in str(error.value)
