"""Files as people send them, made by hand: a PDF, archives of office programs, and hostile ones."""

import zipfile
import zlib
from io import BytesIO

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
O = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'  # noqa: E741 — OpenDocument


def make_archive(**parts: str | bytes) -> bytes:
    """An archive; "__" in a name stands for a slash, "_xml" at its end for the suffix."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def make_docx(*paragraphs: str) -> bytes:
    """A text of these paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{each}</w:t></w:r></w:p>" for each in paragraphs)
    return make_archive(word__document_xml=f"<w:document {W}><w:body>{body}</w:body></w:document>")


def make_pptx(*slides: str) -> bytes:
    """A presentation of slides with a line each."""
    parts = {
        f"ppt__slides__slide{number}_xml": f"<p {A}><a:p><a:r><a:t>{each}</a:t></a:r></a:p></p>"
        for number, each in enumerate(slides, 1)
    }
    return make_archive(**parts)


def make_xlsx(rows: str, strings: str = "") -> bytes:
    """A workbook with one sheet: the rows in XML, and the shared strings."""
    shared = {"xl__sharedStrings_xml": f"<sst {S}>{strings}</sst>"} if strings else {}
    sheet = f"<worksheet {S}><sheetData>{rows}</sheetData></worksheet>"
    return make_archive(**shared, xl__worksheets__sheet1_xml=sheet)


def make_odt(*paragraphs: str) -> bytes:
    """The same text for the other office programs."""
    body = "".join(f"<text:p>{each}</text:p>" for each in paragraphs)
    return make_archive(content_xml=f"<office {O}>{body}</office>")


def make_pdf(*pages: str, extra: str = "") -> bytes:
    """A PDF with a line on each page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        f"1 0 obj\n<< /Type /Catalog /Pages 2 0 R {extra}>>\nendobj\n",
        f"2 0 obj\n<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>\nendobj\n",
    ]
    for number, words in enumerate(pages):
        drawn = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET"
        page, stream = 4 + 2 * number, 5 + 2 * number
        objects.append(f"{page} 0 obj\n<< /Type /Page /Parent 2 0 R /Contents {stream} 0 R >>\nendobj\n")
        objects.append(f"{stream} 0 obj\n<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream\nendobj\n")
    body = "%PDF-1.4\n" + "".join(objects) + "trailer\n<< /Root 1 0 R >>\n%%EOF\n"
    return body.encode("latin-1", "replace")


def make_packed_pdf(pages: int, *, claims: int | None = None) -> bytes:
    """A PDF whose objects stand in a compressed stream, as programs write them today."""
    tree = f"<< /Type /Pages /Kids [] /Count {pages if claims is None else claims} >>"
    packed = zlib.compress((tree + "<< /Type /Page /Parent 2 0 R >> " * pages).encode())
    head = f"%PDF-1.5\n3 0 obj\n<< /Type /ObjStm /N {pages + 1} /First 9 /Length {len(packed)} >>\nstream\n"
    return head.encode() + packed + b"\nendstream\nendobj\n%%EOF\n"
