"""/wallet N in a group: an administrator's credits become the group's, in one commit with the answer.

Only bought credits that have settled can be given, as with gifts: free ones would flow together.
"""

from dataclasses import replace

from shared.credits.transfer_documents import create_transfer
from shared.credits.wallet import Wallet, book_deposit, can_take, deposit, deposit_id, wallet_id_of
from shared.growth.commit_growth import Decision, answer_in_commit, check_unseen
from shared.growth.gift import giftable_credits
from shared.jobs.identity import message_intent
from shared.jobs.job_documents import inbox_key
from shared.jobs.wallet_documents import StoredWallet, open_wallet, wallet_key, write_wallet
from shared.people.accounts import open_record
from shared.people.user_documents import user_key
from shared.people.users import User
from shared.ports import Key, Ports, Screen
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text
from shared.wallets.wallet_screens import draw_wallet


async def give_to_wallet(ports: Ports, visit: Visit, message: Message, credit_count: int) -> None:
    """Take so many credits from an administrator, once for each message.

    Raises MessengerErrors, UnavailableError, LaterError.
    """
    chat_id, me, language = message.chat.id, message.sender.id, visit.language
    fact = message_intent(ports.bot_id, chat_id, message.message_id)

    async def decide() -> Decision:
        keys = [inbox_key(visit.inbox_id), user_key(me), Key("transfers", deposit_id(fact))]
        seen, record, known = await ports.store.read(keys)
        check_unseen(seen)
        opened, now = await open_record(ports, me, record), ports.clock.now()
        stored = await open_or_new_wallet(ports, chat_id)
        user = opened.user
        if known is not None:
            return Decision(draw_wallet(language, stored.wallet, me, now), opened, user)
        if refusal := _find_refusal(user, credit_count, has_room=can_take(stored.wallet, me, now)):
            return Decision(Screen(html_text(language, refusal)), opened, user)  # others read it, so it has no numbers
        account, transfer = book_deposit(user.account, me, stored.wallet.id, fact, credit_count, now)
        perks = replace(user.perks, giftable=user.perks.giftable - credit_count)
        wallet = deposit(stored.wallet, me, credit_count, now)
        note = html_text(language, "wallet-given", credits=credit_count)
        screen, changed = draw_wallet(language, wallet, me, now, note), replace(user, account=account, perks=perks)
        return Decision(screen, opened, changed, [create_transfer(transfer), write_wallet(stored, wallet)])

    await answer_in_commit(ports, visit, decide)


async def open_or_new_wallet(ports: Ports, chat_id: int) -> StoredWallet:
    """The group's wallet; an empty one if there is none. Raises UnavailableError."""
    wallet_id = wallet_id_of(chat_id)
    new = StoredWallet(wallet_key(wallet_id), Wallet(wallet_id, chat_id), None)
    return await open_wallet(ports.store, wallet_id) or new


def _find_refusal(user: User, credit_count: int, *, has_room: bool) -> str:
    """The id of the text that says why this person cannot give so many; empty if they can."""
    if credit_count > user.account.available:
        return "wallet-not-enough"
    if credit_count > giftable_credits(user.account, user.perks):
        return "wallet-not-bought"
    return "" if has_room else "wallet-full"
