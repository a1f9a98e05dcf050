"""Names, addresses and numbers in every odd place of an edition: they stand nowhere public.

In what goes to a gemeente stands only what she wrote above or around her own rows, so that
she finds them: her headers, the names of her tabs and of her files. What she answered in own
words may stand in her own workbook. None of it is ever in what another one gets.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import delivered, mma

from mma_analysis import audit
from mma_analysis.settings import EXAMPLE, SETTINGS_FILE, Workspace
from planted_names import (
    OWN_ANSWER,
    OWN_FILE,
    OWN_HEADER,
    OWN_SHEET,
    TOLD_TO_ITSELF,
    Person,
    Planted,
    plant_in_survey,
    plant_in_text,
    plant_in_workbook,
)

pytestmark = pytest.mark.slow
SENT = {"hengelo.csv": ";", "twenterand.csv": ",", "oldenzaal.tsv": "\t"}
FEWEST = 100
# Of an own text file and of an own workbook a header, of it a tab, and a file of its own.
OF_LETTERS = {OWN_HEADER: 4, OWN_SHEET: 1, OWN_FILE: 1}
SIGNED = """
[[vrijgave]]
uitvoer = "{output}"
inhoud = "{content}"
reden = "verzonnen"
eerste = {{ naam = "A. Verzonnen", functie = "onderzoeker", datum = 2023-07-11 }}
tweede = {{ naam = "B. Bedacht", functie = "privacy-functionaris", datum = 2023-07-12 }}
"""


@dataclass
class Sent:
    """The edition as it went out: who was planted in it, and all that commands said."""

    workspace: Workspace
    planted: Planted = field(default_factory=Planted)
    said: list[str] = field(default_factory=list)

    def run(self, *words: str) -> int:
        ended = mma(*words, EXAMPLE, "--root", self.workspace.root)
        self.said += [ended.stdout, ended.stderr]
        return ended.returncode

    def found(self, *folders: Path) -> Iterator[tuple[Path, Person]]:
        """Each file below these folders, and who stands in it."""
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    for person in self.planted.found_in(path.read_bytes(), path.name):
                        yield path, person


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """The example with persons planted in it, from its files to its zips."""
    made = Sent(delivered(tmp_path_factory.mktemp("names")))
    plant(made)
    assert made.run("run") == 0, made.said
    sign(made.workspace)
    assert made.run("check") == 0, made.said
    assert made.run("audit") == 0, made.said
    assert made.run("bundle") == 0, made.said
    return made


def plant(made: Sent) -> None:
    raw = made.workspace.raw(EXAMPLE)
    delivery = raw / "meldingen"
    gemeenten = made.workspace.edition(EXAMPLE).vocabulary.gemeenten
    headers: dict[str, Person] = {}
    for file, delimiter in SENT.items():
        slug = file.partition(".")[0]
        headers[slug] = plant_in_text(made.planted, delivery / file, slug, delimiter)
    headers["borne"] = plant_in_workbook(made.planted, delivery / "borne.xlsx", "borne")
    senders = {area.name: area.slug for area in gemeenten}
    plant_in_survey(made.planted, raw / "vragenlijst" / "antwoorden.xlsx", senders)

    settings = raw / SETTINGS_FILE
    of_file = made.planted.new("wierden", "the name of a file", OWN_FILE)
    named = f"wierden {of_file.surname}.csv"
    (delivery / "wierden.csv").rename(delivery / named)
    text = settings.read_text(encoding="utf-8").replace("wierden.csv", named)
    for slug, person in headers.items():
        text += f'\n[gemeenten.{slug}.kolommen]\n"Contact {person.name}" = "free_text"\n'
    settings.write_text(text, encoding="utf-8")


def sign(workspace: Workspace) -> None:
    """Two people sign for all that waits."""
    reports = workspace.reports(EXAMPLE)
    tables = workspace.processed(EXAMPLE)
    path = workspace.raw(EXAMPLE) / "vrijgave.toml"
    verdict = audit.examine(workspace.edition(EXAMPLE), reports, tables)
    waiting = [line for line in verdict["lines"] if line["status"] == "review"]
    with path.open("a", encoding="utf-8") as file:
        file.writelines(SIGNED.format(**line) for line in waiting)


def test_who_is_planted_is_found_when_looked_for(sent):
    """The hunt sees each of them in what was delivered: else finding nobody says nothing."""
    raw = sent.workspace.raw(EXAMPLE)

    found = {person for _, person in sent.found(raw)}

    assert set(sent.planted.persons) - found == set()
    assert len(sent.planted.persons) > FEWEST


def test_nobody_stands_in_anything_public(sent):
    reports = sent.workspace.reports(EXAMPLE)

    public = list(sent.found(reports / "openbaar"))

    assert (reports / "openbaar" / "bijlage.xlsx").is_file()
    assert public == []


def test_nobody_stands_in_what_is_signed_for_or_kept_for_ever(sent):
    reports = sent.workspace.reports(EXAMPLE)
    assert (reports / "dossier.html").is_file()
    assert sent.planted.found_in((reports / "dossier.html").read_bytes()) == []

    kept = list(sent.found(sent.workspace.issued(EXAMPLE)))

    assert kept == []


def test_a_gemeente_reads_of_nobody_but_in_her_own_headers_tabs_and_files(sent):
    intern = sent.workspace.reports(EXAMPLE) / "intern"
    strangers = []
    in_letters = dict.fromkeys(OF_LETTERS, 0)
    for path, person in sent.found(intern):
        reader = path.relative_to(intern).parts[0]
        if reader != person.sender or person.kind not in TOLD_TO_ITSELF:
            strangers.append((path.name, reader, person))
        if path.name == "kwaliteit.html" and person.kind in in_letters:
            in_letters[person.kind] += 1
        # What she answered in own words stands in no page or letter, hers neither.
        assert person.kind != OWN_ANSWER or path.suffix == ".xlsx", path
    assert strangers == []
    assert in_letters == OF_LETTERS


def test_in_each_zip_that_goes_out_stands_nobody_of_another(sent):
    root = sent.workspace.root
    going_out = [one for one in root.rglob("*.zip") if root / "data" not in one.parents]
    strangers = []
    for path in going_out:
        for person in sent.planted.found_in(path.read_bytes(), path.name):
            is_own = person.sender != "" and path.stem.endswith(f"-{person.sender}")
            if not is_own or person.kind not in TOLD_TO_ITSELF:
                strangers.append((path.name, person))
    # One for each gemeente, and one for the board; and the tables for a program.
    assert len([path for path in going_out if path.name != "datapakket.zip"]) == 15
    assert len(going_out) > 15
    assert strangers == []


def test_a_command_names_only_headers_tabs_and_files(sent):
    said = "\n".join(sent.said).encode()

    kinds = {person.kind for person in sent.planted.found_in(said)}

    assert kinds <= {OWN_HEADER, OWN_SHEET, OWN_FILE}
