"""A question of a researcher → counts that may be shown."""

import pandas as pd

from mma_analysis import measure, protect
from mma_analysis.pipeline.run import CLEAN
from mma_analysis.settings import Edition, Workspace
from mma_analysis.vocabulary import DataError


def asked(
    meldingen: pd.DataFrame, answers: pd.Series, edition: Edition, per_gemeente: bool
) -> pd.DataFrame:
    """Count a question, each count a little off: the same meldingen always give the same number.

    `answers`: the answer of each melding, on the index of `meldingen`; missing when the question is
    not about it.

    One row per area and answer: `area`, `value`, `count` (less than five away from the truth, and
    never 1 to 4), `state`.
    """
    vocabulary = edition.vocabulary
    names = meldingen["melding_id"].astype("str") + "|" + meldingen["gemeente"].astype("str")
    keys = protect.row_keys(names, protect.secret_of(names))
    rows = pd.DataFrame({"value": answers, "area": meldingen["gemeente"], "key": keys})
    tips = measure.first_receipts(vocabulary, meldingen)
    levels = [rows.loc[tips.index].assign(area=vocabulary.district.slug)]
    levels += [rows] if per_gemeente else []
    grouped = pd.concat(levels).dropna(subset="value").groupby(["area", "value"], sort=True)["key"]
    table = grouped.agg(["size", "sum"]).reset_index()
    counts = protect.perturbed(table["size"], table["sum"]).astype("Int64")
    return table[["area", "value"]].assign(count=counts, state="shown")


def clean_meldingen(workspace: Workspace, edition: Edition) -> pd.DataFrame:
    """The rows of an edition: one per melding and receiving gemeente."""
    path = workspace.processed(edition.slug) / CLEAN / "meldingen.parquet"
    if not path.is_file():
        raise DataError(
            f"no rows at {path}: the edition was not prepared, or its rows were forgotten; "
            f"`mma prepare {edition.slug}` makes them while the deliveries are there"
        )
    return pd.read_parquet(path)
