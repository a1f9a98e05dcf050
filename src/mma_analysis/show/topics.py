"""Onderwerpen: what the tips are about, and how that shifts."""

import datetime as dt

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import charts, facts, parts, words
from mma_analysis.show.blocks import Block, Chart, Meaning, Sure, Table, Text, text
from mma_analysis.show.facts import Period
from mma_analysis.show.parts import Breakdown, Part
from mma_analysis.vocabulary import UNKNOWN, Vocabulary

FIELD = "topic_group"
MOVED = ("more", "fewer")


def sentence(e: Evaluation) -> Text:
    """The largest topic group and the share of which the topic is not known."""
    own = parts.breakdown(e, FIELD)
    if own.is_shown:
        told = (_largest_sentence(own), _unknown_sentence(own))
        return text(" ".join(sentence for sentence in told if sentence))
    reason = facts.absence(e, f"Waar de meldingen in {e.area.name} over gaan,")
    return text(facts.instead(e, reason))


def shift_table(e: Evaluation) -> Block:
    """The district's topic groups in its first and its last complete year."""
    years = [year for year in facts.periods(e, facts.YEAR) if year.is_complete]
    if len(years) < 2:
        return text(
            "Een verschuiving tussen jaren is nog niet te zien: er zijn nog geen twee volledige "
            "jaren."
        )
    first, last = (
        parts.breakdown(e, FIELD, e.district, year.code) for year in (years[0], years[-1])
    )
    labels = (years[0].label, years[-1].label)
    differences = _differences(e)
    return Table(
        "Meldingen per onderwerp en jaar",
        ["Onderwerp", *labels, *[f"Aandeel {label}" for label in labels], "Verschil"],
        [
            [
                *(b.label, a.count.text, b.count.text, a.share_text, b.share_text),
                differences[b.code],
            ]
            for a, b in ((first.part(part.code), part) for part in _by_size(last))
        ],
        note=f"{_shift_finding(first, last, years[-1])}Verschil: in procentpunten, met de grenzen "
        f"van 95%, elk apart. {words.ROUNDED_APART}",
        sources=("topic_shift",),
    )


def own_chart(e: Evaluation) -> Block:
    """The gemeente's topic groups as counts; the district's when nothing of its own is shown."""
    shown = parts.shown_breakdown(e, FIELD)
    district = parts.breakdown(e, shown.field, e.district)
    ordered = _by_size(shown)
    bars = parts.bars_of(ordered)
    head = ["Onderwerp", shown.area.name, f"Aandeel {shown.area.name}"]
    rows = [[part.label, part.count.text, part.share_text] for part in ordered]
    if not shown.area.is_district:
        head.append(f"Aandeel {e.district.name}")
        shares = [district.part(part.code).share_text for part in ordered]
        rows = [[*row, share] for row, share in zip(rows, shares, strict=True)]
    head, rows = parts.told(head, rows)
    return Chart(
        title=_own_title(shown),
        unit=f"Aantal meldingen in {shown.area.name}, {facts.whole_span(e)}",
        figure=charts.bars(bars),
        alt="Staafdiagram. " + " ".join(f"{bar.spoken}." for bar in bars),
        caption=_caption(e, shown),
        table=Table(f"Onderwerpen in {shown.area.name}", head, rows, sources=("per_topic_group",)),
    )


def topics_table(e: Evaluation) -> Block:
    """The district's topics on M.'s own list."""
    ordered = _by_size(parts.breakdown(e, "topic", e.district))
    return Table(
        "Meldingen per onderwerp van de lijst van M.",
        ["Onderwerp", "Meldingen", "Aandeel"],
        [[part.label, part.count.text, part.share_text] for part in ordered],
        note=list_sentence(e.vocabulary),
        is_folded=True,
        sources=("per_topic",),
    )


def _by_size(shown: Breakdown) -> list[Part]:
    """The largest first, then nothing and what is not shown in reading order, unknown last."""
    return sorted(shown.parts, key=lambda part: (part.code == UNKNOWN, -(part.count.value or 0)))


def list_sentence(vocabulary: Vocabulary) -> str:
    """Which version of M.'s list, and of our list of words, the topics were put in."""
    dates = [row["valid_from"] for row in vocabulary.reference("topics") if row["valid_from"]]
    since = words.day(dt.date.fromisoformat(max(dates)))
    aliases = len(vocabulary.reference("topic_aliases"))
    return (
        f"De onderwerpen zijn die uit het contract van M. met gemeenten, in de versie van {since}. "
        f"De woorden van gemeenten zijn daarin ondergebracht met een lijst van {aliases} woorden "
        f"(kenmerk {vocabulary.fingerprint('topics', 'topic_groups', 'topic_aliases')}) en met wat "
        "gemeenten zelf opgaven."
    )


def sure(e: Evaluation) -> Block:
    """How exact the shares are, and whether a shift is more than chance."""
    shown = parts.shown_breakdown(e, FIELD)
    sentences = [
        "Gemeenten noemen een onderwerp in hun eigen woorden. Bij het onderbrengen in de lijst kan "
        "een melding verkeerd terechtkomen.",
        _interval_sentence(shown),
        _shift_sentence(e) if e.area.is_district else "",
    ]
    return Sure(" ".join(sentence for sentence in sentences if sentence))


def meaning(e: Evaluation) -> Block:
    """What the topics say of what happens, and what they do not."""
    shown = parts.shown_breakdown(e, FIELD)
    unknown = shown.unknown.count.value
    said = (
        "Onderwerpen laten zien waar mensen over melden. Ze zeggen niet wat er het meest gebeurt."
    )
    if not unknown:
        return Meaning(said)
    return Meaning(
        f"{said} Schrijft een gemeente het onderwerp op in de woorden van M., dan gaat er bij het "
        "indelen niets verloren."
    )


def _largest_sentence(own: Breakdown) -> str:
    part = own.largest
    if part is not None:
        of = words.of_meldingen(own.count(part.code), own.total.value or 0)
        return f"Het onderwerp dat het vaakst voorkomt, is {words.small(part.label)}: bij {of}."
    return "Er is niet één onderwerp dat duidelijk het vaakst voorkomt."


def _unknown_sentence(own: Breakdown) -> str:
    unknown, total = own.unknown.count.value, own.total.value
    if unknown is None or not total or words.most_of_nothing(unknown):
        return ""
    if not unknown:
        return "Het onderwerp is altijd bekend."
    return f"Bij {words.of_meldingen(unknown, total)} is het onderwerp niet bekend."


def _interval_sentence(shown: Breakdown) -> str:
    part = shown.largest
    if part is None or part.share is None:
        return ""
    return (
        f"Het aandeel van {words.small(part.label)} in {shown.area.name} ligt met 95% zekerheid "
        f"tussen {words.percent(part.share.low)} en {words.percent(part.share.high)}."
    )


def _shift_sentence(e: Evaluation) -> str:
    """Which shares moved more than chance, all topics looked at together."""
    shifts = e.of_district("topic_shift")
    compared = shifts[shifts["verdict"] != facts.CANNOT_TELL]
    if compared.empty:
        return ""
    moved = compared.loc[compared["verdict"].isin(MOVED), "value"]
    topics = [words.small(e.vocabulary.topic_groups[value]) for value in moved if value != UNKNOWN]
    joined = compared.loc[compared["verdict"] == "joined", "value"]
    names = [words.small(e.vocabulary.topic_groups[value]) for value in joined]
    sentences = []
    if names:
        sentences.append(
            f"Wat er bij {words.listing(names)} verschoof, kan komen door wie er aansloot."
        )
    if topics:
        sentences.append(
            f"Bij {words.listing(topics)} is de verschuiving groter dan past bij toeval."
        )
    else:
        other = "ander onderwerp" if names else "onderwerp"
        sentences.append(
            f"Bij geen enkel {other} is de verschuiving zo groot dat toeval is uitgesloten."
        )
    if UNKNOWN in set(moved):
        sentences.append(
            "Het deel zonder bekend onderwerp veranderde ook. Daardoor verschuiven alle andere mee."
        )
    return " ".join(sentences)


def _differences(e: Evaluation) -> dict[str, str]:
    """Per topic group its shift in percent points, with the interval."""
    return {
        str(row["value"]): _difference(facts.interval(row, "change"))
        for _, row in e.of_district("topic_shift").iterrows()
    }


def _difference(change: facts.Interval | None) -> str:
    if change is None:
        return words.TOO_FEW
    low, high = (words.signed(end * 100) for end in (change.low, change.high))
    return f"{words.signed(change.value * 100)} ({low} tot {high})"


def _shift_finding(first: Breakdown, last: Breakdown, year: Period) -> str:
    before, after = _named_largest(first), _named_largest(last)
    if after is None:
        return ""
    if before is None:
        return f"{after.label} is het grootste onderwerp in {year.label}. "
    if before.code == after.code:
        return f"{after.label} bleef het grootste onderwerp. "
    return (
        f"{after.label} is nu het grootste onderwerp; eerst was dat {words.small(before.label)}. "
    )


def _own_title(shown: Breakdown) -> str:
    """Which topic is the largest; when none is named, what else can be said of them."""
    largest, name, total = _named_largest(shown), shown.area.name, shown.total.value
    unknown = shown.unknown.count.value
    if largest is not None:
        return f"{largest.label} is het grootste onderwerp in {name}"
    if unknown and total and 2 * unknown >= total:
        return f"Bij {words.of_meldingen(unknown, total)} in {name} is het onderwerp niet bekend"
    if shown.is_shown and shown.largest is None:
        return f"Geen onderwerp steekt er in {name} duidelijk bovenuit"
    return f"Waar de meldingen in {name} over gaan"


def _named_largest(shown: Breakdown) -> Part | None:
    """The largest topic, unless more meldingen have no known topic at all."""
    part, unknown = shown.largest, shown.unknown.count.value
    if part is None or (unknown or 0) >= (part.count.value or 0):
        return None
    return part


def _caption(e: Evaluation, shown: Breakdown) -> str:
    if e.is_intern and shown.area == e.area:
        return "Dit zijn uw eigen aantallen, zoals ze zijn."
    return "Elke melding telt bij één onderwerp."
