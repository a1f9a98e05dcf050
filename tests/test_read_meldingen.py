"""A delivered file becomes rows of our fields, or the error says what a person can do.

`cases/deliveries.toml` says by hand what becomes of each delivery.
"""

import io
import re
import zipfile

import pytest
import xlsxwriter
from conftest import cases, toml_cases

from mma_analysis import read
from mma_analysis.settings import load
from mma_analysis.vocabulary import UsageError
from mma_analysis.vocabulary.errors import MmaError
from mma_analysis.vocabulary.schema import SOURCE
from says import TEXTS, says
from small_edition import delivers, workbook

HEADER = "Meldnummer;Datum ontvangst;Onderwerp"


@pytest.fixture
def deliver(tmp_path):
    """Read one text, or a workbook of these sheets, as the delivery of Losser."""

    def read_file(text="", sheets=None, own="", **_):
        content, file = text.lstrip("\n"), "losser.csv"
        if sheets:
            content, file = workbook(sheets), "losser.xlsx"
        return read.read_delivery(delivers(tmp_path, content, file, own), file)

    return read_file


def column(delivery, field):
    return delivery.rows[field].tolist()


@pytest.mark.parametrize("case", toml_cases("deliveries", "read"))
def test_a_delivery_becomes_rows_of_our_fields_and_what_is_not_read_is_said(deliver, case):
    delivery = deliver(**case)

    assert {field: column(delivery, field) for field in case["fields"]} == case["fields"]
    *fields, file, sheet, row, last = delivery.rows.columns
    assert (file, sheet, row, last) == (*SOURCE, "shifted")
    assert fields == case.get("columns", fields)
    shifted = delivery.rows.loc[delivery.rows["shifted"], "source_row"]
    assert shifted.tolist() == case.get("shifted", [])
    assert delivery.headers == case.get("headers", delivery.headers)
    notes = case.get("notes", {})
    for note, (code, words) in zip(delivery.unread, notes.items(), strict=True):
        assert re.fullmatch(says(code, **words), note)
    # Of a second table its sender is asked too.
    begins = [words["row"] for code, words in notes.items() if code == "note_below"]
    assert list(delivery.second_tables) == [f"losser.csv, rij {row}" for row in begins]


@pytest.mark.parametrize("case", toml_cases("deliveries", "error"))
def test_a_delivery_that_cannot_be_read_says_why_and_tells_no_melding(deliver, case):
    ((code, words),) = ((key, value) for key, value in case.items() if key in TEXTS)

    with pytest.raises(MmaError, match=says(code, **words)) as error:
        deliver(**case)

    assert "blauwe" not in str(error.value)


@pytest.mark.parametrize("after", ["", "M9;16-3-2022;fraude;open"])
@pytest.mark.parametrize(("below", "rows"), cases("notes"))
def test_a_row_that_may_be_a_melding_is_data_and_a_note_is_not(deliver, below, rows, after):
    lines = [f"{HEADER};Status", "20220001;14-1-2022;drugs;", *below.split(" | "), after]

    delivery = deliver("\n".join(lines))

    expected = [*map(int, rows.split()), *([len(lines)] if after else [])]
    assert column(delivery, "source_row") == expected


@pytest.mark.parametrize(("cells", "become"), cases("presence"))
def test_the_content_of_a_column_becomes_present_or_absent(deliver, cells, become):
    rows = "".join(f'M{i};;;"{cell}"\n' for i, cell in enumerate(cells.split(" | ")))

    delivery = deliver(f"{HEADER};Kenteken\n{rows}")

    expected = ["" if word == "leeg" else word for word in become.split()]
    assert column(delivery, "has_vehicle") == expected
    assert "QA-007-Q" not in delivery.rows.to_csv()


def test_every_sheet_that_is_not_there_is_named_in_the_order_of_the_settings(deliver):
    sheets = {"Blad1": [("Meldnummer", "Datum ontvangst", "Onderwerp")]}

    with pytest.raises(UsageError) as error:
        deliver(sheets=sheets, own='blad = ["Zomer", "Herfst", "Blad1", "Zomer"]')

    lines = str(error.value).splitlines()
    for name, line in zip(("Zomer", "Herfst"), lines, strict=True):
        assert re.fullmatch(says("no_such_sheet", sheet=name, file="losser.xlsx"), line)


@pytest.mark.parametrize(
    ("own", "other", "words"),
    [
        ('"Binnen" = "received_on"', '"binnen!" = "closed_on"', {"also": "closed_on"}),
        ('"Soort" = "topic"', '"Soort" = "ignored"', {"line": "topic", "also": "ignored"}),
    ],
)
def test_senders_of_one_file_give_a_header_one_meaning(tmp_path, own, other, words):
    blocks = f"[gemeenten.losser.kolommen]\n{own}"
    senders = ("losser", "enschede")
    edition = delivers(tmp_path, f"{HEADER}\n", "a.csv", blocks, senders)
    path = tmp_path / "evaluatie.toml"
    path.write_text(f"{path.read_text()}[gemeenten.enschede.kolommen]\n{other}\n")

    places = {"one": "gemeenten.losser.kolommen", "other": "gemeenten.enschede.kolommen"}
    with pytest.raises(UsageError, match=says("other_meanings", **places, **words)):
        read.read_delivery(load(edition.folder), "a.csv")


@pytest.mark.parametrize("header", ["Loos alarm?", "Vals", "Ongegrond", "Niet raak", "Onjuist?"])
def test_a_result_below_a_header_that_says_the_opposite_is_a_question(deliver, header):
    text = f"Datum ontvangst;Onderwerp;{header}\n14-3-2022;drugs;Nee\n15-3-2022;drugs;ja\n"
    chosen = f'[gemeenten.losser.kolommen]\n"{header}" = "result"\n'
    meaning = '[gemeenten.losser.waarden.result]\n"ja" = "niet_bevestigd"\n"nee" = "bevestigd"'

    with pytest.raises(MmaError) as error:
        deliver(text, own=chosen)
    answered = deliver(text, own=chosen + meaning)

    where = {"place": "losser.csv, rij 1", "header": header, "slug": "losser"}
    assert re.fullmatch(says("opposite_result", **where), str(error.value))
    first, second = str(error.value).splitlines()[1:]
    assert (first, second) == ('# "Nee" = "bevestigd"', '# "ja" = "niet_bevestigd"')
    assert column(answered, "result") == ["Nee", "ja"]


@pytest.mark.parametrize(("header", "cell"), [("Klopt het?", "ja"), ("Loos alarm?", "bevestigd")])
def test_a_result_that_says_what_it_is_is_no_question(deliver, header, cell):
    text = f"Datum ontvangst;Onderwerp;{header}\n14-3-2022;drugs;{cell}\n"

    read_so = deliver(text, own=f'[gemeenten.losser.kolommen]\n"{header}" = "result"')

    assert column(read_so, "result") == [cell]


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_the_calendar_of_1904_is_seen_however_its_program_names_the_elements(tmp_path, prefix):
    content = workbook({"Blad1": [("Datum ontvangst", "Onderwerp"), (43172, "drugs")]})
    of_1904 = with_calendar_of_1904(content, prefix)

    delivery = read.read_delivery(delivers(tmp_path, of_1904, "losser.xlsx"), "losser.xlsx")

    # 14 March 2022 is day 43,172 since 1904, and day 44,634 of every other workbook.
    assert column(delivery, "received_on") == ["44634"]


def with_calendar_of_1904(content: bytes, prefix: str) -> bytes:
    """The workbook, counting from 1904, with this prefix before the elements of its book."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode()
            if name == "xl/workbook.xml":
                declaration, book = part.split("?>", 1)
                book = book.replace("<workbookPr", '<workbookPr date1904="1"')
                book = re.sub(r"<(/?)(\w)", rf"<\1{prefix}\2", book)
                namespace = f"xmlns:{prefix[:-1]}=" if prefix else "xmlns="
                part = f"{declaration}?>{book.replace('xmlns=', namespace)}"
            new.writestr(name, part)
    return changed.getvalue()


CROSSES = """Datum ontvangst;drugs;woonfraude;fraude;bevestigd;niet bevestigd
14-3-2022;x;;;x;
15-3-2022;;1;;;x
16-3-2022;;;X;;
17-3-2022;;;;x;
"""


def test_a_cross_table_is_read_by_the_headers_above_its_crosses(tmp_path):
    lines = "\n".join(
        [
            "[gemeenten.losser.kolommen]",
            *(f'"{header}" = "topic_x"' for header in ("drugs", "woonfraude", "fraude")),
            *(f'"{header}" = "result_x"' for header in ("bevestigd", "niet bevestigd")),
        ]
    )

    delivery = read.read_delivery(delivers(tmp_path, CROSSES, own=lines), "losser.csv")

    assert delivery.rows["topic"].tolist() == ["drugs", "woonfraude", "fraude", ""]
    assert delivery.rows["result"].tolist() == ["bevestigd", "niet bevestigd", "", "bevestigd"]
    assert delivery.headers["topic"] == "drugs / woonfraude / fraude"


# --- rows that somebody took back ----------------------------------------------------------------

TAKEN_BACK = """Datum ontvangst;Onderwerp;Opmerking
14-3-2022;drugs;
15-3-2022;drugs;VERVALLEN - hoort bij Almelo
16-3-2022;TEST;
17-3-2022;drugs;na de test bleek het niets
"""


@pytest.mark.parametrize(("answer", "left"), [("false", [2, 5]), ("true", [2, 3, 4, 5])])
def test_rows_that_say_that_they_do_not_count_are_asked_about(tmp_path, answer, left):
    with pytest.raises(MmaError) as asked:
        read.read_delivery(delivers(tmp_path, TAKEN_BACK), "losser.csv")
    assert re.fullmatch(
        says("withdrawn", places="losser.csv, rij 3, 4", slug="losser"), str(asked.value)
    )
    assert "Almelo" not in str(asked.value)

    edition = delivers(tmp_path, TAKEN_BACK, own=f"vervallen_telt = {answer}")
    rows = read.read_delivery(edition, "losser.csv").rows

    counted = rows if "withdrawn" not in rows else rows[~rows["withdrawn"]]
    assert counted["source_row"].tolist() == left


def styled(**styles) -> bytes:
    """A workbook in which these rows, by number, have a format."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("2022")
        sheet.write_row(0, 0, ["Datum ontvangst", "Onderwerp"])
        for number in range(1, 7):
            given = styles.get(f"row{number}", {})
            sheet.write_row(number, 0, [f"{number + 12}-3-2022", "drugs"], book.add_format(given))
    return content.getvalue()


def test_a_row_that_is_struck_through_is_asked_about(tmp_path):
    content = styled(row2={"font_strikeout": True}, row5={"font_strikeout": True})

    with pytest.raises(MmaError) as asked:
        read.read_delivery(delivers(tmp_path, content, file="losser.xlsx"), "losser.xlsx")

    places = "losser.xlsx, tabblad '2022', rij 3, 6"
    assert re.fullmatch(says("withdrawn", places=places, slug="losser"), str(asked.value))


RED, GREEN, BLUE = ({"bg_color": colour} for colour in ("#FF0000", "#00FF00", "#0000FF"))


@pytest.mark.parametrize(
    ("rows", "is_noted"),
    [
        ([RED] * 6, False),
        ([RED, {}, RED, {}, RED, {}], False),
        ([RED, {}, {}, {}, {}, {}], True),
        ([RED, RED, GREEN, GREEN, BLUE, RED], True),
    ],
)
def test_colours_that_differ_are_named_also_when_every_row_has_one(tmp_path, rows, is_noted):
    styles = {f"row{number}": style for number, style in enumerate(rows, start=1)}
    edition = delivers(tmp_path, styled(**styles), file="losser.xlsx")

    delivery = read.read_delivery(edition, "losser.xlsx")

    number = sum(1 for style in rows if style)
    said = says("note_colour", rows="1 rij" if number == 1 else f"{number} rijen")
    assert [bool(re.fullmatch(said, note)) for note in delivery.unread] == [True] * is_noted
