"""Sending what a release has in its outbox, by a task; what fails stays there for the sweep.

    commit {lane: taken} ─▶ send ─▶ commit {outbox without it} ─▶ … nothing new ─▶ commit {lane: free}

One task at a time has a lane; if it dies after sending, the next one sends that thing again (see `Sender`). Workflows
have a lane of their own, so that they never wait for Telegram.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

from shared.codec import update
from shared.errors import UnavailableError
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.ports import Record
from shared.releases.change_release import with_sweep
from shared.releases.release import Outgoing, OutgoingKind, Release, Status
from shared.releases.release_documents import decode_release, release_key
from shared.releases.release_ports import ReleasePorts, Sender

SENDING = timedelta(minutes=2)
"""Longer than a task may take."""
LANES = {
    "workflows": (OutgoingKind.ROLLBACK, OutgoingKind.DEPLOYMENT),
    "messages": (OutgoingKind.NOTICE, OutgoingKind.CARD),
}
"""What is sent one after another, the most urgent first. What a newer release of ours has put there is left to it."""
NEEDED_IN = {OutgoingKind.DEPLOYMENT: Status.MANUAL_TEST_PASSED}
"""A workflow that only this state asks for."""


async def send_outgoing(ports: ReleasePorts, sender: Sender, id_: str) -> None:
    """Send all of one release. Raises UnavailableError of the store."""
    await asyncio.gather(*(_send_lane(ports, sender, id_, lane) for lane in LANES))


async def _send_lane(ports: ReleasePorts, sender: Sender, id_: str, lane: str) -> None:
    if not await try_until_won(ports, lambda: _take(ports, id_, lane)):
        return
    tried = set[Outgoing]()
    while True:
        following = await try_until_won(ports, lambda: _next_or_leave(ports, id_, lane, tried))
        if following is None:
            return
        release, outgoing = following
        tried.add(outgoing)
        if await _send(sender, release, outgoing):
            await try_until_won(ports, lambda sent=outgoing: _forget(ports, id_, sent))  # type: ignore[misc]


async def _read(ports: ReleasePorts, id_: str) -> tuple[Record, Release]:
    [record] = await ports.store.read([release_key(id_)])
    assert record is not None, "releases are never deleted"
    return record, decode_release(record)


async def _take(ports: ReleasePorts, id_: str, lane: str) -> bool:
    """Take the lane; not if it is empty, or another task has it."""
    record, release = await _read(ports, id_)
    now, until = ports.clock.now(), release.sending_until.get(lane)
    if not _list_unsent(release, lane) or (until is not None and now < until):
        return False
    taken = replace(release, sending_until=release.sending_until | {lane: now + SENDING})
    await ports.store.commit([update(record, taken)])
    return True


def _list_unsent(release: Release, lane: str) -> list[Outgoing]:
    kinds = LANES[lane]
    mine = [each for each in release.outbox if each.kind in kinds]
    return sorted(mine, key=lambda each: (kinds.index(each.kind), each.event_number))


async def _next_or_leave(
    ports: ReleasePorts, id_: str, lane: str, tried: set[Outgoing]
) -> tuple[Release, Outgoing] | None:
    """What to send next, of the release as it is. None: nothing is left, and the lane is free again in one commit."""
    record, release = await _read(ports, id_)
    left = (each for each in _list_unsent(release, lane) if each not in tried)
    outgoing = next(left, None)
    if outgoing is None:
        lanes = {name: until for name, until in release.sending_until.items() if name != lane}
        await ports.store.commit([update(record, replace(release, sending_until=lanes))])
        return None
    return release, outgoing


async def _send(sender: Sender, release: Release, outgoing: Outgoing) -> bool:
    """Whether it is done with: sent, or not wanted any more."""
    if release.status is not NEEDED_IN.get(outgoing.kind, release.status):
        return True
    try:
        await sender.send(release, outgoing)
    except UnavailableError as error:
        log_event("outgoing_missed", severity="WARNING", release=release.id, kind=outgoing.kind.value, error=error)
        return False
    return True


async def _forget(ports: ReleasePorts, id_: str, sent: Outgoing) -> None:
    record, release = await _read(ports, id_)
    kept = replace(release, outbox=tuple(each for each in release.outbox if each != sent))
    await ports.store.commit([update(record, with_sweep(kept, ports.clock.now()))])
