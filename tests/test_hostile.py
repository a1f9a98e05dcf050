"""Files that would take any memory: each is read, or refused in words, within a limit."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from says import says

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="only there a process has such a limit"),
]
if sys.platform == "linux":
    from hostile import FILES
else:
    FILES = {}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What came of each file."""
    program = Path(__file__).parent / "hostile.py"
    folder = tmp_path_factory.mktemp("hostile")
    ended = subprocess.run(
        [sys.executable, str(program), str(folder)], check=True, capture_output=True, text=True
    )
    return json.loads(ended.stdout)


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_or_refused_in_words_within_the_limit(said, name):
    expected, _ = FILES[name]

    if not expected:
        assert said[name] == ""
        return
    assert said[name].startswith(name)
    assert re.fullmatch(says(expected), said[name]), said[name]
