"""Links between people and accounts. An account's id is derived from its first link, so that two simultaneous first
contacts create one account.

So far an account has one link, the person's Telegram user id, and is part of that person's document.
"""

from dataclasses import replace

from shared.credits.ledger import Account
from shared.hash_ids import hash_id

TELEGRAM = "telegram:"
"""The prefix of links made from Telegram's user ids."""


def telegram_link(user_id: int) -> str:
    """The link of a Telegram user."""
    return f"{TELEGRAM}{user_id}"


def account_id_of(first_link: str) -> str:
    """The id of the account that was opened for this link."""
    return hash_id("account", first_link)


def name_account(account: Account, user_id: int) -> Account:
    """The account with its id and link, which new accounts and those of older releases lack."""
    if account.id:
        return account
    link = telegram_link(user_id)
    return replace(account, id=account_id_of(link), links=(link,))
