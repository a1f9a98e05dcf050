"""`mma bundle`: one zip per recipient, of files that are as the audit saw them."""

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mma_analysis import audit
from mma_analysis.publish.templates import written
from mma_analysis.settings import Edition
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.storage import (
    MANIFEST,
    files_below,
    patiently,
    read_manifest,
    sha256,
    write_json,
)
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, did_you_mean

DVO = "dvo"
OPEN, INTERN = "openbaar", "intern"
GUIDE, CHECKSUMS, LETTER = "leeswijzer.txt", "controlegetallen.txt", "kwaliteit.html"
OWN_FIGURES = "eigen-cijfers.xlsx"
# What a reader is told of a file: these first, then pages of gemeenten, then the rest.
FIRST = {
    "index.html": "begin hier: alle rapporten, en elke gemeente met wat ertoe doet",
    "district.html": "het rapport over het hele district",
}
THEN = {
    "bijlage.xlsx": "alle cijfers uit de rapporten, als tabellen",
    "bijlage.csv": "dezelfde cijfers, voor een programma",
    "voorstel-dvo.docx": "het voorstel aan het DVO, om in Word aan te vullen",
    "voorstel-dvo.html": "hetzelfde voorstel, om te lezen",
    LETTER: "de brief over uw levering: wat wij telden, en wat wij u vragen",
    OWN_FIGURES: "uw eigen cijfers en antwoorden, als tabellen",
    "hoe-wij-telden.html": "hoe u de cijfers leest, en wat woorden betekenen",
    YEARLY_RETURN: "uw terugmelding aan MMA, per melding, om in Word aan te vullen",
    MANIFEST: "voor de techniek: waaruit deze bestanden zijn gemaakt",
    CHECKSUMS: "om na te gaan of de bestanden heel zijn aangekomen",
}
OWNER_ONLY = 0o700
# The first moment that a zip can name: when it was made is nobody's business.
NO_MOMENT = (1980, 1, 1, 0, 0, 0)
READABLE, UNIX, AES_256 = 0o100644 << 16, 3, 256


@dataclass(frozen=True)
class Recipient:
    """Who gets a bundle: the DVO, or one gemeente."""

    slug: str
    name: str
    audience: str
    folder: str

    def files(self, reports: Path) -> dict[str, Path]:
        """Name in the bundle → finished file, in the order of the names; no other file is there."""
        folder = reports / self.folder
        there = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
        ours = (f"{self.slug}.html", LETTER, YEARLY_RETURN, OWN_FIGURES)
        strange = [name for name in there if self.audience == INTERN and name not in ours]
        if strange:
            raise DataError(
                f"{folder}: {', '.join(strange)} is not of {self.name} alone; take it out and run "
                "`mma audit`"
            )
        return there


@dataclass(frozen=True)
class Bundled:
    """One bundle that was made: for whom, where, which files are in it, its sha256."""

    recipient: Recipient
    path: Path
    files: tuple[str, ...]
    is_encrypted: bool
    sha256: str


def recipients(
    vocabulary: Vocabulary, only: Sequence[str] = (), audience: str | None = None
) -> list[Recipient]:
    """The recipients that are asked for: the DVO gets all that is openbaar, a gemeente its own.

    `only`: `dvo`, or slugs of gemeenten; the district's slug is the DVO too.
    """
    everyone = [Recipient(DVO, "het DVO", OPEN, OPEN)]
    everyone += [
        Recipient(a.slug, a.name, INTERN, f"{INTERN}/{a.slug}") for a in vocabulary.gemeenten
    ]
    asked = [DVO if slug == vocabulary.district.slug else slug for slug in only]
    known = [recipient.slug for recipient in everyone]
    for slug in asked:
        if slug not in known:
            raise UsageError(f"no recipient '{slug}'{did_you_mean(slug, known)}")
    chosen = [
        recipient
        for recipient in everyone
        if (not asked or recipient.slug in asked) and audience in (None, recipient.audience)
    ]
    if not chosen:
        raise UsageError(f"{', '.join(only)} gets no bundle for audience '{audience}'")
    return chosen


def bundle(
    edition: Edition,
    reports: Path,
    target: Path,
    who: Sequence[Recipient],
    passphrases: Mapping[str, str] | None = None,
) -> tuple[list[Bundled], list[str]]:
    """Pack the finished files of an edition, one zip per recipient; a recipient without has none.

    Gives what was made, and the names of bundles of earlier files, which are taken away: old and
    new can then not be sent beside each other. Those of the same files stay.

    `passphrases`: slug of a recipient → passphrase; who is not in it gets a zip that is open.
    """
    audited = audit.refuse_unaudited(edition, reports)
    contents = {recipient: _read(recipient, reports, audited) for recipient in who}
    if not any(contents.values()):
        raise DataError(f"no finished files for {', '.join(r.slug for r in who)} in {reports}")
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(OWNER_ONLY)
    before: dict[str, Any] = read_manifest(target) or {}
    same = before.get("bundles", {}) if before.get("audit") == audited["key"] else {}
    rows, gone = {}, []
    for path in sorted(target.glob("*")):
        if same.get(path.name) and sha256(path) == same[path.name]:
            rows[path.name] = same[path.name]
        elif path.is_file() and path.name != MANIFEST:
            path.unlink()
            gone.append(path.name)
    made = [
        _packed(recipient, edition, files, target, (passphrases or {}).get(recipient.slug))
        for recipient, files in contents.items()
        if files
    ]
    rows |= {bundled.path.name: bundled.sha256 for bundled in made}
    told = {"edition": edition.slug, "audit": audited["key"], "bundles": rows}
    write_json(target / MANIFEST, told)
    return made, [name for name in gone if name.endswith(".zip") and name not in rows]


def _read(recipient: Recipient, reports: Path, audited: Mapping[str, Any]) -> dict[str, bytes]:
    """The bytes that go into the zip, which are the very bytes that were audited."""
    found = {name: path.read_bytes() for name, path in recipient.files(reports).items()}
    for name, content in found.items():
        file = f"{recipient.folder}/{name}"
        if audited["files"].get(file) != hashlib.sha256(content).hexdigest():
            raise DataError(f"{file} changed while it was packed; run `mma audit` and try again")
    return found


def _packed(
    recipient: Recipient,
    edition: Edition,
    files: Mapping[str, bytes],
    target: Path,
    passphrase: str | None,
) -> Bundled:
    content = {GUIDE: _guide(recipient, edition, list(files)).encode("utf-8"), **files}
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


def _guide(recipient: Recipient, edition: Edition, names: Sequence[str]) -> str:
    """What these files of one bundle are, for who opens it, in Dutch."""
    is_own = recipient.audience == INTERN
    pages = {f"{a.slug}.html": f"het rapport over {a.name}" for a in edition.vocabulary.gemeenten}
    if is_own:
        pages[f"{recipient.slug}.html"] = "het rapport over uw gemeente, met uw eigen aantallen"
    what = FIRST | pages | THEN
    there = [*names, CHECKSUMS]
    rows = {name: what[name] for name in what if name in there}
    rows |= {name: "hoort bij de rapporten" for name in there if name not in what}
    about, name = edition.evaluatie, recipient.name if is_own else ""
    return written(GUIDE, about=about, gemeente=name, rows=rows, width=max(map(len, rows)))


def _pack(path: Path, files: Mapping[str, bytes], passphrase: str | None) -> None:
    """Write a zip of these files in their order, the same bytes for the same files.

    With a passphrase it is WinZip's AES with 256 bits (AE-2), never the same twice. The names of
    the files can be read without it. Windows itself cannot open it; 7-Zip can.
    """
    entry_of: Any = zipfile.ZipInfo
    if passphrase is None:
        archive: Any = zipfile.ZipFile(path, "w")
    else:
        import pyzipper  # takes a while to import: only who encrypts needs it

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
