"""Everything between the deliveries and the released tables, in reading order, on disk."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from mma_analysis import check, clean, codebook, coding, domain, measure, protect, read
from mma_analysis.domain import MmaError, UsageError
from mma_analysis.edition import SETTINGS_FILE, Edition, Kosten, Workspace
from mma_analysis.storage import (
    MANIFEST,
    code_hash,
    hashes_below,
    read_manifest,
    sha256,
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

Say = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """What `prepare` did: the manifest, and whether it had to do anything."""

    manifest: dict[str, Any]
    was_up_to_date: bool


@dataclass(frozen=True)
class Cleaned:
    """The clean tables of an edition, with what was refused, doubtful, repaired and double."""

    meldingen: pd.DataFrame
    rejected: pd.DataFrame
    warnings: pd.DataFrame
    duplicates: pd.DataFrame
    near_duplicates: pd.DataFrame
    corrections: pd.DataFrame
    files: list[dict[str, Any]]
    survey: "Survey"


@dataclass(frozen=True)
class Survey:
    """The answers to the survey, counted themes and released quotes; no text of an answer.

    `themes` has one row per gemeente and theme, with what people decided.
    """

    book: codebook.Codebook | None
    responses: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    themes: pd.DataFrame | None = None


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
    key = input_key(edition)
    target = workspace.processed(slug)
    manifest = read_manifest(target)
    if not force and manifest is not None and _is_up_to_date(manifest, key, target):
        return Prepared(manifest, was_up_to_date=True)
    with swapped_in(target) as folder:
        manifest = _run(edition, folder, say) | {"key": key}
        manifest["outputs"] = hashes_below(folder)
        write_json(folder / MANIFEST, manifest)
    return Prepared(manifest, was_up_to_date=False)


def suggestions(edition: Edition) -> str:
    """The lines to paste in the settings for every header that is not recognised.

    A file that cannot be read is told in a comment: the other files are not held up by it.
    """
    blocks = [_suggestion(edition, file) for file in edition.deliveries()]
    return "\n".join(block for block in blocks if block)


def _suggestion(edition: Edition, file: str) -> str:
    try:
        return read.suggest(edition, file)
    except UsageError:
        raise
    except MmaError as fault:
        return "".join(f"# {line}\n" for line in str(fault).splitlines())


def first_codebook(export: Path, previous: Edition | None = None) -> str:
    """A code book that fits the export of a survey, for a person to correct.

    What was asked in a previous edition, word for word, comes from its code book.

    Raises
    ------
    UsageError
        When the file is not there.
    MmaError
        When it cannot be read as the export of a survey tool that we know.
    """
    if not export.is_file():
        raise UsageError(f"{export}: there is no such file; give the export of the survey")
    earlier = codebook.load(previous) if previous else None
    return codebook.scaffold(read.read_export(export, export.name), earlier)


def start_coding(edition: Edition, coders: Sequence[str]) -> Path:
    """Write the workbook in which the open answers of an edition are coded, beside its survey.

    That is the only place where the words of a respondent are written: they are there already. A
    workbook in which somebody chose a theme is never overwritten.

    Raises
    ------
    UsageError
        When there is no survey or no code frame, or the workbook was filled in.
    """
    settings = edition.folder / SETTINGS_FILE
    survey, book = edition.vragenlijst, codebook.load(edition)
    if survey is None or book is None:
        raise UsageError(f"{settings}: there is no [vragenlijst], so there is nothing to code")
    frame = codebook.load_themes(edition, book)
    if frame is None:
        raise UsageError(
            f"{settings}: [vragenlijst] names no themas; write a code frame and name it: "
            'themas = "vragenlijst/themas.toml"'
        )
    file = survey.coderingen or f"{Path(survey.bestand).parent.as_posix()}/{codebook.CODING_FILE}"
    path = edition.folder / file
    if path.is_file() and len(read.read_codings(path, file)):
        raise UsageError(f"{path} is filled in; nothing was changed: rename it to begin anew")
    answers = clean.clean_responses(read.read_survey(edition), book, edition).open_answers
    coding.write_private(path, coding.coding_workbook(answers, book, frame, coders))
    return path


def _run(edition: Edition, folder: Path, say: Say) -> dict[str, Any]:
    cleaned = _read_and_clean(edition, say)
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
        slug: _own_delivery(slug, cleaned, findings, edition) for slug in of.connected_on.index
    }
    shared = _shared_tables(cleaned, findings, edition, of) | {"grades": _grades(letters)}
    public = measure.released_counts(cells, states, of)
    released = measure.released_tables(public, of)
    released |= measure.district_tables(released, of) | shared
    released |= _from_released(released, public, cleaned, of)
    write_tables(released, folder / MEASURES)
    for slug in of.connected_on.index:
        own = _own_tables(slug, cells, states, cleaned, findings, of)
        write_tables(own | {"own_delivery": letters[slug]}, folder / INTERN / slug)
    return {
        "edition": edition.slug,
        "inputs": edition.input_hashes(),
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


def _read_and_clean(edition: Edition, say: Say) -> Cleaned:
    deliveries, export = _read_all(edition, say)
    tips = clean.clean_meldingen(deliveries, edition)
    files = [_file_row(edition, d, tips) for d in deliveries] + _replaced_rows(edition)
    survey, refused = _survey(edition, export)
    if export is not None and refused is not None:
        files.append(_survey_row(edition, export, refused))
    lost = [] if refused is None else [refused.rejected, refused.unreadable]
    double = [] if refused is None else [refused.superseded]
    return Cleaned(
        meldingen=tips.meldingen,
        rejected=pd.concat([tips.rejected, *lost], ignore_index=True),
        warnings=tips.warnings,
        duplicates=pd.concat([tips.duplicates, *double], ignore_index=True),
        near_duplicates=tips.near_duplicates,
        corrections=tips.corrections,
        files=files,
        survey=survey,
    )


def _survey(
    edition: Edition, export: domain.SurveyExport | None
) -> tuple[Survey, clean.CleanResponses | None]:
    """The survey in our words, and what of it was not counted; nothing without a survey."""
    book = codebook.load(edition)
    if book is None or export is None:
        nothing = pd.DataFrame({c.name: pd.Series(dtype=c.dtype) for c in domain.RESPONSES})
        return Survey(None, nothing, {}), None
    cleaned = clean.clean_responses(export, book, edition)
    tables, themes = _open_answers(edition, book, cleaned.open_answers)
    return Survey(book, cleaned.responses, tables, themes), cleaned


def _open_answers(
    edition: Edition, book: codebook.Codebook, answers: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame | None]:
    """Themes counted and quotes released; the answers themselves are not written anywhere."""
    quotes = clean.released_quotes(edition, answers).drop(columns="answer_id")
    frame = codebook.load_themes(edition, book)
    if frame is None:
        return {"survey_quotes": quotes}, None
    ratings = clean.ratings_of(_codings(edition), answers, frame)
    coding = clean.code_answers(answers, frame, ratings)
    tables = {
        "survey_themes": measure.theme_counts(answers, coding, frame),
        "survey_agreement": measure.agreement(ratings),
        "survey_quotes": quotes,
    }
    return tables, measure.themes_per_gemeente(answers, coding)


def _codings(edition: Edition) -> pd.DataFrame:
    """What people chose in the coding workbook; nothing when the settings name none."""
    file = edition.vragenlijst.coderingen if edition.vragenlijst else None
    if file is None:
        return pd.DataFrame(columns=list(domain.CODINGS))
    return read.read_codings(edition.folder / file, file)


def _read_all(
    edition: Edition, say: Say
) -> tuple[list[domain.Delivery], domain.SurveyExport | None]:
    """Every delivery and the survey, or one error that names all files that cannot be read."""
    deliveries, export, faults = [], None, []
    for file in edition.deliveries():
        try:
            delivery = read.read_delivery(edition, file)
        except MmaError as fault:
            faults.append(str(fault))
        else:
            deliveries.append(delivery)
            say(f"read {file}: {len(delivery.rows)} rows")
    if edition.vragenlijst is not None:
        try:
            export = read.read_survey(edition)
        except MmaError as fault:
            faults.append(str(fault))
        else:
            say(f"read {export.file}: {len(export.rows)} answers")
    if faults:
        count = "a file" if len(faults) == 1 else f"{len(faults)} files"
        raise MmaError("\n".join([f"{count} cannot be read; nothing was changed", *faults]))
    return deliveries, export


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


def _replaced_rows(edition: Edition) -> list[dict[str, Any]]:
    """The files that were delivered but not read, as another one came in their place."""
    rows: list[dict[str, Any]] = []
    for file, newer in edition.replaced().items():
        senders = [slug for slug, g in edition.gemeenten.items() if file in g.levering]
        nothing = {"clean": 0, "rejected": 0, "duplicate": 0}
        rows.append(_accounted_for(edition, file, senders, 0, nothing) | {"replaced_by": newer})
    return rows


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
    # A replaced file counts as empty too: its rows are in the file that came in its place.
    empty = frozenset(file["path"] for file in cleaned.files if not file["read"])
    findings = check.check_meldingen(cleaned.meldingen, edition, empty)
    if cleaned.survey.book is not None:
        findings += check.check_responses(cleaned.survey.responses, cleaned.survey.book, edition)
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
        "national_comparison": measure.national_comparison(
            cleaned.meldingen, of.exposure, of.periods
        ),
        "time_to_close": measure.time_to_close(of_district, peildatum),
        "time_to_receive": measure.time_to_receive(cleaned.meldingen.assign(area=district)),
        "campaign_series": measure.campaign_series(
            cleaned.meldingen, edition.campagnes, of.exposure, of.periods
        ),
        "time_to_feedback": measure.time_to_feedback(of_district, peildatum),
        "outcomes_over_time": measure.outcomes_over_time(of_district, peildatum),
        "deliveries": _deliveries(cleaned, findings),
    }
    survey = cleaned.survey
    if survey.book is None or edition.vragenlijst is None:
        return tables
    slugs = [area.slug for area in domain.gemeenten()]
    no_experience = edition.vragenlijst.geen_ervaring
    return tables | {
        "survey_response": measure.response(survey.responses, slugs, no_experience),
        "survey_answers": measure.answers(survey.responses, survey.book),
        "survey_numbers": measure.numbers(survey.responses, survey.book),
        **survey.tables,
    }


def _from_released(
    released: dict[str, pd.DataFrame], counts: pd.DataFrame, cleaned: Cleaned, of: measure.Frame
) -> dict[str, pd.DataFrame]:
    """What the year after the peildatum may cost, and what gemeenten say beside what is counted."""
    kosten, receipts = of.edition.kosten or Kosten(), measure.receipts_of_last_year(counts, of)
    responses = cleaned.survey.responses
    return {
        "cost_scenarios": measure.cost_scenarios(
            kosten, released["costs"], receipts, released["trend"]
        ),
        "experience_by_answer": measure.experience(
            released["per_period"], cleaned.meldingen, responses, of
        ),
    }


def _deliveries(cleaned: Cleaned, findings: Sequence[check.Finding]) -> pd.DataFrame:
    """What happened to all delivered rows together; per gemeente it would give counts away."""
    tips = [f for f in cleaned.files if f["gemeenten"] and "replaced_by" not in f]
    totals = {
        name: sum(file[name] for file in tips)
        for name in ("read", "clean", "rejected", "duplicate")
    }
    severities = pd.Series([f.severity for f in findings], dtype="str").value_counts()
    return pd.DataFrame(
        [{"files": len(tips), **totals, "warnings": int(severities.get("warning", 0))}]
    )


def _grades(letters: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per gemeente: the grade of its delivery, missing when it delivered nothing."""
    rows = [
        (slug, own["grade"].iloc[0] if len(own["files"].iloc[0]) else None)
        for slug, own in letters.items()
    ]
    return pd.DataFrame(rows, columns=["area", "grade"]).astype("str")


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
    rejected = _rejected_of(slug, cleaned.rejected, of.edition)
    peildatum = pd.Timestamp(of.edition.peildatum)
    duplicates = cleaned.duplicates[cleaned.duplicates["gemeente"] == slug]
    responses = cleaned.survey.responses
    responses = responses[responses["gemeente"] == slug]
    themes = cleaned.survey.themes
    own_themes = {} if themes is None else {"own_themes": themes[themes["gemeente"] == slug]}
    return measure.released_tables(counts, of) | {
        "own_time_to_close": measure.time_to_close(meldingen.assign(area=slug), peildatum),
        "own_time_to_feedback": measure.time_to_feedback(meldingen.assign(area=slug), peildatum),
        "own_rejected": rejected.reset_index(drop=True),
        "own_warnings": cleaned.warnings[cleaned.warnings["gemeente"] == slug],
        "own_duplicates": duplicates,
        "own_findings": check.as_table([f for f in findings if f.gemeente == slug]),
        "own_responses": responses[["question", "value", "answered_by"]].reset_index(drop=True),
        **own_themes,
    }


def _rejected_of(slug: str, rejected: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """What a gemeente can repair: its own rows, and rows of its files that name no gemeente."""
    nobodys = rejected["gemeente"].isin(["", None]) & rejected["source_file"].isin(
        edition.gemeente(slug).levering
    )
    return rejected[nobodys | (rejected["gemeente"] == slug)]


def _own_delivery(
    slug: str, cleaned: Cleaned, findings: Sequence[check.Finding], edition: Edition
) -> pd.DataFrame:
    """One row: what became of the delivery of one gemeente, and its grade."""
    settings = edition.gemeente(slug)
    delivered_on = settings.geleverd_op
    meldingen = cleaned.meldingen[cleaned.meldingen["gemeente"] == slug]
    rejected = _rejected_of(slug, cleaned.rejected, edition)
    tips = rejected[rejected["source_file"].isin(settings.levering)]
    doubles = cleaned.duplicates[
        (cleaned.duplicates["gemeente"] == slug)
        & cleaned.duplicates["source_file"].isin(settings.levering)
    ]
    own = [finding for finding in findings if finding.gemeente == slug]
    doubtful = (cleaned.warnings["gemeente"] == slug).sum()
    grade = check.grade(own, len(meldingen), len(tips), int(doubtful))
    row = {
        "files": list(settings.levering),
        "delivered_on": pd.Timestamp(delivered_on) if delivered_on else pd.NaT,
        "clean": len(meldingen),
        "rejected": len(tips),
        "duplicate": len(doubles),
        "grade": grade.label,
        "grade_rule": grade.rule,
    }
    return pd.DataFrame([row])


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


def input_key(edition: Edition) -> str:
    """Hash everything that the tables depend on: inputs, settings, our code, library versions."""
    parts = {
        "inputs": edition.input_hashes(),
        "versions": {package: version(package) for package in VERSIONED},
        "code": code_hash(CODE),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as parquet under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.reset_index(drop=True).to_parquet(folder / f"{name}.parquet", index=False)


def _is_up_to_date(manifest: dict[str, Any], key: str, folder: Path) -> bool:
    return manifest.get("key") == key and manifest["outputs"] == hashes_below(folder)
