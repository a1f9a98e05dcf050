"""Numbers that are not those of their cell are caught on pages, in figures, files and the annex."""

import base64
import json
import struct
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest

from audit_pages import edition_in, page, write
from mma_analysis.audit.document import Finding
from mma_analysis.audit.examining import Auditor
from mma_analysis.audit.figures import figure_content
from mma_analysis.vocabulary import DataError
from planting import Change, Plant, instead, leaks, says

DISTRICT, INTERN = "openbaar/district.html", "intern/borne/borne.html"
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
<p>Twente kreeg {v(ALL, 75, "75")} meldingen van juli 2021 tot en met juni 2022.</p>
<p>Daarvan klopte {v(TOGETHER, 0.6, "60%", "share")}, met 95% zekerheid.</p>
<p>Per jaar {v(CHANGE, 0.06, "+6%")}: {v(VERDICT, "no_change", "geen duidelijke verandering")}.</p>
<p>Niet bekend: {absent(HIDDEN, "hidden")}. Het zijn {v(COUNTED, 4, "vier", "word")} rijen, tot en
met {v("instelling|peildatum", "2022-06-30", "30 juni 2022")}.</p>
<p>Wij vragen {v("vast|wie wij belden", "3", "3")} gemeenten.</p>
<p>Meer meldingen betekent niet dat er meer misdaad is.</p>
<table><tr><td class="balk" style="--deel:40.0%">{v(SHARE, 0.4, "40%")}</td></tr></table>
"""


class Pages:
    """Two pages, and who audits them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        write(folder / DISTRICT, page(PARAGRAPHS + figure(drawing())))
        own = f"<p>Borne ontving {v(OF_BORNE, 8, '8')} van de {v(ALL, 75, '75')} meldingen.</p>"
        write(folder / INTERN, page(own))
        self.auditor = Auditor(edition_in(folder / "proef"), tables_in(folder / "tables"))

    def found(self, file: str, change: Change = lambda content: content) -> list[Finding]:
        path = self._folder / "changed.html"
        path.write_bytes(change((self._folder / file).read_bytes()))
        return sorted({*self.auditor.look(self.auditor.open(path, file))})


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return Pages(tmp_path_factory.mktemp("cells"))


@pytest.mark.parametrize("file", [DISTRICT, INTERN])
def test_a_page_of_which_each_number_is_that_of_its_cell_has_no_findings(clean, file):
    assert clean.found(file) == []


# --- planted -------------------------------------------------------------------------------------


def packed(numbers: list[float]) -> dict[str, str]:
    """Numbers as plotly packs them."""
    data = struct.pack(f"<{len(numbers)}d", *numbers)
    return {"dtype": "f8", "bdata": base64.b64encode(data).decode()}


def draws(change: Callable[[dict[str, Any]], Any]) -> Plant:
    drawn = drawing()
    change(drawn)
    return instead(json.dumps(drawing()), json.dumps(drawn), DISTRICT)


def trace(name: str, value: Any, number: int = 0) -> Plant:
    return draws(lambda drawn: drawn["data"][number].__setitem__(name, value))


def lays_out(name: str, value: Any) -> Plant:
    return draws(lambda drawn: drawn["layout"].__setitem__(name, value))


EXACT = [6, 0, 2, 2, 0, 0, 0]


def also(other: dict[str, Any]) -> Plant:
    return draws(lambda drawn: drawn["data"].append(other))


DRAWN: dict[str, Plant] = {
    "a bar that is longer": trace("x", [0.45, 0.2]),
    "bars the other way around": trace("x", [0.2, 0.4]),
    "an interval that is wider": trace("error_x", {"array": [0.2, 0.1], "arrayminus": [0.1, 0.1]}),
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
    "in what is not drawn": trace("meta", "zes"),
    "in the name of a trace that nobody sees": trace("uid", "6"),
    "packed": trace("x", packed([0.45, 0.2])),
    "in the rows of a grid": also({"type": "heatmap", "z": [EXACT, EXACT]}),
    "what nobody sees": also({"type": "bar", "x": EXACT, "visible": False}),
    "in the width of a bar": trace("width", EXACT),
    "in how clear a bar is": trace("marker", {"opacity": EXACT}),
    "in where bars begin": trace("base", [0.1, 0.3]),
    "in the name of a point": trace("ids", ["6", "2"]),
    "in the ticks of an axis": lays_out("xaxis", {"tickvals": EXACT}),
    "in brackets, in a title": lays_out("title", {"text": "Drugs (6)"}),
}
MARKS = [pytest.param("mark", *plant, id=name) for name, plant in DRAWN.items()]


@pytest.mark.parametrize(("kind", "file", "change"), [*leaks("written"), *MARKS])
def test_what_is_not_as_the_released_tables_have_it_is_caught(clean, kind, file, change):
    assert kind in {finding.kind for finding in clean.found(file, change)}


def test_days_along_an_axis_are_no_numbers(clean):
    assert clean.found(*trace("ids", ["2021-07-01T00:00:00"] * 2)) == []


def test_an_intern_page_shows_of_others_what_is_public_and_no_more(clean):
    public = instead(v(OF_BORNE, 8, "8"), v(OF_BORNE, 10, "10"), INTERN)

    assert [finding.kind for finding in clean.found(*public)] == ["cell"]


def test_a_finding_says_a_word_and_never_a_number(clean):
    found = clean.found(*says("<p>Dat gebeurt 4711 keer vaker.</p>", DISTRICT))

    said = [finding.sentence for finding in found]
    assert len(said) == 2
    assert all("openbaar/district.html, onderdeel 1, regel" in one for one in said)
    assert ["‘vaker’" in one for one in said] == ["‘####’" not in one for one in said]
    assert "4711" not in "".join(said)


@pytest.mark.parametrize("source", ["{", "[]", '{"x": {"dtype": "f8", "bdata": "geheim"}}'])
def test_a_figure_that_cannot_be_read_is_an_error_without_its_content(source):
    with pytest.raises(DataError) as error:
        figure_content(source, "borne.html, figure 1")

    assert "borne.html, figure 1" in str(error.value)
    assert "geheim" not in str(error.value)
