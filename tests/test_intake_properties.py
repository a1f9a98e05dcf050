"""Any table in any rendering becomes the same clean rows."""

import csv
import datetime as dt
import io
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Rendering:
    """How a table is saved: the kind of file, the order of its columns, titles and dates."""

    kind: str
    columns: list[str]
    titles: int
    blank_rows: bool
    date: str
    encoding: str
    quoting: int
    end: str


renderings = st.builds(
    Rendering,
    kind=st.sampled_from(["xlsx", ";", ",", "\t", "|"]),
    columns=st.permutations(list(HEADERS)),
    titles=st.integers(0, 3),
    blank_rows=st.booleans(),
    date=st.sampled_from(["real", "iso", "d-m-y", "dd-mm-yyyy", "m/d/y", "d mmm y", "serial"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    end=st.sampled_from(["\r\n", "\n"]),
)


def day_as(day, how):
    return {
        "real": day.isoformat(),
        "iso": f"{day.isoformat()}T10:30:00",
        "d-m-y": f"{day.day}-{day.month}-{day.year}",
        "dd-mm-yyyy": f"{day:%d-%m-%Y}",
        "m/d/y": f"{day.month}/{day.day}/{day.year} 9:05 AM",
        "d mmm y": f"{day.day} {MONTHS[day.month - 1]} {day.year}",
        "serial": str((day - dt.date(1899, 12, 30)).days),
    }[how]


def rendered(table, how):
    """The bytes of a table in this rendering."""
    records = [dict(zip(HEADERS, row, strict=True)) for row in table]
    lines = [["Registratie MMA"]] * how.titles + [[HEADERS[name] for name in how.columns]]
    for record in records:
        lines += [[]] if how.blank_rows else []
        lines.append([record[name] for name in how.columns])
    if how.date != "real" or how.kind != "xlsx":
        lines = [
            [day_as(cell, how.date) if isinstance(cell, dt.date) else cell for cell in line]
            for line in lines
        ]
    if how.kind == "xlsx":
        return workbook({"Blad1": lines})
    content = io.StringIO(newline="")
    form = {"delimiter": how.kind, "quoting": how.quoting, "lineterminator": how.end}
    csv.writer(content, **form).writerows(lines)
    return content.getvalue().encode(how.encoding)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("edition")


@effort(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(table=tables, how=renderings)
def test_any_table_in_any_rendering_becomes_the_same_clean_rows(folder, table, how):
    name = "a.xlsx" if how.kind == "xlsx" else "a.csv"
    edition = delivers(folder, rendered(table, how), name)

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
