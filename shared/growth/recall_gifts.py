"""All gifts of a person that nobody has opened go back at once, because the person is going to be erased."""

from dataclasses import replace

from shared.credits.bonuses import recall_gift
from shared.credits.transfer_documents import create_transfer
from shared.growth.gift import GiftState, count_recall, recall
from shared.growth.growth_documents import decode_gift, gift_key, update_gift
from shared.people.accounts import log_gift, open_user, try_until_won
from shared.ports import Ports, Query

PAGE = 100


async def recall_gifts(ports: Ports, giver_id: int) -> None:
    """Idempotent. Raises UnavailableError."""
    for record in await ports.store.find(open_gifts_of(giver_id)):
        await _recall(ports, record.key.id)


def open_gifts_of(giver_id: int) -> Query:
    """A person's gifts that wait to be opened: their credits would come back into books that are closed."""
    return Query("gifts", (("giver_id", "==", giver_id), ("state", "==", GiftState.OPEN.value)), PAGE)


async def _recall(ports: Ports, gift_id: str) -> None:
    async def attempt() -> None:
        [record] = await ports.store.read([gift_key(gift_id)])
        gift = None if record is None else decode_gift(record)
        if record is None or gift is None or gift.state is not GiftState.OPEN:
            return
        opened, now = await open_user(ports, gift.giver_id), ports.clock.now()
        account, back = recall_gift(opened.user.account, gift.giver_id, gift.id, gift.credits, now)
        changed = replace(opened.user, account=account, perks=count_recall(opened.user.perks, gift.credits))
        ended = recall(gift, now, is_told=True)
        await ports.store.commit([*opened.writes(changed), create_transfer(back), update_gift(record, ended)])
        log_gift(opened)

    await try_until_won(ports, attempt)
