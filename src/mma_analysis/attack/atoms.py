"""The smallest sets that all counts cut each other into: every count is a sum of these atoms.

From nothing but what each count is about. An atom is one class of one family, of one gemeente, on
the days that the same counts of that family have in common.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

DELIVERED, CLEAN = "delivered", "clean"
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Days:
    """The days of all gemeenten, cut wherever a region begins or ends.

    - `regions`: the texts of all regions, each once.
    - `runs`: one row per run of days that no region cuts: `gemeente`, `begin`, `until` (the first
      day after it).
    - `inside`: of each region (a row) which runs (a column) lie in it.
    """

    regions: pd.Index
    runs: pd.DataFrame
    inside: csr_array

    @classmethod
    def of(cls, regions: Iterable[str]) -> "Days":
        """Cut up the days of these regions."""
        texts = pd.Index(regions).unique()
        spans = _spans(texts)
        edges = pd.concat(
            [
                spans[["gemeente", "begin"]].rename(columns={"begin": "day"}),
                spans[["gemeente", "until"]].rename(columns={"until": "day"}),
            ]
        )
        edges = edges.drop_duplicates().sort_values(["gemeente", "day"])
        until = edges.groupby("gemeente")["day"].shift(-1)
        runs = edges.rename(columns={"day": "begin"}).assign(until=until)
        runs = runs.dropna().reset_index(drop=True)

        beside = spans.merge(
            runs.reset_index(names="run"), on="gemeente", suffixes=("", "_run")
        )
        is_in = (beside["begin"] <= beside["begin_run"]) & (
            beside["until_run"] <= beside["until"]
        )
        found = beside.loc[is_in, ["region", "run"]].drop_duplicates()
        at = found["region"].to_numpy(), found["run"].to_numpy()
        inside = csr_array((np.ones(len(found)), at), shape=(len(texts), len(runs)))
        return cls(texts, runs, inside)

    def run_of(self, rows: pd.DataFrame) -> Places:
        """In which run the `day` of each row of a `gemeente` lies; −1 when in none."""
        numbered = rows[["gemeente", "day"]].assign(place=range(len(rows)))
        numbered = numbered.astype({"day": self.runs["begin"].dtype}).sort_values("day")
        runs = self.runs.reset_index(names="run").sort_values("begin")
        found = pd.merge_asof(
            numbered, runs, left_on="day", right_on="begin", by="gemeente"
        )
        run = found["run"].where(found["day"] < found["until"], -1)
        places = np.full(len(rows), -1, dtype=np.intp)
        places[found["place"]] = run.fillna(-1).astype(np.intp)
        return places

    def contains(self, regions: pd.Index, parts: pd.Index) -> Flags:
        """Whether each of these regions (a row) has all days of each part (a column)."""
        inside = self.inside[self.regions.get_indexer(regions)]
        of_parts = self.inside[self.regions.get_indexer(parts)]
        in_common = csr_array(inside @ of_parts.T).toarray()
        return in_common == of_parts.sum(axis=1)

    def pieces(self, regions: Places) -> Places:
        """A number for each run: what lies in the same of these regions has the same; −1: in none.

        Of two gemeenten they are never the same.
        """
        columns = csr_array(self.inside[regions]).tocsc()
        columns.sort_indices()
        gemeenten = self.runs["gemeente"].to_numpy()
        number_of: dict[tuple[str, bytes], int] = {}
        numbers = np.full(len(self.runs), -1, dtype=np.intp)
        for run in range(len(self.runs)):
            members = columns.indices[columns.indptr[run] : columns.indptr[run + 1]]
            if len(members):
                key = gemeenten[run], members.tobytes()
                numbers[run] = number_of.setdefault(key, len(number_of))
        return numbers


def _spans(regions: pd.Index) -> pd.DataFrame:
    """The runs of days of each region, one row for each gemeente in it."""
    rows = []
    for number, region in enumerate(regions):
        for part in region.split():
            gemeenten, _, spans = part.partition(":")
            for span in spans.split("+"):
                first, last = span.split("/")
                rows += [(number, slug, first, last) for slug in gemeenten.split(",")]
    table = pd.DataFrame(rows, columns=["region", "gemeente", "begin", "until"])
    table = table.astype({"begin": "datetime64[s]", "until": "datetime64[s]"})
    return table.assign(until=table["until"] + pd.Timedelta(days=1))


@dataclass(frozen=True)
class Family:
    """The atoms of one family: its pieces of days times its classes, from place `first` on."""

    name: str
    codes: pd.Index
    piece_of_run: Places  # the number of a piece among those of all peildata
    pieces: Places  # the pieces that it has
    first: int

    @property
    def size(self) -> int:
        """How many atoms it has."""
        return len(self.pieces) * len(self.codes)

    @cached_property
    def place_of_piece(self) -> Places:
        """The place among its own of each piece; −1 when it is not one of them."""
        places = np.full(self.piece_of_run.max(initial=-1) + 1, -1, dtype=np.intp)
        places[self.pieces] = np.arange(len(self.pieces))
        return places

    def atoms(self, pieces: Places, codes: Places) -> Places:
        """The places of these classes in each of these pieces."""
        own = self.place_of_piece[pieces]
        return self.first + own * len(self.codes) + codes


class Atoms:
    """All atoms of a table of counts (`counted`, `family`, `codes`, `region`, on their names)."""

    def __init__(self, counts: pd.DataFrame) -> None:
        self.counts = counts
        self.days = Days.of(counts["region"])
        self._region = self.days.regions.get_indexer(pd.Index(counts["region"]))
        self.families = self._families()
        last = list(self.families.values())[-1]
        self.size = last.first + last.size

    def _families(self) -> dict[str, Family]:
        """Every family by its name, the one of totals first: its pieces are the smallest."""
        names = self.counts["family"]
        base = names.str.partition("@")[0]
        every = np.arange(len(self.days.regions))
        families: dict[str, Family] = {}
        first = 0
        for stem in ["", *sorted(set(base) - {""})]:
            regions = every if stem == "" else np.unique(self._region[base == stem])
            piece_of_run = self.days.pieces(regions)
            for name in sorted(set(names[base == stem])) or [""]:
                is_own = (names == name).to_numpy()
                own = np.unique(self._region[is_own]) if name else every
                runs = csr_array(self.days.inside[own]).indices
                codes = set[str]()
                for text in self.counts.loc[is_own, "codes"].unique():
                    codes.update(text.split(","))
                pieces = np.unique(piece_of_run[np.unique(runs)])
                index = pd.Index(sorted(codes) or [""])
                families[name] = Family(name, index, piece_of_run, pieces, first)
                first += families[name].size
        return families

    @cached_property
    def gemeente(self) -> NDArray[np.object_]:
        """The gemeente of each atom."""
        of_run = self.days.runs["gemeente"].to_numpy()
        slugs = np.empty(self.size, dtype=object)
        for family in self.families.values():
            of_piece = np.empty(len(family.place_of_piece), dtype=object)
            has_piece = family.piece_of_run >= 0
            of_piece[family.piece_of_run[has_piece]] = of_run[has_piece]
            own = np.repeat(of_piece[family.pieces], len(family.codes))
            slugs[family.first : family.first + family.size] = own
        return slugs

    def touch(self, days: pd.DataFrame) -> Flags:
        """Which atoms have one of these days (`gemeente`, `first`, `last`)."""
        runs = self.days.runs.reset_index(names="run")
        both = runs.merge(days, on="gemeente")
        is_common = (both["begin"] <= both["last"]) & (both["first"] < both["until"])
        is_touched = np.isin(np.arange(len(runs)), both.loc[is_common, "run"])
        flags = np.zeros(self.size, dtype=bool)
        for family in self.families.values():
            pieces = np.unique(family.piece_of_run[is_touched])
            pieces = np.intersect1d(pieces, family.pieces)
            every = np.arange(len(family.codes))
            flags[family.atoms(pieces[:, np.newaxis], every).ravel()] = True
        return flags

    @cached_property
    def of_counts(self) -> csr_array:
        """Of which atoms each count is the sum: a row per count, a column per atom."""
        inside = self.days.inside
        ends = [0]
        columns = []
        pieces_of: dict[tuple[str, int], Places] = {}
        rows = self.counts[["family", "codes"]].itertuples(index=False, name=None)
        for (name, codes), region in zip(rows, self._region.tolist(), strict=True):
            family = self.families[name]
            if (name, region) not in pieces_of:
                runs = inside.indices[inside.indptr[region] : inside.indptr[region + 1]]
                pieces_of[name, region] = np.unique(family.piece_of_run[runs])
            classes = family.codes.get_indexer(pd.Index(codes.split(",")))
            atoms = family.atoms(pieces_of[name, region][:, np.newaxis], classes)
            columns.append(np.sort(atoms.ravel()))
            ends.append(ends[-1] + atoms.size)
        values = np.ones(ends[-1])
        return csr_array(
            (values, np.concatenate(columns), ends), (len(self.counts), self.size)
        )

    @cached_property
    def sums(self) -> csr_array:
        """What holds of atoms by itself, a row for each sum that is 0: classes make up a total.

        Of delivered rows it is the clean ones that do.
        """
        terms = Terms()
        for own, of_total in self._totals():
            terms.add([(own, 1.0), (of_total, -1.0)])
        return terms.matrix(self.size)

    def _totals(self) -> Iterator[tuple[Places, Places]]:
        """Of each piece of each family its classes that make up a total, and the atoms of that."""
        totals = self.families[""]
        for name, family in self.families.items():
            if name == "":
                continue
            codes = np.arange(len(family.codes))
            if name.startswith(DELIVERED):
                codes = family.codes.get_indexer(pd.Index([CLEAN]))
            both = pd.DataFrame({"own": family.piece_of_run, "total": totals.piece_of_run})
            for piece, inside in both[both["own"].isin(family.pieces)].groupby("own")[
                "total"
            ]:
                own = family.atoms(np.array([piece]), codes)
                yield own, totals.atoms(inside.unique(), np.array([0]))

    def placed(self, rows: pd.DataFrame) -> csr_array:
        """In which atoms each melding is: a row per atom, a column per row.

        `rows` has `gemeente`, `day` and a column with the class for each family.
        """
        run = self.days.run_of(rows)
        atoms = []
        columns = []
        for name, family in self.families.items():
            if name.startswith(DELIVERED):
                continue
            piece = np.where(run >= 0, family.piece_of_run[run], -1)
            is_there = (piece >= 0) & np.isin(piece, family.pieces)
            codes = np.zeros(len(rows), dtype=np.intp)
            if name:
                codes = family.codes.get_indexer(pd.Index(rows[name]))
            is_there &= codes >= 0
            atoms.append(family.atoms(piece[is_there], codes[is_there]))
            columns.append(np.flatnonzero(is_there))
        at = np.concatenate(atoms), np.concatenate(columns)
        return csr_array((np.ones(len(at[0])), at), shape=(self.size, len(rows)))

    def with_refused(self, meldingen: Array, rows: pd.DataFrame) -> Array:
        """The meldingen in each atom, and what was delivered beside them.

        `rows`: what was refused or double, by `gemeente`, `family`, `code` and `count`.
        """
        counts = meldingen.copy()
        for own, of_total in self._totals():
            counts[own] = counts[own] if len(own) > 1 else counts[of_total].sum()
        for row in rows.itertuples():
            family = self.families.get(row.family)
            if family is None:
                continue
            is_own = (
                self.gemeente[family.first : family.first + family.size] == row.gemeente
            )
            of_code = np.arange(family.size) % len(family.codes) == family.codes.get_loc(
                row.code
            )
            counts[family.first + np.flatnonzero(is_own & of_code)] = row.count
        return counts


class Terms:
    """Sums under way: rows of a matrix, as places of atoms and their coefficients."""

    def __init__(self) -> None:
        self._columns: list[Places] = []
        self._values: list[NDArray[np.float64]] = []
        self._ends = [0]

    def add(self, parts: Iterable[tuple[Places, float]]) -> None:
        """One more row: each of these atoms times its coefficient."""
        end = self._ends[-1]
        for places, coefficient in parts:
            self._columns.append(places)
            self._values.append(np.full(len(places), coefficient))
            end += len(places)
        self._ends.append(end)

    def matrix(self, size: int) -> csr_array:
        """All rows, of so many columns."""
        columns = np.concatenate([np.array([], dtype=np.intp), *self._columns])
        values = np.concatenate([np.array([]), *self._values])
        return csr_array((values, columns, self._ends), (len(self._ends) - 1, size))
