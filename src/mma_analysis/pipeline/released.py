"""All that is made of the clean tables of an edition, beside what went out before."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from mma_analysis import check, measure, protect
from mma_analysis.pipeline.candidate import SHOWN, STRUCTURAL, UNPUBLISHED, Candidate
from mma_analysis.pipeline.intake import Cleaned
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.vocabulary import TOTAL, UsageError, message
from mma_analysis.vocabulary.numbers import listing
from mma_analysis.vocabulary.reference import words_of

LOG = logging.getLogger(__name__)
REFUSED = ["area", "rejected", "duplicate"]
SHOW = "tonen"
WITHHOLD = "verbergen"


@dataclass(frozen=True)
class Released:
    """All that is made of the clean tables, each thing once, from what stands above it.

    Public numbers are made of booked rows for days that went out, and of the newest deliveries for
    later days. They are rounded together, so that no reader learns one. A breakdown in which all
    meldingen of an area are alike is withheld until somebody decides. What is for one gemeente
    alone is exact, and of its newest delivery.

    `book`: what went out, of all editions that have days and gemeenten in common with this one.
    """

    cleaned: Cleaned
    of: measure.Frame
    book: protect.Book = protect.Book()

    @property
    def edition(self) -> Edition:
        """The edition that it is about."""
        return self.of.edition

    # --- the newest deliveries -------------------------------------------------------------------

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What is wrong with the rows of each gemeente."""
        cleaned = self.cleaned
        # A replaced file counts as empty too: its rows are in the file that came in its place.
        empty = frozenset(file["path"] for file in cleaned.files if not file["read"])
        findings = [
            check.check_meldingen(cleaned.meldingen, self.edition, empty),
            check.check_registration(self.of.vocabulary, cleaned.registration),
        ]
        if cleaned.book is not None:
            findings += [
                check.check_responses(cleaned.responses, cleaned.book, self.edition)
            ]
        return pd.concat(findings, ignore_index=True)

    @cached_property
    def meldingen(self) -> pd.DataFrame:
        """The meldingen, with whether somebody told M. by the peildatum what came of them."""
        return measure.with_fed_back(self.cleaned.meldingen, self.of)

    @cached_property
    def exact(self) -> measure.Counts:
        """All counts, and how they add up: for a gemeente's own eyes."""
        registration = self.cleaned.registration
        return measure.counted(self.meldingen, self.of, self._refused_now, registration)

    @cached_property
    def _refused_now(self) -> pd.DataFrame:
        """Per gemeente (`area`) how many of its rows were `rejected` and `duplicate`.

        Of a file of two gemeenten they count at the first: they are one reader.
        """
        slugs = list(self.of.delivered)
        sender: dict[str, str] = {}
        for slug in slugs:
            for file in self.edition.gemeente(slug).levering:
                sender.setdefault(file, slug)
        table = pd.DataFrame({"area": slugs})
        tables = {"rejected": self.cleaned.rejected, "duplicate": self.cleaned.duplicates}
        for name, rows in tables.items():
            counts = rows["source_file"].map(sender).value_counts()
            table[name] = counts.reindex(slugs, fill_value=0).to_numpy()
        return table

    @cached_property
    def deliveries(self) -> pd.DataFrame:
        """One row per gemeente: what became of its delivery, and its grade.

        `file_names` are those that came in, and `replaced` those of them that are not read.
        `outside` are those of the `rejected` that are no fault: of another time or place.
        """
        rows = [self._delivery(slug) for slug in self.of.connected_on.index]
        table = pd.DataFrame(rows)
        return table.assign(delivered_on=pd.to_datetime(table["delivered_on"]))

    def _delivery(self, slug: str) -> dict[str, Any]:
        cleaned = self.cleaned
        vocabulary = self.of.vocabulary
        settings = self.edition.gemeente(slug)
        refused = cleaned.rejected_of(slug, self.edition)
        refused = refused[refused["source_file"].isin(settings.levering)]
        effect = vocabulary.by_code("reasons", "effect")
        outside = int(refused["reason_code"].map(effect).eq("outside").sum())
        double = cleaned.duplicates[cleaned.duplicates["gemeente"] == slug]
        doubtful = cleaned.warnings[cleaned.warnings["gemeente"] == slug]
        counted = int(cleaned.meldingen["gemeente"].eq(slug).sum())
        findings = self.findings[self.findings["gemeente"] == slug]
        doubts = doubtful["reason_code"].unique().tolist()
        faults = len(refused) - outside
        grade, reason = check.grade(vocabulary, findings, counted, faults, doubts)
        return {
            "file_names": _names(settings.levering),
            "replaced": _names(list(settings.vervangt.values())),
            "delivered_on": settings.geleverd_op,
            "clean": counted,
            "rejected": len(refused),
            "outside": outside,
            "duplicate": int(double["source_file"].isin(settings.levering).sum()),
            "grade": grade,
            "grade_reason": reason,
            "area": slug,
        }

    # --- what is booked, and what is new ---------------------------------------------------------

    @cached_property
    def changed(self) -> pd.DataFrame:
        """What is delivered now about closed days, beside what was booked: a row per gemeente.

        For that gemeente and for who signs: nothing of it shows in public numbers. Of booked
        rows that were forgotten nobody knows it: then there is no row.
        """
        before = replace(self.book, revising=frozenset())
        table = protect.changes(self.meldingen, before, list(self.of.connected_on.index))
        return table.iloc[:0] if len(self.book.forgotten) else table

    @cached_property
    def booked(self) -> pd.DataFrame:
        """Up to which day each gemeente went out before, and whether it is revised."""
        slugs = list(self.of.connected_on.index)
        return self.book.closed_until(slugs, self.edition.peildatum)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows that public numbers are made of."""
        if self.book.revising:
            protect.refuse_small_revision(self.changed, self.book.revising)
        begin = self.edition.begin
        peildatum = self.edition.peildatum
        rows = protect.public_rows(self.meldingen, self.book, begin, peildatum)
        return rows[rows["gemeente"].isin(self.of.delivered)].reset_index(drop=True)

    @cached_property
    def first_deliveries(self) -> pd.DataFrame:
        """What is said of deliveries (`protect.DELIVERIES`): as it went out first, when it did."""
        table = self._deliveries_now
        first = self.book.first_deliveries(self.edition.begin, self.edition.peildatum)
        if first is None:
            return table
        is_there = table["area"].isin(first["area"])
        return pd.concat([first, table[~is_there]], ignore_index=True)

    @cached_property
    def _deliveries_now(self) -> pd.DataFrame:
        files = 0
        for file in self.cleaned.files:
            files += bool(file["gemeenten"]) and "replaced_by" not in file
        # Of who delivered nothing there is no grade.
        grades = self.deliveries["grade"].where(self.deliveries["file_names"].ne(""))
        table = self.deliveries[["area"]].assign(grade=grades)
        table = table.merge(self._refused_now, "left", "area")
        table["connected_on"] = table["area"].map(self.of.connected_on)
        table["area"] = self.book.versions(table["area"])
        of_all = pd.DataFrame(
            {
                "area": [self.of.district],
                "files": [files],
                "warnings": [int(self.findings["severity"].eq("warning").sum())],
            }
        )
        every = pd.concat([table, of_all], ignore_index=True)
        return every.reindex(columns=list(protect.DELIVERIES)).astype(protect.DELIVERIES)

    @cached_property
    def refused(self) -> pd.DataFrame:
        """The same, as it went out first when it did."""
        first = self.book.first_deliveries(self.edition.begin, self.edition.peildatum)
        if first is None:
            return self._refused_now
        current = {self.book.version(slug): slug for slug in self.of.delivered}
        booked = first.assign(area=first["area"].map(current)).dropna(subset="area")[
            REFUSED
        ]
        is_booked = self._refused_now["area"].isin(booked["area"])
        table = pd.concat(
            [booked.fillna(0), self._refused_now[~is_booked]], ignore_index=True
        )
        return table.astype({"rejected": "int64", "duplicate": "int64"})

    # --- what is said ----------------------------------------------------------------------------

    @cached_property
    def _counts(self) -> measure.Counts:
        registration = self.cleaned.registration
        return measure.counted(self.rows, self.of, self.refused, registration)

    @cached_property
    def sets(self) -> pd.DataFrame:
        """Which meldingen each count counts, with the `name` of that set."""
        return self._sets(self.book)

    def _sets(self, book: protect.Book) -> pd.DataFrame:
        connected_on = self.rows["gemeente"].map(self.of.connected_on)
        early = set(self.rows.loc[self.rows["received_on"] < connected_on, "gemeente"])
        versions = {slug: book.version(slug) for slug in self.of.delivered}
        return measure.sets_of(self._counts.cells, self.of, early, versions)

    @cached_property
    def _held(self) -> pd.Series:
        """What went out of the same set before a revision; it stays where that is near enough."""
        if not self.book.revising:
            return pd.Series(dtype="float64")
        before = replace(self.book, revising=frozenset())
        name = self._sets(before)["name"]
        said = before.said
        numbers = said.loc[said["state"].eq(SHOWN), "number"].astype("float64")
        return name[name.ne(self.sets["name"])].map(numbers)

    @cached_property
    def counted(self) -> measure.Counts:
        """All counts that public numbers are made of, with the state that went out of each set."""
        counts = self._counts
        if not self.book:
            return counts
        said = self.book.said
        states = said.loc[said["state"].ne(UNPUBLISHED), "state"]
        name = self.sets["name"].reindex(counts.cells.index)
        state = name.map(states)
        structural = state.where(state.isin(STRUCTURAL), "")
        structural = structural.where(state.notna(), counts.cells["structural"])
        # Of rows that are gone nobody knows whether there are none.
        structural = structural.mask(self._is_forgotten & state.isna(), "")
        return replace(counts, cells=counts.cells.assign(structural=structural))

    @cached_property
    def _is_forgotten(self) -> pd.Series:
        """Whether the rows of each count are gone, of one of its days at least."""
        is_gone = measure.touches(self.sets["region"], self.book.forgotten)
        return is_gone.reindex(self._counts.cells.index, fill_value=False)

    @cached_property
    def disclosures(self) -> pd.DataFrame:
        """Of which areas all meldingen have one value, with `decision`: whether that is shown."""
        groups = protect.group_disclosures(self.counted.cells[~self._is_forgotten])
        protection = self.edition.bescherming
        to_show = protection.groups(SHOW)
        to_withhold = protection.groups(WITHHOLD)
        decisions = []
        for row in groups.to_dict("records"):
            which = row["area"], row["breakdown"], row["value"]
            is_shown = which in to_show and which not in to_withhold
            decisions.append(SHOW if is_shown else WITHHOLD)
            if which not in to_show and which not in to_withhold:
                self._ask(*which)
        return groups.assign(decision=pd.Series(decisions, groups.index, dtype="str"))

    def _ask(self, area: str, breakdown: str, value: str) -> None:
        """Ask what to do with a breakdown in which all meldingen of an area are alike."""
        labels = self.of.vocabulary.by_code("breakdowns", "label")
        said = message(
            "decide",
            settings=SETTINGS_FILE,
            name=self.of.vocabulary.area(area).name,
            label=labels[breakdown],
            area=area,
            breakdown=breakdown,
            value=value,
        )
        LOG.info(said)

    @cached_property
    def candidate(self) -> Candidate:
        """The counts beside what went out before."""
        cells = self.counted.cells
        # What is 0 by its nature is released as well: the sums must hold with it.
        is_public = cells["table"].ne("")
        is_whole = cells["kind"].eq("whole")
        is_total = cells["breakdown"].eq(TOTAL)
        is_whole_total = is_public & is_total & is_whole
        # What may be left out together when nothing else fits: anything but whole totals. So a
        # breakdown of gemeenten, then one of the district, totals of one kind of period.
        whose = cells["owner"].ne("").map({True: " van gemeenten", False: ""})
        line = (cells["breakdown"] + whose).mask(is_total, "totalen per " + cells["kind"])
        withheld = self.disclosures[self.disclosures["decision"] == WITHHOLD]
        marked = cells.assign(
            published=is_public & ~protect.withheld(cells, withheld),
            is_total=is_whole_total | cells["table"].eq("received"),
            is_district=cells["area"].eq(self.of.vocabulary.district.slug),
            line=line.where(is_public & ~is_whole_total, ""),
            is_forgotten=self._is_forgotten,
        )
        return Candidate(
            cells=marked,
            relations=self.counted.relations,
            sets=self.sets,
            held=self._held,
            rows=self.rows,
            refused=self.refused,
            of=self.of,
            book=self.book,
        )

    @cached_property
    def counts(self) -> pd.DataFrame:
        """The counts as everybody may read them."""
        candidate = self.candidate
        rounded = candidate.attacked.rounded
        return measure.public_counts(self.counted, rounded, candidate.given["off"], self.of)

    @cached_property
    def public(self) -> dict[str, pd.DataFrame]:
        """Every table that everybody may read, by the registry."""
        cleaned = self.cleaned
        receipts = (
            None if len(self.book.forgotten) else self.rows.assign(area=self.of.district)
        )
        deliveries = self.first_deliveries.assign(
            area=self.first_deliveries["area"].str.partition("#")[0]
        )
        of_all = deliveries[deliveries["area"] == self.of.district].iloc[0]
        grades = deliveries.loc[deliveries["area"] != self.of.district, ["area", "grade"]]
        given = measure.given_of(self.of, self.counts)
        given["is_public"] = True
        given["receipts"] = receipts
        given["tips"] = None
        if receipts is not None:
            given["tips"] = receipts[measure.is_first_receipt(receipts)]
        given["sent"] = {"files": int(of_all["files"]), "warnings": int(of_all["warnings"])}
        given["grade_of"] = grades.drop_duplicates("area", keep="last").reset_index(
            drop=True
        )
        given["booked"] = self.booked
        asked = self.edition.vragenlijst
        if asked is not None:
            given["responses"] = cleaned.responses
            given["book"] = cleaned.book
            given["slugs"] = [area.slug for area in self.of.vocabulary.gemeenten]
            given["no_experience"] = asked.geen_ervaring
            given |= cleaned.coded
        return measure.made(given, "public")

    @cached_property
    def own(self) -> dict[str, dict[str, pd.DataFrame]]:
        """Gemeente → tables with its own rows only, from its exact counts and public figures."""
        cleaned = self.cleaned
        slugs = self.deliveries["area"].tolist()
        counts = measure.exact_counts(self.exact)
        counts = counts[counts["area"].isin(self.of.delivered)]
        answers = cleaned.responses.rename(columns={"gemeente": "area"})
        refused = []
        for slug in slugs:
            refused.append(cleaned.rejected_of(slug, self.edition).assign(area=slug))

        given = self.public | measure.given_of(self.of, self.counts, counts)
        given["is_public"] = False
        given["delivery"] = self.deliveries
        is_revised = self.changed["area"].isin(self.book.revising)
        given["changed"] = self.changed.assign(is_revised=is_revised)
        given["booked"] = self.booked
        given["fields"] = _fields(cleaned)
        given["rejected"] = pd.concat(refused, ignore_index=True)
        given["own_answers"] = answers[["area", "question", "value", "answered_by"]]
        rows = {
            "tips": cleaned.meldingen,
            "warnings": cleaned.warnings,
            "duplicates": cleaned.duplicates,
            "findings": self.findings,
            "own_coding": cleaned.themes,
        }
        for name, table in rows.items():
            given[name] = None if table is None else table.assign(area=table["gemeente"])
        tables = measure.made(given, "own")
        own: dict[str, dict[str, pd.DataFrame]] = {}
        for slug in slugs:
            own[slug] = {
                name: table[table["area"] == slug] for name, table in tables.items()
            }
        return own

    # --- what goes out ---------------------------------------------------------------------------

    def issued(self) -> protect.Issued:
        """What goes out when this is sent: what is said, and what is booked with it."""
        booked = self.rows.assign(gemeente=self.book.versions(self.rows["gemeente"]))
        return protect.Issued(
            edition=self.edition.slug,
            begin=self.edition.begin,
            peildatum=self.edition.peildatum,
            said=self.candidate.table(),
            rows=booked[protect.ROWS].reset_index(drop=True),
            deliveries=self.first_deliveries,
        )

    def refuse_other_days(self) -> None:
        """Stop when the days of connection are others than those of what went out."""
        for issue in self.book.issues:
            if issue.deliveries is None:
                continue
            for row in issue.deliveries.itertuples():
                slug = str(row.area).partition("#")[0]
                is_current = row.area == self.book.version(slug)
                now = self.of.connected_on.get(slug, pd.NaT)
                is_same = now == row.connected_on or (
                    pd.isna(now) and pd.isna(row.connected_on)
                )
                if slug in self.of.delivered and is_current and not is_same:
                    raise UsageError.of(
                        "connected_otherwise",
                        slug=slug,
                        now=_day(now),
                        before=_day(row.connected_on),
                        edition=issue.edition,
                        settings=SETTINGS_FILE,
                    )


def _day(day: pd.Timestamp) -> str:
    return message("day_not_known") if pd.isna(day) else f"{day:%Y-%m-%d}"


def _names(paths: Sequence[str]) -> str:
    return listing([path.rpartition("/")[2] for path in paths])


def _fields(cleaned: Cleaned) -> pd.DataFrame:
    """Per gemeente what each header was taken for, and how many meldingen lack that and why."""
    named = []
    for file in cleaned.files:
        for slug in file["gemeenten"]:
            for field, header in file.get("columns", {}).items():
                named.append((slug, field, header))
    headers = pd.DataFrame(named, columns=["area", "read_as", "header"]).drop_duplicates()
    headers = headers.groupby(["area", "read_as"], as_index=False, sort=False).agg(
        " / ".join
    )
    counted = cleaned.registration.rename(columns={"gemeente": "area", "field": "read_as"})
    fields = headers.merge(counted.drop(columns="column"), "outer", ["area", "read_as"])
    place = {field: number for number, field in enumerate(words_of("read_as"))}
    fields = fields.sort_values("read_as", key=lambda field: field.map(place))
    numbers = dict.fromkeys(("not_filled", "not_understood", "no_column"), "Int64")
    columns = ["area", "read_as", "header", *numbers]
    return fields.fillna({"header": ""})[columns].astype(numbers)
