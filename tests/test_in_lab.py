"""What a notebook of `mma lab` does before anything is run: completes, knows our words."""

import json

import plotly.graph_objects as go
import pytest
from conftest import python

from mma_analysis.explore import lab
from mma_analysis.explore.lab import PROFILE
from mma_analysis.explore.save import titled
from mma_analysis.settings import EXAMPLE, ROOT_VARIABLE
from mma_analysis.show.figure import ANNEX_FILE, OWN_FIGURES
from mma_analysis.show.text import TekstFout, fill
from mma_analysis.vocabulary import PACKAGE

# As the kernel of `mma lab` begins: with its settings, in a shell of its own.
SHELL = """
import json
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
c = Config()
exec({profile!r}, {{"c": c}})
shell = InteractiveShell.instance(config=c)
for line in {lines!r}:
    assert shell.run_cell(line).success, line
found = {{}}
with provisionalcompleter():
    for code in {asked!r}:
        found[code] = [one.text for one in shell.Completer.completions(code, len(code))]
print(json.dumps(found))
"""


def completed(lines: list[str], asked: list[str]) -> dict[str, list[str]]:
    """What Tab offers behind each of these, after these lines were run."""
    script = SHELL.format(profile=PROFILE, lines=lines, asked=asked)
    said = python("-c", script, check=True).stdout
    return json.loads(said.splitlines()[-1])


def test_tab_completes_an_edition_its_tables_and_their_columns(workspace, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace.root))
    opened = f"import mma_analysis as mma; edition = mma.edition('{EXAMPLE}')"
    behind = {
        "edition.": ".vragenlijst",
        "edition.meldingen.": ".row_level",
        'e.tabel("per_period").': ".per_month",
        'edition.measures["per_period"].': ".query",
        'edition.measures["': "per_period",
    }

    found = completed([opened, "e = edition.evaluation('enschede')"], list(behind))

    for code, name in behind.items():
        assert name in found[code], code


def test_an_extension_is_all_that_sentences_and_our_look_need():
    lines = [
        "%load_ext mma_analysis",
        "%%tekst\nEen zin.",
        "import plotly.express as px; px.bar(y=[1])",
        "import plotly.io; assert plotly.io.templates.default == 'mma'",
    ]

    assert completed(lines, []) == {}


def test_our_look_is_there_as_soon_as_the_words_are():
    python(
        "-c", "import mma_analysis.show; import plotly.io; plotly.io.templates['mma']", check=True
    )


def test_a_name_that_is_not_there_is_said_with_those_of_the_notebook_alone():
    names = {"aantal": 5, "In": [], "Out": {}, "exit": 1, "quit": 1, "open": open, "json": json}

    with pytest.raises(TekstFout) as error:
        fill("{{ zzz }}", names)

    assert "bekend zijn: aantal\n" in str(error.value)


def test_a_picture_has_room_for_its_title():
    figure = go.Figure(go.Bar(y=[1]), {"meta": {"title": "*Drugs* in Borne"}})

    layout = titled(figure).layout

    assert layout.title.text == "*Drugs* in Borne"
    assert layout.title.automargin is True
    assert figure.layout.title.text is None


def test_what_is_beside_a_page_only_is_no_link_in_a_notebook(tmp_path):
    """Seen in the browser: the source is a text, and there is no *Link*."""
    css = (PACKAGE / "explore" / "lab.css").read_text(encoding="utf-8")

    assert "--LabApp.custom_css=True" in lab.command(tmp_path, opens_browser=False)
    for name in (ANNEX_FILE, OWN_FIGURES):
        assert f'a[href*="{name}"]' in css
