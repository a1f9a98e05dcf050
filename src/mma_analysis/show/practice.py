"""Werkwijze, samenwerking en registratie: what gemeenten say they do, and what they register."""

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, parts, words
from mma_analysis.show.blocks import Block, Chart, Meaning, Sure, Table, Text, text
from mma_analysis.show.parts import Breakdown
from mma_analysis.show.questions import question
from mma_analysis.show.survey import answers_chart
from mma_analysis.vocabulary import UNKNOWN, Area

OPEN = ("ontvangen", "in_behandeling")
MOST_NAMED = 3  # in a title
NEVER = "nooit"
IN_TABLE = ("has_time", "has_location", "has_person", "has_vehicle", "result")
# In a sentence; without its article it is a heading.
FIELDS = {
    "topic_group": "het onderwerp",
    "also_sent_to": "wie de melding nog meer kreeg",
    "has_time": "het tijdstip",
    "has_location": "de plaats",
    "has_person": "de persoon",
    "has_vehicle": "het voertuig",
    "status": "de stand van zaken",
    "disposition": "de afhandeling",
    "result": "het resultaat",
    "usable": "de bruikbaarheid",
}


def receivers_chart(e: Evaluation) -> Block:
    """Who receives the tips within the gemeente."""
    return answers_chart(e, "ontvanger", "Wie de meldingen ontvangt")


def partners_chart(e: Evaluation) -> Block:
    """With whom gemeenten consult about a tip."""
    return answers_chart(e, "afstemming_met", "Met wie gemeenten een melding afstemmen")


def registration_chart(e: Evaluation) -> Block:
    """Where gemeenten register the tips."""
    return answers_chart(e, "registratie", "Waar gemeenten de meldingen registreren")


def backlog_sentence(e: Evaluation) -> Text:
    """Which part of the meldingen is still open, as far as that is registered and shown."""
    own = parts.breakdown(e, "status")
    known, total = own.known, own.total.value
    if not own.is_shown or known is None or total is None:
        return text(facts.absence(e, f"Hoeveel meldingen in {e.area.name} nog open staan,"))
    if words.is_none(known):
        return text(f"Van geen enkele melding in {e.area.name} is bekend hoe ver zij is.")
    of_how_many = (
        words.of_meldingen(known, total)
        if known == total
        else f"{words.number(known)} van de {words.meldingen(total)}"
    )
    still_open = sum(own.count(code) for code in OPEN)
    return text(
        f"Van {of_how_many} in {e.area.name} is bekend hoe ver zij "
        f"{'is' if known == 1 else 'zijn'}. Op de peildatum {_open(still_open)}."
    )


def _open(count: int) -> str:
    """How many were still open, to follow `op de peildatum`."""
    if most := words.most_of_nothing(count):
        return f"stonden er daarvan nog hoogstens {most} open"
    if not count:
        return "stond daarvan niets meer open"
    verb = "stond" if count == 1 else "stonden"
    return f"{verb} er daarvan nog {words.number(count)} open. Wat net binnen is, telt daarbij mee"


def completeness_sentence(e: Evaluation) -> Text:
    """Which fields are known of less than half of the meldingen, for certain."""
    fields = _fields(e, e.area)
    known = _told(fields)
    if not known:
        return text(facts.instead(e, _why_no_shares(e)))
    few = [what for what, n in known.items() if words.is_larger(fields[what].count(UNKNOWN), n)]
    untold = len(fields) - len(known)
    which = "Elk gegeven dat wij tonen," if untold else "Elk gegeven"
    found = (
        f"{_how_many(len(few))} bij minder dan de helft van de meldingen bekend: "
        f"{words.listing(few)}."
        if few
        else f"{which} is bekend bij ongeveer de helft van de meldingen of meer."
    )
    noun = "gegeven" if untold == 1 else "gegevens"
    hidden = f" Van {words.in_words(untold)} {noun} tonen wij dit niet." if untold else ""
    return text(f"{found}{hidden} Wat niet is geregistreerd, is niet te evalueren.")


def _why_no_shares(e: Evaluation) -> str:
    count = facts.total(e).value
    if count and count < words.FEW:
        return (
            f"{e.area.name} ontving minder dan {words.FEW} meldingen: te weinig voor percentages."
        )
    return facts.absence(e, f"Hoe volledig de registratie in {e.area.name} is,")


def _how_many(fields: int) -> str:
    """So many fields are, at the beginning of a sentence."""
    if fields == 1:
        return "Eén gegeven is"
    return f"{words.capital(words.in_words(fields))} gegevens zijn"


def completeness_chart(e: Evaluation) -> Block:
    """The share of meldingen of which each field is known; the district's when none is shown."""
    area = e.area if _told(_fields(e, e.area)) else e.district
    fields = _fields(e, area)
    bars = [
        charts.Bar(
            _heading(what),
            own.known_share,
            words.STATE_WORDS["hidden"] if own.known is None else own.known_text,
        )
        for what, own in fields.items()
    ]
    head = ["Gegeven", area.name]
    rows = [[_heading(what), own.known_text] for what, own in fields.items()]
    if not area.is_district:
        head.append(e.district.name)
        of_all = [own.known_text for own in _fields(e, e.district).values()]
        rows = [[*row, share] for row, share in zip(rows, of_all, strict=True)]
    return Chart(
        title=_title(area, fields),
        unit="Percentage van de meldingen waarvan het gegeven bekend is",
        figure=charts.bars(bars, whole=1),
        alt="Staafdiagram. " + " ".join(f"{bar.spoken}." for bar in bars),
        caption="Bij tijdstip, plaats, persoon en voertuig gaat het erom of is geregistreerd dat "
        "het in de melding staat of niet. Registreert een gemeente een gegeven nooit, dan tellen "
        "al haar meldingen hier als onbekend.",
        table=Table(
            f"Volledigheid van de registratie in {area.name}", head, rows, sources=("completeness",)
        ),
    )


def gemeenten_sentence(e: Evaluation) -> Text:
    """Which gemeenten do not register any result."""
    table = e.table("completeness")
    whole = table[table["period"].eq(facts.WHOLE) & table["field"].eq("result")]
    is_told = whole["registers"].notna() | whole["state"].eq("hidden")
    told = whole[is_told & whole["area"].ne(e.district.slug)]
    if told.empty:
        return text("Van geen enkele gemeente is bekend of zij het resultaat bijhoudt.")
    never = sorted(str(area) for area in told.loc[told["registers"].eq("never"), "area"])
    if not never:
        is_all = len(told) == len(e.vocabulary.gemeenten)
        who = "Elke gemeente" if is_all else "Elke gemeente die leverde,"
        return text(f"{who} houdt van ten minste een deel van de meldingen het resultaat bij.")
    who = words.gemeenten(len(told) - len(never), len(told), "houdt", "houden")
    return text(
        f"{words.capital(who)} van ten minste een deel van de meldingen het resultaat bij. In de "
        f"registratie van {facts.names(e, never)} staat het nooit."
    )


def gemeenten_table(e: Evaluation) -> Block:
    """Of how many meldingen each field is known: per gemeente, and in the district per year."""
    table = e.table("completeness")
    rows = {
        (row["area"], row["period"], row["field"]): _known_text(e, row)
        for _, row in table.iterrows()
    }
    return Table(
        "Hoe vaak een gegeven bekend is, per gemeente en per jaar",
        ["Gemeente", *[_heading(FIELDS[field]) for field in IN_TABLE]],
        [
            [name, *[rows.get((area, period, field), "") for field in IN_TABLE]]
            for name, area, period in _lines(e)
        ],
        note=f"Percentage van de meldingen waarvan het gegeven bekend is. {words.capital(NEVER)}: "
        "het staat bij geen enkele melding van die gemeente. Gemeenten staan op alfabet.",
        sources=("completeness",),
    )


def sure(e: Evaluation) -> Block:
    """What a filled field says, and what it does not."""
    return Sure(
        "De percentages komen uit tellingen, niet uit schattingen. Ze zeggen of een gegeven is "
        "ingevuld, niet of het klopt: dat kunnen wij niet controleren."
    )


def meaning(e: Evaluation) -> Block:
    """What different ways of registering mean for figures that are put together."""
    asked = question(e, "registratie")
    used = 0 if asked is None else sum(count > 0 for count in asked.answers.values())
    if used < 2:
        return Meaning("Wat niemand opschrijft, kan een volgende evaluatie ook niet laten zien.")
    return Meaning(
        "Niet alle gemeenten houden meldingen op dezelfde plek bij. Schrijven zij wel allemaal "
        "dezelfde gegevens op, dan zijn hun cijfers beter te vergelijken."
    )


def _lines(e: Evaluation) -> list[tuple[str, str, str]]:
    """Name, area and period of each line of the table."""
    district = e.district
    return [
        *((area.name, area.slug, facts.WHOLE) for area in e.vocabulary.gemeenten),
        (district.name, district.slug, facts.WHOLE),
        *(
            (f"{district.name}, {year.label}", district.slug, year.code)
            for year in facts.periods(e, facts.YEAR)
        ),
    ]


def _known_text(e: Evaluation, row: pd.Series) -> str:
    """The share that is known; in words when there is none, and else the sign of why not."""
    if row["registers"] == "never":
        return NEVER
    if row["state"] != "shown":
        return words.STATE_TEXT[row["state"]]
    if pd.isna(row["share"]):
        return words.TOO_FEW
    known, unknown, total = (
        facts.counted(e, n, row["area"])
        for n in (row["count"], row["total"] - row["count"], row["total"])
    )
    return words.known_share_of(known, unknown, total)


def _fields(e: Evaluation, area: Area) -> dict[str, Breakdown]:
    return {what: parts.breakdown(e, field, area) for field, what in FIELDS.items()}


def _heading(what: str) -> str:
    """`het tijdstip` → `Tijdstip`."""
    return words.capital(what.removeprefix("het ").removeprefix("de "))


def _told(fields: dict[str, Breakdown]) -> dict[str, int]:
    """The fields of which the share is told that is known: of how many meldingen each is."""
    return {
        what: own.known
        for what, own in fields.items()
        if own.known is not None and own.known_share is not None
    }


def _title(area: Area, fields: dict[str, Breakdown]) -> str:
    """Name the least registered fields, of those that are shown."""
    known = _told(fields)
    if not known:
        return f"Hoe volledig de registratie in {area.name} is"
    least = min(known, key=lambda what: int(known[what]))
    count = known[least]
    most = fields[least].count(UNKNOWN)
    lowest = [what for what in known if not words.is_larger(most, fields[what].count(UNKNOWN))]
    never = [what for what in lowest if words.is_none(known[what])]
    share = words.share_of(count, fields[least].total.value or count)
    if len(lowest) == len(known) and not never:
        which = "Elk gegeven dat wij tonen," if len(known) < len(fields) else "Elk gegeven"
        often = f"{words.about(count)}even vaak"
        return f"{which} is in {area.name} {often} geregistreerd ({share})"
    named = never or lowest
    which = words.listing(named)
    if len(named) > MOST_NAMED:
        which = f"{len(named)} van de {len(known)} gegevens"
    if never:
        return f"Nooit geregistreerd in {area.name}: {which}"
    of_told = ", van wat wij tonen" if len(known) < len(fields) else ""
    close = words.about(count) if len(named) > 1 else ""
    return f"Het minst vaak geregistreerd in {area.name}{of_told}: {which} ({close}{share})"
