"""Keeps what a person ordered without enough credits: it begins by itself once they have bought some.

order ── declined ── asked_orders/<of intent> and the user, who waits for it: one commit ✓ ── the packages are shown
         a payment is booked ── `go_on.py` places the order under the same intent

Only the newest order waits. The app shows the same, and there the button of the form keeps it (`shared/miniapp`).
"""

from dataclasses import replace
from datetime import timedelta

from shared.hash_ids import hash_id
from shared.jobs.accept_request import Order, Origin
from shared.jobs.identity import job_id_of
from shared.people.accounts import log_gift, open_user, try_until_won
from shared.pictures.ask_order import asked_key, describe_order, waiting_key
from shared.pictures.draft import Draft, DraftState, words_of
from shared.pictures.open_drafts import open_draft
from shared.ports import Create, Ports, Update, Write

WAITS_FOR = timedelta(hours=1)
"""As long as an invoice can be paid: later the person may have thought of something else."""


async def wait_for_credits(ports: Ports, origin: Origin, order: Order, *, is_of_app: bool = False) -> str:
    """Keep an order until credits come, in the place of an earlier one; the id of its first job.

    The same order again waits for an hour from now on. `is_of_app`: the release before can place it too. Raises
    UnavailableError.
    """
    key = asked_key(origin.intent) if is_of_app else waiting_key(origin.intent)
    asking = await open_draft(ports, origin.intent)
    is_open = asking is not None and asking.draft.state is DraftState.ASKING
    draft_words = hash_draft(asking.draft) if asking is not None and is_open else ""

    async def attempt() -> None:
        opened, [known] = await open_user(ports, origin.user_id), await ports.store.read([key])
        fields = describe_order(opened.user, origin, order, ports.clock.now(), draft_words)
        write: Write = Create(key, fields) if known is None else Update(key, fields, known.version)
        await ports.store.commit([write, *opened.writes(replace(opened.user, unpaid_order=origin.intent))])
        log_gift(opened)

    await try_until_won(ports, attempt)
    return job_id_of(origin.intent, 1)


async def stop_waiting_for_credits(ports: Ports, user_id: int, intent: str) -> None:
    """Forget this order, if it is the one that waits. Raises UnavailableError."""

    async def attempt() -> None:
        opened = await open_user(ports, user_id)
        if intent and opened.user.unpaid_order == intent:
            await ports.store.commit(opened.writes(replace(opened.user, unpaid_order="")))
            log_gift(opened)

    await try_until_won(ports, attempt)


def hash_draft(draft: Draft) -> str:
    """What an open question is about; other words are another order."""
    return hash_id(words_of(draft), *draft.prompts)
