"""From deliveries to what is released: decisions about groups, rounding, and an earlier edition."""

import json
import shutil
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from audit_pages import edition_in
from mma_analysis import measure, protect
from mma_analysis.pipeline import prepare, protecting
from mma_analysis.pipeline.released import beside_released, without_receipts
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.storage import made_with, outdated
from mma_analysis.vocabulary import UsageError, Vocabulary

VOCABULARY = Vocabulary()

TWENTE = VOCABULARY.district.slug
DECISION = """
[[bescherming.groepsonthulling]]
gebied = "borne"
uitsplitsing = "topic_group"
waarde = "drugs"
besluit = "{}"
reden = "bekend uit de krant"
"""
YEAR_1, YEAR_2 = "2021-07/2022-06", "2022-07/2023-06"


def settings(peildatum: str, protection: str = "", decisions: str = "") -> str:
    named = "".join(
        f'[gemeenten.{slug}]\nlevering = ["meldingen/{slug}.csv"]\n' for slug in ("borne", "losser")
    )
    return (
        '[evaluatie]\ntitel = "Proef"\ndistrict = "Twente"\n'
        f"begin = 2021-07-01\npeildatum = {peildatum}\n"
        f"[bescherming]\ndrempel = 5\n{protection}\n{named}{decisions}"
    )


def rows(*parts: tuple[str, str, int]) -> str:
    """Day, topic and how many."""
    lines = ["Meldnummer;Ontvangen op;Onderwerp"]
    for day, topic, number in parts:
        lines += [f"M{len(lines) + n:06};{day};{topic}" for n in range(number)]
    return "\n".join(lines) + "\n"


def edition(root: Path, slug: str, text: str, **deliveries: str) -> Workspace:
    workspace = Workspace(root)
    folder = workspace.raw(slug)
    (folder / "meldingen").mkdir(parents=True, exist_ok=True)
    (folder / "evaluatie.toml").write_text(text, encoding="utf-8")
    for name, content in deliveries.items():
        # Every gemeente has numbers of its own.
        own = content.replace("M0", f"M{name[0].upper()}0")
        (folder / "meldingen" / f"{name}.csv").write_text(own, encoding="utf-8")
    return workspace


def run(workspace: Workspace, slug: str) -> dict:
    return prepare(workspace, slug, force=True).manifest


def released(workspace: Workspace, slug: str, name: str) -> pd.DataFrame:
    return pd.read_parquet(workspace.processed(slug) / "measures" / f"{name}.parquet")


def count(table: pd.DataFrame, **keys: str) -> tuple[str, object]:
    for column, value in keys.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table["state"].item(), table["count"].item()


DRUGS = rows(("21-08-2021", "Drugs", 20), ("21-08-2022", "Drugs", 20))
MIXED = rows(
    ("21-08-2021", "Drugs", 25), ("21-08-2021", "Woonfraude", 25), ("21-08-2022", "Fraude", 30)
)


# --- what would tell a hidden total --------------------------------------------------------------


def test_a_gemeente_whose_total_is_hidden_is_told_as_coarsely_as_a_small_one(
    tmp_path: Path,
) -> None:
    """Losser has 3, so Borne's 40 are hidden too; 20 in each year must not be looked at then."""
    few = rows(("21-08-2021", "Drugs", 3))
    both = rows(("21-08-2021", "Fraude", 20), ("21-08-2022", "Drugs", 20))
    workspace = edition(tmp_path, "proef", settings("2023-06-30"), borne=both, losser=few)

    run(workspace, "proef")

    totals = released(workspace, "proef", "per_period")
    coarser = released(workspace, "proef", "coarsened").set_index(["area", "breakdown", "kind"])
    assert [count(totals, area=a, period="whole")[0] for a in ("borne", "losser")] == [
        "hidden",
        "hidden",
    ]
    for area in ("borne", "losser"):
        assert coarser.loc[(area, "totaal", "year"), "shown_kind"] == "whole"


@pytest.mark.parametrize(("receipts", "expected"), [(601, [635, 601]), (pd.NA, [pd.NA, pd.NA])])
def test_rows_that_count_are_told_only_when_all_receipts_are(receipts, expected) -> None:
    counts = {"files": 2, "read": 635, "clean": 601, "rejected": 21, "duplicate": 13}
    received = pd.DataFrame({"receipts": [receipts]}, dtype="Int64")

    table = without_receipts(pd.DataFrame([counts]), received)

    assert table[["read", "clean"]].iloc[0].to_list() == expected
    assert table[["files", "rejected", "duplicate"]].iloc[0].to_list() == [2, 21, 13]


# --- all meldingen with the same value -----------------------------------------------------------


@pytest.mark.parametrize(
    ("decided", "decision", "is_told"),
    [
        ("", "verbergen", False),
        (DECISION.format("verbergen"), "verbergen", False),
        (DECISION.format("tonen"), "tonen", True),
    ],
    ids=["waits", "hidden", "shown"],
)
def test_a_topic_of_all_meldingen_waits_for_a_decision_which_is_followed(
    tmp_path: Path, caplog, decided: str, decision: str, is_told: bool
) -> None:
    caplog.set_level("INFO", "mma_analysis")
    text = settings("2023-06-30", decisions=decided)
    workspace = edition(tmp_path, "proef", text, borne=DRUGS, losser=MIXED)

    manifest = run(workspace, "proef")

    found = [d for d in manifest["group_disclosures"] if d["breakdown"] == "topic_group"]
    assert [(d["area"], d["value"], d["decision"]) for d in found] == [("borne", "drugs", decision)]
    asked = [line for line in caplog.messages if "decide" in line and "topic_group" in line]
    assert any("borne" in line for line in asked) == (not decided)
    table = released(workspace, "proef", "per_topic_group")
    assert ("borne" in set(table["area"])) == is_told
    if not is_told:
        # What is left of the district's drugs when those of Losser are taken off must not be 40.
        both = [count(table, area=a, period="whole", value="drugs") for a in ("losser", TWENTE)]
        assert "hidden" in [state for state, _ in both]
    # A gemeente sees its own topics all the same.
    folder = workspace.processed("proef") / "measures_intern"
    own, others = (
        pd.read_parquet(folder / slug / "per_topic_group.parquet") for slug in ("borne", "losser")
    )
    assert count(own, area="borne", value="drugs") == ("shown", 40)
    assert ("borne" in set(others["area"])) == is_told


WRONG = [
    ("", DECISION.format("tonen").replace("borne", "brone"), "groepsonthulling.gebied: 'brone' is"),
    ('methode = "afronden"\nvorige_editie = "eerder"', "", "vorige_editie"),
    ('vorige_editie = "nooit"', "", "mma prepare nooit"),
]


@pytest.mark.parametrize(("protection", "decisions", "says"), WRONG)
def test_what_cannot_be_asked_for_is_named(
    tmp_path: Path, protection: str, decisions: str, says: str
) -> None:
    text = settings("2023-06-30", protection, decisions)
    workspace = edition(tmp_path, "proef", text, borne=DRUGS, losser=MIXED)

    with pytest.raises(UsageError, match=says):
        run(workspace, "proef")


# --- rounding ------------------------------------------------------------------------------------


def test_rounded_tables_hold_multiples_of_five_and_nothing_of_exact_counts(tmp_path: Path) -> None:
    text = settings("2023-06-30", 'methode = "afronden"')
    small = rows(("21-08-2021", "Drugs", 3), ("21-08-2022", "Woonfraude", 9))
    workspace = edition(tmp_path, "proef", text, borne=small, losser=MIXED)

    run(workspace, "proef")

    names = ["per_period", "per_topic_group", "per_topic", "per_background", "per_follow_up"]
    tables = {name: released(workspace, "proef", name) for name in names}
    for table in tables.values():
        assert set(table["state"]) <= {"shown", "missing"}
        assert (table["count"].dropna() % 5 == 0).all()
    totals = tables["per_period"].set_index(["area", "period"])["count"]
    assert totals["borne", "whole"] in (10, 15)  # of 12
    years = totals["borne", YEAR_1] + totals["borne", YEAR_2]
    assert years == totals["borne", "whole"]
    groups = tables["per_topic_group"].query("period == 'whole'").groupby("area")["count"].sum()
    assert groups["borne"] == totals["borne", "whole"]
    for name in ("trend", "deliveries", "time_to_close", "national_comparison"):
        assert released(workspace, "proef", name).empty
    shares = tables["per_topic_group"].query("area == 'borne' and period == 'whole'")
    assert (shares["share"] == shares["count"] / totals["borne", "whole"]).all()
    own = pd.read_parquet(
        workspace.processed("proef") / "measures_intern" / "borne" / "per_period.parquet"
    )
    assert count(own, area="borne", period="whole") == ("shown", 12)


# --- an earlier edition --------------------------------------------------------------------------

FIFTY = rows(("21-08-2021", "Drugs", 25), ("21-08-2021", "Fraude", 25))
FIRST = {
    "borne": rows(("21-08-2021", "Drugs", 20), ("21-08-2021", "Fraude", 20)),
    "losser": FIFTY,
}
SECOND = {
    name: text.rstrip("\n") + "\nM900001;21-08-2022;Woonfraude\nM900002;21-08-2022;Woonfraude\n"
    for name, text in FIRST.items()
}


@pytest.fixture(scope="module")
def prepared_earlier(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The earlier edition with its tables; tests leave it as it is."""
    root = tmp_path_factory.mktemp("eerder")
    workspace = edition(root, "eerder", settings("2022-06-30"), **FIRST)
    run(workspace, "eerder")
    return workspace


@pytest.fixture
def earlier(prepared_earlier: Workspace, tmp_path: Path) -> Workspace:
    """A copy of it, in which a later edition can be made."""
    shutil.copytree(prepared_earlier.root, tmp_path, dirs_exist_ok=True)
    return Workspace(tmp_path)


def later(workspace: Workspace, name: str, **deliveries: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Prepare a later edition beside the earlier one; a released table of both."""
    text = settings("2023-06-30", 'vorige_editie = "eerder"')
    edition(workspace.root, "later", text, **deliveries)
    run(workspace, "later")
    return released(workspace, "eerder", name), released(workspace, "later", name)


def test_what_an_earlier_edition_showed_stays_shown(earlier: Workspace) -> None:
    # The years of both gemeenten were shown: 2 and 2 in the second year hide both totals.
    before, after = later(earlier, "per_period", **SECOND)

    for area, total in (("borne", 40), ("losser", 50), (TWENTE, 90)):
        assert count(before, area=area, period="whole") == ("shown", total)
        assert count(after, area=area, period=YEAR_1) == ("shown", total)
        assert count(after, area=area, period="whole")[0] == "hidden"


def test_what_came_in_since_an_earlier_edition_cannot_be_worked_out(earlier: Workspace) -> None:
    """Of Borne 20 about fraud were shown, and 2 came after: 22 would tell that."""
    since = {
        name: "".join(
            f"M{place}{n:05};21-08-2022;{'Fraude' if n < of_fraud else 'Drugs'}\n"
            for n in range(of_fraud + 20)
        )
        for place, name, of_fraud in ((8, "borne", 2), (9, "losser", 12))
    }
    both = {name: text + since[name] for name, text in FIRST.items()}

    before, after = later(earlier, "per_topic_group", **both)

    fraud = {"area": "borne", "period": "whole", "value": "fraude_en_geld"}
    assert count(before, **fraud) == ("shown", 20)
    assert count(after, **fraud)[0] == "hidden"


def test_what_is_left_of_a_whole_that_is_told_coarser_cannot_be_worked_out(tmp_path: Path) -> None:
    """Borne showed 6 in its first year. A total of 9 would tell that 3 came in the second."""
    first = {"borne": rows(("21-08-2021", "Drugs", 6)), "losser": FIFTY}
    workspace = edition(tmp_path, "eerder", settings("2022-06-30"), **first)
    run(workspace, "eerder")
    second = {
        "borne": first["borne"] + "M900001;21-08-2022;Drugs\nM900002;21-08-2022;Fraude\n"
        "M900003;21-08-2022;Fraude\n",
        "losser": FIFTY + "".join(f"M8{n:05};21-08-2022;Drugs\n" for n in range(30)),
    }

    before, after = later(workspace, "per_period", **second)

    assert count(before, area="borne", period="whole") == ("shown", 6)
    assert count(after, area="borne", period="whole")[0] == "hidden"


def test_a_released_table_of_an_earlier_edition_that_changed_is_noticed(
    earlier: Workspace,
) -> None:
    edition(earlier.root, "later", settings("2023-06-30", 'vorige_editie = "eerder"'), **SECOND)
    after = earlier.edition("later")
    before = {"inputs": after.input_hashes(), "made_with": made_with(earlier, after)}
    table = earlier.processed("eerder") / "measures" / "per_period.parquet"
    table.write_bytes(table.read_bytes() + b" ")

    assert outdated(earlier, after, before).startswith("what eerder released of 'later' changed")


def test_of_two_counts_that_protect_as_well_the_smaller_is_hidden(workspace: Workspace) -> None:
    """Enschede has 4 of an unknown topic and needs one count beside it: not its 101 about drugs."""
    topics = released(workspace, EXAMPLE, "per_topic_group")

    assert count(topics, area="enschede", period="whole", value="onbekend")[0] == "hidden"
    assert count(topics, area="enschede", period="whole", value="drugs") == ("shown", 101)


def test_a_released_count_that_would_have_to_go_is_named(earlier: Workspace) -> None:
    text = settings("2023-06-30", 'vorige_editie = "eerder"').replace("drempel = 5", "drempel = 45")
    edition(earlier.root, "later", text, **SECOND)

    with pytest.raises(protect.ReleasedError, match=r"'borne\|2021-07/2022-06\|totaal\|totaal'"):
        run(earlier, "later")


def test_the_manifest_says_what_is_told_coarser(tmp_path: Path) -> None:
    few = rows(("21-08-2021", "Drugs", 4), ("21-08-2022", "Woonfraude", 2))
    workspace = edition(tmp_path, "proef", settings("2023-06-30"), borne=few, losser=MIXED)

    run(workspace, "proef")

    path = workspace.processed("proef") / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))["coarsened"]
    assert {"area": "borne", "breakdown": "totaal", "kind": "year"} | {
        "shown_breakdown": "totaal",
        "shown_kind": "whole",
    } in told


# --- what a gemeente's own tables say of others --------------------------------------------------


def judged(*rows: tuple[str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area", "ratio", "verdict"]).assign(expected=100.0)


def test_a_gemeente_reads_of_others_what_the_public_page_says():
    """Looked at together with the hidden one, the others would get another number and verdict."""
    public = judged(("almelo", 2.0, "differs_clearly"), ("losser", 1.0, "as_expected"))
    own = judged(
        *(("almelo", 1.5, "differs"), ("dinkelland", 1.0, "as_expected")),
        ("losser", 0.5, "differs"),
    )
    usual = pd.DataFrame({"phi": [float("nan")], "tau2": [0.0]})
    together = ("comparison", "year_on_year", "before_connection")

    told = beside_released(
        dict.fromkeys(together, own) | {"overdispersion": usual.assign(phi=1.0)},
        dict.fromkeys(together, public) | {"overdispersion": usual},
        "dinkelland",
    )

    for name in together:
        assert told[name][["area", "ratio", "verdict"]].to_numpy().tolist() == [
            ["almelo", 2.0, "differs_clearly"],
            ["dinkelland", 1.0, "as_expected"],
            ["losser", 1.0, "as_expected"],
        ]
    pd.testing.assert_frame_equal(told["overdispersion"], usual)


def test_own_tables_of_the_example_say_of_others_what_is_public(workspace):
    folder = workspace.processed(EXAMPLE)
    names = ["comparison", "year_on_year", "before_connection", "overdispersion"]
    public = {name: released(workspace, EXAMPLE, name) for name in names}
    for own in sorted((folder / "measures_intern").iterdir()):
        for name in names:
            both = [pd.read_parquet(own / f"{name}.parquet"), public[name]]
            if "area" in public[name]:
                both = [t[t["area"] != own.name].reset_index(drop=True) for t in both]
            pd.testing.assert_frame_equal(*both)


def test_the_time_to_feedback_of_the_example_is_not_that_of_one_gemeente(workspace):
    # Enschede has 182 and Hengelo 115: who knows one of them is left with fewer than 200.
    meldingen = pd.read_parquet(workspace.processed(EXAMPLE) / "clean" / "meldingen.parquet")
    registers = meldingen.loc[meldingen["fed_back_on"].notna(), "gemeente"].unique()
    tips = measure.first_receipts(VOCABULARY, meldingen)
    received = tips["gemeente"].value_counts().reindex(registers)

    assert received.sum() - received.max() < 200 <= received.sum()
    assert released(workspace, EXAMPLE, "time_to_feedback").empty
    assert len(released(workspace, EXAMPLE, "time_to_close")) == 1


def test_what_waits_for_a_decision_is_said_as_toml_to_paste(tmp_path, caplog):
    caplog.set_level("INFO", "mma_analysis")
    row = {"area": "borne", "period": "whole", "breakdown": "topic_group", "value": "drugs"}

    edition = edition_in(tmp_path)
    protecting._say_disclosures(pd.DataFrame([row]), edition)

    head, _, block = caplog.messages[0].partition("\n")
    assert head.startswith("decide: all meldingen of borne")
    assert tomllib.loads(block)["bescherming"]["groepsonthulling"] == [
        {"gebied": "borne", "uitsplitsing": "topic_group", "waarde": "drugs"}
        | {"besluit": "", "reden": ""}
    ]
