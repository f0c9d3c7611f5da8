"""Opening a gift's link: its credits become those of whoever opens it first.

link ── OPEN: account + received + gift + answer ✓ ── sent ── task: its giver is told
     ── of the giver, over, or unknown ── words
"""

from dataclasses import replace
from datetime import datetime

from shared.credits.bonuses import receive_gift
from shared.credits.transfer_documents import create_transfer
from shared.growth.commit_growth import Decision, answer_in_commit, check_unseen
from shared.growth.gift import GiftState, ends_at, gift_id_of, read_gift_link, receive
from shared.growth.give_gift import COMMAND, take_gift_command
from shared.growth.growth_documents import decode_gift, gift_key, update_gift
from shared.jobs.job_documents import inbox_key
from shared.jobs.publish_jobs import publish_due
from shared.people.accounts import OpenUser, open_record
from shared.people.user_documents import user_key
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
        return _open(open_record(ports, me, stored), record, visit.language, now)

    decision = await answer_in_commit(ports, visit, decide)
    if decision.writes:
        await publish_due(ports, gift_key(gift_id))
    return True


def _open(opened: OpenUser, record: Record | None, language: Language, now: datetime) -> Decision:
    """What this person sees, with further writes if the gift becomes theirs."""
    user, gift = opened.user, None if record is None else decode_gift(record)
    if record is None or gift is None:
        return Decision(Screen(html_text(language, "gift-unknown")), opened, user)
    if gift.receiver_id == user.id:
        return Decision(Screen(html_text(language, "gift-yours-already", credits=gift.credits)), opened, user)
    if gift.state is not GiftState.OPEN or now >= ends_at(gift):
        return Decision(Screen(html_text(language, "gift-gone")), opened, user)
    if gift.giver_id == user.id:
        return Decision(Screen(html_text(language, "gift-own", credits=gift.credits)), opened, user)
    account, received = receive_gift(user.account, user.id, gift.id, gift.credits, now)
    text = html_text(language, "gift-opened", credits=gift.credits, available=account.available)
    writes: list[Write] = [create_transfer(received), update_gift(record, receive(gift, user.id, now))]
    return Decision(Screen(text), opened, replace(user, account=account), writes)
