"""From deliveries to tables on disk: every stage in its order, and its manifest."""

import logging
from collections.abc import Hashable
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pandas as pd

from mma_analysis import check, measure, protect
from mma_analysis.evaluation.tables import OWN_TABLES
from mma_analysis.pipeline import books, compare
from mma_analysis.pipeline.attacked import Attacked
from mma_analysis.pipeline.candidate import is_certain
from mma_analysis.pipeline.evidence import evidence
from mma_analysis.pipeline.intake import CleanedEdition, read_and_clean
from mma_analysis.pipeline.released import Released
from mma_analysis.settings import SETTINGS_FILE, Edition, Workspace
from mma_analysis.storage import (
    BOOKING,
    CANDIDATE,
    CLEAN,
    MEASURES,
    Kept,
    all_issues,
    read_manifest,
)
from mma_analysis.vocabulary import UsageError, filled_in, fingerprint, rows_of

# The tables that decide under which topic a melding counts.
TOPIC_TABLES = ("topics", "topic_groups", "topic_aliases")
INTERN_MEASURES = "measures_intern"
ROW_TABLES = (
    "meldingen",
    "rejected",
    "warnings",
    "registration",
    "duplicates",
    "corrections",
    "responses",
)
AFTER_DELIVERY = "na_levering"  # reason: of after the day on which the file came
KEPT_DIGITS = 10
DETAILS = ("afronden:", "uitgaven:", "aanval:")  # of rounding and attack: for who asks
READER_ORDER = ["buitenstaander", "politie", "elke gemeente", "elke twee gemeenten"]
LOG = logging.getLogger(__name__)


def run_stages(workspace: Workspace, edition: Edition, folder: Path) -> dict[str, Any]:
    """Take an edition through all stages and write its tables; give its manifest."""
    earlier = _earlier(workspace, edition)
    book = books.book_for(workspace, edition)
    cleaned = read_and_clean(edition)
    kept = Kept(workspace, edition.slug)
    made = Released(cleaned, frame_of(edition, cleaned, book), book, kept)
    made.refuse_other_days()
    _tell(made)

    rows = {name: getattr(cleaned, name) for name in ROW_TABLES}
    write_tables(rows | {"findings": made.findings}, folder / CLEAN)
    issued = made.issued()
    write_packed(books.booked_tables(issued), folder / CLEAN / BOOKING)
    write_tables({CANDIDATE: books.said_table(issued)}, folder)
    write_tables(made.public, folder / MEASURES)
    meant = definitions(edition)
    if earlier:
        tables, manifest = earlier
        both = meant, manifest.get("definitions")
        changes = compare.change_tables(folder / MEASURES, tables, both)
        write_tables(measure.made(changes, "changes"), folder / MEASURES)
    for slug, own in made.own.items():
        write_packed(own, folder / INTERN_MEASURES / slug / OWN_TABLES)

    sent = all_issues(workspace)
    return {
        "edition": edition.slug,
        "version": version("mma-analysis"),
        "files": _files(cleaned, made.findings),
        "accounting": made.accounting.to_dict("records"),
        "blocked": sorted(check.blocked(edition.vocabulary, made.findings)),
        "grades": dict(zip(made.deliveries["area"], made.deliveries["grade"], strict=True)),
        "group_disclosures": made.disclosures.to_dict("records"),
        "definitions": meant,
        "issues": [{"edition": issue.edition, "number": issue.number} for issue in sent],
        "bound_by": len(made.book.issues),
        "changed": _changed(made),
        "ends": _ends(made),
        "not_made": made.not_made,
        "revision": _revision(made),
        "attack": _attack(made.candidate.attacked),
        "evidence": evidence(made.candidate),
    }


def frame_of(
    edition: Edition, cleaned: CleanedEdition, book: protect.Book
) -> measure.Frame:
    """The periods and days of an edition: what went out of a gemeente is covered too."""
    _refuse_late_files(edition, cleaned)
    slugs = list(edition.gemeenten)
    closed = book.closed_until(slugs, edition.peildatum).set_index("area")
    is_open_again = closed.index.isin(book.revising)
    went_out = closed.loc[~is_open_again, "closed_until"]
    ends = measure.ends_of(cleaned.meldingen, edition, went_out)
    of = measure.frame(edition, cleaned.absent(edition), ends)
    _refuse_uncovered(edition, of)
    return of.covering(went_out)


def _refuse_late_files(edition: Edition, cleaned: CleanedEdition) -> None:
    """Stop when all that a gemeente sent is of after the day on which it came."""
    for slug in cleaned.absent(edition):
        reasons = set(cleaned.rejected_of(slug, edition)["reason_code"])
        if reasons == {AFTER_DELIVERY}:
            raise UsageError.of(
                "delivered_before_first",
                path=edition.folder / SETTINGS_FILE,
                slug=slug,
                day=edition.gemeente(slug).delivered_on,
            )


def _refuse_uncovered(edition: Edition, of: measure.Frame) -> None:
    """Stop when no delivery goes on to the peildatum: nothing could be said of its days."""
    days = [edition.covered_until(slug) for slug in of.delivered]
    if days and max(days) < edition.peildatum:
        raise UsageError.of(
            "peildatum_too_late",
            path=edition.folder / SETTINGS_FILE,
            peildatum=edition.peildatum,
            last=max(days),
        )


def _tell(made: Released) -> None:
    """Say in the log what came of rounding, and of the attack on it."""
    attacked = made.candidate.attacked
    text = filled_in(
        "pipeline/afgerond.txt.j2",
        attacked=attacked,
        certain=sum(is_certain(one) for one in attacked.disclosures),
        rows_of=rows_of,
        states=made.counts["state"].value_counts().to_dict(),
        basis=made.candidate.basis,
        kept=int(made.candidate.given["kept"].notna().sum()),
        issues=len(made.book.issues),
        changed=_changed(made),
        revising=made.book.revising,
    )
    for line in text.splitlines():
        is_detail = line.startswith(DETAILS)
        LOG.log(logging.DEBUG if is_detail else logging.INFO, line)


def _files(cleaned: CleanedEdition, findings: pd.DataFrame) -> list[dict[str, Any]]:
    """What each file gave, with what its letter will ask of each gemeente."""
    # What is not understood is among the notes of its file already, with what to do.
    asked = findings.query("severity != 'info' and rule != 'niet_begrepen'")
    questions = asked.groupby("gemeente")["sentence"].agg(list).to_dict()
    files = []
    for file in cleaned.files:
        own = {slug: questions.get(slug, []) for slug in file["gemeenten"]}
        files.append(file | {"questions": own})
    return files


def _changed(made: Released) -> list[dict[Hashable, Any]]:
    """The gemeenten of which rows of closed days are otherwise now: for who signs."""
    if not made.book:
        return []
    rows = made.changed[protect.CHANGES].sum(axis=1)
    return made.changed[rows > 0].to_dict("records")


def _ends(made: Released) -> dict[str, str]:
    """Gemeente → where its delivery is seen to end: for who signs."""
    ends = {}
    for slug in made.of.ends:
        ends[slug] = f"{made.of.covered_until[slug]:%Y-%m-%d}"
    return ends


def _revision(made: Released) -> dict[str, Any]:
    """The revision that goes out with this: of which gemeenten, why, and what it moves."""
    revision = made.edition.herziening
    if not made.book.revising or revision is None:
        return {}
    return {
        "gemeenten": sorted(made.book.revising),
        "reason": revision.reden,
        "moved": made.moved,
    }


def _attack(attacked: Attacked) -> dict[str, Any]:
    """What came of the attack: for whom it was, what was left out, and what is known."""
    known = []
    for one in attacked.disclosures:
        known.append([one.reader, one.count, is_certain(one)])
    return {
        "is_attacked": attacked.is_attacked,
        "readers": READER_ORDER,
        "rounds": attacked.rounds,
        "left_out": ["|".join(line) for line in attacked.left_out],
        "known": known,
    }


def _earlier(workspace: Workspace, edition: Edition) -> tuple[Path, dict[str, Any]] | None:
    """The released tables and manifest of the edition that this one is compared with."""
    slug = edition.bescherming.vorige_editie
    if slug is None:
        return None
    folder = workspace.processed(slug)
    manifest = read_manifest(folder)
    if manifest is None:
        path = edition.folder / SETTINGS_FILE
        raise UsageError.of("no_earlier_tables", earlier=slug, path=path, before=folder)
    return folder / MEASURES, manifest


def definitions(edition: Edition) -> dict[str, Any]:
    """Write down what would make the same deliveries give other figures, as it is now.

    `connected` is gemeente → day or none, `topics` the mark of the topic mapping, `groups`
    topic → group, `indicators` code → name, version, and a mark of what its row says (not
    of which code makes it).
    """
    vocabulary = edition.vocabulary
    indicators = {}
    for row in vocabulary.reference("indicators"):
        said = {key: row[key] for key in sorted(row) if key not in ("function", "inputs")}
        indicators[row["code"]] = {
            "name": row["name"],
            "version": row["version"],
            "mark": fingerprint(said),
        }
    connected = {}
    for area in vocabulary.gemeenten:
        day = edition.gemeente(area.slug).aangesloten
        connected[area.slug] = day and day.isoformat()
    return {
        "begin": edition.begin.isoformat(),
        "peildatum": edition.peildatum.isoformat(),
        "basis": edition.bescherming.basis,
        "connected": connected,
        "topics": vocabulary.fingerprint(*TOPIC_TABLES),
        "groups": vocabulary.group_of_topic,
        "indicators": indicators,
    }


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as parquet under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (folder / f"{name}.parquet").write_bytes(_parquet(table))


def write_packed(tables: dict[str, pd.DataFrame], path: Path) -> None:
    """Write tables in one file, as `write_tables` does: the same tables, the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w") as packed:
        for name, table in tables.items():
            packed.writestr(ZipInfo(f"{name}.parquet"), _parquet(table))


def _parquet(table: pd.DataFrame) -> bytes:
    """A table as parquet, its estimates to ten digits."""
    # The last of sixteen digits differs between kinds of processors, whose libraries add in
    # another order; then the same deliveries would have another mark on another machine.
    rounded = table.copy(deep=False)
    for name, kind in table.dtypes.items():
        if str(kind).lower() == "float64":
            values = []
            for value in table[name]:
                values.append(
                    value if value is pd.NA else float(f"{value:.{KEPT_DIGITS}g}")
                )
            rounded[name] = pd.Series(values, table.index, kind)
    return rounded.reset_index(drop=True).to_parquet(index=False)
