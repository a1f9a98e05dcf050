"""Pages made on the workers of a Dask cluster: the same code, and the same bytes.

What a page needs travels with it, so no disk has to be shared: the settings, the released tables,
and for an intern page the tables of its own gemeente. Deliveries and rows never leave this machine.
"""

import hashlib
import io
import logging
import os
import queue
import tempfile
import threading
import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from mma_analysis.publish import notebooks
from mma_analysis.publish.making import Order
from mma_analysis.publish.plan import CODE, VERSIONED, Page
from mma_analysis.publish.workers import Done, Limits
from mma_analysis.settings import ROOT_VARIABLE, SETTINGS_FILE, Edition, Workspace
from mma_analysis.storage import code_hash, hash_of, sha256, versions, write_whole
from mma_analysis.vocabulary import DataError

SECONDS_TO_CONNECT = 10
SECONDS_TO_ANSWER = 60
# How often a page is tried again when the worker that makes it dies.
RETRIES = 3


def make_on_cluster(orders: Sequence[Order], scheduler: str, limits: Limits) -> Iterator[Done]:
    """Make pages on a cluster; a page that fails says why and does not stop the others.

    A worker gets a page when it has none. When for so long as one page may take none is finished,
    those that are being made are given up, and their workers started again for the next ones.

    Parameters
    ----------
    scheduler
        Address of the scheduler, as in `tcp://10.0.0.5:8786`, or `tls://` with Dask's own settings.
    limits
        The time that a page may take. Memory is for each worker's own limit.

    Raises
    ------
    DataError
        When the scheduler or a worker does not answer, there are no workers, or a worker has other
        code, libraries or more than one thread; when all are gone, or one hangs that cannot be
        started again.
    """
    with _connected(scheduler) as client:
        mark = _check_workers(client, scheduler)
        packed = {audience: _luggage(orders, audience) for audience in ("openbaar", "intern")}
        todo = deque(orders)
        try:
            while todo:
                yield from _until_one_hangs(client, todo, packed, mark, limits)
                if todo:
                    _start_again(client, scheduler)
        except (CancelledError, TimeoutError) as error:
            raise DataError(
                f"the scheduler at {scheduler} or the last worker is gone or does not answer; "
                "nothing was changed. Start it again and go on with --resume: pages that were "
                "finished are kept"
            ) from error


def _until_one_hangs(
    client: Any, todo: deque[Order], packed: dict[str, bytes], mark: dict[str, str], limits: Limits
) -> Iterator[Done]:
    """Make what is to do, a page per worker at a time, until none is finished in time."""
    from distributed import wait

    shared = {
        name: _in_time(SECONDS_TO_ANSWER, lambda c=content: client.scatter(c, broadcast=True))
        for name, content in packed.items()
    }
    busy: dict[Any, Order] = {}
    while todo or busy:
        while todo and len(busy) < _number_of_workers(client):
            order = todo.popleft()
            future = client.submit(
                _make_there, order.page, order.edition, shared[order.page.audience],
                _own_luggage(order), mark, retries=RETRIES, pure=False,
            )  # fmt: skip
            busy[future] = order
        try:
            ended: Any = wait(list(busy), timeout=limits.seconds, return_when="FIRST_COMPLETED")
        except TimeoutError:
            _in_time(SECONDS_TO_ANSWER, lambda: client.cancel(list(busy)))
            late = f"it took more than {limits.seconds:g} seconds"
            yield from (Done(order, fault=late) for order in busy.values())
            return
        for future in ended.done:
            yield _brought_home(future, busy.pop(future), limits)


def _number_of_workers(client: Any) -> int:
    try:
        return max(1, len(_in_time(SECONDS_TO_ANSWER, client.nthreads)))
    except OSError as error:  # the connection is lost, or nobody answers
        raise CancelledError from error


def _start_again(client: Any, scheduler: str) -> None:
    """Start the workers again: each of them has a page that does not end."""
    try:
        workers = list(client.nthreads())
        client.restart_workers(workers, timeout=SECONDS_TO_ANSWER, raise_for_error=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(
            f"the workers of {scheduler} hang and cannot be started again from here "
            f"({type(error).__name__}: that takes a nanny, and {SECONDS_TO_ANSWER} seconds); "
            "nothing was changed. Start them again and go on with --resume: pages that were "
            "finished are kept"
        ) from error


def _in_time(seconds: float, do: Callable[[], Any]) -> Any:
    """What this gives, or a TimeoutError: what listens and never answers has no end of its own."""
    answers: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put((do(), None))
        except BaseException as error:  # it is raised where it was asked
            answers.put((None, error))

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return answer


def check_cluster(scheduler: str) -> None:
    """Raise what `make_on_cluster` would, before anything is made for it."""
    with _connected(scheduler) as client:
        _check_workers(client, scheduler)


@contextmanager
def _connected(scheduler: str) -> Iterator[Any]:
    """A client of this scheduler."""
    try:
        from distributed import Client
    except ImportError:
        raise DataError(
            "--scheduler needs the package distributed: pip install 'mma-analysis[cluster]'"
        ) from None
    # What they say of a connection that is lost is in the error that we raise.
    for name in ("distributed", "distributed.client", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = _in_time(
            2 * SECONDS_TO_CONNECT, lambda: Client(scheduler, timeout=SECONDS_TO_CONNECT)
        )
    except Exception as error:  # whatever listens there: it need not be a scheduler
        raise DataError(
            f"no scheduler answers at {scheduler} ({type(error).__name__}); start it with "
            "`dask scheduler`, and workers with `dask worker ADDRESS --nthreads 1`; for tls:// "
            "Dask's own settings must name the certificates"
        ) from error
    with client:
        yield client


def _brought_home(future: Any, order: Order, limits: Limits) -> Done:
    """Write the page and its notebook here, as a worker of this machine would have."""
    fault = future.exception()
    if fault is not None:
        is_killed = type(fault).__name__ == "KilledWorker"
        words = "the workers that made it ended unexpectedly" if is_killed else f"{fault}"
        return Done(order, fault=words or type(fault).__name__)
    try:  # a worker can hang when it has made a page and not yet given it
        page, notebook = future.result(timeout=min(limits.seconds, SECONDS_TO_ANSWER))
    except TimeoutError:
        return Done(order, fault="the worker that made it does not answer")
    for path, content in ((order.to, page), (order.executed, notebook)):
        write_whole(path, content)
    return Done(order)


def _check_workers(client: Any, scheduler: str) -> dict[str, str]:
    """Refuse workers that would make other pages; what a worker must be, for those that join."""
    threads = client.nthreads()
    if not threads:
        raise DataError(
            f"the scheduler at {scheduler} has no workers; start one with "
            f"`dask worker {scheduler} --nthreads 1`"
        )
    for worker, number in threads.items():
        if number != 1:
            raise DataError(
                f"worker {worker} has {number} threads; a notebook needs a process of its own: "
                "start it with --nthreads 1, and as many workers as there are cores"
            )
    ours = make_mark()
    try:
        marks = _in_time(SECONDS_TO_ANSWER, lambda: client.run(make_mark))
    except TimeoutError as error:
        raise DataError(
            f"a worker of {scheduler} does not answer in {SECONDS_TO_ANSWER} seconds; look which "
            f"of these hangs, and start it again: {', '.join(threads)}"
        ) from error
    for worker, theirs in marks.items():
        if differing := [name for name in ours if ours[name] != theirs.get(name)]:
            raise DataError(
                f"worker {worker} differs from here in: {', '.join(differing)}; install the same "
                "version of mma-analysis and the same lock there"
            )
    return ours


def make_mark() -> dict[str, str]:
    """What must be the same for the same bytes: versions, our code, and the notebooks."""
    found = {path.name: sha256(path) for path in sorted(notebooks.folder().glob("*.ipynb"))}
    return versions(VERSIONED) | {"code": code_hash(CODE), "notebooks": hash_of(found)}


# --- what travels along --------------------------------------------------------------------------


def _luggage(orders: Sequence[Order], audience: str) -> bytes:
    """The settings and released tables of the edition; nothing when nobody needs them."""
    wanted = next((order for order in orders if order.page.audience == audience), None)
    if wanted is None:
        return b""
    edition = wanted.workspace.edition(wanted.edition)
    processed = wanted.workspace.processed(wanted.edition)
    tables = [processed / "manifest.json", *sorted((processed / "measures").glob("*.parquet"))]
    return _packed(wanted.workspace, [*_settings(edition), *tables], _stand_ins(edition))


def _own_luggage(order: Order) -> bytes:
    """The tables of one gemeente alone, for its intern page."""
    if order.page.audience != "intern":
        return b""
    processed = order.workspace.processed(order.edition)
    own = sorted((processed / "measures_intern" / order.page.area.slug).glob("*.parquet"))
    return _packed(order.workspace, own, [])


def _settings(edition: Edition) -> list[Path]:
    reference = sorted((edition.folder / "reference").glob("*.csv"))
    return [edition.folder / SETTINGS_FILE, *reference]


def _stand_ins(edition: Edition) -> list[Path]:
    """Files that the settings name and no page reads: their names go along, empty."""
    return [edition.folder / name for name in edition.input_hashes() if name != SETTINGS_FILE]


def _packed(workspace: Workspace, files: Sequence[Path], names: Sequence[Path]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as box:
        for path in dict.fromkeys([*files, *names]):
            inside = path.relative_to(workspace.root).as_posix()
            box.writestr(zipfile.ZipInfo(inside), path.read_bytes() if path in files else b"")
    return packed.getvalue()


# --- on a worker ---------------------------------------------------------------------------------


def _make_there(
    page: Page, edition: str, shared: bytes, own: bytes, mark: dict[str, str]
) -> tuple[bytes, bytes]:
    """On a worker: unpack, make the page, and give it back with its executed notebook."""
    from distributed import get_worker

    if get_worker().state.nthreads != 1 or make_mark() != mark:
        raise DataError(f"worker {get_worker().address} joined later and is not as it must be")
    from mma_analysis.publish import page as pages
    from mma_analysis.publish import warm  # noqa: F401  once per worker

    root = _unpacked(hashlib.sha256(shared + own).hexdigest(), shared, own)
    os.environ[ROOT_VARIABLE] = str(root)
    with tempfile.TemporaryDirectory(prefix="mma-executed-") as folder:
        executed = Path(folder) / "executed.ipynb"
        html = pages.make_page(page, Workspace(root).edition(edition), executed)
        return html.encode(), executed.read_bytes()


_folders: list[tempfile.TemporaryDirectory[str]] = []  # they last as long as the worker does


@cache
def _unpacked(mark: str, shared: bytes, own: bytes) -> Path:
    folder = tempfile.TemporaryDirectory(prefix=f"mma-{mark[:8]}-")
    _folders.append(folder)
    for packed in (shared, own):
        if packed:
            with zipfile.ZipFile(io.BytesIO(packed)) as box:
                box.extractall(folder.name)
    return Path(folder.name)
