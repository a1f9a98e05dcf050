"""All that is made of the clean tables of an edition, beside what went out before."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from mma_analysis import check, measure, protect
from mma_analysis.measure.counts import CLEAN_ROWS, DUPLICATE, REJECTED, STRUCTURAL
from mma_analysis.measure.frame import WHOLE
from mma_analysis.pipeline.candidate import Candidate
from mma_analysis.pipeline.intake import CleanedEdition
from mma_analysis.settings import SETTINGS_FILE, Edition
from mma_analysis.storage import Kept
from mma_analysis.vocabulary import TOTAL, DataError, UsageError, message
from mma_analysis.vocabulary.numbers import listing
from mma_analysis.vocabulary.reference import words_of
from mma_analysis.vocabulary.value import SHOWN

LOG = logging.getLogger(__name__)
REFUSED_COLUMNS = ["area", REJECTED, DUPLICATE]
SHOW = "tonen"
WITHHOLD = "verbergen"


@dataclass(frozen=True)
class Released:
    """All that is made of the clean tables, each thing once, from what stands above it.

    Public numbers are made of booked rows for days that went out, and of the newest
    deliveries for later days. They are rounded together, so that no reader learns one. A
    breakdown in which all meldingen of an area are alike is withheld until somebody
    decides. What is for one gemeente alone is exact, and of its newest delivery.

    `book`: what went out, of all editions that have days and gemeenten in common with this
    one. `kept`: where the next run finds what came of the attack; without it, it attacks.
    """

    cleaned: CleanedEdition
    of: measure.Frame
    book: protect.Book = protect.Book()
    kept: Kept | None = None

    @property
    def edition(self) -> Edition:
        """The edition that it is about."""
        return self.of.edition

    # --- the newest deliveries ------------------------------------------------------------

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What is wrong with the rows of each gemeente."""
        cleaned = self.cleaned
        # A replaced file counts as empty too: its rows are in the file that came in its
        # place.
        empty = frozenset(file["path"] for file in cleaned.files if not file["read"])
        other_days = {}
        for slug in self.of.of_other_period:
            other_days[slug] = cleaned.other_days_of(slug, self.edition)
        findings = [
            check.check_meldingen(
                cleaned.meldingen,
                self.edition,
                empty,
                ends={slug: end.day for slug, end in self.of.ends.items()},
                other_days=other_days,
                second_tables=self._second_tables(),
            ),
            check.check_registration(self.of.vocabulary, cleaned.registration),
        ]
        if cleaned.book is not None:
            answers = check.check_responses(
                cleaned.responses,
                cleaned.book,
                self.edition,
            )
            findings.append(answers)
        return pd.concat(findings, ignore_index=True)

    def _second_tables(self) -> dict[str, list[str]]:
        """Gemeente → where in its files another table begins, of which nothing is read."""
        places: dict[str, list[str]] = {}
        for file in self.cleaned.files:
            for slug in file["gemeenten"]:
                places.setdefault(slug, []).extend(file.get("second_tables", []))
        return places

    @cached_property
    def meldingen(self) -> pd.DataFrame:
        """The meldingen, with whether M. was told by the peildatum what came of them."""
        return measure.with_fed_back(self.cleaned.meldingen, self.of)

    @cached_property
    def exact(self) -> measure.Counts:
        """All counts, and how they add up: for a gemeente's own eyes."""
        registration = self.cleaned.registration
        return measure.counted(self.meldingen, self.of, self._refused_now, registration)

    @cached_property
    def _refused_now(self) -> pd.DataFrame:
        """Per gemeente (`area`) that is counted its rows `rejected` and `duplicate`.

        Without who sent rows of which none counts: what is said of rows is of sets of
        meldingen on days of gemeenten. Of those days nothing is counted yet. Once they are,
        the same set would hold other rows, and what was said of it could not stay.
        """
        is_counted = self.accounting["area"].isin(self.of.delivered)
        return self.accounting.loc[is_counted, REFUSED_COLUMNS].reset_index(drop=True)

    @cached_property
    def accounting(self) -> pd.DataFrame:
        """What became of all rows of all files, also of who sent none that counts. Exact.

        One row per gemeente (`area`): `clean`, `rejected` and `duplicate` rows. Those of a
        file of two gemeenten stand at the first that is counted: they are one reader.
        """
        counted = list(self.of.delivered)
        others = self.of.connected_on.index.difference(counted, sort=False)
        slugs = [*counted, *others]
        sender: dict[str, str] = {}
        for slug in slugs:
            for file in self.edition.gemeente(slug).levering:
                sender.setdefault(file, slug)
        cleaned = self.cleaned
        tables = {
            CLEAN_ROWS: cleaned.meldingen,
            REJECTED: cleaned.rejected,
            DUPLICATE: cleaned.duplicates,
        }
        table = pd.DataFrame({"area": slugs})
        for name, rows in tables.items():
            senders = rows["source_file"].map(sender)
            counts = senders.value_counts().reindex(slugs, fill_value=0)
            table[name] = counts.to_numpy()
        return table

    @cached_property
    def deliveries(self) -> pd.DataFrame:
        """One row per gemeente: what became of its delivery, and its grade.

        `file_names` are those that came in, and `replaced` those of them that are not read.
        `outside` are those of the `rejected` that are no fault: of another time or place.
        The `withdrawn` are apart: their sender took them back.
        """
        gemeenten = self.of.connected_on.index
        table = pd.DataFrame([self._delivery(slug) for slug in gemeenten])
        table["delivered_on"] = pd.to_datetime(table["delivered_on"])
        return table

    def _delivery(self, slug: str) -> dict[str, Any]:
        cleaned = self.cleaned
        vocabulary = self.of.vocabulary
        settings = self.edition.gemeente(slug)
        of_slug = cleaned.rejected_of(slug, self.edition)
        is_delivered = of_slug["source_file"].isin(settings.levering)
        not_counted = of_slug[is_delivered]
        effect = not_counted["reason_code"].map(vocabulary.by_code("reasons", "effect"))
        withdrawn = int(effect.eq("withdrawn").sum())
        outside = int(effect.eq("outside").sum())
        rejected = len(not_counted) - withdrawn
        faults = rejected - outside

        double = _of_gemeente(cleaned.duplicates, slug)
        is_own_file = double["source_file"].isin(settings.levering)

        counted = len(_of_gemeente(cleaned.meldingen, slug))
        findings = _of_gemeente(self.findings, slug)
        warnings = _of_gemeente(cleaned.warnings, slug)
        doubts = warnings["reason_code"].unique().tolist()
        grade, reason = check.grade(
            vocabulary,
            findings,
            counted,
            faults,
            doubts,
            withdrawn,
        )
        return {
            "file_names": _names(settings.levering),
            "replaced": _names(list(settings.vervangt.values())),
            "delivered_on": settings.delivered_on,
            "clean": counted,
            REJECTED: rejected,
            "outside": outside,
            "withdrawn": withdrawn,
            DUPLICATE: int(is_own_file.sum()),
            "grade": grade,
            "grade_reason": reason,
            "area": slug,
        }

    # --- what is booked, and what is new --------------------------------------------------

    @cached_property
    def changed(self) -> pd.DataFrame:
        """What is delivered now about closed days, beside what was booked, per gemeente.

        For that gemeente and for who signs: nothing of it shows in public numbers. Of
        booked rows that were forgotten nobody knows it: then there is no row.
        """
        gemeenten = self.of.connected_on.index.tolist()
        table = protect.changes(
            self.meldingen,
            self._book_before,
            gemeenten,
            self.edition.begin,
            self.edition.peildatum,
        )
        return table.iloc[:0] if len(self.book.forgotten) else table

    @property
    def _book_before(self) -> protect.Book:
        """What went out, before this edition revises anything."""
        return replace(self.book, revising=frozenset())

    @cached_property
    def booked(self) -> pd.DataFrame:
        """Up to which day each gemeente went out before, and whether it is revised."""
        slugs = self.of.connected_on.index.tolist()
        closed = self.book.closed_until(slugs, self.edition.peildatum)
        covered_until = closed["area"].map(self.of.covered_until)
        return closed.assign(covered_until=covered_until)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows that public numbers are made of."""
        if self.book.revising:
            self._refuse_revision_to_nothing()
            protect.refuse_small_revision(self.changed, self.book.revising)
        rows = protect.public_rows(
            self.meldingen,
            self.book,
            self.edition.begin,
            self.edition.peildatum,
        )
        is_delivered = rows["gemeente"].isin(self.of.delivered)
        return rows[is_delivered].reset_index(drop=True)

    def _refuse_revision_to_nothing(self) -> None:
        """Stop when nothing that a revised gemeente delivers can be counted.

        All that went out of it would be taken back, and nothing come in its place.
        """
        for slug in sorted(self.book.revising):
            if slug not in self.of.delivered:
                raise DataError.of("revision_to_nothing", slug=slug)

    @cached_property
    def first_deliveries(self) -> pd.DataFrame:
        """What is said of deliveries (`protect.DELIVERY_COLUMNS`), as it went out first."""
        table = self._deliveries_now
        first = self._deliveries_of_book
        if first is None:
            return table
        is_there = table["area"].isin(first["area"])
        return pd.concat([first, table[~is_there]], ignore_index=True)

    @property
    def _deliveries_of_book(self) -> pd.DataFrame | None:
        return self.book.first_deliveries(self.edition.begin, self.edition.peildatum)

    @cached_property
    def _deliveries_now(self) -> pd.DataFrame:
        """The same, as it is now."""
        files = 0
        for file in self.cleaned.files:
            # The rows of who is not counted are not in what is said of rows either.
            is_counted = not set(self.of.delivered).isdisjoint(file["gemeenten"])
            files += is_counted and "replaced_by" not in file
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
        return every.reindex(columns=list(protect.DELIVERY_COLUMNS)).astype(
            protect.DELIVERY_COLUMNS
        )

    @cached_property
    def _slug_of_version(self) -> dict[str, str]:
        """What each gemeente is called in the names of sets → the gemeente."""
        return {self.book.version(slug): slug for slug in self.of.delivered}

    @cached_property
    def refused(self) -> pd.DataFrame:
        """Per gemeente (`area`) the rows `rejected` and `duplicate`, as went out first."""
        first = self._deliveries_of_book
        if first is None:
            return self._refused_now
        slug = first["area"].map(self._slug_of_version)
        booked = first.assign(area=slug)
        booked = booked.dropna(subset="area")[REFUSED_COLUMNS].fillna(0)
        is_booked = self._refused_now["area"].isin(booked["area"])
        new = self._refused_now[~is_booked]
        table = pd.concat([booked, new], ignore_index=True)
        return table.astype({REJECTED: "int64", DUPLICATE: "int64"})

    # --- what is said ---------------------------------------------------------------------

    @cached_property
    def _counts(self) -> measure.Counts:
        """All counts that public numbers are made of, without what went out."""
        registration = self.cleaned.registration
        return measure.counted(self.rows, self.of, self.refused, registration)

    @cached_property
    def sets(self) -> pd.DataFrame:
        """Which meldingen each count counts, with the `name` of that set."""
        return self._sets(self.book)

    def _sets(self, book: protect.Book) -> pd.DataFrame:
        """The same, with the names that this book gives to gemeenten."""
        rows = self.rows
        connected_on = rows["gemeente"].map(self.of.connected_on)
        is_early = rows["received_on"] < connected_on
        return measure.sets_of(
            self._counts.cells,
            self.of,
            early=set(rows.loc[is_early, "gemeente"]),
            versions={slug: book.version(slug) for slug in self.of.delivered},
        )

    @property
    def moved(self) -> int:
        """How many public numbers a revision changes: another one went out of that set."""
        before = self._held.dropna()
        now = self.candidate.attacked.rounded.reindex(before.index)
        is_other = now.notna() & (now.astype("Float64") != before)
        return int(is_other.sum())

    @cached_property
    def _held(self) -> pd.Series:
        """What went out of the same set before a revision, which gave it another name."""
        if not self.book.revising:
            return pd.Series(dtype="float64")
        name = self._sets(self._book_before)["name"]
        is_renamed = name != self.sets["name"]
        said = self._book_before.said
        is_shown = said["state"] == SHOWN
        numbers = said.loc[is_shown, "number"].astype("float64")
        return name[is_renamed].map(numbers)

    @cached_property
    def counted(self) -> measure.Counts:
        """All counts that public numbers are made of, with the state that went out."""
        counts = self._counts
        if not self.book:
            return counts
        cells = counts.cells
        state_of = self.book.said["state"]
        state_of = state_of[state_of != protect.UNPUBLISHED]
        state = self.sets["name"].reindex(cells.index).map(state_of)
        is_new = state.isna()
        as_said = state.where(state.isin(STRUCTURAL), "")
        structural = as_said.mask(is_new, cells["structural"])
        # Of rows that are gone nobody knows whether there are none.
        structural = structural.mask(is_new & self._is_forgotten, "")
        return replace(counts, cells=cells.assign(structural=structural))

    @cached_property
    def _is_forgotten(self) -> pd.Series:
        """Whether the rows of each count are gone, of one of its days at least."""
        is_gone = measure.touches(self.sets["region"], self.book.forgotten)
        cells = self._counts.cells
        return is_gone.reindex(cells.index, fill_value=False)

    @cached_property
    def disclosures(self) -> pd.DataFrame:
        """Of which areas all meldingen have one value; `decision`: what is done then."""
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
        is_public = cells["table"] != ""
        is_total = cells["breakdown"].eq(TOTAL) & cells["kind"].eq(WHOLE)
        is_whole_total = is_public & is_total
        is_withheld = self.disclosures["decision"] == WITHHOLD
        withheld = protect.withheld(cells, self.disclosures[is_withheld])
        marked = cells.assign(
            published=is_public & ~withheld,
            is_total=is_whole_total | cells["table"].eq("received"),
            is_district=cells["area"].eq(self.of.district),
            # What may be left out when nothing else fits: anything but whole totals.
            may_go=is_public & ~is_whole_total,
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
            kept=self.kept,
        )

    @cached_property
    def counts(self) -> pd.DataFrame:
        """The counts as everybody may read them."""
        rounded = self.candidate.attacked.rounded
        given = self.candidate.given
        lost = given.index[given["is_lost"]]
        return measure.public_counts(self.counted, rounded, given["off"], self.of, lost)

    @property
    def not_made(self) -> list[str]:
        """The tables that need rows of which some are gone."""
        if self.book.forgotten.empty:
            return []
        return measure.made_of_rows("public")

    @cached_property
    def public(self) -> dict[str, pd.DataFrame]:
        """Every table that everybody may read, by the registry."""
        cleaned = self.cleaned
        given = measure.given_of(self.of, self.counts)
        given["is_public"] = True
        given["receipts"] = None
        given["tips"] = None
        if self.book.forgotten.empty:
            receipts = self.rows.assign(area=self.of.district)
            is_first = measure.is_first_receipt(receipts)
            given["receipts"] = receipts
            given["tips"] = receipts[is_first]

        area = self.first_deliveries["area"].map(protect.slug_of)
        deliveries = self.first_deliveries.assign(area=area)
        is_of_all = area == self.of.district
        of_all = deliveries[is_of_all].iloc[0]
        grades = deliveries.loc[~is_of_all, ["area", "grade"]]
        grades = grades.drop_duplicates("area", keep="last")
        given["sent"] = {name: int(of_all[name]) for name in ("files", "warnings")}
        given["grade_of"] = grades.reset_index(drop=True)
        given["booked"] = self.booked
        given["national"] = self._national
        asked = self.edition.vragenlijst
        if asked is not None:
            given["responses"] = cleaned.responses
            given["book"] = cleaned.book
            given["slugs"] = [area.slug for area in self.of.vocabulary.gemeenten]
            given["no_experience"] = asked.geen_ervaring
            given |= cleaned.coded
        return measure.made(given, "public")

    @property
    def _national(self) -> pd.DataFrame:
        """What M. forwarded in the whole country, one row per year before the peildatum's.

        The number of a year is told in the next one: what nobody knew yet when a report
        was made does not stand in it.
        """
        rows = self.of.vocabulary.reference("national")
        given = pd.DataFrame(rows, columns=["year", "forwarded", "source"])
        given = given.astype({"year": "int64", "forwarded": "int64"})
        is_known = given["year"] < self.edition.peildatum.year
        return given[is_known].reset_index(drop=True)

    @cached_property
    def own(self) -> dict[str, dict[str, pd.DataFrame]]:
        """Gemeente → tables with its own rows only: exact counts beside public figures."""
        cleaned = self.cleaned
        slugs = self.deliveries["area"].tolist()
        counts = measure.exact_counts(self.exact)
        # What it delivers now may be good for nothing: then its page has what went out.
        delivers = set(self.of.delivered) - self.of.absent.keys()
        counts = counts[counts["area"].isin(delivers)]
        answers = cleaned.responses.rename(columns={"gemeente": "area"})
        refused = []
        for slug in slugs:
            rejected = cleaned.rejected_of(slug, self.edition)
            refused.append(rejected.assign(area=slug))

        given = self.public | measure.given_of(self.of, self.counts, counts)
        given["is_public"] = False
        given["delivery"] = self.deliveries
        is_revised = self.changed["area"].isin(self.book.revising)
        given["changed"] = self.changed.assign(is_revised=is_revised)
        given["booked"] = self.booked
        given["fields"] = _fields(cleaned)
        given["choices"] = _choices(cleaned)
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
            own[slug] = {}
            for name, table in tables.items():
                is_own = table["area"] == slug
                own[slug][name] = table[is_own]
        return own

    # --- what goes out --------------------------------------------------------------------

    def issued(self) -> protect.Issued:
        """What goes out when this is sent: what is said, and what is booked with it."""
        booked = self.rows.assign(gemeente=self.book.versions(self.rows["gemeente"]))
        return protect.Issued(
            edition=self.edition.slug,
            begin=self.edition.begin,
            peildatum=self.edition.peildatum,
            said=self.candidate.table(),
            rows=booked[protect.ROW_COLUMNS].reset_index(drop=True),
            deliveries=self.first_deliveries,
            lacking=self._lacking,
        )

    @property
    def _lacking(self) -> frozenset[str]:
        """The versions of gemeenten of which rows that are counted here are gone."""
        of_gemeente = pd.DataFrame({"gemeente": list(self._slug_of_version)})
        begin = f"{self.edition.begin:%Y-%m-%d}"
        end = f"{self.edition.peildatum:%Y-%m-%d}"
        region = of_gemeente["gemeente"] + f":{begin}/{end}"
        is_lacking = measure.touches(region, self.book.forgotten)
        return frozenset(of_gemeente.loc[is_lacking, "gemeente"])

    def refuse_other_days(self) -> None:
        """Stop when the days of connection are others than those of what went out."""
        for issue in self.book.issues:
            if issue.deliveries is None:
                continue
            for row in issue.deliveries.to_dict("records"):
                slug = self._slug_of_version.get(row["area"])
                if slug is None:
                    continue
                now = _day(self.of.connected_on[slug])
                before = _day(row["connected_on"])
                if now != before:
                    raise UsageError.of(
                        "connected_otherwise",
                        slug=slug,
                        now=now,
                        before=before,
                        edition=issue.edition,
                        settings=SETTINGS_FILE,
                    )


def _day(day: Any) -> str:
    """A day as text; when there is none, that it is not known."""
    return message("day_not_known") if pd.isna(day) else f"{day:%Y-%m-%d}"


def _of_gemeente(table: pd.DataFrame, slug: str) -> pd.DataFrame:
    is_own = table["gemeente"] == slug
    return table[is_own]


def _names(paths: Sequence[str]) -> str:
    return listing([path.rpartition("/")[2] for path in paths])


def _choices(cleaned: CleanedEdition) -> pd.DataFrame:
    """One row per gemeente and thing that was chosen in how her files are read."""
    chosen: dict[tuple[str, str], None] = {}
    for file in cleaned.files:
        for slug in file["gemeenten"]:
            for sentence in file.get("choices", []):
                chosen[slug, sentence] = None
    table = pd.DataFrame(list(chosen), columns=["area", "sentence"], dtype="str")
    return table.assign(choice=table.groupby("area").cumcount() + 1)


def _fields(cleaned: CleanedEdition) -> pd.DataFrame:
    """Per gemeente what each header was taken for, and how many meldingen lack that."""
    named = []
    for file in cleaned.files:
        for slug in file["gemeenten"]:
            for field, header in file.get("columns", {}).items():
                named.append((slug, field, header))
    keys = ["area", "read_as"]
    headers = pd.DataFrame(named, columns=[*keys, "header"]).drop_duplicates()
    of_field = headers.groupby(keys, as_index=False, sort=False)
    headers = of_field.agg(" / ".join)

    counted = cleaned.registration.drop(columns="column")
    counted = counted.rename(columns={"gemeente": "area", "field": "read_as"})
    fields = headers.merge(counted, "outer", keys)
    place = {field: number for number, field in enumerate(words_of("read_as"))}
    fields = fields.sort_values("read_as", key=lambda field: field.map(place))
    why_not = ("not_filled", "said_unknown", "not_understood", "no_column")
    numbers = dict.fromkeys(why_not, "Int64")
    columns = ["area", "read_as", "header", *numbers]
    return fields.fillna({"header": ""})[columns].astype(numbers)
