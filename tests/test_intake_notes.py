"""What is not counted and in no letter is in the manifest; `mma prepare` and `check` tell it."""

import small_edition
from mma_analysis import settings
from mma_analysis.pipeline.beginning import words_to_name
from mma_analysis.pipeline.intake import read_and_clean

LOSSER = small_edition.settings({"losser": "losser.csv"})
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
    for name, text in {
        settings.SETTINGS_FILE: LOSSER + SURVEY,
        "codeboek.toml": CODEBOOK,
        "antwoorden.csv": ANSWERS,
        "losser.csv": TIPS,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    files = read_and_clean(settings.load(tmp_path)).files

    notes = {file["path"]: file["notes"] for file in files}
    assert notes["losser.csv"] == [
        "losser.csv, column B without a header: filled in row 2, and not read"
    ]
    assert notes["antwoorden.csv"] == [
        "antwoorden.csv, row 3: not counted: Uit de ingevulde vragenlijst blijkt niet voor welke "
        "gemeente het antwoord is.",
        "antwoorden.csv, row 4: not counted: In de verzonden vragenlijst is geen enkele vraag "
        "beantwoord. Dit antwoord telt niet mee.",
    ]
    assert [(file["read"], file["clean"], file["rejected"]) for file in files] == [
        (2, 2, 0),
        (3, 1, 2),
    ]


def test_words_of_a_status_that_are_not_known_are_counted_and_listed_with_a_proposal(tmp_path):
    rows = ["vervallen;politie", "vervallen;", "afgeslotn;boa", "open;politie, RIEC", "n.v.t.;"]
    text = "Datum ontvangst;Status;Ook verzonden aan\n"
    text += "".join(f"{day}-3-2022;{row}\n" for day, row in enumerate(rows, 14))
    (tmp_path / "losser.csv").write_text(text, encoding="utf-8")
    edition = small_edition.written(tmp_path, LOSSER)

    (file,) = read_and_clean(edition).files
    lines = words_to_name(edition).splitlines()

    assert file["notes"][0].startswith("losser.csv, column 'Status': in 3 rows a word that is not")
    assert lines[:3] == [
        "[gemeenten.losser.waarden.status]  # losser.csv",
        '"vervallen" = "onbekend"  # 2×',
        '"afgeslotn" = "afgesloten"  # 1×',
    ]
    pasted = LOSSER + "\n".join(lines)
    assert words_to_name(small_edition.written(tmp_path, pasted)) == ""
