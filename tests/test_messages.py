"""The catalogue of messages and the code that says them agree."""

import ast
from collections.abc import Iterator
from pathlib import Path

import mma_analysis
from mma_analysis.vocabulary.reference import OWN_COLUMNS
from says import TEXTS, blanks

SOURCE = Path(mma_analysis.__file__).parent.rglob("*.py")
TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE]
ERRORS = ("DataError", "UsageError")


def said() -> Iterator[tuple[str, ast.Call]]:
    """Each code that is written out where it is said, with its call."""
    for tree in TREES:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name, code = ast.unparse(node.func), node.args[0]
            is_said = name in ("message", "tell") or name in [f"{error}.of" for error in ERRORS]
            if is_said and isinstance(code, ast.Constant):
                yield str(code.value), node


def test_every_code_that_is_said_has_a_text_and_gets_all_that_it_fills_in():
    wrong = [
        f"{code}: {given ^ blanks(code) if code in TEXTS else 'no text'}"
        for code, call in said()
        for given in [{keyword.arg for keyword in call.keywords}]
        # What is given with ** cannot be read here.
        if code not in TEXTS or (None not in given and given != blanks(code))
    ]

    assert wrong == []
    assert len({code for code, _ in said()}) > 200


def test_every_text_is_said_somewhere():
    words = {
        node.value for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.Constant)
    }

    assert set(TEXTS) - words - {rule["fault"] for rule in OWN_COLUMNS} == set()
