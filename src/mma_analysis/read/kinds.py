"""What a file is by its content: for who reads the error and does not have the file before them."""

import io
import zipfile

from mma_analysis.domain import OPEN_ELSEWHERE, MmaError

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STARTS = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document (RTF)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"II*\x00": "a picture",
    b"MM\x00*": "a picture",
    b"7z\xbc\xaf": "a packed folder (7z)",
    b"Rar!": "a packed folder (rar)",
    b"\x1f\x8b": "a packed file (gzip)",
    b"MIME-Version": "a saved web page or e-mail",
}
PARTS = {
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a presentation",
    "xl/workbook.bin": "a binary workbook (.xlsb)",
}
STREAMS = {
    "WordDocument": "a Word document",
    "PowerPoint Document": "a presentation",
    "__properties_version1.0": "an Outlook message",
}
MOST_NAMED = 5


def refuse_lock_file(file: str) -> None:
    """Excel's `~$name.xlsx` is no workbook: somebody had `name.xlsx` open when it was copied.

    Raises
    ------
    MmaError
        With the name of the workbook itself.
    """
    folder, slash, name = file.rpartition("/")
    for mark in OPEN_ELSEWHERE:
        if name.startswith(mark):
            itself = f"{folder}{slash}{name.removeprefix(mark).removesuffix('#')}"
            raise MmaError(
                f"{file}: this is not the workbook but a mark that it was open at somebody's when "
                f"it was copied; deliver {itself} and name that at levering"
            )


def refuse_other_kinds(content: bytes, file: str) -> None:
    """Refuse what is known to be no table: a PDF, a picture, a packed folder, a letter.

    Raises
    ------
    MmaError
        With what it is, and what to ask the sender.
    """
    for start, what in STARTS.items():
        if content.startswith(start):
            raise not_a_registration(file, what)


def not_a_workbook(content: bytes, file: str) -> MmaError:
    """The error for a container of Office files in which there is no workbook that can be read."""
    what = _in_archive(content) if content.startswith(ZIP) else _in_streams(content)
    if what:
        return not_a_registration(file, what)
    return MmaError(
        f"{file}: not a workbook that can be read; open it in a spreadsheet program, save it as "
        ".xlsx and deliver it again"
    )


def not_a_registration(file: str, what: str) -> MmaError:
    """The error for a file that is something else than a table."""
    return MmaError(
        f"{file}: this is not a registration but {what}, whatever its name says; ask the sender "
        "for the registration itself, as .xlsx or .csv"
    )


def _in_archive(content: bytes) -> str:
    """What the archive is, when it is no workbook; the name of a file in it may be about a tip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    for part, what in PARTS.items():
        if part in names:
            return what
    if "[Content_Types].xml" in names or "mimetype" in names:
        return ""
    endings = sorted({name.rpartition(".")[2].lower() for name in names if "." in name})
    return f"a packed folder (zip) with {len(names)} files ({', '.join(endings[:MOST_NAMED])})"


def _in_streams(content: bytes) -> str:
    found = (what for name, what in STREAMS.items() if name.encode("utf-16-le") in content)
    return next(found, "")
