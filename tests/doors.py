"""Everything that an edition gives through a public door: to hold two editions side by side.

    python tests/doors.py ROOT EDITION

prints door → hash of what comes out, of one edition alone in a process.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import mma_analysis as mma
from mma_analysis import check, evaluation, measure
from mma_analysis.audit.examination import Auditor
from mma_analysis.explore.workbench import Bench
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.released import Released
from mma_analysis.settings import Workspace
from mma_analysis.show.origin import origin

FIELDS = ("topic_group", "result", "also_sent_to")


def opened(workspace: Workspace, slug: str) -> Iterator[Any]:
    """`mma.edition`, with every table that it opens."""
    edition = mma.edition(slug, workspace.root)
    yield from (edition, edition.areas.to_csv())
    for name in sorted(edition.measures):
        yield edition.measures[name].to_csv()


def cleaned(workspace: Workspace, slug: str) -> Iterator[Any]:
    """Deliveries read, cleaned and checked."""
    edition = workspace.edition(slug)
    clean = read_and_clean(edition)
    for table in (clean.meldingen, clean.rejected, clean.duplicates, clean.responses):
        yield table.to_csv()
    yield check.check_meldingen(clean.meldingen, edition).to_csv()


def measured(workspace: Workspace, slug: str) -> Iterator[Any]:
    """Everything that is counted, exact and rounded."""
    edition = workspace.edition(slug)
    released = Released(read_and_clean(edition), measure.frame(edition))
    for table in (released.exact.cells, released.exact.relations, released.counts):
        yield table.to_csv()


def read(workspace: Workspace, slug: str) -> Iterator[Any]:
    """What the notebooks of the district and of a gemeente open, as it reads, and its origins."""
    district, *gemeenten = mma.edition(slug, workspace.root).areas["area"]
    for area in (district, gemeenten[0]):
        e = evaluation.load(area, slug, workspace=workspace)
        values = [row.count for field in FIELDS for row in e.verdeling(field).mma]
        yield [(str(value), origin(e, value.cell)) for value in values]
        yield (e.naam, e.naam_district, e.gegevens, str(e.instelling("peildatum")))
        yield [str(row["label"]) for field in FIELDS for _, row in e.verdeling(field).iterrows()]


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
    """Every value that the audit reads in a page of each kind, and what it finds."""
    edition, reports = workspace.edition(slug), workspace.reports(slug)
    auditor = Auditor(edition, workspace.processed(slug))
    for name in ("index", "district", edition.vocabulary.gemeenten[0].slug):
        document = auditor.open(reports / "openbaar" / f"{name}.html", f"openbaar/{name}.html")
        yield (document.says, [*auditor.look(document)])


Door = Callable[[Workspace, str], Iterator[Any]]
DOORS: tuple[Door, ...] = (*(opened, cleaned, measured, read, asked, benched, audited),)


def hashed(parts: Iterable[Any]) -> str:
    """One hash of all that comes out of a door."""
    return hashlib.sha256("\n".join(map(repr, parts)).encode()).hexdigest()


# Who prepares holds a lock of the edition, and no process prepares two at the same time.
AT_THE_SAME_TIME = tuple(door for door in DOORS if door is not measured)


if __name__ == "__main__":
    workspace, slug = Workspace(Path(sys.argv[1])), sys.argv[2]
    print(json.dumps({door.__name__: hashed(door(workspace, slug)) for door in DOORS}))
