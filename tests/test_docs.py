"""The documentation says what is there, and everything that is there is said."""

import os
import re
import shutil
import tomllib
from pathlib import Path
from pkgutil import resolve_name

import nbformat
import pytest
import typer
from conftest import PROJECT, python
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs_pages import HANDBOOK, IDS, SOURCE, blocks, coded, listed, modules, prose, section, text
from mma_analysis.cli import app
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE

# --- the picture of the house --------------------------------------------------------------------

HOUSE = "docs/developers.md"


def boxes_of_the_picture() -> set[str]:
    """Nodes without a shape of their own: modules and notebooks; data has another shape."""
    (picture,) = blocks(HOUSE, "mermaid")
    flow = picture.removeprefix("flowchart LR\n")
    data = re.compile(r"\w+(\[\(.*?\)\]|\[/.*?/\])")
    stores = {match[0].split("[")[0] for match in data.finditer(flow)}
    return set(re.findall(r"\w+", data.sub("", flow))) - stores


def test_every_module_is_in_the_picture_or_in_the_list_beside_it_and_every_box_is_one():
    boxes = boxes_of_the_picture()
    beside = {*listed(section(HOUSE, "The house in ten minutes").split("Beside the walk")[1])}

    assert boxes - modules() == {"notebooks"}
    assert boxes | beside == modules() | {"notebooks"}
    assert boxes & beside == set()


# --- commands ------------------------------------------------------------------------------------


COMMANDS = {c.name or getattr(c.callback, "__name__", "") for c in app.registered_commands}


def commands_named_in(page: str) -> set[str]:
    return set(re.findall(r"\bmma ([a-z]+)\b", " | ".join(coded(prose(page)))))


def test_the_handbook_names_every_command():
    named = {name for page in HANDBOOK for name in commands_named_in(page)}

    assert COMMANDS - named == set()


def test_every_option_that_the_handbook_and_the_readme_name_is_there():
    program = typer.main.get_command(app)
    own = program.get_params(typer.Context(program))
    known = {o for p in own for o in p.opts}
    known |= {o for c in program.commands.values() for p in c.params for o in p.opts}
    spans = coded("".join(prose(page) for page in ("README.md", *HANDBOOK)))
    blocks_of_all = "\n".join(block for page in IDS for block in blocks(page))
    spans += re.findall(r"^mma .*$", blocks_of_all, re.M)

    named = {option for span in spans for option in re.findall(r"(?<!\S)--[a-z-]+", span)}

    assert {"--why", "--scheduler", "--jobs", "--root", "--json", "--debug"} <= named
    assert named - {*known, "--no-browser"} == set()


# --- what a page names or leads to ---------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


TARGETS = set(re.findall(r"^([a-z-]+):.*##", text("Makefile"), re.M))
TO_MAKE = {
    "tests/test_measure_with_place.py",
    "tests/test_read_vragenbank.py",
}  # by who follows docs/adding.md
NAMED_FILE = re.compile(r"(?:benchmarks|docs|notebooks|src|tests|tools)/[\w/-]+\.[a-z]+")


@pytest.mark.parametrize("page", IDS)
def test_every_command_make_target_file_and_link_of_a_page_is_there(page):
    typed = re.findall(r"^mma ([a-z]+)\b", "\n".join(blocks(page)), re.M)
    files = {name for span in coded(prose(page)) for name in NAMED_FILE.findall(span)} - TO_MAKE
    links = re.findall(r"\]\(([^)\s]+)\)", text(page))
    inside = [link.partition("#") for link in links if "://" not in link]
    dead = [
        path + hash_ + anchor
        for path, hash_, anchor in inside
        if not (target := (PROJECT / page).parent / path if path else PROJECT / page).exists()
        or (anchor and anchor not in anchors(target))
    ]

    assert {*commands_named_in(page), *typed} - COMMANDS == set()
    assert set(re.findall(r"`make ([a-z-]+)`", text(page))) - TARGETS == set()
    assert [name for name in sorted(files) if not (PROJECT / name).exists()] == []
    assert dead == []


@pytest.mark.parametrize(("folder", "each"), [("docs/besluiten", "0*.md"), ("benchmarks", "*.py")])
def test_every_decision_and_every_benchmark_is_in_its_index(folder, each):
    links = re.findall(r"\]\(([^)/]+)\)", text(f"{folder}/README.md"))
    indexed = {name for name in links if Path(name).match(each)}

    assert indexed == {path.name for path in (PROJECT / folder).glob(each)}


def test_every_picture_is_on_a_page_made_by_a_program_and_small_enough_to_load_with_it():
    limits = {".png": 150_000, ".webm": 600_000}
    links = [link for page in IDS for link in re.findall(r"\]\(([^)]*beelden/[^)]+)\)", text(page))]
    pictures = re.findall(r'^    "([\w-]+)": \("', text("tools/pictures.py"), re.M)
    recorded = re.findall(r'"beelden" / "([\w.-]+)"', text("tools/recording.py"))

    there = list((PROJECT / "docs" / "beelden").iterdir())

    made = {*recorded, *(f"{name}.png" for name in pictures)}
    assert {path.name for path in there} == {Path(link).name for link in links} == made
    assert [p.name for p in there if p.stat().st_size > limits[p.suffix]] == []


# --- words ---------------------------------------------------------------------------------------


def test_the_glossary_explains_each_word_once_and_its_names_are_in_the_source():
    rows = re.findall(r"^- \*\*(.+?)\*\*.*? \((.*?)\):", text("docs/begrippen.md"), re.M)
    words, named = [word for word, _ in rows], {name for _, names in rows for name in coded(names)}
    files = [path for kind in ("*.py", "*.csv", "*.toml") for path in SOURCE.rglob(kind)]
    source = {word for file in files for word in re.findall(r"\w+", file.read_text("utf-8"))}

    assert len(rows) > 40
    assert sorted(set(words)) == sorted(words)
    assert named - source == set()


def test_the_packages_that_are_explained_are_those_that_are_used():
    pyproject = tomllib.loads(text("pyproject.toml"))
    groups = [
        pyproject["project"]["dependencies"],
        *pyproject["project"]["optional-dependencies"].values(),
        *pyproject["dependency-groups"].values(),
    ]
    used = {Requirement(one).name for group in groups for one in group if isinstance(one, str)}
    reasons = text("docs/besluiten/0002-afhankelijkheden.md").split("## Uit npm")[0]

    explained = {canonicalize_name(name) for name in listed(reasons)}

    assert explained == {canonicalize_name(name) for name in used}


def test_every_function_that_is_named_is_there():
    spans = coded(section(HOUSE, "How a number travels"))
    spans += [span for page in HANDBOOK for span in coded(prose(page)) if span.startswith("show.")]
    functions = [name.removesuffix("(e)") for name in spans]
    functions = [name for name in functions if re.fullmatch(r"[a-z_]+(\.\w+)+", name)]
    functions = [name for name in functions if name.partition(".")[0] in modules()]

    assert [name for name in functions if not callable(resolve_name(f"mma_analysis.{name}"))] == []
    assert len(functions) >= 9


STEP = re.compile(
    r"^\*\*\d\. (?P<how>.*?`(?P<file>[\w/]+\.\w+)`.*?)^```\w*\n(?P<block>.*?)^```$", re.M | re.S
)


HEAD = r"^## (An? .+?)\n(.*?)(?=^## An? |\Z)"


@pytest.mark.slow
def test_what_is_added_takes_five_files_at_most_by_doing_what_the_page_says(tmp_path):
    """In a copy of the project, word for word; its commands end well and the page has all."""
    folders = ("src", "notebooks", "tests", "tools", "data/raw", "docs")
    for name in (*folders, "conftest.py", "pyproject.toml"):
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        copy(PROJECT / name, tmp_path / name)

    files = {}
    for head, part in re.findall(HEAD, text("docs/adding.md"), re.M | re.S):
        steps = [match.groupdict() for match in STEP.finditer(part)]
        files[head] = len({step["file"] for step in steps})
        for step in steps:
            add(tmp_path / step["file"], step["how"], step["block"])
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "src"), ROOT_VARIABLE: str(tmp_path)}
    for command in blocks("docs/adding.md")[-1].splitlines():
        words = command.replace("mma ", "python -m mma_analysis ")
        words = words.replace("pytest ", "python -m pytest ").removeprefix("python ")
        ended = python(*words.split(), cwd=tmp_path, env=environment)
        assert ended.returncode == 0, ended.stdout + ended.stderr

    assert files == {
        "An indicator": 5,
        "A chart": 1,
        "A section": 1,
        "A text that we ship": 2,
        "A survey tool": 3,
    }
    public = tmp_path / "reports" / EXAMPLE / "openbaar"
    card = (public / "enschede.html").read_text("utf-8")
    assert ">Met een plaats<" in card  # the table
    assert "In heel Twente staat in" in card  # the figure
    assert ">Waar het gebeurde<" in (public / "district.html").read_text("utf-8")
    reviewed = (tmp_path / "tests" / "reviewed" / "district.txt").read_text("utf-8")
    assert "Waar het gebeurde" in reviewed
    assert "**Meldingen met een plaats** (" in (tmp_path / "docs" / "methode.md").read_text("utf-8")


def add(path: Path, how: str, block: str) -> None:
    """Put a block in a file: at the end, or beside what the page names."""
    if path.suffix == ".ipynb":
        notebook = nbformat.read(path, as_version=4)
        beside = next(cell for cell in notebook.cells if cell.source == coded(how)[1])
        cell = nbformat.v4.new_code_cell(block.strip(), id=f"added-{len(notebook.cells)}")
        notebook.cells.insert(notebook.cells.index(beside) + ("below" in how), cell)
        nbformat.write(notebook, path)
        return
    lines = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
    place = len(lines)
    if how.split(", ")[1].startswith("below"):
        place = 1 + next(n for n, line in enumerate(lines) if line.startswith(f"{coded(how)[0]},"))
    gap = "\n\n" if path.suffix == ".py" and lines else ""
    path.write_text("".join([*lines[:place], gap, block, *lines[place:]]), encoding="utf-8")
