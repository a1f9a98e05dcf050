"""What may be said now: rounded beside what went out, attacked, and rounded again."""

import logging
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mma_analysis import attack, measure, protect
from mma_analysis.measure.sets import SET
from mma_analysis.pipeline import knowledge
from mma_analysis.pipeline.attacked import Attacked, CountLine, attacked_or_kept
from mma_analysis.protect import HIDDEN, UNPUBLISHED
from mma_analysis.storage import Kept
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.value import FORGOTTEN, SHOWN

LOG = logging.getLogger(__name__)
ROUNDS = 40  # of rounding again
LONGEST_SEARCH = 600.0  # seconds of the processor
KEY_OF_LINE = ["area", "period", "breakdown"]
FEWEST_KNOWN = 5  # as many a reader may know that there are: less is a few


@dataclass
class Candidate:
    """All counts of an edition beside all that went out of them before.

    - `cells`: the counts of booked and new rows, with `published`, `is_total`,
      `is_district`, `may_go` (be left out when nothing else helps), `table`, `structural`,
      `surely` and `is_forgotten`; `relations`: their sums.
    - `sets`: which meldingen each counts (`measure.sets_of`), and `held`: of a gemeente
      that is revised, the number that went out of the same set before.
    - `rows`: the rows that they count (`protect.public_rows`).
    - `refused`: per gemeente (`area`) the rows `rejected` and `duplicate`.
    - `kept`: where what came of an attack is kept for the next run; without it is not.
    """

    cells: pd.DataFrame
    relations: pd.DataFrame
    sets: pd.DataFrame
    held: pd.Series
    rows: pd.DataFrame
    refused: pd.DataFrame
    of: measure.Frame
    book: protect.Book
    kept: Kept | None = None

    @property
    def basis(self) -> int:
        """Counts are rounded to multiples of this."""
        return self.of.edition.bescherming.basis

    @cached_property
    def versions(self) -> dict[str, str]:
        """What each gemeente is called in the names of sets."""
        version = self.book.version
        return {slug: version(slug) for slug in self.of.delivered}

    # --- beside what went out -------------------------------------------------------------

    @cached_property
    def given(self) -> pd.DataFrame:
        """The counts with what went out of each: as `protect.rounded` takes them.

        `is_lost`: published if its rows were there, but these are gone.
        """
        cells = self.cells
        own_name = pd.Series(cells.index, cells.index)
        name = self.sets["name"].reindex(cells.index)
        said = self.book.said
        shown = said[said["state"] == SHOWN]
        hidden = said.index[said["state"] == HIDDEN]
        lost = said.index[said["state"] == FORGOTTEN]
        least, most = knowledge.nested(self.sets, shown)
        given = cells.assign(
            set=name.fillna(own_name),
            is_structural=cells["structural"].ne(""),
            kept=name.map(shown["number"].astype("float64")),
            kept_off=name.map(shown["off"].astype("float64")),
            held=self.held.reindex(cells.index),
            least=least.reindex(cells.index),
            most=most.reindex(cells.index),
            published=cells["published"] & ~name.isin([*hidden, *lost]),
        )
        off = protect.composed(given, self.relations, self.basis)
        # What is of no day at all is no sum: it says the same in every issue.
        is_of_no_day = name.isna() & ~given["is_structural"]
        given["off"] = off.mask(is_of_no_day, self.basis - 1.0)
        # So far off a number would say little; that it is left out tells nothing of the
        # truth.
        is_near = given["off"] <= protect.SUMMED_AT_MOST * (self.basis - 1)
        is_unmade = given["published"] & given["is_forgotten"] & ~is_near
        given["is_lost"] = is_unmade | name.isin(lost)
        given["published"] &= is_near
        return given

    # --- rounded and attacked -------------------------------------------------------------

    @cached_property
    def attacked(self) -> Attacked:
        """Round, let all readers work on it, and round again until none learns a count.

        What tells a count is turned round (a cut), as much of it at once as any table
        allows. Where no table does, the line of a new count that tells it is left out.
        """
        return attacked_or_kept(self._attack, self._asked_of, self._settings, self.kept)

    def _attack(self) -> Attacked:
        until = time.process_time() + LONGEST_SEARCH
        return _Rounding(self).attacked(until)

    @property
    def _asked_of(self) -> dict[str, pd.DataFrame]:
        """All tables that rounding and attack depend on."""
        return {
            "counts": self.given,
            "sums": self.relations,
            "sets": self.sets,
            "meldingen": self._rows_with_classes,
            "refused": self._refused,
            "said": self.book.said,
            "forgotten": self.book.forgotten,
        }

    @property
    def _settings(self) -> dict[str, Any]:
        """What they depend on beside these tables."""
        owners = {owner: sorted(slugs) for owner, slugs in self.owners.items()}
        # In their order: of two organisations the first is asked first.
        return {"basis": self.basis, "owners": list(owners.items())}

    def table(self) -> pd.DataFrame:
        """What an issue of this candidate says, and of what more a reader knows it exists.

        One row per count: `cell` (empty when nothing is said of it), which set it is of,
        `number`, `text`, how far it may be `off`, the `least` that it is, and its `state`.
        """
        return self.told(self.attacked.rounded)

    def told(self, rounded: pd.Series) -> pd.DataFrame:
        """The same, of these numbers."""
        cells = self.given.loc[self.sets.index]
        is_public = cells["table"] != ""
        is_structural = cells["is_structural"]
        number = rounded.reindex(cells.index).astype("Int64")
        is_hidden = is_public & ~is_structural & number.isna()
        state = cells["structural"].where(is_structural, SHOWN)
        state = state.mask(~is_public, UNPUBLISHED).mask(is_hidden, HIDDEN)
        state = state.mask(is_hidden & cells["is_lost"], FORGOTTEN)
        is_shown = state == SHOWN
        number = number.where(is_shown)

        is_finite = np.isfinite(cells["off"])
        off = cells["off"].where(is_finite & ~is_structural, 0).astype("int64")
        is_zero = number.eq(0).fillna(value=False)
        text = number.astype("str").mask(is_zero, "0–" + off.astype("str"))
        # What the rules tell is of the rows as they are now: a booked one may have been of
        # another day.
        surely = cells["surely"].clip(upper=cells["count"])
        names = pd.Series(cells.index, cells.index)
        cell = cells["table"].str.cat(names, sep="|")
        return self.sets.assign(
            cell=cell.where(is_public, ""),
            number=number,
            text=text.where(is_shown, ""),
            off=off,
            # What is rounded to 0 may still be known to be one or more.
            least=surely.where(is_shown, 0).astype("int64"),
            state=state,
        )

    # --- what readers know ----------------------------------------------------------------

    def system(self, rounded: pd.Series) -> attack.System:
        """All that readers can know when this goes out beside what is out already."""
        said = self.book.said_beside(self.told(rounded))
        return attack.System(
            counts=said[SET],
            rows=self._rows_with_classes,
            refused=self._refused,
            owners=self.owners,
            forgotten=self.book.forgotten,
            knowledge=knowledge.of_everybody(said, self._rows_with_classes),
        )

    @cached_property
    def owners(self) -> dict[str, frozenset[str]]:
        """Organisation → the gemeenten of which it has the rows, in all their versions."""
        counted = self._rows_with_classes["gemeente"].unique()
        there = [*self.versions.values(), *counted]
        slugs = map(str, self.of.connected_on.index)
        versions_of = {slug: {slug} for slug in slugs}
        for version in there:
            slug = protect.slug_of(version)
            versions_of.setdefault(slug, set()).add(version)

        owners: dict[str, frozenset[str]] = {}
        for slug, versions in versions_of.items():
            owner = self.of.owner_of.get(slug, slug)
            if not versions.isdisjoint(there):
                owners[owner] = owners.get(owner, frozenset()) | versions
        return owners

    @cached_property
    def _rows_with_classes(self) -> pd.DataFrame:
        peildatum = self.of.edition.peildatum
        return knowledge.all_rows(self.rows, self.book, peildatum)

    @cached_property
    def _refused(self) -> pd.DataFrame:
        version = self.refused["area"].map(self.versions)
        refused = self.refused.assign(gemeente=version)
        return knowledge.all_refused(refused, self.book, self.of)


class _Rounding:
    """Rounding under way: what was turned round, what was left out, and what is helpless.

    `broken`: sums of numbers that went out in several issues and do not add up.
    """

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        self.cuts: list[protect.Cut] = []
        self.left: list[CountLine] = []
        self.broken: list[str] = []
        self.rounds = 0
        self.memory = attack.Memory()
        self.helpless: dict[str, attack.Disclosure] = {}

    def attacked(self, until: float) -> Attacked:
        """Round and attack until no reader learns a count, or nothing helps any more."""
        rounded = self.rounded()
        self._refuse_wrong_sums(rounded)
        while True:
            self.rounds += 1
            done = self._so_far(rounded)
            system = self.candidate.system(rounded)
            try:
                found, narrowest = attack.readers(system, until, self.helpless, self.memory)
            except attack.NotAttackedError:
                return replace(done, is_attacked=False)
            if not found or self.rounds == ROUNDS:
                return replace(done, narrowest=narrowest, is_attacked=not found)

            number = len(found)
            LOG.debug("aanval: ronde %d, %d aantallen te goed bekend", self.rounds, number)
            if not self.turned(found, rounded) and not self.left_out(found):
                self.helpless |= {one.count: one for one in found}
            rounded = self.rounded()

    def _so_far(self, rounded: pd.Series) -> Attacked:
        return Attacked(
            rounded=rounded,
            left_out=tuple(self.left),
            rounds=self.rounds,
            cuts=len(self.cuts),
            narrowest=pd.DataFrame(columns=["reader", "width"]),
            disclosures=tuple(self.helpless.values()),
        )

    def _refuse_wrong_sums(self, rounded: pd.Series) -> None:
        """Stop when rounded numbers do not add up: something is wrong with the program."""
        relations = self._relations()
        number = relations["cell"].map(rounded.astype("float64"))
        terms = pd.DataFrame(
            {
                "part": number * relations["coefficient"],
                "is_there": number.notna(),
            }
        )
        of_relation = terms.groupby(relations["relation"])
        is_whole = of_relation["is_there"].all()
        is_wrong = of_relation["part"].sum().abs() > 0.5
        wrong = is_whole.index[is_whole & is_wrong]
        if len(wrong):
            what = message("not_additive", sum=wrong[0])
            raise DataError.of("ours", what=what)

    # --- rounding -------------------------------------------------------------------------

    def _cells(self) -> pd.DataFrame:
        """The counts, without the new ones of lines that are left out."""
        given = self.candidate.given
        lines = pd.MultiIndex.from_frame(given[KEY_OF_LINE].astype("str"))
        is_new = given["kept"].isna()
        is_left = is_new & lines.isin(self.left)
        published = given["published"] & ~is_left
        return given.assign(published=published)

    def _relations(self) -> pd.DataFrame:
        relations = self.candidate.relations
        is_broken = relations["relation"].isin(self.broken)
        return relations[~is_broken]

    def table(self, cuts: list[protect.Cut]) -> pd.Series | None:
        """The best table with these cuts; none when there is none."""
        basis = self.candidate.basis
        return protect.rounded(self._cells(), self._relations(), basis, cuts)

    def rounded(self) -> pd.Series:
        """Round; where no table is possible, the fewest new lines go."""
        while True:
            rounded = self.table(self.cuts)
            if rounded is not None:
                return rounded
            cells = self._cells()
            basis = self.candidate.basis
            gone, broken = protect.in_the_way(cells, self._relations(), basis)
            lines = _lines(cells.loc[gone])
            new = [line for line in lines if line not in self.left]
            if not new and not broken:
                raise DataError.of("ours", what=message("no_rounding"))
            self.left += new
            self.broken += broken

    # --- what helps -----------------------------------------------------------------------

    def turned(self, found: list[attack.Disclosure], rounded: pd.Series) -> bool:
        """Turn round what tells a count, as much of it at once as any table allows."""
        cuts = dict.fromkeys(self._cut(one, rounded) for one in found)
        possible = []
        for cut in cuts:
            is_new = any(cut) and cut not in self.cuts
            if is_new and self._can([cut]):
                possible.append(cut)
        together = _most(possible, self._can)
        self.cuts += together
        return bool(together)

    def _can(self, more: list[protect.Cut]) -> bool:
        """Whether there is a table with these cuts too."""
        table = self.table([*self.cuts, *more])
        return table is not None

    def _cut(self, found: attack.Disclosure, rounded: pd.Series) -> protect.Cut:
        """The new counts that tell it and can still go the other way."""
        basis = self.candidate.basis
        numbers = rounded.dropna().astype("float64")
        of = self.candidate.given.loc[numbers.index]
        low = of["count"] // basis * basis
        is_between = low < of["count"]
        is_new = of["kept"].isna() & of["off"].lt(basis)
        can_turn = is_between & is_new
        is_up = numbers > low

        tells_upper = can_turn & of["set"].isin(found.upper)
        tells_lower = can_turn & of["set"].isin(found.lower)
        down = numbers.index[tells_upper & ~is_up]
        up = numbers.index[tells_lower & is_up]
        return tuple(down), tuple(up)

    def left_out(self, found: list[attack.Disclosure]) -> bool:
        """Leave out a line of each proof: that did not go out before, and may be left out.

        First the line that is in most proofs: asking all readers again takes longest.
        """
        cells = self._cells()
        is_new = cells["published"] & cells["kept"].isna()
        cells = cells[is_new & cells["may_go"]]
        proofs = []
        for one in found:
            names = [one.count, *one.upper, *one.lower]
            lines = _lines(cells[cells["set"].isin(names)])
            if lines:
                proofs.append(lines)
        can_go = bool(proofs)
        while proofs:
            number = Counter(line for lines in proofs for line in lines)
            ((most, _),) = number.most_common(1)
            self.left.append(most)
            proofs = [lines for lines in proofs if most not in lines]
        return can_go


def _lines(cells: pd.DataFrame) -> list[CountLine]:
    """The lines that these counts are of."""
    rows = cells[KEY_OF_LINE].astype("str").drop_duplicates()
    return list(rows.itertuples(index=False, name=None))


def _most(
    new: list[protect.Cut], can: Callable[[list[protect.Cut]], bool]
) -> list[protect.Cut]:
    """As many of the new cuts, the first ones, as can be made together; one can."""
    if not new or can(new):
        return new
    more = range(1, len(new))
    number = bisect_left(more, True, key=lambda n: not can(new[:n]))
    return new[:number]


def is_certain(found: attack.Disclosure) -> bool:
    """Whether a count is known exactly or is certainly a few: nobody may sign for that."""
    is_exact = found.high - found.low < 1
    is_few = found.low >= 1 and found.high < FEWEST_KNOWN
    return bool(is_exact or is_few)
