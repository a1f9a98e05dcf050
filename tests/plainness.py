"""How tightly each room of the package is packed, and the table that holds it there.

    python3 tests/plainness.py              every room, beside its row in the table
    python3 tests/plainness.py protect      the densest functions of a room
    python3 tests/plainness.py --write      lower the table to what there is now

A room is a folder of `src/mma_analysis`; the modules beside these are `(loose)`.
"""

import ast
import csv
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "src" / "mma_analysis"
TABLE = PROJECT / "tests" / "cases" / "plain.csv"
LOOSE = "(loose)"
WIDEST = 92  # characters of a line
SHORTEST = 6  # lines of a function that is worth beginning with
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Row:
    """What a room has.

    `nodes_per_line`: nodes of the syntax tree per line of function body, without docstrings.
    `pairs`: `a, b = x, y`. `walrus`: `:=`. `splats`: `**{…}` and `*(…)` of what is written out
    there. `wide`: lines of more than 92 characters.
    """

    room: str
    nodes_per_line: float
    pairs: int
    walrus: int
    splats: int
    wide: int


COLUMNS = [field.name for field in fields(Row)]
MEASURES = COLUMNS[1:]


# --- measuring ----------------------------------------------------------------------------


def rooms(package: Path = PACKAGE) -> dict[str, list[Path]]:
    """Room → its modules."""
    found: dict[str, list[Path]] = {}
    for path in sorted(package.rglob("*.py")):
        first, *rest = path.relative_to(package).parts
        room = first if rest else LOOSE
        found.setdefault(room, []).append(path)
    return found


def measured(room: str, modules: list[Path]) -> Row:
    """What a room has now."""
    lines = 0
    nodes = 0
    pairs = 0
    walrus = 0
    splats = 0
    wide = 0
    for module in modules:
        text = module.read_text(encoding="utf-8")
        wide += sum(len(line) > WIDEST for line in text.split("\n"))
        tree = ast.parse(text)
        for node in ast.walk(tree):
            pairs += is_pair(node)
            walrus += isinstance(node, ast.NamedExpr)
            splats += splats_in(node)
        for function in functions(tree):
            lines += lines_of(function)
            nodes += nodes_of(function)
    nodes_per_line = round(nodes / max(lines, 1), 1)
    return Row(room, nodes_per_line, pairs, walrus, splats, wide)


def is_pair(node: ast.AST) -> bool:
    """Whether this gives several names a value each: `a, b = x, y`."""
    if not isinstance(node, ast.Assign):
        return False
    return isinstance(node.value, ast.Tuple) and isinstance(node.targets[0], ast.Tuple)


def splats_in(node: ast.AST) -> int:
    """How often this unpacks what is written out there, as in `f(**{"a": 1})`."""
    if isinstance(node, ast.Call):
        unpacked = [one.value for one in node.keywords if one.arg is None]
        return sum(isinstance(one, ast.Dict) for one in unpacked)
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        unpacked = [value for key, value in pairs if key is None]
        return sum(isinstance(one, ast.Dict) for one in unpacked)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        unpacked = [one.value for one in node.elts if isinstance(one, ast.Starred)]
        return sum(isinstance(one, (ast.Tuple, ast.List)) for one in unpacked)
    return 0


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function with more than a docstring, also one inside another."""
    for node in ast.walk(tree):
        if isinstance(node, Function) and body_of(node):
            yield node


def body_of(function: Function) -> list[ast.stmt]:
    """What a function does: all but its docstring."""
    has_docstring = ast.get_docstring(function) is not None
    return function.body[1:] if has_docstring else function.body


def lines_of(function: Function) -> int:
    """How many lines its body has, blank ones and comments as well."""
    body = body_of(function)
    last = body[-1].end_lineno
    assert last is not None
    return last - body[0].lineno + 1


def nodes_of(function: Function) -> int:
    """How many nodes of the syntax tree its body has: what a reader has to take in."""
    number = 0
    for statement in body_of(function):
        number += sum(1 for _ in ast.walk(statement))
    return number


# --- the table ----------------------------------------------------------------------------


def table(path: Path = TABLE) -> dict[str, Row]:
    """Room → the most that it may have."""
    rows = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counts = [int(row[name]) for name in MEASURES[1:]]
            room = row["room"]
            rows[room] = Row(room, float(row["nodes_per_line"]), *counts)
    return rows


def lowered(row: Row, may: Row | None) -> Row:
    """What a room has, where that is less than it may; all that it has when it is new."""
    if may is None:
        return row
    least = [min(getattr(row, name), getattr(may, name)) for name in MEASURES]
    return Row(row.room, *least)


def write(path: Path = TABLE) -> None:
    """Lower the table to what there is now; a room that is new comes in, one that is gone goes."""
    may = table(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.writer(file, lineterminator="\n")
        written.writerow(COLUMNS)
        for room, modules in rooms().items():
            row = lowered(measured(room, modules), may.get(room))
            written.writerow(astuple(row))


# --- for who works on a room --------------------------------------------------------------


def densest(room: str) -> list[str]:
    """The functions of a room, the densest first: where to begin."""
    found = []
    for module in rooms()[room]:
        tree = ast.parse(module.read_text(encoding="utf-8"))
        for function in functions(tree):
            lines = lines_of(function)
            if lines >= SHORTEST:
                per_line = nodes_of(function) / lines
                where = f"{module.relative_to(PROJECT)}:{function.lineno} {function.name}"
                found.append((per_line, f"{per_line:5.1f} a line, {lines:3d} lines  {where}"))
    return [said for _, said in sorted(found, reverse=True)]


def beside(row: Row, may: Row | None) -> str:
    """What a room has, and in brackets what it may have."""
    parts = [f"{row.room:<12}"]
    for name in MEASURES:
        most = "new" if may is None else getattr(may, name)
        parts.append(f"{name} {getattr(row, name)} ({most})")
    return "  ".join(parts)


def main(arguments: list[str]) -> None:
    """Do what the text above says."""
    if arguments == ["--write"]:
        write()
    elif arguments:
        print(*densest(arguments[0]), sep="\n")
    else:
        may = table()
        for room, modules in rooms().items():
            print(beside(measured(room, modules), may.get(room)))


if __name__ == "__main__":
    main(sys.argv[1:])
