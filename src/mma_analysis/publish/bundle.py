"""`mma bundle`: one zip per recipient, of files that are as the audit saw them."""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

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


def recipients(
    vocabulary: Vocabulary, only: Sequence[str] = (), audience: str | None = None
) -> list[str]:
    """The recipients that are asked for: `dvo` gets all that is openbaar, a gemeente its own.

    `only`: `dvo`, or slugs of gemeenten; the district's slug is the DVO too.
    """
    everyone = {DVO: "openbaar"} | {area.slug: "intern" for area in vocabulary.gemeenten}
    asked = [DVO if slug == vocabulary.district.slug else slug for slug in only]
    if unknown := [slug for slug in asked if slug not in everyone]:
        near = did_you_mean(unknown[0], everyone)
        raise UsageError.of("no_recipient", name=unknown[0], near=near)
    chosen = [slug for slug in everyone if slug in (asked or everyone)]
    chosen = [slug for slug in chosen if audience in (None, everyone[slug])]
    if not chosen:
        raise UsageError.of("no_bundle_for", names=", ".join(only), audience=audience)
    return chosen


def bundle(
    edition: Edition,
    reports: Path,
    target: Path,
    who: Sequence[str],
    passphrases: Mapping[str, str] | None = None,
    packed: Callable[[], object] = lambda: None,
) -> list[dict[str, Any]]:
    """Pack what each recipient gets, in the place of all bundles of before; one row per bundle.

    Old and new can then not be sent beside each other. Who is not in `passphrases` gets a zip that
    is open. `packed` is called when all are made.
    """
    audit.refuse_unaudited(edition, reports)
    contents = {slug: files for slug in who if (files := _contents(edition, reports, slug))}
    if not contents:
        raise DataError.of("nothing_to_pack", names=", ".join(who), folder=reports)
    made = []
    with storage.swapped_in(target) as folder:
        for slug, files in contents.items():
            path, passphrase = folder / f"{edition.slug}-{slug}.zip", (passphrases or {}).get(slug)
            _pack(path, files, passphrase)
            row = {"recipient": slug, "file": str(target / path.name)}
            row |= {"sha256": storage.sha256(path), "files": [*files]}
            made.append(row | {"encrypted": passphrase is not None})
        storage.owner_only(folder)
        audit.refuse_unaudited(edition, reports)  # what is packed is still what was audited
        packed()
    return made


def _contents(edition: Edition, reports: Path, slug: str) -> dict[str, bytes]:
    """The files of a recipient, after a guide that says what they are, and before their sums."""
    vocabulary = edition.vocabulary
    pages = {f"{area.slug}.html": f"het rapport over {area.name}" for area in vocabulary.gemeenten}
    folder, gemeente = reports / "openbaar", ""
    if slug != DVO:
        folder, gemeente = reports / "intern" / slug, vocabulary.area(slug).name
        pages[f"{slug}.html"] = "het rapport over uw gemeente, met uw eigen aantallen"
    paths = storage.files_below(folder)
    own = (f"{slug}.html", LETTER, YEARLY_RETURN, OWN_FIGURES)
    if strange := [name for name in paths if gemeente and name not in own]:
        raise DataError.of("strange_file", folder=folder, files=", ".join(strange), name=gemeente)
    if not paths:
        return {}
    words = {"about": edition.evaluatie, "gemeente": gemeente, "pages": pages}
    guide = written(GUIDE, names=[*paths, CHECKSUMS], **words).encode()
    files = {GUIDE: guide} | {name: path.read_bytes() for name, path in paths.items()}
    sums = "".join(f"{hashlib.sha256(it).hexdigest()}  {name}\n" for name, it in files.items())
    return files | {CHECKSUMS: sums.encode()}


def _pack(path: Path, files: Mapping[str, bytes], passphrase: str | None) -> None:
    """Write a zip of these files in their order, the same bytes unless it is encrypted."""
    content = io.BytesIO()  # on a full disk an archive ends in an error of its own
    with pyzipper.AESZipFile(content, "w") as archive:
        if passphrase is not None:
            archive.setpassword(passphrase.encode("utf-8"))
            archive.setencryption(pyzipper.WZ_AES, nbits=AES_256)
        for name, file in files.items():
            entry: Any = archive.zipinfo_cls(name, NO_MOMENT)
            entry.compress_type = pyzipper.ZIP_DEFLATED
            entry.external_attr, entry.create_system = READABLE, UNIX
            archive.writestr(entry, file)
    path.write_bytes(content.getvalue())
