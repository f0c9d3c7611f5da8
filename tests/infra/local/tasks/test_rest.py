"""The service in HTTP: paths, JSON and errors, beside what Google's client can send (`test_service`)."""

from typing import Any

import httpx
import pytest

from infra.local.tasks import TasksServer

TASKS = "/v2/projects/demo/locations/local/queues/bot/tasks"
REQUEST = {"url": "http://127.0.0.1:1/", "body": "e30="}


async def call(server: TasksServer, verb: str, path: str, **content: Any) -> tuple[int, dict[str, Any]]:
    async with httpx.AsyncClient(base_url=f"http://{server.api_address}", trust_env=False) as client:
        answer = await client.request(verb, path, **content)
    return answer.status_code, answer.json()


async def test_a_task_is_shown_as_it_was_stored(server: TasksServer, queue: str) -> None:
    """The answer names the task and shows the defaults in JSON's own forms; only FULL shows the body."""
    later = {"httpRequest": REQUEST, "scheduleTime": "2026-12-01T00:00:00.5Z", "dispatchDeadline": "60s"}
    server.store.queue(queue).pause()
    status, basic = await call(server, "POST", TASKS, json={"task": {"httpRequest": REQUEST}})
    assert (status, basic["view"], basic["dispatchDeadline"]) == (200, "BASIC", "600s")
    assert basic["httpRequest"]["httpMethod"] == "POST"
    assert "body" not in basic["httpRequest"]
    status, full = await call(server, "GET", f"/v2/{basic['name']}?responseView=FULL&$alt=json")
    assert (status, full["httpRequest"]["body"]) == (200, "e30=")
    status, _ = await call(server, "POST", TASKS, json={"task": later, "responseView": "FULL"})
    assert status == 200


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'{"task": {"httpRequest": {"url": "http://127.0.0.1:1/", "bodi": "e30="}}}',
        b'{"task": {"httpRequest": {"url": "http://127.0.0.1:1/", "body": "no base64!"}}}',
        b'{"task": {"httpRequest": {"url": "http://127.0.0.1:1/", "body": "e30"}}}',
        b'{"task": {"httpRequest": {"url": "http://127.0.0.1:1/", "httpMethod": "SEND"}}}',
        b'{"task": {"httpRequest": {"url": "http://127.0.0.1:1/"}, "dispatchDeadline": 60}}',
        b'{"task": {"httpRequest": {"url": "http://127.0.0.1:1/"}, "scheduleTime": "tomorrow"}}',
        b'{"task": {"httpRequest": {"url": "http://127.0.0.1:1/"}}, "responseview": "FULL"}',
    ],
)
async def test_what_the_api_does_not_know_is_refused(server: TasksServer, queue: str, content: bytes) -> None:
    """Broken JSON, an unknown field, or a value of another form is INVALID_ARGUMENT, and nothing is stored."""
    status, answer = await call(server, "POST", TASKS, content=content)
    assert (status, answer["error"]["code"], answer["error"]["status"]) == (400, 400, "INVALID_ARGUMENT")
    assert server.stats()[queue].created == 0


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("POST", "/v2/projects/demo/queues/bot/tasks"),
        ("PUT", TASKS),
        ("POST", TASKS.replace("/v2/", "/v3/")),
        ("POST", f"{TASKS}:batchCreate"),
    ],
)
async def test_what_is_no_method_is_not_found(server: TasksServer, verb: str, path: str) -> None:
    """Another path, verb or version names nothing."""
    status, answer = await call(server, verb, path, json={"task": {"httpRequest": REQUEST}})
    assert (status, answer["error"]["status"]) == (404, "NOT_FOUND")


async def test_a_method_without_a_body_takes_none(server: TasksServer) -> None:
    """A GET that brings content is refused."""
    assert (await call(server, "GET", TASKS, content=b"{}"))[0] == 400


async def test_codes_become_http(server: TasksServer, queue: str) -> None:
    """A taken name is 409 ALREADY_EXISTS, and a queue that is not there 404 NOT_FOUND."""
    task = {"task": {"name": f"{queue}/tasks/once", "httpRequest": REQUEST}}
    server.store.queue(queue).pause()
    assert (await call(server, "POST", TASKS, json=task))[0] == 200
    status, answer = await call(server, "POST", TASKS, json=task)
    assert (status, answer["error"]["status"]) == (409, "ALREADY_EXISTS")
    status, answer = await call(server, "POST", TASKS.replace("bot", "other"), json=task)
    assert (status, answer["error"]["status"]) == (404, "NOT_FOUND")
