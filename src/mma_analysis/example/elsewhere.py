"""Fictitious deliveries for another district: the same words, layouts and habits, other gemeenten.

    python -m mma_analysis.example.elsewhere data/raw/<editie>

fills an edition that `mma new --district` made: deliveries, survey and settings. Its gemeenten are
those of its own reference tables; what they received is invented, and its pages say so.
"""

import argparse
import datetime as dt
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mma_analysis import domain, tables
from mma_analysis.example import survey
from mma_analysis.example.cells import Layout
from mma_analysis.example.files import file_bytes, xlsx
from mma_analysis.example.rows import CLEAN, Row, rows_of
from mma_analysis.example.sheets import sheets_of
from mma_analysis.example.tables import instead, raw, table
from mma_analysis.example.tips import Numbers, draw_receipts
from mma_analysis.vocabulary import own_tables as overrides

# About what the example's own gemeenten receive.
INHABITANTS_PER_TIP = 1500
FEWEST_A_YEAR = 5
# They need a place outside the district, or two gemeenten in one file.
ABOUT_PLACES = ("buiten_district", "gemeente_onbekend")
MONTHS_OF_JOINING = 12
NEIGHBOURS_SHARE = 2

Settings = Mapping[str, Mapping[str, Any]]


def write(folder: Path) -> dict[str, int]:
    """Fill an edition with invented deliveries, the answers to the survey, and its settings.

    Returns
    -------
    dict[str, int]
        Slug → the meldingen that must be counted, from the model and not from the files.
    """
    tables.use(overrides.read_own(folder))
    begin = tomllib.loads((folder / "evaluatie.toml").read_text("utf-8"))["evaluatie"]["begin"]
    gemeenten = domain.gemeenten()
    layouts = [_layout(area, number) for number, area in enumerate(gemeenten)]
    settings = {
        area.slug: {"aangesloten": _joined(begin, number)} | _needed(layouts[number])
        for number, area in enumerate(gemeenten)
    }
    with instead({"world": _world(), "antwoorden": _answers(), "codeboek": _codebook()}):
        rows = _deliveries(layouts, settings)
        for layout in layouts:
            sheets = sheets_of(layout, rows[layout["name"]])
            _write(folder / "meldingen" / layout["name"], file_bytes(layout, sheets))
        _write(folder / "vragenlijst" / "antwoorden.xlsx", xlsx((survey.sheet(),)))
    _write(folder / "vragenlijst" / "codeboek.toml", _codebook_text().encode())
    text = "\n".join(_settings(begin, settings, layouts)) + "\n"
    _write(folder / "evaluatie.toml", text.encode())
    clean = [row.receipt.gemeente for own in rows.values() for row in own if row.verdict == CLEAN]
    return dict(Counter(clean))


def _deliveries(layouts: Sequence[Layout], settings: Settings) -> dict[str, list[Row]]:
    numbers = Numbers()
    received = draw_receipts({s: own["aangesloten"] for s, own in settings.items()}, numbers)
    of_gemeente: dict[str, list[Any]] = {slug: [] for slug in settings}
    for receipt in received:
        of_gemeente[receipt.gemeente].append(receipt)
    return {
        layout["name"]: rows_of(layout, tuple(of_gemeente[layout["gemeenten"][0]]), numbers)
        for layout in layouts
    }


def _own_layouts() -> list[Layout]:
    """The layouts of the example that one gemeente has for itself, for all the years."""
    joined = table("evaluatie")["gemeenten"]
    early = dt.date(2023, 1, 1)
    return [
        layout
        for layout in table("layouts")["file"]
        if len(layout["gemeenten"]) == 1 and joined[layout["gemeenten"][0]]["aangesloten"] < early
    ]


def _layout(area: domain.Area, number: int) -> Layout:
    """How a gemeente delivers: as one of the example's, under its own name."""
    layouts = _own_layouts()
    like = layouts[number % len(layouts)]
    faults = {
        reason: n for reason, n in like.get("faults", {}).items() if reason not in ABOUT_PLACES
    }
    name = f"{area.slug}{Path(like['name']).suffix}"
    own = {"name": name, "gemeenten": [area.slug], "faults": faults, "like": like["gemeenten"][0]}
    without = {key: like[key] for key in like if key not in ("titles", "cover")}
    return without | own | ({"titles": [[f"Gemeente {area.name}"], []]} if "titles" in like else {})


def _needed(layout: Layout) -> dict[str, Any]:
    """The headers and words that this layout needs in the settings."""
    like = table("evaluatie")["gemeenten"][layout["like"]]
    return {key: like[key] for key in ("kolommen", "waarden") if key in like}


def _joined(begin: dt.date, number: int) -> dt.date:
    """One gemeente after another, on the first of a month in the first year."""
    month = begin.month - 1 + (5 * number) % MONTHS_OF_JOINING
    return dt.date(begin.year + month // 12, month % 12 + 1, 1)


def _world() -> dict[str, Any]:
    """What happens here: as in the example, in proportion to the inhabitants."""
    people = {row["slug"]: int(row["inhabitants"]) for row in domain.reference("population")}
    places: dict[str, dict[str, str]] = {area.slug: {} for area in domain.gemeenten()}
    for row in domain.reference("places"):
        places[row["gemeente"]][row["place"]] = row["pc4_from"]
    gemeenten = {
        area.slug: {
            "per_year": max(FEWEST_A_YEAR, people[area.slug] // INHABITANTS_PER_TIP),
            "places": places[area.slug] or {area.name: ""},
        }
        for area in domain.gemeenten()
    }
    largest = max(people, key=lambda slug: people[slug])
    neighbour = next(slug for slug in people if slug != largest)
    shared = [{"first": largest, "second": neighbour, "tips": NEIGHBOURS_SHARE}]
    return dict(table("world")) | {"gemeenten": gemeenten, "shared": shared}


def _answers() -> dict[str, Any]:
    """The example's answers, one for each gemeente but the last."""
    answers = [a for a in table("antwoorden")["answer"] if not a.get("superseded")]
    names = [area.name for area in domain.gemeenten()][:-1]
    pairs = zip(answers, names, strict=False)
    return {"answer": [answer | {"gemeente": name} for answer, name in pairs]}


def _codebook() -> dict[str, Any]:
    return tomllib.loads(_codebook_text())


def _codebook_text() -> str:
    """The example's code book, with this district's name in its answers."""
    named = next(row["name"] for row in tables.of_package("areas") if row["level"] == "district")
    return raw("codeboek.toml").decode("utf-8").replace(named, domain.district().name)


def _settings(begin: dt.date, settings: Settings, layouts: Sequence[Layout]) -> Iterator[str]:
    peildatum = table("world")["peildatum"]
    yield "# Verzonnen: de gemeenten bestaan, hun meldingen en antwoorden niet."
    yield "[evaluatie]"
    yield f"titel     = {json.dumps(f'Evaluatie MMA {peildatum.year}')}"
    yield f"district  = {json.dumps(domain.district().name, ensure_ascii=False)}"
    yield f"begin     = {begin}"
    yield f"peildatum = {peildatum}"
    yield "fictief   = true"
    for layout, (slug, own) in zip(layouts, settings.items(), strict=True):
        yield f"\n[gemeenten.{slug}]"
        yield f"aangesloten      = {own['aangesloten']}"
        yield 'aangesloten_bron = "verzonnen"'
        yield f"levering         = {json.dumps(['meldingen/' + layout['name']])}"
        yield f"geleverd_op      = {peildatum + dt.timedelta(days=5)}"
        if "kolommen" in own:
            yield f"[gemeenten.{slug}.kolommen]"
            yield from _pairs(own["kolommen"])
        for field, words in own.get("waarden", {}).items():
            yield f"[gemeenten.{slug}.waarden.{field}]"
            yield from _pairs(words)
    yield "\n[vragenlijst]"
    yield 'bestand       = "vragenlijst/antwoorden.xlsx"'
    yield 'codeboek      = "vragenlijst/codeboek.toml"'
    yield f"geen_ervaring = {json.dumps([list(settings)[-1]])}"
    for tariff in table("evaluatie")["kosten"]["tarief"]:
        yield "\n[[kosten.tarief]]  # voorbeeldtarief"
        yield f"vanaf_inwoners = {tariff['vanaf_inwoners']}"
        yield f"per_jaar       = {tariff['per_jaar']:.2f}"
    yield "\n[[kosten.fase]]"
    yield f"begin   = {begin}"
    yield 'betaler = "gemeente"'


def _pairs(words: Mapping[str, str]) -> Iterator[str]:
    for word, code in words.items():
        yield f"{json.dumps(word, ensure_ascii=False)} = {json.dumps(code)}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def main() -> None:
    """Fill the edition that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m mma_analysis.example.elsewhere")
    parser.add_argument("folder", type=Path, help="the edition's folder in data/raw")
    write(parser.parse_args().folder)


if __name__ == "__main__":
    main()
