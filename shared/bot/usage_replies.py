"""Replies to the bot's "write it after the command": the reply becomes the command's argument. Pure.

The bot recognises its own question by the text in the reply, so nothing is stored, and a reply is possible at any time.
"""

from dataclasses import replace

from shared.people.users import LANGUAGES
from shared.pictures.wishes import ANSWERS, NO_WORDS, Reading, read_words
from shared.telegram.updates import Command, Message
from shared.texts import html_text, unmark

_QUESTIONS = {
    "image-usage": "image",
    "image-usage-group": "image",
    "draw-what": "image",
    "ask-usage": "ask",
    "search-usage": "search",
    "improve-usage": "improve",
    "describe-usage": "describe",
    "batch-usage": "batch",
}


def find_asked_command(bot_id: int, message: Message) -> str | None:
    """The command whose argument the replied message asks for; None for any other message.

    The app makes a reply of whatever is written next: "what can you draw?" is no wish for a picture.
    """
    replied, reading = message.replied, read_words(message.text)
    brings_file = message.file is not None or message.attached is not None
    says_nothing = not brings_file and reading in NO_WORDS
    if replied is None or replied.sender_id != bot_id or message.is_foreign or says_nothing:
        return None
    said = _flat(replied.text)
    command = next((command for text, command in _known().items() if said.startswith(text)), None)
    fits = {
        "image": message.file is not None or reading in ANSWERS,
        "describe": brings_file or reading is Reading.LINK,
    }
    return command if command is not None and fits.get(command, True) else None


def as_command(message: Message, name: str) -> Message:
    """The message as if its words followed the command."""
    return replace(message, command=Command(name, ""), replied=None)


def _known() -> dict[str, str]:
    return {
        _flat(unmark(html_text(language, text_id))): command
        for language in LANGUAGES
        for text_id, command in _QUESTIONS.items()
    }


def _flat(text: str) -> str:
    return " ".join(text.split())
