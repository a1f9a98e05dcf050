"""Evaluate Meld Misdaad Anoniem in the gemeenten of a police district.

For a researcher: `import mma_analysis as mma`, and then `mma.edition("voorbeeld-2023")`,
or of any file `mma.clean`, `mma.read_survey` and `mma.aggregate`. Nothing is loaded before
it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mma_analysis import show as show
    from mma_analysis.explore.aggregated import aggregate as aggregate
    from mma_analysis.explore.library import read_survey as read_survey
    from mma_analysis.explore.open_edition import edition as edition
    from mma_analysis.explore.open_edition import editions as editions
    from mma_analysis.explore.save import save as save
    from mma_analysis.explore.workbench import bench as bench

    __version__: str

__all__ = [
    "__version__",
    "aggregate",
    "bench",
    "clean",  # pyright: ignore[reportUnsupportedDunderAll]  # also a stage, which it calls
    "edition",
    "editions",
    "read_survey",
    "save",
    "show",
]

# What a researcher calls → where it is, in `explore`.
_ROOMS = {
    "aggregate": "aggregated",
    "bench": "workbench",
    "clean": "library",
    "edition": "open_edition",
    "editions": "open_edition",
    "read_survey": "library",
    "save": "save",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for, the first time that it is (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("mma-analysis")
    if name in ("clean", "show"):  # a stage that can be called, and a room
        return import_module(f"mma_analysis.{name}")
    if name in _ROOMS:
        return asked_by_researchers(name)
    what = f"module 'mma_analysis' has no attribute '{name}'; it has {__all__}"
    raise AttributeError(what)


def asked_by_researchers(name: str) -> Any:
    """What a researcher calls by this name."""
    room = import_module(f"mma_analysis.explore.{_ROOMS[name]}")
    return getattr(room, name)


def load_ipython_extension(shell: Any) -> None:
    """Let a notebook know `%%tekst` and our look: `%load_ext mma_analysis`."""
    import_module("mma_analysis.show.figure").show_as_a_page()


def __dir__() -> list[str]:
    """The names that a researcher needs."""
    return __all__
