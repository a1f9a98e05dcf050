"""Which rules a sender's rows do not meet and what to do about it; the grade that follows."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import pandas as pd

from mma_analysis.vocabulary import Vocabulary

# Longer between M. and the gemeente than this is more likely a typing error than a delay.
LONGEST_DELAY_DAYS = 90
# Of fewer meldingen than this a percentage looks more exact than it is.
FEW = 20
GRADES = ("rood", "geel", "groen")  # the worst that holds is given
MANY_REJECTED = 0.10
NOT_UNDERSTOOD = "niet_begrepen"
FINDINGS = dict.fromkeys(("gemeente", "rule", "column", "severity"), "str")
FINDINGS |= {"rows": "int64", "share": "float64", "sentence": "str"}


class Fault(NamedTuple):
    """One rule that the rows of one gemeente do not meet; never holds a value of a cell.

    `gemeente` is the district when the fault is in the table as a whole. `rows` of `total` break
    the rule, both 0 for a rule about the table; `words` go before these in its sentence.
    """

    gemeente: str
    rule: str
    column: str = ""
    rows: int = 0
    total: int = 0
    words: dict[str, Any] = {}


def findings_of(vocabulary: Vocabulary, faults: Iterable[Fault]) -> pd.DataFrame:
    """What the rules say of these faults: by gemeente, and then as they stand in rules.csv.

    One row per fault (`FINDINGS`): `share` is 0–1, `sentence` is for the sender.
    """
    rules = {row["code"]: row for row in vocabulary.reference("rules")}
    order = list(rules)
    rows: list[tuple[object, ...]] = []
    for fault in sorted(faults, key=lambda one: (one.gemeente, order.index(one.rule), one.column)):
        gemeente, code, column, broken, total, words = fault
        said = {"column": column, "rows": broken, "total": total, "days": LONGEST_DELAY_DAYS}
        said |= {"meldingen": of_meldingen(broken, total)} | words
        severity, sentence = rules[code]["severity"], rules[code]["sentence"].format(**said)
        share = broken / total if broken else 0.0
        rows.append((gemeente, code, column, severity, broken, share, sentence))
    return pd.DataFrame(rows, columns=list(FINDINGS)).astype(FINDINGS)


def blocked(vocabulary: Vocabulary, findings: pd.DataFrame) -> frozenset[str]:
    """The areas that get no page: those with a critical finding.

    A critical finding for the district is about a whole table: then no area gets a page.
    """
    stopped = frozenset(findings.loc[findings["severity"].eq("critical"), "gemeente"])
    if vocabulary.district.slug in stopped:
        return frozenset(area.slug for area in vocabulary.areas)
    return stopped


def of_meldingen(rows: int, total: int) -> str:
    """How many of a gemeente's meldingen, to follow `bij`: `alle 9 meldingen`.

    With a percentage where that says more than the counts, so not of a few.
    """
    if rows == total:
        return "uw enige melding" if total == 1 else f"alle {total} meldingen"
    # `0%` and `100%` would be wrong of a share between them.
    share = f"{rows / total:.0%}"
    share = {"0%": "minder dan 1%", "100%": "meer dan 99%"}.get(share, share)
    return f"{rows} van de {total} meldingen{f' ({share})' if total >= FEW else ''}"


# --- one word for all of them --------------------------------------------------------------------


def grade(
    vocabulary: Vocabulary,
    findings: pd.DataFrame,
    counted: int,
    rejected: int,
    doubtful: Collection[str],
) -> tuple[str, str]:
    """The grade of one delivery and why it has it, by the rows of `grade_reasons.csv` that hold.

    That a field is often not filled in never lowers it: a green one would say how large a hidden
    count of unknowns is at most. Doubles, and what is of another time or place, are neither
    `counted` nor `rejected`; `doubtful` are the reasons of what is wrong in rows that count.
    """
    rules, severities = set(findings["rule"]), set(findings["severity"])
    total = counted + rejected
    holds = {
        **dict.fromkeys(rules, True),
        "fout": "critical" in severities,
        "veel_geweigerd": rejected > MANY_REJECTED * total,
        "geweigerd": rejected > 0,
        "klopt_niet": any(reason != NOT_UNDERSTOOD for reason in doubtful),
        NOT_UNDERSTOOD: NOT_UNDERSTOOD in doubtful,
        "vraag": "warning" in severities,
        "geteld": True,
        "niets": not rules,
    }
    reasons = [row for row in vocabulary.reference("grade_reasons") if holds.get(row["code"])]
    worst = next(code for code in GRADES if any(row["grade"] == code for row in reasons))
    sentences = " ".join(row["sentence"] for row in reasons if row["grade"] == worst)
    reason = sentences.format(rejected=rejected, total=total)
    return vocabulary.by_code("grades", "label")[worst], reason
