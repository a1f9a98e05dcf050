import pytest

from mma_analysis import read
from mma_analysis import settings as edition
from mma_analysis.read.headers import TARGETS
from mma_analysis.vocabulary import DataError, UsageError, Vocabulary, plain
from mma_analysis.vocabulary.schema import SOURCE
from small_edition import EVALUATIE, workbook, written

VOCABULARY = Vocabulary()

GOOR = '[gemeenten.hof-van-twente]\nlevering = ["goor"]\n'
HEADER = "Meldnummer;Datum ontvangst;Onderwerp"


@pytest.fixture
def deliver(tmp_path):
    """Deliver one file and read it; `goor` in the settings becomes its name."""

    def read_file(content, name="goor.csv", settings=GOOR):
        raw = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(raw)
        text = EVALUATIE + settings.replace('"goor"', f'"{name}"')
        return read.read_delivery(written(tmp_path, text), name)

    return read_file


def column(delivery, field):
    return delivery.rows[field].tolist()


# --- where the header is -------------------------------------------------------------------------


NARROW = "Datum ontvangst;Onderwerp\n"
WIDE = "Datum ontvangst;Onderwerp;Status;Woonplaats\n"


@pytest.mark.parametrize(
    ("above", "rows"),
    [
        ("M9;20-5-2022;drugs;open\n", "row 1"),
        ("Registratie MMA\nM1;14-3-2022;drugs\n\nM2;15-3-2022;fraude\n", "rows 2 to 4"),
        ("14-3-2022;drugs\n", "row 1"),  # two cells, of which one is a topic
        (NARROW + "14-9-2021;drugs\n15-10-2021;fraude\n", "rows 2 to 3"),  # a wider table follows
        ("M1;44634;drugs\n", "row 1"),  # a day as a number
    ],
)
def test_tips_above_the_header_are_an_error_that_names_their_rows(deliver, above, rows):
    header = f"Meldnummer;{WIDE}" if above.startswith("M") else WIDE

    with pytest.raises(DataError, match=f"goor.csv, {rows}, .*: they stand above the headers"):
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
def test_the_lines_of_a_title_above_the_header_are_no_tips(deliver, above):
    delivery = deliver(f"{above}{WIDE}16-3-2022;drugs;open;Goor\n")

    assert column(delivery, "received_on") == ["16-3-2022"]


def test_a_day_below_a_word_that_does_not_say_which_day_it_is_is_not_the_day_of_receipt(deliver):
    two_rows = "Melding;;Zomaar\nNummer;Onderwerp;Datum\nM1;drugs;14-3-2022\n"

    with pytest.raises(DataError, match="'Zomaar Datum'"):
        deliver("Status;" + two_rows.replace("\n", "\n;", 2))


# --- which rows are data -------------------------------------------------------------------------


@pytest.mark.parametrize("after", ["", "M3;16-3-2022;fraude;open\n"])
@pytest.mark.parametrize(
    "row",
    [
        ";;Hennepteelt in een woning;",  # a topic of four words
        ";;Overlast door dealen op straat;",
        ";;Iets met veel te veel woorden;",
        ";;;Er wordt gedeald bij de school",  # a sentence, but not at the left
        ";begin maart, dag niet genoteerd;;",
        ";*15-3-2022;;",
        ";3-3-2022;;",
        "2;;;",  # a number that is not under a total
        "M2;;;",
        "M2 15-3-2022 drugs open;;;",  # a whole row in one cell
        "M2\t15-3-2022\tdrugs\topen",
        '"M2;15-3-2022;drugs;""dealt bij de school, elke dag"""',
    ],
)
def test_a_single_cell_that_may_be_a_tip_is_never_a_note(deliver, row, after):
    delivery = deliver(f"{HEADER};Status\nM1;14-3-2022;drugs;open\n{row}\n{after}")

    assert column(delivery, "source_row") == ([2, 3, 4] if after else [2, 3])


@pytest.mark.parametrize(
    ("below_the_first", "rows"),
    [
        # Else only words at the left are.
        ("De tips hieronder zijn nieuw;;;\nM3;16-3-2022;fraude;", [2, 4]),
        ("De 12 tips hieronder zijn nieuw;;;\nM3;16-3-2022;fraude;", [2, 3, 4]),  # a number
        (";;;Zie ook de andere lijst\nM3;16-3-2022;fraude;", [2, 3, 4]),  # not at the left
        ("Pagina 1 van 3;;;\nM3;16-3-2022;fraude;", [2, 4]),
        # What says that it is a note is one, wherever it stands.
        ("Bron: export van 3-7-2023;;;\nM3;16-3-2022;fraude;", [2, 4]),
        ("\nOverzicht van de meldingen 2022-2023;;", [2, 4]),
        ("\n* datum geschat;;", [2]),
        # The number of a tip below a total is none.
        (
            "Totaal januari;1;\n20220002;;\n20220003;14-2-2022;drugs\nTotaal;3;\n20220004;;",
            [2, 4, 5, 7],
        ),
    ],
)
def test_which_rows_below_a_tip_are_notes(deliver, below_the_first, rows):
    delivery = deliver(f"{HEADER};Status\n20220001;14-1-2022;drugs;\n{below_the_first}\n")

    assert column(delivery, "source_row") == rows


def test_a_text_at_the_left_is_data_when_tips_are_described_there(deliver):
    delivery = deliver("Omschrijving;Datum ontvangst;Onderwerp\nEr wordt gedeeld bij de school;;\n")

    assert column(delivery, "source_row") == [2]


# --- what does not come along --------------------------------------------------------------------


def test_free_text_ignored_columns_and_columns_without_header_are_not_read(deliver):
    delivery = deliver(f"{HEADER};Toelichting;Volgnr;\nM1;3-3-2022;drugs;geheim;1;ook geheim\n")

    assert delivery.rows.columns.tolist() == [
        *("melding_id", "received_on", "topic"),
        *SOURCE,
    ]


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


@pytest.mark.parametrize(
    ("cells", "become"),
    [
        (["QA-007-Q", "", "onbekend", "-"], "ja nee leeg leeg"),
        (["J", "nee", "", "n.v.t."], "ja nee leeg leeg"),  # only yes and no: empty stays empty
        (["x", ""], "ja nee"),
        # A sign means what the list says, and never no by default.
        (["✓", "☐", "✔", "☑️", "√", "🗸", "✗", "✘"], "ja nee ja ja ja ja nee nee"),
        (["ja", "☒", "nee", "**", "-", "—", "?"], "ja onleesbaar nee onleesbaar leeg leeg leeg"),
        (["QA-007-Q", "☒", "-", "—", "---", "?"], "ja onleesbaar leeg leeg leeg leeg"),
        (
            ["ja", "#N/B", "nee", "#VERW!", "#n/a", "#DEEL/0!", "Err:502"],
            "ja onleesbaar nee" + " onleesbaar" * 4,
        ),
        (["QA-007-Q", "#REF!", "n.b."], "ja onleesbaar leeg"),
        # A text that begins with no is no, unless something else follows.
        (["nee, niet genoemd", "geen kenteken", "nee (alleen adres)", "ja"], "nee nee nee ja"),
        (
            ["Geen kenteken genoemd", "niet bekend bij ons", "n.v.t., zie brief", "nietig"],
            "nee leeg leeg ja",
        ),
        (["nee, maar wel een rode auto", "niet QA-007-Q"], "ja ja"),
    ],
)
def test_the_content_of_a_column_becomes_present_or_absent(deliver, cells, become):
    rows = "".join(f'M{i};;;"{cell}"\n' for i, cell in enumerate(cells))

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

    delivery = deliver(workbook(sheets), "goor.xlsx")

    assert column(delivery, "has_vehicle") == ["nee", "ja", ""]


@pytest.mark.parametrize(
    ("postcode", "kept"), [("7471 AB", "7471"), ("7471ab", "7471"), ("onbekend", ""), ("74711", "")]
)
def test_of_a_postcode_only_the_digits_are_read(deliver, postcode, kept):
    assert column(deliver(f"{HEADER};Postcode\nM1;;;{postcode}\n"), "postcode") == [kept]


def test_a_text_typed_in_a_column_of_words_is_cut(deliver):
    delivery = deliver(f"{HEADER}\nM1;3-3-2022;{'drugs ' * 20}\n")

    assert len(column(delivery, "topic")[0]) == 60


# --- settings ------------------------------------------------------------------------------------


def test_the_settings_say_what_an_unknown_header_is(deliver):
    settings = GOOR + (
        "[gemeenten.hof-van-twente.kolommen]\n"
        '"Binnen bij ons" = "received_on"\n"Wat zei men" = "free_text"\n"Kleur" = "ignored"\n'
    )

    delivery = deliver(
        "Binnen bij ons;Thema;Wat zei men;Kleur\n3-3-2022;drugs;geheim;rood\n", settings=settings
    )

    read = {"received_on": "Binnen bij ons", "topic": "Thema"}
    assert delivery.headers == read | {"free_text": "Wat zei men", "ignored": "Kleur"}


def test_the_block_for_all_unknown_headers_of_a_file_is_one_to_paste(tmp_path):
    path = tmp_path / "goor.csv"
    (tmp_path / edition.SETTINGS_FILE).write_text(
        EVALUATIE + GOOR.replace("goor", "goor.csv"), encoding="utf-8"
    )

    def suggestion(header):
        path.write_text(f"{header}\nM1;14-3-2022;drugs;a;b\n", encoding="utf-8")
        return read.suggest(edition.load(tmp_path), "goor.csv")

    assert suggestion(HEADER + ";Kleur;Toelichtingg") == (
        "[gemeenten.hof-van-twente.kolommen]  # goor.csv\n"
        '"Kleur" = "free_text"\n'
        '"Toelichtingg" = "free_text"  # nearest: free_text\n'
    )
    with (tmp_path / edition.SETTINGS_FILE).open("a", encoding="utf-8") as settings:
        settings.write('\n[gemeenten.hof-van-twente.kolommen]\n"Kleur" = "ignored"\n')
    assert suggestion(HEADER + ";Kleur;Toelichtingg") == (
        "# goor.csv: below the [gemeenten.hof-van-twente.kolommen] that is there\n"
        '"Toelichtingg" = "free_text"  # nearest: free_text\n'
    )
    assert suggestion(HEADER) == ""
    assert suggestion(f"{HEADER};Status;Bruikbaar\nM0;13-3-2022;drugs;Status;ja") == ""
    no_header_at_all = suggestion("Aap;Noot;Mies")
    assert no_header_at_all.count(' = "free_text"') == 2
    assert '# "Noot" = "received_on"  # holds days: ' in no_header_at_all


SECRET = "Man in blauwe jas dealt bij school"


@pytest.mark.parametrize(
    "content",
    [
        # Three words that are headers in each tip, and none above them.
        f"M1;14-3-2022;drugs;Ontvangen;Bevestigd;Nuttig;{SECRET}\n" * 2,
        f"1;44634;drugs;Ontvangen;Bevestigd;{SECRET}\n" * 3,
        f"M1;ma 14 mrt 2022;drugs;{SECRET}\nM2;di 15 mrt 2022;drugs;kort\n",
        # No day and no number of a tip, but the same words in the next row.
        f"a;drugs;Ontvangen;Bevestigd;{SECRET}\nb;drugs;Ontvangen;Onbekend;kort\n",
        # A tip in each column.
        f"Toelichting;{SECRET};kort\nMeldnummer;M1;M2\nDatum ontvangst;14-3-2022;15-3-2022\n",
        f"Status;Ontvangen;{SECRET}\nOnderwerp;drugs;drugs\nDatum;14-3-2022;15-3-2022\n",
    ],
)
def test_a_tip_that_may_be_taken_for_a_header_is_not_told(deliver, tmp_path, content):
    with pytest.raises(DataError, match=r"no row with headers") as error:
        deliver(content)

    assert "blauwe" not in str(error.value)
    assert read.suggest(edition.load(tmp_path), "goor.csv").startswith("# goor.csv: no row with")


def test_a_row_with_the_words_of_a_tip_does_not_win_from_the_headers_above_it(deliver):
    content = f"Zaak;Onderwerp;Klopt het;Kleur\nM1;Ontvangen;Bevestigd;{SECRET}\n"
    settings = GOOR + '[gemeenten.hof-van-twente.kolommen]\n"Zaak" = "melding_id"\n'

    with pytest.raises(DataError, match="row 1: header not recognised: 'Klopt het', 'Kleur'"):
        deliver(content, settings=settings)


def test_a_header_that_is_no_field_in_the_settings_is_an_error(deliver):
    settings = GOOR + '[gemeenten.hof-van-twente.kolommen]\n"Binnen" = "recieved_on"\n'

    with pytest.raises(UsageError, match="did you mean 'received_on'"):
        deliver(HEADER, settings=settings)


def test_only_the_sheet_in_the_settings_is_read(deliver):
    rows = [["Datum ontvangst", "Onderwerp"], ["3-8-2021", "drugs"]]
    content = workbook({"Registratie": rows, "Oud": rows})

    delivery = deliver(content, "goor.xlsx", GOOR + 'blad = "Registratie"\n')

    assert column(delivery, "source_sheet") == ["Registratie"]
    with pytest.raises(UsageError, match="blad = 'Registratje' is not a sheet of goor.xlsx; did"):
        deliver(content, "goor.xlsx", GOOR + 'blad = "Registratje"\n')


def test_a_file_that_is_in_no_levering_is_an_error(deliver, tmp_path):
    deliver(HEADER)

    with pytest.raises(UsageError, match=r"no gemeente has 'losser\.csv'"):
        read.read_delivery(edition.load(tmp_path), "losser.csv")


def test_no_alias_of_a_header_means_two_things():
    fields: dict[str, str] = {}
    for row in VOCABULARY.reference("column_aliases"):
        name = plain(row["alias"])
        assert fields.setdefault(name, row["field"]) == row["field"], row["alias"]
        assert row["field"] in TARGETS
        assert row["source"]
