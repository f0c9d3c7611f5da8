"""What Telegram tells of a subscription's renewal beside payments: turned off, turned on, not paid. It moves no money.

    update ── user with the change + answer ✓ ── sent
    the same again, or older than what is known ── nothing
    … of a subscription whose payment comes yet ── later, 20 times; then the quarantine keeps it

The update has no time of its own, so the webhook's time of receipt orders it among payments and presses.
"""

from shared.codec import as_written
from shared.delivery import Delivery
from shared.errors import DeliveryUnknownError, LaterError, MessengerError, TooManyRequestsError
from shared.jobs.identity import update_key
from shared.jobs.job_documents import inbox_key
from shared.logs import log_event
from shared.payments.order import read_payload
from shared.people.accounts import log_gift, open_user, try_until_won
from shared.people.subscriptions import Renewal, find_subscription, learn_renewal
from shared.people.users import language_of, with_subscriptions
from shared.ports import Place, Ports, Record, Screen
from shared.telegram.answers import SENDING_SECONDS, answer_again, mark_answer, put_off, read_answer, send_answer
from shared.telegram.updates import RenewalChanged
from shared.texts import html_text, write_day

_RENEWALS = {"canceled": Renewal.CANCELED, "active": Renewal.ON, "failed": Renewal.FAILED}
_TEXTS = {Renewal.CANCELED: "renewal-canceled", Renewal.ON: "renewal-on", Renewal.FAILED: "renewal-failed"}


async def take_renewal(ports: Ports, changed: RenewalChanged, delivery: Delivery) -> None:
    """Store the change and tell the person, once. Raises UnavailableError, LaterError."""
    order = read_payload(changed.payload, ports.order_keys)
    is_ours = order is not None and order.days > 0 and order.user_id == changed.sender.id
    if order is None or not is_ours or changed.state not in _RENEWALS:
        log_event("renewal_unknown", severity="WARNING", state=changed.state)
        return
    try:
        await _take(ports, changed, order.id, delivery)
    except (TooManyRequestsError, DeliveryUnknownError) as error:
        put_off(ports, delivery, error)
    except MessengerError:
        pass  # the person blocked the bot; what Telegram told is stored


async def _take(ports: Ports, changed: RenewalChanged, order_id: str, delivery: Delivery) -> None:
    inbox = inbox_key(update_key(ports.bot_id, changed.update_id))
    [seen] = await ports.store.read([inbox])
    if seen is not None and (kept := read_answer(seen)) is not None:
        await answer_again(ports, seen, kept, delivery)
        return
    renewal, place = _RENEWALS[changed.state], Place(changed.sender.id)

    async def attempt() -> tuple[Record, Screen] | None:
        opened = await open_user(ports, changed.sender.id)
        known = find_subscription(opened.user.subscriptions, order_id)
        if known is None and opened.erased_at is not None:
            return None  # we stopped it ourselves
        if known is None:
            raise LaterError(SENDING_SECONDS)  # its first payment comes yet: updates come in any order
        learned = learn_renewal(opened.user.subscriptions, order_id, renewal, delivery.received_at)
        if learned == opened.user.subscriptions:
            return None
        language = language_of(opened.user, changed.sender.language_code)
        text = html_text(language, _TEXTS[renewal], stars=known.stars, date=write_day(language, known.until))
        screen = Screen(text)
        mark = mark_answer(inbox.id, changed.sender.id, place, screen, ports.clock.now())
        version, *_ = await ports.store.commit([mark, *opened.writes(with_subscriptions(opened.user, learned))])
        log_gift(opened)
        return as_written(mark, version), screen

    if (stored := await try_until_won(ports, attempt)) is not None:
        log_event("renewal_changed", state=changed.state)
        await send_answer(ports, stored[0], place, stored[1])
