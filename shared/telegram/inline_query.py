"""An inline query: somebody types after the bot's name, in any chat, and picks one of the results."""

from dataclasses import dataclass

from shared.telegram.json_fields import Json, clean, find, get
from shared.telegram.sender import Sender, parse_sender


@dataclass(frozen=True, slots=True)
class InlineAsked:
    """See the module's docstring. Telegram sends one for each pause in typing, and does not name the chat."""

    update_id: int
    sender: Sender
    query_id: str
    words: str
    offset: str
    """What our answer to the earlier page called the next one; empty for the first page."""


def parse_inline_query(update_id: int, query: Json) -> InlineAsked | None:
    """The query; None if it does not come from a person."""
    sender = parse_sender(query)
    if sender is None:
        return None
    words, offset = clean(find(query, "query", str) or ""), clean(find(query, "offset", str) or "")
    return InlineAsked(update_id, sender, clean(get(query, "id", str)), words.strip(), offset)
