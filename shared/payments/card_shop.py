"""Paying by card in the bot: from *By card* to the provider's page.

    *By card* ── a package ──▶ e-mail? ──▶ the provider's invoice ──▶ order + answer, one commit ──▶ a link to its page

A repeated update finds the mark of the first and sends its answer again. An invoice whose order was not stored is known
to nobody, so nobody pays it.
"""

from dataclasses import replace

from shared.credits.catalogue import PLANS
from shared.errors import CardsRefusedError
from shared.growth.commit_growth import check_unseen
from shared.hash_ids import is_id
from shared.jobs.job_documents import inbox_key
from shared.logs import log_event
from shared.payments.card_documents import card_order_key, create_card_order, decode_card_order
from shared.payments.card_order import CardOrder
from shared.payments.card_screens import (
    AGAIN,
    FORGET,
    KEEP,
    OTHER,
    draw_card_shop,
    draw_email_question,
    draw_payment,
    plan_rows,
)
from shared.payments.open_card_order import Buyer, find_seller, open_card_order
from shared.payments.packages import find_sold
from shared.payments.prices import choose_currency, currencies_of, price_in
from shared.payments.shop import rests
from shared.payments.shop_screens import subscription_rows
from shared.payments.subscription_screens import draw_subscriptions
from shared.people.accounts import change_user, log_gift, open_user, try_until_won
from shared.people.card_settings import CardWish, find_wish, read_email
from shared.people.subscriptions import renews_any
from shared.people.users import LANGUAGES, User
from shared.ports import Place, Ports, Record, Screen, Write
from shared.telegram.answers import answer, commit_answer, send_answer
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def press_card(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show the packages in a currency, in place of what was pressed. Raises MessengerErrors, UnavailableError."""
    owner, currency, *_ = (*arguments, "", "")
    if not await _may_press(ports, visit, tap, owner):
        return
    await answer_tap(ports, tap.query_id)
    await ports.messenger.edit_text(visit.place, tap.message_id, _draw_shop(ports, visit, currency))


async def press_card_buy(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Open the invoice of a package or a subscription, or ask for an e-mail first.

    Raises MessengerErrors, UnavailableError.
    """
    owner, name, currency, amount, credit_count, *_ = (*arguments, "", "", "", "", "")
    if not await _may_press(ports, visit, tap, owner):
        return
    sold = find_sold(name)
    price = None if sold is None else price_in(sold, currency)
    if sold is None or price is None or (str(price), str(sold.credits)) != (amount, credit_count):
        await answer(ports, visit, _draw_shop(ports, visit, currency))
        await toast(ports, visit, tap, "toast-new-prices")
        return
    if _is_subscribed(ports, visit, name):
        await _show_subscription(ports, visit)
        await toast(ports, visit, tap, "toast-subscribed")
        return
    await answer_tap(ports, tap.query_id)
    email = visit.opened.user.card.email
    if email:
        await _open_order(ports, visit, CardWish(name, currency, visit.received_at), email)
    else:
        await _ask_for_email(ports, visit, name, currency)


async def press_email(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Keep the e-mail of an order, forget it, ask for another one, or open a new invoice with it.

    Raises MessengerErrors, UnavailableError.
    """
    owner, act, order_id, *_ = (*arguments, "", "", "")
    if act == FORGET and owner == str(tap.sender.id):  # also while nothing is sold
        await change_user(ports, visit.opened, lambda user: _with_email(user, ""))
        await toast(ports, visit, tap, "toast-email-forgotten")
        return
    if not await _may_press(ports, visit, tap, owner):
        return
    order = await _find_order(ports, tap, order_id)
    if act == OTHER and order is not None:
        await change_user(ports, visit.opened, lambda user: _with_email(user, ""))
        await answer_tap(ports, tap.query_id)
        await _ask_for_email(ports, visit, order.package, order.currency)
    elif act == AGAIN and order is not None:
        await answer_tap(ports, tap.query_id)
        await _open_order(ports, visit, CardWish(order.package, order.currency, visit.received_at), order.email)
    elif act == KEEP and order is not None:
        email = order.email
        await change_user(ports, visit.opened, lambda user: _with_email(user, email))
        await toast(ports, visit, tap, "toast-email-kept")
    else:
        await toast(ports, visit, tap, "old-menu")


async def take_email(ports: Ports, visit: Visit, message: Message) -> bool:
    """Whether this message answers our question for an e-mail; it is taken then.

    Raises MessengerErrors, UnavailableError.
    """
    email, wish = read_email(message.text), find_wish(visit.opened.user.card, visit.received_at)
    if not message.chat.is_private or message.file is not None or not (ports.cards and wish):
        return False
    if email is not None:
        await _open_order(ports, visit, wish, email)
    elif _is_answer(ports, message):
        await answer(ports, visit, replace(draw_email_question(visit.language), text=_wrong_email(visit)))
    else:
        return False
    return True


def _is_answer(ports: Ports, message: Message) -> bool:
    replied = message.replied
    if replied is None or replied.sender_id != ports.bot_id or not message.own_words:
        return False
    return replied.text in {
        plain_text(language, text_id) for language in LANGUAGES for text_id in ("card-email-ask", "card-email-wrong")
    }


def _wrong_email(visit: Visit) -> str:
    return html_text(visit.language, "card-email-wrong")


async def _may_press(ports: Ports, visit: Visit, tap: Tap, owner: str) -> bool:
    if owner != str(tap.sender.id):
        await toast(ports, visit, tap, "not-yours")
    elif not (ports.cards and ports.order_keys):
        await toast(ports, visit, tap, "payments-closed")
    elif visit.opened.user.card.closed_at is not None:
        text = plain_text(visit.language, "card-closed", contact=ports.support_contact)
        await answer_tap(ports, tap.query_id, text, alert=True)
    elif await rests(ports):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "buy-books"), alert=True)
    else:
        return True
    return False


def _draw_shop(ports: Ports, visit: Visit, wanted: str) -> Screen:
    user, offered = visit.opened.user, currencies_of(ports.cards)
    currency = choose_currency(visit.language, wanted, offered)
    plans = plan_rows(visit.language, user.id, currency, [each for each in PLANS if find_seller(ports, each, currency)])
    if plans and renews_any(user.subscriptions, ports.clock.now()):
        plans = subscription_rows(visit.language, user.id)
    return draw_card_shop(visit.language, user.id, currency, offered, user.card.email, plans)


def _is_subscribed(ports: Ports, visit: Visit, name: str) -> bool:
    """Whether this is a subscription, and the person has one that goes on, by card or in Stars."""
    return name in PLANS and renews_any(visit.opened.user.subscriptions, ports.clock.now())


async def _show_subscription(ports: Ports, visit: Visit) -> None:
    await answer(ports, visit, draw_subscriptions(visit.language, visit.opened.user, ports.clock.now()))


async def _find_order(ports: Ports, tap: Tap, order_id: str) -> CardOrder | None:
    """The order in a button, if it is the presser's."""
    [record] = await ports.store.read([card_order_key(order_id)]) if is_id(order_id) else [None]
    order = None if record is None else decode_card_order(record)
    return order if order is not None and order.user_id == tap.sender.id else None


def _with_email(user: User, email: str) -> User:
    return replace(user, card=replace(user.card, email=email))


async def _ask_for_email(ports: Ports, visit: Visit, package: str, currency: str) -> None:
    wish = CardWish(package, currency, visit.received_at)
    await _commit_and_send(ports, visit, draw_email_question(visit.language), [], wish)


async def _open_order(ports: Ports, visit: Visit, wish: CardWish, email: str) -> None:
    """Open an invoice, store its order and send the way to its page."""
    if visit.opened.user.card.closed_at is not None:
        await answer(ports, visit, Screen(html_text(visit.language, "card-closed", contact=ports.support_contact)))
        return
    if await rests(ports):
        await answer(ports, visit, Screen(html_text(visit.language, "buy-books")))
        return
    if _is_subscribed(ports, visit, wish.package):
        await _show_subscription(ports, visit)
        return
    chat, user_id = visit.update.chat, visit.update.sender.id
    buyer = Buyer(visit.inbox_id, user_id, chat.id, chat.thread_id, visit.language, email)
    order = await open_card_order(ports, buyer, wish)
    if order is None:
        await answer(ports, visit, Screen(html_text(visit.language, "card-unavailable")))
    elif isinstance(order, CardsRefusedError):
        await answer(ports, visit, Screen(html_text(visit.language, "card-refused", email=email)))
    else:
        screen = draw_payment(order, is_kept=visit.opened.user.card.email == email)
        await _commit_and_send(ports, visit, screen, [create_card_order(order)], None)
        log_event("card_order_opened", provider=order.provider, amount=order.amount, currency=order.currency)


async def _commit_and_send(
    ports: Ports, visit: Visit, screen: Screen, writes: list[Write], wish: CardWish | None
) -> None:
    """Store an answer with what it tells of and with what the person is asked for now, and send it."""
    place = Place(visit.update.chat.id, visit.update.chat.thread_id)

    async def attempt() -> Record:
        opened = await open_user(ports, visit.opened.user.id)
        [seen] = await ports.store.read([inbox_key(visit.inbox_id)])
        check_unseen(seen)
        user = replace(opened.user, card=replace(opened.user.card, wish=wish))
        mark = await commit_answer(ports, visit, place, screen, [*opened.writes(user), *writes])
        log_gift(opened)
        return mark

    await send_answer(ports, await try_until_won(ports, attempt), place, screen)
