"""Whatever happens to a run: nothing half-written is seen, and the next run mends it.

That a folder is swapped in whole, killed at whatever moment, is in test_storage; how Ctrl-C ends a
run in test_cli. Here a seeded few of the calls of each command are disturbed; `make faults`
disturbs every one.
"""

import os
import shutil
from pathlib import Path

import pytest
from conftest import PROJECT, contents, mma, python
from typer.testing import CliRunner

from mma_analysis.cli import app
from mma_analysis.pipeline import prepare
from mma_analysis.publish import batch
from mma_analysis.publish.forget import forget
from mma_analysis.settings import Workspace
from mma_analysis.storage import folders, hashes_below
from mma_analysis.vocabulary import DataError
from small_edition import TOGETHER, of_two, write
from test_storage import holder, workspace  # noqa: F401

pytestmark = pytest.mark.slow

# An edition of two gemeenten, and a page of one of them.
EDITION = "proef"
ONLY = ("--only", "borne", "--audience", "openbaar")
RUN = ("run", EDITION, *ONLY)
PAGES = ("report", EDITION, "--force", *ONLY)  # the tables stay
PAGE = "openbaar/borne.html"


def here(root: Path, *arguments: str) -> str:
    """Run it in this process, and give what it said."""
    ended = CliRunner().invoke(app, [*arguments, "--root", str(root)])
    assert ended.exit_code == 0, ended.output
    return ended.output


def everything(root: Path) -> dict[str, bytes]:
    """Every file that a reader may see."""
    tables, pages = root / "data" / "processed" / EDITION, root / "reports" / EDITION
    return contents(tables) | contents(pages)


@pytest.fixture(scope="module")
def undisturbed(small, tmp_path_factory) -> Path:
    """A root in which `mma run` was left alone."""
    root = Path(shutil.copytree(small.root, tmp_path_factory.mktemp("undisturbed") / "root"))
    ended = mma(*RUN, "--root", root)
    assert ended.returncode == 0, ended.stderr
    return root


@pytest.fixture
def own(undisturbed, tmp_path) -> Path:
    """A root of one's own, as the run that was left alone left it."""
    shutil.copytree(undisturbed, tmp_path / "root")
    return tmp_path / "root"


def test_a_reader_sees_tables_and_pages_change_in_one_move_each_and_back_to_the_same_bytes(
    own, monkeypatch
):
    first = everything(own)
    seen, swap = [first], folders._swap

    def watched(target: Path, *new: object) -> None:
        seen.append(everything(own))
        swap(target, *new)
        seen.append(everything(own))

    monkeypatch.setattr(folders, "_swap", watched)
    # A title is on pages alone, and why a file is whole is read for the tables too.
    settings = TOGETHER.replace('"Proef"', '"Tweede proef"')
    write(Workspace(own), "evaluatie.toml", settings.replace("Dit is alles", "Dit is het"))

    here(own, *RUN)

    seen.append(everything(own))
    before_tables, after_tables, after_pages = seen[0], seen[2], seen[4]
    assert len(seen) == 6
    assert seen == [before_tables] * 2 + [after_tables] * 2 + [after_pages] * 2
    assert after_tables[PAGE] == first[PAGE]
    assert b"Tweede proef" in after_pages[PAGE]
    assert b"Tweede proef" not in first[PAGE]

    write(Workspace(own), "evaluatie.toml", TOGETHER)
    here(own, *RUN)

    assert everything(own) == first


def limited() -> None:
    """No file may become larger than a page: what a full disk does, without filling one."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such limit")
def test_when_there_is_no_room_nothing_is_changed_and_the_message_says_so(own):
    before = everything(own)

    ended = mma(*PAGES, "--root", own, preexec_fn=limited)

    assert ended.returncode == 1
    assert "File too large" in ended.stderr
    assert "er is niets half gemaakt. Maak ruimte en probeer het opnieuw" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert everything(own) == before


@pytest.mark.parametrize("place", [".mma", "reports", "data/processed"])
def test_a_folder_that_cannot_be_written_is_named(own, place):
    shutil.rmtree(own / place)
    (own / place).write_text("a file where a folder should be", encoding="utf-8")

    ended = mma(*RUN, "--root", own)

    assert ended.returncode == 1
    assert str(own / place) in ended.stderr
    assert "Traceback" not in ended.stderr


def typed(*command: str):
    """What types a command about an edition; an error of it is raised here."""

    def does(place: Workspace, slug: str) -> None:
        given = [*command, "--root", str(place.root)]
        CliRunner().invoke(app, [given[0], slug, *given[1:]], catch_exceptions=False)

    return does


WRITERS = {
    "prepare": prepare,
    "report": batch.report,
    "letters": batch.letters,
    "rollback": typed("rollback"),
    "forget": forget,
    "audit": typed("audit"),
    "bundle": typed("bundle"),
    "code": typed("code"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_while_another_process_works_nobody_else_writes(name, holder, workspace):  # noqa: F811
    of_two(workspace.root)
    workspace.processed(EDITION).mkdir(parents=True)
    (workspace.processed(EDITION) / "manifest.json").write_text("{}", encoding="utf-8")

    with pytest.raises(DataError, match=rf"proces {holder.pid} op .* is met deze editie bezig"):
        WRITERS[name](workspace, EDITION)


def test_an_edition_that_another_process_just_makes_is_not_made_twice(
    holder,  # noqa: F811
    workspace,  # noqa: F811
):
    makes = typed("new", "--peildatum", "30-06-2024", "--begin", "01-07-2023")

    with pytest.raises(DataError, match=rf"proces {holder.pid} op .* is met deze editie bezig"):
        makes(workspace, EDITION)

    assert not workspace.raw(EDITION).exists()


def test_the_pages_before_the_last_ones_come_back_and_go_again(own):
    reports = own / "reports" / EDITION
    last = hashes_below(reports)
    before = Path(shutil.copytree(reports, reports.with_name(f".{EDITION}-previous")))
    (before / "openbaar" / "borne.html").write_text("changed by hand", encoding="utf-8")
    changed = hashes_below(before)

    here(own, "rollback", EDITION)
    assert hashes_below(reports) == changed
    here(own, "rollback", EDITION)
    assert hashes_below(reports) == last


# --- one call of a command is its last, or fails ----------------------------------------------

CALLS = 2  # of each command in each way
COMMANDS = ("run", "report", "audit", "bundle", "forget", "new")
WAYS = ("kill", "no room", "broken", "not allowed")


@pytest.fixture(scope="module")
def disturbed() -> list[str]:
    """What the trials of a few calls of each command came to, in lines."""
    if not hasattr(os, "fork"):
        pytest.skip("Windows cannot fork")
    ended = python(PROJECT / "tests" / "faults.py", str(CALLS))
    assert ended.returncode in (0, 1), ended.stdout + ended.stderr
    return ended.stdout.splitlines()


@pytest.mark.parametrize("command", COMMANDS)
def test_after_a_fault_at_any_call_all_is_old_or_new_and_the_next_command_makes_it_whole(
    disturbed, command
):
    told = [line for line in disturbed if line.startswith(f'{{"command": "{command}"')]
    rows = [line.split() for line in disturbed if line.startswith(f"{command} ")]

    assert told == []
    assert [row[1:] for row in rows] == [[*way.split(), f"{CALLS}", f"{CALLS}"] for way in WAYS]
