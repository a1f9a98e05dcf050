"""A question of a researcher → counts that may be shown, and which of them were kept."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype
from pydantic import Field

from mma_analysis import measure, protect
from mma_analysis.measure.counts import membership
from mma_analysis.pipeline.run import CLEAN
from mma_analysis.settings import Edition, Section, Workspace, read_blocks
from mma_analysis.storage import CANDIDATE, write_whole
from mma_analysis.vocabulary import UNKNOWN, DataError, UsageError, did_you_mean, listed, plain
from mma_analysis.vocabulary.schema import MELDINGEN, SOURCE

KEY_FILE, LOG_FILE, SIGNED_FILE = "vragen.sleutel", "antwoorden.csv", "antwoorden.toml"
NOT_ASKED = {"melding_id", "topic_as_delivered", *SOURCE}  # what a sender typed, and where
FEWEST, FEWEST_OF_KIND = 5, 3  # meldingen: of a selection or an own value, and of a kind
MOST_APART, MOST_PART = 12, 0.1  # of the meldingen: in kinds with fewer
MOST_SAVED = 10  # answers of an edition that may be kept without two signatures
ROWS_OF_TIPS = "rows of tips"  # the mark of `row_level()`, which pandas hands on
ANSWER_OF = "answer of"  # the mark of an answer: the workspace and the edition it is of


@dataclass(frozen=True, repr=False)
class Meldingen:
    """The meldingen of an edition, one per melding and receiving gemeente, behind a door.

    `count` answers a question with counts that may be shown. `row_level` gives the rows.
    """

    workspace: Workspace
    settings: Edition

    def row_level(self) -> pd.DataFrame:
        """Give a copy of the rows: each is about one melding of one receiving gemeente.

        They may point at a person: for the analyst's eyes only, as is what you make of them. Let
        `count` answer, which protects. `mma.save` refuses them and what is selected from them; what
        you count from them yourself it cannot know.
        """
        return self._marked(self._rows)

    def rows_of(self, number: Any) -> pd.DataFrame:
        """Give the rows that a number of the reports is about: for your eyes only, as `row_level`.

        `number`: a value of a notebook, or the id of a cell, as the column `cell` of a table has.

        >>> import mma_analysis as mma
        >>> opened = mma.edition("voorbeeld-2023")
        >>> drugs = opened.measures["per_topic_group"].query("area == 'almelo'").iloc[0]
        >>> rows = opened.meldingen.rows_of(drugs["cell"])
        >>> bool(abs(len(rows) - drugs["count"]) < 5)
        True
        """
        cell = str(getattr(number, "cell", number)).partition("#")[0]
        # Of a table of totals the keys are fewer than what a count is about.
        is_it = self._said["cell"].eq(cell) | self._said["cell"].str.startswith(f"{cell}|")
        said = self._said[is_it]
        if not cell or len(said) != 1:
            raise UsageError.of("no_count", cell=cell)
        members = membership(said, self._rows, measure.frame(self.settings))
        return self._marked(self._rows[members.toarray()[0].astype(bool)])

    def count(
        self, *by: str, rows: pd.DataFrame | None = None, per_gemeente: bool = False
    ) -> pd.DataFrame:
        """Count meldingen by columns of your choice; each count is a little off, to protect.

        The same meldingen always give the same number, and the one in the reports when these count
        them too. No count is a basis (5) or more from the truth, none is 1 to 4; what adds up in
        truth may not here. That protects against who reads the answer, not against who has the
        rows.

        `by`: columns of a melding, or your own in `rows`. `rows`: from `row_level`, with columns
        added or rows left out; default all meldingen. `per_gemeente`: also what each gemeente
        received; the district counts each tip once. A row per area and combination, also of those
        that do not occur: `area`, the columns, `count`, `state`, `off` (how far it may be from
        the truth) and `in_report` (whether it is a number of the reports: never of `rows`, nor of
        a 0). A question that sets meldingen apart is refused.
        """
        used = self._rows if rows is None else rows
        self._check(by, used)
        texts = {name: _in_words(used[name]) for name in by}
        answers = pd.Series(list(zip(*texts.values(), strict=True)), used.index, dtype="object")
        self._refuse_apart(texts, answers)
        # What does not occur has a row too: that a row is there would say that somebody told it.
        every = [
            sorted({*column, *(_in_words(self._rows[name]) if name in self._rows else ())})
            for name, column in texts.items()
        ]
        answered = self._asked(answers.reindex(self._rows.index), every, per_gemeente)
        answered["in_report"] &= rows is None
        named = pd.DataFrame(answered.pop("value").to_list(), answered.index, list(by), dtype="str")
        table = pd.concat([answered[["area"]], named, answered.drop(columns="area")], axis=1)
        table.attrs[ANSWER_OF] = [str(self.workspace.root), self.settings.slug]
        return table

    def __repr__(self) -> str:
        doors = [
            ('.count("topic_group", "usable")', "aantallen die er iets naast zitten: mag u tonen"),
            (".row_level()", "de rijen, elk over één melding: alleen voor uw ogen"),
        ]
        return listed(doors + [(column.name, column.meaning) for column in MELDINGEN])

    def _marked(self, rows: pd.DataFrame) -> pd.DataFrame:
        copied = rows.copy()
        copied.attrs[ROWS_OF_TIPS] = True
        return copied

    def _check(self, by: tuple[str, ...], rows: pd.DataFrame) -> None:
        if not by or len({*map(str, by)}) < len(by):
            raise UsageError.of("count_by_what")
        for name in by:
            if not isinstance(name, str):
                raise UsageError.of("count_apart")
            if name not in rows or name in NOT_ASKED:
                near = did_you_mean(name, [str(n) for n in rows.columns if n not in NOT_ASKED])
                raise UsageError.of("count_column", name=name, near=near)
        numbers = self._rows["melding_id"].reindex(rows.index)
        is_ours = rows.index.is_unique and {"melding_id", "gemeente"} <= {*rows}
        if not is_ours or not rows["melding_id"].eq(numbers).all():
            raise UsageError.of("count_rows")
        for name in by:
            answers = rows[name].astype("object").fillna(UNKNOWN)
            is_of_one = answers.groupby(rows["gemeente"]).nunique().eq(1).all()
            if is_of_one and len(answers.unique()) > 1:
                raise UsageError.of("count_gemeente", name=name)

    def _refuse_apart(self, texts: dict[str, pd.Series], answers: pd.Series) -> None:
        """Refuse what points at few meldingen: a selection, an own value, or most kinds."""
        left_out = len(self._rows) - len(answers)
        own = [column.value_counts().min() for n, column in texts.items() if n not in self._rows]
        few = [number for number in (len(answers), left_out, *own) if 0 < number < FEWEST]
        if few:
            raise UsageError.of("count_few", number=few[0], fewest=FEWEST)
        sizes = answers.value_counts()
        apart = int(sizes[sizes < FEWEST_OF_KIND].sum())
        if apart > max(MOST_APART, MOST_PART * len(answers)):
            words = {"columns": ", ".join(texts), "apart": apart, "number": len(answers)}
            raise UsageError.of("count_too_fine", **words)

    def _asked(
        self, answers: pd.Series, every: Sequence[Sequence[str]], per_gemeente: bool
    ) -> pd.DataFrame:
        """Count answers, on the index of the rows; missing for a melding that was left out.

        `every`: what may be answered, for each column.
        """
        rows = self._rows[["gemeente"]].assign(value=answers, key=self._keys)
        tips = rows[measure.is_first_receipt(self._rows)].assign(
            area=self.settings.vocabulary.district.slug
        )
        levels = [tips, rows.assign(area=rows["gemeente"])] if per_gemeente else [tips]
        together = pd.concat(levels)
        grouped = together.groupby(["area", "value"])["key"].agg(["size", "sum"])
        cells = pd.MultiIndex.from_product([sorted({*together["area"]}), [*product(*every)]])
        table = grouped.reindex(cells, fill_value=0).rename_axis(["area", "value"]).reset_index()
        released = table["sum"].map(self._released)
        noisy = protect.perturbed(table["size"], table["sum"] / 2**64)
        count = released.fillna(noisy).astype("Int64")
        return table[["area", "value"]].assign(
            count=count,
            off=self.settings.bescherming.basis - 1,
            state="shown",
            in_report=released.notna() & count.gt(0),
        )

    @cached_property
    def _rows(self) -> pd.DataFrame:
        slug = self.settings.slug
        path = self.workspace.processed(slug) / CLEAN / "meldingen.parquet"
        if not path.is_file():
            raise DataError.of("no_rows", path=path, slug=slug)
        return pd.read_parquet(path)

    @cached_property
    def _said(self) -> pd.DataFrame:
        processed = self.workspace.processed(self.settings.slug)
        return pd.read_parquet(processed / f"{CANDIDATE}.parquet")

    @cached_property
    def _keys(self) -> NDArray[np.uint64]:
        """A key per melding and gemeente, by a secret of the edition that is made once."""
        secret = self.workspace.issued(self.settings.slug) / KEY_FILE
        if not secret.is_file():
            write_whole(secret, secrets.token_bytes(protect.KEY_LENGTH), owner_only=True)
        names = self._rows["melding_id"].astype("str") + "|" + self._rows["gemeente"]
        return protect.row_keys(names, secret.read_bytes())

    @cached_property
    def _released(self) -> dict[int, int]:
        """Sum of the keys of a set of meldingen that the reports count → what they say."""
        said = self._said[self._said["number"].notna()].reset_index(drop=True)
        members = membership(said, self._rows, measure.frame(self.settings))
        sums = members.astype(np.uint64) @ self._keys
        is_any = np.diff(members.indptr) > 0
        return dict(zip(sums[is_any].tolist(), said["number"][is_any].tolist(), strict=True))


def _in_words(column: pd.Series) -> pd.Series:
    words = column.map({True: "ja", False: "nee"}) if is_bool_dtype(column) else column
    return words.astype("object").fillna(UNKNOWN).astype("str")


def areas_table(edition: Edition) -> pd.DataFrame:
    """The district and its gemeenten, with what counts are set against.

    One row per area, the district first: `area`, `name`, `level`, `cbs_code`, `inhabitants` and
    `size_class` on the peildatum, `connected_on`.
    """
    vocabulary, on = edition.vocabulary, pd.to_datetime([edition.peildatum])
    people = measure.inhabitants(vocabulary, pd.DataFrame({"begin": on, "end": on})).iloc[0]
    district = vocabulary.district.slug
    rows = [
        (a.slug, a.name, a.level, a.cbs_code, edition.gemeente(a.slug).aangesloten)
        for a in (vocabulary.district, *vocabulary.gemeenten)
    ]
    table = pd.DataFrame(rows, columns=["area", "name", "level", "cbs_code", "connected_on"])
    of_area = pd.concat([people, pd.Series({district: people.sum()})])
    return table.assign(
        connected_on=pd.to_datetime(table["connected_on"]),
        inhabitants=table["area"].map(of_area).round().astype("Int64"),
        size_class=table["area"].map(measure.size_classes(vocabulary, people)),
    )


class Antwoord(Section):
    """An answer that may be kept although there are many: which, why, and the two who say so."""

    nummer: int = Field(ge=1)
    reden: str = Field(min_length=1)
    eerste: str = Field(min_length=1)
    tweede: str = Field(min_length=1)


def numbered(workspace: Workspace, slug: str, table: pd.DataFrame, name: str) -> int:
    """Write down that an answer is kept, and give its number; the same answer keeps its own."""
    folder = workspace.issued(slug)
    log, signed = folder / LOG_FILE, folder / SIGNED_FILE
    same = table[sorted(table, key=str)].astype("str")  # in whatever order it is
    same = same.sort_values([str(name) for name in same])
    content = hashlib.sha256(same.to_csv(index=False).encode()).hexdigest()
    columns = ["nummer", "dag", "bestand", "inhoud"]
    kept = pd.read_csv(log) if log.is_file() else pd.DataFrame(columns=columns)
    if (same := kept[kept["inhoud"] == content]).shape[0]:
        return int(same["nummer"].iloc[0])
    number = len(kept) + 1
    allowed = read_blocks(signed, "antwoord", Antwoord)
    is_signed = any(
        one.nummer == number and plain(one.eerste) != plain(one.tweede) for one in allowed
    )
    if number > MOST_SAVED and not is_signed:
        words = {"slug": slug, "most": MOST_SAVED, "signed": signed}
        raise UsageError.of("too_many_answers", number=number, **words)
    row = pd.DataFrame([[number, dt.date.today(), name, content]], columns=columns)
    text = pd.concat([kept, row]).to_csv(index=False, lineterminator="\n")
    write_whole(log, text.encode())
    return number
