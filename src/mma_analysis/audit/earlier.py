"""What an earlier audit found of the files, as far as it still holds.

Only a file in which nothing was found is left alone, while it has the same bytes, and so
has all that it was held against: released tables, deliveries, settings, house style and
program. Notebooks of the edition only allow words, but for what a page says of its own.
More of them allow more, so one that changes counts for the files that lean on what it
said, and for no other.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mma_analysis.audit.document import Finding
from mma_analysis.audit.notebooks import said_of_notebooks
from mma_analysis.audit.search import tokens_of
from mma_analysis.audit.wording import notebook_texts
from mma_analysis.settings import HOUSE_STYLE, Edition
from mma_analysis.storage import Kept, hash_of, hashes_below, input_hashes, sha256

KEPT_AUDIT = "audit"
DOCUMENT = ".docx"
PAGE = ".html"


class Outcome(NamedTuple):
    """What came of one file: findings, how many cells it names, numbers that were typed.

    `leans_on`: what it says that is ours only as notebooks of the edition say it.
    `of_notebooks`: what it says of how these were changed.
    """

    findings: frozenset[Finding]
    cells: int
    typed: frozenset[str]
    leans_on: list[str]
    of_notebooks: frozenset[str]


def page_of_document(file: str) -> str:
    """The page that says the same as a Word document; of another file none."""
    is_document = file.endswith(DOCUMENT)
    return f"{file.removesuffix(DOCUMENT)}{PAGE}" if is_document else ""


class EarlierAudit:
    """What is kept of the last audit, beside the files as they are now."""

    def __init__(
        self,
        edition: Edition,
        paths: Mapping[str, Path],
        tables: Path,
        kept: Kept | None,
    ) -> None:
        self._edition = edition
        self._kept = kept
        self._marks: dict[str, str] = {}
        self._held_against = ""
        if kept is None:
            return
        self._held_against = _held_against(edition, tables)
        hashes = {}
        for file, path in paths.items():
            if not path.is_symlink():
                hashes[file] = sha256(path)
        for file, own in hashes.items():
            self._marks[file] = hash_of([own, hashes.get(page_of_document(file))])

    def outcomes(self) -> dict[str, Outcome]:
        """File → what came of it, of the files of which that still holds."""
        if self._kept is None:
            return {}
        before = self._kept.read(KEPT_AUDIT, self._held_against) or {}
        outcomes = {}
        allowed: set[str] = set()
        for file, mark in self._marks.items():
            known = before.get(file)
            if known is None or known["mark"] != mark:
                continue
            said = frozenset(known["of_notebooks"])
            if said and not said <= said_of_notebooks(self._edition, file):
                continue
            leans_on = known["leans_on"]
            if leans_on and not allowed:
                allowed = tokens_of(notebook_texts(self._edition))
            if allowed.issuperset(leans_on):
                outcomes[file] = Outcome(
                    findings=frozenset(),
                    cells=known["cells"],
                    typed=frozenset(known["typed"]),
                    leans_on=leans_on,
                    of_notebooks=said,
                )
        return outcomes

    def keep(self, outcomes: Mapping[str, Outcome]) -> None:
        """Keep what came of each file in which nothing was found."""
        if self._kept is None:
            return
        known = {}
        for file, mark in self._marks.items():
            outcome = outcomes[file]
            if not outcome.findings:
                known[file] = {
                    "mark": mark,
                    "cells": outcome.cells,
                    "typed": sorted(outcome.typed),
                    "leans_on": outcome.leans_on,
                    "of_notebooks": sorted(outcome.of_notebooks),
                }
        self._kept.write(KEPT_AUDIT, self._held_against, known)


def _held_against(edition: Edition, tables: Path) -> str:
    """One hash of all that a file is held against, but for notebooks of the edition."""
    style = hashes_below(edition.folder / HOUSE_STYLE)
    return hash_of([input_hashes(edition.folder), hashes_below(tables), style])
