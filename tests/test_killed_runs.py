"""What a killed run was writing is removed by the next one, and only that."""

from mma_analysis.storage import locked, swapped_in


def test_what_a_killed_run_was_writing_is_gone_before_anything_else_happens(tmp_path):
    rows = tmp_path / "work" / "tables" / "new" / "clean" / "meldingen.parquet"
    rows.parent.mkdir(parents=True)
    rows.write_text("rij", encoding="utf-8")
    previous = tmp_path / "work" / "pages" / "previous" / "borne.html"
    previous.parent.mkdir(parents=True)
    previous.write_text("vorige", encoding="utf-8")

    with locked(tmp_path / "work"):
        assert not rows.parent.parent.exists()

    assert previous.is_file()


def test_what_this_very_run_is_writing_is_left_alone(tmp_path):
    work = tmp_path / "work"
    with locked(work), swapped_in(tmp_path / "proef", work / "tables") as new:
        (new / "nieuw.html").write_text("nieuw", encoding="utf-8")
        with locked(work):
            assert (new / "nieuw.html").is_file()

    assert (tmp_path / "proef" / "nieuw.html").is_file()
