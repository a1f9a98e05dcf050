"""Tips that could be lost without anybody seeing it: beside a table; and the lines to paste."""

import pytest

from mma_analysis import read
from mma_analysis.vocabulary import DataError
from small_edition import settings, workbook, written

HEADER = ["Datum ontvangst", "Onderwerp", "Status"]
TIP = ["14-3-2022", "drugs", "open"]


def beside(header, *cells):
    return [[*HEADER, header], *([*TIP, cell] for cell in cells)]


@pytest.fixture
def deliver(tmp_path):
    """Read a workbook with these rows on these sheets, as the delivery of Losser."""

    def read_sheets(extra="", **sheets):
        (tmp_path / "losser.xlsx").write_bytes(workbook(sheets))
        own = written(tmp_path, settings({"losser": "losser.xlsx"}) + extra)
        return read.read_delivery(own, "losser.xlsx")

    return read_sheets


# --- beside the table ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([[*TIP, "15-3-2022", "fraude", "open"]], "row 2, columns D to F"),
        ([[*TIP], [*TIP, "", "15-3-2022", "fraude"]], "row 3, columns E to F"),
    ],
)
def test_tips_in_columns_without_a_header_are_an_error_that_names_their_place(deliver, rows, place):
    with pytest.raises(DataError, match=f"sheet 'Blad1', {place}: here are cells that look like"):
        deliver(Blad1=[HEADER, *rows])


def test_remarks_beside_the_table_are_named_and_not_read(deliver):
    remarks = ["15-3-2022", "16-3-2022 teruggebeld", "17-3-2022", "dossier 4"]

    delivery = deliver(Blad1=[HEADER, *([*TIP, remark] for remark in remarks)])

    assert len(delivery.rows) == 4
    assert delivery.unread == (
        "losser.xlsx, sheet 'Blad1', column D without a header: filled in rows 2 to 5, and not "
        "read",
    )


def of_text(folder, rows):
    (folder / "losser.csv").write_text(rows, encoding="utf-8")
    own = written(folder, settings({"losser": "losser.csv"}))
    return read.read_delivery(own, "losser.csv")


# --- formulas that were filled in down to below the tips -----------------------------------------


def test_rows_of_nothing_but_failed_formulas_are_named_and_no_tips_unless_the_day_failed(tmp_path):
    rows = "Datum ontvangst;Onderwerp;Status\n14-3-2022;#N/B;open\n;#N/B;#N/B\n#N/B;#N/B;\n"

    delivery = of_text(tmp_path, rows)

    assert delivery.rows["source_row"].tolist() == [2, 4]
    assert delivery.unread == ("losser.csv, row 3: nothing but formulas that failed, and not read",)


# --- the lines to paste --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        # A column of days is never proposed as free text.
        (
            beside("Kleurtje", "14-3-2022", "15-3-2022"),
            '# "Kleurtje" = "reported_on"  # holds days: ',
        ),
        (
            beside("Afgeslotn op", "14-3-2022", "15-3-2022"),
            '"Afgeslotn op" = "closed_on"  # nearest: ',
        ),
        (beside("Kleurtje", "14-3-2022 gebeld", "rood"), '"Kleurtje" = "free_text"\n'),
        (beside("Kleurtje", "", ""), '"Kleurtje" = "free_text"\n'),
        ([["Zomaar", *HEADER[1:]], TIP], '# "Zomaar" = "received_on"  # holds days: '),
    ],
)
def test_what_a_column_holds_decides_what_is_proposed_for_it(deliver, rows, line):
    with pytest.raises(DataError) as error:
        deliver(Blad1=rows)

    assert line in str(error.value)


def test_a_row_of_a_second_table_in_ignored_columns_is_an_error(deliver):
    extra = '[gemeenten.losser.kolommen]\n"Dag" = "ignored"\n"Thema 2" = "ignored"\n'
    header = [*HEADER, "Dag", "Thema 2"]
    beside = [*TIP, "15-3-2022", "fraude"]

    with pytest.raises(
        DataError, match="row 3, columns D to E: here are cells that look like tips"
    ):
        deliver(extra, Blad1=[header, beside, ["", "", "", "16-3-2022", "fraude"]])

    assert len(deliver(extra, Blad1=[header, beside]).rows) == 1
