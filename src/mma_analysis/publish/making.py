"""The pages that must be made: each by a worker, from its notebook to its file."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mma_analysis.publish.plan import Page
from mma_analysis.publish.workers import HOW, Done, Limits, default_how, work
from mma_analysis.settings import ROOT_VARIABLE, Workspace

KERNEL = "kernel"
# How pages are made: in workers that were forked or spawned, or each in a kernel of its own.
ENGINES = (*HOW, KERNEL)


@dataclass(frozen=True)
class Order:
    """One page to make: of which edition, where it goes, and where its notebook is kept."""

    page: Page
    workspace: Workspace
    edition: str
    to: Path
    executed: Path
    engine: str


def make_pages(
    orders: Sequence[Order],
    at_a_time: int | None = None,
    limits: Limits | None = None,
    scheduler: str = "",
) -> Iterator[Done]:
    """Make pages side by side; a page that fails says why and does not stop the others.

    Parameters
    ----------
    limits
        What one page may take; on a cluster its time, as each worker has its own limit of memory.
    scheduler
        Address of the Dask cluster that makes them; this machine when empty.

    Returns
    -------
    Iterator[Done]
        For each order, as soon as it is known: whether there is a fault.
    """
    if not orders:
        return
    if scheduler:
        from mma_analysis.publish.cluster import make_on_cluster

        yield from make_on_cluster(orders, scheduler, limits or Limits())
        return
    how = orders[0].engine if orders[0].engine in HOW else default_how()
    number = min(at_a_time or os.cpu_count() or 1, len(orders))
    yield from work(orders, make_one, number, how, limits)


def make_one(order: Order) -> None:
    """In a worker: run the notebook of a page, keep it, and write the page."""
    # papermill and nbconvert take a second to import: only workers need them
    from mma_analysis.publish import page as pages
    from mma_analysis.storage import write_whole

    os.environ[ROOT_VARIABLE] = str(order.workspace.root)
    html = pages.make_page(
        order.page,
        order.workspace.edition(order.edition),
        executed=order.executed,
        in_kernel=order.engine == KERNEL,
    )
    # What has its name can be taken over after a run is broken off.
    write_whole(order.to, html.encode())
