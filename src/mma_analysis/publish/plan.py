"""Which pages an edition has, which notebook makes each, and what it depends on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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
from mma_analysis.vocabulary.notebooks import (
    OF_EDITION,
    OTHER_SENTENCES,
    PARAMETERS_TAG,
    SENTENCES,
    changes,
    changes_in_words,
    compared_cells,
)
from mma_analysis.vocabulary.reference import TABLES_FOLDER as REFERENCE

if TYPE_CHECKING:
    from nbformat import NotebookNode

ANNEX = "openbaar/bijlage.xlsx"
TIDY_ANNEX = "openbaar/bijlage.csv"
DATA_PACKAGE = "openbaar/datapakket.zip"  # each public table, described for programs
CHECK = "openbaar/nagaan.py"  # with which anybody computes the public numbers again
PROPOSAL = "openbaar/voorstel-dvo.docx"
PROPOSAL_PAGE = "openbaar/voorstel-dvo.html"
LETTER_PAGE = "kwaliteit.html"
OWN_FIGURES = "eigen-cijfers.xlsx"
MADE = "made"
KEPT = "kept"
FAILED = "failed"
BLOCKED = "blocked"
ABSENT = "absent"
THERE = (MADE, KEPT)
INSTEAD = (FAILED, BLOCKED)  # a page says why there is none
HOW = "hoe-wij-telden"  # the page that says how we counted, and what words mean
WHY = {
    FAILED: "het maken van dit rapport is nu niet gelukt; u hoeft daar niets voor te doen",
    BLOCKED: "de levering van deze gemeente heeft een fout die eerst hersteld moet worden",
    ABSENT: "dit rapport is nog niet gemaakt",
}


@dataclass(frozen=True)
class Page:
    """One page: of an area, for an audience; `kind` is the notebook that makes it.

    `path` is below the edition's reports. What became of it: `made`, `kept` (still up to
    date), `failed`, `blocked` or `absent`, and why in words. `parts`: what it depends on.
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
    vocabulary: Vocabulary,
    only: Sequence[str] = (),
    audience: str | None = None,
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
    path = f"openbaar/{HOW}.html"
    planned.append(Page(vocabulary.district, "openbaar", HOW, "Hoe wij telden", path))

    areas = [vocabulary.area(slug) for slug in only] or vocabulary.areas
    asked = []
    for page in planned:
        if page.area in areas and audience in (None, page.audience):
            asked.append(page)
    return asked


def own_path(area: Area, name: str) -> str:
    """A file for one gemeente alone, below the edition's reports."""
    return f"intern/{area.slug}/{name}"


def page_parts(
    page: Page, edition: Edition, manifest: Mapping[str, Any], notebook: "PlannedNotebook"
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
    """Audience → one hash of all its set depends on, with the files around its pages.

    What everybody may read has none of what is exact: it would tell whether a row changed.
    """
    keys = {}
    for audience in AUDIENCES:
        depends_on = []
        for page in planned:
            if page.audience == audience:
                depends_on.append([page.path, page.state == BLOCKED, dict(page.parts)])
        keys[audience] = hash_of(depends_on)
    return keys


# --- the notebooks ------------------------------------------------------------------------

PARAMETERS = {
    "district": ("gebied", "editie"),
    "gemeente": ("gebied", "editie", "doelgroep"),
    HOW: ("gebied", "editie"),
}
VERSION_MARK = "mma"  # in the metadata of a copy: of which version of the package it is one
DECLARED = re.compile(r"^(\w+)\s*=(?!=)", re.M)  # a name that a cell gives a value
OUR_VERSION = version("mma-analysis")


class PlannedNotebook(NamedTuple):
    """The notebook that makes a kind of page, whose it is, and what is not the package's.

    `copy_of`: the other version of the package that it was copied from. `parts`: all that a
    page depends on here, each as one hash.
    """

    path: Path
    origin: str
    sentence: str
    copy_of: str
    parts: Mapping[str, str]


def find(name: str, workspace: Workspace, edition: str) -> PlannedNotebook:
    """The notebook of this name of an edition, checked, before anything of it runs.

    A copy in which no cell was changed is the package's; other defaults of its parameters
    are no change. `DataError`: it is none, stores output, or would not make each page about
    its own area.
    """
    package = shipped(NOTEBOOKS) / f"{name}.ipynb"
    path = workspace.own(edition, package.name)
    compared = UNCHANGED
    notebook = package
    if path:
        compared = _compared(path, package, name)
        if compared.is_changed:
            notebook = path
    made_by = [notebook]
    said = list(compared.said)
    sentences = workspace.own(edition, SENTENCES)
    if sentences:
        said.append(OTHER_SENTENCES)
        made_by.append(sentences)
    hashes = [storage.sha256(one) for one in made_by]
    looks = storage.hashes_below(workspace.raw(edition) / HOUSE_STYLE)
    return PlannedNotebook(
        path=notebook,
        origin=compared.origin,
        sentence="; ".join(said),
        copy_of=compared.copy_of,
        parts={
            "notebook": hash_of(hashes),
            "huisstijl": hash_of(looks),
        },
    )


class Compared(NamedTuple):
    """A notebook beside that of the package: whose it is, and what is said of that."""

    is_changed: bool
    origin: str
    said: Sequence[str]
    copy_of: str


# Ours as it comes is not read before it runs: our tests do.
UNCHANGED = Compared(is_changed=False, origin="van het pakket", said=(), copy_of="")


def _compared(path: Path, package: Path, name: str) -> Compared:
    """A notebook of the edition, checked, beside that of the package."""
    own = _read(path)
    ours = compared_cells(_read(package).cells)
    found = changes(ours, compared_cells(own.cells))
    if found and any(cell.get("outputs") for cell in own.cells):
        raise DataError.of("stores_output", path=path)
    _check_parameters(path, own, set(PARAMETERS[name]))
    if not found:
        return UNCHANGED
    copied_from = own.metadata.get(VERSION_MARK, {}).get("version", "")
    return Compared(
        is_changed=True,
        origin=OF_EDITION,
        said=changes_in_words(found, len(own.cells)),
        copy_of="" if copied_from == OUR_VERSION else copied_from,
    )


def _read(path: Path) -> "NotebookNode":
    import nbformat  # takes a tenth of a second

    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, AttributeError, nbformat.ValidationError) as error:
        fault = str(error).partition("\n")[0]
        raise DataError.of("no_notebook", path=path, fault=fault) from error
    return notebook


def _is_tagged(cell: "NotebookNode") -> bool:
    return PARAMETERS_TAG in cell.metadata.get("tags", [])


def _check_parameters(path: Path, notebook: "NotebookNode", expected: set[str]) -> None:
    """Refuse a notebook that does not take just these parameters, or gives one a value."""
    # Papermill only warns and runs on the default: pages would be of the wrong gemeente.
    tagged = next(filter(_is_tagged, notebook.cells), None)
    source = tagged.source if tagged else ""
    declared = set(DECLARED.findall(source))
    if declared != expected:
        found = ", ".join(sorted(declared))
        asked = ", ".join(sorted(expected))
        raise DataError.of(
            "parameters", path=path, tag=PARAMETERS_TAG, found=found, expected=asked
        )

    names = "|".join(expected)
    again = re.compile(rf"^(?:for\s+)?({names})\s*(?:=(?!=)|in\b)", re.M)
    for number, cell in enumerate(notebook.cells, start=1):
        if cell is tagged or cell.cell_type != "code":
            continue
        found_again = again.search(cell.source)
        if found_again:
            name = found_again[1]
            raise DataError.of("parameter_again", path=path, cell=number, name=name)


def parameters(area: Area, edition: str, audience: str) -> dict[str, str]:
    """The values that the notebook of this area is run with."""
    given = {"gebied": area.slug, "editie": edition, "doelgroep": audience}
    return {name: given[name] for name in PARAMETERS[area.level]}


def copy_to_edition(name: str, workspace: Workspace, slug: str) -> Path:
    """Copy a notebook of the package into an edition, to be changed; it opens on that."""
    import nbformat

    vocabulary = workspace.edition(slug).vocabulary
    path = workspace.raw(slug) / NOTEBOOKS / f"{name}.ipynb"
    if path.exists():
        raise UsageError.of("notebook_is_there", path=path)
    notebook = _read(shipped(NOTEBOOKS) / path.name)
    notebook.metadata[VERSION_MARK] = {"version": OUR_VERSION}

    area = vocabulary.gemeenten[0] if name == "gemeente" else vocabulary.district
    values = parameters(area, slug, "openbaar")
    lines = [f'{key} = "{value}"' for key, value in values.items()]
    cell = next(filter(_is_tagged, notebook.cells))
    cell.source = "\n".join(lines)
    content = f"{nbformat.writes(notebook)}\n".encode()
    storage.write_whole(path, content)
    storage.owner_only(path.parent)
    return path
