"""All pages of an edition: rendered side by side, and swapped in as one set."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from mma_analysis import audit, storage
from mma_analysis.publish import plan
from mma_analysis.publish.house_style import house_style
from mma_analysis.publish.notebooks import PARAMETERS, find
from mma_analysis.publish.plan import Outcome, Page
from mma_analysis.publish.processes import each
from mma_analysis.settings import AUDIENCES, ROOT_VARIABLE, Edition, Workspace
from mma_analysis.vocabulary import DataError, UsageError, message

REFUSED = "-afgekeurd"  # behind the name of the edition: files that the audit stopped
Tell = Callable[[Outcome], None]


class Order(NamedTuple):
    """One page to make: of which edition, and where its executed notebook is kept."""

    planned: Outcome
    workspace: Workspace
    slug: str
    executed: Path


class PageSet:
    """The pages of an edition, as they are planned and as they stand."""

    def __init__(self, workspace: Workspace, edition: Edition, manifest: dict[str, Any]) -> None:
        self.workspace, self.edition, self.manifest = workspace, edition, manifest
        self.target = workspace.reports(edition.slug)
        self.tables = workspace.processed(edition.slug)
        listed = [storage.read_manifest(self.target / one) or {} for one in AUDIENCES]
        self._public = listed[0]
        self._before = {path: row for one in listed for path, row in one.get("pages", {}).items()}
        notebooks = {name: find(name, workspace, edition.slug) for name in PARAMETERS}
        self.planned = [
            self._outcome(page, plan.page_parts(page, manifest, notebooks[page.kind]))
            for page in plan.pages(edition.vocabulary)
        ]

    def _outcome(self, page: Page, parts: dict[str, str]) -> Outcome:
        """Whether a page can be kept, its gemeente is blocked, or it must be made, and why."""
        if page.area.slug in self.manifest["blocked"]:
            return Outcome(page, plan.BLOCKED, plan.WHY[plan.BLOCKED], parts)
        before, path, why = self._before.get(page.path), self.target / page.path, ""
        if before is None or not path.is_file():
            why = message("why_absent")
        elif changed := [part for part in parts if before["parts"].get(part) != parts[part]]:
            why = message("why_changed", parts=", ".join(changed))
        elif storage.sha256(path) != before["sha256"]:
            why = message("why_touched")
        return Outcome(page, plan.ABSENT if why else plan.KEPT, why, parts)

    def is_whole(self) -> bool:
        """Whether all of it is there, as it was audited and signed, and nothing of it is old."""
        kept = {one.page.path for one in self.planned if one.state == plan.KEPT}
        return (
            self._public.get("set") == plan.set_key(self.planned)
            and kept == {*self._before}
            and audit.was_clean(self.edition, self.target)
            and self._public["released"] is audit.is_signed(self.edition, self.tables)
        )

    def swap(self, make: Callable[[Path], Iterable[Outcome]]) -> list[Outcome]:
        """Put what is kept, what is made and what is around it in place as one set."""
        # Tables, figures and sentences take a second to import: not when there is nothing to do.
        from mma_analysis.publish.around import write_around

        with storage.swapped_in(self.target, keeps_previous=True) as staging:
            for path in (one.page.path for one in self.planned if one.state == plan.KEPT):
                (staging / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.target / path, staging / path)
            made = {one.page: one for one in make(staging)}
            outcomes = [made.get(one.page, one) for one in self.planned]
            write_around(outcomes, self.edition, self.tables, self.manifest, staging)
            _audit(self.edition, staging, self.tables, self.target)
            slug = self.edition.slug
            if _prepared(self.workspace, self.workspace.edition(slug)) != self.manifest:
                raise DataError.of("tables_made_anew", slug=slug)
        return outcomes


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
    for area in only:
        edition.vocabulary.area(area)

    def is_asked(page: Page) -> bool:
        return (not only or page.area.slug in only) and audience in (None, page.audience)

    if not any(map(is_asked, plan.pages(edition.vocabulary))):
        raise UsageError.of("no_page_of", areas=", ".join(only), audience=audience)
    with storage.locked(workspace, slug):
        stands = PageSet(workspace, edition, _prepared(workspace, edition))
        states = (plan.ABSENT, plan.KEPT) if force else (plan.ABSENT,)
        to_make = [one for one in stands.planned if one.state in states and is_asked(one.page)]
        for outcome in stands.planned:
            if outcome not in to_make:
                tell(outcome)
        if not to_make and stands.is_whole():
            return stands.planned
        return stands.swap(
            lambda staging: _make(to_make, workspace, edition, staging, jobs, scheduler, tell)
        )


def rollback(workspace: Workspace, slug: str) -> Path:
    """Put the set of pages back that was there before the last one; a second time undoes that.

    Gives the folder of the pages.
    """
    workspace.check_edition(slug)
    target = workspace.reports(slug)
    with storage.locked(workspace, slug):
        storage.rolled_back(target)
    return target


def letters(workspace: Workspace, slug: str) -> list[Path]:
    """Write the quality letters of an edition, and no pages; pages that are up to date stay.

    They are audited like pages; when something leaks, nothing is swapped in. One per gemeente.
    """
    edition = workspace.edition(slug)
    with storage.locked(workspace, slug):
        stands = PageSet(workspace, edition, _prepared(workspace, edition))
        stands.swap(lambda staging: ())
    return [
        stands.target / plan.own_path(area, plan.LETTER) for area in edition.vocabulary.gemeenten
    ]


def standing(workspace: Workspace, slug: str) -> tuple[list[dict[str, str]], bool]:
    """Say of every page of an edition whether it is there, and `why` it is to be made.

    `page` is its path below the edition's reports; `state`: `up to date`, `to be made`, `blocked`.
    And whether all that is made around the pages is there too, as it was when it was audited.
    """
    edition, is_whole = workspace.edition(slug, removed=True), False
    manifest = storage.read_manifest(workspace.processed(slug))
    if manifest is None:
        why = message("why_no_tables")
    elif why := storage.outdated(workspace, edition, manifest):
        why = message("why_tables_first", why=why)
    if why or manifest is None:
        planned = [Outcome(page, plan.ABSENT, why) for page in plan.pages(edition.vocabulary)]
    else:
        stands = PageSet(workspace, edition, manifest)
        planned, is_whole = stands.planned, stands.is_whole()
    words = {plan.KEPT: "up to date", plan.ABSENT: "to be made", plan.BLOCKED: "blocked"}
    rows = [
        {"page": one.page.path, "area": one.page.area.slug, "audience": one.page.audience}
        | {"state": words[one.state], "why": one.reason}
        for one in planned
    ]
    return rows, is_whole


def _prepared(workspace: Workspace, edition: Edition) -> dict[str, Any]:
    manifest = storage.read_manifest(workspace.processed(edition.slug))
    if manifest is None:
        raise DataError.of("not_prepared", slug=edition.slug)
    storage.refuse_forgotten(manifest)
    if why := storage.outdated(workspace, edition, manifest):
        raise DataError.of("prepare_again", why=why, slug=edition.slug)
    return manifest


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
    orders, folder = [], workspace.executed(edition.slug)
    for planned in to_make:
        executed = folder / Path(planned.page.path).with_suffix(".ipynb")
        executed.unlink(missing_ok=True)  # when no other comes, the last one must not stand for it
        orders.append(Order(planned, workspace, edition.slug, executed))
    for (planned, *_), made, error in each(make_one, orders, jobs, scheduler=scheduler):
        if isinstance(error, OSError) and error.errno in storage.NO_ROOM:  # nor has the next page
            raise error
        if not error:
            path = staging / planned.page.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made[0].encode())
        reason = f"{error}" if error else "; ".join(made[1])
        outcome = replace(planned, state=plan.FAILED if error else plan.MADE, reason=reason)
        tell(outcome)
        yield outcome


def make_one(order: Order) -> tuple[str, list[str]]:
    """In a process of its own: run the notebook of a page, keep it, and give the page."""
    from mma_analysis.publish.page import make_page  # takes a second to import

    outcome, workspace, slug, executed = order
    processed = workspace.processed(slug)
    os.environ[ROOT_VARIABLE] = str(workspace.root)
    notebook = find(outcome.page.kind, workspace, slug)
    parts = plan.page_parts(outcome.page, storage.read_manifest(processed) or {}, notebook)
    if differing := [part for part in parts if parts[part] != outcome.parts[part]]:
        raise DataError.of("worker_differs", parts=", ".join(differing))
    edition = workspace.edition(slug)
    return make_page(outcome.page, edition, processed, notebook, executed)


def _audit(edition: Edition, staging: Path, tables: Path, target: Path) -> None:
    """Attack and search the new files before they take the place of the old ones.

    Files that are refused are set apart: a person cannot judge a finding without seeing its place.
    """
    storage.owner_only(staging / "intern")
    verdict = audit.examine(edition, staging, tables)
    refused = target.with_name(f"{target.name}{REFUSED}")
    shutil.rmtree(refused, ignore_errors=True)
    if not verdict["clean"]:
        storage.patiently(lambda: staging.replace(refused))
        raise DataError.of("audit_refused", folder=refused, findings=audit.explained(verdict))
    audit.write_result(verdict, edition, staging)
