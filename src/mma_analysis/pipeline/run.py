"""Everything between the deliveries and the released tables, in reading order, on disk."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis import check, measure, protect
from mma_analysis.domain import MmaError
from mma_analysis.edition import Edition
from mma_analysis.pipeline.intake import Cleaned, Say, read_and_clean
from mma_analysis.pipeline.released import (
    from_released,
    grades,
    own_delivery,
    own_tables,
    shared_tables,
)

CLEAN, MEASURES, INTERN = "clean", "measures", "measures_intern"


def run_stages(edition: Edition, folder: Path, say: Say) -> dict[str, Any]:
    """Take an edition through all stages, and write its tables.

    Returns
    -------
    dict[str, Any]
        What the manifest says of it.
    """
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


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as parquet under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.reset_index(drop=True).to_parquet(folder / f"{name}.parquet", index=False)
