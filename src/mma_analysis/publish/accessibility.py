"""Finished pages looked at by axe-core, in light and dark, by the rules of WCAG 2.2 AA."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from mma_analysis.publish.browser import opened_browser
from mma_analysis.vocabulary import DataError

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

# Where `tools/setup.py test` puts axe-core, below the folder of the project.
AXE = Path("node_modules", "axe-core", "axe.min.js")
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
RUN_AXE = """async rules => {
    const kinds = ['violations', 'incomplete'];
    const runOnly = {type: 'tag', values: rules};
    const found = await axe.run({runOnly, resultTypes: kinds});
    const places = kind => found[kind].flatMap(
        rule => rule.nodes.map(node => [rule.id, node.target.join(' ')])
    );
    return kinds.map(places);
}"""


class AxeRemark(NamedTuple):
    """A place on a page that breaks a rule of axe, or of which axe cannot tell.

    `page` is its file below the folder of reports; `place` a selector of style sheets.
    """

    page: str
    scheme: Scheme
    rule: str
    place: str


class AxeVerdict(NamedTuple):
    """What axe says of all pages: how many, what is a fault, and what it cannot tell."""

    pages: int
    faults: list[AxeRemark]
    undecided: list[AxeRemark]


def axe_of(root: Path) -> Path:
    """Where axe-core is; DataError: it is not there, and how it comes."""
    path = root / AXE
    if not path.is_file():
        raise DataError.of("no_axe", path=path)
    return path


def look(reports: Path, axe: Path) -> AxeVerdict:
    """Let axe look at every page below a folder, as it stands, in light and in dark.

    DataError: there is no page, or no browser. A page at which axe could not look ends it:
    what was not looked at is not called good.
    """
    program = axe.read_text(encoding="utf-8")
    pages = sorted(reports.rglob("*.html"))
    if not pages:
        raise DataError.of("nothing_to_look_at", folder=reports)
    faults = []
    undecided = []
    with opened_browser() as browser:
        for path in pages:
            page = path.relative_to(reports).as_posix()
            for scheme in SCHEMES:
                broken, unknown = _look_at(browser, path, scheme, program)
                faults += [AxeRemark(page, scheme, rule, place) for rule, place in broken]
                undecided += [
                    AxeRemark(page, scheme, rule, place) for rule, place in unknown
                ]
    return AxeVerdict(len(pages), faults, undecided)


def _look_at(
    browser: "BrowserContext", path: Path, scheme: Scheme, program: str
) -> list[list[list[str]]]:
    """The rule and the place of what is a fault, and of what axe cannot tell."""
    with browser.new_page() as tab:
        tab.emulate_media(color_scheme=scheme)
        tab.goto(path.resolve().as_uri())
        tab.evaluate(program)
        return tab.evaluate(RUN_AXE, AXE_RULES)
