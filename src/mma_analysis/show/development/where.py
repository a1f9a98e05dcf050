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
    return text(_concentration(e, split) if split and split.growth > 0 else "", _per_month(e))


def _concentration(e: Evaluation, split: Split) -> str:
    """The few gemeenten that together hold more than half of the growth."""
    table = e.table("growth_per_gemeente")
    table = table.assign(growth=table["count_to"].sub(table["count_from"]).astype("float64"))
    shown = table.dropna(subset=["growth"]).sort_values(["growth", "area"], ascending=[False, True])
    named = shown[shown["growth"].cumsum().shift(fill_value=0) <= split.growth / 2]
    growth = named["growth"].sum()
    if growth <= split.growth / 2 or (len(named) > MOST_NAMED and len(shown) < len(table)):
        return (
            "In welke gemeenten de meeste groei zit, is niet te zeggen: een deel van de aantallen "
            "is er niet of tonen wij niet."
        )
    if len(named) > MOST_NAMED:
        return "De groei is verspreid over veel gemeenten."
    names = facts.names(e, sorted(named["area"], key=lambda area: e.vocabulary.area(area).name))
    together = " samen" if len(named) > 1 else ""
    told = (
        f"Meer dan de helft van de groei ({words.signed(growth)} van {words.signed(split.growth)}) "
        f"zit in {names}{together}."
        if growth <= split.growth
        else f"De groei zit in {names} ({words.signed(growth)}{together}): in de andere gemeenten "
        "samen kwamen er minder meldingen."
    )
    if named[["new", "months"]].sum().sum() < growth / 2:
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
