"""What each hostile file of the tests takes: megabytes, and seconds of the processor.

Needs Linux, and some minutes. Run it from the folder of the project.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve()
PROGRAM = HERE.parents[1] / "tests" / "hostile.py"
RESULTS = HERE.with_suffix(".md")
SAID = re.compile(r"(?P<file>.+) (?P<megabytes>\d+) MB (?P<seconds>[\d.]+) s ?(?P<said>.*)")
HEAD = """# Hostile files

Small files that would take any memory, each opened in a process of its own with a limit
(`tests/hostile.py`). Made by `hostile.py`. Megabytes are the most that the process had, with
what the program itself has; seconds are those of the processor. The limit of `tests/` is 1500
MB more than the program, and 120 seconds.

| file | megabytes | seconds | what is said of it |
|---|---:|---:|---|
"""


def main() -> None:
    """Open every file, and write down what each took."""
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(
            [sys.executable, str(PROGRAM), folder],
            env=os.environ | {"HOSTILE_SAYS": "1"},
            check=True,
            capture_output=True,
            text=True,
        )
    lines = []
    for found in SAID.finditer(ended.stderr):
        lines.append(_line(found))
    RESULTS.write_text(HEAD + "".join(lines), encoding="utf-8")


def _line(found: re.Match[str]) -> str:
    said = "refused" if found["said"] else "read"
    cells = (found["file"], found["megabytes"], found["seconds"], said)
    joined = " | ".join(cells)
    return f"| {joined} |\n"


if __name__ == "__main__":
    main()
