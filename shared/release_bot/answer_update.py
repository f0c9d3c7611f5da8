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
    """Raises UnusableUpdateError for what is no update, UnavailableError for what should come again, and nothing else.

    After a bug the person is told: Telegram would bring the update again for a day, and keep all that its person does
    later behind it, who may have a deployment to take back.
    """
    with measure_update() as measured:
        incoming = read_update(body)
        if incoming is None:
            return
        try:
            await _answer_or_tell(ports, incoming)
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 — whatever it is, it hits a repetition too
            measured.fail(type(error).__name__)
            log_event("release_update_failed", severity="ERROR", error=error)
            await _apologize(ports, incoming.person, "release-bot-broken")
        else:
            measured.end(type(incoming).__name__.lower())


async def _answer_or_tell(ports: BotPorts, incoming: Said | Pressed) -> None:
    try:
        await _answer(ports, incoming)
    except DocumentUnreadableError as error:
        log_event("document_unreadable", severity="ERROR", error=error, key=f"members/{incoming.person.id}")
        await _apologize(ports, incoming.person, "release-bot-unreadable")
    except LOST as error:
        log_event("release_answer_lost", severity="WARNING", error=error)
    except MessengerError as error:
        raise UnavailableError(f"Telegram: {type(error).__name__}") from error


async def _answer(ports: BotPorts, incoming: Said | Pressed) -> None:
    if isinstance(incoming, Pressed):
        await answer_press(ports, incoming)
        return
    has_code = await _accept_invite(ports, incoming)
    viewer = await read_viewer(ports, incoming.person)
    if viewer is None:
        await _refuse_stranger(ports, incoming.person, has_code=has_code)
    else:
        await answer_words(ports, viewer, incoming)


async def _accept_invite(ports: BotPorts, said: Said) -> bool:
    """Make a member of whoever sends "/start <code>" with an admin's code. Raises UnavailableError.

    Whether there was a code: one that does not count is told to whoever sent it.
    """
    command, _, code = said.text.strip().partition(" ")
    has_code = command == "/start" and bool(code)
    if has_code:
        await accept_invite(ports.releases, said.person.id, said.person.name, code.strip())
    return has_code


async def _refuse_stranger(ports: BotPorts, person: Person, *, has_code: bool) -> None:
    """One sentence, and nothing of the releases."""
    text = "release-bot-code-old" if has_code else "release-bot-stranger"
    text = html_text(person.language, text, id=str(person.id))
    await ports.send(person.id, Screen(text))


async def _apologize(ports: BotPorts, person: Person, text_id: str) -> None:
    try:
        await ports.send(person.id, Screen(html_text(person.language, text_id)))
    except MessengerError as error:
        log_event("release_answer_lost", severity="WARNING", error=error)
