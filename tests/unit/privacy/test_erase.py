"""A person is erased a day after they asked, whatever dies on the way: money stays, the person does not."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.bot.route_due import route_due
from shared.credits.ledger import Change, TransferKind
from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    MessageRejectedError,
    NanoBananaError,
    TooManyRequestsError,
)
from shared.jobs.publish_jobs import DUES_PATH
from shared.jobs.sweep_work import sweep_work
from shared.people.change_credits import change_credits
from shared.people.nobody import is_nobody
from shared.ports import Delete
from shared.privacy import traces
from shared.privacy.erase_person import VISIT
from shared.privacy.erasure import DAY, VISITS, ErasureState
from shared.privacy.traces import TRACES
from tests.unit.gallery.test_find_results import write
from tests.unit.privacy.rich_person import CODE, ERASURE_KEY, RICH, find_traces, live, say
from tests.world import OTHER, World, writes_to


async def ask(world: World) -> None:
    """/privacy, the button, and *yes*."""
    await world.send(say(world, "/privacy"))
    await world.deliver(world.tap("erasure;ask", world.shown(RICH), user_id=RICH))
    await world.deliver(world.tap("erasure;yes", world.shown(RICH), user_id=RICH))


async def sweep(world: World) -> None:
    """Do what is due now."""
    await sweep_work(world.repair_ports)
    await world.settle()


async def pass_the_day(world: World) -> None:
    """The day, and the visits that follow it."""
    world.clock.advance(DAY.total_seconds())
    for _ in range(60):
        await sweep(world)
        if not world.store.collection("erasures"):
            return
        world.clock.advance(VISITS.total_seconds())
    raise AssertionError("it does not come to an end")


def states(world: World) -> list[str]:
    """The states of all erasures."""
    return [fields["state"] for fields in world.store.collection("erasures").values()]


@pytest.fixture
async def rich(world: World) -> World:
    """A world with somebody who has everything."""
    await live(world)
    return world


@pytest.fixture
async def poor(world: World) -> World:
    """A world in which people are erased, with somebody who has begun."""
    world.ports = replace(world.ports, erasure_keys=(ERASURE_KEY,))
    await world.send(say(world, "/start"))
    return world


async def test_no_trace_is_left(rich: World) -> None:
    """Neither number nor name nor word of somebody who had everything is left in the database or the bucket."""
    before = find_traces(rich)
    assert {trace.collection for trace in TRACES} | {"users", "invitations", "broadcasts", "bucket"} <= before.keys()
    own = {each.id: each.credits for each in rich.transfers() if each.user_id == RICH}
    rich.check_money(at_rest=False)
    await ask(rich)
    await pass_the_day(rich)
    assert find_traces(rich) == {}
    moved = [each for each in rich.transfers() if is_nobody(each.user_id)]
    assert sum(own.values()) <= sum(each.credits for each in moved)
    assert len({each.user_id for each in moved}) == 1
    rich.check_money(at_rest=False)
    assert rich.messenger.subscriptions == {(RICH, "stx9"): True}
    assert "is erased" in rich.shown(RICH).text


STEP = 1 if os.environ.get("TEST_SIZE") == "long" else 31
"""How many calls lie between two deaths: about 200 calls are made."""


class DiedError(BaseException):
    """The process is gone."""


class Mortal:
    """Dies just before the call of this number, or just after it, of all that an erasure makes."""

    def __init__(self, number: int, *, is_after: bool) -> None:
        self.left, self._is_after = number, is_after

    def around(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The call, deadly when its turn has come."""

        async def made(*given: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self._is_after:
                raise DiedError
            result = await call(*given, **named)
            if self.left == 0:
                raise DiedError
            return result

        return made


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
async def test_dies_anywhere(monkeypatch: pytest.MonkeyPatch, is_after: bool) -> None:  # noqa: FBT001 — a parameter
    """Wherever a visit dies, before or after any commit, message or deletion of files, another ends what it began."""
    monkeypatch.setattr(traces, "PAGE", 3)
    number, has_died = 1 - STEP, True
    while has_died:
        number += STEP
        world = World()
        await live(world)
        await ask(world)
        with monkeypatch.context() as patched:
            mortal = Mortal(number, is_after=is_after)
            patched.setattr(world.store, "commit", mortal.around(world.store.commit))
            patched.setattr(world.messenger, "send_text", mortal.around(world.messenger.send_text))
            patched.setattr(world.messenger, "edit_subscription", mortal.around(world.messenger.edit_subscription))
            patched.setattr(world.blobs, "delete_all", mortal.around(world.blobs.delete_all))
            try:
                await pass_the_day(world)
                has_died = False
            except DiedError:
                world.tasks.take_all()
        world.check_money(at_rest=False)
        world.clock.advance(VISITS.total_seconds())
        await pass_the_day(world)
        assert find_traces(world) == {}
        world.check_money(at_rest=False)
        assert world.messenger.subscriptions == {(RICH, "stx9"): True}
    assert number > 50


async def test_two_visits_at_once(rich: World) -> None:
    """Two visits at the same time end as one does: each commit has one winner, and nobody's credits move twice."""
    await ask(rich)
    rich.clock.advance(DAY.total_seconds())
    [erasure_id] = rich.store.collection("erasures")
    for _ in range(4):
        await asyncio.gather(*(route_due(rich.ports, "erasures", erasure_id) for _ in range(2)), return_exceptions=True)
        rich.clock.advance(VISITS.total_seconds())
    await pass_the_day(rich)
    assert find_traces(rich) == {}
    rich.check_money(at_rest=False)


async def test_kept(poor: World) -> None:
    """*Keep my data* within the day ends it, also from /privacy; a *yes* that comes again erases nothing."""
    await poor.send(say(poor, "/privacy"))
    await poor.send(poor.tap("erasure;ask", poor.shown(RICH), user_id=RICH))
    sure = poor.tap("erasure;yes", poor.shown(RICH), user_id=RICH)
    await poor.send(sure, sure)
    assert "change your mind" in poor.shown(RICH).text
    await poor.send(say(poor, "/privacy"))
    assert "change your mind" in poor.shown(RICH).text
    keep = poor.tap("erasure;keep", poor.shown(RICH), user_id=RICH)
    await poor.send(keep, keep)
    assert "Your data stays" in poor.shown(RICH).text
    await poor.send(sure, keep)
    assert states(poor) == []
    poor.clock.advance(2 * DAY.total_seconds())
    await sweep(poor)
    assert poor.user(RICH).id == RICH


async def test_asked_twice(poor: World) -> None:
    """Two questions and two *yes* are one erasure; an old question is asked anew, with what is true by now."""
    await poor.send(say(poor, "/privacy"))
    page = poor.shown(RICH)
    await poor.send(poor.tap("erasure;ask", page, user_id=RICH))
    first = poor.shown(RICH)
    poor.clock.advance(2 * 3600)
    await poor.send(poor.tap("erasure;yes", first, user_id=RICH))
    assert states(poor) == []
    fresh = poor.shown(RICH)
    assert "20 credits" in fresh.text
    yes, again = (poor.tap("erasure;yes", fresh, user_id=RICH) for _ in range(2))
    poor.store.interrupt(writes_to("erasures"), lambda: poor.deliver(poor.tap("erasure;yes", fresh, user_id=RICH)))
    await poor.send(yes, again)
    assert states(poor) == [ErasureState.ASKED]
    await poor.send(poor.tap("erasure;ask", page, user_id=RICH))
    assert "change your mind" in poor.shown(RICH).text


async def test_whose_buttons(poor: World) -> None:
    """Nobody erases or keeps somebody else; in a group, without a key, or with nothing asked, nothing happens."""
    await poor.send(say(poor, "/privacy"))
    await poor.send(poor.tap("erasure;ask", poor.shown(RICH), user_id=RICH))
    asked = poor.shown(RICH)
    await poor.send(poor.tap("erasure;yes", asked))
    assert "somebody else" in poor.messenger.taps[-1].toast
    await poor.send(poor.tap("erasure;yes", asked, user_id=RICH, chat_id=-1001))
    await poor.send(
        poor.tap_data("1;erasure", 7, user_id=RICH), poor.tap_data(f"1;erasure;all;{RICH}", 7, user_id=RICH)
    )
    await poor.send(poor.tap_data(f"1;erasure;keep;{RICH}", 7, user_id=RICH))
    assert "Nothing of yours" in poor.messenger.taps[-1].toast
    poor.ports = replace(poor.ports, erasure_keys=())
    await poor.send(poor.tap("erasure;yes", asked, user_id=RICH))
    assert states(poor) == []
    await poor.send(say(poor, "/privacy"))
    assert "🗑 erases" not in poor.shown(RICH).text


async def test_the_day_is_over(poor: World) -> None:
    """Before the day is over nothing happens; once it began, it is too late to keep anything."""
    await ask(poor)
    waiting = poor.shown(RICH)
    [erasure_id] = poor.store.collection("erasures")
    await route_due(poor.ports, "erasures", erasure_id)
    await route_due(poor.ports, "erasures", "no-such-erasure")
    assert states(poor) == [ErasureState.ASKED]
    poor.clock.advance(DAY.total_seconds())
    await sweep(poor)
    assert states(poor) == [ErasureState.CLOSED]
    assert "erasing everything about you now" in poor.shown(RICH).text
    await poor.deliver(poor.tap("erasure;keep", waiting, user_id=RICH))
    await route_due(poor.ports, "erasures", erasure_id)
    assert states(poor) == [ErasureState.CLOSED]
    await pass_the_day(poor)
    assert "Nothing of yours" in poor.messenger.taps[-1].toast
    assert find_traces(poor) == {}


async def test_comes_back(rich: World) -> None:
    """Whoever comes back is new, without welcome credits, a second use of a promo code, or an inviter."""
    await ask(rich)
    await pass_the_day(rich)
    await rich.send(say(rich, "/promo AB23CD45EF"))
    assert "used" in rich.shown(RICH).text
    await rich.send(say(rich, "/start"), say(rich, "/memory"), say(rich, "/gallery"))
    assert rich.user(RICH).account.available == 0
    assert rich.user(RICH).perks.invited_by == 0
    await ask(rich)
    await pass_the_day(rich)
    assert find_traces(rich) == {}
    rich.clock.advance(DAY.total_seconds())
    await rich.send(say(rich, "/start"))
    assert rich.user(RICH).account.available <= 4
    rich.check_money(at_rest=False)


async def test_work_under_way(poor: World) -> None:
    """What is being made is canceled, its credits come back first; what a worker holds is waited for."""
    await ask(poor)
    keep = poor.tap("erasure;keep", poor.shown(RICH), user_id=RICH)
    poor.clock.advance(DAY.total_seconds())
    await poor.deliver(say(poor, "a red fox"))
    job = poor.job()
    poor.tasks.take_all()
    await write(poor, job, state="made")
    await sweep_work(poor.repair_ports)
    poor.tasks.tasks = [task for task in poor.tasks.tasks if task.path == DUES_PATH]
    await poor.settle()
    await poor.deliver(keep)
    assert "too late" in poor.messenger.taps[-1].toast
    assert states(poor) == [ErasureState.BEGUN]
    await write(poor, job, state="queued")
    await pass_the_day(poor)
    assert find_traces(poor) == {}
    poor.check_money()
    assert TransferKind.RELEASE in {each.kind for each in poor.transfers()}


@pytest.mark.parametrize(
    ("error", "state"),
    [(TooManyRequestsError(5), ErasureState.BEGUN), (DeliveryUnknownError("?"), ErasureState.BEGUN),
     (MessageRejectedError("no"), ErasureState.CLOSED)],
)  # fmt: skip
async def test_subscription_is_not_stopped(rich: World, error: NanoBananaError, state: ErasureState) -> None:
    """Where Telegram does not answer it is asked again before anything is closed; where it refuses, we are told."""
    await ask(rich)
    rich.messenger.fail("edit_subscription", error)
    rich.clock.advance(DAY.total_seconds())
    await sweep(rich)
    assert states(rich) == [state]
    await pass_the_day(rich)
    assert find_traces(rich) == {}


async def test_telegram_knows_no_subscription(rich: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A subscription that Telegram knows no more is reported, and stops nobody from being erased."""
    rich.messenger.subscriptions.clear()
    await ask(rich)
    await pass_the_day(rich)
    assert "subscription_not_stopped" in capsys.readouterr().out


async def test_many_pages(rich: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit ends when its time is over, and the next one goes on at once; a page that changed is read again."""
    monkeypatch.setattr(traces, "JOBS_PAGE", 1)
    await rich.send(say(rich, "/subscription"))
    await rich.send(rich.tap("sub", rich.shown(RICH), user_id=RICH))
    await ask(rich)
    rich.clock.advance(DAY.total_seconds())
    await sweep(rich)

    async def dawdle() -> None:
        rich.clock.advance(VISIT.total_seconds())

    async def change() -> None:
        [job, *_] = [each for each in rich.jobs() if each.user_id == RICH]
        await write(rich, job, sweeps=7)

    rich.store.interrupt(writes_to("jobs"), dawdle)
    rich.store.interrupt(writes_to("jobs"), change)
    await pass_the_day(rich)
    assert find_traces(rich) == {}


async def test_somebody_else_is_faster(poor: World) -> None:
    """What an operator books at the last moment is taken over too; the visit that lost begins again."""
    await ask(poor)
    poor.clock.advance(DAY.total_seconds())
    await sweep(poor)

    async def book() -> None:
        gift = Change(TransferKind.GIFT, RICH, 5, "ticket-2", "late")
        await change_credits(poor.store, poor.clock, gift)

    poor.store.interrupt(lambda writes: any(isinstance(each, Delete) and each.key.collection == "erasures"
                                            for each in writes), book)  # fmt: skip
    await pass_the_day(poor)
    assert find_traces(poor) == {}
    assert [each.id for each in poor.transfers() if each.kind is TransferKind.GIFT] == ["operator:ticket-2"]
    poor.check_money()


async def test_gift_is_opened_meanwhile(rich: World) -> None:
    """A gift that somebody opens at the last moment is theirs; whose it was is forgotten."""
    [link] = [
        each for each in rich.messenger.messages(RICH) if "4 credits" in each.text and "?start=gift_" in each.text
    ]
    opening = rich.message(f"/start {link.text.partition('?start=')[2].split()[0]}", user_id=OTHER)
    before = rich.user(OTHER).account.available
    await ask(rich)
    rich.store.interrupt(writes_to("gifts", state="recalled"), lambda: rich.deliver(opening))
    await pass_the_day(rich)
    assert rich.user(OTHER).account.available == before + 4
    assert find_traces(rich) == {}
    rich.check_money(at_rest=False)


async def test_promo_code_twice(rich: World) -> None:
    """Whoever came back while the key was missing, and used the code again, is erased all the same."""
    await ask(rich)
    await pass_the_day(rich)
    keys, rich.ports = rich.ports.erasure_keys, replace(rich.ports, erasure_keys=())
    await rich.send(say(rich, "/start"), say(rich, f"/promo {CODE}"))
    rich.ports = replace(rich.ports, erasure_keys=keys)
    await ask(rich)
    await pass_the_day(rich)
    assert find_traces(rich) == {}
    rich.check_money(at_rest=False)


async def test_it_does_not_end(poor: World, capsys: pytest.CaptureFixture[str]) -> None:
    """What is under way and does not end is reported, however often it is tried."""
    await ask(poor)
    poor.clock.advance(DAY.total_seconds())
    await poor.deliver(say(poor, "a red fox"))
    poor.tasks.take_all()
    await write(poor, poor.job(), state="made")
    for _ in range(20):
        await sweep_work(poor.repair_ports)
        poor.tasks.tasks = [task for task in poor.tasks.tasks if task.path == DUES_PATH]
        await poor.settle()
        poor.clock.advance(600)
    assert states(poor) == [ErasureState.BEGUN]
    assert '"key": "erasures/' in capsys.readouterr().out


async def test_last_words(poor: World) -> None:
    """Whoever blocked the bot is erased all the same; while Telegram is flooded the last word waits."""
    await ask(poor)
    poor.clock.advance(DAY.total_seconds())
    await sweep(poor)
    poor.messenger.fail("send_text", TooManyRequestsError(5), BotBlockedError("blocked"))
    poor.clock.advance(VISITS.total_seconds())
    await sweep(poor)
    assert states(poor) == [ErasureState.CLOSED]
    await pass_the_day(poor)
    assert find_traces(poor) == {}


async def test_without_a_key(poor: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the key was taken away nothing is done, and operators hear of it: who was promised it is not forgotten."""
    await ask(poor)
    poor.ports = replace(poor.ports, erasure_keys=())
    poor.clock.advance(DAY.total_seconds())
    await sweep(poor)
    assert states(poor) == [ErasureState.ASKED]
    assert "erasure_without_key" in capsys.readouterr().out


async def test_another_key(poor: World) -> None:
    """A new key in front of the old one still knows who was erased under the old one, and under itself."""
    await ask(poor)
    await pass_the_day(poor)
    poor.ports = replace(poor.ports, erasure_keys=(b"n" * 32, ERASURE_KEY))
    await poor.send(say(poor, "/start"))
    assert poor.user(RICH).account.available == 0
    for _ in range(2):
        await ask(poor)
        await pass_the_day(poor)
        poor.clock.advance(60)
        await poor.send(say(poor, "/start"))
    assert len(poor.store.collection("erased")) == 2
    assert poor.user(RICH).account.available == 0


async def test_nobody_yet(poor: World) -> None:
    """Somebody who came back and left no profile may be erased again; a person without a document is no obstacle."""
    await ask(poor)
    await pass_the_day(poor)
    await poor.deliver(poor.tap_data(f"1;erasure;ask;{RICH}", 7, user_id=RICH))
    await poor.deliver(poor.tap("erasure;yes", poor.shown(RICH), user_id=RICH))
    assert poor.user(RICH).has_come_back
    await pass_the_day(poor)
    assert find_traces(poor) == {}
