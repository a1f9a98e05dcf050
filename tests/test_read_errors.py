"""Every error of reading has its text, and every text all that it has to tell."""

import ast
import tomllib
from importlib.resources import files
from pathlib import Path
from string import Formatter

from mma_analysis import read

FOLDER = Path(read.__file__).parent


def test_each_text_is_told_somewhere_with_all_that_it_fills_in_and_nothing_else():
    texts = tomllib.loads(files("mma_analysis.read").joinpath("errors.toml").read_text("utf-8"))
    asked = {
        (code, name) for code, text in texts.items() for _, name, *_ in Formatter().parse(text)
    }
    calls = [
        node
        for path in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "refusal"
    ]
    told = {
        (code.value, keyword.arg)
        for call in calls
        for code in call.args
        if isinstance(code, ast.Constant)
        for keyword in call.keywords
    }

    assert {(code, name) for code, name in asked if name} == told
