"""A balance is shown to its person alone."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from shared.codec import encode
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY
from shared.credits.ledger import (
    Change,
    Charge,
    Operated,
    TakingBack,
    TransferKind,
    book_change,
    book_purchase,
    take_back,
)
from shared.credits.transfer_documents import create_transfer
from shared.errors import BotBlockedError, DeliveryUnknownError, MessageRejectedError, NanoBananaError
from shared.jobs.open_jobs import change_job, open_jobs
from shared.people.user_documents import user_key
from shared.ports import Create, Key, Update
from shared.providers.outcomes import Refused
from shared.statement.entries import ENTRIES_SHOWN
from shared.texts import html_text
from tests.world import GROUP, ME, World

TAKING_BACK: tuple[TakingBack, ...] = get_args(TakingBack)


async def test_balance_of_a_stranger(world: World) -> None:
    """A first contact has the gift and no entries yet."""
    await world.send(world.message("/balance"))
    assert world.shown().text == "You have <b>20</b> credits\n\nNo entries yet."


async def test_balance(world: World) -> None:
    """Each job is one line: reserved, spent or returned; the newest first; prompts are escaped."""
    world.model.script("a bad fox", Refused("SAFETY"))
    await world.deliver(world.message("a <b>red</b> fox"))
    world.clock.advance(1)
    await world.settle()
    world.clock.advance(60)
    await world.send(world.message("a bad fox"))
    world.clock.advance(60)
    await world.deliver(world.message("a blue fox"))
    world.tasks.take_all()
    await world.send(world.message("/balance"))
    title, _, *lines, times = world.shown().text.splitlines()
    assert title == "You have <b>12</b> credits · 4 reserved for what is in the works"
    assert times == "<i>Times are UTC.</i>"
    assert [line.split(" · ", 1)[1] for line in lines] == [
        "4 reserved · a blue fox",
        "4 credits returned · a bad fox",
        "−4 · a &lt;b&gt;red&lt;/b&gt; fox",
        "+20 · welcome gift",
    ]


async def test_ledger_holds_no_words(world: World) -> None:
    """What was asked for is read from the job: a deleted picture's words, and those of a job that is gone, are gone."""
    await world.send(world.message("a red fox"))
    assert not [each.note for each in world.transfers() if each.note]
    job = world.job()
    await world.store.commit([Create(Key("transfers", "capture:gone"), capture(world, "gone") | {"job_kind": ""})])
    [opened] = await open_jobs(world.ports, [job.id])
    await change_job(world.ports, opened, lambda job: replace(job, deleted_at=world.now))
    await world.send(world.message("/balance"))
    assert world.shown().text.count("−4 · picture") == 1
    assert world.shown().text.count("−4 · request") == 1


async def test_what_is_no_picture_is_not_called_one(world: World) -> None:
    """A paid answer is one line: what it cost. The rest of what was held for it is no entry."""
    await world.give(20)
    for number in range(FREE_ANSWERS_PER_DAY + 1):
        await world.send(world.message(f"/ask how much is {number} plus 2?"))
    await world.send(world.message("/balance"))
    spent = 20 - world.user().account.available
    assert [line.split(" · ", 1)[1] for line in world.shown().text.splitlines()[2:-1]] == [
        f"−{spent} · answer",
        "+20 · bonus",
    ]


async def test_entry_of_a_newer_release(world: World) -> None:
    """A kind of transfer that this release does not know is shown as what it is: an entry."""
    await world.send(world.message("a red fox"))
    await world.store.commit([Create(Key("transfers", "newer:1"), capture(world, "newer") | {"kind": "newer"})])
    await world.send(world.message("/balance"))
    assert " · 4 · other entry" in world.shown().text


def capture(world: World, job_id: str) -> dict[str, object]:
    """The stored end of the world's hold, as that of another job."""
    [fields] = [each for each in world.store.collection("transfers").values() if each["kind"] == "capture"]
    return {**fields, "job_id": job_id}


async def test_balance_of_what_is_no_picture(world: World) -> None:
    """Purchases, what became of them, and an operator's changes have their words; a debt is a number below zero."""
    await world.give(1)
    account = world.user().account
    charges = Charge("c-1", ME, 50), Charge("c-2", ME, 30)
    booked = []
    for charge, kind in zip(charges, TAKING_BACK, strict=True):
        account, bought = book_purchase(account, charge, world.now)
        account, taken = take_back(account, charge, kind, world.now + timedelta(seconds=1))
        booked += [bought, taken]
    changes: list[tuple[Operated, int]]
    changes = [(TransferKind.GIFT, 5), (TransferKind.CORRECTION, 3), (TransferKind.CORRECTION, -9)]
    for operated, credit_count in changes:
        change = Change(operated, ME, credit_count, f"ticket-{credit_count}", f"<words> {credit_count}")
        account, changed = book_change(account, change, world.now + timedelta(seconds=2))
        booked.append(changed)
    [stored] = await world.store.read([user_key(ME)])
    assert stored is not None
    update = Update(user_key(ME), {"account": encode(account)}, stored.version)
    await world.store.commit([update, *map(create_transfer, booked)])
    await world.send(world.message("/balance"))
    assert {line.split(" · ", 1)[1] for line in world.shown().text.splitlines()[2:-1]} >= {
        "+50 · bought", "−50 · refunded", "+30 · bought", "−30 · payment taken back",
        "+5 · &lt;words&gt; 5", "+3 · &lt;words&gt; 3", "−9 · &lt;words&gt; -9",
    }  # fmt: skip
    world.check_money()


async def test_long_balance(world: World) -> None:
    """Only the newest entries are shown."""
    await world.give(100)
    for number in range(ENTRIES_SHOWN + 5):
        await world.send(world.message(f"fox {number}"))
        world.clock.advance(60)
    await world.send(world.message("/balance"))
    lines = world.shown().text.splitlines()[2:-1]
    assert len(lines) == ENTRIES_SHOWN
    assert lines[0].endswith(f"fox {ENTRIES_SHOWN + 4}")
    world.check_money()


async def test_free_credits_of_the_day(world: World) -> None:
    """The daily allowance is no welcome gift."""
    await world.give(1)
    world.clock.advance(24 * 3600)
    await world.send(world.message("/balance"))
    await world.send(world.message("/balance"))
    assert "+3 · free credits of the day" in world.shown().text


@pytest.mark.parametrize("command", ["/balance", "/profile", "/settings"])
async def test_in_a_group(world: World, command: str) -> None:
    """A command in a group is answered in private, and the group only learns that."""
    await world.send(world.message(command, chat_id=GROUP))
    assert world.shown(GROUP).text == html_text("en", "wrote-you")
    assert len(world.messenger.messages(ME)) == 1


@pytest.mark.parametrize("error", [BotBlockedError("403"), MessageRejectedError("chat not found")])
async def test_in_a_group_before_the_private_chat(world: World, error: NanoBananaError) -> None:
    """A person who never opened the private chat gets a button that opens it, and the answer there."""
    world.messenger.fail("send_text", error)
    await world.send(world.message("/balance", chat_id=GROUP))
    [[button]] = world.shown(GROUP).buttons
    assert (button.url, button.data) == ("https://t.me/nanobanana_test_bot?start=balance", "")
    await world.send(world.message("/start balance"))
    assert "You have <b>20</b> credits" in world.shown().text


async def test_unknown_delivery_is_not_repeated(world: World) -> None:
    """An answer that perhaps arrived is not sent again, nor denied."""
    world.messenger.fail("send_text", DeliveryUnknownError("?"))
    await world.send(world.message("/balance", chat_id=GROUP))
    assert world.messenger.messages(GROUP) == []
