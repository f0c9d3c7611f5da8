"""The nightly check of the books: it finds what is wrong, is not misled by what moves, and stops all buying."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.credits.spending import CACHE_SECONDS, STOP, stop_for_books
from shared.errors import ConflictError, UnavailableError
from shared.jobs import check_books as module
from shared.jobs.audit import PersonalBooks, audit_person
from shared.jobs.check_books import CONTROL, READ_AGAIN_MAX, SECONDS_MAX, WRONG_PAUSE, check_books, next_night
from shared.people.user_documents import user_key
from shared.ports import Create, Key, Query, Record, Update
from tests.world import ME, OTHER, World, any_commit, writes_to

THIRD = 503
Lines = pytest.CaptureFixture[str]


@pytest.fixture
async def crowd(world: World) -> World:
    """Three people who have had a picture made, one of whom waits for another one."""
    for user_id in (OTHER, THIRD, ME):
        await world.send(world.message("a red fox", user_id=user_id))
    await world.deliver(world.message("a blue fox"))
    return world


async def check(world: World) -> None:
    await check_books(world.repair_ports, world.now)


async def change(world: World, key: Key, **fields: Any) -> None:
    [record] = await world.store.read([key])
    assert record is not None
    await world.store.commit([Update(key, record.fields | fields, record.version)])


async def set_available(world: World, credit_count: int, user_id: int = ME) -> None:
    account = world.store.collection("users")[str(user_id)]["account"]
    await change(world, user_key(user_id), account=account | {"available": credit_count})


def told(lines: Lines, event: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, lines.readouterr().out.splitlines()) if line["event"] == event]


async def test_right_books(crowd: World, capsys: Lines) -> None:
    """Nothing is reported, nothing stops, and the next check is due in the next night."""
    await check(crowd)
    assert [line["problems"] for line in told(capsys, "books_checked")] == [0]
    assert crowd.store.collection("controls")["books"]["due_at"] == next_night(crowd.now)
    await check(crowd)
    assert told(capsys, "books_checked") == []
    crowd.clock.set(next_night(crowd.now))
    await check(crowd)
    assert len(told(capsys, "books_checked")) == 1


@pytest.mark.parametrize(("hour", "day", "due"), [(3, 2, 2), (4, 2, 3)])
def test_a_night(hour: int, day: int, due: int, world: World) -> None:
    """It begins at half past three UTC."""
    at = world.now.replace(day=day, hour=hour, minute=0, second=0, microsecond=0)
    assert next_night(at) == at.replace(day=due, hour=3, minute=30)


@pytest.mark.parametrize("page", [1, 2, 200])
async def test_wrong_books_stop_buying(crowd: World, monkeypatch: pytest.MonkeyPatch, page: int, capsys: Lines) -> None:
    """What is wrong is named, whatever the pages' size; then requests and sales are declined with the reason."""
    monkeypatch.setattr(module, "PAGE", page)
    crowd.sell(b"k" * 32)
    await crowd.settle()
    await crowd.send(crowd.message("/buy"))
    shop = crowd.shown()
    await set_available(crowd, 99)
    await check(crowd)
    assert [line["problem"] for line in told(capsys, "ledger_mismatched")] == [
        f"user {ME}: the balance is not what the transfers add up to"
    ]
    crowd.clock.advance(CACHE_SECONDS)
    await crowd.send(crowd.message("a green fox", user_id=OTHER))
    assert "does not add up" in crowd.shown(OTHER).text
    await crowd.send(crowd.tap("buy", shop))
    assert "does not add up" in crowd.messenger.taps[-1].toast
    await crowd.send(crowd.message("/buy"))
    assert "does not add up" in crowd.shown().text
    assert crowd.messenger.sent("send_invoice") == []


async def test_buying_goes_on_when_the_books_are_right(crowd: World, capsys: Lines) -> None:
    """Wrong books are checked every hour; the first check without a problem ends the stop by itself."""
    available = crowd.user().account.available
    await set_available(crowd, 99)
    await check(crowd)
    await set_available(crowd, available)
    crowd.clock.advance(WRONG_PAUSE.total_seconds())
    await check(crowd)
    assert await crowd.ports.spending.rest_until() is None
    assert len(told(capsys, "buying_resumed")) == 1


async def test_an_operators_stop_stays(crowd: World) -> None:
    """The end of our stop does not end an operator's."""
    until = crowd.now + timedelta(days=2)
    await crowd.store.commit([Create(STOP, {"until": until})])
    await stop_for_books(crowd.store, crowd.now, is_wrong=True)
    await stop_for_books(crowd.store, crowd.now, is_wrong=False)
    crowd.clock.advance(CACHE_SECONDS)
    assert await crowd.ports.spending.rest_until() == until


async def test_another_process_writes_the_stop(crowd: World) -> None:
    """Whoever loses the race for the stop says that it is to be repeated."""

    async def write() -> None:
        await crowd.store.commit([Create(STOP, {"until": crowd.now})])

    crowd.store.interrupt(any_commit, write)
    with pytest.raises(UnavailableError, match="has written the stop"):
        await stop_for_books(crowd.store, crowd.now, is_wrong=True)


async def test_it_takes_several_calls(crowd: World, monkeypatch: pytest.MonkeyPatch, capsys: Lines) -> None:
    """A call that has had its time leaves the rest to the next one, which begins where it ended."""
    audited: list[int] = []

    def take_time(books: PersonalBooks, *, at_rest: bool) -> list[str]:
        audited.append(books.user_id)
        crowd.clock.advance(SECONDS_MAX)
        return audit_person(books, at_rest=at_rest)

    monkeypatch.setattr(module, "audit_person", take_time)
    for _ in range(4):
        await check(crowd)
    assert audited == [ME, OTHER, THIRD]
    assert len(told(capsys, "books_checked")) == 1


async def test_no_time_is_left(crowd: World) -> None:
    """After a long sweep the books wait for the next one."""
    await check_books(crowd.repair_ports, crowd.now - timedelta(seconds=SECONDS_MAX))
    assert CONTROL.id not in crowd.store.collection("controls")


async def test_two_checks_at_once(crowd: World) -> None:
    """Two calls of `sweep` check the same people, and one of them writes that down."""
    crowd.store.interrupt(writes_to("controls"), lambda: check(crowd))
    await check(crowd)
    assert crowd.store.collection("controls")["books"]["due_at"] == next_night(crowd.now)


def move_between_reads(
    world: World, monkeypatch: pytest.MonkeyPatch, move: Callable[[], Awaitable[object]], times: int
) -> None:
    """Let something happen after the users were read and before the transfers are, so often."""
    find, left = world.store.find, [times]

    async def find_and_move(query: Query) -> list[Record]:
        found = await find(query)
        if query.collection == "users" and left[0]:
            left[0] -= 1
            await move()
        return found

    monkeypatch.setattr(world.store, "find", find_and_move)


async def test_what_moves_is_no_violation(crowd: World, monkeypatch: pytest.MonkeyPatch, capsys: Lines) -> None:
    """A person whose picture ends between two pages looks wrong at first, and is right when read again."""
    move_between_reads(crowd, monkeypatch, crowd.settle, 1)
    await check(crowd)
    assert told(capsys, "ledger_mismatched") == []
    assert await crowd.ports.spending.rest_until() is None


async def test_who_never_stands_still(crowd: World, monkeypatch: pytest.MonkeyPatch, capsys: Lines) -> None:
    """A person whose account changes during each reading is left to the next night, and that is said."""

    async def ask_more() -> None:
        await crowd.deliver(crowd.message(f"/image fox {crowd.now}"))

    await crowd.settle()
    await set_available(crowd, 999)
    move_between_reads(crowd, monkeypatch, ask_more, READ_AGAIN_MAX + 1)
    await check(crowd)
    assert len(told(capsys, "books_unsettled")) == 1


async def test_what_cannot_be_read(crowd: World, capsys: Lines) -> None:
    """A document that this release cannot read is reported, and its person is not judged; all others are."""
    [hold, *_] = [name for name, each in crowd.store.collection("transfers").items() if each["user_id"] == OTHER]
    [job] = [name for name, each in crowd.store.collection("jobs").items() if each["user_id"] == THIRD]
    await change(crowd, Key("transfers", hold), credits="many")
    await change(crowd, Key("jobs", job), request="?")
    await set_available(crowd, 99)
    await check(crowd)
    lines = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert {line["key"] for line in lines if line["event"] == "document_unreadable"} == {
        f"transfers/{hold}",
        f"jobs/{job}",
    }
    assert [line["problem"][:8] for line in lines if line["event"] == "ledger_mismatched"] == [f"user {ME}"]


async def test_books_of_nobody(crowd: World, capsys: Lines) -> None:
    """Transfers of a person who is not there are named."""
    fields = crowd.store.collection("transfers")[f"credit:welcome:{ME}"] | {"id": "credit:welcome:7", "user_id": 7}
    await crowd.store.commit([Create(Key("transfers", "credit:welcome:7"), fields | {"account_id": ""})])
    await check(crowd)
    assert [line["problem"] for line in told(capsys, "ledger_mismatched")] == [
        "user 7: books of somebody who is not there"
    ]


async def test_a_person_is_gone_meanwhile(world: World) -> None:
    """Books that are not there any more when they are read again have no problem."""
    assert await module.find_problems(world.repair_ports, ME) == []


async def test_conflict_is_no_failure(crowd: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check whose place cannot be written is repeated by the next call."""

    async def refuse(*_: object) -> None:
        raise ConflictError("somebody else")

    monkeypatch.setattr(crowd.store, "commit", refuse)
    await check(crowd)
    assert "books" not in crowd.store.collection("controls")
