"""Questions of a researcher → counts that may be shown, and which answers were kept."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_bool_dtype
from pydantic import Field
from scipy.sparse import csr_array

from mma_analysis import measure, protect
from mma_analysis.evaluation.tables import RELEASED
from mma_analysis.measure.sets import membership
from mma_analysis.pipeline.group_shares import each_against_others
from mma_analysis.settings import Edition, Section, Workspace, read_blocks
from mma_analysis.storage import CANDIDATE, CLEAN, MEASURES, write_whole
from mma_analysis.vocabulary import (
    UNKNOWN,
    DataError,
    UsageError,
    did_you_mean,
    listed,
    plain,
)
from mma_analysis.vocabulary.parquet import stored_table
from mma_analysis.vocabulary.schema import MELDINGEN, SOURCE

KEY_FILE = "vragen.sleutel"
LOG_FILE = "antwoorden.csv"
SIGNED_FILE = "antwoorden.toml"
LOGGED = ["nummer", "dag", "bestand", "inhoud"]  # of each answer that was kept
# What a sender typed, and where.
NOT_ASKED = {"melding_id", "number_as_delivered", "topic_as_delivered", *SOURCE}
FEWEST = 5  # meldingen, of a selection or with an own value
FEWEST_OF_KIND = 3  # meldingen that are alike in all that is asked
MOST_APART = 12  # meldingen in kinds with fewer; of many, `PART_APART` of them
PART_APART = 0.1
# Answers of an edition that may be kept without two signatures: see benchmarks/answers.md.
MOST_SAVED = 3
COUNT_DOOR = '.count("topic_group", "usable")'
ROWS_DOOR = ".row_level()"
ROWS_OF_TIPS = "rows of tips"  # the mark of `row_level()`, which pandas hands on
ANSWER_OF = "answer of"  # the mark of an answer: its workspace, its edition, and its hash


@dataclass(frozen=True, repr=False)
class Meldingen:
    """The meldingen of an edition, one per melding and receiving gemeente, behind a door.

    `count` answers a question with counts that may be shown. `row_level` gives the rows.
    """

    workspace: Workspace
    settings: Edition

    def row_level(self) -> pd.DataFrame:
        """Give a copy of the rows: each is about one melding of one receiving gemeente.

        They may point at a person: for the analyst's eyes only, as is what you make of
        them. Let `count` answer, which protects. `mma.save` refuses them and what is
        selected from them; what you count from them yourself it cannot know.
        """
        return marked(self._rows)

    def rows_of(self, number: Any) -> pd.DataFrame:
        """Give the rows that a number of the reports is about: for your eyes only.

        `number`: a value of a notebook, or the id of a cell, as the column `cell` of a
        table has. The rows are those of `row_level`.

        >>> import mma_analysis as mma
        >>> opened = mma.edition("voorbeeld-2023")
        >>> drugs = opened.measures["per_topic_group"].query("area == 'almelo'").iloc[0]
        >>> rows = opened.meldingen.rows_of(drugs["cell"])
        >>> bool(abs(len(rows) - drugs["count"]) < 5)
        True
        """
        name = str(getattr(number, "cell", number))
        cell, _, _ = name.partition("#")
        cells = self._said["cell"]
        # Of a table of totals the keys are fewer than what a count is about.
        is_asked = (cells == cell) | cells.str.startswith(f"{cell}|")
        counts = self._said[is_asked]
        if not cell or len(counts) != 1:
            raise UsageError.of("no_count", cell=cell)

        members = self._members(counts).toarray()
        is_counted = members[0].astype(bool)
        return marked(self._rows[is_counted])

    def closing(self, gebied: str = "") -> pd.DataFrame:
        """Which part of the meldingen is still open after so many days, as a curve to draw.

        Of gemeenten that write down when they close a melding, as the median of the reports
        is; `gebied`: one gemeente, else the district. One row per day on which it steps:
        `days`, `still_open`, `low`, `high`. Made of exact rows: for your eyes only.
        """
        rows = self._rows
        district = self.settings.vocabulary.district
        area = self.settings.vocabulary.area_named(gebied) if gebied else district
        if area.is_district:
            own = rows[measure.is_first_receipt(rows)]
        else:
            own = rows[rows["gemeente"] == area.slug]
        covered_until = self._frame.covered_until
        return measure.course_of_closing(own.assign(area=area.slug), covered_until)

    def count(
        self, *by: str, rows: pd.DataFrame | None = None, per_gemeente: bool = False
    ) -> pd.DataFrame:
        """Count meldingen by columns of your choice; each count is a bit off, to protect.

        The same meldingen always give the same number, and the one in the reports when
        these count them too, as far `off` as it is there. Any other is less than a basis
        (5) from the truth. None is 1 to 4; what adds up in truth may not here. That
        protects against who reads the answer, not against who has the rows.

        `by`: columns of a melding, or your own in `rows`. `rows`: from `row_level`, with
        columns added or rows left out; default all meldingen. `per_gemeente`: also what
        each gemeente received; the district counts each tip once. One row per area and
        combination, also of those that do not occur: `area`, the columns, `count`, `state`,
        `off` (how far it may be from the truth) and `in_report` (whether it is a number
        of the reports: never of `rows`, nor of a 0). A question that sets meldingen apart
        is refused.
        """
        used = self._rows if rows is None else rows
        self._check(by, used)
        words = {name: answers_in_words(used[name]) for name in by}
        combinations = list(zip(*words.values(), strict=True))
        answers = pd.Series(combinations, used.index, dtype="object")
        self._refuse_apart(words, answers)

        # What does not occur has a row too.
        # That a row is there would say that somebody told it.
        possible = [self._possible(name, column) for name, column in words.items()]
        of_all_rows = answers.reindex(self._rows.index)
        answered = self._asked(of_all_rows, possible, per_gemeente)
        answered["in_report"] &= rows is None

        areas = answered[["area"]]
        values = answered["value"].to_list()
        columns = pd.DataFrame(values, answered.index, list(by), dtype="str")
        numbers = answered.drop(columns=["area", "value"])
        table = pd.concat([areas, columns, numbers], axis=1)
        root = str(self.workspace.root)
        # With its own number: of two answers in one table the mark is gone.
        table.attrs[ANSWER_OF] = [root, self.settings.slug, _hash_of(table)]
        return table

    def compare(
        self,
        between: str,
        field: str,
        value: str | Sequence[str],
        rows: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Compare groups of meldingen: which part has a value, of those where it is known.

        Of the counts that `count(between, field, rows=rows)` gives; `value`: one, or
        several together. One row per group: `count` of `total` is its `share`, with its
        interval; `share_of_others` that of all other groups; and how much it differs from
        these, with 95% certainty: `change`, `low`, `high`, `verdict`.

        >>> import mma_analysis as mma
        >>> opened = mma.edition("voorbeeld-2023")
        >>> groups = opened.meldingen.compare("has_person", "usable", "ja")
        >>> groups["has_person"].to_list()
        ['ja', 'nee']
        """
        counts = self.count(between, field, rows=rows)
        values = [value] if isinstance(value, str) else list(value)
        basis = self.settings.bescherming.basis
        table = each_against_others(counts, between, field, values, basis)
        table.attrs = dict(counts.attrs)
        return table

    def __repr__(self) -> str:
        lines = [
            (COUNT_DOOR, "aantallen die er iets naast zitten: mag u tonen"),
            (ROWS_DOOR, "de rijen, elk over één melding: alleen voor uw ogen"),
        ]
        for column in MELDINGEN:
            lines.append((column.name, column.meaning))
        return listed(lines)

    # --- what is refused ------------------------------------------------------------------

    def _check(self, by: Sequence[str], rows: pd.DataFrame) -> None:
        """Refuse what is no question: other columns, or rows of something else.

        Also one that each gemeente answers in a single way of its own: that tells which.
        """
        _check_names(by, rows)

        has_keys = {"melding_id", "gemeente"} <= set(rows)
        if not (has_keys and rows.index.is_unique):
            raise UsageError.of("count_rows")
        for name in ("melding_id", "gemeente"):
            on_file = self._rows[name].reindex(rows.index)
            if not rows[name].eq(on_file).all():
                raise UsageError.of("count_rows")

        for name in by:
            answers = answers_in_words(rows[name])
            answers_per_gemeente = answers.groupby(rows["gemeente"]).nunique()
            tells_gemeenten_apart = len(answers.unique()) > 1
            if tells_gemeenten_apart and (answers_per_gemeente == 1).all():
                raise UsageError.of("count_gemeente", name=name)

    def _is_own(self, name: str, words: pd.Series) -> bool:
        """Whether a column says anything else than that of the clean meldingen."""
        if name not in self._rows:
            return True
        on_file = answers_in_words(self._rows[name]).reindex(words.index)
        return not words.equals(on_file)

    def _refuse_apart(self, words: dict[str, pd.Series], answers: pd.Series) -> None:
        """Refuse what points at few meldingen: a selection, an own value, or most kinds."""
        number = len(answers)
        left_out = len(self._rows) - number
        sizes = [number, left_out]
        for name, column in words.items():
            if self._is_own(name, column):
                sizes.append(column.value_counts().min())
        for size in sizes:
            if 0 < size < FEWEST:
                raise UsageError.of("count_few", number=size, fewest=FEWEST)

        kinds = answers.value_counts()
        small = kinds[kinds < FEWEST_OF_KIND]
        apart = int(small.sum())
        if apart > max(MOST_APART, PART_APART * number):
            raise UsageError.of(
                "count_too_fine",
                columns=", ".join(words),
                apart=apart,
                number=number,
            )

    # --- the answer -----------------------------------------------------------------------

    def _possible(self, name: str, words: pd.Series) -> list[str]:
        """What may be answered: all that occurs here, or in this column of any melding."""
        possible = set(words)
        if name in self._rows:
            possible |= set(answers_in_words(self._rows[name]))
        return sorted(possible)

    def _asked(
        self, answers: pd.Series, possible: Iterable[Sequence[str]], per_gemeente: bool
    ) -> pd.DataFrame:
        """Count answers, on the index of the rows; missing for a melding that was left out.

        `possible`: what may be answered, for each column. One row per area and combination.
        """
        keyed = self._rows[["gemeente"]].assign(value=answers, key=self._keys)
        is_tip = measure.is_first_receipt(self._rows)
        counted = keyed[is_tip].assign(area=self.settings.vocabulary.district.slug)
        if per_gemeente:
            receipts = keyed.assign(area=keyed["gemeente"])
            counted = pd.concat([counted, receipts])

        # The key of a set is the sum of the keys of its meldingen: the same set, the same
        # number.
        sets = counted.groupby(["area", "value"])["key"].agg(size="size", key="sum")
        areas = sorted(set(counted["area"]))
        combinations = list(product(*possible))
        cells = pd.MultiIndex.from_product([areas, combinations], names=["area", "value"])
        table = sets.reindex(cells, fill_value=0).reset_index()

        key_of_set = table["key"]
        perturbed = protect.perturbed(table["size"], key_of_set / 2**64)
        released = key_of_set.map(self._released["number"])
        count = released.fillna(perturbed).astype("Int64")
        return table[["area", "value"]].assign(
            count=count,
            off=self._off(key_of_set, count),
            state="shown",
            in_report=released.notna() & (count > 0),
        )

    def _off(self, sums: pd.Series, count: pd.Series) -> pd.Series:
        """How far each answer may be from the truth: as the reports say of that number.

        Of every 0 it is the furthest that any 0 of the reports is: that one of them is in
        the reports would say that it is a few.
        """
        said = self._released
        one_rounding = self.settings.bescherming.basis - 1
        of_report = sums.map(said["off"])
        off = of_report.fillna(one_rounding).astype("int64")
        of_zeros = said.loc[said["number"] == 0, "off"]
        furthest = max([one_rounding, *of_zeros])
        return off.mask(count == 0, furthest)

    # --- what it is answered from ---------------------------------------------------------

    @cached_property
    def _rows(self) -> pd.DataFrame:
        """The clean meldingen."""
        return clean_table(self.workspace, self.settings, "meldingen")

    @cached_property
    def _said(self) -> pd.DataFrame:
        """The counts of the reports, and what each is about."""
        processed = self.workspace.processed(self.settings.slug)
        path = processed / f"{CANDIDATE}.parquet"
        return stored_table(path)

    @cached_property
    def _keys(self) -> NDArray[np.uint64]:
        """A key per melding and gemeente, by a secret of the edition that is made once."""
        secret = self.workspace.issued(self.settings.slug) / KEY_FILE
        if not secret.is_file():
            content = secrets.token_bytes(protect.KEY_LENGTH)
            write_whole(secret, content, owner_only=True)
        numbers = self._rows["melding_id"].astype("str")
        names = numbers + "|" + self._rows["gemeente"]
        return protect.row_keys(names, secret.read_bytes())

    @property
    def delivered(self) -> tuple[str, ...]:
        """The gemeenten of which meldingen are counted, also when there are none."""
        return self._frame.delivered

    @property
    def exposure(self) -> pd.DataFrame:
        """How long, and for how many inhabitants, each area counts in each period."""
        return self._frame.exposure

    @cached_property
    def why_no_number(self) -> pd.Series:
        """Why there can be no number in a count of all meldingen, on its name; else empty.

        The name is `area|period|breakdown|value`. It has no count of who did not deliver.
        """
        registration = clean_table(self.workspace, self.settings, "registration")
        counts = measure.counted(self._rows, self._frame, registration=registration)
        return counts.cells["structural"]

    @cached_property
    def _released(self) -> pd.DataFrame:
        """What the reports say of each set of meldingen: its `number`, and how far `off`.

        One row per sum of the keys of the meldingen in it.
        """
        is_said = self._said["number"].notna()
        said = self._said[is_said].reset_index(drop=True)
        members = self._members(said)
        sums = members.astype(np.uint64) @ self._keys
        sizes = np.diff(members.indptr)
        is_any = sizes > 0
        numbers = said.loc[is_any, ["number", "off"]].astype("int64")
        of_sums = numbers.set_axis(pd.Index(sums[is_any]), axis="index")
        is_last = ~of_sums.index.duplicated(keep="last")
        return of_sums[is_last]

    def _members(self, counts: pd.DataFrame) -> csr_array:
        """Which meldingen each of these counts counts: a row per count, a column each."""
        return membership(counts, self._rows, self._frame)

    @cached_property
    def _frame(self) -> measure.Frame:
        """Days and gemeenten as in the reports: a table says until when each counts."""
        processed = self.workspace.processed(self.settings.slug)
        connection = stored_table(processed / MEASURES / "connection.parquet")
        connection = connection.set_index("area")
        absent = {}
        for slug, delivery in connection["delivery"].items():
            if delivery in measure.NOT_DELIVERED:
                absent[str(slug)] = delivery
        of = measure.frame(self.settings, absent)
        return replace(of, covered_until=connection["covered_until"])


def clean_table(workspace: Workspace, edition: Edition, name: str) -> pd.DataFrame:
    """A table of the clean rows of an edition; a DataError when they are not there."""
    slug = edition.slug
    path = workspace.processed(slug) / CLEAN / f"{name}.parquet"
    if not path.is_file():
        raise DataError.of("no_rows", path=path, slug=slug)
    return stored_table(path)


def registration_table(workspace: Workspace, edition: Edition) -> pd.DataFrame:
    """Who writes down what: one row per gemeente and field, and `closed_on` among these.

    Of `closed_on` only `meldingen` that are closed count, and `always` is who is counted in
    the time to close.
    """
    fields = clean_table(workspace, edition, "registration")
    meldingen = clean_table(workspace, edition, "meldingen")
    kept = measure.closing_kept(meldingen)
    registers = kept["dated"].gt(0).map({True: "sometimes", False: "never"})
    days = pd.DataFrame(
        {
            "gemeente": kept.index,
            "field": "closed_on",
            "column": "",
            "registers": registers.mask(kept["is_kept"], "always").to_numpy(),
            "meldingen": kept["closed"].to_numpy(),
            "known": kept["dated"].to_numpy(),
            "not_filled": (kept["closed"] - kept["dated"]).to_numpy(),
        }
    )
    nothing_else = dict.fromkeys(("said_unknown", "not_understood", "no_column"), 0)
    every = pd.concat([fields, days.assign(**nothing_else)], ignore_index=True)
    return marked(every.sort_values("gemeente", kind="stable", ignore_index=True))


def marked(rows: pd.DataFrame) -> pd.DataFrame:
    """A copy of rows that `mma.save` refuses."""
    copied = rows.copy()
    copied.attrs[ROWS_OF_TIPS] = True
    return copied


def _check_names(by: Sequence[str], rows: pd.DataFrame) -> None:
    """Refuse no column, a column twice, and one that is not there or may not be asked."""
    different = set(map(str, by))
    if not by or len(different) < len(by):
        raise UsageError.of("count_by_what")
    for name in by:
        if not isinstance(name, str):
            raise UsageError.of("count_apart")
        if name not in rows or name in NOT_ASKED:
            askable = [str(column) for column in rows if column not in NOT_ASKED]
            near = did_you_mean(name, askable)
            raise UsageError.of("count_column", name=name, near=near)


def answers_in_words(column: pd.Series) -> pd.Series:
    """Each answer as text: `ja` and `nee` of a yes or no, `onbekend` of none."""
    if is_bool_dtype(column):
        column = column.map({True: "ja", False: "nee"})
    return column.astype("object").fillna(UNKNOWN).astype("str")


# --- answers that are kept ----------------------------------------------------------------


class Antwoord(Section):
    """An answer that may be kept although there are many: which, why, and who say so."""

    nummer: int = Field(ge=1)
    reden: str = Field(min_length=1)
    eerste: str = Field(min_length=1)
    tweede: str = Field(min_length=1)

    @property
    def is_by_two(self) -> bool:
        """Whether those two are not one person."""
        first = plain(self.eerste)
        second = plain(self.tweede)
        return first != second


def numbered(workspace: Workspace, slug: str, table: pd.DataFrame, name: str) -> int:
    """Write down that an answer is kept, and give its number: to the same one the same."""
    log = workspace.issued(slug) / LOG_FILE
    kept = pd.read_csv(log) if log.is_file() else pd.DataFrame(columns=LOGGED)
    content = _hash_of(table)
    same = kept[kept["inhoud"] == content]
    if len(same):
        return int(same["nummer"].iloc[0])

    number = len(kept) + 1
    signed = workspace.issued(slug) / SIGNED_FILE
    allowed = read_blocks(signed, "antwoord", Antwoord)
    is_allowed = any(one.nummer == number and one.is_by_two for one in allowed)
    if number > MOST_SAVED and not is_allowed:
        raise UsageError.of(
            "too_many_answers",
            number=number,
            slug=slug,
            most=MOST_SAVED,
            signed=signed,
        )

    line = [number, dt.date.today(), name, content]
    lines = pd.concat([kept, pd.DataFrame([line], columns=LOGGED)])
    text = lines.to_csv(index=False, lineterminator="\n")
    write_whole(log, text.encode())
    return number


def _hash_of(table: pd.DataFrame) -> str:
    """The hash of what a table says, in whatever order its rows and columns are."""
    columns = sorted(table, key=str)
    names = list(map(str, columns))
    text = table[columns].astype("str")
    text = text.sort_values(names)
    content = text.to_csv(index=False)
    return hashlib.sha256(content.encode()).hexdigest()


# --- what counts are set against ----------------------------------------------------------


def areas_table(edition: Edition) -> pd.DataFrame:
    """The district and its gemeenten, with what counts are set against.

    One row per area, the district first: `area`, `name`, `level`, `cbs_code`, `inhabitants`
    and `size_class` on the peildatum, `connected_on`.
    """
    vocabulary = edition.vocabulary
    areas = [vocabulary.district, *vocabulary.gemeenten]
    slugs = pd.Series([area.slug for area in areas])
    connected_on = pd.Series([edition.gemeente(slug).aangesloten for slug in slugs])

    peildatum = pd.to_datetime([edition.peildatum])
    day = pd.DataFrame({"begin": peildatum, "end": peildatum})
    of_gemeente = measure.inhabitants(vocabulary, day).iloc[0]
    of_district = pd.Series({vocabulary.district.slug: of_gemeente.sum()})
    inhabitants = slugs.map(pd.concat([of_gemeente, of_district]))

    table = pd.DataFrame(
        {
            "area": slugs,
            "name": [area.name for area in areas],
            "level": [area.level for area in areas],
            "cbs_code": [area.cbs_code for area in areas],
            "connected_on": pd.to_datetime(connected_on),
            "inhabitants": inhabitants.round().astype("Int64"),
            "size_class": slugs.map(measure.size_classes(vocabulary, of_gemeente)),
        }
    )
    table.attrs[RELEASED] = True
    return table
