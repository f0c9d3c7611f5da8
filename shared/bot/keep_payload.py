"""Storing the payload of a `t.me/<bot>?start=<payload>` link, whatever else happens to the /start."""

import re

from shared.errors import ConflictError
from shared.people.accounts import log_gift, open_user, try_until_won
from shared.people.users import remember_payload
from shared.ports import Ports
from shared.telegram.visits import Visit

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""https://core.telegram.org/bots/features#deep-linking."""


async def keep_payload(ports: Ports, visit: Visit, payload: str) -> None:
    """Store a valid payload in the user's document; ignore an invalid one. Raises UnavailableError."""
    if not PAYLOAD.fullmatch(payload) or payload in visit.opened.user.start_payloads[-1:]:
        return

    async def attempt() -> None:
        changed = remember_payload(visit.opened.user, payload)
        try:
            await ports.store.commit(visit.opened.writes(changed))
        except ConflictError:
            visit.opened = await open_user(ports, changed.id)
            raise
        log_gift(visit.opened)
        visit.opened = await open_user(ports, changed.id)

    await try_until_won(ports, attempt)
