"""Numbers that are not those of their cell are caught on pages, in figures, files and the annex."""

import base64
import json
import shutil
import struct
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest

from audit_pages import edition_in, page, workbook, write
from audit_plants import Plant, instead, says
from mma_analysis.audit import audit
from mma_analysis.audit.cells import typed
from mma_analysis.audit.collecting.figures import figure_content
from mma_analysis.audit.collecting.opening import collect
from mma_analysis.settings import Edition
from mma_analysis.vocabulary import DataError

DISTRICT, INTERN, BOOK = (
    "openbaar/district.html",
    "intern/borne/borne.html",
    "openbaar/bijlage.xlsx",
)
ALL, OF_BORNE = "per_period|twente|whole#count", "per_period|borne|whole#count"
RESULT = "per_follow_up|twente|whole|result|"
YES, PARTLY, HIDDEN = (f"{RESULT}{one}#count" for one in ("bevestigd", "deels", "onbekend"))
SHARE, CHANGE = f"{RESULT}bevestigd#share", "trend|twente#change"
VERDICT, COUNTED = "trend|twente#verdict", "tel(per_period;state=shown)"
TOGETHER = f"({YES} + {PARTLY}) / {ALL}"

# --- released tables, written by hand ------------------------------------------------------------

PERIODS = [("twente", 75), ("almelo", 50), ("borne", 10), ("enschede", 15)]
RESULTS = [
    ("bevestigd", 30, 0.4, 0.3, 0.5),
    ("deels", 15, 0.2, 0.1, 0.3),
    ("onbekend", *[None] * 4),
]


def periods(counts: list[tuple[str, int]]) -> pd.DataFrame:
    rows = [(area, "whole", count, "shown", f"per_period|{area}|whole") for area, count in counts]
    return pd.DataFrame(rows, columns=["area", "period", "count", "state", "cell"])


def results() -> pd.DataFrame:
    columns = ["value", "count", "share", "share_low", "share_high"]
    table = pd.DataFrame(RESULTS, columns=columns).assign(area="twente", total=75)
    state = table["count"].isna().map({True: "hidden", False: "shown"})
    return table.assign(state=state, cell=RESULT + table["value"])


def tables_in(folder: Path) -> Path:
    """What everybody may see, and of Borne also what is exact: 8."""
    trend = {"area": ["twente"], "change": [0.06], "low": [-0.14], "high": [0.3]}
    trend |= {"verdict": ["no_change"], "cell": ["trend|twente"]}
    public = {"per_period": periods(PERIODS), "per_follow_up": results()}
    for name, table in {**public, "trend": pd.DataFrame(trend)}.items():
        (folder / "measures").mkdir(parents=True, exist_ok=True)
        table.to_parquet(folder / "measures" / f"{name}.parquet")
    own = folder / "measures_intern" / "borne" / "tables.zip"
    own.parent.mkdir(parents=True)
    with ZipFile(own, "w") as packed:
        packed.writestr("per_period.parquet", periods([("borne", 8)]).to_parquet())
    return folder


# --- a page as notebooks make them, written by hand ----------------------------------------------


def v(cell: str, value: object, words: str, form: str = "") -> str:
    said = f' data-form="{form}"' if form else ""
    return f'<data class="v" value="{value}" data-cell="{escape(cell)}"{said}>{words}</data>'


def absent(cell: str, state: str, words: str = "·") -> str:
    return f'<span class="v" data-state="{state}" data-cell="{cell}">{words}</span>'


def drawing() -> dict[str, Any]:
    """Two bars with their intervals, a line between two values, and a line at nothing."""
    ids = [SHARE, f"{RESULT}deels#share"]
    bars = {"type": "bar", "orientation": "h", "x": [0.4, 0.2], "y": ["Bevestigd", "Deels"]}
    bars |= {"customdata": ids, "text": ["40%", "20%"], "hovertemplate": "%{y}: %{x:.0%}"}
    bars |= {"error_x": {"array": [0.1, 0.1], "arrayminus": [0.1, 0.1]}}
    line = {
        "type": "scatter",
        "meta": "x",
        "x": [-0.14, 0.3],
        "y": [2, 2],
        "text": ["", "−14%–+30%"],
    }
    line |= {"customdata": [f"{CHANGE}:low", f"{CHANGE}:high"]}
    axis = {"type": "scatter", "meta": "decor", "orientation": "h", "x": [0, 0], "y": [0, 2]}
    note = {"text": "Bevestigd 40%", "x": 0, "xref": "paper", "y": 1}
    return {"data": [bars, line, axis], "layout": {"annotations": [note]}}


def figure(
    drawn: dict[str, Any], lines: str = "Resultaat;Aandeel\r\nBevestigd;0,4\r\nDeels;0,2\r\n"
):
    rows = [("Bevestigd", v(SHARE, 0.4, "40%")), ("Deels", v(f"{RESULT}deels#share", 0.2, "20%"))]
    body = "".join(f'<tr><th scope="row">{name}</th><td>{cell}</td></tr>' for name, cell in rows)
    packed = base64.b64encode(("\ufeff" + lines).encode()).decode()
    return (
        '<figure id="fig-weg"><figcaption><span class="nr">Figuur 1</span></figcaption>\n'
        '<div class="plot" role="img" aria-label="Staven. Bevestigd: 40%. Deels: 20%."></div>\n'
        f'<script type="application/json" class="drawing">{json.dumps(drawn)}</script>\n'
        f'<a download="weg.csv" href="data:text/csv;base64,{packed}">CSV</a>\n'
        f"<table><thead><tr><th>Resultaat</th><th>Aandeel</th></tr></thead><tbody>{body}</tbody></table></figure>\n"
    )


PARAGRAPHS = f"""<h2>Opvolging</h2>
<p>In Twente kwamen {v(ALL, 75, "75")} meldingen binnen van juli 2021 tot en met juni 2022.</p>
<p>Daarvan klopte {v(TOGETHER, 0.6, "60%", "share")}, met 95% zekerheid.</p>
<p>Per jaar {v(CHANGE, 0.06, "+6%")}: {v(VERDICT, "no_change", "geen duidelijke verandering")}.</p>
<p>Niet bekend: {absent(HIDDEN, "hidden")}. Het zijn {v(COUNTED, 4, "vier", "word")} rijen, tot en
met {v("instelling|peildatum", "2022-06-30", "30 juni 2022")}.</p>
<p>Wij vroegen {v("vast|wie wij belden", "3", "3")} gemeenten.</p>
<p>Meer meldingen betekent niet dat er meer misdaad is.</p>
<table><tr><td class="balk" style="--deel:40.0%">{v(SHARE, 0.4, "40%")}</td></tr></table>
"""


def sheet(count: int) -> Callable[[Any, Any], None]:
    def extra(book: Any, _: Any) -> None:
        other = book.add_worksheet("Per periode")
        other.write_row(0, 0, ["Vindplaats", "Gebied", "Aantal"])
        other.write_row(1, 0, ["per_period|borne|whole", "Borne", count])

    return extra


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[Edition, Path, Path]:
    folder = tmp_path_factory.mktemp("cells")
    edition, reports = edition_in(folder / "proef"), folder / "reports"
    write(reports / DISTRICT, page(PARAGRAPHS + figure(drawing())))
    own = f"<p>Borne ontving {v(OF_BORNE, 8, '8')} van de {v(ALL, 75, '75')} meldingen.</p>"
    write(reports / INTERN, page(own))
    workbook(reports / BOOK, sheet(10))
    return edition, reports, tables_in(folder / "tables")


def found(clean: tuple[Edition, Path, Path], folder: Path, plant: Plant) -> list[tuple[str, str]]:
    edition, reports, tables = clean
    copy = Path(shutil.copytree(reports, folder / "reports"))
    plant(copy)
    return [(finding.file, finding.kind) for finding in audit(edition, copy, tables)]


def test_a_page_of_which_each_number_is_that_of_its_cell_has_no_findings(clean):
    assert audit(*clean) == []


def test_a_number_that_the_author_typed_is_told_with_its_reason(clean):
    (row,) = typed(collect(clean[1]))

    assert (row["file"], row["text"], row["why"]) == (DISTRICT, "3", "wie wij belden")


# --- planted -------------------------------------------------------------------------------------


def packed(numbers: list[float]) -> dict[str, str]:
    """Numbers as plotly packs them."""
    data = struct.pack(f"<{len(numbers)}d", *numbers)
    return {"dtype": "f8", "bdata": base64.b64encode(data).decode()}


def draws(change: Callable[[dict[str, Any]], Any]) -> tuple[str, Plant]:
    drawn = drawing()
    change(drawn)
    return instead(json.dumps(drawing()), json.dumps(drawn))


def trace(name: str, value: Any, number: int = 0) -> tuple[str, Plant]:
    return draws(lambda drawn: drawn["data"][number].__setitem__(name, value))


def lays_out(name: str, value: Any) -> tuple[str, Plant]:
    return draws(lambda drawn: drawn["layout"].__setitem__(name, value))


EXACT = [6, 0, 2, 2, 0, 0, 0]


def also(other: dict[str, Any]) -> tuple[str, Plant]:
    return draws(lambda drawn: drawn["data"].append(other))


def no_cells(reports: Path) -> None:
    """A page of a notebook that only has typed words."""
    write(reports / INTERN, page("<p>Het waren er zeventien.</p>"))
    write(reports / "intern/manifest.json", json.dumps({"pages": {INTERN: {}}}))


PLANTED: dict[str, dict[str, tuple[str, Plant]]] = {
    "cell": {
        "another value": instead(v(ALL, 75, "75"), v(ALL, 73, "75")),
        "the value in other words": instead(v(ALL, 75, "75"), v(ALL, 75, "73")),
        "another form": instead(v(ALL, 75, "75"), v(ALL, 75, "75%")),
        "shown where it is absent": says(absent(ALL, "hidden"), DISTRICT),
        "another reason": instead(absent(HIDDEN, "hidden"), absent(HIDDEN, "never", "nooit")),
        "a number in the place of its sign": instead(
            absent(HIDDEN, "hidden"), absent(HIDDEN, "hidden", "30")
        ),
        "a hidden one that is shown": instead(absent(HIDDEN, "hidden"), v(HIDDEN, 30, "30")),
        "its exact count on a public page": instead(v(ALL, 75, "75"), v(OF_BORNE, 8, "8")),
        "a verdict": instead("geen duidelijke verandering", "meer"),
        "a sum that is another": instead(v(TOGETHER, 0.6, "60%", "share"), v(TOGETHER, 0.5, "50%")),
        "what is divided by nothing": says(v(f"{ALL} / ({YES} - {YES})", 0, "0%"), DISTRICT),
        "a typed number that is another": instead(">3</data>", ">4</data>"),
        "a typed number without a reason": says(v("vast| ", "3", "3"), DISTRICT),
        "a bar that is wider": instead("--deel:40.0%", "--deel:41.3%"),
        "another count in the annex": (BOOK, lambda reports: workbook(reports / BOOK, sheet(8))),
    },
    "origin": {
        "a cell that is not there": says(v("per_period|losser|whole#count", 5, "5"), DISTRICT),
        "a column that is not there": says(v(f"{ALL}s", 75, "75"), DISTRICT),
        "no cell at all": says(v("zomaar", 75, "75"), DISTRICT),
        "half an expression": says(v(f"({ALL} + ", 75, "75"), DISTRICT),
        "a path": says(v("../per_period|twente|whole#count", 75, "75"), DISTRICT),
        "an empty cell": says(v("", 75, "75"), DISTRICT),
    },
    "bare": {
        "a typed number": says("<p>Het waren 17 meldingen.</p>", DISTRICT),
        "a number in words": says("<p>De helft klopte.</p>", DISTRICT),
        "a small number in words": says("<p>Er kwam één melding.</p>", DISTRICT),
        "twenty-one": says("<p>Eenentwintig meldingen.</p>", DISTRICT),
        "a comparison": says("<p>Dat gebeurt vaker.</p>", DISTRICT),
        "growth": says("<p>Het aantal is verdubbeld.</p>", DISTRICT),
        "a year that may be a count": says("<p>Twente kreeg 2022 meldingen.</p>", DISTRICT),
        "in a label that is heard": instead("Bevestigd: 40%", "Bevestigd: 30"),
        "in words, in a label that is heard": instead("Bevestigd: 40%", "Bevestigd: zes"),
        "on a page without any cell": (INTERN, no_cells),
        "in a title": says('<p title="17">x</p>', DISTRICT),
        "in the number of a list": says('<ol><li value="17">x</li></ol>', DISTRICT),
        "in data without a cell": says('<data class="v" value="17">17</data>', DISTRICT),
        "in pieces": says("<p>ver<b>dubbeld</b></p>", DISTRICT),
        "behind what may stand": says("<p>In juli 2021 17 keer.</p>", DISTRICT),
    },
    "mark": {
        "a bar that is longer": trace("x", [0.45, 0.2]),
        "bars the other way around": trace("x", [0.2, 0.4]),
        "an interval that is wider": trace(
            "error_x", {"array": [0.2, 0.1], "arrayminus": [0.1, 0.1]}
        ),
        "an interval of no cell": trace("error_x", {"type": "constant", "value": 0.1}),
        "an end of a line": trace("x", [-0.1, 0.3], 1),
        "a label at another mark": draws(lambda d: d["data"][0].update(text=["45%", "20%"])),
        "a number in a hover": trace("hovertemplate", "%{y}: 17"),
        "a comparison in a name": trace("name", "vaker bevestigd"),
        "bars without cells": trace("customdata", None),
        "counts for cells": trace("customdata", [30, 15]),
        "the size of what is drawn": trace("marker", {"size": [30, 15, 31]}),
        "decor at a value": trace("x", [0.41, 0.41], 2),
        "a note": lays_out("annotations", [{"text": "Bevestigd 41%"}]),
        "a drawn line": lays_out("shapes", [{"x0": 0.41, "x1": 0.41, "y0": 0, "y1": 1}]),
        "a figure's own numbers": lays_out("meta", EXACT),
        "packed": trace("x", packed([0.45, 0.2])),
        "in the rows of a grid": also({"type": "heatmap", "z": [EXACT, EXACT]}),
        "what nobody sees": also({"type": "bar", "x": EXACT, "visible": False}),
        "in the width of a bar": trace("width", EXACT),
        "in how clear a bar is": trace("marker", {"opacity": EXACT}),
        "in where bars begin": trace("base", [0.1, 0.3]),
        "in the name of a point": trace("ids", ["6", "2"]),
        "in the ticks of an axis": lays_out("xaxis", {"tickvals": EXACT}),
        "in brackets, in a title": lays_out("title", {"text": "Drugs (6)"}),
    },
    "file": {
        "another number": instead(
            figure(drawing()), figure(drawing(), "Resultaat;Aandeel\nBevestigd;0,41\nDeels;0,2\n")
        ),
        "a row more": instead(
            figure(drawing()),
            figure(drawing(), "Resultaat;Aandeel\nBevestigd;0,4\nDeels;0,2\nNiet;0,1\n"),
        ),
    },
}
LEAKS = [
    pytest.param(kind, *plant, id=name)
    for kind, plants in PLANTED.items()
    for name, plant in plants.items()
]


@pytest.mark.parametrize(("kind", "file", "plant"), LEAKS)
def test_what_is_not_as_the_released_tables_have_it_is_caught(clean, tmp_path, kind, file, plant):
    assert (file, kind) in found(clean, tmp_path, plant)


def test_days_along_an_axis_are_no_numbers(clean, tmp_path):
    assert found(clean, tmp_path, trace("ids", ["2021-07-01T00:00:00"] * 2)[1]) == []


def test_an_intern_page_shows_of_others_what_is_public_and_no_more(clean, tmp_path):
    public = instead(v(OF_BORNE, 8, "8"), v(OF_BORNE, 10, "10"), INTERN)[1]

    assert found(clean, tmp_path, public) == [(INTERN, "cell")]


def test_a_finding_says_a_word_and_never_a_number(clean, tmp_path):
    edition, reports, tables = clean
    copy = Path(shutil.copytree(reports, tmp_path / "reports"))
    says("<p>Dat gebeurt 4711 keer vaker.</p>", DISTRICT)[1](copy)

    said = [finding.sentence for finding in audit(edition, copy, tables)]

    assert len(said) == 2
    assert all("openbaar/district.html, section 1, text, line" in one for one in said)
    assert ["‘vaker’" in one for one in said] == ["‘####’" not in one for one in said]
    assert "4711" not in "".join(said)


@pytest.mark.parametrize("source", ["{", "[]", '{"x": {"dtype": "f8", "bdata": "geheim"}}'])
def test_a_figure_that_cannot_be_read_is_an_error_without_its_content(source):
    with pytest.raises(DataError) as error:
        figure_content(source, "borne.html, figure 1")

    assert "borne.html, figure 1" in str(error.value)
    assert "geheim" not in str(error.value)
