"""Everything between the deliveries and the released tables, in reading order, on disk."""

import logging
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis import check, clean, compare, measure
from mma_analysis.pipeline.definitions import definitions
from mma_analysis.pipeline.intake import Cleaned, read_and_clean
from mma_analysis.pipeline.protecting import protected, released_by
from mma_analysis.pipeline.released import (
    from_released,
    grades,
    own_delivery,
    own_tables,
    shared_tables,
    without_exact,
)
from mma_analysis.settings import Edition, Workspace
from mma_analysis.storage import MEASURES, read_manifest

CLEAN, INTERN = "clean", "measures_intern"
DIGITS = 10
LOG = logging.getLogger(__name__)


def run_stages(workspace: Workspace, edition: Edition, folder: Path) -> dict[str, Any]:
    """Take an edition through all stages and write its tables; give what its manifest says."""
    before = released_by(workspace, edition)
    cleaned = read_and_clean(edition)
    LOG.info(
        "clean: %d meldingen, %d rejected, %d duplicate, %d warnings",
        *(len(cleaned.meldingen), len(cleaned.rejected)),
        *(len(cleaned.duplicates), len(cleaned.warnings)),
    )
    if unknown := int(clean.unknown_topics(edition.vocabulary, cleaned.meldingen)["rows"].sum()):
        LOG.info(
            "topics: %d meldingen have a word for the topic that is not known, and count "
            "as unknown; `mma check %s --suggest` lists the words",
            *(unknown, edition.slug),
        )
    _write_clean(cleaned, folder / CLEAN)
    findings = _check(cleaned, edition)
    write_tables({"findings": check.as_table(findings)}, folder / CLEAN)
    decided = _write_counted(workspace, edition, cleaned, findings, before, folder)
    return {
        "edition": edition.slug,
        "version": version("mma-analysis"),
        "files": cleaned.files,
        "blocked": sorted(check.blocked(edition.vocabulary, findings)),
        **decided,
    }


def _write_counted(
    workspace: Workspace,
    edition: Edition,
    cleaned: Cleaned,
    findings: Sequence[check.Finding],
    before: pd.DataFrame,
    folder: Path,
) -> dict[str, Any]:
    """Count, protect, and write the released tables and those of each gemeente."""
    of = measure.frame(edition)
    cells, related = measure.count_system(cleaned.meldingen, of)
    plan = protected(cells, related, of, before)
    letters = {
        slug: own_delivery(slug, cleaned, findings, edition) for slug in of.connected_on.index
    }
    shared = shared_tables(cleaned, findings, edition, of) | {"grades": grades(letters)}
    public = measure.released_counts(plan.cells, plan.states, of)
    derived = measure.released_tables(public, of)
    released = derived | measure.district_tables(derived, of) | shared
    if edition.bescherming.rounds:
        released = without_exact(released)
    released |= from_released(released, public, cleaned, of) | {"coarsened": plan.levels}
    if edition.bescherming.rounds:
        released = without_exact(released)
    write_tables(released, folder / MEASURES)
    meant = definitions(edition)
    write_tables(_changes(workspace, edition, folder, meant), folder / MEASURES)
    for slug in of.connected_on.index:
        own = own_tables(slug, plan, cleaned, findings, of, (public, derived))
        others = plan.levels[plan.levels["area"] != slug]
        own |= {"own_delivery": letters[slug], "coarsened": others}
        write_tables(own, folder / INTERN / slug)
    return {**plan.decisions, "definitions": meant}


def _changes(
    workspace: Workspace, edition: Edition, folder: Path, meant: dict[str, Any]
) -> dict[str, pd.DataFrame]:
    """What changed since the edition that the settings name; nothing when they name none."""
    earlier = edition.bescherming.vorige_editie
    if not earlier:
        return {}
    before = workspace.processed(earlier)
    manifest = read_manifest(before) or {}
    both = (meant, manifest.get("definitions"))
    return compare.change_tables(folder / MEASURES, before / MEASURES, both)


def _check(cleaned: Cleaned, edition: Edition) -> list[check.Finding]:
    # A replaced file counts as empty too: its rows are in the file that came in its place.
    empty = frozenset(file["path"] for file in cleaned.files if not file["read"])
    findings = check.check_meldingen(cleaned.meldingen, edition, empty, cleaned.reused_numbers)
    if cleaned.survey.book is not None:
        findings += check.check_responses(cleaned.survey.responses, cleaned.survey.book, edition)
    return findings


def _write_clean(cleaned: Cleaned, folder: Path) -> None:
    tables = {
        "meldingen": cleaned.meldingen,
        "responses": cleaned.survey.responses,
        "rejected": cleaned.rejected,
        "warnings": cleaned.warnings,
        "duplicates": cleaned.duplicates,
        "reused_numbers": cleaned.reused_numbers,
        "corrections": cleaned.corrections,
    }
    write_tables(tables, folder)


# --- on disk -------------------------------------------------------------------------------------


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as parquet under its name, its estimates to ten digits.

    The last of sixteen digits differs between kinds of processors, whose libraries add in another
    order; then the same deliveries would have another mark on another machine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        whole = _to_ten_digits(table.reset_index(drop=True))
        whole.to_parquet(folder / f"{name}.parquet", index=False)


def _to_ten_digits(table: pd.DataFrame) -> pd.DataFrame:
    estimates = [name for name, kind in table.dtypes.items() if str(kind).lower() == "float64"]
    return table.assign(**{str(name): _rounded(table[name]) for name in estimates})


def _rounded(values: pd.Series) -> pd.Series:
    ten = [value if value is pd.NA else float(f"{value:.{DIGITS}g}") for value in values.tolist()]
    return pd.Series(ten, values.index, values.dtype)
