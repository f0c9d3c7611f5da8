"""Reading and changing a broadcast. At most one is SENDING: a commit that begins or ends that also moves the lock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.broadcasts.broadcast import MOVING, Broadcast, BroadcastState
from shared.broadcasts.broadcast_documents import (
    SENDING_NOW,
    broadcast_key,
    decode_broadcast,
    newest_broadcasts,
    update_broadcast,
)
from shared.broadcasts.publish_broadcast import publish_broadcast
from shared.codec import as_written
from shared.errors import OtherIsSentError, UnusableChangeError
from shared.logs import log_event
from shared.people.accounts import try_without_pause
from shared.ports import Clock, Create, Record, Store, Update, Write
from shared.task import TaskQueue

Note = Callable[[Broadcast, Broadcast], Sequence[Write]]
"""The writes that join the commit of a change, by what was before and after."""


def note_nothing(before: Broadcast, after: Broadcast) -> Sequence[Write]:
    """No further writes."""
    return ()


class Desk(Protocol):
    """What an operator's act needs."""

    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Clock: ...


@dataclass(frozen=True, slots=True)
class OpenBroadcast:
    """A broadcast as it was read."""

    broadcast: Broadcast
    record: Record


async def open_broadcast(desk: Desk, broadcast_id: str) -> OpenBroadcast:
    """Raises UnusableChangeError if there is none, UnavailableError, DocumentUnreadableError."""
    [record] = await desk.store.read([broadcast_key(broadcast_id)])
    if record is None:
        raise UnusableChangeError(f"there is no broadcast {broadcast_id}")
    return OpenBroadcast(decode_broadcast(record), record)


async def list_broadcasts(desk: Desk) -> list[Broadcast]:
    """The last ones, the newest first. Raises UnavailableError."""
    return [decode_broadcast(record) for record in await desk.store.find(newest_broadcasts())]


async def commit_broadcast(
    desk: Desk, opened: OpenBroadcast, changed: Broadcast, further: Sequence[Write] = ()
) -> OpenBroadcast:
    """Commit a change, with `further` writes.

    Raises ConflictError, OtherIsSentError if it begins to be sent and another is, UnavailableError.
    """
    write = update_broadcast(changed, opened.record)
    locks = await _move_lock(desk, opened.broadcast, changed)
    version, *_ = await desk.store.commit([write, *locks, *further])
    return OpenBroadcast(changed, as_written(write, version))


async def change_broadcast(
    desk: Desk, opened: OpenBroadcast, change: Callable[[Broadcast], Broadcast | None], note: Note = note_nothing
) -> OpenBroadcast:
    """Commit a change; after a conflict read it and decide again. `change` returns None for no change.

    Returns the current one. Raises UnavailableError.
    """
    first: OpenBroadcast | None = opened

    async def attempt() -> OpenBroadcast:
        nonlocal first
        current = first or await open_broadcast(desk, opened.broadcast.id)
        first = None
        changed = change(current.broadcast)
        if changed is None:
            return current
        return await commit_broadcast(desk, current, changed, note(current.broadcast, changed))

    return await try_without_pause(attempt)


async def act_on_broadcast(
    desk: Desk,
    broadcast_id: str,
    act: Callable[[Broadcast, datetime], Broadcast | None],
    note: Note = note_nothing,
) -> tuple[Broadcast, bool]:
    """What an operator decides, logged; the broadcast as it is now, and whether this has changed it.

    Raises UnusableChangeError if there is none, UnavailableError.
    """
    before: Broadcast | None = None

    def decide(current: Broadcast) -> Broadcast | None:
        nonlocal before
        changed = act(current, desk.clock.now())
        before = None if changed is None else current
        return changed

    done = (await change_broadcast(desk, await open_broadcast(desk, broadcast_id), decide, note)).broadcast
    if before is not None:
        last = done.acts[-1]
        was, becomes = before.state.value, done.state.value
        log_event("broadcast_decided", id=broadcast_id, by=last.by, what=last.what, before=was, after=becomes)
    return done, before is not None


async def set_going(queue: TaskQueue, broadcast: Broadcast) -> None:
    """Create the task of a broadcast that has something to do. Raises UnavailableError; then `sweep` creates it."""
    if broadcast.state in MOVING:
        await publish_broadcast(queue, broadcast.id, broadcast.round, broadcast.send_at)


async def _move_lock(desk: Desk, before: Broadcast, after: Broadcast) -> Sequence[Write]:
    is_begun, was_begun = after.state is BroadcastState.SENDING, before.state is BroadcastState.SENDING
    if is_begun == was_begun:
        return ()
    [lock] = await desk.store.read([SENDING_NOW])
    if lock is not None and lock.fields["broadcast"] not in {"", after.id}:
        if is_begun:
            raise OtherIsSentError(f"{lock.fields['broadcast']} is being sent")
        return ()
    fields = {"broadcast": after.id if is_begun else ""}
    return (Create(SENDING_NOW, fields) if lock is None else Update(SENDING_NOW, fields, lock.version),)
