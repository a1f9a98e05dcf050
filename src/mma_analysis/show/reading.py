"""What a report notebook opens: the released tables of one area, for one audience."""

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from mma_analysis import evaluation
from mma_analysis.evaluation import Evaluation
from mma_analysis.vocabulary import UNKNOWN
from mma_analysis.vocabulary.reference import INDICATORS, REGISTRY
from mma_analysis.vocabulary.value import WORDS, Value, quoted, value_of

MOST_NAMES = 20  # that a message sums up


def not_there(name: str, names: Sequence[str]) -> str:
    """That there is no such name, in Dutch, and which was probably meant, or which there are."""
    near = difflib.get_close_matches(name, names, 1)
    there = f"; er is wel: {', '.join(names)}" if 0 < len(names) <= MOST_NAMES else ""
    return f"‘{name}’ bestaat hier niet" + (f"; bedoelde u ‘{near[0]}’?" if near else there)


COUNTED = "tel"  # tel(table;key=value): the number of rows


class Row:
    """One row of a released table: every column of numbers is a Value, every other what it is.

    A day or a code with its cell is `row.woord("connected_on")`.
    """

    def __init__(self, row: Mapping[Any, Any]) -> None:
        self._row: dict[str, Any] = dict(row)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._row:
            raise AttributeError(not_there(name, list(self._row)))
        if "cell" not in self._row or name in ("cell", "basis"):
            return self._row[name]
        value = self.woord(name)
        return self._row[name] if value.form in WORDS else value

    def woord(self, column: str) -> Value:
        """A code or a day as a value: in words, and with its cell."""
        return value_of(self._row, column, int(self._row.get("basis", 1)))

    def __dir__(self) -> list[str]:
        return [*self._row, "woord"]

    def __bool__(self) -> bool:
        return bool(self._row)

    def __repr__(self) -> str:  # for who looks in a notebook what there is
        return "\n".join(f"{name}: {getattr(self, name)}" for name in self._row)


@pd.api.extensions.register_dataframe_accessor("mma")
class Rows:
    """`tabel.mma["drugs"].count`: the rows of a released table, by their code or one by one."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    def __getitem__(self, code: str) -> Row:
        rows = self._table[self._table[self._key] == code]
        if len(rows) != 1:
            raise KeyError(not_there(code, self._ipython_key_completions_()))
        return Row(rows.iloc[0].to_dict())

    @property
    def _key(self) -> str:
        return next(
            key for key in ("value", "area", "assumption", "situation") if key in self._table
        )

    def _ipython_key_completions_(self) -> list[str]:
        return [str(code) for code in self._table[self._key]]

    def __contains__(self, code: str) -> bool:
        return code in set(self._table["value"])

    def __iter__(self) -> Iterator[Row]:
        return (Row(row) for row in self._table.to_dict("records"))

    @property
    def een(self) -> Row:
        """The only row; one without columns, and so false, when there is none or more than one."""
        rows = list(self)
        return rows[0] if len(rows) == 1 else Row({})

    def som(self, *codes: str) -> Value:
        """The counts of these codes together."""
        return sum((self[code].count for code in codes), start=0)  # type: ignore[return-value]

    @property
    def bekend(self) -> Value:
        """Of how many meldingen it is known: all parts but `onbekend`."""
        return self.som(*(row.value for row in self if row.value != UNKNOWN))

    @property
    def onbekend(self) -> Value:
        """Of how many it is not."""
        return self[UNKNOWN].count

    @property
    def grootste(self) -> Row:
        """The largest known part, when it is so whatever the unknown ones and rounding hide."""
        known = [row for row in self if row.value != UNKNOWN]
        unknown = self.onbekend if UNKNOWN in self else Value(0)
        if not known or not all(row.count.shown for row in known) or not unknown.shown:
            return Row({})
        known.sort(key=lambda row: -float(row.count))
        second = known[1].count if len(known) > 1 else Value(0)
        most = float(second) + second.off + float(unknown) + unknown.off
        first = known[0]
        return first if float(first.count) - first.count.off > most else Row({})


class Reading:
    """The released tables of one area, with the cell of every row."""

    def __init__(self, e: Evaluation) -> None:
        self.evaluation, self.gebied, self.district = e, e.area.slug, e.district.slug
        self.naam, self.is_district, self.is_intern = e.area.name, e.area.is_district, e.is_intern

    def __repr__(self) -> str:
        return repr(self.evaluation)

    def tabel(self, name: str, **where: Any) -> pd.DataFrame:
        """A released table, or its rows where `area="twente"`, …; empty when it was not made.

        `cell` is the name of a row. `basis` is to what its counts are rounded: the own counts of a
        gemeente that reads about itself are exact.

        `KeyError`: when no edition has such a table, or this table no such column.
        """
        if name not in self.evaluation:
            if name not in (tables := [row["table"] for row in (*REGISTRY, *INDICATORS)]):
                raise KeyError(not_there(name, tables))
            return pd.DataFrame({"cell": pd.Series(dtype="str"), **{key: [] for key in where}})
        table = self.evaluation.table(name)
        table = table.assign(basis=self.evaluation.edition.bescherming.basis)
        if self.is_intern and "area" in table:
            table.loc[table["area"] == self.gebied, "basis"] = 1
        for key, value in where.items():
            if key not in table:
                raise KeyError(not_there(key, [str(column) for column in table]))
            wanted = value if isinstance(value, list) else [value]
            table = table[table[key].isin(wanted)]
        return table.reset_index(drop=True)

    def een(self, name: str, **where: Any) -> Row:
        """The only such row; a false one when there is none."""
        return self.tabel(name, **where).mma.een

    def verdeling(
        self, field: str, gebied: str = "", periode: str | list[str] = "whole"
    ) -> pd.DataFrame:
        """The meldingen of an area by one field, `onbekend` among them, in reading order."""
        vocabulary = self.evaluation.vocabulary
        sources = {row["breakdown"]: row["table"] for row in vocabulary.reference("breakdowns")}
        if field not in sources:
            raise KeyError(not_there(field, list(sources)))
        where = {"area": gebied or self.gebied, "breakdown": field, "period": periode}
        table = self.tabel(sources[field], **where)
        labels = vocabulary.values(field)
        said = [labels.get(str(value), str(value)) for value in table.get("value", [])]
        return table.assign(label=pd.Series(said, table.index, dtype="str"))

    def tel(self, table: str, **where: str) -> Value:
        """How many rows of a released table are so, with how that was counted as its cell."""
        asked = ";".join([table, *(f"{key}={quoted(value)}" for key, value in where.items())])
        rows = self.tabel(table)
        for key, value in where.items():
            rows = rows[rows[key].astype(str) == value] if key in rows else rows.iloc[:0]
        return Value(len(rows), "count", f"{COUNTED}({asked})")

    def meldingen(self, gebied: str = "", periode: str = "whole") -> Row:
        """What an area received: in all, or in one period."""
        return self.een("per_period", area=gebied or self.gebied, period=periode)

    def te_zeggen(self, field: str, gebied: str = "") -> str:
        """What may be said of a field: `of_all`, `unknown_first` or `only_known`."""
        row = self.een("completeness", area=gebied or self.gebied, period="whole", field=field)
        return str(row.may_say) if row else "only_known"

    @property
    def naam_district(self) -> str:
        """The name of the district that the area is in, or is."""
        return self.evaluation.district.name

    def woorden(self) -> list[dict[str, str]]:
        """Words and what they mean; of those that few evaluations use, what this one names."""
        said = [self.evaluation.edition.model_dump_json()]
        for table in (self.tabel("survey_answers"), self.tabel("survey_themes")):
            said += [str(one) for column in ("label", "value") for one in table.get(column, [])]
        text = "\n".join(said).casefold()
        return [
            row
            for row in self.evaluation.vocabulary.reference("terms")
            if row["when"] == "altijd" or any(form in text for form in row["forms"].split(";"))
        ]

    @property
    def gegevens(self) -> dict[str, str]:
        """What a melding can have, by its code: `has_time` → `Tijdstip`."""
        rows = self.evaluation.vocabulary.reference("breakdowns")
        return {row["breakdown"]: row["label"] for row in rows}

    def namen(self, slugs: Any) -> list[str]:
        """The names of gemeenten."""
        return [self.evaluation.vocabulary.area(slug).name for slug in slugs]

    def instelling(self, name: str) -> Value:
        """A day or a number that the edition sets: `peildatum`, `kosten.fase.1.begin`."""
        setting: Any = self.evaluation.edition
        for step in name.split("."):
            setting = setting[int(step)] if step.isdecimal() else getattr(setting, step)
        form = "day" if isinstance(setting, dt.date) else "count"
        return Value(f"{setting}" if form == "day" else setting, form, f"instelling|{name}")

    @property
    def bijna_niets(self) -> Value:
        """How a rounded 0 reads: `0–4`."""
        basis = self.evaluation.edition.bescherming.basis
        return Value(f"0–{basis - 1}", "typed", "vast|hoe een afgeronde nul heet")

    def fasen(self) -> list[dict[str, Any]]:
        """Who pays from when to when, and what that is in this evaluation; in order.

        Each has `begin`, `eind` (or none), `betaler`, `bedrag` (or none) and `is_voorbij`.
        """
        edition, table = self.evaluation.edition, self.tabel("costs_per_phase")
        each = "elke gemeente zelf" if self.is_district else f"{self.naam} zelf"
        phases = []
        for number, phase in enumerate(edition.kosten.fase if edition.kosten else ()):
            where = f"kosten.fase.{number}"
            first = pd.Timestamp(max(phase.begin, edition.begin))
            rows = table[table["begin"] == first] if len(table) else table
            amounts = [row.amount for row in rows.mma if row.amount.shown]
            phases.append(
                {
                    "begin": self.instelling(f"{where}.begin"),
                    "eind": self.instelling(f"{where}.eind") if phase.eind else None,
                    "betaler": each if phase.betaler == "gemeente" else phase.betaler,
                    "bedrag": sum(amounts, start=0) if amounts else None,
                    "is_voorbij": phase.eind is not None and phase.eind <= edition.peildatum,
                }
            )
        return phases


def open_editie(gebied: str, editie: str, doelgroep: str = "openbaar") -> Reading:
    """Open the released tables of one area, and let this notebook show what it makes of them.

    `UsageError`: when area, edition or audience does not exist.
    """
    from mma_analysis.show.figure import show_bare_outputs
    from mma_analysis.show.text import register

    register()
    show_bare_outputs()
    return Reading(evaluation.load(gebied, editie, doelgroep))
