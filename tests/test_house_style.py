"""The look of an organisation: its colours can be read, and its logo is in the page."""

import base64
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from conftest import cases

from mma_analysis.publish.templates import HouseStyle, contrast, house_style
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import UsageError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
DOT = SVG.format('<style>.a{fill:#0b5c3b}</style><circle class="a" r="4" style="fill:url(#b)"/>')


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "huisstijl").mkdir()
    return tmp_path / "huisstijl"


def look(folder: Path, css: str = "", logo: str = "") -> HouseStyle:
    """What an edition with these files gets."""
    for name, text in (("stijl.css", css), ("logo.svg", logo)):
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    return house_style(cast(Edition, SimpleNamespace(folder=folder.parent)))


# WCAG's own: black on white is 21, #777777 on white just not enough for a text.
@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#777777", 4.48), ("#fff", "#ffffff", 1)],
)
def test_contrast_is_what_wcag_says_it_is(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


def test_colours_and_letters_are_kept_as_they_are_and_the_logo_comes_in_the_page(folder):
    css = '/* groen */ :root { --blue: #0b5c3b; --letters: "Open Sans", Arial, sans-serif; }'

    assert look(folder) == HouseStyle()
    found = look(folder, f"{css}\n", DOT)

    assert found.css == css
    assert base64.b64decode(found.logo.partition(",")[2]).decode() == DOT


@pytest.mark.parametrize(("css", "said"), cases("house_styles"))
def test_a_style_that_cannot_be_read_or_does_more_is_refused_with_words(folder, css, said):
    with pytest.raises(UsageError, match=said):
        look(folder, css)


@pytest.mark.parametrize("text", ["geen svg", "<svg>"])
def test_what_is_no_svg_is_no_logo(folder, text):
    with pytest.raises(UsageError, match="geen gewone SVG"):
        look(folder, logo=text)
