"""Plain words that ask the bot to remember something. Pure."""

from shared.people.facts import find_fact
from shared.telegram.updates import Message


def read_fact(message: Message) -> str:
    """The fact in a plain message: the sender's own words, in the private chat; otherwise empty."""
    is_plain = message.chat.is_private and message.file is None and message.replied is None
    return find_fact(message.own_words) if is_plain else ""
