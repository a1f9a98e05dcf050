"""The smallest sets that all counts cut each other into: every count is a sum of atoms.

From nothing but what each count is about. An atom is one class of one family, of one
gemeente, on the days that the same counts of that family have in common.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array, csr_array

TOTAL_FAMILY = ""  # the family of totals, and its only class
DELIVERED = "delivered"  # families of rows as they were sent begin so
ONE_DAY = pd.Timedelta(days=1)
Positions = NDArray[np.intp]
Flags = NDArray[np.bool_]
Array = NDArray[np.float64]
SumOfAtoms = Sequence[
    tuple[Positions, float]
]  # of a sum: its terms by place, and a coefficient


def is_delivered(family: str) -> bool:
    """Whether a family is of rows as they were sent, also of those that are no melding."""
    return family.startswith(DELIVERED)


def field_of(family: str) -> str:
    """The field that a family is of: `result` of `result@2023-06-30`."""
    field, _, _ = family.partition("@")
    return field


def columns_of(matrix: csr_array | csc_array, row: int) -> Positions:
    """In which columns a row of a matrix has something; of a `csc_array` the other way."""
    begin = matrix.indptr[row]
    end = matrix.indptr[row + 1]
    columns = matrix.indices[begin:end]
    return columns.astype(np.intp)


def ones_at(rows: ArrayLike, columns: ArrayLike, shape: tuple[int, int]) -> csr_array:
    """A matrix with a 1 at each of these places."""
    row = np.asarray(rows)
    column = np.asarray(columns)
    ones = np.ones(len(row))
    return csr_array((ones, (row, column)), shape=shape)


@dataclass(frozen=True)
class Days:
    """The days of all gemeenten, cut wherever a region begins or ends.

    - `regions`: the texts of all regions, each once.
    - `runs`: one row per run of days that no region cuts: `gemeente`, `begin`, `until` (the
      first day after it).
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
        runs = _runs(spans)

        numbered = runs.reset_index(names="run")
        both = spans.merge(numbered, on="gemeente", suffixes=("", "_run"))
        begins_inside = both["begin"] <= both["begin_run"]
        ends_inside = both["until_run"] <= both["until"]
        is_inside = begins_inside & ends_inside
        found = both.loc[is_inside, ["region", "run"]].drop_duplicates()
        inside = ones_at(
            found["region"],
            found["run"],
            shape=(len(texts), len(runs)),
        )
        return cls(texts, runs, inside)

    def run_of(self, rows: pd.DataFrame) -> Positions:
        """In which run the `day` of each row of a `gemeente` lies; −1 when in none."""
        days = rows[["gemeente", "day"]].assign(row=range(len(rows)))
        days = days.astype({"day": self.runs["begin"].dtype}).sort_values("day")
        runs = self.runs.reset_index(names="run").sort_values("begin")
        found = pd.merge_asof(
            days,
            runs,
            left_on="day",
            right_on="begin",
            by="gemeente",
        )
        is_inside = found["day"] < found["until"]
        found = found[is_inside]

        run_of = np.full(len(rows), -1, dtype=np.intp)
        run_of[found["row"]] = found["run"].astype(np.intp)
        return run_of

    def contains(self, regions: pd.Index, parts: pd.Index) -> Flags:
        """Whether each of these regions (a row) has all days of each part (a column)."""
        of_regions = self.inside[self.regions.get_indexer(regions)]
        of_parts = self.inside[self.regions.get_indexer(parts)]
        in_common = csr_array(of_regions @ of_parts.T)
        in_part = of_parts.sum(axis=1)
        return in_common.toarray() == in_part

    def pieces(self, regions: Positions) -> Positions:
        """The number of the piece that each run is of; −1 when it lies in no region.

        Runs of a gemeente that lie in the same of these regions are one piece.
        """
        by_run = csr_array(self.inside[regions]).tocsc()
        by_run.sort_indices()

        number_of: dict[tuple[str, bytes], int] = {}
        piece_of_run = np.full(len(self.runs), -1, dtype=np.intp)
        for run, gemeente in enumerate(self.runs["gemeente"]):
            own = columns_of(by_run, run)
            if not len(own):
                continue
            key = gemeente, own.tobytes()
            new_number = len(number_of)
            piece_of_run[run] = number_of.setdefault(key, new_number)
        return piece_of_run


def _spans(regions: pd.Index) -> pd.DataFrame:
    """The days of each region: a row per gemeente in it and run of days."""
    rows = []
    for number, region in enumerate(regions):
        for part in region.split():
            slugs, _, spans = part.partition(":")
            for span in spans.split("+"):
                first, last = span.split("/")
                for slug in slugs.split(","):
                    rows.append((number, slug, first, last))

    columns = ["region", "gemeente", "begin", "last"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype({"begin": "datetime64[s]", "last": "datetime64[s]"})
    table["until"] = table["last"] + ONE_DAY
    return table.drop(columns="last")


def _runs(spans: pd.DataFrame) -> pd.DataFrame:
    """The days from each edge of a span to the next edge: see `Days.runs`."""
    begins = spans[["gemeente", "begin"]]
    ends = spans[["gemeente", "until"]].rename(columns={"until": "begin"})
    edges = pd.concat([begins, ends]).drop_duplicates()
    edges = edges.sort_values(["gemeente", "begin"])
    # At the last edge of a gemeente no run begins.
    edges["until"] = edges.groupby("gemeente")["begin"].shift(-1)
    runs = edges.dropna()
    return runs.reset_index(drop=True)


@dataclass(frozen=True)
class Family:
    """The atoms of one family, from place `first` on: its pieces of days × its classes."""

    name: str
    codes: pd.Index
    piece_of_run: Positions  # the same numbers for all peildata of a field
    pieces: Positions  # those that it has
    first: int

    @property
    def size(self) -> int:
        """How many atoms it has."""
        return self.pieces.size * self.codes.size

    @property
    def place(self) -> slice:
        """Where its atoms stand among all."""
        until = self.first + self.size
        return slice(self.first, until)

    @cached_property
    def every_code(self) -> Positions:
        """The places of all its classes."""
        return np.arange(len(self.codes))

    @cached_property
    def run_of_piece(self) -> Positions:
        """One run of days of each of its pieces."""
        every, first_run = np.unique(self.piece_of_run, return_index=True)
        place = np.searchsorted(every, self.pieces)
        return first_run[place]

    @cached_property
    def place_of_piece(self) -> Positions:
        """The place among its own of each piece; −1 when it is not one of them."""
        last = self.piece_of_run.max(initial=-1)
        places = np.full(last + 1, -1, dtype=np.intp)
        places[self.pieces] = np.arange(self.pieces.size)
        return places

    def code_of(self, codes: Iterable[str]) -> Positions:
        """The place of each of these classes; −1 when it has no such class."""
        return self.codes.get_indexer(pd.Index(codes))

    def code_of_rows(self, rows: pd.DataFrame) -> Positions:
        """The place of the class of each row, which stands in the column of this family."""
        if self.name == TOTAL_FAMILY:
            return np.zeros(len(rows), dtype=np.intp)
        return self.code_of(rows[self.name])

    def atoms(self, pieces: Positions, codes: Positions) -> Positions:
        """The place of the atom of each piece and its class."""
        number = len(self.codes)
        piece = self.place_of_piece[pieces]
        return self.first + piece * number + codes

    def every(self, pieces: Positions, codes: Positions) -> Positions:
        """The places of the atoms of all these classes in all these pieces."""
        in_rows = pieces[:, np.newaxis]
        table = self.atoms(in_rows, codes)
        return table.ravel()


class Atoms:
    """All atoms of a table of counts: on their names `family`, `codes` and `region`."""

    def __init__(self, counts: pd.DataFrame) -> None:
        self.counts = counts
        self.days = Days.of(counts["region"])
        region = pd.Index(counts["region"])
        self._region = self.days.regions.get_indexer(region)
        self.families = self._families()
        *_, last_family = self.families.values()
        self.size = last_family.place.stop

    def _families(self) -> dict[str, Family]:
        """Every family by its name, that of totals first: its pieces are the smallest."""
        names_of_field: dict[str, list[str]] = {TOTAL_FAMILY: [TOTAL_FAMILY]}
        for name in sorted(self.counts["family"].unique()):
            if name != TOTAL_FAMILY:
                names_of_field.setdefault(field_of(name), []).append(name)

        families: dict[str, Family] = {}
        first = 0
        for field in sorted(names_of_field):
            names = names_of_field[field]
            regions = self._regions_of(names)
            piece_of_run = self.days.pieces(regions)
            for name in names:
                family = self._family(name, piece_of_run, first)
                families[name] = family
                first = family.place.stop
        return families

    def _family(self, name: str, piece_of_run: Positions, first: int) -> Family:
        """The atoms of a family, from this place on."""
        is_own = self.counts["family"] == name
        texts = self.counts.loc[is_own, "codes"].unique()
        codes = set(",".join(texts).split(","))

        regions = self._regions_of([name])
        inside = csr_array(self.days.inside[regions])
        runs = np.unique(inside.indices)
        return Family(
            name,
            codes=pd.Index(sorted(codes)),
            piece_of_run=piece_of_run,
            pieces=np.unique(piece_of_run[runs]),
            first=first,
        )

    def _regions_of(self, names: Sequence[str]) -> Positions:
        """The regions of counts of these families; of totals those of all counts."""
        if TOTAL_FAMILY in names:
            return np.arange(len(self.days.regions))
        is_own = self.counts["family"].isin(names).to_numpy()
        own = self._region[is_own]
        return np.unique(own)

    @cached_property
    def gemeente(self) -> NDArray[np.object_]:
        """The gemeente of each atom."""
        of_run = self.days.runs["gemeente"].to_numpy()
        of_atom = np.empty(self.size, dtype=object)
        for family in self.families.values():
            of_piece = of_run[family.run_of_piece]
            number = len(family.codes)
            of_atom[family.place] = np.repeat(of_piece, number)
        return of_atom

    def touch(self, days: pd.DataFrame) -> Flags:
        """Which atoms have one of these days (`gemeente`, `first`, `last`)."""
        runs = self.days.runs.reset_index(names="run")
        both = runs.merge(days, on="gemeente")
        begins_in_time = both["begin"] <= both["last"]
        ends_in_time = both["first"] < both["until"]
        is_common = begins_in_time & ends_in_time
        touched = both.loc[is_common, "run"].unique()

        is_touched = np.zeros(self.size, dtype=bool)
        for family in self.families.values():
            of_runs = family.piece_of_run[touched]
            pieces = np.intersect1d(of_runs, family.pieces)
            own = family.every(pieces, family.every_code)
            is_touched[own] = True
        return is_touched

    @cached_property
    def of_counts(self) -> csr_array:
        """Of which atoms each count is the sum: a row per count, a column per atom."""
        sums = Terms()
        table = self.counts[["family", "codes"]].assign(region=self._region)
        for name, codes, region in table.itertuples(index=False, name=None):
            family = self.families[name]

            runs = columns_of(self.days.inside, region)
            pieces = np.unique(family.piece_of_run[runs])
            own_codes = family.code_of(codes.split(","))
            atoms = family.every(pieces, own_codes)
            in_order = np.sort(atoms)
            sums.add([(in_order, 1.0)])
        return sums.matrix(self.size)

    @cached_property
    def sums(self) -> csr_array:
        """What holds by itself: classes make up a total. A row for each sum that is 0.

        Rows that were refused are in no total.
        """
        terms = Terms()
        for own, of_total in self._totals():
            difference = [(own, 1.0), (of_total, -1.0)]
            terms.add(difference)
        return terms.matrix(self.size)

    def _totals(self) -> Iterator[tuple[Positions, Positions]]:
        """Of each piece of a family the atoms that make up a total, and those of that."""
        totals = self.families[TOTAL_FAMILY]
        for name, family in self.families.items():
            if name == TOTAL_FAMILY or is_delivered(name):
                continue
            for piece in family.pieces:
                own = family.every(np.array([piece]), family.every_code)
                is_inside = family.piece_of_run == piece
                pieces_of_total = np.unique(totals.piece_of_run[is_inside])
                of_total = totals.every(pieces_of_total, totals.every_code)
                yield own, of_total

    def placed(self, rows: pd.DataFrame) -> csr_array:
        """In which atoms each melding is: a row per atom, a column per row.

        `rows` has `gemeente`, `day` and a column with the class for each family.
        """
        run = self.days.run_of(rows)
        atoms = []
        meldingen = []
        for name, family in self.families.items():
            if is_delivered(name):
                continue  # it counts rows as they were sent, not meldingen
            # Of a day that no region has there is no run: piece -1, which is in no atom.
            piece = np.where(run >= 0, family.piece_of_run[run], -1)
            code = family.code_of_rows(rows)
            is_in_atom = np.isin(piece, family.pieces) & (code >= 0)
            own = family.atoms(piece[is_in_atom], code[is_in_atom])
            atoms.append(own)
            meldingen.append(np.flatnonzero(is_in_atom))
        return ones_at(
            np.concatenate(atoms),
            np.concatenate(meldingen),
            shape=(self.size, len(rows)),
        )

    def with_refused(self, meldingen: Array, refused: pd.DataFrame) -> Array:
        """The meldingen in each atom, and what was delivered beside them.

        `refused`: rows that are no melding, by `gemeente`, `family`, `code` and `count`.
        """
        counts = meldingen.copy()
        for row in refused.to_dict("records"):
            family = self.families.get(row["family"])
            if family is None:
                continue

            is_theirs = self.gemeente[family.place] == row["gemeente"]
            # Of each piece its classes stand behind each other.
            code = np.arange(family.size) % len(family.codes)
            is_of_code = code == family.code_of([row["code"]])
            own = np.flatnonzero(is_theirs & is_of_code)
            counts[family.first + own] = row["count"]
        return counts


class Terms:
    """Sums under way: rows of a matrix, as places of atoms and their coefficients."""

    def __init__(self) -> None:
        no_columns = np.array([], dtype=np.intp)
        no_coefficients = np.array([], dtype=np.float64)
        self._columns: list[Positions] = [no_columns]
        self._coefficients: list[Array] = [no_coefficients]
        self._ends = [0]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._ends) - 1

    def add(self, parts: SumOfAtoms) -> None:
        """One more row: each of these atoms times its coefficient."""
        end = self._ends[-1]
        for places, coefficient in parts:
            number = len(places)
            self._columns.append(places)
            self._coefficients.append(np.full(number, coefficient))
            end += number
        self._ends.append(end)

    def matrix(self, size: int) -> csr_array:
        """All rows, of so many columns."""
        columns = np.concatenate(self._columns)
        coefficients = np.concatenate(self._coefficients)
        content = coefficients, columns, self._ends
        return csr_array(content, shape=(len(self), size))
