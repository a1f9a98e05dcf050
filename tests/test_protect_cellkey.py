"""A set of meldingen has a number of its own: near the truth, never small, and always the same."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from counting import TWENTE, edition, several
from mma_analysis import measure, protect
from mma_analysis.explore.save import save
from mma_analysis.measure.sets import SET
from mma_analysis.pipeline.questions import ANSWER_OF, Meldingen, numbered
from mma_analysis.settings import Workspace
from mma_analysis.vocabulary import UsageError
from says import says


@pytest.mark.parametrize("count", [*range(13), 40, 586])
def test_the_mean_is_the_count_no_number_is_small_and_a_larger_one_is_off_by_the_root_of_two(count):
    """So one becomes 5 in one of five times, and nothing in the others."""
    keys = pd.Series((np.arange(1000) + 0.5) / 1000)  # the middles of a thousand parts of all
    told = protect.perturbed(pd.Series(count, keys.index), keys)

    assert told.mean() == pytest.approx(count, abs=0.01)
    assert not told.between(1, 4).any()
    assert (told - count).abs().max() <= 4
    if count >= 9:
        assert told.std(ddof=0) == pytest.approx(2**0.5, abs=0.02)
        assert set(told - count) == set(range(-4, 5))


# --- a question ----------------------------------------------------------------------------------

ROWS = several(("almelo", "2021-08-01", 30), ("borne", "2022-08-01", 23))
# Ten of Almelo's tips came in at Borne too, later.
ROWS = pd.concat(
    [ROWS, ROWS.head(10).assign(gemeente="borne", received_on=pd.Timestamp("2021-09-01"))],
    ignore_index=True,
)
NUMBER = pd.Series(range(len(ROWS))) % 3
SAYS_NOTHING = pd.DataFrame(columns=[*SET, "number", "off"])
# What all 23 of Borne are called in the reports.
OF_BORNE = {
    "counted": "receipts",
    "family": "",
    "codes": "",
    "region": "borne:2022-08-01/2022-08-01",
}


def asked(
    answers: pd.Series,
    rows: pd.DataFrame = ROWS,
    said: pd.DataFrame = SAYS_NOTHING,
    secret: bytes = b"of an edition",
    least: int = 1,
) -> pd.DataFrame:
    """One row per area and answer with so many at least: what is told of it."""
    of = edition({slug: {"aangesloten": "2021-07-01"} for slug in ("almelo", "borne")})
    meldingen = Meldingen(Workspace(Path()), of)
    keys = protect.row_keys(rows["melding_id"] + "|" + rows["gemeente"], secret)
    frame = measure.frame(of)
    # In the place of what is on disk.
    vars(meldingen).update(_rows=rows, _keys=keys, _said=said, _frame=frame)
    each = answers.map(lambda answer: (answer,), na_action="ignore")
    every = [sorted({*answers.dropna()})]
    told = meldingen._asked(each, every, per_gemeente=True)
    return told.assign(value=told["value"].str[0]).query(f"count >= {least}")


def answer(*given: Any, **of_edition: Any) -> dict[Any, int]:
    told = asked(*given, **of_edition)
    assert set(told["state"]) == {"shown"}
    return told.set_index(["area", "value"])["count"].to_dict()


def test_the_same_set_has_the_same_number_however_it_is_asked_for_but_in_another_edition():
    plain = answer(NUMBER.map({0: "a", 1: "b", 2: "c"}))
    # Under other names, of a part of the rows, and in another order of the rows.
    renamed = answer(NUMBER.map({0: "een", 1: "twee", 2: "x drie"}))
    filtered = answer(NUMBER.map({0: "a"}))
    turned = answer(NUMBER.map({0: "a", 1: "b", 2: "c"})[::-1], ROWS[::-1])
    elsewhere = answer(NUMBER.map({0: "a", 1: "b", 2: "c"}), secret=b"of another")

    assert list(plain.values()) == list(renamed.values())
    assert filtered == {key: number for key, number in plain.items() if key[1] == "a"}
    assert turned == plain
    assert elsewhere != plain


def test_a_set_that_the_reports_count_has_the_number_of_the_reports():
    said = pd.DataFrame([OF_BORNE | {"number": 25, "off": 4}])
    of_borne = pd.Series("ja", ROWS.index[30:53]).reindex(ROWS.index)
    one_less = of_borne.where(of_borne.index != 40)

    told = asked(of_borne, said=said)

    # 23 came in at Borne on that day: as a set of gemeente and of the district they are the same.
    assert told.set_index("area")["count"].to_dict() == {"borne": 25, TWENTE: 25}
    assert told["in_report"].all()
    assert not asked(one_less, said=said)["in_report"].any()


@pytest.mark.parametrize(("number", "off"), [(25, 4), (30, 8), (35, 12)])
def test_a_number_of_the_reports_is_as_far_off_as_it_is_there_and_any_other_at_most_4(number, off):
    """A sum of two or three numbers that went out before may be 8 or 12 off, and says so."""
    said = pd.DataFrame([OF_BORNE | {"number": number, "off": off}])
    of_borne = pd.Series("ja", ROWS.index[30:53]).reindex(ROWS.index)
    one_less = of_borne.where(of_borne.index != 40)

    told = asked(of_borne, said=said)

    assert told["count"].tolist() == [number, number]
    assert told["off"].tolist() == [off, off]
    assert set(asked(one_less, said=said)["off"]) == {4}


@pytest.mark.parametrize("off", [4, 8])
def test_a_0_of_the_reports_reads_as_any_other_0(off):
    """Otherwise the bound would say that it is a few, and not none."""
    said = pd.DataFrame([OF_BORNE | {"number": 0, "off": off}])
    answers = pd.Series("nee", ROWS.index).mask(ROWS.index.isin(range(30, 53)), "ja")
    answers = answers.mask(ROWS.index.isin(range(53, 63)), "ook")

    told = asked(answers, said=said, least=0).set_index(["area", "value"])

    # 23 of Borne are told to be 0; of Almelo there are none of these at all.
    zeros = told.loc[[("borne", "ja"), ("almelo", "ja")]]
    assert zeros["count"].tolist() == [0, 0]
    assert zeros["off"].tolist() == [off, off]
    assert not zeros["in_report"].any()


# --- answers that are kept -----------------------------------------------------------------------


def kept(workspace: Workspace, number: int) -> int:
    """Keep an answer of which the content is this number."""
    return numbered(workspace, "proef", pd.DataFrame({"count": [number]}), f"{number}.csv")


def test_three_answers_are_kept_the_same_one_twice_is_one_and_a_fourth_needs_two_people(tmp_path):
    workspace = Workspace(tmp_path)
    folder = workspace.issued("proef")
    signed = '[[antwoord]]\nnummer = 4\nreden = "jaarverslag"\neerste = "A"\ntweede = "{}"\n'

    assert [kept(workspace, n) for n in range(3)] == [1, 2, 3]
    assert kept(workspace, 1) == 2
    log = pd.read_csv(folder / "antwoorden.csv")
    assert log["bestand"].tolist() == [f"{n}.csv" for n in range(3)]
    refusal = says("too_many_answers", number=4, slug="proef", most=3)
    with pytest.raises(UsageError, match=refusal):
        kept(workspace, 3)
    (folder / "antwoorden.toml").write_text(signed.format("A"), encoding="utf-8")
    with pytest.raises(UsageError, match=refusal):
        kept(workspace, 3)
    (folder / "antwoorden.toml").write_text(signed.format("B"), encoding="utf-8")
    assert kept(workspace, 3) == 4


def test_a_saved_answer_is_numbered_and_holds_no_place_of_this_machine(tmp_path):
    table = pd.DataFrame({"area": ["borne"], "count": [10]})
    table.attrs[ANSWER_OF] = [str(tmp_path), "proef"]

    path = save(table, tmp_path / "antwoord.parquet")

    assert (tmp_path / "data/issued/proef/antwoorden.csv").is_file()
    assert str(tmp_path).encode() not in path.read_bytes()
