"""Opening a gift's link: its credits become those of whoever opens it first.

link ── OPEN: both accounts + received + gift + answer ✓ ── sent ── task: its giver is told
     ── OPEN, but a payment of its giver was returned: account of the giver + recalled + gift + answer ✓
     ── of the giver, over, or unknown ── words
"""

from dataclasses import replace
from datetime import datetime

from shared.codec import update
from shared.credits.bonuses import recall_gift, receive_gift
from shared.credits.transfer_documents import create_transfer
from shared.growth.commit_growth import Decision, answer_in_commit, check_unseen
from shared.growth.gift import (
    Gift,
    GiftState,
    count_arrival,
    count_recall,
    ends_at,
    gift_id_of,
    is_covered,
    read_gift_link,
    recall,
    receive,
)
from shared.growth.give_gift import COMMAND, take_gift_command
from shared.growth.growth_documents import decode_gift, gift_key, update_gift
from shared.jobs.job_documents import inbox_key
from shared.jobs.publish_jobs import publish_due
from shared.people.accounts import OpenUser, open_record
from shared.people.user_documents import decode_user, user_key
from shared.people.users import Language
from shared.ports import Ports, Record, Screen, Write
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text


async def open_gift_link(ports: Ports, visit: Visit, message: Message) -> bool:
    """Take the gift to which the payload of a /start leads; False if it leads to none.

    Raises MessengerErrors, UnavailableError, LaterError.
    """
    if message.text == COMMAND:
        await take_gift_command(ports, visit, replace(message, text=""))
        return True
    token = read_gift_link(message.text)
    if not token:
        return False
    gift_id = gift_id_of(token)

    async def decide() -> Decision:
        me, now = visit.update.sender.id, ports.clock.now()
        seen, record, stored = await ports.store.read([inbox_key(visit.inbox_id), gift_key(gift_id), user_key(me)])
        check_unseen(seen)
        opened = await open_record(ports, me, stored)
        gift = None if record is None else decode_gift(record)
        refusal = _find_refusal(gift, me, now)
        if refusal or record is None or gift is None:
            text = html_text(visit.language, refusal, credits=0 if gift is None else gift.credits)
            return Decision(Screen(text), opened, opened.user)
        [giver] = await ports.store.read([user_key(gift.giver_id)])
        assert giver is not None, "people are never deleted"
        return _open(opened, giver, record, visit.language, now)

    decision = await answer_in_commit(ports, visit, decide)
    if decision.writes:
        await publish_due(ports, gift_key(gift_id))
    return True


def _find_refusal(gift: Gift | None, me: int, now: datetime) -> str:
    """The id of the text for whom a gift cannot be; empty if it can."""
    if gift is None:
        return "gift-unknown"
    if gift.receiver_id == me:
        return "gift-yours-already"
    if gift.state is not GiftState.OPEN or now >= ends_at(gift):
        return "gift-withdrawn" if gift.is_uncovered else "gift-gone"
    return "gift-own" if gift.giver_id == me else ""


def _open(opened: OpenUser, giver: Record, record: Record, language: Language, now: datetime) -> Decision:
    """The gift becomes this person's; one whose payment was returned goes back to its giver.

    The giver's document is written too, so that a return at the same moment is not overlooked.
    """
    gift, person, user = decode_gift(record), decode_user(giver), opened.user
    if not is_covered(person.account, person.perks):
        account, back = recall_gift(person.account, person.id, gift.id, gift.credits, now)
        person = replace(person, account=account, perks=count_recall(person.perks, gift.credits))
        ended = recall(gift, now, is_told=False, is_uncovered=True)
        writes: list[Write] = [update(giver, person), create_transfer(back), update_gift(record, ended)]
        return Decision(Screen(html_text(language, "gift-withdrawn")), opened, user, writes)
    person = replace(person, perks=count_arrival(person.perks, gift.credits))
    account, received = receive_gift(user.account, user.id, gift.id, gift.credits, now)
    text = html_text(language, "gift-opened", credits=gift.credits, available=account.available)
    writes = [update(giver, person), create_transfer(received), update_gift(record, receive(gift, user.id, now))]
    return Decision(Screen(text), opened, replace(user, account=account), writes)
