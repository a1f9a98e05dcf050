"""In which order the rows of a table stand says nothing: pages go by code lists and names."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
from mma_analysis.show.blocks import Chart
from test_show_editions import page

from mma_analysis.evaluation import OWN_TABLES, Evaluation
from mma_analysis.publish.around import ANNEX, PROPOSAL, PROPOSAL_PAGE, write_papers
from mma_analysis.publish.letter import letter_html
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import Vocabulary

VOCABULARY = Vocabulary()

# A gemeente with a file of its own, and one that shares its file.
PAGES = [("twente", "openbaar"), ("enschede", "openbaar")]
PAGES += [("enschede", "intern"), ("dinkelland", "intern")]


def made(workspace: Workspace, processed: Path, papers: Path) -> Iterator[tuple[str, str | bytes]]:
    """Every block of these pages, their letters, and the papers."""
    edition = workspace.edition(EXAMPLE)
    for area, audience in PAGES:
        who = "intern" if audience == "intern" else "openbaar"
        e = Evaluation(VOCABULARY.area(area), edition, who, processed)
        for call, block in page(e).items():
            figure = block.figure.to_json() if isinstance(block, Chart) else ""
            yield f"{area} {audience} {call}", f"{block!r} {figure}"
        if e.is_intern:
            yield f"{area} letter", letter_html(e)
    write_papers(edition, processed, papers)
    for path in (ANNEX, PROPOSAL, PROPOSAL_PAGE):
        yield path, (papers / path).read_bytes()


@pytest.fixture(scope="module")
def in_order(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory):
    papers = tmp_path_factory.mktemp("papers")
    (papers / "openbaar").mkdir()
    return dict(made(workspace, workspace.processed(EXAMPLE), papers))


def shuffled_rows(file: Path | io.BytesIO, seed: int) -> bytes:
    return pd.read_parquet(file).sample(frac=1, random_state=seed).to_parquet(index=False)


@pytest.mark.parametrize("seed", [1, 2])
def test_tables_of_which_the_rows_are_shuffled_give_the_same_pages(
    workspace, in_order, tmp_path, seed
):
    processed = workspace.processed(EXAMPLE)
    (tmp_path / "measures").mkdir()
    for path in (processed / "measures").iterdir():
        (tmp_path / "measures" / path.name).write_bytes(shuffled_rows(path, seed))
    for area in (area for area, who in PAGES if who == "intern"):
        packed = Path("measures_intern", area, OWN_TABLES)
        (tmp_path / packed).parent.mkdir(parents=True)
        with ZipFile(processed / packed) as given, ZipFile(tmp_path / packed, "w") as made_of_it:
            for name in given.namelist():
                made_of_it.writestr(name, shuffled_rows(io.BytesIO(given.read(name)), seed))
    shutil.copy(processed / "manifest.json", tmp_path)
    (tmp_path / "openbaar").mkdir()

    shuffled = dict(made(workspace, tmp_path, tmp_path))

    assert [name for name, told in in_order.items() if shuffled[name] != told] == []
    assert shuffled.keys() == in_order.keys()
