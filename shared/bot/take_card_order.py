"""One task of an order that is paid by card: book what its provider says, tell the person, go on with what waited."""

from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.logs import set_log_context
from shared.payments.book_card_order import book_card_order, note_told, put_off
from shared.payments.card_order import CardOrder, CardState
from shared.payments.card_screens import Rows, draw_news
from shared.payments.payment_documents import payment_id, purchase_key
from shared.payments.shop_screens import receipt_rows
from shared.people.accounts import open_user
from shared.pictures.ask_first import go_on
from shared.ports import Place, Ports
from shared.providers.price_day import set_price_day


async def take_card_order(ports: Ports, order_id: str) -> None:
    """Whatever is not finished here is put off to `sweep`. Raises UnavailableError, DocumentUnreadableError."""
    set_price_day(ports.clock.now())
    set_log_context(order_id=order_id)
    order = await book_card_order(ports, order_id)
    if order is None:
        return
    place = Place(order.chat_id, order.thread_id)
    try:
        await _tell(ports, order, place)
    except (TooManyRequestsError, DeliveryUnknownError):
        await put_off(ports, order_id)
        return
    if order.state is CardState.PAID:
        await go_on(ports, order.user_id, place, ports.clock.now())
    await note_told(ports, order)


async def _tell(ports: Ports, order: CardOrder, place: Place) -> None:
    """Raises TooManyRequestsError, DeliveryUnknownError; a person who blocked the bot is not told."""
    available = (await open_user(ports, order.user_id)).user.account.available
    news = draw_news(order, available, ports.support_contact, await _find_receipt(ports, order))
    try:
        await ports.messenger.send_text(place, news)
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
