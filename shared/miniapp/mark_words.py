"""The usual marks in a model's answer (Markdown) as HTML: strong words, code, headings. Pure.

All else stays as it was written. The words are escaped first, so nothing in them is ever markup of their own.
"""

import re
from html import escape

_MARKS = (
    (re.compile(r"^#{1,6} +(.+)$", re.MULTILINE), r"<strong>\1</strong>"),
    (re.compile(r"\*\*([^*\n]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
    (re.compile(r"^[-*] ", re.MULTILINE), "• "),
)


def mark_words(text: str) -> str:
    """The HTML of an answer, in lines as it was written."""
    html = escape(text)
    for mark, shown in _MARKS:
        html = mark.sub(shown, html)
    return html
