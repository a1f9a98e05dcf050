"""The released tables of one area for one audience, each by its name."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd

from mma_analysis.settings import Audience, Edition, Workspace
from mma_analysis.vocabulary import (
    Area,
    DataError,
    did_you_mean,
    listed,
    message,
    rows_of,
)
from mma_analysis.vocabulary.glance import Line, glance
from mma_analysis.vocabulary.parquet import table_in
from mma_analysis.vocabulary.reference import INDICATORS
from mma_analysis.vocabulary.rows import records_of

RELEASED = "released"  # the mark of a table that everybody may have
EXACT = "exact"  # the mark of a table with exact rows of one gemeente: for itself only
OWN_TABLES = "tables.zip"  # of one gemeente: its own rows only


class NoTableError(DataError, LookupError):
    """A name that is no table: a template that asks for it says which name was meant."""


class ReleasedTables(Mapping[str, pd.DataFrame]):
    """What may be released about one area to one audience: each table by its name, a copy.

    `openbaar` sees protected tables only; `intern` sees the own counts of one gemeente
    exactly and everybody else's as released. Rows of meldingen cannot be reached.
    """

    def __init__(
        self,
        area: Area,
        edition: Edition,
        audience: Audience,
        processed: Path,
    ) -> None:
        self.area = area
        self.edition = edition
        self.audience = audience
        self.processed = processed
        self.vocabulary = edition.vocabulary
        self.gebied = area.slug
        self.naam = area.name
        self.is_district = area.is_district
        self.district = self.vocabulary.district.slug
        self.naam_district = self.vocabulary.district.name
        self.is_intern = audience == "intern"
        own_folder = processed / "measures_intern" / area.slug
        self._own_file = own_folder / OWN_TABLES
        self._tables: dict[str, pd.DataFrame] = {}
        self._records: dict[str, list[dict[Any, Any]]] = {}
        # What codes are called: each key, and the breakdown that its codes are of.
        self.labels: dict[tuple[str, str], Mapping[str, str]] = {}
        self._words: dict[tuple[str, str], list[str]] = {}  # of a column of a table
        self._by_cell: dict[str, dict[Any, dict[Any, Any]]] = {}

    def own_file(self, name: str) -> Path | None:
        """What the edition, or else the organisation, has of its own beside notebooks."""
        return Workspace(self.processed.parents[2]).own(self.edition.slug, name)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the tables were made from."""
        return json.loads((self.processed / "manifest.json").read_text(encoding="utf-8"))

    @cached_property
    def tables(self) -> list[str]:
        """The names of the tables that may be opened."""
        public = {path.stem for path in (self.processed / "measures").glob("*.parquet")}
        return sorted(public | self.own_tables)

    @cached_property
    def own_tables(self) -> frozenset[str]:
        """The names of the tables with exact rows of this gemeente; of others none."""
        if not self.is_intern or not self._own_file.is_file():
            return frozenset()
        with ZipFile(self._own_file) as packed:
            return frozenset(name.removesuffix(".parquet") for name in packed.namelist())

    def __repr__(self) -> str:  # the tables, with what that of indicators says they hold
        named = [(name, "; ".join(_holds(name))) for name in self]
        return f"{self._title}\n{listed(named)}"

    def _repr_html_(self) -> str:
        lines = []
        for name in self:
            holds = "; ".join(_holds(name))
            size = rows_of(len(self[name]))
            line = Line(name, holds, size)
            lines.append(line)
        warning = ""
        if self.is_intern:
            warning = message("own_tables", name=self.naam)
        return glance(self._title, lines, warning)

    @property
    def _title(self) -> str:
        return f"{self.naam}, {self.edition.slug}, {self.audience}"

    def __contains__(self, name: object) -> bool:  # without a survey no survey tables are
        return name in self.tables

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def _ipython_key_completions_(self) -> list[str]:
        return self.tables

    # --- tables ---------------------------------------------------------------------------

    def __getitem__(self, name: str) -> pd.DataFrame:
        """One released table, its rows in reading order.

        `DataError`: when there is no such table; the message says which there are.
        """
        if name not in self._tables:
            if name not in self:
                raise NoTableError.of(
                    "no_such_table",
                    name=name,
                    near=did_you_mean(name, self.tables),
                    audience=self.audience,
                    folder=self.processed,
                )
            self._tables[name] = self._united(name)
        table = self._tables[name].copy()
        mark = EXACT if name in self.own_tables else RELEASED
        table.attrs[mark] = True
        return table

    def _rows(self, name: str) -> list[dict[Any, Any]]:
        """The rows of a table, each by its columns, made once; nobody may change them."""
        if name not in self._records:
            self._records[name] = records_of(self[name])
        return self._records[name]

    def _united(self, name: str) -> pd.DataFrame:
        """The released rows; of the own gemeente its own, exact ones in their place."""
        path = self.processed / "measures" / f"{name}.parquet"
        if name not in self.own_tables:
            return _table_in(path.read_bytes())
        with ZipFile(self._own_file) as packed:
            content = packed.read(f"{name}.parquet")
        own = _table_in(content)
        if not path.is_file():
            return own
        public = _table_in(path.read_bytes())
        is_own = public["area"].isin(own["area"])
        others = public[~is_own]
        if others.empty:
            return own

        both = pd.concat([others, own])
        place = pd.Series(range(len(public)), public["cell"])
        places = both["cell"].map(place).fillna(len(public))
        in_order = np.argsort(places, kind="stable")
        return both.take(in_order).reset_index(drop=True)


def _holds(table: str) -> list[str]:
    """The names of the indicators that are in a table."""
    return [row["name"] for row in INDICATORS if row["table"] == table]


@lru_cache(maxsize=200)
def _table_in(content: bytes) -> pd.DataFrame:
    """The table in a file, which nobody may change: of the same bytes it is made once."""
    return table_in(content)
