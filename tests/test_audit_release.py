"""What the audit says and writes, what waits for two people, and what they may let go out."""

import csv
import json
import re
import shutil
import tomllib
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from mma_analysis import audit
from mma_analysis.cli import app
from mma_analysis.settings import NOTEBOOKS, Workspace, shipped
from mma_analysis.storage import as_json
from mma_analysis.vocabulary import DataError, UsageError
from planting import edition_in, listed, page, reports_in, says, tables_in, write

BORNE = "openbaar/borne.html"
TABLE, LEAK = "tabel time_to_close", "<p>Het waren er 17.</p>"


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    workspace = Workspace(tmp_path)
    edition_in(workspace.raw("proef"))
    tables_in(workspace.processed("proef"))
    reports_in(workspace.reports("proef"))
    return workspace


def put_in(workspace: Workspace, body: str) -> None:
    path = workspace.reports("proef") / BORNE
    path.write_bytes(says(body)[1](path.read_bytes()))
    listed(workspace.reports("proef"))


def released(workspace: Workspace, name: str = "time_to_close", days: float = 12.0) -> None:
    """A released table with one row."""
    path = workspace.processed("proef") / "measures" / f"{name}.parquet"
    path.parent.mkdir(exist_ok=True)
    pd.DataFrame({"area": ["twente"], "median": [days], "cell": [f"{name}|twente"]}).to_parquet(
        path
    )


def examined(workspace: Workspace) -> dict[str, Any]:
    reports, tables = workspace.reports("proef"), workspace.processed("proef")
    return audit.examine(workspace.edition("proef"), reports, tables)


def line(workspace: Workspace, output: str = TABLE) -> dict[str, Any]:
    return next(one for one in examined(workspace)["lines"] if one["output"] == output)


def waiting(workspace: Workspace) -> set[str]:
    return {one["output"] for one in examined(workspace)["lines"] if one["status"] == "review"}


def person(name: str, day: str) -> str:
    return f'{{ naam = "{name}", functie = "onderzoeker", datum = {day} }}'


FIRST, SECOND = person("A. de Vries", "2023-09-12"), person("B. Jansen", "2023-09-13")


def sign(workspace: Workspace, content: str = "", output: str = TABLE, **fields: str) -> None:
    """Two people sign for an output; what is in `fields` takes the place of what they say."""
    said = {"uitvoer": output, "inhoud": content or line(workspace, output)["content"]}
    said |= {"reden": "genoeg meldingen, en geen gemeente weegt te zwaar"}
    quoted = {name: f'"{text}"' for name, text in said.items()}
    lines = quoted | {"eerste": FIRST, "tweede": SECOND} | fields
    text = "".join(f"{name} = {value}\n" for name, value in lines.items() if value)
    write(workspace.raw("proef") / "vrijgave.toml", f"[[vrijgave]]\n{text}")


def run(workspace: Workspace, *options: str):
    return CliRunner().invoke(app, ["audit", "proef", "--root", str(workspace.root), *options])


# --- the command ---------------------------------------------------------------------------------


def test_a_leak_ends_with_1_and_says_file_place_and_what_to_do(workspace):
    put_in(workspace, LEAK)

    ended, (told,) = run(workspace), json.loads(run(workspace, "--json").stdout)["findings"]

    assert ended.exit_code == 1
    assert f"{told['id']}  {BORNE}, regel" in ended.stdout
    assert "Haal het op uit een tabel" in ended.stdout
    assert "17" not in told["sentence"].partition("regel")[2].partition(":")[2]
    with pytest.raises(DataError, match="de audit vond iets"):
        audit.refuse_unaudited(workspace.edition("proef"), workspace.reports("proef"))


def test_what_was_not_attacked_waits_for_two_people_unless_something_leaks(workspace):
    path, body = (workspace.reports("proef") / file for file in ("openbaar/manifest.json", BORNE))
    manifest = json.loads(path.read_text("utf-8")) | {"attacked": False}
    path.write_bytes(as_json(manifest))

    ended = run(workspace)
    assert ended.exit_code == 3
    assert "hiervoor moeten twee mensen tekenen" in ended.stdout
    body.write_bytes(says(LEAK)[1](body.read_bytes()))
    assert run(workspace).exit_code == 1


# --- it fails closed -----------------------------------------------------------------------------


def test_an_edition_without_files_says_what_to_do(workspace):
    shutil.rmtree(workspace.reports("proef"))

    with pytest.raises(DataError, match="Draai eerst `mma report proef`"):
        examined(workspace)


@pytest.mark.parametrize("content", ["", "<!doctype html>"], ids=["empty", "nothing in it"])
def test_a_page_without_anything_in_it_is_an_error_that_names_it(workspace, content):
    write(workspace.reports("proef") / "openbaar" / "leeg.html", content)

    with pytest.raises(DataError, match=re.escape("openbaar/leeg.html is beschadigd")):
        examined(workspace)


@pytest.mark.parametrize(
    ("file", "content", "is_listed"),
    [
        ("openbaar/geheim.html", page("<p>Niet getoond</p>"), False),
        (BORNE, "<p>Borne</p>", False),
        ("openbaar/kaart.png", "PNG", True),
        ("intern/nergens/nergens.html", "<!doctype html>", True),
        ("openbaar/cijfers.json", '{"borne": 3}', False),
        ("openbaar/cijfers.csv", "gemeente;aantal\nBorne;3\n", True),
        ("openbaar/manifest.json", "{}", False),
        ("los.html", "<!doctype html>", True),
    ],
    ids=["not listed", "changed", "picture", "folder", "JSON", "CSV", "no manifest", "loose"],
)
def test_what_is_not_in_its_set_or_cannot_be_read_is_a_finding(workspace, file, content, is_listed):
    write(workspace.reports("proef") / file, content)
    if is_listed:
        listed(workspace.reports("proef"))

    found = examined(workspace)["findings"]

    assert "unread" in {finding["kind"] for finding in found}
    assert "geheim" not in " ".join(finding["sentence"] for finding in found)


# --- the dossier ---------------------------------------------------------------------------------


CODEBOOK = """
[[vraag]]
code = "gemeente"
tekst = "Welke gemeente?"
kort = "Gemeente"
soort = "gemeente"
[[vraag]]
code = "wie"
tekst = "Met wie werkt u?"
kort = "Wie"
soort = "multi"
opties = ["Wijkteam", "Jansen & Zn"]
[[vraag]]
code = "zelf"
tekst = "Wat is uw eigen keuze?"
kort = "Eigen"
soort = "single"
opties = ["Geheim"]
intern = true
"""
QUOTES = """
[[citaat]]
answer_id = "borne-beter-0a1b2c3d"
tekst = "Meer bekendheid."
vrijgegeven_door = "de opdrachtgever"
datum = 2025-07-03
"""
SURVEY = """
[vragenlijst]
bestand = "antwoorden.csv"
codeboek = "codeboek.toml"
citaten = "citaten.toml"
"""


def test_the_dossier_lists_every_option_and_quote_that_goes_public(workspace):
    raw = workspace.raw("proef")
    write(raw / "codeboek.toml", CODEBOOK)
    write(raw / "citaten.toml", QUOTES)
    write(raw / "antwoorden.csv", "Welke gemeente?\n")
    settings = (raw / "evaluatie.toml").read_text("utf-8")
    write(raw / "evaluatie.toml", settings + SURVEY)

    run(workspace)

    html = (workspace.reports("proef") / "dossier.html").read_text("utf-8")
    assert "Met wie werkt u? <blockquote>Wijkteam; Jansen &amp; Zn</blockquote>" in html
    assert "Citaat: <strong>Meer bekendheid.</strong>" in html
    assert "Geheim" not in html


def test_an_edition_of_which_the_code_book_is_gone_has_a_dossier_without_options(workspace):
    raw = workspace.raw("proef")
    settings = (raw / "evaluatie.toml").read_text("utf-8")
    write(raw / "evaluatie.toml", settings + SURVEY)

    ended = run(workspace)

    html = (workspace.reports("proef") / "dossier.html").read_text("utf-8")
    assert ended.exit_code == 0, ended.output
    assert "<blockquote>" not in html


@pytest.mark.parametrize(
    ("signed", "said"),
    [
        ({"tweede": person(" a. de  vries ", "2023-09-13")}, "dezelfde persoon"),
        ({"tweede": person("B. Jansen", "2023-09-11")}, "tekende vóór eerste"),
        ({"tweede": ""}, "tweede"),
        ({"inhoud": '"drie"'}, "inhoud"),
        ({"reden": '"goed"'}, "reden = 'goed': dit moet minstens 5 tekens lang zijn"),
    ],
    ids=["one person", "second first", "one signature", "no hash", "no reason"],
)
def test_a_signature_that_says_too_little_is_an_error(workspace, signed, said):
    released(workspace)
    sign(workspace, **signed)

    with pytest.raises(UsageError, match=said):
        examined(workspace)


@pytest.mark.parametrize(
    ("output", "said", "code"),
    [
        ("tabel weg", "staat niet", 3),
        (BORNE, "geen handtekening nodig", 3),
        ("tabel geheime_tabel", "kan niemand tekenen", 1),  # its kind is not known
    ],
)
def test_a_signature_for_something_else_lets_nothing_out(workspace, output, said, code):
    if code == 1:
        released(workspace, "geheime_tabel")
    sign(workspace, "sha256:" + "0" * 64, output=output)

    assert said in line(workspace, output)["note"]
    assert run(workspace).exit_code == code


def test_a_public_number_can_be_signed_for_and_another_in_its_place_not(workspace):
    reach = '<data class="v" value="06-12345678" data-cell="vast|nummer">06-12345678</data>'
    put_in(workspace, f"<p>{reach}</p>")
    (finding,) = examined(workspace)["findings"]
    outputs = {f"bevinding {finding['id']}", "getypte getallen"}
    assert (finding["kind"], waiting(workspace)) == ("person", outputs)
    signed = workspace.raw("proef") / "vrijgave.toml"
    texts = [sign(workspace, output=one) or signed.read_text("utf-8") for one in outputs]
    write(signed, "".join(texts))
    assert examined(workspace)["released"]

    path = workspace.reports("proef") / BORNE
    path.write_text(path.read_text("utf-8").replace("12345678", "12345679"), encoding="utf-8")
    listed(workspace.reports("proef"))

    assert waiting(workspace) == outputs  # the same place, another number


def test_what_an_edition_brings_itself_is_read_by_who_signs(workspace):
    raw = workspace.raw("proef")
    write(raw / "notebooks/district.ipynb", json.dumps({"cells": []}))
    write(raw / "huisstijl/logo.svg", "<svg/>")
    write(raw / "huisstijl/stijl.css", ":root{}")

    assert waiting(workspace) == {"notebooks/district.ipynb", "huisstijl/logo.svg"}


def test_the_dossier_has_a_line_for_every_table_and_file_and_the_lines_to_sign(workspace):
    released(workspace)
    released(workspace, "per_period")
    run(workspace)
    folder = workspace.reports("proef")

    rows = list(csv.DictReader((folder / "dossier.csv").open(encoding="utf-8-sig"), delimiter=";"))
    html = (folder / "dossier.html").read_text("utf-8")

    assert {row["uitvoer"] for row in rows} == {
        *(TABLE, "tabel per_period"),
        *json.loads((folder / "audit.json").read_text("utf-8"))["files"],
    }
    assert "Voor 1 regel moeten twee mensen tekenen" in html
    lines = html[html.index("[[vrijgave]]") : html.index("</pre>")].replace("&#34;", '"')
    filled = lines.replace('naam = ""', 'naam = "x"').replace("datum =  }", "datum = 2023-01-01 }")
    assert tomllib.loads(filled)["vrijgave"][0]["uitvoer"] == TABLE


def test_a_notebook_of_the_package_is_told_when_an_edition_brings_other_words(
    workspace,
):
    name = "notebooks/gemeente.ipynb"
    content = json.loads((shipped(NOTEBOOKS) / "gemeente.ipynb").read_text("utf-8"))
    outputs = []
    for words in ([], ["Andere woorden."]):
        content["cells"][-1]["source"] += words
        write(workspace.raw("proef") / name, json.dumps(content))
        outputs.append({one["output"] for one in examined(workspace)["lines"]})

    before, after = outputs
    assert after - before == {name}


# --- beside what went out -----------------------------------------------------------------

HENGELO = {"area": "hengelo", "added": 2, "gone": 1, "changed": 3}
TABLE_OF_COUNTS = {
    "table": "per_period",
    "counts": 1200,
    "zero": 4,
    "smallest": 5,
    "kept": 121,
    "narrowest": 6.2,
    "reader": "almelo + borne",
    "mean": 1.39,
    "most": 4,
}
ATTACK = {"is_attacked": True, "readers": ["buitenstaander", "elke gemeente"], "left_out": []}


def beside(workspace: Workspace, **said: Any) -> None:
    """What the manifest of the tables says beside what it said."""
    path = workspace.processed("proef") / "manifest.json"
    manifest = json.loads(path.read_text("utf-8")) | said
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_two_people_sign_for_what_a_gemeente_delivers_otherwise_and_again_for_more(workspace):
    beside(workspace, changed=[HENGELO])
    output = "anders geleverd: hengelo"

    told = line(workspace, output)

    said = "Meldingen van Hengelo over dagen die al zijn verstuurd"
    assert told["what"] == f"{said}: 2 erbij, 1 weg en 3 veranderd"
    assert waiting(workspace) == {output}
    sign(workspace, output=output)
    assert examined(workspace)["released"]
    beside(workspace, changed=[HENGELO | {"gone": 2}])
    assert waiting(workspace) == {output}


def test_two_people_sign_for_a_revision_by_its_reason_and_what_changed(workspace):
    revision = {"gemeenten": ["borne", "hengelo"], "reason": "een beter bestand", "moved": 12}
    beside(workspace, changed=[HENGELO], revision=revision)

    told = line(workspace, "herziening")
    beside(workspace, changed=[HENGELO | {"added": 3}])

    moved = "Openbare aantallen die een ander getal krijgen dan er al uitging: 12"
    assert told["what"] == f"Borne en Hengelo: een beter bestand. {moved}"
    assert told["status"] == "review"
    assert line(workspace, "herziening")["content"] != told["content"]
    assert "veranderen" in line(workspace, "anders geleverd: hengelo")["treatment"]


def test_who_signed_for_what_went_out_since_need_not_take_that_back(workspace):
    beside(workspace, changed=[HENGELO])
    sign(workspace, output="anders geleverd: hengelo")
    beside(workspace, changed=[])

    assert examined(workspace)["released"]


def test_the_dossier_shows_per_table_how_counts_are_protected(workspace):
    beside(
        workspace,
        evidence=[TABLE_OF_COUNTS],
        attack=ATTACK | {"known": []},
        issues=[{"edition": "proef", "number": 1}, {"edition": "proef", "number": 2}],
    )
    run(workspace)

    html = (workspace.reports("proef") / "dossier.html").read_text("utf-8")
    text = " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())

    assert "voor een buitenstaander en elke gemeente, en naast alle 2 eerdere uitgaven" in text
    assert "Niemand van hen vindt een aantal waarvan de grenzen minder dan 4" in text
    row = "1.200 5 4 ten minste 6,2 breed Almelo en Borne samen 1,4 4 121"
    assert f"Meldingen per gebied en periode {row}" in text


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        ({"is_attacked": False, "known": []}, "deze cijfers mogen niet weg"),
        ({"known": [["borne", "x", False]]}, "1 aantal is te goed bekend voor Borne"),
        ({"known": [], "left_out": ["a", "b"]}, "Daarvoor lieten wij 2 regels weg"),
    ],
    ids=["not finished", "known too well", "left out"],
)
def test_the_dossier_says_what_came_of_the_attack(workspace, attack, said):
    beside(workspace, evidence=[TABLE_OF_COUNTS], attack=ATTACK | attack, issues=[])
    run(workspace)

    html = (workspace.reports("proef") / "dossier.html").read_text("utf-8")

    assert said in " ".join(html.split())
    assert "Er is geen eerdere uitgave." in html


# --- the result ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (f"reports/proef/{BORNE}", "veranderd na de audit: openbaar/borne.html"),
        ("data/raw/proef/meldingen/extra.csv", "leveringen, instellingen of mma-analysis zelf"),
        ("reports/proef/audit.json", "er is niets nagekeken"),
    ],
)
def test_what_was_audited_does_not_stand_when_something_changed_since(workspace, file, said):
    assert run(workspace).exit_code == 0
    edition, reports = workspace.edition("proef"), workspace.reports("proef")
    assert audit.was_clean(edition, reports)

    write(workspace.root / file, "Tekst\nGetoond\n")

    assert not audit.was_clean(edition, reports)
    with pytest.raises(DataError, match=said):
        audit.refuse_unaudited(edition, reports)


def test_a_table_from_single_rows_is_not_packed_until_two_people_signed_for_its_content(workspace):
    released(workspace)
    edition, reports = workspace.edition("proef"), workspace.reports("proef")
    assert run(workspace).exit_code == 3

    waits = "nog niet vrijgegeven: tabel time_to_close"
    with pytest.raises(audit.NotReleasedError, match=waits) as refused:
        audit.refuse_unreleased(edition, reports)
    assert refused.value.exit_code == 3
    sign(workspace)
    assert "1 getekend" in run(workspace).stdout
    audit.refuse_unreleased(edition, reports)
    released(workspace, days=13.0)
    assert run(workspace).exit_code == 3
    assert "past niet meer" in line(workspace)["note"]


def test_who_signed_and_for_what_content_is_read_in_both_forms_of_the_dossier(workspace):
    released(workspace)
    sign(workspace)
    run(workspace)
    folder = workspace.reports("proef")
    content = line(workspace)["content"]

    html = (folder / "dossier.html").read_text("utf-8")
    rows = list(csv.DictReader((folder / "dossier.csv").open(encoding="utf-8-sig"), delimiter=";"))

    by = [
        "A. de Vries, onderzoeker, 12 september 2023",
        "B. Jansen, onderzoeker, 13 september 2023",
    ]
    signed = [row for row in rows if row["uitvoer"] == TABLE]
    others = [row for row in rows if row["uitvoer"] != TABLE]
    assert [signed[0]["inhoud"], signed[0]["eerste handtekening"]] == [content, by[0]]
    assert signed[0]["tweede handtekening"] == by[1]
    assert {row["eerste handtekening"] for row in others} == {""}
    assert all(said in html for said in (content, *by))


def pointers(value: Any) -> set[str]:
    """What entities are pointed at, anywhere below this."""
    if isinstance(value, list):
        return set().union(*(pointers(one) for one in value))
    if isinstance(value, dict):
        below = set().union(*(pointers(one) for one in value.values()))
        return {value["@id"]} if set(value) == {"@id"} else below
    return set()


def test_the_crate_says_who_signed_what_and_has_all_that_it_points_at(workspace):
    released(workspace)
    sign(workspace)
    run(workspace)
    folder = workspace.reports("proef")

    crate = json.loads((folder / "ro-crate-metadata.json").read_text("utf-8"))

    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    missing = pointers(crate["@graph"]) - set(graph)
    statuses = {one for one in missing if one.startswith("http://schema.org/")}
    assert missing - statuses == {"https://w3id.org/ro/crate/1.2"}
    hashes = json.loads((folder / "audit.json").read_text("utf-8"))["files"]
    files = {one["name"]: one["sha256"] for one in graph.values() if one["@type"] == "File"}
    assert files == hashes

    table = "#uitvoer/tabel%20time_to_close"
    signatures = [graph[f"#handtekening/{place}/tabel%20time_to_close"] for place in (1, 2)]
    people = [graph[one["agent"]["@id"]] for one in signatures]
    assert [one["endTime"] for one in signatures] == ["2023-09-12", "2023-09-13"]
    assert [one["name"] for one in people] == ["A. de Vries", "B. Jansen"]
    assert {one["object"]["@id"] for one in signatures} == {table}
    assert {one["identifier"] for one in signatures} == {graph[table]["identifier"]}
    about = graph["#nagekeken/tabel%20time_to_close"]["about"]
    assert {one["@id"].partition("#")[2] for one in about} == {
        *("Position", "LowCount", "ClassDisclosure", "Suppression"),
    }


def test_the_crate_says_of_what_waits_that_it_waits(workspace):
    released(workspace)
    run(workspace)

    path = workspace.reports("proef") / "ro-crate-metadata.json"
    graph = {one["@id"]: one for one in json.loads(path.read_text("utf-8"))["@graph"]}

    check = graph["#nagekeken/tabel%20time_to_close"]
    assert check["actionStatus"]["@id"] == "http://schema.org/PotentialActionStatus"
    assert not [name for name in graph if name.startswith("#handtekening/")]


def test_a_signature_of_a_day_to_come_is_said_and_stops_nothing(workspace):
    released(workspace)
    sign(workspace)
    assert line(workspace)["note"] == ""
    sign(workspace, tweede=person("B. Jansen", "2999-01-02"))

    assert run(workspace).exit_code == 0
    assert line(workspace)["status"] == "released"
    assert line(workspace)["note"].startswith("een handtekening is van 2 januari 2999")
    html = (workspace.reports("proef") / "dossier.html").read_text("utf-8")
    assert "2 januari 2999, en die dag moet nog komen" in html
