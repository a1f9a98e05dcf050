"""What somebody outside does with the public files: `nagaan.py`, and a manifest that fits."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

NAGAAN = "nagaan.py"


def checked(folder: Path) -> tuple[int, str]:
    """How the program ended, and what it said. No package is there for it: `-I -S`."""
    command = [sys.executable, "-I", "-S", str(folder / NAGAAN)]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


def refit(folder: Path) -> None:
    """Make the manifest say that all files are as they should be: a liar would."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    for name in manifest["files"]:
        manifest["files"][name] = sha256(folder / Path(name).name)
    for name, page in manifest["pages"].items():
        page["sha256"] = sha256(folder / Path(name).name)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
