"""A tiny edition with finished files of every kind, small enough to count by hand.

|            | jul – dec 2021 | jan – jun 2022 | whole |
|------------|----------------|----------------|-------|
| Almelo     | 17, as 15      | 33, as 35      | 50    |
| Borne      | 3, as 5        | 7, as 5        | 10    |
| Enschede   | 4, as 5        | 8, as 10       | 12, as 15 |
| Wierden    | 0              | 4, as 5        | 4, as 5 |
| district   | 23, as 25      | 50             | 73, as 75 |

One melding of the first half year was received twice, and two of the second. Of Borne's topics
three are hidden.
"""

import datetime as dt
import hashlib
import json
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import xlsxwriter

from mma_analysis.settings import Edition, load

HALVES = ["jul – dec 2021", "jan – jun 2022"]
BY_HALF = {
    "Almelo": ["15", "35"],
    "Borne": ["5", "5"],
    "Enschede": ["5", "10"],
    "Wierden": ["0–4", "5"],
}
WHOLE = {"Almelo": "50", "Borne": "10", "Enschede": "15", "Wierden": "5"}
TOPICS = ["Drugs", "Geweld en wapens", "Fraude en geld", "Wonen en uitbuiting"]
TOPICS += ["Ondermijning", "Overig", "Onderwerp onbekend"]
OF_BORNE = ["·", "0", "·", "·", "0", "0", "0"]  # 6, 2 and 2
FREE_TEXT = (
    "Volgens de melder woont Teunis Pruimedoorn boven het café. Het codewoord is Piepzakroute."
)
OPEN_ANSWER = "Spreek eerst af welke brilslang voorgaat; dan volgt de rest."

SETTINGS = """
[evaluatie]
titel = "Proefevaluatie"
district = "Twente"
begin = 2021-07-01
peildatum = 2022-06-30

[gemeenten.almelo]
levering = ["meldingen/almelo.csv"]
[gemeenten.borne]
levering = ["meldingen/borne.csv"]
[gemeenten.enschede]
levering = ["meldingen/almelo.csv"]
[gemeenten.wierden]
levering = ["meldingen/almelo.csv"]
"""
DELIVERY = f"""M-nummer;Datum ontvangst;Soort;Naam betrokkene;Straat en huisnummer;Toelichting
M2021-014877;01-10-2021;drugs;Wubbe Mistwandelaar;Kabouterstuwdijk 114;{FREE_TEXT}
"""


def edition_in(folder: Path) -> Edition:
    """The settings, two deliveries with free text in them, and an export of a survey."""
    for name, content in {
        "evaluatie.toml": SETTINGS,
        "meldingen/almelo.csv": "Datum ontvangst;Soort\n02-10-2021;fraude\n",
        "meldingen/borne.csv": DELIVERY,
        "vragenlijst/antwoorden.csv": f"Wat kan er beter?;Naam\n{OPEN_ANSWER};Eefke Knarsepoort\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return load(folder)


CANDIDATE = b"what the pages say"  # stands in for the file of which they are made


def tables_in(folder: Path) -> None:
    """Tables that can be sent, of which the rows were forgotten."""
    write(folder / "kandidaat.parquet", CANDIDATE.decode())
    attack = {"is_attacked": True, "learnt": []}
    write(folder / "manifest.json", json.dumps({"attack": attack, "forgotten": ["clean"]}))


def reports_in(folder: Path) -> Path:
    """Finished files that give nothing away."""
    halves = table_of_halves(BY_HALF)
    district = table(
        "Meldingen per halfjaar", ["Halfjaar", "Meldingen"], zip(HALVES, ["25", "50"], strict=True)
    )
    topics = [list(pair) for pair in zip(TOPICS, OF_BORNE, strict=True)]
    of_borne = table("Onderwerpen in Borne", ["Onderwerp", "Borne"], topics)
    exact = dict(BY_HALF) | {"Borne": ["3", "7"]}
    own = [list(pair) for pair in zip(TOPICS, ["6", "0", "2", "2", "0", "0", "0"], strict=True)]
    own_topics = table("Onderwerpen in Borne", ["Onderwerp", "Borne"], own)
    write(folder / "openbaar/index.html", page("<p>Borne ontving 10 meldingen.</p>"))
    write(folder / "openbaar/district.html", page(district + halves + compared()))
    write(folder / "openbaar/borne.html", page(of_borne + halves))
    write(folder / "intern/borne/borne.html", page(table_of_halves(exact) + own_topics))
    made_of = {"edition": "proef", "candidate": hashlib.sha256(CANDIDATE).hexdigest()}
    write(folder / "openbaar/manifest.json", json.dumps(made_of))
    workbook(folder / "openbaar/bijlage.xlsx")
    letter(folder / "openbaar/voorstel-dvo.docx")
    return folder


def write(path: Path, content: str) -> None:
    """Write a text file, in a folder that need not be there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def asset(name: str) -> str:
    """What every page is styled with, or runs."""
    path = files("mma_analysis").joinpath("publish", "assets", name)
    return path.read_text(encoding="utf-8")


def page(body: str) -> str:
    """A page as ours are, without the drawing library."""
    return (
        '<!doctype html>\n<html lang="nl"><head><meta charset="utf-8"><title>Proef</title>\n'
        f"<style>{asset('page.css')}</style></head>\n<body><main>\n{body}\n</main>\n"
        f"<script>{asset('page.js')}</script></body></html>\n"
    )


def table(caption: str, head: list[str], rows: Any) -> str:
    """A table as pages have them."""
    heads = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for first, *cells in rows
    )
    return (
        f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def table_of_halves(counts: dict[str, list[str]]) -> str:
    """Gemeenten by half year."""
    rows = [[name, *both] for name, both in counts.items()]
    return table("Meldingen per halfjaar en gemeente", ["Gemeente", *HALVES], rows)


def compared() -> str:
    """The whole period, of all gemeenten and the district."""
    rows = [*WHOLE.items(), ("Twente", "75")]
    return table("Aantal meldingen per gemeente", ["Gemeente", "Meldingen"], rows)


def workbook(path: Path, extra: Any = None) -> None:
    """An annex with the counts per half year; `extra` may do something with the book."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": dt.datetime(2022, 7, 1)})
        sheet = book.add_worksheet("Aantallen")
        for row, cells in enumerate(
            [["Gemeente", *HALVES], *[[k, *v] for k, v in BY_HALF.items()]]
        ):
            sheet.write_row(row, 0, cells)
        if extra is not None:
            extra(book, sheet)


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def letter(
    path: Path, body: str = "<w:p><w:r><w:t>Voorstel</w:t></w:r></w:p>", **parts: str
) -> None:
    """A text document: a zip of XML parts; `parts` are others, by name without folder and end."""
    named = {"header": "word/header1.xml", "comments": "word/comments.xml"}
    named |= {"core": "docProps/core.xml", "rels": "word/_rels/settings.xml.rels"}
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        document = f'<w:document xmlns:w="{W}">{body}</w:document>'
        archive.writestr(zipfile.ZipInfo("word/document.xml"), document)
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(named[name]), content)
