"""Words that may have been heard wrong, or are somebody else's, buy nothing: they are asked about, for free, with what
they would become.
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
    """Whether spoken words need a press. In the other modes than *Chat* all words of others are asked about anyway."""
    spoken = message.spoken
    is_material = message.is_foreign and message.command is None
    return spoken is not None and (spoken.is_doubtful or (is_material and spoken.mode == "chat"))


async def ask_what_was_said(ports: Ports, visit: Visit, message: Message) -> None:
    """Whether it was heard right, and what is to be done with it. Raises UnavailableError, TooManyRequestsError."""
    target = replace(await find_target(ports, message, None), draft=None)
    text_id, doubt = ("voice-foreign", Doubt.FOREIGN) if message.is_foreign else ("voice-unsure", Doubt.ALONE)
    asks = plain_text(visit.language, text_id, words=shorten_words(message.text))
    await requests.ask(ports, visit, message, target, Question(message.text, Material(), doubt, asks=asks))
