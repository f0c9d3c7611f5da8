"""What must hold of the wallets of groups when everything has come to rest."""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.admin.job_refund import reference_of
from shared.codec import decode
from shared.credits.ledger import Transfer, TransferKind
from shared.credits.wallet import WalletState, deposit_id
from shared.jobs.identity import message_intent
from shared.people.storage import REPEATED_FOR as KEPT_FOR_REPETITIONS
from shared.people.storage import is_incognito
from shared.people.users import User
from tests.simulation.group_wallet import read_wallets
from tests.simulation.people import BOT_ID
from tests.simulation.treasurers import ADMINISTRATORS, HIDING, Treasurers

if TYPE_CHECKING:
    from tests.simulation.world import World

UNDER_WAY = timedelta(seconds=30)
"""So much earlier than an order the switch was pressed: what overtakes it is not incognito."""


def find_treasurer_problems(world: "World", transfers: list[Transfer]) -> list[str]:
    """Each gift is one, and an administrator's; all that was not spent is with its givers again."""
    treasurers = world.crowd.buyers
    if not isinstance(treasurers, Treasurers):
        return []
    assert world.watch is not None
    _count(world, transfers)
    return [
        *world.watch.problems,
        *_find_wrong_gifts(treasurers, transfers),
        *_find_wrong_returns(transfers),
        *_find_wrong_days(world, transfers),
        *_find_left_over(world),
        *_find_hidden(world, treasurers),
    ]


def _count(world: "World", transfers: list[Transfer]) -> None:
    kinds = Counter(each.kind for each in transfers)
    world.facts["given to wallets"] = kinds[TransferKind.DEPOSIT]
    world.facts["gone back from wallets"] = kinds[TransferKind.WITHDRAWAL]
    world.facts["paid by wallets"] = kinds[TransferKind.GRANT]
    world.facts["come back to wallets"] = kinds[TransferKind.REGRANT]
    days = defaultdict(set)
    for each in transfers:
        if each.kind is TransferKind.GRANT:
            days[each.user_id, each.wallet_id].add(each.at.date())
    world.facts["hidden jobs"] = sum(job.is_incognito for job in world.jobs().values())
    world.facts["people who spent on two days"] = sum(len(each) > 1 for each in days.values())


def _find_wrong_gifts(treasurers: Treasurers, transfers: list[Transfer]) -> list[str]:
    """A message gives once, what it says; nobody gives who was never an administrator."""
    given = {each.id: (each.user_id, each.credits) for each in transfers if each.kind is TransferKind.DEPOSIT}
    problems = []
    for (chat_id, message_id), order in treasurers.ordered.items():
        found = given.pop(deposit_id(message_intent(BOT_ID, chat_id, message_id)), order)
        if found != order:
            problems.append(f"message {message_id} of {order} gave {found}")
        elif order[0] not in ADMINISTRATORS and found is not order:
            problems.append(f"user {order[0]} is no administrator, and gave {order[1]}")
    return [*problems, *(f"{name} of {by} was ordered by no message" for name, by in given.items())]


def _find_wrong_returns(transfers: list[Transfer]) -> list[str]:
    """Nobody gets more back from a wallet than they gave."""
    sums: Counter[tuple[int, str]] = Counter()
    for each in transfers:
        if each.kind in {TransferKind.DEPOSIT, TransferKind.WITHDRAWAL}:
            sums[each.user_id, each.wallet_id] += each.credits * (1 if each.kind is TransferKind.DEPOSIT else -1)
    return [f"user {user_id} got {-left} credits of others back" for (user_id, _), left in sums.items() if left < 0]


def _find_wrong_days(world: "World", transfers: list[Transfer]) -> list[str]:
    """What a wallet says of its last day is what each person's jobs of that day took of it in the end."""
    granted = {each.id.partition(":")[2]: each for each in transfers if each.kind is TransferKind.GRANT}
    back = {each.id.partition(":")[2]: each.credits for each in transfers if each.kind is TransferKind.REGRANT}
    sums: Counter[tuple[str, str, str]] = Counter()
    for job_id, each in granted.items():
        came_back = back.get(job_id, 0) + back.get(reference_of(job_id), 0)
        sums[each.wallet_id, each.at.date().isoformat(), str(each.user_id)] += each.credits - came_back
    return [
        f"the wallet of {wallet.chat_id} says that user {name} spent {spent} on {wallet.day}"
        for wallet in read_wallets(world)
        for name, spent in wallet.spent.items()
        if sums[wallet.id, wallet.day, name] != spent
    ]


def _find_left_over(world: "World") -> list[str]:
    """Nobody uses a wallet any more, so none keeps anything."""
    return [
        f"the wallet of {each.chat_id} is {each.state} and keeps {each.credits} credits"
        for each in read_wallets(world)
        if each.credits or each.state is not WalletState.CLOSED
    ]


def _find_hidden(world: "World", treasurers: Treasurers) -> list[str]:
    """What was asked for incognito stands in no document that stays, and in no file."""
    users = {user_id: decode(User, world.store.collection("users")[str(user_id)]) for user_id in HIDING}
    hidden = [
        number
        for number, (user_id, at) in treasurers.numbers.items()
        if user_id in users and is_incognito(users[user_id].storage, at - UNDER_WAY)
    ]
    soon = world.ports.clock.now() + KEPT_FOR_REPETITIONS
    kept = [
        f"{key.collection}/{key.id}: {record.fields}"
        for key, record in world.store._documents.items()
        if (record.fields.get("expire_at") or soon) >= soon
    ]
    files = [f"{name}: {content!r}" for name, (content, _) in world.blobs.blobs.items()]
    return [f"{number} is still in {text[:60]}" for number in hidden for text in (*kept, *files) if number in text]
