"""An operator's change of a person's credits: account and transfer in one commit, once per reference."""

from dataclasses import dataclass, replace

from shared.codec import decode, update
from shared.credits.ledger import Change, Side, Transfer, book_change, change_id
from shared.credits.transfer_documents import create_transfer
from shared.errors import UnusableChangeError
from shared.people.accounts import try_without_pause
from shared.people.user_documents import decode_user, user_key
from shared.ports import Clock, Key, Store

CHARACTERS_MAX = 100
"""The longest reason or reference."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The result of a change."""

    available: int
    """The available credits after it."""
    is_new: bool
    """False: the same change was booked before."""


async def change_credits(store: Store, clock: Clock, change: Change) -> Changed:
    """Book a change, unless it is booked already.

    Raises UnusableChangeError if it is invalid. After an UnavailableError repeat it: it may have been booked.
    """
    for name, words in (("reference", change.reference), ("reason", change.reason)):
        if not words or len(words) > CHARACTERS_MAX or not words.isprintable():
            raise UnusableChangeError(f"a {name} is one line of 1 to {CHARACTERS_MAX} characters")
    if "/" in change.reference:
        raise UnusableChangeError("a reference has no slash: it is part of a document's name")
    return await try_without_pause(lambda: _try_to_change(store, clock, change))


async def _try_to_change(store: Store, clock: Clock, change: Change) -> Changed:
    stored, booked = await store.read([user_key(change.user_id), Key("transfers", change_id(change))])
    if booked is not None and not _is_same(change, decode(Transfer, booked.fields)):
        raise UnusableChangeError(f"the reference {change.reference} stands for another change already")
    if stored is None:
        raise UnusableChangeError(f"nobody with the id {change.user_id} has been here")
    user = decode_user(stored)
    if booked is not None:
        return Changed(user.account.available, is_new=False)
    try:
        account, transfer = book_change(user.account, change, clock.now())
    except ValueError as error:
        raise UnusableChangeError(str(error)) from error
    await store.commit([update(stored, replace(user, account=account)), create_transfer(transfer)])
    return Changed(account.available, is_new=True)


def _is_same(change: Change, transfer: Transfer) -> bool:
    """Whether this transfer is the same change; the reason may be worded differently."""
    signed = transfer.credits if transfer.target is Side.AVAILABLE else -transfer.credits
    return (transfer.kind, transfer.user_id, signed) == (change.kind, change.user_id, change.credits)
