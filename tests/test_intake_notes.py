"""What is not counted or not known yet: in the manifest, and in what `mma check --suggest` says."""

import re

import pytest
from conftest import toml_cases

from mma_analysis.pipeline.drafts import suggestions
from mma_analysis.pipeline.intake import read_and_clean
from mma_analysis.vocabulary import DataError, UsageError, message, rows_of
from says import says
from small_edition import EVALUATIE, delivers, written

SURVEY = '[vragenlijst]\nbestand = "antwoorden.csv"\ncodeboek = "codeboek.toml"\n'
CODEBOOK = "".join(
    f'[[vraag]]\ncode = "{code}"\ntekst = "{code.title()}?"\nkort = "{code}"\nsoort = "{kind}"\n'
    for code, kind in {"gemeente": "gemeente", "cijfer": "number"}.items()
)
ANSWERS = """Tijdstempel,Gemeente?,Cijfer?
30-5-2023 9:26:43,Losser,7
30-5-2023 9:27:43,Raalte,8
31-5-2023 9:28:43,Losser,
31-5-2023 9:29:43,Borne,zeven
"""
TIPS = "Datum ontvangst;;Onderwerp\n14-3-2022;nog bellen;drugs\n15-3-2022;;fraude\n"


def test_refused_answers_and_columns_without_a_header_are_named_with_row_and_reason(tmp_path):
    (tmp_path / "codeboek.toml").write_text(CODEBOOK, encoding="utf-8")
    (tmp_path / "antwoorden.csv").write_text(ANSWERS, encoding="utf-8")

    tips, answers = read_and_clean(delivers(tmp_path, TIPS, own=SURVEY)).files

    assert [(file["read"], file["clean"], file["rejected"]) for file in (tips, answers)] == [
        (2, 2, 0),
        (4, 2, 2),
    ]
    said = [
        says("note_beside", place="losser.csv", columns="kolom B", rows="rij 2"),
        says("note_sheet_refused", file="antwoorden.csv", row=3, reason="voor welke gemeente"),
        says("note_sheet_refused", file="antwoorden.csv", row=4, reason="geen enkele vraag"),
        says("note_answers", file="antwoorden.csv", number=1, reason="niet als getal lezen"),
    ]
    found = [*tips["notes"], *answers["notes"]]
    assert [one for one, note in zip(said, found, strict=False) if not re.match(one, note)] == []
    other = message("who_is_other", filled="Raalte")
    assert [note.endswith(other) for note in found[:4]] == [False, True, False, False]


def test_who_fills_in_a_person_where_a_gemeente_belongs_is_not_named(tmp_path):
    (tmp_path / "codeboek.toml").write_text(CODEBOOK, encoding="utf-8")
    answers = ANSWERS.replace("Raalte", "Fatima el Idrissi")
    (tmp_path / "antwoorden.csv").write_text(answers, encoding="utf-8")

    _, file = read_and_clean(delivers(tmp_path, TIPS, own=SURVEY)).files

    assert not [note for note in file["notes"] if "Fatima" in note]
    assert any(note.endswith(message("who_is_not_said")) for note in file["notes"])


def test_who_sends_meldingen_of_another_gemeente_is_asked_whether_that_is_so(tmp_path):
    rows = "14-3-2022;Losser\n15-3-2022;\n16-3-2022;Borne\n17-3-2022;Overdinkel\n18-3-2022;Verweg\n"
    edition = delivers(tmp_path, "Datum ontvangst;Gemeente\n" + rows)

    (file,) = read_and_clean(edition).files

    words = {"file": "losser.csv", "column": "Gemeente", "name": "Losser"}
    assert file["clean"] == 5
    assert file["notes"] == [message("note_others", rows=rows_of(2), **words)]


# --- what to paste in the settings ---------------------------------------------------------------

STATUS = "Datum ontvangst;Status;Ook verzonden aan\n" + "".join(
    f"{day}-3-2022;{row}\n"
    for day, row in enumerate(
        ["ingetrokken;politie", "ingetrokken;", "afgeslotn;boa", "open;politie, RIEC", "n.v.t.;"],
        start=14,
    )
)
STRUCK_OUT = "Datum ontvangst;Onderwerp;Opmerking\n14-3-2022;drugs;vervallen\n"
ALL_KNOWN = f"# {message('all_known')}"


def suggested(folder, files, own=""):
    """What is said of these files of Losser, and the settings with all of that below them."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text.lstrip(), encoding="utf-8")
    names = ", ".join(f'"{name}.csv"' for name in files)
    before = f"{EVALUATIE}[gemeenten.losser]\nlevering = [{names}]\n{own}"
    said = suggestions(written(folder, before))
    return said, written(folder, f"{before}\n{said}\n").gemeente("losser")


@pytest.mark.parametrize("case", toml_cases("suggested"))
def test_all_that_is_said_may_be_pasted_and_ready_is_only_what_the_cells_bear_out(tmp_path, case):
    said, losser = suggested(tmp_path, case["files"], case.get("own", ""))

    assert losser.kolommen == case.get("ready", {})
    lines = said.splitlines()
    assert [one for one in case["once"] if sum(line.startswith(one) for line in lines) != 1] == []
    assert (said == ALL_KNOWN) == case.get("all_known", False)


def test_a_word_that_is_not_known_is_counted_and_never_given_a_meaning(tmp_path):
    said, losser = suggested(tmp_path, {"losser": STATUS})

    assert losser.waarden == {"status": {}, "also_sent_to": {}}
    assert '# "ingetrokken" = ""  # 2 keer' in said.splitlines()
    (status, _) = read_and_clean(delivers(tmp_path, STATUS)).files[0]["notes"]
    assert re.fullmatch(says("note_words", file="losser.csv", column="Status", rows=3), status)
    without_hash = said.replace('# "', '"')
    chosen = delivers(tmp_path, STATUS, own=without_hash.replace('= ""', '= "onbekend"'))
    assert suggestions(chosen) == ALL_KNOWN
    unchosen = delivers(tmp_path, STATUS, own=without_hash)
    with pytest.raises(UsageError, match="\"ingetrokken\": '' is geen code van status"):
        read_and_clean(unchosen)


def test_a_choice_about_a_file_says_its_gemeente_and_cannot_land_at_another(tmp_path):
    said, _ = suggested(tmp_path, {"losser": STRUCK_OUT})
    (line,) = [one for one in said.splitlines() if "vervallen_telt = false" in one]
    assert line == "# [gemeenten.losser] vervallen_telt = false  # zo'n rij telt niet mee"

    elsewhere = f"{EVALUATIE}[gemeenten.borne]\n{line.removeprefix('# ')}\n"
    with pytest.raises(UsageError):
        written(tmp_path, elsewhere)


def test_a_block_with_only_questions_in_it_is_not_given_again(tmp_path):
    rows = "Datum ontvangst;Onderwerp;Pakt op\n14-3-2022;drugs;wijkteam\n"
    first, _ = suggested(tmp_path, {"losser": rows})
    assert "[gemeenten.losser.kolommen]" in first.splitlines()

    pasted = f'{EVALUATIE}[gemeenten.losser]\nlevering = ["losser.csv"]\n\n{first}\n'
    again = suggestions(written(tmp_path, pasted))
    row = pasted.splitlines().index("[gemeenten.losser.kolommen]") + 1
    head = "[gemeenten.losser.kolommen]"
    below = message("below_block", block=head, at=message("at_line", row=row))

    assert head not in again.splitlines()
    assert below in again.splitlines()
    written(tmp_path, f"{pasted}\n{again}\n")


def test_what_several_topics_mean_is_no_line_to_paste_in_a_block(tmp_path):
    rows = "Datum ontvangst;Onderwerp\n14-3-2022;wietplantje\n"
    first, _ = suggested(tmp_path, {"losser": rows})
    again, _ = suggested(tmp_path, {"losser": rows}, own=first)

    (line,) = [one for one in again.splitlines() if "meer_onderwerpen" in one]
    assert line == message("several_topics")


def test_a_question_says_at_which_line_its_block_is(tmp_path):
    said, _ = suggested(tmp_path, {"losser": STRUCK_OUT})
    # EVALUATIE has an empty line, a head and four keys
    assert "onder [gemeenten.losser] (regel 7)" in said


def test_a_block_that_is_there_twice_is_named_with_both_lines(tmp_path):
    settings = f"{EVALUATIE}[gemeenten.losser]\n[gemeenten.borne]\n[gemeenten.losser]\n"
    with pytest.raises(UsageError) as fault:
        written(tmp_path, settings)
    said = "regel 9: blok [gemeenten.losser] staat al op regel 7."
    assert said in str(fault.value)


def test_an_answer_that_landed_at_another_gemeente_is_remarked(tmp_path):
    said, _ = suggested(tmp_path, {"losser": TIPS}, own="vervallen_telt = false\n")
    assert "# [gemeenten.losser] (regel 7): vervallen_telt is daar geen antwoord" in said

    of_hers, _ = suggested(tmp_path, {"losser": STRUCK_OUT}, own="vervallen_telt = false\n")
    assert "geen antwoord" not in of_hers


# --- what would stop the audit -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("meldingen/van-wie.xlsx", b"PK\x03\x04 stuk"),
        ("meldingen/apart/oud.xlsx", b"PK\x03\x04 stuk"),
    ],
)
def test_a_file_that_cannot_be_opened_stops_at_once_and_not_after_the_pages(
    tmp_path, name, content
):
    edition = delivers(tmp_path, TIPS)
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)

    with pytest.raises(DataError) as stopped:
        read_and_clean(edition)

    first = message("cannot_search", file=name, fault="").splitlines()[0]
    assert first in str(stopped.value).splitlines()
    assert any(line.startswith(f"# {name} is niet") for line in suggestions(edition).splitlines())


def test_what_is_set_aside_and_can_be_opened_is_neither_read_nor_asked_about(tmp_path):
    edition = delivers(tmp_path, TIPS)
    (tmp_path / "meldingen" / "apart").mkdir(parents=True)
    (tmp_path / "meldingen" / "apart" / "oud.csv").write_text("Aap;Noot\n1;2\n", encoding="utf-8")

    (file,) = read_and_clean(edition).files

    assert (file["path"], file["read"]) == ("losser.csv", 2)
    assert edition.unnamed() == []


TOTALS = "Maand;Onderwerp;Aantal\njanuari 2022;drugs;3\n"
TWICE = "Datum ontvangst;Onderwerp;Onderwerp\n14-3-2022;drugs;fraude\n"


@pytest.mark.parametrize("text", [TOTALS, TWICE])
def test_what_only_its_sender_can_repair_says_how_the_other_gemeenten_go_on(tmp_path, text):
    with pytest.raises(DataError) as stopped:
        read_and_clean(of_two(tmp_path, borne=text))
    assert "een # voor levering" in str(stopped.value)
    assert "in de map meldingen/apart" in str(stopped.value)

    aside = tmp_path / "meldingen" / "apart"
    aside.mkdir(parents=True)
    (tmp_path / "borne.csv").rename(aside / "borne.csv")
    without = OF_TWO.replace('levering = ["borne.csv"]', '# levering = ["borne.csv"]')
    went_on = read_and_clean(written(tmp_path, EVALUATIE + without))

    assert [file["path"] for file in went_on.files] == ["losser.csv"]


# --- words for the whole district ----------------------------------------------------------------

OF_TWO = """[gemeenten.losser]
levering = ["losser.csv"]
[gemeenten.borne]
levering = ["borne.csv"]
"""


def of_two(folder, own="", borne=""):
    losser = "Datum ontvangst;Onderwerp\n14-3-2022;wiebelen\n15-3-2022;wiebelen\n16-3-2022;knip\n"
    usual = "Datum ontvangst;Onderwerp\n14-3-2022;wiebelen\n15-3-2022;drugs\n"
    (folder / "losser.csv").write_text(losser, encoding="utf-8")
    (folder / "borne.csv").write_text(borne or usual, encoding="utf-8")
    return written(folder, EVALUATIE + own + OF_TWO)


def test_a_word_of_several_files_is_asked_once_for_all_gemeenten(tmp_path):
    lines = suggestions(of_two(tmp_path)).splitlines()

    assert [line for line in lines if "wiebelen" in line] == [
        '# "wiebelen" = ""  # 3 keer, in 2 bestanden'
    ]
    assert "[waarden.topic]" in lines
    assert lines.index("[gemeenten.losser.waarden.topic]") < lines.index('# "knip" = ""  # 1 keer')


def test_a_word_of_all_gemeenten_counts_for_each_but_for_who_says_otherwise(tmp_path):
    of_all = '[waarden.topic]\n"wiebelen" = "drugsdelicten"\n"knip" = "drugsdelicten"\n'
    edition = of_two(tmp_path, of_all)
    text = (tmp_path / "evaluatie.toml").read_text(encoding="utf-8")
    own = '[gemeenten.losser.waarden.topic]\n"knip" = "woonfraude"\n'

    topics = read_and_clean(written(tmp_path, text + own)).meldingen["topic"]

    assert suggestions(edition) == ALL_KNOWN
    assert sorted(topics) == [*["drugsdelicten"] * 4, "woonfraude"]


def test_a_meaning_for_all_gemeenten_that_is_no_code_is_refused_by_its_place(tmp_path):
    edition = of_two(tmp_path, '[waarden.topic]\n"wiebelen" = "drugz"\n')

    with pytest.raises(UsageError, match=r"\[waarden.topic\]"):
        read_and_clean(edition)
