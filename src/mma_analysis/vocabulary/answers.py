"""What the options of a question say: who agrees, who does not, and who is in between."""

from collections.abc import Sequence

from mma_analysis.vocabulary.schema import NO, YES

# Kinds of a question that have such options.
SCALE = "likert"
ONE_OF = "single"
# What an option does.
AGREES = "eens"
DISAGREES = "oneens"
IN_BETWEEN = "tussenin"
# How an option that is not on a scale begins.
NO_OPINION = "weet niet"


def sides(kind: str, options: Sequence[str]) -> dict[str, list[str]]:
    """Which options of a question disagree, are in between and agree.

    Of a scale its two halves; of a choice what begins with *ja*, and *nee*. Nothing of a
    question that has no such options.
    """
    if kind == SCALE:
        scale = [one for one in options if not one.lower().startswith(NO_OPINION)]
        half = len(scale) // 2
        disagree = scale[:half]
        agree = scale[len(scale) - half :]
    elif kind == ONE_OF:
        disagree = [one for one in options if one.lower() == NO]
        agree = [one for one in options if one.lower().split(",")[0] == YES]
    else:
        return {}
    if not agree or not disagree:
        return {}
    between = [one for one in options if one not in agree and one not in disagree]
    return {DISAGREES: disagree, AGREES: agree, IN_BETWEEN: between}
