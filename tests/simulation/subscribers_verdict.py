"""What must hold of subscriptions when everything has come to rest: what we know is what Telegram knows."""

from collections import defaultdict
from typing import TYPE_CHECKING

from shared.codec import decode
from shared.people.subscriptions import Renewal, Subscription
from shared.people.users import User
from tests.simulation.buyers import Buyers, Charge
from tests.simulation.subscribers import Subscribed

if TYPE_CHECKING:
    from tests.simulation.world import World


def find_subscription_problems(world: "World", buyers: Buyers) -> list[str]:
    """Each is known once, to its end, with every charge that stops it, and is stopped where people are told so."""
    subscribers = buyers.subscribers
    world.facts["subscriptions"] = len(subscribers.known)
    world.facts["renewals"] = subscribers.renewals
    world.facts["renewals turned off, on, or failed"] = subscribers.switches
    world.facts["subscriptions stopped by the bot"] = sum(map(subscribers.is_stopped, subscribers.known))
    stored = _read_stored(world)
    problems = [f"user {user_id} has a subscription nobody paid: {order_id}" for user_id, order_id in stored]
    for key, periods in _group(buyers).items():
        problem = f"user {key[0]} has a subscription nobody paid: {key[1]}"
        if problem in problems:
            problems.remove(problem)
        begun = [each for each in subscribers.known if (each.user_id, _order_of(each.invoice.payload)) == key]
        problems += _compare(stored.get(key), periods, begun, buyers)
    return problems


def _read_stored(world: "World") -> dict[tuple[int, str], Subscription]:
    users = [decode(User, fields) for fields in world.store.collection("users").values()]
    return {(user.id, each.order_id): each for user in users for each in user.subscriptions if not each.is_by_card}


def _group(buyers: Buyers) -> dict[tuple[int, str], list[Charge]]:
    grouped: dict[tuple[int, str], list[Charge]] = defaultdict(list)
    for charge in buyers.charges:
        if charge.period:
            grouped[charge.user_id, _order_of(charge.payload)].append(charge)
    return grouped


def _order_of(payload: str) -> str:
    return payload.split(".")[1]


def _compare(stored: Subscription | None, periods: list[Charge], begun: list[Subscribed], buyers: Buyers) -> list[str]:
    if stored is None:
        return [f"a subscription with {len(periods)} payments is not known: {periods[0]}"]
    problems = []
    until = max(each.period["subscription_expiration_date"] for each in periods)
    if int(stored.until.timestamp()) != until:
        problems.append(f"{stored} ends at {until} at Telegram")
    if sorted(stored.charge_ids) != sorted(each.charge_id for each in begun):
        problems.append(f"{stored} was begun by {[each.charge_id for each in begun]}")
    are_stopped = all(map(buyers.subscribers.is_stopped, begun))
    if stored.is_settled and (stored.renewal is Renewal.STOPPED) != are_stopped:
        problems.append(f"{stored} is {'' if are_stopped else 'not '}stopped at Telegram")
    return problems
