"""The small library: any registration, survey or table in memory, in a few lines of Python."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from conftest import PROJECT

import mma_analysis as mma
from mma_analysis.explore.library import clean, read_survey
from mma_analysis.explore.open_edition import OpenEdition
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE
from mma_analysis.vocabulary import DataError, UsageError

RAW = PROJECT / "data" / "raw" / EXAMPLE
BORNE = RAW / "meldingen" / "borne.xlsx"
SURVEY = RAW / "vragenlijst" / "antwoorden.xlsx"
BOOK = RAW / "vragenlijst" / "codeboek.toml"
# Of Borne on 14 February 2022, in a straight line from 23,877 on 1 January to 24,632 two years on:
# 23,877 + 44 / 730 x 755.
PEOPLE = 23_923
LOOSE = {
    "M-nummer": ["M2022-000001", "M2022-000002", "M2022-000002", "M2023-000003", ""],
    "Datum ontvangst": ["19-04-2022", "20-05-2022", "20-05-2022", "31-12-2023", "binnenkort"],
    "Onderwerp": ["witwassen", "drugs", "drugs", "geweld", "geweld"],
    "Toelichting": ["Teunis", "vertelt", "vertelt", "iets", "anders"],
}


@pytest.fixture(scope="module")
def opened(workspace) -> OpenEdition:
    return mma.edition(EXAMPLE, root=workspace.root)


# --- clean -------------------------------------------------------------------------------


def test_each_row_of_a_loose_table_is_counted_refused_or_double():
    cleaned = clean(pd.DataFrame(LOOSE), "Borne")

    assert repr(cleaned) == "3 meldingen, 1 rejected, 1 duplicates, 0 warnings"
    assert cleaned.meldingen["gemeente"].unique().tolist() == ["borne"]
    assert cleaned.meldingen["received_on"].dt.strftime("%m").to_list() == ["04", "05", "12"]
    assert cleaned.rejected["source_row"].to_list() == [6]  # the header is row 1
    assert cleaned.duplicates["source_row"].to_list() == [4]
    assert cleaned.headers["received_on"] == "Datum ontvangst"
    assert cleaned.headers["free_text"] == "Toelichting"
    # What a melding says is nowhere.
    assert "Teunis" not in cleaned.meldingen.to_csv() + cleaned.rejected.to_csv()


def test_a_loose_file_and_the_same_rows_as_a_table_are_cleaned_alike(tmp_path):
    frame = pd.DataFrame(LOOSE)
    path = tmp_path / "los.csv"
    frame.to_csv(path, sep=";", index=False)

    one, other = clean(path, "borne").meldingen, clean(frame, "borne").meldingen

    differs = ["source_file", "melding_id"]
    pd.testing.assert_frame_equal(one.drop(columns=differs), other.drop(columns=differs))


def test_dates_of_pandas_and_missing_cells_are_read_as_they_are():
    frame = pd.DataFrame(
        {
            "Datum ontvangst": [dt.datetime(2022, 3, 4), pd.Timestamp("2022-04-05"), pd.NaT],
            "Onderwerp": ["drugs", None, "drugs"],
            "Bruikbaar": [True, False, None],
            "MMA-nummer": [20220001.0, 20220002.0, float("nan")],
        }
    )

    meldingen = clean(frame, "borne").meldingen

    assert meldingen["received_on"].dt.strftime("%d-%m").to_list() == ["04-03", "05-04"]
    assert meldingen["topic"].to_list() == ["drugsdelicten", "onbekend"]
    assert meldingen["usable"].to_list() == ["ja", "nee"]
    assert meldingen["melding_id"].to_list() == ["20220001", "20220002"]


def test_without_an_edition_no_period_is_left_out_unless_it_is_said():
    frame = pd.DataFrame(LOOSE)

    cut = clean(frame, "borne", begin=dt.date(2022, 5, 1), peildatum=dt.date(2022, 12, 31))

    assert len(clean(frame, "borne").meldingen) == 3
    assert cut.meldingen["received_on"].dt.month.to_list() == [5]
    assert cut.rejected["reason_code"].to_list()[:2] == ["voor_begin", "na_peildatum"]
    assert len(cut.rejected) == 3


def test_a_file_of_an_edition_is_cleaned_as_it_was_there(opened):
    rows = opened.meldingen.row_level().query("gemeente == 'borne'")

    cleaned = clean(opened.settings.folder / "meldingen" / "borne.xlsx", "borne", opened)

    assert len(cleaned.meldingen) == len(rows) == 16
    assert cleaned.meldingen["melding_id"].to_list() == rows["melding_id"].to_list()
    assert cleaned.meldingen["source_file"].unique().tolist() == ["meldingen/borne.xlsx"]


def test_another_file_has_the_words_and_the_period_of_the_edition(opened):
    """In Enschede a `wietplantage` is drugs, and the evaluation begins in July 2021."""
    frame = pd.DataFrame(
        {
            "Binnen bij ons": ["13-05-2022", "13-05-2020"],
            "Onderwerp": ["wietplantage", "wietplantage"],
        }
    )

    cleaned = clean(frame, "enschede", opened)

    assert cleaned.meldingen["topic"].to_list() == ["drugsdelicten"]
    assert cleaned.rejected["reason_code"].to_list() == ["voor_begin"]


def test_the_stage_of_that_name_can_be_called_too():
    assert repr(mma.clean(pd.DataFrame(LOOSE), "borne")).startswith("3 meldingen")  # type: ignore
    assert repr(mma.clean(BORNE, "borne")).startswith("16 meldingen")  # type: ignore


def test_rows_that_were_cleaned_are_not_saved(tmp_path):
    cleaned = clean(pd.DataFrame(LOOSE), "borne")
    for table in (cleaned.meldingen[["topic"]], cleaned.rejected, cleaned.duplicates):
        with pytest.raises(UsageError, match="losse meldingen"):
            mma.save(table, tmp_path / "rijen.csv")


@pytest.mark.parametrize(
    ("source", "gemeente", "said", "why"),
    [
        (RAW / "meldingen" / "born.xlsx", "borne", {}, "no file .*; the folder .* borne.xlsx"),
        (Path("/nowhere/at/all.xlsx"), "borne", {}, "no folder /nowhere/at"),
        (5, "borne", {}, "a int is no registration"),
        (BORNE, "Utrecht", {}, "'Utrecht' is no gemeente .*borne"),
        (
            pd.DataFrame({"Onderwerp": ["drugs"], "Status": ["open"]}),
            "borne",
            {},
            "no column says when .*Onderwerp, Status",
        ),
        (RAW / "meldingen" / "enschede.xlsx", "enschede", {}, "'Binnen bij ons' may be: rec"),
        (BORNE, "borne", {"columns": {"Thema": "topics"}}, "'topics' is no field.*topic"),
        (
            pd.DataFrame({"Datum ontvangst": ["04-03-2022"], "Onderwerp": ["drugs"]}),
            "borne",
            {},
            'dates="dag-maand-jaar"',
        ),
    ],
)
def test_what_cannot_be_cleaned_says_in_english_what_is_known(source, gemeente, said, why):
    with pytest.raises((UsageError, DataError), match=f"(?s){why}"):
        clean(source, gemeente, **said)


def test_what_an_error_asks_for_can_be_given():
    frame = pd.DataFrame({"Binnen": ["04-03-2022"], "Onderwerp": ["wiet op zolder"]})
    words = {"topic": {"wiet op zolder": "drugsdelicten"}}

    given = {"columns": {"Binnen": "received_on"}, "words": words, "dates": "maand-dag-jaar"}
    (row,) = clean(frame, "borne", **given).meldingen.to_dict("records")  # type: ignore

    assert row["received_on"] == pd.Timestamp("2022-04-03")
    assert row["topic"] == "drugsdelicten"


# --- a survey ----------------------------------------------------------------------------


def test_an_export_is_read_by_its_code_book_and_opinions_are_in_order(opened):
    survey = read_survey(SURVEY, BOOK, opened)

    assert len(survey.wide) == 12
    assert len(read_survey(SURVEY, BOOK).wide) == 10  # two answered together, as an edition says
    scale = survey.wide["informatiepositie"].dtype
    agrees = ["helemaal mee oneens", "mee oneens", "neutraal", "mee eens", "helemaal mee eens"]
    assert scale == pd.CategoricalDtype(agrees, ordered=True)
    kind = survey.questions.set_index("question")["kind"]
    assert kind["rapportcijfer"] == "number"
    assert "functie" not in survey.wide


def test_the_survey_of_an_edition_is_the_one_that_was_cleaned(opened):
    survey, answers = opened.vragenlijst, opened.measures["survey_answers"]
    assert survey is not None

    own = survey.answers.query("question == 'kwaliteit'")
    released = answers.query("question == 'kwaliteit' and count > 0").set_index("value")
    counted = own[own["value"] != ""].groupby("value")["gemeente"].nunique()
    assert counted.to_dict() == released["count"].to_dict()
    place = own.drop_duplicates("value").set_index("value")["position"]
    assert place[counted.index].to_dict() == released["position"].to_dict()


@pytest.mark.parametrize(
    ("path", "book", "why"),
    [
        (SURVEY.with_name("antwoord.xlsx"), BOOK, "the folder .* has: antwoorden.xlsx"),
        (SURVEY, BOOK.with_name("themas.toml"), "themas.toml cannot be used"),
        (BORNE, BOOK, "Known are: MS Forms, LimeSurvey"),
    ],
)
def test_what_is_no_survey_says_what_is_known(path, book, why):
    with pytest.raises((UsageError, DataError), match=why):
        read_survey(path, book)


def test_the_code_book_of_another_survey_says_how_much_of_it_fits(tmp_path):
    text = BOOK.read_text(encoding="utf-8")
    other = tmp_path / "ander.toml"
    other.write_text(text.replace("Wat is uw functie?", "Bent u tevreden?"), encoding="utf-8")

    with pytest.raises(DataError, match="(?s)of its 25 questions 24 have a column.*Bent u tev"):
        read_survey(SURVEY, other)


# --- counting ----------------------------------------------------------------------------

ROWS = pd.DataFrame(
    {
        "melding_id": ["1", "2", "2", "3", "4"],
        "gemeente": ["almelo", "almelo", "borne", "borne", "borne"],
        "received_on": pd.to_datetime(
            ["2022-01-10", "2022-02-10", "2022-02-11", "2022-05-10", "2022-05-11"]
        ),
        "topic": ["drugs", "drugs", "drugs", "afval", None],
    }
)


def test_without_gemeente_a_tip_counts_once_and_with_it_each_receipt():
    by_topic = mma.aggregate(ROWS, "topic").set_index("topic")
    by_gemeente = mma.aggregate(ROWS, ["gemeente", "topic"])

    assert by_topic["count"].to_dict() == {"afval": 1, "drugs": 2, "onbekend": 1}
    assert by_topic.loc["drugs", ["total", "share"]].to_list() == [4, 0.5]
    counts = by_gemeente.set_index(["gemeente", "topic"])["count"]
    assert counts["borne"].to_dict() == {"afval": 1, "drugs": 1, "onbekend": 1}
    assert counts["almelo"].to_dict() == {"afval": 0, "drugs": 2, "onbekend": 0}
    shares = by_gemeente.set_index(["gemeente", "topic"])["share"]
    assert shares[("almelo", "drugs")] == 1


def test_intervals_are_those_of_garwood_and_wilson():
    """Of 10: 4,80 to 18,39 (Garwood 1936); of 4 in 40: 3,96% to 23,05% (Wilson, by hand)."""
    rows = pd.DataFrame({"topic": ["drugs"] * 10 + ["afval"] * 30})
    drugs = mma.aggregate(rows, "topic").set_index("topic").loc["drugs"]
    assert drugs["count_low"].round(2) == 4.80
    assert drugs["count_high"].round(2) == 18.39

    few = pd.DataFrame({"topic": ["drugs"] * 4 + ["afval"] * 36})
    share = mma.aggregate(few, "topic").set_index("topic").loc["drugs"]
    assert round(share["share_low"], 4) == 0.0396
    assert round(share["share_high"], 4) == 0.2305


def test_periods_are_those_of_the_calendar_and_an_empty_one_is_a_zero():
    per_month = mma.aggregate(ROWS, "month").set_index("period")["count"]
    per_quarter = mma.aggregate(ROWS, "quarter").set_index("period")["count"]

    months = {"2022-01": 1, "2022-02": 1, "2022-03": 0, "2022-04": 0, "2022-05": 2}
    assert per_month.to_dict() == months
    assert per_quarter.to_dict() == {"2022-01/2022-03": 2, "2022-04/2022-06": 2}
    assert mma.aggregate(ROWS)["count"].to_list() == [4]


def test_with_an_edition_a_rate_is_of_the_connected_time_and_its_inhabitants(opened, monkeypatch):
    rows = opened.meldingen.row_level()
    table = mma.aggregate(rows, ["gemeente", "year"], opened)
    monkeypatch.setenv(ROOT_VARIABLE, str(opened.workspace.root))
    district = mma.aggregate(rows, edition=EXAMPLE)
    time = opened.measures["per_period"].set_index(["area", "period"])

    borne = table.set_index(["gemeente", "period"]).loc[("borne", "2022-07/2023-06")]
    months = time.loc[("borne", "2022-07/2023-06"), "connected_months"]
    assert borne["count"] == 11
    assert borne["per_month"] == pytest.approx(11 / months)
    years = time.loc[("twente", "whole"), "inhabitant_years"]
    assert district["count"].to_list() == [586]
    assert district["per_10000"].item() == pytest.approx(586 / years * 10_000)


def test_with_an_edition_only_what_is_known_is_a_zero(small):
    """Borne is connected since 1 February 2022, Losser does not say; others sent nothing."""
    opened = mma.edition("proef", root=small.root)
    table = mma.aggregate(opened.meldingen.row_level(), ["gemeente", "quarter"], opened)
    at = table.set_index(["gemeente", "period"])

    assert len(table) == 14 * 8
    counts = {name: at.loc[name, "count"].dropna().to_list() for name in ("borne", "losser")}
    assert counts == {"borne": [2, 0, 0, 0, 0, 0], "losser": [0, 0, 1, 0, 0, 0, 0, 1]}
    early = ["not_applicable", "not_applicable"]
    assert at.loc["borne", "state"].to_list() == early + ["shown"] * 6
    assert set(at.loc["almelo", "state"]) == {"missing"}
    assert at.loc["almelo", "count"].isna().all()


def test_a_rate_by_gemeente_and_quarter_is_of_its_own_days_and_inhabitants(small):
    """Two in the 59 days of February and March 2022, by who lived there on 14 February."""
    opened = mma.edition("proef", root=small.root)
    table = mma.aggregate(opened.meldingen.row_level(), ["gemeente", "quarter"], opened)
    at = table.set_index(["gemeente", "period"])

    first = at.loc[("borne", "2022-01/2022-03")]
    assert first["per_month"] == pytest.approx(2 / (59 / 30.4375))
    assert first["inhabitant_years"] == pytest.approx(59 / 365.25 * PEOPLE)
    assert first["per_10000"] == pytest.approx(2 / (59 / 365.25) / PEOPLE * 10_000)
    nothing = at.loc[("borne", "2022-04/2022-06")]
    assert nothing["per_month"] == 0
    # Garwood of 0: at most 3.69 in the 91 days of that quarter.
    assert nothing["per_month_high"] == pytest.approx(3.6889 / (91 / 30.4375), rel=1e-4)
    assert at.loc["losser", "per_month"].isna().all()


def test_a_field_that_a_gemeente_never_keeps_has_no_zeros(opened):
    """Borne has no column for it; Dinkelland has, and none of its sixteen was useless."""
    table = mma.aggregate(opened.meldingen.row_level(), ["gemeente", "usable"], opened)
    at = table.set_index(["gemeente", "usable"])

    states = at.loc["borne", "state"].to_dict()
    assert states == {"ja": "never", "nee": "never", "onbekend": "shown"}
    assert at.loc["borne", "count"].dropna().to_list() == [16]
    assert at.loc[("dinkelland", "nee"), ["count", "state"]].to_list() == [0, "shown"]


def test_whether_others_had_none_is_asked_and_then_a_zero(opened):
    drugs = opened.meldingen.row_level().query("topic_group == 'drugs' and gemeente == 'almelo'")

    with pytest.raises(UsageError, match="nor whether the others had none"):
        mma.aggregate(drugs, "gemeente", opened)
    others = mma.aggregate(drugs, "gemeente", opened, area="twente").set_index("gemeente")["count"]
    assert others.drop("almelo").to_list() == [0] * 13
    alone = mma.aggregate(drugs, "gemeente", opened, area=["Almelo", "Borne"])
    assert alone["gemeente"].to_list() == ["almelo", "borne"]
    with pytest.raises(UsageError, match="almelo"):
        mma.aggregate(drugs, "gemeente", opened, area="Borne")


def test_of_which_area_the_rows_are_is_asked_and_not_guessed(opened):
    borne = opened.meldingen.row_level().query("gemeente == 'borne'")

    with pytest.raises(UsageError, match=r"these rows are of borne.*area='twente'"):
        mma.aggregate(borne, "usable", opened)
    table = mma.aggregate(borne, "usable", opened, area="Borne")
    assert table["count"].sum() == 16


def test_rows_of_two_gemeenten_never_get_the_inhabitants_of_one(opened):
    rows = opened.meldingen.row_level()
    two = rows[rows["gemeente"].isin(["borne", "enschede"])]

    with pytest.raises(UsageError, match="of borne, enschede together there is no connected time"):
        mma.aggregate(two, "usable", opened, area=["Borne", "Enschede"])
    with pytest.raises(UsageError, match="enschede"):
        mma.aggregate(two, "usable", opened, area="Borne")


@pytest.mark.parametrize(
    ("rows", "by", "why"),
    [
        (ROWS, "topci", "no column 'topci'.*melding_id, gemeente, received_on, topic"),
        (ROWS, ["year", "month"], "one of these: year, month"),
        (ROWS[["topic"]], "year", "needs a column received_on"),
        (ROWS.assign(received_on="2022-01-10"), "year", "needs a column received_on with days"),
    ],
)
def test_what_cannot_be_counted_says_what_the_table_has(rows, by, why):
    with pytest.raises(UsageError, match=why):
        mma.aggregate(rows, by)


def test_rows_outside_the_evaluation_are_not_dropped_unseen(opened):
    early = ROWS.assign(received_on=ROWS["received_on"] - pd.Timedelta(days=3650))
    with pytest.raises(UsageError, match="5 rows were received outside 2021-07-01 to 2023-06-30"):
        mma.aggregate(early, ["gemeente", "year"], opened, area="twente")
    with pytest.raises(UsageError, match="5 rows were received outside"):
        mma.aggregate(early, "gemeente", opened, area="twente")


# --- doors of an edition -----------------------------------------------------------------


def test_a_page_is_opened_by_any_name_of_its_area(opened):
    for name in ("enschede", "Enschede", "GM0153"):
        assert opened.evaluation(name).gebied == "enschede"
    assert opened.evaluation("Twente").is_district
    with pytest.raises(UsageError, match="'Utrecht'"):
        opened.evaluation("Utrecht")


def test_who_writes_down_the_day_of_closing_is_who_the_report_counts(opened):
    registration = opened.registration
    curve = opened.meldingen.closing()
    released = opened.measures["time_to_close"].query("area == 'twente'")

    always = registration.query("field == 'closed_on' and registers == 'always'")["gemeente"]
    assert len(always) == released["gemeenten"].item() == curve["gemeenten"].max() == 8
    below_half = curve.loc[curve["still_open"] <= 0.5, "days"]
    assert below_half.min() == released["median_days"].item() == 32


def test_a_curve_of_closing_counted_by_hand():
    """Ten closed on days 1 to 10 and ten that wait: after day 5 15 of 20 are open."""
    from mma_analysis.measure import course_of_closing

    first = pd.Timestamp("2022-01-01")
    closed = [first + pd.Timedelta(days=day) for day in range(1, 11)]
    rows = pd.DataFrame(
        {
            "area": "borne",
            "gemeente": "borne",
            "status": ["afgesloten"] * 10 + ["lopend"] * 10,
            "received_on": first,
            "closed_on": pd.Series([*closed, *[pd.NaT] * 10], dtype="datetime64[us]"),
        }
    )

    curve = course_of_closing(rows, pd.Series({"borne": first + pd.Timedelta(days=100)}))

    assert curve.set_index("days").loc[5, "still_open"] == pytest.approx(15 / 20)
    assert curve["meldingen"].unique().tolist() == [20]


def test_a_row_that_is_not_there_says_which_rows_are(opened):
    e = opened.evaluation("enschede")

    with pytest.raises(AttributeError, match=r"kind='quarter'.*whole, year, half"):
        e.een("per_period", area="enschede", kind="quarter").count  # noqa: B018
    with pytest.raises(AttributeError, match="heeft 7 rijen"):
        e.een("per_period", area="enschede").count  # noqa: B018
    with pytest.raises(KeyError, match="bekend zijn: almelo"):
        e.tabel("per_period").mma[0]
