"""All pages of an edition: rendered side by side, and swapped in as one set."""

import logging
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from mma_analysis import audit, storage
from mma_analysis.publish import plan
from mma_analysis.publish.plan import PARAMETERS, Page, find
from mma_analysis.publish.processes import each
from mma_analysis.settings import AUDIENCES, NOTEBOOKS, ROOT_VARIABLE, Edition, Workspace
from mma_analysis.vocabulary import DataError, UsageError, message

LOG = logging.getLogger(__name__)
Tell = Callable[[Page], None]


class PageSet:
    """The pages of an edition, as they are planned and as they stand."""

    def __init__(self, workspace: Workspace, edition: Edition, manifest: dict[str, Any]) -> None:
        self.workspace, self.edition, self.manifest = workspace, edition, manifest
        self.target = workspace.reports(edition.slug)
        self.tables = workspace.processed(edition.slug)
        listed = [storage.read_manifest(self.target / one) or {} for one in AUDIENCES]
        self._public = listed[0]
        self._keys = {
            audience: one.get("set") for audience, one in zip(AUDIENCES, listed, strict=True)
        }
        self._before = {path: row for one in listed for path, row in one.get("pages", {}).items()}
        notebooks = {name: find(name, workspace, edition.slug) for name in PARAMETERS}
        strange = {path.stem for path in edition.folder.glob(f"{NOTEBOOKS}/*.ipynb")} - {*notebooks}
        for name in sorted(strange):
            LOG.warning(message("no_such_page", name=name, pages=", ".join(notebooks)))
        self.pages: list[Page] = []
        for page in plan.pages(edition.vocabulary):
            parts = plan.page_parts(page, edition, manifest, notebooks[page.kind])
            self.pages.append(self._as_it_stands(page, parts))

    def _as_it_stands(self, page: Page, parts: dict[str, str]) -> Page:
        """Whether a page can be kept, its gemeente is blocked, or it must be made, and why."""
        before, path, why = self._before.get(page.path), self.target / page.path, ""
        if page.area.slug in self.manifest["blocked"]:
            return replace(page, state=plan.BLOCKED, reason=plan.WHY[plan.BLOCKED], parts=parts)
        if before is None or not path.is_file():
            why = message("why_absent")
        elif changed := [part for part in parts if before["parts"].get(part) != parts[part]]:
            why = message("why_changed", parts=", ".join(changed))
        elif storage.sha256(path) != before["sha256"]:
            why = message("why_touched")
        return replace(page, state=plan.ABSENT if why else plan.KEPT, reason=why, parts=parts)

    def is_whole(self) -> bool:
        """Whether all of it is there, as it was audited and signed, and nothing of it is old."""
        return (
            self._keys == plan.set_keys(self.pages)
            and {page.path for page in self.pages if page.state == plan.KEPT} == {*self._before}
            and audit.was_clean(self.edition, self.target)
            and self._public["released"] is audit.is_signed(self.edition, self.tables)
        )

    def older_sets(self) -> list[Path]:
        """The folders of sets that were made from other tables, settings or code."""
        keys = plan.set_keys(self.pages)
        older = []
        for audience in AUDIENCES:
            folder = self.target / audience
            if folder.exists() and self._keys[audience] != keys[audience]:
                older.append(folder)
        return older

    def swap(self, make: Callable[[Path], Iterable[Page]] = lambda staging: ()) -> list[Page]:
        """Put what is kept, made and around it in place as one set, if the audit finds nothing."""
        from mma_analysis.publish.around import write_around  # takes a second

        # Apart, when it finds anything: a person cannot judge a finding without its place.
        refused = self.target.with_name(f"{self.target.name}-afgekeurd")
        with storage.swapped_in(self.target, keeps_previous=True) as staging:
            for page in self.pages:
                (staging / page.path).parent.mkdir(parents=True, exist_ok=True)
                if page.state == plan.KEPT:
                    shutil.copyfile(self.target / page.path, staging / page.path)
            made = {page.path: page for page in make(staging)}
            pages = [made.get(page.path, page) for page in self.pages]
            write_around(pages, self, staging)
            storage.owner_only(staging / "intern")
            verdict = audit.examine(self.edition, staging, self.tables)
            shutil.rmtree(refused, ignore_errors=True)
            if not verdict["clean"]:
                staging.replace(refused)
                findings = audit.explained(verdict)
                raise DataError.of("audit_refused", folder=refused, findings=findings)
            audit.write_result(verdict, self.edition, staging)
            now = self.workspace.edition(self.edition.slug)
            if _prepared(self.workspace, now) != self.manifest:
                raise DataError.of("tables_made_anew", slug=now.slug)
            if storage.settings_hash(now) != storage.settings_hash(self.edition):
                raise DataError.of("settings_changed", slug=now.slug)
        return pages

    def make(
        self, pages: Sequence[Page], staging: Path, jobs: int | None, scheduler: str, tell: Tell
    ) -> list[Page]:
        """Make pages and put each in its place in the set."""
        of, made_pages = (self.workspace, self.edition.slug), []
        for page in pages:  # when no other comes, the last must not stand for it
            executed(*of, page).unlink(missing_ok=True)
        # Closed by itself, not when memory is looked through: Ctrl-C may come while `tell` speaks.
        with closing(each(partial(make_one, *of), pages, jobs, scheduler=scheduler)) as ended:
            for page, made, error in ended:
                if isinstance(error, OSError) and error.errno in storage.NO_ROOM:
                    raise error  # nor has the next
                if error:
                    page = replace(page, state=plan.FAILED, reason=f"{error}")
                else:
                    html, remarks = made
                    page = replace(page, state=plan.MADE, reason="; ".join(remarks))
                    (staging / page.path).parent.mkdir(parents=True, exist_ok=True)
                    (staging / page.path).write_bytes(html.encode())
                tell(page)
                made_pages.append(page)
        return made_pages


def report(
    workspace: Workspace,
    slug: str,
    only: Sequence[str] = (),
    audience: str | None = None,
    jobs: int | None = None,
    scheduler: str = "",
    force: bool = False,
    tell: Tell = lambda page: None,
) -> list[Page]:
    """Make the pages of an edition and swap them in as one set.

    A page that is still up to date is kept; one that was not asked for and is not, is left out: old
    and new figures never stand beside each other. A page that fails does not stop the others.

    `only`: slugs of areas. `jobs`: pages at a time. `scheduler`: the address of a Dask cluster that
    sees this workspace at the same place. `tell` is called with what became of each page.
    """
    from mma_analysis.publish.templates import look_of

    edition = workspace.edition(slug)
    look_of(edition)  # what is wrong with it is said once, and not of every page
    asked = {page.path for page in plan.pages(edition.vocabulary, only, audience)}
    if not asked:
        raise UsageError.of("no_page_of", areas=", ".join(only), audience=audience)
    with storage.locked(workspace, slug):
        stands = PageSet(workspace, edition, _prepared(workspace, edition))
        states = (plan.ABSENT, plan.KEPT) if force else (plan.ABSENT,)
        to_make = [page for page in stands.pages if page.state in states and page.path in asked]
        for page in stands.pages:
            if page not in to_make:
                tell(page)
        if not to_make and stands.is_whole():
            return stands.pages
        return stands.swap(lambda staging: stands.make(to_make, staging, jobs, scheduler, tell))


def letters(workspace: Workspace, slug: str) -> list[Path]:
    """Write the quality letters of an edition, one per gemeente; pages that are up to date stay."""
    edition, reports = workspace.edition(slug), workspace.reports(slug)
    with storage.locked(workspace, slug):
        PageSet(workspace, edition, _prepared(workspace, edition)).swap()
    return [reports / plan.own_path(area, plan.LETTER) for area in edition.vocabulary.gemeenten]


def standing(workspace: Workspace, slug: str) -> tuple[list[Page], bool]:
    """Every page as it stands, and whether all around them is there too, as it was audited."""
    edition = workspace.edition(slug, removed=True)
    manifest = storage.read_manifest(workspace.processed(slug))
    if manifest is None:
        why = message("why_no_tables")
    elif why := storage.outdated(workspace, edition, manifest):
        why = message("why_tables_first", why=why)
    else:
        stands = PageSet(workspace, edition, manifest)
        return stands.pages, stands.is_whole()
    return [replace(page, reason=why) for page in plan.pages(edition.vocabulary)], False


def refuse_older(workspace: Workspace, slug: str, must_be_whole: bool) -> None:
    """Stop when pages, or what is around them, are not what would be made now.

    `must_be_whole`: also when a public page is not there.
    """
    edition = workspace.edition(slug, removed=True)
    manifest = storage.read_manifest(workspace.processed(slug))
    if manifest is None:
        raise DataError.of("not_prepared", slug=slug)
    stands = PageSet(workspace, edition, manifest)
    reports = workspace.reports(slug)

    gone = []
    for page in stands.pages:
        is_left_out = page.state == plan.ABSENT and not (reports / page.path).is_file()
        if is_left_out and page.audience == "openbaar":
            gone.append(page.path)
    if must_be_whole and gone:
        raise DataError.of("set_not_whole", names=", ".join(gone))

    older = stands.older_sets()
    if older:
        folders = ", ".join(f"{folder}" for folder in older)
        stale = [page for page in stands.pages if page.state == plan.ABSENT]
        why = stale[0].reason if stale else message("why_absent")
        raise DataError.of("older_set", folders=folders, why=why, slug=slug)


def _prepared(workspace: Workspace, edition: Edition) -> dict[str, Any]:
    manifest = storage.read_manifest(workspace.processed(edition.slug))
    if manifest is None:
        raise DataError.of("not_prepared", slug=edition.slug)
    storage.refuse_forgotten(manifest)
    if why := storage.outdated(workspace, edition, manifest):
        raise DataError.of("prepare_again", why=why, slug=edition.slug)
    return manifest


def executed(workspace: Workspace, slug: str, page: Page) -> Path:
    """Where the executed notebook of a page is kept."""
    return workspace.executed(slug) / Path(page.path).with_suffix(".ipynb")


def make_one(workspace: Workspace, slug: str, page: Page) -> tuple[str, list[str]]:
    """In a process of its own: run the notebook of a page, keep it, and give the page."""
    from mma_analysis.publish.page import make_page  # takes a second to import

    processed = workspace.processed(slug)
    os.environ[ROOT_VARIABLE] = str(workspace.root)
    notebook = find(page.kind, workspace, slug)
    edition = workspace.edition(slug)
    parts = plan.page_parts(page, edition, storage.read_manifest(processed) or {}, notebook)
    if differing := [part for part in parts if parts[part] != page.parts[part]]:
        raise DataError.of("worker_differs", parts=", ".join(differing))
    to = executed(workspace, slug, page)
    return make_page(page, edition, processed, notebook, to)
