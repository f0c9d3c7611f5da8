"""Updates on their way to the bot: by webhook, in order per chat, repeated until accepted; or by getUpdates.

Behaviour as read in the Bot API server: an update leaves its queue only after a 2xx; anything else is sent
again at once, then after doubling gaps (here 0.2 s up to 5 s instead of minutes); `Retry-After` is honoured
up to an hour; updates live a day, callback and pre-checkout queries 150 s, inline queries 30 s. Messages queue per
chat, queries per user. The webhook's answer may hold one method call.
"""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from httpx import HTTPError, Response
from telegram.constants import UpdateType

from infra.local.telegram.faults import Faults
from infra.local.telegram.feed import Feed
from infra.local.telegram.posting import Sender

Json = dict[str, Any]
CallBack = Callable[[Json], Awaitable[None]]
_OFF_BY_DEFAULT = {UpdateType.CHAT_MEMBER, UpdateType.MESSAGE_REACTION, UpdateType.MESSAGE_REACTION_COUNT}
# the client does not know the last two
UPDATE_KINDS = frozenset({*(str(kind.value) for kind in UpdateType), "stopped_message_generation", "subscription"})
DEFAULT_KINDS = UPDATE_KINDS - {str(kind.value) for kind in _OFF_BY_DEFAULT}
_LIFE_SECONDS = 86_400.0
_QUERY_LIFE_SECONDS = {"callback_query": 150.0, "pre_checkout_query": 150.0, "inline_query": 30.0}
_GAP_FIRST_SECONDS = 0.2
_GAP_MAX_SECONDS = 5.0
_RETRY_AFTER_MAX_SECONDS = 3600.0
_DELIVERED_MAX = 10_000
_LATER_IDS = 1_000_000  # ids are 31 bits: room to go on counting after a draw


@dataclass
class Webhook:
    """Where updates go."""

    url: str
    secret: str = ""
    connections_max: int = 40
    allowed: list[str] | None = None
    last_error: str = ""
    last_error_at: int = 0


@dataclass
class Pending:
    """One delivery that is still to be made."""

    update: Json
    queue: str
    expires_at: float
    delay_seconds: float = 0.0
    tries: int = 0
    copies: int = 0


class Updates:
    """The queue of one bot."""

    def __init__(self, feed: Feed, faults: Faults, chance: random.Random) -> None:
        self._feed = feed
        self._faults = faults
        self._chance = chance
        self.webhook: Webhook | None = None
        self.allowed = DEFAULT_KINDS
        self.call_back: CallBack | None = None
        self.history: deque[Json] = deque(maxlen=_DELIVERED_MAX)
        self._queues: dict[str, deque[Pending]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._sender = Sender()
        self._next_id = int(time.time())
        self._poll_number = 0

    # --- filling -------------------------------------------------------------------------------------------
    def add(self, kind: str, payload: Json, queue: str) -> int | None:
        """Queue one update; its id, or None if the bot does not want this kind."""
        if kind not in self.allowed:
            return None
        update_id = self._take_id()
        self._push({"update_id": update_id, kind: payload}, kind, queue)
        if self._faults.draw("duplicate_intent", update=kind):
            self._push({"update_id": self._take_id(), kind: payload}, kind, queue)
        return update_id

    def add_raw(self, update: Json) -> int:
        """Queue an update as it is, an id added if it has none."""
        update = {"update_id": self._take_id(), **update}
        kind = next((name for name in update if name != "update_id"), "")
        self._push(update, kind, find_queue(kind, update.get(kind)))
        return int(update["update_id"])

    def repeat(self, update_id: int, *, new_id: bool) -> int:
        """Deliver a former update again, under its own or a new id; KeyError if it is unknown."""
        found = next((entry for entry in self.history if entry["update"]["update_id"] == update_id), None)
        if found is None:
            raise KeyError(update_id)
        fresh = {"update_id": self._take_id()} if new_id else {}
        return self.add_raw({**found["update"], **fresh})

    def draw_id(self, next_id: int | None) -> int:
        """Go on counting from another id, a random one unless it is given; the id the next update will have."""
        drawn = self._chance.randrange(1, 2**31 - _LATER_IDS) if next_id is None else next_id
        self._next_id = drawn - 1
        return drawn

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id

    def _push(self, update: Json, kind: str, queue: str) -> None:
        life = _QUERY_LIFE_SECONDS.get(kind, _LIFE_SECONDS)
        pending = Pending(update, queue, time.monotonic() + life)
        if self._faults.draw("duplicate_update", update=kind):
            pending.copies = 1
        shuffle = self._faults.draw("shuffle", update=kind)
        if shuffle is not None:
            pending.queue = f"shuffled {update['update_id']}"
            pending.delay_seconds = self._chance.uniform(0, float(shuffle.get("window_seconds", 0.3)))
        self._queues.setdefault(pending.queue, deque()).append(pending)
        self._start(pending.queue)
        self._feed.wake()

    # --- webhook -------------------------------------------------------------------------------------------
    def set_webhook(self, webhook: Webhook | None) -> None:
        """Send to this address from now on; None goes back to getUpdates."""
        self.webhook = webhook
        self._stop_workers()
        if webhook is not None:
            self._sender.limit(webhook.connections_max)
            for queue in list(self._queues):
                self._start(queue)

    def allow(self, kinds: list[str] | None) -> None:
        """Choose update kinds; an empty list means the default ones, None leaves the choice as it was."""
        if kinds is not None:
            self.allowed = frozenset(kinds) & UPDATE_KINDS or DEFAULT_KINDS

    def count_pending(self) -> int:
        """How many updates wait."""
        return sum(len(queue) for queue in self._queues.values())

    def clear(self) -> None:
        """Drop all waiting updates."""
        self._stop_workers()
        self._queues.clear()
        self.history.clear()

    async def close(self) -> None:
        """Stop delivering."""
        workers = list(self._workers.values())
        self._stop_workers()
        await asyncio.gather(*workers, return_exceptions=True)
        await self._sender.close()

    def _stop_workers(self) -> None:
        for worker in self._workers.values():
            worker.cancel()
        self._workers.clear()

    def _start(self, queue: str) -> None:
        if self.webhook is not None and queue not in self._workers:
            self._workers[queue] = asyncio.create_task(self._work(queue))

    async def _work(self, queue: str) -> None:
        waiting = self._queues[queue]
        while waiting and self.webhook is not None:
            await self._deliver(waiting[0], self.webhook)
            waiting.popleft()
            self._feed.wake()
        del self._queues[queue]
        del self._workers[queue]

    async def _deliver(self, pending: Pending, webhook: Webhook) -> None:
        gap = _GAP_FIRST_SECONDS
        await asyncio.sleep(pending.delay_seconds)
        while time.monotonic() < pending.expires_at:
            status, wait_seconds = await self._post(pending, webhook)
            self._record(pending, status)
            if status == "accepted":
                if pending.copies == 0:
                    return
                pending.copies -= 1
                continue
            if pending.tries > 1 or wait_seconds:
                await asyncio.sleep(wait_seconds or gap)
                gap = gap if wait_seconds else min(gap * 2, _GAP_MAX_SECONDS)

    async def _post(self, pending: Pending, webhook: Webhook) -> tuple[str, float]:
        """One try: `accepted` or what went wrong, and the seconds the other side asked to wait."""
        pending.tries += 1
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        try:
            body = json.dumps(pending.update, ensure_ascii=False).encode()
            answer = await self._sender.post(webhook.url, body, headers)
        except HTTPError as error:
            return self._note_error(webhook, f"Connection failed: {type(error).__name__}"), 0.0
        if answer.is_success:
            await self._run_answer(answer)
            return "accepted", 0.0
        wait = answer.headers.get("retry-after", "")
        seconds = min(float(wait), _RETRY_AFTER_MAX_SECONDS) if wait.isdigit() else 0.0
        return self._note_error(webhook, f"Wrong response from the webhook: {answer.status_code}"), seconds

    def _note_error(self, webhook: Webhook, text: str) -> str:
        webhook.last_error, webhook.last_error_at = text, int(time.time())
        return text

    async def _run_answer(self, answer: Response) -> None:
        """One method call may stand in the answer; its result goes nowhere."""
        if self.call_back is None or "json" not in answer.headers.get("content-type", ""):
            return
        try:
            call = answer.json()
        except ValueError:
            return
        if isinstance(call, dict) and call.get("method"):
            await self.call_back(call)

    def _record(self, pending: Pending, status: str) -> None:
        entry = {
            "update": pending.update,
            "status": status,
            "try": pending.tries,
            "time": round(time.time(), 3),
        }
        self.history.append(entry)
        self._feed.publish({"kind": "delivered", "delivery": entry})

    # --- getUpdates ----------------------------------------------------------------------------------------
    async def poll(self, offset: int, limit: int, timeout_seconds: float) -> list[Json] | None:
        """Confirm what is before `offset`, then give what waits; None if a newer poll took over."""
        self._poll_number += 1
        number = self._poll_number
        self._feed.wake()
        self._confirm(offset)

        def is_over() -> bool:
            newer = number != self._poll_number
            return newer or bool(self._queues) or self._feed.closing.is_set() or self.webhook is not None

        await self._feed.wait_until(is_over, timeout_seconds)
        if number != self._poll_number:
            return None
        updates = self._waiting()[:limit]
        for pending in updates:
            self._record(pending, "polled")
        return [pending.update for pending in updates]

    def _waiting(self) -> list[Pending]:
        now = time.monotonic()
        alive = [pending for queue in self._queues.values() for pending in queue if pending.expires_at > now]
        return sorted(alive, key=lambda pending: int(pending.update["update_id"]))

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            waiting = self._waiting()[offset:]
            offset = int(waiting[0].update["update_id"]) if waiting else 0
        for name, queue in list(self._queues.items()):
            kept = deque(pending for pending in queue if int(pending.update["update_id"]) >= offset)
            if kept:
                self._queues[name] = kept
            else:
                del self._queues[name]


def find_queue(kind: str, payload: Any) -> str:
    """Which queue an update belongs to: messages by chat, queries by user."""
    body = payload if isinstance(payload, dict) else {}
    chat = body.get("chat") or {}
    if kind in {"callback_query", "inline_query", "pre_checkout_query", "shipping_query"} or not chat:
        return f"{kind} {(body.get('from') or {}).get('id', 0)}"
    return f"chat {chat.get('id', 0)}"
