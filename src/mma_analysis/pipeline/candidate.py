"""What may be said now: rounded with what went out as given, attacked, and rounded again."""

import logging
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mma_analysis import attack, measure, protect
from mma_analysis.measure.counts import DIMENSIONS, dimensions, membership
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.value import NOT_KEPT

LOG = logging.getLogger(__name__)
ROUNDS, LONGEST = 40, 600.0  # of rounding again, and seconds of the processor
LINE = ["area", "period", "breakdown"]
Line = tuple[str, ...]
FEWEST = 5  # less is a few
STRUCTURAL = [*NOT_KEPT, "not_applicable"]  # states of a 0 that is one by its nature


@dataclass(frozen=True)
class Attacked:
    """What came of it: the rounded counts, the lines left out for it, and what cannot be helped.

    `learnt`: counts that a reader knows too well from what is out already; no rounding of what
    comes takes that back. `is_attacked`: false when the time was up.
    """

    rounded: pd.Series
    left_out: tuple[str, ...]
    rounds: int
    learnt: tuple[attack.Learnt, ...] = ()
    is_attacked: bool = True


@dataclass
class Candidate:
    """All counts of an edition beside all that went out of them before.

    `cells` are as `protect.rounded` takes them, with `line`, `table` and `structural`; `before` are
    the tables of all issues, the oldest first.
    """

    cells: pd.DataFrame
    relations: pd.DataFrame
    meldingen: pd.DataFrame
    of: measure.Frame
    before: pd.DataFrame = field(default_factory=pd.DataFrame)
    _counted: tuple[pd.Index, csr_array] | None = None

    @property
    def basis(self) -> int:
        """Counts are rounded to multiples of this."""
        return self.of.edition.bescherming.basis

    @cached_property
    def owners(self) -> dict[str, frozenset[str]]:
        """Organisation → the gemeenten of which it has the rows."""
        owner_of = {slug: self.of.owner_of[slug] for slug in self.of.delivered}
        return {
            owner: frozenset(slug for slug in owner_of if owner_of[slug] == owner)
            for owner in owner_of.values()
        }

    @cached_property
    def about(self) -> pd.DataFrame:
        """What each count is about, with `name`: the same for counts about the same."""
        return _named(dimensions(self.cells, self.of))

    @cached_property
    def issued(self) -> pd.DataFrame:
        """What went out about gemeenten and days of this edition, with the `truth` as it is now."""
        if self.before.empty:
            return self.before
        delivered, evaluation = set(self.of.delivered), self.of.periods.iloc[0]
        first, last = (f"{evaluation[end]:%Y-%m-%d}" for end in ("begin", "end"))
        days = self.before["period"].str.split("/", expand=True)
        every = self.before["gemeenten"].unique()
        ours = [slugs for slugs in every if delivered.issuperset(slugs.split(","))]
        is_ours = self.before["gemeenten"].isin(ours)
        # Months since the connection of all together have no days.
        is_ours &= (days[0] >= first) & (days[1] <= last) | days[1].isna()
        is_ours &= self.before["family"].ne("delivered")
        rows = _named(self.before[is_ours].reset_index(drop=True))
        return rows.assign(truth=membership(rows, self.meldingen, self.of).sum(axis=1))

    @cached_property
    def given(self) -> pd.DataFrame:
        """The counts with what went out of each (`issued`) and of a part of its days (`least`)."""
        columns = self.cells.assign(issued=np.nan, least=np.nan)
        shown = self.issued[self.issued["number"].notna()] if len(self.issued) else self.issued
        if shown.empty:
            return columns
        last = shown.groupby("name")["number"].last()
        issued = self.about["name"].map(last).astype("Float64").astype("float64")
        columns["issued"] = issued.reindex(columns.index)
        others = [name for name in DIMENSIONS if name != "period"]
        about = self.about.reset_index(names="cell")
        pairs = about.merge(shown[[*others, "period", "number"]], on=others, suffixes=("", "_of"))
        whole, part = (pairs[n].str.split("/", expand=True) for n in ("period", "period_of"))
        is_part = (
            (part[0] >= whole[0]) & (part[1] <= whole[1]) & pairs["period"].ne(pairs["period_of"])
        )
        least = pairs[is_part].groupby("cell")["number"].max().astype("float64")
        return columns.assign(least=least.reindex(columns.index))

    @cached_property
    def attacked(self) -> Attacked:
        """Round, let all readers work on it, and round again until none learns a count.

        What tells a count is turned round (a cut), as much of it at once as any table allows. Where
        no table does, the line of a count that tells it is left out, but never what went out; where
        there is none, what went out moves.
        """
        until, cuts, left = time.process_time() + LONGEST, list[protect.Cut](), list[Line]()
        learnt, turn = dict[str, attack.Learnt](), 0
        rounded = self._rounded(cuts, left)
        if self.before.empty and (broken := self.system(rounded).not_added_up()):
            raise DataError.of("ours", what=message("not_additive", sum=broken[0]))
        while True:
            turn += 1
            done = Attacked(rounded, tuple(map("|".join, left)), turn, tuple(learnt.values()))
            try:
                bad = [b for b in self.system(rounded).learnt(until) if b.count not in learnt]
            except attack.NotAttackedError:
                return replace(done, is_attacked=False)
            if not bad or turn == ROUNDS:
                return replace(done, is_attacked=not bad)
            LOG.debug("aanval: ronde %d, %d aantallen te goed bekend", turn, len(bad))
            found = dict.fromkeys(self._cut(one, rounded) for one in bad)
            new = [cut for cut in found if any(cut) and cut not in cuts]
            possible = _most(new, lambda few: self._table(cuts + few, left) is not None)
            if not possible and not self._leave_out(bad, left):
                found = [self._cut(one, rounded, may_move=True) for one in bad]
                new = [cut for cut in found if any(cut)]
                possible = _most(new, lambda few: self._staying(cuts + few) is not None)
                if possible and (stays := self._staying(cuts + possible)) is not None:
                    self.stays = stays
                learnt |= {} if possible else {one.count: one for one in bad}
            cuts.extend(possible)
            rounded = self._rounded(cuts, left)

    def _leave_out(self, bad: list[attack.Learnt], left: list[Line]) -> bool:
        """Leave out a line in a proof: that did not go out before, and may be left out."""
        for one in bad:
            in_proof = self.about["name"].isin([one.count, *one.up, *one.down])
            cells = self.given.loc[self.about.index[in_proof]]
            cells = cells[cells["published"] & cells["issued"].isna() & cells["line"].ne("")]
            for row in cells[LINE].astype("str").itertuples(index=False, name=None):
                if row not in left:
                    left.append(row)
                    return True
        return False

    def _table(self, cuts: list[protect.Cut], left: list[Line]) -> pd.Series | None:
        held = {name: self.given[name].where(self.stays) for name in ("issued", "least")}
        cells = self.given.assign(published=self._published(left), **held)
        return protect.rounded(cells, self.relations, self.basis, cuts)

    def _published(self, left: list[Line]) -> pd.Series:
        is_left = pd.MultiIndex.from_frame(self.given[LINE].astype("str")).isin(left)
        return self.given["published"] & ~is_left

    @cached_property
    def stays(self) -> pd.Series:
        """Whether each count is held to what went out."""
        none = pd.Series(data=False, index=self.given.index)
        if self.given[["issued", "least"]].isna().all(axis=None):
            return none
        stays = self._staying([])
        return none if stays is None else stays

    def _staying(self, cuts: list[protect.Cut]) -> pd.Series | None:
        return protect.staying(self.given, self.relations, self.basis, cuts)

    def _rounded(self, cuts: list[protect.Cut], left: list[Line]) -> pd.Series:
        """Round; where no table is possible, leave out the lightest line that did not go out."""
        while (rounded := self._table(cuts, left)) is None:
            cells = self.given[self._published(left) & self.given["line"].ne("")]
            if cells.empty:
                raise DataError.of("ours", what=message("no_rounding"))
            lines = cells.groupby("line").agg({"issued": "count", "count": "sum"})
            lightest = lines.sort_values(["issued", "count"], kind="stable").index[0]
            rows = cells.loc[cells["line"] == lightest, LINE].astype("str").drop_duplicates()
            left += rows.itertuples(index=False, name=None)
        return rounded

    def table(self) -> pd.DataFrame:
        """What an issue of this candidate says, and of what more a reader knows that it exists.

        One row per count: `cell` (empty when nothing is said of it), what it is about, `number`,
        `text`, `state` and `basis` (the count is less than one basis away).
        """
        cells = self.cells.loc[self.about.index]
        is_public, structural = cells["table"].ne(""), cells["structural"]
        number = self.attacked.rounded.reindex(cells.index).astype("Int64").mask(structural.ne(""))
        state = structural.where(structural.ne(""), "shown").mask(~is_public, "unpublished")
        state = state.mask(is_public & structural.eq("") & number.isna(), "hidden")
        number = number.where(state == "shown")
        text = [f"0–{self.basis - 1}" if n == 0 else str(n) for n in number.fillna(-1)]
        cell = cells["table"].str.cat(pd.Series(cells.index, cells.index), sep="|")
        return self.about[[*DIMENSIONS, "since"]].assign(
            cell=cell.where(is_public, ""),
            number=number,
            text=pd.Series(text, cells.index).where(state == "shown", ""),
            state=state,
            basis=self.basis,
        )

    def drift(self) -> pd.DataFrame:
        """What went out and is not what would be said if nothing had: for the analyst's eyes only.

        One row per count: `cell`, `issued`, `truth`, `now` (what is said) and `why`: `blijft` (the
        truth is near enough), `veranderd` (it no longer is) or `meegenomen` (it is, but the sums
        with what changed would not hold, or a reader would know a count too well).
        """
        if self.given["issued"].isna().all():
            return pd.DataFrame(columns=["cell", "issued", "truth", "now", "why"])
        rows = self.given.assign(now=self.attacked.rounded.astype("float64"))
        rows = rows.dropna(subset=["issued", "now"])
        stays = rows["issued"].eq(rows["now"])
        nearest = (rows["count"] / self.basis).round() * self.basis
        is_near = (rows["issued"] - rows["count"]).abs() < self.basis
        why = is_near.map({True: "meegenomen", False: "veranderd"}).mask(stays, "blijft")
        rows = rows.assign(why=why, truth=rows["count"])
        rows = rows[~stays | (rows["now"] != nearest)]
        return rows[["issued", "truth", "now", "why"]].rename_axis("cell").reset_index()

    def system(self, rounded: pd.Series) -> attack.System:
        """All that readers can know when this goes out beside what is out already."""
        rows = self.about.assign(truth=self.cells["count"].reindex(self.about.index))
        counts = pd.concat([rows, self.issued]).groupby("name", sort=False)
        counts = counts.agg(
            {**dict.fromkeys(DIMENSIONS, "first"), "since": "max", "truth": "first"}
        )
        numbers = rounded.dropna().astype("float64").reindex(self.about.index).dropna()
        names, structural = (
            table.loc[numbers.index, name]
            for table, name in ((self.about, "name"), (self.cells, "structural"))
        )
        present = _range(names, numbers, structural.eq("") * (self.basis - 1))
        # Before the connection a 0 is said to be one, so what is rounded to 0 is one or more.
        least = (self.cells.loc[numbers.index, "early"] & structural.eq("")).astype("float64")
        ranges = [present.assign(low=present["low"].clip(lower=least))]
        if len(self.issued):
            known = self.issued.assign(off=self.issued["basis"] - 1)
            known["number"] = known["number"].mask(known["state"].isin(STRUCTURAL), 0)
            # When something is said differently of gemeenten, more came or went than that: what was
            # said of them was of other meldingen, and nobody can add it up with what is said now;
            # nor with what a later issue said of it.
            known = known[known["number"].eq(known.groupby("name")["number"].transform("last"))]
            now = known["name"].map(numbers.groupby(names).first())
            changed = known.loc[now.notna() & now.ne(known["number"]), "gemeenten"]
            known = known[~known["gemeenten"].isin(changed)]
            known = known[(known["number"] - known["truth"]).abs() <= known["off"]]
            ranges.append(_range(known["name"], known["number"], known["off"]))
        return attack.System(
            counts.rename(columns={"truth": "count"}),
            pd.concat(ranges, ignore_index=True),
            self.owners,
            self.meldingen,
            self._members,
        )

    def _members(self, about: pd.DataFrame) -> csr_array:
        """Which meldingen each count counts; the same counts are asked for in every round."""
        if self._counted is None or not self._counted[0].equals(about.index):
            self._counted = about.index, membership(about, self.meldingen, self.of)
        return self._counted[1]

    def _cut(
        self, learnt: attack.Learnt, rounded: pd.Series, *, may_move: bool = False
    ) -> protect.Cut:
        """The counts that tell it and can still go the other way; `may_move`: what went out too."""
        numbers = rounded.dropna().astype("float64")
        of, names = self.given.loc[numbers.index], self.about["name"].reindex(numbers.index)
        low = np.floor(of["count"] / self.basis) * self.basis
        can_move = (low < of["count"]) & (~self.stays.loc[numbers.index] | may_move)
        is_up = can_move & names.isin(learnt.up) & (numbers == low)
        is_down = can_move & names.isin(learnt.down) & (numbers > low)
        return tuple(numbers.index[is_up]), tuple(numbers.index[is_down])


def _most(new: list[protect.Cut], can: Callable[[list[protect.Cut]], bool]) -> list[protect.Cut]:
    """As many of the new cuts, the first ones, as can be made together."""
    if not new or can(new):
        return new
    return new[: bisect_left(range(1, len(new)), True, key=lambda n: not can(new[:n]))]


def is_certain(learnt: attack.Learnt) -> bool:
    """Whether a count is known exactly or is certainly a few: nobody may sign for that."""
    return bool(learnt.high - learnt.low < 1 or (learnt.low >= 1 and learnt.high < FEWEST))


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """With `name`: what a count is about, as one text; months since the connection have no days."""
    names = ["|".join(about) for about in table[DIMENSIONS].astype("str").to_numpy().tolist()]
    return table.assign(name=pd.Series(names, table.index, dtype="str"))


def _range(names: pd.Series, numbers: pd.Series, off: pd.Series) -> pd.DataFrame:
    ends = {"low": numbers - off, "high": numbers + off}
    return pd.DataFrame({"count": names, "number": numbers, **ends})
