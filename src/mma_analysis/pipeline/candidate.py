"""What may be said now: rounded beside what went out, attacked, and rounded again."""

import logging
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from mma_analysis import attack, measure, protect
from mma_analysis.measure.sets import SET
from mma_analysis.pipeline import knowledge
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.value import NOT_KEPT

LOG = logging.getLogger(__name__)
ROUNDS = 40  # of rounding again
LONGEST = 600.0  # seconds of the processor
LINE = ["area", "period", "breakdown"]
Line = tuple[str, ...]
FEWEST = 5  # less is a few
STRUCTURAL = [*NOT_KEPT, "not_applicable"]  # states of a 0 that is one by its nature
SHOWN, HIDDEN, UNPUBLISHED = "shown", "hidden", "unpublished"


@dataclass(frozen=True)
class Attacked:
    """What came of it: the rounded counts, the lines left out for it, and what cannot be helped.

    - `disclosures`: counts that a reader knows too well and that no rounding of what comes helps.
    - `narrowest`: per count for which `reader` its ends are nearest, and their `width` at least.
    - `is_attacked`: false when the time was up.
    """

    rounded: pd.Series
    left_out: tuple[Line, ...]
    rounds: int
    cuts: int
    narrowest: pd.DataFrame
    disclosures: tuple[attack.Disclosure, ...] = ()
    is_attacked: bool = True


@dataclass
class Candidate:
    """All counts of an edition beside all that went out of them before.

    - `cells`: the counts of booked and new rows, with `published`, `is_total`, `is_district`,
      `line`, `table`, `structural`, `early` and `is_forgotten`; `relations`: their sums.
    - `sets`: which meldingen each counts (`measure.sets_of`), and `held`: of a gemeente that is
      revised, the number that went out of the same set before.
    - `rows`: the rows that they count (`protect.public_rows`).
    - `refused`: per gemeente (`area`) the rows `rejected` and `duplicate`.
    """

    cells: pd.DataFrame
    relations: pd.DataFrame
    sets: pd.DataFrame
    held: pd.Series
    rows: pd.DataFrame
    refused: pd.DataFrame
    of: measure.Frame
    book: protect.Book

    @property
    def basis(self) -> int:
        """Counts are rounded to multiples of this."""
        return self.of.edition.bescherming.basis

    @cached_property
    def versions(self) -> dict[str, str]:
        """What each gemeente is called in the names of sets."""
        return {slug: self.book.version(slug) for slug in self.of.delivered}

    # --- beside what went out --------------------------------------------------------------------

    @cached_property
    def given(self) -> pd.DataFrame:
        """The counts with what went out of each: as `protect.rounded` takes them."""
        cells = self.cells.copy()
        name = self.sets["name"].reindex(cells.index)
        said = self.book.said
        shown = said[said["state"] == SHOWN]
        cells["set"] = name.fillna(pd.Series(cells.index, cells.index))
        cells["is_structural"] = cells["structural"].ne("")
        cells["kept"] = name.map(shown["number"].astype("float64"))
        cells["kept_off"] = name.map(shown["off"].astype("float64"))
        cells["held"] = self.held.reindex(cells.index)
        least, most = knowledge.nested(self.sets, shown)
        cells["least"] = least.reindex(cells.index)
        cells["most"] = most.reindex(cells.index)
        is_hidden = name.isin(said.index[said["state"] == HIDDEN])
        cells["published"] = cells["published"] & ~is_hidden
        cells["off"] = protect.composed(cells, self.relations, self.basis)
        # So far off a number would say little; that it is left out tells nothing of the truth.
        cells["published"] = cells["published"] & cells["off"].le(protect.OFF_AT_MOST)
        return cells

    # --- rounded and attacked --------------------------------------------------------------------

    @cached_property
    def attacked(self) -> Attacked:
        """Round, let all readers work on it, and round again until none learns a count.

        What tells a count is turned round (a cut), as much of it at once as any table allows. Where
        no table does, the line of a new count that tells it is left out.
        """
        until = time.process_time() + LONGEST
        work = _Work(self)
        rounded = work.rounded()
        self._refuse_wrong_sums(rounded, work)
        rounds = 0
        helpless: dict[str, attack.Disclosure] = {}
        while True:
            rounds += 1
            done = Attacked(
                rounded=rounded,
                left_out=tuple(work.left),
                rounds=rounds,
                cuts=len(work.cuts),
                narrowest=pd.DataFrame(columns=["reader", "width"]),
                disclosures=tuple(helpless.values()),
            )
            try:
                found, narrowest = attack.readers(self.system(rounded), until)
            except attack.NotAttackedError:
                return replace(done, is_attacked=False)
            found = [one for one in found if one.count not in helpless]
            if not found or rounds == ROUNDS:
                return replace(done, narrowest=narrowest, is_attacked=not found)
            LOG.debug("aanval: ronde %d, %d aantallen te goed bekend", rounds, len(found))
            if not work.turned(found, rounded) and not work.left_out(found):
                helpless.update({one.count: one for one in found})
            rounded = work.rounded()

    def _refuse_wrong_sums(self, rounded: pd.Series, work: "_Work") -> None:
        """Stop when rounded numbers do not add up: then something is wrong with the program."""
        terms = self.relations[~self.relations["relation"].isin(work.broken)]
        numbers = terms["cell"].map(rounded.astype("float64")) * terms["coefficient"]
        sums = numbers.groupby(terms["relation"]).sum(min_count=1)
        is_whole = numbers.notna().groupby(terms["relation"]).all()
        wrong = sums[is_whole & sums.abs().gt(0.5)]
        if len(wrong):
            raise DataError.of("ours", what=message("not_additive", sum=wrong.index[0]))

    def table(self) -> pd.DataFrame:
        """What an issue of this candidate says, and of what more a reader knows that it exists.

        One row per count: `cell` (empty when nothing is said of it), which set it is of, `number`,
        `text`, how far it may be `off`, the `least` that it is, and its `state`.
        """
        return self.told(self.attacked.rounded)

    def told(self, rounded: pd.Series) -> pd.DataFrame:
        """The same, of these numbers."""
        cells = self.given.loc[self.sets.index]
        is_public = cells["table"].ne("")
        structural = cells["structural"]
        number = rounded.reindex(cells.index).astype("Int64").mask(structural.ne(""))
        state = structural.where(structural.ne(""), SHOWN).mask(~is_public, UNPUBLISHED)
        state = state.mask(is_public & structural.eq("") & number.isna(), HIDDEN)
        number = number.where(state == SHOWN)
        off = (
            cells["off"]
            .where(structural.eq("") & np.isfinite(cells["off"]), 0)
            .astype("int64")
        )
        # Before the connection a 0 is said to be one, so what is rounded to 0 is one or more.
        is_some = cells["early"].astype(bool) & state.eq(SHOWN)
        text = number.astype("str").where(
            number.ne(0).fillna(value=False), "0–" + off.astype("str")
        )
        cell = cells["table"].str.cat(pd.Series(cells.index, cells.index), sep="|")
        return self.sets.assign(
            cell=cell.where(is_public, ""),
            number=number,
            text=text.where(state == SHOWN, ""),
            off=off,
            least=is_some.astype("int64"),
            state=state,
        )

    def system(self, rounded: pd.Series) -> attack.System:
        """All that readers can know when this goes out beside what is out already."""
        said = knowledge.with_new(self.book.said, self.told(rounded))
        return attack.System(
            counts=said[SET],
            rows=self._rows_with_classes,
            refused=self._refused,
            owners=self.owners,
            forgotten=self.book.forgotten,
            knowledge=knowledge.of_everybody(said, self.book, self._rows_with_classes),
        )

    @cached_property
    def owners(self) -> dict[str, frozenset[str]]:
        """Organisation → the gemeenten of which it has the rows, in all their versions."""
        every = {slug: {slug} for slug in self.of.connected_on.index}
        for version in [
            *self.versions.values(),
            *self._rows_with_classes["gemeente"].unique(),
        ]:
            every.setdefault(version.partition("#")[0], set()).add(version)
        there = {*self._rows_with_classes["gemeente"], *self.versions.values()}
        owners: dict[str, frozenset[str]] = {}
        for slug, versions in every.items():
            owner = self.of.owner_of.get(slug, slug)
            if versions & there:
                owners[owner] = owners.get(owner, frozenset()) | versions
        return owners

    @cached_property
    def _rows_with_classes(self) -> pd.DataFrame:
        return knowledge.all_rows(self.rows, self.book, self.of.edition.peildatum)

    @cached_property
    def _refused(self) -> pd.DataFrame:
        return knowledge.all_refused(self.refused, self.book, self.of, self.versions)


@dataclass
class _Work:
    """Rounding under way: what was turned round, and what was left out."""

    candidate: Candidate

    def __post_init__(self) -> None:
        self.cuts: list[protect.Cut] = []
        self.left: list[Line] = []
        self.broken: list[str] = []

    def _cells(self) -> pd.DataFrame:
        given = self.candidate.given
        is_left = pd.MultiIndex.from_frame(given[LINE].astype("str")).isin(self.left)
        return given.assign(
            published=given["published"] & ~(is_left & given["kept"].isna())
        )

    def _relations(self) -> pd.DataFrame:
        relations = self.candidate.relations
        return relations[~relations["relation"].isin(self.broken)]

    def table(self, cuts: list[protect.Cut]) -> pd.Series | None:
        """The best table with these cuts; none when there is none."""
        return protect.rounded(self._cells(), self._relations(), self.candidate.basis, cuts)

    def rounded(self) -> pd.Series:
        """Round; where no table is possible, the fewest new lines go."""
        while True:
            rounded = self.table(self.cuts)
            if rounded is not None:
                return rounded
            cells = self._cells()
            gone, broken = protect.in_the_way(
                cells, self._relations(), self.candidate.basis
            )
            new = [line for line in self._lines(cells.loc[gone]) if line not in self.left]
            if not new and not broken:
                raise DataError.of("ours", what=message("no_rounding"))
            self.left += new
            self.broken += broken

    def turned(self, found: list[attack.Disclosure], rounded: pd.Series) -> bool:
        """Turn round what tells a count, as much of it at once as any table allows."""
        every = dict.fromkeys(self._cut(one, rounded) for one in found)
        new = [cut for cut in every if any(cut) and cut not in self.cuts]
        can = [cut for cut in new if self.table([*self.cuts, cut]) is not None]
        possible = _most(can, lambda few: self.table(self.cuts + few) is not None)
        self.cuts += possible
        return bool(possible)

    def _cut(self, found: attack.Disclosure, rounded: pd.Series) -> protect.Cut:
        """The new counts that tell it and can still go the other way."""
        basis = self.candidate.basis
        numbers = rounded.dropna().astype("float64")
        of = self.candidate.given.loc[numbers.index]
        low = np.floor(of["count"] / basis) * basis
        can_move = (low < of["count"]) & of["kept"].isna() & of["off"].lt(basis)
        is_upper = can_move & of["set"].isin(found.upper) & numbers.eq(low)
        is_lower = can_move & of["set"].isin(found.lower) & numbers.gt(low)
        return tuple(numbers.index[is_upper]), tuple(numbers.index[is_lower])

    def left_out(self, found: list[attack.Disclosure]) -> bool:
        """Leave out a line in a proof: that did not go out before, and may be left out."""
        cells = self._cells()
        cells = cells[cells["published"] & cells["kept"].isna() & cells["line"].ne("")]
        for one in found:
            in_proof = cells["set"].isin([one.count, *one.upper, *one.lower])
            for line in self._lines(cells[in_proof]):
                if line not in self.left:
                    self.left.append(line)
                    return True
        return False

    @staticmethod
    def _lines(cells: pd.DataFrame) -> list[Line]:
        rows = cells[LINE].astype("str").drop_duplicates()
        return list(rows.itertuples(index=False, name=None))


def _most(
    new: list[protect.Cut], can: Callable[[list[protect.Cut]], bool]
) -> list[protect.Cut]:
    """As many of the new cuts, the first ones, as can be made together."""
    if not new or can(new):
        return new
    return new[: bisect_left(range(1, len(new)), True, key=lambda n: not can(new[:n]))]


def is_certain(found: attack.Disclosure) -> bool:
    """Whether a count is known exactly or is certainly a few: nobody may sign for that."""
    is_exact = found.high - found.low < 1
    is_few = found.low >= 1 and found.high < FEWEST
    return bool(is_exact or is_few)
