"""All transfers as a file: complete, safe in a spreadsheet, sent once a minute."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.credits.ledger import ROUTES, Change, Transfer, TransferKind
from shared.credits.transfer_documents import create_transfer
from shared.errors import DeliveryUnknownError, MessageRejectedError
from shared.people.change_credits import change_credits
from shared.statement import send_csv
from shared.statement.csv_file import BYTE_ORDER_MARK, COLUMNS, write_header, write_rows
from shared.texts import plain_text
from tests.world import ME, World, writes_to

GIFT = Transfer(
    "operator:t-1",
    TransferKind.GIFT,
    *ROUTES[TransferKind.GIFT],
    ME,
    5,
    datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    note="thanks",
)


def read(content: bytes) -> list[dict[str, str]]:
    """The rows as a spreadsheet reads them."""
    assert content.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def files(world: World) -> list[bytes]:
    """What Telegram was asked to send as a document."""
    sent = [call.media for call in world.messenger.sent("send_document")]
    return [each.content for each in sent if each is not None and isinstance(each.content, bytes)]


async def press_csv(world: World) -> None:
    await world.send(world.tap_data("1;balcsv", 7))


async def test_every_transfer_is_a_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in pages, none is left out or doubled, and the credits add up to the balance."""
    monkeypatch.setattr(send_csv, "READ_AT_ONCE", 3)
    await world.send(world.message("/image a red fox"), world.message("/image a blue fox"))
    await change_credits(world.store, world.clock, Change(TransferKind.GIFT, ME, 5, "t-1", "=HYPERLINK(1)"))
    await world.deliver(world.message("/image an owl"))
    await world.deliver(world.tap_data("1;balcsv", 7))
    [content] = files(world)
    rows = read(content)
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len({row["receipt"] for row in rows}) == 7
    account = world.user().account
    assert sum(int(row["credits"]) for row in rows) == account.available
    assert sum(int(row["reserved"]) for row in rows) == account.held
    assert {row["time_utc"][:17] for row in rows} == {"2026-01-02T03:04:"}
    assert all(row["time_utc"].endswith("Z") for row in rows)
    assert [row["note"] for row in rows if row["kind"] == "gift"] == ["'=HYPERLINK(1)"]
    assert world.shown().text == plain_text("en", "balance-csv", count=7)


async def test_once_a_minute(world: World) -> None:
    """A second press within a minute sends nothing and says so; after the minute it does."""
    await world.send(world.message("/start"))
    await press_csv(world)
    await press_csv(world)
    assert len(files(world)) == 1
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-csv-sent")
    world.clock.advance(61)
    await press_csv(world)
    assert len(files(world)) == 2


async def test_two_presses_at_once(world: World) -> None:
    """Of two presses at the same time the one whose claim is stored sends."""
    await world.send(world.message("/start"))

    async def press_too() -> None:
        await world.deliver(world.tap_data("1;balcsv", 7))

    world.store.interrupt(writes_to("users"), press_too)
    await press_csv(world)
    assert len(files(world)) == 1
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-csv-sent")


async def test_not_sent_may_be_pressed_again(world: World) -> None:
    """What Telegram surely refused may be tried at once; what may have arrived may not."""
    await world.send(world.message("/start"))
    world.messenger.fail("send_document", MessageRejectedError("no"))
    await press_csv(world)
    assert world.user().csv_sent_at is None
    world.messenger.fail("send_document", DeliveryUnknownError("?"))
    await press_csv(world)
    await press_csv(world)
    assert len(files(world)) == 2  # as many tries
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-csv-sent")


async def test_newest_of_very_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit the file holds the newest, and its caption says so."""
    monkeypatch.setattr(send_csv, "READ_AT_ONCE", 2)
    monkeypatch.setattr(send_csv, "ROWS_MAX", 3)
    await world.send(world.message("/start"))
    for number in range(5):
        at = world.now + timedelta(seconds=number)
        await world.store.commit([create_transfer(replace(GIFT, id=f"operator:{number}", at=at))])
    await press_csv(world)
    assert [row["time_utc"][-3:-1] for row in read(files(world)[0])] == ["09", "08", "07"]
    assert world.shown().text == plain_text("en", "balance-csv-newest", count=3)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_cell_is_a_formula(note: str, job_id: str) -> None:
    """Whatever the words are, no spreadsheet takes a cell for a formula, and the row stays a row."""
    [row] = read(write_header() + write_rows([replace(GIFT, note=note, job_id=job_id)]))
    for cell in (row["note"], row["job"], row["kind"], row["about"]):
        assert not cell.startswith(tuple("=+-@\t\r\n"))
    assert row["credits"] == "5"
