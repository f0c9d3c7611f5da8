"""Speaking answers automatically if the person wants to hear them, as if 🔊 had been pressed."""

from shared.jobs.accept_request import Accepted, Origin
from shared.jobs.open_jobs import StoredJob
from shared.people.accounts import open_user
from shared.ports import Ports
from shared.telegram.address import ChatAddress, asked_at, chat_of, wallet_at
from shared.voices.request_speech import find_round, known_settings, request_speech, start_speech


async def speak_along(ports: Ports, answer: StoredJob) -> None:
    """Request the speech of a shown answer; if that is declined, the text alone remains. Raises UnavailableError.

    The button under the answer then tells the reason.
    """
    job = answer.job
    opened = await open_user(ports, job.user_id)
    intent, known = await find_round(ports, job.id, known_settings(opened.user.speech))
    if not intent or known is not None:
        return
    chat, now = chat_of(job), ports.clock.now()
    shown = (*([chat.card_message_id] if chat.card_message_id else []), *chat.rest)
    address = ChatAddress(
        chat_id=chat.chat_id,
        thread_id=chat.thread_id,
        message_id=shown[-1] if shown else chat.message_id,
        is_private=chat.is_private,
        update_id=0,  # no update requested it
        asked_at=now,
    )
    origin = Origin(
        intent=intent,
        inbox_id=None,
        user_id=job.user_id,
        language=job.language,
        surface=job.surface,
        address=address,
        asked=asked_at(address, now),
        is_automatic=True,
        wallet_id=wallet_at(address),
    )
    came_of_it = await request_speech(ports, opened, origin, job)
    if isinstance(came_of_it, Accepted):
        await start_speech(ports, came_of_it)
