"""A rule that is not met, what a sender is told of it, and the grade that follows."""

import re
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import pandas as pd

from mma_analysis.vocabulary import Vocabulary, lines_of, numbers
from mma_analysis.vocabulary.schema import WORD_NOT_UNDERSTOOD

FINDINGS = {
    "gemeente": "str",
    "rule": "str",
    "column": "str",
    "severity": "str",
    "rows": "int64",
    "share": "float64",
    "sentence": "str",
}
# Longer between M. and the gemeente than this is more likely a typing error than a delay.
LONGEST_DELAY_DAYS = 90
# To a sender, whose counts are exact: of fewer meldingen a percentage looks too exact.
FEWEST_FOR_PERCENT = 20
GRADES = ("rood", "geel", "groen")  # the worst that holds is given
MANY_REJECTED = 0.10
END_OF_SENTENCE = re.compile(r"(?<=\.) ")


class BrokenRule(NamedTuple):
    """One rule that the rows of one gemeente do not meet; never holds a value of a cell.

    `gemeente` is the district when the fault is in the table as a whole. `rows` of `total`
    break the rule, both 0 for a rule about the table; `words` go before these in its
    sentence.
    """

    gemeente: str
    rule: str
    column: str = ""
    rows: int = 0
    total: int = 0
    words: dict[str, Any] = {}


def findings_of(vocabulary: Vocabulary, faults: Iterable[BrokenRule]) -> pd.DataFrame:
    """What the rules say of these faults: by gemeente, and then as they stand in rules.csv.

    One row per fault (`FINDINGS`): `share` is 0–1, `sentence` is for the sender.
    """
    rules = {row["code"]: row for row in vocabulary.reference("rules")}
    order = list(rules)

    def reading_order(fault: BrokenRule) -> tuple[str, int, str]:
        return fault.gemeente, order.index(fault.rule), fault.column

    rows: list[tuple[object, ...]] = []
    for fault in sorted(faults, key=reading_order):
        gemeente, code, column, broken, total, own_words = fault
        words = {
            "column": column,
            "rows": broken,
            "total": total,
            "days": LONGEST_DELAY_DAYS,
            "meldingen": of_meldingen(broken, total),
        }
        rule = rules[code]
        sentence = rule["sentence"].format(**(words | own_words))
        share = broken / total if broken else 0.0
        row = (gemeente, code, column, rule["severity"], broken, share, sentence)
        rows.append(row)
    return pd.DataFrame(rows, columns=list(FINDINGS)).astype(FINDINGS)


def of_meldingen(rows: int, total: int) -> str:
    """How many of a gemeente's meldingen, to follow `bij`: `alle 9 meldingen`."""
    if rows == total:
        return "uw enige melding" if total == 1 else f"alle {total} meldingen"
    said = f"{rows} van de {total} meldingen"
    if total < FEWEST_FOR_PERCENT:
        return said
    return f"{said} ({numbers.percent(rows / total)})"


def blocked(vocabulary: Vocabulary, findings: pd.DataFrame) -> frozenset[str]:
    """The areas without a page: those with a critical finding; all if the district has."""
    is_critical = findings["severity"] == "critical"
    stopped = frozenset(findings.loc[is_critical, "gemeente"])
    if vocabulary.district.slug in stopped:
        return frozenset(area.slug for area in vocabulary.areas)
    return stopped


def grade(
    vocabulary: Vocabulary,
    findings: pd.DataFrame,
    counted: int,
    rejected: int,
    doubtful: Collection[str],
    withdrawn: int = 0,
) -> tuple[str, str]:
    """The grade of one delivery and why, by the rows of `grade_reasons.csv` that hold.

    Doubles, and what is of another time or place, are neither `counted` nor `rejected`;
    `doubtful` are the reasons of what is wrong in rows that count, and `withdrawn` the
    rows that their sender took back.
    """
    rules = set(findings["rule"])
    severities = set(findings["severity"])
    total = counted + rejected
    # What is often not filled in never lowers it: a green one would say how often at most.
    holds = dict.fromkeys(rules, True) | {
        "fout": "critical" in severities,
        "veel_geweigerd": rejected > MANY_REJECTED * total,
        "geweigerd": rejected > 0,
        "klopt_niet": any(reason != WORD_NOT_UNDERSTOOD for reason in doubtful),
        WORD_NOT_UNDERSTOOD: WORD_NOT_UNDERSTOOD in doubtful,
        "vraag": "warning" in severities,
        "geteld": withdrawn == 0,
        "teruggenomen": withdrawn > 0,
        "niets": not rules,
    }
    table = vocabulary.reference("grade_reasons")
    reasons = [row for row in table if holds.get(row["code"])]
    grades = {row["grade"] for row in reasons}
    worst = next(code for code in GRADES if code in grades)
    said = " ".join(row["sentence"] for row in reasons if row["grade"] == worst)
    # Two reasons may begin with one sentence: it is said once.
    sentences = dict.fromkeys(END_OF_SENTENCE.split(said))
    lines = lines_of(withdrawn)
    why = " ".join(sentences).format(rejected=rejected, total=total, lines=lines)
    return vocabulary.by_code("grades", "label")[worst], why
