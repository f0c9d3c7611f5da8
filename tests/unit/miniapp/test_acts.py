"""Acts that `bot` does for the app: what is no act is quarantined, what is somebody else's is left alone."""

import json

import pytest

from shared.conversations import keep_shorter
from shared.errors import LaterError, UnusableUpdateError
from shared.miniapp.acts import Act, publish_act
from shared.miniapp.take_act import read_act, take_act
from tests.unit.gallery.test_find_results import FOX, draw
from tests.world import ME, OTHER, World


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"{}",
        b'{"act": "erase"}',
        b'{"act": "nonsense", "user": 1, "subject": "", "at": "2026-11-29T10:00:00+00:00"}',
        b'{"act": "erase", "user": "x", "subject": "", "at": "2026-11-29T10:00:00+00:00"}',
        b'{"act": "erase", "user": 1, "subject": "", "at": "never"}',
        b"[" * 100_000,
    ],
)
async def test_no_act(world: World, said: bytes) -> None:
    """Anything else in a task is unusable."""
    with pytest.raises(UnusableUpdateError):
        await take_act(world.ports, said)


async def test_an_act_is_read_as_written(world: World) -> None:
    """A task brings the act that was published."""
    act = Act("erase", ME, "AAAAAAAAAAAAAAAA", world.now)
    await publish_act(world.ports, act)
    [task] = world.tasks.tasks
    assert (task.queue, task.path) == ("bot", "/acts")
    assert read_act(task.body) == act
    assert json.loads(task.body)["user"] == ME


async def test_somebody_elses(world: World) -> None:
    """An act about another person's result does nothing."""
    await world.give(100)
    await draw(world, FOX)
    await publish_act(world.ports, Act("erase", OTHER, world.job().id, world.now))
    await world.settle()
    assert world.job().deleted_at is None


async def test_a_menu_for_who_chose_no_language(world: World) -> None:
    """Without a choice the client's language decides, so the menu stays."""
    await publish_act(world.ports, Act("menu", ME, "", world.now))
    await world.settle()
    assert world.messenger.calls == []


async def test_more_than_one_task_can_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one task cannot finish goes on in the next."""
    tries = []

    async def keep(*_: object) -> None:
        tries.append(world.now)
        if len(tries) == 1:
            raise LaterError(3)

    monkeypatch.setattr("shared.miniapp.take_act.keep_shorter", keep)
    await publish_act(world.ports, Act("keep", ME, "", world.now))
    await world.settle()
    assert (tries[1] - tries[0]).total_seconds() == 3
    assert keep_shorter is not None
