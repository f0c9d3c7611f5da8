"""The service over HTTP and JSON, as https://cloud.google.com/tasks/docs/reference/rest describes it.

Names stand in the path, a message in the body, the rest in the query. What the published messages do not know is
refused: a misspelt field would be a task without it. Methods that are not here (IAM, batches, encryption keys) are 404.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import json_format
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.local.tasks import messages
from infra.local.tasks.refusals import RefusalError, refuse_argument
from infra.local.tasks.service import CloudTasksService

LOCATION = "projects/[^/]+/locations/[^/]+"
QUEUE = f"{LOCATION}/queues/[^/:]+"
TASK = f"{QUEUE}/tasks/[^/:]+"
WHOLE_BODY = "*"
HTTP_STATUSES = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.UNIMPLEMENTED: 501,
}
"""https://cloud.google.com/apis/design/errors: a code's number in HTTP."""


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the service and its place in HTTP."""

    verb: str
    path: re.Pattern[str]
    """Without the version; its one group is the name that the request's field `name_field` gets."""
    name_field: str
    body_field: str
    """The field that the body is, WHOLE_BODY, or "" where there is none."""
    request_class: Any
    call: Callable[[Any], Any]


def list_methods(service: CloudTasksService) -> list[Method]:
    """The service's table."""

    def method(verb: str, path: str, name: str, body: str, request_class: Any, call: Callable[[Any], Any]) -> Method:
        return Method(verb, re.compile(path), name, body, request_class, call)

    return [
        method("POST", f"({QUEUE})/tasks", "parent", WHOLE_BODY, messages.CreateTaskRequest, service.create_task),
        method("GET", f"({QUEUE})/tasks", "parent", "", messages.ListTasksRequest, service.list_tasks),
        method("GET", f"({TASK})", "name", "", messages.GetTaskRequest, service.get_task),
        method("DELETE", f"({TASK})", "name", "", messages.DeleteTaskRequest, service.delete_task),
        method("POST", f"({TASK}):run", "name", WHOLE_BODY, messages.RunTaskRequest, service.run_task),
        method("POST", f"({LOCATION})/queues", "parent", "queue", messages.CreateQueueRequest, service.create_queue),
        method("GET", f"({LOCATION})/queues", "parent", "", messages.ListQueuesRequest, service.list_queues),
        method("PATCH", f"({QUEUE})", "queue.name", "queue", messages.UpdateQueueRequest, service.update_queue),
        method("GET", f"({QUEUE})", "name", "", messages.GetQueueRequest, service.get_queue),
        method("DELETE", f"({QUEUE})", "name", "", messages.DeleteQueueRequest, service.delete_queue),
        method("POST", f"({QUEUE}):purge", "name", WHOLE_BODY, messages.PurgeQueueRequest, service.purge_queue),
        method("POST", f"({QUEUE}):pause", "name", WHOLE_BODY, messages.PauseQueueRequest, service.pause_queue),
        method("POST", f"({QUEUE}):resume", "name", WHOLE_BODY, messages.ResumeQueueRequest, service.resume_queue),
    ]


def make_app(service: CloudTasksService) -> ASGIApp:
    """The ASGI application."""
    methods = list_methods(service)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = JSONResponse(call_method(methods, request, await request.body()))
        except RefusalError as refusal:
            status = HTTP_STATUSES[refusal.code]
            error = {"code": status, "message": refusal.message, "status": refusal.code.name}
            response = JSONResponse({"error": error}, status_code=status)
        await response(scope, receive, send)

    return answer


def call_method(methods: list[Method], request: Request, body: bytes) -> dict[str, Any]:
    """What the method that verb and path name answers. Raises RefusalError."""
    path = request.url.path.removeprefix("/v2/")
    for method in methods:
        found = method.path.fullmatch(path) if method.verb == request.method else None
        if found:
            message = read_request(method, found[1], dict(request.query_params), body)
            return show_message(method.call(message))
    raise RefusalError(grpc.StatusCode.NOT_FOUND, f"No method {request.method} {request.url.path}.")


def read_request(method: Method, name: str, query: dict[str, str], body: bytes) -> Any:
    """The request message. Raises RefusalError."""
    fields: dict[str, Any] = {key: value for key, value in query.items() if not key.startswith("$")}
    if method.body_field:
        content = read_json(body)
        fields |= content if method.body_field == WHOLE_BODY else {method.body_field: content}
    elif body:
        refuse_argument("Invalid JSON payload received: this method takes no body.")
    holder, _, field = method.name_field.rpartition(".")
    (fields.setdefault(holder, {}) if holder else fields)[field] = name
    check_task_body(fields)
    try:
        return json_format.ParseDict(fields, method.request_class())  # type: ignore[no-untyped-call]
    except json_format.ParseError as error:
        refuse_argument(f"Invalid JSON payload received. {error}")


def read_json(body: bytes) -> dict[str, Any]:
    """The object in the body; an empty one stands for none."""
    try:
        content = json.loads(body or b"{}")
    except ValueError as error:
        refuse_argument(f"Invalid JSON payload received. {error}")
    if not isinstance(content, dict):
        refuse_argument("Invalid JSON payload received. It is no object.")
    return content


def check_task_body(fields: dict[str, Any]) -> None:
    """Refuse bytes that are not base64; the library would leave out what does not belong there."""
    task = fields.get("task")
    request = task.get("httpRequest", task.get("http_request")) if isinstance(task, dict) else None
    body = request.get("body") if isinstance(request, dict) else None
    if isinstance(body, str):
        try:
            b64decode(body.replace("-", "+").replace("_", "/"), validate=True)
        except ValueError:
            refuse_argument("Invalid value at 'task.http_request.body': Base64 decoding failed.")


def show_message(message: Any) -> dict[str, Any]:
    """A message as JSON: names in camelCase, bytes in base64, times as RFC 3339."""
    shown: dict[str, Any] = json_format.MessageToDict(message)  # type: ignore[no-untyped-call]
    return shown
