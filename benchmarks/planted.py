"""How many planted changes the audit finds, and an outsider with `nagaan.py`, per kind of file.

No time is measured. Needs the pages of the example: run `mma run voorbeeld-2023` first, and
then this from the folder of the project.
"""

import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from mma_analysis.audit.examination import Auditor
from mma_analysis.settings import EXAMPLE, Workspace, load

HERE = Path(__file__).resolve()
PROJECT = HERE.parents[1]
RESULTS = HERE.with_suffix(".md")
sys.path.append(str(PROJECT / "tests"))

import planting  # noqa: E402  the changes are those of the tests
from outsider import checked, refit  # noqa: E402
from planted_changes import NUMBER, planted  # noqa: E402

HEAD = """# Planted changes

{number} changes by chance in the finished files of the example, the same at every run
(`tests/cases/planted.csv`, `tests/planted_changes.py`). Made by `planted.py`.

The audit sees each file as it would be sent. An outsider has the public files alone, and a
manifest that was made to fit: else its hash gives each change away. Only a changed number is
for an outsider, who knows nothing of words.

| kind of file | tried | found by the audit | numbers for an outsider | found with `nagaan.py` |
|---|---:|---:|---:|---:|
"""


def main() -> None:
    """Try every change, and write down what was found of each kind of file."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT
    tried: Counter[str] = Counter()
    found: Counter[str] = Counter()
    computed: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        files, public = _opened(Workspace(root), Path(folder))
        if checked(public)[0]:
            raise SystemExit("refused before anything was changed")
        for number in range(NUMBER):
            change = planted(number, files.reports)
            tried[change.kind] += 1
            if files.untouched(change.file):
                raise SystemExit(f"found before it was changed: {change.file}")
            if files.found(change.file, lambda _, change=change: change.content):
                found[change.kind] += 1
            else:
                print("not found:", number, change.kind, change.what, change.file)
            if not change.is_for_outsider:
                continue
            computed[change.kind] += 1
            if _is_refused(public, Path(change.file).name, change.content):
                refused[change.kind] += 1
            else:
                print("fits:", number, change.kind, change.what, change.file)

    lines = []
    for kind in tried:
        lines.append(_line(kind, tried[kind], found[kind], computed[kind], refused[kind]))
    together = (tried.total(), found.total(), computed.total(), refused.total())
    lines.append(_line("together", *together))
    RESULTS.write_text(HEAD.format(number=NUMBER) + "".join(lines), encoding="utf-8")


def _line(kind: str, *numbers: int) -> str:
    cells = " | ".join(map(str, numbers))
    return f"| {kind} | {cells} |\n"


def _opened(there: Workspace, folder: Path) -> tuple[planting.Files, Path]:
    """The finished files with who audits them, and the public ones as an outsider has them."""
    raw = Path(shutil.copytree(there.raw(EXAMPLE), folder / EXAMPLE))
    planting.write(raw / "meldingen" / "tip.csv", planting.TIP)
    auditor = Auditor(load(raw), there.processed(EXAMPLE))
    reports = there.reports(EXAMPLE)
    public = Path(shutil.copytree(reports / "openbaar", folder / "openbaar"))
    return planting.Files(reports, auditor, folder), public


def _is_refused(public: Path, name: str, content: bytes) -> bool:
    """Whether the program of an outsider says that a changed file does not fit."""
    path = public / name
    before = path.read_bytes()
    path.write_bytes(content)
    refit(public)
    ended, _ = checked(public)
    path.write_bytes(before)
    return ended != 0


if __name__ == "__main__":
    main()
