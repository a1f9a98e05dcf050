"""How often all held when a command was ended, or a call of it failed: per command and way.

    .venv/bin/python benchmarks/faults.py 12     so many calls of each command in each way
    .venv/bin/python benchmarks/faults.py all    every call: hours

No time is measured. The trials are those of `tests/faults.py`.
"""

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve()
RESULTS = HERE.with_suffix(".md")
# Before this folder: a module there has the name of this one.
sys.path.insert(0, str(HERE.parents[1] / "tests"))

import faults  # noqa: E402  the trials are those of the tests

HEAD = """# Faults

Each command on an edition of two gemeenten, ended at one of its calls that change something on
disk, or that call failed. It held when all was old or new, the next command made it whole, and
that was the same to the byte. Made by `faults.py`; `tests/faults.py` says which calls are not
disturbed.

A page of which its own notebook cannot be read fails alone: the others stand, and the command
says it. It held when the next command made that page.

{sample}

| command | calls | way | tried | held |
|---|---:|---|---:|---:|
"""
SAMPLE = "**A sample**: {most} calls by chance of each command in each way, of those that it has."
EVERY = "Every call of each command, in each way."


def page(most: int | None, trials: Sequence[faults.Trial], calls: Mapping[str, int]) -> str:
    """How often each command was tried in each way, and how often all held."""
    sample = EVERY if most is None else SAMPLE.format(most=most)
    lines = []
    for command in faults.COMMANDS:
        for way in faults.WAYS:
            own = [one for one in trials if (one.command, one.way) == (command.name, way)]
            held = [one for one in own if not one.wrong]
            numbers = [calls[command.name], way, len(own), len(held)]
            lines.append(" ".join(f"| {one}" for one in (command.name, *numbers)) + " |")
    held = [one for one in trials if not one.wrong]
    lines.append(f"| together | {sum(calls.values())} | | {len(trials)} | {len(held)} |")
    return HEAD.format(sample=sample) + "\n".join(lines) + "\n"


def main() -> None:
    """Try the calls, and write down what came of them."""
    asked = sys.argv[1]
    most = None if asked == "all" else int(asked)
    faults.remember()
    with tempfile.TemporaryDirectory() as folder:
        calls: dict[str, int] = {}
        trials = []
        for trial in faults.tried(Path(folder), most, (), calls):
            trials.append(trial)
            if trial.wrong:
                print(trial, flush=True)
    RESULTS.write_text(page(most, trials, calls), encoding="utf-8", newline="\n")
    seconds = sum(os.times()[:4])
    print(f"{len(trials)} trials, {seconds:.0f} s of the processor")


if __name__ == "__main__":
    main()
