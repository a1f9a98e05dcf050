"""The pages of the documentation, as tests read them."""

import re

from conftest import PROJECT as ROOT

SOURCE = ROOT / "src" / "mma_analysis"
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "data/*/README.md", "reports/*.md", "benchmarks/*.md")
    for path in ROOT.glob(pattern)
)
IDS = [page.relative_to(ROOT).as_posix() for page in PAGES]
HANDBOOK = [name for name in IDS if name.startswith("docs/handleiding")]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def blocks(page: str, language: str = "") -> list[str]:
    """The fenced code blocks of a page in one language; without a name it is plain text."""
    return [block for named, block in FENCED.findall(text(page)) if named == language]


def prose(page: str) -> str:
    """A page without its fenced code blocks."""
    return FENCED.sub("", text(page))


def section(page: str, heading: str) -> str:
    """What stands below a heading, up to the next one of any level."""
    return re.split(r"^#+ ", prose(page).split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]


def listed(part: str) -> list[str]:
    """The code names that the items of a list explain: all before the colon."""
    items = re.findall(r"^- ((?:`[^`]+`(?:, )?)+): ", part, re.M)
    return [name for item in items for name in coded(item)]


def coded(line: str) -> list[str]:
    return re.findall(r"`([^`]+)`", line)


def modules() -> set[str]:
    files = [*SOURCE.glob("*.py"), *(init.parent for init in SOURCE.glob("*/__init__.py"))]
    return {file.stem for file in files} - {"__init__", "__main__"}
