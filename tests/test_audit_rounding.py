"""What is rounded adds up and is a multiple of the basis; a 0 or a 5 of those is no leak."""

import pytest

from audit_pages import HALVES, edition_of_two, page, table
from mma_analysis.audit.collecting.pages import open_page
from mma_analysis.audit.counts import find_counts

Area = tuple[str, str, str, str]
ALMELO, BORNE = ("Almelo", "15", "35", "50"), ("Borne", "5", "0 – 4", "5")
TWENTE = ("Twente", "20", "30", "50")  # one tip of the second half came in at both


def kinds(*rows: Area, owner: str = "") -> list[str]:
    """What is found in a page with these rows: a name, both halves, and the whole."""
    named = ["Gemeente", *HALVES]
    halves = table("Meldingen per halfjaar en gemeente", named, [row[:3] for row in rows])
    both = [(name, count) for name, _, _, count in rows]
    whole = table("Aantal meldingen per gemeente", ["Gemeente", "Meldingen"], both)
    return of_page(halves + whole, owner)


def of_page(body: str, owner: str = "") -> list[str]:
    file = f"intern/{owner}/{owner}.html" if owner else "openbaar/district.html"
    document = open_page(page(body), file)
    return [finding.kind for finding in find_counts([document], edition_of_two())]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ((ALMELO, BORNE, TWENTE), []),
        ((("Almelo", "17", "33", "50"), BORNE, TWENTE), ["unrounded"] * 2),
    ],
    ids=["all is well", "an exact count"],
)
def test_public_counts_are_multiples(rows: tuple[Area, ...], found: list[str]) -> None:
    assert kinds(*rows) == found


def test_a_gemeente_may_have_its_own_exact_counts_beside_rounded_ones() -> None:
    assert kinds(("Borne", "3", "1", "4"), owner="borne") == []


def test_a_share_of_rounded_counts_is_no_contradiction() -> None:
    topics = ["Drugs", "Geweld en wapens", "Fraude en geld", "Wonen en uitbuiting"]
    topics += ["Ondermijning", "Overig", "Onderwerp onbekend"]
    rows = [[topic, "5", "25%"] for topic in topics[:4]] + [[t, "0", "0%"] for t in topics[4:]]
    of_borne = table("Onderwerpen in Borne", ["Onderwerp", "Borne", "Aandeel Borne"], rows)
    whole = table("Aantal meldingen per gemeente", ["Gemeente", "Meldingen"], [["Borne", "20"]])

    assert of_page(of_borne + whole) == []
