"""/gift N: credits leave the giver in one commit with the message that holds the link; its button takes them back."""

from contextlib import suppress
from dataclasses import replace

from shared.credits.bonuses import recall_gift, send_gift
from shared.credits.catalogue import GROWTH
from shared.credits.transfer_documents import create_transfer
from shared.errors import MessengerError
from shared.growth.commit_growth import Decision, answer_in_commit, check_unseen, show_in_private
from shared.growth.gift import (
    LINK,
    Gift,
    GiftState,
    count_gift,
    count_recall,
    ends_at,
    find_refusal,
    gift_id_of,
    giftable_credits,
    new_gift,
    recall,
)
from shared.growth.growth_documents import create_gift, decode_gift, gift_key, update_gift
from shared.hash_ids import is_id
from shared.jobs.job_documents import inbox_key
from shared.people.accounts import log_gift, open_record, open_user, try_until_won
from shared.people.user_documents import user_key
from shared.people.users import Language
from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.sharing_url import sharing_url
from shared.telegram.taps import toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text, write_moment

COMMAND = "gift"
RECALL = "ungift"


async def take_gift_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/gift, in the private chat, with or without a number. Raises MessengerErrors, UnavailableError, LaterError."""
    words = message.own_words.strip()
    if not visit.update.chat.is_private:
        await show_in_private(ports, visit, COMMAND)
    elif words.isascii() and words.isdecimal() and int(words[:9]) > 0:
        await _give(ports, visit, int(words[:9]))
    else:
        user = visit.opened.user
        facts = {"credits": giftable_credits(user.account, user.perks), "most": GROWTH.gift_credits_max}
        await answer(ports, visit, Screen(html_text(visit.language, "gift-how", **facts)))


async def _give(ports: Ports, visit: Visit, credit_count: int) -> None:
    token, username, language = ports.ids.token(), await ports.messenger.username(), visit.language
    gift_id = gift_id_of(token)

    async def decide() -> Decision:
        seen, record = await ports.store.read([inbox_key(visit.inbox_id), user_key(visit.update.sender.id)])
        check_unseen(seen)
        opened, now = await open_record(ports, visit.update.sender.id, record), ports.clock.now()
        user = opened.user
        refusal = find_refusal(user.account, user.perks, credit_count, GROWTH, now)
        if refusal is not None:
            facts = {"credits": giftable_credits(user.account, user.perks), "most": GROWTH.gift_credits_max}
            return Decision(Screen(html_text(language, refusal, **facts)), opened, user)
        account, sent = send_gift(user.account, user.id, gift_id, credit_count, now)
        gift = new_gift(gift_id, user.id, credit_count, language, now)
        changed = replace(user, account=account, perks=count_gift(user.perks, credit_count, now))
        screen = _draw_gift(language, gift, f"https://t.me/{username}?start={LINK}{token}")
        return Decision(screen, opened, changed, [create_transfer(sent), create_gift(gift)])

    await answer_in_commit(ports, visit, decide)


def _draw_gift(language: Language, gift: Gift, url: str) -> Screen:
    day = write_moment(language, ends_at(gift))
    text = html_text(language, "gift-made", credits=gift.credits, url=url, time=day)
    invitation = plain_text(language, "gift-invitation", credits=gift.credits)
    send = sharing_url(url, invitation)
    back = Button(plain_text(language, "button-gift-back"), write_callback(RECALL, gift.id))
    return Screen(text, ((Button(plain_text(language, "button-gift-send"), url=send),), (back,)))


async def press_recall(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Take a gift back that nobody has opened. Raises UnavailableError."""
    gift_id = "".join(arguments[:1])
    gift = await _recall(ports, visit, gift_id) if is_id(gift_id) else None
    if gift is None:
        await toast(ports, visit, tap, "old-menu")
    elif gift.state is GiftState.RECEIVED:
        await toast(ports, visit, tap, "gift-received-already")
    else:
        await toast(ports, visit, tap, "gift-recalled-toast")
        text = html_text(visit.language, "gift-recalled", credits=gift.credits)
        with suppress(MessengerError):  # a deleted message is ignored
            await ports.messenger.edit_text(visit.place, tap.message_id, Screen(text))


async def _recall(ports: Ports, visit: Visit, gift_id: str) -> Gift | None:
    """The gift as it is after the press; None if it is not this person's."""

    async def attempt() -> Gift | None:
        [record] = await ports.store.read([gift_key(gift_id)])
        gift = None if record is None else decode_gift(record)
        if record is None or gift is None or gift.giver_id != visit.update.sender.id:
            return None
        if gift.state is not GiftState.OPEN:
            return gift
        opened, now = await open_user(ports, gift.giver_id), ports.clock.now()
        user = opened.user
        account, back = recall_gift(user.account, user.id, gift.id, gift.credits, now)
        changed = replace(user, account=account, perks=count_recall(user.perks, gift.credits))
        ended = recall(gift, now, is_told=True)
        await ports.store.commit([*opened.writes(changed), create_transfer(back), update_gift(record, ended)])
        log_gift(opened)
        return ended

    return await try_until_won(ports, attempt)
