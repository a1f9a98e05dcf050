"""Everything between the deliveries and the released tables, in reading order, on disk."""

import logging
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pandas as pd

from mma_analysis import check, compare, measure, protect
from mma_analysis.evaluation import OWN_TABLES
from mma_analysis.pipeline.candidate import Candidate, is_certain
from mma_analysis.pipeline.intake import Cleaned, read_and_clean
from mma_analysis.settings import SETTINGS_FILE, Edition, Workspace
from mma_analysis.storage import CANDIDATE, MEASURES, all_issues, read_manifest
from mma_analysis.vocabulary import TOTAL, UsageError, filled_in, fingerprint, message, rows_of
from mma_analysis.vocabulary.numbers import listing
from mma_analysis.vocabulary.reference import words_of

# The tables that decide under which topic a melding counts.
TOPICS = ("topics", "topic_groups", "topic_aliases")
CLEAN, INTERN = "clean", "measures_intern"
DIGITS = 10
READERS = ["buitenstaander", "elke gemeente", "elke twee gemeenten"]
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Released:
    """All that is made of the clean tables, each thing once, from what stands above it.

    All public counts are rounded together, so that no reader learns one. A breakdown in which all
    meldingen of an area are alike is withheld until somebody decides.

    `before`: what went out, of all editions, the oldest first.
    """

    cleaned: Cleaned
    of: measure.Frame
    before: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def edition(self) -> Edition:
        """The edition that it is about."""
        return self.of.edition

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
            findings += [check.check_responses(cleaned.responses, cleaned.book, self.edition)]
        return pd.concat(findings, ignore_index=True)

    @cached_property
    def exact(self) -> measure.Counts:
        """All counts, and how they add up.

        Of a file of two gemeenten the refused and double rows count at the first: they are one
        reader.
        """
        cleaned, delivered = self.cleaned, self.of.delivered
        files = {slug: self.edition.gemeente(slug).levering for slug in delivered}
        sender = {file: slug for slug in reversed(delivered) for file in files[slug]}
        tables = {"rejected": cleaned.rejected, "duplicate": cleaned.duplicates}
        senders = {name: table["source_file"].map(sender) for name, table in tables.items()}
        counts = {n: s.value_counts().reindex(delivered, fill_value=0) for n, s in senders.items()}
        not_clean = pd.DataFrame(counts).rename_axis("area").reset_index()
        return measure.counted(cleaned.meldingen, self.of, not_clean, cleaned.registration)

    @cached_property
    def disclosures(self) -> pd.DataFrame:
        """Of which areas all meldingen have one value, with `decision`: whether that is shown."""
        groups, decisions = protect.group_disclosures(self.exact.cells), []
        shown, hidden = (self.edition.bescherming.groups(one) for one in ("tonen", "verbergen"))
        labels = self.of.vocabulary.by_code("breakdowns", "label")
        for row in groups.to_dict("records"):
            which = {name: row[name] for name in ("area", "breakdown", "value")}
            is_shown, is_hidden = (tuple(which.values()) in some for some in (shown, hidden))
            decisions.append("tonen" if is_shown and not is_hidden else "verbergen")
            if not is_shown and not is_hidden:
                name = self.of.vocabulary.area(row["area"]).name
                words = {"settings": SETTINGS_FILE, "name": name, "label": labels[row["breakdown"]]}
                LOG.info(message("decide", **words, **which))
        return groups.assign(decision=pd.Series(decisions, groups.index, dtype="str"))

    @cached_property
    def candidate(self) -> Candidate:
        """The counts beside what went out before."""
        cells, hidden = self.exact.cells, self.disclosures.query("decision == 'verbergen'")
        # What is 0 by its nature is released as well: the sums must hold with it.
        is_public, is_whole = cells["table"].ne(""), cells["kind"].eq("whole")
        is_total = cells["breakdown"].eq(TOTAL)
        # What may be left out together when nothing else fits: anything but whole totals. So a
        # breakdown of gemeenten, then one of the district, totals of one kind of period.
        whose = cells["owner"].ne("").map({True: " van gemeenten", False: ""})
        line = (cells["breakdown"] + whose).mask(is_total, "totalen per " + cells["kind"])
        marked = cells.assign(
            published=is_public & ~protect.withheld(cells, hidden),
            is_total=(is_public & is_total & is_whole) | cells["table"].eq("received"),
            is_district=cells["area"].eq(self.of.vocabulary.district.slug),
            line=line.where(is_public & ~(is_total & is_whole), ""),
        )
        relations, meldingen = self.exact.relations, self.cleaned.meldingen
        return Candidate(marked, relations, meldingen, self.of, self.before)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """The counts as everybody may read them, each rounded once."""
        rounded = self.candidate.attacked.rounded
        off = pd.Series(self.edition.bescherming.basis - 1, rounded.index)
        return measure.public_counts(self.exact, rounded, off, self.of)

    @cached_property
    def deliveries(self) -> pd.DataFrame:
        """One row per gemeente: what became of its delivery, and its grade.

        `file_names` are those that came in, and `replaced` those of them that are not read.
        `outside` are those of the `rejected` that are no fault: of another time or place.
        """
        cleaned, vocabulary, rows = self.cleaned, self.of.vocabulary, []
        effect = vocabulary.by_code("reasons", "effect")
        for slug in self.of.connected_on.index:
            settings = self.edition.gemeente(slug)
            refused = self.cleaned.rejected_of(slug, self.edition)
            refused = refused[refused["source_file"].isin(settings.levering)]
            outside = int(refused["reason_code"].map(effect).eq("outside").sum())
            double, doubtful, counted = (
                table[table["gemeente"] == slug]
                for table in (cleaned.duplicates, cleaned.warnings, cleaned.meldingen)
            )
            own = self.findings[self.findings["gemeente"] == slug]
            doubts = doubtful["reason_code"].unique().tolist()
            label, why = check.grade(vocabulary, own, len(counted), len(refused) - outside, doubts)
            paths = settings.levering, settings.vervangt.values()
            names = [listing([path.rpartition("/")[2] for path in some]) for some in paths]
            row = {
                "file_names": names[0],
                "replaced": names[1],
                "delivered_on": settings.geleverd_op,
                "clean": len(counted),
                "rejected": len(refused),
                "outside": outside,
                "duplicate": int(double["source_file"].isin(settings.levering).sum()),
                "grade": label,
                "grade_reason": why,
                "area": slug,
            }
            rows.append(row)
        table = pd.DataFrame(rows)
        return table.assign(delivered_on=pd.to_datetime(table["delivered_on"]))

    @cached_property
    def public(self) -> dict[str, pd.DataFrame]:
        """Every table that everybody may read, by the registry."""
        cleaned, vocabulary, deliveries = self.cleaned, self.of.vocabulary, self.deliveries
        files = [f for f in cleaned.files if f["gemeenten"] and "replaced_by" not in f]
        warnings = int(self.findings["severity"].eq("warning").sum())
        receipts = cleaned.meldingen.assign(area=self.of.district)
        # Of who delivered nothing there is no grade.
        grades = deliveries["grade"].where(deliveries["file_names"].ne(""))
        given: dict[str, Any] = {
            **measure.given_of(self.of, self.counts),
            "is_public": True,
            "receipts": receipts,
            "tips": receipts[measure.is_first_receipt(receipts)],
            "sent": {"files": len(files), "warnings": warnings},
            "grade_of": deliveries[["area"]].assign(grade=grades),
        }
        if (asked := self.edition.vragenlijst) is not None:
            slugs = [area.slug for area in vocabulary.gemeenten]
            given |= {"responses": cleaned.responses, "book": cleaned.book, "slugs": slugs}
            given |= {"no_experience": asked.geen_ervaring, **cleaned.coded}
        return measure.made(given, "public")

    @cached_property
    def own(self) -> dict[str, dict[str, pd.DataFrame]]:
        """Gemeente → tables with its own rows only, from its exact counts and public figures."""
        slugs, cleaned = self.deliveries["area"].tolist(), self.cleaned
        counts = measure.exact_counts(self.exact)
        counts = counts[counts["area"].isin(self.of.delivered)]
        rejected = [
            self.cleaned.rejected_of(slug, self.edition).assign(area=slug) for slug in slugs
        ]
        rows = {"tips": cleaned.meldingen, "warnings": cleaned.warnings}
        rows |= {"duplicates": cleaned.duplicates, "findings": self.findings}
        rows |= {} if cleaned.themes is None else {"own_coding": cleaned.themes}
        answers = cleaned.responses.rename(columns={"gemeente": "area"})
        given: dict[str, Any] = {
            **self.public,
            **measure.given_of(self.of, self.counts, counts),
            "is_public": False,
            "delivery": self.deliveries,
            "fields": _fields(cleaned),
            "rejected": pd.concat(rejected, ignore_index=True),
            "own_answers": answers[["area", "question", "value", "answered_by"]],
            "own_coding": None,
            **{name: table.assign(area=table["gemeente"]) for name, table in rows.items()},
        }
        tables = measure.made(given, "own").items()
        return {slug: {name: t[t["area"] == slug] for name, t in tables} for slug in slugs}


def _fields(cleaned: Cleaned) -> pd.DataFrame:
    """Per gemeente what each header was taken for, and how many meldingen lack that and why."""
    named = [
        (slug, field, header)
        for file in cleaned.files
        for slug in file["gemeenten"]
        for field, header in file.get("columns", {}).items()
    ]
    headers = pd.DataFrame(named, columns=["area", "read_as", "header"]).drop_duplicates()
    headers = headers.groupby(["area", "read_as"], as_index=False, sort=False).agg(" / ".join)
    counted = cleaned.registration.rename(columns={"gemeente": "area", "field": "read_as"})
    fields = headers.merge(counted.drop(columns="column"), "outer", ["area", "read_as"])
    place = {field: number for number, field in enumerate(words_of("read_as"))}
    fields = fields.sort_values("read_as", key=lambda field: field.map(place))
    numbers = dict.fromkeys(("not_filled", "not_understood", "no_column"), "Int64")
    return fields.fillna({"header": ""})[["area", "read_as", "header", *numbers]].astype(numbers)


def run_stages(workspace: Workspace, edition: Edition, folder: Path) -> dict[str, Any]:
    """Take an edition through all stages and write its tables; give what its manifest says."""
    earlier, sent, meant = _earlier(workspace, edition), all_issues(workspace), definitions(edition)
    said = [pd.read_parquet(issue.path) for issue in sent]
    before = pd.concat(said, ignore_index=True) if said else pd.DataFrame()
    cleaned = read_and_clean(edition)
    made = Released(cleaned, measure.frame(edition, cleaned.uncounted(edition)), before)
    candidate, attacked = made.candidate, made.candidate.attacked
    drift = candidate.drift()
    words = {"attacked": attacked, "drift": drift["why"].value_counts().to_dict()}
    words["turned"] = int((drift["issued"] + drift["now"]).eq(candidate.basis).sum())
    words |= {"certain": sum(map(is_certain, attacked.learnt)), "rows_of": rows_of}
    words |= {"states": made.counts["state"].value_counts().to_dict(), "basis": candidate.basis}
    for line in filled_in("afgerond.txt.j2", **words).splitlines():
        LOG.info(line)
    names = "meldingen", "rejected", "warnings", "registration", "duplicates", "corrections"
    rows = {name: getattr(cleaned, name) for name in (*names, "responses")}
    write_tables(rows | {"findings": made.findings, "drift": drift}, folder / CLEAN)
    write_tables({CANDIDATE: candidate.table()}, folder)
    write_tables(made.public, folder / MEASURES)
    if earlier:
        tables, manifest = earlier
        both = meant, manifest.get("definitions")
        changes = compare.change_tables(folder / MEASURES, tables, both)
        write_tables(measure.made(changes, "changes"), folder / MEASURES)
    for slug, own in made.own.items():
        write_own(own, folder / INTERN / slug)
    # What is not understood is among the notes of its file already, with what to do.
    asked = made.findings.query("severity == 'warning' and rule != 'niet_begrepen'")
    questions = asked.groupby("gemeente")["sentence"].agg(list).to_dict()
    return {
        "edition": edition.slug,
        "version": version("mma-analysis"),
        "files": [
            file | {"questions": {slug: questions.get(slug, []) for slug in file["gemeenten"]}}
            for file in cleaned.files
        ],
        "blocked": sorted(check.blocked(edition.vocabulary, made.findings)),
        "grades": dict(zip(made.deliveries["area"], made.deliveries["grade"], strict=True)),
        "group_disclosures": made.disclosures.to_dict("records"),
        "definitions": meant,
        "issues": [{"edition": issue.edition, "number": issue.number} for issue in sent],
        "attack": {
            "is_attacked": attacked.is_attacked,
            "readers": READERS,
            "rounds": attacked.rounds,
            "left_out": list(attacked.left_out),
            "learnt": [[one.reader, one.count, is_certain(one)] for one in attacked.learnt],
        },
    }


def _earlier(workspace: Workspace, edition: Edition) -> tuple[Path, dict[str, Any]] | None:
    """The released tables of the edition that this one is compared with, and their manifest."""
    slug = edition.bescherming.vorige_editie
    if slug is None:
        return None
    folder = workspace.processed(slug)
    manifest = read_manifest(folder)
    if manifest is None:
        where = {"path": edition.folder / SETTINGS_FILE, "before": folder}
        raise UsageError.of("no_earlier_tables", earlier=slug, **where)
    return folder / MEASURES, manifest


def definitions(edition: Edition) -> dict[str, Any]:
    """Write down what would make the same deliveries give other figures, as it is now.

    `connected` is gemeente → day or none, `topics` the mark of the topic mapping, `groups` topic →
    group, `indicators` code → name, version, and a mark of what its row says (not of which code
    makes it).
    """
    vocabulary = edition.vocabulary
    indicators = {}
    for row in vocabulary.reference("indicators"):
        said = {k: row[k] for k in sorted(row) if k not in ("function", "inputs")}
        named = {"name": row["name"], "version": row["version"], "mark": fingerprint(said)}
        indicators[row["code"]] = named
    slugs = [area.slug for area in vocabulary.gemeenten]
    connected = [(slug, edition.gemeente(slug).aangesloten) for slug in slugs]
    return {
        "begin": edition.begin.isoformat(),
        "peildatum": edition.peildatum.isoformat(),
        "basis": edition.bescherming.basis,
        "connected": {slug: day and day.isoformat() for slug, day in connected},
        "topics": vocabulary.fingerprint(*TOPICS),
        "groups": vocabulary.group_of_topic,
        "indicators": indicators,
    }


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as parquet under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (folder / f"{name}.parquet").write_bytes(_parquet(table))


def write_own(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write the tables of one gemeente in one file, as `write_tables` does."""
    folder.mkdir(parents=True, exist_ok=True)
    with ZipFile(folder / OWN_TABLES, "w") as packed:
        for name, table in tables.items():
            packed.writestr(ZipInfo(f"{name}.parquet"), _parquet(table))


def _parquet(table: pd.DataFrame) -> bytes:
    """A table as parquet, its estimates to ten digits."""
    # The last of sixteen digits differs between kinds of processors, whose libraries add in another
    # order; then the same deliveries would have another mark on another machine.
    for name, kind in table.dtypes.items():
        if str(kind).lower() == "float64":
            values = table[name].tolist()
            ten = [value if value is pd.NA else float(f"{value:.{DIGITS}g}") for value in values]
            table = table.assign(**{str(name): pd.Series(ten, table.index, kind)})
    return table.reset_index(drop=True).to_parquet(index=False)
