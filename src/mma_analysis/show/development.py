"""Ontwikkeling: is it really rising, and where does the growth come from?"""

from itertools import pairwise

import pandas as pd

from mma_analysis import domain
from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, words
from mma_analysis.show.blocks import Block, Chart, Sure, Table, Text, text

VERDICTS = {
    "more": "Dat is een toename.",
    "fewer": "Dat is een afname.",
    "no_change": "Wij noemen dat: geen duidelijke verandering.",
    "cannot_tell": "Of het aantal verandert, is niet vast te stellen.",
}
RUNNING_MONTHS = 3


def district_sentence(e: Evaluation) -> Text:
    """How many tips there were in all and per year."""
    count = facts.total(e)
    per_year = facts.per_period(e, "year")
    parts = [f"{words.count_of(row).text} in {row['label']}" for _, row in per_year.iterrows()]
    return text(
        f"Van {facts.whole_span(e)} ontvingen de gemeenten in {e.area.name} samen "
        f"{count.sentence}: {words.listing(parts)}. Een melding die bij twee gemeenten binnenkwam, "
        "telt hier een keer.",
        _missing_sentence(e),
    )


def months_chart(e: Evaluation) -> Block:
    """Tips per month above the number of connected gemeenten."""
    table = facts.per_period(e, "month")
    labels = [words.short_month(begin) for begin in table["begin"]]
    counts = [None if pd.isna(n) else int(n) for n in table["count"]]
    smooth = table["count"].astype("Float64").rolling(RUNNING_MONTHS, center=True).mean()
    first, last = (
        int(table["connected_gemeenten"].iloc[0]),
        int(table["connected_gemeenten"].iloc[-1]),
    )
    return Chart(
        title="Het aantal meldingen groeit mee met het aantal aangesloten gemeenten",
        unit=f"Meldingen per maand (stippen) en gemiddeld over {RUNNING_MONTHS} maanden (lijn)",
        figure=charts.months(
            labels,
            counts,
            [None if pd.isna(n) else float(n) for n in smooth],
            [int(n) for n in table["connected_gemeenten"]],
            _campaign_bands(e, table),
        ),
        alt=f"Lijngrafiek van het aantal meldingen per maand, {facts.whole_span(e)}. In die tijd "
        f"steeg het aantal aangesloten gemeenten van {first} naar {last}.",
        caption="Maanden met minder dan "
        f"{e.edition.bescherming.drempel} meldingen hebben geen stip. Een gemeente telt mee vanaf "
        "de maand waarin zij is aangesloten.",
        table=Table(
            "Meldingen per maand",
            ["Maand", "Meldingen", "Aangesloten gemeenten"],
            [
                [
                    words.month(row["begin"]),
                    words.count_of(row).text,
                    words.number(row["connected_gemeenten"]),
                ]
                for _, row in table.iterrows()
            ],
        ),
    )


def split_chart(e: Evaluation) -> Block:
    """Where the growth between the last two years comes from."""
    split = e.table("growth_split")
    if split.empty:
        return text(
            "Waar de groei vandaan komt, is niet vast te stellen: daarvoor zijn twee volledige "
            "jaren nodig waarvan alle aantallen getoond mogen worden."
        )
    row = split.iloc[0]
    labels = facts.years(e).set_index("period")["label"]
    first, second = labels[row["period_from"]], labels[row["period_to"]]
    steps = _split_steps(row)
    return Chart(
        title=_split_title(row),
        unit=f"Verschil tussen {first} en {second}, in ontvangen meldingen",
        figure=charts.waterfall(
            [
                (first, row["count_from"], words.number(row["count_from"]), True),
                *[(label, size, words.signed(size), False) for label, size in steps],
                (second, row["count_to"], words.number(row["count_to"]), True),
            ]
        ),
        alt=f"Van {words.number(row['count_from'])} naar {words.number(row['count_to'])} ontvangen "
        "meldingen: "
        + words.listing([f"{words.signed(size)} door {label.lower()}" for label, size in steps])
        + ".",
        caption="Meer maanden: een gemeente die in het eerste jaar halverwege begon, deed in het "
        "tweede jaar het hele jaar mee. Hier telt een melding die bij twee gemeenten binnenkwam "
        "twee keer.",
        table=Table(
            "Herkomst van de groei",
            ["Onderdeel", "Meldingen"],
            [
                [first, words.number(row["count_from"])],
                *[[label, words.signed(size)] for label, size in steps],
                [second, words.number(row["count_to"])],
            ],
        ),
    )


def district_sure(e: Evaluation) -> Block:
    """The change within the same gemeenten, with its interval and verdict."""
    trend = e.table("trend")
    if trend.empty:
        return Sure(
            "Er zijn te weinig maanden en meldingen om een trend te berekenen. "
            + VERDICTS["cannot_tell"]
        )
    row = trend.iloc[0]
    return Sure(
        "Vergelijken we elke gemeente alleen met zichzelf, dan is de verandering "
        f"{words.signed(row['change'] * 100)}% per jaar. Met 95% zekerheid ligt dat tussen "
        f"{words.signed(row['low'] * 100)}% en {words.signed(row['high'] * 100)}%. "
        f"{VERDICTS[row['verdict']]}"
    )


def tile_map(e: Evaluation) -> Block:
    """A small chart per gemeente on a map of tiles."""
    halves = facts.periods(e, "half")
    labels = list(halves["label"])
    tiles, rows = [], []
    for area in domain.gemeenten():
        own = facts.per_period(e, "half", area.slug)
        counts = [words.count_of(row) for _, row in own.iterrows()]
        tiles.append(
            charts.Tile(
                area.name,
                area.tile_row,
                area.tile_column,
                [c.value for c in counts],
                ["" if c.state == "not_applicable" else c.text for c in counts],
                is_marked=area.slug == e.area.slug,
            )
        )
        rows.append([area.name, *[c.text for c in counts]])
    return Chart(
        title=_map_title(e),
        unit=f"Meldingen per halfjaar, {labels[0]} tot en met {labels[-1]}, in elke tegel op "
        "dezelfde schaal",
        figure=charts.tile_map(tiles, labels),
        alt="Kaart van Twente in veertien tegels, met per gemeente het aantal meldingen per "
        "halfjaar. De aantallen staan in de tabel.",
        caption=f"Een punt ({words.HIDDEN}) is een aantal dat wij niet tonen. Een lege plek: nog "
        "niet aangesloten. De plaats van de tegels volgt ongeveer de kaart.",
        table=Table("Meldingen per halfjaar en gemeente", ["Gemeente", *labels], rows),
    )


def national_table(e: Evaluation) -> Block:
    """The national series as a benchmark."""
    rows = [r for r in domain.reference("national") if int(r["year"]) <= e.peildatum.year]
    series = [(int(r["year"]), int(r["forwarded"])) for r in rows][-6:]
    changes = [
        None,
        *[after / before - 1 for (_, before), (_, after) in pairwise(series)],
    ]
    return Table(
        "Landelijk: meldingen die M. doorgaf aan politie, gemeenten en andere partners",
        ["Jaar", "Doorgegeven", "Verandering"],
        [
            [
                str(year),
                words.number(count),
                "" if change is None else f"{words.signed(change * 100, 1)}%",
            ]
            for (year, count), change in zip(series, changes, strict=True)
        ],
        note="Bron: jaarcijfers van M. in de pers. Het gaat om alle partners en om hele "
        "kalenderjaren. Vergelijk daarom de richting en niet het aantal.",
    )


def national_sentence(e: Evaluation) -> Text:
    """What the national figures say about the years evaluated."""
    series = {int(r["year"]): int(r["forwarded"]) for r in domain.reference("national")}
    years = [
        y for y in range(e.begin.year + 1, e.peildatum.year + 1) if y in series and y - 1 in series
    ]
    changes = [f"{words.signed((series[y] / series[y - 1] - 1) * 100, 1)}% in {y}" for y in years]
    if not changes:
        return text("Landelijke cijfers over deze jaren zijn niet bekend.")
    return text(
        f"Landelijk veranderde het aantal doorgegeven meldingen met {words.listing(changes)}. Dat "
        "gaat over alle partners van M., niet alleen over gemeenten."
    )


def gemeente_sentence(e: Evaluation) -> Text:
    """Since when the gemeente is connected and how many meldingen that brought."""
    row = e.own("connection").iloc[0]
    connected = (
        f"{e.area.name} ontvangt sinds {words.day(row['connected_on'])} meldingen rechtstreeks."
        if pd.notna(row["connected_on"])
        else f"Van {e.area.name} is niet bekend sinds wanneer zij meldingen rechtstreeks ontvangt."
    )
    count = facts.total(e)
    if count.state == "missing":
        return text(connected, f"Van {e.area.name} is geen bestand met meldingen ontvangen.")
    until = f"Tot en met {words.day(e.peildatum)} kwamen er {count.sentence} binnen."
    return text(f"{connected} {until}", _rate_sentence(e))


def halves_chart(e: Evaluation) -> Block:
    """The gemeente's own meldingen per half year."""
    own = facts.per_period(e, "half")
    counts = [words.count_of(row) for _, row in own.iterrows()]
    bars = [
        charts.Bar(label, count.value, _state_text(count))
        for label, count in zip(own["label"], counts, strict=True)
    ]
    return Chart(
        title=f"Meldingen in {e.area.name} per halfjaar",
        unit="Aantal ontvangen meldingen",
        figure=charts.bars(bars),
        alt="Staafdiagram: " + words.listing([f"{b.label}: {b.text}" for b in bars]) + ".",
        table=Table(
            f"Meldingen in {e.area.name} per halfjaar",
            ["Halfjaar", "Meldingen", "Maanden aangesloten"],
            [
                [row["label"], words.count_of(row).text, _months(row["connected_months"])]
                for _, row in own.iterrows()
            ],
        ),
    )


def gemeente_sure(e: Evaluation) -> Block:
    """The change between the last two years, with its interval and verdict."""
    rows = e.own("year_on_year")
    row = rows.iloc[0] if len(rows) else None
    if row is None or row["verdict"] == "cannot_tell":
        return Sure(
            "Of het aantal meldingen in deze gemeente verandert, is niet vast te stellen. Daarvoor "
            "zijn twee jaren nodig waarin de gemeente minstens zes maanden was aangesloten, samen "
            "minstens tien meldingen, en aantallen die getoond mogen worden."
        )
    return Sure(
        "Per aangesloten maand kwamen er in het laatste jaar "
        f"{words.number(row['ratio'], 1)} keer zoveel meldingen binnen als in het jaar ervoor. Met "
        f"95% zekerheid ligt dat tussen {words.number(row['low'], 1)} en "
        f"{words.number(row['high'], 1)} keer. {VERDICTS[row['verdict']]}"
    )


def _rate_sentence(e: Evaluation) -> str:
    row = e.own("per_period").query("kind == 'whole'").iloc[0]
    other = e.of_district("per_period").query("kind == 'whole'").iloc[0]
    if pd.isna(row["per_month"]) or pd.isna(other["per_month"]):
        return ""
    return (
        f"Dat zijn er {words.number(row['per_month'], 1)} per maand dat de gemeente was "
        f"aangesloten. Zo'n aantal schommelt: met 95% zekerheid ligt het tussen "
        f"{words.number(row['per_month_low'], 1)} en {words.number(row['per_month_high'], 1)}. In "
        f"heel {e.district.name} zijn het er gemiddeld {words.number(other['per_month'], 1)} per "
        "gemeente."
    )


def _missing_sentence(e: Evaluation) -> str:
    absent = e.table("connection").query("not has_delivered")["area"].to_list()
    if not absent:
        return ""
    have = len(domain.gemeenten()) - len(absent)
    return f"Dit gaat over {have} gemeenten: van {facts.names(absent)} is geen bestand ontvangen."


def _campaign_bands(e: Evaluation, table: pd.DataFrame) -> list[tuple[int, int, str]]:
    bands = []
    for campaign in e.edition.campagnes:
        inside = [
            position
            for position, row in enumerate(table.itertuples())
            if row.begin <= pd.Timestamp(campaign.eind) and row.end >= pd.Timestamp(campaign.begin)
        ]
        if inside:
            bands.append((inside[0], inside[-1], campaign.naam))
    return bands


def _split_steps(row: pd.Series) -> list[tuple[str, float]]:
    """The three causes in whole meldingen; the last takes the rounding, so that they add up."""
    growth = round(row["count_to"] - row["count_from"])
    new, months = round(row["new"]), round(row["months"])
    return [
        ("Nieuw aangesloten gemeenten", new),
        ("Meer aangesloten maanden", months),
        ("Meer of minder meldingen in dezelfde gemeenten", growth - new - months),
    ]


def _split_title(row: pd.Series) -> str:
    growth = row["count_to"] - row["count_from"]
    if growth <= 0:
        return "Het aantal meldingen groeide niet"
    share = (row["new"] + row["months"]) / growth
    if share >= 1:
        return "De hele groei komt doordat meer gemeenten langer zijn aangesloten"
    return (
        f"{words.percent(share)} van de groei komt doordat meer gemeenten langer zijn aangesloten"
    )


def _state_text(count: words.Count) -> str:
    return {
        "hidden": "niet getoond",
        "missing": "geen gegevens",
        "not_applicable": "nog niet aangesloten",
    }.get(count.state, count.text)


def _map_title(e: Evaluation) -> str:
    """The three gemeenten with the most meldingen, of those that are shown."""
    table = e.table("per_period").query("kind == 'whole'")
    own = table[table["area"] != e.district.slug].dropna(subset="count")
    if len(own) < 6:
        return "Meldingen per gemeente"
    largest = own.sort_values("count", ascending=False, kind="stable")["area"].iloc[:3]
    return f"{facts.names(largest.to_list())} ontvangen de meeste meldingen"


def _months(value: float) -> str:
    return words.MISSING if pd.isna(value) else words.number(value, 1)
