"""Markdown becomes what Telegram takes, finished or not, long or short, friendly or hostile."""

import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.telegram.content import TEXT_UNITS_MAX, format_text
from infra.local.telegram.entities import ENTITIES_MAX, count_units
from shared.ports import Mark
from shared.telegram.rich_text import (
    FORMULAS_MAX,
    PIECE_CHARACTERS_MIN,
    SOURCE_CHARACTERS_MAX,
    Piece,
    is_web_address,
    render,
)

INJECTIONS = Path(__file__).parents[2] / "corpus" / "labelled" / "injections.jsonl"
CODES = {"code", "pre"}
PARTS = [
    "# A heading\n\n", "### Ещё заголовок\n", "Plain words, and some more. ", "Обычный текст с буквой ё. ", "\n\n",
    "\n", "**bold", "**", "*italic*", "_", "__under__", "~~gone~~", "~~", "||secret||", "||", "`code`", "`",
    "```python\n", "```\n", "```", "~~~\n", "    indented code\n", "- item\n", "  - nested\n", "1. first\n",
    "10) tenth\n", "- [ ] task\n", "- [x] done\n", "> quote\n", ">> deeper\n", "> ",
    "| a | b |\n|---|---|\n| 1 | **2** |\n", "|", "---\n", "***\n", "[link](https://example.org/a?b=1)",
    "[bad](javascript:alert(1))", "[tg](tg://user?id=1)", "[open](", "](", "[x]",
    "![picture](https://example.org/p.png)", "<https://example.org>", "https://example.org/x_y_z ", "<b>html</b>",
    "<div>\n", "List<int> ", "a < b && c > d ", "&amp; &lt; &#1234; ", "\\(x^2 + \\frac{a}{b}\\)",
    "\\[ \\sum_{i=1}^n i \\]", "\\(", "\\[", "$E = mc^2$", "$$\n\\alpha\n$$\n", "$", "costs $5 or $6 ", "😀",
    "👨\u200d👩\u200d👧\u200d👦", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f ", "é",
    "\u202ertl\u202c ", "\u200b", "\u0000", "\ud800", "\ue000", "\r\n", "@name ", "#tag ", "/command ", "\\*", "\\",
    "[^1]", "[^1]: note\n", "[ref]: https://x.org\n", "a" * 300, "слово " * 60, "x\n" * 80, "**b** " * 70,
    "`c` " * 70,
]  # fmt: skip


def write_unfinished(source: random.Random) -> str:
    """What a model may have said when its stream stopped."""
    text = "".join(source.choices(PARTS, k=source.randint(1, 40)))
    return text[: source.randint(1, len(text))]


def check_strictly(piece: Piece) -> None:
    """Telegram would take this message as it is; AssertionError or the local Telegram's refusal else."""
    entities = [
        {"type": mark.kind, "offset": mark.offset, "length": mark.length}
        | ({"url": mark.url} if mark.url else {})
        | ({"language": mark.language} if mark.language else {})
        for mark in piece.marks
    ]
    taken, _ = format_text(piece.text, "", entities)
    assert taken, "text must be non-empty"
    assert count_units(piece.text) <= TEXT_UNITS_MAX
    assert len(piece.marks) <= ENTITIES_MAX
    units = piece.text.encode("utf-16-le")
    for mark in piece.marks:
        assert mark.length > 0
        units[mark.offset * 2 : mark.end * 2].decode("utf-16-le")  # raises in the middle of a character
        assert mark.kind != "text_link" or is_web_address(mark.url)
    for outer in piece.marks:
        inside = [mark for mark in piece.marks if mark is not outer and outer.offset <= mark.offset < outer.end]
        assert outer.kind not in CODES or all(mark.length >= outer.length for mark in inside)
        assert all(mark.kind != outer.kind for mark in inside)


def test_unfinished_texts_are_taken() -> None:
    """Five thousand texts, each cut somewhere, are all taken by the strict Telegram."""
    source = random.Random(12)  # noqa: S311 — no secret
    for _ in range(5000):
        for piece in render(write_unfinished(source)):
            check_strictly(piece)


@given(st.text(max_size=400))
def test_any_text_is_taken(text: str) -> None:
    """Whatever characters a model writes, what comes of them is taken."""
    for piece in render(text):
        check_strictly(piece)


@pytest.mark.parametrize(
    ("markdown", "text", "marks"),
    [
        ("a **b** c", "a b c", (Mark("bold", 2, 1),)),
        ("*i* and ~~s~~", "i and s", (Mark("italic", 0, 1), Mark("strikethrough", 6, 1))),
        ("😀 `x`", "😀 x", (Mark("code", 3, 1),)),
        ("```py\nprint(1)\n```", "print(1)", (Mark("pre", 0, 8, language="py"),)),
        ("```py\nprint(", "print(", (Mark("pre", 0, 6, language="py"),)),
        ("# Title\n\ntext", "Title\n\ntext", (Mark("underline", 0, 5), Mark("bold", 0, 5))),
        ("- one\n- two", "• one\n• two", ()),
        ("[a](https://example.org)", "a", (Mark("text_link", 0, 1, url="https://example.org"),)),
        ("[a](javascript:alert)", "a", ()),
        ("[a](tg://user?id=5)", "a", ()),
        ("![a](https://example.org/p.png)", "a", (Mark("text_link", 0, 1, url="https://example.org/p.png"),)),
        ("> a\n>> b", "a\nb", (Mark("blockquote", 0, 3),)),
        ("use List<int> and <b>", "use List<int> and <b>", ()),
        ("<https://example.org>", "https://example.org", (Mark("text_link", 0, 19, url="https://example.org"),)),
        ("it costs $5 or $6", "it costs $5 or $6", ()),
        (r"\(x^2\)", "(x^2)", ()),
        ("**open", "**open", ()),
        ("a\r\nb", "a\nb", ()),
    ],
)
def test_markup_becomes_entities(markdown: str, text: str, marks: tuple[Mark, ...]) -> None:
    """What Markdown says is shown by entities; what is none, or would lead into Telegram, stays text."""
    assert render(markdown) == [Piece(text, marks)]


@pytest.mark.parametrize("markdown", ["", " \n ", "\u200b", "\x00"])
def test_nothing_to_see_is_no_message(markdown: str) -> None:
    """A text without a visible character would be refused as empty, so there is none."""
    assert render(markdown) == []


def test_text_that_is_only_markup_is_shown_as_it_is() -> None:
    """A fence without code, or a link's definition alone, shows its source rather than nothing."""
    assert render("```") == [Piece("```")]
    assert render("[a]: https://example.org") == [Piece("[a]: https://example.org")]


def test_unwelcome_links_stay_words() -> None:
    """The caller says which pages may be linked."""
    pieces = render("[a](https://good.example) [b](https://bad.example)", lambda url: "good" in url)
    assert pieces == [Piece("a b", (Mark("text_link", 0, 1, url="https://good.example"),))]


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://sub.example.org:8080", True),
        ("https://пример.рф/путь", True),
        ("ftp://example.org", False),
        ("https://localhost", False),
        ("https://user@example.org", False),
        ("https://example.org:0", False),
        ("https://example.org:x", False),
        ("https://example.org:", False),
        ("https://[::1", False),
        ("https://a b.org", False),
        ("https://example.org/" + "a" * 2048, False),
    ],
)
def test_web_addresses(url: str, is_one: bool) -> None:  # noqa: FBT001 — a table's column
    """A web address has a scheme, a host with a dot, no user and no blanks."""
    assert is_web_address(url) is is_one


def test_long_text_is_split_between_blocks() -> None:
    """A paragraph that no longer fits begins the next message, and no word is lost."""
    paragraphs = [f"{number} " + "слово " * 150 for number in range(9)]
    pieces = render("\n\n".join(paragraphs))
    assert [piece.text.split()[0] for piece in pieces] == ["0", "4", "8"]
    assert " ".join(piece.text for piece in pieces).split() == " ".join(paragraphs).split()


def test_code_is_split_between_lines_and_goes_on_as_code() -> None:
    """A long block of code is code with its language in every message, and breaks between lines."""
    lines = [f"line_{number} = {number}" for number in range(600)]
    pieces = render("Before:\n\n```python\n" + "\n".join(lines) + "\n```\n\nAfter.")
    assert len(pieces) > 2
    assert all(any(mark.kind == "pre" and mark.language == "python" for mark in piece.marks) for piece in pieces)
    assert "\n".join(piece.text for piece in pieces).count("line_") == 600
    assert all(piece.text.splitlines()[-1].startswith(("line_", "After")) for piece in pieces)


def test_blank_lines_in_code_are_no_border() -> None:
    """A block of code that fits into the next message is not torn at a blank line within it."""
    code = "\n\n".join(f"def function_{number}(): ..." for number in range(80))
    first, second = render("слово " * 400 + "\n\n```python\n" + code + "\n```")
    assert first.marks == ()
    assert second.text == code


def test_text_without_any_border_is_cut_between_characters() -> None:
    """Six thousand emoji without a blank are cut, and none is halved."""
    pieces = render("😀" * 6000)
    assert [count_units(piece.text) for piece in pieces] == [4096, 4096, 3808]


def test_words_are_not_torn() -> None:
    """One long line breaks between words."""
    pieces = render("слово " * 1500)
    assert all(piece.text.endswith("слово") and piece.text.startswith("слово") for piece in pieces)


def test_no_message_has_too_many_entities() -> None:
    """What has more than a hundred entities is split before the next one."""
    pieces = render("**b** c, and more words. " * 250)
    assert [len(piece.marks) for piece in pieces] == [100, 100, 50]


@pytest.mark.parametrize(
    "unit", ["- 1. ", "- >", "1. ", "- > 1. ", "* + ", "# a\n", "**b** ", "|a|\n|-|\n", "- a\n 1. b\n"]
)
@pytest.mark.parametrize("length", [500, 2_000, 2_700, 8_000, 40_000])
def test_no_text_becomes_a_flood(unit: str, length: int) -> None:
    """Whatever is repeated in it, a text makes no more messages than its length allows, and nothing of it is lost."""
    pieces = render((unit * length)[:length])
    assert 1 <= len(pieces) <= 1 + min(length, SOURCE_CHARACTERS_MAX) // PIECE_CHARACTERS_MIN
    for piece in pieces:
        check_strictly(piece)


def test_a_wide_table_stays_one() -> None:
    """A table that is filled up to three times its source is still shown as a table."""
    rows = "".join(f"| {n} | x |\n" for n in range(20))
    [piece] = render(f"| number | {'a long heading ' * 4} |\n|---|---|\n{rows}")
    assert [mark.kind for mark in piece.marks] == ["pre"]


def test_marks_are_left_away_before_words_are() -> None:
    """A text with more marks than its messages can carry is shown without them, as its words."""
    pieces = render("**b** " * 1_000)
    assert [piece.marks for piece in pieces] == [()]
    assert pieces[0].text == "b " * 999 + "b"


@pytest.mark.parametrize("mark", [r"\[", r"\(", "$", "||", "**a ", "[", "`", "<", "> ", "~a~ "])
def test_hostile_text_takes_no_time(mark: str) -> None:
    """Tens of thousands of openings without an end cost less than a second of work."""
    started = time.process_time()
    for piece in render(mark * 20_000):
        check_strictly(piece)
    assert time.process_time() - started < 2


def test_many_formulas_stay_as_they_are_written() -> None:
    """Beyond a hundred, formulas are shown in their source."""
    [*_, last] = render(r"\(\alpha + \beta\) " * (FORMULAS_MAX + 1))
    assert "alpha" in last.text
    assert "alpha" not in render(r"\(\alpha + \beta\)")[0].text


def test_injections_leave_no_link_into_telegram() -> None:
    """The curated injections, said by a model that obeys, give text and at most links to the web."""
    for line in INJECTIONS.read_text(encoding="utf-8").splitlines():
        for piece in render(json.loads(line)["words"]):
            check_strictly(piece)
