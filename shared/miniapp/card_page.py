"""Paying by card in the app. `bot` opens the invoice; the provider's page opens outside the app.

GET  /buy/card?currency=…&for=…&then=…    the packages in a currency, and the e-mail for the receipt
POST /buy/card                            a request: the package at the price that was seen; then /buy/card/{request}
GET  /buy/card/{request}                  the way to the provider's page, and what became of it   …/state: that part

`then` is the job that begins by itself once it is paid (`shared/pictures/wait_for_credits.py`).
"""

from contextlib import suppress
from dataclasses import dataclass, replace

from shared.credits.catalogue import PACKAGES
from shared.errors import ConflictError
from shared.hash_ids import hash_id
from shared.miniapp.acts import Act, publish_act
from shared.miniapp.calls import NOT_FOUND, Call, Reply, page
from shared.miniapp.order_by_card import find_card_request
from shared.miniapp.page import Choice, Frame, Visitor, go_to, greet, show_followed, show_gone, show_page
from shared.miniapp.sale import find_suggested, then_of, why_nothing_is_sold, write_query
from shared.miniapp.templates import render
from shared.payments.book_card_order import find_card_order
from shared.payments.card_order import CardOrder, CardState
from shared.payments.card_request import CardRequest, RequestState, create_card_request
from shared.payments.prices import MONEY, choose_currency, price_in, show_money
from shared.people.accounts import change_user
from shared.people.card_settings import EMAIL_CHARACTERS_MAX, read_email
from shared.people.users import User
from shared.ports import AppPorts
from shared.texts import plain_text

_OTHER_WORDS = frozenset({RequestState.ASKED.value, CardState.DISPUTED.value})
"""The states whose words are those of other pages."""
KEEPS = "on"
"""The box *Remember this e-mail* is ticked."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A package in a currency."""

    value: str
    """Its name, its price and its credits: what the form says that the person saw."""
    credits: int
    money: str
    is_chosen: bool


async def show_card(ports: AppPorts, call: Call) -> Reply:
    """The form. Raises UnavailableError."""
    visitor = await greet(ports, call)
    refused = await _why_no_cards(ports, visitor)
    return _show_form(ports, visitor, call.query.get("currency", ""), refused=refused)


async def _why_no_cards(ports: AppPorts, visitor: Visitor) -> str:
    """The words for whom cards are closed, or while nothing is sold, else "". Raises UnavailableError."""
    if visitor.user.card.closed_at is not None:
        return plain_text(visitor.language, "card-closed", contact=ports.support_contact)
    return await why_nothing_is_sold(ports, visitor)


def _show_form(
    ports: AppPorts, visitor: Visitor, wanted: str, *, chosen: str = "", email: str | None = None, refused: str = ""
) -> Reply:
    language, kept, then = visitor.language, visitor.user.card.email, then_of(visitor.call)
    title = plain_text(language, "app-by-card")
    frame = Frame("balance", title, "/buy", refused)
    if not (ports.card_currencies and ports.sells):
        return show_page(visitor, "card.html", frame, packages=[], then=then)
    currency = choose_currency(language, wanted, ports.card_currencies)
    return show_page(
        visitor,
        "card.html",
        frame,
        packages=_list_packages(visitor, currency, chosen),
        choices=_list_currencies(ports, visitor.call, currency),
        currency=currency,
        email=kept if email is None else email,
        is_kept=bool(kept),
        email_max=EMAIL_CHARACTERS_MAX,
        token=ports.ids.token(),
        contact=ports.support_contact,
        then=then,
    )


def _list_packages(visitor: Visitor, currency: str, chosen: str) -> list[Priced]:
    suggested = chosen or find_suggested(visitor.call) or next(iter(PACKAGES))
    return [
        Priced(
            f"{name}.{price}.{package.credits}",
            package.credits,
            show_money(price, currency, visitor.language),
            name == suggested,
        )
        for name, package in PACKAGES.items()
        if (price := price_in(package, currency)) is not None
    ]


def _list_currencies(ports: AppPorts, call: Call, chosen: str) -> list[Choice]:
    return [
        Choice(each, f"/buy/card{write_query(call, currency=each)}", each == chosen)
        for each in MONEY
        if each in ports.card_currencies
    ]


async def order(ports: AppPorts, call: Call) -> Reply:
    """Store a request and have its invoice opened; a form that comes twice is one request. Raises UnavailableError."""
    visitor = await greet(ports, call)
    currency, (name, *seen) = call.value("currency"), (*call.value("package").split("."), "")
    if why := await _why_no_cards(ports, visitor):
        return _show_form(ports, visitor, currency, refused=why)
    package, email = PACKAGES.get(name), read_email(call.value("email"))
    price = None if package is None or currency not in ports.card_currencies else price_in(package, currency)
    if package is None or price is None or [str(price), str(package.credits), ""] != seen:
        refused = plain_text(visitor.language, "toast-new-prices")
        return _show_form(ports, visitor, currency, email=call.value("email"), refused=refused)
    if email is None:
        refused = plain_text(visitor.language, "app-email-wrong")
        return _show_form(ports, visitor, currency, chosen=name, email=call.value("email"), refused=refused)
    await _keep_email(ports, visitor, email if call.value("keep") == KEEPS else "")
    request = CardRequest(
        id=hash_id("card request", ports.bot_id, call.user_id, call.value("token")),
        user_id=call.user_id,
        package=name,
        credits=package.credits,
        amount=price,
        currency=currency,
        language=visitor.language,
        asked_at=ports.clock.now(),
        email=email,
    )
    with suppress(ConflictError):  # the form came again
        await ports.store.commit([create_card_request(request)])
    await publish_act(ports, Act("card", call.user_id, request.id, ports.clock.now()))
    return go_to(f"/buy/card/{request.id}{write_query(call)}")


async def _keep_email(ports: AppPorts, visitor: Visitor, email: str) -> None:
    """Keep an e-mail for the next purchase; empty: keep none."""

    def change(user: User) -> User | None:
        return None if user.card.email == email else replace(user, card=replace(user.card, email=email))

    await change_user(ports, visitor.opened, change)


async def show_request(ports: AppPorts, call: Call) -> Reply:
    """What became of a request. Raises UnavailableError."""
    visitor, found = await greet(ports, call), await find_card_request(ports, call.user_id, call.parameters["request"])
    if found is None:
        return show_gone(visitor, "buy")
    frame = Frame("balance", plain_text(visitor.language, "app-by-card"), "/buy/card")
    drawn = await _draw(ports, visitor, found[0])
    return show_followed(visitor, "card_state.html", frame, ("/balance", "app-to-balance"), **drawn)


async def show_request_state(ports: AppPorts, call: Call) -> Reply:
    """The changing part of the page. Raises UnavailableError."""
    visitor, found = await greet(ports, call), await find_card_request(ports, call.user_id, call.parameters["request"])
    if found is None:
        return NOT_FOUND
    return page(render("card_state.html", visitor.language, await _draw(ports, visitor, found[0])))


async def _draw(ports: AppPorts, visitor: Visitor, request: CardRequest) -> dict[str, object]:
    opened = await find_card_order(ports, request.order_id) if request.order_id else None
    language = visitor.language
    sold = request if opened is None else opened
    money = show_money(sold.amount, sold.currency, language)
    state = sold.state.value
    credit_count = request.credits if opened is None else _count_credits(opened)
    facts: dict[str, str | int] = {"credits": credit_count, "money": money, "email": request.email}
    return {
        "request": request,
        "order": opened,
        "state": state,
        "words": "" if state in _OTHER_WORDS else plain_text(language, f"app-card-{state}", **facts),
        "money": money,
        "contact": ports.support_contact,
        "then": then_of(visitor.call),
        "query": write_query(visitor.call),
    }


def _count_credits(opened: CardOrder) -> int:
    """Those that an order brought; of a returned one, those that were taken back: none, if it never brought any."""
    is_told = opened.state is CardState.RETURNED and opened.returns.booked > 0  # else the release before booked it
    return opened.returns.credits if is_told else opened.credits + opened.bonus
