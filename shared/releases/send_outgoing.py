"""Sending what a release has in its outbox, by a task; what fails stays there for the sweep.

    commit {lane: mine until …, first thing: one try more} ─▶ send ─▶ commit {without it, next thing: one try more} ─▶ …
                                                                        └─ nothing new: commit {lane: free}

One task at a time has a lane, and takes it anew before each thing: nobody else comes in while something slow is sent,
because sending is cut off long before the lane is free. A task that died may have sent its last thing. Whoever tries it
again sees that by `Outgoing.tries`. Workflows have a lane of their own, so that they
never wait for Telegram.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

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
"""How long a lane is taken for one thing."""
SECONDS_MAX = 20.0
"""How long sending one thing may take; much shorter, so that two tasks never send at once."""
LANES = {
    "workflows": (OutgoingKind.ROLLBACK, OutgoingKind.DEPLOYMENT),
    "messages": (OutgoingKind.NOTICE, OutgoingKind.CARD),
}
"""What is sent one after another, the most urgent first. What a newer release of ours has put there is left to it."""
NEEDED_IN = {OutgoingKind.DEPLOYMENT: Status.MANUAL_TEST_PASSED}
"""A workflow that only this state asks for."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing to send, and the lane that is ours for it."""

    release: Release
    outgoing: Outgoing
    until: datetime
    """Tells the holders of a lane apart: whoever comes later has a later time."""


async def send_outgoing(ports: ReleasePorts, sender: Sender, id_: str) -> None:
    """Send all of one release. Raises UnavailableError of the store, after both lanes have ended: nothing runs on
    without the request that it belongs to.
    """
    lanes = (_send_lane(ports, sender, id_, lane) for lane in LANES)
    for ended in await asyncio.gather(*lanes, return_exceptions=True):
        if ended is not None:
            raise ended


async def _send_lane(ports: ReleasePorts, sender: Sender, id_: str, lane: str) -> None:
    tried, done = list[Outgoing](), list[Outgoing]()
    taken = await try_until_won(ports, lambda: _take_next(ports, id_, lane, None, tried, done))
    while taken is not None:
        tried.append(taken.outgoing)
        done[:] = [taken.outgoing] if await _send(sender, taken.release, taken.outgoing) else []
        held = taken.until
        taken = await try_until_won(ports, lambda held=held: _take_next(ports, id_, lane, held, tried, done))  # type: ignore[misc]


async def _take_next(
    ports: ReleasePorts,
    id_: str,
    lane: str,
    held: datetime | None,
    tried: Sequence[Outgoing],
    done: Sequence[Outgoing],
) -> Taken | None:
    """One commit: forget what is done, and take the lane for the next thing of the release as it is.

    None: nothing is left and the lane is free again, or another task has it.
    """
    [record] = await ports.store.read([release_key(id_)])
    assert record is not None, "releases are never deleted"
    release, now = decode_release(record), ports.clock.now()
    until = release.sending_until.get(lane)
    if until != held and (held is not None or (until is not None and now < until)):
        return None
    kept = tuple(each for each in release.outbox if not _is_among(each, done))
    following = next((each for each in _sort_lane(kept, lane) if not _is_among(each, tried)), None)
    if following is None:
        if held is not None:
            await _leave(ports, record, replace(release, outbox=kept), lane)
        return None
    outgoing = replace(following, tries=following.tries + 1)
    kept = tuple(outgoing if each == following else each for each in kept)
    lanes = release.sending_until | {lane: now + SENDING}
    changed = with_sweep(replace(release, outbox=kept, sending_until=lanes), now)
    await ports.store.commit([update(record, changed)])
    return Taken(changed, outgoing, now + SENDING)


async def _leave(ports: ReleasePorts, record: Record, release: Release, lane: str) -> None:
    lanes = {name: until for name, until in release.sending_until.items() if name != lane}
    await ports.store.commit([update(record, with_sweep(replace(release, sending_until=lanes), ports.clock.now()))])


def _is_among(outgoing: Outgoing, others: Sequence[Outgoing]) -> bool:
    return any(outgoing.is_same(each) for each in others)


def _sort_lane(outbox: Sequence[Outgoing], lane: str) -> list[Outgoing]:
    """What this lane sends, in its order."""
    kinds = LANES[lane]
    return sorted(
        (each for each in outbox if each.kind in kinds), key=lambda each: (kinds.index(each.kind), each.event_number)
    )


async def _send(sender: Sender, release: Release, outgoing: Outgoing) -> bool:
    """Whether it is done with: sent, or not wanted any more."""
    if release.status is not NEEDED_IN.get(outgoing.kind, release.status):
        return True
    try:
        async with asyncio.timeout(SECONDS_MAX):
            await sender.send(release, outgoing)
    except (UnavailableError, TimeoutError) as error:
        log_event("outgoing_missed", severity="WARNING", release=release.id, kind=outgoing.kind.value, error=error)
        return False
    except Exception as error:  # noqa: BLE001 — a card that cannot be drawn holds up nothing else
        log_event("outgoing_missed", severity="ERROR", release=release.id, kind=outgoing.kind.value, error=error)
        return False
    return True
