"""Opening the invoice that a person asked for in the app (`shared/payments/card_request.py`). Only `bot` can do it."""

from contextlib import suppress
from dataclasses import replace

from shared.codec import decode, update
from shared.credits.catalogue import PACKAGES
from shared.errors import CardsRefusedError, ConflictError
from shared.hash_ids import is_id
from shared.logs import log_event
from shared.payments.card_documents import create_card_order
from shared.payments.card_order import CardOrder
from shared.payments.card_request import OPENED_WITHIN, CardRequest, RequestState, card_request_key
from shared.payments.open_card_order import Buyer, open_card_order
from shared.payments.prices import price_in
from shared.payments.shop import rests
from shared.people.accounts import open_user
from shared.people.card_settings import CardWish
from shared.ports import Ports, Record, Write


async def order_by_card(ports: Ports, user_id: int, request_id: str) -> None:
    """Open the invoice of this person's request, at a price that still holds, once. Raises UnavailableError."""
    found = await find_card_request(ports, user_id, request_id)
    if found is None or found[0].state is not RequestState.ASKED:
        return
    request, record = found
    opened = await _open(ports, request)
    writes: list[Write] = []
    if isinstance(opened, CardOrder):
        request = replace(request, state=RequestState.OPENED, order_id=opened.id)
        writes.append(create_card_order(opened))
    else:
        is_refused = isinstance(opened, CardsRefusedError)
        request = replace(request, state=RequestState.REFUSED if is_refused else RequestState.MISSED)
    with suppress(ConflictError):  # another delivery has opened one
        await ports.store.commit([update(record, request), *writes])
        if isinstance(opened, CardOrder):
            log_event("card_order_opened", provider=opened.provider, amount=opened.amount, currency=opened.currency)


async def find_card_request(ports: Ports, user_id: int, id_: str) -> tuple[CardRequest, Record] | None:
    """A request of this person and its document; None if there is none. Raises UnavailableError."""
    [record] = await ports.store.read([card_request_key(id_)]) if is_id(id_) else [None]
    request = None if record is None else decode(CardRequest, record.fields)
    if record is None or request is None or request.user_id != user_id:
        return None
    return request, record


async def _open(ports: Ports, request: CardRequest) -> CardOrder | CardsRefusedError | None:
    """The order; None where it is not sold at this price, or to this person. Raises UnavailableError."""
    package = PACKAGES.get(request.package)
    is_late = ports.clock.now() > request.asked_at + OPENED_WITHIN
    if package is None or is_late or not (ports.cards and ports.order_keys) or await rests(ports):
        return None
    if (price_in(package, request.currency), package.credits) != (request.amount, request.credits):
        return None
    if (await open_user(ports, request.user_id)).user.card.closed_at is not None:  # closed since the form was sent
        return None
    buyer = Buyer(request.id, request.user_id, request.user_id, None, request.language, request.email)
    return await open_card_order(ports, buyer, CardWish(request.package, request.currency, request.asked_at))
