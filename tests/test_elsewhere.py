"""The same deliveries give the same public files on another machine, to the byte.

Two of which Python orders sets otherwise, where it is another day, with other words for a
language and other rights of a new file.
"""

import os
from pathlib import Path

import pytest
from conftest import contents, mma

from mma_analysis.settings import Workspace
from small_edition import of_two

pytestmark = pytest.mark.slow

EDITION = "proef"
RUN = ("run", EDITION, "--audience", "openbaar")
# 26 hours apart: whenever this runs, one of both has another day. Written so, a place needs no
# list of places on the machine.
HERE = {"PYTHONHASHSEED": "1", "TZ": "<-12>12", "LC_ALL": "C.UTF-8"}
ELSEWHERE = {"PYTHONHASHSEED": "2", "TZ": "<+14>-14", "LC_ALL": "C", "LANG": "nl_NL.UTF-8"}
OPEN, CLOSED = 0o022, 0o077


def published(root: Path, environment: dict[str, str], umask: int) -> dict[str, bytes]:
    """What a run in this environment makes for everybody, and of which tables."""
    workspace = of_two(root)
    # Windows has no such rights.
    rights = {} if os.name == "nt" else {"umask": umask}
    ended = mma(*RUN, "--root", root, env=os.environ | environment, **rights)
    assert ended.returncode in (0, 3), ended.stdout + ended.stderr
    return files_of(workspace)


def files_of(workspace: Workspace) -> dict[str, bytes]:
    pages = contents(workspace.reports(EDITION) / "openbaar")
    tables = contents(workspace.processed(EDITION) / "measures")
    manifest = workspace.processed(EDITION) / "manifest.json"
    return pages | tables | {"manifest of the tables": manifest.read_bytes()}


def test_a_set_is_the_same_to_the_byte_on_another_machine(tmp_path):
    here = published(tmp_path / "here", HERE, OPEN)
    elsewhere = published(tmp_path / "elsewhere", ELSEWHERE, CLOSED)

    assert {"borne.html", "district.html", "bijlage.xlsx", "datapakket.zip"} <= set(here)
    assert set(elsewhere) == set(here)
    assert [name for name in here if elsewhere[name] != here[name]] == []
