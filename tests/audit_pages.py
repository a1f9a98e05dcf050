"""A tiny edition with finished pages that give nothing away."""

import hashlib
import json
from importlib.resources import files
from pathlib import Path

from mma_analysis.settings import Edition, load
from planting import OPEN_ANSWER, TIP

SETTINGS = """
[evaluatie]
titel = "Evaluatie"
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
CANDIDATE = b"what the pages say"  # stands in for the file of which they are made
PAGES = ("openbaar/index.html", "openbaar/district.html", "openbaar/borne.html")
INTERN = "intern/borne/borne.html"


def edition_in(folder: Path) -> Edition:
    """The settings, two deliveries with free text in them, and an export of a survey."""
    write(folder / "evaluatie.toml", SETTINGS)
    write(folder / "meldingen/almelo.csv", "Datum ontvangst;Soort\n02-10-2021;fraude\n")
    write(folder / "meldingen/borne.csv", TIP)
    answer = f"Wat kan er beter?;Naam;Functie\n{OPEN_ANSWER};Eefke Knarsepoort;x\n"
    write(folder / "vragenlijst/antwoorden.csv", answer)
    return load(folder)


def tables_in(folder: Path) -> None:
    """Tables that can be sent, of which the rows were forgotten."""
    write(folder / "kandidaat.parquet", CANDIDATE.decode())
    attack = {"is_attacked": True, "learnt": []}
    write(folder / "manifest.json", json.dumps({"attack": attack, "forgotten": ["clean"]}))


def reports_in(folder: Path) -> Path:
    """Finished files that give nothing away, and what a manifest says of them."""
    for name in (*PAGES, INTERN):
        write(folder / name, page("<p>Niet getoond, om melders te beschermen.</p>"))
    listed(folder)
    return folder


def listed(folder: Path) -> None:
    """Write the manifest of each set for the files that are there now."""
    made_of = {"edition": "proef", "candidate": hashlib.sha256(CANDIDATE).hexdigest()}
    for audience in ("openbaar", "intern"):
        paths = [p for p in (folder / audience).rglob("*") if p.is_file() and p.suffix != ".json"]
        found = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(paths)
        }
        write(folder / audience / "manifest.json", json.dumps(made_of | {"files": found}))


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
        '<!doctype html>\n<html lang="nl"><head><meta charset="utf-8"><title>Evaluatie</title>\n'
        f"<style>{asset('page.css')}</style></head>\n<body><main>\n{body}\n</main>\n"
        f"<script>{asset('page.js')}</script></body></html>\n"
    )
