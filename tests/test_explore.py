"""The library as a researcher meets it: quick to import, protected first, rows behind a door."""

import re
from functools import partial
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import plotly.io as pio
import pytest
from conftest import PROJECT, python
from markupsafe import Markup

import mma_analysis as mma
from docs_pages import blocks
from mma_analysis import evaluation, measure
from mma_analysis.evaluation.tables import RELEASED
from mma_analysis.explore.open_edition import OpenEdition
from mma_analysis.explore.save import OwnWork
from mma_analysis.explore.workbench import _sentences
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE, Edition, load
from mma_analysis.show.figure import PLOTLY, outputs
from mma_analysis.show.text import notebook
from mma_analysis.vocabulary import DataError, UsageError
from says import says


@pytest.fixture(scope="module")
def opened(workspace) -> OpenEdition:
    return mma.edition(EXAMPLE, root=workspace.root)


def test_what_the_readme_shows_a_researcher_runs(opened, monkeypatch):
    monkeypatch.chdir(PROJECT)
    monkeypatch.setenv(ROOT_VARIABLE, str(opened.workspace.root))
    monkeypatch.setattr(mma, "edition", {opened.name: opened}.__getitem__)  # its plan is there

    names: dict[str, object] = {}
    for block in blocks("README.md", "python"):
        exec(block, names)

    assert names["edition"] is opened
    assert repr(names["cleaned"]) == "16 meldingen, 1 rejected, 0 duplicates, 0 warnings"


OPEN = f"import mma_analysis as mma; repr(mma.edition('{EXAMPLE}').measures['trend'])"
HELP = "import sys; sys.argv = ['mma', '--help']; from mma_analysis.cli import main; main()"
HEAVY = {"plotly", "scipy", "great_expectations", "papermill", "nbconvert"}


@pytest.mark.parametrize(("script", "is_needed"), [(OPEN, {"pandas"}), (HELP, set())])
def test_help_and_opening_an_edition_wait_for_no_library_that_is_heavy(
    workspace, monkeypatch, script, is_needed
):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    imported = python("-X", "importtime", "-c", script, check=True).stderr

    loaded = {line.split("|")[-1].strip() for line in imported.splitlines()}
    assert loaded & {*HEAVY, "IPython", "pandas"} == is_needed


def test_the_names_that_a_researcher_needs_are_listed_and_are_there():
    assert dir(mma) == mma.__all__
    assert all(getattr(mma, name) is not None for name in mma.__all__)
    with pytest.raises(AttributeError, match="edition"):
        mma.editie  # noqa: B018


def test_an_edition_says_what_it_holds_and_a_wrong_name_is_explained(opened):
    assert "voorbeeld-2023: Evaluatie MMA 2023" in repr(opened)
    assert "Trend in het district" in repr(opened.measures)
    with pytest.raises(DataError, match="per_period"):
        opened.measures["per_periode"]
    assert ".row_level()" in repr(opened.meldingen)
    assert repr(opened.evaluation("enschede")).startswith("Enschede, voorbeeld-2023, openbaar\n")


def test_an_edition_that_was_not_prepared_says_what_to_run(tmp_path, workspace):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "raw").symlink_to(workspace.root / "data" / "raw")

    with pytest.raises(DataError, match="mma prepare voorbeeld-2023"):
        mma.edition(EXAMPLE, root=tmp_path)


# --- rows, and questions -------------------------------------------------------------------------


@pytest.mark.parametrize("per_gemeente", [False, True])
def test_a_count_is_near_the_one_made_by_hand_and_never_small(opened, per_gemeente):
    rows = opened.meldingen.row_level()
    rows["drugs"] = rows["topic_group"] == "drugs"
    first = rows.sort_values(["received_on", "gemeente", "source_file", "source_row"])
    counted = [first.drop_duplicates("melding_id").assign(gemeente="twente")]
    counted += [rows] if per_gemeente else []
    truth = pd.concat(counted).groupby(["gemeente", "drugs", "usable"]).size()

    table = opened.meldingen.count("drugs", "usable", rows=rows, per_gemeente=per_gemeente)

    assert list(table) == ["area", "drugs", "usable", "count", "off", "state", "in_report"]
    keys = ["area", "drugs", "usable"]
    named = table.assign(drugs=table["drugs"] == "ja").set_index(keys)["count"]
    truth = truth.rename_axis(keys)
    # What does not occur has a row as well: that a row is there says nothing.
    areas = len(truth.index.unique("area"))
    assert len(named) == areas * 2 * 3 > len(truth) - (not per_gemeente)
    assert set(table["off"]) == {4}
    assert ((named - truth.reindex(named.index, fill_value=0)).abs() <= 4).all()
    assert not named.between(1, 4).any()


TELLS = says("count_gemeente", name="large")


@pytest.mark.parametrize(
    ("by", "change", "why"),
    [
        (["topic"], lambda rows: rows.sample(frac=1, random_state=1).reset_index(), "row_level"),
        (["topic_grp"], None, "topic_group"),
        (["topic_as_delivered"], None, "er is geen kolom"),
        ([], None, says("count_by_what")),
        ([["topic_group", "usable"]], None, says("count_apart")),
        (["received_on", "topic"], None, "van de 601 meldingen apart"),
        (["topic"], lambda rows: rows.iloc[:4], "weinig meldingen aan .4."),
        (["topic"], lambda rows: rows.iloc[2:], "weinig meldingen aan .2."),
        (["it"], lambda rows: rows.assign(it=rows.index == 0), "weinig meldingen aan .1."),
        # The same by the name of a column that is there, and in a gemeente of one's own.
        (
            ["usable"],
            lambda rows: rows.assign(usable=[*["ja"], *["nee"] * 600]),
            "weinig meldingen aan .1.",
        ),
        (["usable"], lambda rows: rows.assign(gemeente="borne"), says("count_rows")),
        (["it"], lambda rows: rows.assign(it=[[1]] + [[2]] * 600), "weinig meldingen aan .1."),
        # One tip of two gemeenten counts at one of them: beside what each received that tells.
        (["large", "usable"], lambda rows: rows.assign(large=rows["gemeente"] == "almelo"), TELLS),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(opened, by, change, why):
    rows = change(opened.meldingen.row_level()) if change else None

    with pytest.raises(UsageError, match=why):
        opened.meldingen.count(*by, rows=rows)


@pytest.mark.parametrize(
    "made",
    [
        lambda rows: rows,
        lambda rows: rows[["gemeente", "received_on", "topic"]],
        lambda rows: rows.rename(columns={"place": "plaats", "melding_id": "id"})[["plaats", "id"]],
        lambda rows: rows.query("gemeente == 'borne'")[["topic"]].assign(n=1),
        # These have no mark: pandas does not hand it on.
        lambda rows: rows.merge(rows[["melding_id"]])[["topic", "received_on"]],
        lambda rows: pd.DataFrame({"topic_as_delivered": rows["topic_as_delivered"]}),
        lambda rows: rows.merge(rows[["melding_id"]]).set_index("melding_id")[["topic"]],
    ],
)
def test_rows_are_not_saved_also_without_the_columns_that_name_them(opened, tmp_path, made):
    rows = opened.meldingen.row_level()

    assert len(rows) == 601
    with pytest.raises(UsageError, match="losse meldingen"):
        mma.save(made(rows), tmp_path / "rijen.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_figure_with_rows_in_it_is_not_saved(opened, tmp_path):
    rows = opened.meldingen.row_level().query("gemeente == 'borne'")
    figure = px.scatter(rows, x="topic", y="result", hover_data=["melding_id"])

    for ending in (".html", ".json"):
        with pytest.raises(UsageError, match="melding_id"):
            mma.save(figure, tmp_path / f"figuur{ending}")
    assert list(tmp_path.iterdir()) == []


# --- saving, and the bench -----------------------------------------------------------------------


def around_of(page: str) -> str:
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_the_page_of_a_figure_says_what_was_around_it_and_all_of_it_is_text(tmp_path):
    figure = go.Figure(go.Bar(x=[5], y=["Drugs & wapens"], orientation="h"))
    table = pd.DataFrame({"soort": ["Drugs & <wapens>"], "count": [5]})
    words = {"titel": "A &lt; B &amp; C", "eenheid": "*meldingen*", "noot": "Noot.", "bron": "wij."}
    outputs(notebook(), figure, table, words, {"soort": "Soort", "count": "Aantal"})

    page = mma.save(figure, tmp_path / "staaf.html").read_text(encoding="utf-8")
    around = around_of(page)

    assert page.startswith('<!doctype html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">')
    assert "<title>A &lt; B &amp; C</title>" in around
    assert "<h1>A &lt; B &amp; C</h1>\n<p>*meldingen*</p>" in around
    assert 'aria-label="Drugs &amp; wapens 5."' in around
    assert "<figcaption>Noot. Bron: wij.</figcaption>" in around
    head = '<th scope="row">Drugs &amp; &lt;wapens&gt;</th>'
    assert f'{head}<td data-label="Aantal" class="woord">5</td>' in around
    assert re.findall(r'(?:src|href)="', around) == []
    assert "<script src=" not in page
    assert '"showSendToCloud": false' in page


def test_a_bare_figure_is_a_page_named_after_its_own_title_or_file(tmp_path):
    for layout, title in (({"title": {"text": "A < B"}}, "A &lt; B"), ({}, "staaf")):
        path = mma.save(go.Figure(go.Bar(y=[1]), layout), tmp_path / "staaf.html")
        assert f"<h1>{title}</h1>" in around_of(path.read_text(encoding="utf-8"))


def test_a_table_is_saved_in_a_folder_of_its_own_as_it_is(tmp_path):
    table = pd.DataFrame({"area": ["borne"], "count": [15]})
    table.attrs[RELEASED] = True
    read_excel = partial(pd.read_excel, engine="openpyxl")
    for ending, read in ((".xlsx", read_excel), (".parquet", pd.read_parquet)):
        path = mma.save(table, tmp_path / "nieuw" / f"tabel{ending}")
        pd.testing.assert_frame_equal(read(path), table)


def test_a_csv_opens_in_a_dutch_excel_and_no_text_becomes_a_formula(opened, tmp_path):
    rates = opened.measures["per_period"].query("area == 'enschede' and period == 'whole'")
    table = rates.assign(**{"=2+2": "=1+1"})[["=2+2", "count", "per_month"]]
    table["per_month"] = table["per_month"].round(1)

    for name in ("tabel.csv", "tabel.xlsx"):
        mma.save(table, tmp_path / name)
    kept = (tmp_path / "tabel.csv").read_text(encoding="utf-8-sig")

    # 180 in the 418 days since 9 May 2022, which are 13,7 months
    assert kept == "'=2+2;count;per_month\n'=1+1;180;13,1\n"
    read = pd.read_excel(tmp_path / "tabel.xlsx", engine="openpyxl")
    assert read["'=2+2"].to_list() == ["'=1+1"]


def ways(opened: OpenEdition) -> dict[str, pd.DataFrame]:
    """What is usually made of released tables."""
    drugs = opened.measures["per_topic_group"].query("value == 'drugs'")
    totals = opened.measures["per_period"]
    both = drugs.merge(totals, on=["area", "period"])
    return {
        "chosen": drugs[["area", "count"]],
        "merged": both,
        "with areas": drugs.merge(opened.areas, on="area"),
        "summed": drugs.groupby("area")["count"].sum().reset_index(),
        "wide": drugs.pivot_table("count", "area", "period"),
        "stacked": pd.concat([drugs, totals]),
        "areas": opened.areas,
        "of a page": opened.evaluation("borne").tabel("per_period", area="borne"),
    }


def test_a_released_table_and_what_is_usually_made_of_it_is_kept(opened, tmp_path):
    for name, table in ways(opened).items():
        assert mma.save(table, tmp_path / f"{name}.csv").is_file()


OWN_COUNTS = {
    "size": lambda rows: rows.groupby("topic_group").size().reset_index(name="n"),
    "agg": lambda rows: rows.groupby("topic_group").agg(n=("topic", "size")).reset_index(),
    "value_counts": lambda rows: rows["topic_group"].value_counts().reset_index(name="n"),
    "crosstab": lambda rows: pd.crosstab(rows["topic_group"], rows["usable"]),
    "per gemeente": lambda rows: rows.groupby("gemeente").size().reset_index(name="n"),
    "aggregate": lambda rows: mma.aggregate(rows, "topic_group"),
    "exact": lambda rows: measure.exact_tables(rows, measure.frame(settings_of_example()))[
        "per_period"
    ],
}


OF_ENSCHEDE = [
    "per_period", "as_often", "costs", "gemeente_trends", "time_to_close", "own_choices",
    "own_delivery", "own_fields", "own_findings", "own_responses", "own_themes",
]  # fmt: skip


@pytest.mark.parametrize("name", OF_ENSCHEDE)
def test_what_only_a_gemeente_may_see_is_no_released_table(opened, tmp_path, name):
    own = opened.evaluation("enschede", "intern")
    with_cells = own[name]
    columns = [name for name in with_cells if not str(name).startswith("off")]

    for table in (with_cells, with_cells[columns], pd.concat([opened.areas, with_cells])):
        with pytest.raises(UsageError, match=says("save_own")):
            mma.save(table, tmp_path / "eigen.csv")
    assert list(tmp_path.iterdir()) == []


def test_answers_put_together_or_beside_a_released_table_are_own_work(opened, tmp_path):
    fields = ("result", "usable")
    answers = [opened.meldingen.count("topic_group", field) for field in fields]
    released = opened.measures["per_topic_group"][["area", "value", "cell", "off"]]
    beside = answers[0].drop(columns="off").merge(released, on="area")

    for table in (pd.concat(answers), beside):
        with pytest.raises(UsageError, match=says("save_own")):
            mma.save(table, tmp_path / "antwoorden.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_figure_of_rows_is_refused_as_a_table_of_rows_is(opened, tmp_path):
    rows = opened.meldingen.row_level()
    figure = px.histogram(rows, x="topic", color="gemeente", facet_row="result")

    with pytest.raises(UsageError, match=says("save_columns", columns="gemeente, result, topic")):
        mma.save(figure, tmp_path / "figuur.json")
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_save_that_has_no_mark_is_own_work(opened, tmp_path):
    measures = opened.measures
    nothing = measures["per_period"].merge(measures["costs"].head(0), on="area")

    mma.save(nothing, tmp_path / "leeg.csv", own=True)
    assert len(pd.read_csv(tmp_path / "leeg.csv", sep=";")) == 0


def settings_of_example() -> Edition:
    return load(PROJECT / "data" / "raw" / EXAMPLE)


@pytest.mark.parametrize("made", OWN_COUNTS.values(), ids=OWN_COUNTS)
def test_what_somebody_counted_from_rows_is_kept_only_when_they_say_that_it_may(
    opened, tmp_path, made
):
    table = made(opened.meldingen.row_level())

    with pytest.raises(UsageError, match="own=True"):
        mma.save(table, tmp_path / "eigen.csv")
    assert list(tmp_path.iterdir()) == []


def test_own_work_is_kept_with_own_and_a_warning(tmp_path):
    with pytest.raises(UsageError, match="own=True"):
        mma.save(pd.DataFrame({"n": [1]}), tmp_path / "eigen.csv")
    with pytest.warns(OwnWork, match="eigen werk"):
        assert mma.save(pd.DataFrame({"n": [1]}), tmp_path / "eigen.csv", own=True).is_file()


@pytest.mark.parametrize(("thing", "name"), [("text", "x.csv"), (pd.DataFrame(), "x.docx")])
def test_what_cannot_be_saved_is_refused(tmp_path, thing, name):
    with pytest.raises(UsageError):
        mma.save(thing, tmp_path / name)


def test_no_figure_beside_the_bench_has_a_button_that_sends_its_numbers_away(workspace):
    shown = mma.bench(EXAMPLE, root=workspace.root)

    (drawn,) = (one["data"][PLOTLY] for one in shown._drawing.outputs if PLOTLY in one["data"])
    assert drawn["config"] == {"showSendToCloud": False, "displaylogo": False}  # and a PNG
    for name in ("jupyterlab", "plotly_mimetype", "notebook"):
        assert pio.renderers[name].config["showSendToCloud"] is False


def test_the_bench_offers_only_what_there_is_and_keeps_a_choice_that_stays(workspace):
    bench = mma.bench(EXAMPLE, root=workspace.root).choose(uitsplitsing="topic", periode="whole")
    assert bench.table["Meldingen"].sum() > 0

    bench.choose(gebied="enschede")

    assert bench.choices["uitsplitsing"].value == "totaal"
    assert bench.table["Meldingen"].to_list() == [180]  # of 182
    bench.choose(uitsplitsing="usable", gebied="twente")
    assert bench.choices["uitsplitsing"].value == "usable"


def test_the_bench_says_how_the_change_of_a_gemeente_was_computed(workspace):
    """Where all together have no clear change, nor has one of them."""
    e = evaluation.load("enschede", EXAMPLE, workspace=workspace)
    trends = e["gemeente_trends"]
    is_enschede = trends["area"] == "enschede"
    seen = {"change": 0.02, "low": -0.2, "high": 0.3, "verdict": "no_change"}
    trends.loc[is_enschede, list(seen)] = list(seen.values())
    e._tables["gemeente_trends"] = trends

    said = Markup(_sentences(e, is_drawn=True)).striptags()

    assert "Verandering per jaar: +2% (−20% tot +30%), geen duidelijke verandering." in said
    assert "Dat is berekend samen met de andere gemeenten." in said


def test_the_bench_says_of_an_area_what_its_tables_say(workspace):
    """As a reader reads it; rates and intervals are those of the released tables."""
    bench = mma.bench(EXAMPLE, "enschede", workspace.root).choose(uitsplitsing="topic_group")
    said = Markup(bench._sentences.value).striptags()
    row = mma.edition(EXAMPLE, workspace.root).measures["per_period"].query("area == 'enschede'")
    rate = row.query("kind == 'whole'")["per_month"].item()

    assert said.startswith("Enschede, juli 2021 tot en met juni 2023: 180 meldingen. Dat is")
    assert f"{rate:.1f}".replace(".", ",") in said
    assert "Of het er per jaar meer of minder worden, is niet te zeggen." in said
    around = bench.figure.layout["meta"]
    assert around["title"] == "Onderwerp (hoofdgroep) in Enschede"
    assert "tabblad ‘Per hoofdgroep’" in around["source"]
    assert "is niet te zeggen" in bench.choose(gebied="borne")._sentences.value  # 15 meldingen


@pytest.mark.parametrize("area", ["twente", "enschede", "borne", "wierden"])
def test_everything_that_can_be_chosen_is_shown(workspace, area):
    bench = mma.bench(EXAMPLE, area, workspace.root)

    for _, breakdown in bench.choices["uitsplitsing"].options:
        bench.choose(uitsplitsing=breakdown)
        for _, kind in bench.choices["periode"].options:
            bench.choose(periode=kind)
            counts = bench.table["Meldingen"]
            assert len(counts)
            assert (bench.table["Toestand"].eq("getoond") == counts.notna()).all()
            traces: Any = bench.figure.data
            bars = [bar for trace in traces for bar in trace.x]
            assert sorted(bars) == sorted(counts.dropna())
            assert bool(bench._drawing.outputs) == counts.gt(0).any()
            assert ("Er is geen figuur" in bench._sentences.value) != counts.gt(0).any()


def test_of_a_pivot_the_names_of_its_rows_are_kept(opened, tmp_path):
    pivot = opened.meldingen.count("topic_group", "usable").pivot_table(
        "count", "topic_group", "usable"
    )

    kept = pd.read_csv(mma.save(pivot, tmp_path / "breed.csv"), sep=";")

    assert list(kept) == ["topic_group", *pivot.columns]


def test_a_choice_that_is_not_there_is_said_with_what_there_is(workspace):
    bench = mma.bench(EXAMPLE, root=workspace.root)
    for chosen in ({"area": "borne"}, {"gebied": "borner"}):
        with pytest.raises(UsageError, match="bestaat hier niet"):
            bench.choose(**chosen)


def test_the_bench_shows_numbers_as_a_page_does_and_keeps_them_as_numbers(workspace):
    """Of 585 meldingen in 226,07 connected months 2,6 a month; of 305 in 585 that is 52%."""
    bench = mma.bench(EXAMPLE, root=workspace.root)
    assert "<td>585</td>" in bench._rows.value
    assert "<td>2,6</td>" in bench._rows.value
    assert bench.table["Per maand"].round(1).to_list() == [2.6]

    bench.choose(uitsplitsing="topic_group")

    (drugs,) = bench.table.query("Waarde == 'Drugs'").to_dict("records")
    assert drugs["Meldingen"] == 305
    assert "<td>52%</td>" in bench._rows.value
    assert not re.search(r"<td>\d+\.\d+</td>", bench._rows.value)


def test_a_button_of_the_bench_saves_the_figure_and_the_table_that_are_shown(
    workspace, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    bench = mma.bench(EXAMPLE, "enschede", workspace.root).choose(uitsplitsing="topic_group")

    bench.save_button.click()

    name = f"eigen/{EXAMPLE}-enschede-topic_group-whole"
    saved = bench.children[-1].children[-1]
    assert saved.value == f"Bewaard: {name}.csv en {name}.html"
    rows = pd.read_csv(tmp_path / f"{name}.csv", sep=";", encoding="utf-8-sig")
    assert rows["Meldingen"].to_list() == bench.table["Meldingen"].to_list()
    assert "Onderwerp (hoofdgroep) in Enschede" in (tmp_path / f"{name}.html").read_text("utf-8")
    # Another choice is not saved yet.
    bench.choose(gebied="borne")
    assert saved.value == ""
    assert sorted(path.suffix for path in (tmp_path / "eigen").iterdir()) == [".csv", ".html"]
