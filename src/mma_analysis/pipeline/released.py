"""Counts and clean tables → what everybody may read, and what each gemeente may read of itself."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mma_analysis import check, measure, protect
from mma_analysis.pipeline.candidate import Attacked, Candidate
from mma_analysis.pipeline.intake import Cleaned
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import TOTAL, message
from mma_analysis.vocabulary.numbers import listing

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Released:
    """All counts, exact and as everybody may read them, and what was decided about them."""

    exact: measure.Counts
    counts: pd.DataFrame
    disclosures: pd.DataFrame
    candidate: Candidate
    attacked: Attacked


def release(cleaned: Cleaned, of: measure.Frame, before: pd.DataFrame | None = None) -> Released:
    """Count everything, and round all public counts together so that no reader learns one.

    A breakdown in which all meldingen of an area are alike is withheld until somebody decides.

    `before`: what went out, of all editions, the oldest first.
    """
    delivered = _refused_and_double(cleaned, of)
    exact = measure.counted(cleaned.meldingen, of, delivered, cleaned.registration)
    cells, protection = exact.cells, of.edition.bescherming
    found = protect.group_disclosures(cells)
    open_ones = protect.undecided(found, protection.groups("tonen"))
    # What is 0 by its nature is told as well: the sums must hold with it.
    is_public = cells["table"].ne("")
    is_total = is_public & cells["breakdown"].eq(TOTAL) & cells["kind"].eq("whole")
    candidate = Candidate(
        cells.assign(
            published=is_public & ~protect.withheld(cells, open_ones),
            is_total=is_total | cells["table"].eq("received"),
            is_district=cells["area"].eq(of.vocabulary.district.slug),
            line=_lines(cells),
        ),
        exact.relations,
        cleaned.meldingen,
        of,
        pd.DataFrame() if before is None else before,
    )
    attacked = candidate.attacked()
    counts = measure.public_counts(exact, attacked.rounded, of)
    shown, hidden = (int(counts["state"].eq(state).sum()) for state in ("shown", "hidden"))
    LOG.info("afronden: %d aantallen op veelvouden van %d", shown, protection.basis)
    if hidden:
        LOG.info("afronden: %d aantallen niet getoond", hidden)
    for row in open_ones.itertuples(index=False):
        which = {"area": row.area, "breakdown": row.breakdown, "value": row.value}
        if tuple(which.values()) not in protection.groups("verbergen"):
            LOG.info(message("decide", settings=SETTINGS_FILE, period=row.period, **which))
    decided = found.merge(open_ones.assign(decision="verbergen"), how="left")
    decided = decided.fillna({"decision": "tonen"})
    return Released(exact, counts, decided, candidate, attacked)


def _lines(cells: pd.DataFrame) -> pd.Series:
    """What may be left out together when nothing else fits: anything but whole totals.

    A breakdown of gemeenten, then one of the district, totals of one kind of period, or a table.
    """
    is_total, is_own = cells["breakdown"].eq(TOTAL), cells["owner"].ne("")
    whose = is_own.map({True: " van gemeenten", False: ""})
    line = (cells["breakdown"] + whose).mask(is_total, "totalen per " + cells["kind"])
    return line.mask(cells["table"].eq("") | (is_total & cells["kind"].eq("whole")), "")


def _refused_and_double(cleaned: Cleaned, of: measure.Frame) -> pd.DataFrame:
    """Per gemeente that sent a file: the rows of its files that were refused, and the double ones.

    A file of two gemeenten counts at the first: they are one reader.
    """
    files = {slug: of.edition.gemeente(slug).levering for slug in of.delivered}
    sender = {file: slug for slug in reversed(of.delivered) for file in files[slug]}
    counts = {
        name: table["source_file"].map(sender).value_counts().reindex(of.delivered, fill_value=0)
        for name, table in (("rejected", cleaned.rejected), ("duplicate", cleaned.duplicates))
    }
    return pd.DataFrame(counts).rename_axis("area").reset_index()


# --- tables --------------------------------------------------------------------------------------


def public_tables(
    released: Released,
    cleaned: Cleaned,
    findings: Sequence[check.Finding],
    deliveries: pd.DataFrame,
    of: measure.Frame,
) -> dict[str, pd.DataFrame]:
    """Every table that everybody may read, by the registry; `deliveries` as in `own_deliveries`."""
    edition, district = of.edition, of.vocabulary.district.slug
    survey, asked = cleaned.survey, edition.vragenlijst
    files = [f for f in cleaned.files if f["gemeenten"] and "replaced_by" not in f]
    book = survey.book
    given: dict[str, Any] = {
        **measure.given_of(of, released.counts),
        "is_public": True,
        "receipts": cleaned.meldingen.assign(area=district),
        "tips": measure.first_receipts(of.vocabulary, cleaned.meldingen),
        "sent": {
            "files": len(files),
            "warnings": sum(finding.severity == "warning" for finding in findings),
        },
        # Of who delivered nothing there is no grade.
        "grade_of": deliveries[["area"]].assign(
            grade=deliveries["grade"].where(deliveries["file_names"].ne(""))
        ),
    }
    if book is not None and asked is not None:
        slugs = [area.slug for area in of.vocabulary.gemeenten]
        given |= {"responses": survey.responses, "book": book, "slugs": slugs}
        given |= {"no_experience": asked.geen_ervaring, **survey.coded}
    return measure.made(given, "public")


def own_tables(
    released: Released,
    public: dict[str, pd.DataFrame],
    cleaned: Cleaned,
    findings: Sequence[check.Finding],
    deliveries: pd.DataFrame,
    of: measure.Frame,
) -> dict[str, dict[str, pd.DataFrame]]:
    """Gemeente → the tables with its own rows only, from its exact counts and public figures."""
    slugs, survey = deliveries["area"].tolist(), cleaned.survey
    counts = measure.exact_counts(released.exact)
    rejected = [_rejected_of(s, cleaned.rejected, of.edition).assign(area=s) for s in slugs]
    given: dict[str, Any] = {
        **public,
        **measure.given_of(of, released.counts, counts[counts["area"].isin(of.delivered)]),
        "is_public": False,
        "tips": _with_area(cleaned.meldingen),
        "delivery": deliveries,
        "fields": _fields(cleaned),
        "rejected": pd.concat(rejected, ignore_index=True),
        "warnings": _with_area(cleaned.warnings),
        "duplicates": _with_area(cleaned.duplicates),
        "findings": _with_area(check.as_table(findings)),
        "own_answers": _with_area(survey.responses)[["area", "question", "value", "answered_by"]],
        "own_coding": None if survey.themes is None else _with_area(survey.themes),
    }
    made = measure.made(given, "own")
    return {
        slug: {name: table[table["area"] == slug] for name, table in made.items()} for slug in slugs
    }


def _with_area(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(area=table["gemeente"])


def _fields(cleaned: Cleaned) -> pd.DataFrame:
    """Per gemeente what each header was taken for, and how many meldingen lack that and why.

    Of two files with other headers both are named. A field of which nothing is counted has no
    numbers; one that no file has, has no header.
    """
    named = [
        (slug, field, header)
        for file in cleaned.files
        for slug in file["gemeenten"]
        for field, header in file.get("columns", {}).items()
    ]
    headers = pd.DataFrame(named, columns=["area", "read_as", "header"]).drop_duplicates()
    headers = headers.groupby(["area", "read_as"], as_index=False, sort=False).agg(" / ".join)
    counted = cleaned.registration.rename(columns={"gemeente": "area", "field": "read_as"})
    fields = headers.merge(counted.drop(columns="column"), "outer", ["area", "read_as"])
    numbers = dict.fromkeys(("not_filled", "not_understood", "no_column"), "Int64")
    return fields.fillna({"header": ""})[["area", "read_as", "header", *numbers]].astype(numbers)


def _rejected_of(slug: str, rejected: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """What a gemeente can repair: its own rows, and rows of its files that name no gemeente."""
    is_in_its_file = rejected["source_file"].isin(edition.gemeente(slug).levering)
    is_nobodys = rejected["gemeente"].isin(["", None])
    return rejected[(is_nobodys & is_in_its_file) | (rejected["gemeente"] == slug)]


def own_deliveries(
    cleaned: Cleaned, findings: Sequence[check.Finding], of: measure.Frame
) -> pd.DataFrame:
    """One row per gemeente: what became of its delivery, and its grade.

    `file_names` are those that came in, and `replaced` those of them that are not read. `outside`
    are those of the `rejected` that are no fault: of another time or place.
    """
    rows, vocabulary = [], of.vocabulary
    for slug in of.connected_on.index:
        settings = of.edition.gemeente(slug)
        refused = _rejected_of(slug, cleaned.rejected, of.edition)
        refused = refused[refused["source_file"].isin(settings.levering)]
        double, doubtful, counted = (
            table[table["gemeente"] == slug]
            for table in (cleaned.duplicates, cleaned.warnings, cleaned.meldingen)
        )
        outside = int(
            refused["reason_code"].map(vocabulary.by_code("reasons", "effect")).eq("outside").sum()
        )
        own = [finding for finding in findings if finding.gemeente == slug]
        doubts = doubtful["reason_code"].unique().tolist()
        grade = check.grade(vocabulary, own, len(counted), len(refused) - outside, doubts)
        came_in, replaced = (
            listing([path.rpartition("/")[2] for path in paths])  # by the names of their sender
            for paths in (settings.levering, settings.vervangt.values())
        )
        rows.append(
            {
                "file_names": came_in,
                "replaced": replaced,
                "delivered_on": settings.geleverd_op,
                "clean": len(counted),
                "rejected": len(refused),
                "outside": outside,
                "duplicate": int(double["source_file"].isin(settings.levering).sum()),
                "grade": grade.label,
                "grade_reason": grade.reason,
                "area": slug,
            }
        )
    table = pd.DataFrame(rows)
    return table.assign(delivered_on=pd.to_datetime(table["delivered_on"]))
