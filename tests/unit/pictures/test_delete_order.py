"""Deleting goes in one order: written down before anything leaves the chat, no way back before a file is removed."""

from typing import Any

import pytest

from shared.errors import UnavailableError
from shared.ports import Place
from tests.world import ME, World


async def begin(world: World) -> None:
    """A delivered picture with its original, and *Delete* pressed."""
    await world.send(world.message("a red fox"))
    picture = world.shown()
    await world.send(world.tap("original", picture))
    await world.deliver(world.tap("delete", picture))


async def press_yes(world: World) -> None:
    [asking] = [shown for shown in world.messenger.messages(ME) if shown.kind == "photo"]
    await world.deliver(world.tap("erase", asking))


async def test_marked_before_a_message_goes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that dies between two messages leaves a mark and a task, so the deletion is completed."""
    await begin(world)
    stored, remove = list[tuple[bool, bool]](), world.messenger.delete_message

    async def watch(place: Place, message_id: int) -> None:
        stored.append((world.job().deleted_at is not None, bool(world.tasks.tasks)))
        await remove(place, message_id)

    monkeypatch.setattr(world.messenger, "delete_message", watch)
    await press_yes(world)
    assert stored
    assert set(stored) == {(True, True)}


async def test_no_way_back_before_a_file_is_removed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """*Undo* is over in the store before the first file goes, and `sweep` looks on until the last one is gone."""
    await begin(world)
    await press_yes(world)
    stored, remove = list[tuple[bool, bool]](), world.blobs.delete_all

    async def watch(prefix: str) -> None:
        stored.append((world.job().purged_at is not None, world.job().sweep_at is not None))
        await remove(prefix)

    monkeypatch.setattr(world.blobs, "delete_all", watch)
    await world.settle()
    assert stored
    assert set(stored) == {(True, True)}
    assert world.job().sweep_at is None


async def test_file_that_stays_is_removed_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket that is out leaves the job to `sweep`."""
    await begin(world)
    await press_yes(world)

    async def fail(*_: Any) -> None:
        raise UnavailableError("the bucket is out")

    monkeypatch.setattr(world.blobs, "delete_all", fail)
    with pytest.raises(UnavailableError):
        await world.settle()
    assert world.job().sweep_at is not None
