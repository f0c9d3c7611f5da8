"""A choice in the settings or the language menu."""

from datetime import datetime

from shared.people.accounts import OpenUser, log_gift, open_user, try_until_won
from shared.people.users import User, change_setting
from shared.ports import Ports


async def save_setting(ports: Ports, opened: OpenUser, name: str, value: str, received_at: datetime) -> User:
    """Store a choice unless a later tap made it already; the user as they now are. Raises UnavailableError."""
    first: OpenUser | None = opened

    async def attempt() -> User:
        nonlocal first
        current = first or await open_user(ports, opened.user.id)
        first = None
        changed = change_setting(current.user, name, value, received_at)
        if changed is None:
            return current.user
        await ports.store.commit(current.writes(changed))
        log_gift(current)
        return changed

    return await try_until_won(ports, attempt)
