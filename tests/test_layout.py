"""What is in git, and what must never be."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 2 * 1024 * 1024

# In pieces, so that this file does not name what it forbids.
FORBIDDEN = [
    *("py" + "pi.org", "python" + "hosted.org", "npm" + "js", "deb." + "debian"),
    *("anaconda" + ".org", "anaconda" + ".com", "yarn" + "pkg.com"),
    *("/" + place + "/" for place in ("work", "root", "farm")),
    "bash" + "_jobs",
]


def files_for_git() -> list[Path]:
    """Files that are in git or would be after `git add`: ignored ones are not."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what is in git cannot be seen")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    names = listed.stdout.decode("utf-8").split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_of_data_and_reports_only_the_example_and_the_readmes_are_in_git():
    names = [file.relative_to(ROOT).as_posix() for file in files_for_git()]

    kept = [name for name in names if name.startswith(("data/", "reports/"))]
    strays = [name for name in kept if not name.startswith("data/raw/voorbeeld-2023/")]

    folders = ("data/issued", "data/processed", "data/raw", "reports")
    assert sorted(strays) == [f"{folder}/README.md" for folder in folders]


def test_no_file_in_git_is_large_or_names_a_registry_or_a_place_on_one_machine():
    for file in files_for_git():
        content = file.read_bytes()
        assert len(content) <= LARGEST, file
        assert [word for word in FORBIDDEN if word.encode() in content] == [], file
