"""The free question before an order of a message that costs more than the person lets us spend without one.

message ─▶ asked_orders/<intent>: the job that it would become ─▶ question with the price
press   ─▶ the same order under the same intent: two presses, or a press and a repeated message, buy once

Buttons with a price are no orders of a message: a press on one is the answer already.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.codec import decode, encode
from shared.errors import ConflictError
from shared.hash_ids import hash_id, is_id
from shared.jobs.accept_request import Order, Origin, plan_job
from shared.jobs.job import Address, Job, Request
from shared.jobs.limits import check_total
from shared.jobs.open_jobs import decode_job
from shared.people.storage import kept_for
from shared.people.talk import is_dear
from shared.people.users import Asked, User
from shared.ports import Button, Create, Delete, Fields, Key, Ports, Record, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

ORDER = "order"
"""The action of the button."""
OWN = "own"
"""Its further argument where the person pays instead of the group's wallet."""
_WALLET_TEXTS = {DeclineReason.WALLET_EMPTY: "wallet-empty", DeclineReason.WALLET_LIMIT: "wallet-limit"}
ANSWERED_WITHIN = timedelta(days=1)
"""Later the price, and what the words were about, may be others."""
KEPT = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class AskedOrder:
    """An order that waits for a yes, without the job that describes it."""

    user_id: int
    asked: Asked
    at: datetime
    count: int
    has_card: bool
    comes_last: bool
    is_recent: bool
    is_seen_by_all: bool
    wallet_id: str = ""
    """The group's wallet that was to pay; empty: the person pays."""
    draft_words: str = ""
    """The hash of the words of the open question whose button ordered it; empty: no question is open."""


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """A stored order, and what describes it."""

    intent: str
    about: AskedOrder
    job: Job
    """The first job that it would become."""
    first_address: Address | None
    """The address of the first job, if its message exists already."""
    requests: tuple[Request, ...]
    """What each job asks for, where they differ."""
    record: Record


def needs_confirmation(user: User, origin: Origin, order: Order, now: datetime) -> bool:
    """Whether to ask first: the order of a message, dear to this person, and possible."""
    is_of_message = origin.asked.sent_at is not None and not order.requests
    is_costly = is_dear(user.talk, order.price)
    return is_of_message and is_costly and check_total(user, order.price, order.count, now) is None


async def ask_order(ports: Ports, user: User, origin: Origin, order: Order) -> Screen:
    """Keep the order, and return the question. Raises UnavailableError."""
    await keep_order(ports, user, origin, order)
    text, label = ("ask-order-group", "button-order-group") if origin.is_seen_by_all else ("ask-order", "button-order")
    button = Button(plain_text(origin.language, label, price=order.price), write_callback(ORDER, origin.intent))
    return Screen(html_text(origin.language, text, price=order.price), ((button,),))


async def ask_own(ports: Ports, user: User, origin: Origin, order: Order, reason: DeclineReason) -> Screen:
    """Ask whether the person pays what the group's wallet does not; without the credits only say why it does not.

    Raises UnavailableError.
    """
    language, price = origin.language, order.price
    text = html_text(language, _WALLET_TEXTS[reason])
    if origin.is_automatic or check_total(user, price, order.count, ports.clock.now()) is not None:
        return Screen(" ".join([text, html_text(language, "wallet-instead")]))
    await keep_order(ports, user, origin, order)
    button = Button(plain_text(language, "button-order-own", price=price), write_callback(ORDER, origin.intent, OWN))
    return Screen(" ".join([text, html_text(language, "wallet-ask-own")]), ((button,),))


async def keep_order(ports: Ports, user: User, origin: Origin, order: Order) -> None:
    """Store an order that is not placed yet; the same intent again changes nothing. Raises UnavailableError."""
    fields = describe_order(user, origin, order, ports.clock.now())
    with suppress(ConflictError):  # the message came again
        await ports.store.commit([Create(asked_key(origin.intent), fields)])


def describe_order(user: User, origin: Origin, order: Order, now: datetime, draft_words: str = "") -> Fields:
    """The document of an order that is not placed yet. `draft_words`: as in `AskedOrder`."""
    about = AskedOrder(
        user_id=user.id,
        asked=origin.asked,
        at=now,
        count=order.count,
        has_card=order.has_card,
        comes_last=order.comes_last,
        is_recent=order.is_recent,
        is_seen_by_all=origin.is_seen_by_all,
        wallet_id=origin.wallet_id,
        draft_words=draft_words,
    )
    job = plan_job(replace(origin, first_address=None), order, user, now)
    fields: Fields = encode(about) | {
        "job": encode(job),
        "first_address": encode(origin.first_address),
        "requests": [encode(each) for each in order.requests],
        "expire_at": now + kept_for(user.storage, origin.asked.received_at, KEPT),
    }
    return fields


async def open_asked(ports: Ports, order_id: str) -> KeptOrder | None:
    """The order that a question was about; None if it is unknown or too old. Raises UnavailableError."""
    return await _open_newest(ports, order_id, asked_key)


async def open_unpaid(ports: Ports, order_id: str) -> KeptOrder | None:
    """The order that waits for credits, in the chat or in the app; None as above. Raises UnavailableError."""
    return await _open_newest(ports, order_id, waiting_key, asked_key)


async def _open_newest(ports: Ports, order_id: str, *keys: Callable[[str], Key]) -> KeptOrder | None:
    """The newest under these keys: a form of the app may be declined, then changed, and then bought for."""
    records = await ports.store.read([key(order_id) for key in keys]) if is_id(order_id) else []
    found = [(decode(AskedOrder, each.fields), each) for each in records if each is not None]
    if not found:
        return None
    about, record = max(found, key=lambda each: each[0].at)
    fields = record.fields
    if ports.clock.now() >= about.at + ANSWERED_WITHIN:
        return None

    def read_job(**changed: Any) -> Job:
        return decode_job(fields["job"] | changed, ports.screens, ports.surfaces)

    requests = tuple(read_job(request=each).request for each in fields.get("requests", ()))
    first = fields.get("first_address")
    first_address = None if first is None else read_job(address=first).address
    return KeptOrder(order_id, about, read_job(), first_address, requests, record)


async def forget_hidden(ports: Ports, kept: KeptOrder) -> None:
    """Delete an order that was placed, if it was asked for incognito: what comes again finds the jobs by its intent.

    Raises UnavailableError.
    """
    if kept.job.is_incognito:
        with suppress(ConflictError):  # it was asked for anew meanwhile, or another delivery has deleted it
            await ports.store.commit([Delete(kept.record.key, kept.record.version)])


def order_again(kept: KeptOrder, inbox_id: str | None) -> tuple[Origin, Order]:
    """The order as it was asked about."""
    about, job = kept.about, kept.job
    origin = Origin(
        intent=kept.intent,
        inbox_id=inbox_id,
        user_id=job.user_id,
        language=job.language,
        surface=job.surface,
        address=job.address,
        asked=about.asked,
        first_address=kept.first_address,
        is_seen_by_all=about.is_seen_by_all,
        wallet_id=about.wallet_id,
    )
    order = Order(
        job.kind,
        job.request,
        job.artefacts,
        about.count,
        job.mailbox,
        has_card=about.has_card,
        comes_last=about.comes_last,
        is_recent=about.is_recent,
        requests=kept.requests,
    )
    return origin, order


def asked_key(intent: str) -> Key:
    """The document of the order of this intent."""
    return Key("asked_orders", intent)


def waiting_key(intent: str) -> Key:
    """The document of a chat's order that waits for credits.

    The release before looks under `asked_key`: it would place a batch as copies of its first prompt, and a video whose
    review was canceled.
    """
    return Key("asked_orders", hash_id("waits for credits", intent))
