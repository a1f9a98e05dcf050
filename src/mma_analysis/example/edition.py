"""The example edition as files: settings, deliveries, survey with its codings, and truth."""

from collections.abc import Mapping
from pathlib import Path

from mma_analysis.example import codings, survey
from mma_analysis.example.files import file_bytes, xlsx
from mma_analysis.example.rows import Row, rows_of
from mma_analysis.example.sheets import Sheet, sheets_of
from mma_analysis.example.tables import raw, table
from mma_analysis.example.tips import Numbers, draw_receipts
from mma_analysis.example.truth import truth


def write(folder: Path, truth_file: Path) -> None:
    """Write the whole edition into this folder and what must be counted into the truth file."""
    rows = deliveries()
    sheets = {layout["name"]: sheets_of(layout, rows[layout["name"]]) for layout in _layouts()}
    for path, content in _edition(sheets).items():
        _write(folder / path, content)
    _write(truth_file, truth(rows, sheets))


def deliveries() -> dict[str, list[Row]]:
    """Draw what happened and write it down: file name → its data rows."""
    numbers = Numbers()
    settings = table("evaluatie")["gemeenten"].items()
    connected = {slug: known["aangesloten"] for slug, known in settings}
    everything = draw_receipts(connected, numbers)
    return {
        layout["name"]: rows_of(
            layout, tuple(r for r in everything if r.gemeente in layout["gemeenten"]), numbers
        )
        for layout in _layouts()
    }


def _edition(sheets: Mapping[str, tuple[Sheet, ...]]) -> dict[str, bytes]:
    """Path in the edition → content."""
    return {
        "evaluatie.toml": raw("evaluatie.toml"),
        "vragenlijst/codeboek.toml": raw("codeboek.toml"),
        "vragenlijst/antwoorden.xlsx": xlsx((survey.sheet(),)),
        "vragenlijst/themas.toml": raw("themas.toml"),
        "vragenlijst/coderingen.xlsx": xlsx(codings.sheets()),
        "vragenlijst/citaten.toml": codings.quotes(),
        **{
            f"meldingen/{layout['name']}": file_bytes(layout, sheets[layout["name"]])
            for layout in _layouts()
        },
    }


def _layouts() -> list[dict]:
    return table("layouts")["file"]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
