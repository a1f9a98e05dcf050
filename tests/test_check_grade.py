"""One word for the quality of a delivery."""

import pytest

from mma_analysis.check import Finding, grade
from mma_analysis.check.findings import rules
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()

DOUBLE = "(dubbele regels doen hier niet mee)"


@pytest.mark.parametrize(
    ("found", "counted", "rejected", "doubtful", "expected"),
    [
        (["info"], 20, 0, [], "groen"),
        (["info", "warning"], 20, 0, [], "geel"),
        (["critical", "warning"], 20, 0, [], "rood"),
        ([], 20, 0, [], "groen"),
        ([], 20, 1, [], "geel"),
        ([], 18, 2, [], "geel"),  # exactly one in ten is still yellow
        ([], 17, 2, [], "rood"),
        ([], 0, 2, [], "rood"),  # rows, and none to count
        ([], 20, 0, ["voor_aansluiting"], "geel"),  # counted, but something in it is not right
        ([], 20, 0, ["niet_begrepen"], "geel"),
    ],
)
def test_what_is_wrong_lowers_the_grade(found, counted, rejected, doubtful, expected):
    findings = [Finding("borne", severity, "", severity, 1, 0.1, "") for severity in found]

    assert grade(VOCABULARY, findings, counted, rejected, doubtful).code == expected


def test_no_tips_is_no_fault_and_no_file_is():
    told = {rule: Finding("borne", rule, "", "warning", 0, 0.0, "") for rule in rules(VOCABULARY)}

    assert grade(VOCABULARY, [], 0, 0, []).code == "groen"  # no row of its own in a joint file
    assert grade(VOCABULARY, [told["geen_meldingen"]], 0, 0, []).code == "geel"
    assert grade(VOCABULARY, [told["geen_levering"]], 0, 0, []).code == "rood"


@pytest.mark.parametrize(
    ("rules_broken", "counted", "rejected", "doubtful", "reason"),
    [
        ([], 20, 0, [], "Alle regels konden worden geteld. Er is niets te herstellen."),
        # Of what is empty everybody would read in a green grade how much it is at most.
        (
            ["niet_ingevuld"],
            *(20, 0, []),
            "Alle regels konden worden geteld. Niet alles is ingevuld. Hieronder staat wat.",
        ),
        (
            ["niet_begrepen"],
            *(20, 0, ["niet_begrepen"]),
            "Niet alles wat u invulde, begrijpen wij. Hieronder staat wat wij u vragen te "
            "herstellen.",
        ),
        ([], 18, 2, [], f"Wij konden 2 van de 20 regels niet tellen {DOUBLE}."),
        (
            ["geen_meldingen"],
            18,
            2,
            ["datum_niet_gelezen"],
            f"Wij konden 2 van de 20 regels niet tellen {DOUBLE}. In regels die wij wel telden, "
            "klopt niet alles. Hieronder staat wat wij u vragen te herstellen.",
        ),
        # What also holds, and would not have made it red, is not why it is red.
        (
            ["geen_meldingen"],
            16,
            3,
            ["niet_begrepen"],
            f"Wij konden 3 van de 19 regels niet tellen {DOUBLE}. Dat is meer dan één op de tien.",
        ),
        (["geen_levering"], 0, 0, [], "Wij kregen geen bestand."),
    ],
)
def test_a_sender_reads_why_the_grade_is_what_it_is(
    rules_broken, counted, rejected, doubtful, reason
):
    known = rules(VOCABULARY)
    told = [Finding("borne", r, "", known[r]["severity"], 0, 0.0, "") for r in rules_broken]

    assert grade(VOCABULARY, told, counted, rejected, doubtful).reason == reason
