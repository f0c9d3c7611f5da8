"""All transfers of a person as a file, at most once a minute: a send is not idempotent, and reading them costs.

read in pages ── claim ✓ in the user's document ── send ✓                       sent once
              ── claim ✗ it was sent just now ── the toast says so
              ── claim ✓ ── send ✗ surely not sent ── the claim is taken back ── another press may try
              ── claim ✓ ── send ? ── the claim stays: it may have arrived
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.credits.transfer_documents import all_transfers_of
from shared.errors import DeliveryUnknownError, MessengerError
from shared.people.accounts import OpenUser, change_user, open_user
from shared.people.users import Language, User, language_of
from shared.ports import Media, Place, Ports, Screen
from shared.statement.csv_file import write_header, write_rows
from shared.telegram.send_patiently import send_patiently
from shared.telegram.taps import toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text

PAUSE = timedelta(minutes=1)
READ_AT_ONCE = 500
"""How many transfers are in memory as documents at a time."""
ROWS_MAX = 100_000
"""A row has 72 bytes, so the file has at most 8 MB or so; Telegram takes 50."""


async def press_csv(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Send the file. Raises UnavailableError."""
    if not tap.chat.is_private:
        await toast(ports, visit, tap, "old-menu")
        return
    statement = await _claim_statement(ports, visit.opened, visit.language, visit.received_at)
    if statement is None:
        await toast(ports, visit, tap, "toast-csv-sent")
        return
    await toast(ports, visit, tap, "toast-csv")
    await _send(ports, tap.sender.id, Place(tap.chat.id, tap.chat.thread_id), *statement)


async def send_whole_statement(ports: Ports, user_id: int, asked_at: datetime) -> None:
    """Send the file to the private chat, unless it was sent within the minute before. Raises UnavailableError."""
    opened = await open_user(ports, user_id)
    statement = await _claim_statement(ports, opened, language_of(opened.user, ""), asked_at)
    if statement is not None:
        await _send(ports, user_id, Place(user_id), *statement)


async def _claim_statement(
    ports: Ports, opened: OpenUser, language: Language, asked_at: datetime
) -> tuple[Media, Screen] | None:
    """The file and its caption, for whoever asks first within a minute; None for everybody else."""
    if not may_send_csv(opened.user, asked_at):
        return None
    content, count = await _write_file(ports, opened.user.id)
    if not await _claim(ports, opened, asked_at):
        return None
    text_id = "balance-csv" if count < ROWS_MAX else "balance-csv-newest"
    return Media(content, f"credits-{asked_at:%Y-%m-%d}.csv"), Screen(html_text(language, text_id, count=count))


async def _write_file(ports: Ports, user_id: int) -> tuple[bytes, int]:
    """The file, and its number of rows: the newest ROWS_MAX transfers."""
    parts, count, after = [write_header()], 0, None
    while count < ROWS_MAX:
        limit = min(READ_AT_ONCE, ROWS_MAX - count)
        found = await ports.store.find(all_transfers_of(user_id, limit, after))
        transfers = [decode(Transfer, record.fields) for record in found]
        parts.append(write_rows(transfers))
        count += len(transfers)
        if len(transfers) < limit:
            break
        after = (transfers[-1].at, found[-1].key.id)
    return b"".join(parts), count


def may_send_csv(user: User, asked_at: datetime) -> bool:
    """Whether the file was not sent within the minute before."""
    return user.csv_sent_at is None or asked_at >= user.csv_sent_at + PAUSE


async def _claim(ports: Ports, opened: OpenUser, asked_at: datetime) -> bool:
    """Note the time of sending; whether this wish is the one that is sent."""
    now, is_ours = ports.clock.now(), False

    def claim(user: User) -> User | None:
        nonlocal is_ours
        is_ours = may_send_csv(user, asked_at)
        return replace(user, csv_sent_at=now) if is_ours else None

    await change_user(ports, opened, claim)
    return is_ours


async def _send(ports: Ports, user_id: int, place: Place, document: Media, caption: Screen) -> None:
    """Send it; if it was certainly not sent, allow another press."""
    try:
        await send_patiently(ports, lambda: ports.messenger.send_document(place, document, caption))
    except DeliveryUnknownError:
        return
    except MessengerError:
        await change_user(ports, await open_user(ports, user_id), lambda user: replace(user, csv_sent_at=None))
