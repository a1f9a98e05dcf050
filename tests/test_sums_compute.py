"""What follows from numbers on a page must follow: a reader with a calculator finds the same.

A sentence with *dan*, *want*, *dus*, *daarvan*, *waarvan* or *samen* says that a number follows
from another one. Of each there is a sum here, done by hand; a new one without a sum fails. Numbers
on a page of one gemeente that is not public are not rounded, and then a sum is exact.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Run

from mma_analysis.settings import EXAMPLE
from page_lines import lines_of

FOLLOWS = re.compile(r"\b(dan|want|dus|daarvan|waarvan|samen)\b", re.IGNORECASE)
# What is a number to read and none to compute with.
NO_NUMBER = re.compile(
    r"\d+ (?:jan|feb|mrt|maart|apr|mei|jun|jul|aug|sep|okt|nov|dec)\w* \d{4}|(?:Figuur|Tabel) \d+"
    r"|\d+ kB|10\.000 inwoners|1\.000 inwoners|50\.000 inwoners|95%|in \d{4}\b"
)
N = r"(\d+(?:\.\d{3})*(?:,\d+)?)"
ROUNDED_TO = 5  # a rounded count is a multiple of it
HALF_PERCENT = 0.005


@dataclass
class Numbers:
    """The numbers of one passage, and what else its reader has."""

    said: list[float]
    district: str
    is_exact: bool

    def elsewhere(self, pattern: str) -> list[float]:
        """The numbers of a passage of the report on the district."""
        found = re.search(pattern, self.district)
        assert found, f"the district's report no longer says: {pattern}"
        return [_number(text) for text in found.groups()]


def _number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def _is_share(percent: float, part: float, whole: float) -> bool:
    """It is what a calculator gives, rounded to a whole percentage."""
    return abs(part / whole - percent / 100) <= HALF_PERCENT + 1e-9


# --- Sums: what must be so of the numbers of a passage, in the order in which they stand ---


def _parts_make_the_whole(numbers: Numbers) -> bool:
    whole, *parts = numbers.said
    return sum(parts) == whole


def _part_of(numbers: Numbers) -> bool:
    whole, part = numbers.said
    return part <= whole


def _part_is_passed_on(numbers: Numbers) -> bool:
    _, passed_on, to_police = numbers.said
    return to_police <= passed_on


def _all_and_a_part(numbers: Numbers) -> bool:
    everyone, part, whole = numbers.said
    return part <= whole == everyone


def _filled_in_on_a_card(numbers: Numbers) -> bool:
    """Of 115 there are 65 with a result (57%), and 35 more are closed: 65 and 35 is 100."""
    closed, known_then, whole, percent_then, percent_now = numbers.said
    off = 0 if numbers.is_exact else ROUNDED_TO
    is_now = _is_share(percent_now, known_then - closed, whole)
    if not numbers.is_exact:
        # What is closed is off, and so is what is known then.
        is_now = any(
            _is_share(percent_now, known_then - closed + less, whole) for less in (-off, 0, off)
        )
    return is_now and _is_share(percent_then, known_then, whole)


def _filled_in_on_a_small_card(numbers: Numbers) -> bool:
    """Its own: what is known in the title, and what is closed, are known then."""
    closed, known_then, whole = numbers.said
    return closed <= known_then <= whole


def _closed_of_the_others(numbers: Numbers) -> bool:
    """82 have a result, 100 have none, and of these 67 are closed."""
    _, without, closed = numbers.said
    return closed <= without


def _filled_in_of_a_letter(numbers: Numbers) -> bool:
    """149 of 182 then, 82 now: what is more is not more than what there is without."""
    then, whole, now = numbers.said
    return now < then <= whole


def _filled_in_then(numbers: Numbers) -> bool:
    """With a result there are 270 of 585; and at least 158 more then."""
    closed, percent_then = numbers.said
    (known_now,) = numbers.elsewhere(rf"Van {N} meldingen is het resultaat bekend")
    (whole,) = numbers.elsewhere(rf"alle {N} meldingen")
    return _is_share(percent_then, known_now + closed, whole)


def _filled_in_by_all(numbers: Numbers) -> bool:
    """With a result there are 270 now, of 585; and at least 158 more then."""
    closed, percent_then, percent_now = numbers.said
    (known_now,) = numbers.elsewhere(rf"Van {N} meldingen is het resultaat bekend")
    (whole,) = numbers.elsewhere(rf"alle {N} meldingen")
    then = _is_share(percent_then, known_now + closed, whole)
    return then and _is_share(percent_now, known_now, whole)


def _filled_in(numbers: Numbers) -> bool:
    """Of 585 there are 315 without a result, of which at least 158 can have one."""
    without, percent_now, percent_then = numbers.said
    (whole,) = numbers.elsewhere(rf"alle {N} meldingen")
    (closed,) = numbers.elsewhere(rf"Ten minste {N} daarvan zijn al afgesloten")
    then = _is_share(percent_then, whole - without + closed, whole)
    return then and _is_share(percent_now, whole - without, whole)


def _only_there(numbers: Numbers) -> bool:
    """120 of 585 is 21%; with the 150 that are not known, and the margin, it may be more."""
    only, least, most = numbers.said
    (unknown,) = numbers.elsewhere(rf"Van {N} meldingen is niet bekend wie ze verder kreeg")
    (whole,) = numbers.elsewhere(rf"alle {N} meldingen")
    may_be = 100 * (only + unknown) / whole
    return least <= 100 * only / whole < may_be <= most


def _without_a_result(numbers: Numbers) -> bool:
    without, percent, closed = numbers.said
    (whole,) = numbers.elsewhere(rf"alle {N} meldingen")
    return _is_share(percent, without, whole) and closed <= without


def _half_and_all(numbers: Numbers) -> bool:
    """125 and 60 of 270 were right; of the other 315 half as many, or each of them."""
    half, every, at_most = numbers.said
    known, wholly, partly = numbers.elsewhere(
        rf"Van {N} meldingen is het resultaat bekend\. Daarvan klopten er {N} helemaal en {N} deels"
    )
    (whole,) = numbers.elsewhere(rf"alle {N} meldingen")
    right = wholly + partly
    unknown = whole - known
    least = right + unknown * 0.5 * right / known
    most = right + unknown
    # Told in steps of five hundredths.
    is_near = abs(least / whole - half / 100) <= 0.025
    is_near_every = abs(most / whole - every / 100) <= 0.025
    return bool(is_near and is_near_every and every <= at_most)


def _without_a_time(numbers: Numbers) -> bool:
    known, percent = numbers.said
    _, without = numbers.elsewhere(rf"een: Tijdstip \| Wel: {N} \| Niet: {N}")
    return _is_share(percent, without, known)


def _paid_together(numbers: Numbers) -> bool:
    """As many gemeenten as the table of what each pays has, and their amounts added up."""
    gemeenten, together = numbers.said
    table = re.findall(rf"Gemeenten: ([^|]+) \| Per jaar: € {N} \| Per", numbers.district)
    paying = 0
    amount = 0.0
    for named, price in table:
        names = re.split(", | en ", named)
        paying += len(names)
        amount += len(names) * _number(price)
    return gemeenten == paying and together == amount


def _counted_once(numbers: Numbers) -> bool:
    """635 rows are 600, 20 and 15; 15 of the 600 were received twice, which leaves 585."""
    read, counted, refused, double, twice, tips = numbers.said[1:]
    return read == counted + refused + double and counted - twice == tips


def _longer_and_new(numbers: Numbers) -> bool:
    """210 and 20 are the 230 of the figure."""
    (joined,) = numbers.elsewhere(rf"Nieuw of langer aangesloten \| Meldingen: \+{N}")
    return sum(numbers.said) == joined


def _within(numbers: Numbers) -> bool:
    rate, low, high = numbers.said
    return low < rate < high


def _between(numbers: Numbers) -> bool:
    low, high, together = numbers.said
    return low < together < high


def _the_same(numbers: Numbers) -> bool:
    multiple, off = numbers.said
    return multiple == off


def _nothing_follows(numbers: Numbers) -> bool:
    """A year and a number of another source, which nothing here adds up to."""
    return True


# Passage → its sum. Where it stands, the whole passage is one or more whole sentences.
SUMS: dict[str, Callable[[Numbers], bool]] = {
    rf"Van {N} meldingen is het resultaat bekend\. Daarvan klopten er {N} helemaal en {N} deels; "
    rf"{N} werden niet bevestigd\.": _parts_make_the_whole,
    rf"Met {N} meldingen deed de gemeente zelf iets; {N} andere gaf zij door, waarvan {N} aan de "
    r"politie\.": _part_is_passed_on,
    rf"waren het er (?:ongeveer )?{N}\. Met {N} daarvan deed [^.]+? zelf iets, of gaf "
    r"zij de melding door\.": (_part_of),
    rf"Alle {N} gemeenten die antwoordden, zeggen nu beter op de hoogte te zijn; {N} van de {N} "
    r"vinden dat het sneller gaat dan via de politie\.": _all_and_a_part,
    rf"vul het resultaat in van de (?:ongeveer )?{N} meldingen die al zijn afgesloten\. Lukt dat "
    rf"bij alle, dan weet [^.]+? van {N} van de {N} meldingen wat eruit kwam \({N}%\)\. Nu is dat "
    rf"{N}%\.": (_filled_in_on_a_card),
    rf"vul het resultaat in van de {N} meldingen die al zijn afgesloten\. Lukt dat bij alle, dan "
    rf"weet [^.]+? van {N} van de {N} meldingen wat eruit kwam\.": _filled_in_on_a_small_card,
    rf"Van de (?:ongeveer )?{N} meldingen in [^.]+? klopten er {N} helemaal of deels en "
    rf"werden er {N} niet bevestigd; van {N} is dat niet bekend": _parts_make_the_whole,
    rf"regels mee en {N} niet\. Waarom\? {N} [^.\d]+, {N} [^.\d]+ en {N} stonden er dubbel in\.": (
        _parts_make_the_whole
    ),
    rf"Bij {N} staat wat eruit kwam\. Bij {N} [^.]+\. Daarvan zijn er {N} al afgesloten\.": (
        _closed_of_the_others
    ),
    rf"Dan weet u van hoogstens {N} van de {N} meldingen wat eruit kwam, in plaats "
    rf"van {N}\.": (_filled_in_of_a_letter),
    rf"Bij ten minste {N} afgesloten meldingen is niet opgeschreven of zij klopten\. Wordt "
    rf"dat aangevuld, dan is van ten minste {N}% bekend "
    rf"wat eruit kwam\. Nu is dat "
    rf"{N}%\.": _filled_in_by_all,
    rf"Van {N} meldingen weten wij niet of zij klopten\. Ongeveer {N} daarvan kwamen bij gemeenten "
    r"zonder resultaat in hun bestand\.": _part_of,
    rf"Bij ten minste {N} afgesloten meldingen ontbreekt het resultaat\. Wordt dat "
    rf"aangevuld, dan is van ten minste {N}% bekend wat eruit kwam\.": _filled_in_then,
    rf"Van {N} is nog niet bekend wat eruit kwam\. Nu is het "
    rf"resultaat van {N}% bekend\. Wordt het bij alle afgesloten meldingen bekend, dan is "
    rf"dat ten minste {N}%\.": _filled_in,
    rf"Volgens hen kwamen {N} meldingen alleen bij hen\. Bij "
    rf"de politie is dat niet nagegaan\. Met alle marges ging volgens gemeenten "
    rf"ten minste {N}% en ten hoogste {N}% van alle meldingen alleen naar hen\.": _only_there,
    rf"{N} meldingen zonder resultaat Dat is {N}% van de meldingen\. Ten minste {N} daarvan "
    r"zijn al afgesloten\.": _without_a_result,
    r"Klopten de meldingen zonder resultaat half zo vaak als die met een resultaat, dan klopte "
    rf"ongeveer {N}% van alle meldingen\. Klopten zij allemaal, dan {N}%; met de marge is dat "
    rf"hoogstens {N}%\.": _half_and_all,
    rf"Van {N} meldingen is bekend of er een tijdstip in staat(?:\. Bij|; bij) {N}% daarvan "
    r"ontbreekt het\.": _without_a_time,
    rf"De {N} gemeenten betalen samen € {N} per jaar\.": _paid_together,
    rf"leverden hun registratie, vanaf hun aansluiting: {N} bestanden met {N} regels\. Daarvan "
    rf"telden er {N} mee\. {N} "
    rf"regels telden niet mee: [^.]+\. {N} regels stonden er dubbel in\. {N} keer kreeg een tweede "
    rf"gemeente dezelfde melding\. Het district telt die één keer: {N} meldingen\.": _counted_once,
    rf"Bij zoveel inwoners en maanden is {N} tot {N} gewoon\. Ging het zoals gemiddeld in "
    rf"andere gemeenten, dan waren het er ongeveer {N}\.": _between,
    rf"Gemeenten vanaf 50\.000 inwoners kregen samen {N} meldingen per 10\.000 inwoners per jaar "
    rf"\({N}–{N}\)\.": _within,
    rf"De andere kregen er {N} \({N}–{N}\)\.": _within,
    rf"genoeg meldingen verschillen, van {N} tot {N}; .*Stippellijn: samen, {N}": _between,
    rf"afgerond op een veelvoud van {N} en wijken minder dan {N} af\.": _the_same,
    rf"afgerond op een veelvoud van {N}; het echte aantal ligt er minder dan {N} naast": _the_same,
    rf"Ongeveer {N} kwamen erbij doordat gemeenten langer waren aangesloten, en ongeveer {N} bij "
    r"nieuwe gemeenten\.": _longer_and_new,
    rf"In \d{{4}} gaf MMA in heel Nederland {N} meldingen door, aan politie, gemeenten en andere "
    r"partners samen": _nothing_follows,
}


@pytest.fixture(scope="module")
def made(reports: Run) -> dict[Path, list[str]]:
    """Page → its lines: each that was made, public or of one gemeente."""
    return _lines(reports.workspace.reports(EXAMPLE))


def _lines(folder: Path) -> dict[Path, list[str]]:
    pages = [*folder.glob("openbaar/*.html"), *folder.glob("intern/*/*.html")]
    return {page: lines_of(page) for page in sorted(pages)}


@pytest.fixture(scope="module")
def district(made) -> str:
    """What stands in the report on the district: others take numbers from it."""
    return _district(made)


def _district(made: dict[Path, list[str]]) -> str:
    (page,) = [page for page in made if page.name == "district.html"]
    return "\n".join(made[page])


def test_a_sum_on_a_page_is_what_a_calculator_gives(made, district):
    wrong = []
    for page, lines in made.items():
        for line in lines:
            for passage, is_so in _passages(line, district, "intern" in page.parts):
                if not is_so:
                    wrong.append(f"{page.name}: {passage}")

    assert wrong == []


def test_no_sentence_says_that_something_follows_without_a_sum_here(made):
    without = []
    for page, lines in made.items():
        for line in lines:
            without += [f"{page.name}: {sentence}" for sentence in _without_a_sum(line)]

    assert without == [], "write the sum of this sentence beside the others"


def test_each_sum_is_made_on_a_page(made):
    everything = "\n".join(line for lines in made.values() for line in lines)

    assert [pattern for pattern in SUMS if not re.search(pattern, everything)] == []


def test_cards_together_paid_what_the_district_paid(made, district):
    """Fourteen amounts, each rounded to a euro: together off by at most seven."""
    (whole,) = re.findall(rf"betaalde de aansluiting van [^:]+: samen € {N}", district)
    paid = []
    for page, lines in made.items():
        if page.parent.name == "openbaar" and page.name != "district.html":
            paid += re.findall(rf"betaalde Platform IVZ € {N}", "\n".join(lines))

    assert len(paid) == 14
    assert abs(sum(map(_number, paid)) - _number(whole)) <= 7


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        ("Daarvan klopten er 125 helemaal", "Daarvan klopten er 130 helemaal"),
        ("door, waarvan 80 aan", "door, waarvan 180 aan"),
        ("dan is van ten minste 73%", "dan is van ten minste 78%"),
        ("Ongeveer 210 kwamen erbij", "Ongeveer 240 kwamen erbij"),
        ("Nu is dat 46%", "Nu is dat 54%"),
        ("Ten minste 158 daarvan", "Ten minste 358 daarvan"),
        ("Bij 66% daarvan", "Bij 56% daarvan"),
        ("betalen samen € 15.100", "betalen samen € 15.200"),
        ("Daarvan telden er 600", "Daarvan telden er 605"),
        ("Klopten zij allemaal, dan 85%", "Klopten zij allemaal, dan 95%"),
    ],
)
def test_a_sum_that_does_not_add_up_is_seen(district, said, turned):
    (line, *_) = [line for line in district.split("\n") if said in line]

    sums = _passages(line.replace(said, turned), district, is_exact=False)

    assert not all(is_so for _, is_so in sums)


def _passages(line: str, district: str, is_exact: bool) -> Iterator[tuple[str, bool]]:
    """Each passage of a line that has a sum, and if it is so."""
    for pattern, is_so in SUMS.items():
        for found in re.finditer(pattern, line):
            said = [_number(text) for text in found.groups()]
            yield found.group(), is_so(Numbers(said, district, is_exact))


def _without_a_sum(line: str) -> list[str]:
    """Sentences by which something follows, that no passage with a sum has."""
    if " | " in line:
        return []  # a row of a table: its cells are no sentence
    left = line
    for pattern in SUMS:
        left = re.sub(pattern, "", left)
    sentences = re.split(r"(?<=[.?!]) ", left)
    without = []
    before = ""
    for sentence in sentences:
        of_this = _how_many(sentence)
        if FOLLOWS.search(sentence) and of_this and of_this + _how_many(before) > 1:
            without.append(f"{before} {sentence}".strip())
        before = sentence
    return without


def _how_many(sentence: str) -> int:
    """How many numbers stand in it that somebody can compute with."""
    return len(re.findall(r"\d[\d.,]*", NO_NUMBER.sub("", sentence)))
