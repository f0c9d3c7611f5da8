"""An operator ends what the bot cannot end alone: a disputed order by card, money that is to go back, a chargeback.

    credit, returned, chargeback ── ruling in the order ✓ ── the order is due: `bot` asks the provider and books
    refund ── ruling ✓ ── the provider returns the money ✓, or it had ── the order is due once more
                     │                                  ╳ no answer ── asked again, some times; then it is said again
                     └─ it refuses ── the ruling is withdrawn ✓

Nothing is booked here: `book_card_order.py` does it, in the way of every payment and return, once, and the person is
told. The same reference again does what is missing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from shared.codec import update
from shared.errors import (
    CardsByHandError,
    CardsRefusedError,
    CardsUnavailableError,
    UnavailableError,
    UnusableChangeError,
)
from shared.hash_ids import is_id
from shared.payments.card_documents import card_order_key, decode_card_order, disputed_orders, update_card_order
from shared.payments.card_order import CardOrder, CardState, judge
from shared.payments.card_returns import Act, Ruling
from shared.payments.card_ruling import CHARACTERS_MAX, Wanted, check_words, find_ruling, rule, withdraw
from shared.payments.publish_card_order import card_order_id
from shared.people.accounts import try_without_pause
from shared.people.card_settings import open_cards
from shared.people.user_documents import decode_user, user_key
from shared.ports import CardInvoice, CardPayments, CardRefund, Clock, Store
from shared.texts import plain_text

CALLS_MAX = 5
"""How often a provider is asked before the operator has to say it again."""
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Desk:
    """What an operator's command works with: no bot token."""

    store: Store
    clock: Clock
    cards: Mapping[str, CardPayments]
    """The providers by name."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """The result of a command."""

    order: CardOrder
    ruling: Ruling | None
    """None: all of the money had gone back already."""
    is_new: bool
    """False: it was ruled before, and what was missing was done."""


async def list_disputed(desk: Desk) -> list[tuple[CardOrder, CardInvoice | None]]:
    """The disputed orders, the newest first, each as its provider describes it now; None where it does not.

    Raises UnavailableError.
    """
    found = [decode_card_order(record) for record in await desk.store.find(disputed_orders())]
    return [(order, await _read_if_possible(desk, order)) for order in found]


async def find_card_order(desk: Desk, name: str) -> CardOrder:
    """The order with this id, or with this invoice of a provider. Raises UnusableChangeError, UnavailableError."""
    ids = [*([name] if is_id(name) else []), *(card_order_id(provider, name) for provider in desk.cards)]
    found = [each for each in await desk.store.read([card_order_key(id_) for id_ in ids]) if each is not None]
    if not found:
        raise UnusableChangeError(f"no order {name} here: orders are kept 400 days, and its provider has to be set")
    return decode_card_order(found[0])


async def rule_card_order(desk: Desk, name: str, wanted: Wanted) -> Ruled:
    """Do what an operator wants, once for each reference.

    Raises UnusableChangeError if it makes no sense, CardsRefusedError and CardsByHandError if the provider does not do
    it: nothing is changed then; UnavailableError and CardsUnavailableError, after which it is to be repeated.
    """
    check_words(wanted)
    order = await find_card_order(desk, name)
    provider, is_new = _provider_of(desk, order), find_ruling(order, wanted) is None
    if is_new:
        invoice = await _read(provider, order)
        if wanted.act is Act.REFUND and judge(order, invoice) is CardState.RETURNED:  # there is nothing left to return
            return Ruled(await _make_due(desk, order), None, is_new=False)
        order = await _change(desk, order.id, lambda held: _add(held, invoice, wanted, desk.clock, provider))
    ruling = find_ruling(order, wanted)
    assert ruling is not None, "it was added"
    if wanted.act is Act.REFUND and order.returns.booked < ruling.amount:
        await _return_money(desk, provider, order, ruling)
    return Ruled(await _make_due(desk, order), ruling, is_new)


async def reopen_cards(desk: Desk, user_id: int, words: str) -> bool:
    """Let a person pay by card again, with a note of who allowed it and why; False if nothing was closed.

    Raises UnusableChangeError, UnavailableError.
    """
    if not words.isprintable() or len(words) > 2 * CHARACTERS_MAX:
        raise UnusableChangeError("who and why are one line, and not a long one")

    async def attempt() -> bool:
        [record] = await desk.store.read([user_key(user_id)])
        if record is None:
            raise UnusableChangeError(f"nobody with the id {user_id} has been here")
        user = decode_user(record)
        if user.card.closed_at is None:
            return False
        opened = replace(user, card=open_cards(user.card, words))
        await desk.store.commit([update(record, opened)])
        return True

    return await try_without_pause(attempt)


async def _make_due(desk: Desk, order: CardOrder) -> CardOrder:
    """Have `bot` ask for the order soon."""
    return await _change(desk, order.id, lambda held: replace(held, sweep_at=desk.clock.now()))


def _provider_of(desk: Desk, order: CardOrder) -> CardPayments:
    provider = desk.cards.get(order.provider)
    if provider is None:
        raise UnusableChangeError(f"the keys of {order.provider} are not set here")
    return provider


async def _read(provider: CardPayments, order: CardOrder) -> CardInvoice:
    invoice = await provider.read_invoice(order.invoice_id)
    if invoice is None:
        raise UnusableChangeError(f"{order.provider} knows no invoice {order.invoice_id}")
    return invoice


async def _read_if_possible(desk: Desk, order: CardOrder) -> CardInvoice | None:
    provider = desk.cards.get(order.provider)
    try:
        return None if provider is None else await provider.read_invoice(order.invoice_id)
    except CardsUnavailableError:
        return None


def _add(order: CardOrder, invoice: CardInvoice, wanted: Wanted, clock: Clock, provider: CardPayments) -> CardOrder:
    """The order with the ruling, unless another call of the same command has just added it."""
    if find_ruling(order, wanted) is not None:
        return order
    return rule(order, invoice, wanted, clock.now(), tells_returns=provider.tells_returns)


async def _return_money(desk: Desk, provider: CardPayments, order: CardOrder, ruling: Ruling) -> None:
    title = plain_text(order.language, "invoice-title", credits=order.credits)
    currency, paid = order.currency, order.amount
    refund = CardRefund(order.invoice_id, ruling.reference, ruling.amount, paid, currency, title, order.email)
    for called in range(CALLS_MAX):
        try:
            await provider.return_money(refund)
        except (CardsRefusedError, CardsByHandError):
            await _change(desk, order.id, lambda held: withdraw(held, ruling.reference))
            raise
        except CardsUnavailableError:  # it may be done: asking once more does nothing a second time
            await desk.clock.sleep(PAUSE_SECONDS * 2**called)
        else:
            return
    raise UnavailableError(f"{order.provider} does not answer")


async def _change(desk: Desk, order_id: str, change: Callable[[CardOrder], CardOrder]) -> CardOrder:
    """Raises UnavailableError, and what the change raises."""

    async def attempt() -> CardOrder:
        [record] = await desk.store.read([card_order_key(order_id)])
        assert record is not None, "it was found"
        order = decode_card_order(record)
        changed = change(order)
        if changed is not order:
            await desk.store.commit([update_card_order(changed, record)])
        return changed

    return await try_without_pause(attempt)
