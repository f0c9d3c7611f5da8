"""Remembering what the next plain message of a person belongs to."""

from dataclasses import replace

from shared.people.accounts import OpenUser, open_user, try_until_won
from shared.people.users import Waiting
from shared.ports import Ports


async def wait_for_words(ports: Ports, opened: OpenUser, waiting: Waiting) -> bool:
    """Store an open question; returns False if the same question is still open and need not be asked again.

    Raises UnavailableError.
    """
    first: OpenUser | None = opened

    async def attempt() -> bool:
        nonlocal first
        current = first or await open_user(ports, opened.user.id)
        first = None
        if _is_open(current.user.waiting, waiting):
            return False
        await ports.store.commit(current.writes(replace(current.user, waiting=waiting)))
        return True

    return await try_until_won(ports, attempt)


def find_video_question(known: Waiting | None, kind: str, message_id: int) -> Waiting | None:
    """The open question of this kind about a video, if this message may answer it.

    One message does, also when it is delivered again.
    """
    if known is None or known.kind != kind or not known.is_video:
        return None
    return known if known.message_id in {0, message_id} else None


async def take_answer(ports: Ports, waiting: Waiting, message_id: int, user_id: int) -> None:
    """Let this message be the one that answers. Raises UnavailableError.

    It comes before anything that the answer leads to: whatever dies afterwards, a second delivery goes the same way.
    """

    async def attempt() -> None:
        current = await open_user(ports, user_id)
        if current.user.waiting == waiting and waiting.message_id != message_id:
            await ports.store.commit(
                current.writes(replace(current.user, waiting=replace(waiting, message_id=message_id)))
            )

    await try_until_won(ports, attempt)


async def stop_waiting(ports: Ports, waiting: Waiting, user_id: int) -> None:
    """Remove a question that could not be sent, unless another one has been opened. Raises UnavailableError."""

    async def attempt() -> None:
        current = await open_user(ports, user_id)
        if current.user.waiting == waiting:
            await ports.store.commit(current.writes(replace(current.user, waiting=None)))

    await try_until_won(ports, attempt)


def _is_open(known: Waiting | None, waiting: Waiting) -> bool:
    """Whether this question was asked less than a minute ago and is still the open one."""
    if known is None or (known.kind, known.id, known.chat_id) != (waiting.kind, waiting.id, waiting.chat_id):
        return False
    if known.is_video and known.message_id:  # it was answered
        return False
    return (waiting.asked_at - known.asked_at).total_seconds() < ASKED_AGAIN_SECONDS


ASKED_AGAIN_SECONDS = 60
"""A second press within this time is taken as impatience; later the question may have scrolled away."""
