"""A model's marks become HTML, and nothing else in its answer does."""

import pytest

from shared.miniapp.mark_words import mark_words


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "plain"),
        ("**strong** and `code`", "<strong>strong</strong> and <code>code</code>"),
        ("# Title\n- one\n- two", "<strong>Title</strong>\n• one\n• two"),
        ("<b>x</b> & **<i>**", "&lt;b&gt;x&lt;/b&gt; &amp; <strong>&lt;i&gt;</strong>"),
        ("2 * 3 ** 4 ** 5 `", "2 * 3 <strong> 4 </strong> 5 `"),
        ("`<script>` **a\nb**", "<code>&lt;script&gt;</code> **a\nb**"),
    ],
)
def test_marks(text: str, html: str) -> None:
    """Tags in the words are escaped; marks that are not closed on their line stay."""
    assert mark_words(text) == html
