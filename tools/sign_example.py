"""Sign for the example edition with invented people: `python -m tools.sign_example`.

To be done after `mma report`, when a table of which people judge the content came out otherwise.
"""

from pathlib import Path

from mma_analysis import audit
from mma_analysis.settings import EXAMPLE, Workspace

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Verzonnen handtekeningen bij verzonnen cijfers. Bij een echte editie tekenen twee mensen
# die het dossier hebben bekeken: reports/voorbeeld-2023/dossier.html.
"""
REASONS = {
    "vrije tekst": "verzonnen: de citaten zijn gelezen en niemand is erin te herkennen",
    "cijfers uit losse meldingen": "verzonnen: genoeg meldingen, en geen gemeente weegt te zwaar",
}
# Of these the kind does not say why they may go out.
REASONS_OF = {
    "tabel survey_agreement": "verzonnen: gaat over de twee lezers die de antwoorden indeelden",
    "tabel time_to_close": (
        "verzonnen: van 8 gemeenten, ook zonder de grootste ten minste 200 meldingen, en de"
        " delen in stappen van 5%"
    ),
    "tabel time_to_receive": "verzonnen: van 6 gemeenten samen, en alleen de mediaan in dagen",
    "tabel grades": "verzonnen: een oordeel over een bestand zegt niets over een melding",
    "getypte getallen": "verzonnen: het zijn grenzen van de evaluatie en een termijn, geen aantal",
}
AGREED = "verzonnen: de gemeenten spraken af dat hun antwoorden openbaar zijn"
BLOCK = """
[[vrijgave]]
uitvoer = "{output}"
inhoud = "{content}"
reden = "{reason}"
eerste = {{ naam = "A. Verzonnen", functie = "onderzoeker", datum = 2023-07-11 }}
tweede = {{ naam = "B. Bedacht", functie = "privacy-functionaris", datum = 2023-07-12 }}
"""


def main() -> None:
    """Write `vrijgave.toml` of the example anew."""
    workspace = Workspace(ROOT)
    path = workspace.raw(EXAMPLE) / "vrijgave.toml"
    path.unlink(missing_ok=True)
    reports, tables = workspace.reports(EXAMPLE), workspace.processed(EXAMPLE)
    verdict = audit.examine(workspace.edition(EXAMPLE), reports, tables)
    blocks = []
    for line in verdict["lines"]:
        if line["status"] == "review":
            of_kind = REASONS.get(line["kind"], AGREED)
            reason = REASONS_OF.get(line["output"], of_kind)
            blocks.append(BLOCK.format(**line, reason=reason))
    path.write_text(HEAD + "".join(blocks), encoding="utf-8", newline="\n")
    print(f"{path}: {len(blocks)} regels getekend")


if __name__ == "__main__":
    main()
