"""Where counts are rounded the audit asks for fives that add up, and calls no 0 or 5 a leak."""

from audit_pages import HALVES, edition_of_two, page, table
from mma_analysis.audit.collecting.pages import open_page
from mma_analysis.audit.counts import find_counts
from mma_analysis.settings import Bescherming

Area = tuple[str, str, str, str]


def kinds(method: str, *rows: Area, owner: str = "") -> list[str]:
    """What is found in a public page with these rows: a name, both halves, and the whole."""
    named = ["Gemeente", *HALVES]
    halves = table("Meldingen per halfjaar en gemeente", named, [row[:3] for row in rows])
    both = [(name, count) for name, _, _, count in rows]
    whole = table("Aantal meldingen per gemeente", ["Gemeente", "Meldingen"], both)
    file = f"intern/{owner}/{owner}.html" if owner else "openbaar/district.html"
    document = open_page(page(halves + whole), file)
    return [finding.kind for finding in find_counts([document], edition_of_two(method))]


ROUNDED = (
    ("Almelo", "15", "35", "50"),
    ("Borne", "5", "0", "5"),
    ("Twente", "20", "35", "55"),
)


def test_rounded_counts_that_add_up_give_nothing_away() -> None:
    assert kinds("afronden", *ROUNDED) == []


def test_a_count_that_is_not_rounded_is_found() -> None:
    exact = ("Almelo", "17", "33", "50")

    assert kinds("afronden", exact, *ROUNDED[1:]).count("unrounded") == 2
    assert "unrounded" not in kinds("verbergen", exact, *ROUNDED[1:])


def test_rounded_counts_that_do_not_add_up_are_found() -> None:
    assert kinds("afronden", ("Almelo", "15", "30", "50"), *ROUNDED[1:]) == ["sums"]


def test_a_gemeente_may_have_its_own_exact_counts_beside_rounded_ones() -> None:
    assert kinds("afronden", ("Borne", "3", "1", "4"), owner="borne") == []


def test_nothing_is_rounded_unless_that_is_asked_for() -> None:
    assert not Bescherming().rounds
    assert Bescherming(methode="afronden").rounds


def test_a_share_of_rounded_counts_is_no_contradiction() -> None:
    topics = ["Drugs", "Geweld en wapens", "Fraude en geld", "Wonen en uitbuiting"]
    topics += ["Ondermijning", "Overig", "Onderwerp onbekend"]
    rows = [[topic, "5", "25%"] for topic in topics[:4]] + [[t, "0", "0%"] for t in topics[4:]]
    of_borne = table("Onderwerpen in Borne", ["Onderwerp", "Borne", "Aandeel Borne"], rows)
    whole = table("Aantal meldingen per gemeente", ["Gemeente", "Meldingen"], [["Borne", "20"]])
    document = open_page(page(of_borne + whole), "openbaar/borne.html")

    assert list(find_counts([document], edition_of_two("afronden"))) == []
