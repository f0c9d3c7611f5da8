"""What must hold of credits that were bought when everything has come to rest."""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.codec import decode
from shared.credits.catalogue import PACKAGES, PLANS
from shared.credits.ledger import Transfer, TransferKind
from shared.payments.payment_documents import PaymentRecord
from shared.payments.take_payment import PROVIDER
from shared.texts import write_day
from tests.simulation.buyers import Buyers, Charge
from tests.simulation.card_verdict import (
    THANKS,
    count_paid_by_card,
    find_card_problems,
    list_thanked,
    thanks_for_order,
)
from tests.simulation.subscribers_verdict import find_subscription_problems

if TYPE_CHECKING:
    from tests.simulation.world import World

THOUSANDS = re.compile(r"(?<=\d)[,\s](?=\d{3})")
"""What stands between the digits of a large number."""
SIGNS = {TransferKind.PURCHASE: -1, TransferKind.REFUND: 1, TransferKind.CHARGEBACK: 1}
SOLD = {package.stars: package.credits for package in (*PACKAGES.values(), *PLANS.values())}
BEGUN = ("✅ Your subscription has begun: {credits} credits", "✅ Подписка началась: зачислено {credits} ")
RENEWED = (
    "🔁 Your subscription is renewed until {until}: {credits} ",
    "🔁 Подписка продлена до {until}: зачислено {credits} ",
)
REGRETS = ("↩️ Telegram returned {stars} ⭐", "↩️ Telegram вернул вам {stars} ⭐")


def find_buyer_problems(world: "World", transfers: list[Transfer]) -> list[str]:
    """Every Star that was paid is worth its credits once, and none that was returned is worth any."""
    buyers = world.crowd.buyers
    everything = [decode(PaymentRecord, fields) for fields in world.store.collection("payments").values()]
    payments = [each for each in everything if each.provider == PROVIDER]
    if world.clients is not None:
        return []  # of their money: clients_verdict.py
    if buyers is None:
        return ["credits were sold to nobody"] if payments else []
    _count(world, buyers)
    return [
        *_find_wrong_answers(buyers),
        *_find_wrong_records(buyers, payments),
        *_find_wrong_bookings(buyers, payments, transfers),
        *_find_wrong_sums(buyers, transfers),
        *_find_untold(world, buyers),
        *find_card_problems(world, everything, transfers),
        *find_subscription_problems(world, buyers),
    ]


def worth(charge: Charge) -> int:
    """The credits of a payment: those of the invoice, or what the Stars are worth at the dearest rate, rounded up."""
    return SOLD[charge.stars] if charge.payload.startswith(("o1.", "s1.")) else -(-charge.stars * 6 // 5)


def thanks_for(charge: Charge) -> tuple[str, ...]:
    """How the message about this payment begins, in each language."""
    texts = THANKS if not charge.period else BEGUN if "is_first_recurring" in charge.period else RENEWED
    until = datetime.fromtimestamp(charge.period.get("subscription_expiration_date", 0), UTC)
    days = (write_day("en", until), write_day("ru", until))
    return tuple(each.format(credits=worth(charge), until=day) for each, day in zip(texts, days, strict=True))


def _count(world: "World", buyers: Buyers) -> None:
    counts = Counter(charge.payload for charge in buyers.charges)
    world.facts["charges"] = len(buyers.charges)
    world.facts["charges returned"] = sum(charge.is_returned for charge in buyers.charges)
    world.facts["charges overtaken by their returns"] = buyers.overtaken
    world.facts["invoices paid twice"] = sum(count > 1 for payload, count in counts.items() if payload[:2] == "o1")
    world.facts["checkouts declined"] = sum(not checkout.is_agreed for checkout in buyers.checkouts)
    drafts = world.store.collection("drafts")
    intents = {job.intent for job in world.jobs().values()}
    waited = {name for name, fields in drafts.items() if fields.get("lacks_credits")}
    world.facts["wishes that waited for credits"] = len(waited)
    world.facts["wishes that went on"] = len(waited & intents)
    world.facts["wishes that went on by themselves"] = len((waited & intents) - world.crowd.pressed)


def _find_wrong_answers(buyers: Buyers) -> list[str]:
    """The person of an invoice may pay its price in its time, and nobody may pay anything else."""
    return [
        f"{'declined' if checkout.is_honest else 'agreed to'}: {checkout.query}"
        for checkout in buyers.checkouts
        if checkout.is_agreed != checkout.is_honest
    ]


def _find_wrong_records(buyers: Buyers, payments: list[PaymentRecord]) -> list[str]:
    """Each charge is written down once, as it was."""
    wanted = Counter((each.id, each.user_id, each.stars, worth(each)) for each in buyers.charges)
    found = Counter((each.charge_id, each.user_id, each.amount, each.credits) for each in payments)
    return [
        *(f"charge {charge} is written down {found[charge]} times" for charge in wanted if found[charge] != 1),
        *(f"payment {payment} was never made" for payment in found.keys() - wanted.keys()),
    ]


def _find_wrong_bookings(buyers: Buyers, payments: list[PaymentRecord], transfers: list[Transfer]) -> list[str]:
    """Each charge is credited once, and taken back once if it was returned, else never."""
    booked = Counter((each.kind, each.id.partition(":")[2], each.user_id, each.credits) for each in transfers)
    ids: dict[str, list[str]] = defaultdict(list)
    for payment in payments:
        ids[payment.charge_id].append(payment.id)
    problems = []
    for charge in buyers.charges:
        for kind, wanted in ((TransferKind.PURCHASE, 1), (TransferKind.REFUND, int(charge.is_returned))):
            count = sum(booked[kind, name, charge.user_id, worth(charge)] for name in ids[charge.id])
            if count != wanted:
                problems.append(f"charge {charge.id}: {count} times {kind} instead of {wanted}")
    return problems


def _find_wrong_sums(buyers: Buyers, transfers: list[Transfer]) -> list[str]:
    """Whatever the transfers are named: nobody has more credits or fewer from sales than was paid and not returned."""
    sums: Counter[int] = Counter()
    for charge in buyers.charges:
        sums[charge.user_id] += 0 if charge.is_returned else worth(charge)
    sums += count_paid_by_card(buyers)
    for transfer in transfers:
        sign = SIGNS.get(transfer.kind, 0)
        sums[transfer.user_id] += sign * transfer.credits
    return [f"user {user_id} has {-left} credits from sales too many" for user_id, left in sums.items() if left]


def _find_untold(world: "World", buyers: Buyers) -> list[str]:
    """Whoever paid or got money back was told, as often as that happened."""
    said = [
        (chat_id, THOUSANDS.sub("", text)) for (chat_id, _), texts in world.messenger.said.items() for text in texts
    ]
    wanted: Counter[tuple[int, tuple[str, ...]]] = Counter()
    for charge in buyers.charges:
        wanted[charge.user_id, thanks_for(charge)] += 1
        wanted[charge.user_id, tuple(each.format(stars=charge.stars) for each in REGRETS)] += charge.is_returned
    for order in list_thanked(buyers):
        wanted[order.user_id, thanks_for_order(order)] += 1
    return [
        f"user {user_id} was told {told} of {count} times: {beginnings[0]!r}"
        for (user_id, beginnings), count in wanted.items()
        if user_id not in world.ever_blocked
        if (told := sum(chat_id == user_id and text.startswith(beginnings) for chat_id, text in said)) < count
    ]
