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
ANNEX, PROPOSAL_PAGE = "openbaar/bijlage.xlsx", "openbaar/voorstel-dvo.html"
PROPOSAL = "openbaar/voorstel-dvo.docx"
LETTER, OWN_FIGURES = "kwaliteit.html", "eigen-cijfers.xlsx"
MADE, KEPT, FAILED, BLOCKED, ABSENT = "made", "kept", "failed", "blocked", "absent"
THERE = (MADE, KEPT)
HOW = "hoe-wij-telden"  # the page that says how we counted, and what words mean
WHY = {
    FAILED: "het maken van dit rapport is nu niet gelukt; u hoeft daar niets voor te doen",
    BLOCKED: "de levering van deze gemeente heeft een fout die eerst hersteld moet worden",
    ABSENT: "dit rapport is nog niet gemaakt",
}


@dataclass(frozen=True)
class Page:
    """One page: of an area, for an audience; `kind` is the name of the notebook that makes it.

    `path` is below the edition's reports. What became of it: `made`, `kept` (still up to date),
    `failed`, `blocked` or `absent`, and why in words. `parts`: what it depends on.
    """

    area: Area
    audience: Audience
    kind: str
    title: str
    path: str
    state: str = ABSENT
    reason: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


def pages(
    vocabulary: Vocabulary, only: Sequence[str] = (), audience: str | None = None
) -> list[Page]:
    """Every page of an edition: each area, each gemeente for itself, and how we counted.

    Or those of these areas, for this audience. `UsageError`: there is no such area.
    """
    planned = []
    for area in vocabulary.areas:
        name = "district" if area.is_district else area.slug
        path = f"openbaar/{name}.html"
        planned.append(Page(area, "openbaar", area.level, area.name, path))
    for area in vocabulary.gemeenten:
        path = own_path(area, f"{area.slug}.html")
        planned.append(Page(area, "intern", area.level, area.name, path))
    how = (HOW, "Hoe wij telden", f"openbaar/{HOW}.html")
    planned.append(Page(vocabulary.district, "openbaar", *how))
    areas = [vocabulary.area(slug) for slug in only] or vocabulary.areas
    return [page for page in planned if page.area in areas and audience in (None, page.audience)]


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
