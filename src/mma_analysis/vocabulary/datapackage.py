"""How the released tables of an edition are described for programs, by three standards.

A Frictionless Data Package, CSV on the Web, and a Dataset of schema.org. All of it is what
the schema and the settings say; nothing is read from a table.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mma_analysis.vocabulary.errors import message
from mma_analysis.vocabulary.reference import REGISTRY, package_table
from mma_analysis.vocabulary.released import (
    CELL,
    ReleasedColumn,
    codes_in_order,
    released_columns,
)

if TYPE_CHECKING:
    from mma_analysis.vocabulary import Vocabulary

DESCRIPTOR = "datapackage.json"
# The name that the standard gives it, for all tables of a folder.
CSVW = "csv-metadata.json"
EMPTY_BOX = ""  # what stands where there is no number, day or code; never a 0
WHY_EMPTY_COLUMN = ReleasedColumn(
    name="why_empty",
    dtype="str",
    unit="",
    label="Waarom een vak leeg is",
    label_en="Why a box is empty",
    meaning="elke lege kolom van de rij met haar reden: `share: niet te zeggen; …`",
    meaning_en="each empty column of the row with its reason, in Dutch",
    order="",
    is_told=True,
)
NO_LICENCE = "Er is geen licentie gekozen: wie deze cijfers mag gebruiken, beslist het DVO."
UNDER_LICENCE = "Deze cijfers mag u gebruiken volgens de licentie {title} ({code})."
LICENCES = {row["code"]: row for row in package_table("licences")}  # by their SPDX name
HOW_TO_READ = (
    "Elke tabel is een openbare tabel van de evaluatie, met haar getallen zoals zij zijn "
    "vrijgegeven. Een leeg vak is onbekend en nooit nul; in de kolom why_empty staat "
    "waarom het leeg is. De kolom cell noemt de rij, zoals een pagina dat doet."
)
INVENTED = "Fictieve voorbeelddata: deze cijfers zijn verzonnen."
# The type of a released column → that of a field, and of a column on the Web.
TYPES_OF_STANDARDS = {
    "str": ("string", "string"),
    "Int64": ("integer", "integer"),
    "Float64": ("number", "double"),
    "bool": ("boolean", "boolean"),
    "datetime64[us]": ("date", "date"),
}
# What lies beside the index → its kind, and what it is.
DOWNLOADS = {
    "datapakket.zip": ("application/zip", "Datapakket"),
    "bijlage.csv": ("text/csv", "CSV-bestand"),
    "bijlage.xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Bijlage met tabellen",
    ),
}
Descriptor = dict[str, Any]


class About(NamedTuple):
    """What an edition is called, whose it is, and about which place and days.

    `licence`: the SPDX name under which its public tables may be used; empty when nobody
    chose one.
    """

    slug: str
    title: str
    district: str
    maker: str
    begin: dt.date
    end: dt.date
    is_invented: bool
    licence: str

    @property
    def rights(self) -> str:
        """Who may use the tables, in words."""
        if not self.licence:
            return NO_LICENCE
        return UNDER_LICENCE.format_map(LICENCES[self.licence])

    @property
    def description(self) -> str:
        """What the tables are, how to read them, and who may use them."""
        subject = f"{self.title}, Meld Misdaad Anoniem, district {self.district}."
        sentences = [subject, HOW_TO_READ, self.rights]
        if self.is_invented:
            sentences.insert(0, INVENTED)
        return " ".join(sentences)

    @property
    def period(self) -> str:
        """The first and the last day that count, as ISO 8601 writes a period."""
        return f"{self.begin.isoformat()}/{self.end.isoformat()}"


class PublicTable(NamedTuple):
    """A released table and its columns as a file has them; the first is `cell`."""

    name: str
    columns: Sequence[str]

    @property
    def path(self) -> str:
        """Its file in the package."""
        return f"{self.name}.csv"

    @property
    def indicator(self) -> Mapping[str, str]:
        """Its row of the registry."""
        return next(row for row in REGISTRY if row["table"] == self.name)

    def described(self) -> list[ReleasedColumn]:
        """What the schema says of each column, and of the reasons at the end.

        `KeyError`: the released table has no such column; the message says which there are.
        """
        known = {column.name: column for column in released_columns(self.name)}
        columns = []
        for name in self.columns:
            if name not in known:
                there = ", ".join(known)
                what = message("py_no_column", name=name, table=self.name, known=there)
                raise KeyError(what)
            columns.append(known[name])
        return [*columns, WHY_EMPTY_COLUMN]


# --- a Data Package of Frictionless -------------------------------------------------------


def data_package(
    about: About,
    tables: Sequence[PublicTable],
    vocabulary: "Vocabulary",
    status: str,
) -> Descriptor:
    """The content of `datapackage.json`. `status`: in words, that it may not be sent."""
    package: Descriptor = {
        "profile": "tabular-data-package",
        "name": about.slug,
        "title": about.title,
        "description": about.description,
        "language": "nl",
        "temporal": {"start": about.begin.isoformat(), "end": about.end.isoformat()},
        "spatial": about.district,
        "rights": about.rights,
        "resources": [_resource(table, vocabulary) for table in tables],
    }
    if about.licence:
        licence = LICENCES[about.licence]
        told = {"name": licence["code"], "title": licence["title"], "path": licence["url"]}
        package["licenses"] = [told]
    if about.maker:
        package["contributors"] = [{"title": about.maker, "role": "author"}]
    if status:
        package["status"] = status
    return package


def _resource(table: PublicTable, vocabulary: "Vocabulary") -> Descriptor:
    """What a Data Package says of one table."""
    indicator = table.indicator
    orders = codes_in_order(table.name, vocabulary)
    fields = []
    for column in table.described():
        order = orders.get(column.name, [])
        fields.append(_field(column, order))
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": table.path,
        "title": indicator["title"],
        "title_en": indicator["title_en"],
        "description": indicator["about"],
        "method": indicator["method"],
        "sources": [{"title": indicator["source"]}],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {
            "fields": fields,
            "primaryKey": [CELL],
            "missingValues": [EMPTY_BOX],
        },
    }


def _field(column: ReleasedColumn, order: Sequence[str]) -> Descriptor:
    """What a Data Package says of one column; the words in English stand beside."""
    kind, _ = TYPES_OF_STANDARDS[column.dtype]
    field: Descriptor = {
        "name": column.name,
        "type": kind,
        "title": column.label,
        "title_en": column.label_en,
        "description": column.meaning,
        "description_en": column.meaning_en,
    }
    if column.unit:
        field["unit"] = column.unit
    if order:
        field["categories"] = list(order)
        field["categoriesOrdered"] = True
    if column.name == CELL:
        field["constraints"] = {"required": True, "unique": True}
    return field


# --- CSV on the Web -----------------------------------------------------------------------


def csv_on_the_web(about: About, tables: Sequence[PublicTable], status: str) -> Descriptor:
    """The content of `csv-metadata.json`, about all tables of the package."""
    group: Descriptor = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nl"}],
        "dc:title": about.title,
        "dc:description": about.description,
        "dc:rights": about.rights,
        "dc:temporal": about.period,
        "dc:spatial": about.district,
        "tables": [_table_on_the_web(table) for table in tables],
    }
    if about.licence:
        group["dc:license"] = {"@id": LICENCES[about.licence]["url"]}
    if about.maker:
        group["dc:creator"] = about.maker
    if status:
        group["schema:creativeWorkStatus"] = status
    return group


def _table_on_the_web(table: PublicTable) -> Descriptor:
    indicator = table.indicator
    columns = [_column_on_the_web(column) for column in table.described()]
    return {
        "url": table.path,
        "dc:title": [
            {"@value": indicator["title"], "@language": "nl"},
            {"@value": indicator["title_en"], "@language": "en"},
        ],
        "dc:description": indicator["about"],
        "dc:source": indicator["source"],
        "tableSchema": {"columns": columns, "primaryKey": CELL},
    }


def _column_on_the_web(column: ReleasedColumn) -> Descriptor:
    """What the Web is told of a column; its head in the file is a title in no language."""
    _, kind = TYPES_OF_STANDARDS[column.dtype]
    titles = {"und": [column.name], "nl": [column.label], "en": [column.label_en]}
    told: Descriptor = {
        "name": column.name,
        "titles": titles,
        "datatype": kind,
        "null": EMPTY_BOX,
        "dc:description": [
            {"@value": column.meaning, "@language": "nl"},
            {"@value": column.meaning_en, "@language": "en"},
        ],
    }
    if column.unit:
        told["schema:unitText"] = column.unit
    if column.name == CELL:
        told["required"] = True
    return told


# --- a Dataset of schema.org --------------------------------------------------------------


def dataset(about: About) -> Descriptor:
    """What the index says to a search engine: what there is, and in which files."""
    downloads = []
    for file, (kind, name) in DOWNLOADS.items():
        download = {
            "@type": "DataDownload",
            "name": name,
            "encodingFormat": kind,
            "contentUrl": file,
        }
        downloads.append(download)
    told: Descriptor = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": about.title,
        "description": about.description,
        "inLanguage": "nl",
        "temporalCoverage": about.period,
        "spatialCoverage": {"@type": "Place", "name": about.district},
        "distribution": downloads,
    }
    if about.licence:
        told["license"] = LICENCES[about.licence]["url"]
    if about.maker:
        told["creator"] = {"@type": "Organization", "name": about.maker}
    return told


def in_script(content: Descriptor) -> str:
    """JSON for between the tags of a script: nothing in it can end that."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return text.replace("<", "\\u003c")
