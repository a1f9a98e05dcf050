"""An edition in which one gemeente alone keeps a field can be told, and is audited clean."""

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest
from conftest import mma

from mma_analysis.pipeline import prepare
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import TOTAL, Vocabulary
from small_edition import settings, write

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
TABLES = ("per_period", "per_topic_group", "per_background", "per_follow_up", "per_recipient")


def delivery(number: int, slug: str) -> str:
    column, filled = ALONE.get(slug, ("", []))
    lines = [f"Meldnummer;Ontvangen op;Onderwerp;{column}"]
    for tip in range(TIPS):
        day = dt.date(2021, 7, 1) + dt.timedelta(days=23 * tip + 5 * number)
        topic = TOPICS[(tip + number) % len(TOPICS)]
        own = filled[tip] if tip < len(filled) else ""
        lines.append(f"M{number:02}{tip:05};{day:%d-%m-%Y};{topic};{own}")
    return "\n".join(lines) + "\n"


def edition(root: Path, **deliveries: str) -> Workspace:
    workspace = Workspace(root)
    files = {slug: f"meldingen/{slug}.csv" for slug in deliveries}
    for slug, content in deliveries.items():
        write(workspace, files[slug], content)
    write(workspace, "evaluatie.toml", settings(files, **dict.fromkeys(files, "2021-07-01")))
    return workspace


def counts_of(workspace: Workspace) -> pd.DataFrame:
    measures = workspace.processed("proef") / "measures"
    counts = pd.concat(pd.read_parquet(measures / f"{name}.parquet") for name in TABLES)
    return counts.fillna({"breakdown": TOTAL, "value": TOTAL})


@pytest.mark.slow
def test_a_field_that_one_gemeente_alone_keeps_can_be_told_and_gives_nothing_away(tmp_path):
    deliveries = {slug: delivery(number, slug) for number, slug in enumerate(GEMEENTEN)}
    workspace = edition(tmp_path, **deliveries)

    shown = (*ALONE, "almelo", "twente")
    only = [word for slug in shown for word in ("--only", slug)]
    ended = mma("run", "proef", "--root", tmp_path, *only)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    result = json.loads((workspace.reports("proef") / "audit.json").read_text(encoding="utf-8"))
    assert (result["clean"], result["findings"]) == (True, [])
    counts = counts_of(workspace)
    fields_are_told(counts[counts["kind"] == "whole"])
    sums_hold(counts)


def test_a_zero_that_everybody_knows_stays_one_when_the_others_are_rounded(tmp_path):
    # Losser has no results, so of 13 tips all are unknown. In Borne three results have 4 each: they
    # would be 5 in the district and fit in no 10 of Borne, if Losser could have some of them.
    head, tip = "Meldnummer;Ontvangen op;Resultaat", "21-10-2021"
    results = ["bevestigd", "deels bevestigd", "niet bevestigd"] * 4
    borne = [f"B{number:06};{tip};{result}" for number, result in enumerate(results)]
    losser = [f"L{number:06};{tip};" for number in range(13)]
    rows = {"borne": "\n".join([head, *borne, ""]), "losser": "\n".join([head, *losser, ""])}
    workspace = edition(tmp_path, **rows)

    prepare(workspace, "proef")

    sums_hold(counts_of(workspace))


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
    """Values are their total everywhere, and the district has no more tips than were received."""
    told = counts.assign(count=counts["count"].where(counts["state"] != "never", 0))
    assert (told["count"] % 5 == 0).all()
    by_area = ["area", "period", "breakdown"]
    totals = told[told["breakdown"] == TOTAL].set_index(by_area[:2])["count"]
    parts = told.groupby(by_area)["count"].agg(lambda one: one.sum(skipna=False))
    assert (parts == totals.reindex(parts.index.droplevel("breakdown")).to_numpy()).all()

    is_district = told["area"] == VOCABULARY.district.slug
    keys = ["period", "breakdown", "value"]
    received = told[~is_district].groupby(keys)["count"].sum()
    tips = told[is_district].set_index(keys)["count"].reindex(received.index)
    assert (received >= tips).all()
    assert received.index.get_level_values("breakdown").nunique() == 13  # all but single topics
