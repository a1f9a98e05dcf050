"""The smallest edition, with a survey or without, in a folder; and one of some gemeenten."""

from collections.abc import Mapping
from pathlib import Path

from mma_analysis.measure import Frame, frame
from mma_analysis.settings import Edition, load

SETTINGS = """
[evaluatie]
titel = "Proef"
district = "Twente"
begin = 2021-07-01
peildatum = 2023-06-30
[gemeenten.borne]
"""
CODED = {"themas": "themas.toml", "coderingen": "coderingen.xlsx", "citaten": "citaten.toml"}


def written(folder: Path, settings: str = SETTINGS) -> Edition:
    """The edition with these settings."""
    (folder / "evaluatie.toml").write_text(settings, encoding="utf-8")
    return load(folder)


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


def framed(
    since: Mapping[str, str | None],
    begin: str = "2021-07-01",
    peildatum: str = "2023-06-30",
    **parts: object,
) -> Frame:
    """What is measured when these gemeenten delivered, connected since these days."""
    gemeenten = {
        slug: {"levering": [f"{slug}.csv"], **({"aangesloten": day} if day else {})}
        for slug, day in since.items()
    }
    evaluatie = {"titel": "Proef", "district": "Twente", "begin": begin, "peildatum": peildatum}
    settings = {"evaluatie": evaluatie, "gemeenten": gemeenten, **parts}
    return frame(Edition.model_validate(settings))
