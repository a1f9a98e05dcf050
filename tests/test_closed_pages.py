"""What is delivered later of days that went out changes no file that everybody may read."""

import shutil
from pathlib import Path

import pytest

from mma_analysis.pipeline import issued, prepare
from mma_analysis.publish import batch
from mma_analysis.settings import Workspace
from mma_analysis.storage import MANIFEST, hashes_below, sha256
from small_edition import write
from test_issues import DAY, HEAD, SLUG

# Borne delivers once more: a row less, another topic, days of closing and of feedback.
AGAIN = (
    "M2022-000001;01-03-2022;Fraude;Afgesloten;15-05-2022;16-06-2022\n"
    "M2022-000004;22-03-2022;Drugs;Ontvangen;;\n"
)
READ = ["twente", "borne", "losser"]


def published(workspace: Workspace) -> dict[str, str]:
    """Every file for everybody, made anew from the tables as they are now."""
    prepare(workspace, SLUG)
    batch.report(workspace, SLUG, only=READ, audience="openbaar", force=True)
    folder = workspace.reports(SLUG) / "openbaar"
    return hashes_below(folder) | {MANIFEST: sha256(folder / MANIFEST)}


@pytest.mark.slow
def test_every_file_for_everybody_is_the_same_whatever_is_delivered_of_closed_days(
    small: Workspace, tmp_path: Path
):
    own = Workspace(shutil.copytree(small.root, tmp_path / "own"))
    published(own)
    assert issued(own, own.edition(SLUG), DAY) is not None
    before = published(own)
    exact = hashes_below(own.processed(SLUG) / "measures_intern")

    write(own, "meldingen/borne.csv", HEAD + AGAIN)
    after = published(own)

    assert {"district.html", "borne.html", "index.html", "bijlage.xlsx", MANIFEST} <= {*before}
    assert after == before
    assert hashes_below(own.processed(SLUG) / "measures_intern") != exact
