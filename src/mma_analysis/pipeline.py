"""Everything between the deliveries and the released tables, in reading order, on disk."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis import check, clean, codebook, domain, measure, protect, read
from mma_analysis.corrections import CORRECTIONS_FILE
from mma_analysis.domain import MmaError
from mma_analysis.edition import SETTINGS_FILE, Edition, Workspace
from mma_analysis.storage import (
    MANIFEST,
    hashes_below,
    read_manifest,
    sha256,
    swapped_in,
    write_json,
)

CLEAN, MEASURES, INTERN = "clean", "measures", "measures_intern"
# Packages whose version can change a number or a byte of a table.
VERSIONED = ("mma-analysis", "pandas", "numpy", "scipy", "statsmodels", "pyarrow", "highspy")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """What `prepare` did: the manifest, and whether it had to do anything."""

    manifest: dict[str, Any]
    was_up_to_date: bool


@dataclass(frozen=True)
class Cleaned:
    """The clean tables of an edition, with what was refused and what was double."""

    meldingen: pd.DataFrame
    responses: pd.DataFrame
    rejected: pd.DataFrame
    duplicates: pd.DataFrame
    files: list[dict[str, Any]]
    book: codebook.Codebook | None


def prepare(workspace: Workspace, slug: str, force: bool = False, say: Say = print) -> Prepared:
    """Turn the deliveries of an edition into clean tables and released tables.

    Does nothing when the deliveries, the settings, this package and its libraries are those of the
    last time and the tables are still as they were written. The tables are swapped in whole.

    Raises
    ------
    MmaError
        When a delivery cannot be read: all unreadable files are named in one message.
    """
    edition = workspace.edition(slug)
    key = input_key(edition)
    target = workspace.processed(slug)
    manifest = read_manifest(target)
    if not force and manifest is not None and manifest["key"] == key and _is_intact(target):
        return Prepared(manifest, was_up_to_date=True)
    with swapped_in(target) as folder:
        manifest = _run(edition, folder, say) | {"key": key}
        manifest["outputs"] = hashes_below(folder)
        write_json(folder / MANIFEST, manifest)
    return Prepared(manifest, was_up_to_date=False)


def _run(edition: Edition, folder: Path, say: Say) -> dict[str, Any]:
    cleaned = _read_and_clean(edition, say)
    say(
        f"clean: {len(cleaned.meldingen)} meldingen, {len(cleaned.rejected)} rejected, "
        f"{len(cleaned.duplicates)} duplicate"
    )
    findings = _check(cleaned, edition)
    of = measure.frame(edition)
    cells, related = measure.count_system(cleaned.meldingen, of)
    states = _protect(cells, related, edition.bescherming.drempel)
    say(f"protect: {(states == 'shown').sum()} counts shown, {(states == 'hidden').sum()} hidden")
    _write_clean(cleaned, findings, folder / CLEAN)
    shared = _shared_tables(cleaned, findings, edition, of)
    public = measure.released_counts(cells, states, of)
    write_tables(measure.released_tables(public, of) | shared, folder / MEASURES)
    for slug in of.delivered:
        own = _own_tables(slug, cells, states, cleaned, findings, of)
        write_tables(own, folder / INTERN / slug)
    return {
        "edition": edition.slug,
        "settings": edition.settings_hash,
        "version": version("mma-analysis"),
        "files": cleaned.files,
        "blocked": sorted(check.blocked(findings)),
    }


def _protect(cells: pd.DataFrame, related: pd.DataFrame, threshold: int) -> pd.Series:
    """Plan what is shown, and attack the plan before anything is written with it."""
    states = protect.plan(cells, related, threshold)
    weak = protect.weaknesses(protect.attack(cells, related, states), threshold)
    if len(weak):
        raise MmaError(
            f"{len(weak)} hidden counts can be worked out from the shown ones; nothing was "
            "written. This is a fault of mma-analysis: please report it"
        )
    return states


def _read_and_clean(edition: Edition, say: Say) -> Cleaned:
    deliveries = _read_all(edition, say)
    tips = clean.clean_meldingen(deliveries, edition)
    book = codebook.load(edition)
    files = [_file_row(edition, d, tips) for d in deliveries]
    if book is None:
        nothing = pd.DataFrame({c.name: pd.Series(dtype=c.dtype) for c in domain.RESPONSES})
        return Cleaned(tips.meldingen, nothing, tips.rejected, tips.duplicates, files, book)
    export = read.read_survey(edition)
    survey = clean.clean_responses(export, book, edition)
    say(f"read {export.file}: {len(export.rows)} answers")
    return Cleaned(
        meldingen=tips.meldingen,
        responses=survey.responses,
        rejected=pd.concat([tips.rejected, survey.rejected, survey.unreadable], ignore_index=True),
        duplicates=pd.concat([tips.duplicates, survey.superseded], ignore_index=True),
        files=[*files, _survey_row(edition, export, survey)],
        book=book,
    )


def _read_all(edition: Edition, say: Say) -> list[domain.Delivery]:
    deliveries, faults = [], []
    for file in edition.deliveries():
        try:
            delivery = read.read_delivery(edition, file)
        except MmaError as fault:
            faults.append(str(fault))
        else:
            deliveries.append(delivery)
            say(f"read {file}: {len(delivery.rows)} rows")
    if faults:
        count = "a delivery" if len(faults) == 1 else f"{len(faults)} deliveries"
        raise MmaError("\n".join([f"{count} cannot be read; nothing was changed", *faults]))
    return deliveries


def _file_row(
    edition: Edition, delivery: domain.Delivery, tips: clean.CleanMeldingen
) -> dict[str, Any]:
    """What became of the rows of one delivery; raises when rows were lost."""
    counts = {
        name: int((table["source_file"] == delivery.file).sum())
        for name, table in (
            ("clean", tips.meldingen),
            ("rejected", tips.rejected),
            ("duplicate", tips.duplicates),
        )
    }
    return _accounted_for(edition, delivery.file, delivery.senders, len(delivery.rows), counts)


def _survey_row(
    edition: Edition, export: domain.SurveyExport, survey: clean.CleanResponses
) -> dict[str, Any]:
    """What became of the answer sheets; a sheet counts when it stands for any gemeente."""
    counted = set(survey.responses["source_row"])
    refused = set(survey.rejected["source_row"])
    replaced = set(survey.superseded["source_row"]) - counted
    counts = {"clean": len(counted), "rejected": len(refused), "duplicate": len(replaced)}
    return _accounted_for(edition, export.file, (), len(export.rows), counts)


def _accounted_for(
    edition: Edition, file: str, senders: Sequence[str], rows: int, counts: dict[str, int]
) -> dict[str, Any]:
    if rows != sum(counts.values()):
        raise MmaError(
            f"{file}: {rows} rows read, but {sum(counts.values())} accounted for; "
            "this is a fault of mma-analysis: please report it"
        )
    return {
        "path": file,
        "sha256": sha256(edition.folder / file),
        "gemeenten": list(senders),
        "read": rows,
        **counts,
    }


def _check(cleaned: Cleaned, edition: Edition) -> list[check.Finding]:
    findings = check.check_meldingen(cleaned.meldingen, edition)
    if cleaned.book is not None:
        findings += check.check_responses(cleaned.responses, cleaned.book, edition)
    return findings


def _shared_tables(
    cleaned: Cleaned, findings: Sequence[check.Finding], edition: Edition, of: measure.Frame
) -> dict[str, pd.DataFrame]:
    """Released tables that are no counts of meldingen per cell: estimates, survey, deliveries."""
    district = domain.district().slug
    of_district = cleaned.meldingen.drop_duplicates("melding_id").assign(area=district)
    peildatum = pd.Timestamp(edition.peildatum)
    tables = {
        "trend": measure.district_trend(cleaned.meldingen, of.exposure, of.periods),
        "time_to_close": measure.time_to_close(of_district, peildatum),
        "deliveries": _deliveries(cleaned, findings),
    }
    if cleaned.book is None or edition.vragenlijst is None:
        return tables
    slugs = [area.slug for area in domain.gemeenten()]
    no_experience = edition.vragenlijst.geen_ervaring
    return tables | {
        "survey_response": measure.response(cleaned.responses, slugs, no_experience),
        "survey_answers": measure.answers(cleaned.responses, cleaned.book),
        "survey_numbers": measure.numbers(cleaned.responses, cleaned.book),
    }


def _deliveries(cleaned: Cleaned, findings: Sequence[check.Finding]) -> pd.DataFrame:
    """What happened to all delivered rows together; per gemeente it would give counts away."""
    tips = [file for file in cleaned.files if file["gemeenten"]]
    totals = {
        name: sum(file[name] for file in tips)
        for name in ("read", "clean", "rejected", "duplicate")
    }
    severities = pd.Series([f.severity for f in findings], dtype="str").value_counts()
    return pd.DataFrame(
        [{"files": len(tips), **totals, "warnings": int(severities.get("warning", 0))}]
    )


def _own_tables(
    slug: str,
    cells: pd.DataFrame,
    states: pd.Series,
    cleaned: Cleaned,
    findings: Sequence[check.Finding],
    of: measure.Frame,
) -> dict[str, pd.DataFrame]:
    """The tables for one gemeente: its own counts exact, everybody else's as released."""
    own = cells.index[cells["area"] == slug]
    counts = measure.released_counts(cells, states.mask(states.index.isin(own), "shown"), of)
    meldingen = cleaned.meldingen[cleaned.meldingen["gemeente"] == slug]
    rejected = cleaned.rejected[cleaned.rejected["gemeente"] == slug]
    peildatum = pd.Timestamp(of.edition.peildatum)
    responses = cleaned.responses[cleaned.responses["gemeente"] == slug]
    return measure.released_tables(counts, of) | {
        "own_time_to_close": measure.time_to_close(meldingen.assign(area=slug), peildatum),
        "own_rejected": rejected.reset_index(drop=True),
        "own_duplicates": cleaned.duplicates[cleaned.duplicates["gemeente"] == slug],
        "own_findings": check.as_table([f for f in findings if f.gemeente == slug]),
        "own_responses": responses[["question", "value", "answered_by"]].reset_index(drop=True),
    }


def _write_clean(cleaned: Cleaned, findings: Sequence[check.Finding], folder: Path) -> None:
    tables = {
        "meldingen": cleaned.meldingen,
        "responses": cleaned.responses,
        "rejected": cleaned.rejected,
        "duplicates": cleaned.duplicates,
        "findings": check.as_table(findings),
    }
    write_tables(tables, folder)


# --- on disk -------------------------------------------------------------------------------------


def input_key(edition: Edition) -> str:
    """Hash everything that the tables depend on: inputs, settings, our code, library versions."""
    named = [SETTINGS_FILE, *edition.deliveries()]
    if (edition.folder / CORRECTIONS_FILE).is_file():
        named.append(CORRECTIONS_FILE)
    if edition.vragenlijst is not None:
        named += [edition.vragenlijst.bestand, edition.vragenlijst.codeboek]
    parts = {file: sha256(edition.folder / file) for file in named}
    parts |= {package: version(package) for package in VERSIONED}
    parts["code"] = code_hash()
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def code_hash() -> str:
    """Hash the code and the reference tables of the stages up to protection."""
    package = Path(__file__).parent
    stages = (
        "domain",
        "edition",
        "codebook",
        "corrections",
        "read",
        "clean",
        "check",
        "measure",
        "protect",
    )
    files = sorted(
        path
        for path in package.rglob("*")
        if path.suffix in (".py", ".csv")
        and path.relative_to(package).parts[0].removesuffix(".py")
        in (*stages, "reference", "pipeline")
    )
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as parquet under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.reset_index(drop=True).to_parquet(folder / f"{name}.parquet", index=False)


def _is_intact(folder: Path) -> bool:
    manifest = read_manifest(folder)
    return manifest is not None and manifest["outputs"] == hashes_below(folder)
