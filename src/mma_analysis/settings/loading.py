"""Reading `evaluatie.toml`, and saying what is wrong with it."""

import datetime as dt
import tomllib
import unicodedata
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from mma_analysis.settings.costs import Fase, Kosten, Scenario, Tarief
from mma_analysis.settings.parts import (
    SETTINGS_FILE,
    Bescherming,
    Campagne,
    Edition,
    Evaluatie,
    Gemeente,
    Groepsonthulling,
    Voorstel,
    Vragenlijst,
)
from mma_analysis.vocabulary import UsageError, Vocabulary, did_you_mean


def load(folder: Path) -> Edition:
    """Read the settings of the edition in this folder, and its reference tables.

    Raises
    ------
    UsageError
        When the file is absent, is not TOML, or holds a wrong key, type, date, gemeente, topic or
        file; the message names file, key, value and what is allowed. When a table in `reference/`
        is wrong; the message names file, column and row.
    """
    edition = load_as_left(folder)
    _check_files(folder / SETTINGS_FILE, edition)
    return edition


def load_as_left(folder: Path) -> Edition:
    """Read the settings of an edition as `load` does, also when its deliveries were removed.

    Raises
    ------
    UsageError
        As `load`, but not about files that are not there.
    """
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise UsageError(
            f"no edition at {folder}: {SETTINGS_FILE} is missing; "
            "`mma new NAME --begin 2023-07-01 --peildatum 2025-06-30` makes an edition"
        )
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a TOML file in UTF-8: {error}") from error
    try:
        edition = Edition.model_validate(settings)
    except ValidationError as error:
        raise UsageError(_explain(path, error)) from error
    edition._folder = folder
    edition._vocabulary = Vocabulary.of_edition(folder)
    _check_words(path, edition)
    return edition


def _explain(path: Path, error: ValidationError) -> str:
    lines = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            known = _known_keys(fault["loc"][:-1])
            lines.append(f"unknown key '{key}'{did_you_mean(str(fault['loc'][-1]), known)}")
        elif fault["type"] == "missing":
            lines.append(f"key '{key}' is missing")
        elif fault["type"] == "value_error":  # about several keys: the input is the whole block
            lines.append(f"{key}: {fault['msg'].removeprefix('Value error, ')}")
        elif fault["type"].startswith("date"):
            lines.append(f"{key} = {fault['input']!r}: {_as_date(fault['input'])}")
        else:
            lines.append(f"{key} = {fault['input']!r}: {fault['msg']}")
    return f"{path}: " + "; ".join(lines)


def _as_date(given: object) -> str:
    """How to write a date; the one that was given, when it can be read with the day first."""
    example = "2027-06-30"
    with suppress(ValueError):
        example = dt.datetime.strptime(str(given).replace("/", "-"), "%d-%m-%Y").date().isoformat()
    return f"write the date as {example}, without quotes"


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed at a place in the settings."""
    parts = {
        "evaluatie": Evaluatie,
        "bescherming": Bescherming,
        "gemeenten": Gemeente,
        "vragenlijst": Vragenlijst,
        "kosten": Kosten,
        "campagnes": Campagne,
        "voorstel": Voorstel,
        "tarief": Tarief,
        "fase": Fase,
        "groepsonthulling": Groepsonthulling,
        "scenario": Scenario,
    }
    named = [parts[part] for part in location if isinstance(part, str) and part in parts]
    return list((named[-1] if named else Edition).model_fields)


def _check_words(path: Path, edition: Edition) -> None:
    """Gemeenten and topics in the settings are words of this project."""
    named: list[tuple[str, str]] = [("gemeenten", slug) for slug in edition.gemeenten]
    if edition.vragenlijst:
        named += [("vragenlijst.geen_ervaring", s) for s in edition.vragenlijst.geen_ervaring]
        for joint, slugs in edition.vragenlijst.gezamenlijk.items():
            named += [(f"vragenlijst.gezamenlijk.{joint}", slug) for slug in slugs]
    for campaign in edition.campagnes:
        if campaign.gemeenten != "alle":
            named += [(f"campagnes '{campaign.naam}'.gemeenten", s) for s in campaign.gemeenten]
    _check_groups(path, edition)
    _check_district(path, edition)
    vocabulary = edition.vocabulary
    known = [area.slug for area in vocabulary.gemeenten]
    for key, slug in named:
        if slug not in known:
            near = did_you_mean(slug, known)
            raise UsageError(f"{path}: {key}: '{slug}' is not a gemeente of the district{near}")
    for campaign in edition.campagnes:
        for topic in campaign.topics:
            if topic not in vocabulary.topics:
                near = did_you_mean(topic, vocabulary.topics)
                raise UsageError(
                    f"{path}: campagnes '{campaign.naam}'.topics: '{topic}' is not a topic{near}"
                )


def _check_district(path: Path, edition: Edition) -> None:
    """The district of the settings is the one that the reference tables are about."""
    named, known = edition.evaluatie.district, edition.vocabulary.district.name
    if named != known:
        raise UsageError(
            f"{path}: evaluatie.district = '{named}', but the reference tables are about "
            f"'{known}'; `mma new NAME --district TABLE.csv` makes an edition of another district"
        )


def _check_groups(path: Path, edition: Edition) -> None:
    """A decision names an area and a breakdown of this project."""
    areas = [area.slug for area in edition.vocabulary.areas]
    breakdowns = [row["breakdown"] for row in edition.vocabulary.reference("breakdowns")]
    for one in edition.bescherming.groepsonthulling:
        for key, word, known in (
            ("gebied", one.gebied, areas),
            ("uitsplitsing", one.uitsplitsing, breakdowns),
        ):
            if word not in known:
                near = did_you_mean(word, known)
                raise UsageError(
                    f"{path}: bescherming.groepsonthulling.{key}: '{word}' is not known{near}"
                )


def _check_files(path: Path, edition: Edition) -> None:
    """Every file that the settings name is inside the edition's folder and is there."""
    named = [("levering", file) for file in (*edition.deliveries(), *edition.replaced())]
    if edition.vragenlijst:
        named.append(("vragenlijst.bestand", edition.vragenlijst.bestand))
        named.append(("vragenlijst.codeboek", edition.vragenlijst.codeboek))
        for key in ("themas", "coderingen", "citaten"):
            file = getattr(edition.vragenlijst, key)
            named += [(f"vragenlijst.{key}", file)] if file else []
    root = edition.folder.resolve()
    for key, file in named:
        if "\\" in file or not file.isprintable():
            raise UsageError(
                f"{path}: {key} = {file!r} is no path; write it with / and never with \\, as in "
                "'meldingen/losser.xlsx'"
            )
        target = (edition.folder / file).resolve()
        if not target.is_relative_to(root):
            raise UsageError(
                f"{path}: {key} = '{file}' points outside the edition's folder; put the file "
                "itself in meldingen/ or vragenlijst/ and name it from there"
            )
        if not target.is_file():
            raise UsageError(f"{path}: {key} = '{file}' {_why_no_file(target)}")


def _why_no_file(target: Path) -> str:
    folder = target if target.is_dir() else target.parent
    there = sorted(p.name for p in folder.glob("*")) if folder.is_dir() else []
    holds = ", ".join(there) or "nothing"
    looks_so = [name for name in there if _composed(name) == _composed(target.name)]
    if looks_so and not target.is_dir():
        return (
            "is not there, and a file that looks the same is: its accents are written in another "
            "way, as a Mac does; rename that file by typing its whole name anew"
        )
    if target.is_dir():
        return f"is a folder; name a file: it holds: {holds}"
    return f"is not there; the folder holds: {holds}"


def _composed(name: str) -> str:
    """A name with each accent and its letter as one sign."""
    return unicodedata.normalize("NFC", name)
