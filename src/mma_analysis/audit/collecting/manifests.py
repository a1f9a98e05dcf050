"""A manifest of a set: only the keys that ours have, each with the kind of value it has there."""

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictStr, ValidationError

from mma_analysis.settings import Section

Path = Annotated[str, Field(pattern=r"^(openbaar|intern)/[a-z0-9/-]+\.(html|xlsx|docx|csv)$")]
Hash = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
Part = Literal[
    "code and templates",
    "house style",
    "libraries",
    "notebook",
    "own tables",
    "page",
    "reference tables",
    "released tables",
    "settings",
]


class _Page(Section):
    key: Hash = ""
    sha256: Hash = ""
    parts: dict[Part, Hash | Path] = {}


class _Manifest(Section):
    edition: StrictStr = ""
    version: StrictStr = ""
    set: Hash = ""
    candidate: Hash = ""
    attacked: StrictBool = True
    pages: dict[Path, _Page] = {}
    papers: dict[Path, Hash] = {}
    letters: dict[Path, Hash] = {}
    without_report: dict[Path, StrictStr] = {}


def is_ours(manifest: Any) -> bool:
    """Whether a manifest holds nothing but what ours hold.

    A number stands in none of them, so a count has no place in one.
    """
    try:
        _Manifest.model_validate(manifest)
    except ValidationError:
        return False
    return True
