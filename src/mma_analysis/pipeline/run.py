"""Everything between the deliveries and the released tables, in reading order, on disk."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis import check, measure, protect
from mma_analysis.domain import MmaError, UsageError
from mma_analysis.edition import SETTINGS_FILE, Edition, Workspace
from mma_analysis.pipeline.intake import Cleaned, Say, read_and_clean
from mma_analysis.pipeline.released import (
    from_released,
    grades,
    own_delivery,
    own_tables,
    shared_tables,
)
from mma_analysis.storage import (
    MANIFEST,
    code_hash,
    hashes_below,
    locked,
    read_manifest,
    swapped_in,
    write_json,
)

CLEAN, MEASURES, INTERN = "clean", "measures", "measures_intern"
# Packages whose version can change a number or a byte of a table.
VERSIONED = (
    *("mma-analysis", "pandas", "numpy", "scipy", "statsmodels", "pyarrow", "highspy"),
    *("great-expectations", "python-calamine", "krippendorff", "rapidfuzz"),
)
# Modules that can do so.
CODE = (
    *("domain", "edition", "codebook", "corrections", "reference", "pipeline"),
    *("read", "clean", "check", "measure", "protect"),
)


@dataclass(frozen=True)
class Prepared:
    """What `prepare` did: the manifest, and whether it had to do anything."""

    manifest: dict[str, Any]
    was_up_to_date: bool


def prepare(workspace: Workspace, slug: str, force: bool = False, say: Say = print) -> Prepared:
    """Turn the deliveries of an edition into clean tables and released tables.

    Does nothing when the deliveries, the settings, this package and its libraries are those of the
    last time and the tables are still as they were written. The tables are swapped in whole.

    Raises
    ------
    UsageError
        When the settings name no delivery at all.
    MmaError
        When a file cannot be read: all unreadable files are named in one message.
    """
    edition = workspace.edition(slug)
    if not edition.deliveries():
        raise UsageError(
            f"{edition.folder / SETTINGS_FILE}: no delivery is named yet; put the files in "
            "meldingen/ and name them at levering under [gemeenten.<name>]"
        )
    inputs = edition.input_hashes()
    key = input_key(inputs)
    target, work = workspace.processed(slug), workspace.work(slug)
    with locked(work):
        manifest = read_manifest(target)
        if not force and manifest is not None and _is_up_to_date(manifest, key, target):
            return Prepared(manifest, was_up_to_date=True)
        with swapped_in(target, work / "tables") as folder:
            manifest = _run(edition, folder, say) | {"key": key, "inputs": inputs}
            manifest["outputs"] = hashes_below(folder)
            manifest["figures"] = _hash(hashes_below(folder / MEASURES))
            write_json(folder / MANIFEST, manifest)
            _check_unchanged(edition, inputs)
    return Prepared(manifest, was_up_to_date=False)


def _check_unchanged(edition: Edition, inputs: dict[str, str]) -> None:
    now = edition.input_hashes()
    changed = sorted(file for file in inputs | now if inputs.get(file) != now.get(file))
    if changed:
        raise MmaError(
            f"{', '.join(changed)} of '{edition.slug}' changed while it was being read; nothing "
            "was changed. Wait until the file is written and closed, and run again"
        )


def _run(edition: Edition, folder: Path, say: Say) -> dict[str, Any]:
    cleaned = read_and_clean(edition, say)
    say(
        f"clean: {len(cleaned.meldingen)} meldingen, {len(cleaned.rejected)} rejected, "
        f"{len(cleaned.duplicates)} duplicate, {len(cleaned.warnings)} warnings, "
        f"{len(cleaned.near_duplicates)} pairs that may be one tip"
    )
    findings = _check(cleaned, edition)
    of = measure.frame(edition)
    cells, related = measure.count_system(cleaned.meldingen, of)
    states = _protect(cells, related, edition.bescherming.drempel)
    say(f"protect: {(states == 'shown').sum()} counts shown, {(states == 'hidden').sum()} hidden")
    _write_clean(cleaned, findings, folder / CLEAN)
    letters = {
        slug: own_delivery(slug, cleaned, findings, edition) for slug in of.connected_on.index
    }
    shared = shared_tables(cleaned, findings, edition, of) | {"grades": grades(letters)}
    public = measure.released_counts(cells, states, of)
    released = measure.released_tables(public, of)
    released |= measure.district_tables(released, of) | shared
    released |= from_released(released, public, cleaned, of)
    write_tables(released, folder / MEASURES)
    for slug in of.connected_on.index:
        own = own_tables(slug, cells, states, cleaned, findings, of)
        write_tables(own | {"own_delivery": letters[slug]}, folder / INTERN / slug)
    return {
        "edition": edition.slug,
        "version": version("mma-analysis"),
        "files": cleaned.files,
        "blocked": sorted(check.blocked(findings)),
    }


def _protect(cells: pd.DataFrame, related: pd.DataFrame, threshold: int) -> pd.Series:
    """Plan what is shown, and attack the plan before anything is written with it."""
    states = protect.plan(cells, related, threshold)
    for reader in sorted(cells["owner"].unique()):
        weak = protect.weaknesses(cells, related, states, threshold, insider=reader)
        if len(weak):
            raise MmaError(
                f"{len(weak)} hidden counts can be worked out from the shown ones by "
                f"{reader or 'anybody'}; nothing was written. This is a fault of mma-analysis: "
                "please report it"
            )
    return states


def _check(cleaned: Cleaned, edition: Edition) -> list[check.Finding]:
    # A replaced file counts as empty too: its rows are in the file that came in its place.
    empty = frozenset(file["path"] for file in cleaned.files if not file["read"])
    findings = check.check_meldingen(cleaned.meldingen, edition, empty)
    if cleaned.survey.book is not None:
        findings += check.check_responses(cleaned.survey.responses, cleaned.survey.book, edition)
    return findings


def _write_clean(cleaned: Cleaned, findings: Sequence[check.Finding], folder: Path) -> None:
    tables = {
        "meldingen": cleaned.meldingen,
        "responses": cleaned.survey.responses,
        "rejected": cleaned.rejected,
        "warnings": cleaned.warnings,
        "duplicates": cleaned.duplicates,
        "near_duplicates": cleaned.near_duplicates,
        "corrections": cleaned.corrections,
        "findings": check.as_table(findings),
    }
    write_tables(tables, folder)


# --- on disk -------------------------------------------------------------------------------------


def input_key(inputs: dict[str, str]) -> str:
    """Hash everything that the tables depend on: inputs, settings, our code, library versions."""
    parts = {
        "inputs": inputs,
        "versions": {package: version(package) for package in VERSIONED},
        "code": code_hash(CODE),
    }
    return _hash(parts)


def _hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as parquet under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.reset_index(drop=True).to_parquet(folder / f"{name}.parquet", index=False)


def _is_up_to_date(manifest: dict[str, Any], key: str, folder: Path) -> bool:
    return manifest.get("key") == key and manifest["outputs"] == hashes_below(folder)
