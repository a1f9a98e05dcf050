"""Everything that an edition gives through a public door: to hold two editions side by side.

    python tests/doors.py ROOT EDITION

prints door → hash of what comes out, of one edition alone in a process.
"""

import hashlib
import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import mma_analysis as mma
from mma_analysis import check, evaluation, measure, show
from mma_analysis.audit import audit
from mma_analysis.audit.collecting.opening import collect
from mma_analysis.audit.placing.sentences import said_counts
from mma_analysis.audit.placing.tables import placed_cells
from mma_analysis.audit.placing.vocabulary import whole_of
from mma_analysis.explore.workbench import Bench
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.released import release
from mma_analysis.settings import Workspace

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def blocks_of(notebook: Path) -> list[str]:
    """The cells of a notebook that show a block."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [source for source in sources if source.startswith("show.")]


def opened(workspace: Workspace, slug: str) -> Iterator[Any]:
    """`mma.edition`, with every table that it opens."""
    edition = mma.edition(slug, workspace.root)
    yield from (edition, edition.areas)
    for name in sorted(edition.measures):
        yield edition.measures[name].to_csv()


def cleaned(workspace: Workspace, slug: str) -> Iterator[Any]:
    """Deliveries read, cleaned and checked."""
    edition = workspace.edition(slug)
    clean = read_and_clean(edition)
    for table in (clean.meldingen, clean.rejected, clean.duplicates, clean.survey.responses):
        yield table.to_csv()
    yield check.as_table(check.check_meldingen(clean.meldingen, edition)).to_csv()


def measured(workspace: Workspace, slug: str) -> Iterator[Any]:
    """Everything that is counted, exact and rounded."""
    edition = workspace.edition(slug)
    released = release(read_and_clean(edition), measure.frame(edition))
    for table in (released.exact.cells, released.exact.relations, released.counts):
        yield table.to_csv()


def pages(workspace: Workspace, slug: str) -> Iterator[Any]:
    """Every block of the district's page and of a gemeente's."""
    district, *gemeenten = mma.edition(slug, workspace.root).areas
    for area, level in ((district, "district"), (gemeenten[0], "gemeente")):
        e = evaluation.load(area, slug, workspace=workspace)
        for cell in blocks_of(NOTEBOOKS / f"{level}.ipynb"):
            parts = vars(eval(cell, {"show": show, "e": e}))
            yield {k: v.to_json() if hasattr(v, "to_json") else v for k, v in parts.items()}


def asked(workspace: Workspace, slug: str) -> Iterator[Any]:
    """A question about meldingen."""
    yield mma.edition(slug, workspace.root).meldingen.count("topic_group", "usable").to_csv()


def benched(workspace: Workspace, slug: str) -> Iterator[Any]:
    """What the bench offers, and what it shows of a gemeente."""
    bench = Bench(slug, root=workspace.root)
    yield {name: choice.options for name, choice in bench.choices.items() if name != "editie"}
    bench.choose(gebied=bench.choices["gebied"].options[1][1], periode="year")
    yield bench.table.to_csv()


def audited(workspace: Workspace, slug: str) -> Iterator[Any]:
    """Every count that the audit reads in the finished files, and what it finds."""
    edition, reports = workspace.edition(slug), workspace.reports(slug)
    whole = whole_of(edition)
    for document in collect(reports):
        yield list(placed_cells(edition.vocabulary, document, whole))
        yield list(said_counts(edition.vocabulary, document, whole))
    yield audit(edition, reports, workspace.processed(slug))


DOORS: tuple[Callable[[Workspace, str], Iterator[Any]], ...] = (
    *(opened, cleaned, measured, pages, asked, benched, audited),
)


def hashed(parts: Iterable[Any]) -> str:
    """One hash of all that comes out of a door."""
    return hashlib.sha256("\n".join(map(repr, parts)).encode()).hexdigest()


def through_all_doors(
    workspace: Workspace, slug: str, together: threading.Barrier
) -> dict[str, str]:
    """Door → hash; who goes together goes through each door at the same time."""
    found = {}
    try:
        for door in DOORS:
            together.wait()
            found[door.__name__] = hashed(door(workspace, slug))
    except Exception:
        together.abort()  # the other must not wait for ever
        raise
    return found


if __name__ == "__main__":
    alone = through_all_doors(Workspace(Path(sys.argv[1])), sys.argv[2], threading.Barrier(1))
    print(json.dumps(alone))
