"""`mma bundle`: one zip per recipient, of files that are as the audit saw them."""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyzipper

from mma_analysis import audit, storage
from mma_analysis.publish.plan import LETTER_PAGE, OWN_FIGURES
from mma_analysis.publish.templates import written
from mma_analysis.settings import Edition
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, did_you_mean

DVO = "dvo"
GUIDE_FILE = "leeswijzer.txt"
CHECKSUMS = "controlegetallen.txt"
# The first moment that a zip can name: when it was made is nobody's business.
NO_MOMENT = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16
UNIX = 3
AES_256 = 256


def recipients(
    vocabulary: Vocabulary, only: Sequence[str] = (), audience: str | None = None
) -> list[str]:
    """Who is asked for: `dvo` gets what is openbaar, a gemeente what is its own.

    `only`: `dvo`, or slugs of gemeenten; the district's slug is the DVO too.
    """
    audience_of = {DVO: "openbaar"}
    for area in vocabulary.gemeenten:
        audience_of[area.slug] = "intern"
    asked = [DVO if slug == vocabulary.district.slug else slug for slug in only]
    for slug in asked:
        if slug not in audience_of:
            near = did_you_mean(slug, audience_of)
            raise UsageError.of("no_recipient", name=slug, near=near)
    chosen = []
    for slug, its_audience in audience_of.items():
        is_asked = slug in asked or not asked
        if is_asked and audience in (None, its_audience):
            chosen.append(slug)
    if not chosen:
        raise UsageError.of("no_bundle_for", names=", ".join(only), audience=audience)
    return chosen


def bundle(
    edition: Edition,
    reports: Path,
    target: Path,
    who: Sequence[str],
    issue: int,
    passphrases: Mapping[str, str] | None = None,
    packed: Callable[[], object] = lambda: None,
) -> list[dict[str, Any]]:
    """Pack what each recipient gets, in the place of all bundles of before: a row each.

    Old and new can then not be sent beside each other. `issue`: which one they are. Who is
    not in `passphrases` gets a zip that is open. `packed` is called when all are made.
    """
    audit.refuse_unaudited(edition, reports)
    contents = _contents_of_all(edition, reports, who, issue)
    made = []
    with storage.swapped_in(target) as folder:
        for slug, files in contents.items():
            path = folder / f"{edition.slug}-{slug}.zip"
            passphrase = (passphrases or {}).get(slug)
            _pack(path, files, storage.mark_of_issue(issue), passphrase)
            row = {
                "recipient": slug,
                "file": str(target / path.name),
                "sha256": storage.sha256(path),
                "files": list(files),
                "encrypted": passphrase is not None,
            }
            made.append(row)
        storage.owner_only(folder)
        audit.refuse_unaudited(edition, reports)  # what is packed is still what was audited
        packed()
    return made


# --- what is in it ------------------------------------------------------------------------


def _contents_of_all(
    edition: Edition,
    reports: Path,
    who: Sequence[str],
    issue: int,
) -> dict[str, dict[str, bytes]]:
    """Recipient → its files, of those for whom there are any; none at all is an error."""
    contents = {}
    for slug in who:
        files = _contents(edition, reports, slug, issue)
        if files:
            contents[slug] = files
    if not contents:
        raise DataError.of("nothing_to_pack", names=", ".join(who), folder=reports)
    return contents


def _contents(edition: Edition, reports: Path, slug: str, issue: int) -> dict[str, bytes]:
    """The files of a recipient, with a guide before them and their sums behind them."""
    paths = _paths(edition, reports, slug)
    if not paths:
        return {}
    guide = _guide(edition, slug, list(paths), issue)
    files = {GUIDE_FILE: guide.encode()}
    for name, path in paths.items():
        files[name] = path.read_bytes()
    if storage.MANIFEST in paths:
        manifest = paths[storage.MANIFEST]
        files[storage.MANIFEST] = storage.manifest_of_issue(manifest, issue)
    files[CHECKSUMS] = _checksums(files).encode()
    return files


def _paths(edition: Edition, reports: Path, slug: str) -> dict[str, Path]:
    """The files that a recipient gets; in the folder of a gemeente only its own may be."""
    if slug == DVO:
        return storage.files_below(reports / "openbaar")
    folder = reports / "intern" / slug
    paths = storage.files_below(folder)
    own = (f"{slug}.html", LETTER_PAGE, YEARLY_RETURN, OWN_FIGURES)
    strange = [name for name in paths if name not in own]
    if strange:
        files = ", ".join(strange)
        name = edition.vocabulary.area(slug).name
        raise DataError.of("strange_file", folder=folder, files=files, name=name)
    return paths


def _guide(edition: Edition, slug: str, names: Sequence[str], issue: int) -> str:
    """Tell a recipient which issue it is, what each file is, and who may see it."""
    vocabulary = edition.vocabulary
    pages = {}
    for area in vocabulary.gemeenten:
        pages[f"{area.slug}.html"] = f"het rapport over {area.name}"
    gemeente = ""
    if slug != DVO:
        gemeente = vocabulary.area(slug).name
        pages[f"{slug}.html"] = "het rapport over uw gemeente, met uw eigen aantallen"
    return written(
        GUIDE_FILE,
        names=[*names, CHECKSUMS],
        about=edition.evaluatie,
        gemeente=gemeente,
        pages=pages,
        issue=issue,
    )


def _checksums(files: Mapping[str, bytes]) -> str:
    """One line per file: its sha256 and its name, as `sha256sum` reads it."""
    lines = []
    for name, content in files.items():
        lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
    return "".join(lines)


def _pack(
    path: Path,
    files: Mapping[str, bytes],
    mark: bytes,
    passphrase: str | None,
) -> None:
    """Write a zip of these files in their order, the same bytes unless it is encrypted.

    `mark` can be read without the passphrase.
    """
    content = io.BytesIO()  # on a full disk an archive ends in an error of its own
    with pyzipper.AESZipFile(content, "w") as archive:
        archive.comment = mark
        if passphrase is not None:
            archive.setpassword(passphrase.encode("utf-8"))
            archive.setencryption(pyzipper.WZ_AES, nbits=AES_256)
        for name, file in files.items():
            entry: Any = archive.zipinfo_cls(name, NO_MOMENT)
            entry.compress_type = pyzipper.ZIP_DEFLATED
            entry.external_attr = READABLE
            entry.create_system = UNIX
            archive.writestr(entry, file)
    path.write_bytes(content.getvalue())
