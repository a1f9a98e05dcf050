"""What is in a folder: its manifest, and hashes of its files and of our code."""

import errno
import hashlib
import json
import os
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from mma_analysis.vocabulary import DataError

# Kinds of OSError: there is no room on the disk, or no more for this person.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
OWNER_READS, OWNER_OPENS = 0o600, 0o700
MANIFEST = "manifest.json"
# Windows refuses to move or remove what a virus scanner still looks at: seconds until a next try.
AGAIN_AFTER = (0.1, 0.2, 0.4, 0.8, 1.6) if os.name == "nt" else ()
# What Finder and Explorer leave in a folder that somebody looks at: no file of ours, never sent.
LEFT_BY_VIEWERS = (".ds_store", "desktop.ini", "thumbs.db")
BESIDE_A_FILE = "._"  # and before the name of a file, on a disk that is not Apple's own
# The key of a manifest under which `mma forget` names what it removed.
FORGOTTEN = "forgotten"


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of an earlier run; none when there was no run or its manifest is damaged."""
    return read_json(folder / MANIFEST)


def read_json(path: Path) -> dict[str, Any] | None:
    """What was written by `write_json`; none when it is not there or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON that is the same for the same content."""
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole(path, text.encode())


def write_whole(path: Path, content: bytes, owner_only: bool = False) -> None:
    """Write a file of which the name is there only when all of it is, also after a power cut.

    `owner_only`: nobody else may open it, on systems that have such rights: not Windows.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_OPENS)
    half = path.with_suffix(f".{os.getpid()}.half")
    try:
        half.touch(mode=OWNER_READS if owner_only else 0o666)
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: half.replace(path))
    finally:
        half.unlink(missing_ok=True)


def patiently(do: Callable[[], object]) -> None:
    """Do something to a file or folder, on Windows again when a program is just looking at it."""
    for seconds in AGAIN_AFTER:
        try:
            do()
        except PermissionError:
            time.sleep(seconds)
        else:
            return
    do()


def refuse_forgotten(manifest: dict[str, Any]) -> None:
    """Stop when the rows of an edition were forgotten: what is asked for needs them."""
    if manifest.get(FORGOTTEN):
        raise DataError.of("forgotten", slug=manifest["edition"])


def owner_only(folder: Path) -> None:
    """Let nobody but its owner open a folder and what is in it.

    Windows has no such modes: there it is who may open the folder above that counts.
    """
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(OWNER_OPENS if path.is_dir() else OWNER_READS)


def files_below(folder: Path) -> list[Path]:
    """Every file and link below a folder, in order, but for what Finder and Explorer left there."""
    return sorted(
        path
        for path in folder.rglob("*")
        if (path.is_file() or path.is_symlink())
        and path.name.lower() not in LEFT_BY_VIEWERS
        and not path.name.startswith(BESIDE_A_FILE)
    )


def hashes_below(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder, by its path in it."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in files_below(folder)
        if path.is_file() and path.name != MANIFEST
    }


def sha256(path: Path) -> str:
    """sha256 of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def code_hash(modules: tuple[str, ...]) -> str:
    """sha256 of these modules of this package with all that is in them: tables, templates, styles.

    Bytecode does not count: it changes when nothing does.
    """
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        is_code = path.is_file() and "__pycache__" not in inside.parts
        if is_code and inside.parts[0].removesuffix(".py") in modules:
            digest.update(inside.as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
