"""A concept of one page: quickly, again at each save, and never among what is finished."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mma_analysis import storage
from mma_analysis.evaluation import Evaluation
from mma_analysis.publish import plan
from mma_analysis.publish.batch import prepared_manifest
from mma_analysis.publish.plan import Page
from mma_analysis.publish.templates import TEMPLATES
from mma_analysis.settings import HOUSE_STYLE, NOTEBOOKS, ROOT_VARIABLE, Workspace, shipped
from mma_analysis.vocabulary import PACKAGE, DataError, UsageError
from mma_analysis.vocabulary.notebooks import SENTENCES

PAGE_TEMPLATE = TEMPLATES / "page.html"
SETTLES = 400  # milliseconds in which saves that follow each other are one


class Made(NamedTuple):
    """A concept that was made, and what is said of it: the audit is not among that."""

    path: Path
    remarks: Sequence[str]


@dataclass(frozen=True)
class Concept:
    """One page of an edition, apart from all others: not audited, and for nobody else.

    It is in a folder that its owner alone can open, beside the rows of the edition: what is
    exact stays where exact counts are, and `mma forget` removes it.
    """

    workspace: Workspace
    slug: str
    page: Page

    @property
    def path(self) -> Path:
        """Where it is written."""
        return self.workspace.concept(self.slug) / self.page.path

    def make(self) -> Made:
        """Run the notebook of the page, and write it as a concept that says so."""
        from mma_analysis.publish.page import execute, length_of, remarks, to_html

        edition = self.workspace.edition(self.slug)
        manifest = prepared_manifest(self.workspace, edition)
        page = self.page
        if page.area.slug in manifest["blocked"]:
            raise DataError.of("concept_blocked", area=page.area.name, slug=self.slug)
        notebook = plan.find(page.kind, self.workspace, self.slug)
        given = plan.parameters(page.area, self.slug, page.audience)
        with _opens_in(self.workspace.root):
            ran = execute(notebook.path, given)
        said = remarks(ran)
        processed = self.workspace.processed(self.slug)
        e = Evaluation(page.area, edition, page.audience, processed)
        html = to_html(ran, page, e, notebook.sentence, is_concept=True)
        too_long = length_of(html, page)
        if too_long:
            said.append(too_long)
        storage.write_whole(self.path, html.encode(), owner_only=True)
        storage.owner_only(self.workspace.concept(self.slug))
        return Made(self.path, said)

    def uses(self, path: Path) -> bool:
        """Whether the page is made with this file: its notebook, sentences or look."""
        raw = self.workspace.raw(self.slug)
        name = f"{self.page.kind}.ipynb"
        own = raw / NOTEBOOKS
        of_package = PACKAGE / "show" / SENTENCES
        files = {own / name, own / SENTENCES, shipped(NOTEBOOKS) / name, of_package}
        return path in files | {PAGE_TEMPLATE} or path.parent == raw / HOUSE_STYLE

    def changes(self) -> Iterator[set[Path]]:
        """Wait, and give what was saved that it is made with, until Ctrl-C."""
        from watchfiles import watch

        folders = {
            self.workspace.raw(self.slug),
            shipped(NOTEBOOKS),
            PACKAGE / "show",
            TEMPLATES,
        }
        for changed in watch(
            *folders,
            watch_filter=lambda change, path: self.uses(Path(path)),
            debounce=SETTLES,
        ):
            yield {Path(path) for _, path in changed}


@contextmanager
def _opens_in(root: Path) -> Iterator[None]:
    """A notebook that runs within opens its edition in this workspace."""
    before = os.environ.get(ROOT_VARIABLE)
    os.environ[ROOT_VARIABLE] = str(root)
    try:
        yield
    finally:
        if before is None:
            del os.environ[ROOT_VARIABLE]
        else:
            os.environ[ROOT_VARIABLE] = before


def concept_of(
    workspace: Workspace,
    slug: str,
    only: Sequence[str],
    audience: str | None,
) -> Concept:
    """The concept that is asked for: of one area, openbaar unless said otherwise."""
    vocabulary = workspace.edition(slug).vocabulary
    if len(only) != 1:
        first = vocabulary.gemeenten[0].slug
        raise UsageError.of("concept_one", slug=slug, area=first)
    asked = plan.pages(vocabulary, only, audience or "openbaar")
    of_area = [page for page in asked if page.kind == page.area.level]
    if not of_area:
        raise UsageError.of("no_page_of", areas=only[0], audience=audience)
    return Concept(workspace, slug, of_area[0])
