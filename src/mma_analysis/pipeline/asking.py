"""A question of a researcher → counts that may be shown beside everything that is released."""

import pandas as pd

from mma_analysis import measure, protect
from mma_analysis.pipeline.protecting import Protected, protected, released_by, safe_plan
from mma_analysis.pipeline.run import CLEAN
from mma_analysis.settings import Edition, Workspace
from mma_analysis.vocabulary import DataError, UsageError


def released_plan(workspace: Workspace, edition: Edition) -> Protected:
    """Make the plan of an edition once more: the same rows and settings give the same plan.

    An edition that rounds its counts is refused: exact counts cannot go beside rounded ones.
    """
    if edition.bescherming.rounds:
        raise UsageError(
            f"'{edition.slug}' rounds its counts (bescherming.methode = 'afronden'): a question "
            "cannot be protected beside them; ask it in a copy of the edition that hides counts"
        )
    of = measure.frame(edition)
    cells, related = measure.count_system(clean_meldingen(workspace, edition), of)
    return protected(cells, related, of, released_by(workspace, edition))


def asked(
    plan: Protected,
    meldingen: pd.DataFrame,
    answers: pd.Series,
    edition: Edition,
    per_gemeente: bool,
) -> pd.DataFrame:
    """Count a question, and hide what would give a small count away beside all that is released.

    What is released stays as it is: it cannot be taken back. Only this question is protected
    against it, so two questions of which both answers go out must be asked as one.

    One row per area and answer: `area`, `value`, `count` (missing when hidden), `state`.

    Raises
    ------
    protect.ReleasedError
        When the question cannot be protected beside what is released.
    """
    is_shown = plan.states.reindex(plan.exact.index).eq("shown")
    is_hidden = plan.exact["published"] & ~is_shown
    cells = plan.exact.assign(
        released=is_shown | plan.exact["released"], withheld=is_hidden | plan.exact["withheld"]
    )
    of = measure.frame(edition)
    cells, related = measure.with_question(
        cells, plan.relations, meldingen, answers, of, per_gemeente
    )
    try:
        states = safe_plan(cells, related, edition.bescherming.drempel)
    except protect.ReleasedError as fault:
        raise protect.ReleasedError(
            "this question has no answer that is safe beside what is released; ask it with fewer "
            f"columns, with values taken together, or without per_gemeente ({fault})"
        ) from fault
    own = cells[cells["breakdown"].eq(measure.ASKED) & cells["published"]].join(states)
    own = own[own["value"] != measure.NOT_ASKED]
    shown = own["count"].astype("Int64").where(own["state"] == "shown")
    return own.assign(count=shown)[["area", "value", "count", "state"]].reset_index(drop=True)


def clean_meldingen(workspace: Workspace, edition: Edition) -> pd.DataFrame:
    """The rows of an edition: one per melding and receiving gemeente."""
    path = workspace.processed(edition.slug) / CLEAN / "meldingen.parquet"
    if not path.is_file():
        raise DataError(
            f"no rows at {path}: the edition was not prepared, or its rows were forgotten; "
            f"`mma prepare {edition.slug}` makes them while the deliveries are there"
        )
    return pd.read_parquet(path)
