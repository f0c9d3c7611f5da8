"""What a target sees: the request, its headers, its token, and how many come at once."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from google.cloud import tasks_v2

from infra.local.tasks import TasksServer, run_tasks_server
from tests.infra.local.tasks.google_client import GoogleClient
from tests.infra.local.tasks.target import Call, Target

MakeTask = Callable[..., Any]
ACCOUNT = "tasks@demo.iam.gserviceaccount.com"


async def test_target_gets_the_request_with_cloud_tasks_headers(
    client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """A task arrives as the POST it describes, with the headers the real service adds and none of its own kind."""
    task = make_task(b'{"a":1}', name=f"{queue}/tasks/first")
    task["http_request"]["headers"] |= {"X-CloudTasks-TaskName": "forged", "User-Agent": "forged", "X-Mine": "é"}
    before = time.time()
    await client.create_task(parent=queue, task=task)
    (call,) = await target.wait_calls(1)
    assert (call.method, call.path, call.body) == ("POST", "/handle?x=1", b'{"a":1}')
    assert call.headers["host"] == f"127.0.0.1:{target.port}"
    assert call.headers["content-type"] == "application/json"
    assert call.headers["user-agent"] == "Google-Cloud-Tasks"
    assert call.headers["x-mine"] == "é"
    cloud_headers = {name: value for name, value in call.headers.items() if name.startswith("x-cloudtasks-")}
    assert before - 0.001 <= float(cloud_headers.pop("x-cloudtasks-tasketa")) <= time.time()
    assert cloud_headers == {
        "x-cloudtasks-queuename": "bot",
        "x-cloudtasks-taskname": "first",
        "x-cloudtasks-taskretrycount": "0",
        "x-cloudtasks-taskexecutioncount": "0",
    }


async def test_delivered_task_is_gone(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """Any 2xx ends a task: it is counted, deleted and not delivered again."""
    target.answer_in_turn("204 No Content")
    created = await client.create_task(parent=queue, task=make_task())
    stats = await server.wait_for(lambda stats: stats[queue].succeeded == 1 and not stats[queue].in_flight)
    assert (stats[queue].pending, stats[queue].dispatched) == (0, 1)
    assert list(await client.list_tasks(parent=queue)) == []
    assert created.name.startswith(f"{queue}/tasks/")


async def test_other_methods_and_targets_without_a_length_work(
    server: TasksServer, client: GoogleClient, target: Target, queue: str
) -> None:
    """GET and HEAD are sent as such, without a body, and both end with the answer."""
    for method in (tasks_v2.HttpMethod.GET, tasks_v2.HttpMethod.HEAD):
        request = tasks_v2.HttpRequest(url=target.url, http_method=method)
        await client.create_task(parent=queue, task=tasks_v2.Task(http_request=request))
    await server.wait_for(lambda stats: stats[queue].succeeded == 2)
    assert sorted(call.method for call in target.calls) == ["GET", "HEAD"]
    assert all("content-length" not in call.headers for call in target.calls)


async def test_oidc_token_verifies_through_the_jwks(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """The bearer token is a Google-shaped ID token that PyJWT verifies with the served key."""
    task = make_task()
    task["http_request"]["oidc_token"] = {"service_account_email": ACCOUNT, "audience": "https://bot.test"}
    await client.create_task(parent=queue, task=task)
    (call,) = await target.wait_calls(1)
    token = call.headers["authorization"].removeprefix("Bearer ")
    keys = jwt.PyJWKClient(server.jwks_url)
    key = await asyncio.to_thread(keys.get_signing_key_from_jwt, token)
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="https://bot.test", issuer=server.issuer)
    assert (claims["email"], claims["email_verified"]) == (ACCOUNT, True)
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["sub"].isdecimal()


async def test_oidc_audience_defaults_to_the_url(
    client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """Without an audience the token is for the task's URL, and it replaces an Authorization header."""
    task = make_task()
    task["http_request"]["oidc_token"] = {"service_account_email": ACCOUNT}
    task["http_request"]["headers"]["authorization"] = "Bearer forged"
    await client.create_task(parent=queue, task=task)
    (call,) = await target.wait_calls(1)
    token = call.headers["authorization"].removeprefix("Bearer ")
    assert jwt.decode(token, options={"verify_signature": False})["aud"] == target.url


async def test_slow_tasks_run_at_once(client: GoogleClient, target: Target, make_task: MakeTask, queue: str) -> None:
    """Fifty tasks wait inside the target together: none waits for another's answer."""
    everybody_came = asyncio.Event()

    async def wait_for_the_rest(_: Call) -> str:
        if len(target.calls) == 50:
            everybody_came.set()
        await everybody_came.wait()
        return "200 OK"

    target.answer = wait_for_the_rest
    await asyncio.gather(*(client.create_task(parent=queue, task=make_task()) for _ in range(50)))
    async with asyncio.timeout(5):
        await everybody_came.wait()


async def test_concurrency_limit_holds(target: Target, make_task: MakeTask, queue: str) -> None:
    """A queue with three slots runs three tasks at a time, never a fourth, and finishes all nine."""
    in_flight: set[int] = set()
    crowds: list[int] = []
    three = asyncio.Barrier(3)

    async def wait_for_two_others(call: Call) -> str:
        in_flight.add(id(call))
        crowds.append(len(in_flight))
        await three.wait()
        in_flight.discard(id(call))
        return "200 OK"

    target.answer = wait_for_two_others
    async with run_tasks_server([f"{queue}:concurrent=3"]) as server:
        for _ in range(9):
            server.store.create_task(queue, tasks_v2.Task.pb(tasks_v2.Task(make_task())))
        await server.wait_for(lambda stats: stats[queue].succeeded == 9)
    assert max(crowds) == 3


async def test_rate_limit_holds(target: Target, make_task: MakeTask, queue: str) -> None:
    """At 20 a second, with a full bucket of 20, thirty tasks take half a second."""
    async with run_tasks_server([f"{queue}:rate=20"]) as server:
        started = time.monotonic()
        for _ in range(30):
            server.store.create_task(queue, tasks_v2.Task.pb(tasks_v2.Task(make_task())))
        await server.wait_for(lambda stats: stats[queue].succeeded == 30)
    assert 0.45 <= time.monotonic() - started < 2


async def test_scheduled_task_waits_for_its_time(
    client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """A task is delivered after its schedule time and shows it in its ETA; an earlier one overtakes it."""
    due = datetime.now(UTC) + timedelta(seconds=0.3)
    await client.create_task(parent=queue, task=make_task(b"later", schedule_time=due))
    await client.create_task(parent=queue, task=make_task(b"now"))
    calls = await target.wait_calls(2)
    assert datetime.now(UTC) >= due
    assert [call.body for call in calls] == [b"now", b"later"]
    assert abs(float(calls[1].headers["x-cloudtasks-tasketa"]) - due.timestamp()) < 0.001
