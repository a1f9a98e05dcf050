"""An edition in which one gemeente alone keeps a field can be made whole, and is audited clean."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import TOTAL, Vocabulary

VOCABULARY = Vocabulary()
GEMEENTEN = [area.slug for area in VOCABULARY.gemeenten]
TIPS = 30
TOPICS = ("drugs", "wapens", "fraude", "mensenhandel", "witwassen", "huiselijk geweld", "")
# Gemeente → the column that it alone has, with what is filled in; the rest of its rows are empty.
ALONE = {
    "borne": ("Ook naar", ["politie", "OM", "politie", "politie", "belastingdienst"]),
    "losser": ("Resultaat", ["bevestigd", "niet bevestigd", "bevestigd", "deels bevestigd"]),
    "wierden": ("Bruikbaar", ["ja", "nee", "ja"] * 7),
}
COUNTED = {"also_sent_to": ("borne", 5), "result": ("losser", 4), "usable": ("wierden", 21)}
SETTINGS = """
[evaluatie]
titel = "Proef"
district = "Twente"
begin = 2021-07-01
peildatum = 2023-06-30
"""


def delivery(number: int, slug: str) -> str:
    column, filled = ALONE.get(slug, ("", []))
    lines = [f"Meldnummer;Ontvangen op;Onderwerp;{column}"]
    for tip in range(TIPS):
        day = dt.date(2021, 7, 1) + dt.timedelta(days=23 * tip + 5 * number)
        topic = TOPICS[(tip + number) % len(TOPICS)]
        own = filled[tip] if tip < len(filled) else ""
        lines.append(f"M{number:02}{tip:05};{day:%d-%m-%Y};{topic};{own}")
    return "\n".join(lines) + "\n"


def edition(root: Path) -> Workspace:
    workspace, settings = Workspace(root), SETTINGS
    (workspace.raw("proef") / "meldingen").mkdir(parents=True)
    for number, slug in enumerate(GEMEENTEN):
        settings += (
            f'[gemeenten.{slug}]\naangesloten = 2021-07-01\nlevering = ["meldingen/{slug}.csv"]\n'
        )
        path = workspace.raw("proef") / "meldingen" / f"{slug}.csv"
        path.write_text(delivery(number, slug), encoding="utf-8")
    (workspace.raw("proef") / "evaluatie.toml").write_text(settings, encoding="utf-8")
    return workspace


@pytest.mark.slow
def test_a_field_that_one_gemeente_alone_keeps_can_be_told_and_gives_nothing_away(tmp_path):
    workspace = edition(tmp_path)

    command = [sys.executable, "-m", "mma_analysis", "run", "proef", "--root", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    result = json.loads((workspace.reports("proef") / "audit.json").read_text(encoding="utf-8"))
    assert (result["clean"], result["findings"]) == (True, [])
    measures = workspace.processed("proef") / "measures"
    names = ("per_period", "per_topic_group", "per_background", "per_follow_up", "per_recipient")
    counts = pd.concat(pd.read_parquet(measures / f"{name}.parquet") for name in names)
    counts = counts.fillna({"breakdown": TOTAL, "value": TOTAL})
    fields_are_told(counts[counts["kind"] == "whole"])
    sums_hold(counts)


def fields_are_told(whole: pd.DataFrame) -> None:
    """Rounded, of who keeps it and of the district; of all others a 0 that is one by its nature."""
    for field, (slug, filled) in COUNTED.items():
        known = whole[whole["breakdown"].eq(field) & whole["value"].ne("onbekend")]
        told = known[known["area"].isin([slug, VOCABULARY.district.slug])].groupby("area")["count"]
        # At most four values, each less than 5 from the truth.
        assert (abs(told.sum() - filled) < 5 * told.size()).all()
        others = known[~known["area"].isin([slug, VOCABULARY.district.slug])]
        assert set(others["state"]) == {"never"}


def sums_hold(counts: pd.DataFrame) -> None:
    """No gemeente is left out, and the district never has more tips than gemeenten received."""
    is_district = counts["area"] == VOCABULARY.district.slug
    keys = ["period", "breakdown", "value"]
    of_gemeenten = counts[~is_district].assign(
        count=lambda t: t["count"].where(t["state"] != "never", 0)
    )
    received = of_gemeenten.groupby(keys)["count"].agg(lambda one: one.sum(skipna=False))
    tips = counts[is_district].set_index(keys)["count"].reindex(received.index)

    assert (counts["count"].dropna() % 5 == 0).all()
    assert (received >= tips).all()
    assert received.index.get_level_values("breakdown").nunique() == 13  # all but single topics
