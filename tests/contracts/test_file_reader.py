"""The content taken from people's files, and the limits for hostile ones."""

import struct
import tracemalloc
import zipfile
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image as PillowImage

from shared.adapters import office_text
from shared.adapters.file_reader import FileReaders, read_file
from shared.adapters.office_text import CHARACTERS_MAX, read_office
from shared.adapters.pdf_pages import count_pages
from shared.errors import FileTooManyPixelsError, FileUnreadableError, FileUnusableError
from shared.ports import FileReader
from shared.providers.files import Document, FileKind
from shared.providers.images import Image
from shared.providers.plain_text import TEXT_BYTES_MAX, decode_text
from tests.fakes.file_reader import FakeFileReader
from tests.office_files import make_archive, make_docx, make_odt, make_packed_pdf, make_pdf, make_pptx, make_xlsx

MEGABYTE = 1_000_000


def make_png(width: int = 8, height: int = 6) -> bytes:
    buffer = BytesIO()
    PillowImage.new("RGB", (width, height), "red").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(params=[FileReaders, FakeFileReader])
def reader(request: pytest.FixtureRequest) -> FileReader:
    made: FileReader = request.param()
    return made


async def test_each_kind(reader: FileReader) -> None:
    """A picture stays one, a PDF goes along as it is with its pages counted, everything else becomes text."""
    picture = await reader.read(make_png(), "picture")
    assert isinstance(picture, Image)
    assert (picture.mime_type, picture.width, picture.height) == ("image/png", 8, 6)
    pdf = make_pdf("one", "two")
    assert await reader.read(pdf, "pdf") == Document(pdf, "application/pdf", 2)
    assert await reader.read("Привет".encode(), "text") == "Привет"
    assert await reader.read(make_docx("Hello"), "office") == "Hello"


async def test_other_work(reader: FileReader) -> None:
    """Other work is done in the same place, and what it raises comes out."""
    assert await reader.run(lambda: 2 + 3) == 5
    with pytest.raises(ZeroDivisionError):
        await reader.run(lambda: 1 / 0)


@pytest.mark.parametrize("kind", ["picture", "pdf", "text", "office"])
async def test_empty_files(reader: FileReader, kind: FileKind) -> None:
    """A file without a byte has its own trouble, whatever it is called."""
    with pytest.raises(FileUnusableError) as raised:
        await reader.read(b"", kind)
    assert raised.value.trouble == "empty"


@pytest.mark.parametrize("kind", ["picture", "pdf", "office"])
async def test_other_files(reader: FileReader, kind: FileKind) -> None:
    """Bytes of another kind than the name says are refused, and nothing but our own errors comes out."""
    for content in (b"hello", b"\x00" * 100, b"PK\x05\x06" + b"\xff" * 18, make_docx("x")[:-30] + b"\x01" * 30):
        with pytest.raises(FileUnreadableError):
            await reader.read(content, kind)


def test_large_pictures_are_refused_by_their_header() -> None:
    """In a process with little memory a picture is decoded only where that takes little."""
    head = make_png()
    large = head[:16] + struct.pack(">II", 9_000, 9_000) + head[24:]
    large = large[:29] + struct.pack(">I", zlib.crc32(large[12:29])) + large[33:]
    with pytest.raises(FileTooManyPixelsError):
        read_file(large, "picture")


# --- text ---


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfone\r\ntwo\rthree", "one\ntwo\nthree"),
        ("два".encode("utf-16"), "два"),
        ("два".encode("utf-16-be"), None),
        (b"\xfe\xff" + "два".encode("utf-16-be"), "два"),
        (b"\xff\xfe\x00\x00" + "ab".encode("utf-32-le"), "ab"),
        ("Отчёт за год".encode("cp1251"), "Отчёт за год"),
        (b"a" * 200 + b"\x1b[1mbold", "a" * 200 + "[1mbold"),
        (bytes(range(256)) * 4, None),
    ],
)
def test_text(content: bytes, text: str | None) -> None:
    """Every usual encoding is read; what is full of control codes is no text."""
    if text is None:
        with pytest.raises(FileUnusableError) as raised:
            decode_text(content)
        assert raised.value.trouble == "kind"
    else:
        assert decode_text(content) == text


def test_text_without_words_is_empty() -> None:
    """Spaces and line breaks are nothing to read."""
    with pytest.raises(FileUnusableError) as raised:
        decode_text(b" \r\n\t ")
    assert raised.value.trouble == "empty"


def test_long_text_is_cut() -> None:
    """Only the beginning is decoded, also where the cut falls into a letter."""
    assert len(decode_text(b"a" + "я".encode() * TEXT_BYTES_MAX)) == TEXT_BYTES_MAX // 2


# --- PDF ---


def test_pages_are_counted() -> None:
    """Pages are counted in plain files and in those whose objects are packed; outlines have other counts."""
    assert count_pages(make_pdf("one")) == 1
    outlined = make_pdf("one", "two", extra="/Outlines << /Type /Outlines /Count 900 >> ")
    assert count_pages(outlined) == 2
    assert count_pages(make_packed_pdf(37)) == 37


def test_pages_that_are_claimed_count() -> None:
    """A file that shows few pages and claims many is taken at its word."""
    assert count_pages(make_packed_pdf(1, claims=400)) == 400


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"no pdf", "broken"),
        (b"%PDF-1.4\nnothing in it", "broken"),
        (make_pdf(), "empty"),
        (make_pdf("one").replace(b"<< /Root", b"<< /Encrypt 9 0 R /Root"), "locked"),
        (b"%PDF-1.5\n<< /Type /ObjStm >> no stream\n", "broken"),
        (b"%PDF-1.5\n<< /Type /ObjStm >>\nstream\nnot packed endstream", "broken"),
    ],
)
def test_pdf_troubles(content: bytes, trouble: str) -> None:
    """An unreadable file has a reason that can be shown."""
    with pytest.raises(FileUnusableError) as raised:
        count_pages(content)
    assert raised.value.trouble == trouble


PAGES = b"/Type /Page /Parent 2 0 R"


def packed(objects: bytes, more: bytes = b"") -> bytes:
    """An object stream, with more in its dictionary."""
    head = b"9 0 obj\n<< /Type /ObjStm /Filter /FlateDecode " + more + b">>\nstream\n"
    return make_pdf("one").replace(b"trailer", head + zlib.compress(objects) + b"\nendstream\nendobj\ntrailer")


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (make_pdf("one", "two").replace(b"/Type /Page /Parent", b"/#54ype /Page /Parent", 1), "broken"),
        (make_pdf("one", "two").replace(b"/Type /Page /Parent", b"/Type /P#61ge /Parent", 1), "broken"),
        (make_pdf("one").replace(b"/Count 1", b"/Count 3 0 R"), "broken"),
        (make_pdf("one").replace(b"/Type /Page /", b"/Type % no\n/Page /"), "broken"),
        (make_pdf("one").replace(b"/Type /Page /", b"/Type\0/Page /"), "broken"),
        (packed(PAGES, b"/DecodeParms << /Predictor 12 >>"), "broken"),
        (packed(PAGES, b"/X [/ASCII85Decode]"), "broken"),
        (packed(PAGES, b"/X (stream\n) "), "broken"),
        (packed(PAGES, b"/X " + b"0" * 700), "broken"),
        (packed(PAGES + bytes(5 * MEGABYTE)), "bomb"),
        (b"%PDF-1.5\n<< /Type /ObjStm >>\nstream\n/Type /Page endstream", "broken"),
    ],
)
def test_pages_that_hide(content: bytes, trouble: str) -> None:
    """A file that tells its pages in a way that the counter does not understand is refused, not counted as short."""
    with pytest.raises(FileUnusableError) as raised:
        count_pages(content)
    assert raised.value.trouble == trouble


def test_pages_without_a_type() -> None:
    """Readers go by the kids and the count of a page tree, so the counter does; other escapes are nobody's matter."""
    content = make_pdf("one").replace(b"/Type /Pages", b"").replace(b"/Count 1", b"/Count 40")
    assert count_pages(content.replace(b"/F1", b"/F#31x")) == 40
    assert count_pages(packed(b"/Type /Page " * 7)) == 8


def test_pdf_that_grows() -> None:
    """Streams that unpack to more than the bound end the reading."""
    packed = zlib.compress(b" " * 4 * MEGABYTE)
    streams = (b"1 0 obj\n<< /Type /ObjStm >>\nstream\n" + packed + b"\nendstream\nendobj\n") * 8
    with pytest.raises(FileUnusableError) as raised:
        count_pages(b"%PDF-1.5\n" + streams)
    assert raised.value.trouble == "bomb"


@pytest.mark.parametrize("token", [b"<<", b"/Type /Pages /Count 3 ", b"/Type /ObjStm stream\n", b">>/Count 7 "])
def test_hostile_pdf_is_bounded(token: bytes) -> None:
    """Files full of what is looked for are given up, or read in one go: nothing is looked at again and again."""
    content = b"%PDF-1.5\n" + token * (3 * MEGABYTE // len(token))
    with suppress(FileUnusableError):
        count_pages(content)


# --- office ---


def test_words_document() -> None:
    """Paragraphs are lines, tabs and cells are tabs, what was deleted is not there."""
    body = (
        "<w:p><w:r><w:t>Name</w:t><w:tab/><w:t>Sum</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><w:delText>gone</w:delText><w:t>A &amp; B</w:t><w:br/><w:t>end</w:t></w:r></w:p>"
    )
    xml = f'<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>'
    assert read_office(make_archive(word__document_xml=xml)) == "Name\tSum\na\n\nA & B\nend"


def test_slides_in_order() -> None:
    """The tenth slide comes after the second."""
    slides = [f"slide {number}" for number in range(1, 12)]
    read = read_office(make_pptx(*slides))
    assert [line for line in read.splitlines() if line.startswith("slide")] == slides
    assert read.startswith("— 1 —")


def test_sheet() -> None:
    """Cells of a row stand behind each other, gaps stay; texts come from the list of shared strings."""
    rows = (
        '<row><c r="A1" t="s"><v>0</v></c><c r="C1"><v>42</v></c></row>'
        '<row><c t="inlineStr"><is><t>here</t></is></c><c t="s"><v>7</v></c><c r="?"><v>1</v></c></row>'
    )
    strings = "<si><r><t>Pri</t></r><r><t>ce</t></r><rPh><u>no</u></rPh></si>"
    assert read_office(make_xlsx(rows, strings)).splitlines()[1:] == ["Price\t\t42", "here\t…\t1"]
    assert read_office(make_xlsx('<row><c r="B1"><v>5</v></c></row>')).splitlines()[1:] == ["\t5"]


def test_open_document() -> None:
    """Spans within a paragraph belong to it."""
    read = read_office(make_odt("one <text:span>two</text:span><text:tab/>three", "end"))
    assert read == "one two\tthree\nend"


def test_long_documents_are_cut() -> None:
    """There is no more text taken out than there is use for."""
    assert len(read_office(make_docx(*["word " * 1_000] * 100))) <= CHARACTERS_MAX


def test_many_strings_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list of strings keeps its beginning; cells that refer to omitted ones say so."""
    monkeypatch.setattr(office_text, "STRINGS_MAX", 2)
    rows = '<row><c t="s"><v>1</v></c><c t="s"><v>5</v></c></row>'
    read = read_office(make_xlsx(rows, "<si><t>a</t></si><si><t>b</t></si><si><t>c</t></si>"))
    assert read.splitlines()[1:] == ["b\t…"]


def encrypt(archive: bytes) -> bytes:
    """With the mark of an encrypted part in its list of contents."""
    at = archive.rfind(b"PK\x01\x02")
    return archive[: at + 8] + b"\x01\x00" + archive[at + 10 :]


def pack_otherwise(content: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def with_directory(archive: bytes, size_bytes: int) -> bytes:
    """An archive that claims a longer list of contents."""
    at = archive.rfind(b"PK\x05\x06")
    return archive[: at + 12] + size_bytes.to_bytes(4, "little") + archive[at + 16 :]


def with_long_locator(archive: bytes) -> bytes:
    at = archive.rfind(b"PK\x05\x06")
    return archive[:at] + b"PK\x06\x07" + b"\x00" * 16 + archive[at:]


BILLION = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x><p>&a;</p></x>'


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "old"),
        (b"PK\x03\x04 and no end", "broken"),
        (b"PK\x05\x06", "broken"),
        (make_archive(readme_txt="hello"), "kind"),
        (make_docx(), "empty"),
        (encrypt(make_docx("secret")), "locked"),
        (pack_otherwise(b"<x/>"), "broken"),
        (with_directory(make_docx("x"), 4_000_000), "bomb"),
        (with_long_locator(make_docx("x")), "bomb"),
        (make_archive(content_xml=BILLION), "bomb"),
        (make_archive(content_xml=OUTSIDE), "bomb"),
        (make_archive(content_xml=b"<x>" + b" " * 40 * MEGABYTE + b"</x>"), "bomb"),
    ],
)
def test_office_troubles(content: bytes, trouble: str) -> None:
    """Encrypted, old, damaged and hostile archives each have a reason that can be told."""
    with pytest.raises(FileUnusableError) as raised:
        read_office(content)
    assert raised.value.trouble == trouble


def test_many_parts_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that are harmless alone share one bound."""
    monkeypatch.setattr(office_text, "UNPACKED_BYTES_MAX", 200_000)
    slides = {f"ppt__slides__slide{n}_xml": f"<x>{n:0100000d}</x>" for n in range(1, 5)}
    with pytest.raises(FileUnusableError) as raised:
        read_office(make_archive(**slides))
    assert raised.value.trouble == "bomb"


def test_damaged_xml_is_unreadable() -> None:
    """The parser's error text is not shown; the file counts as damaged."""
    with pytest.raises(FileUnreadableError):
        read_file(make_archive(content_xml="<x><p>half"), "office")


def test_a_bomb_takes_little_memory() -> None:
    """A small archive that unpacks to 40 MB is given up before it takes a few of them."""
    bomb = make_archive(content_xml=b"<x>" + b" " * 40 * MEGABYTE + b"</x>")
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(FileUnusableError):
            read_office(bomb)
        assert tracemalloc.get_traced_memory()[1] < 3 * MEGABYTE
    finally:
        tracemalloc.stop()
