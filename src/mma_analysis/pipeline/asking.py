"""A question of a researcher → counts that may be shown, and which of them were kept."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from mma_analysis import measure, protect
from mma_analysis.measure.dimensions import membership
from mma_analysis.pipeline.run import CLEAN
from mma_analysis.settings import Edition, Section, Workspace, read_blocks
from mma_analysis.storage import CANDIDATE, write_whole
from mma_analysis.vocabulary import DataError, UsageError

KEY_FILE, LOG_FILE, SIGNED_FILE = "vragen.sleutel", "antwoorden.csv", "antwoorden.toml"
MOST_SAVED = 10  # answers of an edition that may be kept without two signatures


@dataclass(frozen=True)
class Asking:
    """What is needed to answer questions about the meldingen of an edition.

    `key`: a secret of the edition; `said`: what is in its reports, as an issue has it.
    """

    edition: Edition
    meldingen: pd.DataFrame
    key: bytes
    said: pd.DataFrame

    def asked(self, answers: pd.Series, per_gemeente: bool) -> pd.DataFrame:
        """Count a question: what is in the reports as it stands there, all else a little off.

        Which meldingen are counted decides how much: the same always give the same number.

        `answers`: the answer of each melding, on the index of `meldingen`; missing when the
        question is not about it.

        One row per area and answer: `area`, `value`, `count` (less than the basis away from the
        truth), `state`, `basis`, and `in_report`: whether it is a number of the reports.
        """
        rows = self.meldingen[["gemeente"]].assign(value=answers, key=self._keys)
        tips = rows.loc[self._first].assign(area=self.edition.vocabulary.district.slug)
        levels = [tips, rows.assign(area=rows["gemeente"])] if per_gemeente else [tips]
        grouped = pd.concat(levels).dropna(subset="value").groupby(["area", "value"], sort=True)
        table = grouped["key"].agg(["size", "sum"]).reset_index()
        released = table["sum"].map(self._released)
        noisy = protect.perturbed(table["size"], table["sum"] / 2**64)
        count = released.fillna(noisy).astype("Int64")
        basis = self.edition.bescherming.basis
        return table[["area", "value"]].assign(
            count=count, state="shown", basis=basis, in_report=released.notna()
        )

    def rows_of(self, cell: str) -> pd.DataFrame:
        """The meldingen that a count of the reports is about, by the id of its cell."""
        said = self.said[self.said["cell"] == cell.partition("#")[0]].head(1)
        if said.empty:
            raise UsageError.of("no_count", cell=cell)
        members = membership(said, self.meldingen, measure.frame(self.edition))
        return self.meldingen[members.toarray()[0].astype(bool)]

    @cached_property
    def _keys(self) -> NDArray[np.uint64]:
        """A key per melding and gemeente, that nobody has who lacks the key of the edition."""
        names = self.meldingen["melding_id"].astype("str") + "|" + self.meldingen["gemeente"]
        return protect.row_keys(names, self.key)

    @cached_property
    def _first(self) -> pd.Index:
        return measure.first_receipts(self.edition.vocabulary, self.meldingen).index

    @cached_property
    def _released(self) -> dict[int, int]:
        """Sum of the keys of a set of meldingen that the reports count → what they say."""
        said = self.said[self.said["number"].notna()].reset_index(drop=True)
        members = membership(said, self.meldingen, measure.frame(self.edition))
        sums = members.astype(np.uint64) @ self._keys
        is_any = np.diff(members.indptr) > 0
        return dict(zip(sums[is_any].tolist(), said["number"][is_any].tolist(), strict=True))


def asking(workspace: Workspace, edition: Edition, meldingen: pd.DataFrame) -> Asking:
    """All that questions need; the key is made when it is not there yet, and never again."""
    path = workspace.issued(edition.slug) / KEY_FILE
    if not path.is_file():
        write_whole(path, secrets.token_bytes(protect.KEY_LENGTH), owner_only=True)
    said = pd.read_parquet(workspace.processed(edition.slug) / f"{CANDIDATE}.parquet")
    return Asking(edition, meldingen, path.read_bytes(), said)


def clean_meldingen(workspace: Workspace, edition: Edition) -> pd.DataFrame:
    """The rows of an edition: one per melding and receiving gemeente."""
    path = workspace.processed(edition.slug) / CLEAN / "meldingen.parquet"
    if not path.is_file():
        raise DataError.of("no_rows", path=path, slug=edition.slug)
    return pd.read_parquet(path)


def areas_table(edition: Edition) -> pd.DataFrame:
    """The district and its gemeenten, with what counts are set against.

    One row per area, the district first: `area`, `name`, `level`, `cbs_code`, `inhabitants` and
    `size_class` on the peildatum, `connected_on`.
    """
    vocabulary, on = edition.vocabulary, pd.DatetimeIndex([pd.Timestamp(edition.peildatum)])
    people = measure.inhabitants(vocabulary, on).iloc[0]
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


# --- answers that are kept -----------------------------------------------------------------------


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
    content = hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()
    columns = ["nummer", "dag", "bestand", "inhoud"]
    kept = pd.read_csv(log) if log.is_file() else pd.DataFrame(columns=columns)
    if (same := kept[kept["inhoud"] == content]).shape[0]:
        return int(same["nummer"].iloc[0])
    number = len(kept) + 1
    allowed = read_blocks(signed, "antwoord", Antwoord)
    is_signed = any(one.nummer == number and one.eerste != one.tweede for one in allowed)
    if number > MOST_SAVED and not is_signed:
        words = {"slug": slug, "most": MOST_SAVED, "signed": signed}
        raise UsageError.of("too_many_answers", number=number, **words)
    row = pd.DataFrame([[number, dt.date.today(), name, content]], columns=columns)
    text = pd.concat([kept, row]).to_csv(index=False, lineterminator="\n")
    write_whole(log, text.encode())
    return number
