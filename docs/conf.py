"""The documentation as a site: `make docs`. Why so is in docs/besluiten/0001-de-bouw.md.

The source is the root of the project, so that a link is right here and on a code host.
"""

import shutil
from importlib.metadata import version as version_of
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "mma-analysis"
copyright = "mma-analysis contributors"  # noqa: A001  the name that Sphinx reads
version = release = version_of("mma-analysis")
language = "nl"
# Pages that say that they are in English; menu and buttons stay Dutch.
ENGLISH = (
    *("README", "CHANGELOG", "CONTRIBUTING", "benchmarks/"),
    *("docs/api", "docs/adding", "docs/developers", "docs/glossary", "docs/researchers"),
)

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/*.md", "docs/api/*.rst", "docs/**/*.md", "benchmarks/*.md"]
exclude_patterns = [".*", "node_modules", "docs/_build", "data", "reports", "src", "tests"]
myst_heading_anchors = 3
highlight_language = "none"
default_role = "literal"  # docstrings write code between single backticks, as Markdown does
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
toc_object_entries = False  # a quarter of the time, and the list beside a page stays short
# A page for each module that docs/api.md names; of one that is gone nothing stays.
shutil.rmtree(Path(__file__).parent / "api", ignore_errors=True)
# A type in a signature does not promise that it has a page.
nitpick_ignore_regex = [("py:.*", ".*")]

html_theme = "furo"
html_title = "mma-analysis"
html_copy_source = html_show_copyright = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#154273", "color-brand-content": "#154273"},
}


def _for_every_reader(app: Sphinx, page: str, template: str, context: dict, tree: object) -> None:
    """Say the language; give menu heads a level, and let the keyboard reach code that is wide."""
    if page.startswith(ENGLISH):
        context["language"] = "en"
    heads = context["furo_navigation_tree"]
    context["furo_navigation_tree"] = heads.replace('"heading"', '"heading" aria-level="2"')
    context["body"] = context.get("body", "").replace("<pre>", '<pre tabindex="0">')


def setup(app: Sphinx) -> None:
    """Make pages right for every reader, and show mermaid as text: drawing needs a script."""
    app.connect("html-page-context", _for_every_reader, priority=900)  # after the theme's own
    app.add_lexer("mermaid", TextLexer)
