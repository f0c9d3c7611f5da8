"""Names and queue settings that the real service refuses, with its gRPC codes.

Formats and bounds come from the public API reference of `Queue` and `Task`; which code belongs to which
mistake was recorded against the real service by an open-source emulator's conformance suite (August 2026).
"""

import re
from typing import Any, NoReturn

import grpc

from infra.local.tasks.messages import read_seconds
from infra.local.tasks.rules import RateRules, RetryRules

QUEUE_NAME = re.compile(r"projects/[A-Za-z0-9:.-]+/locations/[A-Za-z0-9-]+/queues/[A-Za-z0-9-]{1,100}")
LOCATION_NAME = re.compile(r"projects/[A-Za-z0-9:.-]+/locations/[A-Za-z0-9-]+")
TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")
DISPATCHES_PER_SECOND_MAX = 500
CONCURRENT_DISPATCHES_MAX = 5000

QUEUE_MISSING = "Queue does not exist. A queue just created may need a minute."
TASK_MISSING = "The task does not exist; it may have completed or been deleted."


class RefusalError(Exception):
    """A call the service turns down: becomes the gRPC status with this code and message."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def refuse_argument(message: str) -> NoReturn:
    """Turn the call down as INVALID_ARGUMENT."""
    raise RefusalError(grpc.StatusCode.INVALID_ARGUMENT, message)


def check_queue_name(name: str) -> None:
    """Refuse anything but `projects/P/locations/L/queues/Q`."""
    if not QUEUE_NAME.fullmatch(name):
        refuse_argument(f"Queue name {name!r} must be projects/PROJECT/locations/LOCATION/queues/QUEUE.")


def check_task_name(name: str, queue_name: str) -> None:
    """Refuse a task name that is malformed or belongs to another queue."""
    queue_part, separator, task_id = name.partition("/tasks/")
    if not separator or not QUEUE_NAME.fullmatch(queue_part):
        refuse_argument(f"Task name {name!r} must be projects/P/locations/L/queues/Q/tasks/TASK.")
    if queue_part != queue_name:
        refuse_argument(f"The task's name says queue {queue_part!r}, the request says {queue_name!r}.")
    if not TASK_ID.fullmatch(task_id):
        refuse_argument(f"Task id {task_id!r} must be 1 to 500 letters, digits, hyphens or underscores.")


def read_rates(limits: Any) -> RateRules:
    """The queue's rate limits with the service's defaults for what is unset."""
    rate, concurrent = limits.max_dispatches_per_second, limits.max_concurrent_dispatches
    if not 0 <= rate <= DISPATCHES_PER_SECOND_MAX:
        refuse_argument(f"RateLimits.maxDispatchesPerSecond must be 0 to {DISPATCHES_PER_SECOND_MAX}.")
    if not 0 <= concurrent <= CONCURRENT_DISPATCHES_MAX:
        refuse_argument(f"RateLimits.maxConcurrentDispatches must be 0 to {CONCURRENT_DISPATCHES_MAX}.")
    usual = RateRules()
    return RateRules(rate or usual.dispatches_per_second, concurrent or usual.concurrent_max)


def read_retry(config: Any) -> RetryRules:
    """Retry settings of a queue or a task, with the service's defaults for what is unset."""
    usual = RetryRules()
    retry = RetryRules(
        attempts_max=config.max_attempts or usual.attempts_max,
        duration_seconds=read_seconds(config.max_retry_duration),
        min_backoff_seconds=_read_backoff(config, "min_backoff", usual.min_backoff_seconds),
        max_backoff_seconds=_read_backoff(config, "max_backoff", usual.max_backoff_seconds),
        doublings_max=config.max_doublings or usual.doublings_max,
    )
    _check_retry(retry)
    return retry


def _read_backoff(config: Any, field: str, usual_seconds: float) -> float:
    return read_seconds(getattr(config, field)) if config.HasField(field) else usual_seconds


def _check_retry(retry: RetryRules) -> None:
    if retry.attempts_max < -1:
        refuse_argument("RetryConfig.maxAttempts must be -1 or more.")
    if retry.doublings_max < 0:
        refuse_argument("RetryConfig.maxDoublings cannot be negative.")
    if retry.min_backoff_seconds < 0 or retry.max_backoff_seconds < 0 or retry.duration_seconds < 0:
        refuse_argument("RetryConfig's durations cannot be negative.")
    if retry.min_backoff_seconds > retry.max_backoff_seconds:
        refuse_argument("RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.")
