"""The workbook with questions: what it asks, what is taken over, and what is refused."""

import io
import re
import shutil
import tomllib
from pathlib import Path

import openpyxl
import pytest
from conftest import PROJECT

from mma_analysis.pipeline import question_book
from mma_analysis.pipeline.not_understood import questions_of
from mma_analysis.pipeline.question_book import HEADERS, MADE_OF, WORDS_SHEET, take_over
from mma_analysis.settings import Edition, Workspace
from mma_analysis.vocabulary import UsageError, message
from small_edition import EVALUATIE, workbook, written

# A header of days that says which, one that does not, one of an answer, one of own words:
# the picture of the handbook is made of these too.
ASKS = PROJECT / "tests" / "cases" / "vragen"
SETTINGS = (ASKS / "evaluatie.toml").read_text(encoding="utf-8")


def edition(root: Path, settings: str = SETTINGS, slug: str = "proef") -> Workspace:
    workspace = Workspace(root)
    shutil.copytree(ASKS, workspace.raw(slug))
    (workspace.raw(slug) / "evaluatie.toml").write_text(settings, encoding="utf-8")
    return workspace


def made(workspace: Workspace, slug: str = "proef") -> Path:
    return question_book.write_question_book(workspace.edition(slug))


def rows_of(path: Path, sheet: str) -> list[dict[str, str]]:
    head, *below = openpyxl.load_workbook(path)[sheet].values
    return [dict(zip(head, [cell or "" for cell in row], strict=True)) for row in below]


def fill(path: Path, sheet: str, by: str, picks: dict[str, str]) -> None:
    """Choose, in the last column, for the rows that have these words in a column."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    at = [cell.value for cell in page[1]].index(by)
    for row in page.iter_rows(min_row=2):
        if row[at].value in picks:
            row[6].value = picks[row[at].value]
    book.save(path)


def settings_of(workspace: Workspace) -> str:
    return (workspace.raw("proef") / "evaluatie.toml").read_text(encoding="utf-8")


def refused(workspace: Workspace, path: Path) -> str:
    before = settings_of(workspace)
    with pytest.raises(UsageError) as error:
        take_over(workspace, "proef", path)
    assert settings_of(workspace) == before
    return str(error.value)


def test_only_what_the_cells_prove_is_filled_in_and_no_free_text_is_shown(tmp_path):
    path = made(edition(tmp_path))

    headers = {row["kop"]: row for row in rows_of(path, HEADERS)}

    # 'Geslaagd' may be two fields; 'Gesloten' stands above days, of which only a person knows.
    assert set(headers) == {
        "Dag van binnenkomst bij ons",
        "Geslaagd",
        "Pakt op",
        "Gesloten",
        "Coördinator",
    }
    assert [row["kop"] for row in headers.values() if row["keuze"]] == [
        "Dag van binnenkomst bij ons"
    ]
    assert headers["Geslaagd"]["voorbeelden"] == "ja; nee"
    assert headers["Gesloten"]["voorbeelden"] == "18-3-2022; 19-3-2022"
    assert headers["Pakt op"]["voorbeelden"] == headers["Coördinator"]["voorbeelden"] == ""
    content = b"".join(_texts(path))
    for name in ("Fatima", "Bram", "Piet"):
        assert name.encode() not in content


def _texts(path: Path) -> list[bytes]:
    book = openpyxl.load_workbook(path)
    return [str(cell.value).encode() for page in book for row in page.rows for cell in row]


def test_every_list_to_choose_from_has_the_dutch_names_that_the_values_allow(tmp_path):
    book = openpyxl.load_workbook(made(edition(tmp_path)))

    page = book[HEADERS]
    listed = {}
    for rule in page.data_validations.dataValidation:
        _, place = rule.formula1.lstrip("=").split("!")
        cells = [cell[0].value for cell in book["Keuzelijsten"][place.replace("$", "")]]
        listed[page.cell(rule.sqref.ranges.copy().pop().min_row, 3).value] = cells
    assert listed["Geslaagd"][:2] == ["resultaat", "bruikbaarheid"]
    assert listed["Gesloten"][-1] == "niet gelezen: niet nodig"
    assert "dag van afsluiten" in listed["Gesloten"]


def test_a_word_of_several_files_is_asked_once_and_says_how_often(tmp_path):
    words = rows_of(made(edition(tmp_path)), WORDS_SHEET)

    # Two times in Losser and once in Borne; it is asked although headers are open too.
    found = [
        (row["bestand"], row["veld"], row["woord"], row["keer"], row["gemeenten"]) for row in words
    ]
    assert found == [
        ("alle gemeenten", "onderwerp", "wietplantje", "3", "2"),
        ("meldingen/borne.csv", "onderwerp", "zwerfvuilnis", "1", "1"),
    ]


def test_what_is_chosen_comes_in_the_settings_and_every_comment_stays(tmp_path):
    workspace = edition(tmp_path)
    path = made(workspace)
    fill(
        path,
        HEADERS,
        "kop",
        {
            "Geslaagd": "resultaat",
            "Pakt op": "tekst van de melding: niet gelezen",
            "Gesloten": "dag van afsluiten",
            "Coördinator": "niet gelezen: niet nodig",
        },
    )
    fill(path, WORDS_SHEET, "woord", {"wietplantje": "Drugsdelicten", "zwerfvuilnis": "Overig"})

    taken = take_over(workspace, "proef", path)

    text = settings_of(workspace)
    settings = tomllib.loads(text)
    assert (taken.headers, taken.words, taken.open) == (5, 2, [])
    assert settings["waarden"] == {"topic": {"wietplantje": "drugsdelicten"}}
    assert settings["gemeenten"]["losser"]["kolommen"] == {
        "Dag van binnenkomst bij ons": "received_on",
        "Geslaagd": "result",
        "Pakt op": "free_text",
    }
    assert settings["gemeenten"]["borne"]["kolommen"] == {
        "Gesloten": "closed_on",
        "Coördinator": "ignored",
    }
    assert settings["gemeenten"]["borne"]["waarden"] == {"topic": {"zwerfvuilnis": "overig"}}
    assert "# van Losser; zij belden\n[gemeenten.losser]   # klein\n" in text
    assert text.index("[waarden.topic]") < text.index("# van Losser")
    # Nothing is asked any more, and reading it in once more changes nothing.
    with pytest.raises(UsageError, match="niets open"):
        made(workspace)
    assert take_over(workspace, "proef", path).answers == []
    assert settings_of(workspace) == text


def test_of_a_workbook_that_is_filled_in_half_the_rest_is_named_and_stays_open(tmp_path):
    workspace = edition(tmp_path)
    path = made(workspace)
    fill(path, HEADERS, "kop", {"Geslaagd": "resultaat"})

    taken = take_over(workspace, "proef", path)

    columns = tomllib.loads(settings_of(workspace))["gemeenten"]["losser"]["kolommen"]
    assert columns == {"Dag van binnenkomst bij ons": "received_on", "Geslaagd": "result"}
    cells = {one: message("book_cell", sheet=HEADERS, cell=one) for one in ("G4", "G5", "G6")}
    assert set(cells.values()) <= set(taken.open)
    assert len(taken.open) == 5  # three headers and two words
    again = {row["kop"] for row in rows_of(made(workspace), HEADERS)}
    assert again == {"Pakt op", "Gesloten", "Coördinator"}


def test_rows_may_be_sorted(tmp_path):
    workspace = edition(tmp_path)
    path = made(workspace)
    book = openpyxl.load_workbook(path)
    rows = list(book[WORDS_SHEET].values)
    for at, row in enumerate(reversed(rows[1:]), start=2):
        for column, cell in enumerate(row, start=1):
            book[WORDS_SHEET].cell(at, column).value = cell
    book.save(path)
    fill(path, WORDS_SHEET, "woord", {"zwerfvuilnis": "Overig"})

    take_over(workspace, "proef", path)

    assert tomllib.loads(settings_of(workspace))["gemeenten"]["borne"]["waarden"]["topic"] == {
        "zwerfvuilnis": "overig"
    }


def test_what_is_not_in_a_list_is_refused_by_its_cell_and_nothing_is_written(tmp_path):
    workspace = edition(tmp_path)
    path = made(workspace)
    fill(path, HEADERS, "kop", {"Geslaagd": "Fatima el Idrissi", "Pakt op": "dag van ontvangst"})
    fill(path, WORDS_SHEET, "woord", {"wietplantje": "Druks"})

    said = refused(workspace, path)

    for sheet, cell in ((HEADERS, "G3"), (HEADERS, "G4"), (WORDS_SHEET, "G2")):
        assert message("book_cell", sheet=sheet, cell=cell) in said
    assert "Fatima" not in said
    assert "Drugsdelicten" in said


def test_two_columns_of_one_sheet_cannot_be_the_same_day(tmp_path):
    workspace = edition(tmp_path)
    folder = workspace.raw("proef") / "meldingen"
    (folder / "borne.csv").write_text(
        "Onderwerp;Kenteken;Rond wanneer;Gelezen door ons\ndrugs;ja;17-3-2022;18-3-2022\n"
    )
    path = made(workspace)
    fill(
        path,
        HEADERS,
        "kop",
        {"Rond wanneer": "dag van ontvangst", "Gelezen door ons": "dag van ontvangst"},
    )

    said = refused(workspace, path)

    assert said.count("dag van ontvangst") == 1
    assert "cel G5" in said
    assert "cel G6" in said


def test_one_header_of_two_files_of_a_gemeente_is_one_thing(tmp_path):
    two = 'levering = ["meldingen/losser.csv", "meldingen/losser-2.csv"]'
    settings = SETTINGS.replace('levering = ["meldingen/losser.csv"]', two)
    workspace = edition(tmp_path, settings)
    # There the same header stands above other cells, so it is asked in another way.
    losser = (ASKS / "meldingen" / "losser.csv").read_text(encoding="utf-8")
    other = losser.replace(";ja;", ";1;").replace(";nee;", ";2;").replace("-2022", "-2023")
    (workspace.raw("proef") / "meldingen" / "losser-2.csv").write_text(other)
    path = made(workspace)
    book = openpyxl.load_workbook(path)
    picks = iter(["resultaat", "niet gelezen: niet nodig"])
    places = []
    for row in book[HEADERS].iter_rows(min_row=2):
        if row[2].value == "Geslaagd":
            row[6].value = next(picks)
            places.append(row[6].coordinate)
    book.save(path)

    said = refused(workspace, path)

    assert len(places) == 2
    assert all(f"cel {place}" in said for place in places)


def test_a_workbook_of_other_files_or_of_another_edition_is_refused(tmp_path):
    workspace = edition(tmp_path)
    edition(tmp_path, slug="anders")
    path = made(workspace)
    fill(path, HEADERS, "kop", {"Geslaagd": "resultaat"})

    with pytest.raises(UsageError, match="'proef', en niet voor 'anders'"):
        take_over(workspace, "anders", path)
    delivered = workspace.raw("proef") / "meldingen" / "borne.csv"
    before = delivered.read_text(encoding="utf-8")
    delivered.write_text(before + "20-3-2022;drugs;21-3-2022;Piet Puk\n", encoding="utf-8")
    assert "meldingen/borne.csv" in refused(workspace, path)
    # In it nothing can be used any more, so it may be made anew.
    assert made(workspace) == path


@pytest.mark.parametrize("missing", [HEADERS, WORDS_SHEET, MADE_OF])
def test_what_is_no_such_workbook_is_refused(tmp_path, missing):
    workspace = edition(tmp_path)
    path = made(workspace)
    book = openpyxl.load_workbook(path)
    del book[missing]
    book.save(path)

    assert "geen werkmap van" in refused(workspace, path)
    assert "is er niet" in refused(workspace, path.with_name("weg.xlsx"))


def test_a_row_that_was_changed_or_added_is_refused_by_its_cell(tmp_path):
    workspace = edition(tmp_path)
    path = made(workspace)
    book = openpyxl.load_workbook(path)
    book[HEADERS]["C3"].value = "Iets anders"
    book.save(path)

    assert message(
        "book_not_asked", place=message("book_cell", sheet=HEADERS, cell="G3")
    ) in refused(workspace, path)


def test_what_the_settings_say_meanwhile_must_be_the_same(tmp_path):
    workspace = edition(tmp_path)
    path = made(workspace)
    fill(path, HEADERS, "kop", {"Geslaagd": "resultaat"})
    settings = workspace.raw("proef") / "evaluatie.toml"
    added = '[gemeenten.losser.kolommen]\n"Geslaagd" = "usable"\n'
    settings.write_text(settings_of(workspace) + added, encoding="utf-8")

    said = refused(workspace, path)

    assert "cel G3: hier koos u 'resultaat', en in evaluatie.toml staat al 'bruikbaarheid'" in said


def test_a_workbook_with_new_choices_is_not_overwritten(tmp_path):
    workspace = edition(tmp_path)
    path = made(workspace)
    assert made(workspace) == path
    fill(path, WORDS_SHEET, "woord", {"wietplantje": "Drugsdelicten"})
    before = path.read_bytes()

    with pytest.raises(UsageError, match="nog niet is overgenomen"):
        made(workspace)
    assert path.read_bytes() == before


def test_when_writing_fails_the_settings_are_as_they_were(tmp_path, monkeypatch):
    workspace = edition(tmp_path)
    path = made(workspace)
    fill(path, HEADERS, "kop", {"Geslaagd": "resultaat"})
    before = settings_of(workspace)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "no room")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no room"):
        take_over(workspace, "proef", path)

    assert settings_of(workspace) == before


def test_what_hides_behind_a_header_is_asked_in_the_same_round(tmp_path):
    workspace = edition(tmp_path)
    # Nobody knows 'Geslaagd'; behind it no day is above 12, so day and month are one.
    text = "Datum ontvangst;Onderwerp;Geslaagd\n3-4-2022;drugs;ja\n5-6-2022;drugs;nee\n"
    (workspace.raw("proef") / "meldingen" / "borne.csv").write_text(text)

    faults = [
        row["wat er aan de hand is"] for row in rows_of(made(workspace), question_book.FAULTS)
    ]

    assert len(faults) == 1
    assert "borne.csv, kolom 'Datum ontvangst': dag en maand zijn niet uit elkaar" in faults[0]


def test_the_same_questions_give_the_same_bytes(tmp_path):
    path = made(edition(tmp_path))
    first = io.BytesIO(path.read_bytes()).getvalue()
    assert made(Workspace(tmp_path)).read_bytes() == first


def test_the_page_of_the_handbook_shows_what_such_a_workbook_says(tmp_path):
    path = made(edition(tmp_path))
    page = (PROJECT / "docs" / "handleiding" / "intake.md").read_text(encoding="utf-8")

    for sheet in (HEADERS, WORDS_SHEET):
        for row in rows_of(path, sheet):
            assert f"| {' | '.join(row.values())} |" in page


def test_the_settings_of_the_handbook_can_be_read():
    page = (PROJECT / "docs" / "handleiding" / "intake.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)

    settings = Edition.model_validate(tomllib.loads(example))

    assert settings.gemeente("borne").kolommen["Binnen"] == "received_on"


LOOS = "Meldnummer;Datum ontvangst;Onderwerp;Loos alarm?\n" + "".join(
    f"M2022-0000{n};{n}-3-2022;drugs;{'ja' if n % 2 else 'nee'}\n" for n in range(13, 19)
)
TABS = workbook(
    {
        name: [
            ("Meldnummer", "Datum ontvangst", "Onderwerp"),
            *((f"M2022-1000{n}", f"{n}-3-2022", "drugs") for n in range(13, last)),
        ]
        for name, last in (("alles", 19), ("2022", 17))
    }
)


def test_what_hides_behind_a_header_and_in_another_file_is_asked_in_the_same_round(tmp_path):
    """A header that says the opposite, two tabs that are one, and days in two files."""
    slugs = ("losser", "borne", "almelo", "hengelo")
    files = {"losser.csv": LOOS, "borne.xlsx": TABS}
    for file in ("almelo.csv", "hengelo.csv"):
        files[file] = "Datum ontvangst;Onderwerp\n3-4-2022;drugs\n5-6-2022;drugs\n"
    folder = tmp_path / "raw" / "proef"
    folder.mkdir(parents=True)
    blocks = []
    for slug, (file, content) in zip(slugs, files.items(), strict=True):
        text = content if isinstance(content, bytes) else content.encode()
        (folder / file).write_bytes(text)
        blocks.append(f'[gemeenten.{slug}]\nlevering = ["{file}"]\n')

    asked = questions_of(written(folder, EVALUATIE + "".join(blocks)))

    assert [one.asked.header for one in asked.headers] == ["Loos alarm?"]
    starts = sorted(fault.partition(":")[0].partition(",")[0] for fault in asked.faults)
    assert starts == ["almelo.csv", "borne.xlsx", "hengelo.csv", "losser.csv"]
    assert any("als resultaat, dan zegt de kop het omgekeerde" in one for one in asked.faults)
    assert any('blad = ["alles"]' in one for one in asked.faults)
