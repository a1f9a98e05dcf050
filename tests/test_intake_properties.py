"""Any table in any rendering becomes the same clean rows."""

import csv
import datetime as dt
import io

import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from mma_analysis import clean, read
from small_edition import delivers, workbook

HEADERS = {
    "melding_id": "Meldnummer",
    "received_on": "Datum ontvangst",
    "topic": "Onderwerp",
    "place": "Woonplaats",
    "has_person": "Persoon bekend",
    "free_text": "Toelichting",
}
WORDS = {"Hennepkwekerij": "drugsdelicten", "fraude": "fraude", "": "onbekend", "iets": "onbekend"}
PRESENT = {"ja": True, "nee": False, "": None}
MONTHS = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
# A day above 12, so that the order of a rendering can be known.
PROOF = dt.date(2022, 3, 14)

rows = st.tuples(
    st.dates(dt.date(2021, 7, 1), dt.date(2023, 6, 30)),
    st.sampled_from(list(WORDS)),
    st.sampled_from(["Losser", "de Lutte", ""]),
    st.sampled_from(["ja", "nee", ""]),
    st.sampled_from(["", "een; twee, drie", 'zei "ja"\nen toen', "café"]),
)
tables = st.lists(rows, min_size=1, max_size=6).map(
    lambda drawn: [
        (f"M{number + 1:04}", *row)
        for number, row in enumerate([(PROOF, "fraude", "Losser", "ja", ""), *drawn])
    ]
)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]
DAYS = {
    "real": lambda day: day,  # in a text file it becomes 2022-03-14
    "iso": lambda day: f"{day.isoformat()}T10:30:00",
    "d-m-y": lambda day: f"{day.day}-{day.month}-{day.year}",
    "dd-mm-yyyy": lambda day: f"{day:%d-%m-%Y}",
    "m/d/y": lambda day: f"{day.month}/{day.day}/{day.year} 9:05 AM",
    "d mmm y": lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    "serial": lambda day: str((day - dt.date(1899, 12, 30)).days),
}
# How a table is saved: above it stand titles, and perhaps an empty row above each of its rows.
texts = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(list(";,\t|")),
        "quoting": st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
        "lineterminator": st.sampled_from(["\r\n", "\n"]),
    }
)
layouts = st.tuples(
    st.sampled_from(list(DAYS)), st.permutations(list(HEADERS)), st.integers(0, 3), st.booleans()
)


def laid_out(table, date, columns, titles, blank_rows):
    """The lines of a sheet with this table."""
    lines = [["Registratie MMA"]] * titles + [[HEADERS[name] for name in columns]]
    for number, day, *others in table:
        record = dict(zip(HEADERS, (number, DAYS[date](day), *others), strict=True))
        lines += [[]] if blank_rows else []
        lines.append([record[name] for name in columns])
    return lines


def as_text(lines, form, encoding):
    content = io.StringIO(newline="")
    csv.writer(content, **form).writerows(lines)
    return content.getvalue().encode(encoding)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("edition")


@effort(max_examples=40, suppress_health_check=list(HealthCheck))
@given(tables, layouts, st.none() | texts, st.sampled_from(ENCODINGS))
def test_any_table_in_any_rendering_becomes_the_same_clean_rows(
    folder, table, layout, form, encoding
):
    lines, name = laid_out(table, *layout), "a.csv" if form else "a.xlsx"
    content = as_text(lines, form, encoding) if form else workbook({"Blad1": lines})
    edition = delivers(folder, content, name)

    delivery = read.read_delivery(edition, name)
    cleaned = clean.clean_meldingen([delivery], edition)

    values = cleaned.meldingen[["melding_id", "received_on", "topic", "place", "has_person"]]
    assert values.astype(object).where(values.notna(), None).values.tolist() == [
        [name[1:], pd.Timestamp(day), WORDS[topic], place or None, PRESENT[person]]
        for name, day, topic, place, person, _ in table
    ]
    assert len(delivery.rows) == len(table)
    assert cleaned.rejected.empty
    assert len(cleaned.warnings) == sum(topic == "iets" for _, _, topic, *_ in table)
