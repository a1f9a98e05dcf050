"""What went out stays: issues are kept whole, bind what comes after, and block when gone."""

import datetime as dt
import errno
import re
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import pyzipper
from conftest import cases

from counting import edition, released, several
from mma_analysis import attack
from mma_analysis.forget import forget
from mma_analysis.measure.counts import DIMENSIONS
from mma_analysis.pipeline import issued, prepare
from mma_analysis.pipeline.candidate import is_certain
from mma_analysis.pipeline.run import Released
from mma_analysis.settings import SETTINGS_FILE, Workspace
from mma_analysis.storage import (
    CANDIDATE,
    ISSUES_FILE,
    MANIFEST,
    NUMBER,
    RELEASES_FILE,
    freshness,
    issues,
    issues_of,
    mark_of_issue,
    read_manifest,
    sha256,
    write_json,
)
from mma_analysis.vocabulary import DataError, message
from says import says
from small_edition import TOGETHER

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
        *("gemeenten", "counted", "period", "since", "family", "codes"),
        *("cell", "number", "text", "state", "basis"),
    }
    assert (table["number"].dropna() % 5 == 0).all()
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


def test_it_is_an_issue_from_the_moment_that_the_edition_names_it(sent: Workspace):
    path = issues_of(sent, SLUG)[0].path
    path.rename(path.with_suffix(".komt"))  # who is stopped after that has one
    path.with_name("2.komt").write_bytes(b"half an issue")  # and before that none

    assert [one.path for one in issues_of(sent, SLUG)] == [path]
    assert path.is_file()


@pytest.mark.parametrize("fails", ["1.komt", ISSUES_FILE])
def test_on_a_full_disk_there_is_no_half_issue(small, tmp_path: Path, monkeypatch, fails: str):
    workspace = Workspace(shutil.copytree(small.root, tmp_path / "root"))
    write_whole = issues.write_whole

    def full(path: Path, content: bytes) -> None:
        if path.name == fails:
            raise OSError(errno.ENOSPC, "no space left")
        write_whole(path, content)

    monkeypatch.setattr(issues, "write_whole", full)
    with pytest.raises(OSError, match="no space left"):
        send(workspace)

    assert issues_of(workspace, SLUG) == []
    assert list(workspace.issued(SLUG).glob("*")) == []


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
    "a delivery": "meldingen/borne.csv",
    "a setting": SETTINGS_FILE,
    "a correction": "correcties.toml",
}


@pytest.mark.parametrize("file", CHANGES.values(), ids=CHANGES)
def test_what_was_delivered_or_set_after_the_tables_were_made_stops_them(both, file: str):
    with (both.raw(SLUG) / file).open("a", encoding="utf-8") as text:
        text.write("\n")

    with refusal(SLUG, file):
        sends(both)
    assert issues_of(both, SLUG) == []


def test_tables_of_another_version_of_the_program_do_not_go_out(both, monkeypatch):
    now = freshness.made_with() | {"code en sjablonen": "another"}
    monkeypatch.setattr(freshness, "made_with", lambda: now)

    with refusal(SLUG, "code en sjablonen"):
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
    write_json(path, {NUMBER: 1})
    return path


def dossier(workspace: Workspace) -> Path:
    path = workspace.reports(SLUG) / "audit.json"
    write_json(path, {NUMBER: 1})
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
    shutil.copy(backup.raw(SLUG) / ISSUES_FILE, listed)
    assert [issue.number for issue in issues_of(sent, SLUG)] == [1]


def test_a_list_of_before_the_last_issue_misses_the_last(sent: Workspace):
    write_json(sent.reports(SLUG) / "openbaar" / MANIFEST, {NUMBER: 2})

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


# --- binding -------------------------------------------------------------------------------------

OTHERS = {"almelo": 60, "enschede": 90, "hengelo": 120, "losser": 30}
BORNE_TOTAL = "borne|whole|totaal|totaal"


def borne_received(
    borne: int,
    before: pd.DataFrame | None = None,
    later: int = 0,
    others: Mapping[str, int] = OTHERS,
) -> Released:
    """Borne received so many in one month, others more; `later`: and that many in July 2023."""
    rows = [("borne", "2022-08-01", borne), ("borne", "2023-07-01", later)]
    meldingen = several(*rows, *((slug, "2022-08-01", n) for slug, n in others.items()))
    peildatum = "2023-09-30" if later else "2023-06-30"
    of = edition(
        {slug: {"aangesloten": "2021-07-01"} for slug in ("borne", *others)}, peildatum=peildatum
    )
    return released(of, meldingen, before=before)


@cache
def sent_first() -> Released:
    """What went out when Borne had received 22."""
    return borne_received(22)


def table(done: Released) -> pd.DataFrame:
    """What goes out."""
    return done.candidate.table()


def told(done: Released) -> pd.Series:
    """Every number, on what it is about."""
    rows = table(done).dropna(subset="number")
    return rows.groupby(rows[DIMENSIONS].agg("|".join, axis=1))["number"].first()


@pytest.mark.parametrize(("truth", "said", "heard"), cases("drifts"))
def test_a_number_stays_while_the_truth_is_within_four_and_only_the_analyst_hears_of_it(
    truth: str, said: str, heard: str
):
    first = table(sent_first())
    again = borne_received(int(truth), first)
    drift = again.candidate.drift().set_index("cell").T

    assert again.candidate.attacked.rounded[BORNE_TOTAL] == int(said)
    assert table(again).equals(first) == (said == "20")
    told = {"issued": 20, "truth": int(truth), "now": int(said), "why": heard} if heard else {}
    assert drift.get(BORNE_TOTAL, pd.Series()).to_dict() == told


@pytest.mark.slow
def test_a_correction_that_would_give_a_number_away_moves_what_went_out():
    """Almelo and Borne together had 12 of about 20, and now 9: if 20 stays, Losser has 7 to 9."""
    others = {"almelo": 8, "losser": 7}
    total, losser = f"twente|{BORNE_TOTAL[6:]}", f"losser|{BORNE_TOTAL[6:]}"
    first = borne_received(4, others=others)
    assert first.candidate.attacked.rounded[[total, losser]].to_list() == [20, 5]

    again = borne_received(1, table(first), others=others)

    assert again.candidate.stays[losser]
    assert again.candidate.attacked.learnt == ()
    assert again.candidate.attacked.rounded[[total, losser]].to_list() == [15, 5]
    drift = again.candidate.drift().set_index("cell")
    assert drift.loc[total, ["truth", "why"]].to_list() == [16, "meegenomen"]


@pytest.mark.slow
def test_a_later_edition_says_the_same_of_the_same_days_and_nobody_learns_the_difference():
    first = sent_first()
    later = borne_received(22, table(first), later=1)

    both = told(first).index.intersection(told(later).index)
    assert len(both) > 100
    assert told(later)[both].equals(told(first)[both])
    assert later.candidate.attacked.is_attacked
    assert later.candidate.attacked.learnt == ()


@pytest.mark.slow
def test_a_longer_time_is_never_less_than_what_went_out_of_a_part_of_it():
    """Of three meldingen 5 was said; later there is one more, and four could be told as 0."""
    first = borne_received(3)
    out = table(first)
    is_borne = out["gemeenten"].eq("borne") & out["number"].eq(0) & out["family"].eq("")
    told_as_5 = out.assign(number=out["number"].mask(is_borne, 5))

    later = borne_received(3, told_as_5, later=1)

    assert later.candidate.attacked.rounded[BORNE_TOTAL] == 5


def test_an_issue_of_other_gemeenten_or_days_does_not_bind():
    out = table(sent_first())
    elsewhere = out.assign(gemeenten=out["gemeenten"].str.replace("borne", "wierden"))
    earlier = out.assign(period=out["period"].str.replace("202", "201"))

    for before in (elsewhere, earlier):
        binding = borne_received(23, before).candidate.issued
        assert not binding["gemeenten"].str.contains("wierden").any()
        assert (binding["period"] >= "2021").all()


def test_what_is_exact_or_a_few_cannot_be_signed_for():
    known = [(3, 3), (1, 4), (0, 3), (1, 5), (6, 9)]

    learnt = [attack.Learnt("borne", "losser", *ends, (), ()) for ends in known]

    assert [*map(is_certain, learnt)] == [True, True, False, False, False]
