"""The screens of a group's wallet. Pure.

    👛 96 credits · 20 a day for each · you: 4 today
    10   ✅ 20   50   100          an administrator's choice
    🧾 Entries      ↩️ Give it back

Each button carries an absolute value. *Give it back* asks once more, about the wallet as it was when it was asked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shared.credits.ledger import Transfer, TransferKind
from shared.credits.wallet import LIMITS, Wallet, WalletState, next_withdrawal, spent_by
from shared.people.users import Language
from shared.ports import Button, Screen
from shared.statement.job_words import name_kind
from shared.telegram.callbacks import write_callback, write_moment
from shared.texts import html_text, plain_text, shorten, write_short_moment

WALLET = "wallet"
"""The action of the buttons; their first argument says which."""
LIMIT, LOG, SHOW, CLOSE, CLOSE_SURELY = "limit", "log", "show", "close", "closeyes"
NAME_CHARACTERS_MAX = 24
_ENTRIES = {
    TransferKind.DEPOSIT: "wallet-entry-deposit",
    TransferKind.WITHDRAWAL: "wallet-entry-withdrawal",
    TransferKind.GRANT: "wallet-entry-grant",
    TransferKind.REGRANT: "wallet-entry-regrant",
}


def draw_wallet(
    language: Language, wallet: Wallet | None, user_id: int | None, now: datetime, note: str = ""
) -> Screen:
    """The wallet, and what the person who is answered has used of it. `note`, in HTML, stands above it.

    user_id: None for a message that others read as an answer to them.
    """
    above = [note] if note else []
    is_closed = wallet is not None and wallet.state is WalletState.CLOSED
    if wallet is None or (is_closed and next_withdrawal(wallet) is None):
        return Screen("\n\n".join([*above, html_text(language, "wallet-none")]))
    if is_closed:
        return Screen("\n\n".join([*above, html_text(language, "wallet-closed", credits=wallet.credits)]))
    spent, whose = (0, "nobody") if user_id is None else (spent_by(wallet, user_id, now), "reader")
    text = html_text(language, "wallet-open", credits=wallet.credits, limit=wallet.limit, spent=spent, whose=whose)
    limits = tuple(_limit_button(wallet, limit) for limit in LIMITS)
    below = (_button(language, "button-wallet-log", LOG), _button(language, "button-wallet-close", CLOSE))
    return Screen("\n\n".join([*above, text]), (limits, below))


def ask_close(language: Language, wallet: Wallet) -> Screen:
    """The question before the wallet is given up."""
    yes = _button(language, "button-wallet-close-yes", CLOSE_SURELY, stamp_of(wallet))
    no = _button(language, "button-wallet-close-no", SHOW)
    return Screen(html_text(language, "wallet-close-ask", credits=wallet.credits), ((yes,), (no,)))


def stamp_of(wallet: Wallet) -> str:
    """What a question was about: another deposit makes it another wallet."""
    last = "" if not wallet.deposits else write_moment(wallet.deposits[-1].at)
    return f"{last}-{wallet.withdrawals}"


def draw_log(language: Language, entries: Sequence[Transfer], names: Mapping[int, str]) -> Screen:
    """The newest entries of the wallet, with the names of people who are known."""
    back = ((_button(language, "button-wallet-back", SHOW),),)
    lines = [_draw_entry(language, each, names) for each in entries if each.kind in _ENTRIES]
    return Screen("\n".join([html_text(language, "wallet-log"), *lines]), back)


def _draw_entry(language: Language, entry: Transfer, names: Mapping[int, str]) -> str:
    name = shorten(names.get(entry.user_id, ""), NAME_CHARACTERS_MAX) or plain_text(language, "wallet-somebody")
    date, what = write_short_moment(language, entry.at), name_kind(language, entry.job_kind)
    return html_text(language, _ENTRIES[entry.kind], date=date, credits=entry.credits, name=name, what=what)


def _limit_button(wallet: Wallet, limit: int) -> Button:
    label = f"✅ {limit}" if limit == wallet.limit else str(limit)
    return Button(label, write_callback(WALLET, LIMIT, limit))


def _button(language: Language, text_id: str, *arguments: str) -> Button:
    return Button(plain_text(language, text_id), write_callback(WALLET, *arguments))
