"""The tables of one area, one edition and one audience: all that a notebook may know."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zipfile import ZipFile

import pandas as pd

from mma_analysis import codebook
from mma_analysis.settings import AUDIENCES, EXAMPLE, Edition, Workspace
from mma_analysis.vocabulary import Area, DataError, UsageError, Vocabulary, did_you_mean, listed
from mma_analysis.vocabulary.headings import words_of

# What a row of a released table can be about; what stands first here decides first.
KEYS = (
    *("question", "position", "campaign", "scenario", "assumption", "situation"),
    *("breakdown", "field", "background"),
    *("is_district", "kind", "begin", "area", "peer", "period", "rank", "theme", "value"),
    *("payer", "released_on", "text"),
    *("source_file", "source_sheet", "source_row", "kept_file", "kept_sheet", "kept_row"),
    *("rule", "column", "read_as", "what", "of"),
)
OWN_TABLES = "tables.zip"  # of one gemeente: its own rows only
# Gemeenten that are compared, and the limits beside them, stand by size and never by rate.
BY_SIZE = {"comparison": ("expected", "area")}


@dataclass(frozen=True, repr=False, eq=False)
class Evaluation(Mapping[str, pd.DataFrame]):
    """What may be told about one area to one audience: each table by its name, as a copy.

    Rows of meldingen cannot be reached.
    `openbaar` sees protected tables only; `intern` sees the own counts of one gemeente exactly and
    everybody else's as released.
    """

    area: Area
    edition: Edition
    audience: Literal["openbaar", "intern"]
    processed: Path

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the edition."""
        return self.edition.vocabulary

    @property
    def district(self) -> Area:
        """The district that the area is in, or is."""
        return self.vocabulary.district

    @property
    def is_intern(self) -> bool:
        """Whether this is for the gemeente alone."""
        return self.audience == "intern"

    def own_file(self, name: str) -> Path | None:
        """What the edition, or else the organisation, has of its own beside its notebooks."""
        return Workspace(self.processed.parents[2]).own(self.edition.slug, name)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the tables were made from."""
        return json.loads((self.processed / "manifest.json").read_text(encoding="utf-8"))

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def tables(self) -> list[str]:
        """The names of the tables that may be opened."""
        public = {path.stem for path in (self.processed / "measures").glob("*.parquet")}
        return sorted(public | self.own_tables)

    def __repr__(self) -> str:  # the tables, with what that of indicators says they hold
        rows = self.vocabulary.reference("indicators")
        named = [(n, "; ".join(row["name"] for row in rows if row["table"] == n)) for n in self]
        return f"{self.area.name}, {self.edition.slug}, {self.audience}\n{listed(named)}"

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.table(name).copy()

    def __contains__(self, name: object) -> bool:  # without a survey there are no survey tables
        return name in self.tables

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def _ipython_key_completions_(self) -> list[str]:
        return self.tables

    def table(self, name: str) -> pd.DataFrame:
        """One released table, its rows in reading order however they stand in the file.

        `DataError`: when there is no such table; the message says which there are.

        Examples
        --------
        >>> load("twente").table("trend")["verdict"].item()
        'no_change'
        """
        if name not in self._tables:
            if name not in self:
                near = did_you_mean(name, self.tables)
                words = {"audience": self.audience, "folder": self.processed}
                raise DataError.of("no_such_table", name=name, near=near, **words)
            self._tables[name] = self._in_reading_order(name, self._united(name))
        return self._tables[name]

    def _in_reading_order(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        """The rows as code lists, settings and survey have what they are about."""
        of_district = table["area"].eq(self.district.slug) if "area" in table else False
        rows = table.assign(is_district=of_district)
        keys = [key for key in BY_SIZE.get(name, KEYS) if key in rows]
        places = list(zip(*(self._places(rows, key) for key in keys), strict=True))
        return table.iloc[sorted(range(len(table)), key=places.__getitem__)].reset_index(drop=True)

    def _places(self, rows: pd.DataFrame, key: str) -> list[Any]:
        """Where this key puts each row: a number by its size, a word by the list that it is of.

        A value of no list goes by the numbers in it: `4-6` before `13-`.
        """
        words = rows[key].to_list()
        if pd.api.types.is_numeric_dtype(rows[key]):
            return words
        is_value = key in ("theme", "value")
        owner = next((owner for owner in ("breakdown", "question") if owner in rows), None)
        owners: list[Any] = [key] * len(words)
        if is_value:
            owners = ["topic_group"] * len(words) if owner is None else rows[owner].to_list()
        return [
            (
                self._order.get((is_value, of, word), len(self._order)),
                [int(number) for number in re.findall(r"\d+", str(word)) if is_value],
                str(word),
            )
            for of, word in zip(owners, words, strict=True)
        ]

    @cached_property
    def _order(self) -> dict[tuple[bool, str, Any], int]:
        """The place of each word in its list: that of a key, or that of the values of a field."""
        vocabulary, settings = self.vocabulary, self.edition
        book = codebook.load(settings)
        frame = codebook.load_themes(settings, book) if book else None
        scenarios = settings.kosten.scenario if settings.kosten else ()
        # In a comparison of editions a count of all meldingen has no breakdown.
        breakdowns = ["", *(row["breakdown"] for row in vocabulary.reference("breakdowns"))]
        keys: dict[str, list[str]] = {
            "question": [vraag.code for vraag in book.vraag] if book else [],
            "campaign": [campaign.naam for campaign in settings.campagnes],
            "scenario": ["trend", *(one.naam for one in scenarios)],
            **{key: list(words_of(key)) for key in ("assumption", "situation", "read_as")},
            **dict.fromkeys(("breakdown", "field", "background"), breakdowns),
            "kind": ["whole", "year", "half", "quarter", "month"],
            **dict.fromkeys(("area", "peer"), [area.slug for area in vocabulary.areas]),
            "period": ["whole"],
            "rule": [row["code"] for row in vocabulary.reference("rules")],
            "what": ["begin", "peildatum", "basis", "topics", "connected", "group"],
        }
        values = {field: list(vocabulary.values(field)) for field in breakdowns}
        for vraag in book.vraag if book else ():
            themes = [one.code for one in (frame.thema if frame else ()) if one.vraag == vraag.code]
            values[vraag.code] = [*vraag.opties, *themes]
        return {
            (is_value, of, word): place
            for is_value, lists in ((False, keys), (True, values))
            for of, words in lists.items()
            for place, word in enumerate(words)
        }

    def _united(self, name: str) -> pd.DataFrame:
        """The released rows; of the own gemeente its own, exact ones, where there are such."""
        public = self.processed / "measures" / f"{name}.parquet"
        if name not in self.own_tables:
            return _read(public)
        with ZipFile(self._own_file) as packed:
            own = _read(io.BytesIO(packed.read(f"{name}.parquet")))
        if not public.is_file():
            return own
        others = _read(public)
        others = others[~others["area"].isin(own["area"])]
        return pd.concat([others, own], ignore_index=True) if len(others) else own

    @property
    def _own_file(self) -> Path:
        return self.processed / "measures_intern" / self.area.slug / OWN_TABLES

    @cached_property
    def own_tables(self) -> frozenset[str]:
        """The names of the tables with exact rows of this gemeente; of others none."""
        if not self.is_intern or not self._own_file.is_file():
            return frozenset()
        with ZipFile(self._own_file) as packed:
            return frozenset(name.removesuffix(".parquet") for name in packed.namelist())


def _read(path: Path | io.BytesIO) -> pd.DataFrame:
    """One table; a quarter of the time of `pandas.read_parquet`, and it starts no threads."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path) as file:
        return file.read(use_threads=False).to_pandas(use_threads=False)


def load(
    gebied: str,
    editie: str = EXAMPLE,
    doelgroep: str = "openbaar",
    workspace: Workspace | None = None,
) -> Evaluation:
    """Open the tables of one area: of a gemeente or the district, by its slug.

    `doelgroep`: `openbaar`, or `intern` for a gemeente's own exact figures. `workspace`: where the
    edition is; else the one that we stand in. `UsageError`: what is asked for does not exist.
    `DataError`: it was not prepared yet, or its exact figures were forgotten.

    Examples
    --------
    >>> e = load("enschede")
    >>> int(e.table("per_period").query("area == 'enschede' and kind == 'whole'")["count"].item())
    180
    """
    for name, value in (("gebied", gebied), ("editie", editie), ("doelgroep", doelgroep)):
        if not isinstance(value, str):
            raise UsageError.of("wants_a_text", name=name, value=repr(value))
    workspace = workspace or Workspace.here()
    edition = workspace.edition(editie)
    area = edition.vocabulary.area(gebied)
    if doelgroep not in AUDIENCES:
        raise UsageError.of("no_audience", name=doelgroep, near=did_you_mean(doelgroep, AUDIENCES))
    if doelgroep == "intern" and area.is_district:
        raise UsageError.of("district_intern")
    processed = workspace.processed(editie)
    if not (processed / "manifest.json").is_file():
        raise DataError.of("no_explore_tables", folder=processed, name=editie)
    found = Evaluation(area, edition, "intern" if doelgroep == "intern" else "openbaar", processed)
    if found.is_intern and found.manifest.get("forgotten"):
        raise DataError.of("forgotten", slug=editie)
    return found
