"""How many meldingen one gemeente received, and whether that changes."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Sure, Table, Text, text
from mma_analysis.show.development.district import CANNOT_TELL, VERDICTS
from mma_analysis.show.facts import Change, Received

# What `measure` asks of two years before it compares them, in words; a test holds them equal.
FEWEST_MONTHS = 6
FEWEST_MELDINGEN = 10
AMONG_MANY = (
    "Maar wij vergelijken veel gemeenten, en dan ligt er sneller een door toeval buiten zulke "
    "grenzen. Daarom zeggen wij: geen duidelijke verandering."
)


def gemeente_sentence(e: Evaluation) -> Text:
    """Since when the gemeente is connected and how many meldingen that brought."""
    return text(f"{since(e)} {_received(e)}", _rate(e), _causes(e))


def since(e: Evaluation) -> str:
    """Since when the gemeente is connected, as a sentence."""
    connected_on = facts.connection(e).connected_on
    if connected_on is None:
        return f"Het is niet bekend sinds wanneer {e.area.name} meldingen rechtstreeks ontvangt."
    word = "vanaf" if connected_on.date() > e.peildatum else "sinds"
    return f"{e.area.name} ontvangt {word} {words.day(connected_on)} meldingen rechtstreeks."


def halves_chart(e: Evaluation) -> Block:
    """The gemeente's own meldingen per half year."""
    rows = facts.received(e, facts.HALF)
    if not any(row.count.is_shown for row in rows):
        return text("Daarom staat hier geen figuur van de meldingen per halfjaar.")
    bars = [charts.Bar(row.period.label, row.count.value, row.count.spoken) for row in rows]
    return Chart(
        title=_halves_title(e, rows),
        unit=f"Ontvangen meldingen in {e.area.name} per halfjaar",
        figure=charts.bars(bars),
        alt="Staafdiagram. " + " ".join(f"{bar.spoken}." for bar in bars),
        caption=_halves_caption(rows),
        table=Table(
            f"Meldingen in {e.area.name} per halfjaar",
            ["Halfjaar", "Meldingen", "Maanden aangesloten"],
            [[row.period.label, row.count.text, _months(row)] for row in rows],
            sources=("per_period",),
        ),
    )


def halves_table(e: Evaluation) -> Block:
    """The meldingen of every gemeente per half year, in the order of the alphabet."""
    labels = [period.label for period in facts.periods(e, facts.HALF)]
    rows = [
        [
            area.name,
            *[row.count.text for row in facts.received(e, facts.HALF, area.slug)],
            facts.total(e, area.slug).text,
        ]
        for area in e.vocabulary.gemeenten
    ]
    return Table(
        "Meldingen per halfjaar en gemeente",
        ["Gemeente", *labels, "Samen"],
        rows,
        sources=("per_period",),
    )


def gemeente_sure(e: Evaluation) -> Block:
    """The change between the last two years, with its interval and verdict."""
    change = facts.year_on_year(e)
    if change is None:
        return Sure(f"{_rate_interval(e)}{' '.join(no_change(e))}")
    told = AMONG_MANY if is_set_aside(change) else VERDICTS[change.verdict]
    return Sure(
        f"{_rate_interval(e)}{_ratio(change.value)} Met 95% zekerheid ligt dat "
        f"{words.between_times(change.low, change.high)}. {told}"
    )


def is_set_aside(change: Change) -> bool:
    """Whether a clear change of this gemeente alone is not one among all that were compared."""
    return change.verdict == "no_change" and not change.low <= 1 <= change.high


def _received(e: Evaluation) -> str:
    count = facts.total(e)
    if not count.is_shown:
        return facts.absence(e, "")
    connected_on = facts.connection(e).connected_on
    is_later = connected_on is not None and connected_on.date() >= e.begin
    when = f"Tot en met {words.day(e.peildatum)}" if is_later else f"Van {facts.whole_span(e)}"
    return f"{when} kreeg {e.area.name} {count.sentence}."


def _rate(e: Evaluation) -> str:
    rate = facts.whole(e).per_month
    if rate is None or not rate.value:
        return ""
    own = f"Dat is gemiddeld {words.number(rate.value, 1)} per maand."
    return f"{own} {_per_inhabitants(e)}".rstrip()


def _per_inhabitants(e: Evaluation) -> str:
    own, of_all = (
        facts.whole(e).per_10000,
        facts.real(e.table("received_twice")["per_10000"].iloc[0]),
    )
    if own is None:
        return ""
    beside = (
        ""
        if of_all is None
        else f", voor alle gemeenten in {e.district.name} samen {words.number(of_all, 1)}"
    )
    return (
        f"Per 10.000 inwoners (op {words.day(facts.middle(e))}) zijn het er in een jaar "
        f"{words.number(own.value, 1)}{beside}. Met 95% zekerheid ligt dat voor {e.area.name} "
        f"tussen {words.number(own.low, 1)} en {words.number(own.high, 1)}."
    )


def _causes(e: Evaluation) -> str:
    """Where the change between the last two years comes from, when that is more than one thing."""
    causes = facts.causes(e)
    if causes is None or not causes.months:
        return ""
    more = _more(causes.growth)
    told = f"In {causes.last.label} kreeg {e.area.name} {more} in {causes.first.label}."
    longer = "langer" if causes.months > 0 else "korter"
    # The rest cannot be told from chance, or from what was rounded.
    if facts.year_on_year(e) is None or words.off(causes.growth):
        return f"{told} De gemeente was in het laatste jaar {longer} aangesloten."
    return (
        f"{told} {words.capital(longer)} aangesloten zijn telt daarin voor "
        f"{words.signed(causes.months)}, het aantal meldingen per maand voor "
        f"{words.signed(causes.same)}."
    )


def _more(growth: int) -> str:
    if abs(growth) <= words.off(growth):
        return f"{words.about(growth)}evenveel meldingen als"
    return f"{words.about(growth)}{words.meldingen(abs(growth))} {facts.how_many(growth)} dan"


def _rate_interval(e: Evaluation) -> str:
    rate = facts.whole(e).per_month
    if rate is None or not rate.value:
        return ""
    return (
        "Ook als er niets verandert, is de ene maand drukker dan de andere. Met 95% zekerheid ligt "
        f"het gemiddelde per maand tussen {words.number(rate.low, 1)} en "
        f"{words.number(rate.high, 1)}. "
    )


def _ratio(ratio: float) -> str:
    if ratio == float("inf"):
        return "In het eerste jaar kwam er (bijna) geen melding binnen, in het laatste jaar wel."
    times = words.number(ratio, 1)
    how_many = "ongeveer evenveel" if times == "1,0" else f"{times} keer zoveel"
    return (
        f"Per aangesloten maand kwamen er in het laatste jaar {how_many} meldingen binnen als in "
        "het jaar ervoor."
    )


def no_change(e: Evaluation) -> tuple[str, str]:
    """That nothing is told of a change, and why."""
    return CANNOT_TELL, _why_unknown(e)


def _why_unknown(e: Evaluation) -> str:
    """Why this gemeente's last two years cannot be compared."""
    years = facts.last_two_years(e)
    if len(years) < 2:
        return "Daarvoor zijn twee volledige jaren nodig."
    if not facts.total(e).is_shown:
        return facts.absence(e, "")
    rows = [row for row in facts.received(e, facts.YEAR) if row.period in years]
    if any(row.connected_months is None for row in rows):
        return "Daarvoor moet bekend zijn sinds wanneer de gemeente is aangesloten."
    short = min(rows, key=lambda row: row.connected_months or 0)
    if _halves(short) < FEWEST_MONTHS:
        return (
            f"{e.area.name} was {_connected(short)} in {short.period.label}. Nodig zijn minstens "
            f"{words.in_words(FEWEST_MONTHS)} maanden in elk van beide jaren."
        )
    return (
        f"Daarvoor moeten hier in twee jaar samen minstens {words.in_words(FEWEST_MELDINGEN)} "
        "meldingen staan."
    )


def _connected(row: Received) -> str:
    if not row.connected_months:
        return "nog niet aangesloten"
    if _halves(row) < 1:
        return "nog geen maand aangesloten"
    months = words.months(row.connected_months)
    return f"{months} {'maand' if months == '1' else 'maanden'} aangesloten"


def _halves(row: Received) -> float:
    """Connected months as they are told, so that a reader sees by which it was decided."""
    return words.half_months(row.connected_months or 0)


def _halves_title(e: Evaluation, rows: list[Received]) -> str:
    """What the last half year brought, and the one before it when there was one."""
    *earlier, last = [row for row in rows if row.count.is_shown]
    told = f"{words.capital(last.count.sentence)} in {last.period.label}"
    if not earlier:
        return f"{told} in {e.area.name}"
    return f"{told}, {earlier[-1].count.text} in het halfjaar ervoor"


def _halves_caption(rows: list[Received]) -> str:
    if all(row.connected_months is not None for row in rows):
        return (
            "In de tabel staat hoeveel maanden de gemeente in elk halfjaar was aangesloten, "
            "afgerond op halve maanden."
        )
    return "Hoeveel maanden de gemeente in elk halfjaar was aangesloten, is niet bekend."


def _months(row: Received) -> str:
    months = row.connected_months
    return words.MISSING if months is None else words.months(months)
