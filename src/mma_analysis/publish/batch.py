"""All pages of an edition: rendered side by side, and swapped in as one set."""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mma_analysis import audit, domain
from mma_analysis.domain import MmaError, UsageError
from mma_analysis.edition import ROOT_VARIABLE, Edition, Workspace
from mma_analysis.evaluation import Evaluation
from mma_analysis.publish import notebooks
from mma_analysis.publish.index import index_html
from mma_analysis.publish.letter import letter_html, letter_path
from mma_analysis.publish.papers import paper_hashes, write_papers
from mma_analysis.publish.plan import Page, page_key, pages
from mma_analysis.storage import MANIFEST, read_manifest, sha256, swapped_in, write_json

MADE, KEPT, FAILED, BLOCKED, ABSENT = "made", "kept", "failed", "blocked", "absent"
REFUSED = "-afgekeurd"  # behind the name of the edition: files that the audit stopped
BLOCKED_REASON = "de levering van deze gemeente heeft een fout die eerst hersteld moet worden"


@dataclass(frozen=True)
class Outcome:
    """What became of one page: `made`, `kept` (still up to date), `failed`, `blocked`, `absent`."""

    page: Page
    key: str
    state: str
    reason: str = ""

    @property
    def exists(self) -> bool:
        """Whether there is a page."""
        return self.state in (MADE, KEPT)


Tell = Callable[[Outcome], None]


def report(
    workspace: Workspace,
    slug: str,
    only: Sequence[str] = (),
    audience: str | None = None,
    jobs: int | None = None,
    force: bool = False,
    tell: Tell = lambda outcome: None,
) -> list[Outcome]:
    """Make the pages of an edition and swap them in as one set.

    A page that is still up to date is kept. A page that was not asked for and is not up to date is
    left out: old and new figures never stand beside each other. A page that fails does not stop the
    others.

    Parameters
    ----------
    only
        Slugs of the areas to make; all when empty.
    audience
        `openbaar` or `intern`; both when not given.
    jobs
        How many pages at a time; as many as there are cores when not given.
    force
        Make the pages that are asked for again when they are up to date.
    tell
        Called with each outcome as it becomes known.

    Raises
    ------
    UsageError
        When `only` names an area that does not exist, or has no page for this audience.
    MmaError
        When the edition was not prepared, or its deliveries or settings changed since; or when the
        audit finds that something leaks: then nothing is swapped in.
    """
    _check_asked(only, audience)
    edition = workspace.edition(slug)
    manifest = _prepared(workspace, edition)
    target = workspace.reports(slug)
    planned = _planned(manifest, target)
    states = (ABSENT, KEPT) if force else (ABSENT,)
    to_make = [o for o in planned if o.state in states and _is_asked(o.page, only, audience)]
    settled = [o for o in planned if o not in to_make]
    for outcome in settled:
        tell(outcome)
    with swapped_in(target) as staging:
        _keep(settled, target, staging)
        made = list(_make(to_make, workspace, edition, staging, jobs, tell))
        outcomes = _in_order(planned, made)
        _write_around(outcomes, edition, workspace, manifest, staging)
        _audit(edition, staging, target)
    return outcomes


def letters(workspace: Workspace, slug: str) -> list[Path]:
    """Write the quality letters of an edition, and no pages; pages that are up to date stay.

    They are audited like pages.

    Returns
    -------
    list[Path]
        The letters, one per gemeente.

    Raises
    ------
    MmaError
        When the edition was not prepared, or its deliveries or settings changed since; or when the
        audit finds that something leaks.
    """
    edition = workspace.edition(slug)
    manifest = _prepared(workspace, edition)
    target = workspace.reports(slug)
    planned = _planned(manifest, target)
    with swapped_in(target) as staging:
        _keep(planned, target, staging)
        _write_around(planned, edition, workspace, manifest, staging)
        _audit(edition, staging, target)
    return [target / letter_path(area) for area in domain.gemeenten()]


def standing(workspace: Workspace, slug: str) -> list[dict[str, str]]:
    """Say of every page of an edition whether it is there and up to date.

    Returns
    -------
    list[dict[str, str]]
        One entry per page: `page` (path below the edition's reports), `area`, `audience`, `state`:
        `up to date`, `to be made`, `blocked`.
    """
    edition = workspace.edition(slug)
    manifest = read_manifest(workspace.processed(slug))
    words = {KEPT: "up to date", ABSENT: "to be made", BLOCKED: "blocked"}
    if manifest is None or _changed(edition, manifest):
        planned = [Outcome(page, "", ABSENT) for page in pages()]
    else:
        planned = _planned(manifest, workspace.reports(slug))
    return [
        {
            "page": o.page.path,
            "area": o.page.area.slug,
            "audience": o.page.audience,
            "state": words[o.state],
        }
        for o in planned
    ]


def _prepared(workspace: Workspace, edition: Edition) -> dict[str, Any]:
    manifest = read_manifest(workspace.processed(edition.slug))
    if manifest is None:
        raise MmaError(
            f"edition '{edition.slug}' is not prepared; run `mma prepare {edition.slug}` first"
        )
    if changed := _changed(edition, manifest):
        raise MmaError(
            f"{', '.join(changed)} of '{edition.slug}' changed since it was prepared; "
            f"run `mma prepare {edition.slug}` again"
        )
    return manifest


def _changed(edition: Edition, manifest: dict[str, Any]) -> list[str]:
    """The files of an edition that are not what they were when it was prepared."""
    before, now = manifest.get("inputs", {}), edition.input_hashes()
    return sorted(file for file in before | now if before.get(file) != now.get(file))


def _planned(manifest: dict[str, Any], target: Path) -> list[Outcome]:
    """For each page: can it be kept, is its gemeente blocked, or must it be made."""
    before = _pages_before(target)
    outcomes = []
    for page in pages():
        key = page_key(page, manifest, notebooks.path_for(page.area))
        state, reason = ABSENT, ""
        if page.area.slug in manifest["blocked"]:
            state, reason = BLOCKED, BLOCKED_REASON
        elif before.get(page.path, {}).get("key") == key:
            path = target / page.path
            if path.is_file() and sha256(path) == before[page.path]["sha256"]:
                state = KEPT
        outcomes.append(Outcome(page, key, state, reason))
    return outcomes


def _pages_before(target: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for audience in ("openbaar", "intern"):
        manifest = read_manifest(target / audience)
        found |= manifest["pages"] if manifest else {}
    return found


def _check_asked(only: Sequence[str], audience: str | None) -> None:
    """Refuse to make nothing: only a gemeente has an intern page."""
    for slug in only:
        domain.area(slug)
    if not any(_is_asked(page, only, audience) for page in pages()):
        raise UsageError(f"there is no page of {', '.join(only)} for audience '{audience}'")


def _is_asked(page: Page, only: Sequence[str], audience: str | None) -> bool:
    return (not only or page.area.slug in only) and audience in (None, page.audience)


def _keep(settled: Sequence[Outcome], target: Path, staging: Path) -> None:
    for outcome in settled:
        if outcome.state == KEPT:
            path = staging / outcome.page.path
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(target / outcome.page.path, path)


def _make(
    to_make: Sequence[Outcome],
    workspace: Workspace,
    edition: Edition,
    staging: Path,
    jobs: int | None,
    tell: Tell,
) -> Iterator[Outcome]:
    if not to_make:
        return
    with (
        _root_for_kernels(workspace),
        _pool(min(jobs or os.cpu_count() or 1, len(to_make))) as pool,
    ):
        waiting = {
            pool.submit(_make_one, outcome.page, edition.folder, staging): outcome
            for outcome in to_make
        }
        try:
            for future in as_completed(waiting):
                outcome = _outcome(future, waiting[future])
                tell(outcome)
                yield outcome
        except BaseException:  # Ctrl-C: half a page is of no use, and nor is the next one
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


def _pool(workers: int) -> ProcessPoolExecutor:
    """Workers that leave it to us what Ctrl-C means; their kernels end when they do."""
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )


def _make_one(page: Page, folder: Path, staging: Path) -> None:
    """In a worker: make one page and write it."""
    # papermill and nbconvert take a second to import: only workers need them
    from mma_analysis import edition as editions
    from mma_analysis.publish.page import make_page

    html = make_page(page, editions.load(folder))
    path = staging / page.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8", newline="\n")


def _outcome(future: Future[None], outcome: Outcome) -> Outcome:
    fault = future.exception()
    if fault is None:
        return replace(outcome, state=MADE)
    if isinstance(fault, BrokenProcessPool):
        return replace(outcome, state=FAILED, reason="the process that made it ended unexpectedly")
    return replace(outcome, state=FAILED, reason=f"{fault}" or type(fault).__name__)


@contextmanager
def _root_for_kernels(workspace: Workspace) -> Iterator[None]:
    """Let workers and their kernels find the same workspace."""
    before = os.environ.get(ROOT_VARIABLE)
    os.environ[ROOT_VARIABLE] = str(workspace.root)
    try:
        yield
    finally:
        if before is None:
            del os.environ[ROOT_VARIABLE]
        else:
            os.environ[ROOT_VARIABLE] = before


def _in_order(planned: Sequence[Outcome], made: Sequence[Outcome]) -> list[Outcome]:
    by_path = {outcome.page.path: outcome for outcome in made}
    return [by_path.get(outcome.page.path, outcome) for outcome in planned]


def _write_index(
    outcomes: Sequence[Outcome], edition: Edition, workspace: Workspace, staging: Path
) -> None:
    path = staging / "openbaar" / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    public = {o.page.area.slug: o for o in outcomes if o.page.audience == "openbaar"}
    missing = {slug: _reason(o) for slug, o in public.items() if not o.exists}
    html = index_html(edition, workspace.processed(edition.slug), missing)
    path.write_text(html, encoding="utf-8", newline="\n")


def _reason(outcome: Outcome) -> str:
    """Why there is no page, for the reader of the index."""
    return {
        FAILED: "het maken van dit rapport is mislukt; de analist weet waarom",
        BLOCKED: BLOCKED_REASON,
        ABSENT: "dit rapport is nog niet gemaakt",
    }[outcome.state]


def _write_around(
    outcomes: Sequence[Outcome],
    edition: Edition,
    workspace: Workspace,
    manifest: dict[str, Any],
    staging: Path,
) -> None:
    """What is made of the tables in no time, so anew: index, letters, papers, manifests."""
    _write_index(outcomes, edition, workspace, staging)
    for area in domain.gemeenten():
        own = Evaluation(area, edition, "intern", workspace.processed(edition.slug))
        path = staging / letter_path(area)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(letter_html(own), encoding="utf-8", newline="\n")
    write_papers(edition, workspace.processed(edition.slug), staging)
    _write_manifests(outcomes, manifest, staging)


def _write_manifests(outcomes: Sequence[Outcome], manifest: dict[str, Any], staging: Path) -> None:
    for audience in ("openbaar", "intern"):
        of_audience = [o for o in outcomes if o.page.audience == audience and o.exists]
        rows = {
            o.page.path: {"key": o.key, "sha256": sha256(staging / o.page.path)}
            for o in of_audience
        }
        content = {"edition": manifest["edition"], "version": manifest["version"], "pages": rows}
        if audience == "intern":
            paths = [letter_path(area) for area in domain.gemeenten()]
            content["letters"] = {path: sha256(staging / path) for path in paths}
        else:
            content["papers"] = paper_hashes(staging)
        write_json(staging / audience / MANIFEST, content)


def _audit(edition: Edition, staging: Path, target: Path) -> None:
    """Attack and search the new files before they take the place of the old ones.

    Files that are refused are set apart: a person cannot judge a finding without seeing its place.
    """
    verdict = audit.examine(edition, staging, before=target)
    refused = target.with_name(f"{target.name}{REFUSED}")
    shutil.rmtree(refused, ignore_errors=True)
    if not verdict.is_clean:
        staging.replace(refused)
        raise MmaError(
            f"the audit stopped these files; nothing was changed, and they are in {refused} to be "
            f"looked at, not to be sent:\n{audit.explained(verdict)}"
        )
    audit.write_result(verdict, edition.slug, staging)
