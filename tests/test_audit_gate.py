"""Nothing takes the place of finished files before it is audited."""

import json
import shutil
from pathlib import Path

import pytest

from mma_analysis.audit import was_clean
from mma_analysis.audit.files import OUTSIDE
from mma_analysis.publish import set_files
from mma_analysis.publish.batch import letters, report
from mma_analysis.settings import EXAMPLE, Workspace
from mma_analysis.vocabulary import DataError


@pytest.mark.slow
def test_files_that_leak_do_not_take_the_place_of_the_old_ones(workspace, tmp_path, monkeypatch):
    there = Workspace(Path(shutil.copytree(workspace.root, tmp_path / "root")))
    letters(there, EXAMPLE)
    before = (there.reports(EXAMPLE) / "audit.json").read_bytes()

    with monkeypatch.context() as leaking:
        ours = set_files.letter_html
        leaking.setattr(set_files, "letter_html", lambda own: ours(own) + "Zwemvliezen")
        shutil.rmtree(there.work(EXAMPLE) / "kept")  # else no letter is made again
        with pytest.raises(DataError, match="de audit hield deze bestanden tegen") as error:
            letters(there, EXAMPLE)

    assert "intern/borne/kwaliteit.html" in str(error.value)
    assert "Zwemvliezen" not in str(error.value)
    assert (there.reports(EXAMPLE) / "audit.json").read_bytes() == before
    refused = there.reports(f"{EXAMPLE}-afgekeurd")
    assert (refused / "intern" / "borne" / "kwaliteit.html").is_file()

    letters(there, EXAMPLE)
    assert was_clean(there.edition(EXAMPLE), there.reports(EXAMPLE))
    found = {path.name for path in there.reports("").iterdir()}
    assert found == {EXAMPLE, f".{EXAMPLE}-previous"}


@pytest.mark.slow
def test_all_pages_of_the_example_are_audited_and_clean(reports):
    folder = reports.workspace.reports(EXAMPLE)

    result = json.loads((folder / "audit.json").read_text(encoding="utf-8"))

    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert result["findings"] == []
    assert (result["clean"], result["released"]) == (True, True)  # invented people signed
    assert set(result["files"]) == there - set(OUTSIDE)


@pytest.mark.slow
def test_pages_say_that_people_must_still_sign_until_they_have(workspace, tmp_path, quickly):
    own = Workspace(Path(shutil.copytree(workspace.root / "data", tmp_path / "data")).parent)
    banner = "Nog niet vrijgegeven"
    release = own.raw(EXAMPLE) / "vrijgave.toml"
    signed = release.read_text(encoding="utf-8")
    index = own.reports(EXAMPLE) / "openbaar" / "index.html"
    letter = own.reports(EXAMPLE) / "intern" / "borne" / "kwaliteit.html"

    report(own, EXAMPLE)
    told = [banner in index.read_text(encoding="utf-8")]
    for text in ("", signed):
        release.write_text(text, encoding="utf-8")
        assert {outcome.state for outcome in report(own, EXAMPLE)} == {"kept"}
        told.append(banner in index.read_text(encoding="utf-8"))
        # It goes to the gemeente long before anybody signs: it is of its own delivery.
        assert banner not in letter.read_text(encoding="utf-8")

    assert told == [False, True, False]
