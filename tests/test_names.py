"""One name, one thing: what stands by the same name in two modules is the same."""

import ast
from collections import defaultdict
from pathlib import Path

from conftest import PROJECT

SOURCE = PROJECT / "src" / "mma_analysis"
# Each module has its own, and means the same by it.
OF_EACH_MODULE = {"LOG"}


def named(tree: ast.Module) -> list[tuple[str, str]]:
    """The names that a module gives to a value or a class at its top, and to what."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found.append((node.name, f"a class of {len(node.body)} statements"))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.append((node.targets[0].id, ast.unparse(node.value)))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found.append((node.target.id, ast.unparse(node.value)))
    return found


def of_two_things(folder: Path) -> dict[str, set[str]]:
    """The names that mean two things, and what."""
    meanings = defaultdict(set)
    modules = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        for name, meaning in named(ast.parse(path.read_text(encoding="utf-8"))):
            meanings[name].add(meaning)
            modules[name].append((path, meaning))
    double = {}
    for name, places in modules.items():
        is_class_twice = len(places) > 1 and places[0][1].startswith("a class of")
        if len(meanings[name]) > 1 or is_class_twice:
            double[name] = meanings[name]
    return double


def test_a_name_at_the_top_of_a_module_means_one_thing_in_the_whole_house():
    found = of_two_things(SOURCE)

    assert {name: found[name] for name in found.keys() - OF_EACH_MODULE} == {}


def test_two_meanings_of_one_name_are_found(tmp_path):
    (tmp_path / "one.py").write_text("FEW = 3\nMANY = 9\nclass Line: pass\n", encoding="utf-8")
    (tmp_path / "two.py").write_text("FEW: int = 5\nMANY = 9\nclass Line: pass\n", encoding="utf-8")

    assert of_two_things(tmp_path).keys() == {"FEW", "Line"}
