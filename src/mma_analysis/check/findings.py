"""Which rules a sender's rows do not meet and what to do about it; the grade that follows."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from typing import Literal, cast

import pandas as pd

from mma_analysis.vocabulary import Vocabulary, derived

Severity = Literal["critical", "warning", "info"]

# Longer between M. and the gemeente than this is more likely a typing error than a delay.
LONGEST_DELAY_DAYS = 90
# Of fewer meldingen than this a percentage looks more exact than it is.
FEW = 20
NUMBERS = {"rows": "int64", "share": "float64"}
GRADES = ("rood", "geel", "groen")  # the worst that holds is given
MANY_REJECTED = 0.10
NOT_UNDERSTOOD = "niet_begrepen"


@dataclass(frozen=True)
class Finding:
    """One rule that the rows of one gemeente do not meet; never holds a value of a cell.

    `gemeente` is the district when the fault is in the table as a whole. `rows` break the rule and
    are `share` of all rows tested (0–1); both are 0 for a rule about the table. `sentence`: for the
    sender.
    """

    gemeente: str
    rule: str
    column: str
    severity: Severity
    rows: int
    share: float
    sentence: str


@derived
def rules(vocabulary: Vocabulary) -> dict[str, dict[str, str]]:
    """Code → its row of rules.csv, in the order in which a sender reads them."""
    return {row["code"]: row for row in vocabulary.reference("rules")}


def finding(
    vocabulary: Vocabulary,
    gemeente: str,
    code: str,
    column: str = "",
    rows: int = 0,
    total: int = 0,
    /,
    **more: object,
) -> Finding:
    """What a rule says of these rows; `more` goes before the numbers in its sentence."""
    rule = rules(vocabulary)[code]
    words = {"column": column, "rows": rows, "total": total, "meldingen": of_meldingen(rows, total)}
    sentence = rule["sentence"].format(**words | more)
    share = rows / total if rows else 0.0
    return Finding(gemeente, code, column, cast(Severity, rule["severity"]), rows, share, sentence)


def in_reading_order(vocabulary: Vocabulary, findings: Iterable[Finding]) -> list[Finding]:
    """By gemeente, and then as the rules stand in rules.csv."""
    order = list(rules(vocabulary))
    return sorted(findings, key=lambda f: (f.gemeente, order.index(f.rule), f.column))


def blocked(vocabulary: Vocabulary, findings: Iterable[Finding]) -> frozenset[str]:
    """The areas that get no page: those with a critical finding.

    A critical finding for the district is about a whole table: then no area gets a page.
    """
    stopped = frozenset(f.gemeente for f in findings if f.severity == "critical")
    if vocabulary.district.slug in stopped:
        return frozenset(area.slug for area in vocabulary.areas)
    return stopped


def as_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """One row per finding, with the fields of `Finding` as columns."""
    dtypes = {field.name: NUMBERS.get(field.name, "str") for field in fields(Finding)}
    rows = [asdict(finding) for finding in findings]
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)


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


@dataclass(frozen=True)
class Grade:
    """A grade, its label, and in Dutch why this delivery has it."""

    code: str
    label: str
    reason: str


def grade(
    vocabulary: Vocabulary,
    findings: Iterable[Finding],
    counted: int,
    rejected: int,
    doubtful: Collection[str],
) -> Grade:
    """Grade one delivery: red, yellow or green, by the rows of `grade_reasons.csv` that hold.

    That a field is often not filled in never lowers it: a green one would say how large a hidden
    count of unknowns is at most. Doubles, and what is of another time or place, are neither
    `counted` nor `rejected`; `doubtful` are the reasons of what is wrong in rows that count.
    """
    severity_of = {finding.rule: finding.severity for finding in findings}
    total = counted + rejected
    holds = {
        **dict.fromkeys(severity_of, True),
        "fout": "critical" in severity_of.values(),
        "veel_geweigerd": rejected > MANY_REJECTED * total,
        "geweigerd": rejected > 0,
        "klopt_niet": any(reason != NOT_UNDERSTOOD for reason in doubtful),
        NOT_UNDERSTOOD: NOT_UNDERSTOOD in doubtful,
        "vraag": "warning" in severity_of.values(),
        "geteld": True,
        "niets": not severity_of,
    }
    reasons = [row for row in vocabulary.reference("grade_reasons") if holds.get(row["code"])]
    worst = next(code for code in GRADES if any(row["grade"] == code for row in reasons))
    sentences = [row["sentence"] for row in reasons if row["grade"] == worst]
    labels = {row["code"]: row["label"] for row in vocabulary.reference("grades")}
    reason = " ".join(sentences).format(rejected=rejected, total=total)
    return Grade(worst, labels[worst], reason)
