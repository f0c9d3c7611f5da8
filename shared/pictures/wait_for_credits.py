"""What a person ordered in the app without enough credits: it begins by itself once they have bought some.

form ─▶ asked_orders/<intent> ✓ ─▶ the user waits for it ✓ ─▶ a payment is booked ─▶ the order under the same intent ✓

A payment that is told of twice finds the jobs of the first. In the chat a question waits instead (`ask_first.py`).
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.errors import MessengerError
from shared.jobs.accept_request import Accepted, Order, Origin
from shared.jobs.identity import job_id_of
from shared.jobs.publish_jobs import publish_job
from shared.people.accounts import OpenUser, change_user, open_user
from shared.people.users import User
from shared.pictures.ask_order import keep_order, open_asked, order_again
from shared.pictures.place_order import place_order
from shared.ports import Place, Ports

WAITS_FOR = timedelta(hours=1)
"""As long as an invoice can be paid: later the person may have thought of something else."""


async def wait_for_credits(ports: Ports, opened: OpenUser, origin: Origin, order: Order) -> str:
    """Keep an order until credits come, in the place of an earlier one; the id of its first job.

    Raises UnavailableError.
    """
    await keep_order(ports, opened.user, origin, order)
    await change_user(ports, opened, lambda user: replace(user, unpaid_order=origin.intent))
    return job_id_of(origin.intent, 1)


async def place_unpaid(ports: Ports, user_id: int) -> None:
    """Place the order that waits for credits, if there is one; again it does nothing. Raises UnavailableError."""
    opened = await open_user(ports, user_id)
    intent = opened.user.unpaid_order
    asked = await open_asked(ports, intent) if intent else None
    if asked is None or asked[0].user_id != user_id or ports.clock.now() > asked[0].at + WAITS_FOR:
        return
    origin, order = order_again(*asked, inbox_id=None)
    placed = await place_order(ports, opened, origin, order, is_confirmed=True)

    def forget(user: User) -> User | None:
        return replace(user, unpaid_order="") if user.unpaid_order == intent else None

    await change_user(ports, await open_user(ports, user_id), forget)
    if isinstance(placed, Accepted):
        for stored in placed.jobs:
            await publish_job(ports, stored.job)
    else:  # what was bought is not enough, or too much runs already
        with suppress(MessengerError):
            await ports.messenger.send_text(Place(user_id), placed)
