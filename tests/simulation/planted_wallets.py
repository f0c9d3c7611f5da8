"""Faults with groups' wallets that a tired engineer might make; the simulation must notice each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from shared.credits import wallet as rules
from shared.credits.ledger import Account, Transfer
from shared.credits.wallet import Wallet, WalletState
from shared.growth import book_charges
from shared.jobs import accept_request, open_jobs, pay_by_wallet
from shared.jobs.identity import message_intent
from shared.jobs.job import Job
from shared.jobs.pay_by_wallet import Returned
from shared.jobs.wallet_documents import StoredWallet, open_wallet
from shared.people.storage import Storage
from shared.people.users import User
from shared.ports import Ports, Store, Write
from shared.telegram.group_changes import BotPlaced
from shared.telegram.updates import Message, Tap
from shared.wallets import follow_group, give_to_wallet, pay_wallet_back, show_wallet
from tests.simulation.planted_payments import Plant


def members_keep_what_is_released(patch: pytest.MonkeyPatch) -> None:
    """What a job of a wallet did not cost stays with the member."""

    async def keep(_: Ports, __: Job, account: Account, ___: Sequence[Transfer], ____: datetime) -> Returned:
        return Returned(account)

    patch.setattr(open_jobs, "return_to_wallet", keep)


def no_limit_of_the_day(patch: pytest.MonkeyPatch) -> None:
    """What somebody has spent counts only where it alone is beyond the limit."""

    def forget(_: Wallet, __: int, ___: datetime) -> int:
        return 0

    patch.setattr(rules, "spent_by", forget)


def the_day_never_ends(patch: pytest.MonkeyPatch) -> None:
    """What was spent yesterday is counted among what is spent today."""

    def same_day(_: datetime) -> str:
        return "2026-11-01"

    patch.setattr(rules, "_day", same_day)


def everybody_is_an_administrator(patch: pytest.MonkeyPatch) -> None:
    """Whoever is in the group may give its credits away, and their own."""

    async def agree(ports: Ports, update: Message | Tap) -> bool:
        return await ports.messenger.find_member(update.chat.id, update.sender.id) is not None

    patch.setattr(show_wallet, "_is_administrator", agree)


def a_gift_for_each_update(patch: pytest.MonkeyPatch) -> None:
    """A message that Telegram numbers anew gives once more."""
    count = iter(range(10**6))

    def name_anew(*arguments: int) -> str:
        return f"{message_intent(*arguments)}{next(count)}"

    patch.setattr(give_to_wallet, "message_intent", name_anew)


def the_first_giver_gets_all(patch: pytest.MonkeyPatch) -> None:
    """What is left goes to whoever gave first."""

    def find_first(wallet: Wallet) -> tuple[int, int] | None:
        return (wallet.deposits[0].giver_id, wallet.credits) if wallet.credits else None

    patch.setattr(pay_wallet_back, "next_withdrawal", find_first)


def groups_without_a_word_keep_all(patch: pytest.MonkeyPatch) -> None:
    """Only a wallet that the bot has left is closed."""
    close = rules.close_due

    def close_left(wallet: Wallet, now: datetime) -> Wallet:
        return close(wallet, now) if wallet.state is WalletState.LEFT else wallet

    patch.setattr(pay_wallet_back, "close_due", close_left)


def debts_first(patch: pytest.MonkeyPatch) -> None:
    """A returned payment leaves its giver a debt, whatever still lies in wallets."""

    async def owe(_: Store, user: User, __: datetime) -> tuple[User, list[Write]]:
        return user, []

    patch.setattr(book_charges, "cover_debt", owe)


def members_pay_unasked(patch: pytest.MonkeyPatch) -> None:
    """What the wallet does not pay is paid by whoever ordered it."""
    find = pay_by_wallet.find_purse

    async def find_able(ports: Ports, wallet_id: str, price: int) -> StoredWallet | None:
        purse = await find(ports, wallet_id, price)
        return None if purse is None or purse.wallet.credits < price else purse

    patch.setattr(accept_request, "find_purse", find_able)


def late_news_closes_a_supergroup(patch: pytest.MonkeyPatch) -> None:
    """That the bot is out of the chat which became a supergroup counts for the supergroup."""
    place = follow_group.follow_bot

    async def follow(ports: Ports, update: BotPlaced) -> None:
        stored = await open_wallet(ports.store, rules.wallet_id_of(update.chat_id))
        await place(ports, update if stored is None else replace(update, chat_id=stored.wallet.chat_id))

    patch.setattr(follow_group, "follow_bot", follow)


def incognito_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What is asked for incognito is kept like everything else."""

    def forget(_: Storage, __: datetime) -> bool:
        return False

    patch.setattr(accept_request, "is_incognito", forget)


PLANTED_IN_WALLETS: tuple[Plant, ...] = (
    members_keep_what_is_released,
    no_limit_of_the_day,
    everybody_is_an_administrator,
    a_gift_for_each_update,
    the_first_giver_gets_all,
    groups_without_a_word_keep_all,
    debts_first,
    members_pay_unasked,
    the_day_never_ends,
    late_news_closes_a_supergroup,
    incognito_is_forgotten,
)
