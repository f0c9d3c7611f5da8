"""The speakable words of an answer in Markdown, without code, tables, formulas, links and marks. Pure.

Anybody can make a model write nothing but marks, so no pattern takes more than some hundred steps per character.
"""

import re

SPEECH_CHARACTERS_MAX = 6_000
"""For one voice message: about seven minutes. One call can speak almost eleven."""
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*\s*$|\Z)", re.MULTILINE | re.DOTALL)
_FORMULA = re.compile(r"\$\$.{1,2000}?\$\$|\\\[.{1,2000}?\\\]|\\\(.{1,2000}?\\\)", re.DOTALL)
_TABLE_ROW = re.compile(r"^[^\S\n]*\|.*$|^(?=[^|\n]*\|)(?:[^\S\n]|[:|-])+$", re.MULTILINE)
_PICTURE = re.compile(r"!\[([^\]]{0,300})\]\([^)]{0,2000}\)")
_LINK = re.compile(r"\[([^\]]{1,300})\](?:\([^)]{0,2000}\)|\[[^\]]{0,300}\])")
_ADDRESS = re.compile(r"<?\b(?:https?://|www\.)[^\s>]+>?")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>")
_RULE = re.compile(r"^[^\S\n]*(?:[-*_][^\S\n]*){3,}$", re.MULTILINE)
_HEAD = re.compile(r"^[^\S\n]{0,3}#{1,6}[^\S\n]+(.*?)[^\S\n]*#*[^\S\n]*$", re.MULTILINE)
_QUOTE = re.compile(r"^[^\S\n]*(?:>[^\S\n]?)+", re.MULTILINE)
_POINT = re.compile(r"^[^\S\n]*(?:[-*+•]|(\d{1,3})[.)])\s+(?:\[[ xX]\]\s+)?", re.MULTILINE)
_STRONG = re.compile(r"(\*{1,3}|_{1,3}|~~|`{1,2}|\|\|)(?=\S)(.{1,600}?)(?<=\S)\1", re.DOTALL)
_LINE_END = re.compile(r"(?<=[^\s.!?…:;,])\n+")
_SENTENCE_END = re.compile(r"[.!?…。！？](?=\s|$)")


def speakable(markdown: str) -> str:
    """The words to speak, up to the limit; empty if there are none."""
    words = _plain(markdown)
    if len(words) <= SPEECH_CHARACTERS_MAX:
        return words
    ends = [match.end() for match in _SENTENCE_END.finditer(words, 0, SPEECH_CHARACTERS_MAX)]
    return words[: ends[-1]] if ends else words[:SPEECH_CHARACTERS_MAX]


def is_cut(markdown: str) -> bool:
    """Whether the text is longer than the limit."""
    return len(_plain(markdown)) > SPEECH_CHARACTERS_MAX


def _plain(markdown: str) -> str:
    text = _FENCE.sub("", markdown)
    for pattern in (_FORMULA, _RULE, _TABLE_ROW):
        text = pattern.sub("", text)
    text = _LINK.sub(r"\1", _PICTURE.sub(r"\1", text))
    text = _TAG.sub("", _ADDRESS.sub("", text))
    text = _HEAD.sub(r"\1", _QUOTE.sub("", text))
    text = _POINT.sub(lambda point: f"{point[1]}. " if point[1] else "", text)
    text = _STRONG.sub(r"\2", _STRONG.sub(r"\2", text))
    text = _LINE_END.sub(". ", text.strip())  # a line without punctuation is to sound like a sentence
    return " ".join(text.split()) if any(map(str.isalnum, text)) else ""
