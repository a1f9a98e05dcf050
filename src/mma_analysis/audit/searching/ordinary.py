"""What our office files consist of: every other part, element or setting is a place to hide in."""

import re
from collections.abc import Collection, Iterator

from mma_analysis.audit.collecting.documents import Document, Tag
from mma_analysis.audit.findings import Finding

TYPES, RELATIONS = "part [Content_Types].xml", ".rels"
PARTS = {
    ".xlsx": re.compile(
        r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/_rels/workbook\.xml\.rels"
        r"|xl/(workbook|styles|sharedStrings|theme/theme1|tables/table\d+)\.xml"
        r"|xl/worksheets/(sheet\d+\.xml|_rels/sheet\d+\.xml\.rels)"
    ),
    ".docx": re.compile(
        r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml"
        r"|word/_rels/document\.xml\.rels|word/theme/theme1\.xml"
        r"|word/(document|styles|settings|webSettings|fontTable|numbering|header1|footer1)\.xml"
    ),
}
CONTENT = re.compile(
    r"application/(xml|vnd\.openxmlformats-package\.(relationships|core-properties)\+xml"
    r"|vnd\.openxmlformats-officedocument\.(extended-properties|theme"
    r"|spreadsheetml\.(sheet\.main|worksheet|table|styles|sharedStrings)"
    r"|wordprocessingml\.(document\.main|fontTable|footer|header|numbering|settings|styles"
    r"|webSettings))\+xml)"
)
TYPED = {"rels", "xml"}  # file names that end so
RELATED = {
    *("officeDocument", "core-properties", "extended-properties", "worksheet", "theme", "styles"),
    *("sharedStrings", "table", "settings", "webSettings", "fontTable", "numbering"),
    *("header", "footer"),
}
IN_TYPES = {"Types", "Default", "Override", "Relationships", "Relationship"}
IN_PROPERTIES = {
    *("Properties", "AppVersion", "Application", "Characters", "CharactersWithSpaces", "Company"),
    *("DocSecurity", "HeadingPairs", "HyperlinkBase", "HyperlinksChanged", "Lines", "Template"),
    *("LinksUpToDate", "Manager", "Pages", "Paragraphs", "ScaleCrop", "SharedDoc", "TitlesOfParts"),
    *("TotalTime", "Words", "i4", "lpstr", "variant", "vector"),
    *("coreProperties", "category", "created", "creator", "description", "keywords", "language"),
    *("lastModifiedBy", "modified", "revision", "subject", "title"),
}
IN_TEXT = {
    *("body", "p", "pPr", "pStyle", "r", "rPr", "t", "b", "i", "sz", "jc", "spacing", "keepNext"),
    *("tbl", "tblPr", "tblStyle", "tblW", "tblLook", "tblLayout", "tblBorders", "tblCaption"),
    *("tblGrid", "gridCol", "tr", "trPr", "cantSplit", "tblHeader", "tc", "tcPr", "tcW", "shd"),
    *("top", "bottom", "left", "right", "insideH", "insideV", "br", "tab", "tabs"),
    *("sectPr", "pgSz", "pgMar", "cols", "docGrid", "headerReference", "footerReference"),
    *("document", "hdr", "ftr", "fldSimple"),
}
# Part → the elements that stand in it. Of a theme, a style, a font and a list no text is shown.
ELEMENTS: tuple[tuple[re.Pattern[str], set[str]], ...] = (
    (re.compile(r"\[Content_Types\]\.xml|.*\.rels"), IN_TYPES),
    (re.compile(r"docProps/(app|core)\.xml"), IN_PROPERTIES),
    (re.compile(r"word/(document|header1|footer1)\.xml"), IN_TEXT),
    (
        re.compile(r"word/settings\.xml"),
        {
            *("brkBin", "brkBinSub", "characterSpacingControl", "clrSchemeMapping", "compat"),
            *("compatSetting", "decimalSymbol", "defJc", "defaultImageDpi", "defaultTabStop"),
            *("dispDef", "doNotAutoCompressPictures", "docId", "idmap", "intLim", "lMargin"),
            *("listSeparator", "mathFont", "mathPr", "naryLim", "proofState", "rMargin", "rsid"),
            *("rsidRoot", "rsids", "savePreviewPicture", "settings", "shapeDefaults"),
            *("shapedefaults", "shapelayout", "smallFrac", "themeFontLang", "useFELayout"),
            *("wrapIndent", "zoom"),
        },
    ),
    (
        re.compile(r"xl/workbook\.xml"),
        {
            *("workbook", "fileVersion", "workbookPr", "bookViews", "workbookView", "sheets"),
            *("sheet", "definedNames", "definedName", "calcPr"),
        },
    ),
    (re.compile(r"xl/sharedStrings\.xml"), {"sst", "si", "t"}),
    (
        re.compile(r"xl/styles\.xml"),
        {
            *("styleSheet", "numFmts", "numFmt", "fonts", "font", "b", "i", "u", "sz", "color"),
            *("name", "family", "scheme", "fills", "fill", "patternFill", "fgColor", "bgColor"),
            *("borders", "border", "left", "right", "top", "bottom", "diagonal", "cellStyleXfs"),
            *("cellXfs", "xf", "alignment", "cellStyles", "cellStyle", "dxfs", "tableStyles"),
        },
    ),
    (
        re.compile(r"xl/tables/table\d+\.xml"),
        {
            *("table", "autoFilter", "tableColumns", "tableColumn", "tableStyleInfo"),
            *("extLst", "ext"),
        },
    ),
    (
        re.compile(r"xl/worksheets/sheet\d+\.xml"),
        {
            *("worksheet", "sheetPr", "pageSetUpPr", "dimension", "sheetViews", "sheetView"),
            *("pane", "selection", "sheetFormatPr", "cols", "col", "sheetData", "row", "c", "v"),
            *("hyperlinks", "hyperlink", "pageMargins", "pageSetup", "headerFooter", "oddFooter"),
            *("tableParts", "tablePart"),
        },
    ),
)
# The rows and columns that are printed on every page: the only name that a workbook of ours has.
TITLES = "_xlnm.Print_Titles"
SHEET = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)"
REPEATED = re.compile(rf"{SHEET}!\$([A-Z]+:\$[A-Z]+|\d+:\$\d+)(,{SHEET}!\$\d+:\$\d+)?")


def find_strange(document: Document, own: Collection[tuple[str, str]] = ()) -> Iterator[Finding]:
    """Find in an office file what ours never have: what is in none of our lists.

    The name of it is not said: it may be what leaks. `own`: the parts, and the elements in them, of
    the template that the edition brought for its board paper.
    """
    kind = document.file[-5:]
    if kind in PARTS:
        own = own if kind == ".docx" else ()
        yield from _parts(document, kind, {place for place, _ in own})
        for tag in document.tags:
            if not _is_ordinary(tag, kind) and (tag.place, tag.name) not in own:
                yield Finding(document.file, tag.place, "strange")
    for place in document.strange:
        yield Finding(document.file, place, "strange")
    for place in document.unseen:
        yield Finding(document.file, place, "unseen")


def _parts(document: Document, kind: str, own: Collection[str]) -> Iterator[Finding]:
    names = [t.words for t in document.texts if t.place.startswith("name of part ")]
    if not all(PARTS[kind].fullmatch(name) or f"part {name}" in own for name in names):
        yield Finding(document.file, "a part of the file", "strange")
    for text in document.texts:
        is_name = text.place == "definedName in part xl/workbook.xml"
        if is_name and not REPEATED.fullmatch(text.words):
            yield Finding(document.file, text.place, "strange")


def _is_ordinary(tag: Tag, kind: str) -> bool:
    """Whether an element is one that stands in that part of ours; of other parts it is not said."""
    part = tag.place.removeprefix("part ")
    known = next((names for pattern, names in ELEMENTS if pattern.fullmatch(part)), None)
    if known is not None and tag.name not in {*known, "!comment"}:
        return False
    if tag.name == "definedName":
        return tag.attributes.get("name") == TITLES
    if tag.place == TYPES and "ContentType" in tag.attributes:
        return _is_type(tag, kind)
    if tag.name == "Relationship" and part.endswith(RELATIONS):
        return tag.attributes.get("Type", "").rpartition("/")[2] in RELATED
    return True


def _is_type(tag: Tag, kind: str) -> bool:
    of = tag.attributes.get("PartName", "/").removeprefix("/")
    is_part = bool(PARTS[kind].fullmatch(of)) if of else tag.attributes["Extension"] in TYPED
    return is_part and bool(CONTENT.fullmatch(tag.attributes["ContentType"]))
