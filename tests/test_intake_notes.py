"""What is not counted or not known yet: in the manifest, and in what `mma check --suggest` says."""

import re

import pytest

from mma_analysis.pipeline.beginning import suggestions
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.vocabulary import message
from says import says
from small_edition import EVALUATIE, delivers, written

SURVEY = '[vragenlijst]\nbestand = "antwoorden.csv"\ncodeboek = "codeboek.toml"\n'
CODEBOOK = """
[[vraag]]
code = "gemeente"
tekst = "Gemeente?"
kort = "Gemeente"
soort = "gemeente"

[[vraag]]
code = "cijfer"
tekst = "Cijfer?"
kort = "Cijfer"
soort = "number"
"""
ANSWERS = """Tijdstempel,Gemeente?,Cijfer?
30-5-2023 9:26:43,Losser,7
30-5-2023 9:27:43,Raalte,8
31-5-2023 9:28:43,Losser,
"""
TIPS = "Datum ontvangst;;Onderwerp\n14-3-2022;nog bellen;drugs\n15-3-2022;;fraude\n"


def test_refused_answers_and_columns_without_a_header_are_named_with_row_and_reason(tmp_path):
    (tmp_path / "codeboek.toml").write_text(CODEBOOK, encoding="utf-8")
    (tmp_path / "antwoorden.csv").write_text(ANSWERS, encoding="utf-8")

    tips, answers = read_and_clean(delivers(tmp_path, TIPS, own=SURVEY)).files

    assert [(file["read"], file["clean"], file["rejected"]) for file in (tips, answers)] == [
        (2, 2, 0),
        (3, 1, 2),
    ]
    said = [
        says("note_beside", place="losser.csv", columns="kolom B", rows="rij 2"),
        says("note_sheet_refused", file="antwoorden.csv", row=3, reason="voor welke gemeente"),
        says("note_sheet_refused", file="antwoorden.csv", row=4, reason="geen enkele vraag"),
    ]
    assert all(map(re.fullmatch, said, [*tips["notes"], *answers["notes"]]))


# --- what to paste in the settings ---------------------------------------------------------------

STATUS = "Datum ontvangst;Status;Ook verzonden aan\n" + "".join(
    f"{day}-3-2022;{row}\n"
    for day, row in enumerate(
        ["ingetrokken;politie", "ingetrokken;", "afgeslotn;boa", "open;politie, RIEC", "n.v.t.;"],
        start=14,
    )
)
ALL_KNOWN = f"# {message('all_known')}"
HEADERS = "Datum ontvangst;Onderwerp;{};Aap\n14-3-2022;drugs;15-3-2022;rood\n"


@pytest.fixture
def suggested(tmp_path):
    """What is said of these files of Losser, and the settings with all of that below them."""

    def run(own="", **files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        names = ", ".join(f'"{name}.csv"' for name in files)
        before = f"{EVALUATIE}[gemeenten.losser]\nlevering = [{names}]\n{own}"
        said = suggestions(written(tmp_path, before))
        return said, written(tmp_path, f"{before}\n{said}\n").gemeente("losser")

    return run


def test_all_that_is_said_may_be_pasted_also_of_two_files_of_one_gemeente(suggested):
    oud, nieuw = HEADERS.format("Afgeslotn op"), HEADERS.format("Teruggekopeld op")

    said, losser = suggested(oud=oud, nieuw=nieuw)

    # Only what the cells bear out is ready; the same header is said once, and none is chosen.
    assert losser.kolommen == {"Afgeslotn op": "closed_on", "Teruggekopeld op": "fed_back_on"}
    assert said.count("[gemeenten.losser.kolommen]") == said.count('# "Aap" = ') == 1


def test_a_header_that_would_be_another_field_in_another_file_is_ready_once(suggested):
    rows = "Datum ontvangst;Onderwerp;{};Datum afmelding\n14-3-2022;drugs;15-3-2022;16-3-2022\n"

    said, losser = suggested(oud=rows.format("Melddatum"), nieuw=rows.format("Afhandeldatum"))

    assert losser.kolommen == {"Datum afmelding": "closed_on"}
    assert '\n# "Datum afmelding" = "reported_on"' in said


def test_below_a_block_that_is_there_already_nothing_is_ready(suggested):
    own = '[gemeenten.losser.kolommen]\n"Aap" = "ignored"\n'

    said, losser = suggested(own, losser=HEADERS.format("Afgeslotn op"))

    assert losser.kolommen == {"Aap": "ignored"}
    assert said.splitlines()[0] == message("below_block", slug="losser", part="kolommen")
    (line,) = [line for line in said.splitlines() if '"Afgeslotn op" = "closed_on"' in line]
    assert line.startswith("# [gemeenten.losser.kolommen] ")


def test_a_word_that_is_not_known_is_counted_and_never_given_a_meaning(tmp_path, suggested):
    said, losser = suggested(losser=STATUS)

    assert losser.waarden == {"status": {}, "also_sent_to": {}}
    assert '# "ingetrokken" = "onbekend"  # 2 keer' in said.splitlines()
    (status, _) = read_and_clean(delivers(tmp_path, STATUS)).files[0]["notes"]
    assert re.fullmatch(says("note_words", file="losser.csv", column="Status", rows=3), status)
    chosen = delivers(tmp_path, STATUS, own=said.replace('# "', '"'))
    assert suggestions(chosen) == ALL_KNOWN


def test_a_file_that_cannot_be_read_is_said_and_does_not_hold_up_another(suggested):
    said, losser = suggested(leeg="", losser=HEADERS.format("Afgeslotn op"))
    alone, _ = suggested(leeg="")

    assert losser.kolommen == {"Afgeslotn op": "closed_on"}
    for text in (said, alone):
        assert text.splitlines()[0] == f"# {message('empty', file='leeg.csv')}"
        assert ALL_KNOWN not in text


def test_when_everything_is_known_that_is_all_that_is_said(suggested):
    assert suggested(losser=TIPS)[0] == ALL_KNOWN
