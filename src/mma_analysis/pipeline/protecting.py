"""All counts → what of them is released: told coarser, withheld, hidden, and attacked."""

import logging
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mma_analysis import measure, protect
from mma_analysis.measure.periods import WHOLE
from mma_analysis.settings import SETTINGS_FILE, Edition, Workspace
from mma_analysis.vocabulary import TOTAL, DataError, UsageError

LOG = logging.getLogger(__name__)
BASE = 5  # `afronden`: on a page it says vijftallen


@dataclass(frozen=True)
class _Told:
    """What of all counts may be told at all: not told coarser, and not withheld.

    `found` are the group disclosures, of which `open_ones` are withheld.
    """

    cells: pd.DataFrame
    related: pd.DataFrame
    levels: pd.DataFrame
    found: pd.DataFrame
    open_ones: pd.DataFrame


@dataclass(frozen=True)
class Protected:
    """The cells as they are released, the state of each, and what was decided about them.

    `exact` are the same cells as they were counted: only a gemeente itself sees those of its own.
    `relations` are between those.
    """

    cells: pd.DataFrame
    exact: pd.DataFrame
    states: pd.Series
    levels: pd.DataFrame
    disclosures: pd.DataFrame
    relations: pd.DataFrame

    @property
    def decisions(self) -> dict[str, Any]:
        """For the manifest: what is told coarser, and what waits for a decision; no counts."""
        return {
            "coarsened": self.levels.to_dict("records"),
            "group_disclosures": self.disclosures.to_dict("records"),
        }


def protected(
    cells: pd.DataFrame, relations: pd.DataFrame, of: measure.Frame, before: pd.DataFrame
) -> Protected:
    """Decide what of all counts is released, and attack that before anything is written with it.

    `before` is what an earlier edition released, as made by `measure.released_before`.

    Raises
    ------
    ReleasedError
        When a count that was released before would have to be hidden; it says which.
    DataError
        When a hidden count can be worked out: a fault of this package.
    """
    edition, threshold = of.edition, of.edition.bescherming.drempel
    told = _told(cells, relations, of, before, set())
    released = told.cells
    if edition.bescherming.rounds:
        released, states = _rounded(told.cells, told.related)
    else:
        told, states = _planned(told, cells, relations, of, before)
        released = told.cells
        _attack(released, told.related, states, threshold)
    LOG.info("coarsen: %d breakdowns of gemeenten are told at a coarser level", len(told.levels))
    _say_disclosures(told.open_ones, edition)
    in_tables = states[~released.loc[states.index, "coarsened"]]
    hidden = (in_tables == "hidden").sum()
    how = f"rounded to multiples of {BASE}" if edition.bescherming.rounds else f"{hidden} hidden"
    LOG.info("protect: %d counts shown, %s", len(in_tables) - hidden, how)
    decided = told.found.merge(told.open_ones.assign(decision="verbergen"), how="left")
    decided = decided.fillna({"decision": "tonen"})
    levels = measure.without(told.levels, told.open_ones)
    return Protected(released, told.cells, states, levels, decided, told.related)


def _told(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    of: measure.Frame,
    before: pd.DataFrame,
    untold: set[str],
) -> _Told:
    """Tell coarser and withhold, when the totals of the `untold` gemeenten are not told."""
    protection = of.edition.bescherming
    levels = measure.coarsening(of.vocabulary, cells, protection.drempel, untold)
    if protection.rounds:
        levels = levels.iloc[:0]
    told = measure.coarsened(of.vocabulary, cells, levels)
    found = measure.group_disclosures(of.vocabulary, told)
    open_ones = measure.undecided(found, protection.shown_groups)
    told = measure.withheld(told, open_ones)
    told, related = measure.with_released(of.vocabulary, told, relations, before, of.periods)
    return _Told(told, related, levels, found, open_ones)


def _planned(
    told: _Told,
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    of: measure.Frame,
    before: pd.DataFrame,
) -> tuple[_Told, pd.Series]:
    """Plan until every gemeente whose total is hidden is told at its coarsest levels.

    But for a gemeente of which an earlier edition showed counts: those stay shown.
    """
    untold: set[str] = set()
    while True:
        states = protect.plan(told.cells, told.related, of.edition.bescherming.drempel)
        more = _without_total(told.cells, states) - untold - set(before["area"])
        if not more:
            return told, states
        untold |= more
        coarser = _told(cells, relations, of, before, untold)
        if coarser.levels.equals(told.levels):
            return told, states
        told = coarser


def _without_total(cells: pd.DataFrame, states: pd.Series) -> set[str]:
    """The gemeenten whose total over the whole evaluation is hidden."""
    is_total = (cells["breakdown"] == TOTAL) & (cells["kind"] == WHOLE) & (cells["owner"] != "")
    is_hidden = states.reindex(cells.index).eq("hidden")
    return {str(area) for area in cells.loc[is_total & is_hidden, "area"]}


def _say_disclosures(open_ones: pd.DataFrame, edition: Edition) -> None:
    decided = edition.bescherming.hidden_groups
    for row in open_ones.itertuples(index=False):
        if (row.area, row.breakdown, row.value) not in decided:
            LOG.info(
                f"decide: all meldingen of {row.area} ({row.period}) have one {row.breakdown}; "
                f"it is hidden until you decide: paste this in {SETTINGS_FILE} and fill it in\n"
                "[[bescherming.groepsonthulling]]\n"
                f'gebied       = "{row.area}"\n'
                f'uitsplitsing = "{row.breakdown}"\n'
                f'waarde       = "{row.value}"\n'
                'besluit      = ""   # "tonen" of "verbergen"\n'
                'reden        = ""\n'
            )


def _rounded(cells: pd.DataFrame, related: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """All published counts rounded and shown; what is not published is nobody's business."""
    cells = cells.assign(published=cells["published"] & ~cells["withheld"])
    counts = protect.rounded(cells, related, BASE)
    count = counts.reindex(cells.index).fillna(0).astype("int64")
    return cells.assign(count=count), pd.Series("shown", counts.index, dtype="str")


def safe_plan(cells: pd.DataFrame, related: pd.DataFrame, threshold: int) -> pd.Series:
    """Plan which counts are shown, and attack that as a reader from outside and as every gemeente.

    A hidden count that can be worked out is a fault of this package, and a DataError.
    """
    states = protect.plan(cells, related, threshold)
    _attack(cells, related, states, threshold)
    return states


def _attack(cells: pd.DataFrame, related: pd.DataFrame, states: pd.Series, threshold: int) -> None:
    weak = protect.exposed(cells, related, states, threshold)
    if len(weak):
        reader = weak["reader"].iloc[0]
        raise DataError(
            f"{(weak['reader'] == reader).sum()} hidden counts can be worked out from the shown "
            f"ones by {reader or 'anybody'}; nothing was written. This is a fault of mma-analysis: "
            "please report it"
        )


def released_by(workspace: Workspace, edition: Edition) -> pd.DataFrame:
    """Read what the earlier edition that the settings name has released; nothing when none is."""
    earlier = edition.bescherming.vorige_editie
    if not earlier:
        return measure.released_before(edition.vocabulary, {}, pd.DataFrame())
    folder = workspace.processed(earlier) / "measures"
    tables = {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("per_*.parquet"))}
    if not tables:
        raise UsageError(
            f"{edition.folder / SETTINGS_FILE}: bescherming.vorige_editie = '{earlier}' has no "
            f"released tables at {folder}; run `mma prepare {earlier}` first"
        )
    periods = pd.read_parquet(folder / "periods.parquet")
    return measure.released_before(edition.vocabulary, tables, periods)
