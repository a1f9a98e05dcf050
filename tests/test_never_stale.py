"""Tables and pages are made anew after any change of what they are made of, and only then."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mma_analysis import pipeline
from mma_analysis.pipeline import prepare
from mma_analysis.pipeline import run as run_module
from mma_analysis.publish.page_set import PageSet
from mma_analysis.publish.plan import set_keys
from mma_analysis.settings import Workspace
from mma_analysis.settings.edition import Edition, Evaluatie
from mma_analysis.storage import (
    differing,
    freshness,
    hashes_below,
    inputs_of,
    outdated,
    read_manifest,
    settings_hash,
)
from small_edition import BORNE, LOSSER, TOGETHER, of_two

PACKAGE = Path(pipeline.__file__).parent.parent


class MadeAnewError(Exception):
    """In the place of making tables."""


@pytest.fixture
def own(small, tmp_path, monkeypatch) -> Workspace:
    """Prepared and to change; making tables anew is an error, which is what tests look for."""

    def made_anew(workspace, edition, folder):
        raise MadeAnewError

    monkeypatch.setattr(run_module, "run_stages", made_anew)
    return Workspace(shutil.copytree(small.root, tmp_path / "own"))


TABLES, CLEAN = "processed/proef/measures", "processed/proef/clean/meldingen.parquet"
ALIASES = (PACKAGE / "reference" / "topic_aliases.csv").read_text(encoding="utf-8")
# What changed → its file below `data`, and what is in it now; none when it is gone.
CHANGES = {
    "a cell of a delivery": ("raw/proef/meldingen/borne.csv", BORNE.replace("31-02", "28-02")),
    "a setting": ("raw/proef/evaluatie.toml", f"{TOGETHER}basis = 10\n"),
    "a correction": ("raw/proef/correcties.toml", ""),
    "a reference table of its own": ("raw/proef/reference/topic_aliases.csv", ALIASES),
    "a table that is damaged": (f"{TABLES}/trend.parquet", ""),
    "a table that is gone": (CLEAN, None),
    "a file that does not belong there": (f"{TABLES}/eigen.parquet", ""),
    "a manifest that is damaged": ("processed/proef/manifest.json", '{"edition": "pro'),
    "a manifest that is no table": ("processed/proef/manifest.json", "[]"),
}


@pytest.mark.parametrize(("file", "content"), CHANGES.values(), ids=CHANGES)
def test_tables_stay_as_they_are_until_something_changed_and_are_made_anew_then(own, file, content):
    assert prepare(own, "proef").was_up_to_date
    path = own.root / "data" / file
    path.parent.mkdir(exist_ok=True)

    path.write_text(content, encoding="utf-8") if content is not None else path.unlink()

    with pytest.raises(MadeAnewError):
        prepare(own, "proef")


# --- which of the two: tables, or only pages ------------------------------------------------------

DAY = "2023-07-04"
A_CAMPAIGN = {"naam": "A", "begin": DAY, "eind": DAY}
A_TARIFF = {"vanaf_inwoners": 0, "per_jaar": 800}
# What only pages say, and then what tables are counted with: part and key → another value.
ON_PAGES: dict[tuple[str, ...], Any] = {
    ("evaluatie", "titel"): "Anders",
    ("evaluatie", "fictief"): True,
    ("evaluatie", "erratum"): [{"datum": DAY}],
    ("opsteller",): {"naam": "B. Voorbeeld"},
    ("publicatie",): {"licentie": "CC0-1.0"},
    ("brief",): {"retour": "de balie"},
    ("voorstel",): {"onderwerp": "Anders"},
    ("besluiten",): [{"tekst": "Doorgaan"}],
}
IN_TABLES: dict[tuple[str, ...], Any] = {
    ("evaluatie", "district"): "IJsselland",
    ("evaluatie", "begin"): "2021-08-01",
    ("evaluatie", "peildatum"): "2023-05-31",
    ("evaluatie", "meer_onderwerpen"): "overig",
    ("gemeenten", "borne", "aangesloten"): "2022-03-01",
    ("gemeenten", "borne", "aangesloten_bron"): "de krant",
    ("gemeenten", "borne", "geleverd_op"): DAY,
    ("gemeenten", "borne", "kolommen"): {"Kop": "ignored"},
    ("gemeenten", "borne", "jaar"): {"meldingen/borne.csv": 2022},
    ("gemeenten", "hengelo"): {},
    ("waarden",): {"topic": {"Hennep": "drugsdelicten"}},
    ("bescherming", "basis"): 10,
    ("bescherming", "vorige_editie"): "eerder",
    ("herziening",): {"gemeenten": ["borne"], "reden": "fout"},
    ("vragenlijst",): {"bestand": "a.csv", "codeboek": "c.toml"},
    ("kosten",): {"tarief": [A_TARIFF]},
    ("campagnes",): [A_CAMPAIGN],
}


def test_of_every_part_of_the_settings_it_is_said_here_what_it_makes_stale():
    named = [*ON_PAGES, *IN_TABLES]

    assert {*Edition.model_fields} == {part for part, *_ in named}
    assert {*Evaluatie.model_fields} == {key[1] for key in named if key[0] == "evaluatie"}


def with_another(key: tuple[str, ...], value: object) -> Edition:
    """The settings of two gemeenten, of which this key has another value."""
    content = tomllib.loads(TOGETHER)
    *above, last = key
    block = content
    for part in above:
        block = block[part]
    block[last] = value
    return Edition.model_validate(content)


def hashes_of(edition: Edition) -> tuple[str, str]:
    """Of what tables read of the settings, and of what pages read: all."""
    return settings_hash(edition, freshness.ONLY_ON_PAGES), settings_hash(edition)


@pytest.mark.parametrize(("key", "value"), [*ON_PAGES.items(), *IN_TABLES.items()])
def test_a_sentence_for_readers_leaves_tables_as_they_are_and_every_other_setting_does_not(
    key, value
):
    before = Edition.model_validate(tomllib.loads(TOGETHER))

    of_tables, of_pages = hashes_of(with_another(key, value))

    assert (of_tables == hashes_of(before)[0]) == (key in ON_PAGES)
    assert of_pages != hashes_of(before)[1]


def test_the_order_of_gemeenten_counts_and_a_comment_does_not(small, tmp_path):
    own = Workspace(shutil.copytree(small.root, tmp_path / "own"))
    before = hashes_of(own.edition("proef"))
    settings = own.raw("proef") / "evaluatie.toml"

    settings.write_text(f"# later\n{TOGETHER}", encoding="utf-8")
    assert hashes_of(own.edition("proef")) == before

    head, borne, losser = TOGETHER.split("[gemeenten.")
    losser, rest = losser.split("[bescherming]")
    turned = f"{head}[gemeenten.{losser}[gemeenten.{borne}[bescherming]{rest}"
    settings.write_text(turned, encoding="utf-8")
    of_tables, of_pages = hashes_of(own.edition("proef"))
    assert of_tables != before[0]
    assert of_pages != before[1]


def test_what_only_pages_say_changes_no_byte_of_any_table(small, tmp_path):
    own = of_two(tmp_path)
    heads = 'titel = "Anders"\nfictief = true\nerratum = [{ datum = 2023-10-02 }]\n'
    settings = TOGETHER.replace('titel = "Proef"\n', heads)
    settings += '[opsteller]\nnaam = "B. Voorbeeld"\n[brief]\nretour = "de balie"\n'
    settings += '[voorstel]\nonderwerp = "Anders"\n[[besluiten]]\ntekst = "Doorgaan"\n'
    (own.raw("proef") / "evaluatie.toml").write_text(settings, encoding="utf-8")

    made = prepare(own, "proef").manifest

    before = read_manifest(small.processed("proef"))
    assert made == before  # with the hash of every table in it
    assert hashes_below(own.processed("proef")) == made["outputs"]


def stale(workspace: Workspace, pages: dict[str, str]) -> tuple[list[str], bool]:
    """What changed of what tables depend on, and whether the pages depend on anything else."""
    edition = workspace.edition("proef")
    manifest = read_manifest(workspace.processed("proef"))
    changed = differing(manifest["inputs"], inputs_of(workspace, edition))
    assert bool(changed) == (outdated(workspace, edition, manifest) != "")
    return changed, what_pages_are_of(workspace) != pages


def what_pages_are_of(workspace: Workspace) -> dict[str, str]:
    """Audience → one hash of what its pages depend on."""
    edition = workspace.edition("proef")
    manifest = read_manifest(workspace.processed("proef"))
    return set_keys(PageSet(workspace, edition, manifest).pages)


# File of the edition → what is in it now, what of it tables depend on, and whether pages do
# before these tables are made anew.
FILES = {
    "meldingen/borne.csv": (LOSSER, ["meldingen/borne.csv"], False),
    "meldingen/nieuw.csv": (LOSSER, ["meldingen/nieuw.csv"], False),
    "correcties.toml": ("", ["correcties.toml"], False),
    "reference/topic_aliases.csv": (ALIASES, ["reference/topic_aliases.csv"], False),
    "evaluatie.toml": (f'{TOGETHER}[brief]\nretour = "de balie"\n', [], True),
    "huisstijl/stijl.css": ("p {}", [], True),
    "notebooks/sentences.j2": ("{# #}", [], True),
    "sjablonen/borne.xlsx": ("", [], False),
    "vrijgave.toml": ("", [], False),
}


@pytest.mark.parametrize(("file", "of"), FILES.items(), ids=FILES)
def test_a_file_of_an_edition_makes_stale_what_reads_it(small, tmp_path, file, of):
    own = Workspace(shutil.copytree(small.root, tmp_path / "own"))
    before = what_pages_are_of(own)
    assert stale(own, before) == ([], False)
    content, in_tables, in_pages = of

    path = own.raw("proef") / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")

    assert stale(own, before) == (in_tables, in_pages)


@pytest.fixture
def package(tmp_path, monkeypatch) -> Iterator[Path]:
    """A copy of the package, to change, of which hashes are taken."""
    copy = tmp_path / "mma_analysis"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(freshness, "PACKAGE", copy)
    forget_hashes()
    yield copy
    forget_hashes()


def forget_hashes() -> None:
    """What is hashed once, is hashed anew."""
    hashed_once = ("made_with", "tables_made_with", "_code", "_versions")
    for name in hashed_once:
        getattr(freshness, name).cache_clear()


def test_tables_and_pages_are_made_anew_by_another_version_of_a_library(
    small, package, monkeypatch
):
    before = what_pages_are_of(small)
    monkeypatch.setattr(freshness, "version", lambda package: "99")
    forget_hashes()

    assert stale(small, before) == (["pakketten"], True)


# File of this package → whether it is code, or words, that tables are made with.
CODE = {
    "__init__.py": True,
    "attack/readers.py": True,
    "check/findings.py": True,
    "evaluation/tables.py": True,
    "clean/dates.py": True,
    "measure/trend.py": True,  # it is found by its name in a table: no file imports it
    "pipeline/run.py": True,
    "protect/rounding.py": True,
    "read/grids.py": True,
    "reference/areas.csv": True,
    "settings/edition.py": True,
    "storage/issues.py": True,
    "vocabulary/messages.toml": True,
    "audit/search.py": False,
    "cli/pages.py": False,
    "forms/evaluatie.toml.j2": False,
    "pipeline/afgerond.txt.j2": False,
    "publish/assets/page.css": False,
    "publish/page.py": False,
    "publish/template/page.html": False,
    "publish/template/voorstel.docx": False,
    "publish/template/workbook.toml": False,
    "show/figure.py": False,
    "show/sentences.j2": False,
}


@pytest.mark.parametrize(("file", "is_of_tables"), CODE.items())
def test_code_makes_stale_what_it_makes_and_a_template_or_style_only_pages(
    small, package, file, is_of_tables
):
    before = what_pages_are_of(small)
    (package / file).open("a").write("\n")
    forget_hashes()

    changed, are_pages_stale = stale(small, before)

    assert changed == (["code van de tabellen"] if is_of_tables else [])
    assert are_pages_stale


def test_a_room_that_makes_tables_as_soon_as_it_is_imported_there_counts(small, package):
    assert "audit" not in freshness.rooms_of_tables()
    with (package / "check" / "suite.py").open("a", encoding="utf-8") as code:
        code.write("\nfrom mma_analysis import (\n    audit,\n)\n")

    assert "audit" in freshness.rooms_of_tables()


def test_no_code_is_loaded_to_make_tables_that_does_not_count(tmp_path):
    of_two(tmp_path)
    program = (
        "import sys; from pathlib import Path\n"
        "from mma_analysis.pipeline import prepare; from mma_analysis.settings import Workspace\n"
        f"prepare(Workspace(Path({str(tmp_path)!r})), 'proef')\n"
        "print(*[name for name in sys.modules if name.startswith('mma_analysis.')])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    loaded = {name.split(".")[1] for name in ended.stdout.split()}
    assert {"measure", "protect", "attack"} <= loaded
    assert loaded <= freshness.rooms_of_tables()
