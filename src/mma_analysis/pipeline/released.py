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
    hidden = int((counts["state"] == "hidden").sum())
    shown = int((counts["state"] == "shown").sum())
    LOG.info("afronden: %d aantallen op veelvouden van %d", shown, protection.basis)
    if hidden:
        LOG.info("afronden: %d aantallen niet getoond", hidden)
    _say_disclosures(open_ones, of.edition)
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
    sender: dict[str, str] = {}
    for slug in of.delivered:
        for file in of.edition.gemeente(slug).levering:
            sender.setdefault(file, slug)
    counts = {
        name: table["source_file"].map(sender).value_counts().reindex(of.delivered, fill_value=0)
        for name, table in (("rejected", cleaned.rejected), ("duplicate", cleaned.duplicates))
    }
    return pd.DataFrame(counts).rename_axis("area").reset_index()


def _say_disclosures(open_ones: pd.DataFrame, edition: Edition) -> None:
    decided = edition.bescherming.groups("verbergen")
    for row in open_ones.itertuples(index=False):
        if (row.area, row.breakdown, row.value) not in decided:
            which = {"area": row.area, "breakdown": row.breakdown, "value": row.value}
            LOG.info(message("decide", settings=SETTINGS_FILE, period=row.period, **which))


# --- tables --------------------------------------------------------------------------------------


def public_tables(
    released: Released,
    cleaned: Cleaned,
    findings: Sequence[check.Finding],
    letters: dict[str, pd.DataFrame],
    of: measure.Frame,
) -> dict[str, pd.DataFrame]:
    """Every table that everybody may read, by the registry."""
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
        "grade_of": _per_gemeente(letters).assign(
            grade=lambda t: t["grade"].where(t["file_names"].ne(""))
        )[["area", "grade"]],
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
    letters: dict[str, pd.DataFrame],
    of: measure.Frame,
) -> dict[str, dict[str, pd.DataFrame]]:
    """Gemeente → the tables with its own rows only, from its exact counts and public figures."""
    slugs, survey = list(letters), cleaned.survey
    counts = measure.exact_counts(released.exact)
    rejected = {slug: rejected_of(slug, cleaned.rejected, of.edition) for slug in slugs}
    given: dict[str, Any] = {
        **public,
        **measure.given_of(of, released.counts, counts[counts["area"].isin(of.delivered)]),
        "is_public": False,
        "tips": _with_area(cleaned.meldingen),
        "delivery": _per_gemeente(letters),
        "fields": _fields(cleaned),
        "rejected": _per_gemeente(rejected),
        "warnings": _with_area(cleaned.warnings),
        "duplicates": _with_area(cleaned.duplicates),
        "findings": _per_gemeente(
            {slug: check.as_table([f for f in findings if f.gemeente == slug]) for slug in slugs}
        ),
        "own_answers": _with_area(survey.responses)[["area", "question", "value", "answered_by"]],
        "own_coding": None if survey.themes is None else _with_area(survey.themes),
    }
    made = measure.made(given, "own")
    return {
        slug: {name: table[table["area"] == slug] for name, table in made.items()} for slug in slugs
    }


def _with_area(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(area=table["gemeente"])


def _per_gemeente(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The tables of all gemeenten below each other, with `area`."""
    parts = [table.assign(area=slug) for slug, table in tables.items()]
    return pd.concat(parts, ignore_index=True)


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


def rejected_of(slug: str, rejected: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """What a gemeente can repair: its own rows, and rows of its files that name no gemeente."""
    nobodys = rejected["gemeente"].isin(["", None]) & rejected["source_file"].isin(
        edition.gemeente(slug).levering
    )
    return rejected[nobodys | (rejected["gemeente"] == slug)]


def own_delivery(
    slug: str, cleaned: Cleaned, findings: Sequence[check.Finding], edition: Edition
) -> pd.DataFrame:
    """One row: what became of the delivery of one gemeente, and its grade.

    `file_names` are those that came in, and `replaced` those of them that are not read. `outside`
    are those of the `rejected` that are no fault: of another time or place.
    """
    settings, vocabulary = edition.gemeente(slug), edition.vocabulary

    def of_it(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["gemeente"] == slug]

    def from_it(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["source_file"].isin(settings.levering)]

    refused = from_it(rejected_of(slug, cleaned.rejected, edition))
    outside = int(
        refused["reason_code"].map(vocabulary.by_code("reasons", "effect")).eq("outside").sum()
    )
    clean, doubtful = len(of_it(cleaned.meldingen)), of_it(cleaned.warnings)["reason_code"].unique()
    own = [finding for finding in findings if finding.gemeente == slug]
    grade = check.grade(vocabulary, own, clean, len(refused) - outside, doubtful.tolist())
    came_in, replaced = (
        listing([path.rpartition("/")[2] for path in paths])  # by the names of their sender
        for paths in (settings.levering, settings.vervangt.values())
    )
    row = {
        "file_names": came_in,
        "replaced": replaced,
        "delivered_on": pd.Timestamp(settings.geleverd_op) if settings.geleverd_op else pd.NaT,
        "clean": clean,
        "rejected": len(refused),
        "outside": outside,
        "duplicate": len(from_it(of_it(cleaned.duplicates))),
        "grade": grade.label,
        "grade_reason": grade.reason,
    }
    return pd.DataFrame([row])
