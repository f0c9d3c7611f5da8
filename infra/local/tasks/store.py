"""All queues of the server, and the names that may not be used again yet."""

import time
from typing import Any

import grpc

from infra.local.tasks import messages
from infra.local.tasks.messages import write_seconds
from infra.local.tasks.queue import QueueStats, RunningQueue, Surroundings
from infra.local.tasks.refusals import (
    LOCATION_NAME,
    QUEUE_MISSING,
    TASK_MISSING,
    RefusalError,
    check_queue_name,
    read_rates,
    read_retry,
    refuse_argument,
)
from infra.local.tasks.stored import StoredTask, take_in

NAME_REUSE_SECONDS = 3600.0
"""A task's name stays taken this long after the task is gone. The public pages say "about an hour" and "up to
24 hours": nothing may rely on either, and the shorter one finds code that does."""
QUEUE_REUSE_SECONDS = 3 * 24 * 3600.0


class TaskStore:
    """Queues by name. Every method raises RefusalError where the real service answers with an error."""

    def __init__(self, surroundings: Surroundings) -> None:
        self.queues: dict[str, RunningQueue] = {}
        self._shared = surroundings
        self._deleted_queues: dict[str, float] = {}
        self._names = TakenNames()

    def create_queue(self, parent: str, message: Any) -> RunningQueue:
        """Make a queue; its settings are checked and completed."""
        if not LOCATION_NAME.fullmatch(parent):
            refuse_argument(f"Parent {parent!r} must be projects/PROJECT/locations/LOCATION.")
        check_queue_name(message.name)
        if not message.name.startswith(parent + "/"):
            refuse_argument("The queue's name must begin with the request's parent.")
        if message.name in self.queues:
            raise RefusalError(grpc.StatusCode.ALREADY_EXISTS, "Queue already exists")
        if time.time() - self._deleted_queues.get(message.name, 0.0) < QUEUE_REUSE_SECONDS:
            raise RefusalError(grpc.StatusCode.FAILED_PRECONDITION, "A queue with this name was deleted too recently.")
        complete_queue(message)
        queue = self.queues[message.name] = RunningQueue(message, self._shared)
        return queue

    def update_queue(self, message: Any, paths: list[str]) -> RunningQueue:
        """Change the settings that `paths` name (all when empty); makes the queue if there is none."""
        check_queue_name(message.name)
        queue = self.queues.get(message.name)
        if queue is None:
            return self.create_queue(message.name.partition("/queues/")[0], message)
        changed = messages.Queue()
        changed.CopyFrom(queue.message)
        for path in paths or ["rate_limits", "retry_config"]:
            _copy_setting(message, changed, path)
        complete_queue(changed)
        changed.state = queue.message.state
        queue.configure(changed)
        return queue

    def queue(self, name: str) -> RunningQueue:
        """The queue of this full name."""
        queue = self.queues.get(name)
        if queue is None:
            check_queue_name(name)
            raise RefusalError(grpc.StatusCode.NOT_FOUND, QUEUE_MISSING)
        return queue

    def delete_queue(self, name: str) -> None:
        """Delete a queue with everything in it."""
        queue = self.queue(name)
        self.purge_queue(name)
        queue.pause()
        del self.queues[name]
        self._deleted_queues[name] = time.time()

    def purge_queue(self, name: str) -> RunningQueue:
        """Remove all tasks of a queue."""
        queue = self.queue(name)
        queue.purge()
        write_seconds(queue.message.purge_time, time.time())
        return queue

    def create_task(self, queue_name: str, message: Any) -> StoredTask:
        """Accept a task. The message is used up."""
        queue = self.queue(queue_name)
        has_own_name = bool(message.name)
        now = time.time()
        task = take_in(message, queue_name, now)
        if has_own_name:
            self._names.take(task, now)
        queue.add(task)
        return task

    def task(self, name: str) -> tuple[RunningQueue, StoredTask]:
        """A task that still exists, and its queue."""
        queue = self.queues.get(name.partition("/tasks/")[0])
        task = queue.tasks.get(name) if queue else None
        if queue is None or task is None:
            raise RefusalError(grpc.StatusCode.NOT_FOUND, TASK_MISSING)
        return queue, task

    def stats(self) -> dict[str, QueueStats]:
        """Counts per queue, by full name."""
        return {name: queue.stats() for name, queue in self.queues.items()}

    async def stop(self) -> None:
        """Stop dispatching for good."""
        for queue in list(self.queues.values()):
            await queue.stop()


class TakenNames:
    """Names that callers chose, held while their task lives and NAME_REUSE_SECONDS longer."""

    def __init__(self) -> None:
        self._holders: dict[str, StoredTask] = {}

    def take(self, task: StoredTask, now: float) -> None:
        """Give the task its name; ALREADY_EXISTS while another one holds it."""
        self._forget_oldest(now)
        holder = self._holders.get(task.name)
        if holder is not None and not _has_freed_its_name(holder, now):
            raise RefusalError(grpc.StatusCode.ALREADY_EXISTS, "Requested entity already exists")
        self._holders[task.name] = task

    def _forget_oldest(self, now: float) -> None:
        oldest = next(iter(self._holders.values()), None)
        while oldest is not None and _has_freed_its_name(oldest, now):
            del self._holders[oldest.name]
            oldest = next(iter(self._holders.values()), None)


def _has_freed_its_name(task: StoredTask, now: float) -> bool:
    return task.is_gone and now - task.gone_at >= NAME_REUSE_SECONDS


def complete_queue(message: Any) -> None:
    """Fill in the defaults that the real service shows, refusing settings it refuses."""
    if message.HasField("http_target") or message.HasField("app_engine_routing_override"):
        raise RefusalError(grpc.StatusCode.UNIMPLEMENTED, "The local server has no queue-level targets.")
    for name in ("state", "purge_time"):
        message.ClearField(name)
    rates, retry = read_rates(message.rate_limits), read_retry(message.retry_config)
    message.rate_limits.max_dispatches_per_second = rates.dispatches_per_second
    message.rate_limits.max_concurrent_dispatches = rates.concurrent_max
    message.rate_limits.max_burst_size = int(rates.burst)
    config = message.retry_config
    config.max_attempts, config.max_doublings = retry.attempts_max, retry.doublings_max
    write_seconds(config.min_backoff, retry.min_backoff_seconds)
    write_seconds(config.max_backoff, retry.max_backoff_seconds)


def _copy_setting(source: Any, target: Any, path: str) -> None:
    """Copy one field of a field mask: `rate_limits`, `retry_config` or one field of theirs."""
    group, _, name = path.partition(".")
    if group not in {"rate_limits", "retry_config"}:
        refuse_argument(f"update_mask cannot change {path!r} here.")
    if not name:
        getattr(target, group).CopyFrom(getattr(source, group))
        return
    try:
        value = getattr(getattr(source, group), name)
    except AttributeError:
        refuse_argument(f"update_mask names an unknown field {path!r}.")
    if hasattr(value, "CopyFrom"):
        getattr(getattr(target, group), name).CopyFrom(value)
    else:
        setattr(getattr(target, group), name, value)
