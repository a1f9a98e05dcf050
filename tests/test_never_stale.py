"""After any change the next run gives what a run from nothing gives, and then has nothing to do."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mma_analysis.settings import Workspace
from test_faults import everything
from test_pipeline import BORNE, SETTINGS, delivered, write

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "src/mma_analysis"
PAGE = "reports/proef/intern/borne/borne.html"


class Own:
    """A copy of the program, and a root of deliveries, both to change."""

    def __init__(self, folder: Path) -> None:
        self.program, self.root = folder / "program", folder / "root"
        shutil.copytree(ROOT / "src", self.program / "src")
        shutil.copytree(ROOT / "notebooks", self.program / "notebooks")
        self.edition = delivered(self.root)

    def mma(self, *arguments: str, root: Path) -> str:
        """Run this copy of the program, with a library beside it in another version, if any."""
        path = os.pathsep.join(str(self.program / part) for part in ("src", "libraries"))
        ended = subprocess.run(
            [sys.executable, "-m", "mma_analysis", *arguments, "--root", str(root)],
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def run(self, root: Path) -> dict[str, bytes]:
        """Every file that a run leaves."""
        self.mma("run", "proef", "--only", "borne", "--audience", "intern", root=root)
        return everything(root)

    def why(self) -> str:
        """What changed since the page was made; nothing when it is up to date."""
        listed = json.loads(self.mma("list", "proef", "--why", "--json", root=self.root))
        (why,) = [
            page["why"] for page in listed["pages"] if f"reports/proef/{page['page']}" == PAGE
        ]
        return why

    def replace(self, file: str, old: str, new: str) -> None:
        """Change a file of the program."""
        path = self.program / file
        content = path.read_text(encoding="utf-8")
        assert old in content, file
        path.write_text(content.replace(old, new, 1), encoding="utf-8", newline="\n")


def a_cell_of_a_delivery(own: Own) -> None:
    write(own.edition, "meldingen/borne.csv", BORNE.replace("31-02-2022", "28-02-2022"))


def a_setting(own: Own) -> None:
    write(own.edition, "evaluatie.toml", SETTINGS.replace('"Proef"', '"Tweede proef"'))


def a_row_of_a_reference_table(own: Own) -> None:
    own.replace(f"{PACKAGE}/reference/areas.csv", ",Borne,", ",Bornerbroek,")


def a_line_that_counts(own: Own) -> None:
    own.replace(f"{PACKAGE}/measure/rates.py", "PEOPLE = 10_000", "PEOPLE = 20_000")


def a_line_that_tells(own: Own) -> None:
    own.replace(f"{PACKAGE}/show/words.py", '"geen gegevens"', '"niets ontvangen"')


def the_template(own: Own) -> None:
    own.replace(f"{PACKAGE}/publish/template/mma/index.html.j2", "<main", '<main lang="nl"')


def the_notebook(own: Own) -> None:
    own.replace("notebooks/gemeente.ipynb", "## Samenvatting", "## Kort en goed")


def the_version_of_a_library(own: Own) -> None:
    newer = own.program / "libraries" / "plotly-99.0.dist-info"
    newer.mkdir(parents=True)
    about = "Metadata-Version: 2.1\nName: plotly\nVersion: 99.0\n"
    (newer / "METADATA").write_text(about, encoding="utf-8")


# What changes → what the page says after it, and did not say before.
CHANGES: dict[Callable[[Own], None], str] = {
    a_cell_of_a_delivery: "kreeg Borne 3 meldingen",
    a_setting: "Tweede proef",
    a_row_of_a_reference_table: "kreeg Bornerbroek 3 meldingen",
    a_line_that_counts: "in een jaar 1,8",
    a_line_that_tells: "niets ontvangen",
    the_template: '<main lang="nl"',
    the_notebook: "Kort en goed",
}


def test_every_kind_of_change_is_on_the_page_after_the_next_run_and_nothing_is_left_of_before(
    tmp_path,
):
    own = Own(tmp_path)
    made = own.run(own.root)
    for change, says in CHANGES.items():
        assert says.encode() not in made[PAGE], change.__name__
        change(own)
        made = own.run(own.root)
        assert says.encode() in made[PAGE], change.__name__
        assert own.why() == "", change.__name__

    the_version_of_a_library(own)
    assert own.why() == "changed: libraries"
    made = own.run(own.root)

    fresh = Workspace(own.root.with_name("fresh"))
    shutil.copytree(own.edition.raw(""), fresh.raw(""))
    assert own.run(fresh.root) == made
