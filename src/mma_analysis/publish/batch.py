"""All pages of an edition: rendered side by side, and swapped in as one set."""

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
from mma_analysis.publish.page_set import AROUND_SET, PageSet
from mma_analysis.publish.plan import Page, find
from mma_analysis.publish.processes import begin_server, each
from mma_analysis.settings import ROOT_VARIABLE, Edition, Workspace
from mma_analysis.vocabulary import DataError, UsageError, message

Make = Callable[[Path], Iterable[Page]]
Tell = Callable[[Page], None]
Begins = Callable[[str], None]
# The stages of a report, as `Begins` gets them.
PAGES = "pages"
AUDIT = "audit"
SWAP = "swap"


def report(
    workspace: Workspace,
    slug: str,
    only: Sequence[str] = (),
    audience: str | None = None,
    jobs: int | None = None,
    scheduler: str = "",
    force: bool = False,
    tell: Tell = lambda page: None,
    begins: Begins = lambda stage: None,
) -> list[Page]:
    """Make the pages of an edition and swap them in as one set.

    A page that is still up to date is kept; one that was not asked for and is not, is left
    out: old and new figures never stand beside each other. A page that fails does not stop
    the others.

    `only`: slugs of areas. `jobs`: pages at a time. `scheduler`: the address of a Dask
    cluster that sees this workspace at the same place. `tell` is called with what became of
    each page, `begins` as a stage of the work begins.
    """
    edition = workspace.edition(slug)
    asked = {page.path for page in plan.pages(edition.vocabulary, only, audience)}
    if not asked:
        raise UsageError.of("no_page_of", areas=", ".join(only), audience=audience)
    with storage.locked(workspace, slug):
        stands = PageSet(workspace, edition, prepared_manifest(workspace, edition))
        states = (plan.ABSENT,)
        if force:
            states = (plan.ABSENT, plan.KEPT)
            stands.kept.clear()
        to_make = []
        for page in stands.pages:
            if page.state in states and page.path in asked:
                to_make.append(page)
            else:
                tell(page)
        if not to_make and stands.is_whole():
            return stands.pages

        if to_make and not scheduler:
            begin_server()  # it imports for a second or two, and so do we meanwhile
        _import_what_a_set_takes()
        from mma_analysis.publish.templates import look_of

        look_of(edition)  # what is wrong with it is said once, and not of every page

        def make(staging: Path) -> list[Page]:
            return make_pages(stands, to_make, staging, jobs, scheduler, tell)

        return swap(stands, make, begins)


def _import_what_a_set_takes() -> None:
    """Import, while pages cannot begin yet, what is needed after they are made."""
    from mma_analysis.audit import examination  # noqa: F401
    from mma_analysis.publish import set_files  # noqa: F401


def letters(workspace: Workspace, slug: str) -> list[Path]:
    """Write the quality letters of an edition, one per gemeente; pages up to date stay."""
    edition = workspace.edition(slug)
    reports = workspace.reports(slug)
    with storage.locked(workspace, slug):
        stands = PageSet(workspace, edition, prepared_manifest(workspace, edition))
        swap(stands)
    gemeenten = edition.vocabulary.gemeenten
    return [reports / plan.own_path(area, plan.LETTER_PAGE) for area in gemeenten]


def swap(
    stands: PageSet,
    make: Make = lambda staging: (),
    begins: Begins = lambda stage: None,
) -> list[Page]:
    """Put what is kept, made and around it in place as one set, if the audit allows it.

    `make` makes pages in the folder of the new set; `begins` is told of each stage.
    """
    from mma_analysis.publish.set_files import write_set_files  # takes a second

    with storage.swapped_in(stands.target, keeps_previous=True) as staging:
        for page in stands.pages:
            staged = _place(staging, page)
            if page.state == plan.KEPT:
                shutil.copyfile(stands.target / page.path, staged)
        begins(PAGES)
        made = {page.path: page for page in make(staging)}
        pages = [made.get(page.path, page) for page in stands.pages]
        begins(AROUND_SET)
        write_set_files(pages, stands, staging)
        storage.owner_only(staging / "intern")
        begins(AUDIT)
        _audit(stands, staging)
        begins(SWAP)
        _refuse_changed(stands)
    return pages


def _audit(stands: PageSet, staging: Path) -> None:
    """Write what the audit says of the set; one with findings is put apart, refused."""
    verdict = audit.examine(stands.edition, staging, stands.tables, stands.kept)
    # A person cannot judge a finding without its place.
    refused = stands.target.with_name(f"{stands.target.name}-afgekeurd")
    shutil.rmtree(refused, ignore_errors=True)
    if not verdict["clean"]:
        staging.replace(refused)
        findings = audit.explained(verdict)
        raise DataError.of("audit_refused", folder=refused, findings=findings)
    audit.write_result(verdict, stands.edition, staging)


def _refuse_changed(stands: PageSet) -> None:
    """Stop when tables or settings became others while the pages were made."""
    now = stands.workspace.edition(stands.edition.slug)
    if prepared_manifest(stands.workspace, now) != stands.manifest:
        raise DataError.of("tables_made_anew", slug=now.slug)
    if storage.settings_hash(now) != storage.settings_hash(stands.edition):
        raise DataError.of("settings_changed", slug=now.slug)


def make_pages(
    stands: PageSet,
    pages: Sequence[Page],
    staging: Path,
    jobs: int | None,
    scheduler: str,
    tell: Tell,
) -> list[Page]:
    """Make pages and put each in its place in the set."""
    slug = stands.edition.slug
    for page in pages:  # when no other comes, the last must not stand for it
        executed(stands.workspace, slug, page).unlink(missing_ok=True)

    made_pages = []
    make_page = partial(make_one, stands.workspace, slug)
    # Closed by itself, not when memory is looked through: Ctrl-C may come in `tell`.
    with closing(each(make_page, pages, jobs, scheduler=scheduler)) as all_ended:
        for page, made, error in all_ended:
            became = _what_became(page, made, error, staging)
            tell(became)
            made_pages.append(became)
    return made_pages


def _what_became(
    page: Page,
    made: Any,
    error: BaseException | None,
    staging: Path,
) -> Page:
    """A page that was made, and is now in its place, or of which the making failed."""
    if isinstance(error, OSError) and error.errno in storage.NO_ROOM:
        raise error  # nor is there room for the next
    if error:
        return replace(page, state=plan.FAILED, reason=f"{error}")
    html, remarks = made
    _place(staging, page).write_bytes(html.encode())
    return replace(page, state=plan.MADE, reason="; ".join(remarks))


def _place(staging: Path, page: Page) -> Path:
    """Where a page stands in a set, in a folder that is there."""
    path = staging / page.path
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


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
    manifest = storage.read_manifest(processed) or {}
    parts = plan.page_parts(page, edition, manifest, notebook)
    differing = [part for part in parts if parts[part] != page.parts[part]]
    if differing:
        raise DataError.of("worker_differs", parts=", ".join(differing))
    to = executed(workspace, slug, page)
    return make_page(page, edition, processed, notebook, to)


def standing(workspace: Workspace, slug: str) -> tuple[list[Page], bool]:
    """Every page as it stands, and whether all around them is there too, audited."""
    edition = workspace.edition(slug, removed=True)
    manifest = storage.read_manifest(workspace.processed(slug))
    if manifest is None:
        return _all_absent(edition, message("why_no_tables")), False
    outdated = storage.outdated(workspace, edition, manifest)
    if outdated:
        why = message("why_tables_first", why=outdated)
        return _all_absent(edition, why), False
    stands = PageSet(workspace, edition, manifest)
    return stands.pages, stands.is_whole()


def _all_absent(edition: Edition, why: str) -> list[Page]:
    return [replace(page, reason=why) for page in plan.pages(edition.vocabulary)]


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


def prepared_manifest(workspace: Workspace, edition: Edition) -> dict[str, Any]:
    """The manifest of tables that are up to date; an error says what to do when not."""
    manifest = storage.read_manifest(workspace.processed(edition.slug))
    if manifest is None:
        raise DataError.of("not_prepared", slug=edition.slug)
    storage.refuse_forgotten(manifest)
    why = storage.outdated(workspace, edition, manifest)
    if why:
        raise DataError.of("prepare_again", why=why, slug=edition.slug)
    return manifest
