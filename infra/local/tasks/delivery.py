"""One attempt: build the HTTP request of a task as the real service does, send it, say what came of it."""

import asyncio
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from infra.local.tasks.http_client import HttpPool, Origin
from infra.local.tasks.messages import HTTP_METHODS
from infra.local.tasks.oidc import TokenSigner
from infra.local.tasks.stored import METHODS_WITH_BODY, StoredTask

COMPUTED_HEADERS = {"host", "content-length", "transfer-encoding", "connection", "expect"}
RESERVED_PREFIXES = ("x-google-", "x-appengine-", "x-cloudtasks-")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to. `http_status` 0 means that no answer came; `reason` then says why."""

    http_status: int
    reason: str
    retry_after_seconds: float
    milliseconds: float

    @property
    def is_success(self) -> bool:
        return 200 <= self.http_status < 300  # noqa: PLR2004 — the 2xx class

    @property
    def is_overload(self) -> bool:
        """429 and 503 slow the whole queue down."""
        return self.http_status in {429, 503}


class Courier:
    """Delivers tasks over HTTP, with a token where the task asks for one."""

    def __init__(self, signer: TokenSigner) -> None:
        self._signer = signer
        self._pool = HttpPool()

    async def deliver(self, task: StoredTask, queue_id: str) -> Outcome:
        """Make one attempt, at most as long as the task's deadline. Never raises but when cancelled."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(task.deadline_seconds):
                origin, request = self._write_request(task, queue_id)
                reply = await self._pool.send(origin, request, expects_body=not request.startswith(b"HEAD "))
        except TimeoutError:
            return Outcome(0, "DEADLINE_EXCEEDED", 0.0, _milliseconds_since(started))
        except (OSError, ValueError) as error:  # refused, reset, unresolvable; a URL that is none
            return Outcome(0, f"UNAVAILABLE: {error}", 0.0, _milliseconds_since(started))
        reason = f"HTTP status code {reply.status}"
        return Outcome(reply.status, reason, reply.retry_after_seconds, _milliseconds_since(started))

    async def close(self) -> None:
        """Drop all connections."""
        await self._pool.close()

    def _write_request(self, task: StoredTask, queue_id: str) -> tuple[Origin, bytes]:
        http_request = task.message().http_request
        origin, host, target = split_url(http_request.url)
        headers = {"Host": host} | _given_headers(http_request) | cloud_tasks_headers(task, queue_id)
        if http_request.HasField("oidc_token"):
            oidc = http_request.oidc_token
            token = self._signer.token(oidc.service_account_email, oidc.audience or http_request.url)
            headers["Authorization"] = f"Bearer {token}"
        if http_request.http_method in METHODS_WITH_BODY:
            headers["Content-Length"] = str(len(task.body))
        lines = [f"{HTTP_METHODS[http_request.http_method]} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return origin, "\r\n".join([*lines, "", ""]).encode() + task.body


def cloud_tasks_headers(task: StoredTask, queue_id: str) -> dict[str, str]:
    """The headers the real service adds; on retries it adds the previous answer and an empty reason."""
    headers = {
        "X-CloudTasks-QueueName": queue_id,
        "X-CloudTasks-TaskName": task.task_id,
        "X-CloudTasks-TaskRetryCount": str(max(0, task.dispatch_count - 1)),
        "X-CloudTasks-TaskExecutionCount": str(task.execution_count),
        "X-CloudTasks-TaskETA": f"{task.due_at:.6f}",
    }
    if task.previous_status:
        headers["X-CloudTasks-TaskPreviousResponse"] = str(task.previous_status)
        headers["X-CloudTasks-TaskRetryReason"] = ""
    return headers


@lru_cache(maxsize=1024)
def split_url(url: str) -> tuple[Origin, str, str]:
    """A URL as (where to connect, Host header, request target); ValueError where it makes no sense."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError(f"no host in {url!r}")
    is_tls = parts.scheme == "https"
    origin = Origin(parts.hostname, parts.port or (443 if is_tls else 80), is_tls)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?") if parts.query else ""
    return origin, parts.netloc.rpartition("@")[2], path + query


def _given_headers(http_request: Any) -> dict[str, str]:
    """The task's own headers, less those the service computes or keeps to itself."""
    has_token = http_request.HasField("oidc_token")
    return {
        name: value
        for name, value in http_request.headers.items()
        if (lowered := name.lower()) not in COMPUTED_HEADERS
        and not lowered.startswith(RESERVED_PREFIXES)
        and not (has_token and lowered == "authorization")
    }


def _milliseconds_since(started: float) -> float:
    return (time.monotonic() - started) * 1000
