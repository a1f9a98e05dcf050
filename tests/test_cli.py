"""The commands: what they say, to whom, and with which code they end."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from unittest.mock import Mock

import psutil
import pytest
from conftest import PROJECT, cases, command, contents, python

from mma_analysis import cli, pipeline
from mma_analysis.cli.pages import tell_taken_away
from mma_analysis.settings import EXAMPLE, Workspace, load
from mma_analysis.vocabulary import DataError, message
from mma_analysis.vocabulary.reference import words_of
from says import given, says
from small_edition import delivers

Ended = namedtuple("Ended", ["code", "out", "err"])


@pytest.fixture
def mma(monkeypatch, capfd):
    """Run `mma` as if it was typed, in this process; what libraries in C print counts too."""

    def mma(*arguments: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["mma", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return Ended(code, *capfd.readouterr())

    return mma


@pytest.fixture
def own(workspace, tmp_path) -> Workspace:
    """A prepared workspace of one's own, to change."""
    shutil.copytree(workspace.root / "data", tmp_path / "data")
    return Workspace(tmp_path)


@pytest.fixture
def broken() -> set[str]:
    """The pages of Losser cannot be made."""
    return {"openbaar/losser.html", "intern/losser/losser.html"}


def standing(folder: Path) -> dict[str, bytes]:
    """Every file, but for those that we work on, which a kill leaves, and notebooks as they ran."""
    working = {".mma", f".{EXAMPLE}-new", f"{EXAMPLE}-notebooks"}
    return {
        name: held for name, held in contents(folder).items() if not working & {*name.split("/")}
    }


# --- wrong use: 2 --------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "code", "words"), cases("wrong_commands"))
def test_wrong_use_ends_with_2_and_says_what_was_meant(mma, own, arguments, code, words):
    editions = contents(own.raw(""))

    ended = mma("--root", own.root, *arguments.split())

    assert (ended.code, ended.out) == (2, "")
    assert re.match("fout: " + says(code, **given(words)).removeprefix("(?s)"), ended.err)
    assert "Traceback" not in ended.err
    assert not own.reports("").exists()
    assert contents(own.raw("")) == editions


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["run", "voorbeeld"], says("no_edition")), (["template"], says("no_json", verb="template"))],
)
def test_with_json_an_error_is_one_object_too(mma, own, arguments, said):
    ended = mma("--root", own.root, "--json", *arguments)

    told = json.loads(ended.out)
    assert (ended.code, ended.err) == (2, "")
    assert set(told) == {"error", "code"}
    assert told["code"] == 2
    assert re.fullmatch(said, told["error"])


# --- failed: 1 -----------------------------------------------------------------------------------


def test_deliveries_that_cannot_be_read_end_with_1_all_named_and_nothing_changes(mma, own):
    (own.raw(EXAMPLE) / "meldingen" / "almelo.xlsx").write_bytes(b"PK stuk")
    (own.raw(EXAMPLE) / "meldingen" / "wierden.csv").write_text("", encoding="utf-8")
    (own.raw(EXAMPLE) / "vragenlijst" / "antwoorden.xlsx").write_bytes(b"")
    before = standing(own.root)

    ended = mma("run", "--root", own.root)

    assert ended.code == 1
    assert re.match("fout: " + message("several_things", number=3), ended.err)
    # Where the edition stands is said also when there is a question.
    assert message("status_head", slug=EXAMPLE) in ended.out
    for name in ("meldingen/almelo.xlsx", "meldingen/wierden.csv", "vragenlijst/antwoorden.xlsx"):
        assert f"\n{name}: " in ended.err
    assert "Traceback" not in ended.err
    assert standing(own.root) == before


def test_reporting_before_preparing_ends_with_1_and_says_what_to_do(mma, own):
    shutil.rmtree(own.processed(EXAMPLE))

    ended = mma("report", "--root", own.root)

    assert (ended.code, ended.err) == (1, f"fout: {message('not_prepared', slug=EXAMPLE)}\n")


FULL, WORN = "No space left on device", "Input/output error"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyError("Jan Zonderland"), "our_fault", {"kind": "KeyError"}),
        (OSError(28, FULL, "/data/a"), "no_room", {"where": "/data/a", "what": FULL}),
        (OSError(28, FULL), "no_room", {"where": message("a_disk"), "what": FULL}),
        (OSError(5, WORN), "not_written", {"where": message("a_disk"), "what": WORN}),
    ],
)
def test_what_fails_is_said_in_words_without_a_traceback_or_a_quote(
    mma, own, monkeypatch, error, code, words
):
    monkeypatch.setattr(pipeline, "prepare", Mock(side_effect=error))

    ended = mma("run", "--root", own.root)

    assert (ended.code, ended.err) == (1, f"fout: {message(code, **words)}\n")


def test_when_nobody_reads_on_the_work_goes_on():
    said = """
import sys
from mma_analysis.cli.console import out
for number in range(100_000):
    out.print(number)
print("done", file=sys.stderr)
"""
    started = subprocess.Popen(
        [sys.executable, "-c", said], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert started.stdout.readline() == "0\n"
    started.stdout.close()

    assert started.stderr.read() == "done\n"
    assert started.wait() == 0


@pytest.mark.parametrize(("before", "after"), [([], ["--debug"]), (["--debug"], [])])
def test_debug_shows_the_traceback(mma, own, monkeypatch, before, after):
    monkeypatch.setattr(pipeline, "prepare", Mock(side_effect=KeyError("kolom")))

    with pytest.raises(KeyError, match="kolom"):
        mma(*before, "run", "--root", own.root, *after)


def test_options_of_mma_itself_are_before_the_verb_or_after_it(mma, own):
    after = mma("list", "--json", "--root", own.root)

    assert len(json.loads(after.out)["pages"]) == 30
    assert mma("--json", "--root", own.root, "list") == after
    assert mma("--root", "elsewhere", "list", "--root", own.root, "--json") == after


# --- some pages failed: 3 ------------------------------------------------------------------------


@pytest.mark.slow
def test_a_page_that_fails_ends_with_3_and_says_which_and_why(mma, own, quickly):
    ended, again = (mma("report", "--root", own.root, *more) for more in ([], ["--json"]))

    assert (ended.code, again.code) == (3, 3)
    page, reason = "openbaar/losser.html", "cel 3: stuk"
    assert message("page_failed", page=page, reason=reason) in ended.out.splitlines()
    pages = {row.pop("page"): row for row in json.loads(again.out)["pages"]}
    assert len(pages) == 30
    assert pages[page] == {"state": "failed", "reason": reason}
    assert pages["openbaar/borne.html"] == {"state": "kept", "reason": ""}


# --- interrupted: 130 ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal for a group of processes")
@pytest.mark.parametrize("ends", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_what_ends_it_while_pages_are_made_leaves_old_reports_and_no_processes(
    reports, tmp_path, ends
):
    shutil.copytree(reports.workspace.root, tmp_path, dirs_exist_ok=True)
    before = standing(tmp_path)
    started = subprocess.Popen(
        command("report", "--root", tmp_path, "--force"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline().startswith("gemaakt")
    family = psutil.Process(started.pid).children(recursive=True)
    assert len(family) >= 2

    number = getattr(signal, ends)
    # as a terminal does, and as `kill` and a closing system do
    os.killpg(started.pid, number) if ends == "SIGINT" else os.kill(started.pid, number)
    _, err = started.communicate(timeout=300)

    is_heard = ends != "SIGKILL"
    assert started.returncode == (130 if is_heard else -signal.SIGKILL)
    assert err == f"fout: {message('interrupted')}\n" or not is_heard
    assert standing(tmp_path) == before
    left = {EXAMPLE} if is_heard else {EXAMPLE, f".{EXAMPLE}-new"}  # until the next command
    assert {path.name for path in (tmp_path / "reports").iterdir()} <= left
    _, alive = psutil.wait_procs(family, timeout=300)
    assert alive == []


# --- for machines, terminals and people ----------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (["report", "--only", "borne"], {"pages", "index", "seconds"}),
        (["run", "--only", "borne"], {"pages", "index", "seconds"}),
        (["list"], {"pages", "around", "issues", "notebooks"}),
        (["doctor"], {"findings"}),
        (["status"], {"red", "missing", "headers", "questions", "words", "next"}),
        (["prepare"], {"files", "outputs", "inputs", "edition", "version", "blocked", "attack"}),
    ],
)
def test_json_is_one_object_and_nothing_else(mma, own, quickly, arguments, keys):
    ended = mma(*arguments, "--root", own.root, "--json")

    assert (ended.code, ended.err) == (0, ""), ended.out
    assert keys <= set(json.loads(ended.out))


@pytest.mark.parametrize("arguments", [["status"], ["status", "niet-bestaand"]])
def test_after_json_what_is_said_is_heard_again(mma, own, capfd, arguments):
    mma(*arguments, "--root", own.root, "--json")
    cli.console.say("Hoor je dit?")

    assert capfd.readouterr().out == "Hoor je dit?\n"


def test_only_makes_those_pages_and_says_plainly_what_is_left_out_and_what_to_open(
    mma, own, quickly
):
    ended = mma("report", "--root", own.root, "--only", "borne", "--only", "twente")

    assert "\x1b" not in ended.out
    assert ended.err == ""
    pages = ("openbaar/borne", "openbaar/district", "intern/borne/borne", "openbaar/hoe-wij-telden")
    counts = message("pages_summary", made=4, kept=0, failed=0)
    assert ended.out.splitlines()[: len(pages) + 2] == [
        *(
            message("page_made", page=f"{name}.html", number=number, total=4)
            for number, name in enumerate(pages, start=1)
        ),
        message("pages_left_out", summary=counts, absent=26),
        message("open_index", path=own.reports(EXAMPLE) / "openbaar" / "index.html"),
    ]


def test_a_page_has_a_number_among_those_that_were_asked_for(mma, own, quickly):
    mma("report", "--root", own.root, "--only", "borne")
    ended = mma("report", "--root", own.root, "--only", "twente")

    asked = ("openbaar/district.html", "openbaar/hoe-wij-telden.html")
    for number, page in enumerate(asked, start=1):
        assert message("page_made", page=page, number=number, total=2) in ended.out.splitlines()


def test_only_says_first_which_other_pages_go(own, capsys):
    page = own.reports(EXAMPLE) / "openbaar" / "borne.html"
    page.parent.mkdir(parents=True)
    page.write_text("van vorige keer", encoding="utf-8")

    tell_taken_away(own, EXAMPLE, ["losser"], None)
    tell_taken_away(own, EXAMPLE, ["borne"], None)

    going = {"number": 1, "first": "openbaar/borne.html", "slug": EXAMPLE}
    assert capsys.readouterr().out == message("takes_away", **going) + "\n"


def test_no_page_is_said_to_go_when_the_tables_must_be_made_first(own, capsys):
    page = own.reports(EXAMPLE) / "openbaar" / "borne.html"
    page.parent.mkdir(parents=True)
    page.write_text("van vorige keer", encoding="utf-8")
    table = own.processed(EXAMPLE) / "measures" / "per_period.parquet"
    table.write_bytes(table.read_bytes() + b"\n")

    with pytest.raises(DataError, match="prepare"):
        tell_taken_away(own, EXAMPLE, ["losser"], None)

    assert capsys.readouterr().out == ""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminal")
def test_a_terminal_gets_a_progress_bar_and_the_same_lines(reports, tmp_path):
    shutil.copytree(reports.workspace.root, tmp_path, dirs_exist_ok=True)
    script = f"import pty; pty.spawn({command('report', '--root', tmp_path)!r})"

    terminal = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    ended = python("-c", script, stdin=subprocess.DEVNULL, env=terminal)
    said = re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", ended.stdout)

    assert "30 van 30" in said
    assert message("pages_summary", made=0, kept=30, failed=0) in re.split("[\r\n]+", said)


def test_list_says_of_every_page_how_it_stands(mma, own, quickly):
    before = mma("list", "--root", own.root)
    report = mma("report", "--root", own.root, "--only", "borne")
    assert (report.code, report.err) == (0, "")
    after = mma("list", "--root", own.root)
    (own.reports(EXAMPLE) / "intern" / "borne" / "kwaliteit.html").unlink()
    without_letter = mma("list", "--root", own.root)

    made, absent = message("state_kept"), message("state_absent")
    assert before.code == after.code == 0
    assert len(before.out.splitlines()) == 31
    assert made not in before.out
    assert [line.split("  ")[0] for line in after.out.splitlines() if line.endswith(made)] == [
        *("openbaar/borne.html", "intern/borne/borne.html", message("around_pages"))
    ]
    assert without_letter.out.splitlines()[-1].endswith(absent)


@pytest.mark.slow
def test_check_makes_the_letters_and_keeps_the_pages(mma, own, quickly):
    mma("report", "--root", own.root, "--only", "borne")

    ended = mma("check", "--root", own.root)

    made = [line for line in ended.out.splitlines() if line.startswith("gemaakt: ")]
    assert ended.code == 0
    assert len(made) == 14
    assert all(Path(line.removeprefix("gemaakt: ")).is_file() for line in made)
    assert (own.reports(EXAMPLE) / "openbaar" / "borne.html").is_file()


def test_what_check_suggests_can_be_pasted_in_the_settings_whole(mma, own):
    ended = mma("check", "--suggest", "--root", own.root)

    settings = own.raw(EXAMPLE) / "evaluatie.toml"
    with settings.open("a", encoding="utf-8") as text:
        text.write(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert '# "zie bijlage" = ""  # 2 keer, in 2 bestanden\n' in ended.out
    assert load(own.raw(EXAMPLE)).deliveries()


@pytest.mark.parametrize("verb", ["check", "new", "run", "bundle", "code"])
def test_help_says_in_dutch_what_is_typed_and_never_a_type_of_python(mma, verb):
    said = mma(verb, "--help").out

    assert "PAD" in said
    assert re.findall(r"\b(?:bool|str|path|int)\b|list\[", said) == []


def test_the_workbook_with_questions_is_written_and_read_back(mma, own):
    made = mma("check", "--werkmap", "--root", own.root)
    path = own.raw(EXAMPLE) / "sjablonen" / "vragen.xlsx"
    taken = mma("check", "--ingevuld", path, "--root", own.root)

    settings = own.raw(EXAMPLE) / "evaluatie.toml"
    assert (made.code, made.err) == (0, "")
    assert made.out.startswith(f"gemaakt: {path}. ")
    assert (taken.code, taken.err) == (0, "")
    # The example has one word that is not known, and nobody chose anything for it.
    assert message("book_taken", path=settings, headers=0, words=0) in taken.out
    assert "nog open: tabblad 'woorden', cel G2" in taken.out
    assert "Hoe ver is" in taken.out


def test_a_column_that_was_named_wrongly_on_purpose_is_seen_in_what_prepare_says(mma, tmp_path):
    text = "Datum ontvangst;Onderwerp;Afgesloten op\n14-3-2022;drugs;20-3-2022\n"
    own = '[gemeenten.losser.kolommen]\n"Afgesloten op" = "reported_on"\n'
    workspace = Workspace(tmp_path)
    workspace.raw("proef").mkdir(parents=True)
    delivers(workspace.raw("proef"), text, own=own)
    (workspace.raw("proef") / "meldingen").mkdir()
    (workspace.raw("proef") / "meldingen" / "ook.csv").write_text(text, encoding="utf-8")

    ended = mma("prepare", "proef", "--root", tmp_path)

    (said,) = [line for line in ended.out.splitlines() if "Afgesloten op" in line]
    field = words_of("read_as")["reported_on"]
    assert said == f"  Afgesloten op → {field}"
    assert "losser.csv: 1 rijen gelezen, 1 geteld, 0 geweigerd, 0 dubbel. Oordeel" in ended.out
    assert "let op: meldingen/ook.csv staat bij geen gemeente" in ended.out


def test_the_example_is_written_once_and_never_over_something_else(mma, tmp_path):
    folder = tmp_path / "data" / "raw" / EXAMPLE
    themes = folder / "vragenlijst" / "themas.toml"

    written = mma("example", "--root", tmp_path)
    again = mma("example", "--root", tmp_path)
    assert contents(folder) == contents(PROJECT / "data" / "raw" / EXAMPLE)
    themes.write_text("anders", encoding="utf-8")
    last = mma("example", "--root", tmp_path)

    assert (written.code, written.out) == (0, message("made", path=folder) + "\n")
    assert (again.code, again.out) == (0, message("as_it_was", path=folder) + "\n")
    assert last == again
    assert themes.read_text(encoding="utf-8") == "anders"


EXPORT = "ID;Begintijd;Tijd van voltooien;E-mail;Naam;Gemeente?;Cijfer?\n1;;;;;Borne;7\n"


def test_a_survey_comes_with_a_code_book_in_a_new_edition_or_later(mma, tmp_path):
    dates = ["--begin", "2023-07-01", "--peildatum", "2024-06-30", "--root", tmp_path]
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")

    new = mma("new", "met", *dates, "--vragenlijst", tmp_path / "export.csv")
    mma("new", "zonder", *dates)
    later = mma("codebook", "zonder", tmp_path / "export.csv", "--root", tmp_path)
    again = mma("codebook", "zonder", tmp_path / "export.csv", "--root", tmp_path)

    met, zonder = (tmp_path / "data/raw" / name for name in ("met", "zonder"))
    books = [folder / "vragenlijst/codeboek.toml" for folder in (met, zonder)]
    assert message("made", path=books[0]) in new.out.splitlines()
    assert re.search(says("paste_survey", lines="vragenlijst"), later.out)
    assert books[0].read_bytes() == books[1].read_bytes()
    with (zonder / "evaluatie.toml").open("a", encoding="utf-8") as settings:
        block = later.out.partition("[vragenlijst]")[2].partition(message("codes_of_pages"))[0]
        settings.write(f"[vragenlijst]{block}")
    assert load(zonder).vragenlijst == load(met).vragenlijst
    assert (again.code, again.out) == (2, "")


def test_version_and_help_are_there(mma):
    version, asked, unasked = mma("--version"), mma("--help"), mma()

    assert version.out.startswith("mma-analysis 1.")
    assert asked.code == 0
    for one in cli.app.registered_commands:
        name = one.name or one.callback.__name__
        assert f" {name} " in asked.out
    assert " prepare " in unasked.out + unasked.err


@pytest.mark.slow
def test_audit_warns_of_pages_that_are_not_up_to_date_and_bundle_refuses_them(
    mma, reports, tmp_path, quickly_but_pages
):
    shutil.copytree(reports.workspace.root, tmp_path, dirs_exist_ok=True)
    assert "let op" not in mma("audit", "--root", tmp_path).err
    settings = Workspace(tmp_path).raw(EXAMPLE) / "evaluatie.toml"
    before = settings.read_text(encoding="utf-8")
    of_tables = message("inputs_changed", files="evaluatie.toml", slug=EXAMPLE)
    of_pages = message("why_changed", parts="instellingen")
    changes = {
        ("basis = 5 ", "basis = 10 ", of_tables): says("stale", why=of_tables, slug=EXAMPLE),
        ("A. Voorbeeld", "B. Voorbeeld", of_pages): says("older_set", why=of_pages, slug=EXAMPLE),
    }
    for (old, new, why), said in changes.items():
        settings.write_text(before.replace(old, new), encoding="utf-8")

        warned = mma("audit", "--root", tmp_path)
        refused = mma("bundle", "--root", tmp_path)

        assert re.search(says("stale_pages", number=30, why=why), warned.err)
        assert re.search(said, refused.err)
        assert refused.code == 1
    settings.write_text(before, encoding="utf-8")
    (Workspace(tmp_path).reports(EXAMPLE) / "openbaar" / "borne.html").unlink()
    assert re.search(says("set_not_whole"), mma("bundle", "--root", tmp_path).err)
