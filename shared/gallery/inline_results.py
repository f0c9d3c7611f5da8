"""Results in an inline query: which of a person's own results match what they type, and the answer. Pure."""

import re
from collections.abc import Iterable

from shared.gallery.result import Result
from shared.ports import InlineResult

RESULTS_MAX = 20
"""How many results one answer has: as many as an app shows at once, and more when the person scrolls."""
SEARCHED_MAX = 50
"""How many results are searched for words: the newest, and the next so many when the person scrolls."""
TITLE_CHARACTERS_MAX = 60
WORDS, STORED = "m_", "w_"
"""The prefixes of payloads with words to draw, and with the id of a document that holds them."""
_WORD = re.compile(r"\w+")


def matches(prompt: str, words: str) -> bool:
    """Whether each of the words begins a word of the prompt, in any order; no words match all."""
    known = _fold(prompt)
    return all(any(each.startswith(word) for each in known) for word in _fold(words))


def _fold(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("ё", "е"))


def show_inline(results: Iterable[Result], words: str) -> tuple[InlineResult, ...]:
    """Those that match and that Telegram has a file of. The prompt is a title that only this person sees."""
    found = (each for each in results if each.file_id and matches(each.prompt, words))
    return tuple(
        InlineResult(each.id, "photo" if each.medium == "picture" else "video", each.file_id, _title_of(each.prompt))
        for each in found
    )


def _title_of(prompt: str) -> str:
    line = " ".join(prompt.split())
    return line if len(line) <= TITLE_CHARACTERS_MAX else f"{line[: TITLE_CHARACTERS_MAX - 1]}…"
