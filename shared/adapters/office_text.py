"""Extracting the text of an office file: an archive of XML, of which only the parts with text are unpacked.

    docx  word/document.xml                      odt, ods, odp  content.xml
    pptx  ppt/slides/slide1.xml …
    xlsx  xl/sharedStrings.xml, xl/worksheets/sheet1.xml …

Parts are unpacked and parsed piece by piece, only until there is enough text. So neither an archive bomb nor XML with
recursive or external entities can use more memory or time than the limits below.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from xml.parsers import expat

from shared.errors import FileUnusableError

CHARACTERS_MAX = 120_000
"""The most text that is extracted; a model never gets more."""
UNPACKED_BYTES_MAX = 32_000_000
"""The most XML that is parsed, all parts together; a part without text may be large."""
RATIO_MAX = 200
"""The highest compression ratio of a part. Real XML is compressed to a tenth, tables of zeros to a hundredth."""
DIRECTORY_BYTES_MAX = 500_000
"""The largest directory of an archive: 5,000 parts. Python reads it as a whole."""
PIECE_BYTES = 65_536
STRINGS_MAX = 50_000
COLUMNS_MAX = 50
"""The most empty cells in a row of a sheet that are kept as tabs."""
_END_OF_DIRECTORY, _END_BYTES, _COMMENT_BYTES_MAX = b"PK\x05\x06", 22, 65_535
_LONG_LOCATOR, _LOCATOR_BYTES = b"PK\x06\x07", 20
_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_IS_ENCRYPTED = 0x1
_SLIDE = re.compile(r"ppt/slides/slide(\d{1,4})\.xml")
_SHEET = re.compile(r"xl/worksheets/sheet(\d{1,4})\.xml")
_CELL = re.compile(r"([A-Z]{1,3})\d+")
_BREAKS = {"p": "\n", "h": "\n", "tr": "\n", "table-row": "\n", "tc": "\t", "table-cell": "\t"}
"""The character after the end of an element."""
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "s": " "}
"""The character for an empty element."""


class _EnoughError(Exception):
    """There is enough text."""


class _Text:
    """Text that is collected up to a limit."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._left = CHARACTERS_MAX

    def add(self, piece: str) -> None:
        self._pieces.append(piece[: self._left])
        self._left -= len(piece)
        if self._left <= 0:
            raise _EnoughError

    def join(self) -> str:
        """The text, without empty lines that come from the layout."""
        text = re.sub(r"[ \t]+\n", "\n", "".join(self._pieces))
        return re.sub(r"\n{3,}", "\n\n", text).strip()


class _Archive:
    """An archive whose parts are unpacked within a common limit."""

    def __init__(self, content: bytes) -> None:
        _check_directory(content)
        self._zip = zipfile.ZipFile(BytesIO(content))
        self._left = UNPACKED_BYTES_MAX
        self.names = frozenset(self._zip.namelist())

    def read(self, name: str) -> Iterator[bytes]:
        """A part, piece by piece."""
        info = self._zip.getinfo(name)
        if info.flag_bits & _IS_ENCRYPTED:
            raise FileUnusableError("locked")
        if info.compress_type not in _PACKED:
            raise FileUnusableError("broken")
        allowed = max(PIECE_BYTES, info.compress_size * RATIO_MAX)
        with self._zip.open(info) as part:
            while piece := part.read(PIECE_BYTES):
                self._left -= len(piece)
                allowed -= len(piece)
                if self._left < 0 or allowed < 0:
                    raise FileUnusableError("bomb")
                yield piece


def read_office(content: bytes) -> str:
    """The text. Raises FileUnusableError, and the errors of zipfile, zlib and expat for damaged files."""
    if content.startswith(_OLD_FORMAT):
        raise FileUnusableError("old")
    archive, text = _Archive(content), _Text()
    with suppress(_EnoughError):
        _collect(archive, text)
    found = text.join()
    if not found:
        raise FileUnusableError("empty")
    return found


def _collect(archive: _Archive, text: _Text) -> None:
    if "word/document.xml" in archive.names:
        _read_words(archive, "word/document.xml", text, {"t"})
    elif slides := _list_parts(archive, _SLIDE):
        for number, name in slides:
            text.add(f"\n— {number} —\n")
            _read_words(archive, name, text, {"t"})
    elif sheets := _list_parts(archive, _SHEET):
        strings = _read_strings(archive)
        for number, name in sheets:
            text.add(f"\n— {number} —\n")
            _Sheet(text, strings).read(archive, name)
    elif "content.xml" in archive.names:
        _read_words(archive, "content.xml", text, {"p", "h"})
    else:
        raise FileUnusableError("kind")


def _list_parts(archive: _Archive, pattern: re.Pattern[str]) -> list[tuple[int, str]]:
    """Numbered parts in the order of their numbers."""
    found = (pattern.fullmatch(name) for name in archive.names)
    return sorted((int(match[1]), match[0]) for match in found if match is not None)


def _read_words(archive: _Archive, name: str, text: _Text, within: set[str]) -> None:
    """Add the text inside these elements, with the layout's tabs and line breaks."""
    depth = 0

    def begin(element: str, _: dict[str, str]) -> None:
        nonlocal depth
        if element in within:
            depth += 1
        elif (mark := _MARKS.get(element)) is not None:
            text.add(mark)

    def end(element: str) -> None:
        nonlocal depth
        if element in within:
            depth -= 1
        if (mark := _BREAKS.get(element)) is not None:
            text.add(mark)

    def add(words: str) -> None:
        if depth:
            text.add(words)

    _parse(archive.read(name), begin, end, add)


def _read_strings(archive: _Archive) -> list[str]:
    """The shared strings of a workbook, to which cells refer by number."""
    name, strings, pieces = "xl/sharedStrings.xml", list[str](), list[str]()
    is_text = False
    left = 4 * CHARACTERS_MAX
    if name not in archive.names:
        return strings

    def begin(element: str, _: dict[str, str]) -> None:
        nonlocal is_text
        is_text = element == "t"

    def end(element: str) -> None:
        nonlocal is_text, left
        is_text = False
        if element == "si":
            strings.append("".join(pieces))
            left -= len(strings[-1])
            pieces.clear()
            if len(strings) >= STRINGS_MAX or left <= 0:
                raise _EnoughError

    def add(words: str) -> None:
        if is_text:
            pieces.append(words)

    with suppress(_EnoughError):
        _parse(archive.read(name), begin, end, add)
    return strings


class _Sheet:
    """One sheet of a workbook: a line for each row, a tab between cells."""

    def __init__(self, text: _Text, strings: list[str]) -> None:
        self._text, self._strings = text, strings
        self._column = 0
        self._is_value = self._is_number = False
        self._value: list[str] = []

    def read(self, archive: _Archive, name: str) -> None:
        _parse(archive.read(name), self._begin, self._end, self._add)

    def _begin(self, element: str, attributes: dict[str, str]) -> None:
        if element == "row":
            self._column = 0
        elif element == "c":
            self._is_number = attributes.get("t") == "s"
            self._value.clear()
            self._move_to(_column_of(attributes.get("r", "")) or self._column + 1)
        self._is_value = element in {"v", "t"}

    def _end(self, element: str) -> None:
        self._is_value = False
        if element == "row":
            self._text.add("\n")
        elif element == "c":
            self._text.add(self._look_up("".join(self._value)))

    def _add(self, words: str) -> None:
        if self._is_value:
            self._value.append(words[:CHARACTERS_MAX])

    def _move_to(self, column: int) -> None:
        gap = min(max(0, column - max(self._column, 1)), COLUMNS_MAX)
        self._text.add("\t" * gap)
        self._column = column

    def _look_up(self, value: str) -> str:
        if not self._is_number:
            return value
        place = int(value) if value.isdecimal() and len(value) < len(str(STRINGS_MAX)) + 1 else STRINGS_MAX
        return self._strings[place] if place < len(self._strings) else "…"


def _column_of(reference: str) -> int:
    """The column of a cell, from 1 ("AB12" is 28); 0 if it is missing."""
    found = _CELL.fullmatch(reference)
    column = 0
    for letter in found[1] if found is not None else "":
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _parse(
    pieces: Iterator[bytes],
    begin: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    add: Callable[[str], None],
) -> None:
    """Parse XML; the handlers get local names of elements."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: begin(_local(name), attributes)
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.CharacterDataHandler = add
    parser.StartDoctypeDeclHandler = _refuse
    for piece in pieces:
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    """Refuse a document type, where recursive and external entities are declared; real office files have none."""
    raise FileUnusableError("bomb")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _check_directory(content: bytes) -> None:
    """Check the size of the archive's directory before Python reads it as a whole.

    Raises FileUnusableError.
    """
    at = content.rfind(_END_OF_DIRECTORY, max(0, len(content) - _END_BYTES - _COMMENT_BYTES_MAX))
    if at < 0 or at + _END_BYTES > len(content):
        raise FileUnusableError("broken")
    if content[max(0, at - _LOCATOR_BYTES) : at].startswith(_LONG_LOCATOR):
        raise FileUnusableError("bomb")
    if int.from_bytes(content[at + 12 : at + 16], "little") > DIRECTORY_BYTES_MAX:
        raise FileUnusableError("bomb")
