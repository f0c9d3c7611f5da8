"""Around an update: unusable ones are put away, early ones put off, poisoned ones do not block a chat for ever."""

import json
from datetime import timedelta

import pytest

from shared.bot import intake
from shared.bot.intake import DEFERRALS_MAX, FAILURES_MAX, take_draft
from shared.errors import BotBlockedError, TooManyRequestsError, UnavailableError, UnusableUpdateError
from shared.jobs.sweep_work import sweep_work
from shared.people.storage import INCOGNITO_FOR
from shared.people.user_documents import user_key
from shared.pictures.open_drafts import find_lane
from shared.telegram.quarantine_update import quarantine_update, replay_update
from shared.telegram.rollout import lane_of
from tests.world import ME, World, any_commit


@pytest.mark.parametrize("body", [b"", b"not json", b'{"update_id": "x"}', b"\xff" * 10, b"x" * 600_000])
async def test_unusable(world: World, body: bytes) -> None:
    """Bytes that are no update are kept with the reason, bounded, for 35 days."""
    await world.deliver(body)
    [kept] = world.store.collection("quarantine").values()
    assert kept["body"] == body[: 512 * 1024]
    assert kept["reason"].startswith("UnusableUpdateError")
    assert kept["expire_at"] - kept["at"] == timedelta(days=35)


async def test_unusable_twice(world: World) -> None:
    """The same bytes are kept once."""
    await world.deliver(b"not json")
    await world.deliver(b"not json")
    assert len(world.store.collection("quarantine")) == 1


async def test_quarantine_is_out(world: World) -> None:
    """An update that could not be quarantined is retried."""

    async def fail() -> None:
        raise UnavailableError("no store")

    world.store.interrupt(any_commit, fail)
    with pytest.raises(UnavailableError):
        await world.deliver(b"not json")


async def test_put_off(world: World) -> None:
    """An update that comes too early is a new task with the same bytes, one higher in its count."""
    world.messenger.fail("send_text", TooManyRequestsError(7))
    update = world.message("/help")
    await world.deliver(update, deferrals=2)
    [task] = world.tasks.tasks
    assert (task.queue, task.path, json.loads(task.body)) == ("bot", "/", update)
    assert task.headers["X-Nanobanana-Deferrals"] == "3"
    assert task.not_before == world.now + timedelta(seconds=7)


async def test_tasks_of_a_chat_share_a_lane(world: World) -> None:
    """What was put off, and each task of a draft, go through the queue of the chat's updates; a draft's that is gone
    through the first."""
    world.messenger.fail("send_text", TooManyRequestsError(7))
    await world.deliver(world.message("/help"))
    await world.deliver(world.photo(media_group_id="7"))
    world.clock.advance(60)
    await sweep_work(world.repair_ports)
    [draft_id] = world.store.collection("drafts")
    world.messenger.fail("edit_text", TooManyRequestsError(7))
    await take_draft(world.ports, draft_id)
    assert [(task.path, task.lane) for task in world.tasks.tasks] == [
        (path, lane_of(ME)) for path in ("/", "/drafts", "/drafts", "/drafts")
    ]
    assert lane_of(ME) != 0
    assert await find_lane(world.ports, "gone") == 0


async def test_put_off_too_often(world: World) -> None:
    """Somewhere it ends: the update is put away."""
    world.messenger.fail("send_text", TooManyRequestsError(7))
    await world.deliver(world.message("/help"), deferrals=DEFERRALS_MAX)
    assert world.tasks.tasks == []
    assert len(world.store.collection("quarantine")) == 1


async def test_bug(world: World) -> None:
    """An unexpected error is raised, so that the task comes again, but not for a day."""
    update = world.message("/help")
    with pytest.raises(ZeroDivisionError):
        await deliver_with_bug(world, update, failures=FAILURES_MAX - 1)
    await deliver_with_bug(world, update, failures=FAILURES_MAX)
    [(name, kept)] = world.store.collection("quarantine").items()
    assert kept["reason"].startswith("ZeroDivisionError")
    assert "E-" not in world.shown().text
    await world.deliver(world.tap("code", world.shown()))
    assert world.messenger.taps[-1].toast == f"Code E-OURS · {name[:6]}"
    assert "nothing was charged" in world.shown().text


async def test_somebody_whose_document_cannot_be_decrypted(world: World) -> None:
    """They read that something stored is the reason, that their credits are there, and not to send it again at once."""
    await world.send(world.message("/start"))
    document = world.store._documents[user_key(ME)].fields
    document["library"] = {"data_key": "2026-11", "ciphertext": b"?"}
    await world.deliver(world.message("a red fox"), failures=FAILURES_MAX)
    assert "all your credits are there" in world.shown().text
    assert "send it again" not in world.shown().text
    await world.deliver(world.tap("code", world.shown()), failures=FAILURES_MAX)
    assert "cannot be read" in world.shown().text
    assert document["account"]["available"] == 20


async def test_played_again(world: World) -> None:
    """What met a bug is handled by one call when the bug is mended; what is not there, or not whole, is refused."""
    body = json.dumps(world.message("/help")).encode()
    quarantine_id = await quarantine_update(world.ports, body, "ZeroDivisionError: a bug", world.now)
    await replay_update(world.repair_ports, quarantine_id)
    await world.settle()
    assert "What I can do" in world.shown().text
    with pytest.raises(UnusableUpdateError):
        await replay_update(world.repair_ports, "unknown")
    cut = await quarantine_update(world.ports, b"x" * 600_000, "UnusableUpdateError: too long", world.now)
    with pytest.raises(UnusableUpdateError):
        await replay_update(world.repair_ports, cut)


@pytest.mark.parametrize(
    ("chosen", "days"), [("incognito", 2), ("a week", 7), ("nothing", 35), ("what is unreadable", 35)]
)
async def test_how_long_it_is_kept(world: World, chosen: str, days: int) -> None:
    """What met a bug is kept as long as its person chose, at most; handled later, it is still incognito."""
    await world.send(world.message("/start"))
    world.store._documents[user_key(ME)].fields["storage"] |= {
        "incognito": {"incognito_from": world.now, "incognito_until": world.now + INCOGNITO_FOR},
        "a week": {"results_days": 7},
        "nothing": {},
        "what is unreadable": {"results_days": "many"},
    }[chosen]
    await deliver_with_bug(world, world.message("a red fox"), failures=FAILURES_MAX)
    [(name, kept)] = world.store.collection("quarantine").items()
    assert kept["expire_at"] - kept["at"] == timedelta(days=days)
    if chosen != "what is unreadable":
        world.clock.advance(2 * INCOGNITO_FOR.total_seconds())
        await replay_update(world.repair_ports, name)
        await world.settle()
        assert world.job().is_incognito is (chosen == "incognito")


async def test_bug_of_somebody_who_blocked_us(world: World) -> None:
    """An apology that cannot be sent is left."""
    world.messenger.fail("send_text", BotBlockedError("403"))
    await deliver_with_bug(world, world.message("/help"), failures=FAILURES_MAX)
    assert len(world.store.collection("quarantine")) == 1


async def test_store_is_out(world: World) -> None:
    """During our own outage an update is retried without limit."""

    async def fail() -> None:
        raise UnavailableError("no store")

    world.store.interrupt(any_commit, fail)
    with pytest.raises(UnavailableError):
        await world.deliver(world.message("/help"), failures=FAILURES_MAX + 1)
    assert world.store.collection("quarantine") == {}


async def test_log_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A handled update is logged by kind and id, never with its text."""
    await world.deliver(world.message("a very private fox"))
    await world.deliver(b'{"update_id": 7, "poll": {}}')
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    handled = [line for line in lines if line["event"] == "update_handled"]
    assert [line["kind"] for line in handled] == ["message", "poll"]
    assert handled[1]["update_id"] == 7
    assert "private" not in str(lines)


async def deliver_with_bug(world: World, update: object, failures: int) -> None:
    """A bug in the middle of the handling: the store's next read divides by zero."""

    async def read(_: object) -> None:
        del world.store.read
        raise ZeroDivisionError

    world.store.read = read  # type: ignore[method-assign,assignment]
    await world.deliver(update, failures=failures)  # type: ignore[arg-type]


async def test_bug_in_what_nobody_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update without a person that meets a bug is quarantined, and nobody is told."""

    async def fail(*arguments: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(intake, "handle_update", fail)
    await world.deliver({"update_id": 1, "poll": {}}, failures=FAILURES_MAX)
    assert len(world.store.collection("quarantine")) == 1
    assert world.messenger.calls == []
