"""From deliveries to what is released: one reader, decisions about groups, rounding, own tables."""

import datetime as dt
import io
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from counting import (
    TWENTE,
    VOCABULARY,
    YEAR_1,
    YEAR_2,
    edition,
    melding,
    released,
    several,
    shown,
    table,
)
from mma_analysis import measure
from mma_analysis.pipeline import prepare
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.storage import inputs_of, outdated
from mma_analysis.vocabulary import UsageError, message
from mma_analysis.vocabulary.reference import REGISTRY
from planting import parts_of
from small_edition import OF_TWO, of_two, write
from test_measure_counts import CAMPAIGNS, FOUR


def named(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts of gemeenten that delivered and of all, on the name of their cell."""
    told = counts[counts["state"] != "missing"]
    return told.set_index(told[["area", "period", "breakdown", "value"]].agg("|".join, axis=1))


# --- one reader ----------------------------------------------------------------------------------


BOTH = dict.fromkeys(["borne", "hengelo"], {"levering": ["samen.csv"]})
ONE_ANSWER = {"gezamenlijk": {"Samen": ["hengelo", "borne"]}}
SURVEY = {"vragenlijst": {"bestand": "a.csv", "codeboek": "c.toml"} | ONE_ANSWER}
SAID = {"bescherming": {"samen": [["hengelo", "almelo"]]}}
READERS = {
    "apart": ({}, {}, []),
    "one file": (BOTH, {}, ["borne", "hengelo"]),
    "one answer": ({}, SURVEY, ["borne", "hengelo"]),
    "said to be one": ({}, SAID, ["almelo", "hengelo"]),
    "in a row": (BOTH, SAID, ["almelo", "borne", "hengelo"]),
}


@pytest.mark.parametrize(("files", "parts", "together"), READERS.values(), ids=READERS)
def test_who_shares_a_file_or_an_answer_is_one_reader(files, parts, together):
    everyone = {area.slug: {} for area in VOCABULARY.gemeenten} | files

    owners = measure.frame(edition(everyone, **parts)).owner_of

    assert owners == {slug: together[0] if slug in together else slug for slug in everyone}


def test_rows_of_a_file_of_two_gemeenten_are_read_once():
    refused = pd.DataFrame({"source_file": ["samen.csv"] * 3})
    meldingen = several(("borne", "2021-08-01", 4), ("hengelo", "2021-08-01", 2))

    cells = released(edition(BOTH), meldingen, refused).exact.cells

    assert set(cells.loc[cells["area"].isin(BOTH), "owner"]) == {"borne"}
    of_all = cells.loc["ontvangen|whole|delivered|rejected"]
    assert (of_all["count"], of_all["owner"]) == (3, "")


def test_rows_stand_in_reading_order_however_they_were_delivered():
    of = measure.frame(edition({"losser": {}, "almelo": {}, "borne": {"levering": []}}))
    rows = several(("losser", "2021-08-21", 3), ("almelo", "2022-08-21", 2))

    counts = shown(rows, of)

    assert counts.equals(shown(rows.iloc[::-1].reset_index(drop=True), of))
    whole = counts.query("table == 'per_period' and kind == 'whole'")
    assert whole["area"].to_list() == [area.slug for area in VOCABULARY.areas]


# --- rounding ------------------------------------------------------------------------------------

registrations = st.lists(
    st.tuples(
        st.sampled_from("123456"),
        st.sampled_from(list(FOUR)),
        st.dates(dt.date(2021, 7, 1), dt.date(2023, 6, 30)).map(str),
        st.fixed_dictionaries(
            {
                "topic": st.sampled_from(list(VOCABULARY.topics)),
                "has_time": st.sampled_from([True, False, None]),
                "result": st.sampled_from(list(VOCABULARY.values("result"))),
            }
        ),
    ),
    max_size=20,
    unique_by=lambda row: row[:2],
)


def sums(counts: pd.Series, relations: pd.DataFrame) -> pd.Series:
    """Every sum of which all counts are there."""
    terms = relations["cell"].map(counts) * relations["coefficient"]
    is_there = terms.notna().groupby(relations["relation"]).transform("all")
    return terms[is_there].groupby(relations["relation"]).sum()


SAME = {"topic": "diefstal_verduistering", "has_time": True, "result": "bevestigd"}
OTHER = {"topic": "sociale_zekerheid", "has_time": None, "result": "deels_bevestigd"}


@pytest.mark.slow
@settings(max_examples=5, deadline=None, derandomize=True)
@given(registrations, st.sampled_from(["2023-06-30", "2023-09-15"]))
@example(  # once a field that is never filled in took up what was lacking in a sum
    [("1", "almelo", "2022-05-13", OTHER), ("4", "almelo", "2021-07-01", SAME)]
    + [("1", slug, "2021-07-01", SAME) for slug in ("borne", "losser")],
    "2023-06-30",
)
def test_what_is_told_is_near_the_truth_and_every_sum_of_it_holds(rows, peildatum):
    meldingen = table(*(melding(*row, **fields) for *row, fields in rows))

    found = released(edition(FOUR, CAMPAIGNS, peildatum=peildatum), meldingen)

    truth, relations = found.exact.cells["count"], found.exact.relations
    assert set(sums(truth, relations)) == {0}
    told = named(found.counts).query("state != 'hidden'")
    near = told["count"].fillna(0)  # what has another state is 0 by its nature
    assert set(near % 5) == {0}
    assert ((near - truth.reindex(told.index)).abs() < 5).all()
    assert (truth.reindex(told.index)[told["state"] != "shown"] == 0).all()
    assert set(sums(near, relations)) == {0}
    # A reader who adds up gemeenten never finds fewer than tips in the district.
    keys = ["period", "breakdown", "value"]
    own = told[told["area"].isin(FOUR)].groupby(keys)["count"].agg(["sum", "size"])
    tips = told[told["area"] == TWENTE].set_index(keys)["count"]
    both = own[own["size"] == len(FOUR)].join(tips, how="inner")
    assert len(both)
    assert (both["sum"] >= both["count"]).all()


def test_the_number_of_one_participant_of_a_campaign_does_not_follow_from_the_sum():
    # 18 in two gemeenten, of which Hengelo knows that 16 are its own: 2 would be those of Almelo.
    since = {slug: {"aangesloten": "2021-07-01"} for slug in ("almelo", "hengelo")}
    campaign = {"naam": "c", "begin": "2022-06-01", "eind": "2022-06-30", "topics": ["fraude"]}
    rows = several(("almelo", "2022-05-01", 2), ("hengelo", "2022-05-01", 16))

    found = released(edition(since, [campaign]), rows)

    around = named(found.counts).query("table == 'campaign_counts'")
    assert around.loc["deelnemers c|otherwise c|campaign:c|target", "count"] in (15, 20)
    assert set(around["area"]) == {"deelnemers c"}
    own = found.exact.cells.loc["almelo|otherwise c|campaign:c|target"]
    assert (own["count"], own["owner"], own["table"]) == (2, "almelo", "")


def test_every_public_count_of_the_example_is_a_multiple_of_five(workspace):
    folder = workspace.processed(EXAMPLE) / "measures"
    tables = {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}

    for name in ("deliveries", "received_twice", "campaigns"):
        bounds = [column for column in tables[name] if column.endswith("_off")]
        counts = tables[name][[column.removesuffix("_off") for column in bounds]]
        assert len(bounds) >= 3
        assert (counts % 5).fillna(0).eq(0).all(axis=None), name
    for name in ("per_period", "per_topic", "per_follow_up", "received", "comparison"):
        counts = tables[name]
        is_number = counts["count"].notna()
        assert (counts["count"][is_number] % 5 == 0).all(), name
        assert (counts["off"] == is_number.map({True: 4, False: 0})).all(), name
    assert not [name for name, table in tables.items() if "basis" in table]


def test_only_these_tables_are_made_of_rows_and_not_of_rounded_counts():
    rows = {"meldingen", "receipts", "tips"}
    public = [row for row in REGISTRY if row["scope"] in ("public", "both")]

    made = {row["table"] for row in public if rows & set(row["inputs"].split())}
    assert made == {"time_to_close", "time_to_receive"}


# --- all meldingen with the same value -----------------------------------------------------------

DECISION = {"gebied": "borne", "uitsplitsing": "topic_group", "waarde": "drugs", "reden": "krant"}
DRUGS = several(("borne", "2021-08-21", 20), ("borne", "2022-08-21", 20), topic="drugsdelicten")
MIXED = [several(("losser", "2021-08-21", 25), topic=t) for t in ("drugsdelicten", "woonfraude")]
MIXED.append(several(("losser", "2022-08-21", 30)))


@pytest.mark.parametrize(
    ("decided", "decision", "state"),
    [
        ("", "verbergen", "hidden"),
        ("verbergen", "verbergen", "hidden"),
        ("tonen", "tonen", "shown"),
    ],
)
def test_a_topic_of_all_meldingen_waits_for_a_decision_which_is_followed(
    caplog, decided: str, decision: str, state: str
):
    caplog.set_level("INFO", "mma_analysis")
    decisions = [DECISION | {"besluit": decided}] if decided else []
    of = edition({"borne": {}, "losser": {}}, bescherming={"groepsonthulling": decisions})

    found = released(of, pd.concat([DRUGS, *MIXED], ignore_index=True))

    topics = found.disclosures.query("breakdown == 'topic_group'")
    (topic,) = topics[["area", "value", "decision"]].itertuples(index=False, name=None)
    assert topic == ("borne", "drugs", decision)
    head = "besluit: alle meldingen van Borne hebben hetzelfde bij ‘Onderwerp (hoofdgroep)’"
    asked = [m for m in caplog.messages if m.startswith(head)]
    assert len(asked) == (not decided)
    for said in asked:  # as toml to paste and fill in
        block = tomllib.loads(said.partition("\n")[2])
        nothing = {"besluit": "", "reden": ""}
        assert block["bescherming"]["groepsonthulling"] == [DECISION | nothing]
    counts = named(found.counts)
    of_borne = counts.query("area == 'borne' and breakdown == 'topic_group'")
    assert set(of_borne["state"]) == {state}
    assert counts.loc["losser|whole|topic_group|drugs", "state"] == "shown"
    assert counts.loc["borne|whole|totaal|totaal", "count"] == 40
    # A gemeente sees its own topics all the same.
    own = named(measure.exact_counts(found.exact)).loc["borne|whole|topic_group|drugs"]
    assert own[["count", "off", "state"]].to_list() == [40, 0, "shown"]


# --- on disk -------------------------------------------------------------------------------------


def own_tables(workspace: Workspace, slug: str) -> dict[str, pd.DataFrame]:
    (path,) = (workspace.processed("proef") / "measures_intern" / slug).iterdir()
    parts = parts_of(path.read_bytes())
    return {Path(name).stem: pd.read_parquet(io.BytesIO(part)) for name, part in parts.items()}


def test_own_tables_are_exact_and_hold_own_rows_only(small: Workspace):
    for slug, in_years in (("borne", [2, 0]), ("losser", [1, 1])):
        tables = own_tables(small, slug)
        for name, own in tables.items():
            assert set(own.get("area", [])) <= {slug}, name
        years = tables["per_period"].set_index("period")
        assert years.loc[[YEAR_1, YEAR_2, "whole"], "count"].to_list() == [*in_years, 2]
        assert set(years["off"]) == {0}
    drugs = own_tables(small, "borne")["per_topic_group"].set_index("value").loc["drugs"]
    assert drugs[["count", "share"]].to_list() == [2, 1.0]


def after(earlier: str, root: Path) -> Workspace:
    workspace = of_two(root)
    settings = f'{OF_TWO}[bescherming]\nvorige_editie = "{earlier}"\n'
    write(workspace, "evaluatie.toml", settings)
    return workspace


def test_an_earlier_edition_that_was_not_prepared_is_named(tmp_path: Path):
    with pytest.raises(UsageError, match="mma prepare nooit"):
        prepare(after("nooit", tmp_path), "proef")


def test_a_table_of_an_earlier_edition_that_changed_is_noticed(tmp_path: Path):
    workspace = after("eerder", tmp_path)
    folder = workspace.processed("eerder") / "measures"
    folder.mkdir(parents=True)
    (folder.parent / "manifest.json").write_text('{"definitions": {}}', encoding="utf-8")
    (folder / "per_period.parquet").write_bytes(b"before")
    of = workspace.edition("proef")
    before = {"inputs": inputs_of(workspace, of), "outputs": {}}
    assert outdated(workspace, of, before) == ""

    (folder / "per_period.parquet").write_bytes(b"after")

    why = message("inputs_changed", slug="proef", files="wat eerder vrijgaf")
    assert outdated(workspace, of, before) == why
