"""The screens of paying by card. Pure."""

from collections.abc import Collection, Iterable

from shared.credits.catalogue import PACKAGES, PLANS
from shared.credits.purchases import PLAN_DAYS
from shared.payments.card_order import CardOrder, CardState, is_new_state
from shared.payments.packages import find_sold
from shared.payments.prices import MONEY, choose_currency, price_in, show_money
from shared.people.users import Language
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text, write_day

CARD = "card"
"""Shows the packages in a currency."""
CARD_BUY = "cardbuy"
"""Orders a package or a subscription."""
EMAIL = "email"
"""Keeps the e-mail of an order, forgets it, has another one asked for, or takes it for a new invoice."""
KEEP, FORGET, OTHER, AGAIN = "keep", "forget", "other", "again"
CARD_MISSING, CARD_PLAN = "button-card-missing", "button-card-plan"
Rows = tuple[tuple[Button, ...], ...]


def card_row(language: Language, user_id: int) -> tuple[Button, ...]:
    """The way from Stars to cards."""
    return (Button(plain_text(language, "button-by-card"), write_callback(CARD, user_id, "")),)


def draw_card_shop(
    language: Language, user_id: int, currency: str, offered: Iterable[str], email: str, plans: Rows = ()
) -> Screen:
    """The packages with their prices in one currency, subscriptions, and the other currencies."""
    packages = tuple(
        (_package_button(language, user_id, name, price, currency),)
        for name, package in PACKAGES.items()
        if (price := price_in(package, currency)) is not None
    )
    known = set(offered) - {currency}
    others = tuple(
        Button(plain_text(language, "button-currency", currency=each), write_callback(CARD, user_id, each))
        for each in MONEY
        if each in known
    )
    label = plain_text(language, "button-email-forget")
    forget = ((Button(label, write_callback(EMAIL, user_id, FORGET, "")),),) if email else ()
    return Screen(html_text(language, "card-buy"), (*packages, *plans, *((others,) if others else ()), *forget))


def plan_rows(language: Language, user_id: int, currency: str, names: Iterable[str]) -> Rows:
    """A row for each of these subscriptions that has a price in this currency."""
    priced = ((name, price_in(PLANS[name], currency)) for name in names)
    return tuple(
        (_package_button(language, user_id, name, price, currency, CARD_PLAN),)
        for name, price in priced
        if price is not None
    )


def offer_by_card(language: Language, user_id: int, name: str, offered: Collection[str]) -> Rows:
    """A row that orders a package by card, in the person's currency; none where no cards are taken for it."""
    if not offered:
        return ()
    currency = choose_currency(language, "", offered)
    price = price_in(PACKAGES[name], currency)
    return () if price is None else ((_package_button(language, user_id, name, price, currency, CARD_MISSING),),)


def _package_button(
    language: Language, user_id: int, name: str, price: int, currency: str, text_id: str = "button-card-package"
) -> Button:
    """It names the price that it shows."""
    sold = find_sold(name)
    assert sold is not None
    credit_count, money = sold.credits, show_money(price, currency, language)
    label = plain_text(language, text_id, credits=credit_count, money=money, days=PLAN_DAYS)
    return Button(label, write_callback(CARD_BUY, user_id, name, currency, price, credit_count))


def draw_email_question(language: Language) -> Screen:
    """The question for an e-mail."""
    return Screen(html_text(language, "card-email-ask"), force_reply=plain_text(language, "card-email-placeholder"))


def draw_payment(order: CardOrder, *, is_kept: bool) -> Screen:
    """The way to the provider's page."""
    language, money = order.language, show_money(order.amount, order.currency, order.language)
    text_id = "card-pay-plan" if order.days else "card-pay"
    text = html_text(language, text_id, credits=order.credits, money=money, email=order.email, days=order.days)
    pay = Button(plain_text(language, "button-card-pay", money=money), url=order.url)
    label, act = ("button-email-other", OTHER) if is_kept else ("button-email-keep", KEEP)
    email = Button(plain_text(language, label), write_callback(EMAIL, order.user_id, act, order.id))
    return Screen(text, ((pay,), (email,)))


def draw_news(order: CardOrder, available: int, contact: str, receipt: Rows = ()) -> Screen:
    """What became of an order; `receipt` leads to the receipt of its payment."""
    language, money = order.language, show_money(order.amount, order.currency, order.language)
    match order.state:
        case CardState.PAID if is_new_state(order):
            return Screen(_thank(order, available), receipt)
        case CardState.PAID | CardState.RETURNED:
            return Screen(_tell_return(order, available, contact))
        case CardState.FAILED:
            label = plain_text(language, "button-card-again", money=money)
            again = Button(label, write_callback(EMAIL, order.user_id, AGAIN, order.id))
            return Screen(html_text(language, "card-failed", money=money), ((again,),))
        case _:
            return Screen(html_text(language, "card-disputed", money=money, contact=contact, code=order.id))


def _tell_return(order: CardOrder, available: int, contact: str) -> str:
    """What went back since the person was told last, and the credits that went with it."""
    language, returns = order.language, order.returns
    if returns.booked:
        amount, credit_count = returns.booked - returns.told, returns.credits - returns.told_credits
    else:  # the release before booked it
        amount, credit_count = order.amount, order.credits + order.bonus
    text_id = "card-returned" if order.state is CardState.RETURNED else "card-returned-part"
    if returns.is_chargeback:
        text_id = "card-charged-back"
    elif not credit_count:
        text_id = "card-returned-free"
    money = show_money(amount, order.currency, language)
    facts = {"credits": credit_count, "bonus": order.bonus, "available": available}
    return html_text(language, text_id, money=money, contact=contact, **facts)


def _thank(order: CardOrder, available: int) -> str:
    if order.until is None:
        facts = {"credits": order.credits, "bonus": order.bonus, "available": available}
        return html_text(order.language, "payment-thanks", **facts)
    text_id = "payment-renewed" if order.first_id else "payment-subscribed"
    return html_text(
        order.language, text_id, credits=order.credits, available=available, date=write_day(order.language, order.until)
    )
