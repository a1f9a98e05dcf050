"""What the tests would not notice: one fault at a time, planted in a copy of the package.

`make mutants`, or `python -m tools.mutants`. A sample of every room, each against the quick tests
nearest to its module, in a copy of the package in a temporary folder. What came of each is written
at once to `benchmarks/mutants.csv`, so a run that was ended goes on where it was;
`benchmarks/mutants.md` is made of it. Why a survivor is no fault stands in that table, by hand.

A fault is known by its function and its text, and drawn by these: lines that come or go elsewhere
change neither what is known nor what is drawn.
"""

import argparse
import ast
import csv
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from itertools import zip_longest
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "mma_analysis"
ROOMS = ("protect", "attack", "measure", "audit", "clean")
RESULTS = ROOT / "benchmarks" / "mutants.csv"
REPORT = ROOT / "benchmarks" / "mutants.md"
SEED = 51
OF_EACH_ROOM = 40
MINUTES = 40
# A mutant may take this many times as long as its tests take without it; beyond, it is caught.
PATIENCE = 4
LEAST_PATIENCE = 60  # seconds
CAUGHT = "caught"
SURVIVED = "survived"
TOO_LONG = "too long"
UNTOLD = "untold"  # the tests took too long, and so they did without a mutant
GONE = "gone"  # its code is no more; somebody wrote why it survived
EQUIVALENT = "equivalent"  # so begins why nobody can see what survived
# How pytest ends: all passed, and nothing to run.
PASSED = 0
NO_TESTS = 5
# The fixtures of which the making takes minutes.
OF_MINUTES = {"reports"}

COMPARISON = "comparison"
ARITHMETIC = "arithmetic"
CONSTANT = "constant"
AND_OR = "and/or"
STATEMENT = "removed statement"
COLUMN = "other column"
RETURN = "early return"
OTHER_COMPARISON = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OTHER_ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
OTHER_LOGIC = {ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And}


Key = tuple[str, str, str, str, str, int]


@dataclass(frozen=True)
class Change:
    """In a function of `file` stands `after` instead of `before`.

    `number`: which one, of the same change that can be made at several places of a function.
    """

    room: str
    file: str
    function: str
    kind: str
    before: str
    after: str
    number: int

    @property
    def key(self) -> Key:
        """What it is, wherever in its file."""
        return self.file, self.function, self.kind, self.before, self.after, self.number


@dataclass(frozen=True)
class Mutant(Change):
    """A change and where it is made."""

    start: int  # in bytes
    end: int


@dataclass(frozen=True)
class Result(Change):
    """What came of a mutant; `why` a survivor is no fault, or what nobody tests."""

    outcome: str
    why: str = ""

    @classmethod
    def of(cls, mutant: Mutant, outcome: str, why: str) -> "Result":
        """What came of this mutant."""
        change = {field.name: getattr(mutant, field.name) for field in fields(Change)}
        return cls(**change, outcome=outcome, why=why)


Known = dict[Key, Result]


# --- what can be otherwise ----------------------------------------------------------------


def mutants_of(source: str, room: str, file: str) -> list[Mutant]:
    """Every fault of these kinds that can be planted in a module."""
    begins = [0]
    for line in source.encode().splitlines(keepends=True):
        begins.append(begins[-1] + len(line))

    tree = ast.parse(source)
    columns = _columns(tree)
    found = []
    for function, body in _functions(tree):
        places = []
        for node, kind, after in _faults(body, columns):
            start = begins[node.lineno - 1] + node.col_offset
            end = begins[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            places.append((start, end, kind, after))
        seen = Counter[tuple[str, str, str]]()
        for start, end, kind, after in sorted(places):
            # How a formatter breaks it off is no part of what it is.
            before = " ".join(source.encode()[start:end].decode().split())
            change = kind, before, after
            seen[change] += 1
            found.append(Mutant(room, file, function, *change, seen[change], start, end))
    return found


def _functions(tree: ast.AST, within: str = "") -> Iterator[tuple[str, list[ast.stmt]]]:
    """The name of each function, after those of what it stands in, and its statements."""
    for node in ast.iter_child_nodes(tree):
        name = within
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = f"{within}.{node.name}".lstrip(".")
        if isinstance(node, ast.FunctionDef):
            yield name, node.body
        yield from _functions(node, name)


Fault = tuple[ast.expr | ast.stmt, str, str]


def _faults(body: list[ast.stmt], columns: list[str]) -> Iterator[Fault]:
    """The node that is replaced, the kind of fault, and what comes in its place."""
    # Nothing follows upon it, so it can be left out.
    last = body[-1].body[-1] if isinstance(body[-1], ast.If) else body[-1]
    for node, kind, other in _replaced(body, columns):
        after = other if isinstance(other, str) else f"({ast.unparse(other)})"
        is_same = ast.dump(ast.parse(after)) == ast.dump(ast.parse(ast.unparse(node)))
        is_bare = isinstance(node, ast.Return) and node.value is None
        if not is_same and not (is_bare and node is last):
            yield node, kind, after


def _replaced(
    body: list[ast.stmt], columns: list[str]
) -> Iterator[tuple[ast.expr | ast.stmt, str, ast.expr | str]]:
    """The same, whether or not it changes anything; what comes in its place is text or tree."""
    for node in _of_code(body):
        column = _column(node)
        if column and len(columns) > 1:
            place = columns.index(str(column.value))
            yield column, COLUMN, repr(columns[place - 1])
        elif isinstance(node, ast.stmt) and _is_removable(node):
            yield node, STATEMENT, "pass"
        elif isinstance(node, ast.If) and isinstance(node.body[-1], ast.Return):
            yield node.body[-1], RETURN, "pass"
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, int | float):
                yield node, CONSTANT, _other_constant(node.value)
        elif isinstance(node, ast.expr):
            other = _other_operation(node)
            if other:
                kind, instead = other
                yield node, kind, instead


def _other_constant(value: float | bool) -> str:
    return repr(not value) if isinstance(value, bool) else f"({value + 1})"


def _other_operation(node: ast.AST) -> tuple[str, ast.expr] | None:
    """The kind of this operation, and another one of the same things."""
    match node:
        case ast.Compare(ops=[op]):
            ops = [OTHER_COMPARISON[type(op)]()]
            return COMPARISON, ast.Compare(node.left, ops, node.comparators)
        case ast.BinOp(op=op) if type(op) in OTHER_ARITHMETIC:
            return ARITHMETIC, ast.BinOp(node.left, OTHER_ARITHMETIC[type(op)](), node.right)
        case ast.BinOp(op=op) if type(op) in OTHER_LOGIC:
            return AND_OR, ast.BinOp(node.left, OTHER_LOGIC[type(op)](), node.right)
        case ast.BoolOp(op=op):
            return AND_OR, ast.BoolOp(OTHER_LOGIC[type(op)](), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            return AND_OR, node.operand
    return None


def _of_code(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes of these statements, but for types and texts, of which nothing is computed."""
    waiting: list[ast.AST] = [*body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.JoinedStr | ast.FunctionDef):
            continue
        yield node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "type_params", "ops", "op"):
                continue
            several = value if isinstance(value, list) else [value]
            waiting += [one for one in several if isinstance(one, ast.AST)]


def _columns(tree: ast.Module) -> list[str]:
    """Every name that stands between square brackets in a module."""
    found = set[str]()
    for node in ast.walk(tree):
        column = _column(node)
        if column:
            found.add(str(column.value))
    return sorted(found)


def _column(node: ast.AST) -> ast.Constant | None:
    """The name in `something["name"]`."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str()) as column):
            return column
    return None


def _is_removable(node: ast.AST) -> bool:
    """Whether this is a statement without which there is still a program."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Subscript | ast.Attribute)
    return isinstance(node, ast.AugAssign)


def possible(room: str) -> list[Mutant]:
    """Every mutant of a room, of the code as it stands."""
    found = []
    for path in sorted((ROOT / "src" / PACKAGE / room).glob("*.py")):
        file = path.relative_to(ROOT / "src").as_posix()
        found += mutants_of(path.read_text(encoding="utf-8"), room, file)
    return found


def sampled(mutants: list[Mutant], number: int, seed: int = SEED) -> list[Mutant]:
    """So many of these, of each kind in turn; each has its place by what it is."""
    of_kind: dict[str, list[Mutant]] = {}
    for one in sorted(mutants, key=lambda one: _place(one, seed)):
        of_kind.setdefault(one.kind, []).append(one)

    in_turn = []
    for round_of_kinds in zip_longest(*(of_kind[kind] for kind in sorted(of_kind))):
        in_turn += [one for one in round_of_kinds if one is not None]
    return in_turn[:number]


def _place(mutant: Mutant, seed: int) -> str:
    """A number by chance, the same as long as this fault can be planted."""
    return hashlib.sha256(f"{seed} {mutant.key}".encode()).hexdigest()


# --- which tests --------------------------------------------------------------------------


def tests_of(room: str) -> list[Path]:
    """The files of tests that import this room by its name, or are named after it."""
    imports = re.compile(
        rf"^from {PACKAGE}\.{room}\b|^from {PACKAGE} import .*\b{room}\b",
        re.MULTILINE,
    )
    found = []
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        is_named = path.stem.startswith(f"test_{room}")
        if is_named or imports.search(path.read_text(encoding="utf-8")):
            found.append(path)
    return found


def near(tests: list[Path], room: str, file: str) -> list[Path]:
    """Of these the tests that are nearest to the module.

    Those of the room, or named after the module, that name it. Where there are none: any that
    name it; where none does, those of its room.
    """
    module = Path(file).stem
    named = re.compile(rf"\b{module}\b")
    its_own = []
    of_module = []
    of_room = []
    for path in tests:
        is_of_room = path.stem.startswith(f"test_{room}")
        is_after_module = path.stem.endswith(f"test_{module}")
        names_it = is_after_module or named.search(path.read_text(encoding="utf-8"))
        if is_of_room:
            of_room.append(path)
        if names_it:
            of_module.append(path)
        if names_it and (is_of_room or is_after_module):
            its_own.append(path)
    return its_own or of_module or of_room


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what waits for all pages, and run files in the order in which they are named."""
    order = [Path(name).name for name in config.args]
    kept = [item for item in items if OF_MINUTES.isdisjoint(getattr(item, "fixturenames", ()))]
    kept.sort(key=lambda item: order.index(item.path.name))
    items[:] = kept


# --- one run ------------------------------------------------------------------------------


class Copy:
    """A copy of the package in which one file at a time is another one."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        self.folder = folder
        self.root = root
        ignored = shutil.ignore_patterns("__pycache__")
        # The package looks beside itself for what is shipped with it.
        for name in ("src", "notebooks"):
            shutil.copytree(root / name, folder / name, ignore=ignored)

    def survives(self, mutant: Mutant, tests: list[Path], seconds: float) -> str:
        """What the tests say of it; afterwards the copy is byte for byte what it was."""
        path = self.folder / "src" / mutant.file
        original = path.read_bytes()
        try:
            path.write_bytes(planted(original, mutant))
            outcome = self.run(tests, seconds)
        finally:
            path.write_bytes(original)
        # Others may keep the machine busy: then it is not the fault that takes long.
        if outcome == TOO_LONG and self.run(tests, seconds) != SURVIVED:
            return UNTOLD
        return outcome

    def run(self, tests: list[Path], seconds: float) -> str:
        """What came of these tests of the copy; whatever they started ends with them."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no"]
        command += ["-m", "not slow", "-p", "no:cacheprovider", "-p", "tools.mutants"]
        command += ["-p", "no:randomly", *(f"{path}" for path in tests)]
        env = os.environ | {
            "PYTHONPATH": os.pathsep.join([f"{self.folder / 'src'}", f"{ROOT}"]),
            # What was compiled of a mutant must not stand for the next one.
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        silent = subprocess.DEVNULL
        process = subprocess.Popen(
            command, cwd=self.root, env=env, stdout=silent, stderr=silent, start_new_session=True
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            return TOO_LONG
        finally:
            _end_group(process)
        return SURVIVED if code in (PASSED, NO_TESTS) else CAUGHT


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End a run of tests and all that it started."""
    with suppress(ProcessLookupError):  # all of it ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def planted(original: bytes, mutant: Mutant) -> bytes:
    """The module with this fault in it."""
    return original[: mutant.start] + mutant.after.encode() + original[mutant.end :]


# --- what came of them --------------------------------------------------------------------


def read_results() -> Known:
    """What is known of earlier runs."""
    if not RESULTS.is_file():
        return {}
    known = {}
    with RESULTS.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            one = Result(**{**row, "number": int(row["number"])})
            known[one.key] = one
    return known


def write_results(known: Known) -> None:
    """Keep what is known, so that a run that ends here goes on from here."""
    names = [field.name for field in fields(Result)]
    half = RESULTS.with_suffix(".half")
    with half.open("w", encoding="utf-8", newline="") as table:
        writer = csv.DictWriter(table, names, lineterminator="\n")
        writer.writeheader()
        in_order = sorted(known.values(), key=lambda one: (ROOMS.index(one.room), one.key))
        writer.writerows(asdict(one) for one in in_order)
    half.replace(RESULTS)


def report(results: list[Result]) -> str:
    """The share of each room, and every survivor."""
    lines = [
        "# Mutants",
        "",
        "One fault at a time in a copy of the package, and whether the quick tests nearest to"
        " its module notice it: those of its room that name it, where there are none any that"
        " do, else those of its room. `--again` tries survivors by all that import the room."
        " A sample, of each kind in turn; `make mutants` goes on with"
        " it, and makes this page of [mutants.csv](mutants.csv). Tests that wait for all pages"
        " of the example, and slow ones, are left out. Equivalent: it survived, and was read:"
        " nobody can see a difference.",
        "",
        "| room | tried | caught | of these too long | share | equivalent |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    results = [one for one in results if one.outcome != GONE]
    for room in (*ROOMS, "all"):
        of_room = [one for one in results if room in (one.room, "all")]
        if of_room:
            lines.append(_row(room, of_room))

    lines += ["", "## Survivors", "", "| where | kind | was → became | why |", "|---|---|---|---|"]
    for one in results:
        if one.outcome == SURVIVED:
            change = f"`{_cell(one.before)}` → `{_cell(one.after)}`"
            where = f"{one.file.removeprefix(PACKAGE)[1:]} `{one.function}`"
            if one.number > 1:
                where += f" ({one.number})"
            lines.append(f"| {where} | {one.kind} | {change} | {one.why or 'not looked at'} |")
    return "\n".join([*lines, ""])


def _row(room: str, results: list[Result]) -> str:
    noticed = [one for one in results if one.outcome != SURVIVED]
    too_long = [one for one in results if one.outcome == TOO_LONG]
    equivalent = [one for one in results if _is_equivalent(one)]
    share = round(100 * len(noticed) / len(results))
    numbers = [len(results), len(noticed), len(too_long), f"{share}%", len(equivalent)]
    return " ".join(f"| {one}" for one in (room, *numbers)) + " |"


def _is_equivalent(result: Result) -> bool:
    return result.outcome == SURVIVED and result.why.startswith(EQUIVALENT)


def _cell(text: str) -> str:
    """A piece of code on one line of a table."""
    in_one = " ".join(text.split()).replace("|", "\\|")
    return in_one if len(in_one) <= 60 else f"{in_one[:57]}…"


class Run:
    """Mutants that are tried, two at a time where nobody else works.

    `far`: each by all tests that import its room, and not by those of its module alone.
    """

    def __init__(self, known: Known, until: float, far: bool) -> None:
        self.known = known
        self.until = until
        self.far = far
        self._lock = threading.Lock()
        self._copies = threading.local()

    def room(self, room: str, mutants: list[Mutant], folder: Path) -> None:
        """Try these of a room."""
        tests_of_room = tests_of(room)
        tests = {}
        for one in mutants:
            tests[one.file] = tests_of_room
            if not self.far:
                tests[one.file] = near(tests_of_room, room, one.file)
        every = sorted({path for of_file in tests.values() for path in of_file})
        plain = Copy(Path(tempfile.mkdtemp(dir=folder)))
        began = time.monotonic()
        if plain.run(every, 3600) != SURVIVED:
            raise SystemExit(f"the tests of {room} fail without any mutant")
        took = time.monotonic() - began
        print(f"{room}: {len(every)} files of tests, {took:.0f} s", flush=True)

        def try_one(mutant: Mutant) -> None:
            if time.monotonic() > self.until:
                return
            if not hasattr(self._copies, "own"):
                self._copies.own = Copy(Path(tempfile.mkdtemp(dir=folder)))
            seconds = LEAST_PATIENCE + PATIENCE * took
            outcome = self._copies.own.survives(mutant, tests[mutant.file], seconds)
            self.keep(mutant, outcome)

        with ThreadPoolExecutor(at_a_time()) as side_by_side:
            list(side_by_side.map(try_one, mutants))

    def keep(self, mutant: Mutant, outcome: str) -> None:
        """Write down what came of it, unless nothing did: then it is tried another time."""
        print(f"{mutant.file} {mutant.function} {mutant.kind}: {outcome}", flush=True)
        if outcome == UNTOLD:
            return
        with self._lock:
            before = self.known.get(mutant.key)
            why = before.why if before else ""
            self.known[mutant.key] = Result.of(mutant, outcome, why)
            write_results(self.known)


def at_a_time() -> int:
    """Two side by side, or one when others work on this machine."""
    busy, _, _ = os.getloadavg()
    is_free = busy < (os.cpu_count() or 1)
    return 2 if is_free else 1


def main() -> None:
    """Try a sample of every room, or what is left of it; then write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", default=ROOMS, help="protect, attack, …")
    parser.add_argument("--each", type=int, default=OF_EACH_ROOM, help="mutants of a room")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="begin none after these")
    parser.add_argument(
        "--again",
        action="store_true",
        help="try survivors by all tests of their room, but for what was read to be equivalent",
    )
    asked = parser.parse_args()

    mutants = {room: possible(room) for room in ROOMS}
    of_this_code = {one.key for of_room in mutants.values() for one in of_room}
    known = still_known(read_results(), of_this_code)
    run = Run(known, time.monotonic() + 60 * asked.minutes, far=asked.again)
    with tempfile.TemporaryDirectory(prefix="mma-mutants-") as folder:
        for room in asked.rooms:
            sample = sampled(mutants[room], asked.each)
            waiting = uncaught(sample, known) if asked.again else untried(sample, known)
            if waiting:
                run.room(room, waiting, Path(folder))
    write_results(known)
    REPORT.write_text(report(list(read_results().values())), encoding="utf-8")


def still_known(known: Known, of_this_code: set[Key]) -> Known:
    """What is known of faults that can be planted now, and why others survived.

    Code that was away may come back, or a function have another name: what somebody wrote of it
    is not the tool's to throw away.
    """
    kept = {}
    for key, one in known.items():
        if key in of_this_code:
            kept[key] = one
        elif one.why:
            kept[key] = replace(one, outcome=GONE)
    return kept


def untried(sample: list[Mutant], known: Known) -> list[Mutant]:
    """Of these what was not tried yet, or not since its code came back."""
    waiting = []
    for mutant in sample:
        before = known.get(mutant.key)
        if before is None or before.outcome == GONE:
            waiting.append(mutant)
    return waiting


def uncaught(sample: list[Mutant], known: Known) -> list[Mutant]:
    """Of these the survivors that a test may yet catch: nobody read that they are equivalent."""
    waiting = []
    for mutant in sample:
        before = known.get(mutant.key)
        if before and before.outcome == SURVIVED and not _is_equivalent(before):
            waiting.append(mutant)
    return waiting


if __name__ == "__main__":
    main()
