"""The documentation says what is there, and everything that is there is said."""

import importlib
import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mma_analysis import corrections, evaluation, show
from mma_analysis import settings as edition
from mma_analysis.clean.corrections import correct
from mma_analysis.cli import app
from mma_analysis.domain import RAW_MELDINGEN, MmaError
from mma_analysis.pipeline import prepare
from mma_analysis.publish import notebooks
from mma_analysis.publish.plan import page_parts, pages
from mma_analysis.read import read_delivery
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE, Workspace

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "mma_analysis"
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "data/*/README.md", "reports/*.md", "benchmarks/*.md")
    for path in ROOT.glob(pattern)
)
IDS = [page.relative_to(ROOT).as_posix() for page in PAGES]
HANDBOOK = [name for name in IDS if name.startswith("docs/handleiding")]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def blocks(page: str, language: str = "") -> list[str]:
    """The fenced code blocks of a page in one language; without a name it is plain text."""
    return [block for named, block in FENCED.findall(text(page)) if named == language]


def prose(page: str) -> str:
    """A page without its fenced code blocks."""
    return FENCED.sub("", text(page))


def section(page: str, heading: str) -> str:
    """What stands below a heading, up to the next one of any level."""
    return re.split(r"^#+ ", prose(page).split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]


def first_cells(table: str) -> list[str]:
    """The code names in the first column of a Markdown table."""
    return [name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in coded(row)]


def coded(line: str) -> list[str]:
    return re.findall(r"`([^`]+)`", line)


def of_handbook(language: str = "") -> list[str]:
    """The fenced code blocks of all pages of the handbook in one language."""
    return [block for page in HANDBOOK for block in blocks(page, language)]


# --- the picture of the house --------------------------------------------------------------------


def modules() -> set[str]:
    files = [*SOURCE.glob("*.py"), *(init.parent for init in SOURCE.glob("*/__init__.py"))]
    return {file.stem for file in files} - {"__init__", "__main__"}


def boxes_of_the_picture() -> set[str]:
    """Nodes without a shape of their own: modules and notebooks; data has another shape."""
    (picture,) = blocks("README.md", "mermaid")
    flow = picture.removeprefix("flowchart LR\n")
    data = re.compile(r"\w+(\[\(.*?\)\]|\[/.*?/\])")
    stores = {match[0].split("[")[0] for match in data.finditer(flow)}
    return set(re.findall(r"\w+", data.sub("", flow))) - stores


def modules_beside_the_picture() -> set[str]:
    return set(first_cells(section("README.md", "The house").split("Beside the walk")[1]))


def test_every_box_of_the_picture_is_a_module_or_the_notebooks():
    assert boxes_of_the_picture() - modules() == {"notebooks"}


def test_every_module_is_in_the_picture_or_in_the_table_beside_it():
    assert boxes_of_the_picture() | modules_beside_the_picture() == modules() | {"notebooks"}


def test_no_module_is_both_in_the_picture_and_beside_it():
    assert boxes_of_the_picture() & modules_beside_the_picture() == set()


def test_the_walk_names_a_module_and_a_grain_in_each_sentence():
    sentences = re.findall(r"^\d\. (.*)$", section("README.md", "The house"), re.M)

    assert [coded(sentence)[0] for sentence in sentences] == [
        *("read", "clean", "check", "measure", "protect")
    ]
    assert all("**one row per " in sentence for sentence in sentences)


def test_every_place_in_the_tree_is_there():
    (tree,) = [block for block in blocks("README.md") if block.startswith("README.md")]

    places = [line.split()[0] for line in tree.splitlines()]

    assert [place for place in places if not (ROOT / place).exists()] == []


# --- commands ------------------------------------------------------------------------------------


def commands() -> set[str]:
    registered = app.registered_commands
    return {c.name or getattr(c.callback, "__name__", "") for c in registered}


def commands_named_in(page: str) -> set[str]:
    return set(re.findall(r"\bmma ([a-z]+)\b", " | ".join(coded(prose(page)))))


def test_the_readme_names_every_command_and_no_other():
    assert commands_named_in("README.md") == commands()


@pytest.mark.parametrize("page", IDS)
def test_no_page_names_a_command_that_is_not_there(page):
    typed = re.findall(r"^mma ([a-z]+)\b", "\n".join(blocks(page)), re.M)

    assert {*commands_named_in(page), *typed} - commands() == set()


def test_the_handbook_names_every_command():
    named = {name for page in HANDBOOK for name in commands_named_in(page)}

    assert commands() - named == set()


def test_every_option_that_the_handbook_and_the_readme_name_is_there():
    program = typer.main.get_command(app)
    known = {o for c in program.commands.values() for p in c.params for o in p.opts}
    spans = coded("".join(prose(page) for page in ("README.md", *HANDBOOK)))
    blocks_of_all = "\n".join(block for page in IDS for block in blocks(page))
    spans += re.findall(r"^mma .*$", blocks_of_all, re.M)

    named = {option for span in spans for option in re.findall(r"(?<!\S)--[a-z-]+", span)}

    assert {"--why", "--resume", "--engine", "--scheduler", "--jobs"} <= named
    assert named - {*known, "--no-browser"} == set()


@pytest.mark.parametrize("page", ["README.md", "docs/developers.md", *HANDBOOK])
def test_every_make_target_that_is_named_is_there(page):
    targets = set(re.findall(r"^([a-z]+):.*##", text("Makefile"), re.M))

    assert set(re.findall(r"`make ([a-z]+)`", text(page))) - targets == set()


# --- links ---------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    inside = [link.partition("#") for link in links if "://" not in link]

    dead = [
        path + hash_ + anchor
        for path, hash_, anchor in inside
        if not (target := (page.parent / path) if path else page).exists()
        or (anchor and anchor not in anchors(target))
    ]

    assert dead == []


NAMED_FILE = re.compile(r"(?:benchmarks|docs|notebooks|src|tests|tools)/[\w/-]+\.[a-z]+")


@pytest.mark.parametrize("page", IDS)
def test_every_file_of_the_project_that_is_named_is_there(page):
    named = {name for span in coded(prose(page)) for name in NAMED_FILE.findall(span)}

    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_decision_is_in_the_index():
    listed = re.findall(r"\]\((\d{4}-[^)]+\.md)\)", text("docs/besluiten/README.md"))

    there = sorted(path.name for path in (ROOT / "docs" / "besluiten").glob("0*.md"))

    assert listed == there


def test_every_benchmark_is_in_the_list():
    listed = set(re.findall(r"\]\((\w+\.py)\)", text("benchmarks/README.md")))

    assert listed == {path.name for path in (ROOT / "benchmarks").glob("*.py")}


def test_a_picture_is_small_enough_to_load_with_the_page():
    limits = {".png": 150_000, ".webm": 600_000}
    pictures = (ROOT / "docs" / "beelden").iterdir()

    assert [p.name for p in pictures if p.stat().st_size > limits[p.suffix]] == []


def test_every_picture_is_on_a_page_and_is_made_by_a_program():
    links = [link for page in IDS for link in re.findall(r"\]\(([^)]*beelden/[^)]+)\)", text(page))]
    pictures = re.findall(r'^    "([\w-]+)": \("', text("tools/pictures.py"), re.M)
    recorded = re.findall(r'"beelden" / "([\w.-]+)"', text("tools/recording.py"))

    there = {path.name for path in (ROOT / "docs" / "beelden").iterdir()}

    made = {*recorded, *(f"{name}.png" for name in pictures)}
    assert there == {Path(link).name for link in links} == made


# --- words ---------------------------------------------------------------------------------------


def names_in_source() -> set[str]:
    files = [path for kind in ("*.py", "*.csv", "*.toml") for path in SOURCE.rglob(kind)]
    return {word for file in files for word in re.findall(r"\w+", file.read_text("utf-8"))}


def test_every_code_name_in_the_glossary_is_in_the_source():
    rows = re.findall(r"^\| \*\*.*\| (.*?) \|$", text("docs/begrippen.md"), re.M)

    named = {name for row in rows for name in coded(row)}

    assert len(rows) > 40
    assert named - names_in_source() == set()


def test_the_glossary_explains_no_word_twice():
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", text("docs/begrippen.md"), re.M)

    assert sorted(set(words)) == sorted(words)


def test_no_package_is_explained_that_is_not_used():
    pyproject = tomllib.loads(text("pyproject.toml"))
    groups = [
        pyproject["project"]["dependencies"],
        *pyproject["project"]["optional-dependencies"].values(),
        *pyproject["dependency-groups"].values(),
    ]
    used = {Requirement(one).name for group in groups for one in group if isinstance(one, str)}
    reasons = text("docs/besluiten/0002-afhankelijkheden.md").split("## Uit npm")[0]

    rows = re.findall(r"^\| (?:`\w+` \| )?((?:`[\w.-]+`(?:, )?)+) \|", reasons, re.M)
    explained = {canonicalize_name(name) for row in rows for name in coded(row)}

    assert explained - {canonicalize_name(name) for name in used} == set()


# --- the handbook --------------------------------------------------------------------------------


def test_the_handbook_names_every_table_that_is_made(workspace):
    made = {path.stem for path in workspace.processed(EXAMPLE).rglob("*.parquet")}

    named = set(coded(section("docs/handleiding/verder-zoeken.md", "Zelf verder zoeken")))

    assert made - named == set()


def test_the_handbook_explains_every_reason_to_make_a_page_again(workspace):
    manifest = json.loads((workspace.processed(EXAMPLE) / "manifest.json").read_text("utf-8"))
    page = pages()[0]
    parts = page_parts(page, manifest, notebooks.path_for(page.area))

    explained = section("docs/handleiding/draaien.md", "Waarom wordt deze pagina opnieuw gemaakt?")

    assert {*parts, "the page itself was changed"} - {"page", *coded(explained)} == set()


def test_the_handbook_explains_every_field_that_a_header_can_be():
    explained = first_cells(section("docs/handleiding/nieuwe-editie.md", "Een nieuwe editie maken"))

    assert {*RAW_MELDINGEN, "free_text", "ignored"} - set(explained) == set()


def test_the_handbook_explains_every_key_of_the_settings():
    parts = {part for part in vars(edition).values() if isinstance(part, type)}
    parts = {part for part in parts if issubclass(part, edition.Part)} - {edition.Voorstel}
    keys = {key for part in parts for key in part.model_fields}

    spans = coded(section("docs/handleiding/nieuwe-editie.md", "Een nieuwe editie maken"))
    explained = {word for span in spans for word in re.findall(r"\w+", span)}

    assert keys - explained == set()


def test_the_correction_that_the_handbook_writes_repairs_a_row(tmp_path):
    folder = Workspace(tmp_path).raw(EXAMPLE)
    shutil.copytree(ROOT / "data" / "raw" / EXAMPLE, folder)
    (block,) = [block for block in of_handbook("toml") if block.startswith("[[correctie]]")]
    (folder / edition.CORRECTIONS_FILE).write_text(block, encoding="utf-8")
    settings = edition.load(folder)

    delivery = read_delivery(settings, "meldingen/losser.ods")
    corrected = correct([delivery], corrections.load(settings))

    assert len(corrected.applied) == 1


def test_every_function_that_the_handbook_names_is_there():
    spans = [span for page in HANDBOOK for span in coded(prose(page))]
    named = {name for name in spans if name.startswith("show.")}

    for name in named:
        room, function = name.removesuffix("(e)").rsplit(".", 1)
        assert callable(getattr(importlib.import_module(f"mma_analysis.{room}"), function))
    assert named


def test_the_sentence_that_the_handbook_explains_is_on_the_page(workspace, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    explained = section("docs/handleiding/getal.md", "Waar komt dit getal vandaan?")
    quoted = re.findall(r"staat: \*(.+?)\*", explained)

    said = show.development.gemeente_sentence(evaluation.load("enschede")).plain

    assert quoted
    assert all(sentence in said for sentence in quoted)


# --- code that a reader can copy -----------------------------------------------------------------

# Page → how many results it promises. README's questions run in test_explore, where a plan is made.
RUNNING = {"docs/developers.md": 1}
RUNNING |= {"docs/handleiding/getal.md": 9, "docs/handleiding/verder-zoeken.md": 2}


def test_every_page_with_python_is_run():
    assert {page for page in IDS if blocks(page, "python")} == {"README.md", *RUNNING}


@pytest.mark.parametrize("page", RUNNING)
def test_what_a_page_computes_is_what_comes_out(page, workspace, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    names: dict[str, object] = {}
    promised, found = [], []

    for line in "".join(blocks(page, "python")).splitlines():
        code, arrow, result = line.partition("  # → ")
        if arrow:
            promised.append(result)
            found.append(repr(eval(code, names)))
        else:
            exec(code, names)

    assert found == promised
    assert len(promised) == RUNNING[page]


@pytest.mark.parametrize("page", [page for page in IDS if blocks(page, "toml")])
def test_what_a_page_says_to_paste_is_toml(page):
    assert all(tomllib.loads(block) for block in blocks(page, "toml"))


def test_every_step_of_the_number_is_there():
    table = section("docs/developers.md", "How a number travels")
    functions = [name for name in coded(table) if re.fullmatch(r"[a-z_]+(\.\w+)+", name)]
    functions = [name for name in functions if name.partition(".")[0] in modules()]

    for name in functions:
        room, _, function = name.rpartition(".")
        assert callable(getattr(resolved(room), function)), name
    assert len(functions) >= 8


def resolved(name: str) -> object:
    """A module of ours, or a class in one."""
    try:
        return importlib.import_module(f"mma_analysis.{name}")
    except ModuleNotFoundError:
        room, _, inside = name.rpartition(".")
        return getattr(importlib.import_module(f"mma_analysis.{room}"), inside)


# --- the messages that the handbook quotes -------------------------------------------------------

SETTINGS = "evaluatie.toml"
HAAKSBERGEN = "meldingen/haaksbergen.csv"


def change(file: str, old: str, new: str):
    """A change of one file of the edition, as an analyst or a sender would make it."""

    def apply(folder: Path) -> None:
        path = folder / file
        content = path.read_bytes()
        assert old.encode() in content
        path.write_bytes(content.replace(old.encode(), new.encode(), 1))

    return apply


def no_header_row(folder: Path) -> None:
    path = folder / HAAKSBERGEN
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])


def no_day_above_12(folder: Path) -> None:
    table = "Ontvangstdatum;Soort\n03-10-2022;geweld\n05-11-2022;fraude\n"
    (folder / HAAKSBERGEN).write_text(table, encoding="utf-8")


def delivered_twice(folder: Path) -> None:
    shutil.copy(folder / "meldingen/wierden.csv", folder / "meldingen/wierden-2.csv")
    listed = '"meldingen/wierden.csv"'
    change(SETTINGS, listed, f'{listed}, "meldingen/wierden-2.csv"')(folder)


def two_unreadable_files(folder: Path) -> None:
    (folder / "meldingen/wierden.csv").write_bytes(b"")
    shutil.copy(folder / "meldingen/borne.xlsx", folder / "meldingen/wierden.pdf")
    listed = '"meldingen/wierden.csv"'
    change(SETTINGS, listed, f'"meldingen/wierden.pdf", {listed}')(folder)


MISTAKES = {
    "unknown header": change(SETTINGS, '"Binnen bij ons" = "received_on"', ""),
    "no day of receipt": change(HAAKSBERGEN, "Ontvangstdatum", "Datum melding"),
    "day or month": no_day_above_12,
    "the same tips in two files": delivered_twice,
    "two columns for one field": change(HAAKSBERGEN, "Locatie bekend", "Ontvangen op"),
    "no row with headers": no_header_row,
    "no such file": change(SETTINGS, "meldingen/wierden.csv", "meldingen/wierden.xlsx"),
    "not to be read": two_unreadable_files,
    "wrong key": change(SETTINGS, "peildatum = ", "peildatun = "),
    "wrong gemeente": change(SETTINGS, "[gemeenten.wierden]", "[gemeenten.wierde]"),
    "changed question": change("vragenlijst/codeboek.toml", "Wat is uw functie?", "Wat is uw rol?"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_handbook_quotes_the_message_as_it_is(mistake, tmp_path):
    workspace = Workspace(tmp_path)
    folder = workspace.raw("evaluatie-2025")
    shutil.copytree(ROOT / "data" / "raw" / EXAMPLE, folder)
    MISTAKES[mistake](folder)

    with pytest.raises(MmaError) as raised:
        prepare(workspace, "evaluatie-2025", say=lambda line: None)

    message = str(raised.value).replace(tmp_path.as_posix(), "…")
    quoted = {line for block in of_handbook() for line in block.splitlines()}
    said = [line for line in message.splitlines() if not line.endswith("nothing was changed")]
    assert [line for line in said if line not in quoted] == []
