"""Bundles on disk: refused, packed, and kept beside those that were made before."""

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mma_analysis import audit
from mma_analysis.bundle.contents import CHECKSUMS, GUIDE, Recipient, guide, recipients
from mma_analysis.settings import Edition
from mma_analysis.storage import MANIFEST, patiently, read_manifest, sha256, write_json
from mma_analysis.vocabulary import DataError

OWNER_ONLY = 0o700
# The first moment that a zip can name: when it was made is nobody's business.
NO_MOMENT = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16
UNIX = 3
AES_256 = 256


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

    A recipient without any file gets no bundle. Bundles in `target` of recipients that are not
    asked for stay, also when they are of earlier files: `of_earlier_files` names those. Who asks
    for all recipients is left with nothing but what was made now.

    `passphrases`: slug of a recipient → passphrase; who is not in it gets a zip that is open.
    """
    audited = audit.refuse_unaudited(edition, reports)
    secrets = passphrases or {}
    contents = {recipient: _read(recipient, reports, audited) for recipient in who}
    if not any(contents.values()):
        raise DataError(f"no finished files for {', '.join(r.slug for r in who)} in {reports}")
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(OWNER_ONLY)
    for half in target.glob("*.half"):
        half.unlink()
    kept, earlier = _beside(edition, target, audited.key, who)
    made = [
        _packed(recipient, edition, files, target, secrets.get(recipient.slug))
        for recipient, files in contents.items()
        if files
    ]
    rows = kept | {bundled.path.name: bundled.sha256 for bundled in made}
    told = {"edition": edition.slug, "audit": audited.key, "bundles": rows}
    earlier = {name: digest for name, digest in earlier.items() if name not in rows}
    write_json(target / MANIFEST, told | ({"earlier": earlier} if earlier else {}))
    return made


def of_earlier_files(target: Path) -> list[str]:
    """Names of the bundles that were there already, and are not of the files as they are now."""
    manifest: dict[str, Any] = read_manifest(target) or {}
    return sorted(manifest.get("earlier", {}))


def _read(recipient: Recipient, reports: Path, audited: audit.Audited) -> dict[str, bytes]:
    """The bytes that go into the zip, which are the very bytes that were audited."""
    found = {name: path.read_bytes() for name, path in recipient.files(reports).items()}
    for name, content in found.items():
        file = f"{recipient.folder}/{name}"
        if audited.files.get(file) != hashlib.sha256(content).hexdigest():
            raise DataError(f"{file} changed while it was packed; run `mma audit` and try again")
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
    sums = [f"{hashlib.sha256(it).hexdigest()}  {name}\n" for name, it in content.items()]
    content[CHECKSUMS] = "".join(sums).encode("utf-8")  # as `sha256sum` writes and checks them
    path = target / f"{edition.slug}-{recipient.slug}.zip"
    half = path.with_suffix(".half")
    try:
        _pack(half, content, passphrase)
        patiently(lambda: half.replace(path))
    except PermissionError as error:
        raise DataError(f"cannot replace {path}: close it where it is open") from error
    finally:
        half.unlink(missing_ok=True)
    return Bundled(recipient, path, tuple(content), passphrase is not None, sha256(path))


def _pack(path: Path, files: Mapping[str, bytes], passphrase: str | None) -> None:
    """Write a zip of these files in their order, the same bytes for the same files.

    With a passphrase it is WinZip's AES with 256 bits (AE-2), never the same twice. The names of
    the files can be read without it. Windows itself cannot open it; 7-Zip can.
    """
    if passphrase is None:
        archive = zipfile.ZipFile(path, "w")
        entry_of: Any = zipfile.ZipInfo
    else:
        # pyzipper takes a while to import: only who encrypts needs it
        import pyzipper

        archive = pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES)
        archive.setpassword(passphrase.encode("utf-8"))
        archive.setencryption(pyzipper.WZ_AES, nbits=AES_256)
        entry_of = archive.zipinfo_cls
    with archive:
        for name, content in files.items():
            entry = entry_of(name, NO_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = READABLE
            entry.create_system = UNIX
            archive.writestr(entry, content)


def _beside(
    edition: Edition, target: Path, key: str, who: Sequence[Recipient]
) -> tuple[dict[str, str], dict[str, str]]:
    """The bundles that are there and stay: those of the same files, and those of earlier ones."""
    before: dict[str, Any] = read_manifest(target) or {}
    rows = before.get("bundles", {}) if before.get("audit") == key else {}
    same, earlier = {}, {}
    for path in target.glob("*.zip"):
        digest = sha256(path)
        if rows.get(path.name) == digest:
            same[path.name] = digest
        elif {*recipients(edition.vocabulary)} <= {*who}:
            path.unlink()
        else:
            earlier[path.name] = digest
    return same, earlier
