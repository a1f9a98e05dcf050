"""Which pages an edition has, what each depends on, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from mma_analysis.publish.notebooks import Notebook
from mma_analysis.settings import SETTINGS_FILE, Audience
from mma_analysis.storage import code_hash, hash_of, versions
from mma_analysis.vocabulary import Area, Vocabulary
from mma_analysis.vocabulary.reference import FOLDER as REFERENCE

# Modules that can change a byte of a page or a paper.
CODE = ("__init__", "vocabulary", "settings", "evaluation", "show", "publish", "reference")
PROPOSAL, PROPOSAL_PAGE = "openbaar/voorstel-dvo.docx", "openbaar/voorstel-dvo.html"
ANNEX = "openbaar/bijlage.xlsx"
LETTER, OWN_FIGURES = "kwaliteit.html", "eigen-cijfers.xlsx"
MADE, KEPT, FAILED, BLOCKED, ABSENT = "made", "kept", "failed", "blocked", "absent"
HOW = "hoe-wij-telden"  # the page that says how we counted, and what words mean
WHY = {
    FAILED: "het maken van dit rapport is nu niet gelukt; u hoeft daar niets voor te doen",
    BLOCKED: "de levering van deze gemeente heeft een fout die eerst hersteld moet worden",
    ABSENT: "dit rapport is nog niet gemaakt",
}


@dataclass(frozen=True)
class Page:
    """One page: an area, for an audience; or what is said once for all of them (`HOW`).

    What became of it: `made`, `kept` (still up to date), `failed`, `blocked` or `absent`, and why
    in words. `parts` is what it depends on, as in `page_parts`.
    """

    area: Area
    audience: Audience
    about: str = ""
    state: str = ABSENT
    reason: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The name of the notebook that makes it."""
        return self.about or self.area.level

    @property
    def title(self) -> str:
        """What it is about."""
        return "Hoe wij telden" if self.about else self.area.name

    @property
    def path(self) -> str:
        """The page's file below the edition's reports."""
        if self.audience == "intern":
            return own_path(self.area, f"{self.area.slug}.html")
        return f"openbaar/{self.kind if self.area.is_district else self.area.slug}.html"

    @property
    def exists(self) -> bool:
        """Whether there is a page."""
        return self.state in (MADE, KEPT)


def pages(vocabulary: Vocabulary) -> tuple[Page, ...]:
    """Every page of an edition: each area, each gemeente for itself, and how we counted."""
    public = [Page(area, "openbaar") for area in vocabulary.areas]
    intern = [Page(area, "intern") for area in vocabulary.gemeenten]
    return (*public, *intern, Page(vocabulary.district, "openbaar", HOW))


def own_path(area: Area, name: str) -> str:
    """A file for one gemeente alone, below the edition's reports."""
    return f"intern/{area.slug}/{name}"


def page_parts(page: Page, manifest: Mapping[str, Any], notebook: Notebook) -> dict[str, str]:
    """Everything that the bytes of a page depend on, each as one hash.

    Deliveries are not among them: a page sees the tables that were made of them and nothing else.
    """
    own = f"measures_intern/{page.area.slug}/"

    def below(folder: str, kind: str = "outputs") -> str:
        return hash_of({path: it for path, it in manifest[kind].items() if path.startswith(folder)})

    return {
        "pagina": page.path,
        "openbare tabellen": below("measures/"),
        "eigen tabellen": below(own) if page.audience == "intern" else "",
        "instellingen": manifest["inputs"][SETTINGS_FILE],
        "eigen lijsten": below(f"{REFERENCE}/", "inputs"),
        **notebook.parts,
        **made_with(),
    }


@cache  # every page asks, and it is read from as many files as there are
def made_with() -> dict[str, str]:
    """The libraries and the code that can change a byte of a page, each as one hash."""
    return {"pakketten": hash_of(versions()), "code en sjablonen": code_hash(CODE)}


def set_key(planned: Sequence[Page]) -> str:
    """One hash of all that a whole set depends on, its letters, index and papers among them."""
    return hash_of([[page.path, page.state == BLOCKED, dict(page.parts)] for page in planned])
