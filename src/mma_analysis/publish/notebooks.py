"""The report notebooks: where they are, and whether they take the parameters we give."""

from importlib.resources import files
from pathlib import Path

from mma_analysis.vocabulary import Area, DataError

PARAMETERS = {
    "district": {"gebied": str, "editie": str},
    "gemeente": {"gebied": str, "editie": str, "doelgroep": str},
}


def folder() -> Path:
    """Where the notebooks are: in the installed package, else in the project it runs from."""
    package = Path(str(files("mma_analysis")))
    candidates = (package / "notebooks", package.parents[1] / "notebooks")
    for candidate in candidates:
        if (candidate / "district.ipynb").is_file():
            return candidate
    raise DataError(
        f"no report notebooks in {candidates[0]} or {candidates[1]}; "
        "the installation is not whole: install mma-analysis again"
    )


def path_for(area: Area) -> Path:
    """The notebook that makes the page of this area."""
    return folder() / f"{area.level}.ipynb"


def parameters(area: Area, edition: str, audience: str) -> dict[str, str]:
    """The values that the notebook of this area is run with."""
    given = {"gebied": area.slug, "editie": edition, "doelgroep": audience}
    return {name: given[name] for name in PARAMETERS[area.level]}


def check_parameters(notebook: Path, given: dict[str, str]) -> None:
    """Refuse a notebook that does not declare exactly the parameters that it is run with.

    Papermill itself only warns, and then runs on the default: every page would be about the wrong
    gemeente, and look fine. A value of another type than the default is refused as well.
    """
    import papermill  # only who makes a page needs it

    declared = papermill.inspect_notebook(str(notebook))
    if set(declared) != set(given):
        raise DataError(
            f"{notebook.name} declares parameters {sorted(declared)}, expected {sorted(given)}"
        )
    for name, value in given.items():
        default = declared[name]["default"]
        if default[:1] not in "'\"" or not isinstance(value, str):
            raise DataError(
                f"{notebook.name}: parameter '{name}' must be a text in quotes, not {default}"
            )
