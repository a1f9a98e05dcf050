"""Small editions in a folder: the smallest, one with a survey, and one of two gemeenten."""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from mma_analysis.settings import Edition, Workspace, load
from mma_analysis.settings.codebook import Codebook

EVALUATIE = """
[evaluatie]
titel = "Proef"
district = "Twente"
begin = 2021-07-01
peildatum = 2023-06-30
"""
SETTINGS = f"{EVALUATIE}[gemeenten.borne]\n"
CODED = {"themas": "themas.toml", "coderingen": "coderingen.xlsx", "citaten": "citaten.toml"}


def settings(files: Mapping[str, str], **since: str) -> str:
    """The settings in which each gemeente delivered this file, and some are connected since."""
    blocks = [
        (f'[gemeenten.{slug}]\nlevering = ["{file}"]\n')
        + (f"aangesloten = {since[slug]}\n" if slug in since else "")
        for slug, file in files.items()
    ]
    return "".join([EVALUATIE, *blocks])


def workbook(sheets: Mapping[str, Iterable[Sequence[object]]]) -> bytes:
    """A workbook of these rows: a date is a real one, and a text is no formula and no link."""
    content = io.BytesIO()
    plain = {"default_date_format": "dd-mm-yyyy", "strings_to_formulas": False}
    with xlsxwriter.Workbook(content, plain | {"strings_to_urls": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return content.getvalue()


def codebook(**questions: Mapping[str, object] | str) -> Codebook:
    """Code → soort, or all that is not as plain as can be; first comes the gemeente."""
    vragen = [
        {"code": code, "tekst": f"{code.capitalize()}?", "kort": code.capitalize()}
        | ({"soort": of} if isinstance(of, str) else dict(of))
        for code, of in {"gemeente": "gemeente", **questions}.items()
    ]
    return Codebook.model_validate({"vraag": vragen})


def written(folder: Path, settings: str = SETTINGS) -> Edition:
    """The edition with these settings."""
    (folder / "evaluatie.toml").write_text(settings, encoding="utf-8")
    return load(folder)


def delivers(
    folder: Path,
    content: bytes | str,
    file: str = "losser.csv",
    own: str = "",
    senders: Sequence[str] = ("losser",),
) -> Edition:
    """The edition in which these delivered one file; `own` are lines in the block of the first."""
    (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    first, *others = [f'[gemeenten.{slug}]\nlevering = ["{file}"]\n' for slug in senders]
    return written(folder, "".join([EVALUATIE, first, f"{own}\n", *others]))


def surveyed(
    folder: Path,
    export: str | bytes | None = "",
    file: str = "antwoorden.csv",
    codebook: str = "",
    **coded: str,
) -> Edition:
    """The edition with a survey; an export that is None is there already."""
    if export is not None:
        (folder / file).write_bytes(export if isinstance(export, bytes) else export.encode())
    (folder / "codeboek.toml").write_text(codebook, encoding="utf-8")
    for key, text in coded.items():
        (folder / CODED[key]).write_text(text, encoding="utf-8")
    names = {"bestand": file, "codeboek": "codeboek.toml"} | {key: CODED[key] for key in coded}
    survey = "\n".join(["[vragenlijst]", *(f'{key} = "{name}"' for key, name in names.items())])
    return written(folder, SETTINGS + survey)


# --- two gemeenten and nothing more: no survey, no costs, no campaigns ---------------------------

OF_TWO = settings(
    {"borne": "meldingen/borne.csv", "losser": "meldingen/losser.csv"}, borne="2022-02-01"
).replace("levering", 'klopt = "Dit is alles."\nlevering')
# Each knows the rows of the other: nobody is to be kept from them, which is soon done.
TOGETHER = f'{OF_TWO}[bescherming]\nsamen = [["borne", "losser"]]\n'
BORNE = """Meldnummer;Ontvangen op;Onderwerp;Status
M2022-000001;01-03-2022;Drugs;Afgesloten
M2022-000002;22-03-2022;Drugs;Afgesloten
M2022-000002;22-03-2022;Drugs;Afgesloten
M2022-000003;31-02-2022;Drugs;Afgesloten
"""
LOSSER = """Meldnummer;Ontvangen op;Onderwerp;Status
M2022-000001;01-03-2022;Drugs;Ontvangen
M2022-000009;25-05-2023;Woonfraude;Ontvangen
"""


def write(workspace: Workspace, name: str, content: str) -> None:
    """A file of the edition."""
    path = workspace.raw("proef") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def of_two(root: Path) -> Workspace:
    """Their deliveries; the fixture `small` has them prepared."""
    workspace = Workspace(root)
    write(workspace, "evaluatie.toml", TOGETHER)
    write(workspace, "meldingen/borne.csv", BORNE)
    write(workspace, "meldingen/losser.csv", LOSSER)
    return workspace
