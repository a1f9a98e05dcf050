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
from mma_analysis.vocabulary import UsageError, filled_in, fingerprint, rows_of

# The tables that decide under which topic a melding counts.
TOPICS = ("topics", "topic_groups", "topic_aliases")
CLEAN, INTERN = "clean", "measures_intern"
DIGITS = 10
READERS = ["buitenstaander", "elke gemeente", "elke twee gemeenten"]
LOG = logging.getLogger(__name__)


def run_stages(workspace: Workspace, edition: Edition, folder: Path) -> dict[str, Any]:
    """Take an edition through all stages and write its tables; give what its manifest says."""
    earlier, sent, meant = _earlier(workspace, edition), all_issues(workspace), definitions(edition)
    said = [pd.read_parquet(issue.path) for issue in sent]
    before = pd.concat(said, ignore_index=True) if said else pd.DataFrame()
    cleaned = read_and_clean(edition)
    made = Released(cleaned, measure.frame(edition, cleaned.uncounted(edition)), before)
    candidate, attacked = made.candidate, made.attacked
    drift = candidate.drift(attacked.rounded)
    words = {"attacked": attacked, "drift": drift["why"].value_counts().to_dict()}
    words["turned"] = int((drift["issued"] + drift["now"]).eq(candidate.basis).sum())
    words |= {"certain": sum(map(is_certain, attacked.learnt)), "rows_of": rows_of}
    words |= {"states": made.counts["state"].value_counts().to_dict(), "basis": candidate.basis}
    for line in filled_in("afgerond.txt.j2", **words).splitlines():
        LOG.info(line)
    names = "meldingen", "rejected", "warnings", "registration", "duplicates", "corrections"
    rows = {name: getattr(cleaned, name) for name in (*names, "responses")}
    write_tables(rows | {"findings": made.findings, "drift": drift}, folder / CLEAN)
    write_tables({CANDIDATE: candidate.table(attacked.rounded)}, folder)
    write_tables(made.public, folder / MEASURES)
    if earlier:
        tables, manifest = earlier
        both = meant, manifest.get("definitions")
        changes = compare.change_tables(folder / MEASURES, tables, both)
        write_tables(measure.made(changes, "changes"), folder / MEASURES)
    for slug, own in made.own.items():
        write_own(own, folder / INTERN / slug)
    # What is not understood is among the notes of its file already, with what to do.
    asked = made.findings.query("severity == 'warning' and rule != 'niet_begrepen'")
    questions = asked.groupby("gemeente")["sentence"].agg(list).to_dict()
    return {
        "edition": edition.slug,
        "version": version("mma-analysis"),
        "files": [
            file | {"questions": {slug: questions.get(slug, []) for slug in file["gemeenten"]}}
            for file in cleaned.files
        ],
        "blocked": sorted(check.blocked(edition.vocabulary, made.findings)),
        "grades": dict(zip(made.deliveries["area"], made.deliveries["grade"], strict=True)),
        "group_disclosures": made.disclosures.to_dict("records"),
        "definitions": meant,
        "issues": [{"edition": issue.edition, "number": issue.number} for issue in sent],
        "attack": {
            "is_attacked": attacked.is_attacked,
            "readers": READERS,
            "rounds": attacked.rounds,
            "left_out": list(attacked.left_out),
            "learnt": [[one.reader, one.count, is_certain(one)] for one in attacked.learnt],
        },
    }


def _earlier(workspace: Workspace, edition: Edition) -> tuple[Path, dict[str, Any]] | None:
    """The released tables of the edition that this one is compared with, and their manifest."""
    slug = edition.bescherming.vorige_editie
    if slug is None:
        return None
    folder = workspace.processed(slug)
    manifest = read_manifest(folder)
    if manifest is None:
        where = {"path": edition.folder / SETTINGS_FILE, "before": folder}
        raise UsageError.of("no_earlier_tables", earlier=slug, **where)
    return folder / MEASURES, manifest


def definitions(edition: Edition) -> dict[str, Any]:
    """Write down what would make the same deliveries give other figures, as it is now.

    `connected` is gemeente → day or none, `topics` the mark of the topic mapping, `groups` topic →
    group, `indicators` code → name, version, and a mark of what its row says (not of which code
    makes it).
    """
    vocabulary = edition.vocabulary
    indicators = {}
    for row in vocabulary.reference("indicators"):
        said = {k: row[k] for k in sorted(row) if k not in ("function", "inputs")}
        named = {"name": row["name"], "version": row["version"], "mark": fingerprint(said)}
        indicators[row["code"]] = named
    slugs = [area.slug for area in vocabulary.gemeenten]
    connected = [(slug, edition.gemeente(slug).aangesloten) for slug in slugs]
    return {
        "begin": edition.begin.isoformat(),
        "peildatum": edition.peildatum.isoformat(),
        "basis": edition.bescherming.basis,
        "connected": {slug: day and day.isoformat() for slug, day in connected},
        "topics": vocabulary.fingerprint(*TOPICS),
        "groups": vocabulary.group_of_topic,
        "indicators": indicators,
    }


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
    """A table as parquet, its estimates to ten digits."""
    # The last of sixteen digits differs between kinds of processors, whose libraries add in another
    # order; then the same deliveries would have another mark on another machine.
    for name, kind in table.dtypes.items():
        if str(kind).lower() == "float64":
            values = table[name].tolist()
            ten = [value if value is pd.NA else float(f"{value:.{DIGITS}g}") for value in values]
            table = table.assign(**{str(name): pd.Series(ten, table.index, kind)})
    return table.reset_index(drop=True).to_parquet(index=False)
