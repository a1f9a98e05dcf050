"""Three hundred changes by chance in finished files of every kind, the same at every run.

What can be changed is a row of `cases/planted.csv`; the file, the place in it and the words
are drawn. An audit must find each, and an outsider each that changes a public number.
"""

import csv
import io
import re
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from random import Random
from typing import NamedTuple

import planting

NUMBER = 300
CASES = Path(__file__).parent / "cases" / "planted.csv"
DIGIT = "#"  # in the place of what is put there: another digit
# What is drawn to be put somewhere: a name, words of a tip, numbers.
MESSAGES = ("Pruimedoorn", "Volgens de melder woont", "06 12345678", "994877", "17 keer")
MOST = 97  # of a number that is drawn


class Planted(NamedTuple):
    """One change: in which kind of file, what, where, and how the file is with it.

    `is_for_outsider`: it changes a number that anybody can compute again.
    """

    kind: str
    what: str
    file: str
    content: bytes
    is_for_outsider: bool


def planted(number: int, reports: Path) -> Planted:
    """The change of this number, in the files of the example."""
    with CASES.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    turn, at = divmod(number, len(rows))
    row = rows[at]
    # A row more changes nothing of what is drawn for the others.
    drawn = Random(f"{row['kind']}, {row['what']}, {turn}")
    names = sorted(path.relative_to(reports).as_posix() for path in reports.rglob("*.*"))
    files = [name for name in names if fnmatch(name, row["files"])]
    drawn.shuffle(files)
    for file in files:
        content = (reports / file).read_bytes()
        changed = _changed(content, row, drawn)
        if changed != content:
            is_for_outsider = row["outsider"] == "yes"
            return Planted(row["kind"], row["what"], file, changed, is_for_outsider)
    raise LookupError(row["what"])


def _changed(content: bytes, row: dict[str, str], drawn: Random) -> bytes:
    """A file with one change, or as it was when it has no place for it."""
    if row["new"] in AROUND:
        return AROUND[row["new"]](content, drawn.choice(MESSAGES))
    if not row["part"]:
        return _in_text(content, row, drawn)
    parts = planting.parts_of(content)
    if not row["pattern"]:
        return planting.packed(parts | {row["part"]: _filled(row["new"], drawn).encode()})
    names = [name for name in parts if re.fullmatch(row["part"], name)]
    drawn.shuffle(names)
    for name in names:
        changed = _in_text(parts[name], row, drawn)
        if changed != parts[name]:
            return planting.packed(parts | {name: changed})
    return content


def _in_text(content: bytes, row: dict[str, str], drawn: Random) -> bytes:
    """A text with one place of a pattern changed, which is drawn."""
    text = content.decode()
    places = list(re.finditer(row["pattern"], text))
    if not places:
        return content
    place = drawn.choice(places)
    if row["new"] == DIGIT:
        return _with_another_digit(text, place, drawn).encode()
    put = place.expand(_filled(row["new"], drawn))
    return (text[: place.start()] + put + text[place.end() :]).encode()


def _with_another_digit(text: str, place: re.Match[str], drawn: Random) -> str:
    """A text of which one digit of the first group is another."""
    at = drawn.choice([at for at in range(*place.span(1)) if text[at].isdigit()])
    other = drawn.choice([digit for digit in "123456789" if digit != text[at]])
    return text[:at] + other + text[at + 1 :]


def _filled(new: str, drawn: Random) -> str:
    """What is put in a place, with the words or the number that are drawn."""
    message = drawn.choice(MESSAGES)
    number = drawn.randint(11, MOST)
    return new.replace("{}", message).replace("{n}", str(number))


# --- around what stands in a zip ------------------------------------------------------------------


def _with_a_note(content: bytes, message: str) -> bytes:
    written = io.BytesIO(content)
    with zipfile.ZipFile(written, "a") as archive:
        archive.comment = message.encode()
    return written.getvalue()


def _with_more_behind(content: bytes, message: str) -> bytes:
    return content + message.encode()


def _smaller(content: bytes, message: str) -> bytes:
    """The same parts, packed in a way that has room for words that no program unpacks."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in planting.parts_of(content).items():
            entry = zipfile.ZipInfo(name, planting.MOMENT)  # pyright: ignore[reportArgumentType]
            entry.create_system = 0
            entry.extra = b"mm" + len(message).to_bytes(2, "little") + message.encode()
            archive.writestr(entry, part)
    return written.getvalue()


AROUND = {"note": _with_a_note, "behind": _with_more_behind, "smaller": _smaller}
