"""The pages of an edition, planned and as they stand: which must be made, and why."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from mma_analysis import audit, storage
from mma_analysis.publish import plan
from mma_analysis.publish.plan import PARAMETERS, Page, find
from mma_analysis.settings import AUDIENCES, NOTEBOOKS, Edition, Workspace
from mma_analysis.vocabulary import message

LOG = logging.getLogger(__name__)
# The stage in which what stands around the pages is written, and by which that is kept.
AROUND_SET = "around"


class PageSet:
    """The pages of an edition, as they are planned and as they stand."""

    def __init__(
        self,
        workspace: Workspace,
        edition: Edition,
        manifest: dict[str, Any],
    ) -> None:
        self.workspace = workspace
        self.edition = edition
        self.manifest = manifest
        self.target = workspace.reports(edition.slug)
        self.tables = workspace.processed(edition.slug)
        self.kept = storage.Kept(workspace, edition.slug)

        self._listed: dict[str, dict[str, Any]] = {}
        self._keys: dict[str, str | None] = {}
        self._before: dict[str, dict[str, Any]] = {}
        for audience in AUDIENCES:
            listed = storage.read_manifest(self.target / audience) or {}
            self._listed[audience] = listed
            self._keys[audience] = listed.get("set")
            self._before |= listed.get("pages", {})

        notebooks = {name: find(name, workspace, edition.slug) for name in PARAMETERS}
        self._warn_of_strange(notebooks)
        self.pages: list[Page] = []
        for page in plan.pages(edition.vocabulary):
            parts = plan.page_parts(page, edition, manifest, notebooks[page.kind])
            self.pages.append(self._as_it_stands(page, parts))

    def _warn_of_strange(self, notebooks: Iterable[str]) -> None:
        """Warn of each notebook of the edition that makes no page."""
        known = list(notebooks)
        found = {path.stem for path in self.edition.folder.glob(f"{NOTEBOOKS}/*.ipynb")}
        for name in sorted(found.difference(known)):
            LOG.warning(message("no_such_page", name=name, pages=", ".join(known)))

    def _as_it_stands(self, page: Page, parts: dict[str, str]) -> Page:
        """Whether a page is kept, its gemeente is blocked, or it must be made, and why."""
        if page.area.slug in self.manifest["blocked"]:
            state = plan.BLOCKED
            why = plan.WHY[plan.BLOCKED]
        else:
            why = self._why_anew(page, parts)
            state = plan.ABSENT if why else plan.KEPT
        return replace(page, state=state, reason=why, parts=parts)

    def _why_anew(self, page: Page, parts: dict[str, str]) -> str:
        """Why a page must be made; nothing when it can be kept."""
        before = self._before.get(page.path)
        path = self.target / page.path
        if before is None or not path.is_file():
            return message("why_absent")
        changed = [part for part in parts if before["parts"].get(part) != parts[part]]
        if changed:
            return message("why_changed", parts=", ".join(changed))
        if storage.sha256(path) != before["sha256"]:
            return message("why_touched")
        return ""

    def is_whole(self) -> bool:
        """Whether all of it is there, audited and signed as it is, and nothing is old."""
        if self._keys != plan.set_keys(self.pages):
            return False
        kept = {page.path for page in self.pages if page.state == plan.KEPT}
        if kept != set(self._before):
            return False
        if not audit.was_clean(self.edition, self.target):
            return False
        is_signed = audit.is_signed(self.edition, self.tables, self.kept)
        return self._listed["openbaar"]["released"] is is_signed

    def older_sets(self) -> list[Path]:
        """The folders of sets that were made from other tables, settings or code."""
        keys = plan.set_keys(self.pages)
        older = []
        for audience in AUDIENCES:
            folder = self.target / audience
            if folder.exists() and self._keys[audience] != keys[audience]:
                older.append(folder)
        return older
