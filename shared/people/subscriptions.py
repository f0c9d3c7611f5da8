"""A person's subscriptions to credits, as far as Telegram and the providers of cards have told us. Pure.

    first payment ─▶ ON ── *Cancel*: we ask Telegram ─▶ STOPPED ── *Restore* ─▶ CANCELED
                     │ ▲                                                           │
                     │ └── the person turns it on in Telegram; a renewal is paid ◀─┤
                     ├── the person turns it off in Telegram ─▶ CANCELED ◀─────────┘
                     └── a renewal cannot be paid ─▶ FAILED

One by card is told of by its provider when that is asked, and knows no *Restore*: who wants it again begins a new one.

Nothing here moves money: only a payment credits. `until` and the day of now say the rest: paid, late, ended. Updates
come in any order, so each change has a time, and an older one changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

GRACE = timedelta(days=3)
"""How long a renewal that has not come counts as late. Telegram names no time after which it stops trying; lava.top
tries for 24 hours (faq.lava.top/article/71932)."""
ENDED_KEPT = 10
"""So many ended subscriptions are remembered, the newest."""
BY_STARS = "stars"
_UNKNOWN = datetime.fromtimestamp(0, UTC)


class Renewal(StrEnum):
    """Whether Telegram will take the next payment by itself."""

    ON = "on"
    STOPPED = "stopped"
    """We asked Telegram to stop. The person cannot turn it on before we allow it."""
    CANCELED = "canceled"
    """It is off, and the person may turn it on in Telegram."""
    FAILED = "failed"
    """The person had too few Stars."""


class Phase(StrEnum):
    """What a subscription is today."""

    RENEWS = "renews"
    RUNS_OUT = "runs-out"
    """Paid until its end, after which nothing is paid."""
    LATE = "late"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One invoice that is paid every period. What never changes has no default: by it the codec knows one again."""

    order_id: str
    """The order behind its invoice, which each of its payments names; by card, the order of the first payment."""
    stars: int
    """The price of a period; 0 by card."""
    credits: int
    until: datetime = _UNKNOWN
    """The end of the paid period, by Telegram or the provider."""
    renewal_at: datetime = _UNKNOWN
    """When we received the press or the update that says so; Telegram's time where a payment says so."""
    agreed_at: datetime = _UNKNOWN
    """When Telegram had answered the last press. What was paid until then was paid before it took effect."""
    renewal: Renewal = Renewal.ON
    is_settled: bool = True
    """Telegram knows of `renewal`. False between the press of a button and Telegram's answer."""
    charge_ids: tuple[str, ...] = ()
    """Telegram's ids of its first payments, by which it is canceled. More than one if it was begun several times."""
    provider: str = BY_STARS
    """Who takes the payments: `stars`, or the name of a provider of cards."""
    amount: int = 0
    """The price of a period by card, in the smallest unit of the currency."""
    currency: str = ""

    @property
    def is_by_card(self) -> bool:
        return self.provider != BY_STARS


@dataclass(frozen=True, slots=True)
class Period:
    """A payment for a period."""

    order_id: str
    stars: int
    credits: int
    charge_id: str
    is_first: bool
    paid_at: datetime
    until: datetime
    provider: str = BY_STARS
    amount: int = 0
    currency: str = ""


Subscriptions = tuple[Subscription, ...]


def phase_of(subscription: Subscription, now: datetime) -> Phase:
    """What this subscription is at this time."""
    is_told = subscription.is_settled or subscription.renewal is not Renewal.STOPPED
    goes_on = subscription.renewal in {Renewal.ON, Renewal.FAILED} or not is_told
    if now < subscription.until:
        late = subscription.renewal is Renewal.FAILED
        return (Phase.LATE if late else Phase.RENEWS) if goes_on else Phase.RUNS_OUT
    is_expected = subscription.is_by_card and subscription.renewal is Renewal.ON  # its provider was asked, and says so
    return Phase.LATE if goes_on and (is_expected or now < subscription.until + GRACE) else Phase.ENDED


def find_subscription(subscriptions: Subscriptions, order_id: str) -> Subscription | None:
    """The subscription of this order."""
    return next((each for each in subscriptions if each.order_id == order_id), None)


def renews_any(subscriptions: Subscriptions, now: datetime) -> bool:
    """Whether something is going to be paid by itself."""
    return any(phase_of(each, now) in {Phase.RENEWS, Phase.LATE} for each in subscriptions)


def renews_twice(subscriptions: Subscriptions, now: datetime) -> bool:
    """Whether two go on, such as after two open links were paid."""
    return sum(renews_any((each,), now) for each in subscriptions) > 1


def add_period(subscriptions: Subscriptions, period: Period) -> Subscriptions:
    """The subscriptions after a payment, whichever of them comes first, and however often."""
    known = find_subscription(subscriptions, period.order_id)
    if known is None:
        known = Subscription(
            order_id=period.order_id,
            stars=period.stars,
            credits=period.credits,
            until=period.until,
            renewal_at=period.paid_at,
            provider=period.provider,
            amount=period.amount,
            currency=period.currency,
        )
    is_new_charge = period.is_first and period.charge_id not in known.charge_ids
    changed = replace(
        known,
        until=max(known.until, period.until),
        charge_ids=(*known.charge_ids, period.charge_id) if is_new_charge else known.charge_ids,
    )
    is_begun_anew = is_new_charge and changed.renewal is Renewal.STOPPED  # we stopped only what we knew of
    is_over = changed.is_by_card and changed.renewal is Renewal.STOPPED  # nobody restores it: its provider is at fault
    if changed.is_settled and not is_over and (is_begun_anew or period.paid_at >= _known_since(changed)):
        changed = replace(changed, renewal=Renewal.ON, renewal_at=max(period.paid_at, changed.renewal_at))
    return _put(subscriptions, changed, period.paid_at)


def learn_renewal(subscriptions: Subscriptions, order_id: str, renewal: Renewal, at: datetime) -> Subscriptions:
    """The subscriptions after Telegram told of a change; unchanged by what is older or not new.

    What the person wants of us, and Telegram does not know yet, stays. So does what we stopped: the person cannot turn
    it on, so what says that is from before.
    """
    known = find_subscription(subscriptions, order_id)
    if known is None or not known.is_settled or at < _known_since(known):
        return subscriptions
    if known.renewal in {renewal, Renewal.STOPPED}:
        return subscriptions
    return _put(subscriptions, replace(known, renewal=renewal, renewal_at=at), at)


def want_renewal(subscriptions: Subscriptions, order_id: str, renewal: Renewal, at: datetime) -> Subscriptions:
    """The subscriptions after a press of *Cancel* or *Restore*, before Telegram knows; unchanged by an older press."""
    known = find_subscription(subscriptions, order_id)
    if known is None or at < known.renewal_at or known.renewal is renewal:
        return subscriptions
    return _put(subscriptions, replace(known, renewal=renewal, renewal_at=at, is_settled=False), at)


def list_by_card(subscriptions: Subscriptions, now: datetime) -> Subscriptions:
    """Those whose next payment is going to be taken from a card."""
    return tuple(each for each in subscriptions if each.is_by_card and renews_any((each,), now))


def stop_by_card(subscriptions: Subscriptions, now: datetime) -> Subscriptions:
    """The subscriptions of somebody whose cards are closed, before the providers know."""
    for each in list_by_card(subscriptions, now):
        subscriptions = want_renewal(subscriptions, each.order_id, Renewal.STOPPED, now)
    return subscriptions


def settle_renewal(
    subscriptions: Subscriptions, told: Subscription, at: datetime, *, was_agreed: bool
) -> Subscriptions:
    """The subscriptions after Telegram's answer to `told`; unchanged if something else is to be asked by now.

    What Telegram refused counts as what it was before: on after a refused *Cancel*, stopped after a refused *Restore*.
    """
    known = find_subscription(subscriptions, told.order_id)
    if known is None or known.is_settled or (known.renewal, known.charge_ids) != (told.renewal, told.charge_ids):
        return subscriptions
    before = Renewal.ON if told.renewal is Renewal.STOPPED else Renewal.STOPPED
    settled = replace(known, renewal=told.renewal if was_agreed else before, is_settled=True, agreed_at=at)
    return _put(subscriptions, settled, at)


def _known_since(subscription: Subscription) -> datetime:
    """From when on Telegram may tell something else of the renewal."""
    return max(subscription.renewal_at, subscription.agreed_at)


def _put(subscriptions: Subscriptions, changed: Subscription, now: datetime) -> Subscriptions:
    """With this one in the place of its former self, or as the newest; the oldest ended ones go."""
    if find_subscription(subscriptions, changed.order_id) is not None:
        return tuple(changed if each.order_id == changed.order_id else each for each in subscriptions)
    ended = [each for each in subscriptions if phase_of(each, now) is Phase.ENDED]
    forgotten = {each.order_id for each in ended[: max(0, len(ended) + 1 - ENDED_KEPT)]}
    return (*(each for each in subscriptions if each.order_id not in forgotten), changed)
