"""How many meldingen one gemeente received, and whether that changes."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Table, Text, text
from mma_analysis.show.development.district import CANNOT_TELL, VERDICTS
from mma_analysis.show.facts import Change, Received

NO_CLEAR_CHANGE = "Er is geen duidelijke verandering."
TOGETHER = (
    "Dat is mede op grond van de andere gemeenten: de eigen aantallen alleen zeggen te weinig."
)


def gemeente_sentence(e: Evaluation) -> Text:
    """Since when the gemeente is connected and how many meldingen that brought."""
    return text(f"{since(e)} {_received(e)}", _rate(e))


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
        return text()
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


def gemeente_trend(e: Evaluation) -> Text:
    """The yearly change of the gemeente, with its interval and verdict."""
    change = facts.own_trend(e)
    if change is None:
        return text(f"{_rate_interval(e)}{CANNOT_TELL} {why_unknown(e)}")
    return text(f"{_rate_interval(e)}{own_change(change)}")


def own_change(change: Change) -> str:
    """The change with its interval, and what may be said of it."""
    said = VERDICTS[change.verdict] if change.verdict in ("more", "fewer") else NO_CLEAR_CHANGE
    beside = TOGETHER if change.verdict == "no_change" else ""
    return (
        f"{said} Per jaar kwamen er naar schatting {words.change(change.value)} meldingen per "
        f"aangesloten maand binnen. Met 95% zekerheid ligt dat tussen {words.change(change.low)} "
        f"en {words.change(change.high)}. {beside}".strip()
    )


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


def _rate_interval(e: Evaluation) -> str:
    rate = facts.whole(e).per_month
    if rate is None or not rate.value:
        return ""
    return (
        "Ook als er niets verandert, is de ene maand drukker dan de andere. Met 95% zekerheid ligt "
        f"het gemiddelde per maand tussen {words.number(rate.low, 1)} en "
        f"{words.number(rate.high, 1)}. "
    )


def why_unknown(e: Evaluation) -> str:
    """Why nothing can be said of a change in this gemeente."""
    if not facts.total(e).is_shown:
        return facts.absence(e, "")
    if facts.connection(e).connected_on is None:
        return "Daarvoor moet bekend zijn sinds wanneer de gemeente is aangesloten."
    if e.table("trend_rows").empty:
        return (
            "Daarvoor zijn minstens achttien maanden nodig, en van elke gemeente de dag waarop zij "
            "is aangesloten."
        )
    return "De aantallen sluiten een halvering of verdubbeling niet uit."


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
