"""Which pages an edition has, and what each depends on."""

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mma_analysis import domain
from mma_analysis.domain import Area
from mma_analysis.evaluation import AUDIENCES
from mma_analysis.storage import code_hash

# Packages whose version can change a byte of a page.
VERSIONED = ("mma-analysis", "pandas", "plotly", "nbconvert", "papermill", "babel", "jinja2")
# Modules that can do so.
CODE = ("domain", "edition", "evaluation", "show", "publish", "reference")


@dataclass(frozen=True)
class Page:
    """One page: an area, for an audience."""

    area: Area
    audience: str

    @property
    def path(self) -> str:
        """The page's file below the edition's reports."""
        if self.audience == "openbaar":
            return f"openbaar/{'district' if self.area.is_district else self.area.slug}.html"
        return f"intern/{self.area.slug}/{self.area.slug}.html"

    @property
    def home(self) -> str:
        """The index, from this page; an intern page is sent alone, without an index beside it."""
        return "index.html" if self.audience == "openbaar" else ""


def pages() -> tuple[Page, ...]:
    """Every page of an edition: all areas for everybody, and each gemeente for itself."""
    return tuple(
        Page(area, audience)
        for audience in AUDIENCES
        for area in domain.areas()
        if audience == "openbaar" or not area.is_district
    )


def page_key(page: Page, manifest: dict[str, Any], notebook: Path) -> str:
    """Hash everything that the bytes of a page depend on."""
    own = f"measures_intern/{page.area.slug}/"
    tables = {
        path: digest
        for path, digest in manifest["outputs"].items()
        if path.startswith("measures/") or (page.audience == "intern" and path.startswith(own))
    }
    parts = {
        "page": page.path,
        "tables": tables,
        "inputs": manifest["key"],
        "notebook": hashlib.sha256(notebook.read_bytes()).hexdigest(),
        "versions": {package: version(package) for package in VERSIONED},
        "code": code_hash(CODE),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
