"""`mma status`: what is open, counted by hand, and the one next command."""

import re

import pytest
from conftest import delivered

from mma_analysis.cli import editions
from mma_analysis.cli.status import Standing, next_command, standing_of, status_lines
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import message
from small_edition import EVALUATIE

LOSSER = '[gemeenten.losser]\nlevering = ["losser.csv"]\n'
BORNE = '[gemeenten.borne]\nlevering = ["borne.csv"]\n'
DRUGS = "14-3-2022;drugs\n15-3-2022;drugs\n"


def edition(root, settings, **files: str) -> Workspace:
    workspace = Workspace(root)
    folder = workspace.raw("proef")
    folder.mkdir(parents=True)
    (folder / "evaluatie.toml").write_text(EVALUATIE + settings, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return workspace


def test_what_the_files_ask_is_counted_and_who_sent_none_is_named(tmp_path):
    # Two headers that no list has; of the other file two words, in three rows.
    losser = f"Datum ontvangst;Onderwerp;Zeepbel;Kwikstaart\n{DRUGS}"
    borne = "Datum ontvangst;Status\n14-3-2022;wiebelt\n15-3-2022;wiebelt\n16-3-2022;zweeft\n"
    workspace = edition(tmp_path, LOSSER + BORNE, losser=losser, borne=borne)

    found = standing_of(workspace, "proef")

    assert (found.headers, found.questions, found.words, found.word_rows) == (2, 0, 2, 3)
    assert (found.gemeenten, len(found.missing)) == (14, 12)
    assert "Almelo" in found.missing
    assert not {"Borne", "Losser"} & set(found.missing)
    assert found.next == "mma check proef --werkmap"


def test_a_date_that_can_be_read_in_two_ways_is_a_question(tmp_path):
    text = "Datum ontvangst;Onderwerp\n3-4-2022;drugs\n5-6-2022;drugs\n"
    workspace = edition(tmp_path, LOSSER, losser=text)

    found = standing_of(workspace, "proef")

    assert (found.headers, found.questions) == (0, 1)


def test_without_a_file_the_first_thing_to_do_is_to_put_one_there(tmp_path):
    found = standing_of(edition(tmp_path, "[gemeenten.losser]\n"), "proef")

    assert found.next == ""
    assert status_lines(found)[-1] == message("status_no_file")


def test_of_the_prepared_example_the_tables_are_there_and_no_page_is(workspace):
    found = standing_of(workspace, EXAMPLE)

    assert (found.is_prepared, found.pages, found.pages_made) == (True, 30, 0)
    assert (found.missing, found.red, found.headers, found.questions) == ([], [], 0, 0)
    # 'zie bijlage' stands in one row of Losser and in one of Almelo: one word.
    assert (found.words, found.word_rows) == (1, 2)


def test_a_gemeente_without_a_file_is_named_and_so_is_a_command(tmp_path):
    found = standing_of(delivered(tmp_path, "losser", "wierden"), EXAMPLE)

    assert len(found.missing) == 12
    assert found.next.startswith("mma ")


DONE = {"is_prepared": True, "pages": 30, "pages_made": 30, "is_whole": True, "is_clean": True}


@pytest.mark.parametrize(
    ("open_", "expected"),
    [
        ({"headers": 2, "questions": 1}, "mma check proef --werkmap"),
        ({"questions": 1, "is_prepared": True}, "mma check proef --suggest"),
        ({"words": 3, "is_prepared": True}, "mma check proef --werkmap"),
        ({}, "mma prepare proef"),
        ({"is_prepared": True}, "mma run proef"),
        ({"is_prepared": True, "pages": 30, "is_whole": True, "to_sign": 4}, "mma run proef"),
        (DONE | {"pages_made": 29, "is_whole": False}, "mma run proef"),
        (DONE | {"words": 3, "is_whole": False, "is_clean": False}, "mma run proef"),
        (
            DONE | {"is_whole": False, "is_clean": False, "to_sign": 4, "has_signatures": True},
            "mma audit proef",
        ),
        (DONE | {"is_whole": False}, "mma report proef"),
        (DONE | {"to_sign": 4}, "mma audit proef"),
        (DONE | {"is_clean": False}, "mma audit proef"),
        (DONE, "mma bundle proef"),
        (DONE | {"issue": 1}, ""),
    ],
)
def test_there_is_one_next_command_and_it_is_of_the_first_thing_that_is_open(open_, expected):
    assert next_command(Standing("proef", 14, ["Borne"], red=[], **open_)) == expected


def test_who_signed_is_told_so_and_what_is_packed_was_not_sent_by_us():
    signed = Standing("proef", 14, [], red=[], **DONE)
    signed.is_whole = False
    packed = Standing("proef", 14, [], red=["Wierden"], **DONE, issue=1)

    assert re.fullmatch("tekenen +getekend; .*", status_lines(signed)[-3])
    assert re.fullmatch("inpakken +ingepakt als uitgave 1", status_lines(packed)[-2])
    ready = Standing("proef", 14, [], red=[], **DONE, next="mma bundle proef")
    # Afterwards is too late: the numbers are booked.
    assert "liggen alle aantallen over deze dagen vast" in status_lines(ready)[-1]
    assert status_lines(packed)[-1] == "Alles is ingepakt. Stuur nu elk pakket naar wie het krijgt."


def test_red_stands_first_and_the_command_last():
    standing = Standing("proef", 14, ["Wierden"], red=["Borne", "Losser"], **DONE, to_sign=4)
    standing.next = next_command(standing)

    _, *lines, last = status_lines(standing)

    assert re.fullmatch("rood +Borne, Losser", lines[0])
    assert re.fullmatch("bestanden +van 13 van de 14 gemeenten; nog niets van Wierden", lines[1])
    assert re.fullmatch("tekenen +4 open", lines[-2])
    said = "Doe nu: teken in vrijgave.toml (zie dossier.html), en draai daarna mma audit proef"
    assert last == said


def test_before_there_are_pages_nobody_is_told_to_sign():
    # after `mma check` there are letters, and a dossier with lines to sign
    letters = {"is_prepared": True, "pages": 30, "is_whole": True, "is_clean": True}
    standing = Standing("proef", 14, [], red=[], **letters, to_sign=4)
    standing.next = next_command(standing)

    assert status_lines(standing)[-1] == "Doe nu: mma run proef"


def test_who_filled_in_signatures_is_told_to_let_them_be_read():
    since = DONE | {"is_whole": False, "is_clean": False, "has_signatures": True}
    standing = Standing("proef", 14, [], red=[], **since, to_sign=4)
    standing.next = next_command(standing)

    _, *lines, last = status_lines(standing)
    assert re.fullmatch("tekenen +vrijgave.toml is ingevuld, en nog niet nagekeken", lines[-2])
    assert last == "Doe nu: mma audit proef"


@pytest.mark.parametrize(
    ("headers", "uses_book", "said"),
    [
        (2, False, "mma check proef --suggest (regels voor evaluatie.toml)"),
        (2, True, "Doe nu: mma check proef --werkmap"),
        (0, False, "Doe nu: mma check proef --suggest"),
        (0, True, "tabblad herstellen van de werkmap)"),
    ],
)
def test_questions_are_pointed_at_as_they_are_answered(headers, uses_book, said):
    standing = Standing("proef", 14, [], red=[], headers=headers, questions=1)
    standing.uses_book = uses_book
    standing.next = next_command(standing)
    last = status_lines(standing)[-1]

    assert last.endswith(said)
    assert ("--werkmap" in last) == (headers > 0)


@pytest.mark.parametrize(("until", "is_said"), [("2023-07-28", True), ("", False)])
def test_who_packs_before_the_answers_is_told_that_these_come_too_late(
    tmp_path, capsys, until, is_said
):
    brief = f"[brief]\nuiterlijk = {until}\n" if until else ""
    settings = f"{LOSSER}[opsteller]\ndatum = 2023-07-10\n{brief}"
    workspace = edition(tmp_path, settings, losser=f"Datum ontvangst;Onderwerp\n{DRUGS}")
    editions._tell_of_answers(workspace.edition("proef"))

    said = " ".join(capsys.readouterr().out.split())
    expected = "de brieven zijn van 10 juli 2023, en gemeenten kunnen tot en met 28 juli 2023"
    assert (expected in said) is is_said
