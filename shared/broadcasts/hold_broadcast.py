"""Who moves a broadcast: the worker with the newest fence.

round 7, worker A ── fence 3 ── sends … killed
round 7, again, B ── fence 4 ── goes on after A's last commit; people with A's mark are not sent to again
worker A, if it only stalled ── commit ✗ another fence ── stops

A task that is delivered again takes over at once, because most often its worker has died. If that worker lives after
all, both send until its next commit, a second at most, and the marks still let each person get one message.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.broadcasts.broadcast import (
    MOVING,
    SWEEP_AFTER,
    WAIT_MAX,
    Broadcast,
    BroadcastState,
    Progress,
    begin_sending,
    end_count,
    end_sending,
    is_failing,
    pause,
    stop,
)
from shared.broadcasts.change_broadcast import (
    OpenBroadcast,
    change_broadcast,
    commit_broadcast,
    open_broadcast,
)
from shared.broadcasts.publish_broadcast import publish_broadcast
from shared.errors import ConflictError, LeaseLostError, OtherIsSentError
from shared.logs import log_event
from shared.ports import Ports

BY_ITSELF = "bot"
"""Who acts when nobody pressed anything."""
CARRIED = frozenset({BroadcastState.COUNTING, BroadcastState.SENDING})
"""The states in which a worker has the broadcast; one that was paused and resumed meanwhile has to be claimed anew."""
NEXT_TURN = timedelta(seconds=60)
"""How soon a broadcast looks again whether another one is still being sent."""


async def claim_broadcast(ports: Ports, broadcast_id: str, round_number: int) -> OpenBroadcast | None:
    """The broadcast, if there is something to do in this round. Raises UnusableChangeError, UnavailableError."""
    opened, now = await open_broadcast(ports, broadcast_id), ports.clock.now()
    broadcast = opened.broadcast
    if broadcast.state not in MOVING:
        await _end_if_forgotten(ports, opened, now)
        return None
    if broadcast.round == round_number + 1:  # this worker may have died before it created the next task
        await publish_broadcast(ports.tasks, broadcast_id, broadcast.round, broadcast.not_before)
    if broadcast.round != round_number:
        return None
    if broadcast.state is BroadcastState.WAITING and broadcast.send_at is not None and broadcast.send_at > now:
        await publish_broadcast(ports.tasks, broadcast_id, round_number, broadcast.send_at)
        return None
    return await _take_over(ports, opened, now)


async def keep_progress(
    ports: Ports, held: OpenBroadcast, progress: Progress, people: int, not_before: datetime | None
) -> OpenBroadcast:
    """Store how far it is, also after an operator has paused or stopped it.

    Raises LeaseLostError, UnavailableError.
    """

    def keep(current: Broadcast) -> Broadcast:
        _check_held(current, held.broadcast)
        swept = _sweep_time(ports, not_before) if current.state in CARRIED else current.sweep_at
        return replace(current, progress=progress, people=people, not_before=not_before, sweep_at=swept)

    return await change_broadcast(ports, held, keep)


async def end_round(ports: Ports, held: OpenBroadcast, *, is_finished: bool) -> OpenBroadcast:
    """End a round whose progress is kept: with the next one, or with the broadcast's next state.

    Raises LeaseLostError, UnavailableError.
    """

    def end(current: Broadcast) -> Broadcast | None:
        _check_held(current, held.broadcast)
        now = ports.clock.now()
        if current.state not in CARRIED:  # an operator was faster
            return None
        if is_failing(current.progress) and not is_finished:
            return pause(current, BY_ITSELF, now, "broadcast-trouble-refused")
        if not is_finished:
            return replace(current, round=current.round + 1, sweep_at=_sweep_time(ports, current.not_before))
        if current.state is BroadcastState.COUNTING:
            return end_count(current, current.people, now)
        return end_sending(current, now)

    ended = await change_broadcast(ports, held, end)
    if ended.broadcast.state in CARRIED:
        await publish_broadcast(ports.tasks, ended.broadcast.id, ended.broadcast.round, ended.broadcast.not_before)
    return ended


async def _take_over(ports: Ports, opened: OpenBroadcast, now: datetime) -> OpenBroadcast | None:
    broadcast = opened.broadcast
    if broadcast.state is BroadcastState.WAITING:
        broadcast = begin_sending(broadcast, now)
    taken = replace(broadcast, fence=broadcast.fence + 1, sweep_at=_sweep_time(ports, broadcast.not_before))
    try:
        return await commit_broadcast(ports, opened, taken)
    except OtherIsSentError:
        await _wait_for_other(ports, opened)
    except ConflictError:  # another delivery of this task, or an operator, was faster
        log_event("broadcast_left", broadcast=broadcast.id)
    return None


async def _wait_for_other(ports: Ports, opened: OpenBroadcast) -> None:
    at = ports.clock.now() + NEXT_TURN
    await publish_broadcast(ports.tasks, opened.broadcast.id, opened.broadcast.round, at)
    is_waiting = BroadcastState.WAITING
    await change_broadcast(
        ports, opened, lambda each: replace(each, sweep_at=at + SWEEP_AFTER) if each.state is is_waiting else None
    )


async def _end_if_forgotten(ports: Ports, opened: OpenBroadcast, now: datetime) -> None:
    def end(current: Broadcast) -> Broadcast | None:
        is_forgotten = current.sweep_at is not None and current.acts[-1].at <= now - WAIT_MAX
        return stop(current, BY_ITSELF, now, "broadcast-trouble-forgotten") if is_forgotten else None

    await change_broadcast(ports, opened, end)


def _check_held(current: Broadcast, held: Broadcast) -> None:
    """Raises LeaseLostError if another worker has taken the broadcast over."""
    if (current.fence, current.round) != (held.fence, held.round):
        raise LeaseLostError(f"fence {current.fence} and round {current.round}")


def _sweep_time(ports: Ports, not_before: datetime | None) -> datetime:
    now = ports.clock.now()
    return max(not_before or now, now) + SWEEP_AFTER
