"""Notices of the providers of card payments: who may give one, and the task that it becomes."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import UnauthenticatedError
from shared.logs import log_event
from shared.payments.card_notices import is_from_lava, is_in_networks, read_lava_notice, read_yookassa_notice
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.task import TaskQueue

LAVA_PATH, YOOKASSA_PATH = "/lava", "/yookassa"
READERS = {LAVA_PATH: read_lava_notice, YOOKASSA_PATH: read_yookassa_notice}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who gives a notice: the path, all headers of the names X-Api-Key and Authorization, the IP address."""

    path: str
    api_keys: Sequence[str]
    authorizations: Sequence[str]
    address: str


def admit_provider(caller: Caller, lava_key: bytes, yookassa_networks: Sequence[str]) -> None:
    """Raises UnauthenticatedError unless the caller is the provider of this path; one that is not set is nobody."""
    if caller.path == LAVA_PATH:
        is_known = is_from_lava(caller.api_keys, caller.authorizations, lava_key)
    else:
        is_known = caller.path == YOOKASSA_PATH and is_in_networks(caller.address, yookassa_networks)
    if not is_known:
        raise UnauthenticatedError("no provider of card payments")


async def take_card_notice(queue: TaskQueue, path: str, body: bytes) -> None:
    """Store the task that asks for the order; none if the notice names no order. Raises UnusableUpdateError."""
    notice = READERS[path](body)
    if not notice.invoice_id:  # an operator finds it in the provider's cabinet: `make card-orders`
        log_event("card_return_unnamed", severity="ERROR", provider=notice.provider, kind=notice.event)
        return
    order_id = card_order_id(notice.provider, notice.invoice_id)
    log_event("card_notice_taken", provider=notice.provider, kind=notice.event, order_id=order_id)
    await publish_card_order(queue, order_id, notice.told_invoice)
