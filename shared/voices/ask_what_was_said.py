"""Asking before acting on spoken words that may be wrong or somebody else's. The question is free and shows the
possible actions.
"""

from dataclasses import replace

from shared.pictures import take_requests as requests
from shared.pictures.ask_first import Question
from shared.pictures.cards import shorten_words
from shared.pictures.draft import Doubt
from shared.pictures.find_material import find_target
from shared.pictures.request import Material
from shared.ports import Ports
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import plain_text


def is_asked_about(message: Message) -> bool:
    """Whether spoken words need a confirmation. Outside *Chat* the bot asks about all words of others anyway."""
    spoken = message.spoken
    is_material = message.is_foreign and message.command is None
    return spoken is not None and (spoken.is_doubtful or (is_material and spoken.mode == "chat"))


async def ask_what_was_said(ports: Ports, visit: Visit, message: Message) -> None:
    """Ask whether the words are right, and what to do with them. Raises UnavailableError, TooManyRequestsError."""
    target = replace(await find_target(ports, message, None), draft=None)
    text_id, doubt = ("voice-foreign", Doubt.FOREIGN) if message.is_foreign else ("voice-unsure", Doubt.ALONE)
    asks = plain_text(visit.language, text_id, words=shorten_words(message.text))
    await requests.ask(ports, visit, message, target, Question(message.text, Material(), doubt, asks=asks))
