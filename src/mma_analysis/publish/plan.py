"""Which pages an edition has, what each depends on, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from mma_analysis.publish.notebooks import Notebook
from mma_analysis.settings import AUDIENCES, HOUSE_STYLE, SETTINGS_FILE, Audience, Edition
from mma_analysis.settings.edition import YEARLY_RETURN
from mma_analysis.storage import code_hash, hash_of, sha256, versions
from mma_analysis.vocabulary import Area, Vocabulary
from mma_analysis.vocabulary.own_tables import FOLDER as REFERENCE

# Packages whose version can change a byte of a page.
VERSIONED = (
    *("mma-analysis", "pandas", "numpy", "pyarrow", "plotly", "babel", "jinja2", "markupsafe"),
    *("ipython", "papermill", "nbformat", "nbconvert", "mistune"),
)
# And, beside those, of the papers.
FOR_PAPERS = ("xlsxwriter", "docxtpl", "python-docx")
# Modules that can do so.
CODE = ("__init__", "vocabulary", "settings", "evaluation", "show", "publish", "reference")
ANNEX, ANNEX_DATA = "openbaar/bijlage.xlsx", "openbaar/bijlage.csv"
PROPOSAL, PROPOSAL_PAGE = "openbaar/voorstel-dvo.docx", "openbaar/voorstel-dvo.html"
MADE, KEPT, FAILED, BLOCKED, ABSENT = "made", "kept", "failed", "blocked", "absent"
HOW = "hoe-wij-telden"  # the page that says how we counted, and what words mean
BLOCKED_REASON = "de levering van deze gemeente heeft een fout die eerst hersteld moet worden"


@dataclass(frozen=True)
class Page:
    """One page: an area, for an audience; or what is said once for all of them (`HOW`)."""

    area: Area
    audience: Audience
    about: str = ""

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
        if self.audience == "openbaar":
            name = self.kind if self.area.is_district else self.area.slug
            return f"openbaar/{name}.html"
        return f"intern/{self.area.slug}/{self.area.slug}.html"

    @property
    def home(self) -> str:
        """The index, from this page; an intern page is sent alone, without an index beside it."""
        return "index.html" if self.audience == "openbaar" else ""


@dataclass(frozen=True)
class Outcome:
    """What became of one page: `made`, `kept` (still up to date), `failed`, `blocked`, `absent`.

    `parts` is what it depends on, as in `page_parts`.
    """

    page: Page
    state: str
    reason: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def exists(self) -> bool:
        """Whether there is a page."""
        return self.state in (MADE, KEPT)


def pages(vocabulary: Vocabulary) -> tuple[Page, ...]:
    """Every page of an edition: each area, each gemeente for itself, and how we counted."""
    of_areas = [
        Page(area, audience)
        for audience in AUDIENCES
        for area in vocabulary.areas
        if audience == "openbaar" or not area.is_district
    ]
    return (*of_areas, Page(vocabulary.district, "openbaar", HOW))


def letter_path(area: Area) -> str:
    """The file of a gemeente's quality letter below the edition's reports."""
    return f"intern/{area.slug}/kwaliteit.html"


def own_figures_path(area: Area) -> str:
    """The file with a gemeente's own exact figures."""
    return f"intern/{area.slug}/eigen-cijfers.xlsx"


def return_path(area: Area) -> str:
    """The file of a gemeente's yearly return to MMA."""
    return f"intern/{area.slug}/{YEARLY_RETURN}"


def page_parts(page: Page, manifest: Mapping[str, Any], notebook: Notebook) -> dict[str, str]:
    """Everything that the bytes of a page depend on, each as one hash.

    Deliveries are not among them: a page sees the tables that were made of them and nothing else.
    """
    own = f"measures_intern/{page.area.slug}/" if page.audience == "intern" else None
    return {
        "page": page.path,
        "released tables": hash_of(tables_below("measures/", manifest)),
        "own tables": hash_of(tables_below(own, manifest)) if own else "",
        "settings": manifest["inputs"][SETTINGS_FILE],
        "reference tables": hash_of(_own_tables(manifest)),
        **notebook.parts,
        **made_with(),
    }


def set_key(manifest: Mapping[str, Any], edition: Edition) -> str:
    """One hash of all that a whole set depends on, its letters, index and papers among them."""
    tables = tables_below("measures", manifest)
    settings = manifest["inputs"][SETTINGS_FILE]
    own = _own_tables(manifest)
    made = [made_with(), versions(FOR_PAPERS)]
    own_look = sorted((edition.folder / HOUSE_STYLE).glob("*.docx"))
    made.append({path.name: sha256(path) for path in own_look})
    return hash_of([tables, settings, own, manifest["blocked"], *made])


def tables_below(folder: str, manifest: Mapping[str, Any]) -> dict[str, str]:
    """The tables in a folder of the edition's tables → their hashes."""
    outputs = manifest["outputs"]
    return {path: outputs[path] for path in outputs if path.startswith(folder)}


def _own_tables(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The reference tables that the edition has of its own → their hashes."""
    inputs = manifest["inputs"]
    return {path: inputs[path] for path in inputs if path.startswith(f"{REFERENCE}/")}


@cache  # every page asks, and it is read from as many files as there are
def made_with() -> dict[str, str]:
    """The libraries and the code that can change a byte of a page, each as one hash."""
    return {"libraries": hash_of(versions(VERSIONED)), "code and templates": code_hash(CODE)}
