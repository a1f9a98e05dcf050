"""The library as a researcher meets it: quick to import, protected first, rows behind a door."""

import re
import subprocess
import sys

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
import pytest

import mma_analysis as mma
from docs_pages import blocks
from mma_analysis import measure
from mma_analysis.explore.opening import OpenEdition
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE
from mma_analysis.show.blocks import Chart, Table
from mma_analysis.vocabulary import DataError, UsageError

# Steps between two other steps of the pipeline: an example of one would be a pipeline.
ONLY_FOR_THE_PIPELINE = {
    *("Counts", "Frame", "RelationError", "connected_months", "counted", "first_receipts"),
    *("frame", "made", "of_frame", "exact_counts", "exact_tables", "public_counts"),
}


@pytest.fixture(scope="module")
def opened(workspace) -> OpenEdition:
    return mma.edition(EXAMPLE, root=workspace.root)


def test_what_the_readme_shows_a_researcher_runs(opened, monkeypatch):
    (block,) = blocks("README.md", "python")
    monkeypatch.setenv(ROOT_VARIABLE, str(opened.workspace.root))
    monkeypatch.setattr(mma, "edition", {opened.name: opened}.__getitem__)  # its plan is there

    names: dict[str, object] = {}
    exec(block, names)

    assert names["edition"] is opened


def loaded_by(door: str) -> set[str]:
    """The packages that are there after an import of the library and a first step."""
    script = (
        f"import sys; before = set(sys.modules)\nimport mma_analysis as mma\n{door}\n"
        "names = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*names - set(sys.stdlib_module_names))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8"
    )
    assert ended.returncode == 0, ended.stderr
    return {name for name in ended.stdout.split() if not name.startswith("_")} - {"mma_analysis"}


def test_opening_an_edition_loads_pandas_and_nothing_heavier(workspace):
    door = f"mma.edition('{EXAMPLE}', root=__import__('pathlib').Path({str(workspace.root)!r}))"

    heavy = loaded_by(f"print(end=repr({door}.measures['trend'])[:0])") & {
        *("plotly", "scipy", "statsmodels", "great_expectations", "papermill", "nbconvert"),
        *("ipywidgets", "itables", "IPython", "matplotlib"),
    }

    assert heavy == set()


def test_the_names_that_a_researcher_needs_are_listed_and_are_there():
    assert dir(mma) == mma.__all__
    assert all(getattr(mma, name) is not None for name in mma.__all__)
    with pytest.raises(AttributeError, match="edition"):
        mma.editie  # noqa: B018


def test_every_public_function_of_the_library_has_an_example_that_runs():
    functions = [getattr(mma, name) for name in mma.__all__ if callable(getattr(mma, name))]
    functions += [getattr(measure, name) for name in measure.__all__]

    without = {f.__name__ for f in functions if callable(f) and ">>>" not in (f.__doc__ or "")}

    assert without == ONLY_FOR_THE_PIPELINE


def test_an_edition_says_what_it_holds_in_text_and_in_html(opened):
    assert "voorbeeld-2023: Evaluatie MMA 2023" in repr(opened)
    assert "<th scope='row'" in opened._repr_html_()
    assert "Trend in het district" in repr(opened.measures)
    assert ".row_level()" in repr(opened.meldingen)
    assert repr(opened.evaluation("enschede")).startswith("<Enschede, voorbeeld-2023, openbaar:")


def test_a_table_is_found_by_name_as_one_of_ones_own_and_a_wrong_name_is_explained(opened):
    table = opened.measures["trend"]
    assert "per_period" in dir(opened.measures)
    assert opened.measures.trend.equals(table)
    table["change"] = 99.0
    assert (opened.measures["trend"]["change"] != 99.0).all()

    with pytest.raises(KeyError, match="per_period"):
        opened.measures["per_periode"]
    with pytest.raises(AttributeError, match="per_period"):
        opened.measures.per_periode  # noqa: B018


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

    assert list(table) == ["area", "drugs", "usable", "count", "state", "basis", "in_report"]
    keys = ["area", "drugs", "usable"]
    named = table.assign(drugs=table["drugs"] == "ja").set_index(keys)["count"]
    truth = truth.rename_axis(keys)
    # What does not occur has no row.
    assert set(named.index) == set(truth.index)
    assert ((named - truth).abs() <= 4).all()
    assert not named.between(1, 4).any()


def test_the_same_meldingen_have_the_same_number_whatever_way_they_are_asked_for(opened):
    rows = opened.meldingen.row_level()
    of_drugs = rows[rows["topic_group"] == "drugs"].sample(frac=1, random_state=1)

    plain = opened.meldingen.count("topic_group").set_index("topic_group")["count"]
    filtered = opened.meldingen.count("y", "topic_group", rows=of_drugs.assign(y="z"))

    assert filtered["count"].to_list() == [plain["drugs"]]


@pytest.mark.parametrize(
    ("by", "change", "why"),
    [
        (["topic"], lambda rows: rows.sample(frac=1, random_state=1).reset_index(), "row_level"),
        (["topic_grp"], None, "topic_group"),
        ([], None, "by what"),
        ([["topic_group", "usable"]], None, "name each column apart"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(opened, by, change, why):
    rows = change(opened.meldingen.row_level()) if change else None

    with pytest.raises(UsageError, match=why):
        opened.meldingen.count(*by, rows=rows)


@pytest.mark.parametrize("name", ["gemeente", "grootte"])
def test_a_column_that_tells_the_gemeente_is_asked_per_gemeente(opened, name):
    """One tip of two gemeenten counts at one of them: beside what each received that tells."""
    rows = opened.meldingen.row_level()
    rows["grootte"] = rows["gemeente"].isin(["enschede", "hengelo", "almelo"])

    with pytest.raises(UsageError, match=f"'{name}' tells the gemeente.*per_gemeente=True"):
        opened.meldingen.count(name, "usable", rows=rows)


@pytest.mark.parametrize(
    "made",
    [
        lambda rows: rows,
        lambda rows: rows[["gemeente", "received_on", "topic"]],
        lambda rows: rows.rename(columns={"place": "plaats", "melding_id": "id"})[["plaats", "id"]],
        lambda rows: rows.query("gemeente == 'borne'")[["topic"]].assign(n=1),
    ],
)
def test_rows_are_not_saved_also_without_the_columns_that_name_them(opened, tmp_path, made):
    rows = opened.meldingen.row_level()

    assert len(rows) == 601
    with pytest.raises(UsageError, match="single tips"):
        mma.save(made(rows), tmp_path / "rijen.csv")
    assert list(tmp_path.iterdir()) == []


# --- saving, and the bench -----------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_a_table_is_saved_in_the_format_of_its_name(opened, tmp_path, ending):
    path = mma.save(opened.measures["trend"], tmp_path / "nieuw" / f"trend{ending}")

    assert path.stat().st_size > 0


def chart_of(figure: go.Figure, key: list[tuple[str, str]]) -> Chart:
    table = Table("Tabel", ["Soort"], [["a"]])
    return Chart("A < B & C", "meldingen <b>", figure, 'Een "staaf"', table, "Bron: <i>", key)


def test_the_page_of_a_chart_says_what_is_around_it_and_all_of_it_is_text(tmp_path):
    chart = chart_of(go.Figure(go.Bar(y=[1])), [("Drugs & wapens", "#112233")])

    page = mma.save(chart, tmp_path / "staaf.html").read_text(encoding="utf-8")
    around = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)

    assert page.startswith('<!doctype html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">')
    assert "<title>A &lt; B &amp; C</title>" in around
    assert "<h1>A &lt; B &amp; C</h1>\n<p>meldingen &lt;b&gt;</p>" in around
    assert "■</span> Drugs &amp; wapens</li>" in around
    assert 'aria-label="Een &quot;staaf&quot;"' in around
    assert "<figcaption>Bron: &lt;i&gt;</figcaption>" in around
    assert re.findall(r'(?:src|href)="', around) == []
    assert "<script src=" not in page
    assert '"showSendToCloud": false' in page

    bare = mma.save(chart_of(go.Figure(), []), tmp_path / "staaf.html").read_text("utf-8")
    assert "</p>\n<figure>" in bare


@pytest.mark.parametrize(
    ("layout", "titles"),
    [({"title": {"text": "A < B"}}, ["<title>A &lt; B</title>"]), ({}, [])],
)
def test_a_bare_figure_is_a_page_named_after_its_own_title(tmp_path, layout, titles):
    figure = go.Figure(go.Bar(y=[1]), layout)

    page = mma.save(figure, tmp_path / "staaf.html").read_text(encoding="utf-8")

    assert '"showSendToCloud": false' in page
    assert re.findall("<title>.*?</title>", page.partition("</head>")[0]) == titles
    assert "<script src=" not in page


@pytest.mark.parametrize(("thing", "name"), [("text", "x.csv"), (pd.DataFrame(), "x.docx")])
def test_what_cannot_be_saved_is_refused(tmp_path, thing, name):
    with pytest.raises(UsageError):
        mma.save(thing, tmp_path / name)


def test_no_figure_beside_the_bench_has_a_button_that_sends_its_numbers_away(workspace):
    shown = mma.bench(EXAMPLE, root=workspace.root)

    (drawn,) = shown._drawing.outputs[0]["data"].values()
    assert drawn["config"]["showSendToCloud"] is False
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


@pytest.mark.parametrize("area", ["twente", "enschede", "borne", "wierden"])
def test_everything_that_can_be_chosen_is_shown(workspace, area):
    from mma_analysis.show import exploring

    e = mma.edition(EXAMPLE, root=workspace.root).evaluation(area)

    for breakdown in exploring.breakdowns(e):
        for kind in exploring.kinds(e, breakdown):
            lines = exploring.lines(e, breakdown, kind)
            assert lines
            assert exploring.figure(lines, kind).data
            assert len(exploring.table(lines, breakdown)) == len(lines)
