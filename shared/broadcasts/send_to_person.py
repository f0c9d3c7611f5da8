"""One message of a broadcast, to one person."""

from contextlib import suppress

from shared.broadcasts.audience import Recipient
from shared.broadcasts.broadcast import Broadcast, Outcome
from shared.broadcasts.content import Content, compose_message
from shared.broadcasts.mark_person import HELD, mark_person, note_outcome
from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    MessengerError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.people.note_seen import note_blocked
from shared.ports import Media, Messenger, Place, Ports, Record, Screen


async def send_to_person(ports: Ports, broadcast: Broadcast, person: Recipient, owner: str) -> Outcome:
    """Send it, unless that may have happened before; what became of it.

    Raises TooManyRequestsError and UnavailableError: then it was not sent, and may be tried again.
    """
    marked = await mark_person(ports, broadcast.id, person.id, owner)
    if isinstance(marked, Outcome):
        return marked
    language = person.known_language or broadcast.audience.language
    outcome = await _try(ports, broadcast, marked, person.id, language)
    await note_outcome(ports, marked, outcome)
    if outcome is Outcome.BLOCKED:
        with suppress(UnavailableError):  # the next broadcast finds out again
            await note_blocked(ports, person.id)
    return outcome


async def send_content(messenger: Messenger, user_id: int, content: Content, screen: Screen) -> None:
    """Raises MessengerErrors."""
    if content.file_id:
        await messenger.send_photo(Place(user_id), Media(content.file_id, "picture.jpg"), screen)
    else:
        await messenger.send_text(Place(user_id), screen)


async def _try(ports: Ports, broadcast: Broadcast, mark: Record, user_id: int, language: str) -> Outcome:
    screen = compose_message(broadcast.content, broadcast.id, language)
    try:
        await send_content(ports.messenger, user_id, broadcast.content, screen)
    except TooManyRequestsError:
        await note_outcome(ports, mark, HELD)
        raise
    except DeliveryUnknownError:
        return Outcome.UNCLEAR
    except BotBlockedError:
        return Outcome.BLOCKED
    except MessengerError:
        return Outcome.REFUSED
    return Outcome.SENT
