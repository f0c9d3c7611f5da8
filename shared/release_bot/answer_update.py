"""The release bot's webhook: one update, answered by messages and edits. It may come twice.

A step is bound to what was on the screen, so a repeated press finds that it was done; a repeated message may be
answered twice.
"""

from shared.errors import (
    BotBlockedError,
    DocumentUnreadableError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
    PlaceRefusedError,
    UnavailableError,
)
from shared.logs import log_event
from shared.ports import Screen
from shared.release_bot.answer_press import answer_press
from shared.release_bot.answer_words import answer_words
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.read_people import read_viewer
from shared.release_bot.read_update import Person, Pressed, Said, read_update
from shared.releases.change_member import accept_invite
from shared.telemetry.measure_update import measure_update
from shared.texts import html_text

LOST = (BotBlockedError, PlaceRefusedError, MessageGoneError, MessageRejectedError)
"""After these errors a repeated update does not help."""


async def answer_update(ports: BotPorts, body: bytes) -> None:
    """Raises UnusableUpdateError for what is no update, UnavailableError for what should come again."""
    with measure_update() as measured:
        incoming = read_update(body)
        if incoming is not None:
            await _answer_or_tell(ports, incoming)
            measured.end(type(incoming).__name__.lower())


async def _answer_or_tell(ports: BotPorts, incoming: Said | Pressed) -> None:
    try:
        await _answer(ports, incoming)
    except DocumentUnreadableError as error:
        log_event("document_unreadable", severity="ERROR", error=error, key=f"members/{incoming.person.id}")
        await _apologize(ports, incoming.person)
    except LOST as error:
        log_event("release_answer_lost", severity="WARNING", error=error)
    except MessengerError as error:
        raise UnavailableError(f"Telegram: {type(error).__name__}") from error


async def _answer(ports: BotPorts, incoming: Said | Pressed) -> None:
    if isinstance(incoming, Pressed):
        await answer_press(ports, incoming)
        return
    await _accept_invite(ports, incoming)
    viewer = await read_viewer(ports, incoming.person)
    if viewer is None:
        await _refuse_stranger(ports, incoming.person)
    else:
        await answer_words(ports, viewer, incoming)


async def _accept_invite(ports: BotPorts, said: Said) -> None:
    """Make a member of whoever sends "/start <code>" with an admin's code. Raises UnavailableError."""
    command, _, code = said.text.strip().partition(" ")
    if command == "/start" and code:
        await accept_invite(ports.releases, said.person.id, said.person.name, code)


async def _refuse_stranger(ports: BotPorts, person: Person) -> None:
    """One sentence, and nothing of the releases."""
    text = html_text(person.language, "release-bot-stranger", id=str(person.id))
    await ports.send(person.id, Screen(text))


async def _apologize(ports: BotPorts, person: Person) -> None:
    try:
        await ports.send(person.id, Screen(html_text(person.language, "release-bot-unreadable")))
    except MessengerError as error:
        log_event("release_answer_lost", severity="WARNING", error=error)
