"""What tables and pages depend on, and why they do not hold any more.

Tables depend on the files of an edition, on the settings but for what only pages say, on
what went out, and on the code that makes tables. Pages depend on these tables, on all
settings and on all of this package. What is not known to be for pages alone counts for the
tables.
"""

import hashlib
import json
import platform
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

from mma_analysis.settings import BESIDE_SETTINGS, SETTINGS_FILE, Edition, Workspace
from mma_analysis.storage.folders import hashes_below, read_manifest, sha256
from mma_analysis.storage.issues import CANDIDATE, ISSUES_FILE, RELEASES_FILE, all_issues
from mma_analysis.vocabulary import PACKAGE, DataError, message

ROWS_FORGOTTEN = "forgotten"  # in a manifest: what `mma forget` removed
CLEAN = "clean"  # the rows, below those of an edition
BOOKING = "te_boeken.zip"  # among them: what is booked when these tables are sent
MEASURES = "measures"  # the released tables, below those of an edition
NAMED = 5  # files in a message
OUR_PACKAGE = "mma-analysis"
UNDERNEATH = ("markupsafe",)  # what others need, and can change a byte of a page
# What settings say to a reader and no stage before the pages uses, in the form in which
# pydantic leaves it out.
ONLY_ON_PAGES: dict[str, Any] = {
    "evaluatie": {"titel", "fictief", "erratum"},
    "opsteller": True,
    "publicatie": True,
    "brief": True,
    "voorstel": True,
    "besluiten": True,
}
TABLES_BEGIN = "pipeline"  # the room that makes tables: what it imports makes them too
TEMPLATE_ENDINGS = (".j2", ".html")
# A room of this package that a file imports from, or several of them by name.
IMPORTED = re.compile(rf"\b{PACKAGE.name}(?:\.(\w+)| import (\([^)]*\)|[^\n]*))")


def refuse_forgotten(manifest: dict[str, Any]) -> None:
    """Stop when the rows of an edition were forgotten: what is asked for needs them."""
    if manifest.get(ROWS_FORGOTTEN):
        raise DataError.of("forgotten", slug=manifest["edition"])


def outdated(workspace: Workspace, edition: Edition, manifest: Mapping[str, Any]) -> str:
    """Why the tables do not hold any more, in words; empty when they do."""
    changed = _changed_inputs(workspace, edition, manifest)
    if changed:
        return message("inputs_changed", files=", ".join(changed), slug=edition.slug)
    processed = workspace.processed(edition.slug)
    changed = differing(manifest.get("outputs", {}), hashes_below(processed))
    if changed:
        named = ", ".join(changed[:NAMED])
        return message("outputs_changed", files=named, folder=processed)
    return ""


def _changed_inputs(
    workspace: Workspace, edition: Edition, manifest: Mapping[str, Any]
) -> list[str]:
    """What the tables depend on that is not as it was.

    That these tables themselves were sent since then changes nothing. After `mma forget` a
    delivery may be gone as well: nothing new can be found in it.
    """
    now = inputs_of(workspace, edition)
    before = manifest.get("inputs", {})
    outputs = manifest.get("outputs", {})
    own = outputs.get(f"{CANDIDATE}.parquet")

    changed = differing(before, now)
    if manifest.get(ROWS_FORGOTTEN):
        changed = [name for name in changed if name in now]
    return [name for name in changed if now.get(name, "") != own]


def differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The names that came, went or have another hash."""
    names = sorted({*before, *now})
    return [name for name in names if before.get(name) != now.get(name)]


# --- what is hashed -----------------------------------------------------------------------


def inputs_of(workspace: Workspace, edition: Edition) -> dict[str, str]:
    """All that tables depend on, and its hash: files, and more by a name in words."""
    inputs = tables_made_with() | _files_of(edition.folder)
    inputs[SETTINGS_FILE] = settings_hash(edition, ONLY_ON_PAGES)
    earlier = edition.bescherming.vorige_editie
    if not earlier:
        inputs["wat geen editie vrijgaf"] = ""
    else:
        inputs[f"wat {earlier} vrijgaf"] = _released_by(workspace, earlier)
    for issue in all_issues(workspace):
        name = f"uitgave {issue.number} van {issue.edition}"
        inputs[name] = sha256(issue.path)
    return inputs


def _released_by(workspace: Workspace, slug: str) -> str:
    """One hash of the released tables of an edition, and of what they mean."""
    processed = workspace.processed(slug)
    manifest = read_manifest(processed)
    if not manifest:
        return ""
    figures = hash_of(hashes_below(processed / MEASURES))
    return hash_of({"figures": figures, "meant": manifest.get("definitions")})


def input_hashes(folder: Path) -> dict[str, str]:
    """sha256 of what the findings of an audit depend on: the program, and the files."""
    return made_with() | _files_of(folder)


def settings_hash(edition: Edition, but: Mapping[str, Any] | None = None) -> str:
    """One hash of what the settings of an edition say, but for these keys.

    Not of how they are written: a comment says nothing. The order of gemeenten counts.
    """
    said = edition.model_dump(mode="json", exclude=dict(but or {}))
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _files_of(folder: Path) -> dict[str, str]:
    """sha256 of the files of an edition.

    Not of those that say how pages look, which stand in the pages; nor of what went out and
    was signed, which is written down afterwards.
    """
    inputs = {}
    files = hashes_below(folder, but=(ISSUES_FILE, RELEASES_FILE))
    for name, digest in files.items():
        is_beside = name.partition("/")[0] in BESIDE_SETTINGS
        if not is_beside:
            inputs[name] = digest
    return inputs


@cache
def made_with() -> dict[str, str]:
    """What can change a byte of anything: versions of all packages, and every file of ours.

    Of Python without its last number.
    """
    return {"pakketten": hash_of(_versions()), "code en sjablonen": hash_of(_code())}


@cache
def tables_made_with() -> dict[str, str]:
    """What can change a byte of a table: versions of packages, and the code for it."""
    rooms = rooms_of_tables()
    code = {}
    for name, digest in _code().items():
        is_template = name.endswith(TEMPLATE_ENDINGS)
        if _room(name) in rooms and not is_template:
            code[name] = digest
    return {"pakketten": hash_of(_versions()), "code van de tabellen": hash_of(code)}


def rooms_of_tables() -> set[str]:
    """The rooms of this package that make tables: those that import each other, and words.

    A room counts whole: `measure` finds some of its modules by name, which no import says.
    """
    files: dict[str, list[str]] = {}
    for name in _code():
        files.setdefault(_room(name), []).append(name)

    # What has no code is a table of words, which any room can read.
    rooms = set()
    for room, names in files.items():
        has_code = any(name.endswith(".py") for name in names)
        if not has_code:
            rooms.add(room)

    found = {TABLES_BEGIN}
    while found:
        rooms |= found
        imported = set()
        for room in found:
            for name in files[room]:
                imported |= _imported_by(name)
        found = imported & files.keys() - rooms
    # The package itself: it loads nothing before it is used.
    rooms.add(_room("__init__.py"))
    return rooms


def _imported_by(name: str) -> set[str]:
    """The rooms that a file of ours imports from; and more, when it only names them."""
    if not name.endswith(".py"):
        return set()
    text = (PACKAGE / name).read_text(encoding="utf-8")
    imported = set()
    for room, several in IMPORTED.findall(text):
        imported |= {room, *re.findall(r"\w+", several)}
    return imported


def _room(name: str) -> str:
    """The first part of a path in this package, without how a file ends."""
    first, _, _ = name.partition("/")
    return first.partition(".")[0]


@cache
def _code() -> dict[str, str]:
    """Every file of this package and its hash.

    Bytecode does not count: it changes when nothing does.
    """
    code = {}
    for name, digest in hashes_below(PACKAGE).items():
        if "__pycache__" not in name:
            code[name] = digest
    return code


@cache
def _versions() -> dict[str, str]:
    """Package → its version, of ours and of all that it needs; and Python's."""
    major, minor, _ = platform.python_version_tuple()
    versions = {"python": f"{major}.{minor}"}
    packages = [OUR_PACKAGE, *UNDERNEATH]
    for needed in requires(OUR_PACKAGE) or ():
        if "extra" not in needed:
            packages.append(re.split(r"[^\w-]", needed)[0])

    for package in packages:
        versions[package] = version(package)
    return versions


def hash_of(content: Any) -> str:
    """One hash of lists and names with what belongs to them; names in any order."""
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
