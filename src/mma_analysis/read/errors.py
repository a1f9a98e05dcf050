"""The errors of reading: each is a text of `errors.toml`, with what is told filled in."""

import functools
import tomllib
from importlib.resources import files

from mma_analysis.vocabulary import DataError


@functools.cache
def _texts() -> dict[str, str]:
    path = files("mma_analysis").joinpath("read", "errors.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def refusal(code: str, /, **told: object) -> DataError:
    """The error of this code, with these words and numbers in its text."""
    return DataError(_texts()[code].format(**told))
