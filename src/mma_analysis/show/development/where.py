"""In which gemeenten the number of meldingen changed, without putting them in order."""

from mma_analysis.evaluation import Evaluation
from mma_analysis.show import facts, words
from mma_analysis.show.blocks import Text, text
from mma_analysis.show.facts import Split

MOST_NAMED = 3
MORE, FEWER, SAME = "more", "fewer", "no_change"


def where_sentence(e: Evaluation) -> Text:
    """Which few gemeenten hold most of the growth, and where there is more or less per month."""
    split = facts.split(e)
    has_grown = split is not None and split.connected_share is not None
    return text(_concentration(e, split) if split and has_grown else "", _per_month(e))


def _concentration(e: Evaluation, split: Split) -> str:
    """The few gemeenten that together hold more than half of the growth, for certain."""
    table = e.table("growth_per_gemeente")
    growth = {
        str(row["area"]): facts.counted(e, row["count_to"]) - facts.counted(e, row["count_from"])
        for _, row in table.iterrows()
    }
    named, together = [], 0
    for slug in sorted(growth, key=lambda slug: (-int(growth[slug]), slug)):
        if words.is_larger(together + together, split.growth) or growth[slug] <= 0:
            break
        named.append(slug)
        together += growth[slug]
    if not words.is_larger(together + together, split.growth):
        return "In welke gemeenten de meeste groei zit, is uit deze aantallen niet te zeggen."
    if len(named) > MOST_NAMED:
        return "De groei is verspreid over veel gemeenten."
    names = facts.names(e, sorted(named, key=lambda slug: e.vocabulary.area(slug).name))
    samen = " samen" if len(named) > 1 else ""
    told = (
        f"De groei zit in {names} (ongeveer {words.signed(together)}{samen}): in de andere "
        "gemeenten samen kwamen er minder meldingen."
        if words.is_larger(together, split.growth)
        else f"Meer dan de helft van de groei (ongeveer {words.signed(together)} van "
        f"{words.signed(split.growth)}) zit in {names}{samen}."
    )
    of_named = table[table["area"].isin(named)]
    if of_named[["new", "months"]].sum().sum() < together / 2:
        return told
    who = "die gemeente nieuw of langer was" if len(named) == 1 else "zij nieuw of langer waren"
    return f"{told} Dat komt vooral doordat {who} aangesloten."


def _per_month(e: Evaluation) -> str:
    """What became of the meldingen per connected month, in how many gemeenten."""
    table = e.table("year_on_year")
    of = {verdict: sorted(rows["area"]) for verdict, rows in table.groupby("verdict")}
    changed = [
        f"een {noun} in {facts.names(e, of[verdict])}"
        for verdict, noun in ((MORE, "toename"), (FEWER, "afname"))
        if verdict in of
    ]
    same = len(of.get(SAME, []))
    unknown = len(e.vocabulary.gemeenten) - same - sum(len(of.get(v, [])) for v in (MORE, FEWER))
    if not changed and not same:
        return (
            "Of er per aangesloten maand meer of minder meldingen kwamen, is van geen enkele "
            "gemeente vast te stellen."
        )
    where = words.plural(same, "gemeente", "gemeenten")
    told = [f"Per aangesloten maand is er {words.listing(changed)}." if changed else ""]
    if same and changed:
        told.append(f"In {where} is er geen duidelijke verandering.")
    elif same:
        told.append(
            f"In {where} kwamen er per aangesloten maand niet duidelijk meer of minder meldingen "
            "dan een jaar eerder."
        )
    if unknown:
        others = words.plural(unknown, "andere gemeente", "andere gemeenten")
        told.append(f"Van {others} is het niet vast te stellen.")
    return " ".join(sentence for sentence in told if sentence)
