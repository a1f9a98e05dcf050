"""What went out stays: issues are kept whole, bind what comes after, and block when gone."""

import datetime as dt
import errno
import io
import os
import re
import shutil
import stat
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import pyzipper

from mma_analysis.evaluation import load
from mma_analysis.pipeline import books, issued, prepare
from mma_analysis.protect.book import ROW_COLUMNS
from mma_analysis.publish.annex import annex_csv, annex_workbook
from mma_analysis.publish.forget import forget
from mma_analysis.settings import SETTINGS_FILE, Edition, Workspace
from mma_analysis.storage import (
    CANDIDATE,
    ISSUE_NUMBER,
    ISSUES_FILE,
    MANIFEST,
    RELEASES_FILE,
    freshness,
    issues,
    issues_of,
    mark_of_issue,
    read_manifest,
    sha256,
    write_json,
)
from mma_analysis.vocabulary import DataError, UsageError, message
from says import says
from small_edition import BORNE, TOGETHER, write

SLUG, DAY = "proef", dt.date(2023, 9, 12)


@pytest.fixture(scope="module")
def once(small: Workspace, tmp_path_factory) -> Workspace:
    """Two gemeenten, of which the pages were made and sent."""
    workspace = Workspace(shutil.copytree(small.root, tmp_path_factory.mktemp("sent") / "root"))
    send(workspace)
    return workspace


@pytest.fixture
def sent(once: Workspace, tmp_path: Path) -> Workspace:
    """The same, to change."""
    return Workspace(shutil.copytree(once.root, tmp_path / "copy"))


def send(workspace: Workspace, slug: str = SLUG):
    """Prepare, stand in for the pages, and keep what goes out."""
    prepare(workspace, slug)
    made_of = sha256(workspace.processed(slug) / f"{CANDIDATE}.parquet")
    write_json(workspace.reports(slug) / "openbaar" / "manifest.json", {"candidate": made_of})
    return issued(workspace, workspace.edition(slug), DAY)


# --- kept ----------------------------------------------------------------------------------------


def test_what_is_sent_is_an_issue_and_the_same_again_is_none(sent: Workspace):
    issue = issues_of(sent, SLUG)[0]
    candidate = sent.processed(SLUG) / f"{CANDIDATE}.parquet"

    assert (issue.number, issue.day) == (1, DAY)
    assert issue.path.read_bytes() == candidate.read_bytes()
    assert f'sha256 = "{sha256(candidate)}"' in (sent.raw(SLUG) / ISSUES_FILE).read_text("utf-8")
    assert send(sent) is None
    prepare(sent, SLUG, force=True)
    assert [one["number"] for one in read_manifest(sent.processed(SLUG))["issues"]] == [1]
    assert prepare(sent, SLUG).was_up_to_date


def test_an_issue_holds_no_rows_and_no_exact_counts(sent: Workspace):
    table = pd.read_parquet(issues_of(sent, SLUG)[0].path)

    assert set(table.columns) == {
        *("cell", "counted", "family", "codes", "region", "begin", "peildatum"),
        *("number", "text", "off", "least", "state"),
    }
    assert (table["number"].dropna() % 5 == 0).all()
    assert set(table["off"]) == {0, 4}
    assert table.loc[table["state"] == "unpublished", ["number"]].isna().all(axis=None)
    assert set(table.loc[table["number"] == 0, "text"]) == {"0–4"}


@pytest.mark.parametrize("harm", ["issue_missing", "issue_changed", "issue_unlisted"])
def test_an_issue_that_is_not_as_it_was_blocks_and_says_what_to_do(sent: Workspace, harm: str):
    path = issues_of(sent, SLUG)[0].path
    if harm == "issue_changed":
        path.write_bytes(b"x")
    else:
        (sent.raw(SLUG) / ISSUES_FILE if harm == "issue_unlisted" else path).unlink()

    with pytest.raises(DataError, match=says(harm, path="1.parquet", back=message("put_back"))):
        prepare(sent, SLUG, force=True)


@pytest.mark.parametrize("harm", ["booked_missing", "booked_changed"])
def test_booked_rows_that_are_gone_or_changed_block_and_say_what_to_do(sent, harm: str):
    """With them gone every number about closed days would be made of something else."""
    path = sent.booked(SLUG) / "1.zip"
    kept = path.read_bytes()
    path.write_bytes(b"x")
    if harm == "booked_missing":
        path.unlink()

    refusal = says(harm, path="1.zip", number=1, slug=SLUG)
    with pytest.raises(DataError, match=refusal):
        prepare(sent, SLUG, force=True)

    path.write_bytes(kept)
    assert issues_of(sent, SLUG)[0].booked == path
    prepare(sent, SLUG, force=True)


@pytest.mark.parametrize("damaged", ["issue", "zip", "table", "no table"])
def test_a_damaged_file_of_an_edition_of_which_the_folder_is_gone_is_named(both, damaged: str):
    """Nothing says any more how the file was, so what is in it must be read to know."""
    assert sends(both) == 1
    booked_with_it = both.booked(SLUG) / "1.zip"
    path = issues_of(both, SLUG)[0].path if damaged == "issue" else booked_with_it
    shutil.rmtree(both.raw(SLUG))
    path.write_bytes(b"x")
    if damaged == "no table":
        zipfile.ZipFile(path, "w").close()
    if damaged == "table":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("rows.parquet", b"x")
            packed.writestr("deliveries.parquet", b"x")

    refusal = says("issue_unreadable", path=path.name, number=1, slug=SLUG)
    with pytest.raises(DataError, match=refusal):
        prepare(both, LATER, force=True)


def test_what_is_booked_is_codes_and_days_of_its_owner_only(sent: Workspace):
    path = sent.booked(SLUG) / "1.zip"
    with zipfile.ZipFile(path) as packed:
        tables = {
            name: pd.read_parquet(io.BytesIO(packed.read(name))) for name in packed.namelist()
        }

    assert tables.keys() == {"rows.parquet", "deliveries.parquet", "lacking.parquet"}
    assert tables["lacking.parquet"].empty  # nothing was forgotten before
    rows = tables["rows.parquet"]
    assert list(rows.columns) == ROW_COLUMNS
    assert rows[["gemeente", "melding_id", "topic", "status"]].to_numpy().tolist() == [
        ["borne", "2022-000001", "drugsdelicten", "afgesloten"],
        ["borne", "2022-000002", "drugsdelicten", "afgesloten"],
        ["losser", "2022-000001", "drugsdelicten", "ontvangen"],
        ["losser", "2022-000009", "woonfraude", "ontvangen"],
    ]
    deliveries = tables["deliveries.parquet"].set_index("area")
    assert deliveries.loc["borne", ["rejected", "duplicate"]].tolist() == [1, 1]
    assert deliveries.loc["losser", ["rejected", "duplicate"]].tolist() == [0, 0]
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_issue_of_an_older_version_blocks_and_says_what_to_do(sent: Workspace):
    """It does not say of which days and gemeenten its numbers are."""
    path = issues_of(sent, SLUG)[0].path
    listed = sent.raw(SLUG) / ISSUES_FILE
    before = sha256(path)
    pd.read_parquet(path).drop(columns="region").to_parquet(path)
    listed.write_text(listed.read_text("utf-8").replace(before, sha256(path)), encoding="utf-8")

    with pytest.raises(DataError, match=says("issue_too_old", path=path, number=1)):
        prepare(sent, SLUG, force=True)


def test_it_is_an_issue_from_the_moment_that_the_edition_names_it(sent: Workspace):
    path = issues_of(sent, SLUG)[0].path
    booked = sent.booked(SLUG) / "1.zip"
    for one in (path, booked):
        one.rename(one.with_suffix(".komt"))  # who is stopped after that has one
        one.with_name("2.komt").write_bytes(b"half an issue")  # and before that none

    assert [(one.path, one.booked) for one in issues_of(sent, SLUG)] == [(path, booked)]
    assert path.is_file()
    assert booked.is_file()


@pytest.mark.parametrize("fails", ["issued/proef/1.komt", "booked/proef/1.komt", ISSUES_FILE])
def test_on_a_full_disk_there_is_no_half_issue(small, tmp_path: Path, monkeypatch, fails: str):
    workspace = Workspace(shutil.copytree(small.root, tmp_path / "root"))
    write_whole = issues.write_whole

    def full(path: Path, content: bytes, **how: bool) -> None:
        if path.as_posix().endswith(fails):
            raise OSError(errno.ENOSPC, "no space left")
        write_whole(path, content, **how)

    monkeypatch.setattr(issues, "write_whole", full)
    with pytest.raises(OSError, match="no space left"):
        send(workspace)

    assert issues_of(workspace, SLUG) == []
    assert list(workspace.issued(SLUG).glob("*")) == []
    assert list(workspace.booked(SLUG).glob("*")) == []


def test_pages_of_other_tables_than_there_are_do_not_go_out(sent: Workspace):
    write_json(sent.reports(SLUG) / "openbaar" / "manifest.json", {"candidate": "of others"})

    with pytest.raises(DataError, match=says("other_tables", audience="openbaar", slug=SLUG)):
        issued(sent, sent.edition(SLUG), DAY)


# --- stale ---------------------------------------------------------------------------------------

LATER = "tweede"


@pytest.fixture(scope="module")
def both_once(small: Workspace, tmp_path_factory) -> Workspace:
    """The same deliveries in two editions, one with a later begin, prepared before any was sent."""
    workspace = Workspace(shutil.copytree(small.root, tmp_path_factory.mktemp("both") / "root"))
    shutil.copytree(workspace.raw(SLUG), workspace.raw(LATER))
    settings = TOGETHER.replace("begin = 2021-07-01", "begin = 2022-01-01")
    (workspace.raw(LATER) / SETTINGS_FILE).write_text(settings, encoding="utf-8")
    prepare(workspace, LATER)
    return workspace


@pytest.fixture
def both(both_once: Workspace, tmp_path: Path) -> Workspace:
    """The same, to change."""
    return Workspace(shutil.copytree(both_once.root, tmp_path / "both"))


def sends(workspace: Workspace, slug: str = SLUG) -> int | None:
    """The number of the issue that the tables of an edition become."""
    issue = issued(workspace, workspace.edition(slug, removed=True), DAY)
    return issue.number if issue else None


def refusal(slug: str, *files: str, code: str = "stale"):
    why = message("inputs_changed", slug=slug, files=", ".join(files))
    return pytest.raises(DataError, match=says(code, why=why, slug=slug))


CHANGES = {
    "a delivery": ("meldingen/borne.csv", "\n"),
    "a setting": (SETTINGS_FILE, '[[kosten.fase]]\nbegin = 2021-07-01\nbetaler = "A"\n'),
    "a correction": ("correcties.toml", "\n"),
}


@pytest.mark.parametrize(("file", "more"), CHANGES.values(), ids=CHANGES)
def test_what_was_delivered_or_set_after_the_tables_were_made_stops_them(
    both, file: str, more: str
):
    with (both.raw(SLUG) / file).open("a", encoding="utf-8") as text:
        text.write(more)

    with refusal(SLUG, file):
        sends(both)
    assert issues_of(both, SLUG) == []


def test_tables_of_another_version_of_the_program_do_not_go_out(both, monkeypatch):
    now = freshness.tables_made_with() | {"code van de tabellen": "another"}
    monkeypatch.setattr(freshness, "tables_made_with", lambda: now)

    with refusal(SLUG, "code van de tabellen"):
        sends(both)


def test_tables_that_somebody_changed_do_not_go_out(both):
    (both.processed(SLUG) / "measures" / "trend.parquet").write_bytes(b"x")

    why = message("outputs_changed", files="measures/trend.parquet", folder=both.processed(SLUG))
    with pytest.raises(DataError, match=says("stale", why=why, slug=SLUG)):
        sends(both)


def test_an_edition_that_was_not_looked_at_beside_what_went_out_of_another_waits(both):
    assert sends(both) == 1

    with refusal(LATER, f"uitgave 1 van {SLUG}"):
        sends(both, LATER)
    prepare(both, LATER)
    assert sends(both, LATER) == 1


def test_signing_for_it_and_sending_it_make_nothing_stale(both):
    (both.raw(SLUG) / RELEASES_FILE).write_text("# wie tekent\n", encoding="utf-8")

    assert sends(both) == 1
    assert sends(both) is None


def test_what_was_forgotten_goes_out_without_its_deliveries_but_not_after_another_issue(both):
    forget(both, SLUG)
    shutil.rmtree(both.raw(SLUG) / "meldingen")
    assert sends(both, LATER) == 1

    with refusal(SLUG, f"uitgave 1 van {LATER}", code="stale_and_forgotten"):
        sends(both)
    shutil.rmtree(both.raw(LATER))
    shutil.rmtree(both.issued(LATER))
    assert sends(both) == 1


def test_what_went_out_before_it_was_forgotten_can_be_packed_again(both):
    assert sends(both) == 1
    forget(both, SLUG)
    prepare(both, LATER)
    assert sends(both, LATER) == 1

    assert sends(both) is None


# --- lost ----------------------------------------------------------------------------------------


def lose(workspace: Workspace) -> None:
    """What went out, and the list of it, as if it never was."""
    shutil.rmtree(workspace.issued(SLUG))
    shutil.rmtree(workspace.booked(SLUG))
    (workspace.raw(SLUG) / ISSUES_FILE).unlink()


def zipped(path: Path, passphrase: bool = False) -> None:
    """A bundle of the first issue, in which nothing can be read without its passphrase."""
    path.parent.mkdir(parents=True)
    with pyzipper.AESZipFile(path, "w") as archive:
        if passphrase:
            archive.setpassword(b"paard batterij nietje")
            archive.setencryption(pyzipper.WZ_AES)
        archive.writestr("leeswijzer.txt", "Dit is uitgave 1")
        archive.comment = mark_of_issue(1)


def prepared_beside_it(workspace: Workspace) -> Path:
    prepare(workspace, SLUG, force=True)
    return workspace.processed(SLUG) / MANIFEST


def pages(workspace: Workspace) -> Path:
    path = workspace.reports(SLUG) / "openbaar" / MANIFEST
    write_json(path, {ISSUE_NUMBER: 1})
    return path


def dossier(workspace: Workspace) -> Path:
    path = workspace.reports(SLUG) / "audit.json"
    write_json(path, {ISSUE_NUMBER: 1})
    return path


def open_bundle(workspace: Workspace) -> Path:
    path = workspace.bundles(SLUG) / "proef-dvo.zip"
    zipped(path)
    return path


def encrypted_bundle(workspace: Workspace) -> Path:
    path = workspace.bundles(SLUG) / "proef-borne.zip"
    zipped(path, passphrase=True)
    return path


@pytest.mark.parametrize(
    "names_it", [prepared_beside_it, pages, dossier, open_bundle, encrypted_bundle]
)
def test_what_went_out_and_its_list_are_missed_as_long_as_anything_names_it(
    sent: Workspace, tmp_path: Path, names_it
):
    path = names_it(sent)
    backup = Workspace(shutil.copytree(sent.root, tmp_path / "backup"))
    lose(sent)

    with pytest.raises(DataError) as refused:
        prepare(sent, SLUG)

    listed = sent.raw(SLUG) / ISSUES_FILE
    assert re.search(says("issue_lost", number=1, places=path, listed=listed), f"{refused.value}")
    shutil.copytree(backup.issued(SLUG), sent.issued(SLUG))
    shutil.copytree(backup.booked(SLUG), sent.booked(SLUG))
    shutil.copy(backup.raw(SLUG) / ISSUES_FILE, listed)
    assert [issue.number for issue in issues_of(sent, SLUG)] == [1]


def test_a_list_of_before_the_last_issue_misses_the_last(sent: Workspace):
    write_json(sent.reports(SLUG) / "openbaar" / MANIFEST, {ISSUE_NUMBER: 2})

    with pytest.raises(DataError, match=says("issue_lost", number=2)):
        issues_of(sent, SLUG)


def test_a_try_out_that_nobody_got_begins_anew_when_all_that_names_it_is_removed(sent: Workspace):
    encrypted_bundle(sent)
    pages(sent)
    lose(sent)

    with pytest.raises(DataError) as refused:
        issues_of(sent, SLUG)
    for folder in (sent.reports(SLUG), sent.bundles(SLUG)):
        assert f"{folder}" in f"{refused.value}".partition("Verwijder dan eerst")[2]
        shutil.rmtree(folder)

    assert issues_of(sent, SLUG) == []
    assert sends(sent) == 1


def test_a_file_that_is_no_bundle_or_of_before_issues_were_named_names_none(sent: Workspace):
    folder = sent.bundles(SLUG)
    folder.mkdir()
    (folder / "proef-dvo.zip").write_bytes(b"half a zip")
    with pyzipper.AESZipFile(folder / "proef-borne.zip", "w") as archive:
        archive.writestr("leeswijzer.txt", "Voor wie")
    lose(sent)

    assert issues_of(sent, SLUG) == []


# --- closed days ---------------------------------------------------------------------------------

# What is delivered later of days that went out: Borne's file again, with rows in it that are other
# ones, that are gone or that were not there.
HEAD = "Meldnummer;Ontvangen op;Onderwerp;Status;Afgesloten op;Teruggekoppeld op\n"
REDELIVERED = {
    "a row out": "M2022-000002;22-03-2022;Drugs;Afgesloten;;\n",
    "rows in": BORNE.partition("\n")[2].replace(";Afgesloten", ";Afgesloten;;")
    + "M2022-000007;02-03-2022;Fraude;Ontvangen;;\nM2022-000008;02-04-2022;Drugs;Ontvangen;;\n",
    "other topics, closing days and feedback": (
        "M2022-000001;01-03-2022;Fraude;Afgesloten;01-05-2022;02-06-2022\n"
        "M2022-000002;23-03-2022;Woonfraude;Afgesloten;02-06-2022;02-06-2022\n"
    ),
}


def made_public(workspace: Workspace) -> dict[str, bytes]:
    """Every byte of what everybody may read, and of what the next issue would say."""
    folder = workspace.processed(SLUG)
    tables = {path.name: path.read_bytes() for path in (folder / "measures").glob("*.parquet")}
    return tables | {CANDIDATE: (folder / f"{CANDIDATE}.parquet").read_bytes()}


@pytest.mark.parametrize("rows", REDELIVERED.values(), ids=REDELIVERED)
def test_what_is_delivered_later_of_days_that_went_out_changes_no_public_byte(sent, rows: str):
    before = made_public(sent)
    write(sent, "meldingen/borne.csv", HEAD + rows)

    made = prepare(sent, SLUG).manifest

    assert made_public(sent) == before
    (changed,) = made["changed"]
    assert changed["area"] == "borne"
    assert sum(changed[name] for name in ("added", "gone", "changed")) > 0
    assert send(sent) is None


def test_a_file_of_which_nothing_can_be_counted_changes_no_public_byte(sent: Workspace):
    """What went out of a gemeente stays, and its own counts are not known: they are no zero."""
    before = made_public(sent)
    write(sent, "meldingen/borne.csv", HEAD + "M2022-000001;ooit;Drugs;Afgesloten;;\n")

    made = prepare(sent, SLUG).manifest

    assert made["blocked"] == ["borne"]
    assert made_public(sent) == before
    (path,) = (sent.processed(SLUG) / "measures_intern" / "borne").iterdir()
    with zipfile.ZipFile(path) as packed:
        own = pd.read_parquet(io.BytesIO(packed.read("per_period.parquet")))
    assert own.empty
    assert send(sent) is None


def test_a_gemeente_that_sends_nothing_in_a_later_edition_counts_until_it_went_out(sent):
    """Its days that went out are booked, and the days after are not known."""
    write(sent, "meldingen/borne.csv", HEAD + "M2022-000001;ooit;Drugs;Afgesloten;;\n")
    settings = sent.raw(SLUG) / SETTINGS_FILE
    later = settings.read_text("utf-8").replace("peildatum = 2023-06-30", "peildatum = 2023-09-30")
    settings.write_text(later, "utf-8")

    prepare(sent, SLUG)

    tables = sent.processed(SLUG) / "measures"
    connection = pd.read_parquet(tables / "connection.parquet").set_index("area")
    assert connection.loc["borne", "has_delivered"]
    assert f"{connection.loc['borne', 'covered_until']:%Y-%m-%d}" == "2023-06-30"
    counts = pd.read_parquet(tables / "per_period.parquet").set_index(["area", "period"])
    assert counts.loc[("borne", "2023-07/2023-09-half"), "state"] == "missing"
    assert counts.loc[("borne", "2022-01/2022-06"), "state"] == "shown"


@pytest.mark.parametrize(
    ("attack", "why"),
    [
        ({"known": [["a count", "almelo", True]], "is_attacked": True}, ("would_be_known", 1)),
        ({"known": [], "is_attacked": False}, ("not_attacked", 0)),
    ],
)
def test_what_a_reader_would_know_or_was_not_attacked_does_not_go_out(sent, attack, why):
    write(sent, "meldingen/borne.csv", HEAD + REDELIVERED["rows in"])
    settings = sent.raw(SLUG) / SETTINGS_FILE
    later = settings.read_text("utf-8").replace("peildatum = 2023-06-30", "peildatum = 2023-09-30")
    settings.write_text(later, "utf-8")
    made = prepare(sent, SLUG).manifest
    write_json(sent.processed(SLUG) / MANIFEST, made | {"attack": made["attack"] | attack})
    made_of = sha256(sent.processed(SLUG) / f"{CANDIDATE}.parquet")
    write_json(sent.reports(SLUG) / "openbaar" / "manifest.json", {"candidate": made_of})
    code, number = why

    refusal = says("cannot_go_out", slug=SLUG, why=message(code, number=number))
    with pytest.raises(DataError, match=refusal):
        issued(sent, sent.edition(SLUG), DAY)

    assert len(issues_of(sent, SLUG)) == 1


def test_what_is_delivered_later_is_exact_in_what_the_gemeente_itself_gets(sent: Workspace):
    write(sent, "meldingen/borne.csv", HEAD + REDELIVERED["rows in"])

    prepare(sent, SLUG)

    (path,) = (sent.processed(SLUG) / "measures_intern" / "borne").iterdir()
    with zipfile.ZipFile(path) as packed:
        own = pd.read_parquet(io.BytesIO(packed.read("per_period.parquet")))
    assert own.set_index("period").loc["whole", "count"] == 4


def test_without_its_booked_rows_what_went_out_stays_and_is_told_again(both: Workspace):
    """A later edition, of which all days went out, is made of kept numbers alone."""
    assert sends(both) == 1
    forget(both, SLUG)
    before = pd.read_parquet(issues_of(both, SLUG)[0].path).set_index("cell")

    prepare(both, LATER, force=True)

    assert issues_of(both, SLUG)[0].booked is None
    after = pd.read_parquet(both.processed(LATER) / f"{CANDIDATE}.parquet").set_index("cell")
    whole = "per_period|borne|whole|totaal|totaal"  # it was connected after both begins
    assert after.loc[whole, "region"] == before.loc[whole, "region"]
    assert after.loc[whole, "number"] == before.loc[whole, "number"]


def test_what_cannot_be_made_any_more_says_why_in_tables_pages_and_the_annex(both: Workspace):
    """Losser is connected since the begin, which is later in the later edition: other days."""
    assert sends(both) == 1
    forget(both, SLUG)

    prepare(both, LATER, force=True)

    why = "niet te maken: de rijen van eerdere dagen zijn verwijderd"
    losser = load("losser", LATER, workspace=both)
    count = losser.een("per_topic_group", area="losser", period="whole", value="drugs").count
    assert (count.state, str(count), count.sign) == ("forgotten", why, "niet te maken")
    annex = annex_csv(load("twente", LATER, workspace=both)) + guide_of(both)
    assert why in annex
    assert f"Tijd tot afsluiten in dagen | {why.capitalize()}." in annex


def guide_of(workspace: Workspace) -> str:
    """The reading guide of the annex, a line per row."""
    written = annex_workbook(load("twente", LATER, workspace=workspace))
    sheet = openpyxl.load_workbook(io.BytesIO(written))["Leeswijzer"]
    rows = sheet.iter_rows(values_only=True)
    return "\n".join(" | ".join(str(cell) for cell in row) for row in rows)


# --- which issues bind ---------------------------------------------------------------------------


def edition_of(workspace: Workspace, begin: str, peildatum: str, *slugs: str) -> Edition:
    """An edition of these days and gemeenten."""
    blocks = "".join(f"[gemeenten.{slug}]\n" for slug in slugs)
    days = f"begin = {begin}\npeildatum = {peildatum}\n"
    title = '[evaluatie]\ntitel = "Proef"\ndistrict = "Twente"\n'
    folder = workspace.raw(LATER)
    folder.mkdir(exist_ok=True)
    (folder / SETTINGS_FILE).write_text(f"{title}{days}{blocks}", encoding="utf-8")
    return workspace.edition(LATER)


BINDING = {
    "the same days": (("2021-07-01", "2023-06-30", "borne"), 1),
    "one day": (("2023-06-30", "2024-06-30", "losser", "almelo"), 1),
    "days before": (("2020-07-01", "2021-06-30", "borne"), 0),
    "days after": (("2023-07-01", "2024-06-30", "borne"), 0),
    "others": (("2021-07-01", "2023-06-30", "almelo", "wierden"), 0),
}


@pytest.mark.parametrize(("of", "number"), BINDING.values(), ids=BINDING)
def test_every_issue_with_a_day_and_a_gemeente_in_common_binds(sent: Workspace, of, number: int):
    book = books.book_for(sent, edition_of(sent, *of))

    assert len(book.issues) == number
    assert {issue.edition for issue in book.issues} <= {SLUG}


def test_two_editions_that_disagree_about_a_day_of_connection_stop(both: Workspace):
    assert sends(both) == 1
    settings = both.raw(LATER) / SETTINGS_FILE
    moved = settings.read_text("utf-8").replace("2022-02-01", "2022-03-01")
    settings.write_text(moved, encoding="utf-8")

    words = {"slug": "borne", "now": "2022-03-01", "before": "2022-02-01", "edition": SLUG}
    with pytest.raises(UsageError, match=says("connected_otherwise", **words)):
        prepare(both, LATER)
    settings.write_text(moved.replace("2022-03-01", "2022-02-01"), encoding="utf-8")
    prepare(both, LATER)


# --- a revision ----------------------------------------------------------------------------------

ENOUGH = "".join(f"M2022-10000{n};2{n}-04-2022;Fraude;Ontvangen;;\n" for n in range(6))


def revises(workspace: Workspace, gemeenten: str = '["borne"]', reden: str = "een oud bestand"):
    """Put a revision in the settings."""
    block = f'[herziening]\ngemeenten = {gemeenten}\nreden = "{reden}"\n'
    (workspace.raw(SLUG) / SETTINGS_FILE).write_text(f"{TOGETHER}{block}", encoding="utf-8")


def said_in(issue: pd.DataFrame) -> pd.Series:
    """Cell → the number that an issue says."""
    is_said = issue["cell"].ne("") & issue["state"].eq("shown")
    return issue[is_said].set_index("cell")["number"]


def test_a_revision_goes_out_once_and_the_same_settings_do_not_revise_again(sent: Workspace):
    write(sent, "meldingen/borne.csv", HEAD + ENOUGH)
    revises(sent)

    made = prepare(sent, SLUG).manifest
    issue = send(sent)

    assert made["revision"]["gemeenten"] == ["borne"]
    assert made["revision"]["reason"] == "een oud bestand"
    assert issue is not None
    assert issue.number == 2
    listed = (sent.raw(SLUG) / ISSUES_FILE).read_text("utf-8")
    assert listed.count("herziening") == 1
    assert 'herziening = "een oud bestand"' in listed
    table = pd.read_parquet(issue.path)
    old = pd.read_parquet(issues_of(sent, SLUG)[0].path)
    both = said_in(old).align(said_in(table), join="inner")
    assert made["revision"]["moved"] == (both[0] != both[1]).sum() > 0
    regions = table["region"].str.cat(sep=" ")
    assert "borne#2" in regions
    assert "losser#2" not in regions

    # Rows of Borne that come in later still are not counted: it was revised, and is closed again.
    write(sent, "meldingen/borne.csv", HEAD + ENOUGH.replace("100", "200"))
    before = made_public(sent)
    again = prepare(sent, SLUG).manifest
    assert again["revision"] == {}
    assert made_public(sent) == before
    assert send(sent) is None


def test_a_revision_of_whom_nothing_can_be_counted_takes_nothing_back(sent: Workspace):
    """Of a few rows that are gone it would say that they changed, and leave nothing."""
    write(sent, "meldingen/borne.csv", HEAD + "M2022-000001;ooit;Drugs;Afgesloten;;\n")
    before = made_public(sent)
    revises(sent)

    with pytest.raises(DataError, match=says("revision_to_nothing", slug="borne")):
        prepare(sent, SLUG)

    assert made_public(sent) == before


def test_after_a_revision_a_later_one_has_its_own_reason_and_version(sent: Workspace):
    write(sent, "meldingen/borne.csv", HEAD + ENOUGH)
    revises(sent)
    send(sent)
    write(sent, "meldingen/borne.csv", HEAD + ENOUGH.replace("100", "200"))
    revises(sent, reden="nog een bestand")

    issue = send(sent)

    assert issue is not None
    assert issue.number == 3
    assert "borne#3" in pd.read_parquet(issue.path)["region"].str.cat(sep=" ")


def test_fewer_than_five_changed_rows_are_not_revised_and_nothing_is_lost(sent: Workspace):
    before = made_public(sent)
    write(sent, "meldingen/borne.csv", HEAD + REDELIVERED["a row out"])
    revises(sent)

    refusal = says("revision_too_small", slug="borne", number=1, fewest=5)
    with pytest.raises(DataError, match=refusal):
        prepare(sent, SLUG)

    assert made_public(sent) == before
    assert len(issues_of(sent, SLUG)) == 1


def test_before_anything_went_out_there_is_nothing_to_revise(small, tmp_path: Path):
    workspace = Workspace(shutil.copytree(small.root, tmp_path / "root"))
    revises(workspace)

    refusal = says("nothing_to_revise", path=SETTINGS_FILE, peildatum="2023-06-30")
    with pytest.raises(UsageError, match=refusal):
        prepare(workspace, SLUG)


@pytest.mark.parametrize(
    ("gemeenten", "reden", "named"),
    [
        ('["borne"]', "", "herziening.reden"),
        ('["bornw"]', "een oud bestand", "bornw"),
        ("[]", "een oud bestand", "herziening.gemeenten"),
    ],
    ids=["no reason", "an unknown gemeente", "no gemeente"],
)
def test_a_revision_without_a_reason_or_of_an_unknown_gemeente_is_refused(
    sent: Workspace, gemeenten: str, reden: str, named: str
):
    revises(sent, gemeenten, reden)

    with pytest.raises(UsageError) as refused:
        prepare(sent, SLUG)

    assert named in f"{refused.value}"
    assert SETTINGS_FILE in f"{refused.value}"
