"""Files into a zip: the same bytes for the same files, or encrypted and then never the same."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# The first moment that a zip can name: when it was made is nobody's business.
NO_MOMENT = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16
UNIX = 3
AES_256 = 256


def checksums(files: Mapping[str, bytes]) -> str:
    """A line per file with its sha256, as `sha256sum` writes and checks them."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items()]
    return "\n".join(lines) + "\n"


def pack(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a zip that holds these files and nothing else, in their order."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(_entry(zipfile.ZipInfo(name, NO_MOMENT)), content)


def pack_encrypted(path: Path, files: Mapping[str, bytes], passphrase: str) -> None:
    """Write a zip that opens with a passphrase: WinZip's AES with 256 bits (AE-2).

    The names of the files can be read without it. Windows itself cannot open it; 7-Zip can.
    """
    # pyzipper takes a while to import: only who encrypts needs it
    import pyzipper

    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(passphrase.encode("utf-8"))
        archive.setencryption(pyzipper.WZ_AES, nbits=AES_256)
        for name, content in files.items():
            archive.writestr(_entry(archive.zipinfo_cls(name, NO_MOMENT)), content)


def _entry(entry: Any) -> Any:
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = READABLE
    entry.create_system = UNIX
    return entry
