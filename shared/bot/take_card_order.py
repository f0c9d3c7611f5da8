"""One task of an order that is paid by card: book what its provider says, tell the person, go on with what waited."""

from dataclasses import replace
from datetime import datetime

from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.logs import set_log_context
from shared.payments.book_card_order import book_card_order, note_told, put_off
from shared.payments.card_order import CardOrder, CardState, is_new_state
from shared.payments.card_screens import Rows, draw_news
from shared.payments.follow_card_subscription import RenewalNews, follow_card_subscription, note_renewal_told
from shared.payments.payment_documents import payment_id, purchase_key
from shared.payments.shop_screens import receipt_rows
from shared.payments.subscription_screens import draw_renewal_news
from shared.people.accounts import open_user
from shared.people.nobody import is_nobody
from shared.people.subscriptions import Phase, phase_of, renews_any, renews_twice
from shared.people.users import User
from shared.pictures.go_on import go_on
from shared.ports import Place, Ports, Screen
from shared.providers.price_day import set_price_day
from shared.texts import html_text


async def take_card_order(ports: Ports, order_id: str, told_invoice: str = "") -> None:
    """Whatever is not finished here is put off to `sweep`. Raises UnavailableError, DocumentUnreadableError.

    `told_invoice`: a notice named this payment of the order's subscription.
    """
    set_price_day(ports.clock.now())
    set_log_context(order_id=order_id)
    await _take_payment(ports, order_id)
    news = await follow_card_subscription(ports, order_id, told_invoice)
    if news is not None:
        await _tell_renewal(ports, news)


async def _take_payment(ports: Ports, order_id: str) -> None:
    order = await book_card_order(ports, order_id)
    if order is None:
        return
    if is_nobody(order.user_id):  # of somebody who was erased: booked, and nobody is told
        await note_told(ports, order)
        return
    place = Place(order.chat_id, order.thread_id)
    try:
        await _tell(ports, order, place)
    except (TooManyRequestsError, DeliveryUnknownError):
        await put_off(ports, order_id)
        return
    if order.state is CardState.PAID and is_new_state(order):
        await go_on(ports, order.user_id, place, ports.clock.now())
    await note_told(ports, order)


async def _tell_renewal(ports: Ports, news: RenewalNews) -> None:
    first, screen = news.first, draw_renewal_news(news.first.language, news.subscription)
    try:
        if not is_nobody(first.user_id):
            await _send(ports, Place(first.chat_id, first.thread_id), screen)
    except (TooManyRequestsError, DeliveryUnknownError):
        await put_off(ports, first.id)
        return
    await note_renewal_told(ports, news)


async def _tell(ports: Ports, order: CardOrder, place: Place) -> None:
    """Raises TooManyRequestsError, DeliveryUnknownError."""
    user = (await open_user(ports, order.user_id)).user
    news = draw_news(order, user.account.available, ports.support_contact, await _find_receipt(ports, order))
    if more := _find_more(order, user, ports.clock.now()):
        text = html_text(order.language, more, contact=ports.support_contact)
        news = replace(news, text=f"{news.text}\n{text}")
    await _send(ports, place, news)


def _find_more(order: CardOrder, user: User, now: datetime) -> str:
    """The id of the text about the subscriptions of somebody who paid for one, or whose money went back; empty: there
    is nothing to say.
    """
    if order.state is CardState.PAID and is_new_state(order) and order.days and not order.first_id:
        if user.card.closed_at is not None:
            return "card-begun-closed"
        return "subscribed-twice" if renews_twice(user.subscriptions, now) else ""
    if order.state is not CardState.RETURNED:
        return ""
    if order.returns.is_chargeback:
        is_ended = any(each.is_by_card and phase_of(each, now) is not Phase.ENDED for each in user.subscriptions)
        return "card-charged-back-subscribed" if is_ended else ""
    return "payment-returned-subscribed" if order.days and renews_any(user.subscriptions, now) else ""


async def _send(ports: Ports, place: Place, screen: Screen) -> None:
    """Raises TooManyRequestsError, DeliveryUnknownError; a person who blocked the bot is not told."""
    try:
        await ports.messenger.send_text(place, screen)
    except (TooManyRequestsError, DeliveryUnknownError):
        raise
    except MessengerError:
        return


async def _find_receipt(ports: Ports, order: CardOrder) -> Rows:
    """The button of the receipt of a paid order. Raises UnavailableError."""
    if order.state is not CardState.PAID:
        return ()
    [bought] = await ports.store.read([purchase_key(payment_id(order.provider, order.invoice_id))])
    return () if bought is None else receipt_rows(order.language, decode(Transfer, bought.fields))
