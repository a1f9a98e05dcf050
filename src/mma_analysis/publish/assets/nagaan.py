"""Reken zelf na of de openbare cijfers in deze map kloppen: python nagaan.py

In bijlage.csv heeft elk getal een regel en een naam: rij#kolom. Op een pagina draagt elk
getal die naam, of een som of deling van namen. Dit programma rekent elk getal daaruit
opnieuw uit. Het gebruikt alleen Python zelf, en leest alleen wat in deze map staat.
"""

import base64
import csv
import hashlib
import json
import math
import re
import sys
import zipfile
from collections import Counter, defaultdict
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote

MAP = Path(__file__).resolve().parent
GETAL = re.compile(r"[+−]?\d+(?:\.\d{3})*(?:,\d+)?")
DEEL = re.compile(r"tel\([^()]*\)|[^\s()]+|[()]")
# Geen cijfer: een jaar, een nummer, een telefoonnummer, hoe groot een bestand is, een eenheid.
GEEN = r"\b(19|20)\d\d\b|([Bb]ijlage|[Ff]iguur|[Tt]abel) \d+|\b0[\d -]{8,}|[\d.,]+ [kM]B|95 keer"
GEEN = re.compile(GEEN + r"|95%|\b10?\.000 inw|[39]0 dagen|maand \d+( tot en met \d+)?")
TELWOORD = "geen een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien"
WOORD = {woord: (aantal, aantal) for aantal, woord in enumerate(TELWOORD.split())}
# Woorden voor een deel van het geheel: van hoeveel tot hoeveel. De eerste die past, telt.
WOORD |= {"bijna de helft": (0.41, 0.49), "de helft": (0.48, 0.52), "ruim": (0.51, 0.59)}
WOORD |= {"bijna al": (0.95, 1), "bijna": (0, 0.05), "bleef": (0, 0)}
WOORD |= {"groeide": (0, math.inf), "meer": (0, math.inf), "daalde": (-math.inf, 0)}
MAANDEN = "januari februari maart april mei juni juli augustus september"
MAANDEN += " oktober november december"
DELINGEN = (("share", "count", "total", 1), ("per_month", "count", "connected_months", 1))
DELINGEN += (("per_10000", "count", "inhabitant_years", 10_000),)
PLEKKEN = ("x", "y", "width", "height", "x1", "x2", "y1", "y2", "cx", "cy")
ERBIJ = {
    "manifest.json",
    "leeswijzer.txt",
    "controlegetallen.txt",
}  # noemt het manifest niet
geteld, fouten, rijen = Counter(), [], defaultdict(dict)


def klopt(is_goed, wat, plaats, verwacht):
    """Tel wat is nagegaan, en schrijf op wat niet past: waar, wat, en wat er moet staan."""
    geteld[wat] += 1
    if not is_goed:
        fouten.append(f"{plaats}: {wat} past niet; verwacht: {verwacht}")


def getal(tekst):
    """Het getal van een tekst met een komma of punt; anders de tekst, en van niets None."""
    is_getal = re.fullmatch(r"-?\d+([.,]\d+)?(e-?\d+)?", tekst)
    return float(tekst.replace(",", ".")) if is_getal else tekst or None


def lees(tekst):
    """Een getal zoals een lezer het ziet, `1.234,5` of `−3`."""
    return float(tekst.replace(".", "").replace(",", ".").replace("−", "-"))


def getallen(tekst):
    """De getallen in een tekst, zonder wat geen cijfer is."""
    return Counter(GETAL.findall(GEEN.sub("", tekst)))


# --- de bijlage ---------------------------------------------------------------------------


def lees_bijlage():
    """Lees van elke rij en kolom de waarde en de tekst; geen van beide staat er twee keer."""
    regels = csv.reader((MAP / "bijlage.csv").read_text("utf-8-sig").splitlines(), delimiter=";")
    for rij, kolom, waarde, tekst in list(regels)[1:]:
        klopt(kolom not in rijen[rij], "regel", f"bijlage.csv, {rij}#{kolom}", "één keer")
        rijen[rij][kolom] = (tekst if rij.startswith("vast|") else getal(waarde), tekst)


def rij_van(naam):
    """De rij in de bijlage waar een naam bij hoort."""
    rij = naam.rpartition("#")[0] if "#" in naam else naam
    return rijen.get(unquote(rij), {})


def cel(naam):
    """Waarde en tekst bij een naam; een instelling heeft geen kolom."""
    kolom = naam.rpartition("#")[2] if "#" in naam else ""
    return rij_van(naam)[unquote(kolom)]


def ernaast(naam, kolom):
    """De waarde in een andere kolom van dezelfde rij; zonder zo'n kolom None."""
    return rij_van(naam).get(kolom, (None, ""))[0]


def waarde(naam):
    """De waarde van een naam; tel(tabel;kolom=waarde) is een aantal rijen."""
    if not naam.startswith("tel("):
        return cel(naam)[0]
    tabel, *eisen = unquote(naam[4:-1]).split(";")
    eisen = [eis.split("=", 1) for eis in eisen]
    van_tabel = [rij for begin, rij in rijen.items() if begin.startswith(f"{tabel}|")]
    return sum(all(rij[kolom][0] == getal(wat) for kolom, wat in eisen) for rij in van_tabel)


def uitkomst(naam):
    """De waarde van een naam, of van een som, verschil of deling van namen."""
    delen = DEEL.findall(naam)
    if len(delen) == 1:
        return waarde(naam)
    som = " ".join(deel if deel in "+-/()" else repr(waarde(deel)) for deel in delen)
    return None if "None" in som else eval(som)


def ruimte(naam):
    """Hoever een aantal, of een som van aantallen, van de waarheid kan liggen."""
    som = 0
    for deel in DEEL.findall(naam):
        kolom = deel.rpartition("#")[2]
        som += ernaast(deel, "off" if kolom == "count" else f"{kolom}_off") or 0
    return 0 if " / " in naam else som


def uiterste(naam, aandeel):
    """Hoeveel procent een afgerond aandeel van niets hoogstens is, en een van alles minstens."""
    rij = naam.rpartition("#")[0]
    deel, geheel = naam.split(" / ") if " / " in naam else (f"{rij}#count", f"{rij}#total")
    alle, afstand = uitkomst(geheel), ruimte(deel) + 1
    if aandeel == 0:
        return math.ceil(100 * afstand / alle)
    return math.floor(100 * (alle - afstand) / (alle + ruimte(geheel)))


def leest(tekst, naam, vorm):
    """Of een tekst zegt wat er bij een naam hoort, afgerond zoals de tekst het afrondt."""
    hoort, woord = uitkomst(naam), tekst.lower().replace("é", "e")
    if isinstance(hoort, str):
        return woord == cel(naam)[1].lower() or is_dag(woord, hoort)
    if hoort is None:
        return not re.search(r"\d", tekst)
    if " op de " in woord:
        teller, noemer = (WOORD[een][0] for een in woord.split(" op de "))
        return abs(hoort - teller / noemer) <= 0.0501
    for begin, (laag, hoog) in WOORD.items():
        if woord.startswith(begin) and (woord == begin or vorm not in ("word", "capital_word")):
            return laag <= hoort <= hoog
    moet = [100 * hoort if vorm in ("share", "change", "points") else hoort]
    if ruimte(naam) and re.search("–|tot en met", tekst):
        meest = (ernaast(naam, "total") or math.inf) + (ernaast(naam, "total_off") or 0)
        moet = [max(hoort - ruimte(naam), 0), min(hoort + ruimte(naam), meest)]
    elif re.search("minder dan|meer dan|[<>]", tekst):
        moet = [uiterste(naam, hoort) if hoort in (0, 1) else 1 if hoort < 0.5 else 99]
    return past(tekst, moet, 5 if "tens" in vorm else 0)


def is_dag(woord, hoort):
    """Of een dag er staat zoals `13 juli 2023`, of alleen de maand: `juli 2023`, `jul 2023`."""
    *dag, maand, jaar = woord.replace("mrt", "maart").split()
    nummers = [n for n, een in enumerate(MAANDEN.split(), 1) if een.startswith(maand)]
    dagen = [], [str(int(hoort[-2:]))]
    return hoort.startswith(f"{jaar}-{nummers[0]:02}-") and dag in dagen


def past(tekst, moet, tientallen=0):
    """Of de getallen in een tekst, in deze volgorde, zijn wat er moet staan."""
    staan = GETAL.findall(tekst)
    for staat, goed in zip(staan, moet, strict=False):
        afgerond = 0.5 / 10 ** len(staat.partition(",")[2]) + 1e-9
        if abs(lees(staat) - goed) > max(afgerond, tientallen):
            return False
    return len(staan) == len(moet)


# --- de pagina's --------------------------------------------------------------------------


class Pagina(HTMLParser):
    """De elementen van een pagina, elk met haar tekst en wat erin staat; en elke tekst."""

    def __init__(self, bestand):
        super().__init__()
        self.stapel, self.elementen, self.teksten, self.bestand = [], [], [], bestand
        self.feed((MAP / bestand).read_text("utf-8"))

    def handle_starttag(self, soort, kenmerken):
        """Een element gaat open."""
        tekening = [een for een in self.stapel if "data-axis" in een]
        plaats = f"{self.bestand}, regel {self.getpos()[0]}"
        element = {
            "soort": soort,
            "tekst": "",
            "binnen": [],
            "plaats": plaats,
            "as": tekening,
        }
        self.elementen.append(element | dict(kenmerken))
        for ouder in self.stapel:
            ouder["binnen"].append(self.elementen[-1])
        if soort not in ("br", "hr", "img", "input", "link", "meta"):
            self.stapel.append(self.elementen[-1])

    def handle_endtag(self, soort):
        """Een element gaat dicht."""
        while self.stapel and self.stapel.pop()["soort"] != soort:
            pass

    def handle_data(self, tekst):
        """Een tekst is van elk element waar zij in staat."""
        self.teksten.append((self.stapel[:], " ".join(tekst.split())))
        for element in self.stapel:
            element["tekst"] += tekst


def kijk_pagina(pagina):
    """Elk getal van een pagina, ook in figuren, en wat een ander programma ervan leest."""
    for element in pagina.elementen:
        naam, soort = element.get("data-cell"), element["soort"]
        try:
            if soort in ("data", "span") and naam:
                kijk_getal(element, naam)
            elif soort == "g" and (naam or element.get("class") == "tick"):
                kijk_merk(element, naam)
            elif soort == "figure":
                kijk_figuur(element["binnen"])
            elif element.get("id") == "herkomst":
                kijk_herkomst(element)
        except (LookupError, ValueError, TypeError, ArithmeticError):
            klopt(
                False,
                "naam of getal",
                f"{element['plaats']}, {naam}",
                "een regel in de bijlage",
            )
    for buiten, tekst in pagina.teksten:
        soorten = {een["soort"] for een in buiten}
        is_gezien = soorten & {"g", "script", "style"} or any("data-cell" in een for een in buiten)
        if re.search(r"\d", tekst) and not is_gezien:
            klopt(
                not getallen(tekst),
                "jaar of eenheid",
                f"{pagina.bestand}: ‘{tekst}’",
                "geen getal",
            )


def kijk_getal(element, naam):
    """Een getal: de waarde voor een programma, de tekst, en hoever het ernaast kan liggen."""
    tekst = " ".join(element["tekst"].split())
    plaats = f"{element['plaats']}, {naam}: ‘{tekst}’"
    if naam.startswith("vast|"):
        is_goed = tekst == element["value"] and tekst in rijen[naam]
        return klopt(is_goed, "getypt getal", plaats, " of ".join(rijen[naam]))
    hoort = uitkomst(naam)
    if element["soort"] == "span":
        return klopt(not re.search(r"\d", tekst), "leeg getal", plaats, "geen getal")
    is_goed = getal(element["value"]) == hoort and leest(tekst, naam, element["data-form"])
    is_goed = is_goed and getal(element.get("data-off", "0")) == ruimte(naam)
    return klopt(is_goed, "getal", plaats, hoort)


def kijk_merk(groep, naam):
    """Een staaf, stip of streep, of een punt van de as: de plek, en het getal dat erbij staat."""
    (tekening,), tekst = groep["as"], GEEN.sub("", groep["tekst"])
    as_, laag, hoog = (tekening[een] for een in ("data-axis", "data-low", "data-high"))
    eerste, laatste = (
        float(tekening.get("data-bottom", 0)),
        float(tekening.get("data-top", 100)),
    )
    per_een = (laatste - eerste) / (float(hoog) - float(laag))
    begin = eerste - float(laag) * per_een
    schaal = 100 if "%" in tekst else 1
    if naam:
        kolom = naam.rpartition("#")[2]
        einden = [ernaast(naam, f"{kolom}:low"), ernaast(naam, f"{kolom}:high")]
        waarden = [een for een in (uitkomst(naam), *einden) if een is not None]
    else:
        waarden = [lees(GETAL.search(tekst or groep["tekst"])[0]) / schaal]
    moet = [schaal * een for een in waarden]
    tientallen = 5 if re.search("[+−]", tekst) and schaal == 1 else 0
    for stuk in groep["binnen"]:
        is_goed, soort = True, stuk["soort"]
        plek = {kant: float(een.strip("%")) for kant, een in stuk.items() if kant in PLEKKEN}
        if soort in ("title", "text") and naam:
            staat = GEEN.sub("", stuk["tekst"])
            is_goed = past(staat, moet, tientallen) or past(staat, moet[:1], tientallen)
        elif soort == "rect":
            begin, lengte = plek[as_], plek["width" if as_ == "x" else "height"]
            is_goed = abs(lengte - abs(per_een * waarden[0])) < 0.11
        elif soort in ("line", "circle"):
            einden = [begin + per_een * een for een in waarden]
            staan = [plek[kant] for kant in (f"{as_}1", f"{as_}2", f"c{as_}") if kant in plek]
            is_goed = all(min(abs(een - eind) for eind in einden) < 0.11 for een in staan)
        plaats = f"{groep['plaats']}, {naam}: ‘{groep['tekst']}’"
        klopt(is_goed, "getal of plek in een figuur", plaats, moet)


def kijk_figuur(binnen):
    """Wat een voorlezer hoort en het bestand om te bewaren, hebben de getallen van de figuur."""
    bekend, gezegd = Counter(), []
    for een in binnen:
        if een["soort"] in ("data", "title"):
            bekend += getallen(een["tekst"]) + Counter([een.get("value", "").replace(".", ",")])
        gezegd.append(een.get("aria-label", ""))
        if een.get("href", "").startswith("data:text/csv;base64,"):
            inhoud = base64.b64decode(een["href"].partition(",")[2]).decode("utf-8-sig")
            gezegd += re.split("[;\r\n]+", inhoud)
    for tekst in gezegd:
        is_goed = tekst in bekend or not getallen(tekst) - bekend
        klopt(
            is_goed,
            "herhaald getal",
            f"{binnen[0]['plaats']}: ‘{tekst}’",
            "als in de figuur",
        )


def kijk_herkomst(element):
    """De tekst die zegt waar een getal vandaan komt, heeft alleen getallen uit die rijen."""
    for naam, tekst in json.loads(element["tekst"]).items():
        bekend = [naam]
        for deel in DEEL.findall(naam):
            bekend += [een for _, een in rij_van(deel).values()]
            if deel.startswith("tel("):
                bekend.append(f"{waarde(deel):n}")
        if " " in naam and not naam.startswith("vast|"):
            bekend.append(f"{uitkomst(naam) or 0:n} {ruimte(naam):n}")
        los = set(getallen(tekst)) - set(getallen("\n".join(bekend)))
        klopt(not los, "getal in herkomst", f"{element['plaats']}, {naam}", f"niet {los}")


# --- de andere bestanden, en de cijfers zelf ----------------------------------------------


def kijk_voorstel(word, pagina):
    """Het voorstel in Word heeft dezelfde getallen als zijn pagina, hoogstens even vaak."""
    with zipfile.ZipFile(MAP / word) as delen:
        alineas = delen.read("word/document.xml").decode().split("</w:p>")
    in_word = "\n".join(re.sub("<[^>]+>", "", een) for een in alineas)
    op_pagina = "\n".join(een["tekst"] for een in pagina.elementen if een["soort"] == "main")
    for los in getallen(in_word) - getallen(op_pagina) or [""]:
        klopt(not los, "getal in Word", f"{word}: ‘{los}’", "zo vaak als op de pagina")


def kijk_werkmap():
    """Elk getal en elke dag van de bijlage staan ook in de werkmap voor Excel, even vaak."""
    with zipfile.ZipFile(MAP / "bijlage.xlsx") as delen:
        bladen = "".join(delen.read(een).decode() for een in delen.namelist() if "/sheet" in een)
    staan = Counter(map(float, re.findall(r'<c r="\w+" s="\d+"><v>([^<]*)', bladen)))
    for begin, rij in rijen.items():
        for kolom, (hoort, _) in rij.items():
            if re.fullmatch(r"\d{4}-\d\d-\d\d", f"{hoort}"):
                hoort = (date.fromisoformat(hoort) - date(1899, 12, 30)).days
            if isinstance(hoort, (int, float)) and kolom and not kolom.endswith("off"):
                klopt(staan[hoort] > 0, "getal in bijlage.xlsx", f"{begin}#{kolom}", hoort)
                staan[hoort] -= 1


def kijk_bestanden():
    """Elk bestand is zoals het manifest zegt, en er is geen ander."""
    manifest = json.loads((MAP / "manifest.json").read_text("utf-8"))
    moet = manifest["files"] | {pad: een["sha256"] for pad, een in manifest["pages"].items()}
    moet = {pad.removeprefix("openbaar/"): mark for pad, mark in moet.items()}
    staan = {pad.name for pad in MAP.iterdir()} - ERBIJ
    for naam in sorted(staan | moet.keys()):
        mark = hashlib.sha256((MAP / naam).read_bytes()).hexdigest() if naam in staan else "weg"
        klopt(mark == moet.get(naam), "bestand", naam, "zoals het manifest zegt")


def kijk_aantallen():
    """Elk aantal meldingen is een veelvoud van vijf; elk getal ligt tussen zijn grenzen."""
    basis = waarde("instelling|bescherming.basis")
    for begin, rij in rijen.items():
        for kolom, (hoort, tekst) in rij.items():
            plaats, naam = f"bijlage.csv, {begin}#{kolom}", f"{quote(begin)}#{quote(kolom)}"
            if hoort is None or not isinstance(hoort, float):
                continue
            if ruimte(naam):
                klopt(hoort % basis == 0, "aantal", plaats, f"een veelvoud van {basis:n}")
            laag, hoog = ernaast(naam, f"{kolom}:low"), ernaast(naam, f"{kolom}:high")
            if laag is not None and hoog is not None:
                klopt(laag <= hoort <= hoog, "getal tussen grenzen", plaats, (laag, hoog))
            is_goed = leest(tekst, naam, "count") or leest(tekst, naam, "share")
            klopt(is_goed, "tekst in de bijlage", plaats, hoort)


def kijk_sommen():
    """Wat samen een geheel is, telt precies op; wat een deling is, is die deling."""
    delen, geheel = defaultdict(list), {}
    for begin, rij in rijen.items():
        hier = {kolom: een[0] for kolom, een in rij.items()}
        tabel, eerste = (begin.split("|") + [""])[:2]
        if {"value", "count", "total"} <= hier.keys() and tabel != "bounds":
            samen = begin.rpartition("|")[0]
            geheel[samen] = hier["total"]
            delen[samen].append(hier["count"])
        if tabel == "per_period" and hier["kind"] != "whole":
            samen = f"per_period|{eerste}|{hier['kind']}"
            geheel[samen] = waarde(f"per_period|{eerste}|whole#count")
            delen[samen].append(hier["count"] or 0)
        for deling, teller, noemer, maal in DELINGEN:
            if hier.get(deling) and teller in hier and noemer in hier:
                goed = maal * hier[teller] / hier[noemer]
                klopt(
                    math.isclose(hier[deling], goed, rel_tol=1e-8),
                    "deling",
                    f"{begin}#{deling}",
                    goed,
                )
    for samen, aantallen in delen.items():
        if None not in aantallen and geheel[samen] is not None:
            klopt(
                sum(aantallen) == geheel[samen],
                "som",
                f"bijlage.csv, {samen}",
                geheel[samen],
            )


def main():
    """Ga alles na, en zeg wat is nagegaan en wat niet past."""
    lees_bijlage()
    kijk_bestanden()
    kijk_aantallen()
    kijk_sommen()
    kijk_werkmap()
    for pad in sorted(MAP.glob("*.html")):
        pagina = Pagina(pad.name)
        kijk_pagina(pagina)
        if pad.with_suffix(".docx").exists():
            kijk_voorstel(pad.with_suffix(".docx").name, pagina)
    for wat, aantal in geteld.items():
        print(f"{aantal:7} keer nagegaan: {wat}")
    print(*fouten, f"{len(fouten)} keer past het niet." if fouten else "Alles past.", sep="\n")
    return 1 if fouten else 0


if __name__ == "__main__":
    sys.exit(main())
