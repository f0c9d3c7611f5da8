"""When a person was last seen, and that the bot cannot write to them."""

from dataclasses import replace

from shared.codec import update
from shared.people.accounts import OpenUser, change_user, open_user, try_until_won
from shared.people.news import mark_seen
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User, language_of
from shared.ports import Ports


async def note_seen(ports: Ports, opened: OpenUser, language_code: str, *, is_private: bool) -> OpenUser:
    """The person with today as the day on which they were seen, which the next write of this visit stores.

    The end of a block is written at once, because a visit may write nothing. Raises UnavailableError.
    """

    def see(user: User) -> User:
        language = language_of(user, language_code)
        return replace(user, news=mark_seen(user.news, language, ports.clock.now(), is_private=is_private))

    if is_private and opened.user.news.blocked_at is not None:
        await change_user(ports, opened, see)
        return await open_user(ports, opened.user.id)
    return replace(opened, user=see(opened.user))


async def note_blocked(ports: Ports, user_id: int) -> None:
    """Remember that the bot cannot write to this person. Raises UnavailableError."""

    async def attempt() -> None:
        [record] = await ports.store.read([user_key(user_id)])
        if record is None:  # erased meanwhile
            return
        user = decode_user(record)
        blocked = replace(user, news=replace(user.news, blocked_at=ports.clock.now()))
        await ports.store.commit([update(record, blocked)])

    await try_until_won(ports, attempt)
