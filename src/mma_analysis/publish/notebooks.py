"""Which notebook makes a page: the edition's own, else the organisation's, else the package's."""

import ast
import difflib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from mma_analysis.settings import HOUSE_STYLE, NOTEBOOKS, Workspace
from mma_analysis.storage import hash_of, hashes_below, owner_only, sha256, write_whole
from mma_analysis.vocabulary import Area, DataError, UsageError

PARAMETERS = {
    "district": ("gebied", "editie"),
    "gemeente": ("gebied", "editie", "doelgroep"),
    "hoe-wij-telden": ("gebied", "editie"),
}
SENTENCES = "sentences.j2"
OF_EDITION, OF_ORGANISATION = "van deze editie", "van de eigen organisatie"
OF_PACKAGE = "van het pakket"
MARK = "mma"  # in the metadata of a copy: of which version of the package it is one
TAG = "parameters"  # of the cell whose values papermill replaces
OUR_VERSION = version("mma-analysis")


@dataclass(frozen=True)
class Notebook:
    """The notebook that makes a kind of page, and what of it is not the package's.

    `origin` is in Dutch. `left_out`: how many cells of the package it does not have. `copy_of`: the
    version of the package that it was copied from, when that is not this one. `parts`: all that a
    page depends on here, each as one hash.
    """

    path: Path
    origin: str
    own_cells: int
    cells: int
    left_out: int
    has_own_sentences: bool
    copy_of: str
    parts: Mapping[str, str]

    @property
    def sentence(self) -> str:
        """What is not the package's, in Dutch, for who reads the page; empty when all of it is."""
        said = []
        if own := self.own_cells:
            said.append(f"{own} van {self.cells} cellen {_are(own)} {self.origin}")
        if gone := self.left_out:
            cells = "cel" if gone == 1 else "cellen"
            said.append(f"{gone} {cells} {OF_PACKAGE} {_are(gone)} weggelaten")
        if self.has_own_sentences:
            said.append("de gedeelde zinnen zijn aangepast")
        return "; ".join(said)


def folder() -> Path:
    """Where the package's notebooks are: in what is installed, else in the project."""
    package = Path(str(files("mma_analysis")))
    candidates = (package / "notebooks", package.parents[1] / "notebooks")
    for candidate in candidates:
        if (candidate / "district.ipynb").is_file():
            return candidate
    raise DataError(
        f"no report notebooks in {candidates[0]} or {candidates[1]}; "
        "the installation is not whole: install mma-analysis again"
    )


def find(name: str, workspace: Workspace, edition: str) -> Notebook:
    """The notebook of this name of an edition, checked, before anything of it runs.

    A copy in which no cell was changed is the package's.

    Raises
    ------
    DataError
        When it is no notebook, stores output, or would not make each page about its own area.
    """
    package = folder() / f"{name}.ipynb"
    path, origin, copy_of = workspace.own(edition, package.name) or package, OF_PACKAGE, ""
    metadata, cells = _read(path)
    compared = difflib.SequenceMatcher(None, _texts(_read(package)[1]), _texts(cells), False)
    changes = [change for change in compared.get_opcodes() if change[0] != "equal"]
    if changes:
        is_edition = path.is_relative_to(workspace.raw(edition))
        origin = OF_EDITION if is_edition else OF_ORGANISATION
        copy_of = metadata.get(MARK, {}).get("version", "")
        if any(cell.get("outputs") for cell in cells):
            raise DataError(
                f"{path} stores output, which can hold figures; open it with `mma lab` and save "
                "it: that leaves output out"
            )
    else:
        path = package
    check_parameters(path, PARAMETERS[name])
    sentences = workspace.own(edition, SENTENCES)
    return Notebook(
        path=path,
        origin=origin,
        own_cells=sum(end - begin for *_, begin, end in changes),
        cells=len(cells),
        left_out=sum(max(0, i2 - i1 - (j2 - j1)) for _, i1, i2, j1, j2 in changes),
        has_own_sentences=sentences is not None,
        copy_of="" if copy_of == OUR_VERSION else copy_of,
        parts={
            "notebook": hash_of([sha256(one) for one in (path, sentences) if one]),
            "house style": hash_of(hashes_below(workspace.raw(edition) / HOUSE_STYLE)),
        },
    )


def parameters(area: Area, edition: str, audience: str) -> dict[str, str]:
    """The values that the notebook of this area is run with."""
    given = {"gebied": area.slug, "editie": edition, "doelgroep": audience}
    return {name: given[name] for name in PARAMETERS[area.level]}


def check_parameters(path: Path, expected: Collection[str]) -> None:
    """Refuse a notebook that does not take exactly these parameters, each a text.

    Papermill itself only warns, and then runs on the default: every page would be about the wrong
    gemeente, and look fine. So it would when a cell further on gave one of them a value again.
    """
    cells = _read(path)[1]
    tagged = next((number for number, cell in enumerate(cells) if _is_tagged(cell)), None)
    declared = {
        target.id: statement.value
        for statement in (_program(cells[tagged]).body if tagged is not None else [])
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    if set(declared) != set(expected):
        raise DataError(
            f"{path} declares parameters {sorted(declared)}, expected {sorted(expected)}: give "
            f"each a text in quotes in the first cell with the tag '{TAG}'"
        )
    for name, value in declared.items():
        if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
            raise DataError(
                f"{path}: parameter '{name}' must be a text in quotes, not {ast.unparse(value)}"
            )
    for number, cell in enumerate(cells):
        nodes = [] if number == tagged else ast.walk(_program(cell))
        given = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        if again := given & {*expected}:
            raise DataError(
                f"{path}, cell {number + 1} gives '{min(again)}' a value again, and every page "
                "would be about the same; use another name there"
            )


def copy_to_edition(name: str, workspace: Workspace, slug: str) -> Path:
    """Copy a notebook of the package into an edition, to be changed; it opens on that edition."""
    vocabulary = workspace.edition(slug).vocabulary
    path = workspace.raw(slug) / NOTEBOOKS / f"{name}.ipynb"
    if path.exists():
        raise UsageError(
            f"{path} is er al, en is niet veranderd. Wilt u opnieuw beginnen? Geef dat bestand dan "
            "eerst een andere naam"
        )
    content = json.loads((folder() / path.name).read_text(encoding="utf-8"))
    content["metadata"][MARK] = {"version": OUR_VERSION}
    area = vocabulary.gemeenten[0] if name == "gemeente" else vocabulary.district
    values = parameters(area, slug, "openbaar").items()
    cell = next(cell for cell in content["cells"] if _is_tagged(cell))
    cell["source"] = "\n".join(f'{key} = "{value}"' for key, value in values)
    text = json.dumps(content, indent=1, ensure_ascii=False)
    write_whole(path, f"{text}\n".encode())
    owner_only(path.parent)
    return path


def _read(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The metadata and the cells of a notebook, the source of each as one text."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell | {"source": "".join(cell["source"])} for cell in content["cells"]]
        metadata, *of_cells = (one["metadata"] for one in (content, *cells))
        is_whole = content["nbformat"] == 4 and all("cell_type" in cell for cell in cells)
        is_whole &= all(isinstance(one, dict) for one in (metadata, *of_cells))
    except (ValueError, LookupError, TypeError) as error:
        raise DataError(_no_notebook(path, f"{type(error).__name__}: {error}")) from error
    if not is_whole:
        raise DataError(_no_notebook(path, "it does not keep to version 4 of the format"))
    return metadata, cells


def _no_notebook(path: Path, why: str) -> str:
    return (
        f"{path} is no notebook of Jupyter ({why}); put a copy back that was whole, or take it "
        "away: then the package's makes the page"
    )


def _texts(cells: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What of cells is compared: not the defaults of the parameters, which no page uses."""
    return [
        (cell["cell_type"], TAG if _is_tagged(cell) else cell["source"].strip()) for cell in cells
    ]


def _is_tagged(cell: Mapping[str, Any]) -> bool:
    return TAG in cell["metadata"].get("tags", [])


def _program(cell: Mapping[str, Any]) -> ast.Module:
    """The Python in a cell, without commands of Jupyter; none in a cell of text."""
    source = cell["source"]
    is_python = cell["cell_type"] == "code" and not source.lstrip().startswith("%%")
    lines = [line for line in source.splitlines() if is_python and line[:1] not in ("%", "!")]
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError:  # running it says so, and in which cell
        return ast.parse("")


def _are(number: int) -> str:
    return "is" if number == 1 else "zijn"
