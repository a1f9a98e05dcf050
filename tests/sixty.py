"""Sixty files as civil servants send them, by kind and seed, with the truth beside them.

The truth is what was drawn before anything was written: nothing of the package counts it.
"""

import datetime as dt
import io
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import xlsxwriter

BEGIN = dt.date(2021, 7, 1)
DAYS = 700
SEEDS = (1, 2)
PERSONS = ("Fatima el Idrissi", "Bram Tenhagen", "Wilhelmina Oude Nijhuis", "Kevin Zandstra")
TOPICS = {
    "Drugsdelicten": "drugsdelicten",
    "Woonfraude": "woonfraude",
    "Fraude": "fraude",
    "Overig": "overig",
}
RESULTS = {
    "Bevestigd": "bevestigd",
    "Niet bevestigd": "niet_bevestigd",
    "Deels bevestigd": "deels_bevestigd",
    "": "onbekend",
}
MONTHS = ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus")
MONTHS += ("september", "oktober", "november", "december")
HEADERS = ("Meldnummer", "Datum ontvangst", "Onderwerp", "Resultaat", "Toelichting")
IGNORED = "niet gelezen: niet nodig"
FREE_TEXT = "tekst van de melding: niet gelezen"


@dataclass
class Tip:
    """One melding as it happened."""

    number: str
    day: dt.date
    topic: str
    result: str
    text: str

    def row(self) -> list[object]:
        """Its cells below `HEADERS`, the day as Dutch people write it."""
        return [self.number, f"{self.day:%d-%m-%Y}", self.topic, self.result, self.text]


@dataclass
class Delivered:
    """A file, what is true of it, and what a colleague would answer when asked.

    `asks`: a word of the question that must come before anything is counted; `headers` and
    `words` are answers in the workbook, `own` lines in the settings. A file that is of no
    use is `refused`. `rejected` rows are refused with a reason, `double` rows are double.
    """

    name: str
    content: bytes
    tips: Sequence[Tip] = ()
    asks: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    own: str = ""
    is_refused: bool = False
    rejected: int = 0
    double: int = 0

    @property
    def truth(self) -> Counter[tuple[dt.date, str, str]]:
        """Day, topic and result → how many meldingen."""
        return Counter((one.day, TOPICS[one.topic], RESULTS[one.result]) for one in self.tips)


def drawn(rng: random.Random, number: int = 24) -> list[Tip]:
    """So many meldingen, of which one is on a day above 12."""
    tips = []
    for at in range(number):
        day = BEGIN + dt.timedelta(days=rng.randrange(DAYS))
        if at == 0:
            day = day.replace(day=27)
        text = f"{rng.choice(PERSONS)} belde over de buren, zei {rng.choice(PERSONS)}"
        number_of_m = f"M2022-{rng.randrange(10**5):05d}{at:02d}"
        topic = rng.choice(list(TOPICS))
        tips.append(Tip(number_of_m, day, topic, rng.choice(list(RESULTS)), text))
    return tips


def csv(rows: Sequence[Sequence[object]], encoding: str = "utf-8") -> bytes:
    """A text file with semicolons."""
    lines = [";".join(str(cell) for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx(sheets: dict[str, Sequence[Sequence[object]]], struck: Sequence[int] = ()) -> bytes:
    """A workbook with real dates; `struck`: rows of the first sheet, from 0."""
    content = io.BytesIO()
    options = {"default_date_format": "dd-mm-yyyy", "strings_to_formulas": False}
    with xlsxwriter.Workbook(content, options) as book:
        through = book.add_format({"font_strikeout": True})
        for at_sheet, (name, rows) in enumerate(sheets.items()):
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                is_struck = at_sheet == 0 and at in struck
                page.write_row(at, 0, row, through if is_struck else None)
    return content.getvalue()


def table(tips: Sequence[Tip]) -> list[Sequence[object]]:
    """The headers, and a row per melding."""
    return [HEADERS, *(tip.row() for tip in tips)]


# --- one kind each ------------------------------------------------------------------------


def plain(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    return Delivered("plat.csv", csv(table(tips)), tips)


def of_windows(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = [(*HEADERS[:4], "Coördinator"), *(tip.row() for tip in tips)]
    headers = {"Coördinator": IGNORED}
    return Delivered("windows.csv", csv(rows, "cp1252"), tips, headers=headers)


def real_dates(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = [[tip.number, tip.day, *tip.row()[2:]] for tip in tips]
    return Delivered("echte-dagen.xlsx", xlsx({"Blad1": [HEADERS, *rows]}), tips)


def below_a_title(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = [["Registratie van de gemeente"], [], [], *table(tips)]
    return Delivered("titel.xlsx", xlsx({"Blad1": rows}), tips)


def sheet_per_year(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    sheets = {}
    for year in (2021, 2022, 2023):
        sheets[str(year)] = table([tip for tip in tips if tip.day.year == year])
    return Delivered("per-jaar.xlsx", xlsx(sheets), tips)


def zeros_lost(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    for at, tip in enumerate(tips):
        tip.number = f"{26100 + at:08d}"
    few = tips[:9]
    rows = [[int(tip.number), *tip.row()[1:]] for tip in few]
    content = xlsx({"alles": table(tips), "2022": [HEADERS, *rows]})
    own = 'blad = "alles"\n'
    return Delivered("nullen.xlsx", content, tips, "alles", own=own)


def several_in_a_row(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = [[*tip.row(), rng.choice((1, 3, 5))] for tip in tips]
    rows[0][-1] = 3
    content = csv([(*HEADERS, "Aantal"), *rows])
    return Delivered("aantal.csv", content, asks="Aantal", is_refused=True)


def struck_through(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = table(tips)
    struck = [3, 7]
    kept = [tip for at, tip in enumerate(tips, start=1) if at not in struck]
    return Delivered(
        "doorgehaald.xlsx",
        xlsx({"Blad1": rows}, struck),
        kept,
        "doorgehaald",
        own="vervallen_telt = false\n",
        rejected=2,
    )


def withdrawn(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    tips[5].text = "VERVALLEN, hoort bij Almelo"
    kept = [tip for at, tip in enumerate(tips) if at != 5]
    own = "vervallen_telt = false\n"
    content = csv(table(tips))
    return Delivered("vervallen.csv", content, kept, "vervallen", own=own, rejected=1)


def crosses(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    for tip in tips:
        tip.result = ""
    topics = list(TOPICS)
    rows = []
    for tip in tips:
        marks = ["x" if tip.topic == topic else "" for topic in topics]
        rows.append([tip.number, f"{tip.day:%d-%m-%Y}", *marks, tip.text])
    head = ["Meldnummer", "Datum ontvangst", *topics, "Toelichting"]
    mark = "onderwerp: de kop, waar iets is aangekruist"
    headers = dict.fromkeys(topics, mark)
    return Delivered("kruisjes.csv", csv([head, *rows]), tips, "Woonfraude", headers)


def second_table(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    below = [["Meldnummer", "Datum doorsturen", "Contactpersoon"]]
    for tip in tips[:3]:
        below.append([tip.number, f"{tip.day:%d-%m-%Y}", rng.choice(PERSONS)])
    rows = [*table(tips), [], *below]
    return Delivered("twee-tabellen.xlsx", xlsx({"Blad1": rows}), tips)


def own_headers(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    head = ["Meldnummer", "Op de mat", "Onderwerp", "Wat kwam eruit?", "Pakt op"]
    rows = [[*tip.row()[:4], rng.choice(PERSONS)] for tip in tips]
    headers = {
        "Op de mat": "dag van ontvangst",
        "Wat kwam eruit?": "resultaat",
        "Pakt op": FREE_TEXT,
    }
    return Delivered("koppen.csv", csv([head, *rows]), tips, "Op de mat", headers)


def own_words(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    named = {"Drugsdelicten": "wietplantje", "Woonfraude": "spookbewoning hier"}
    rows = [tip.row() for tip in tips]
    for row in rows:
        row[2] = named.get(str(row[2]), row[2])
    words = {name: label for label, name in named.items()}
    return Delivered("woorden.csv", csv([HEADERS, *rows]), tips, "wietplantje", words=words)


def both_unknown(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    head = [*HEADERS[:3], "Geslaagd", "Pakt op"]
    rows = []
    for tip in tips:
        topic = "wietplantje" if tip.topic == "Drugsdelicten" else tip.topic
        rows.append([tip.number, f"{tip.day:%d-%m-%Y}", topic, tip.result, rng.choice(PERSONS)])
    headers = {"Geslaagd": "resultaat", "Pakt op": FREE_TEXT}
    words = {"wietplantje": "Drugsdelicten"}
    return Delivered("beide.csv", csv([head, *rows]), tips, "Geslaagd", headers, words)


def day_or_month(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    for tip in tips:
        tip.day = tip.day.replace(day=rng.randrange(1, 12))
    tips[0].day = dt.date(2022, 3, 4)
    own = 'datumformaat = "dag-maand-jaar"\n'
    return Delivered("dag-maand.csv", csv(table(tips)), tips, "uit elkaar", own=own)


def months_and_quarters(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = [tip.row() for tip in tips]
    rows[4][1] = "mei 2022"
    rows[9][1] = "2e kwartaal 2022"
    kept = [tip for at, tip in enumerate(tips) if at not in (4, 9)]
    return Delivered("maanden.csv", csv([HEADERS, *rows]), kept, rejected=2)


def last_year(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    for tip in tips:
        tip.day = tip.day.replace(year=2019, day=min(tip.day.day, 28))
    return Delivered("oud.csv", csv(table(tips)), rejected=len(tips))


def with_totals(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = table(tips)
    rows.insert(9, ["Totaal", "", 8, "=AANTAL(C2:C9)", ""])
    rows.append(["Totaal", "", len(tips), "100%", ""])
    return Delivered("totalen.csv", csv(rows), tips)


def doubles_that_differ(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    tips[2].result = "Bevestigd"
    again = tips[2].row()
    again[3] = "Niet bevestigd"
    content = csv([*table(tips), again])
    return Delivered("dubbel.csv", content, tips, double=1)


def totals_only(rng: random.Random) -> Delivered:
    rows = [["Maand", *TOPICS]]
    for month in range(1, 13):
        rows.append([f"{month}-2022", *(str(rng.randrange(9)) for _ in TOPICS)])
    content = csv(rows)
    return Delivered("per-maand.csv", content, asks="per-maand.csv", is_refused=True)


def says_the_opposite(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = []
    for tip in tips:
        tip.result = rng.choice(("Bevestigd", "Niet bevestigd"))
        answer = "nee" if tip.result == "Bevestigd" else "ja"
        rows.append([*tip.row()[:3], answer, tip.text])
    head = [*HEADERS[:3], "Loos alarm?", "Toelichting"]
    own = '[gemeenten.losser.waarden.result]\nja = "niet_bevestigd"\nnee = "bevestigd"\n'
    headers = {"Loos alarm?": "resultaat"}
    return Delivered("loos.csv", csv([head, *rows]), tips, "Loos alarm?", headers, own=own)


def in_weeks(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = []
    for tip in tips:
        tip.day -= dt.timedelta(days=tip.day.weekday())
        tip.day = max(tip.day, dt.date(2021, 7, 5))
        year, week, _ = tip.day.isocalendar()
        rows.append([tip.number, f"{year}-W{week:02d}", *tip.row()[2:]])
    own = 'datumformaat = "week"\n'
    return Delivered("weken.csv", csv([HEADERS, *rows]), tips, "weken", own=own)


def with_times(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = [[tip.number, f"{tip.day}T10:12:00", *tip.row()[2:]] for tip in tips]
    return Delivered("tijden.csv", csv([HEADERS, *rows]), tips)


def in_dutch_months(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = []
    for tip in tips:
        day = f"{tip.day.day} {MONTHS[tip.day.month - 1][:3]}. {tip.day.year}"
        rows.append([tip.number, day, *tip.row()[2:]])
    return Delivered("namen-van-maanden.csv", csv([HEADERS, *rows]), tips)


def same_header_twice(rng: random.Random) -> Delivered:
    rows = [[*tip.row(), tip.topic] for tip in drawn(rng)]
    content = csv([(*HEADERS, "Onderwerp"), *rows])
    return Delivered("twee-keer.csv", content, asks="Onderwerp", is_refused=True)


def headers_only(rng: random.Random) -> Delivered:
    return Delivered("leeg.csv", csv([HEADERS]))


def nothing(rng: random.Random) -> Delivered:
    return Delivered("niets.csv", b"", asks="niets.csv", is_refused=True)


def month_banners(rng: random.Random) -> Delivered:
    tips = sorted(drawn(rng), key=lambda tip: tip.day)
    rows: list[Sequence[object]] = [HEADERS]
    before = 0
    for tip in tips:
        if tip.day.month != before:
            rows.append([f"{MONTHS[tip.day.month - 1]} {tip.day.year}", "", "", "", ""])
            before = tip.day.month
        rows.append(tip.row())
    return Delivered("kopjes.xlsx", xlsx({"Blad1": rows}), tips)


def a_test_row(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    tips[4].text = "TEST"
    kept = [tip for at, tip in enumerate(tips) if at != 4]
    own = "vervallen_telt = false\n"
    return Delivered("test.csv", csv(table(tips)), kept, "test", own=own, rejected=1)


def about_persons(rng: random.Random) -> Delivered:
    tips = drawn(rng)
    rows = [[*tip.row(), rng.choice(PERSONS), "AB-12-CD", "Dorpsstraat 12"] for tip in tips]
    content = csv([(*HEADERS, "Persoon", "Kenteken", "Adres"), *rows])
    headers = dict.fromkeys(("Persoon", "Adres"), FREE_TEXT)
    return Delivered("personen.csv", content, tips, headers=headers)


KINDS: tuple[Callable[[random.Random], Delivered], ...] = (
    plain,
    of_windows,
    real_dates,
    below_a_title,
    sheet_per_year,
    zeros_lost,
    several_in_a_row,
    struck_through,
    withdrawn,
    crosses,
    second_table,
    own_headers,
    own_words,
    both_unknown,
    day_or_month,
    months_and_quarters,
    last_year,
    with_totals,
    doubles_that_differ,
    totals_only,
    says_the_opposite,
    in_weeks,
    with_times,
    in_dutch_months,
    same_header_twice,
    headers_only,
    nothing,
    month_banners,
    a_test_row,
    about_persons,
)
