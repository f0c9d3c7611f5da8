"""A running queue: holds its tasks, dispatches those that are due, retries and gives up by the rules.

```text
CreateTask ─▶ plan (heap by time) ─▶ pump: not paused, a free slot, a token, due? ─▶ attempt ─▶ settle
                  ▲                                                                               │
                  └────────── failed: later, by the retry rules ◀─────────────────────────────────┤
                                                     2xx, deleted, purged or spent: gone ◀────────┘
```

Everything happens in one event loop: between two awaits nothing else runs, so there are no locks.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from infra.local.tasks.delivery import Courier, Outcome
from infra.local.tasks.faults import Faults
from infra.local.tasks.messages import PAUSED, RUNNING
from infra.local.tasks.refusals import read_rates, read_retry
from infra.local.tasks.rules import RETENTION_SECONDS, TokenBucket
from infra.local.tasks.stored import StoredTask

EventLog = Callable[[dict[str, Any]], None]

DUPLICATE = 0
"""The turn of a planned delivery that is a fault's repetition; real turns start at 1."""

STARTS_AT_ONCE = 20
"""Attempts started before the event loop may turn to calls again: a burst must not delay CreateTask."""


@dataclass(slots=True)
class QueueStats:
    """Counts since the queue was made; `pending` and `in_flight` are now.

    `dispatched` counts attempts, `duplicated` those of them that a fault repeated, `retried` failures that
    were planned again, `exhausted` tasks given up, `removed` tasks deleted or purged.
    """

    created: int = 0
    dispatched: int = 0
    duplicated: int = 0
    succeeded: int = 0
    retried: int = 0
    exhausted: int = 0
    removed: int = 0
    pending: int = 0
    in_flight: int = 0
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all queues of one server share."""

    courier: Courier
    faults: Faults
    log: EventLog
    logs_dispatches: bool
    on_change: Callable[[], None]


class RunningQueue:
    """One queue at work. `message` is its `Queue`, defaults filled in."""

    def __init__(self, message: Any, surroundings: Surroundings) -> None:
        self.name: str = message.name
        self.queue_id = self.name.rpartition("/")[2]
        self.tasks: dict[str, StoredTask] = {}
        self._shared = surroundings
        self._stats = QueueStats()
        self._plan: list[tuple[float, int, int, StoredTask]] = []
        self._order = itertools.count()
        self._attempts: set[asyncio.Task[Any]] = set()
        self._busy = 0
        self._wake: asyncio.TimerHandle | asyncio.Handle | None = None
        self._wake_at = 0.0
        message.state = RUNNING
        self.configure(message)

    def configure(self, message: Any) -> None:
        """Take over new settings (raises RefusalError for bad ones); attempts in flight keep the old."""
        rates, retry = read_rates(message.rate_limits), read_retry(message.retry_config)
        self.message, self._rates, self._retry = message, rates, retry
        self._bucket = TokenBucket(rates, time.time())
        self._pump_soon(0.0)

    def add(self, task: StoredTask) -> None:
        """Accept a task; it is dispatched when due."""
        self.tasks[task.name] = task
        self._stats.created += 1
        faults = self._shared.faults
        self._plan_attempt(task, task.due_at + faults.delay_seconds())
        if faults.duplicates():
            self._push(task.due_at + faults.delay_seconds(), DUPLICATE, task)
        self._shared.on_change()

    def remove(self, task: StoredTask) -> None:
        """Forget a task; what its running attempt comes to no longer matters."""
        self._stats.removed += 1
        task.is_removed = True
        self._drop(task)

    def purge(self) -> None:
        """Remove all tasks."""
        for task in list(self.tasks.values()):
            self.remove(task)

    def run_now(self, task: StoredTask) -> None:
        """Dispatch at once, whatever pause and limits say. A failure is planned from now."""
        task.due_at = time.time()
        task.turn += 1
        self._start(task)

    def pause(self) -> None:
        """Stop dispatching; attempts in flight finish, new tasks are still accepted."""
        self.message.state = PAUSED
        self._shared.on_change()

    def resume(self) -> None:
        """Dispatch again."""
        self.message.state = RUNNING
        self._pump_soon(0.0)

    def stats(self) -> QueueStats:
        """A snapshot."""
        return replace(
            self._stats,
            pending=len(self.tasks) - self._busy,
            in_flight=len(self._attempts),
            is_paused=self.message.state == PAUSED,
        )

    async def stop(self) -> None:
        """Cancel the attempts in flight; their targets are not told."""
        self.pause()
        attempts = list(self._attempts)
        for attempt in attempts:
            attempt.cancel()
        await asyncio.gather(*attempts, return_exceptions=True)
        if self._wake is not None:
            self._wake.cancel()

    def _plan_attempt(self, task: StoredTask, due_at: float) -> None:
        task.turn += 1
        self._push(due_at, task.turn, task)

    def _push(self, due_at: float, turn: int, task: StoredTask) -> None:
        heapq.heappush(self._plan, (due_at, next(self._order), turn, task))
        if self.message.state == RUNNING:
            self._pump_soon(max(0.0, due_at - time.time()))

    def _pump_soon(self, seconds: float) -> None:
        """Make sure that `_pump` runs within this time."""
        loop = asyncio.get_running_loop()
        wake_at = loop.time() + seconds
        if self._wake is not None:
            if self._wake_at <= wake_at:
                return
            self._wake.cancel()
        self._wake_at = wake_at
        self._wake = loop.call_later(seconds, self._pump) if seconds else loop.call_soon(self._pump)

    def _pump(self) -> None:
        """Start the attempts that may start now, and plan the next look."""
        self._wake = None
        for _ in range(STARTS_AT_ONCE):
            if self.message.state != RUNNING or len(self._attempts) >= self._rates.concurrent_max:
                return
            self._forget_void_plans()
            if not self._plan:
                return
            now = time.time()
            wait_seconds = max(self._plan[0][0] - now, self._bucket.wait_seconds(now))
            if wait_seconds > 0:
                self._pump_soon(wait_seconds)
                return
            self._bucket.take()
            _, _, turn, task = heapq.heappop(self._plan)
            if turn == DUPLICATE:
                self._stats.duplicated += 1
                self._launch(self._deliver(task))
            else:
                self._start(task)
        self._pump_soon(0.0)

    def _forget_void_plans(self) -> None:
        while self._plan and _is_void(self._plan[0][2], self._plan[0][3]):
            heapq.heappop(self._plan)

    def _start(self, task: StoredTask) -> None:
        self._busy += task.running == 0
        task.begin_attempt(time.time())
        self._launch(self._attempt(task))

    def _launch(self, work: Coroutine[Any, Any, Any]) -> None:
        self._stats.dispatched += 1
        attempt = asyncio.get_running_loop().create_task(work)
        self._attempts.add(attempt)
        attempt.add_done_callback(self._attempt_ended)

    async def _attempt(self, task: StoredTask) -> None:
        outcome = await self._deliver(task)
        if outcome.is_success and self._shared.faults.loses_answer():
            outcome = Outcome(0, "UNAVAILABLE: the answer was lost on purpose", 0.0, outcome.milliseconds)
        if not task.is_gone:
            self._settle(task, outcome)

    async def _deliver(self, task: StoredTask) -> Outcome:
        outcome = await self._shared.courier.deliver(task, self.queue_id)
        if self._shared.logs_dispatches:
            self._log("dispatched", task, outcome)
        if outcome.is_overload:
            self._bucket.slow_down(time.time())
        return outcome

    def _attempt_ended(self, attempt: asyncio.Task[Any]) -> None:
        self._attempts.discard(attempt)
        if not attempt.cancelled() and (error := attempt.exception()):
            asyncio.get_running_loop().call_exception_handler({"message": "attempt broke", "exception": error})
        self._pump_soon(0.0)
        self._shared.on_change()

    def _settle(self, task: StoredTask, outcome: Outcome) -> None:
        now = time.time()
        task.end_attempt(now, outcome.http_status, outcome.reason)
        self._busy -= task.running == 0
        if outcome.is_success:
            self._stats.succeeded += 1
            self._drop(task)
        else:
            self._retry_or_give_up(task, outcome, now)

    def _retry_or_give_up(self, task: StoredTask, outcome: Outcome, now: float) -> None:
        retry = task.retry or self._retry
        is_expired = now - task.created_at > RETENTION_SECONDS
        if is_expired or retry.is_spent(task.dispatch_count, now - task.first_dispatched_at):
            self._stats.exhausted += 1
            self._log("exhausted", task, outcome)
            self._drop(task)
            return
        self._stats.retried += 1
        delay_seconds = max(retry.delay_seconds(task.dispatch_count), outcome.retry_after_seconds)
        task.due_at = now + delay_seconds
        self._plan_attempt(task, task.due_at)

    def _drop(self, task: StoredTask) -> None:
        self._busy -= task.running > 0
        task.gone_at = time.time()
        self.tasks.pop(task.name, None)
        self._shared.on_change()

    def _log(self, event: str, task: StoredTask, outcome: Outcome) -> None:
        self._shared.log(
            {
                "event": event,
                "severity": "WARNING" if event == "exhausted" else "INFO",
                "queue": self.queue_id,
                "task": task.task_id,
                "url": task.message().http_request.url,
                "status": outcome.http_status,
                "reason": outcome.reason,
                "ms": round(outcome.milliseconds, 1),
                "attempt": task.dispatch_count,
            }
        )


def _is_void(turn: int, task: StoredTask) -> bool:
    """A plan is void once a newer one was made or the task is gone; a duplicate's, once it was removed."""
    if turn == DUPLICATE:
        return task.is_removed
    return task.is_gone or turn != task.turn
