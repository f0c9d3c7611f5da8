"""Documents of orders that are paid by card."""

from shared.codec import decode, encode
from shared.jobs.shards import shard_fields, update_sharded
from shared.payments.card_order import CardOrder, CardState
from shared.payments.payment_documents import ORDERS_KEPT
from shared.ports import Create, Key, Query, Record, Update

DISPUTED_MAX = 200
"""More are shown after some of these have ended."""


def disputed_orders() -> Query:
    """The orders whose payments did not fit them, the newest first."""
    state = CardState.DISPUTED.value
    return Query("card_orders", (("state", "==", state),), DISPUTED_MAX, ("created_at", "DESCENDING"))


def card_order_key(order_id: str) -> Key:
    """One per invoice of a provider."""
    return Key("card_orders", order_id)


def create_card_order(order: CardOrder) -> Create:
    """The creation of an order; a second commit for the same invoice fails."""
    key = card_order_key(order.id)
    return Create(key, encode(order) | shard_fields(key) | {"expire_at": order.created_at + ORDERS_KEPT})


def update_card_order(order: CardOrder, record: Record) -> Update:
    """The update of an order, with a precondition on the version that was read.

    That of a subscription that goes on is kept from here on: each payment leads to it.
    """
    write = update_sharded(record, order)
    if order.renews_at is None or order.sweep_at is None:
        return write
    return Update(write.key, write.fields | {"expire_at": order.sweep_at + ORDERS_KEPT}, write.version)


def decode_card_order(record: Record) -> CardOrder:
    """Raises DocumentUnreadableError."""
    return decode(CardOrder, record.fields)
