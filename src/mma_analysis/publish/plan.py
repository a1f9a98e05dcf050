"""Which pages an edition has, which notebook makes each, what it depends on, what became of it."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbformat import NotebookNode

from mma_analysis import storage
from mma_analysis.settings import (
    AUDIENCES,
    HOUSE_STYLE,
    NOTEBOOKS,
    Audience,
    Edition,
    Workspace,
    shipped,
)
from mma_analysis.storage import hash_of
from mma_analysis.vocabulary import Area, DataError, UsageError, Vocabulary
from mma_analysis.vocabulary.reference import FOLDER as REFERENCE

ANNEX, PROPOSAL_PAGE = "openbaar/bijlage.xlsx", "openbaar/voorstel-dvo.html"
PROPOSAL = "openbaar/voorstel-dvo.docx"
LETTER, OWN_FIGURES = "kwaliteit.html", "eigen-cijfers.xlsx"
MADE, KEPT, FAILED, BLOCKED, ABSENT = "made", "kept", "failed", "blocked", "absent"
THERE, INSTEAD = (MADE, KEPT), (FAILED, BLOCKED)  # a page, and why there is none
HOW = "hoe-wij-telden"  # the page that says how we counted, and what words mean
WHY = {
    FAILED: "het maken van dit rapport is nu niet gelukt; u hoeft daar niets voor te doen",
    BLOCKED: "de levering van deze gemeente heeft een fout die eerst hersteld moet worden",
    ABSENT: "dit rapport is nog niet gemaakt",
}


@dataclass(frozen=True)
class Page:
    """One page: of an area, for an audience; `kind` is the name of the notebook that makes it.

    `path` is below the edition's reports. What became of it: `made`, `kept` (still up to date),
    `failed`, `blocked` or `absent`, and why in words. `parts`: what it depends on.
    """

    area: Area
    audience: Audience
    kind: str
    title: str
    path: str
    state: str = ABSENT
    reason: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


def pages(
    vocabulary: Vocabulary, only: Sequence[str] = (), audience: str | None = None
) -> list[Page]:
    """Every page of an edition, or those of these areas, for this audience."""
    planned = []
    for area in vocabulary.areas:
        name = "district" if area.is_district else area.slug
        path = f"openbaar/{name}.html"
        planned.append(Page(area, "openbaar", area.level, area.name, path))
    for area in vocabulary.gemeenten:
        path = own_path(area, f"{area.slug}.html")
        planned.append(Page(area, "intern", area.level, area.name, path))
    how = (HOW, "Hoe wij telden", f"openbaar/{HOW}.html")
    planned.append(Page(vocabulary.district, "openbaar", *how))
    areas = [vocabulary.area(slug) for slug in only] or vocabulary.areas
    return [page for page in planned if page.area in areas and audience in (None, page.audience)]


def own_path(area: Area, name: str) -> str:
    """A file for one gemeente alone, below the edition's reports."""
    return f"intern/{area.slug}/{name}"


def page_parts(
    page: Page, edition: Edition, manifest: Mapping[str, Any], notebook: "Notebook"
) -> dict[str, str]:
    """Everything that the bytes of a page depend on, each as one hash.

    Of the deliveries that are the tables.
    """
    outputs = manifest["outputs"]
    own = ""
    if page.audience == "intern":
        own = _hash_below(f"measures_intern/{page.area.slug}/", outputs)
    parts = {
        "pagina": page.path,
        "openbare tabellen": _hash_below("measures/", outputs),
        "eigen tabellen": own,
        "instellingen": storage.settings_hash(edition),
        "eigen lijsten": _hash_below(f"{REFERENCE}/", manifest["inputs"]),
    }
    parts |= notebook.parts
    return parts | storage.made_with()


def _hash_below(folder: str, hashes: Mapping[str, str]) -> str:
    """One hash of the files below a folder."""
    return hash_of({path: mark for path, mark in hashes.items() if path.startswith(folder)})


def set_keys(planned: Sequence[Page]) -> dict[str, str]:
    """Audience → one hash of all that its set depends on, the files around its pages among them.

    What everybody may read has none of what is exact: it would tell whether a row changed.
    """
    keys = {}
    for audience in AUDIENCES:
        own = [page for page in planned if page.audience == audience]
        keys[audience] = hash_of(
            [[page.path, page.state == BLOCKED, dict(page.parts)] for page in own]
        )
    return keys


ALL = ("gebied", "editie")
PARAMETERS = {"district": ALL, "gemeente": (*ALL, "doelgroep"), HOW: ALL}
MARK = "mma"  # in the metadata of a copy: of which version of the package it is one
TAG = "parameters"  # of the cell whose values papermill replaces
OUR_VERSION = version("mma-analysis")


class Notebook(NamedTuple):
    """The notebook that makes a kind of page: whose it is, and what of it is not the package's.

    `copy_of`: the other version of the package that it was copied from. `parts`: all that a page
    depends on here, each as one hash.
    """

    path: Path
    origin: str
    sentence: str
    copy_of: str
    parts: Mapping[str, str]


def find(name: str, workspace: Workspace, edition: str) -> Notebook:
    """The notebook of this name of an edition, checked, before anything of it runs.

    A copy in which no cell was changed is the package's; other defaults of its parameters are no
    change. `DataError`: it is none, stores output, or would not make each page about its own area.
    """
    package = shipped(NOTEBOOKS) / f"{name}.ipynb"
    path = workspace.own(edition, package.name) or package
    own, ours = _read(path), _read(package)
    compared = (
        [(one.cell_type, one.source.strip() * (not _is_tagged(one))) for one in file.cells]
        for file in (ours, own)
    )
    matcher = difflib.SequenceMatcher(None, *compared, autojunk=False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    origin, copy_of, said = "van het pakket", "", []
    if changes:
        origin = "van deze editie"
        copy_of = own.metadata.get(MARK, {}).get("version", "")
        if any(cell.get("outputs") for cell in own.cells):
            raise DataError.of("stores_output", path=path)
    _check_parameters(path, own, {*PARAMETERS[name]})
    if changed := sum(end - begin for *_, begin, end in changes):
        are = "is" if changed == 1 else "zijn"
        said += [f"{changed} van {len(own.cells)} cellen {are} {origin}"]
    if gone := sum(max(0, i2 - i1 - (j2 - j1)) for _, i1, i2, j1, j2 in changes):
        cells, are = ("cel", "is") if gone == 1 else ("cellen", "zijn")
        said += [f"{gone} {cells} van het pakket {are} weggelaten"]
    sentences = workspace.own(edition, "sentences.j2")
    said += ["de gedeelde zinnen zijn aangepast"] if sentences else []
    path = path if changes else package
    parts = {
        "notebook": hash_of([storage.sha256(one) for one in (path, sentences) if one]),
        "huisstijl": hash_of(storage.hashes_below(workspace.raw(edition) / HOUSE_STYLE)),
    }
    return Notebook(path, origin, "; ".join(said), "" if copy_of == OUR_VERSION else copy_of, parts)


def _read(path: Path) -> NotebookNode:
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, AttributeError, nbformat.ValidationError) as error:
        fault = str(error).partition("\n")[0]
        raise DataError.of("no_notebook", path=path, fault=fault) from error
    return notebook


def _is_tagged(cell: NotebookNode) -> bool:
    return TAG in cell.metadata.get("tags", [])


def _check_parameters(path: Path, notebook: NotebookNode, expected: set[str]) -> None:
    """Refuse a notebook that does not take exactly these parameters, and keep what it is given."""
    # Papermill only warns and runs on the default: every page would be about the wrong gemeente.
    tagged = next((cell for cell in notebook.cells if _is_tagged(cell)), None)
    declared = {*re.findall(r"^(\w+)\s*=(?!=)", tagged.source if tagged else "", re.M)}
    if declared != expected:
        names = {"found": ", ".join(sorted(declared)), "expected": ", ".join(sorted(expected))}
        raise DataError.of("parameters", path=path, tag=TAG, **names)
    again = re.compile(rf"^(?:for\s+)?({'|'.join(expected)})\s*(?:=(?!=)|in\b)", re.M)
    for number, cell in enumerate(notebook.cells, start=1):
        found = again.search(cell.source) if cell.cell_type == "code" else None
        if cell is not tagged and found:
            raise DataError.of("parameter_again", path=path, cell=number, name=found[1])


def parameters(area: Area, edition: str, audience: str) -> dict[str, str]:
    """The values that the notebook of this area is run with."""
    given = {"gebied": area.slug, "editie": edition, "doelgroep": audience}
    return {name: given[name] for name in PARAMETERS[area.level]}


def copy_to_edition(name: str, workspace: Workspace, slug: str) -> Path:
    """Copy a notebook of the package into an edition, to be changed; it opens on that edition."""
    vocabulary = workspace.edition(slug).vocabulary
    path = workspace.raw(slug) / NOTEBOOKS / f"{name}.ipynb"
    if path.exists():
        raise UsageError.of("notebook_is_there", path=path)
    notebook = _read(shipped(NOTEBOOKS) / path.name)
    notebook.metadata[MARK] = {"version": OUR_VERSION}
    area = vocabulary.gemeenten[0] if name == "gemeente" else vocabulary.district
    values = parameters(area, slug, "openbaar").items()
    cell = next(cell for cell in notebook.cells if _is_tagged(cell))
    cell.source = "\n".join(f'{key} = "{value}"' for key, value in values)
    storage.write_whole(path, f"{nbformat.writes(notebook)}\n".encode())
    storage.owner_only(path.parent)
    return path
