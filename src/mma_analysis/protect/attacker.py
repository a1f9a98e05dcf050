"""The attack: what a reader can work out about hidden counts. Shares no code with the plan."""

from dataclasses import replace

import numpy as np
import pandas as pd

from mma_analysis.protect.crowds import LARGEST, crowds
from mma_analysis.protect.programs import Board, Flags, board

# Attacked together at first: measured, most counts are safe among these few already.
FEW = 10


def attack(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    states: pd.Series,
    zeros_printed: bool = True,
    insider: str = "",
) -> pd.DataFrame:
    """Derive the smallest and largest value that every hidden count can have.

    The reader knows the shown counts, all relations, and that counts are whole and not negative;
    when zeros are printed also that a hidden count is not zero.

    Parameters
    ----------
    cells
        One row per count, indexed by `cell`: `count`, `published`, `owner`.
    relations
        One row per relation and cell: `relation`, `cell`, `coefficient`; in every relation the sum
        of coefficient × count is 0.
    states
        `shown` or `hidden` for every published cell.
    zeros_printed
        Whether the reader sees zeros as zeros.
    insider
        The owner who reads: knows all of his own counts; nobody's when empty.

    Returns
    -------
    pd.DataFrame
        One row per hidden cell that the reader does not own, indexed by `cell`: `lowest`,
        `highest`; `highest` is infinite when nothing limits it.

    Raises
    ------
    DataError
        When a published cell has no state, or the shown counts contradict the relations.
    """
    laid = board(cells, relations, states)
    known = _owned(laid, insider)
    rows = [
        (str(laid.names[program.places[cell]]), program.least(cell), program.most(cell))
        for program in laid.programs(known, laid.hidden, zeros_printed)
        for cell in program.asked
    ]
    return _table(rows)


def weaknesses(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    states: pd.Series,
    threshold: int,
    zeros_printed: bool = True,
    insider: str = "",
) -> pd.DataFrame:
    """Pick the hidden counts of which a reader learns the value, or that it is too small to show.

    The same question as `attack` answers, much faster: a count is safe as soon as two tables were
    met that agree with all that is shown, and in one of which it is large enough. What an owner
    knows already when nothing but zeros is shown, such as a sum in which only he has a part, is
    nothing that he learns.

    Parameters
    ----------
    threshold
        The smallest count that may be shown. The others as in `attack`.

    Returns
    -------
    pd.DataFrame
        The rows of `attack` that fail; none is the only good answer.
    """
    laid = board(cells, relations, states)
    return _learned(laid, insider, laid.hidden, threshold, zeros_printed)


def exposed(
    cells: pd.DataFrame,
    relations: pd.DataFrame,
    states: pd.Series,
    threshold: int,
    zeros_printed: bool = True,
) -> pd.DataFrame:
    """Pick the hidden counts of which anybody learns something: from outside, or as an owner.

    The same as `weaknesses` of each reader apart, in less time. First a few owners at a time are
    attacked by somebody who knows all counts of everybody else: what he does not learn, nobody who
    knows less does. Only about what he learns every reader is asked himself.

    Returns
    -------
    pd.DataFrame
        One row per reader and count that he learns: `reader` (empty for who is nobody's owner),
        `cell`, `lowest`, `highest`; none is the only good answer.
    """
    laid = board(cells, relations, states)
    readers = ["", *sorted(set(laid.owner) - {""})]
    doubted = _doubted(laid, readers, threshold, zeros_printed)
    found = [
        _learned(laid, reader, doubts, threshold, zeros_printed).assign(reader=reader)
        for reader, doubts in zip(readers, doubted, strict=True)
        if doubts.any()
    ]
    table = pd.concat([_table([]).assign(reader=""), *found]).reset_index()
    return table[["reader", "cell", "lowest", "highest"]]


def _doubted(laid: Board, readers: list[str], threshold: int, zeros_printed: bool) -> Flags:
    """One row per reader: the hidden counts that are not yet shown to be safe from him.

    Doubt comes first, and goes only where an attacker failed: who is in a crowd with whom decides
    how long it takes, and nothing else.
    """
    doubted = np.array([laid.hidden & ~_owned(laid, reader) for reader in readers])
    for size in (FEW, LARGEST):
        dealt = crowds(readers[1:], size)
        for crowd in dealt if len(dealt) > 1 else ():
            strangers = ~np.isin(laid.owner, ["", *crowd])
            for attacker in ("", *crowd):
                # Whoever is not in the crowd knows no more than an attacker from outside it.
                covered = np.isin(readers, [attacker] if attacker else crowd, invert=not attacker)
                known = strangers | _owned(laid, attacker)
                asked = doubted[covered].any(axis=0) & ~known
                doubted[covered] &= ~_safe(laid, known, asked, threshold, zeros_printed)
    return doubted


def _safe(laid: Board, known: Flags, asked: Flags, threshold: int, zeros_printed: bool) -> Flags:
    """Which of some hidden counts cannot be worked out by who knows some counts beforehand."""
    safe = np.zeros_like(asked)
    for program in laid.programs(known, asked, zeros_printed):
        for cell in program.asked:
            safe[program.places[cell]] = program.is_safe(cell, threshold)
    return safe


def _learned(
    laid: Board, reader: str, asked: Flags, threshold: int, zeros_printed: bool
) -> pd.DataFrame:
    """What a reader learns of some hidden counts."""
    known = _owned(laid, reader)
    weak = _unsafe(laid, known, asked, threshold, zeros_printed)
    if not reader or weak.empty:
        return weak
    # What he would know just as well when nothing but zeros were shown, is not learned.
    zeros = laid.shown & (laid.count == 0)
    without = replace(laid, shown=zeros, hidden=laid.hidden | (laid.shown & ~zeros))
    suspects = np.isin(laid.names, weak.index)
    known_anyway = _unsafe(without, known, suspects, threshold, zeros_printed)
    return weak[~weak.index.isin(known_anyway.index)]


def _unsafe(
    laid: Board, known: Flags, asked: Flags, threshold: int, zeros_printed: bool
) -> pd.DataFrame:
    rows = [
        (str(laid.names[program.places[cell]]), program.least(cell), program.most(cell))
        for program in laid.programs(known, asked, zeros_printed)
        for cell in program.asked
        if not program.is_safe(cell, threshold)
    ]
    return _table(rows)


def _owned(laid: Board, reader: str) -> Flags:
    return (laid.owner == reader) & (reader != "")


def _table(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["cell", "lowest", "highest"])
    return table.astype({"lowest": "float64", "highest": "float64"}).set_index("cell").sort_index()
