"""Storing a choice of the settings or the language menu."""

from datetime import datetime

from shared.people.accounts import OpenUser, change_user
from shared.people.users import User, change_setting, with_sold_model
from shared.ports import Ports


async def save_setting(ports: Ports, opened: OpenUser, name: str, value: str, received_at: datetime) -> User:
    """Store a choice unless a later tap changed it already; returns the current user. Raises UnavailableError."""

    def change(user: User) -> User | None:
        changed = change_setting(user, name, value, received_at)
        return None if changed is None else with_sold_model(changed, ports.sellers)

    return await change_user(ports, opened, change)
