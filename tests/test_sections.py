"""Each section of a page stands alone: without it the others run, and show what they showed."""

import os
from functools import cache
from pathlib import Path
from unittest.mock import patch

import nbformat
import pytest
from nbformat import NotebookNode

from mma_analysis.publish import page, plan
from mma_analysis.settings import EXAMPLE, NOTEBOOKS, ROOT_VARIABLE, Workspace, shipped
from released_tables import VOCABULARY, cells_of

HEAD = "%%tekst sectie "
# A large gemeente, and one of which hardly anything is said; what everybody sees and what it sees.
WHO = [("twente", "openbaar"), ("enschede", "openbaar"), ("enschede", "intern")]
WHO += [("wierden", "openbaar"), ("wierden", "intern")]


def heads(name: str) -> list[int]:
    """The number of each cell with which a section begins."""
    found = []
    for number, cell in enumerate(cells_of(name)):
        is_title = cell.cell_type == "markdown" and cell.source.startswith("## ")
        if is_title or cell.source.startswith(HEAD):
            found.append(number)
    return found


def without(name: str, begin: int) -> list[NotebookNode]:
    """The cells of a notebook but for those from a head to the next one."""
    after = [number for number in heads(name) if number > begin]
    end = after[0] if after else len(cells_of(name))
    return [*cells_of(name)[:begin], *cells_of(name)[end:]]


SECTIONS = []
for area, audience in WHO:
    notebook = VOCABULARY.area(area).level
    for begin in heads(notebook):
        title = cells_of(notebook)[begin].source.removeprefix(HEAD).removeprefix("## ")
        named = f"{area}-{audience}-{title.splitlines()[0]}"
        SECTIONS.append(pytest.param(area, audience, begin, id=named))


@pytest.fixture(scope="module")
def ran(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory):
    """What each cell shows, by its id, of the whole notebook or without the section there."""
    folder = tmp_path_factory.mktemp("sections")

    @cache
    def run(area: str, audience: str, begin: int | None) -> dict[str, list[NotebookNode]]:
        name = VOCABULARY.area(area).level
        cells = [*cells_of(name)] if begin is None else without(name, begin)
        content = nbformat.read(shipped(NOTEBOOKS) / f"{name}.ipynb", as_version=4)
        content.cells = cells
        path = Path(folder) / f"{name}.ipynb"
        nbformat.write(content, path)
        given = plan.parameters(VOCABULARY.area(area), EXAMPLE, audience)
        with patch.dict(os.environ, {ROOT_VARIABLE: str(workspace.root)}):
            made = page.execute(path, given)
        return {cell.id: cell.get("outputs", []) for cell in made.cells}

    return run


@pytest.mark.slow
@pytest.mark.parametrize(("area", "audience", "begin"), SECTIONS)
def test_without_a_section_every_other_shows_what_it_showed(ran, area, audience, begin):
    whole = ran(area, audience, None)

    rest = ran(area, audience, begin)

    kept = {cell.id for cell in without(VOCABULARY.area(area).level, begin)}
    assert len(kept) < len(whole)
    different = [name for name in kept if name in whole and rest[name] != whole[name]]
    assert different == []
