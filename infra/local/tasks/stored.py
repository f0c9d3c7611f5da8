"""One stored task: taken in from a CreateTask call, shown again by GetTask and ListTasks.

Limits are the public ones (API reference of `Task` and `HttpRequest`, quotas page). The size limit counts the
task as it is stored, defaults filled in; where exactly the boundary lies was measured on the real service by
others (kept here to within a few bytes).
"""

import random
import re
from dataclasses import dataclass
from typing import Any

import grpc

from infra.local.tasks import messages
from infra.local.tasks.messages import BASIC, FULL, read_seconds, write_seconds
from infra.local.tasks.refusals import RefusalError, check_task_name, read_retry, refuse_argument
from infra.local.tasks.rules import RetryRules

STORED_SIZE_MAX_BYTES = 1024 * 1024 - 7
SCHEDULE_AHEAD_MAX_SECONDS = 30 * 24 * 3600
DEADLINE_DEFAULT_SECONDS = 600.0
DEADLINE_MIN_SECONDS = 15.0
DEADLINE_MAX_SECONDS = 1800.0
URL_LENGTH_MAX = 2083
HEADERS_SIZE_MAX_BYTES = 80 * 1024
METHODS_WITH_BODY = {1, 4, 6}  # POST, PUT, PATCH
USER_AGENT = "Google-Cloud-Tasks"
UNUSABLE_IN_HEADERS = re.compile(r"[\r\n\0]")


@dataclass(slots=True, eq=False)
class StoredTask:
    """A task and what has happened to it; times are Unix seconds."""

    name: str
    encoded: bytes
    """The `Task` as the BASIC view showed it when it was created: the message's bytes, without the body."""
    body: bytes
    due_at: float
    created_at: float
    deadline_seconds: float
    retry: RetryRules | None
    dispatch_count: int = 0
    response_count: int = 0
    execution_count: int = 0
    """Answers that were not 5xx: what X-CloudTasks-TaskExecutionCount counts for HTTP targets."""
    first_dispatched_at: float = 0.0
    last_attempt: Any = None
    """An `Attempt` message, once there was one."""
    previous_status: int = 0
    turn: int = 0
    """Number of the plan in force; a queue entry made for an older plan is void."""
    running: int = 0
    gone_at: float = 0.0
    is_removed: bool = False
    """Deleted or purged, as opposed to done."""

    @property
    def is_gone(self) -> bool:
        """Done, given up or removed."""
        return self.gone_at > 0

    @property
    def task_id(self) -> str:
        return self.name.rpartition("/")[2]

    def message(self) -> Any:
        """The `Task` as created, without its body. Parsed anew: a kept message would keep its whole request."""
        return messages.Task.FromString(self.encoded)

    def show(self, view: int) -> Any:
        """The `Task` message for GetTask and the like; only the FULL view has the body."""
        shown = self.message()
        write_seconds(shown.schedule_time, self.due_at)
        shown.dispatch_count, shown.response_count = self.dispatch_count, self.response_count
        if self.dispatch_count:
            write_seconds(shown.first_attempt.dispatch_time, self.first_dispatched_at)
            shown.last_attempt.CopyFrom(self.last_attempt)
        if view == FULL:
            shown.view = FULL
            shown.http_request.body = self.body
        return shown

    def begin_attempt(self, now: float) -> None:
        """Record that the task is being dispatched."""
        attempt = messages.Task().last_attempt
        write_seconds(attempt.schedule_time, self.due_at)
        write_seconds(attempt.dispatch_time, now)
        self.last_attempt = attempt
        self.first_dispatched_at = self.first_dispatched_at or now
        self.dispatch_count += 1
        self.running += 1

    def end_attempt(self, now: float, http_status: int, reason: str) -> None:
        """Record the answer; `http_status` 0 means none came."""
        self.running -= 1
        self.previous_status = http_status
        self.response_count += 1 if http_status else 0
        self.execution_count += 1 if 0 < http_status < 500 else 0  # noqa: PLR2004 — the 5xx class
        attempt = self.last_attempt
        write_seconds(attempt.response_time, now)
        attempt.response_status.code = status_code_of(http_status, reason)
        attempt.response_status.message = reason


def status_code_of(http_status: int, reason: str) -> int:
    """The google.rpc.Code that an attempt's record shows for an HTTP answer, or for none."""
    if not http_status:
        return 4 if reason == "DEADLINE_EXCEEDED" else 14
    if http_status // 100 == 2:  # noqa: PLR2004 — the 2xx class
        return 0
    by_status = {400: 3, 401: 16, 403: 7, 404: 5, 429: 8, 499: 1, 501: 12, 503: 14, 504: 4}
    return by_status.get(http_status, 13 if http_status >= 500 else 2)  # noqa: PLR2004 — the 5xx class


def take_in(task: Any, queue_name: str, now: float) -> StoredTask:
    """Check a `Task` message and fill in defaults. The message is changed on the way.

    Raises RefusalError as the real service would.
    """
    if task.name:
        check_task_name(task.name, queue_name)
    else:
        task.name = f"{queue_name}/tasks/{random.getrandbits(64):020d}"
    _check_request(task)
    due_at, deadline_seconds = _fill_schedule(task, now), _fill_deadline(task)
    _fill_output_fields(task, now)
    body = task.http_request.body
    task.http_request.ClearField("body")
    encoded = task.SerializeToString()
    if len(encoded) + len(body) > STORED_SIZE_MAX_BYTES:
        refuse_argument("Task size too large")
    return StoredTask(
        name=task.name,
        encoded=encoded,
        body=body,
        due_at=due_at,
        created_at=now,
        deadline_seconds=deadline_seconds,
        retry=read_retry(task.retry_config) if task.HasField("retry_config") else None,
    )


def _check_request(task: Any) -> None:
    if not task.HasField("http_request"):
        if task.HasField("app_engine_http_request"):
            raise RefusalError(grpc.StatusCode.UNIMPLEMENTED, "The local server has no App Engine targets.")
        refuse_argument("Task must have an HttpRequest.")
    request = task.http_request
    _check_url(request.url)
    if request.http_method not in METHODS_WITH_BODY and request.http_method != 0 and request.body:
        refuse_argument("HttpRequest.body is allowed only with POST, PUT and PATCH.")
    if request.http_method not in messages.HTTP_METHODS and request.http_method != 0:
        refuse_argument(f"HttpRequest.httpMethod {request.http_method} is unknown.")
    _check_headers(request.headers)
    _check_authorization(request)


def _check_url(url: str) -> None:
    if not url:
        refuse_argument("HttpRequest.url is required.")
    if not url.startswith(("http://", "https://")):
        refuse_argument("HttpRequest.url must start with 'http://' or 'https://'.")
    if len(url) > URL_LENGTH_MAX:
        refuse_argument(f"HttpRequest.url is longer than {URL_LENGTH_MAX} characters.")


def _check_headers(headers: Any) -> None:
    size_bytes = 0
    for name, value in headers.items():
        size_bytes += len(name) + len(value)
        if not name or not name.isascii() or UNUSABLE_IN_HEADERS.search(name + value):
            refuse_argument(f"HttpRequest.headers has an unusable header {name!r}.")
    if size_bytes >= HEADERS_SIZE_MAX_BYTES:
        refuse_argument("HttpRequest.headers must be smaller than 80 KB.")


def _check_authorization(request: Any) -> None:
    if request.HasField("oauth_token"):
        raise RefusalError(grpc.StatusCode.UNIMPLEMENTED, "The local server signs OIDC tokens, not OAuth.")
    if request.HasField("oidc_token") and "@" not in request.oidc_token.service_account_email:
        refuse_argument("OidcToken.serviceAccountEmail must be a service account's address.")


def _fill_schedule(task: Any, now: float) -> float:
    due_at = max(read_seconds(task.schedule_time), now)
    if due_at - now > SCHEDULE_AHEAD_MAX_SECONDS:
        refuse_argument("Task.scheduleTime is too far in the future: at most 720h.")
    write_seconds(task.schedule_time, due_at)
    return due_at


def _fill_deadline(task: Any) -> float:
    if not task.HasField("dispatch_deadline"):
        write_seconds(task.dispatch_deadline, DEADLINE_DEFAULT_SECONDS)
        return DEADLINE_DEFAULT_SECONDS
    seconds = read_seconds(task.dispatch_deadline)
    if not DEADLINE_MIN_SECONDS <= seconds <= DEADLINE_MAX_SECONDS:
        refuse_argument("Task.dispatchDeadline must be between 15s and 30m for an HTTP target.")
    return seconds


def _fill_output_fields(task: Any, now: float) -> None:
    for name in ("dispatch_count", "response_count", "first_attempt", "last_attempt"):
        task.ClearField(name)
    task.view = BASIC
    task.create_time.seconds, task.create_time.nanos = int(now), 0
    request = task.http_request
    request.http_method = request.http_method or 1
    for name in [name for name in request.headers if name.lower() == "user-agent"]:
        del request.headers[name]
    request.headers["User-Agent"] = USER_AGENT
