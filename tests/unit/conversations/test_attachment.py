"""A file's kind and its largest price, known before it is opened."""

import pytest

from shared.conversations.attachment import (
    FILES_TOKENS_MAX,
    Attachment,
    bound_tokens,
    find_trouble,
    kind_of,
    weigh_files,
)
from shared.conversations.question_files import list_references
from shared.conversations.tokens import PICTURE_TOKENS, cut_to_tokens, estimate_tokens
from shared.jobs.limits import FILE_BYTES_MAX
from shared.pictures.picture import Reference

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def file(name: str = "", mime_type: str = "", size_bytes: int = 100) -> Attachment:
    return Attachment("id", size_bytes, mime_type, name)


@pytest.mark.parametrize(
    ("name", "mime_type", "kind"),
    [
        ("a.jpg", "image/jpeg", "picture"),
        ("a.svg", "application/octet-stream", "text"),
        ("a", "application/pdf", "pdf"),
        ("A.PDF", "application/octet-stream", "pdf"),
        ("a", WORD, "office"),
        ("a", WORD[:64], "office"),
        ("a.xlsx", "", "office"),
        ("a.ods", "application/octet-stream", "office"),
        ("a", "text/plain", "text"),
        ("a", "application/json", "text"),
        ("main.RS", "application/octet-stream", "text"),
        ("a.zip", "application/zip", None),
        ("a.exe", "", None),
        ("", "", None),
    ],
)
def test_kind(name: str, mime_type: str, kind: str | None) -> None:
    """The type decides, and the name where the type says nothing."""
    assert kind_of(file(name, mime_type)) == kind


def test_troubles() -> None:
    """An unsupported file is refused before anything is held."""
    assert find_trouble([file("a.txt"), file("b.pdf")]) is None
    assert find_trouble([file("a.txt", size_bytes=FILE_BYTES_MAX + 1)]) == "size"
    assert find_trouble([file("a.txt"), file("b.zip")]) == "kind"
    assert find_trouble([file("a.ppt"), file("b.zip")]) == "old"
    assert find_trouble([file("a", "application/msword")]) == "old"


def test_bounds() -> None:
    """The token bound of a picture, of a text (by size), of a packed file (the maximum), and of all together."""
    assert bound_tokens([file("a.jpg", "image/jpeg")] * 3) == 3 * PICTURE_TOKENS
    assert bound_tokens([file("a.txt", size_bytes=3_000)]) == 3_150
    assert bound_tokens([file("a.txt", size_bytes=0)]) == FILES_TOKENS_MAX
    assert bound_tokens([file("a.docx")]) == bound_tokens([file("a.pdf")] * 9) == FILES_TOKENS_MAX
    assert bound_tokens([]) == 0


@pytest.mark.parametrize("text", ["a" * 3_000, "0" * 3_000, "я" * 1_500, "😀" * 750])
def test_text_is_within_its_bound(text: str) -> None:
    """Whatever the letters and the encoding, a text takes no more than was held for."""
    for encoding in ("utf-8", "utf-16", "cp1251"):
        size_bytes = len(text.encode(encoding, "ignore"))
        read = text.encode(encoding, "ignore").decode(encoding)
        assert estimate_tokens(read) <= bound_tokens([file("a.txt", size_bytes=size_bytes)])


def test_weight() -> None:
    """A file without a size counts as the largest."""
    assert weigh_files([file(size_bytes=10), file(size_bytes=0)]) == 4 * (10 + FILE_BYTES_MAX)


def test_cut() -> None:
    """A text is cut between letters."""
    assert cut_to_tokens("яяя", 1) == "я"
    assert cut_to_tokens("яяя", 0) == ""
    assert cut_to_tokens("\ud800", 9) == "?"


def test_parts_of_drafts() -> None:
    """Files of a draft keep their type and name; a picture is called one."""
    parts = (Reference("a", 1), Reference("b", 2, mime_type="application/pdf", name="b.pdf"))
    assert [kind_of(each) for each in list_references(parts)] == ["picture", "pdf"]
    assert [each.is_picture for each in parts] == [True, False]
