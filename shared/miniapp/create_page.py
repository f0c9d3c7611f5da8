"""*Create*: the form for a picture or a video, its live price, and the order.

    GET  /create?kind=…&from=…    the form        POST /create/options    its options and price as they are now
    POST /create                  the order: the same acceptance as in the chat, then /made/{job}
                                  with `buy`: first the credits that are missing, then the order, by itself

Nothing is bought at another price than the form showed: then it is shown again, with the new one. A form has a random
token, so that a form that is posted twice is one request.
"""

from dataclasses import replace

from shared.gallery.find_results import find_results
from shared.gallery.result import ALL, PICTURES
from shared.jobs.accept_request import Order
from shared.jobs.limits import PROMPT_CHARACTERS_MAX
from shared.miniapp.buy_page import find_package, offer_missing, open_order
from shared.miniapp.calls import Call, Reply, page
from shared.miniapp.create_form import CreateForm, Form, Sources, read_form
from shared.miniapp.create_view import Options, show_options
from shared.miniapp.find_sources import find_sources
from shared.miniapp.order_job import order_job, order_when_paid, plan_order
from shared.miniapp.page import Frame, Visitor, go_to, greet, show_page
from shared.miniapp.sale import why_nothing_is_sold
from shared.miniapp.styles_shown import list_shown_styles
from shared.miniapp.templates import render
from shared.miniapp.tiles import draw_tile
from shared.pictures.declines import decline
from shared.ports import AppPorts
from shared.providers.outcomes import DeclineReason
from shared.texts import plain_text, unmark

CARD = "card"
"""What the button by card names."""
RESULTS_SHOWN = 12
"""The newest results, offered to start from."""


async def show_create(ports: AppPorts, call: Call) -> Reply:
    """The form. Raises UnavailableError."""
    visitor = await greet(ports, call)
    form = read_form(_form_of(call), visitor.user.settings, ports.sellers)
    return await _show_form(ports, visitor, replace(form, token=ports.ids.token()))


async def show_create_options(ports: AppPorts, call: Call) -> Reply:
    """The options and the price of a form that is being filled. Raises UnavailableError."""
    visitor = await greet(ports, call)
    form = read_form(call.form, visitor.user.settings, ports.sellers)
    sources = await find_sources(ports, call.user_id, form)
    known = sources if isinstance(sources, Sources) else Sources()
    return page(render("create_options.html", visitor.language, _draw_options(ports, visitor, form, known)))


async def create(ports: AppPorts, call: Call) -> Reply:
    """Order what the form asks for. Raises UnavailableError."""
    visitor = await greet(ports, call)
    form = read_form(call.form, visitor.user.settings, ports.sellers)
    sources = await find_sources(ports, call.user_id, form)
    if isinstance(sources, DeclineReason):
        return await _show_form(ports, visitor, replace(form, results=(), uploads=()), _say(visitor, sources, form))
    order = plan_order(visitor, form, sources)
    if isinstance(order, str):
        return await _show_form(ports, visitor, form, order)
    bought = call.value("buy")
    if bought and order.price > visitor.user.account.available:
        return await _buy_first(ports, visitor, form, order, bought)
    ordered = await order_job(ports, visitor, form, order)
    if isinstance(ordered, str):
        return await _show_form(ports, visitor, form, ordered)
    return go_to(f"/made/{ordered.id}")


async def _buy_first(ports: AppPorts, visitor: Visitor, form: CreateForm, order: Order, bought: str) -> Reply:
    """Keep the order, and lead to the payment of what the button named. Raises UnavailableError."""
    missing = order.price - visitor.user.account.available
    if why := await why_nothing_is_sold(ports, visitor):
        return await _show_form(ports, visitor, form, why)
    name, stars, credit_count, *_ = (*bought.split("."), "", "", "")
    is_by_card = bought == CARD and bool(ports.card_currencies)
    package = find_package(visitor, name, stars, credit_count, ports.clock.now()) if ports.sells else None
    if package is None and not is_by_card:
        return await _show_form(ports, visitor, form, plain_text(visitor.language, "toast-new-prices"))
    job_id = await order_when_paid(ports, visitor, form, order)
    if package is None:
        return go_to(f"/buy/card?for={missing}&then={job_id}")
    order_id = await open_order(ports, visitor, package, f"{form.token}.{bought}")
    return go_to(f"/buy/{order_id}?then={job_id}")


def _say(visitor: Visitor, reason: DeclineReason, form: CreateForm) -> str:
    return unmark(decline(visitor.language, reason, form.words).text)


def _form_of(call: Call) -> Form:
    """The form in an address."""
    return {name: value.split(",") for name, value in call.query.items()}


async def _show_form(ports: AppPorts, visitor: Visitor, form: CreateForm, refused: str = "") -> Reply:
    language = visitor.language
    sources = await find_sources(ports, visitor.user.id, form)
    if isinstance(sources, DeclineReason):
        form, sources = replace(form, results=(), uploads=()), Sources()
    offered = await find_results(
        ports, visitor.user.id, ALL if form.medium == "video" else PICTURES, limit=RESULTS_SHOWN
    )
    tiles = [draw_tile(each, language) for each in offered.results]
    named = {tile.id for tile in tiles}
    frame = Frame("create", plain_text(language, "app-tab-create"), refused=refused)
    return show_page(
        visitor,
        "create.html",
        frame,
        tiles=tiles,
        styles=await list_shown_styles(ports, language) if form.medium == "picture" else [],
        others=[each for each in form.results if each not in named],
        words_max=PROMPT_CHARACTERS_MAX,
        **_draw_options(ports, visitor, form, sources),
    )


def _draw_options(ports: AppPorts, visitor: Visitor, form: CreateForm, sources: Sources) -> dict[str, object]:
    account = visitor.user.account
    options: Options = show_options(form, sources, visitor.language, ports.sellers, account.available)
    sold = offer_missing(options.missing) if options.missing and ports.sells else None
    return {
        "options": options,
        "form": form,
        "available": account.available,
        "sold": sold,
        "by_card": CARD if ports.card_currencies else "",
    }
