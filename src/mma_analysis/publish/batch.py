"""All pages of an edition: rendered side by side, and swapped in as one set."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mma_analysis import audit
from mma_analysis.publish.house_style import house_style
from mma_analysis.publish.notebooks import PARAMETERS, find
from mma_analysis.publish.plan import (
    ABSENT,
    BLOCKED,
    BLOCKED_REASON,
    FAILED,
    KEPT,
    MADE,
    Outcome,
    Page,
    letter_path,
    page_parts,
    pages,
    set_key,
)
from mma_analysis.publish.processes import each
from mma_analysis.settings import ROOT_VARIABLE, Edition, Workspace
from mma_analysis.storage import (
    NO_ROOM,
    locked,
    outdated,
    owner_only,
    patiently,
    read_manifest,
    refuse_forgotten,
    rolled_back,
    sha256,
    swapped_in,
)
from mma_analysis.vocabulary import DataError, UsageError

if TYPE_CHECKING:
    from mma_analysis.publish.page import Made

REFUSED = "-afgekeurd"  # behind the name of the edition: files that the audit stopped

Tell = Callable[[Outcome], None]


@dataclass(frozen=True)
class Order:
    """One page to make: of which edition, from what, and where its executed notebook is kept."""

    page: Page
    workspace: Workspace
    edition: str
    parts: Mapping[str, str]
    executed: Path


def report(
    workspace: Workspace,
    slug: str,
    only: Sequence[str] = (),
    audience: str | None = None,
    jobs: int | None = None,
    scheduler: str = "",
    force: bool = False,
    tell: Tell = lambda outcome: None,
) -> list[Outcome]:
    """Make the pages of an edition and swap them in as one set.

    A page that is still up to date is kept. A page that was not asked for and is not up to date is
    left out: old and new figures never stand beside each other. A page that fails does not stop the
    others. When the audit finds that something leaks, nothing is swapped in.

    `only`: slugs of areas. `jobs`: pages at a time. `scheduler`: the address of a Dask cluster that
    sees this workspace at the same place. `tell` is called with each outcome when it is known.
    """
    edition = workspace.edition(slug)
    house_style(edition)  # what is wrong with it is said once, and not of every page
    _check_asked(edition, only, audience)
    target, tables = workspace.reports(slug), workspace.processed(slug)
    with locked(workspace, slug):
        manifest = _prepared(workspace, edition)
        planned = _planned(workspace, edition, manifest)
        states = (ABSENT, KEPT) if force else (ABSENT,)
        to_make = [o for o in planned if o.state in states and _is_asked(o.page, only, audience)]
        for outcome in planned:
            if outcome not in to_make:
                tell(outcome)
        if not to_make and _is_whole(planned, manifest, edition, target, tables):
            return planned

        def make(staging: Path) -> Iterator[Outcome]:
            yield from _make(to_make, workspace, edition, staging, jobs, scheduler, tell)

        return _swapped(workspace, edition, manifest, planned, make)


def _swapped(
    workspace: Workspace,
    edition: Edition,
    manifest: dict[str, Any],
    planned: Sequence[Outcome],
    make: Callable[[Path], Iterator[Outcome]],
) -> list[Outcome]:
    """Put pages that are kept, those that are made and what is around them in place as one set."""
    # Tables, figures and sentences take a second to import: not when there is nothing to do.
    from mma_analysis.publish.around import write_around

    target = workspace.reports(edition.slug)
    with swapped_in(target, keeps_previous=True) as staging:
        _keep(planned, target, staging)
        made = {outcome.page: outcome for outcome in make(staging)}
        outcomes = [made.get(outcome.page, outcome) for outcome in planned]
        write_around(outcomes, edition, workspace.processed(edition.slug), manifest, staging)
        _audit(edition, staging, workspace.processed(edition.slug), target)
        _check_unchanged(workspace, edition.slug, manifest)
    return outcomes


def rollback(workspace: Workspace, slug: str) -> Path:
    """Put the set of pages back that was there before the last one; a second time undoes that.

    Gives the folder of the pages.
    """
    workspace.check_edition(slug)
    target = workspace.reports(slug)
    with locked(workspace, slug):
        rolled_back(target)
    return target


def letters(workspace: Workspace, slug: str) -> list[Path]:
    """Write the quality letters of an edition, and no pages; pages that are up to date stay.

    They are audited like pages; when something leaks, nothing is swapped in. One per gemeente.
    """
    edition, target = workspace.edition(slug), workspace.reports(slug)
    with locked(workspace, slug):
        manifest = _prepared(workspace, edition)
        planned = _planned(workspace, edition, manifest)
        _swapped(workspace, edition, manifest, planned, lambda staging: iter(()))
    return [target / letter_path(area) for area in edition.vocabulary.gemeenten]


def standing(workspace: Workspace, slug: str) -> tuple[list[dict[str, str]], bool]:
    """Say of every page of an edition whether it is there, and `why` it is to be made.

    `page` is its path below the edition's reports; `state`: `up to date`, `to be made`, `blocked`.
    And whether all that is made around the pages is there too, as it was when it was audited.
    """
    edition, target = workspace.edition(slug, removed=True), workspace.reports(slug)
    manifest, is_whole = read_manifest(workspace.processed(slug)), False
    why = outdated(workspace, edition, manifest) if manifest else "there are no tables yet"
    if manifest and not why:
        planned = _planned(workspace, edition, manifest)
        tables = workspace.processed(slug)
        is_whole = _is_whole(planned, manifest, edition, target, tables)
    else:
        first = "the tables are to be made first, and the page when they come out otherwise: "
        why = first + why if manifest else why
        planned = [Outcome(page, ABSENT, why) for page in pages(edition.vocabulary)]
    words = {KEPT: "up to date", ABSENT: "to be made", BLOCKED: "blocked"}
    rows = [
        {
            "page": o.page.path,
            "area": o.page.area.slug,
            "audience": o.page.audience,
            "state": words[o.state],
            "why": o.reason,
        }
        for o in planned
    ]
    return rows, is_whole


def _prepared(workspace: Workspace, edition: Edition) -> dict[str, Any]:
    manifest = read_manifest(workspace.processed(edition.slug))
    if manifest is None:
        raise DataError(
            f"edition '{edition.slug}' is not prepared; run `mma prepare {edition.slug}` first"
        )
    refuse_forgotten(manifest)
    if why := outdated(workspace, edition, manifest):
        raise DataError(f"{why}; run `mma prepare {edition.slug}` again")
    return manifest


def _check_unchanged(workspace: Workspace, slug: str, manifest: dict[str, Any]) -> None:
    """Refuse pages of which some can be of what was there before, and some of what is there now."""
    if _prepared(workspace, workspace.edition(slug)) != manifest:
        raise DataError(f"the tables of '{slug}' were made anew while pages were made; run again")


def _planned(workspace: Workspace, edition: Edition, manifest: dict[str, Any]) -> list[Outcome]:
    """For each page: can it be kept, is its gemeente blocked, or must it be made, and why."""
    target = workspace.reports(edition.slug)
    before = _pages_before(target)
    notebooks = {name: find(name, workspace, edition.slug) for name in PARAMETERS}
    outcomes = []
    for page in pages(edition.vocabulary):
        parts = page_parts(page, manifest, notebooks[page.kind])
        if page.area.slug in manifest["blocked"]:
            state, reason = BLOCKED, BLOCKED_REASON
        else:
            reason = _why_to_make(parts, before.get(page.path), target / page.path)
            state = ABSENT if reason else KEPT
        outcomes.append(Outcome(page, state, reason, parts))
    return outcomes


def _why_to_make(parts: dict[str, str], before: dict[str, Any] | None, path: Path) -> str:
    """Why a page cannot be kept as it is, in words; empty when it can."""
    if before is None or not path.is_file():
        return "it is not there"
    old = before.get("parts", {})
    if changed := [part for part in parts if old.get(part) != parts[part]]:
        return f"changed: {', '.join(changed)}"
    return "" if sha256(path) == before["sha256"] else "the page itself was changed"


def _is_whole(
    planned: Sequence[Outcome],
    manifest: dict[str, Any],
    edition: Edition,
    target: Path,
    tables: Path,
) -> bool:
    """Whether the whole set is there, as it was audited and signed, and nothing of it is old."""
    stands = read_manifest(target / "openbaar")
    if stands is None or stands.get("set") != set_key(manifest, edition):
        return False
    there = {outcome.page.path for outcome in planned if outcome.state == KEPT}
    intern = read_manifest(target / "intern") or {"pages": {}}
    if there != {*stands["pages"], *intern["pages"]} or not audit.was_clean(edition, target):
        return False
    return stands.get("released") is audit.is_signed(edition, tables)


def _pages_before(target: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for audience in ("openbaar", "intern"):
        manifest = read_manifest(target / audience)
        found |= manifest["pages"] if manifest else {}
    return found


def _check_asked(edition: Edition, only: Sequence[str], audience: str | None) -> None:
    """Refuse to make nothing: only a gemeente has an intern page."""
    for slug in only:
        edition.vocabulary.area(slug)
    if not any(_is_asked(page, only, audience) for page in pages(edition.vocabulary)):
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
    scheduler: str,
    tell: Tell,
) -> Iterator[Outcome]:
    """Make pages and put each in its place in the set."""
    by_page = {outcome.page: outcome for outcome in to_make}
    orders = []
    for outcome in to_make:
        inside = Path(outcome.page.path).with_suffix(".ipynb")
        executed = workspace.executed(edition.slug) / inside
        executed.unlink(missing_ok=True)  # when no other comes, the last one must not stand for it
        orders.append(Order(outcome.page, workspace, edition.slug, outcome.parts, executed))
    for order, page, error in each(make_one, orders, jobs, scheduler=scheduler):
        if isinstance(error, OSError) and error.errno in NO_ROOM:  # nor has the next page
            raise error
        if not error:
            path = staging / order.page.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(page.html.encode())
        state = FAILED if error else MADE
        reason = f"{error}" if error else "; ".join(page.remarks)
        made = replace(by_page[order.page], state=state, reason=reason)
        tell(made)
        yield made


def make_one(order: Order) -> "Made":
    """In a process of its own: run the notebook of a page, keep it, and give the page."""
    from mma_analysis.publish import page as pages  # takes a second to import

    manifest = read_manifest(order.workspace.processed(order.edition)) or {}
    os.environ[ROOT_VARIABLE] = str(order.workspace.root)
    edition = order.workspace.edition(order.edition)
    notebook = find(order.page.kind, order.workspace, order.edition)
    parts = page_parts(order.page, manifest, notebook)
    if differing := [part for part in parts if parts[part] != order.parts[part]]:
        raise DataError(
            f"the worker that was to make it differs from here in: {', '.join(differing)}; install "
            "the same version of mma-analysis and the same lock there, or run again when a "
            "notebook was just saved"
        )
    processed = order.workspace.processed(order.edition)
    return pages.make_page(order.page, edition, processed, notebook, order.executed)


def _audit(edition: Edition, staging: Path, tables: Path, target: Path) -> None:
    """Attack and search the new files before they take the place of the old ones.

    Files that are refused are set apart: a person cannot judge a finding without seeing its place.
    """
    owner_only(staging / "intern")
    verdict = audit.examine(edition, staging, tables, before=target)
    refused = target.with_name(f"{target.name}{REFUSED}")
    shutil.rmtree(refused, ignore_errors=True)
    if not verdict.is_clean:
        patiently(lambda: staging.replace(refused))
        raise DataError(
            "de audit hield deze bestanden tegen. Er is niets veranderd; zij staan in "
            f"{refused} om te bekijken, niet om te versturen:\n{audit.explained(verdict)}"
        )
    audit.write_result(verdict, edition, staging)
