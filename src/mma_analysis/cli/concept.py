"""`mma report --concept`: one page at once, and again at each save."""

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mma_analysis.cli.console import answer, tell
from mma_analysis.vocabulary import DataError, UsageError, message
from mma_analysis.vocabulary.errors import MmaError

if TYPE_CHECKING:
    from mma_analysis.publish.concept import Concept, Made


@dataclass(frozen=True)
class ConceptAsked:
    """What was asked of a report besides its page."""

    concept: bool
    watch: bool
    others: dict[str, object]  # option → what was given; of a concept there are none

    def check(self, ctx: typer.Context) -> None:
        """Refuse what does not go together, before anything is made."""
        if self.watch and not self.concept:
            raise UsageError.of("watch_concept")
        if not self.concept:
            return
        if ctx.info_name != "report":
            raise UsageError.of("concept_report")
        given = [name for name, value in self.others.items() if value]
        if given:
            raise UsageError.of("concept_alone", options=", ".join(given))
        if self.watch and ctx.obj.as_json:
            raise UsageError.of("watch_json")
        if self.watch and importlib.util.find_spec("watchfiles") is None:
            raise DataError.of("watch_lacks")


def make_concept(concept: "Concept", watch: bool) -> None:
    """Make a concept and say where it is; with `watch` again at each save, until Ctrl-C."""
    if concept.page.audience == "intern":
        tell("concept_exact", area=concept.page.area.name)
    if not watch:
        _tell_made(concept.make())
        return
    try:
        _try(concept)
        tell("concept_waits")
        for changed in concept.changes():
            at_a_save(concept, changed)
    except KeyboardInterrupt:
        tell("concept_ends", path=concept.path)


def at_a_save(concept: "Concept", changed: Iterable[Path]) -> None:
    """What one save brings: the page again, when it is made with one of these files."""
    if any(concept.uses(path) for path in changed):
        _try(concept)


def _try(concept: "Concept") -> None:
    """Make it; what is wrong in it is said, and the next save may mend that."""
    try:
        made = concept.make()
    except MmaError as error:
        tell("concept_failed", fault=error)
    else:
        _tell_made(made)


def _tell_made(made: "Made") -> None:
    content = {"path": str(made.path), "concept": True, "remarks": list(made.remarks)}
    remarks = [message("page_remark", remark=remark) for remark in made.remarks]
    answer(content, message("concept_made", path=made.path), *remarks)
