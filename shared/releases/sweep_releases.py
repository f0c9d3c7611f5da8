"""Repair: deadlines that have come, and outboxes that nobody has sent."""

from contextlib import suppress
from datetime import timedelta

from shared.codec import update
from shared.errors import ConflictError, DocumentUnreadableError, UnavailableError
from shared.logs import log_event
from shared.ports import Record, Update
from shared.releases.actor import TIME
from shared.releases.attempt import Attempt
from shared.releases.change_release import change_release, publish_all, with_sweep
from shared.releases.decide_change import OVERDUE
from shared.releases.release import Release, Status
from shared.releases.release_documents import decode_release, due_releases
from shared.releases.release_ports import Caller, ReleasePorts

UNREADABLE_PAUSE = timedelta(hours=1)
"""The pause before a release that this code cannot read, or a state that it does not know, is looked at again."""
OVERDUE_PHASE = "overdue"


async def sweep_releases(ports: ReleasePorts) -> int:
    """Look after all releases that are due; returns how many there were.

    One that meets a bug keeps no other from its deadline. Raises UnavailableError after all were tried.
    """
    due, missed = await ports.store.find(due_releases(ports.clock.now())), list[UnavailableError]()
    for record in due:
        try:
            await _sweep(ports, record, decode_release(record))
        except DocumentUnreadableError as error:
            log_event("document_unreadable", severity="ERROR", error=error, key=f"releases/{record.key.id}")
            await _put_aside(ports, record)
        except UnavailableError as error:
            missed.append(error)
        except Exception as error:  # noqa: BLE001 — a minute later it is looked at again
            log_event("release_unswept", severity="ERROR", release=record.key.id, error=error)
    if missed:
        raise missed[0]
    return len(due)


async def _sweep(ports: ReleasePorts, record: Record, release: Release) -> None:
    now = ports.clock.now()
    if release.deadline_at is None or now < release.deadline_at:
        later = with_sweep(release, now)
        with suppress(ConflictError):  # somebody is changing it, and makes a task too
            await ports.store.commit([update(record, later)])
            await publish_all(ports, (release.id,) if release.outbox else ())
        return
    target = OVERDUE.get(release.status)
    if target is None:
        await _put_aside(ports, record)
        return
    phase = OVERDUE_PHASE if target is Status.DEPLOYING else ""
    await change_release(ports, Caller(TIME), release.id, Attempt(target, release.rev, phase, "deadline"))


async def _put_aside(ports: ReleasePorts, record: Record) -> None:
    with suppress(ConflictError):
        later = {"sweep_at": ports.clock.now() + UNREADABLE_PAUSE}
        await ports.store.commit([Update(record.key, later, record.version)])
