"""The steps of the follow-up that are no field of a delivery, but follow from one."""

import pandas as pd

from mma_analysis.vocabulary import UNKNOWN, Vocabulary

YES, NO = "ja", "nee"


def steps(vocabulary: Vocabulary, meldingen: pd.DataFrame, peildatum: pd.Timestamp) -> pd.DataFrame:
    """Say of each melding whether somebody acted on it, and whether M. was told the result.

    Acted on is: an action of the gemeente, or handed over to somebody who can act
    (`reference/acted.csv`). An empty day of feedback is `nee` only at a gemeente that registers
    feedback at all; elsewhere nobody wrote down whether it was given, and it is `onbekend`.

    Parameters
    ----------
    vocabulary
        The words of the edition.
    meldingen
        Clean meldingen, one row per melding and receiving gemeente.
    peildatum
        What was fed back after this day was not yet on it.

    Returns
    -------
    pd.DataFrame
        One row per row of `meldingen`, on its index: `acted`, `fed_back`, each `ja`, `nee` or
        `onbekend`.

    Examples
    --------
    >>> meldingen = pd.DataFrame({
    ...     "gemeente": ["borne", "borne", "losser"],
    ...     "disposition": ["actie_gemeente", "toegevoegd_aan_dossier", "onbekend"],
    ...     "fed_back_on": pd.to_datetime(["2023-03-01", None, None]),
    ... })
    >>> steps(Vocabulary(), meldingen, pd.Timestamp("2023-06-30")).to_numpy().tolist()
    [['ja', 'ja'], ['nee', 'nee'], ['onbekend', 'onbekend']]
    """
    told = meldingen["fed_back_on"] <= peildatum
    registers = meldingen["gemeente"].isin(meldingen.loc[told, "gemeente"].unique())
    return pd.DataFrame(
        {
            "acted": meldingen["disposition"].map(acted_of_disposition(vocabulary)),
            "fed_back": told.map({True: YES, False: NO}).where(registers, UNKNOWN),
        }
    )


def acted_of_disposition(vocabulary: Vocabulary) -> dict[str, str]:
    """Code of a disposition → whether somebody acted: `ja`, `nee` or `onbekend`."""
    return {row["disposition"]: row["acted"] for row in vocabulary.reference("acted")}
