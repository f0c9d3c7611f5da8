"""/wallet in a group, and its buttons.

Everybody sees what the wallet holds and what they have spent; only administrators change it and see who spent what.
Telegram is asked each time who is one: whoever was one yesterday may not give back what others gave. While Telegram
does not answer, nothing is done and the update is tried again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.credits.wallet import LIMITS, Wallet, WalletState, close, wallet_id_of
from shared.jobs.publish_jobs import publish_due
from shared.jobs.wallet_documents import StoredWallet, open_wallet, transfers_of_wallet, write_wallet
from shared.people.accounts import try_until_won
from shared.people.nobody import is_nobody
from shared.ports import Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text
from shared.wallets.give_to_wallet import give_to_wallet
from shared.wallets.wallet_screens import CLOSE, CLOSE_SURELY, LIMIT, LOG, ask_close, draw_log, draw_wallet, stamp_of

ENTRIES_SHOWN = 10


async def take_wallet_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/wallet, with or without a number of credits to give. Raises MessengerErrors, UnavailableError, LaterError."""
    words = message.own_words.strip()
    if message.chat.is_private:
        await answer(ports, visit, Screen(html_text(visit.language, "wallet-in-private")))
    elif not (words.isascii() and words.isdecimal() and int(words[:9]) > 0):
        note = html_text(visit.language, "wallet-no-number") if words else ""
        await _show(ports, visit, note)
    elif await _is_administrator(ports, message):
        await give_to_wallet(ports, visit, message, int(words[:9]))
    else:
        await answer(ports, visit, Screen(html_text(visit.language, "wallet-not-yours")))


async def press_wallet(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """A button of the wallet. Raises MessengerErrors, UnavailableError: delivered again, it does the same again."""
    what, value, *_ = (*arguments, "", "")
    stored = await open_wallet(ports.store, wallet_id_of(tap.chat.id))
    if tap.chat.is_private or stored is None:
        await toast(ports, visit, tap, "old-menu")
    elif what in {LIMIT, LOG, CLOSE, CLOSE_SURELY} and not await _is_administrator(ports, tap):
        await toast(ports, visit, tap, "wallet-not-yours-toast")
    else:
        await answer_tap(ports, tap.query_id)
        screen = await _press(ports, visit, stored, what, value)
        await ports.messenger.edit_text(visit.place, tap.message_id, screen)


async def _press(ports: Ports, visit: Visit, stored: StoredWallet, what: str, value: str) -> Screen:
    language = visit.language
    if what == LOG:
        return await _read_log(ports, visit, stored.wallet)
    if what == CLOSE and stored.wallet.state is not WalletState.CLOSED:
        return ask_close(language, stored.wallet)
    if what == LIMIT and value in map(str, LIMITS):
        stored = await _change(ports, stored, lambda wallet: replace(wallet, limit=int(value)))
    elif what == CLOSE_SURELY and value == stamp_of(stored.wallet):
        now = ports.clock.now()
        stored = await _change(ports, stored, lambda wallet: _close_asked(wallet, value, now))
        await publish_due(ports, stored.key)
    return draw_wallet(language, stored.wallet, None, ports.clock.now())  # it may have answered somebody else


async def _show(ports: Ports, visit: Visit, note: str) -> None:
    stored = await open_wallet(ports.store, wallet_id_of(visit.update.chat.id))
    wallet = None if stored is None else stored.wallet
    await answer(ports, visit, draw_wallet(visit.language, wallet, visit.update.sender.id, ports.clock.now(), note))


def _close_asked(wallet: Wallet, stamp: str, now: datetime) -> Wallet:
    """The wallet that an administrator gave up, unless it is another one by now."""
    is_same = wallet.state is not WalletState.CLOSED and stamp_of(wallet) == stamp
    return close(wallet, now) if is_same else wallet


async def _change(ports: Ports, stored: StoredWallet, change: Callable[[Wallet], Wallet]) -> StoredWallet:
    """The wallet after a change; after a lost race it is read and changed again. Raises UnavailableError."""

    async def attempt() -> StoredWallet:
        current = await open_wallet(ports.store, stored.key.id)
        assert current is not None, "wallets are never deleted"
        changed = change(current.wallet)
        if changed != current.wallet:
            await ports.store.commit([write_wallet(current, changed)])
        return replace(current, wallet=changed)

    return await try_until_won(ports, attempt)


async def _read_log(ports: Ports, visit: Visit, wallet: Wallet) -> Screen:
    """The newest entries. Whoever left the group is still named, an erased person is not."""
    records = await ports.store.find(transfers_of_wallet(wallet.id, ENTRIES_SHOWN))
    entries = [decode(Transfer, record.fields) for record in records]
    people = sorted({each.user_id for each in entries if not is_nobody(each.user_id)})
    found = await asyncio.gather(*(ports.messenger.find_member(wallet.chat_id, person) for person in people))
    names = {person: member.name for person, member in zip(people, found, strict=True) if member is not None}
    return draw_log(visit.language, entries, names)


async def _is_administrator(ports: Ports, update: Message | Tap) -> bool:
    member = await ports.messenger.find_member(update.chat.id, update.sender.id)
    return member is not None and member.is_administrator
