"""Storing the payload of a `t.me/<bot>?start=<payload>` link, whatever else happens to the /start.

It says which link brought somebody. One with the person's own words, from inline mode, says no such thing, and people
read that these words are kept for a day at most.
"""

import re
from dataclasses import replace

from shared.errors import ConflictError
from shared.gallery.inline_results import WORDS
from shared.people.accounts import log_gift, open_user, try_until_won
from shared.people.users import remember_payload
from shared.ports import Ports
from shared.telegram.payloads import read_words
from shared.telegram.visits import Visit

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""https://core.telegram.org/bots/features#deep-linking."""


async def keep_payload(ports: Ports, visit: Visit, payload: str) -> None:
    """Store a valid payload without words in the user's document; ignore others. Raises UnavailableError."""
    if not _is_kept(payload) or payload in visit.opened.user.start_payloads[-1:]:
        return

    async def attempt() -> None:
        user = visit.opened.user
        known = tuple(filter(_is_kept, user.start_payloads))  # an earlier release kept words too
        changed = remember_payload(replace(user, start_payloads=known), payload)
        try:
            await ports.store.commit(visit.opened.writes(changed))
        except ConflictError:
            visit.opened = await open_user(ports, changed.id)
            raise
        log_gift(visit.opened)
        visit.opened = await open_user(ports, changed.id)

    await try_until_won(ports, attempt)


def _is_kept(payload: str) -> bool:
    return PAYLOAD.fullmatch(payload) is not None and not read_words(WORDS, payload)
