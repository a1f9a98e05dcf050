"""Ends a command, or lets a call of it fail, at each call that changes something on disk.

A program of its own: `python tests/faults.py all` tries every call of every command, in ways that
`WAYS` names, and `make faults` does just that; with a number instead, only so many of each. It
imports all once, and forks for each trial. What takes time is done once and remembered: what is
written stays the same, to the byte.

So not each call is disturbed. What is remembered of the attack and of the audit also writes, below
`.mma`, what it keeps: those writes come with the first time alone. And pages are made one by one,
each in a process of its own that nobody disturbs, where a command makes them side by side.
"""

import datetime as dt
import errno
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mma_analysis import audit
from mma_analysis.audit import examination
from mma_analysis.audit.files import OUTSIDE
from mma_analysis.cli import editions, main, pages
from mma_analysis.pipeline import run as stages
from mma_analysis.publish import batch, set_files
from mma_analysis.publish.processes import FinishedJob
from mma_analysis.settings import Edition, Workspace
from mma_analysis.storage import folders, hash_of, hashes_below, input_hashes
from small_edition import LOSSER, TOGETHER, of_two, write

EDITION = "proef"
NEXT = "vervolg"
ONLY = ("--only", "borne")
REPORTS = f"reports/{EDITION}"
KEPT_REPORTS = f"reports/.{EDITION}-previous"
SEED = 51
TODAY = dt.date(2023, 9, 12)
KILLED = 9
ONE_FAILED = 3  # pages that failed, beside others that stand
TOO_LONG = 120  # seconds: then it hangs
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.symlink", "os.link"}
WRITING = os.O_WRONLY | os.O_RDWR
MAKES = batch.make_one
KILL = "kill"
WAYS = {KILL: 0, "no room": errno.ENOSPC, "broken": errno.EIO, "not allowed": errno.EACCES}
# What a person reads, and is not to read: that it is a fault of ours.
OURS = ("Traceback", "een fout van mma-analysis")
SIGNED = """
[[vrijgave]]
uitvoer = "{output}"
inhoud = "{content}"
reden = "verzonnen: wie hier staat, bestaat niet"
eerste = {{ naam = "A. Verzonnen", functie = "onderzoeker", datum = 2023-07-11 }}
tweede = {{ naam = "B. Bedacht", functie = "privacy-functionaris", datum = 2023-07-12 }}
"""


@dataclass(frozen=True)
class Command:
    """What is typed, and the folders that change whole when it is done."""

    name: str
    typed: tuple[str, ...]
    whole: tuple[str, ...] = ()
    # What the same command says when it is all there already.
    is_there: str = ""


COMMANDS = (
    Command(
        "run",
        ("run", EDITION, *ONLY),
        (f"data/processed/{EDITION}", REPORTS),
    ),
    Command("report", ("report", EDITION, *ONLY), (REPORTS,)),
    Command("audit", ("audit", EDITION)),
    Command("bundle", ("bundle", EDITION, *ONLY), (f"reports/{EDITION}-pakketten",)),
    Command("forget", ("forget", EDITION, "--yes")),
    Command(
        "new",
        ("new", NEXT, "--peildatum", "30-06-2024", "--from", EDITION, "--meldingen", "{sent}"),
        (f"data/raw/{NEXT}",),
        is_there="is er al; er is niets veranderd",
    ),
)


@dataclass
class Trial:
    """One command that was disturbed at one call, and all that was wrong after it."""

    command: str
    way: str
    call: int
    what: str = ""
    wrong: list[str] = field(default_factory=list)


# --- what takes time and is done once ------------------------------------------------------------


class Once:
    """A function in a module that gives again what it gave before for the same."""

    def __init__(self, module: Any, name: str, key: Callable[..., Any]) -> None:
        self.does = getattr(module, name)
        self.key = key
        self.given: dict[Any, Any] = {}
        setattr(module, name, self)

    def __call__(self, *given: Any) -> Any:
        key = self.key(*given)
        if key not in self.given:
            self.given[key] = self.does(*given)
        return self.given[key]


def remember() -> None:
    """Let what takes time be done once, for each edition as it is."""
    Once(stages, "read_and_clean", of_edition)
    Once(stages, "Released", lambda cleaned, of, book, kept: (id(cleaned), len(book.issues)))
    held: list[Any] = []  # an id is of nothing else while what has it is held

    def of_table(table: Any) -> int:
        held.append(table)
        return id(table)

    Once(stages, "_parquet", of_table)
    for name in ("letter_html", "yearly_return", "paper"):
        Once(set_files, name, of_evaluation)
    for name in ("annex_workbook", "proposal_document", "proposal_html", "annex_csv"):
        Once(set_files, name, lambda e, more: (of_evaluation(e), str(more)))
    pages_of = Once(batch, "make_one", lambda _, slug, page: (page.path, str(page.parts)))
    pages_of.does = apart
    Once(
        examination,
        "audit",
        lambda edition, reports, tables, kept=None: (
            of_edition(edition),
            hash_of(hashes_below(reports, OUTSIDE)),
        ),
    )
    batch.each = one_by_one
    batch.begin_server = lambda: None  # nothing is forked from it, and a fork cannot wait for it
    for module in (pages, editions):
        module.tell_standing = lambda workspace, slug: None  # it only reads
    day = SimpleNamespace(today=lambda: TODAY)
    editions.dt = SimpleNamespace(date=day, timedelta=dt.timedelta)


def apart(*given: Any) -> Any:
    """A page, made in a process of its own."""
    with get_context("fork").Pool(1) as pool:
        return pool.apply(make_page, given)


def make_page(*given: Any) -> Any:
    return MAKES(*given)


def of_edition(edition: Edition) -> str:
    return hash_of(input_hashes(edition.folder))


def of_evaluation(e: Any) -> tuple[str, ...]:
    manifest = folders.sha256(e.processed / "manifest.json")
    return e.area.slug, e.audience, manifest, of_edition(e.edition)


def one_by_one(do: Any, jobs: Sequence[Any], *given: Any, **named: Any) -> Iterator[FinishedJob]:
    """In the place of `each`: in this process, and the executed notebook is written again."""
    workspace, slug = do.args
    for page in jobs:
        path = batch.executed(workspace, slug, page)
        try:
            made = batch.make_one(workspace, slug, page)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_text("a notebook that ran", encoding="utf-8")
        except OSError as error:
            yield FinishedJob(page, None, error)
        else:
            yield FinishedJob(page, made, None)


# --- one trial ------------------------------------------------------------------------------------


class Disturbed:
    """Counts the calls of this process that change something on disk, and disturbs one."""

    def __init__(self, root: Path, way: str, call: int) -> None:
        self.root = str(root)
        self.way = way
        self.left = call
        self.calls: list[str] = []
        sys.addaudithook(self.hears)
        os.fsync = self.counting("os.fsync", os.fsync)
        exchanged = folders._exchanged

        def exchange(one: Path, other: Path) -> bool:
            try:
                self.counts("exchange", str(one))
            except OSError:
                return False  # as the system says it
            return exchanged(one, other)

        folders._exchanged = exchange

    def hears(self, event: str, given: tuple[Any, ...]) -> None:
        """What Python tells before each call."""
        is_opened = event == "open" and isinstance(given[2], int) and given[2] & WRITING
        if event in CHANGES or is_opened:
            self.counts(event, str(given[0]))

    def counting(self, name: str, does: Callable[[int], None]) -> Callable[[int], None]:
        def counted(descriptor: int) -> None:
            self.counts(name, "")
            does(descriptor)

        return counted

    def counts(self, event: str, path: str) -> None:
        """One call more; when it is the one, it does not come."""
        is_elsewhere = path.startswith("/") and not path.startswith(self.root)
        if is_elsewhere:
            return
        self.calls.append(f"{event} {path.removeprefix(self.root)}".strip())
        self.left -= 1
        if self.left == 0 and self.way == KILL:
            os._exit(KILLED)
        if self.left == 0:
            number = WAYS[self.way]
            raise OSError(number, os.strerror(number), path or None)


def forked(root: Path, typed: Sequence[str], way: str = KILL, call: int = 0) -> tuple[int, str]:
    """Type a command in a process of its own: how it ended, and what it said.

    Without a `call` it is left alone.
    """
    said = root.with_suffix(".said")
    told = root.with_suffix(".calls")
    child = os.fork()
    if not child:
        signal.alarm(TOO_LONG)
        sys.stdout = sys.stderr = said.open("w", encoding="utf-8")
        calls = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        sys.argv = ["mma", *typed, "--root", str(root)]
        disturbed = Disturbed(root, way, call)
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        except BaseException as error:
            print(f"Traceback: {error!r}")
            code = 99
        sys.stdout.flush()
        os.write(calls, "\n".join(disturbed.calls).encode())
        os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), said.read_text(encoding="utf-8")


def calls_of(root: Path) -> list[str]:
    """The calls of the command that was typed last."""
    return root.with_suffix(".calls").read_text(encoding="utf-8").splitlines()


@dataclass
class Known:
    """A command as it is when it is left alone: before, after, and how it ended."""

    command: Command
    before: Path
    typed: tuple[str, ...]
    old: dict[str, bytes]
    new: dict[str, bytes]
    all_new: dict[str, bytes]
    code: int
    calls: list[str]


def seen(root: Path) -> dict[str, bytes]:
    """Every file that a person or a next command may take for finished."""
    files = {}
    for name, content in everything(root).items():
        is_hidden = any(part.startswith(".") for part in Path(name).parts)
        is_unfinished = name.endswith((".half", ".komt", "/"))
        if not is_hidden and not is_unfinished:
            files[name] = content
    return files


def everything(root: Path) -> dict[str, bytes]:
    """Every file and folder, but for what a lock and a memory of earlier runs leave."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith(".mma/"):
            continue
        found[f"{name}/" if path.is_dir() else name] = b"" if path.is_dir() else path.read_bytes()
    return found


def halves(root: Path) -> list[str]:
    return [str(path.relative_to(root)) for path in root.rglob("*.half")]


def try_one(known: Known, root: Path, way: str, call: int) -> Trial:
    """Disturb a command at one call, look, type it again, and look again."""
    trial = Trial(known.command.name, way, call, known.calls[call - 1])
    shutil.rmtree(root)
    shutil.copytree(known.before, root)
    code, said = forked(root, known.typed, way, call)
    stood_between = fails_alone(trial, code, said)
    between = seen(root) if stood_between else {}
    of_end = faults_of_end(known, way, code, said)
    of_state = faults_of_state(known, seen(root))
    if stood_between:
        of_end = [words for words in OURS if words in said]
        of_state = [fault for fault in of_state if REPORTS not in fault]
    trial.wrong += [*of_end, *of_state]
    if way != KILL and code == known.code and seen(root) != known.new:
        trial.wrong.append("it ended well, and what it made is not there")

    code, said = forked(root, known.typed)
    is_there = known.command.is_there
    is_well = code == known.code or (is_there and is_there in said)
    if not is_well:
        trial.wrong.append(f"the next command ended with {code}: {said[-400:]}")
    trial.wrong += differences(known, root, between)
    trial.wrong += [f"litter: {path}" for path in halves(root)]
    return trial


def fails_alone(trial: Trial, code: int, said: str) -> bool:
    """Whether a page of which its own notebook cannot be read was left out, and that is said.

    The others stand, as is promised of a page that fails; the next command makes it.
    """
    is_refused = trial.way in ("broken", "not allowed")
    is_notebook = f"{EDITION}-notebooks/" in trial.what
    return is_refused and is_notebook and code == ONE_FAILED and "1 niet gelukt" in said


def faults_of_end(known: Known, way: str, code: int, said: str) -> list[str]:
    """What is wrong with how a disturbed command ended."""
    if way == KILL:
        return [] if code == KILLED else [f"not killed: {code} {said[-400:]}"]
    wrong = [f"it says {words!r}: {said[-400:]}" for words in OURS if words in said]
    if code not in (known.code, 1):
        wrong.append(f"ended with {code}: {said[-400:]}")
    return wrong


def faults_of_state(known: Known, now: dict[str, bytes]) -> list[str]:
    """What is neither the old nor the new, and which folder is a bit of both."""
    wrong = []
    for name in sorted({*now, *known.old, *known.new}):
        is_notebook = f"{EDITION}-notebooks/" in name
        if not is_notebook and now.get(name) not in (known.old.get(name), known.new.get(name)):
            wrong.append(f"neither old nor new: {name}")
    for folder in known.command.whole:
        states = [below(files, folder) for files in (now, known.old, known.new)]
        if states[0] not in states[1:]:
            wrong.append(f"a bit of both: {folder}")
    return wrong


def below(files: dict[str, bytes], folder: str) -> dict[str, bytes]:
    return {name: files[name] for name in files if name.startswith(f"{folder}/")}


def differences(known: Known, root: Path, between: dict[str, bytes]) -> list[str]:
    """What is not as a run leaves it that is left alone.

    `between`: the files of a set without a page that failed, which may be gone back to.
    """
    wrong = []
    now = everything(root)
    changes_reports = REPORTS in known.command.whole
    for name in sorted({*now, *known.all_new}):
        is_kept = changes_reports and name.startswith(f"{KEPT_REPORTS}/")
        if not is_kept and now.get(name) != known.all_new.get(name):
            wrong.append(f"after the next command another {name}")
    if changes_reports:
        wrong += faults_of_kept(known, now, between)
    return wrong


def faults_of_kept(known: Known, now: dict[str, bytes], between: dict[str, bytes]) -> list[str]:
    """Whether what is kept to go back to is the old set, whole; or the new, made twice."""
    may_be = [below(known.old, REPORTS), below(known.new, REPORTS)]
    if between:
        may_be.append(below(between, REPORTS))
    kept = {}
    for name, content in below(now, KEPT_REPORTS).items():
        if not name.endswith("/"):
            kept[name.replace(KEPT_REPORTS, REPORTS, 1)] = content
    if kept in may_be:
        return []
    return ["what is kept to go back to is neither the old set nor the new"]


# --- all of them ----------------------------------------------------------------------------------


def typed_here(root: Path, *typed: str) -> None:
    """Type a command in this process, that remembers what it found."""
    sys.argv = ["mma", *typed, "--root", str(root)]
    screen = sys.stdout, sys.stderr
    said = root.with_suffix(".said")
    with said.open("w", encoding="utf-8") as sys.stdout:
        sys.stderr = sys.stdout
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        finally:
            sys.stdout, sys.stderr = screen
    if code not in (0, 3):
        raise RuntimeError(f"{typed}: {said.read_text(encoding='utf-8')}")


def sign(workspace: Workspace) -> None:
    """Let two invented people sign for all that waits for them."""
    edition = workspace.edition(EDITION)
    reports = workspace.reports(EDITION)
    verdict = audit.examine(edition, reports, workspace.processed(EDITION))
    lines = [line for line in verdict["lines"] if line["status"] == "review"]
    write(workspace, "vrijgave.toml", "".join(SIGNED.format(**line) for line in lines))


def scenes(folder: Path) -> dict[str, Path]:
    """Command → a root in which it has something to do, and has done it once elsewhere."""
    root = folder / "root"
    workspace = of_two(root)
    made: dict[str, Path] = {}

    def keep(name: str) -> None:
        made[name] = Path(shutil.copytree(root, folder / name))

    def back(name: str) -> None:
        shutil.rmtree(root)
        shutil.copytree(made[name], root)

    run, report, audited, bundle, forget, new = COMMANDS
    typed_here(root, *run.typed)
    keep("first")

    write(workspace, "evaluatie.toml", TOGETHER.replace("Dit is alles", "Dit is het"))
    keep(run.name)
    typed_here(root, *run.typed)

    back("first")
    write(workspace, "evaluatie.toml", TOGETHER.replace('"Proef"', '"Tweede proef"'))
    keep(report.name)
    typed_here(root, *report.typed)

    back("first")
    sign(workspace)
    keep(audited.name)
    typed_here(root, *audited.typed)
    typed_here(root, *run.typed)
    keep(bundle.name)
    typed_here(root, *bundle.typed)
    keep(forget.name)

    back("first")
    (root / "sent").mkdir()
    (root / "sent" / "losser-2024.csv").write_text(LOSSER, encoding="utf-8")
    keep(new.name)
    return made


def known(command: Command, before: Path, root: Path) -> Known:
    """Leave a command alone once, and see what it does."""
    typed = tuple(str(root / "sent") if one == "{sent}" else one for one in command.typed)
    shutil.rmtree(root)
    shutil.copytree(before, root)
    old = seen(root)
    code, said = forked(root, typed)
    if code not in (0, 3):
        raise RuntimeError(f"{typed}: {code} {said}")
    return Known(command, before, typed, old, seen(root), everything(root), code, calls_of(root))


def tried(
    folder: Path, most: int | None, names: Sequence[str], number_of_calls: dict[str, int]
) -> Iterator[Trial]:
    """Try each command in each way: at every call, or at a seeded few of them.

    Puts in `number_of_calls` how many each command has.
    """
    made = scenes(folder)
    root = folder / "root"
    for command in COMMANDS:
        if names and command.name not in names:
            continue
        one = known(command, made[command.name], root)
        number_of_calls[command.name] = len(one.calls)
        print(f"{command.name}: {len(one.calls)} calls", flush=True)
        for way in WAYS:
            calls = range(1, len(one.calls) + 1)
            if most is not None and most < len(calls):
                chosen = random.Random(f"{SEED} {command.name} {way}").sample(calls, most)
                calls = sorted(chosen)
            for call in calls:
                yield try_one(one, root, way, call)


def show(trials: Sequence[Trial], seconds: float) -> None:
    """A line for each command and way: how often it was tried, and how often all held."""
    print(f"{'command':10}{'way':14}{'tried':>7}{'held':>7}")
    for command in COMMANDS:
        for way in WAYS:
            own = [one for one in trials if (one.command, one.way) == (command.name, way)]
            held = sum(not one.wrong for one in own)
            print(f"{command.name:10}{way:14}{len(own):7}{held:7}")
    print(f"{seconds:.0f} s of processor")


if __name__ == "__main__":
    howmany, *asked = sys.argv[1:]
    remember()
    with tempfile.TemporaryDirectory() as place:
        every = []
        for trial in tried(Path(place), None if howmany == "all" else int(howmany), asked, {}):
            every.append(trial)
            if trial.wrong:
                print(json.dumps(asdict(trial), ensure_ascii=False), flush=True)
    times = os.times()
    show(every, sum(times[:4]))
    sys.exit(any(one.wrong for one in every))
