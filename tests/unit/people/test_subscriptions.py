"""What is known of a subscription, whatever of it comes late, twice or in another order."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.people.subscriptions import (
    ENDED_KEPT,
    GRACE,
    Period,
    Phase,
    Renewal,
    Subscription,
    Subscriptions,
    add_period,
    find_subscription,
    learn_renewal,
    phase_of,
    renews_any,
    settle_renewal,
    want_renewal,
)

BEGIN = datetime(2026, 11, 29, 13, tzinfo=UTC)
MONTH = timedelta(days=30)
SECOND = timedelta(seconds=1)
ORDER = "order-1"


def period(number: int, order_id: str = ORDER) -> Period:
    """The payment for one of the periods, counted from 0."""
    paid_at = BEGIN + number * MONTH
    return Period(order_id, 231, 300, f"stx{number}", number == 0, paid_at, paid_at + MONTH)


def begun(**fields: object) -> Subscriptions:
    """One subscription, just begun, with these fields changed."""
    [subscription] = add_period((), period(0))
    return (replace(subscription, **fields),)  # type: ignore[arg-type]


def only(subscriptions: Subscriptions) -> Subscription:
    [subscription] = subscriptions
    return subscription


def test_periods_in_any_order() -> None:
    """Three payments in every order, one of them told twice, lead to the same subscription."""
    told = [period(0), period(1), period(2), period(1)]
    for order in itertools.permutations(told):
        known: Subscriptions = ()
        for each in order:
            known = add_period(known, each)
        assert only(known) == Subscription(ORDER, 231, 300, BEGIN + 3 * MONTH, BEGIN + 2 * MONTH, charge_ids=("stx0",))


def test_begun_twice() -> None:
    """Both first payments of one link are known, so that both can be canceled."""
    again = replace(period(1), is_first=True)
    assert only(add_period(begun(), again)).charge_ids == ("stx0", "stx1")


@pytest.mark.parametrize(
    ("renewal", "is_settled", "days", "phase"),
    [
        (Renewal.ON, True, 29, Phase.RENEWS),
        (Renewal.ON, True, 30, Phase.LATE),
        (Renewal.ON, True, 33, Phase.ENDED),
        (Renewal.FAILED, True, 29, Phase.LATE),
        (Renewal.FAILED, True, 32, Phase.LATE),
        (Renewal.STOPPED, True, 29, Phase.RUNS_OUT),
        (Renewal.STOPPED, True, 30, Phase.ENDED),
        (Renewal.STOPPED, False, 29, Phase.RENEWS),
        (Renewal.STOPPED, False, 31, Phase.LATE),
        (Renewal.CANCELED, True, 29, Phase.RUNS_OUT),
        (Renewal.CANCELED, False, 29, Phase.RUNS_OUT),
        (Renewal.CANCELED, True, 30, Phase.ENDED),
    ],
)
def test_phase(renewal: Renewal, is_settled: bool, days: int, phase: Phase) -> None:  # noqa: FBT001 — a row of a table
    """What goes on is late for three days after its end; what Telegram has not agreed to stop goes on."""
    known, now = begun(renewal=renewal, is_settled=is_settled), BEGIN + timedelta(days=days)
    assert phase_of(only(known), now) is phase
    assert renews_any(known, now) is (phase in {Phase.RENEWS, Phase.LATE})


def test_grace() -> None:
    """A late renewal is late until its grace is over."""
    end = BEGIN + MONTH + GRACE
    assert phase_of(only(begun()), end - SECOND) is Phase.LATE
    assert phase_of(only(begun()), end) is Phase.ENDED


def test_learning() -> None:
    """What Telegram tells is believed unless something newer is known; of what is unknown nothing is learned."""
    canceled = learn_renewal(begun(), ORDER, Renewal.CANCELED, BEGIN + 2 * SECOND)
    assert only(canceled).renewal is Renewal.CANCELED
    assert learn_renewal(canceled, ORDER, Renewal.ON, BEGIN + SECOND) == canceled
    assert learn_renewal(canceled, ORDER, Renewal.CANCELED, BEGIN + 3 * SECOND) == canceled
    assert learn_renewal(canceled, "order-2", Renewal.ON, BEGIN + 3 * SECOND) == canceled
    assert only(learn_renewal(canceled, ORDER, Renewal.ON, BEGIN + 3 * SECOND)).renewal is Renewal.ON


@pytest.mark.parametrize("renewal", [Renewal.CANCELED, Renewal.ON, Renewal.FAILED])
def test_what_we_stopped_stays_stopped(renewal: Renewal) -> None:
    """What we stopped nobody can turn on in Telegram, so an update that says so is from before."""
    stopped = begun(renewal=Renewal.STOPPED)
    assert learn_renewal(stopped, ORDER, renewal, BEGIN + SECOND) == stopped


def test_begun_again_before_it_was_stopped() -> None:
    """A second first payment that we hear of after the stop is not stopped: the subscription goes on."""
    stopped = begun(renewal=Renewal.STOPPED, renewal_at=BEGIN + 3 * MONTH)
    again = only(add_period(stopped, replace(period(1), is_first=True)))
    assert (again.renewal, again.renewal_at) == (Renewal.ON, BEGIN + 3 * MONTH)
    asked = want_renewal(begun(), ORDER, Renewal.STOPPED, BEGIN + SECOND)
    grown = add_period(asked, replace(period(1), is_first=True))
    assert settle_renewal(grown, only(asked), at=BEGIN + SECOND, was_agreed=True) == grown


def test_a_renewal_after_a_cancel() -> None:
    """A payment that was made after a cancel turns the renewal on again, an older one does not."""
    canceled = learn_renewal(begun(), ORDER, Renewal.CANCELED, BEGIN + MONTH + SECOND)
    late = add_period(canceled, period(1))
    assert (only(late).renewal, only(late).until) == (Renewal.CANCELED, BEGIN + 2 * MONTH)
    assert only(add_period(late, period(2))).renewal is Renewal.ON


def test_wish() -> None:
    """A wish is stored before Telegram knows of it, and neither a payment nor an update replaces it until then."""
    wanted = want_renewal(begun(), ORDER, Renewal.STOPPED, BEGIN + SECOND)
    assert (only(wanted).renewal, only(wanted).is_settled) == (Renewal.STOPPED, False)
    assert only(add_period(wanted, period(1))).renewal is Renewal.STOPPED
    assert learn_renewal(wanted, ORDER, Renewal.FAILED, BEGIN + MONTH) == wanted
    assert settle_renewal(wanted, only(wanted), at=BEGIN + SECOND, was_agreed=True) == begun(
        renewal=Renewal.STOPPED, renewal_at=BEGIN + SECOND, agreed_at=BEGIN + SECOND
    )


def test_paid_before_telegram_had_answered() -> None:
    """A renewal between the press and Telegram's answer does not undo the press, told before or after the answer."""
    asked = want_renewal(begun(), ORDER, Renewal.STOPPED, BEGIN + MONTH - SECOND)
    at = BEGIN + MONTH + SECOND
    stopped = settle_renewal(asked, only(asked), at, was_agreed=True)
    late = only(add_period(stopped, period(1)))
    assert (late.renewal, late.until) == (Renewal.STOPPED, BEGIN + 2 * MONTH)
    early = add_period(asked, period(1))
    assert only(settle_renewal(early, only(early), at, was_agreed=True)) == late
    assert only(want_renewal((late,), ORDER, Renewal.CANCELED, BEGIN + MONTH)).renewal is Renewal.CANCELED


def test_wish_that_is_none() -> None:
    """An older press, a repeated one and one of an unknown subscription change nothing."""
    stopped = want_renewal(begun(), ORDER, Renewal.STOPPED, BEGIN + 2 * SECOND)
    assert want_renewal(stopped, ORDER, Renewal.CANCELED, BEGIN + SECOND) == stopped
    assert want_renewal(stopped, ORDER, Renewal.STOPPED, BEGIN + 3 * SECOND) == stopped
    assert want_renewal(stopped, "order-2", Renewal.STOPPED, BEGIN + 3 * SECOND) == stopped


@pytest.mark.parametrize(("wanted", "before"), [(Renewal.STOPPED, Renewal.ON), (Renewal.CANCELED, Renewal.STOPPED)])
def test_refused(wanted: Renewal, before: Renewal) -> None:
    """What Telegram refuses is as it was before the press."""
    asked = want_renewal(begun(renewal=before), ORDER, wanted, BEGIN + SECOND)
    assert only(settle_renewal(asked, only(asked), at=BEGIN + SECOND, was_agreed=False)).renewal is before


def test_answer_to_an_older_wish() -> None:
    """An answer settles the wish that was asked for, and no other."""
    stop = want_renewal(begun(), ORDER, Renewal.STOPPED, BEGIN + SECOND)
    allow = want_renewal(stop, ORDER, Renewal.CANCELED, BEGIN + 2 * SECOND)
    assert settle_renewal(allow, only(stop), at=BEGIN + SECOND, was_agreed=True) == allow
    assert settle_renewal((), only(stop), at=BEGIN + SECOND, was_agreed=True) == ()
    settled = begun()
    assert settle_renewal(settled, only(stop), at=BEGIN + SECOND, was_agreed=True) == settled


def test_old_ones_are_forgotten() -> None:
    """Of the ended ones the newest are kept, and none that goes on is forgotten."""
    known: Subscriptions = add_period((), replace(period(0, "goes on"), until=BEGIN + 99 * MONTH))
    for number in range(2 * ENDED_KEPT):
        known = add_period(known, period(2 * number, f"order {number}"))
    now = BEGIN + 4 * ENDED_KEPT * MONTH
    ended = [each.order_id for each in known if phase_of(each, now) is Phase.ENDED]
    assert len(ended) <= ENDED_KEPT + 1
    assert ended[-1] == f"order {2 * ENDED_KEPT - 1}"
    assert find_subscription(known, "goes on") is not None


def test_two_years_in_any_order() -> None:
    """25 periods told five times each in any order: the end is that of the last, and it renews."""
    told = [period(number) for number in range(25)] * 5
    for seed in range(20):
        random.Random(seed).shuffle(told)  # noqa: S311 — an order, no secret
        known: Subscriptions = ()
        for each in told:
            known = add_period(known, each)
        assert only(known) == Subscription(
            ORDER, 231, 300, BEGIN + 25 * MONTH, BEGIN + 24 * MONTH, charge_ids=("stx0",)
        )
