"""In which order the rows of a table stand says nothing: pages go by code lists and names."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from mma_analysis.evaluation import Evaluation
from mma_analysis.publish.around import ANNEX, PROPOSAL, PROPOSAL_PAGE, write_papers
from mma_analysis.publish.letter import letter_html
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.show.blocks import Chart
from mma_analysis.vocabulary import Vocabulary
from test_show_editions import page

VOCABULARY = Vocabulary()

# A gemeente of which everything is told, and one that is told coarser and shares its file.
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


@pytest.mark.parametrize("seed", [1, 2])
def test_tables_of_which_the_rows_are_shuffled_give_the_same_pages(
    workspace, in_order, tmp_path, seed
):
    processed = workspace.processed(EXAMPLE)
    folders = ["measures", *(f"measures_intern/{area}" for area, who in PAGES if who == "intern")]
    for path in (file for folder in folders for file in (processed / folder).iterdir()):
        table = pd.read_parquet(path).sample(frac=1, random_state=seed)
        placed = tmp_path / path.relative_to(processed)
        placed.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(placed, index=False)
    shutil.copy(processed / "manifest.json", tmp_path)
    (tmp_path / "openbaar").mkdir()

    shuffled = dict(made(workspace, tmp_path, tmp_path))

    assert [name for name, told in in_order.items() if shuffled[name] != told] == []
    assert shuffled.keys() == in_order.keys()
