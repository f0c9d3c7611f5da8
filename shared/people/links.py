"""Who uses an account. An account has an id of its own, made of its first link, so that two first contacts at once
make one account.

So far an account has one link, its person's number at Telegram, and stands in that person's document.
"""

from dataclasses import replace

from shared.credits.ledger import Account
from shared.hash_ids import hash_id

TELEGRAM = "telegram:"
"""The beginning of the links that Telegram's numbers make."""


def telegram_link(user_id: int) -> str:
    """The link of the person whom Telegram numbers so."""
    return f"{TELEGRAM}{user_id}"


def account_id_of(first_link: str) -> str:
    """The id of the account that was opened for this link."""
    return hash_id("account", first_link)


def name_account(account: Account, user_id: int) -> Account:
    """The account with its id and its link: a new one, or one that only older releases wrote."""
    if account.id:
        return account
    link = telegram_link(user_id)
    return replace(account, id=account_id_of(link), links=(link,))
