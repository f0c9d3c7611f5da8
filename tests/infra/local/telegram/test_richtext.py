"""Telegram's HTML, accepted and refused as TDLib does it."""

import pytest

from infra.local.telegram.entities import slice_units
from infra.local.telegram.errors import ApiError
from infra.local.telegram.richtext import parse_html


@pytest.mark.parametrize(
    ("source", "kind", "covered"),
    [
        ("a <b>b</b>", "bold", "b"),
        ("a <STRONG>b</STRONG>", "bold", "b"),
        ("<i>я</i>", "italic", "я"),
        ("🍌<u>x</u>", "underline", "x"),
        ("<s>x</s>", "strikethrough", "x"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler", "x"),
        ('<span class="tg-spoiler">x</span>', "spoiler", "x"),
        ('<a href="https://example.org/?a=1&amp;b=2">x</a>', "text_link", "x"),
        ("<code>x</code>", "code", "x"),
        ("<pre>x</pre>", "pre", "x"),
        ('<pre><code class="language-python">x</code></pre>', "pre", "x"),
        ("<blockquote>x</blockquote>", "blockquote", "x"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote", "x"),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "custom_emoji", "👍"),
        ("<b>a &lt;b&gt; &amp; &quot;c&quot; &#1103;</b>", "bold", 'a <b> & "c" я'),
    ],
)
def test_tag_becomes_an_entity(source: str, kind: str, covered: str) -> None:
    """Each tag gives its kind of entity over exactly the text it held, counted in UTF-16 units."""
    text, entities = parse_html(source)
    assert [entity["type"] for entity in entities] == [kind]
    assert slice_units(text, entities[0]["offset"], entities[0]["length"]) == covered


def test_details_are_kept() -> None:
    """A link keeps its address decoded, code its language."""
    _, entities = parse_html('<a href="https://example.org/?a=1&amp;b=2">x</a>')
    assert entities[0]["url"] == "https://example.org/?a=1&b=2"
    _, entities = parse_html('<pre><code class="language-python">x</code></pre>')
    assert entities[0]["language"] == "python"


def test_tags_nest() -> None:
    """Styles may hold each other; code holds none."""
    _, entities = parse_html("<b>a<i>b</i></b>")
    assert sorted(entity["type"] for entity in entities) == ["bold", "italic"]
    _, entities = parse_html("<code>a<i>b</i></code>")
    assert [entity["type"] for entity in entities] == ["code"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("я <p>x</p>", 'Unsupported start tag "p" at byte offset 3'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        ('<b "x">y</b>', 'Empty attribute name in the tag "b" at byte offset 0'),
    ],
)
def test_malformed_html_is_refused(source: str, reason: str) -> None:
    """What Telegram cannot parse is refused in its words, with the place in bytes."""
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize("source", ["a & b", "&nbsp;", "&#0;", "fish &amp chips", "x &unknown; y"])
def test_loose_ampersands_are_text(source: str) -> None:
    """Only four names and numbers are references; anything else stays as written."""
    text, entities = parse_html(source)
    assert text == source.replace("&amp", "&")
    assert entities == []
