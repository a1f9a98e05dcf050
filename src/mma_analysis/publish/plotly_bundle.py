"""The plotly.js that is written into every page."""

from functools import cache
from importlib.resources import files

BUNDLE = "plotly-basic.min.js"


def has_bundle() -> bool:
    """Whether the small bundle was fetched at set-up."""
    return files("mma_analysis.publish").joinpath("assets", BUNDLE).is_file()


@cache
def plotly_js() -> str:
    """The small bundle; without it the plotly package's own full file, four times as large."""
    if has_bundle():
        script = files("mma_analysis.publish").joinpath("assets", BUNDLE)
        return script.read_text(encoding="utf-8")
    from plotly.offline import get_plotlyjs

    return get_plotlyjs()
