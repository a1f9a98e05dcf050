"""`mma bundle`: one zip per recipient, of files that are as the audit saw them."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyzipper

from mma_analysis import audit, storage
from mma_analysis.publish.plan import LETTER, OWN_FIGURES
from mma_analysis.publish.templates import written
from mma_analysis.settings import Edition
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, did_you_mean

DVO = "dvo"
GUIDE, CHECKSUMS = "leeswijzer.txt", "controlegetallen.txt"
# The first moment that a zip can name: when it was made is nobody's business.
NO_MOMENT = (1980, 1, 1, 0, 0, 0)
READABLE, UNIX, AES_256 = 0o100644 << 16, 3, 256


class Recipient(NamedTuple):
    """Who gets a bundle: the DVO, or one gemeente; and the folder of its files."""

    slug: str
    name: str
    audience: str
    folder: str


def recipients(
    vocabulary: Vocabulary, only: Sequence[str] = (), audience: str | None = None
) -> list[Recipient]:
    """The recipients that are asked for: the DVO gets all that is openbaar, a gemeente its own.

    `only`: `dvo`, or slugs of gemeenten; the district's slug is the DVO too.
    """
    everyone = [Recipient(DVO, "het DVO", "openbaar", "openbaar")]
    everyone += [
        Recipient(one.slug, one.name, "intern", f"intern/{one.slug}")
        for one in vocabulary.gemeenten
    ]
    asked = [DVO if slug == vocabulary.district.slug else slug for slug in only]
    slugs = [recipient.slug for recipient in everyone]
    if unknown := [slug for slug in asked if slug not in slugs]:
        raise UsageError.of("no_recipient", name=unknown[0], near=did_you_mean(unknown[0], slugs))
    chosen = [
        recipient
        for recipient in everyone
        if (not asked or recipient.slug in asked) and audience in (None, recipient.audience)
    ]
    if not chosen:
        raise UsageError.of("no_bundle_for", names=", ".join(only), audience=audience)
    return chosen


def bundle(
    edition: Edition,
    reports: Path,
    target: Path,
    who: Sequence[Recipient],
    passphrases: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Pack what each recipient gets, and put it in the place of all bundles of before.

    Old and new can then not be sent beside each other. `passphrases`: slug of a recipient → its
    passphrase; who is not in it gets a zip that is open. One row per bundle: its `recipient`,
    `file`, `sha256`, the `files` in it, and whether it is `encrypted`.
    """
    audited = audit.refuse_unaudited(edition, reports)["files"]
    contents = {one: files for one in who if (files := _read(one, reports, audited))}
    if not contents:
        names = ", ".join(recipient.slug for recipient in who)
        raise DataError.of("nothing_to_pack", names=names, folder=reports)
    made = []
    with storage.swapped_in(target) as folder:
        for recipient, files in contents.items():
            content = _with_guide(recipient, edition, files)
            passphrase = (passphrases or {}).get(recipient.slug)
            path = folder / f"{edition.slug}-{recipient.slug}.zip"
            _pack(path, content, passphrase)
            row = {"recipient": recipient.slug, "file": str(target / path.name)}
            row |= {"sha256": storage.sha256(path), "files": [*content]}
            made.append(row | {"encrypted": passphrase is not None})
    return made


def _read(recipient: Recipient, reports: Path, audited: Mapping[str, str]) -> dict[str, bytes]:
    """Name in the bundle → the bytes that go into it, which are the very ones that were audited."""
    folder = reports / recipient.folder
    paths = storage.files_below(folder)
    there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    own = (f"{recipient.slug}.html", LETTER, YEARLY_RETURN, OWN_FIGURES)
    if strange := [name for name in there if recipient.slug != DVO and name not in own]:
        words = {"files": ", ".join(strange), "name": recipient.name}
        raise DataError.of("strange_file", folder=folder, **words)
    for name, content in there.items():
        if audited.get(file := f"{recipient.folder}/{name}") != _sum(content):
            raise DataError.of("changed_when_packed", file=file)
    return there


def _with_guide(
    recipient: Recipient, edition: Edition, files: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The files after a guide that says what they are, and before their checksums."""
    pages = {f"{a.slug}.html": f"het rapport over {a.name}" for a in edition.vocabulary.gemeenten}
    if recipient.slug != DVO:
        pages[f"{recipient.slug}.html"] = "het rapport over uw gemeente, met uw eigen aantallen"
    names = {"about": edition.evaluatie, "recipient": recipient, "pages": pages}
    guide = written(GUIDE, **names, names=[*files, CHECKSUMS])
    content = {GUIDE: guide.encode(), **files}
    sums = [f"{_sum(it)}  {name}\n" for name, it in content.items()]
    return {**content, CHECKSUMS: "".join(sums).encode()}  # as `sha256sum` writes and checks them


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _pack(path: Path, files: Mapping[str, bytes], passphrase: str | None) -> None:
    """Write a zip of these files in their order, the same bytes for the same files.

    With a passphrase it is WinZip's AES with 256 bits (AE-2), never the same twice. The names of
    the files can be read without it. Windows itself cannot open it; 7-Zip can.
    """
    with pyzipper.AESZipFile(path, "w") as archive:
        if passphrase is not None:
            archive.setpassword(passphrase.encode("utf-8"))
            archive.setencryption(pyzipper.WZ_AES, nbits=AES_256)
        for name, content in files.items():
            entry: Any = archive.zipinfo_cls(name, NO_MOMENT)
            entry.compress_type = pyzipper.ZIP_DEFLATED
            entry.external_attr, entry.create_system = READABLE, UNIX
            archive.writestr(entry, content)
