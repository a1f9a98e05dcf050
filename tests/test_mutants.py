"""The tool that plants faults: which it makes, by what it knows them, and when one is caught."""

from pathlib import Path

import pytest
from tools import mutants
from tools.mutants import CAUGHT, GONE, SURVIVED, TOO_LONG, UNTOLD, Copy, Result

FILE = "mma_analysis/protect/small.py"
SMALL = '''
def is_few(table, number):
    """Whether it is 0, or 3 < 4."""
    if number < 5 and table["count"]:
        return True
    table.clear()
    return number + 1


class Sum:
    def of(self, table):
        table["total"] += 1
        return table["total"] + 1
'''


def made(source: str) -> list[mutants.Mutant]:
    return mutants.mutants_of(source, "protect", FILE)


def changes(source: str) -> set[tuple[str, str, str, int]]:
    return {(one.function, one.before, one.after, one.number) for one in made(source)}


def keys(found: list[mutants.Mutant]) -> list[mutants.Key]:
    return [one.key for one in found]


# --- which faults ---------------------------------------------------------------------------------


def test_every_fault_of_a_small_module():
    assert changes(SMALL) == {
        ("is_few", "number < 5", "(number <= 5)", 1),
        ("is_few", "5", "(6)", 1),
        ("is_few", 'number < 5 and table["count"]', "(number < 5 or table['count'])", 1),
        ("is_few", '"count"', "'total'", 1),
        ("is_few", "return True", "pass", 1),
        ("is_few", "True", "False", 1),
        ("is_few", "table.clear()", "pass", 1),
        ("is_few", "number + 1", "(number - 1)", 1),
        ("is_few", "1", "(2)", 1),
        ("Sum.of", 'table["total"] += 1', "pass", 1),
        ("Sum.of", '"total"', "'count'", 1),
        ("Sum.of", '"total"', "'count'", 2),
        ("Sum.of", "1", "(2)", 1),
        ("Sum.of", "1", "(2)", 2),
        ("Sum.of", 'table["total"] + 1', "(table['total'] - 1)", 1),
    }


def test_a_fault_stands_where_it_was_found_and_nowhere_else():
    second = [one for one in made(SMALL) if one.function == "Sum.of" and one.before == "1"][1]

    faulty = mutants.planted(SMALL.encode(), second).decode()

    assert faulty == SMALL.replace('return table["total"] + 1', 'return table["total"] + (2)')


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # So large that one more is the same number.
        ("def far():\n    return 1e300\n", set()),
        # Nothing follows upon it.
        ("def stop(a):\n    if a:\n        return\n", set()),
        ("def stop(a):\n    if a:\n        return\n    a.b()\n", {"return", "a.b()"}),
        # The only column has no other.
        ("def one(a):\n    return a['b']\n", set()),
        # Words and types are computed by nobody.
        ("def say(a: 'b' = 1):\n    b: int | None\n    return f'{a + 1}'\n", set()),
    ],
)
def test_what_changes_nothing_is_no_fault(source, expected):
    assert {one.before for one in made(source)} == expected


# --- by what it is known --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edited",
    [
        f'"""A text above."""\n\nLIMIT = 5\n{SMALL}',
        SMALL.replace("    table.clear()", "    # Why.\n    table.clear()"),
        SMALL.replace("number + 1", "(\n        number\n        + 1\n    )"),
    ],
    ids=["a line above", "a line within", "broken off"],
)
def test_a_fault_is_the_same_wherever_it_stands(edited):
    before = {one.key for one in made(SMALL)}
    after = {one.key for one in made(edited)}

    assert after == before


def test_other_code_does_not_draw_another_sample():
    other = "\n\ndef other(number):\n    return number * 7 > 3\n"
    before = made(SMALL)
    after = made(f"{SMALL}{other}")
    of_other = {one.key for one in after if one.function == "other"}

    order = keys(mutants.sampled(before, 99))
    new_order = [key for key in keys(mutants.sampled(after, 99)) if key not in of_other]

    of_kind = {kind: [key for key in order if key[2] == kind] for _, _, kind, *_ in order}
    for kind, own in of_kind.items():
        assert [key for key in new_order if key[2] == kind] == own
    assert len(of_other) == 4


def test_a_sample_has_each_kind_in_turn():
    found = mutants.sampled(made(SMALL), 7)

    assert len({one.kind for one in found}) == 7


# --- which tests ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "nearest"),
    [
        ({"test_protect_sums": "small", "test_other": "small"}, ["test_protect_sums"]),
        ({"test_small": "", "test_protect_sums": "", "test_other": "small"}, ["test_small"]),
        ({"test_protect_sums": "", "test_other": "small"}, ["test_other"]),
        ({"test_protect_sums": "smaller", "test_other": ""}, ["test_protect_sums"]),
    ],
    ids=["of its room", "by its name", "of another room", "of none"],
)
def test_the_nearest_tests_name_the_module(tmp_path, there, nearest):
    paths = []
    for name, text in there.items():
        path = tmp_path / f"{name}.py"
        path.write_text(text)
        paths.append(path)

    found = mutants.near(paths, "protect", FILE)

    assert [path.stem for path in found] == nearest


# --- what is known --------------------------------------------------------------------------------


def results(*why: str) -> mutants.Known:
    """That the first mutants of the small module survived, and why."""
    found = made(SMALL)[: len(why)]
    known = [Result.of(one, SURVIVED, of) for one, of in zip(found, why, strict=True)]
    return {one.key: one for one in known}


def test_why_something_survived_is_kept_when_its_code_is_gone():
    known = results("equivalent: nobody asks", "", "a promise")
    first, second, third = known

    kept = mutants.still_known(known, {third})

    assert second not in kept
    assert (kept[first].outcome, kept[first].why) == (GONE, "equivalent: nobody asks")
    assert (kept[third].outcome, kept[third].why) == (SURVIVED, "a promise")


def test_again_are_tried_survivors_but_for_equivalent_ones_and_else_what_was_not_tried():
    sample = made(SMALL)
    equivalent, survivor, caught, gone, *rest = sample
    known = {
        equivalent.key: Result.of(equivalent, SURVIVED, "equivalent: nobody asks"),
        survivor.key: Result.of(survivor, SURVIVED, ""),
        caught.key: Result.of(caught, CAUGHT, ""),
        gone.key: Result.of(gone, GONE, "a promise"),
    }

    assert mutants.uncaught(sample, known) == [survivor]
    assert mutants.untried(sample, known) == [gone, *rest]


def test_what_is_known_is_read_back(tmp_path, monkeypatch):
    known = results("", "een, \"twee\"\nen 'drie'")
    monkeypatch.setattr(mutants, "RESULTS", tmp_path / "mutants.csv")

    mutants.write_results(known)

    assert mutants.read_results() == known


def test_the_report_counts_who_can_be_caught_and_leaves_out_what_is_gone():
    first, second, third, fourth = made(SMALL)[:4]
    known = [
        Result.of(first, CAUGHT, ""),
        Result.of(second, TOO_LONG, ""),
        Result.of(third, SURVIVED, "equivalent: nobody asks"),
        Result.of(fourth, GONE, "of before"),
    ]

    page = mutants.report(known)

    # Three tried, of which two are caught; one of the two took too long.
    assert "| protect | 3 | 2 | 1 | 67% | 1 |" in page
    assert "nobody asks" in page
    assert "of before" not in page


# --- when it is caught ----------------------------------------------------------------------------


def project(folder: Path) -> Path:
    """A package of one module, and a test that asks one of its two functions."""
    (folder / "notebooks").mkdir()
    module = folder / "src" / FILE
    module.parent.mkdir(parents=True)
    for package in (module.parent, module.parent.parent):
        (package / "__init__.py").touch()
    module.write_text("def more(a):\n    return a + 1\n\n\ndef less(a):\n    return a - 1\n")
    test = folder / "test_small.py"
    test.write_text(
        "from mma_analysis.protect import small\n\n\n"
        "def test_more():\n    assert small.more(1) == 2\n"
    )
    return module


def test_a_fault_is_caught_when_a_test_fails(tmp_path):
    module = project(tmp_path)
    original = module.read_text()
    copy = Copy(tmp_path / "copy", tmp_path)
    tests = [tmp_path / "test_small.py"]

    outcomes = {}
    for one in made(original):
        if one.kind == mutants.ARITHMETIC:
            outcomes[one.function] = copy.survives(one, tests, 300)

    assert outcomes == {"more": CAUGHT, "less": SURVIVED}
    assert (tmp_path / "copy" / "src" / FILE).read_text() == original
    assert module.read_text() == original


class Slow(Copy):
    """A copy of which the tests take too long with a fault, and end so without."""

    clean = SURVIVED

    def run(self, tests: list[Path], seconds: float) -> str:
        code = (self.folder / "src" / FILE).read_text()
        return self.clean if code == (self.root / "src" / FILE).read_text() else TOO_LONG


@pytest.mark.parametrize(
    ("clean", "outcome"), [(SURVIVED, TOO_LONG), (TOO_LONG, UNTOLD), (CAUGHT, UNTOLD)]
)
def test_a_timeout_counts_only_when_the_clean_code_is_in_time(tmp_path, clean, outcome):
    module = project(tmp_path)
    copy = Slow(tmp_path / "copy", tmp_path)
    copy.clean = clean

    first = made(module.read_text())[0]

    assert copy.survives(first, [], 300) == outcome


def test_what_is_untold_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "RESULTS", tmp_path / "mutants.csv")
    run = mutants.Run({}, until=0, far=False)
    first, second = made(SMALL)[:2]

    run.keep(first, UNTOLD)
    run.keep(second, CAUGHT)

    assert set(mutants.read_results()) == {second.key}
