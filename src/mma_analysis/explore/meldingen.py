"""Questions about meldingen: protected counts come out, and rows only by a door that says so."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype

from mma_analysis.explore.saving import ANSWER_OF, ROWS_OF_TIPS
from mma_analysis.pipeline.asking import Asking, asking, clean_meldingen
from mma_analysis.settings import Edition, Workspace
from mma_analysis.vocabulary import UNKNOWN, UsageError, did_you_mean, listed
from mma_analysis.vocabulary.schema import MELDINGEN


@dataclass(frozen=True, repr=False)
class Meldingen:
    """The meldingen of an edition, one per melding and receiving gemeente, behind a door.

    `count` answers a question with counts that may be shown. `row_level` gives the rows.
    """

    workspace: Workspace
    settings: Edition

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return clean_meldingen(self.workspace, self.settings)

    @cached_property
    def _asking(self) -> Asking:
        return asking(self.workspace, self.settings, self._rows)

    def row_level(self) -> pd.DataFrame:
        """Give a copy of the rows: each is about one melding of one receiving gemeente.

        They may point at a person: for the analyst's eyes only, as is what you make of them. Let
        `count` answer, which protects. `mma.save` refuses them and what is selected from them; what
        you count from them yourself it cannot know.
        """
        rows = self._rows.copy()
        rows.attrs[ROWS_OF_TIPS] = True
        return rows

    def rows_of(self, number: Any) -> pd.DataFrame:
        """Give the rows that a number of the reports is about: for your eyes only, as `row_level`.

        `number`: a value of a notebook, or the id of a cell, as the column `cell` of a table has.

        Examples
        --------
        >>> from mma_analysis.explore.opening import edition
        >>> opened = edition("voorbeeld-2023")
        >>> drugs = opened.measures["per_topic_group"].query("area == 'almelo'").iloc[0]
        >>> rows = opened.meldingen.rows_of(drugs["cell"])
        >>> bool(abs(len(rows) - drugs["count"]) < 5)
        True
        """
        rows = self._asking.rows_of(str(getattr(number, "cell", number))).copy()
        rows.attrs[ROWS_OF_TIPS] = True
        return rows

    def count(
        self, *by: str, rows: pd.DataFrame | None = None, per_gemeente: bool = False
    ) -> pd.DataFrame:
        """Count meldingen by columns of your choice; each count is a little off, to protect.

        The same meldingen always give the same number, and the one in the reports when these count
        them too. No count is five or more away from the truth, none is 1 to 4, and what adds up in
        truth may not here. That protects against who reads the answer, not against who has the
        rows. `mma.save` keeps ten answers of an edition.

        `by`: columns of a melding, or your own in `rows`. `rows`: from `row_level`, with columns
        added or rows left out; default all meldingen. `per_gemeente`: also what each gemeente
        received; the district counts each tip once. A row per area and combination that occurs:
        `area`, the columns, `count`, `state`, `basis` (the truth is less than this away) and
        `in_report` (whether it is a number of the reports).

        Examples
        --------
        Are tips about drugs found useful more often than others?

        >>> from mma_analysis.explore.opening import edition
        >>> meldingen = edition("voorbeeld-2023").meldingen
        >>> rows = meldingen.row_level()
        >>> rows["drugs"] = rows["topic_group"].eq("drugs")
        >>> table = meldingen.count("drugs", "usable", rows=rows)
        >>> list(table.columns)
        ['area', 'drugs', 'usable', 'count', 'state', 'basis', 'in_report']
        """
        used = self._rows if rows is None else rows
        self._check(by, used)
        texts = (_text(used[name]) for name in by)
        answers = pd.Series(list(zip(*texts, strict=True)), used.index, dtype="object")
        found = self._asking.asked(answers.reindex(self._rows.index), per_gemeente)
        named = pd.DataFrame(found.pop("value").to_list(), found.index, list(by), dtype="str")
        table = pd.concat([found[["area"]], named, found.drop(columns="area")], axis=1)
        table.attrs[ANSWER_OF] = [str(self.workspace.root), self.settings.slug]
        return table

    def _check(self, by: tuple[str, ...], rows: pd.DataFrame) -> None:
        if not by:
            raise UsageError.of("count_by_what")
        for name in by:
            if not isinstance(name, str):
                raise UsageError.of("count_apart")
            if name not in rows:
                near = did_you_mean(name, map(str, rows.columns))
                raise UsageError.of("count_column", name=name, near=near)
        numbers = self._rows["melding_id"].reindex(rows.index)
        is_ours = rows.index.is_unique and "melding_id" in rows
        if not is_ours or not rows["melding_id"].eq(numbers).all():
            raise UsageError.of("count_rows")
        for name in by:
            answers = rows[name].astype("object").fillna(UNKNOWN)
            is_of_one = answers.groupby(rows["gemeente"]).nunique().eq(1).all()
            if is_of_one and len(answers.unique()) > 1:
                raise UsageError.of("count_gemeente", name=name)

    def __repr__(self) -> str:
        doors = [
            ('.count("topic_group", "usable")', "aantallen die er iets naast zitten: mag u tonen"),
            (".row_level()", "de rijen, elk over één melding: alleen voor uw ogen"),
        ]
        return listed(doors + [(column.name, column.meaning) for column in MELDINGEN])


def _text(values: pd.Series) -> pd.Series:
    """Yes, no and unknown in our own words."""
    words = values.map({True: "ja", False: "nee"}) if is_bool_dtype(values) else values
    return words.astype("object").fillna(UNKNOWN).astype("str")
