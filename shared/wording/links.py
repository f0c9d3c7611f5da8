"""Links that bring a style or a prompt: t.me/…?start=t_watercolour, t.me/…?start=p_<the words in base64url>.

Nothing is bought by opening one: the bot asks, with the price.
"""

from shared.pictures.ask_first import Question, ask_for_yes
from shared.pictures.cards import shorten_words
from shared.pictures.draft import Doubt
from shared.pictures.request import Material
from shared.pictures.styles import read_style_link
from shared.ports import Ports
from shared.telegram.payloads import read_words
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import plain_text
from shared.wording.styles import choose_style

PROMPT_LINK = "p_"
"""The prefix of a payload with somebody's prompt."""


async def open_link(ports: Ports, visit: Visit, message: Message) -> bool:
    """Ask about what the payload of a /start brings; False if it is no such link. Raises UnavailableError."""
    style = read_style_link(message.text)
    if style is not None:
        await choose_style(ports, visit, style)
        return True
    words = read_words(PROMPT_LINK, message.text)
    if not words:
        return False
    asks = plain_text(visit.language, "link-prompt", words=shorten_words(words))
    await ask_for_yes(ports, visit, message, Question(words, Material(), Doubt.FOREIGN, asks=asks))
    return True
