"""Everything between the deliveries and the released tables, in reading order, on disk."""

import logging
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pandas as pd

from mma_analysis import check, compare, measure
from mma_analysis.evaluation import OWN_TABLES
from mma_analysis.pipeline.candidate import is_certain
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.released import Released
from mma_analysis.settings import SETTINGS_FILE, Edition, Workspace
from mma_analysis.storage import CANDIDATE, MEASURES, all_issues, read_manifest
from mma_analysis.vocabulary import UsageError, filled_in, fingerprint

# The tables that decide under which topic a melding counts.
TOPICS = ("topics", "topic_groups", "topic_aliases")
CLEAN, INTERN = "clean", "measures_intern"
DIGITS = 10
READERS = ["buitenstaander", "elke gemeente", "elke twee gemeenten"]
LOG = logging.getLogger(__name__)


def run_stages(workspace: Workspace, edition: Edition, folder: Path) -> dict[str, Any]:
    """Take an edition through all stages and write its tables; give what its manifest says."""
    went_out = [issue.table().assign(edition=issue.edition) for issue in all_issues(workspace)]
    before = pd.concat(went_out, ignore_index=True) if went_out else pd.DataFrame()
    cleaned = read_and_clean(edition)
    made = Released(cleaned, measure.frame(edition), before)
    findings, candidate, attacked = made.findings, made.candidate, made.attacked
    drift = candidate.drift(attacked.rounded)
    words = {"attacked": attacked, "drift": drift["why"].value_counts().to_dict()}
    words |= {"states": made.counts["state"].value_counts().to_dict(), "basis": candidate.basis}
    for line in filled_in("afgerond.txt.j2", **words).splitlines():
        LOG.info(line)
    write_tables(made.public, folder / MEASURES)
    names = "meldingen", "rejected", "warnings", "registration", "duplicates", "corrections"
    rows = {name: getattr(cleaned, name) for name in (*names, "responses")}
    write_tables(rows | {"findings": findings, "drift": drift}, folder / CLEAN)
    write_tables({CANDIDATE: candidate.table(attacked.rounded)}, folder)
    meant = definitions(edition)
    write_tables(_changes(workspace, edition, folder, meant), folder / MEASURES)
    for slug, own in made.own.items():
        write_own(own, folder / INTERN / slug)
    return {
        "edition": edition.slug,
        "version": version("mma-analysis"),
        "files": cleaned.files,
        "blocked": sorted(check.blocked(edition.vocabulary, findings)),
        "grades": dict(zip(made.deliveries["area"], made.deliveries["grade"], strict=True)),
        "group_disclosures": made.disclosures.to_dict("records"),
        "definitions": meant,
        "attack": {
            "is_attacked": attacked.is_attacked,
            "readers": READERS,
            "rounds": attacked.rounds,
            "left_out": list(attacked.left_out),
            "learnt": [[one.reader, one.count, is_certain(one)] for one in attacked.learnt],
        },
    }


def definitions(edition: Edition) -> dict[str, Any]:
    """Write down what would make the same deliveries give other figures, as it is now.

    `connected` is gemeente → day or none, `topics` the mark of the topic mapping, `groups` topic →
    group, `indicators` code → name, version, and a mark of what its row says (not of which code
    makes it).
    """
    vocabulary = edition.vocabulary
    rows = vocabulary.reference("indicators")
    said = [{k: row[k] for k in sorted(row) if k not in ("function", "inputs")} for row in rows]
    marks = list(map(fingerprint, said))
    slugs = [area.slug for area in vocabulary.gemeenten]
    connected = [(slug, edition.gemeente(slug).aangesloten) for slug in slugs]
    return {
        "begin": edition.begin.isoformat(),
        "peildatum": edition.peildatum.isoformat(),
        "basis": edition.bescherming.basis,
        "connected": {slug: day and day.isoformat() for slug, day in connected},
        "topics": vocabulary.fingerprint(*TOPICS),
        "groups": vocabulary.group_of_topic,
        "indicators": {
            row["code"]: {"name": row["name"], "version": row["version"], "mark": mark}
            for row, mark in zip(rows, marks, strict=True)
        },
    }


def _changes(
    workspace: Workspace, edition: Edition, folder: Path, meant: dict[str, Any]
) -> dict[str, pd.DataFrame]:
    """What changed since the edition that the settings name; nothing when they name none."""
    earlier = edition.bescherming.vorige_editie
    if not earlier:
        return {}
    before = workspace.processed(earlier)
    manifest = read_manifest(before)
    if manifest is None:
        path = edition.folder / SETTINGS_FILE
        raise UsageError.of("no_earlier_tables", path=path, earlier=earlier, before=before)
    both = (meant, manifest.get("definitions"))
    tables = compare.change_tables(folder / MEASURES, before / MEASURES, both)
    return measure.made(tables, "changes")


# --- on disk -------------------------------------------------------------------------------------


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as parquet under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (folder / f"{name}.parquet").write_bytes(_parquet(table))


def write_own(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write the tables of one gemeente in one file, as `write_tables` does."""
    folder.mkdir(parents=True, exist_ok=True)
    with ZipFile(folder / OWN_TABLES, "w") as packed:
        for name, table in tables.items():
            packed.writestr(ZipInfo(f"{name}.parquet"), _parquet(table))


def _parquet(table: pd.DataFrame) -> bytes:
    """A table as parquet, its estimates to ten digits.

    The last of sixteen digits differs between kinds of processors, whose libraries add in another
    order; then the same deliveries would have another mark on another machine.
    """
    estimates = [name for name, kind in table.dtypes.items() if str(kind).lower() == "float64"]
    rounded = {str(name): _to_ten_digits(table[name]) for name in estimates}
    return table.assign(**rounded).reset_index(drop=True).to_parquet(index=False)


def _to_ten_digits(values: pd.Series) -> pd.Series:
    ten = [value if value is pd.NA else float(f"{value:.{DIGITS}g}") for value in values.tolist()]
    return pd.Series(ten, values.index, values.dtype)
