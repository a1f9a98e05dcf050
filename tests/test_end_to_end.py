"""From the deliveries of the example to its finished pages, against what its maker says is true."""

import html
import io
import json
import re
import tomllib
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from conftest import PROJECT

from mma_analysis.evaluation import Evaluation, load
from mma_analysis.settings import EXAMPLE
from mma_analysis.vocabulary import message

TRUTH = json.loads((PROJECT / "tests/truth/voorbeeld-2023.json").read_text(encoding="utf-8"))
GEMEENTEN = sorted(TRUTH["gemeenten"])
YEARS = {"2021-07/2022-06": "2021/2022", "2022-07/2023-06": "2022/2023"}
BASIS = 5
LARGEST_PAGE = 1_600_000  # bytes
TABLES = ("per_topic", "per_topic_group", "per_background", "per_follow_up", "per_recipient")
TWENTE = "twente"


@pytest.fixture(scope="module")
def processed(reports) -> Path:
    return reports.workspace.processed(EXAMPLE)


@pytest.fixture(scope="module")
def published(reports) -> Path:
    return reports.workspace.reports(EXAMPLE)


@pytest.fixture(scope="module")
def clean(processed) -> pd.DataFrame:
    return pd.read_parquet(processed / "clean" / "meldingen.parquet")


# --- nothing is lost -----------------------------------------------------------------------------


def test_the_manifest_accounts_for_every_row_of_every_file(processed):
    manifest = json.loads((processed / "manifest.json").read_text(encoding="utf-8"))
    names = ("read", "clean", "duplicate")
    found = {file["path"]: {name: file[name] for name in names} for file in manifest["files"]}

    expected = {path: {n: file[n] for n in names} for path, file in TRUTH["files"].items()}
    sheets = {"read": TRUTH["survey"]["rows"], "clean": 11, "duplicate": 1}  # Losser answered twice

    assert found == {**expected, "vragenlijst/antwoorden.xlsx": sheets}
    for file in manifest["files"]:
        assert file["read"] == file["clean"] + file["rejected"] + file["duplicate"]


def test_every_rejected_row_has_the_reason_that_it_was_planted_with(processed):
    rejected = pd.read_parquet(processed / "clean" / "rejected.parquet")
    found = Counter(zip(rejected["source_file"], rejected["reason_code"], strict=True))

    expected = {
        (path, reason): rows
        for path, file in TRUTH["files"].items()
        for reason, rows in file["rejected"].items()
    }

    assert found == expected


# --- everything is counted right -----------------------------------------------------------------


def codes(column: pd.Series) -> Counter:
    """How often each code occurs; of a nullable boolean, unknown is a code too."""
    if column.dtype == "boolean":
        column = column.map({True: "ja", False: "nee"}).astype("object").fillna("onbekend")
    return Counter(column)


@pytest.mark.parametrize("slug", GEMEENTEN)
def test_the_clean_meldingen_of_a_gemeente_are_what_was_written_down(clean, slug):
    own = clean[clean["gemeente"] == slug]
    truth = TRUTH["gemeenten"][slug]
    of_no_column = ("receipts", "receipts_per_year", "acted", "fed_back")
    fields = [field for field in truth if field not in of_no_column]

    assert len(own) == truth["receipts"]
    assert {field: codes(own[field]) for field in fields} == {f: truth[f] for f in fields}


def test_a_tip_that_two_gemeenten_received_is_one_tip_in_the_district(clean):
    tips = clean.drop_duplicates("melding_id")
    district = TRUTH["district"]

    assert len(clean) == district["receipts"]
    assert len(tips) == district["tips"]
    assert len(clean) - len(tips) == district["twice"]
    assert Counter(tips["topic"]) == district["topic"]


def test_the_answers_are_what_was_filled_in(processed):
    responses = pd.read_parquet(processed / "clean" / "responses.parquet")
    chosen = responses[responses["kind"].isin(["likert", "single"]) & (responses["value"] != "")]
    found = {
        slug: dict(zip(own["question"], own["value"], strict=True))
        for slug, own in chosen.groupby("gemeente")
    }

    assert found == TRUTH["survey"]["answers"]


# --- what is released is right -------------------------------------------------------------------


def counted(e: Evaluation) -> pd.DataFrame:
    """Every released count of which the truth is known, with that `truth`."""
    periods = e["per_period"].query("kind == 'year' or kind == 'month'")
    tips = periods["area"].eq(TWENTE).map({True: "tips_per_", False: "receipts_per_"})
    periods = periods.assign(breakdown=tips + periods["kind"], value=periods["period"])
    others = [e[name].query("kind == 'whole'") for name in TABLES]
    table = pd.concat([periods.replace({"value": YEARS}), *others], ignore_index=True)
    of_area = TRUTH["gemeenten"] | {TWENTE: TRUTH["district"]}
    keys = table[["area", "breakdown", "value"]].itertuples(index=False)
    truth = [of_area[area].get(field, {value: None}).get(value, 0) for area, field, value in keys]
    table = table.assign(truth=truth)[["area", "breakdown", "value", "count", "state", "truth"]]
    return table.dropna(subset="truth")


def test_a_public_count_is_a_multiple_of_the_basis_and_less_than_it_from_the_true_one(reports):
    table = counted(load(TWENTE, workspace=reports.workspace))
    shown, rest = table[table["state"] == "shown"], table[table["state"] != "shown"]

    assert len(table) > 600
    assert (shown["count"] % BASIS == 0).all()
    assert ((shown["count"] - shown["truth"]).abs() < BASIS).all()
    is_multiple = shown["truth"] % BASIS == 0
    assert (shown.loc[is_multiple, "count"] == shown.loc[is_multiple, "truth"]).all()
    # what a gemeente never fills in, or from before its connection, is a true 0 and no number
    assert set(rest["state"]) == {"never", "not_applicable"}
    assert (rest["truth"] == 0).all()
    assert rest["count"].isna().all()


@pytest.mark.parametrize("slug", GEMEENTEN)
def test_a_gemeente_sees_its_own_counts_exactly_and_the_others_as_released(reports, slug):
    public, own = (
        counted(load(slug, doelgroep=audience, workspace=reports.workspace))
        for audience in ("openbaar", "intern")
    )
    is_own = own["area"] == slug
    exact = own[is_own & (own["state"] == "shown")]

    assert len(exact) > 20
    assert (exact["count"] == exact["truth"]).all()
    others = public[public["area"] != slug]
    pd.testing.assert_frame_equal(*(t.reset_index(drop=True) for t in (own[~is_own], others)))


def test_the_totals_are_the_true_totals_to_the_nearest_multiple(reports):
    e = load(TWENTE, workspace=reports.workspace)
    truth = {slug: known["receipts"] for slug, known in TRUTH["gemeenten"].items()}
    truth[TWENTE] = TRUTH["district"]["tips"]

    found = e["per_period"].query("kind == 'whole'").set_index("area")["count"].to_dict()
    received = e["received"].query("kind == 'whole'")["count"].item()

    assert found == {slug: BASIS * ((n + 2) // BASIS) for slug, n in truth.items()}
    assert received == sum(found[slug] for slug in GEMEENTEN)
    assert e["received_twice"]["again"].item() == received - found[TWENTE]


def test_the_survey_counts_gemeenten_and_not_sheets(processed):
    answers = pd.read_parquet(processed / "measures" / "survey_answers.parquet")
    chosen = answers[answers["kind"].isin(["likert", "single"])]
    found = {
        question: {v: n for v, n in zip(rows["value"], rows["count"], strict=True) if n}
        for question, rows in chosen.groupby("question")
    }

    sheets = TRUTH["survey"]["answers"].values()
    asked = {question for sheet in sheets for question in sheet}
    given = {q: Counter(sheet[q] for sheet in sheets if q in sheet) for q in asked}
    assert given.pop("aantal_meldingen")["meer dan 50"] == 3  # it is intern in the code book
    assert found == given


def test_the_themes_are_those_that_people_chose_and_two_of_five_were_divided(processed):
    measures = processed / "measures"
    themes = pd.read_parquet(measures / "survey_themes.parquet").set_index("theme")
    agreement = pd.read_parquet(measures / "survey_agreement.parquet").set_index("theme")

    assert themes["count"].to_dict() == TRUTH["survey"]["themes"]
    assert set(themes["coded"]) == set(themes["answered"]) == {12}
    # Eleven answers, so 22 choices: 7 yes with one pair divided, and 3 yes with one pair divided.
    assert agreement["agreed"].to_dict() == {
        **dict.fromkeys(themes.index, 11),
        "tijdstip_en_plaats": 10,
        "afspraken": 10,
    }
    assert agreement["alpha"]["tijdstip_en_plaats"] == pytest.approx(1 - 21 * 2 / (2 * 7 * 15))
    assert agreement["alpha"]["afspraken"] == pytest.approx(1 - 21 * 2 / (2 * 3 * 19))


def test_a_released_quote_has_no_sender(processed):
    quotes = pd.read_parquet(processed / "measures" / "survey_quotes.parquet")

    assert list(quotes) == ["question", "text", "released_by", "released_on", "cell"]
    assert len(quotes) == 2


# --- what comes out ------------------------------------------------------------------------------


def test_there_are_fifteen_public_pages_an_index_and_two_papers_for_each_gemeente(published):
    found = {path.relative_to(published).as_posix() for path in published.rglob("*.*")}

    around = ("district.html", "index.html", "voorstel-dvo.html", "voorstel-dvo.docx")
    around += ("hoe-wij-telden.html",)
    around += ("bijlage.xlsx", "bijlage.csv", "manifest.json", "nagaan.py")
    around += ("datapakket.zip",)
    expected = {f"openbaar/{name}" for name in around} | {"intern/manifest.json", "audit.json"}
    expected |= {"dossier.html", "dossier.csv", "ro-crate-metadata.json"}
    expected |= {f"openbaar/{slug}.html" for slug in GEMEENTEN}
    own = ("kwaliteit.html", "eigen-cijfers.xlsx", "terugmelding-mma.docx")
    expected |= {f"intern/{slug}/{name}" for slug in GEMEENTEN for name in (*own, f"{slug}.html")}
    assert found == expected
    assert max(path.stat().st_size for path in published.rglob("*.html")) <= LARGEST_PAGE


def test_no_page_tells_the_answers_to_a_question_that_is_intern(published):
    pages = [p.read_text(encoding="utf-8") for p in published.rglob("*.html")]

    assert any("Wij willen meer publiciteit voor MMA" in p for p in pages)
    assert not [p for p in pages if "Meldingen in de afgelopen twaalf maanden" in p]
    assert not [p for p in pages if "11 tot en met 25" in p]


def test_a_run_says_a_line_per_file_and_per_page_and_complains_of_nothing(reports):
    lines = reports.out.splitlines()

    assert reports.err == ""
    assert sum(" rijen gelezen, " in line for line in lines) == 14
    assert sum(line.startswith("gemaakt ") for line in lines) == 30
    block = lines.index("")
    assert message("pages_summary", made=30, kept=0, failed=0) in lines[:block]
    assert lines[block + 1] == message("status_head", slug=EXAMPLE)
    lines = lines[:block]
    known = "(gemaakt|open) |(let op|afgerond|pagina's|meldingen/.*|vragenlijst/.*): |nog niet |"
    known += r"  (geweigerd|wel geteld), \d+ rij(en)?: |  in de brief aan "
    assert all(re.match(known, line) for line in lines), lines
    asked = "  in de brief aan Twenterand: In de laatste drie maanden staan er 2 meldingen"
    assert any(line.startswith(asked) for line in lines)  # 2 of them, see its delivery


# --- nothing leaks -------------------------------------------------------------------------------


def texts(folder: Path) -> dict[str, str]:
    """Path → all that can be read in it: of a table its names, its texts and its metadata too."""
    found = {}
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            found[str(path)] = of_table(path.read_bytes())
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as parts:
                for name in parts.namelist():
                    content = parts.read(name)
                    is_table = name.endswith(".parquet")
                    said = of_table(content) if is_table else content.decode("utf-8")
                    found[f"{path}/{name}"] = said
        elif path.suffix in (".xlsx", ".docx"):
            with zipfile.ZipFile(path) as parts:
                inside = [parts.read(name).decode("utf-8") for name in parts.namelist()]
            found[str(path)] = "\n".join(re.sub(r"<[^>]+>", " ", part) + part for part in inside)
        elif path.is_file():
            found[str(path)] = path.read_text(encoding="utf-8")
    return found


def of_table(content: bytes) -> str:
    table = pd.read_parquet(io.BytesIO(content))
    columns = [table[name].dropna().astype("str") for name in table.columns]
    cells = "\n".join(text for column in columns for text in column.unique())
    return cells + content.decode("latin-1")


def squeezed(text: str) -> str:
    """A text without capitals, white space, and the ways in which HTML and JSON hide a letter."""
    plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return "".join(html.unescape(plain).casefold().split())


@pytest.fixture(scope="module")
def everything(processed, published) -> dict[str, str]:
    """All that was made, squeezed."""
    made = {**texts(processed), **texts(published)}
    return {path: squeezed(text) for path, text in made.items()}


def test_the_search_would_find_a_canary(tmp_path):
    pd.DataFrame({"a": ["x Snater\u00a0wiek"]}).to_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.html").write_text("<p>SNATER&nbsp;WIEK</p>", encoding="utf-8")
    (tmp_path / "c.json").write_text('"Sn\\u0061terwiek"', encoding="utf-8")

    with zipfile.ZipFile(tmp_path / "d.docx", "w") as parts:
        parts.writestr("word/document.xml", "<w:t>Snater</w:t><w:t>wiek</w:t>")
    with zipfile.ZipFile(tmp_path / "tables.zip", "w") as parts:
        parts.write(tmp_path / "a.parquet", "a.parquet")

    found = [path for path, text in texts(tmp_path).items() if "snaterwiek" in squeezed(text)]

    assert len(found) == 5


def test_no_canary_gets_past_reading(everything):
    canaries = [squeezed(canary) for canary in TRUTH["canaries"]]

    found = [
        f"{canary} in {path}"
        for path, text in everything.items()
        for canary in canaries
        if canary in text
    ]

    assert len(canaries) == 44
    assert found == []


def test_no_open_answer_is_anywhere_but_the_words_that_were_released(everything):
    survey = PROJECT / "data" / "raw" / EXAMPLE / "vragenlijst"
    book, quotes = (
        tomllib.loads((survey / name).read_text(encoding="utf-8"))
        for name in ("codeboek.toml", "citaten.toml")
    )
    codes = ("voordelen", "verbeterpunten", "opmerkingen")
    questions = [q["tekst"] for q in book["vraag"] if q["code"] in codes]
    answers = pd.read_excel(survey / "antwoorden.xlsx", engine="calamine")
    texts_of = answers[questions].melt()["value"].dropna()
    quoted = [squeezed(quote["tekst"]) for quote in quotes["citaat"]]
    kept = {part for text in texts_of for part in squeezed(text).split(".") if len(part) > 25}
    kept -= {part for part in kept if any(part in quote for quote in quoted)}

    assert len(kept) > 20
    assert [
        f"{text} in {path}" for path, all_ in everything.items() for text in kept if text in all_
    ] == []


def test_no_number_of_a_tip_is_on_any_page(everything, published, clean):
    numbers = {squeezed(number) for number in clean["melding_id"] if re.search(r"\d{4}", number)}
    pages = {path: text for path, text in everything.items() if path.startswith(str(published))}
    # But in the return of a gemeente to MMA, which is about those numbers.
    pages = {path: text for path, text in pages.items() if "terugmelding-mma" not in path}

    found = [path for path, text in pages.items() if any(number in text for number in numbers)]

    assert len(numbers) > 500
    assert found == []
    assert not any(re.search(r"m20\d\d-\d", text) for text in pages.values())


def test_no_place_of_this_machine_and_no_moment_is_in_anything_that_was_made(everything, reports):
    places = [str(reports.workspace.root), str(PROJECT), str(Path.home()) + "/", "ipykernel"]

    for path, text in everything.items():
        assert [place for place in places if place.casefold() in text] == [], path
        assert not re.search(r"20\d\d-\d\d-\d\dt\d\d:\d\d:\d\d\.\d+", text), path
