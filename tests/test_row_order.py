"""In which order the rows of a table stand says nothing: pages go by code lists and names."""

import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from zipfile import ZipFile

import pandas as pd
import pytest

from mma_analysis.evaluation import OWN_TABLES, Evaluation
from mma_analysis.publish import notebooks
from mma_analysis.publish.around import ANNEX, PROPOSAL, PROPOSAL_PAGE, write_papers
from mma_analysis.publish.letter import letter_html
from mma_analysis.publish.page import execute
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE, Workspace
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()

# A gemeente with a file of its own, and one that shares its file.
PAGES = [("twente", "openbaar"), ("enschede", "openbaar")]
PAGES += [("enschede", "intern"), ("dinkelland", "intern")]


def made(root: Path, papers: Path) -> Iterator[tuple[str, str | bytes]]:
    """What these pages show, their letters, and the papers."""
    workspace = Workspace(root)
    edition, processed = workspace.edition(EXAMPLE), workspace.processed(EXAMPLE)
    for slug, audience in PAGES:
        area, who = VOCABULARY.area(slug), "intern" if audience == "intern" else "openbaar"
        given = notebooks.parameters(area, EXAMPLE, who)
        with patch.dict(os.environ, {ROOT_VARIABLE: str(root)}):
            ran = execute(notebooks.folder() / f"{area.level}.ipynb", given)
        for number, cell in enumerate(ran.cells):
            yield f"{slug} {who} {number}", json.dumps(cell.get("outputs", []))
        if who == "intern":
            yield f"{slug} letter", letter_html(Evaluation(area, edition, who, processed))
    (papers / "openbaar").mkdir(parents=True)
    write_papers(edition, processed, papers)
    for path in (ANNEX, PROPOSAL, PROPOSAL_PAGE):
        yield path, (papers / path).read_bytes()


@pytest.fixture(scope="module")
def in_order(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory):
    return dict(made(workspace.root, tmp_path_factory.mktemp("papers")))


def shuffled_rows(file: Path | io.BytesIO, seed: int) -> bytes:
    return pd.read_parquet(file).sample(frac=1, random_state=seed).to_parquet(index=False)


@pytest.mark.parametrize("seed", [1, 2])
def test_tables_of_which_the_rows_are_shuffled_give_the_same_pages(
    workspace, in_order, tmp_path, seed
):
    shutil.copytree(workspace.root / "data", tmp_path / "data")
    processed = Workspace(tmp_path).processed(EXAMPLE)
    for path in (processed / "measures").iterdir():
        path.write_bytes(shuffled_rows(path, seed))
    for path in processed.glob(f"measures_intern/*/{OWN_TABLES}"):
        with ZipFile(path) as packed:
            tables = {name: packed.read(name) for name in packed.namelist()}
        with ZipFile(path, "w") as packed:
            for name, table in tables.items():
                packed.writestr(name, shuffled_rows(io.BytesIO(table), seed))

    shuffled = dict(made(tmp_path, tmp_path / "papers"))

    assert [name for name, told in in_order.items() if shuffled[name] != told] == []
    assert shuffled.keys() == in_order.keys()
