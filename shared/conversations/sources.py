"""The sources of an answer with a search: how many queries are paid, which pages are kept, how they are shown.

Titles and addresses come from arbitrary web pages. A title becomes one short line of plain text, an address must not
lead into Telegram, and nothing else of a page is shown.
"""

from collections.abc import Iterable

from shared.conversations.answer import AnswerRequest
from shared.ports import Mark
from shared.providers.talk import Source, Told

SOURCES_SHOWN = 8
TITLE_CHARACTERS_MAX = 80


def count_searches(question: AnswerRequest, told: Told) -> int:
    """The number of queries to pay; one is assumed if the call ended before the provider gave a number."""
    if not question.search:
        return 0
    return told.searches if told.tokens is not None else max(1, told.searches)


def choose_sources(found: Iterable[Source]) -> tuple[Source, ...]:
    """The first pages that have a web address, with their titles on one line."""
    kept = [Source(each.address, _clean(each.title)) for each in found if _is_on_web(each.address)]
    return tuple(kept[:SOURCES_SHOWN])


def list_sources(title: str, sources: Iterable[Source]) -> tuple[str, tuple[Mark, ...]]:
    """A numbered list under its title, and the links in it."""
    text, marks = title, list[Mark]()
    for number, source in enumerate(sources, 1):
        text += f"\n{number}. "
        marks.append(Mark("text_link", _units(text), _units(source.title), url=source.address))
        text += source.title
    return text, tuple(marks)


def _is_on_web(address: str) -> bool:
    from shared.telegram.rich_text import is_web_address

    return is_web_address(address)


def _clean(title: str) -> str:
    seen = "".join(each if each.isprintable() else " " for each in title)
    line = " ".join(seen.split())
    return (line if len(line) <= TITLE_CHARACTERS_MAX else f"{line[: TITLE_CHARACTERS_MAX - 1]}…") or "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
