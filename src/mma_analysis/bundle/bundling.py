"""Bundles on disk: refused, packed, and those of another audit taken away."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mma_analysis import audit
from mma_analysis.bundle.contents import Recipient
from mma_analysis.bundle.guide import CHECKSUMS, GUIDE, guide
from mma_analysis.bundle.packing import checksums, pack, pack_encrypted
from mma_analysis.domain import MmaError
from mma_analysis.settings import Edition
from mma_analysis.storage import MANIFEST, read_manifest, sha256, write_json

OWNER_ONLY = 0o700


@dataclass(frozen=True)
class Bundled:
    """One bundle that was made: for whom, where, which files are in it, its sha256."""

    recipient: Recipient
    path: Path
    files: tuple[str, ...]
    is_encrypted: bool
    sha256: str


def bundle(
    edition: Edition,
    reports: Path,
    target: Path,
    who: Sequence[Recipient],
    passphrases: Mapping[str, str] | None = None,
) -> list[Bundled]:
    """Pack the finished files of an edition, one zip per recipient.

    A recipient without any file gets no bundle. Bundles in `target` of other recipients stay when
    they are of the same files; those of other files are taken away, so that old and new figures
    are never sent together.

    Parameters
    ----------
    reports
        The folder with `openbaar` and `intern` in it, audited.
    target
        The folder for the bundles; only its owner may open it, on systems that know owners.
    passphrases
        Slug of a recipient → passphrase; a recipient that is not in it gets a zip that is open.

    Raises
    ------
    MmaError
        When a finished file is not, byte for byte, one that the last audit found clean; when
        nobody has a file; or a bundle cannot be written.
    """
    audited = audit.refuse_unaudited(edition, reports)
    secrets = passphrases or {}
    contents = {recipient: _read(recipient, reports, audited) for recipient in who}
    if not any(contents.values()):
        raise MmaError(f"no finished files for {', '.join(r.slug for r in who)} in {reports}")
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(OWNER_ONLY)
    kept = _same_files(target, audited.key)
    made = [
        _packed(recipient, edition, files, target, secrets.get(recipient.slug))
        for recipient, files in contents.items()
        if files
    ]
    rows = kept | {bundled.path.name: bundled.sha256 for bundled in made}
    write_json(target / MANIFEST, {"edition": edition.slug, "audit": audited.key, "bundles": rows})
    return made


def _read(recipient: Recipient, reports: Path, audited: audit.Audited) -> dict[str, bytes]:
    """The bytes that go into the zip, which are the very bytes that were audited."""
    found = {name: path.read_bytes() for name, path in recipient.files(reports).items()}
    for name, content in found.items():
        file = f"{recipient.folder}/{name}"
        if audited.files.get(file) != hashlib.sha256(content).hexdigest():
            raise MmaError(f"{file} changed while it was packed; run `mma audit` and try again")
    return found


def _packed(
    recipient: Recipient,
    edition: Edition,
    files: Mapping[str, bytes],
    target: Path,
    passphrase: str | None,
) -> Bundled:
    content = {GUIDE: guide(recipient, edition, list(files)).encode("utf-8")}
    content |= files
    content[CHECKSUMS] = checksums(content).encode("utf-8")
    path = target / f"{edition.slug}-{recipient.slug}.zip"
    half = path.with_suffix(".half")
    try:
        if passphrase is None:
            pack(half, content)
        else:
            pack_encrypted(half, content, passphrase)
        half.replace(path)
    except PermissionError as error:
        raise MmaError(f"cannot replace {path}: close it where it is open") from error
    finally:
        half.unlink(missing_ok=True)
    return Bundled(recipient, path, tuple(content), passphrase is not None, sha256(path))


def _same_files(target: Path, key: str) -> dict[str, str]:
    """The bundles that are there of the same files; others, and half ones, are taken away."""
    before: dict[str, Any] = read_manifest(target) or {}
    rows = before.get("bundles", {}) if before.get("audit") == key else {}
    kept = {}
    for path in [*target.glob("*.zip"), *target.glob("*.half")]:
        if rows.get(path.name) == sha256(path):
            kept[path.name] = rows[path.name]
        else:
            path.unlink()
    return kept
