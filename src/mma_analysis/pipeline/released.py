"""Clean tables and protected counts → the tables that are released, and those of each gemeente."""

from collections.abc import Sequence

import pandas as pd

from mma_analysis import check, measure
from mma_analysis.pipeline.intake import Cleaned
from mma_analysis.pipeline.protecting import Protected
from mma_analysis.settings import Edition, Kosten

# Not told beside rounded counts: made from meldingen or exact counts, or with an interval that does
# not know of rounding.
EXACT = (
    *("trend", "national_comparison", "deliveries", "outcomes_over_time"),
    *(
        "closing_curve",
        "time_to_close",
        "time_to_receive",
        "time_to_feedback",
        "experience_by_answer",
    ),
)

# What is said of one gemeente depends on which others are looked at.
JUDGED_TOGETHER = ("comparison", "year_on_year", "before_connection")


def shared_tables(
    cleaned: Cleaned, findings: Sequence[check.Finding], edition: Edition, of: measure.Frame
) -> dict[str, pd.DataFrame]:
    """Released tables that are no counts of meldingen per cell: estimates, survey, deliveries."""
    district = of.vocabulary.district.slug
    of_district = measure.first_receipts(of.vocabulary, cleaned.meldingen)
    peildatum = pd.Timestamp(edition.peildatum)
    tables = {
        "closing_curve": measure.closing_curve(of_district, peildatum),
        "time_to_close": measure.time_to_close(of_district, peildatum, for_all=True),
        "time_to_receive": measure.time_to_receive(cleaned.meldingen.assign(area=district)),
        "campaign_series": measure.campaign_series(
            of.vocabulary, cleaned.meldingen, edition.campagnes, of.exposure, of.periods
        ),
        "time_to_feedback": measure.time_to_feedback(of_district, peildatum, for_all=True),
        "outcomes_over_time": measure.outcomes_over_time(of.vocabulary, of_district, peildatum),
        "deliveries": _deliveries(cleaned, findings),
    }
    survey = cleaned.survey
    if survey.book is None or edition.vragenlijst is None:
        return tables
    slugs = [area.slug for area in of.vocabulary.gemeenten]
    no_experience = edition.vragenlijst.geen_ervaring
    return tables | {
        "survey_response": measure.response(survey.responses, slugs, no_experience),
        "survey_answers": measure.answers(of.vocabulary, survey.responses, survey.book),
        "survey_numbers": measure.numbers(survey.responses, survey.book),
        **survey.tables,
    }


def from_released(
    released: dict[str, pd.DataFrame], counts: pd.DataFrame, cleaned: Cleaned, of: measure.Frame
) -> dict[str, pd.DataFrame]:
    """What follows from released counts: costs of a next year, experience, and rows that count."""
    kosten, last_year = of.edition.kosten or Kosten(), measure.receipts_of_last_year(counts, of)
    book, responses = cleaned.survey.book, cleaned.survey.responses
    codes = [] if book is None else [vraag.code for vraag in book.released]
    responses = responses[responses["question"].isin(codes)]
    return {
        "cost_scenarios": measure.cost_scenarios(
            kosten, released["costs"], last_year, released["trend"]
        ),
        "campaign_series": measure.beside_shown(released["campaign_series"], released["campaigns"]),
        "experience_by_answer": measure.experience(
            released["per_period"], cleaned.meldingen, responses, of
        ),
        "deliveries": without_receipts(released["deliveries"], released["received_twice"]),
    }


def without_receipts(deliveries: pd.DataFrame, received: pd.DataFrame) -> pd.DataFrame:
    """The rows that count are what all gemeenten received: not told when that is not.

    Nor how many were read, from which they follow with the refused and the double ones.
    """
    if received["receipts"].notna().all():
        return deliveries
    nothing = pd.Series(pd.NA, deliveries.index, dtype="Int64")
    return deliveries.assign(read=nothing, clean=nothing)


def without_exact(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Empty the tables that are made from exact counts: rounded and exact are never mixed."""
    series = tables["campaign_series"].assign(months=float("nan"))
    none = series[["campaign"]].assign(verdict="hidden", control_verdict="hidden")
    emptied = {name: table.iloc[:0] for name, table in tables.items() if name in EXACT}
    return tables | emptied | {"campaign_series": measure.beside_shown(series, none)}


def _deliveries(cleaned: Cleaned, findings: Sequence[check.Finding]) -> pd.DataFrame:
    """What happened to all delivered rows together; per gemeente it would give counts away."""
    registrations = [f for f in cleaned.files if f["gemeenten"] and "replaced_by" not in f]
    totals = {
        name: sum(file[name] for file in registrations)
        for name in ("read", "clean", "rejected", "duplicate")
    }
    warnings = sum(finding.severity == "warning" for finding in findings)
    return pd.DataFrame([{"files": len(registrations), **totals, "warnings": warnings}])


def grades(letters: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per gemeente: the grade of its delivery, missing when it delivered nothing."""
    rows = [
        (slug, own["grade"].iloc[0] if len(own["files"].iloc[0]) else None)
        for slug, own in letters.items()
    ]
    return pd.DataFrame(rows, columns=["area", "grade"]).astype("str")


def own_tables(
    slug: str,
    plan: Protected,
    cleaned: Cleaned,
    findings: Sequence[check.Finding],
    of: measure.Frame,
    public: tuple[pd.DataFrame, dict[str, pd.DataFrame]],
) -> dict[str, pd.DataFrame]:
    """The tables for one gemeente: its own counts exact, everybody else's as released.

    `public` are the released counts and what was derived from them: that is not done again for a
    gemeente of which nothing is hidden, and what is said of others is taken from it.
    """
    cells, states, is_own = plan.cells, plan.states, plan.cells["area"] == slug
    cells = cells.assign(
        count=cells["count"].mask(is_own, plan.exact["count"]),
        published=cells["published"] | cells["coarsened"] & is_own,
        coarsened=cells["coarsened"] & ~is_own,
    )
    states = states.reindex(cells.index[cells["published"]])
    states = states.mask(states.index.isin(cells.index[is_own]), "shown")
    counts = measure.released_counts(cells, states, of)
    meldingen = cleaned.meldingen[cleaned.meldingen["gemeente"] == slug]
    rejected = _rejected_of(slug, cleaned.rejected, of.edition)
    peildatum = pd.Timestamp(of.edition.peildatum)
    duplicates = cleaned.duplicates[cleaned.duplicates["gemeente"] == slug]
    responses = cleaned.survey.responses
    responses = responses[responses["gemeente"] == slug]
    themes = cleaned.survey.themes
    own_themes = {} if themes is None else {"own_themes": themes[themes["gemeente"] == slug]}
    is_all_public = counts.equals(public[0])
    derived = public[1]
    if not is_all_public:
        derived = beside_released(measure.released_tables(counts, of), public[1], slug)
    return derived | {
        "own_time_to_close": measure.time_to_close(meldingen.assign(area=slug), peildatum),
        "own_time_to_feedback": measure.time_to_feedback(meldingen.assign(area=slug), peildatum),
        "own_rejected": rejected.reset_index(drop=True),
        "own_warnings": cleaned.warnings[cleaned.warnings["gemeente"] == slug],
        "own_duplicates": duplicates,
        "own_findings": check.as_table([f for f in findings if f.gemeente == slug]),
        "own_responses": responses[["question", "value", "answered_by"]].reset_index(drop=True),
        **own_themes,
    }


def beside_released(
    own: dict[str, pd.DataFrame], public: dict[str, pd.DataFrame], slug: str
) -> dict[str, pd.DataFrame]:
    """Say the same of other gemeenten as the public tables do.

    With a hidden count of its own a gemeente joins those that are looked at together: then the
    verdict of another could change, and differ from the one on the public page. Only its own rows
    are made with it (the exact counts of `own`); how much gemeenten usually differ is what the
    public tables say.
    """
    told = {name: _own_among(own[name], public[name], slug) for name in JUDGED_TOGETHER}
    tau2 = float(public["overdispersion"]["tau2"].iloc[0])
    compared = measure.judged(told["comparison"], tau2)
    largest = float(compared["expected"].max()) if len(compared) else 1.0
    usual = {
        "comparison": compared,
        "comparison_limits": measure.funnel(largest, tau2),
        "overdispersion": public["overdispersion"],
    }
    return own | told | usual


def _own_among(own: pd.DataFrame, public: pd.DataFrame, slug: str) -> pd.DataFrame:
    """The released rows of others and the own row, in the order of the own table."""
    rows = pd.concat([public[public["area"] != slug], own[own["area"] == slug]])
    place = {area: number for number, area in enumerate(own["area"])}
    table = rows.sort_values("area", key=lambda areas: areas.map(place), ignore_index=True)
    table.attrs = own.attrs
    return table


def _rejected_of(slug: str, rejected: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """What a gemeente can repair: its own rows, and rows of its files that name no gemeente."""
    nobodys = rejected["gemeente"].isin(["", None]) & rejected["source_file"].isin(
        edition.gemeente(slug).levering
    )
    return rejected[nobodys | (rejected["gemeente"] == slug)]


def own_delivery(
    slug: str, cleaned: Cleaned, findings: Sequence[check.Finding], edition: Edition
) -> pd.DataFrame:
    """One row: what became of the delivery of one gemeente, and its grade.

    `outside` are those of the `rejected` that are no fault: of another time or place.
    """
    settings = edition.gemeente(slug)
    delivered_on = settings.geleverd_op
    meldingen = cleaned.meldingen[cleaned.meldingen["gemeente"] == slug]
    rejected = _rejected_of(slug, cleaned.rejected, edition)
    refused = rejected[rejected["source_file"].isin(settings.levering)]
    doubles = cleaned.duplicates[
        (cleaned.duplicates["gemeente"] == slug)
        & cleaned.duplicates["source_file"].isin(settings.levering)
    ]
    own = [finding for finding in findings if finding.gemeente == slug]
    doubtful = (cleaned.warnings["gemeente"] == slug).sum()
    vocabulary = edition.vocabulary
    effects = refused["reason_code"].map(vocabulary.reason_effects)
    outside = int(effects.eq("outside").sum())
    grade = check.grade(vocabulary, own, len(meldingen), len(refused) - outside, int(doubtful))
    row = {
        "files": list(settings.levering),
        "delivered_on": pd.Timestamp(delivered_on) if delivered_on else pd.NaT,
        "clean": len(meldingen),
        "rejected": len(refused),
        "outside": outside,
        "duplicate": len(doubles),
        "grade": grade.label,
        "grade_reason": grade.reason,
    }
    return pd.DataFrame([row])
