"""What a validator of PDF/A-3b (ISO 19005-3) looks at, as far as an invoice can offend it.

Clauses are named beside each check. Not looked at: signatures, layers, forms, films and other
things that the documents do not have; that they have none is checked.
"""

import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any

import pypdf
from fontTools.ttLib import TTFont
from lxml import etree
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, StreamObject

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DC, XMP = "{http://purl.org/dc/elements/1.1/}", "{http://ns.adobe.com/xap/1.0/}"
PDF, PDFAID = "{http://ns.adobe.com/pdf/1.3/}", "{http://www.aiim.org/pdfa/ns/id/}"
EXTENSION = "{http://www.aiim.org/pdfa/ns/extension/}"
SCHEMA, PROPERTY = (
    "{http://www.aiim.org/pdfa/ns/schema#}",
    "{http://www.aiim.org/pdfa/ns/property#}",
)
# 6.6.2.3: what needs no explanation.
KNOWN = {name.strip("{}") for name in (RDF, DC, XMP, PDF, PDFAID, EXTENSION, SCHEMA, PROPERTY)}
KNOWN |= {"adobe:ns:meta/", "http://www.w3.org/XML/1998/namespace"}
FORBIDDEN_KEYS = {"/JS", "/JavaScript", "/AA", "/OpenAction", "/XFA", "/Encrypt", "/OCProperties"}
FORBIDDEN_ACTIONS = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript"}
FORBIDDEN_FILTERS = {"/LZWDecode", "/Crypt"}


def archival_faults(content: bytes) -> list[str]:
    """Return what a validator would object to; nothing for a good file."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    catalog: Any = reader.trailer["/Root"]
    objects = list(_objects(reader))
    return [
        *_file(content, reader),
        *_metadata(reader, catalog),
        *_output_intent(catalog),
        *_attachments(catalog),
        *(fault for one in objects for fault in _object(one)),
        *(fault for one in objects for fault in _font(one)),
        *_contents(reader),
    ]


def transparency(content: bytes) -> list[str]:
    """Return what is see-through in a file: allowed in PDF/A-3, and trouble at many a printer."""
    found = []
    for one in _objects(pypdf.PdfReader(io.BytesIO(content))):
        if isinstance(one, DictionaryObject):
            if float(one.get("/ca", 1)) != 1 or float(one.get("/CA", 1)) != 1:
                found.append("alpha")
            if one.get("/SMask", "/None") != "/None":
                found.append("soft mask")
            if one.get("/BM", "/Normal") != "/Normal":
                found.append("blend mode")
            if one.get("/S") == "/Transparency":
                found.append("group")
    return found


def _objects(reader: pypdf.PdfReader) -> Iterator[Any]:
    """Yield every dictionary and stream of the file, nested ones too."""
    size: Any = reader.trailer["/Size"]
    for number in range(1, int(size)):
        one = reader.get_object(number)
        yield from _nested(one)


def _nested(one: Any) -> Iterator[Any]:
    if isinstance(one, DictionaryObject):
        yield one
        for value in one.values():
            yield from _nested(value)
    elif isinstance(one, ArrayObject):
        for value in one:
            yield from _nested(value)


def _file(content: bytes, reader: pypdf.PdfReader) -> Iterator[str]:
    head = content.split(b"\n", 2)
    if head[0] != b"%PDF-1.7" or sum(byte > 127 for byte in head[1][1:5]) != 4:
        yield "6.1.2: header"
    if len(reader.trailer.get("/ID", ())) != 2:
        yield "6.1.3: no file identifier"
    if not content.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "6.1.3: something follows the end"
    if reader.is_encrypted:
        yield "6.1.3: encrypted"


def _metadata(reader: pypdf.PdfReader, catalog: Any) -> Iterator[str]:
    packet = catalog["/Metadata"].get_data()
    if b"bytes=" in packet.split(b"?>")[0] or b"encoding=" in packet.split(b"?>")[0]:
        yield "6.6.2.1: attributes of the packet"
    root = etree.fromstring(packet)
    rdfs = list(root.iter(f"{RDF}RDF"))
    if len(rdfs) != 1:
        yield "6.6.2.1: not one rdf:RDF"
    (rdf, *_rest) = rdfs
    said = _said(rdf)
    if (said.get(f"{PDFAID}part"), said.get(f"{PDFAID}conformance")) != ("3", "B"):
        yield "6.6.4: identification"
    explained = {
        schema.findtext(f"{SCHEMA}namespaceURI"): {
            name.text for name in schema.iter(f"{PROPERTY}name")
        }
        for schema in rdf.iterfind(f".//{EXTENSION}schemas/{RDF}Bag/{RDF}li")
    }
    for name in said:
        space, _, local = name.strip("{").partition("}")
        if space not in KNOWN and local not in explained.get(space, ()):
            yield f"6.6.2.3: {name} is not explained"
    info: Any = reader.metadata
    pairs = {
        "/Title": said.get(f"{DC}title"),
        "/Author": said.get(f"{DC}creator"),
        "/Producer": said.get(f"{PDF}Producer"),
        "/Creator": said.get(f"{XMP}CreatorTool"),
        "/CreationDate": _pdf_date(said.get(f"{XMP}CreateDate")),
        "/ModDate": _pdf_date(said.get(f"{XMP}ModifyDate")),
        "/Subject": said.get(f"{DC}description"),
        "/Keywords": said.get(f"{PDF}Keywords"),
    }
    for key, value in pairs.items():
        if info.get(key) is not None and _same_zone(info.get(key)) != value:
            yield f"6.6.3: {key} is {info.get(key)!r}, the metadata say {value!r}"


def _said(rdf: etree._Element) -> dict[str, str]:
    """Return the packet's properties: simple ones, and the texts of lists."""
    said: dict[str, str] = {}
    for description in rdf:
        said |= {
            str(key): str(value) for key, value in description.items() if "about" not in str(key)
        }
        for element in description:
            if element.tag != f"{EXTENSION}schemas":
                said[str(element.tag)] = ", ".join(
                    text.strip() for text in element.itertext() if text.strip()
                )
    return {
        name: value
        for name, value in said.items()
        if not name.startswith("{http://www.w3.org/2000")
    }


def _pdf_date(text: str | None) -> str | None:
    if text is None:
        return None
    moment = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    return f"D:{moment:%Y%m%d%H%M%S}Z"


def _same_zone(text: str) -> str:
    """Return a PDF's date in UTC as _pdf_date writes it, anything else as it is."""
    return re.sub(r"^(D:\d{14})(\+00'00'?|Z)$", r"\1Z", str(text))


def _output_intent(catalog: Any) -> Iterator[str]:
    intents = catalog.get("/OutputIntents", ())
    if len(intents) != 1 or intents[0].get_object()["/S"] != "/GTS_PDFA1":
        yield "6.2.3: output intent"
        return
    profile = intents[0].get_object()["/DestOutputProfile"].get_object()
    data = profile.get_data()
    if data[36:40] != b"acsp" or data[8] > 4 or data[16:20] != b"RGB " or profile["/N"] != 3:
        yield "6.2.3: the output intent's profile"


def _attachments(catalog: Any) -> Iterator[str]:
    """6.8: each file is associated, described and dated."""
    files = catalog.get("/Names", {}).get("/EmbeddedFiles")
    named = [one.get_object() for one in files.get_object()["/Names"][1::2]] if files else []
    associated = [one.get_object() for one in catalog.get("/AF", ())]
    if named != associated:
        yield "6.8: /AF and the list of files differ"
    for file in named:
        stream = file["/EF"]["/F"].get_object()
        if not {"/F", "/UF", "/AFRelationship", "/Desc"} <= set(file) or "/Subtype" not in stream:
            yield "6.8: what the file is"
        if "/ModDate" not in stream.get("/Params", {}):
            yield "6.8: when it was made"


def _object(one: Any) -> Iterator[str]:
    for key in FORBIDDEN_KEYS & set(one):
        yield f"6.5, 6.6: {key}"
    if one.get("/S") in FORBIDDEN_ACTIONS:
        yield f"6.5.1: {one['/S']}"
    if isinstance(one, StreamObject):
        filters = one.get("/Filter", [])
        used = set(filters if isinstance(filters, ArrayObject) else [filters])
        if used & FORBIDDEN_FILTERS or "/FFilter" in one or "/DP" in one:
            yield f"6.1.7: filters {used}"
    if one.get("/Subtype") == "/Image" and (one.get("/Interpolate") or "/Alternates" in one):
        yield "6.2.8: image"
    if one.get("/Type") == "/ExtGState" and {"/TR", "/HTP"} & set(one):
        yield "6.2.5: graphics state"


def _font(one: Any) -> Iterator[str]:
    """6.2.11: embedded, with Unicode, and as wide as it says."""
    if one.get("/Type") != "/Font" or one.get("/Subtype") == "/Type3":
        return
    if one.get("/Subtype") == "/Type0":
        if "/ToUnicode" not in one or one["/Encoding"] != "/Identity-H":
            yield "6.2.11.7: no Unicode"
        return
    descriptor = one["/FontDescriptor"].get_object()
    program = descriptor.get("/FontFile2") or descriptor.get("/FontFile3")
    if program is None:
        yield "6.2.11.4: not embedded"
        return
    if one["/Subtype"] == "/CIDFontType2" and one.get("/CIDToGIDMap") != "/Identity":
        yield "6.2.11.3: CIDToGIDMap"
    font = TTFont(io.BytesIO(program.get_object().get_data()), lazy=True)
    if "hmtx" not in font:
        return
    order, scale = font.getGlyphOrder(), 1000 / font["head"].unitsPerEm
    for glyph, width in _widths(one.get("/W", ())):
        if glyph >= len(order):
            yield f"6.2.11.4: {one['/BaseFont']} has no glyph {glyph}"
        elif abs(font["hmtx"][order[glyph]][0] * scale - width) > 1:
            yield f"6.2.11.5: {one['/BaseFont']} glyph {glyph} is not {width} wide"


def _widths(array: Any) -> Iterator[tuple[int, float]]:
    """Read /W in both of its forms (ISO 32000-1, 9.7.4.3)."""
    entries = list(array)
    while entries:
        first = entries.pop(0)
        following = entries.pop(0)
        if isinstance(following, ArrayObject):
            yield from ((first + index, float(width)) for index, width in enumerate(following))
        else:
            width = float(entries.pop(0))
            yield from ((glyph, width) for glyph in range(first, following + 1))


def _contents(reader: pypdf.PdfReader) -> Iterator[str]:
    for page in reader.pages:
        stream = ContentStream(page["/Contents"].get_object(), reader)
        for operands, operator in stream.operations:
            if operator in {b"k", b"K"}:
                yield "6.2.4: CMYK without profile"
            if operator in {b"Tj", b"TJ"}:
                pieces = operands[0] if operator == b"TJ" else operands
                for piece in pieces:
                    raw = getattr(piece, "original_bytes", b"")
                    if any(raw[at : at + 2] == b"\0\0" for at in range(0, len(raw), 2)):
                        yield "6.2.11.8: a letter that the font does not have"
