"""Write the example edition anew, with its truth: `python -m tools.example_edition.edition`."""

from pathlib import Path

from . import survey
from .files import file_bytes, xlsx
from .rows import rows_of
from .sheets import sheets_of
from .tables import EDITION, ROOT, of_edition, table
from .tips import District
from .truth import truth


def write(folder: Path, truth_file: Path) -> None:
    """Write what is made of the edition into this folder, and what must be counted in a file."""
    settings = of_edition("evaluatie.toml")["gemeenten"].items()
    world, layouts = table("world"), table("layouts")["file"]
    connected = {slug: known["aangesloten"] for slug, known in settings}
    district = District(world["gemeenten"], connected, world["shared"])
    received = district.receipts()
    rows = {
        layout["name"]: rows_of(
            layout, [r for r in received if r.gemeente in layout["gemeenten"]], district
        )
        for layout in layouts
    }
    sheets = {layout["name"]: sheets_of(layout, rows[layout["name"]]) for layout in layouts}
    for name in ("meldingen", "vragenlijst"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for layout in layouts:
        path = folder / "meldingen" / layout["name"]
        path.write_bytes(file_bytes(layout, sheets[layout["name"]]))
    answers = survey.export(table("antwoorden")["answer"])
    (folder / "vragenlijst" / "antwoorden.xlsx").write_bytes(xlsx((answers,)))
    (folder / "vragenlijst" / "coderingen.xlsx").write_bytes(xlsx(survey.coding_sheets()))
    truth_file.write_bytes(truth(rows, sheets))


if __name__ == "__main__":
    write(EDITION, ROOT / "tests" / "truth" / "voorbeeld-2023.json")
