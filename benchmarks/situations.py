"""What is said of files that end early, are of another year, or never came: truth beside it.

    .venv/bin/python benchmarks/situations.py       writes situations.md

One edition of fourteen gemeenten that truly receive as many a month, all the time
(`tests/situations.py`). A wrong zero is a number that is told of days that were not delivered.
Named fewer: in eleven draws, of the gemeenten of which the file ends early.
"""

import re
import sys
import tempfile
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import situations
from mma_analysis import measure
from mma_analysis.pipeline import prepare
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.pipeline.run import frame_of
from mma_analysis.protect import Book
from mma_analysis.publish import batch
from mma_analysis.settings import Workspace
from mma_analysis.storage import read_manifest

RESULTS = Path(__file__).with_name("situations.md")
SEEDS = range(1, 12)
SHOWN = {
    "almelo": "a whole file",
    "borne": "ends a month early, delivered then",
    "dinkelland": "ends three months early, nobody wrote down when it came",
    "enschede": "ends six months early, delivered after the peildatum",
    "haaksbergen": "a file of two years earlier",
    "hellendoorn": "a file with totals alone",
    "hengelo": "no file",
    "hof-van-twente": "connected after the peildatum",
    "losser": "a month without any in the middle",
    "oldenzaal": "a second file with the last quarter",
    "wierden": "ends a month early; somebody asked: it is all (`klopt`)",
}
HEAD = [
    "gemeente",
    "what it sent",
    "index",
    "district page",
    "card",
    "letter asks",
    "annex, last half year",
    "rows in its files = counted + refused + double",
]
NO_ROWS = r"Van [^.]* bestand[^.]*\."
UNTIL_WHEN = r"(?:Niet elke gemeente leverde|Alleen).*?tellen niet mee\."


def words(path: Path) -> str:
    """What a page says."""
    html = re.sub(r"<(script|style)\b.*?</\1>", "", path.read_text("utf-8"), flags=re.S)
    text = unescape(re.sub(r"<[^>]+>", " ", html))
    return re.sub(r" ([.,:;?])", r"\1", re.sub(r"\s+", " ", text))


def heading(path: Path) -> str:
    """The title of a page."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", path.read_text("utf-8"), flags=re.S)
    text = re.sub(r"<[^>]+>", " ", found[1] if found else "")
    return re.sub(r" ([.,:;?])", r"\1", " ".join(unescape(text).split()))


def of_district(name: str, district: str) -> str:
    """What the page of the district says of until when a gemeente delivered."""
    found = re.search(UNTIL_WHEN, district)
    no_rows = re.search(NO_ROWS, district)
    if no_rows and name in no_rows[0]:
        return "in its file was nothing to count"
    if not found or name not in found[0]:
        return "not named"
    until = re.search(rf"{name}[^0-9]*tot en met (\d+ \w+ \d{{4}})", found[0])
    return f"until {until[1]}" if until else "until the peildatum"


def accounted(slug: str, manifest: dict[str, Any]) -> str:
    """The rows in the files of a gemeente, and what became of them."""
    files = pd.DataFrame(manifest["files"])
    accounting = pd.DataFrame(manifest["accounting"]).set_index("area")
    read = int(files.loc[files["path"].str.contains(f"/{slug}"), "read"].sum())
    if slug not in accounting.index:
        return f"{read} = 0"
    parts = accounting.loc[slug, ["clean", "rejected", "duplicate"]].astype("int64")
    return f"{read} = {' + '.join(map(str, parts))}"


def row(
    slug: str,
    what: str,
    reports: Path,
    annex: pd.DataFrame,
    manifest: dict[str, Any],
) -> list[str]:
    """What is said of one gemeente."""
    name = situations.VOCABULARY.area(slug).name
    index = words(reports / "openbaar" / "index.html")
    others = "|".join(area.name for area in situations.VOCABULARY.gemeenten)
    said = re.search(rf"{name} (\w+ \d{{4}}.*?)(?= (?:{others}|Elk) )", index)
    card = words(reports / "openbaar" / f"{slug}.html")
    until = re.search(rf"{name} leverde meldingen tot en met ([^.]*)\.", card)
    of_card = f"tot en met {until[1]}" if until else heading(reports / "openbaar" / f"{slug}.html")
    last = annex[annex["cell"].str.startswith(f"per_period|{slug}|2023-01/2023-06|totaal")]
    last = last if len(last) else annex[annex["cell"] == f"per_period|{slug}|2023-01/2023-06"]
    count = last[last["column"].isin(["count", "state"])]["text"]
    return [
        name,
        what,
        said[1] if said else "",
        of_district(name, words(reports / "openbaar" / "district.html")),
        of_card,
        heading(reports / "intern" / slug / "kwaliteit.html"),
        " / ".join(dict.fromkeys(count)),
        accounted(slug, manifest),
    ]


def of_three(folder: Path) -> list[str]:
    """What the district is told when three of fourteen sent the last quarter."""
    every = situations.updated_by_three()
    workspace = situations.write_situations(folder / "three", every=every)
    prepare(workspace, situations.SLUG)
    batch.report(workspace, situations.SLUG, only=["twente"])
    said = words(workspace.reports(situations.SLUG) / "openbaar" / "district.html")
    tables = workspace.processed(situations.SLUG) / "measures"
    trend = pd.read_parquet(tables / "trend.parquet")
    per_period = pd.read_parquet(tables / "per_period.parquet")
    is_last = per_period["period"].eq("2023-04/2023-06") & per_period["area"].isin(every)
    told = int(per_period.loc[is_last, "count"].notna().sum())
    until = re.search(UNTIL_WHEN, said)
    dots = re.search(r"Een open rondje[^.]*\.", said)
    return [
        "",
        "## Three of fourteen sent the last quarter",
        "",
        f"- The page of the district: *{until[0] if until else ''}*",
        f"- Its figure per quarter: *{dots[0] if dots else ''}*",
        f"- The trend: `{trend['verdict'].iloc[0]}`; truly all receive as many all the time.",
        f"- Numbers told of that quarter of the other eleven: {told}.",
    ]


def named_fewer(folder: Path) -> int:
    """How often a gemeente of which the file ends early is named `minder`."""
    named = 0
    for seed in SEEDS:
        workspace = situations.write_situations(folder / f"{seed}", seed)
        edition = workspace.edition(situations.SLUG)
        cleaned = read_and_clean(edition)
        of = frame_of(edition, cleaned, Book())
        trends = measure.exact_tables(cleaned.meldingen, of)["gemeente_trends"]
        is_short = trends["area"].isin(situations.SHORT)
        named += int((is_short & trends["verdict"].eq("fewer")).sum())
    return named


def wrong_zeros(workspace: Workspace) -> int:
    """How many numbers are told of days that were not delivered."""
    folder = workspace.processed(situations.SLUG) / "measures"
    per_period = pd.read_parquet(folder / "per_period.parquet")
    wrong = 0
    for slug, situation in situations.SITUATIONS.items():
        own = per_period[per_period["area"].eq(slug) & per_period["kind"].ne("whole")]
        after = own["period"].str[:7] > situation.covered_until[:7]
        wrong += int((after & own["count"].notna()).sum())
    return wrong


def main() -> None:
    """Make the edition and write the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = situations.write_situations(folder / "one")
        prepare(workspace, situations.SLUG)
        batch.report(workspace, situations.SLUG)
        reports = workspace.reports(situations.SLUG)
        annex = pd.read_csv(reports / "openbaar" / "bijlage.csv", sep=";", dtype="str")
        manifest = read_manifest(workspace.processed(situations.SLUG)) or {}
        rows = [row(slug, what, reports, annex, manifest) for slug, what in SHOWN.items()]
        files = pd.DataFrame(manifest["files"])
        accounting = pd.DataFrame(manifest["accounting"])
        district = words(reports / "openbaar" / "district.html")
        lines = [
            "# What is said of files that are not whole",
            "",
            "By `benchmarks/situations.py`; all fourteen truly receive as many in every month.",
            "",
            f"- Numbers told of days that were not delivered: {wrong_zeros(workspace)}.",
            f"- Named *minder* by a file that ends early, in {len(SEEDS)} draws of three: "
            f"{named_fewer(folder)}.",
            f"- Rows in all files: {files['read'].sum()}; counted, refused and double together "
            f"{int(accounting[['clean', 'rejected', 'duplicate']].to_numpy().sum())}.",
        ]
        for pattern in (UNTIL_WHEN, NO_ROWS):
            found = re.search(pattern, district)
            if found:
                lines.append(f"- The page of the district: *{found[0]}*")
        lines += ["", "| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
        lines += ["| " + " | ".join(one) + " |" for one in rows]
        lines += of_three(folder)
        RESULTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
