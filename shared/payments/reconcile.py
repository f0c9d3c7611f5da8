"""Every night: Telegram's list of the bot's Stars is compared with our books, page by page; each gap is named.

    sweep ── due ── task ─▶ bot ── page ── gaps: named; an update that never came is handed in ── place in the list ✓
                                └─ last page ── our payments that no page had: named ── due next night ✓

The transactions of the last days are looked at every night, and so is an older one that could not be booked: such as a
payment of somebody erased, whose return Telegram refuses. What is credited or taken back goes the usual way
(`take_payment.py`), so it happens once, whenever Telegram's own update comes.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from shared.codec import decode, encode, update
from shared.credits.ledger import Transfer, refund_id
from shared.delivery import RECEIVED_HEADER, RECONCILE_PATH
from shared.errors import ConflictError, MessengerError
from shared.logs import log_event
from shared.payments.compare_payments import Booked, GapKind, find_gap, may_repair, write_update
from shared.payments.order import read_payload
from shared.payments.payment_documents import PaymentRecord, paid_after, payment_id, payment_key, purchase_key
from shared.payments.take_payment import PROVIDER
from shared.people.accounts import open_user
from shared.people.subscriptions import find_subscription
from shared.ports import Create, Key, Ports, Record, RepairPorts, StarTransaction, Update, Write
from shared.task import JSON_HEADERS, Task
from shared.telegram.rollout import lane_of

CONTROL = Key("controls", "payments")
HOUR = time(3, tzinfo=UTC)
"""When a night's comparison begins."""
LOOKED_BACK = timedelta(days=7)
"""How long a transaction is looked at every night."""
DELIVERED_WITHIN = timedelta(days=1)
"""Telegram delivers an update for so long: a payment that we booked is listed by then."""
PAGE = 100
"""Telegram's limit."""
UNSETTLED_MAX = 100
"""So many are remembered; each takes some 300 bytes of one document."""
VISIT_SECONDS = 25.0
"""After this time no further page is begun; the next task goes on."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a night's comparison has found."""

    at: datetime
    gaps: dict[str, int] = field(default_factory=dict)
    """How many, by their kind."""


@dataclass(frozen=True, slots=True)
class Night:
    """The state of the comparison, in `controls/payments`."""

    due_at: datetime
    start: int = 0
    """How many transactions of Telegram's list are too old to be looked at."""
    place: int = 0
    """How many transactions of the list this night has passed."""
    unsettled: tuple[StarTransaction, ...] = ()
    """Those among the old ones whose gap is still open: each night it is named, and tried again."""
    gaps: dict[str, int] = field(default_factory=dict)
    """The gaps named so far this night, by their kind."""
    found: Found | None = None
    """What the last whole comparison has found; None: there was none yet."""


async def start_reconciliation(ports: RepairPorts) -> None:
    """Have `bot` compare, if it is time. Raises UnavailableError."""
    [record] = await ports.store.read([CONTROL])
    if record is None or decode(Night, record.fields).due_at <= ports.clock.now():
        await ports.tasks.enqueue(Task("bot", RECONCILE_PATH, b"{}"))


async def reconcile_payments(ports: Ports) -> None:
    """Compare pages until the list ends or the visit was long enough. Raises UnavailableError."""
    begun_at = ports.clock.now()
    while (ports.clock.now() - begun_at).total_seconds() < VISIT_SECONDS:
        try:
            if not await _compare_page(ports):
                return
        except ConflictError:  # another visit is at it, or somebody has just returned a payment
            return
        except MessengerError as error:  # `sweep` comes again
            log_event("payments_unread", severity="WARNING", error=error)
            return


async def _compare_page(ports: Ports) -> bool:
    """Compare the next page; whether there is another one this night."""
    now = ports.clock.now()
    [record] = await ports.store.read([CONTROL])
    night = Night(now) if record is None else decode(Night, record.fields)
    if now < night.due_at:
        return False
    listed = await ports.messenger.list_star_transactions(night.place)
    is_last = len(listed) < PAGE
    looked_at = [*(each for each in listed if each.user_id), *(night.unsettled if is_last else ())]
    gaps = Counter(night.gaps)
    marks, retold = await _look_at(ports, looked_at, now, gaps)
    old = [index for index, each in enumerate(listed, 1) if each.at < now - LOOKED_BACK]
    start = night.place + old[-1] if old else night.start
    unsettled = tuple(each for each in retold if each.at < now - LOOKED_BACK)
    if is_last:
        await ports.store.commit(marks)  # first: what this page confirms is listed
        await _find_unlisted(ports, now, gaps)
        found = Found(now, dict(gaps))
        over = Night(next_night(now), start, start, unsettled[:UNSETTLED_MAX], found=found)
        await ports.store.commit([_keep(record, over)])
    else:
        unsettled = (*night.unsettled, *unsettled)[:UNSETTLED_MAX]
        place = night.place + len(listed)
        after = replace(night, start=start, place=place, unsettled=unsettled, gaps=dict(gaps))
        await ports.store.commit([_keep(record, after), *marks])
    return not is_last


def next_night(now: datetime) -> datetime:
    """When the next comparison is due."""
    today = datetime.combine(now.astimezone(UTC).date(), HOUR)
    return today if now < today else today + timedelta(days=1)


def _keep(record: Record | None, night: Night) -> Write:
    return Create(CONTROL, encode(night)) if record is None else update(record, night)


async def _look_at(
    ports: Ports, listed: Sequence[StarTransaction], now: datetime, gaps: Counter[str]
) -> tuple[list[Write], list[StarTransaction]]:
    """Name and count the gaps of a page, and close those that an update closes.

    The marks of what agrees, and what was retold.
    """
    marks: dict[Key, Write] = {}
    retold: list[StarTransaction] = []
    ids = [payment_id(PROVIDER, each.charge_id) for each in listed]
    keys = [key for name in ids for key in (payment_key(name), purchase_key(name), Key("transfers", refund_id(name)))]
    found = iter(await ports.store.read(keys))
    for told, (record, purchase, taken_back) in zip(listed, zip(found, found, found, strict=True), strict=True):
        booked = _read_booked(record, purchase, taken_back)
        gap = find_gap(told, booked, now)
        if gap is not None:
            is_repaired = may_repair(gap, told, booked, ports.order_keys)
            gaps[gap.value] += 1
            _name(gap, told.charge_id, told.stars, is_repaired=is_repaired)
            if is_repaired:
                await _hand_in(ports, told, now)
                retold.append(told)
        if record is not None and (mark := _mark(record, booked, told, now, marks.get(record.key))) is not None:
            marks[record.key] = mark
    return list(marks.values()), retold


async def _hand_in(ports: Ports, told: StarTransaction, now: datetime) -> None:
    """Have the update that never came handled as Telegram's own."""
    update = write_update(told, is_first=await _begins_subscription(ports, told))
    headers = {**JSON_HEADERS, RECEIVED_HEADER: now.isoformat()}
    await ports.tasks.enqueue(Task("bot", "/", update, None, headers, lane_of(told.user_id)))


async def _begins_subscription(ports: Ports, told: StarTransaction) -> bool:
    """Whether this is the first period, by whose charge a subscription is canceled: renewals come to a known one."""
    order = read_payload(told.payload, ports.order_keys)
    if order is None or not order.days or told.is_returned:
        return False
    opened = await open_user(ports, told.user_id)
    return find_subscription(opened.user.subscriptions, order.id) is None


def _read_booked(payment: Record | None, purchase: Record | None, taken_back: Record | None) -> Booked:
    return Booked(
        None if payment is None else decode(PaymentRecord, payment.fields),
        None if purchase is None else decode(Transfer, purchase.fields),
        None if taken_back is None else decode(Transfer, taken_back.fields),
    )


def _mark(record: Record, booked: Booked, told: StarTransaction, now: datetime, earlier: Write | None) -> Write | None:
    """The note in a payment's record that Telegram lists it, or its return; a page may have both."""
    name = "return_confirmed_at" if told.is_returned else "confirmed_at"
    if record.fields.get(name) is not None or (told.is_returned and booked.taken_back is None):
        return earlier
    return Update(record.key, {**(earlier.fields if earlier else {}), name: now}, record.version)


async def _find_unlisted(ports: Ports, now: datetime, gaps: Counter[str]) -> None:
    """Name and count the payments that we booked in the last days and no page had."""
    async for payment in _read_since(ports, now - LOOKED_BACK):
        is_settled = payment.paid_at <= now - DELIVERED_WITHIN
        if payment.provider == PROVIDER and payment.confirmed_at is None and is_settled:
            gaps[GapKind.UNKNOWN_TO_TELEGRAM.value] += 1
            _name(GapKind.UNKNOWN_TO_TELEGRAM, payment.charge_id, payment.amount, is_repaired=False)


async def _read_since(ports: Ports, at: datetime) -> AsyncIterator[PaymentRecord]:
    last = (at, "")
    while page := await ports.store.find(paid_after(*last, PAGE)):
        for record in page:
            yield decode(PaymentRecord, record.fields)
        last = (page[-1].fields["paid_at"], page[-1].key.id)


def _name(gap: GapKind, charge_id: str, stars: int, *, is_repaired: bool) -> None:
    log_event("payment_gap", severity="ERROR", kind=gap.value, charge_id=charge_id, stars=stars, repaired=is_repaired)
