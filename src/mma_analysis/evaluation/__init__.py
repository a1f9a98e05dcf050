"""The tables of one area, one edition and one audience: all that a notebook may know."""

import datetime as dt
import io
import json
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd

from mma_analysis.evaluation.tables import ReleasedTables
from mma_analysis.settings import AUDIENCES, EXAMPLE, Audience, Edition, Workspace
from mma_analysis.settings.edition import Fase
from mma_analysis.vocabulary import (
    Area,
    DataError,
    UsageError,
    did_you_mean,
    listed,
    message,
    rows_of,
)
from mma_analysis.vocabulary.glance import Line, glance
from mma_analysis.vocabulary.reference import INDICATORS, REGISTRY, words_of
from mma_analysis.vocabulary.rows import Row, not_there, records_of
from mma_analysis.vocabulary.value import Value, quoted, unquoted, value_named

COUNT_CALL = "tel"  # tel(table;key=value): the number of rows


class Evaluation(ReleasedTables):
    """What may be released of one area to one audience, and what a notebook asks of it."""

    def tabel(self, name: str, **where: Any) -> pd.DataFrame:
        """A released table, or its rows where `area="twente"`, …; empty when not made.

        `cell` is the name of a row, `off` how far its count may be from the truth.
        `KeyError`: when no edition has such a table, or this table no such column.
        """
        if name not in self:
            every_row = (*REGISTRY, *INDICATORS)
            tables = [row["table"] for row in every_row]
            if name not in tables:
                fault = not_there(name, tables)
                raise KeyError(fault)
            no_rows: dict[str, Any] = {"cell": pd.Series(dtype="str")}
            no_rows |= dict.fromkeys(where, [])
            return pd.DataFrame(no_rows)
        table = self[name]
        columns = list(table.columns)
        asked = self._asked(where, columns)
        is_asked = pd.Series(data=True, index=table.index)
        for key, values in asked.items():
            is_asked &= table[key].isin(values)
        return table[is_asked].reset_index(drop=True)

    def _asked(self, where: Mapping[str, Any], columns: list[Any]) -> dict[str, list[Any]]:
        """Column → the values that are asked for; an error when there is no such thing."""
        asked = {}
        for key, one in where.items():
            is_several = isinstance(one, list | tuple | set)
            asked[key] = list(one) if is_several else [one]
        # Else a typing error would be an empty table.
        for slug in asked.get("area", []):
            self.vocabulary.area(slug)
        known_kinds = list(words_of("kind"))
        for kind in asked.get("kind", []):
            if kind not in known_kinds:
                raise KeyError(not_there(kind, known_kinds))
        known_fields = list(self.gegevens)
        for field in asked.get("breakdown", []):
            if field not in known_fields:
                raise KeyError(not_there(field, known_fields))
        for key in asked:
            if key not in columns:
                raise KeyError(not_there(key, [str(column) for column in columns]))
        return asked

    def een(self, name: str, **where: Any) -> Row:
        """The only such row; a false one when there is none."""
        rows = []
        if name in self:
            rows = self._rows(name)
        if not rows:
            table = self.tabel(name, **where)
            return table.mma.een
        columns = list(rows[0])
        asked = self._asked(where, columns)
        for key, values in asked.items():
            rows = [row for row in rows if row[key] in values]
        if len(rows) == 1:
            return Row(rows[0])
        return Row({}, partial(self._not_one, name, where))

    def _not_one(self, name: str, where: Mapping[str, Any]) -> str:
        """Why there is no one such row: which there are, of what was asked for."""
        rows = self._rows(name)
        columns = list(rows[0])
        asked = ", ".join(f"{key}={value!r}" for key, value in where.items())
        for key, values in self._asked(where, columns).items():
            known = dict.fromkeys(str(row[key]) for row in rows)
            rows = [row for row in rows if row[key] in values]
            if not rows:
                return message(
                    "no_row_of",
                    table=name,
                    asked=asked,
                    key=key,
                    there=", ".join(known),
                )
        return message(
            "several_rows",
            table=name,
            asked=asked,
            number=len(rows),
        )

    def waarde(self, name: str) -> Value:
        """What an id says: of a column of a row, or an end of its interval.

        `KeyError`: there is no such row or column.
        """
        cell, _, column = name.rpartition("#")
        cell = unquoted(cell)
        table = cell.partition("|")[0]
        if table not in self._by_cell:
            rows = self._rows(table)
            self._by_cell[table] = {row["cell"]: row for row in rows}
        of_table = self._by_cell[table]
        row = of_table[cell]
        return value_named(row, column)

    def verdeling(
        self, field: str, gebied: str = "", periode: str | list[str] = "whole"
    ) -> pd.DataFrame:
        """The meldingen of an area by one field, also `onbekend`, in reading order."""
        sources = self.vocabulary.by_code("breakdowns", "table")
        if field not in sources:
            raise KeyError(not_there(field, list(sources)))
        table = self.tabel(
            sources[field],
            area=gebied or self.gebied,
            breakdown=field,
            period=periode,
        )
        labels = self.vocabulary.values(field)
        said = []
        for value in table.get("value", []):
            code = str(value)
            said.append(labels.get(code, code))
        label = pd.Series(said, table.index, dtype="str")
        return table.assign(label=label)

    def tel(self, table: str, **where: str) -> Value:
        """How many rows of a released table are so; its cell says how that was counted."""
        asked = [table]
        for key, value in where.items():
            asked.append(f"{key}={quoted(value)}")
        counted = ";".join(asked)
        return Value(self._number_of(table, where), "count", f"{COUNT_CALL}({counted})")

    def _number_of(self, table: str, where: Mapping[str, str]) -> int:
        """How many rows of a table have these words in these columns."""
        if table not in self or not where:
            every = self.tabel(table)
            return len(every)
        columns = [self._in_words(table, column) for column in where]
        wanted = tuple(where.values())
        rows = zip(*columns, strict=True)
        said = list(rows)
        return said.count(wanted)

    def _in_words(self, table: str, column: str) -> list[str]:
        """A column as words, written once: a page counts in the same one many times."""
        name = (table, column)
        if name not in self._words:
            values = self[table][column]
            written = values.astype(str)
            self._words[name] = written.tolist()
        return self._words[name]

    def meldingen(self, gebied: str = "", periode: str = "whole") -> Row:
        """What an area received: in all, or in one period."""
        return self.een("per_period", area=gebied or self.gebied, period=periode)

    def te_zeggen(self, field: str, gebied: str = "") -> str:
        """What may be said of a field: `of_all`, `unknown_first` or `only_known`."""
        row = self.een(
            "completeness",
            area=gebied or self.gebied,
            period="whole",
            field=field,
        )
        return str(row.may_say) if row else "only_known"

    def woorden(self) -> list[dict[str, str]]:
        """Words and what they mean; of those that few evaluations use, what is named."""
        parts = [self.edition.model_dump_json()]
        for name in ("survey_answers", "survey_themes"):
            table = self.tabel(name)
            for column in ("label", "value"):
                if column in table:
                    parts += map(str, table[column])
        text = "\n".join(parts).casefold()

        said = []
        for term in self.vocabulary.reference("terms"):
            is_named = any(form in text for form in term["forms"].split(";"))
            if is_named or term["when"] == "altijd":
                said.append(term)
        return said

    @property
    def gegevens(self) -> dict[str, str]:
        """What a melding can have, by its code: `has_time` → `Tijdstip`."""
        return self.vocabulary.by_code("breakdowns", "label")

    def namen(self, slugs: Any) -> list[str]:
        """The names of gemeenten."""
        return [self.vocabulary.area(slug).name for slug in slugs]

    def instelling(self, name: str) -> Value:
        """What the edition sets, by its name: `peildatum`, `kosten.fase.1.begin`."""
        setting: Any = self.edition
        for step in name.split("."):
            setting = setting[int(step)] if step.isdecimal() else getattr(setting, step)
        cell = f"instelling|{name}"
        if isinstance(setting, dt.date):
            return Value(setting.isoformat(), "day", cell)
        if isinstance(setting, str):
            return Value(setting, "typed", cell)
        return Value(setting, "count", cell)

    @property
    def bijna_niets(self) -> Value:
        """How a rounded 0 reads: `0–4`."""
        few = f"0–{self.edition.bescherming.basis - 1}"
        return Value(few, "typed", "vast|hoe een afgeronde nul heet")

    def fasen(self) -> list[dict[str, Any]]:
        """Who pays from when to when, and what that is in this evaluation; in order.

        Each has `begin`, `eind` (or none), `betaler`, `bedrag` (or none), `is_voorbij` and
        `komt`. What was before the evaluation is not there.
        """
        phases = []
        for number, phase in enumerate(self.edition.kosten.fase):
            is_before = phase.eind is not None and phase.eind < self.edition.begin
            if not is_before:
                phases.append(self._phase(number, phase))
        return phases

    def _phase(self, number: int, phase: Fase) -> dict[str, Any]:
        """One of `fasen`, by its place in the settings."""
        begin_of_all = self.edition.begin
        peildatum = self.edition.peildatum
        where = f"kosten.fase.{number}"
        begin = f"{where}.begin"
        if phase.begin < begin_of_all:
            begin = "evaluatie.begin"
        eind = None
        is_over = False
        if phase.eind is not None:
            eind = self.instelling(f"{where}.eind")
            is_over = phase.eind <= peildatum
        betaler = phase.betaler
        if betaler == "gemeente":
            betaler = "elke gemeente zelf" if self.is_district else f"{self.naam} zelf"

        first = pd.Timestamp(max(phase.begin, begin_of_all))
        amounts = [row.amount for row in self.tabel("costs_per_phase", begin=first).mma]
        is_known = bool(amounts) and all(amount.shown for amount in amounts)
        return {
            "begin": self.instelling(begin),
            "eind": eind,
            "betaler": betaler,
            "bedrag": sum(amounts, start=0) if is_known else None,
            "is_voorbij": is_over,
            "komt": phase.begin > peildatum,
        }


def load(
    gebied: str,
    editie: str = EXAMPLE,
    doelgroep: str = "openbaar",
    workspace: Workspace | None = None,
) -> Evaluation:
    """Open the tables of one area: of a gemeente or the district, by its slug.

    `doelgroep`: `openbaar`, or `intern` for a gemeente's own exact figures. `workspace`:
    where the edition is; else the one that we stand in. `UsageError`: what is asked for
    does not exist. `DataError`: it was not prepared yet, or its exact figures were
    forgotten.
    """
    for name, value in (("gebied", gebied), ("editie", editie), ("doelgroep", doelgroep)):
        if not isinstance(value, str):
            raise UsageError.of("wants_a_text", name=name, value=repr(value))
    workspace = workspace or Workspace.here()
    edition = workspace.edition(editie)
    area = edition.vocabulary.area(gebied)
    if doelgroep not in AUDIENCES:
        near = did_you_mean(doelgroep, AUDIENCES)
        raise UsageError.of("no_audience", name=doelgroep, near=near)
    if doelgroep == "intern" and area.is_district:
        raise UsageError.of("district_intern")
    processed = workspace.processed(editie)
    if not (processed / "manifest.json").is_file():
        raise DataError.of("no_explore_tables", folder=processed, name=editie)
    audience: Audience = "intern" if doelgroep == "intern" else "openbaar"
    e = Evaluation(area, edition, audience, processed)
    if e.is_intern and e.manifest.get("forgotten"):
        raise DataError.of("forgotten", slug=editie)
    return e
