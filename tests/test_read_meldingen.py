"""A delivered file becomes rows of our fields, or the error says what a person can do."""

import re

import pytest
from conftest import cases

from mma_analysis import read
from mma_analysis.read.headers import TARGETS
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, plain
from mma_analysis.vocabulary.schema import SOURCE
from says import says
from small_edition import delivers, workbook

HEADER = "Meldnummer;Datum ontvangst;Onderwerp"
NARROW = "Datum ontvangst;Onderwerp\n"
WIDE = "Datum ontvangst;Onderwerp;Status;Woonplaats\n"
TIP = ["14-3-2022", "drugs", "open"]
COLUMNS = "[gemeenten.losser.kolommen]\n"


@pytest.fixture
def deliver(tmp_path):
    """Read one text, or a workbook of these sheets, as the delivery of Losser."""

    def read_file(content, own="", file="losser.csv"):
        if isinstance(content, dict):
            content, file = workbook(content), "losser.xlsx"
        return read.read_delivery(delivers(tmp_path, content, file, own), file)

    return read_file


def column(delivery, field):
    return delivery.rows[field].tolist()


# --- where the header is -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "rows"),
    [
        ("M9;20-5-2022;drugs;open\n", "rij 1"),
        ("Registratie MMA\nM1;14-3-2022;drugs\n\nM2;15-3-2022;fraude\n", "rij 2 tot en met 4"),
        ("14-3-2022;drugs\n", "rij 1"),  # two cells, of which one is a topic
        (NARROW + "14-9-2021;drugs\n15-10-2021;fraude\n", "rij 2 tot en met 3"),  # a wider table
        ("M1;44634;drugs\n", "rij 1"),  # a day as a number
    ],
)
def test_meldingen_above_the_header_are_an_error_that_names_their_rows(deliver, above, rows):
    header = f"Meldnummer;{WIDE}" if above.startswith("M") else WIDE

    with pytest.raises(DataError, match=says("around", place=rows, where="boven de koppen")):
        deliver(f"{above}{header}M5;16-3-2022;drugs;open;Goor\n")


@pytest.mark.parametrize(
    "above",
    [
        "Peildatum;30-6-2023;;\nVan:;1-7-2021;;\nTot:;30-6-2023;;\n",
        "Periode;1-7-2021;t/m;30-6-2023\nAfgedrukt;3-7-2023\n",
        "3-7-2023\nAantal tips;44634\n",
        "Status: definitief;Datum: 3-7-2023\n",
        "Melding;;Afhandeling\n",  # words above the header, without a row between them
    ],
)
def test_the_lines_of_a_title_above_the_header_are_no_meldingen(deliver, above):
    delivery = deliver(f"{above}{WIDE}16-3-2022;drugs;open;Goor\n")

    assert column(delivery, "received_on") == ["16-3-2022"]


def test_a_day_below_a_word_that_does_not_say_which_day_it_is_is_not_the_day_of_receipt(deliver):
    two_rows = "Melding;;Zomaar\nNummer;Onderwerp;Datum\nM1;drugs;14-3-2022\n"

    with pytest.raises(DataError, match="'Zomaar Datum'"):
        deliver("Status;" + two_rows.replace("\n", "\n;", 2))


# --- which rows are data -------------------------------------------------------------------------


@pytest.mark.parametrize("after", ["", "M9;16-3-2022;fraude;open"])
@pytest.mark.parametrize(("below", "rows"), cases("notes"))
def test_a_row_that_may_be_a_melding_is_data_and_a_note_is_not(deliver, below, rows, after):
    lines = [f"{HEADER};Status", "20220001;14-1-2022;drugs;", *below.split(" | "), after]

    delivery = deliver("\n".join(lines))

    expected = [*map(int, rows.split()), *([len(lines)] if after else [])]
    assert column(delivery, "source_row") == expected


def test_a_text_at_the_left_is_data_when_meldingen_are_described_there(deliver):
    delivery = deliver("Omschrijving;Datum ontvangst;Onderwerp\nEr wordt gedeeld bij de school;;\n")

    assert column(delivery, "source_row") == [2]


# --- what is not read, and said ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([[*TIP, "15-3-2022", "fraude", "open"]], "rij 2, kolom D tot en met F"),
        ([[*TIP], [*TIP, "", "15-3-2022", "fraude"]], "rij 3, kolom E tot en met F"),
    ],
)
def test_meldingen_in_columns_without_a_header_are_an_error_that_names_their_place(
    deliver, rows, place
):
    with pytest.raises(DataError, match=says("around", place=f"tabblad 'Blad1', {place}")):
        deliver({"Blad1": [NARROW.strip().split(";") + ["Status"], *rows]})


def test_a_row_of_a_second_table_in_ignored_columns_is_an_error(deliver):
    own = f'{COLUMNS}"Dag" = "ignored"\n"Thema 2" = "ignored"\n'
    read_rows = f"{WIDE.strip()};Dag;Thema 2\n14-3-2022;drugs;open;Losser;15-3-2022;fraude\n"

    with pytest.raises(DataError, match=says("around", place="rij 3, kolom E tot en met F")):
        deliver(read_rows + ";;;;16-3-2022;fraude\n", own)

    assert len(deliver(read_rows, own).rows) == 1


@pytest.mark.parametrize(
    ("text", "rows", "unread"),
    [
        # Remarks beside the table.
        (
            "Onderwerp;Datum ontvangst;\ndrugs;14-3-2022;15-3-2022\nfraude;15-3-2022;dossier 4\n",
            [2, 3],
            says("note_beside", columns="kolom C", rows="rij 2 tot en met 3"),
        ),
        # Formulas that were filled in down to below the meldingen, unless the day failed.
        (
            "Datum ontvangst;Onderwerp;Status\n14-3-2022;#N/B;open\n;#N/B;#N/B\n#N/B;#N/B;\n",
            [2, 4],
            says("note_failed", rows="rij 3"),
        ),
    ],
)
def test_what_is_no_melding_is_named_and_not_read(deliver, text, rows, unread):
    delivery = deliver(text)

    assert column(delivery, "source_row") == rows
    (note,) = delivery.unread
    assert re.fullmatch(unread, note)


def test_free_text_ignored_columns_and_columns_without_header_are_not_read(deliver):
    delivery = deliver(f"{HEADER};Toelichting;Volgnr;\nM1;3-3-2022;drugs;geheim;1;ook geheim\n")

    assert [*delivery.rows.columns] == ["melding_id", "received_on", "topic", *SOURCE]


@pytest.mark.parametrize(
    "row", ["M2;15-3-2022;x; Jansen;drugs", ";;;;M2", "De buurman van de school;;;;man"]
)
def test_no_cell_of_a_row_with_more_cells_than_headers_is_read(deliver, row):
    header = "Meldnummer;Datum ontvangst;Toelichting;Onderwerp"

    delivery = deliver(f"{header}\nM1;14-3-2022;y;fraude\n{row}\nM3;16-3-2022;y;drugs;\n")

    assert column(delivery, "source_row") == [2, 3, 4]
    assert column(delivery, "melding_id") == ["M1", "", "M3"]
    assert column(delivery, "topic") == ["fraude", "", "drugs"]
    assert delivery.shifted == {3}


# --- what a cell becomes -------------------------------------------------------------------------


@pytest.mark.parametrize(("cells", "become"), cases("presence"))
def test_the_content_of_a_column_becomes_present_or_absent(deliver, cells, become):
    rows = "".join(f'M{i};;;"{cell}"\n' for i, cell in enumerate(cells.split(" | ")))

    delivery = deliver(f"{HEADER};Kenteken\n{rows}")

    expected = ["" if word == "leeg" else word for word in become.split()]
    assert column(delivery, "has_vehicle") == expected
    assert "QA-007-Q" not in delivery.rows.to_csv()


def test_street_and_house_number_are_one_location_that_the_filled_one_gives(deliver):
    rows = "M1;;;Dorpsweg;#N/B\nM2;;;;#N/B\nM3;;;;5\nM4;;;Dorpsweg;\nM5;;;;\n"

    delivery = deliver(f"{HEADER};Straat;Huisnummer\n{rows}")

    assert column(delivery, "has_location") == ["ja", "onleesbaar", "ja", "ja", "nee"]


def test_whether_a_column_is_an_answer_is_decided_for_the_whole_file(deliver):
    header = ["Datum ontvangst", "Onderwerp", "Kenteken"]
    sheets = {
        "2021": [header, ["3-8-2021", "drugs", ""]],
        "2022": [header, ["3-8-2022", "drugs", "QA-007-Q"]],
        "2023": [header[:2], ["3-1-2023", "drugs"]],  # no such column: not registered
    }

    assert column(deliver(sheets), "has_vehicle") == ["nee", "ja", ""]


@pytest.mark.parametrize(
    ("postcode", "kept"), [("7471 AB", "7471"), ("7471ab", "7471"), ("onbekend", ""), ("74711", "")]
)
def test_of_a_postcode_only_the_digits_are_read_and_of_a_long_text_the_beginning(
    deliver, postcode, kept
):
    delivery = deliver(f"{HEADER};Postcode\nM1;;{'drugs ' * 20};{postcode}\n")

    assert column(delivery, "postcode") == [kept]
    assert len(column(delivery, "topic")[0]) == 60


# --- settings ------------------------------------------------------------------------------------


def test_the_settings_say_what_an_unknown_header_is(deliver):
    own = f'{COLUMNS}"Binnen bij ons" = "received_on"\n"Wat zei men" = "free_text"\n'

    delivery = deliver(
        "Binnen bij ons;Thema;Wat zei men;Kleur\n3-3-2022;drugs;geheim;rood\n",
        f'{own}"Kleur" = "ignored"\n',
    )

    read_as = {"received_on": "Binnen bij ons", "topic": "Thema"}
    assert delivery.headers == read_as | {"free_text": "Wat zei men", "ignored": "Kleur"}


def test_only_the_sheet_in_the_settings_is_read(deliver):
    rows = [["Datum ontvangst", "Onderwerp"], ["3-8-2021", "drugs"]]
    sheets = {"Registratie": rows, "Oud": rows}

    assert column(deliver(sheets, 'blad = "Registratie"'), "source_sheet") == ["Registratie"]


@pytest.mark.parametrize(
    ("own", "file", "said"),
    [
        ('blad = "Nu"', "losser.xlsx", says("no_such_sheet", sheet="Nu", near="Blad1")),
        (
            f'{COLUMNS}"Binnen" = "recieved_on"',
            "losser.xlsx",
            says("not_a_field", near="received_on"),
        ),
        ("", "almelo.csv", says("not_delivered", file="almelo.csv")),
    ],
)
def test_settings_that_fit_no_file_sheet_or_field_are_an_error(tmp_path, own, file, said):
    content = workbook({"Blad1": [HEADER.split(";")]})

    with pytest.raises(UsageError, match=said):
        read.read_delivery(delivers(tmp_path, content, "losser.xlsx", own), file)


# --- headers that are not recognised -------------------------------------------------------------


DAYS, NUMBERS = "# hierin staan dagen", "# hierin staan nummers van meldingen"
A_DAY = "reported_on, closed_on, fed_back_on, ignored"


@pytest.mark.parametrize(
    ("header", "cells", "line"),
    [
        # Ready only when the cells bear out what the header is like.
        ("Afgeslotn op", ["14-3-2022", "15-3-2022"], f'"Afgeslotn op" = "closed_on"  {DAYS}'),
        ("Ons nr", ["M2022-001", "M2022-002"], f'"Ons nr" = "melding_id"  {NUMBERS}'),
        # Else a person chooses, and a column of days is never proposed as free text.
        (
            "Kleurtje",
            ["14-3-2022", "15-3-2022"],
            f'# "Kleurtje" = "reported_on"  {DAYS}  # kies uit: {A_DAY}',
        ),
        ("Kleurtje", ["14-3-2022 gebeld", "rood"], '# "Kleurtje" = "free_text"  # kies uit: '),
        ("Kleurtje", ["", ""], '# "Kleurtje" = "free_text"  # kies uit: free_text, ignored'),
        ("Klaar", ["x", ""], '# "Klaar" = '),
        ("Coördinator", ["J. Jansen", "P. de Vries"], '# "Coördinator" = '),
    ],
)
def test_what_a_column_holds_decides_whether_its_line_is_ready_to_paste(
    tmp_path, header, cells, line
):
    rows = "".join(f"14-3-2022;drugs;open;{cell}\n" for cell in cells)
    edition = delivers(tmp_path, f"Datum ontvangst;Onderwerp;Status;{header}\n{rows}")

    (proposed,) = read.unknown_headers(edition, "losser.csv").values()

    assert proposed.startswith(line)
    with pytest.raises(DataError, match=says("unknown_header", headers=header)) as error:
        read.read_delivery(edition, "losser.csv")
    assert line in str(error.value)


SECRET = "Man in blauwe jas dealt bij school"


@pytest.mark.parametrize(
    "content",
    [
        # Three words that are headers in each melding, and none above them.
        f"M1;14-3-2022;drugs;Ontvangen;Bevestigd;Nuttig;{SECRET}\n" * 2,
        f"1;44634;drugs;Ontvangen;Bevestigd;{SECRET}\n" * 3,
        f"M1;ma 14 mrt 2022;drugs;{SECRET}\nM2;di 15 mrt 2022;drugs;kort\n",
        # No day and no number of a melding, but the same words in the next row.
        f"a;drugs;Ontvangen;Bevestigd;{SECRET}\nb;drugs;Ontvangen;Onbekend;kort\n",
        # A melding in each column.
        f"Toelichting;{SECRET};kort\nMeldnummer;M1;M2\nDatum ontvangst;14-3-2022;15-3-2022\n",
        f"Status;Ontvangen;{SECRET}\nOnderwerp;drugs;drugs\nDatum;14-3-2022;15-3-2022\n",
    ],
)
def test_a_melding_that_may_be_taken_for_a_header_is_not_told(tmp_path, content):
    edition = delivers(tmp_path, content)

    with pytest.raises(DataError, match="herkennen wij geen koppen") as error:
        read.read_delivery(edition, "losser.csv")
    with pytest.raises(DataError, match=says("no_header")) as other:
        read.unknown_headers(edition, "losser.csv")

    assert "blauwe" not in f"{error.value} {other.value}"


def test_a_row_with_the_words_of_a_melding_does_not_win_from_the_headers_above_it(deliver):
    content = f"Zaak;Onderwerp;Klopt het;Kleur\nM1;Ontvangen;Bevestigd;{SECRET}\n"
    headers = "'Klopt het', 'Kleur'"

    with pytest.raises(DataError, match=says("unknown_header", place="rij 1", headers=headers)):
        deliver(content, f'{COLUMNS}"Zaak" = "melding_id"\n')


def test_no_alias_of_a_header_means_two_things():
    fields: dict[str, str] = {}
    for row in Vocabulary().reference("column_aliases"):
        assert fields.setdefault(plain(row["alias"]), row["field"]) == row["field"], row["alias"]
        assert row["field"] in TARGETS
