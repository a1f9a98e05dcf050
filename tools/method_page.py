"""The part of `docs/methode.md` that is written from `reference/indicators.csv`.

`python -m tools.method_page docs/methode.md` writes it again.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from mma_analysis.vocabulary import UsageError
from mma_analysis.vocabulary.reference import INDICATORS

BEGIN = "<!-- Begin van wat uit reference/indicators.csv komt: verander het daar. -->"
END = "<!-- Einde van wat uit reference/indicators.csv komt. -->"
# What the page says once, above: a share, a count by hand, nothing to tell.
SAID = re.compile(
    r"geen( rekensom)?|met de hand.*|telling(, afgerond)?|eigen .+|aantal ÷ alle meldingen"
    r"|Aandeel; interval van Wilson|als bij een aandeel|Wilson 1927|\w+\.toml",
    re.IGNORECASE,
)
PARTS = {
    "formula": "Formule",
    "method": "Methode",
    "assumption": "Aanname",
    "limit": "Grens",
    "source": "Bron",
    "check": "Controle",
}


def with_indicators(page: str) -> str:
    """Put an entry for every figure between the two marks of a page; the rest stays as it is.

    What is only read, as settings and the own delivery of a gemeente are, is no figure.

    Raises
    ------
    UsageError
        When the page does not have both marks, in their order.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise UsageError(f"the page must have the line {BEGIN} and after it the line {END}")
    figures = [row for row in INDICATORS if row["function"] and row["scope"] != "own"]
    entries = "\n\n".join(entry(row) for row in figures)
    return f"{before}{BEGIN}\n\n{entries}\n\n{END}{after}"


def entry(row: Mapping[str, str]) -> str:
    """One indicator as a short paragraph; what is not filled in is left out."""
    parts = [f"**{row['name']}** ({row['unit']}; `{row['table']}`)", row["definition"]]
    if int(row["smallest_n"]) > 1:
        parts.append(f"Vanaf {row['smallest_n']} {row['smallest_of']}")
    told = {key: row[key] for key in PARTS if not SAID.fullmatch(row[key])}
    parts += [f"*{PARTS[key]}:* {text}" for key, text in told.items()]
    return " ".join(f"{part}." for part in parts)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    page = with_indicators(path.read_text(encoding="utf-8"))
    path.write_text(page, encoding="utf-8", newline="\n")
