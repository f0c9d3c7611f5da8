"""One try of sending an event to its webhook.

    claim ✓ ── POST ── webhook: failing, off or well again ✓ ── its person's task, if it is off ── event ✓ ── next task
       ╳ died in between: the lease ends, `sweep` makes a task, and the same event is sent again under the same id

So an address may hear of an event twice, and tells by `webhook-id`; it is never left out.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.errors import ConflictError, ReceiverError
from shared.jobs.job import Job
from shared.jobs.open_jobs import open_job
from shared.logs import log_event
from shared.people.accounts import change_user, open_user, try_until_won
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User
from shared.people.webhooks import (
    Webhook,
    find_webhook,
    note_failure,
    note_success,
    used_secrets,
)
from shared.ports import AppPorts
from shared.webhooks.event import EventState, Trouble, Try, WebhookEvent, claim_event, conclude_try, is_due
from shared.webhooks.event_documents import decode_event, event_key, update_event
from shared.webhooks.publish_event import publish_event, publish_off
from shared.webhooks.sending_room import SendingRoom
from shared.webhooks.signature import sign_event

Describe = Callable[[Job, datetime], dict[str, Any]]
"""The job as its program is told of it."""
NO_ROOM_SECONDS, DOUBLINGS_MAX = 2, 6
"""The pause of an event that found no room; it doubles, so that many events of a slow server do not fill the queue."""
TASK_AHEAD_MAX = timedelta(minutes=10)
"""A longer pause is left to the sweep: a queue that has tasks and hands out none for 15 minutes looks paused."""
GONE_STATUS = 410
NOT_SENT = frozenset({Trouble.OFF, Trouble.GONE})


@dataclass(frozen=True, slots=True)
class _Letter:
    """What is sent where."""

    url: str
    headers: dict[str, str]
    body: bytes


async def deliver_event(ports: AppPorts, room: SendingRoom, describe: Describe, event_id: str, waits: int = 0) -> None:
    """Try once; nothing if the event is not due. `waits`: how often it found no room. Raises UnavailableError."""
    [record] = await ports.store.read([event_key(event_id)])
    event = None if record is None else decode_event(record)
    if record is None or event is None or not is_due(event, ports.clock.now()):
        return
    with room.take(event.user_id) as is_free:
        if not is_free:
            pause = timedelta(seconds=NO_ROOM_SECONDS * 2 ** min(waits, DOUBLINGS_MAX))
            await publish_event(ports.tasks, event_id, ports.clock.now() + pause, waits + 1)
            return
        claimed = claim_event(event, ports.clock.now())
        try:
            await ports.store.commit([update_event(claimed, record)])
        except ConflictError:  # another task was faster
            return
        tried = await _try(ports, claimed, describe)
    await _note(ports, claimed, tried)
    await _conclude(ports, claimed, tried)


async def _try(ports: AppPorts, event: WebhookEvent, describe: Describe) -> Try:
    begun_at = ports.clock.now()
    letter = await _write(ports, event, describe)
    if isinstance(letter, Trouble):
        return Try(begun_at, 0, trouble=letter)
    status, trouble = 0, None
    try:
        status = await ports.receivers.post(letter.url, letter.headers, letter.body)
    except ReceiverError as error:
        trouble = Trouble(error.trouble)
    ms = round((ports.clock.now() - begun_at).total_seconds() * 1000)
    if trouble is None and not 200 <= status < 300:  # noqa: PLR2004 — HTTP's own borders
        trouble = Trouble.REFUSED
    return Try(begun_at, ms, status, trouble)


async def _write(ports: AppPorts, event: WebhookEvent, describe: Describe) -> _Letter | Trouble:
    """What to send, by what the documents say now. Raises UnavailableError."""
    now, webhook, data = ports.clock.now(), await _find(ports, event), dict[str, Any]()
    if webhook is None or webhook.off_at is not None:
        return Trouble.OFF
    if event.job_id:
        opened = await open_job(ports, event.job_id)
        if opened is None:
            return Trouble.GONE
        data = {"job": describe(opened.job, now)}
    said = {"id": event.id, "type": event.type.value, "timestamp": event.created_at.isoformat(), "data": data}
    body = json.dumps(said, ensure_ascii=False).encode()
    return _Letter(webhook.url, sign_event(event.id, body, used_secrets(webhook, now), now), body)


async def _find(ports: AppPorts, event: WebhookEvent) -> Webhook | None:
    [record] = await ports.store.read([user_key(event.user_id)])
    user = None if record is None else decode_user(record)
    if user is None or user.erased_as:
        return None
    return find_webhook(user.webhooks, user.api_keys, event.key_id)


async def _note(ports: AppPorts, event: WebhookEvent, tried: Try) -> None:
    """Write down how the webhook is, if that is new, and have its person told if it is off. Raises UnavailableError."""
    webhook, now = await _find(ports, event), ports.clock.now()
    if webhook is None:
        return
    if tried.trouble not in NOT_SENT:

        def note(user: User) -> User | None:
            if tried.trouble is None:
                noted = note_success(user.webhooks, event.key_id)
            else:
                noted = note_failure(user.webhooks, event.key_id, now, is_gone=tried.status == GONE_STATUS)
            return None if noted == user.webhooks else replace(user, webhooks=noted)

        user = await change_user(ports, await open_user(ports, event.user_id), note)
        webhook = find_webhook(user.webhooks, user.api_keys, event.key_id)
    if webhook is not None and webhook.off_at is not None and not webhook.is_told:
        await publish_off(ports.tasks, event.user_id, event.key_id)


async def _conclude(ports: AppPorts, event: WebhookEvent, tried: Try) -> None:
    """Write down the try, and make the next task. Raises UnavailableError."""
    now, jitter = ports.clock.now(), ports.ids.jitter()

    async def attempt() -> WebhookEvent | None:
        [record] = await ports.store.read([event_key(event.id)])
        current = None if record is None else decode_event(record)
        if record is None or current is None or current.state is not EventState.WAITING:
            return None
        concluded = conclude_try(current, tried, now, jitter)
        await ports.store.commit([update_event(concluded, record)])
        return concluded

    concluded = await try_until_won(ports, attempt)
    if concluded is None:  # the person was erased
        return
    log_event(
        "webhook_tried",
        outcome=concluded.state.value,
        code=tried.trouble.value if tried.trouble else "",
        status=tried.status,
        ms=tried.ms,
        kind=event.type.value,
    )
    if concluded.not_before is not None and concluded.not_before - now <= TASK_AHEAD_MAX:
        await publish_event(ports.tasks, event.id, concluded.not_before)
