"""Reken zelf na of de openbare cijfers in deze map kloppen: python nagaan.py

In bijlage.csv heeft elk getal een regel en een naam: rij#kolom. Op een pagina draagt elk
getal die naam, of een som of deling van namen. Dit programma rekent elk getal van een
pagina daaruit opnieuw uit. Van de bijlage zelf rekent het na wat een som of een deling is;
aan het eind zegt het welke getallen niet na te rekenen zijn. Het gebruikt alleen Python
zelf, en leest alleen wat in deze map staat.
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
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote
from xml.etree import ElementTree

MAP = Path(__file__).resolve().parent
BIJLAGE = "bijlage.csv"
WERKMAP = "bijlage.xlsx"
PAKKET = "datapakket.zip"
# Wat naast de bestanden van het manifest mag liggen.
ERBIJ = {"manifest.json", "leeswijzer.txt", "controlegetallen.txt"}

# --- hoe getallen en namen eruitzien ------------------------------------------------------

CIJFER = re.compile(r"\d")
GETAL = re.compile(r"[+−]?\d+(?:\.\d{3})*(?:,\d+)?")
PUNT = re.compile(r"(€\s*)?[+−]?\d+(?:\.\d{3})*(?:,\d+)?%?")  # van een as
VOOR_PROGRAMMA = re.compile(r"-?\d+([.,]\d+)?(e-?\d+)?")
DAG = re.compile(r"\d{4}-\d\d-\d\d")
NAAM = re.compile(r"tel\([^()]*\)|[^\s()]+|[()]")
TEKENS = ("+", "-", "/", "(", ")")
EINDE = re.compile(":(low|high)$")  # achter een kolom: een grens van het getal

# --- wat een cijfer is, en wat niet -------------------------------------------------------

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
BLADZIJDE = "Pagina 1 van 1"  # onder aan Word, waar Word het nummer zelf invult

# --- hoe een getal er in het Nederlands staat ---------------------------------------------

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
VORMEN = {
    "woord": ("code", "capital_code"),
    "instelling": ("typed",),
    "periode": ("period",),
    "dag": ("day", "month", "short_month"),
    "aantal": ("count", "word", "capital_word", "range", "range_words"),
    "getal": ("rate", "count"),
    "deel": ("share", "part", "part_of"),
    "minstens": ("at_least",),
    "hoogstens": ("at_most",),
    "verandering": ("change",),
    "punten": ("points",),
    "bedrag": ("euro", "cents"),
}
IN_PROCENTEN = ("deel", "minstens", "hoogstens", "verandering")
OVER_GETALLEN = ("aantal", "getal")
# Hoe het codeboek in de werkmap een soort noemt → hoe zij hier heet.
SOORTEN = {
    "aantal": "aantal",
    "aantal, afgerond": "aantal",
    "getal": "getal",
    "aandeel": "deel",
    "euro": "bedrag",
    "euro en centen": "bedrag",
    "dag": "dag",
    "periode": "periode",
    "woorden": "woord",
}
# Alleen wat een schatting is, mag op een tiental. Alleen een verhouding zegt hoeveel keer.
# Alleen een verschil zegt of het er meer of minder zijn.
VORMEN_VAN_SCHATTING = ("tens", "signed_tens")
VORMEN_VAN_VERHOUDING = ("times", "about_times")
VORMEN_VAN_VERSCHIL = ("grew", "capital_more")
EENHEDEN_VAN_SCHATTING = ("meldingen", "ontvangen meldingen")
# Wat een deel ten minste of ten hoogste is, wat de onbekende ook zijn.
TEN_MINSTE = ("least", "whole_low", "partly_low")
TEN_HOOGSTE = ("most", "whole_high", "partly_high")
VERANDERD = ("change", "composition", "national_change")
IN_HET_JAAR = "januari februari maart april mei juni juli augustus september"
IN_HET_JAAR += " oktober november december"
MAANDEN = IN_HET_JAAR.split()

# --- wat nagerekend wordt -----------------------------------------------------------------

# Uitkomst, wat gedeeld wordt, waardoor, en maal hoeveel.
DELINGEN = (
    ("share", "count", "total", 1),
    ("per_month", "count", "connected_months", 1),
    ("per_10000", "count", "inhabitant_years", 10_000),
    ("per_1000_inhabitants_per_year", "per_year", "inhabitants", 1_000),
)
OP_DE_AS = {"line": ("{}1", "{}2"), "circle": ("c{}",)}
LENGTE = {"x": "width", "y": "height"}
SPELING = 0.11  # zo ver kan een plek in een figuur zijn afgerond
INGEPAKT = "data:text/csv;base64,"
EINDEN = re.compile(r" \((ondergrens|bovengrens)\)$")
VERWIJZING = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# De werkmap: bladen met alleen tekst, wat in elke tabel staat, een tabel zonder namen.
LEESBLADEN = ("Leeswijzer", "Definities")
INHOUD = "Inhoud"
CODEBOEK = "Codeboek"
VINDPLAATS = "Vindplaats"
WAAROM_LEEG = "Waarom een vak leeg is"
NIETS_LEEG = "–"
GETAL_OF_DAG = ("integer", "number", "date")  # soorten in het datapakket
TARIEVEN = "tariffs"
ZONDER_TABEL = ("vast", "instelling")  # die staan alleen op pagina's en in de bijlage
DAG_NUL = date(1899, 12, 30)  # van een werkmap
# Het datapakket: wat naast de tabellen erin zit, en zijn eigen kolommen.
BESCHRIJVING = "datapackage.json"
VOOR_HET_WEB = "csv-metadata.json"
RIJ = "cell"
WAAROM = "why_empty"
NOOIT = "niet van toepassing"
# Wat er misgaat als een bestand ontbreekt, kapot is of anders is gebouwd.
ONLEESBAAR = (OSError, LookupError, ValueError, TypeError, AttributeError)
ONLEESBAAR += (zipfile.BadZipFile, ElementTree.ParseError)

geteld = Counter()
fouten = []
nagerekend = set()
buiten_de_bijlage = Counter()
rijen = defaultdict(dict)
velden = {}  # tabel en kolom → wat het datapakket van die kolom zegt
soorten = {}  # tabel en kolom → wat voor waarde het codeboek zegt dat het is


def klopt(is_goed, wat, plaats, verwacht):
    """Tel wat is nagegaan, en schrijf op wat niet past: waar, wat, en wat er moet staan."""
    geteld[wat] += 1
    if not is_goed:
        fouten.append(f"{plaats}: {wat} past niet; verwacht: {verwacht}")


def getal(tekst):
    """Een getal met een komma of punt; anders de tekst, en van niets None."""
    if VOOR_PROGRAMMA.fullmatch(tekst):
        met_punt = tekst.replace(",", ".")
        return float(met_punt)
    return tekst or None


def lees(tekst):
    """Een getal zoals een lezer het ziet, `1.234,5` of `−3`."""
    zonder_punten = tekst.replace(".", "")
    met_punt = zonder_punten.replace(",", ".")
    return float(met_punt.replace("−", "-"))


def getallen(tekst):
    """De getallen in een tekst, zonder wat daar geen cijfer is."""
    zonder = GEEN_CIJFER.sub("", tekst)
    zonder = GENUMMERD.sub("", zonder)
    return GETAL.findall(zonder)


def aaneen(tekst):
    """Een tekst met één spatie tussen twee woorden."""
    return " ".join(tekst.split())


# --- de bijlage ---------------------------------------------------------------------------


def lees_alles():
    """Lees de bijlage, en wat werkmap en datapakket van haar kolommen zeggen; de bladen."""
    lees_bijlage()
    lees_velden()
    bladen = lees_werkmap()
    lees_soorten(bladen[CODEBOEK])
    return bladen


def lees_bijlage():
    """Lees van elke rij en kolom de waarde en de tekst; elke staat er één keer."""
    inhoud = (MAP / BIJLAGE).read_text("utf-8-sig")
    regels = csv.reader(inhoud.splitlines(), delimiter=";")
    for nummer, regel in enumerate(regels, start=1):
        is_heel = len(regel) == 4
        klopt(is_heel, "regel", f"{BIJLAGE}, regel {nummer}", "vier vakken")
        if not is_heel or nummer == 1:
            continue
        rij, kolom, waarde, tekst = regel
        is_nieuw = kolom not in rijen[rij]
        klopt(is_nieuw, "naam", f"{BIJLAGE}, {rij}#{kolom}", "één keer")
        if rij.startswith("vast|"):
            rijen[rij][kolom] = (tekst, tekst)
        else:
            rijen[rij][kolom] = (getal(waarde), tekst)


def lees_velden():
    """Lees van elke kolom in het datapakket hoe zij heet, en haar soort en eenheid."""
    with zipfile.ZipFile(MAP / PAKKET) as delen:
        beschrijving = json.loads(delen.read(BESCHRIJVING))
    for bron in beschrijving["resources"]:
        for veld in bron["schema"]["fields"]:
            velden[bron["name"], veld["name"]] = veld


def lees_soorten(codeboek):
    """Lees van elke kolom in het codeboek wat voor waarde zij heeft."""
    _, regels = in_tabel(codeboek)
    for regel in regels:
        _, _, _, tabel, kolom, soort, _ = regel.values()
        soorten[tabel, kolom] = SOORTEN[soort]


def rij_van(naam):
    """De rij in de bijlage waar een naam bij hoort; zonder zo'n rij een lege."""
    rij, _, _ = naam.rpartition("#")
    return rijen.get(unquote(rij or naam), {})


def kolom_van(naam):
    """De kolom van een naam; een instelling heeft geen kolom."""
    if "#" not in naam:
        return ""
    return unquote(naam.rpartition("#")[2])


def cel(naam):
    """Waarde en tekst bij een naam."""
    rij = rij_van(naam)
    return rij[kolom_van(naam)]


def ernaast(naam, kolom):
    """De waarde in een andere kolom van dezelfde rij; zonder zo'n kolom None."""
    rij = rij_van(naam)
    waarde, _ = rij.get(kolom, (None, ""))
    return waarde


def naam_van(begin, kolom):
    """De naam van een vak: rij#kolom."""
    return f"{quote(begin)}#{quote(kolom)}"


def waarde_van(naam):
    """De waarde bij een naam; zonder zo'n vak None."""
    return ernaast(naam, kolom_van(naam))


def tabel_van(begin):
    """De tabel waar een rij in staat."""
    tabel, _, _ = begin.partition("|")
    return tabel


@cache
def rijen_per_tabel():
    """Tabel → de namen van haar rijen, zoals zij achter elkaar staan."""
    per_tabel = defaultdict(list)
    for begin in rijen:
        per_tabel[tabel_van(begin)].append(begin)
    return per_tabel


def rijen_van_tabel(tabel):
    """De rijen van één tabel van de bijlage."""
    return {begin: rijen[begin] for begin in rijen_per_tabel().get(tabel, [])}


def aantal_rijen(naam):
    """Van `tel(tabel;kolom=waarde;…)`: hoeveel rijen van die tabel dat hebben."""
    binnen = naam.removeprefix("tel(").removesuffix(")")
    tabel, *eisen = unquote(binnen).split(";")
    return sum(voldoet(rij, eisen) for rij in rijen_van_tabel(tabel).values())


def voldoet(rij, eisen):
    """Of een rij in elke kolom heeft wat geëist wordt: `kolom=waarde`."""
    for eis in eisen:
        kolom, _, moet = eis.partition("=")
        waarde, _ = rij[kolom]
        if waarde != getal(moet):
            return False
    return True


def uitkomst(naam):
    """De waarde van een naam, of van een som, verschil of deling van namen."""
    som = []
    for deel in NAAM.findall(naam):
        if deel in TEKENS:
            som.append(deel)
        elif deel.startswith("tel("):
            som.append(aantal_rijen(deel))
        else:
            waarde, _ = cel(deel)
            som.append(waarde)
    if len(som) == 1:
        return som[0]
    for deel in som:
        if deel not in TEKENS and not isinstance(deel, int | float):
            return None  # een leeg vak, of een tekst: daarmee is niet te rekenen
    return reken(som)


def reken(som):
    """De uitkomst van getallen, tekens en haakjes; None als het geen rekensom is."""
    over = list(som)
    try:
        getal_ervan = reken_som(over)
    except (IndexError, TypeError, ZeroDivisionError):
        return None
    return None if over else getal_ervan


def reken_som(over):
    """Tel op en trek af wat vooraan staat, tot een haakje sluit of er niets meer is."""
    totaal = reken_deling(over)
    while over and over[0] in ("+", "-"):
        teken = over.pop(0)
        volgend = reken_deling(over)
        totaal = totaal + volgend if teken == "+" else totaal - volgend
    return totaal


def reken_deling(over):
    """Deel wat vooraan staat."""
    quotient = reken_getal(over)
    while over and over[0] == "/":
        over.pop(0)
        quotient = quotient / reken_getal(over)
    return quotient


def reken_getal(over):
    """Het getal dat vooraan staat, of wat er tussen haakjes uitkomt."""
    eerste = over.pop(0)
    if eerste != "(":
        return eerste
    binnen = reken_som(over)
    over.pop(0)  # het haakje dat sluit
    return binnen


def namen_in(naam):
    """De namen waar een som, verschil of deling uit bestaat."""
    return [deel for deel in NAAM.findall(naam) if deel not in TEKENS]


def ruimte(naam):
    """Hoever een aantal, of een som van aantallen, van de waarheid kan liggen."""
    if " / " in naam:
        return 0
    som = 0
    for deel in namen_in(naam):
        kolom = deel.rpartition("#")[2]
        grens = "off" if kolom == "count" else f"{kolom}_off"
        som += ernaast(deel, grens) or 0
    return som


def uiterste(naam, aandeel):
    """Hoeveel procent een aandeel van niets hoogstens is, en een van alles minstens."""
    if 0 < aandeel < 1:
        return 1 if aandeel < 0.5 else 99
    gedeeld = naam
    if " / " not in naam:
        rij = naam.rpartition("#")[0]
        gedeeld = f"{rij}#count / {rij}#total"
    deel, geheel = gedeeld.split(" / ")
    alle = uitkomst(geheel) or 0
    afstand = ruimte(deel) + 1
    if aandeel == 0:
        meest = 100 * afstand / alle
        return math.ceil(meest)
    minst = 100 * (alle - afstand) / (alle + ruimte(geheel))
    return math.floor(minst)


# --- of een getal er zo mag staan ---------------------------------------------------------


def veld_van(naam):
    """Wat het datapakket zegt van de kolom van een naam; van een grens: van haar getal."""
    tabel = tabel_van(unquote(naam))
    kolom = EINDE.sub("", kolom_van(naam))
    return velden.get((tabel, kolom), {})


def soort_van_cel(naam):
    """Wat voor waarde in een vak van de bijlage staat, zoals een deel of een bedrag."""
    if naam.startswith("tel("):
        return "aantal"
    if naam.startswith("instelling|"):
        return soort_van_instelling(naam)
    tabel = tabel_van(unquote(naam))
    kolom = EINDE.sub("", kolom_van(naam))
    soort = soorten.get((tabel, kolom), "aantal")  # hoever iets ernaast kan liggen
    return soort_deel(naam) if soort == "deel" else soort


def soort_van_instelling(naam):
    """Wat voor waarde een instelling is: een aantal, een dag of een tekst."""
    waarde, _ = cel(naam)
    if isinstance(waarde, float):
        return "aantal"
    is_dag = DAG.fullmatch(f"{waarde}")
    return "dag" if is_dag else "instelling"


def soort_deel(naam):
    """Wat voor deel in een vak staat: een gewoon, een verandering, of een uiterste."""
    kolom = kolom_van(naam)
    if kolom in TEN_MINSTE:
        return "minstens"
    if kolom in TEN_HOOGSTE:
        return "hoogstens"
    if EINDE.sub("", kolom) not in VERANDERD:
        return "deel"
    is_van_twee = "share_from" in rij_van(naam)
    return "punten" if is_van_twee else "verandering"


def soort_van(naam):
    """Wat voor waarde een naam heeft, of een som, verschil of deling van namen."""
    van_delen = [soort_van_cel(deel) for deel in namen_in(naam)]
    eerste = van_delen[0]
    if " / " in naam:
        boven, _, onder = naam.partition(" / ")
        is_aantal = set(van_delen) == {"aantal"}
        is_per_stuk = ruimte(boven) > 0 and ruimte(onder) == 0
        return "deel" if is_aantal and not is_per_stuk else "getal"
    if " - " in naam and eerste in IN_PROCENTEN:
        return "punten"
    return eerste


def vormen_van(naam):
    """In welke vormen een pagina mag zeggen wat bij een naam hoort."""
    soort = soort_van(naam)
    vormen = list(VORMEN[soort])
    if soort not in OVER_GETALLEN:
        return vormen
    delen = namen_in(naam)
    is_deling = " / " in naam
    is_verschil = " - " in naam
    is_schatting = all(staat_voor_schatting(deel) for deel in delen)
    if is_schatting and not is_deling:
        vormen += VORMEN_VAN_SCHATTING
    is_verhouding = len(delen) == 1 and veld_van(naam).get("unit") == "keer"
    if is_deling or is_verhouding:
        vormen += VORMEN_VAN_VERHOUDING
    if is_verschil and not is_deling:
        vormen += VORMEN_VAN_VERSCHIL
    is_van_bedrag = is_deling and "bedrag" in [soort_van_cel(deel) for deel in delen]
    if is_van_bedrag or naam.startswith("instelling|"):
        vormen += VORMEN["bedrag"]
    return vormen


def staat_voor_schatting(naam):
    """Of een kolom meldingen heeft die niemand telde: daarvan kan er een deel zijn."""
    veld = veld_van(naam)
    is_van_meldingen = veld.get("unit") in EENHEDEN_VAN_SCHATTING
    return is_van_meldingen and veld["type"] == "number"


def leest(tekst, naam, vorm):
    """Of een tekst zegt wat er bij een naam hoort, in een vorm die daarbij past."""
    waarde = uitkomst(naam)
    if waarde is None:
        return not CIJFER.search(tekst)
    if vorm not in vormen_van(naam):
        return False
    woord = tekst.lower().replace("é", "e")
    if isinstance(waarde, str):
        _, moet = cel(naam)
        if DAG.fullmatch(waarde):
            return is_dag(woord, waarde)
        return woord == moet.lower()
    if not CIJFER.search(tekst):
        return zegt(woord, waarde, vorm)
    soort = soort_van(naam)
    heeft_procent = "%" in tekst
    heeft_euro = "€" in tekst
    if heeft_procent != (soort in IN_PROCENTEN):
        return False
    if heeft_euro != (vorm in VORMEN["bedrag"]):
        return False
    moet = wat_er_moet_staan(tekst, naam, waarde)
    return past(tekst, moet, tientallen=vorm in VORMEN_VAN_SCHATTING)


def wat_er_moet_staan(tekst, naam, waarde):
    """De getallen van een tekst: de waarde, haar uiterste, of van hoeveel tot hoeveel."""
    heeft_grenzen = re.search("–|tot en met", tekst)
    if ruimte(naam) and heeft_grenzen:
        geheel = ernaast(naam, "total") or math.inf
        geheel_ernaast = ernaast(naam, "total_off") or 0
        laag = max(waarde - ruimte(naam), 0)
        hoog = min(waarde + ruimte(naam), geheel + geheel_ernaast)
        return [laag, hoog]
    if re.search("minder dan|meer dan|[<>]", tekst):
        return [uiterste(naam, waarde)]
    soort = soort_van(naam)
    if soort in IN_PROCENTEN:
        return [procenten(naam, waarde)]
    if soort == "punten":
        return [100 * waarde]
    return [waarde]


def procenten(naam, waarde):
    """Een deel in procenten; wat zeker is, wordt naar buiten afgerond."""
    honderdsten = round(100 * waarde, 6)
    kolom = kolom_van(naam)
    if kolom in TEN_MINSTE:
        return math.floor(honderdsten)
    if kolom in TEN_HOOGSTE:
        return math.ceil(honderdsten)
    return 100 * waarde


def is_dag(woord, waarde):
    """Of een dag er staat als `13 juli 2023`, `juli 2023` of `jul 2023`."""
    voluit = woord.replace("mrt", "maart")
    *dag, maand, jaar = voluit.split()
    moet = date.fromisoformat(waarde)
    naam_van_maand = MAANDEN[moet.month - 1]
    is_maand = naam_van_maand.startswith(maand)
    is_jaar = jaar == f"{moet.year}"
    return is_maand and is_jaar and dag in ([], [f"{moet.day}"])


def zegt(woord, waarde, vorm):
    """Of een woord past: een telwoord, een deel, `ruim drie keer`, een richting."""
    if vorm in ("part", "part_of"):
        return zegt_deel(woord, waarde)
    if vorm in VORMEN_VAN_VERSCHIL:
        laag, hoog = RICHTING[woord]
        return laag <= waarde <= hoog
    keer = re.fullmatch(r"(ruim |bijna |)(\w+) keer", woord)
    if keer is None:
        return TELWOORD.get(woord) == waarde
    heel = round(waarde)
    return TELWOORD[keer[2]] == heel and abs(waarde - heel) < 0.36


def zegt_deel(woord, deel):
    """Of een deel zo heet: `ruim de helft van de`, `zeven op de tien`."""
    if " op de " in woord:
        teller, noemer = woord.split(" op de ")
        breuk = TELWOORD[teller] / TELWOORD[noemer]
        return abs(deel - breuk) <= 0.0501
    kaal = woord.removesuffix(" van de")
    laag, hoog = DEEL_IN_WOORDEN[kaal]
    return laag <= deel <= hoog


def past(tekst, moet, tientallen=False):
    """Of de getallen in een tekst, in deze volgorde, zijn wat er moet staan."""
    staan = GETAL.findall(tekst)
    if len(staan) != len(moet):
        return False
    for nummer, staat in enumerate(staan):
        if not is_afgerond(staat, moet[nummer], tientallen):
            return False
    return True


def is_afgerond(staat, goed, tientallen):
    """Of een getal er staat zoals een waarde wordt afgerond, op tientallen of cijfers."""
    gelezen = lees(staat)
    achter_de_komma = len(staat.partition(",")[2])
    ver = 0.5 / 10**achter_de_komma
    if tientallen:
        if gelezen % 10 != 0:
            return False
        ver = 5
    return abs(gelezen - goed) <= ver + 1e-9


# --- de pagina's --------------------------------------------------------------------------


class Pagina(HTMLParser):
    """De elementen van een pagina, elk met haar tekst en wat erin staat; en elke tekst."""

    def __init__(self, bestand):
        super().__init__()
        self.bestand = bestand
        self.open = []
        self.elementen = []
        self.teksten = []
        inhoud = (MAP / bestand).read_text("utf-8")
        self.feed(inhoud)

    def handle_starttag(self, tag, attrs):
        """Een element gaat open."""
        element: dict = dict(attrs)
        regel, _ = self.getpos()
        element["soort"] = tag
        element["tekst"] = ""
        element["binnen"] = []
        element["plaats"] = f"{self.bestand}, regel {regel}"
        element["in figuur"] = False
        element["tekening"] = None
        for ouder in self.open:
            ouder["binnen"].append(element)
            if ouder["soort"] == "figure":
                element["in figuur"] = True
            if "data-axis" in ouder:
                element["tekening"] = ouder
        self.elementen.append(element)
        if tag not in ("br", "hr", "img", "input", "link", "meta"):
            self.open.append(element)

    def handle_endtag(self, tag):
        """Een element gaat dicht."""
        while self.open and self.open.pop()["soort"] != tag:
            pass

    def handle_data(self, data):
        """Een tekst is van elk element waar zij in staat."""
        self.teksten.append((self.open[:], aaneen(data)))
        for element in self.open:
            element["tekst"] += data

    def hoogste_nummer(self):
        """Het hoogste nummer dat een figuur of tabel hier kan hebben."""
        return len(van_soort(self.elementen, "figure"))


def van_soort(elementen, *soorten):
    """De elementen van een of meer soorten, in hun volgorde."""
    return [een for een in elementen if een["soort"] in soorten]


def kijk_pagina(pagina):
    """Elk getal van een pagina, ook in figuren, en wat een ander programma ervan leest."""
    for element in pagina.elementen:
        try:
            kijk_element(element)
        except (LookupError, ValueError, TypeError, ArithmeticError):
            naam = element.get("data-cell", "")
            plaats = waar(element, naam)
            klopt(False, "naam of getal", plaats, "een regel in de bijlage")
    kijk_teksten(pagina)
    kijk_kenmerken(pagina)


def kijk_teksten(pagina):
    """Buiten wat een naam draagt, staat nergens een getal."""
    for buiten, tekst in pagina.teksten:
        soort = buiten[-1]["soort"] if buiten else ""
        is_gezien = any("gezien" in een for een in buiten)
        if soort == "style":
            for eigen in IN_OPMAAK.findall(tekst):
                kijk_zin(eigen, pagina)
        elif soort != "script" and not is_gezien:
            kijk_zin(tekst, pagina)


def kijk_kenmerken(pagina):
    """Ook in een kenmerk dat te lezen of te horen is, staat geen getal zonder naam."""
    for element in pagina.elementen:
        if element.get("name") == "viewport":
            continue
        for kenmerk in LEESBAAR:
            is_van_figuur = kenmerk == "aria-label" and element["in figuur"]
            if not is_van_figuur:
                kijk_zin(element.get(kenmerk) or "", pagina)


@cache
def woorden_van_bijlage():
    """Hoe in de bijlage heet wat geen getal is, zoals een vraag of een klasse."""
    genoemd = set()
    for rij in rijen.values():
        for waarde, tekst in rij.values():
            if isinstance(waarde, str):
                genoemd.add(aaneen(tekst))
    return genoemd


def kijk_zin(tekst, pagina):
    """In een zin zonder naam staat geen getal en geen telwoord voor wat geteld wordt."""
    if not telt_iets(tekst):
        return
    genoemd = woorden_van_bijlage()
    over = tekst
    for een in KLASSE.findall(tekst):
        if een in genoemd:
            over = over.replace(een, "")
    over = GEEN_CIJFER.sub("", over)
    for genummerd in GENUMMERD.finditer(over):
        nummer = int(genummerd[2])
        if nummer <= pagina.hoogste_nummer():
            over = over.replace(genummerd[0], "", 1)
    is_goed = tekst in genoemd or not telt_iets(over)
    plaats = f"{pagina.bestand}: ‘{tekst}’"
    klopt(is_goed, "jaar of eenheid", plaats, "geen getal zonder naam")


def telt_iets(tekst):
    """Of er een cijfer in staat, of een telwoord voor wat geteld wordt."""
    return bool(CIJFER.search(tekst) or TELWOORD_ERVOOR.search(tekst))


def waar(element, naam):
    """Waar een element staat, met de naam die het draagt en wat er te lezen is."""
    tekst = aaneen(element["tekst"])
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
    tekst = aaneen(element["tekst"])
    is_goed = tekst == element["value"] and tekst in rijen[naam]
    klopt(is_goed, "getypt getal", waar(element, naam), list(rijen[naam]))


def kijk_getal(element, naam):
    """Een getal: de waarde, de tekst, en hoever het ernaast kan liggen."""
    tekst = aaneen(element["tekst"])
    plaats = waar(element, naam)
    waarde = uitkomst(naam)
    if element["soort"] == "span":
        klopt(not CIJFER.search(tekst), "leeg getal", plaats, "geen getal")
        return
    is_waarde = getal(element["value"]) == waarde
    is_tekst = leest(tekst, naam, element["data-form"])
    staat_ernaast = getal(element.get("data-off", "0"))
    is_ruimte = staat_ernaast == ruimte(naam)
    is_goed = is_waarde and is_tekst and is_ruimte
    klopt(is_goed, "getal", plaats, waarde)


def kijk_herkomst(element):
    """De tekst over waar een getal vandaan komt, heeft getallen uit die rijen."""
    for naam, tekst in json.loads(element["tekst"]).items():
        bekend = "\n".join(bekend_van(naam))
        staan = set(getallen(tekst))
        los = staan.difference(getallen(bekend))
        plaats = f"{element['plaats']}, {naam}"
        klopt(not los, "getal in herkomst", plaats, f"niet {los}")


def bekend_van(naam):
    """De teksten waar de getallen over de herkomst van een getal in staan."""
    bekend = [naam]
    for deel in NAAM.findall(naam):
        for _, tekst in rij_van(deel).values():
            bekend.append(tekst)
        if deel.startswith("tel("):
            bekend.append(f"{aantal_rijen(deel)}")
    is_som = " " in naam and not naam.startswith("vast|")
    if is_som:
        waarde = uitkomst(naam) or 0
        bekend.append(f"{waarde:n} {ruimte(naam):n}")
    return bekend


# --- de figuren ---------------------------------------------------------------------------


def kijk_merk(groep, naam):
    """Een staaf, stip, streep of punt van de as: de plek, en het getal erbij."""
    waarden = waarden_van(groep, naam)
    plaats = waar(groep, f"figuur, {naam}")
    tekening = groep["tekening"]
    langs = tekening["data-axis"]
    nul, per_een = schaal_van(tekening)
    for stuk in groep["binnen"]:
        soort = stuk["soort"]
        is_goed = True
        if soort in ("title", "text") and naam:
            is_goed = zegt_merk(stuk["tekst"], naam, waarden)
        elif soort == "rect":
            lengte = per_een * waarden[0]
            is_goed = is_zo_lang(stuk, langs, lengte)
            nul = plek(stuk, langs) + max(-lengte, 0)
        elif soort in OP_DE_AS:
            gemeten = waarden[:1] if soort == "circle" else waarden
            einden = [nul + per_een * waarde for waarde in gemeten]
            is_goed = ligt_op(stuk, langs, einden)
        klopt(is_goed, "merk in een figuur", plaats, waarden)


def is_zo_lang(staaf, langs, lengte):
    """Of een staaf zo lang is als haar waarde."""
    getekend = plek(staaf, LENGTE[langs])
    return abs(getekend - abs(lengte)) < SPELING


def schaal_van(tekening):
    """Op welke plek van een tekening nul ligt, en hoeveel plaats één daarvan krijgt."""
    laag = float(tekening["data-low"])
    hoog = float(tekening["data-high"])
    eerste = float(tekening.get("data-bottom", 0))
    laatste = float(tekening.get("data-top", 100))
    per_een = (laatste - eerste) / (hoog - laag)
    nul = eerste - laag * per_een
    return nul, per_een


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
        return [punt_van_as(groep)]
    kolom = kolom_van(naam)
    alle = [
        uitkomst(naam),
        ernaast(naam, f"{kolom}:low"),
        ernaast(naam, f"{kolom}:high"),
    ]
    return [waarde for waarde in alle if waarde is not None]


def punt_van_as(groep):
    """Het getal bij een punt van de as; meer staat daar niet."""
    tekst = groep["tekst"]
    is_getal = PUNT.fullmatch(tekst.strip())
    klopt(is_getal, "punt van de as", groep["plaats"], "alleen een getal")
    eerste = GETAL.findall(tekst)[0]
    staat = lees(eerste)
    return staat / 100 if "%" in tekst else staat


def zegt_merk(tekst, naam, waarden):
    """Of een tekst in een figuur de waarde zegt, of de waarde met haar grenzen."""
    kaal = GEEN_CIJFER_IN_NAAM.sub("", tekst)
    is_deel = "%" in kaal
    moet = waarden
    if is_deel:
        moet = [procenten(naam, waarde) for waarde in waarden]
    heeft_teken = re.search("[+−]", kaal) is not None
    tientallen = heeft_teken and not is_deel
    zegt_waarde = past(kaal, moet[:1], tientallen)
    return zegt_waarde or past(kaal, moet, tientallen)


def plek(stuk, kant):
    """Een plek of lengte in een figuur, in procenten of punten."""
    return float(stuk[kant].removesuffix("%"))


def kijk_figuur(figuur):
    """Wat een voorlezer hoort en het bestand om te bewaren, zeggen wat de figuur zegt.

    Wat te horen is, is een tekst in de figuur, of noemt de merken, elk hoogstens één keer.
    """
    teksten = {woorden(een["tekst"]) for een in figuur["binnen"]}
    for een in figuur["binnen"]:
        gehoord = een.get("aria-label", "")
        if getallen(gehoord):
            is_goed = woorden(gehoord) in teksten or zegt_tekening(een, gehoord)
            plaats = f"{figuur['plaats']}, figuur: ‘{gehoord}’"
            klopt(is_goed, "wat een voorlezer hoort", plaats, "wat in de figuur staat")
        verwijzing = een.get("href", "")
        if verwijzing.startswith(INGEPAKT):
            ingepakt = verwijzing.removeprefix(INGEPAKT)
            kijk_bewaard(figuur, ingepakt)


def woorden(tekst):
    """De woorden en getallen van een tekst, zonder de leestekens erachter."""
    return tuple(woord.rstrip(".,;:?") for woord in tekst.split())


def zegt_tekening(plaat, gehoord):
    """Of van een plaat wordt gezegd wat haar merken zeggen, breed en smal."""
    tekeningen = [een for een in plaat["binnen"] if "data-axis" in een]
    for tekening in tekeningen:
        titels = []
        for een in van_soort(tekening["binnen"], "title"):
            titels.append(woorden(een["tekst"]))
        if not zijn_titels(woorden(gehoord), titels):
            return False
    return tekeningen != []


def zijn_titels(over, titels):
    """Of woorden de titels van merken zijn, achter elkaar en elk hoogstens één keer."""
    los = list(titels)
    vorige = ()
    while over:
        gezegd = {titel: zo_gezegd(over, titel, vorige) for titel in los}
        past_hier = [titel for titel in gezegd if gezegd[titel]]
        if not past_hier:
            return False
        vorige = past_hier[0]
        los.remove(vorige)
        stuk = gezegd[vorige]
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
    rijen_van_figuur = van_soort(figuur["binnen"], "tr")
    plaats = f"{figuur['plaats']}, bestand van de figuur"
    is_even_lang = len(regels) == len(rijen_van_figuur)
    klopt(is_even_lang, "bestand van een figuur", plaats, "zoveel rijen als de tabel")
    if not is_even_lang:
        return
    for nummer, regel in enumerate(regels):
        vakken = van_soort(rijen_van_figuur[nummer]["binnen"], "td", "th")
        is_goed = staan_in_rij(regel, regels[0], vakken)
        moet = [aaneen(vak["tekst"]) for vak in vakken]
        klopt(is_goed, "rij in het bestand van een figuur", f"{plaats}: {regel}", moet)


def staan_in_rij(regel, koppen, vakken):
    """Of een regel zegt wat in een rij staat; grenzen hebben een eigen kolom."""
    if len(regel) != len(koppen):
        return False
    over = list(vakken)
    vak = None
    for nummer, veld in enumerate(regel):
        kant = EINDEN.search(koppen[nummer])
        if kant is not None:
            is_goed = is_eind(veld, vak, kant[1])
        elif not over:
            return False
        else:
            vak = over.pop(0)
            is_goed = staat_in_vak(veld, vak)
        if not is_goed:
            return False
    return not over


def staat_in_vak(veld, vak):
    """Of een veld zegt wat in een vak staat: de tekst, een getal ervan, of waarom niet."""
    mag = {woorden(vak["tekst"])}
    getallen_in_vak = van_soort(vak["binnen"], "data")
    for een in getallen_in_vak:
        waarde = een["value"].replace(".", ",")
        mag.add((waarde,))
        mag.add(woorden(een["tekst"]))
    if woorden(veld) in mag:
        return True
    if getallen_in_vak or CIJFER.search(veld):
        return False
    is_leeg = not vak["tekst"].strip()
    heeft_reden = any("data-state" in een for een in vak["binnen"])
    return is_leeg or heeft_reden


def is_eind(veld, vak, kant):
    """Of een veld een grens is van het getal in een vak; in de kop is het die kop."""
    kop = aaneen(vak["tekst"])
    if veld == f"{kop} ({kant})":
        return True
    einden = []
    for een in van_soort(vak["binnen"], "data"):
        naam = een.get("data-cell", "")
        if EINDE.search(naam):
            einden.append(een["value"].replace(".", ","))
    if not einden:
        return veld == ""
    nummer = 0 if kant == "ondergrens" else -1
    return veld == einden[nummer]


# --- de bestanden, en het voorstel in Word ------------------------------------------------


def lees_manifest():
    """Wat het manifest over deze uitgave zegt."""
    return json.loads((MAP / "manifest.json").read_text("utf-8"))


def kijk_bestanden(manifest):
    """Elk bestand is zoals het manifest zegt, en er is geen ander."""
    moet = {}
    for pad, kenmerk in manifest["files"].items():
        moet[pad.removeprefix("openbaar/")] = kenmerk
    for pad, pagina in manifest["pages"].items():
        moet[pad.removeprefix("openbaar/")] = pagina["sha256"]
    staan = {}
    for pad in MAP.iterdir():
        is_verborgen = pad.name.startswith(".")
        if pad.name not in ERBIJ and not is_verborgen:
            staan[pad.name] = hashlib.sha256(pad.read_bytes()).hexdigest()
    for naam in sorted(staan | moet):
        is_goed = staan.get(naam) == moet.get(naam)
        klopt(is_goed, "bestand", naam, "zoals het manifest zegt")


def xml_van(delen, deel):
    """Een deel van een werkmap of een Word-bestand."""
    return ElementTree.fromstring(delen.read(deel))


def tekst_in(element):
    """Alle tekst in een element, achter elkaar."""
    return "".join(element.itertext())


def kijk_voorstel(word, pagina):
    """Elke zin en elke tabelrij van Word staat ook op de pagina, in dezelfde volgorde.

    En een getal dat op de pagina staat, staat ook in Word.
    """
    with zipfile.ZipFile(MAP / word) as delen:
        inhoud = xml_van(delen, "word/document.xml")
        kijk_rand(delen, word, pagina)
    op_pagina = tekst_naast_figuren(pagina)
    vanaf = 0
    alleen_op_pagina = []
    for tekst in stukken_van(inhoud):
        gezocht = zonder_spaties(tekst)
        is_zin = gezocht.endswith(".") or telt_iets(tekst)
        if not is_zin:
            continue
        begin = op_pagina.find(gezocht, vanaf)
        is_er = begin >= 0
        klopt(is_er, "stuk van Word", f"{word}: ‘{aaneen(tekst)}’", "als op de pagina")
        if is_er:
            alleen_op_pagina.append(op_pagina[vanaf:begin])
            vanaf = begin + len(gezocht)
    alleen_op_pagina.append(op_pagina[vanaf:])
    for tekst in alleen_op_pagina:
        is_goed = not CIJFER.search(tekst)
        klopt(is_goed, "stuk van het voorstel", f"{word}: ‘{tekst}’", "ook in Word")


def tekst_naast_figuren(pagina):
    """De tekst van een pagina zonder spaties, en zonder wat in een figuur is getekend."""
    stukken = []
    for buiten, tekst in pagina.teksten:
        soorten = [element["soort"] for element in buiten]
        if "main" in soorten and "svg" not in soorten:
            stukken.append(zonder_spaties(tekst))
    return "".join(stukken)


def stukken_van(inhoud):
    """De teksten van een Word-bestand, in hun volgorde: alinea's, en rijen van tabellen."""
    stukken = []
    for deel in inhoud.find("{*}body"):
        regels = [deel]
        if deel.tag.endswith("}tbl"):
            regels = deel.findall("{*}tr")
        for regel in regels:
            stukken.append(tekst_in(regel))
    return stukken


def zonder_spaties(tekst):
    """Een tekst zonder spaties en nieuwe regels."""
    return "".join(tekst.split())


def kijk_rand(delen, word, pagina):
    """Boven en onder de bladzijden van Word, en in noten, staat geen getal."""
    for deel in delen.namelist():
        is_tekst = deel.startswith("word/") and deel.endswith(".xml")
        if not is_tekst or deel == "word/document.xml":
            continue
        for alinea in xml_van(delen, deel).findall(".//{*}p"):
            tekst = aaneen(tekst_in(alinea))
            zin = tekst.replace(BLADZIJDE, "")
            kijk_zin(zin, pagina)


# --- de werkmap ---------------------------------------------------------------------------


def kijk_werkmap(bladen):
    """De werkmap heeft de tabellen van de bijlage: elk blad, elke rij en elk vak."""
    tabellen = tabellen_van(bladen[CODEBOEK])
    gezien = set()
    for blad, regels in bladen.items():
        if blad in (CODEBOEK, *LEESBLADEN):
            kijk_leesblad(blad, regels)
        elif blad == INHOUD:
            kijk_inhoud(regels, tabellen)
        else:
            gezien |= kijk_blad(blad, regels, tabellen)
    for tabel in rijen_per_tabel():
        is_er = tabel in gezien or tabel in ZONDER_TABEL
        klopt(is_er, "tabel", f"{WERKMAP}, {tabel}", "een blad")


def kijk_blad(blad, regels, tabellen):
    """De tabellen op een blad, onder elkaar; welke dat zijn."""
    titels = [titel for van_blad, titel in tabellen if van_blad == blad]
    is_titel = regels[0].get("A") in titels
    klopt(is_titel, "blad", f"{WERKMAP}, {blad}", titels)
    gezien = set()
    for titel, blok in blokken(regels, titels).items():
        tabel, kolommen = tabellen[blad, titel]
        gezien.add(tabel)
        kijk_tabel(f"{WERKMAP}, {blad}", blok, tabel, kolommen)
    return gezien


def lees_werkmap():
    """Blad → zijn regels, en van elke regel: letter van de kolom → wat er staat."""
    with zipfile.ZipFile(MAP / WERKMAP) as delen:
        gedeeld = []
        for tekst in xml_van(delen, "xl/sharedStrings.xml").findall("{*}si"):
            gedeeld.append(tekst_in(tekst))
        plekken = {}
        for verwijzing in xml_van(delen, "xl/_rels/workbook.xml.rels"):
            plekken[verwijzing.get("Id")] = verwijzing.get("Target")
        bladen = {}
        for blad in xml_van(delen, "xl/workbook.xml").findall("{*}sheets/{*}sheet"):
            verwezen = blad.get(VERWIJZING)
            inhoud = xml_van(delen, f"xl/{plekken[verwezen]}")
            bladen[blad.get("name")] = regels_van(inhoud, gedeeld)
    return bladen


def regels_van(blad, gedeeld):
    """De regels van een blad waar iets op staat."""
    regels = []
    for rij in blad.findall(".//{*}row"):
        regel = {}
        for vak in rij.findall("{*}c"):
            letter = vak.get("r").rstrip("0123456789")
            regel[letter] = inhoud_van(vak, gedeeld)
        if regel:
            regels.append(regel)
    return regels


def inhoud_van(vak, gedeeld):
    """Het getal of de tekst in een vak; een formule heeft de werkmap nergens."""
    tekst = tekst_in(vak)
    soort = vak.get("t", "n")
    if soort == "s":
        return gedeeld[int(tekst)]
    if soort == "n" and tekst:
        return float(tekst)
    return tekst


def blokken(regels, titels):
    """Titel → de regels eronder, tot de volgende titel."""
    per_titel = {}
    blok = []
    for regel in regels:
        eerste = regel.get("A")
        is_titel = list(regel) == ["A"] and eerste in titels
        if is_titel:
            blok = per_titel.setdefault(eerste, [])
        else:
            blok.append(regel)
    return per_titel


def in_tabel(blok):
    """Letter → kop, en de regels eronder. De eerste regel met meer vakken is de kop."""
    nummer = 0
    while len(blok[nummer]) == 1:
        nummer += 1
    return blok[nummer], blok[nummer + 1 :]


def tabellen_van(codeboek):
    """Blad en titel → de tabel in de bijlage, en haar kolommen: kop en naam."""
    _, regels = in_tabel(codeboek)
    tabellen = {}
    for regel in regels:
        blad, titel, kop, tabel, kolom, *_ = regel.values()
        eerder = tabellen.get((blad, titel), (tabel, []))
        tabellen[blad, titel] = eerder
        eerder[1].append((kop, kolom))
    return tabellen


def kijk_leesblad(blad, regels):
    """Op een blad om te lezen staat alleen tekst. Die tekst is niet nagegaan."""
    los = []
    for regel in regels:
        for vak in regel.values():
            if isinstance(vak, float):
                los.append(vak)
    klopt(not los, "blad met tekst", f"{WERKMAP}, {blad}", f"niet {los}")


def kijk_inhoud(regels, tabellen):
    """De inhoud noemt elke tabel, en hoeveel rijen zij heeft."""
    _, van_inhoud = in_tabel(regels)
    plaats = f"{WERKMAP}, {INHOUD}"
    genoemd = []
    for regel in van_inhoud:
        blad, titel, _, aantal = regel.values()
        genoemd.append((blad, titel))
        tabel, _ = tabellen[blad, titel]
        moet = len(rijen_van_tabel(tabel))
        is_goed = aantal == moet or tabel == TARIEVEN
        klopt(is_goed, "aantal rijen", f"{plaats}, {titel}", moet)
    is_alles = genoemd == list(tabellen)
    klopt(is_alles, "inhoud", plaats, "elke tabel één keer")


def kijk_tabel(plaats, blok, tabel, kolommen):
    """Een tabel op een blad heeft de koppen en de rijen van de bijlage, in die volgorde."""
    koppen, regels = in_tabel(blok)
    if tabel == TARIEVEN:
        buiten_de_bijlage["tarieven in de werkmap"] += len(regels)
        return
    moet = [VINDPLAATS]
    for kop, kolom in kolommen:
        moet.append(kop)
        kijk_kop(plaats, tabel, kop, kolom)
    begins = list(rijen_van_tabel(tabel))
    redenen = [redenen_in_blad(tabel, kolommen, begin) for begin in begins]
    if set(redenen) != {NIETS_LEEG}:
        moet.append(WAAROM_LEEG)
    is_goed = list(koppen.values()) == moet
    klopt(is_goed, "koppen", f"{plaats}, {tabel}", moet)
    is_even_lang = len(regels) == len(begins)
    klopt(is_even_lang, "tabel op een blad", f"{plaats}, {tabel}", f"{len(begins)} rijen")
    if is_goed and is_even_lang:
        for nummer, begin in enumerate(begins):
            kijk_regel(plaats, regels[nummer], koppen, kolommen, begin, redenen[nummer])


def kijk_kop(plaats, tabel, kop, kolom):
    """Een kop in de werkmap is hoe die kolom in het datapakket heet."""
    moet = veld_van_kolom(tabel, kolom)["title"]
    klopt(kop == moet, "kop", f"{plaats}, {tabel}: {kop}", moet)


def kijk_regel(plaats, regel, koppen, kolommen, begin, reden):
    """Een regel van een blad heeft in elk vak wat in de bijlage staat, en niets meer."""
    letters = list(koppen)
    hier = f"{plaats}, {begin}"
    for nummer, (_, kolom) in enumerate(kolommen, start=1):
        waarde, tekst = rijen[begin][kolom]
        letter = letters[nummer]
        is_goed = staat_in_blad(regel.get(letter, ""), waarde, tekst)
        klopt(is_goed, "vak van de werkmap", f"{hier}#{kolom}", tekst)
    naam = regel.get("A", "")
    is_naam = is_vindplaats(naam, begin)
    klopt(is_naam, "vindplaats", f"{plaats}: {naam}", begin)
    erbuiten = set(regel) - set(letters)
    klopt(not erbuiten, "regel van de werkmap", hier, "geen vak meer")
    laatste = letters[-1]
    if koppen[laatste] == WAAROM_LEEG:
        is_reden = regel.get(laatste, "") == reden
        klopt(is_reden, "waarom een vak leeg is", hier, reden)


def redenen_in_blad(tabel, kolommen, begin):
    """Waarom er in een rij een getal of dag niet is, zoals een blad het zegt.

    Een getal dat er niet is, heeft ook geen grenzen: dat staat er één keer.
    """
    redenen = {}
    for kop, kolom in kolommen:
        waarde, tekst = rijen[begin][kolom]
        if waarde is not None:
            continue
        soort = veld_van_kolom(tabel, kolom)["type"]
        van_getal = EINDE.sub("", kolom)
        if soort in GETAL_OF_DAG and van_getal not in redenen:
            redenen[kolom] = f"{kop}: {tekst}"
    return "; ".join(redenen.values()) or NIETS_LEEG


def staat_in_blad(staat, waarde, tekst):
    """Of in een vak van een blad een waarde uit de bijlage staat, of haar tekst."""
    if waarde is None:
        return staat in ("", tekst)
    if DAG.fullmatch(f"{waarde}"):
        dagen = date.fromisoformat(waarde) - DAG_NUL
        return staat == dagen.days
    if isinstance(waarde, float) and isinstance(staat, float):
        return math.isclose(staat, waarde, rel_tol=1e-12, abs_tol=1e-12)
    return staat == tekst


def is_vindplaats(staat, begin):
    """Of een vindplaats de sleutels van haar rij noemt, in woorden en in hun volgorde."""
    over = f"{staat}, "
    _, *sleutels = begin.split("|")
    for sleutel in sleutels:
        genoemd = []
        for waarde, tekst in rijen[begin].values():
            if waarde == getal(sleutel):
                genoemd += [f"{tekst}, ", f"vanaf {tekst}, "]
        past_hier = [een for een in genoemd if over.startswith(een)]
        if not past_hier:
            return False
        langste = max(past_hier, key=len)
        over = over.removeprefix(langste)
    return over == ""


# --- het datapakket -----------------------------------------------------------------------


def kijk_datapakket():
    """Het datapakket heeft de tabellen van de bijlage: koppen, rijen en waarden."""
    with zipfile.ZipFile(MAP / PAKKET) as delen:
        moet = {BESCHRIJVING, VOOR_HET_WEB}
        for tabel in rijen_per_tabel():
            if tabel in ZONDER_TABEL:
                continue
            bestand = f"{tabel}.csv"
            moet.add(bestand)
            inhoud = delen.read(bestand).decode()
            regels = list(csv.reader(io.StringIO(inhoud, newline="")))
            kijk_tabel_van_pakket(f"{PAKKET}, {bestand}", regels, tabel)
        staan = sorted(delen.namelist())
        klopt(staan == sorted(moet), "bestanden in het pakket", PAKKET, sorted(moet))


def kijk_tabel_van_pakket(plaats, regels, tabel):
    """Een tabel van het pakket heeft de rijen van de bijlage, in die volgorde."""
    koppen, *andere = regels
    van_bijlage = rijen_van_tabel(tabel)
    kolommen = kolommen_van(tabel)
    is_kop = koppen == velden_van(tabel) and zijn_koppen(koppen, kolommen)
    klopt(is_kop, "koppen in het datapakket", plaats, [RIJ, *kolommen, WAAROM])
    begins = [regel[0] for regel in andere]
    zijn_er = begins == list(van_bijlage)
    klopt(zijn_er, "rijen in het datapakket", plaats, "elke rij één keer, op volgorde")
    for begin, *vakken, waarom in andere:
        rij = van_bijlage.get(begin, {})
        staan = [in_pakket(vak) for vak in vakken]
        moet = [waarde for waarde, _ in rij.values()]
        klopt(staan == moet, "rij in het datapakket", f"{plaats}, {begin}", moet)
        redenen = redenen_van(rij, koppen)
        is_reden = waarom == redenen
        klopt(is_reden, "waarom leeg", f"{plaats}, {begin}: {waarom}", redenen)


def kolommen_van(tabel):
    """De kolommen van een tabel van de bijlage."""
    eerste, *_ = rijen_van_tabel(tabel).values()
    return list(eerste)


def veld_van_kolom(tabel, kolom):
    """Wat het datapakket zegt van een kolom van de bijlage."""
    nummer = kolommen_van(tabel).index(kolom)
    _, *namen = velden_van(tabel)  # de eerste is de naam van de rij
    return velden[tabel, namen[nummer]]


def velden_van(tabel):
    """Hoe het datapakket de kolommen van een tabel noemt, met die van rij en reden."""
    return [veld for van_tabel, veld in velden if van_tabel == tabel]


def zijn_koppen(koppen, kolommen):
    """Of koppen van het pakket de kolommen van de bijlage zijn: van een grens het einde."""
    if koppen[:1] != [RIJ] or koppen[-1:] != [WAAROM]:
        return False
    namen = koppen[1:-1]
    if len(namen) != len(kolommen):
        return False
    for nummer, kolom in enumerate(kolommen):
        einde = EINDE.search(kolom)
        is_zelfde = namen[nummer] == kolom
        is_grens = einde is not None and namen[nummer].endswith(einde[1])
        if not is_zelfde and not is_grens:
            return False
    return True


def redenen_van(rij, koppen):
    """Waarom vakken van een rij leeg zijn, zoals het datapakket het zegt."""
    redenen = []
    for nummer, (waarde, tekst) in enumerate(rij.values(), start=1):
        if waarde is None:
            redenen.append(f"{koppen[nummer]}: {tekst or NOOIT}")
    return "; ".join(redenen)


def in_pakket(vak):
    """Een vak van het datapakket zoals de bijlage het heeft, ook ja en nee."""
    if vak in ("true", "false"):
        return vak.capitalize()
    return getal(vak)


# --- de cijfers zelf ----------------------------------------------------------------------


def kijk_aantallen():
    """Elk aantal meldingen is een veelvoud van vijf; elk getal ligt tussen zijn grenzen."""
    eerste_rij = {}
    for begin, rij in rijen.items():
        tabel = tabel_van(begin)
        eerste = eerste_rij.setdefault(tabel, rij)
        is_heel = rij.keys() == eerste.keys() or tabel == "vast"
        klopt(is_heel, "rij", f"{BIJLAGE}, {begin}", "de kolommen van haar tabel")
        for kolom, (waarde, tekst) in rij.items():
            if isinstance(waarde, float):
                kijk_aantal(naam_van(begin, kolom), waarde, tekst)


def kijk_aantal(naam, waarde, tekst):
    """Een getal van de bijlage: een veelvoud, tussen grenzen, en zoals het te lezen is."""
    basis = ernaast("instelling|bescherming.basis", "") or 5
    kolom = kolom_van(naam)
    plaats = f"{BIJLAGE}, {unquote(naam)}"
    if ruimte(naam):
        is_veelvoud = waarde % basis == 0
        klopt(is_veelvoud, "aantal", plaats, f"een veelvoud van {basis:n}")
    laag = ernaast(naam, f"{kolom}:low")
    hoog = ernaast(naam, f"{kolom}:high")
    if laag is not None and hoog is not None:
        ligt_ertussen = laag <= waarde <= hoog
        klopt(ligt_ertussen, "getal tussen grenzen", plaats, (laag, hoog))
    soort = soort_van_cel(naam)
    gewone_vorm, *_ = VORMEN[soort]
    is_tekst = leest(tekst, naam, gewone_vorm)
    klopt(is_tekst, "tekst in de bijlage", plaats, waarde)


def kijk_delingen():
    """Wat een deling is, is die deling: ook wat een melding en wat een inwoner kost."""
    for begin in rijen:
        for deling, teller, noemer, maal in DELINGEN:
            boven = naam_van(begin, teller)
            onder = naam_van(begin, noemer)
            kijk_deling(naam_van(begin, deling), boven, onder, maal)
    for begin in rijen_van_tabel("costs"):
        gemeente = begin.removeprefix("costs|")
        bedrag = naam_van(begin, "amount_covered")
        aantal = naam_van(f"per_period|{gemeente}|whole", "count")
        kijk_deling(naam_van(begin, "per_melding"), bedrag, aantal)
    for begin in rijen_van_tabel("costs_by_size"):
        klasse = begin.removeprefix("costs_by_size|")
        bedrag = naam_van(begin, "amount")
        aantal = naam_van(f"by_size|{klasse}", "count")
        kijk_deling(naam_van(begin, "per_melding"), bedrag, aantal)


def kijk_deling(deling, teller, noemer, maal=1):
    """Of een getal een ander is, gedeeld door een derde; als zij er alle drie zijn."""
    staat = waarde_van(deling)
    boven = waarde_van(teller)
    onder = waarde_van(noemer)
    if staat is None or boven is None or not onder:
        return
    naam = unquote(deling)
    nagerekend.add(naam)
    goed = maal * boven / onder
    is_goed = math.isclose(staat, goed, rel_tol=1e-8)
    klopt(is_goed, "deling", f"{BIJLAGE}, {naam}", goed)


def kijk_sommen(heeft_eerdere):
    """Wat samen een geheel is, telt precies op.

    Als aantallen uit een eerdere uitgave vaststaan, past een som die er zover naast zit als
    het afronden van haar delen kan doen.
    """
    sommen = sommen_van_klassen()
    sommen += sommen_van_perioden()
    sommen += sommen_van_gemeenten()
    sommen += sommen_van_het_district()
    sommen += sommen_van_ontvangen()
    for geheel, delen in sommen:
        kijk_som(geheel, delen, heeft_eerdere)


def kijk_som(geheel, delen, heeft_eerdere):
    """Of delen samen het geheel zijn; als van elk een getal bekend is."""
    moet = waarde_van(geheel)
    waarden = [waarde_van(deel) for deel in delen]
    if moet is None or None in waarden or not delen:
        return
    naam = unquote(geheel)
    nagerekend.add(naam)
    som = sum(waarden)
    mag = 1e-6 * abs(moet)
    if heeft_eerdere:
        mag += ruimte(geheel)
        mag += sum(ruimte(deel) for deel in delen)
    is_goed = abs(som - moet) <= mag
    klopt(is_goed, "som", f"{BIJLAGE}, {naam}: {som:n}", f"{moet:n}")


def sommen_van_klassen():
    """Van elke indeling in klassen: hun aantallen zijn samen het totaal dat erbij staat."""
    klassen = defaultdict(list)
    for begin, rij in rijen.items():
        is_klasse = {"value", "count", "total"} <= rij.keys()
        if is_klasse and tabel_van(begin) != "bounds":
            indeling, _, _ = begin.rpartition("|")
            klassen[indeling].append(begin)
    sommen = []
    for samen in klassen.values():
        geheel = naam_van(samen[0], "total")
        sommen.append((geheel, aantallen_van(samen)))
    return sommen


def sommen_van_perioden():
    """Van elk gebied: alle jaren, kwartalen of maanden zijn samen de hele periode."""
    delen = defaultdict(list)
    for begin, rij in rijen_van_tabel("per_period").items():
        soort, _ = rij["kind"]
        toestand, _ = rij["state"]
        kon_niet = toestand == "not_applicable"  # nog niet aangesloten: geen meldingen
        if soort in soorten_die_alles_zijn() and not kon_niet:
            gebied = begin.split("|")[1]
            delen[gebied, soort].append(begin)
    sommen = []
    for (gebied, _), samen in delen.items():
        geheel = naam_van(f"per_period|{gebied}|whole", "count")
        sommen.append((geheel, aantallen_van(samen)))
    return sommen


@cache
def soorten_die_alles_zijn():
    """De soorten perioden die samen even veel dagen hebben als de hele periode."""
    dagen = Counter()
    for rij in rijen_van_tabel("periods").values():
        soort, _ = rij["kind"]
        begin, _ = rij["begin"]
        eind, _ = rij["end"]
        duur = date.fromisoformat(eind) - date.fromisoformat(begin)
        dagen[soort] += duur.days + 1
    alle = dagen.pop("whole", 0)
    return [soort for soort in dagen if dagen[soort] == alle]


def sommen_van_gemeenten():
    """Wat gemeenten samen ontvingen, op elke manier waarop de bijlage het indeelt."""
    per_gemeente = []
    for begin in rijen_van_tabel("connection"):
        gemeente = begin.removeprefix("connection|")
        per_gemeente.append(f"per_period|{gemeente}|whole")
    alles = naam_van("received|whole|all", "count")
    return [
        (alles, aantallen_van(per_gemeente)),
        (alles, aantallen_van(rijen_van_tabel("by_size"))),
        (alles, aantallen_van(rijen_van_tabel("since_connection"))),
    ]


def sommen_van_het_district():
    """Een melding bij twee gemeenten telt in het district één keer; de kosten tellen op."""
    alles = naam_van("received|whole|all", "count")
    sommen = []
    for begin in rijen_van_tabel("received_twice"):
        district = begin.removeprefix("received_twice|")
        in_district = naam_van(f"per_period|{district}|whole", "count")
        ontvangen = naam_van(begin, "receipts")
        meldingen = naam_van(begin, "tips")
        nog_eens = naam_van(begin, "again")
        sommen.append((ontvangen, [alles]))
        sommen.append((meldingen, [in_district]))
        sommen.append((ontvangen, [meldingen, nog_eens]))
    for begin in rijen_van_tabel("costs_of_district"):
        bedragen = [naam_van(rij, "amount") for rij in rijen_van_tabel("costs")]
        sommen.append((naam_van(begin, "amount"), bedragen))
    return sommen


def sommen_van_ontvangen():
    """Van wat gemeenten ontvingen: de jaren samen, en nieuwe en andere gemeenten samen."""
    jaren = []
    groepen = defaultdict(list)
    for begin, rij in rijen_van_tabel("received").items():
        soort, _ = rij["kind"]
        periode, _ = rij["period"]
        groep, _ = rij["value"]
        if groep != "all":
            groepen[periode].append(begin)
        elif soort != "whole":
            jaren.append(begin)
    sommen = []
    if "year" in soorten_die_alles_zijn():
        alles = naam_van("received|whole|all", "count")
        sommen.append((alles, aantallen_van(jaren)))
    for periode, samen in groepen.items():
        geheel = naam_van(f"received|{periode}|all", "count")
        sommen.append((geheel, aantallen_van(samen)))
    return sommen


def aantallen_van(begins):
    """De namen van de aantallen in rijen; van een rij die er niet is, staat er geen."""
    return [naam_van(begin, "count") for begin in begins if begin in rijen]


# --- wat niet na te rekenen is ------------------------------------------------------------


def niet_nagerekend():
    """Wat voor getallen van de bijlage niet na te rekenen zijn, en hoeveel."""
    aantal = Counter()
    for begin, rij in rijen.items():
        for kolom, (waarde, _) in rij.items():
            is_getal = isinstance(waarde, float)
            if is_getal and f"{begin}#{kolom}" not in nagerekend:
                aantal[soort_die_blijft(begin, kolom)] += 1
    aantal += buiten_de_bijlage
    aantal["getallen op pagina's die de maker typte"] += geteld["getypt getal"]
    return aantal


def soort_die_blijft(begin, kolom):
    """Wat een getal is dat niet na te rekenen is."""
    naam = naam_van(begin, kolom)
    soort = soort_van_cel(naam)
    if begin.startswith("instelling|"):
        return "instellingen van de evaluatie"
    if begin.startswith("survey"):
        return "antwoorden op de vragenlijst"
    if kolom == "off" or kolom.endswith("_off"):
        return "keer hoever een aantal ernaast kan liggen"
    if EINDE.search(kolom) or soort in ("minstens", "hoogstens"):
        return "grenzen: van hoeveel tot hoeveel iets kan zijn"
    if soort == "bedrag":
        return "bedragen"
    if soort == "aantal":
        return "aantallen die zijn geteld"
    return "schattingen, duren en andere getallen"


def main():
    """Ga alles na, en zeg wat is nagegaan, wat niet kon, en wat niet past."""
    try:
        manifest = lees_manifest()
        kijk_bestanden(manifest)
        bladen = lees_alles()
        kijk_aantallen()
        kijk_delingen()
        kijk_sommen(manifest.get("keeps_earlier", False))
        kijk_werkmap(bladen)
        kijk_datapakket()
        for pad in sorted(MAP.glob("*.html")):
            pagina = Pagina(pad.name)
            kijk_pagina(pagina)
            word = pad.with_suffix(".docx")
            if word.exists():
                kijk_voorstel(word.name, pagina)
    except ONLEESBAAR as reden:
        verwacht = f"alle bestanden van één uitgave, heel ({reden!r})"
        klopt(False, "map", f"{MAP}", verwacht)
    zeg_alles()
    return 1 if fouten else 0


def zeg_alles():
    """Zeg wat is nagegaan, wat niet na te rekenen is, en wat niet past."""
    regels = [f"{keer:7} keer nagegaan: {wat}" for wat, keer in geteld.items()]
    regels.append("Niet na te rekenen, alleen naast de andere bestanden gelegd:")
    for wat, keer in niet_nagerekend().items():
        regels.append(f"{keer:7} {wat}")
    regels += fouten
    regels.append(f"{len(fouten)} keer past het niet." if fouten else "Alles past.")
    schrift = sys.stdout.encoding or "utf-8"
    tekst = "\n".join(regels).encode(schrift, "replace")
    print(tekst.decode(schrift))


if __name__ == "__main__":
    sys.exit(main())
