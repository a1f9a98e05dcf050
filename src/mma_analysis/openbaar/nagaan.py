"""Reken zelf na of de openbare cijfers in deze map kloppen: python nagaan.py

In bijlage.csv heeft elk getal een regel en een naam: rij#kolom. Op een pagina draagt elk
getal die naam, of een som of deling van namen. Dit programma rekent elk getal daaruit
opnieuw uit. Het gebruikt alleen Python zelf, en leest alleen wat in deze map staat.
"""

import base64
import csv
import hashlib
import io
import json
import math
import re
import sys
import zipfile
from collections import Counter, defaultdict
from datetime import date
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote

MAP = Path(__file__).resolve().parent
# Wat naast de bestanden van het manifest mag liggen.
ERBIJ = {"manifest.json", "leeswijzer.txt", "controlegetallen.txt"}
CIJFER = re.compile(r"\d")
GETAL = re.compile(r"[+−]?\d+(?:\.\d{3})*(?:,\d+)?")
PUNT = re.compile(r"(€\s*)?[+−]?\d+(?:\.\d{3})*(?:,\d+)?%?")  # van een as
VOOR_PROGRAMMA = re.compile(r"-?\d+([.,]\d+)?(e-?\d+)?")
DAG = re.compile(r"\d{4}-\d\d-\d\d")
NAAM = re.compile(r"tel\([^()]*\)|[^\s()]+|[()]")
TEKENS = ("+", "-", "/", "(", ")")
# Wat geteld wordt. Een jaar of telwoord dat ervoor staat, is een aantal.
GETELD = r"(?:melding|tip|gemeente|inwoner|mens|persoon|personen|keer|procent|euro|€|%)"
# Wat in een zin geen cijfer is: een jaar, een bijlage, een grootte, een eenheid.
GEEN_CIJFER = re.compile(
    rf"\b(19|20)\d\d\b(?!\s+{GETELD})|[Bb]ijlage [12]\b|(?<=· )[\d.,]+ [kM]B(?=;|$)"
    r"|(?:grenzen|ondergrens|bovengrens) van 95%"
    r"|bij honderd keer opnieuw meten(?:[^.;]*95 keer)?"
    r"|[Pp]er 10?\.000 inwoners|binnen [39]0 dagen"
)
GENUMMERD = re.compile(r"([Ff]iguur|[Tt]abel) (\d+)")
TELWOORD_ERVOOR = re.compile(
    r"\b(drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|\w+tien|\w+tig|\w*honderd"
    rf"|\w*duizend)\s+{GETELD}",
    re.IGNORECASE,
)
# Wat een lezer of een voorlezer van een element krijgt, behalve de tekst erin.
LEESBAAR = ("title", "alt", "aria-label", "aria-description", "content", "data-label")
LEESBAAR += ("placeholder", "aria-valuetext", "label", "summary")
KLASSE = re.compile(r"(?:\d+\.000 )?tot \d+\.000 inwoners|vanaf \d+\.000 inwoners")
IN_OPMAAK = re.compile(r"content:\s*([^;}]*)")
# In de naam van een merk: een jaar, een maand sinds de aansluiting, hoeveel inwoners.
GEEN_CIJFER_IN_NAAM = re.compile(
    r"\b(19|20)\d\d\b|maand \d+( tot en met \d+)?"
    r"|\b\d+\.000( tot \d+\.000)? inwoners"
)
TELWOORDEN = "geen een twee drie vier vijf zes zeven acht negen tien elf twaalf"
TELWOORDEN += " dertien veertien"
TELWOORD = {woord: aantal for aantal, woord in enumerate(TELWOORDEN.split())}
# Hoe een deel in woorden heet → van hoeveel tot hoeveel.
DEEL_IN_WOORDEN = {
    "bijna de helft": (0.41, 0.49),
    "de helft": (0.48, 0.52),
    "ruim de helft": (0.51, 0.59),
    "bijna alle": (0.95, 1),
    "bijna alles": (0.95, 1),
    "bijna geen": (0, 0.05),
    "bijna niets": (0, 0.05),
}
# Hoe een verschil in woorden heet → van hoeveel tot hoeveel.
MINSTE = 1e-9
RICHTING = {
    "groeide": (MINSTE, math.inf),
    "meer": (MINSTE, math.inf),
    "bleef gelijk": (0, 0),
    "evenveel": (0, 0),
    "daalde": (-math.inf, -MINSTE),
    "minder": (-math.inf, -MINSTE),
}
# Soort waarde → in welke vormen zij op een pagina mag staan.
IN_CIJFERS_OF_WOORD = ("count", "word", "capital_word", "range", "range_words")
IN_CIJFERS = ("rate", "times", "about_times", "tens", "signed_tens", "code")
VORMEN = {
    "woord": ("code", "capital_code", "period", "typed", "day", "month", "short_month"),
    "deel": ("share", "at_least", "at_most", "part", "part_of", "change"),
    "punten": ("points",),
    "bedrag": ("euro", "cents", "count"),
    "aantal": IN_CIJFERS_OF_WOORD,
    "gewoon": IN_CIJFERS_OF_WOORD + IN_CIJFERS,
}
# Of er meer of minder zijn, kan alleen een verschil zeggen.
VORMEN_VAN_VERSCHIL = ("grew", "capital_more")
VERSCHILLEN = ("same", "joined")  # kolommen die een verschil zijn
MAANDEN = "januari februari maart april mei juni juli augustus september"
MAANDEN += " oktober november december"
# Uitkomst, wat gedeeld wordt, waardoor, en maal hoeveel.
DELINGEN = (
    ("share", "count", "total", 1),
    ("per_month", "count", "connected_months", 1),
    ("per_10000", "count", "inhabitant_years", 10_000),
    ("per_1000_inhabitants_per_year", "per_year", "inhabitants", 1_000),
)
# Wat een deel ten minste of ten hoogste is, wat de onbekende ook zijn.
TEN_MINSTE = ("least", "whole_low", "partly_low")
TEN_HOOGSTE = ("most", "whole_high", "partly_high")
OP_DE_AS = {"line": ("{}1", "{}2"), "circle": ("c{}",)}
INGEPAKT = "data:text/csv;base64,"
EINDEN = re.compile(r" \((ondergrens|bovengrens)\)$")
LENGTE = {"x": "width", "y": "height"}
SPELING = 0.11  # zo ver kan een plek in een figuur zijn afgerond

geteld = Counter()
fouten = []
nagerekend = set()
rijen = defaultdict(dict)


def klopt(is_goed, wat, plaats, verwacht):
    """Tel wat is nagegaan, en schrijf op wat niet past: waar, wat, en wat er moet staan."""
    geteld[wat] += 1
    if not is_goed:
        fouten.append(f"{plaats}: {wat} past niet; verwacht: {verwacht}")


def getal(tekst):
    """Een getal met een komma of punt; anders de tekst, en van niets None."""
    if VOOR_PROGRAMMA.fullmatch(tekst):
        return float(tekst.replace(",", "."))
    return tekst or None


def lees(tekst):
    """Een getal zoals een lezer het ziet, `1.234,5` of `−3`."""
    zonder_punten = tekst.replace(".", "")
    return float(zonder_punten.replace(",", ".").replace("−", "-"))


def getallen(tekst):
    """De getallen in een tekst, zonder wat daar geen cijfer is."""
    zonder = GENUMMERD.sub("", GEEN_CIJFER.sub("", tekst))
    return GETAL.findall(zonder)


# --- de bijlage ---------------------------------------------------------------------------


def lees_bijlage():
    """Lees van elke rij en kolom de waarde en de tekst; elke staat er één keer."""
    inhoud = (MAP / "bijlage.csv").read_text("utf-8-sig")
    regels = csv.reader(inhoud.splitlines(), delimiter=";")
    for nummer, regel in enumerate(regels, start=1):
        klopt(len(regel) == 4, "regel", f"bijlage.csv, regel {nummer}", "vier vakken")
        if len(regel) != 4 or nummer == 1:
            continue
        rij, kolom, waarde, tekst = regel
        klopt(kolom not in rijen[rij], "naam", f"bijlage.csv, {rij}#{kolom}", "één keer")
        is_getypt = rij.startswith("vast|")
        rijen[rij][kolom] = (tekst if is_getypt else getal(waarde), tekst)


def rij_van(naam):
    """De rij in de bijlage waar een naam bij hoort; zonder zo'n rij een lege."""
    rij, _, _ = naam.rpartition("#")
    return rijen.get(unquote(rij or naam), {})


def cel(naam):
    """Waarde en tekst bij een naam; een instelling heeft geen kolom."""
    kolom = naam.rpartition("#")[2] if "#" in naam else ""
    return rij_van(naam)[unquote(kolom)]


def ernaast(naam, kolom):
    """De waarde in een andere kolom van dezelfde rij; zonder zo'n kolom None."""
    waarde, _ = rij_van(naam).get(kolom, (None, ""))
    return waarde


def aantal_rijen(naam):
    """Van `tel(tabel;kolom=waarde;…)`: hoeveel rijen van die tabel dat hebben."""
    tabel, *eisen = unquote(naam[4:-1]).split(";")
    aantal = 0
    for begin, rij in rijen.items():
        is_goed = begin.startswith(f"{tabel}|")
        for eis in eisen:
            kolom, _, wat = eis.partition("=")
            is_goed = is_goed and rij[kolom][0] == getal(wat)
        aantal += is_goed
    return aantal


def uitkomst(naam):
    """De waarde van een naam, of van een som, verschil of deling van namen."""
    som = []
    for deel in NAAM.findall(naam):
        if deel in TEKENS:
            som.append(deel)
            continue
        waarde = aantal_rijen(deel) if deel.startswith("tel(") else cel(deel)[0]
        som.append(waarde)
    if len(som) == 1 or None in som:
        return som[0] if len(som) == 1 else None
    return eval(" ".join(f"{deel}" for deel in som))  # alleen getallen en tekens


def ruimte(naam):
    """Hoever een aantal, of een som van aantallen, van de waarheid kan liggen."""
    som = 0
    for deel in NAAM.findall(naam):
        kolom = deel.rpartition("#")[2]
        som += ernaast(deel, "off" if kolom == "count" else f"{kolom}_off") or 0
    return 0 if " / " in naam else som


def uiterste(naam, aandeel):
    """Hoeveel procent een aandeel van niets hoogstens is, en een van alles minstens."""
    if 0 < aandeel < 1:
        return 1 if aandeel < 0.5 else 99
    rij = naam.rpartition("#")[0]
    gedeeld = naam if " / " in naam else f"{rij}#count / {rij}#total"
    deel, geheel = gedeeld.split(" / ")
    alle = uitkomst(geheel) or 0
    afstand = ruimte(deel) + 1
    if aandeel == 0:
        return math.ceil(100 * afstand / alle)
    return math.floor(100 * (alle - afstand) / (alle + ruimte(geheel)))


# --- hoe een getal er in het Nederlands staat ---------------------------------------------


def soort_van(naam):
    """Wat voor waarde een naam heeft: een woord, deel, bedrag, aantal of gewoon getal."""
    delen = NAAM.findall(naam)
    eerste = next(deel for deel in delen if deel not in TEKENS)
    soort = "gewoon" if eerste.startswith("tel(") else soort_van_cel(eerste)
    is_deling = " / " in naam
    is_verschil = " - " in naam
    if is_deling:
        boven, _, onder = naam.partition(" / ")
        is_per_stuk = ruimte(boven) > 0 and ruimte(onder) == 0
        return "gewoon" if soort == "bedrag" or is_per_stuk else "deel"
    if is_verschil and soort == "deel":
        return "punten"
    return soort


def soort_van_cel(naam):
    """Wat voor waarde in een vak van de bijlage staat: aan de tekst ernaast te zien."""
    waarde, tekst = cel(naam)
    if not isinstance(waarde, float):
        return "woord"
    if "%" in tekst:
        return "deel"
    if "€" in tekst:
        return "bedrag"
    return "aantal" if ruimte(naam) else "gewoon"


def mag_zo(naam, soort, vorm):
    """Of een waarde van een soort in een vorm op een pagina mag staan."""
    if vorm in VORMEN_VAN_VERSCHIL:
        is_verschil = " - " in naam or naam.rpartition("#")[2] in VERSCHILLEN
        return is_verschil and soort in ("aantal", "gewoon")
    return vorm in VORMEN[soort]


def leest(tekst, naam, vorm):
    """Of een tekst zegt wat er bij een naam hoort, in een vorm die daarbij past."""
    waarde = uitkomst(naam)
    if waarde is None:
        return not CIJFER.search(tekst)
    soort = soort_van(naam)
    if not mag_zo(naam, soort, vorm):
        return False
    woord = tekst.lower().replace("é", "e")
    if isinstance(waarde, str):
        return woord == cel(naam)[1].lower() or is_dag(woord, waarde)
    if not CIJFER.search(tekst):
        return zegt(woord, waarde, vorm)
    heeft_procent = "%" in tekst
    heeft_euro = "€" in tekst
    if heeft_procent != (soort == "deel") or heeft_euro != (vorm in ("euro", "cents")):
        return False
    moet = wat_er_moet_staan(tekst, naam, waarde, soort)
    return past(tekst, moet, tientallen="tens" in vorm)


def wat_er_moet_staan(tekst, naam, waarde, soort):
    """De getallen van een tekst: de waarde, haar uiterste, of van hoeveel tot hoeveel."""
    heeft_grenzen = re.search("–|tot en met", tekst)
    if ruimte(naam) and heeft_grenzen:
        geheel = ernaast(naam, "total") or math.inf
        meest = geheel + (ernaast(naam, "total_off") or 0)
        laag = max(waarde - ruimte(naam), 0)
        hoog = min(waarde + ruimte(naam), meest)
        return [laag, hoog]
    if re.search("minder dan|meer dan|[<>]", tekst):
        return [uiterste(naam, waarde)]
    if soort == "deel":
        return [procenten(naam, waarde)]
    if soort == "punten":
        return [100 * waarde]
    return [waarde]


def procenten(naam, waarde):
    """Een deel in procenten; wat zeker is, wordt naar buiten afgerond."""
    honderdsten = round(100 * waarde, 6)
    kolom = naam.rpartition("#")[2]
    if kolom in TEN_MINSTE:
        return math.floor(honderdsten)
    if kolom in TEN_HOOGSTE:
        return math.ceil(honderdsten)
    return 100 * waarde


def is_dag(woord, waarde):
    """Of een dag er staat als `13 juli 2023`, `juli 2023` of `jul 2023`."""
    *dag, maand, jaar = woord.replace("mrt", "maart").split()
    namen = MAANDEN.split()
    nummer = next(een for een in range(12) if namen[een].startswith(maand)) + 1
    is_maand = waarde.startswith(f"{jaar}-{nummer:02}-")
    return is_maand and dag in ([], [str(int(waarde[-2:]))])


def zegt(woord, waarde, vorm):
    """Of een woord past: een telwoord, een deel, `ruim drie keer`, een richting."""
    if vorm in ("part", "part_of"):
        return zegt_deel(woord, waarde)
    if vorm in VORMEN_VAN_VERSCHIL:
        laag, hoog = RICHTING[woord]
        return laag <= waarde <= hoog
    keer = re.fullmatch(r"(ruim |bijna |)(\w+) keer", woord)
    if keer:
        return TELWOORD[keer[2]] == round(waarde) and abs(waarde - round(waarde)) < 0.36
    return TELWOORD.get(woord) == waarde


def zegt_deel(woord, deel):
    """Of een deel zo heet: `ruim de helft van de`, `zeven op de tien`."""
    if " op de " in woord:
        teller, noemer = woord.split(" op de ")
        breuk = TELWOORD[teller] / TELWOORD[noemer]
        return abs(deel - breuk) <= 0.0501
    laag, hoog = DEEL_IN_WOORDEN[woord.removesuffix(" van de")]
    return laag <= deel <= hoog


def past(tekst, moet, tientallen=False):
    """Of de getallen in een tekst, in deze volgorde, zijn wat er moet staan."""
    staan = GETAL.findall(tekst)
    if len(staan) != len(moet):
        return False
    for nummer, staat in enumerate(staan):
        goed = moet[nummer]
        achter_de_komma = len(staat.partition(",")[2])
        afgerond = 5 if tientallen else 0.5 / 10**achter_de_komma
        if abs(lees(staat) - goed) > afgerond + 1e-9:
            return False
        if tientallen and lees(staat) % 10 != 0:
            return False
    return True


# --- de pagina's --------------------------------------------------------------------------


class Pagina(HTMLParser):
    """De elementen van een pagina, elk met haar tekst en wat erin staat; en elke tekst."""

    def __init__(self, bestand):
        super().__init__()
        self.bestand = bestand
        self.open = []
        self.elementen = []
        self.teksten = []
        self.feed((MAP / bestand).read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        """Een element gaat open."""
        element: dict = dict(attrs)
        element["soort"] = tag
        element["tekst"] = ""
        element["binnen"] = []
        element["plaats"] = f"{self.bestand}, regel {self.getpos()[0]}"
        element["in figuur"] = any(een["soort"] == "figure" for een in self.open)
        element["tekening"] = next((een for een in self.open if "data-axis" in een), None)
        for ouder in self.open:
            ouder["binnen"].append(element)
        self.elementen.append(element)
        if tag not in ("br", "hr", "img", "input", "link", "meta"):
            self.open.append(element)

    def hoogste_nummer(self):
        """Het hoogste nummer dat een figuur of tabel hier kan hebben."""
        return sum(element["soort"] == "figure" for element in self.elementen)

    def handle_endtag(self, tag):
        """Een element gaat dicht."""
        while self.open and self.open.pop()["soort"] != tag:
            pass

    def handle_data(self, data):
        """Een tekst is van elk element waar zij in staat."""
        self.teksten.append((self.open[:], " ".join(data.split())))
        for element in self.open:
            element["tekst"] += data


def kijk_pagina(pagina):
    """Elk getal van een pagina, ook in figuren, en wat een ander programma ervan leest."""
    for element in pagina.elementen:
        try:
            kijk_element(element)
        except (LookupError, ValueError, TypeError, ArithmeticError, StopIteration):
            plaats = waar(element, element.get("data-cell", ""))
            klopt(False, "naam of getal", plaats, "een regel in de bijlage")
    kijk_teksten(pagina)


def kijk_teksten(pagina):
    """Buiten wat een naam draagt, staat nergens een getal: ook niet in een kenmerk."""
    genoemd = woorden_van_bijlage()
    for buiten, tekst in pagina.teksten:
        is_gezien = any("gezien" in een for een in buiten)
        soort = buiten[-1]["soort"] if buiten else ""
        if soort == "style":
            for eigen in IN_OPMAAK.findall(tekst):
                kijk_zin(eigen, pagina, genoemd)
        elif soort != "script" and not is_gezien:
            kijk_zin(tekst, pagina, genoemd)
    for element in pagina.elementen:
        if element.get("name") == "viewport":
            continue
        for kenmerk in LEESBAAR:
            is_van_figuur = kenmerk == "aria-label" and element["in figuur"]
            if not is_van_figuur:
                kijk_zin(element.get(kenmerk) or "", pagina, genoemd)


def woorden_van_bijlage():
    """Hoe in de bijlage heet wat geen getal is, zoals een vraag of een klasse."""
    genoemd = set()
    for rij in rijen.values():
        for waarde, tekst in rij.values():
            if isinstance(waarde, str):
                genoemd.add(" ".join(tekst.split()))
    return genoemd


def kijk_zin(tekst, pagina, genoemd):
    """In een zin zonder naam staat geen getal en geen telwoord voor wat geteld wordt."""
    heeft_getal = CIJFER.search(tekst) or TELWOORD_ERVOOR.search(tekst)
    if not heeft_getal:
        return
    over = tekst
    for een in KLASSE.findall(tekst):
        if een in genoemd:
            over = over.replace(een, "")
    over = GEEN_CIJFER.sub("", over)
    for genummerd in GENUMMERD.finditer(over):
        if int(genummerd[2]) <= pagina.hoogste_nummer():
            over = over.replace(genummerd[0], "", 1)
    is_los = CIJFER.search(over) or TELWOORD_ERVOOR.search(over)
    plaats = f"{pagina.bestand}: ‘{tekst}’"
    is_goed = tekst in genoemd or not is_los
    klopt(is_goed, "jaar of eenheid", plaats, "geen getal zonder naam")


def waar(element, naam):
    """Waar een element staat, met de naam die het draagt en wat er te lezen is."""
    tekst = " ".join(element["tekst"].split())
    return f"{element['plaats']}, {naam}: ‘{tekst[:60]}’"


def kijk_element(element):
    """Ga van een element na wat het is, en of het klopt."""
    soort = element["soort"]
    naam = element.get("data-cell", "")
    is_cijfer = soort in ("data", "span") and naam != ""
    is_merk = soort == "g" and (naam != "" or element.get("class") == "tick")
    if is_cijfer or is_merk:
        element["gezien"] = True
    if is_cijfer and naam.startswith("vast|"):
        kijk_getypt(element, naam)
    elif is_cijfer:
        kijk_getal(element, naam)
    elif is_merk:
        kijk_merk(element, naam)
    elif soort == "figure":
        kijk_figuur(element)
    elif element.get("id") == "herkomst":
        kijk_herkomst(element)


def kijk_getypt(element, naam):
    """Een getal dat de maker typte, staat met zijn reden in de bijlage."""
    tekst = " ".join(element["tekst"].split())
    is_goed = tekst == element["value"] and tekst in rijen[naam]
    klopt(is_goed, "getypt getal", waar(element, naam), list(rijen[naam]))


def kijk_getal(element, naam):
    """Een getal: de waarde, de tekst, en hoever het ernaast kan liggen."""
    tekst = " ".join(element["tekst"].split())
    plaats = waar(element, naam)
    waarde = uitkomst(naam)
    if element["soort"] == "span":
        klopt(not CIJFER.search(tekst), "leeg getal", plaats, "geen getal")
        return
    is_waarde = getal(element["value"]) == waarde
    is_tekst = leest(tekst, naam, element["data-form"])
    is_ruimte = getal(element.get("data-off", "0")) == ruimte(naam)
    klopt(is_waarde and is_tekst and is_ruimte, "getal", plaats, waarde)


def kijk_merk(groep, naam):
    """Een staaf, stip, streep of punt van de as: de plek, en het getal erbij."""
    waarden = waarden_van(groep, naam)
    plaats = waar(groep, f"figuur, {naam}")
    begin, per_een = schaal_van(groep["tekening"])
    langs = groep["tekening"]["data-axis"]
    for stuk in groep["binnen"]:
        soort = stuk["soort"]
        is_goed = True
        if soort in ("title", "text") and naam:
            is_goed = zegt_merk(stuk["tekst"], naam, waarden)
        elif soort == "rect":
            lengte = per_een * waarden[0]
            begin = plek(stuk, langs) + max(-lengte, 0)
            getekend = plek(stuk, LENGTE[langs])
            is_goed = abs(getekend - abs(lengte)) < SPELING
        elif soort in OP_DE_AS:
            gemeten = waarden[:1] if soort == "circle" else waarden
            einden = [begin + per_een * waarde for waarde in gemeten]
            is_goed = ligt_op(stuk, langs, einden)
        klopt(is_goed, "merk in een figuur", plaats, waarden)


def schaal_van(tekening):
    """Op welke plek van een tekening nul ligt, en hoeveel plaats één daarvan krijgt."""
    laag = float(tekening["data-low"])
    hoog = float(tekening["data-high"])
    eerste = float(tekening.get("data-bottom", 0))
    laatste = float(tekening.get("data-top", 100))
    per_een = (laatste - eerste) / (hoog - laag)
    return eerste - laag * per_een, per_een


def ligt_op(stuk, langs, einden):
    """Of een streep of stip ligt waar een van de waarden hoort."""
    for kant in OP_DE_AS[stuk["soort"]]:
        staat = plek(stuk, kant.format(langs))
        afstanden = [abs(staat - eind) for eind in einden]
        if min(afstanden) >= SPELING:
            return False
    return True


def waarden_van(groep, naam):
    """De waarde van een merk met zijn grenzen; van een punt van de as zijn getal."""
    if not naam:
        is_getal = PUNT.fullmatch(groep["tekst"].strip())
        klopt(is_getal, "punt van de as", groep["plaats"], "alleen een getal")
        staat = lees(GETAL.findall(groep["tekst"])[0])
        return [staat / 100 if "%" in groep["tekst"] else staat]
    kolom = unquote(naam.rpartition("#")[2])
    alle = [uitkomst(naam), ernaast(naam, f"{kolom}:low"), ernaast(naam, f"{kolom}:high")]
    return [waarde for waarde in alle if waarde is not None]


def zegt_merk(tekst, naam, waarden):
    """Of een tekst in een figuur de waarde zegt, of de waarde met haar grenzen."""
    kaal = GEEN_CIJFER_IN_NAAM.sub("", tekst)
    moet = waarden
    is_deel = "%" in kaal
    if is_deel:
        moet = [procenten(naam, waarde) for waarde in waarden]
    heeft_teken = re.search("[+−]", kaal) is not None
    tientallen = heeft_teken and not is_deel
    return past(kaal, moet[:1], tientallen) or past(kaal, moet, tientallen)


def plek(stuk, kant):
    """Een plek of lengte in een figuur, in procenten of punten."""
    return float(stuk[kant].removesuffix("%"))


def kijk_figuur(figuur):
    """Wat een voorlezer hoort en het bestand om te bewaren, zeggen wat de figuur zegt."""
    teksten = {woorden(een["tekst"]) for een in figuur["binnen"]}
    for een in figuur["binnen"]:
        gehoord = een.get("aria-label", "")
        if getallen(gehoord):
            is_goed = woorden(gehoord) in teksten or zegt_tekening(een, gehoord)
            plaats = f"{figuur['plaats']}, figuur: ‘{gehoord}’"
            klopt(is_goed, "wat een voorlezer hoort", plaats, "wat in de figuur staat")
        verwijzing = een.get("href", "")
        if verwijzing.startswith(INGEPAKT):
            kijk_bewaard(figuur, verwijzing.removeprefix(INGEPAKT))


def woorden(tekst):
    """De woorden en getallen van een tekst, zonder de leestekens erachter."""
    return tuple(woord.rstrip(".,;:?") for woord in tekst.split())


def zegt_tekening(plaat, gehoord):
    """Of van een plaat wordt gezegd wat haar merken zeggen, breed en smal."""
    tekeningen = [een for een in plaat["binnen"] if "data-axis" in een]
    for tekening in tekeningen:
        titels = []
        for een in tekening["binnen"]:
            if een["soort"] == "title":
                titels.append(woorden(een["tekst"]))
        if not zijn_titels(woorden(gehoord), titels):
            return False
    return tekeningen != []


def zijn_titels(over, titels):
    """Of woorden de titels van merken zijn, achter elkaar en elk hoogstens één keer."""
    los = list(titels)
    vorige = ()
    while over:
        gezegd = [(titel, zo_gezegd(over, titel, vorige)) for titel in los]
        past_hier = [(titel, stuk) for titel, stuk in gezegd if stuk]
        if not past_hier:
            return False
        vorige, stuk = past_hier[0]
        los.remove(vorige)
        over = over[len(stuk) :]
    return True


def zo_gezegd(over, titel, vorige):
    """Waarmee woorden beginnen: een titel, of wat erin anders is dan in de vorige."""
    weg = 0
    while weg < len(titel):
        stuk = titel[weg:]
        if over[: len(stuk)] == stuk:
            return stuk
        if titel[: weg + 1] != vorige[: weg + 1]:
            return ()
        weg += 1
    return ()


def kijk_bewaard(figuur, ingepakt):
    """Het bestand om te bewaren heeft de rijen van de tabel, met dezelfde getallen."""
    inhoud = base64.b64decode(ingepakt).decode("utf-8-sig")
    regels = list(csv.reader(inhoud.splitlines(), delimiter=";"))
    rijen_van_tabel = [een for een in figuur["binnen"] if een["soort"] == "tr"]
    plaats = f"{figuur['plaats']}, bestand van de figuur"
    is_even_lang = len(regels) == len(rijen_van_tabel)
    klopt(is_even_lang, "bestand van een figuur", plaats, "zoveel rijen als de tabel")
    if not is_even_lang:
        return
    for nummer, regel in enumerate(regels):
        rij = rijen_van_tabel[nummer]
        vakken = [een for een in rij["binnen"] if een["soort"] in ("td", "th")]
        is_goed = staan_in_rij(regel, regels[0], vakken)
        moet = [" ".join(vak["tekst"].split()) for vak in vakken]
        klopt(is_goed, "rij in het bestand van een figuur", f"{plaats}: {regel}", moet)


def staan_in_rij(regel, koppen, vakken):
    """Of een regel zegt wat in een rij staat; grenzen hebben een eigen kolom."""
    if len(regel) != len(koppen):
        return False
    over = list(vakken)
    vak = None
    for nummer, veld in enumerate(regel):
        kop = koppen[nummer]
        kant = EINDEN.search(kop)
        if kant is None:
            if not over:
                return False
            vak = over.pop(0)
        is_goed = staat_in_vak(veld, vak) if kant is None else is_eind(veld, vak, kant[1])
        if not is_goed:
            return False
    return not over


def staat_in_vak(veld, vak):
    """Of een veld zegt wat in een vak staat: de tekst, een getal ervan, of waarom niet."""
    mag = {woorden(vak["tekst"])}
    getallen_in_vak = [een for een in vak["binnen"] if een["soort"] == "data"]
    for een in getallen_in_vak:
        mag.add(woorden(een["tekst"]))
        mag.add((een["value"].replace(".", ","),))
    if woorden(veld) in mag:
        return True
    heeft_niets = not getallen_in_vak and not CIJFER.search(veld)
    is_leeg = not vak["tekst"].strip()
    waarom = [een for een in vak["binnen"] if "data-state" in een]
    return heeft_niets and (is_leeg or waarom != [])


def is_eind(veld, vak, kant):
    """Of een veld een grens is van het getal in een vak; in de kop is het die kop."""
    kop = " ".join(vak["tekst"].split())
    if veld == f"{kop} ({kant})":
        return True
    einden = []
    for een in vak["binnen"]:
        naam = een.get("data-cell", "")
        if een["soort"] == "data" and naam.endswith((":low", ":high")):
            einden.append(een["value"].replace(".", ","))
    if not einden:
        return veld == ""
    return veld == (einden[0] if kant == "ondergrens" else einden[-1])


def kijk_herkomst(element):
    """De tekst over waar een getal vandaan komt, heeft getallen uit die rijen."""
    for naam, tekst in json.loads(element["tekst"]).items():
        bekend = [naam]
        for deel in NAAM.findall(naam):
            bekend += [woorden for _, woorden in rij_van(deel).values()]
            if deel.startswith("tel("):
                bekend.append(f"{aantal_rijen(deel)}")
        if " " in naam and not naam.startswith("vast|"):
            bekend.append(f"{uitkomst(naam) or 0:n} {ruimte(naam):n}")
        los = set(getallen(tekst)) - set(getallen("\n".join(bekend)))
        klopt(not los, "getal in herkomst", f"{element['plaats']}, {naam}", f"niet {los}")


# --- de andere bestanden, en de cijfers zelf ----------------------------------------------


def kijk_bestanden():
    """Elk bestand is zoals het manifest zegt, en er is geen ander; welke uitgave dit is."""
    manifest = json.loads((MAP / "manifest.json").read_text("utf-8"))
    moet = dict(manifest["files"])
    for pad, pagina in manifest["pages"].items():
        moet[pad] = pagina["sha256"]
    moet = {pad.removeprefix("openbaar/"): kenmerk for pad, kenmerk in moet.items()}
    staan = {}
    for pad in MAP.iterdir():
        if pad.name not in ERBIJ and not pad.name.startswith("."):
            staan[pad.name] = hashlib.sha256(pad.read_bytes()).hexdigest()
    for naam in sorted(staan | moet):
        is_goed = staan.get(naam) == moet.get(naam)
        klopt(is_goed, "bestand", naam, "zoals het manifest zegt")
    return manifest.get("issue", 1)


def kijk_voorstel(word, pagina):
    """Elke alinea met een getal staat ook op de pagina; en geen getal staat er vaker."""
    with zipfile.ZipFile(MAP / word) as delen:
        inhoud = delen.read("word/document.xml").decode()
    op_pagina = ""
    for element in pagina.elementen:
        if element["soort"] == "main":
            op_pagina += element["tekst"]
    aaneen = "".join(op_pagina.split())
    in_word = Counter()
    for alinea in inhoud.split("</w:p>"):
        tekst = unescape(re.sub("<[^>]+>", "", alinea))
        in_word += Counter(GETAL.findall(tekst))
        if CIJFER.search(tekst):
            is_goed = "".join(tekst.split()) in aaneen
            klopt(
                is_goed, "alinea in Word", f"{word}: ‘{tekst.strip()}’", "als op de pagina"
            )
    vaak = Counter(GETAL.findall(op_pagina))
    for staat, keer in in_word.items():
        klopt(
            keer <= vaak[staat], "getal in Word", f"{word}: ‘{staat}’", "als op de pagina"
        )


def kijk_werkmap():
    """Elk getal en elke dag van de bijlage staan ook in de werkmap, even vaak."""
    bladen = ""
    with zipfile.ZipFile(MAP / "bijlage.xlsx") as delen:
        for deel in delen.namelist():
            if deel.startswith("xl/worksheets/sheet"):
                bladen += delen.read(deel).decode()
    vakken = re.findall(r'<c r="\w+" s="\d+"><v>([^<]*)', bladen)
    staan = Counter(float(vak) for vak in vakken)
    for begin, rij in rijen.items():
        for kolom, (waarde, _) in rij.items():
            if DAG.fullmatch(f"{waarde}"):
                waarde = float((date.fromisoformat(waarde) - date(1899, 12, 30)).days)
            if isinstance(waarde, float) and kolom and not kolom.endswith("off"):
                plaats = f"bijlage.xlsx, {begin}#{kolom}"
                klopt(staan[waarde] > 0, "getal in de werkmap", plaats, waarde)
                staan[waarde] -= 1


def kijk_datapakket():
    """Elke tabel van het datapakket heeft de rijen en waarden van de bijlage."""
    staan = set()
    with zipfile.ZipFile(MAP / "datapakket.zip") as delen:
        for deel in delen.namelist():
            if not deel.endswith(".csv"):
                continue
            inhoud = delen.read(deel).decode()
            regels = list(csv.reader(io.StringIO(inhoud, newline="")))
            for rij, *vakken, _ in regels[1:]:
                staan.add(rij)
                moet = [waarde for waarde, _ in rijen.get(rij, {}).values()]
                is_goed = [in_pakket(vak) for vak in vakken] == moet
                klopt(is_goed, "rij in het datapakket", f"{deel}, {rij}", moet)
    for rij in rijen:
        is_los = rij.startswith(("vast|", "instelling|"))
        klopt(is_los or rij in staan, "rij van de bijlage", f"datapakket.zip, {rij}", "er")


def in_pakket(vak):
    """Een vak van het datapakket zoals de bijlage het heeft, ook ja en nee."""
    return vak.capitalize() if vak in ("true", "false") else getal(vak)


def kijk_aantallen():
    """Elk aantal meldingen is een veelvoud van vijf; elk getal ligt tussen zijn grenzen."""
    basis = ernaast("instelling|bescherming.basis", "") or 5
    kolommen = {}
    for begin, rij in rijen.items():
        tabel = begin.partition("|")[0]
        is_heel = rij.keys() == kolommen.setdefault(tabel, rij.keys()) or tabel == "vast"
        klopt(is_heel, "rij", f"bijlage.csv, {begin}", "de kolommen van haar tabel")
        for kolom, (waarde, tekst) in rij.items():
            if not isinstance(waarde, float):
                continue
            plaats = f"bijlage.csv, {begin}#{kolom}"
            naam = f"{quote(begin)}#{quote(kolom)}"
            if ruimte(naam):
                klopt(waarde % basis == 0, "aantal", plaats, f"een veelvoud van {basis:n}")
            laag = ernaast(naam, f"{kolom}:low")
            hoog = ernaast(naam, f"{kolom}:high")
            if laag is not None and hoog is not None:
                klopt(laag <= waarde <= hoog, "getal tussen grenzen", plaats, (laag, hoog))
            vorm = VORMEN[soort_van_cel(naam)][0]
            is_tekst = leest(tekst, naam, vorm)
            klopt(is_tekst, "tekst in de bijlage", plaats, waarde)


def kijk_delingen():
    """Wat een deling is, is die deling: ook wat een melding en wat een inwoner kost."""
    for begin in rijen:
        for deling, teller, noemer, maal in DELINGEN:
            boven = naam_van(begin, teller)
            onder = naam_van(begin, noemer)
            kijk_deling(naam_van(begin, deling), boven, onder, maal)
        tabel, _, sleutel = begin.partition("|")
        per_melding = naam_van(begin, "per_melding")
        if tabel == "costs":
            geteld_daar = naam_van(f"per_period|{sleutel}|whole", "count")
            kijk_deling(per_melding, naam_van(begin, "amount_covered"), geteld_daar)
        if tabel == "costs_by_size":
            geteld_daar = naam_van(f"by_size|{sleutel}", "count")
            kijk_deling(per_melding, naam_van(begin, "amount"), geteld_daar)


def kijk_deling(deling, teller, noemer, maal=1):
    """Of een getal een ander is, gedeeld door een derde; als zij er alle drie zijn."""
    staat = waarde_van(deling)
    boven = waarde_van(teller)
    onder = waarde_van(noemer)
    if staat is None or boven is None or not onder:
        return
    nagerekend.add(unquote(deling))
    goed = maal * boven / onder
    is_goed = math.isclose(staat, goed, rel_tol=1e-8)
    klopt(is_goed, "deling", f"bijlage.csv, {unquote(deling)}", goed)


def kijk_sommen(uitgave):
    """Wat samen een geheel is, telt precies op.

    In een latere uitgave staan aantallen van eerder vast. Dan past een som als het verschil
    van het afronden kan komen.
    """
    mag_afwijken = uitgave > 1
    sommen = sommen_van_klassen()
    sommen += sommen_van_perioden()
    sommen += sommen_van_gemeenten()
    sommen += sommen_van_ontvangen()
    for geheel, delen in sommen:
        kijk_som(geheel, delen, mag_afwijken)


def kijk_som(geheel, delen, mag_afwijken):
    """Of delen samen het geheel zijn; als van elk een getal bekend is."""
    moet = waarde_van(geheel)
    waarden = [waarde_van(deel) for deel in delen]
    if moet is None or None in waarden or not delen:
        return
    som = sum(waarden)
    mag = 0
    if mag_afwijken:
        mag = sum(ruimte(deel) for deel in delen)
    is_goed = abs(som - moet) <= max(mag, 1e-6 * abs(moet))
    plaats = f"bijlage.csv, {unquote(geheel)}: {som:n}"
    klopt(is_goed, "som", plaats, f"{moet:n}")


def sommen_van_klassen():
    """Van elke indeling in klassen: hun aantallen zijn samen het totaal dat erbij staat."""
    klassen = defaultdict(list)
    for begin, rij in rijen.items():
        is_klasse = {"value", "count", "total"} <= rij.keys()
        if is_klasse and not begin.startswith("bounds|"):
            klassen[begin.rpartition("|")[0]].append(begin)
    sommen = []
    for rijen_samen in klassen.values():
        geheel = naam_van(rijen_samen[0], "total")
        sommen.append((geheel, aantallen_van(rijen_samen)))
    return sommen


def sommen_van_perioden():
    """Van elk gebied: jaren, halve jaren, kwartalen en maanden zijn samen de hele periode."""
    delen = defaultdict(list)
    for begin, rij in rijen.items():
        if not begin.startswith("per_period|"):
            continue
        soort = rij["kind"][0]
        kon_niet = rij["state"][0] == "not_applicable"  # nog niet aangesloten: geen meldingen
        if soort in soorten_die_alles_zijn() and not kon_niet:
            gebied = begin.split("|")[1]
            delen[gebied, soort].append(begin)
    sommen = []
    for (gebied, _), rijen_samen in delen.items():
        geheel = naam_van(f"per_period|{gebied}|whole", "count")
        sommen.append((geheel, aantallen_van(rijen_samen)))
    return sommen


@lru_cache(maxsize=None)
def soorten_die_alles_zijn():
    """De soorten perioden die samen even veel dagen hebben als de hele periode."""
    dagen = Counter()
    for rij in rijen_van_tabel("periods").values():
        eerste = date.fromisoformat(rij["begin"][0])
        laatste = date.fromisoformat(rij["end"][0])
        dagen[rij["kind"][0]] += (laatste - eerste).days + 1
    alle = dagen["whole"]
    return {soort for soort in dagen if dagen[soort] == alle and soort != "whole"}


def sommen_van_gemeenten():
    """Wat gemeenten samen ontvingen, op elke manier waarop de bijlage het indeelt.

    Een melding bij twee gemeenten telt hier twee keer. In het district telt zij één keer.
    """
    gemeenten = [begin.partition("|")[2] for begin in rijen_van_tabel("connection")]
    per_gemeente = [f"per_period|{gemeente}|whole" for gemeente in gemeenten]
    alles = naam_van("received|whole|all", "count")
    sommen = [
        (alles, aantallen_van(per_gemeente)),
        (alles, aantallen_van(rijen_van_tabel("by_size"))),
        (alles, aantallen_van(rijen_van_tabel("since_connection"))),
    ]
    for begin in rijen_van_tabel("received_twice"):
        district = begin.partition("|")[2]
        samen = naam_van(begin, "tips")
        sommen.append((naam_van(begin, "receipts"), [alles]))
        sommen.append((samen, [naam_van(f"per_period|{district}|whole", "count")]))
        sommen.append((naam_van(begin, "receipts"), [samen, naam_van(begin, "again")]))
    for begin in rijen_van_tabel("costs_of_district"):
        bedragen = [naam_van(rij, "amount") for rij in rijen_van_tabel("costs")]
        sommen.append((naam_van(begin, "amount"), bedragen))
    return sommen


def sommen_van_ontvangen():
    """Van wat gemeenten ontvingen: de jaren samen, en nieuwe en andere gemeenten samen."""
    jaren = []
    groepen = defaultdict(list)
    for begin, rij in rijen_van_tabel("received").items():
        is_heel = rij["kind"][0] == "whole"
        if rij["value"][0] != "all":
            groepen[rij["period"][0]].append(begin)
        elif not is_heel:
            jaren.append(begin)
    sommen = []
    if "year" in soorten_die_alles_zijn():
        alles = naam_van("received|whole|all", "count")
        sommen.append((alles, aantallen_van(jaren)))
    for periode, rijen_samen in groepen.items():
        geheel = naam_van(f"received|{periode}|all", "count")
        sommen.append((geheel, aantallen_van(rijen_samen)))
    return sommen


def naam_van(begin, kolom):
    """De naam van een vak: rij#kolom."""
    return f"{quote(begin)}#{quote(kolom)}"


def waarde_van(naam):
    """De waarde bij een naam; zonder zo'n vak None."""
    kolom = naam.rpartition("#")[2]
    waarde, _ = rij_van(naam).get(unquote(kolom), (None, ""))
    return waarde


def aantallen_van(begins):
    """De namen van de aantallen in rijen; van een rij die er niet is, staat er geen."""
    return [naam_van(begin, "count") for begin in begins if begin in rijen]


def rijen_van_tabel(tabel):
    """De rijen van één tabel van de bijlage."""
    return {begin: rij for begin, rij in rijen.items() if begin.startswith(f"{tabel}|")}


def main():
    """Ga alles na, en zeg wat is nagegaan, wat niet kon, en wat niet past."""
    try:
        uitgave = kijk_bestanden()
        lees_bijlage()
        kijk_aantallen()
        kijk_delingen()
        kijk_sommen(uitgave)
        kijk_werkmap()
        kijk_datapakket()
        for pad in sorted(MAP.glob("*.html")):
            pagina = Pagina(pad.name)
            kijk_pagina(pagina)
            word = pad.with_suffix(".docx")
            if word.exists():
                kijk_voorstel(word.name, pagina)
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as reden:
        klopt(False, "map", f"{MAP}", f"alle bestanden van één uitgave, heel ({reden})")

    regels = [f"{keer:7} keer nagegaan: {wat}" for wat, keer in geteld.items()]
    getypt = geteld["getypt getal"]
    regels.append(f"Niet na te rekenen: {getypt} getallen die de maker typte.")
    regels.append("Daarvan is alleen nagegaan dat zij met hun reden in bijlage.csv staan.")
    regels += fouten
    regels.append(f"{len(fouten)} keer past het niet." if fouten else "Alles past.")
    schrift = sys.stdout.encoding or "utf-8"
    print("\n".join(regels).encode(schrift, "replace").decode(schrift))
    return 1 if fouten else 0


if __name__ == "__main__":
    sys.exit(main())
