"""Code only becomes plainer: what a room has of what makes it hard to read does not grow."""

import ast
from pathlib import Path

import pytest

from plainness import (
    LOOSE,
    MEASURES,
    Row,
    densest,
    functions,
    is_pair,
    lines_of,
    lowered,
    measured,
    nodes_of,
    rooms,
    splats_in,
    table,
)

ROOMS = rooms()
MAY = table()
SLACK = 0.3  # nodes a line: what comes and goes with a few lines
SEE = "`python3 tests/plainness.py {room}` names its densest functions"
LOWER = "`python3 tests/plainness.py --write` lowers the table: commit that too"


# --- the rooms ----------------------------------------------------------------------------


def test_every_room_has_a_row_and_every_row_a_room():
    assert MAY.keys() == ROOMS.keys(), LOWER


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_no_tighter_than_it_was_and_its_row_follows_when_it_becomes_plainer(room: str):
    assert room in MAY, f"{room} is not in tests/cases/plain.csv. {LOWER}"
    now = measured(room, ROOMS[room])
    may = MAY[room]

    more = [name for name in MEASURES if getattr(now, name) > getattr(may, name)]
    fewer = [name for name in MEASURES[1:] if getattr(now, name) < getattr(may, name)]
    is_plainer = may.nodes_per_line - now.nodes_per_line > SLACK + 0.001

    assert not more, f"{room} has more {', '.join(more)}: {now} and not {may}. {see(room)}"
    assert not fewer, f"{room} has fewer {', '.join(fewer)}. {LOWER}"
    assert not is_plainer, f"{room} is plainer: {now.nodes_per_line} nodes a line. {LOWER}"


def see(room: str) -> str:
    return SEE.format(room=f"'{room}'")


# --- the measures -------------------------------------------------------------------------

# The pair is 12 nodes: the assignment; a tuple of two names, each of the three with how it is
# used; a tuple with how it is used, of a name with how it is used and a number. The return is 3.
FIRST = '''
def first(x):
    """What it gives."""
    a, b = x, 1

    return a
'''


def test_nodes_and_lines_are_of_the_body_without_its_docstring():
    (function,) = functions(ast.parse(FIRST))

    assert nodes_of(function) == 15
    assert lines_of(function) == 3


@pytest.mark.parametrize(
    ("source", "pairs", "splats"),
    [
        ("a, b = x, y", 1, 0),
        ("a, b = both()", 0, 0),
        ("a = x, y", 0, 0),
        ("f(**{'a': 1}, **given)", 0, 1),
        ("{**{'a': 1}, **given, 'b': 2}", 0, 1),
        ("[*(1, 2), *[3], *given]", 0, 2),
    ],
)
def test_a_pair_and_a_splat_are_of_what_is_written_out_there(source, pairs, splats):
    nodes = list(ast.walk(ast.parse(source)))

    assert sum(map(is_pair, nodes)) == pairs
    assert sum(map(splats_in, nodes)) == splats


def test_a_room_is_measured_whole_and_modules_beside_rooms_together(tmp_path: Path):
    write(tmp_path / "loose.py", FIRST)
    write(tmp_path / "room" / "__init__.py", f"# {'x' * 91}\n# {'x' * 90}\n")
    write(tmp_path / "room" / "walrus.py", FIRST + "if (found := 1):\n    pass\n")

    found = rooms(tmp_path)

    assert {*found} == {LOOSE, "room"}
    assert measured(LOOSE, found[LOOSE]) == Row(LOOSE, 5.0, pairs=1, walrus=0, splats=0, wide=0)
    assert measured("room", found["room"]) == Row("room", 5.0, 1, walrus=1, splats=0, wide=1)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_row_is_only_lowered():
    may = Row("room", 10.0, pairs=2, walrus=1, splats=0, wide=9)

    now = Row("room", 9.5, pairs=3, walrus=1, splats=0, wide=4)

    assert lowered(now, may) == Row("room", 9.5, pairs=2, walrus=1, splats=0, wide=4)
    assert lowered(now, None) == now


def test_the_densest_functions_of_a_room_come_first_with_where_they_are():
    first, *_, last = densest("storage")

    assert float(first.split()[0]) > float(last.split()[0])
    assert "src/mma_analysis/storage/" in first
