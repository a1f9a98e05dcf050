"""How many tips the district received, and whether that is growth or more gemeenten."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Meaning, Sure, Table, Text, text
from mma_analysis.show.facts import Received, Split
from mma_analysis.vocabulary.headings import words_of

RUNNING_MONTHS = 3
VERDICTS = {
    "more": "Dat is een toename.",
    "fewer": "Dat is een afname.",
    "no_change": "Minder en meer zijn dus allebei mogelijk. Daarom zeggen wij: geen duidelijke "
    "verandering.",
}
# Why a more or fewer is not said, and what is said with one that is.
TAKEN_BACK = {
    "start_up": "de eerste maanden na een aansluiting kunnen anders zijn dan latere",
    "last_quarter": "dit beeld hangt af van het laatste kwartaal",
}
STAYS = {
    "": "Dat blijft zo met een andere aanloop, zonder het laatste kwartaal en met een eigen "
    "verloop per gemeente.",
    "own_courses": "Dat geldt voor deze gemeenten samen, en niet voor elke gemeente apart.",
}
CANNOT_TELL = "Of het aantal verandert, is niet vast te stellen."
JOINING = "doordat er gemeenten bij kwamen of langer waren aangesloten"
TWICE = (
    "Een melding die bij meer dan één gemeente binnenkwam, telt hier bij elke gemeente mee: het "
    "gaat om wat gemeenten ontvingen."
)
# Which months had more or fewer meldingen than was to be expected: information, no alarm.
EXPECTED = (
    "Verwacht: gezien alle andere maanden, het seizoen en wie er was aangesloten. Een "
    f"{words.CANNOT_TELL}: niet vast te stellen."
)
NOT_EXPECTED = "Of een maand opvalt, is niet vast te stellen."
NO_ALARM = "Ongeveer één op de twintig maanden ligt er door toeval buiten."


def district_sentence(e: Evaluation) -> Text:
    """How many tips there were in all and per year."""
    years = facts.received(e, facts.YEAR)
    per_year = [f"{year.count.sentence} ({year.period.label})" for year in years]
    told = (
        f"Per jaar kregen de gemeenten samen {words.listing(per_year)}."
        if len(years) > 1
        else f"Samen kregen de gemeenten in {e.area.name} {facts.total(e).sentence}."
    )
    return text(
        f"{told} Een melding die bij meer dan één gemeente binnenkwam, telt hier één keer.",
        _missing_sentence(e),
    )


def months_chart(e: Evaluation) -> Block:
    """Tips per month above the number of connected gemeenten."""
    rows = facts.received(e, facts.MONTH)
    bands = _campaign_bands(e, rows)
    months = _months(rows, _expected_ranges(e))
    told = _expected_sentence(e, rows, months)
    return Chart(
        title=_months_title(e, rows),
        unit=f"Meldingen per maand (stippen) en gemiddeld over {RUNNING_MONTHS} maanden (lijn)",
        figure=charts.months(months, bands),
        alt=f"{_months_alt(e, rows)} {told}",
        caption=f"{_months_caption(e, rows, bands)} {told}",
        table=Table(
            "Meldingen per maand",
            ["Maand", "Meldingen", "Verwacht", "Aangesloten gemeenten"],
            [
                [
                    words.month(row.period.begin),
                    row.count.text,
                    _expected_cell(month),
                    str(row.connected_gemeenten),
                ]
                for row, month in zip(rows, months, strict=True)
            ],
            note=EXPECTED,
            sources=("per_period", "expected_months"),
        ),
    )


def _expected_ranges(e: Evaluation) -> dict[str, tuple[float, float]]:
    """Month → smallest and largest number to be expected, where that can be told."""
    found = {}
    for _, row in e.of_district("expected_months").iterrows():
        low, high = facts.real(row["low"]), facts.real(row["high"])
        if low is not None and high is not None:
            found[str(row["period"])] = (low, high)
    return found


def _expected_cell(month: charts.Month) -> str:
    if month.low is None or month.high is None:
        return words.CANNOT_TELL
    return words.between(month.low, month.high)


def _expected_sentence(
    e: Evaluation, rows: Sequence[Received], months: Sequence[charts.Month]
) -> str:
    """Which months are unlike all others."""
    if all(month.high is None for month in months):
        return NOT_EXPECTED
    verdicts = e.of_district("expected_months").set_index("period")["verdict"]
    named = [
        f"{words.month(row.period.begin)} ({row.count.text})"
        for row in rows
        if verdicts.get(row.period.code) in ("more", "fewer")
    ]
    begin = f"Het lichtblauwe vlak is wat te verwachten was, gezien alle andere maanden. {NO_ALARM}"
    if not named:
        return f"{begin} Geen enkele maand is zo anders dat toeval is uitgesloten."
    return f"{begin} Bijzonder {'was' if len(named) == 1 else 'waren'} {words.listing(named)}."


def split_chart(e: Evaluation) -> Block:
    """Where the growth between the last two years comes from."""
    split = facts.split(e)
    if split is None:
        return text(_why_no_split(e))
    steps = _steps(e, split)
    return Chart(
        title=_split_title(split),
        unit=f"Verschil tussen {split.first.label} en {split.last.label}, in ontvangen meldingen",
        figure=charts.waterfall(steps),
        alt="Trapdiagram. " + " ".join(f"{step.label}: {step.text}." for step in steps),
        caption="De onderdelen zijn schattingen: tussen haakjes staan de grenzen van 95%. Langer "
        "aangesloten: een gemeente die in het eerste jaar halverwege begon, deed in het tweede "
        f"jaar het hele jaar mee. {TWICE}",
        table=Table(
            "Herkomst van het verschil",
            ["Onderdeel", "Meldingen"],
            [[step.label, step.text] for step in steps],
            sources=("growth_split",),
        ),
    )


def district_sure(e: Evaluation) -> Block:
    """The change within the same gemeenten, with its interval and verdict."""
    trend = facts.trend(e)
    return Sure(_without_trend(e) if trend is None else trend_sentence(trend))


def trend_sentence(trend: facts.Change) -> str:
    """The yearly change with its interval, and what may be said of it."""
    said = VERDICTS[trend.verdict]
    if trend.qualifier in TAKEN_BACK:
        said = f"Maar {TAKEN_BACK[trend.qualifier]}. Of er echt iets verandert, weten wij dus niet."
    elif trend.is_seen:
        said = f"{said} {STAYS[trend.qualifier]}"
    return (
        "Vergelijken wij elke gemeente alleen met zichzelf, dan kwamen er per jaar "
        f"{words.change(trend.value)} meldingen binnen. Met 95% zekerheid ligt dat tussen "
        f"{words.change(trend.low)} en {words.change(trend.high)}. {said}"
    )


def assumptions_table(e: Evaluation) -> Block:
    """Whether the change stays as it is when an assumption does not hold."""
    rows = e.table("trend_rows")
    if rows.empty:
        return text("")
    assumptions, said = words_of("assumption"), words_of("verdict")
    return Table(
        "Blijft dit zo als …",
        ["Als …", "Verandering per jaar", "Oordeel"],
        [
            [assumptions[str(row["assumption"])], *_assumed(row), said[str(row["verdict"])]]
            for _, row in rows.iterrows()
        ],
        note="Wij noemen iets alleen een toename of afname als het dat ook is wanneer de eerste "
        "maanden na aansluiting anders zijn, en zonder het laatste kwartaal. Tussen haakjes staan "
        "de grenzen van 95%.",
        sources=("trend_rows",),
    )


def _assumed(row: pd.Series) -> list[str]:
    if facts.real(row["change"]) is None:
        return [words.CANNOT_TELL]
    change, low, high = (f"{words.signed(row[end] * 100)}%" for end in ("change", "low", "high"))
    return [f"{change} ({low} tot {high})"]


def _without_trend(e: Evaluation) -> str:
    """Why there is no trend."""
    absent = facts.without_delivery(e)
    undated = [area for area in facts.without_date(e) if area not in absent]
    if undated:
        return (
            f"Van {facts.names(e, undated)} weten wij niet sinds wanneer meldingen rechtstreeks "
            f"binnenkomen. Zonder die dag kunnen wij geen trend berekenen. {CANNOT_TELL}"
        )
    return f"Er zijn te weinig maanden of meldingen om een trend te zien. {CANNOT_TELL}"


def meaning(e: Evaluation) -> Block:
    """What the development does and does not mean."""
    split = facts.split(e) if e.area.is_district else None
    sentences = ["Meer of minder meldingen betekent niet dat er meer of minder misdaad is."]
    if split is not None and split.is_by_joining:
        sentences.append("De groei zegt vooral hoeveel gemeenten meedoen, en hoe lang al.")
    return Meaning(" ".join(sentences))


def _months(rows: Sequence[Received], ranges: dict[str, tuple[float, float]]) -> list[charts.Month]:
    """A month's mean is that of itself and its neighbours, and missing at the ends."""
    counts = [row.count.value for row in rows]
    half = RUNNING_MONTHS // 2
    means: list[float | None] = []
    for place in range(len(rows)):
        window = [n for n in counts[max(place - half, 0) : place + half + 1] if n is not None]
        means.append(sum(window) / RUNNING_MONTHS if len(window) == RUNNING_MONTHS else None)
    return [
        charts.Month(
            row.period.label,
            row.count.value,
            mean,
            row.connected_gemeenten,
            *ranges.get(row.period.code, (None, None)),
        )
        for row, mean in zip(rows, means, strict=True)
    ]


def _months_title(e: Evaluation, rows: Sequence[Received]) -> str:
    first, last = rows[0].connected_gemeenten, rows[-1].connected_gemeenten
    if first == last:
        return f"Het aantal aangesloten gemeenten bleef {last}"
    split = facts.split(e)
    if split is not None and split.is_by_joining:
        return "Het aantal meldingen groeit mee met het aantal aangesloten gemeenten"
    return f"Het aantal aangesloten gemeenten ging van {first} naar {last}"


def _months_alt(e: Evaluation, rows: Sequence[Received]) -> str:
    highest = max((row.count.value or 0 for row in rows), default=0)
    most = f" De aantallen gaan tot {words.number(highest)}." if highest else ""
    return (
        f"Grafiek per maand, {facts.whole_span(e)}.{most} Het aantal aangesloten gemeenten ging "
        f"van {rows[0].connected_gemeenten} naar {rows[-1].connected_gemeenten}."
    )


def _months_caption(e: Evaluation, rows: Sequence[Received], bands: Sequence[charts.Band]) -> str:
    sentences = ["Een gemeente telt mee vanaf de maand waarin zij is aangesloten."]
    if bands:
        sentences.append("Een groen vlak is de tijd van een campagne.")
    unknown = facts.without_date(e)
    if unknown:
        sentences.append(
            f"Van {facts.names(e, unknown)} is niet bekend sinds wanneer: deze gemeenten tellen "
            "hier niet mee als aangesloten."
        )
    return " ".join(sentences)


def _campaign_bands(e: Evaluation, rows: Sequence[Received]) -> list[charts.Band]:
    bands = []
    for campaign in e.edition.campagnes:
        inside = [
            place
            for place, row in enumerate(rows)
            if row.period.begin <= pd.Timestamp(campaign.eind)
            and row.period.end >= pd.Timestamp(campaign.begin)
        ]
        if inside:
            bands.append(charts.Band(inside[0], inside[-1], campaign.naam))
    return bands


def _steps(e: Evaluation, split: Split) -> list[charts.Step]:
    joined = facts.counted(e, split.joined.value)  # is drawn as counts are
    return [
        charts.Step(
            split.first.label, split.count_from, words.number(split.count_from), is_total=True
        ),
        charts.Step("Nieuw of langer aangesloten", joined, tens(split.joined)),
        charts.Step("Ander aantal per maand", split.growth - joined, tens(split.same)),
        charts.Step(split.last.label, split.count_to, words.number(split.count_to), is_total=True),
    ]


def tens(size: facts.Interval) -> str:
    """A part of the growth with its limits, in tens: it is an estimate."""
    value, low, high = (words.signed(round(end, -1)) for end in (size.value, size.low, size.high))
    return f"{value} ({low} tot {high})"


def _split_title(split: Split) -> str:
    """In words: a percentage here would look like how sure we are."""
    if not split.by_joining:
        return "Het aantal meldingen groeide niet duidelijk"
    return f"De groei komt {split.by_joining} {JOINING}"


def _why_no_split(e: Evaluation) -> str:
    if len(facts.last_two_years(e)) < 2:
        return (
            "Waar een verschil tussen jaren vandaan komt, is nog niet te zeggen: daarvoor zijn "
            "twee volledige jaren nodig."
        )
    return (
        "Waar het verschil tussen de jaren vandaan komt, is niet te zeggen: het is niet van elke "
        "gemeente bekend sinds wanneer zij is aangesloten."
    )


def _missing_sentence(e: Evaluation) -> str:
    absent = facts.without_delivery(e)
    if not absent:
        return ""
    have = words.plural(len(e.vocabulary.gemeenten) - len(absent), "gemeente", "gemeenten")
    return f"Dit gaat over {have}: van {facts.names(e, absent)} is geen bestand ontvangen."
