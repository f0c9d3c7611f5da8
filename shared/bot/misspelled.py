"""Unknown commands: suggests the nearest command, and keeps the words behind it."""

from dataclasses import replace

from shared.bot.commands import find_nearest
from shared.conversations import take_questions as questions
from shared.pictures import take_requests as requests
from shared.pictures.ask_first import Question
from shared.pictures.draft import Doubt
from shared.pictures.find_material import find_target
from shared.pictures.request import Material
from shared.ports import Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.updates import Command, Message
from shared.telegram.visits import Visit
from shared.texts import html_text

SHOWN_CHARACTERS_MAX = 1_000
"""The most characters of the words that the answer repeats, to be copied."""


async def suggest(ports: Ports, visit: Visit, message: Message, name: str, known: dict[str, str]) -> None:
    """Answer an unknown command with the nearest of the `known` ones (name → proper name).

    After a misspelled /ask the question is answered; after a misspelled /image the bot asks back, free of charge. Other
    commands are repeated together with their words. Raises UnavailableError.
    """
    nearest = find_nearest(name, known)
    meant = "" if nearest is None else known[nearest]
    has_words = bool(message.text) or message.file is not None
    if meant == "ask" and has_words:
        await questions.take_ask_command(ports, visit, replace(message, command=Command("ask", "")))
    elif meant == "image" and message.text:
        plain = replace(message, command=None)
        target = replace(await find_target(ports, plain, None), draft=None)
        await requests.ask(ports, visit, plain, target, Question(message.text, Material(), Doubt.ALONE))
    else:
        await answer(ports, visit, _screen(visit, message, meant))


def _screen(visit: Visit, message: Message, meant: str) -> Screen:
    """The suggestion: a press on a bare command sends it; a press on a command with words copies it."""
    if not meant:
        return Screen(html_text(visit.language, "unknown-command"))
    if message.text and len(message.text) <= SHOWN_CHARACTERS_MAX:
        return Screen(html_text(visit.language, "unknown-nearest-words", command=f"/{meant} {message.text}"))
    return Screen(html_text(visit.language, "unknown-nearest", command=f"/{meant}"))
