"""The documentation as a site: `make docs`. Why so is in docs/besluiten/0013-de-site-met-sphinx.md.

The source is the root of the project, so that a link is right here and on a code host.
"""

from importlib.metadata import version as version_of

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "mma-analysis"
copyright = "mma-analysis contributors"  # noqa: A001  the name that Sphinx reads
version = release = version_of("mma-analysis")
language = "nl"
# Pages that say that they are in English; menu and buttons stay Dutch.
ENGLISH = ("README", "CHANGELOG", "benchmarks/", "docs/api/", "docs/adding", "docs/developers")
ENGLISH += ("docs/cluster",)

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = ["README.md", "CHANGELOG.md", "docs/*.md", "docs/**/*.md", "benchmarks/*.md"]
exclude_patterns = [".*", "node_modules", "docs/_build", "data", "reports", "src", "tests"]
myst_heading_anchors = 3
highlight_language = "none"
default_role = "literal"  # docstrings write code between single backticks, as Markdown does
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
toc_object_entries = False  # a quarter of the time, and the list beside a page stays short
# A type in a signature does not promise that it has a page.
nitpick_ignore_regex = [("py:.*", ".*")]

html_theme = "furo"
html_title = "mma-analysis"
html_copy_source = html_show_copyright = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#154273", "color-brand-content": "#154273"},
}


def _in_its_own_language(
    app: Sphinx, page: str, template: str, context: dict, tree: object
) -> None:
    if page.startswith(ENGLISH):
        context["language"] = "en"


def setup(app: Sphinx) -> None:
    """Say which pages are in English, and show mermaid as text: drawing needs a script."""
    app.connect("html-page-context", _in_its_own_language)
    app.add_lexer("mermaid", TextLexer)
