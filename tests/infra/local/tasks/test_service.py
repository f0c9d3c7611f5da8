"""The methods: what they show, what they change, and what they refuse with which code."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import tasks_v2
from google.protobuf import field_mask_pb2

from infra.local.tasks import TasksServer
from infra.local.tasks.store import NAME_REUSE_SECONDS
from tests.infra.local.tasks.google_client import GoogleClient
from tests.infra.local.tasks.target import Target

MakeTask = Callable[..., Any]
PARENT = "projects/demo/locations/local"


async def test_unknown_queue_is_not_found(client: GoogleClient, make_task: MakeTask) -> None:
    """A task for a queue that does not exist is refused, not kept."""
    with pytest.raises(exceptions.NotFound):
        await client.create_task(parent=f"{PARENT}/queues/other", task=make_task())
    with pytest.raises(exceptions.NotFound):
        await client.get_queue(name=f"{PARENT}/queues/other")


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "first"},
        {"name": f"{PARENT}/queues/bot/tasks/not a valid id"},
        {"name": f"{PARENT}/queues/bot/tasks/{'x' * 501}"},
        {"name": f"{PARENT}/queues/other/tasks/first"},
        {"dispatch_deadline": timedelta(seconds=14)},
        {"dispatch_deadline": timedelta(minutes=30, seconds=1)},
        {"schedule_time": datetime(2200, 1, 1, tzinfo=UTC)},
        {"http_request": {"url": ""}},
        {"http_request": {"url": "ftp://127.0.0.1/"}},
        {"http_request": {"url": "http://127.0.0.1/" + "x" * 2083}},
        {"http_request": {"url": "http://127.0.0.1/", "body": b"x", "http_method": "GET"}},
        {"http_request": {"url": "http://127.0.0.1/", "headers": {"X-Mine": "a\r\nX-Forged: b"}}},
        {"http_request": {"url": "http://127.0.0.1/", "headers": {"X-Mine": "x" * 80 * 1024}}},
        {"http_request": {"url": "http://127.0.0.1/", "oidc_token": {"audience": "https://bot.test"}}},
        {"http_request": {"url": "http://127.0.0.1/", "body": b"x" * 1024 * 1024}},
        {"http_request": None},
        {"retry_config": {"max_attempts": -2}},
    ],
    ids=lambda fields: str(fields)[:60],
)
async def test_bad_task_is_refused(
    server: TasksServer,
    client: GoogleClient,
    make_task: MakeTask,
    queue: str,
    fields: dict[str, Any],
) -> None:
    """What the real service refuses as INVALID_ARGUMENT is refused so, and nothing is stored."""
    with pytest.raises(exceptions.BadRequest):
        await client.create_task(parent=queue, task=make_task() | fields)
    assert server.stats()[queue].created == 0


async def test_largest_task_is_accepted(client: GoogleClient, target: Target, make_task: MakeTask, queue: str) -> None:
    """Just under 1 MB goes through whole."""
    body = b"x" * (1024 * 1024 - 1024)
    await client.create_task(parent=queue, task=make_task(body))
    (call,) = await target.wait_calls(1)
    assert call.body == body


async def test_name_is_taken_while_the_task_lives_and_an_hour_longer(
    server: TasksServer, client: GoogleClient, make_task: MakeTask, queue: str
) -> None:
    """A second task of the same name is ALREADY_EXISTS, before and after the first is done."""
    task = make_task(name=f"{queue}/tasks/once")
    await client.pause_queue(name=queue)
    await client.create_task(parent=queue, task=task)
    stored = server.store.task(task["name"])[1]
    with pytest.raises(exceptions.Conflict):
        await client.create_task(parent=queue, task=task)
    await client.resume_queue(name=queue)
    await server.wait_for(lambda stats: stats[queue].succeeded == 1)
    with pytest.raises(exceptions.Conflict):
        await client.create_task(parent=queue, task=task)
    stored.gone_at -= NAME_REUSE_SECONDS
    await client.create_task(parent=queue, task=task)


async def test_paused_queue_accepts_but_does_not_deliver(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """Between pause and resume tasks gather; afterwards all are delivered."""
    paused = await client.pause_queue(name=queue)
    assert paused.state is tasks_v2.Queue.State.PAUSED
    for _ in range(3):
        await client.create_task(parent=queue, task=make_task())
    stats = server.stats()[queue]
    assert (stats.pending, stats.dispatched, stats.is_paused) == (3, 0, True)
    resumed = await client.resume_queue(name=queue)
    assert resumed.state is tasks_v2.Queue.State.RUNNING
    await target.wait_calls(3)


async def test_run_task_ignores_the_pause(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """RunTask dispatches now, once, and returns the task as dispatched."""
    await client.pause_queue(name=queue)
    created = await client.create_task(parent=queue, task=make_task())
    run = await client.run_task(name=created.name)
    assert run.dispatch_count == 1
    await server.wait_for(lambda stats: stats[queue].succeeded == 1)
    await client.resume_queue(name=queue)
    with pytest.raises(exceptions.NotFound):
        await client.run_task(name=created.name)
    assert len(target.calls) == 1


async def test_deleted_and_purged_tasks_are_not_delivered(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """DeleteTask and PurgeQueue remove what waits; what comes later is delivered."""
    await client.pause_queue(name=queue)
    deleted = await client.create_task(parent=queue, task=make_task(b"deleted"))
    await client.delete_task(name=deleted.name)
    await client.create_task(parent=queue, task=make_task(b"purged"))
    purged = await client.purge_queue(name=queue)
    assert purged.purge_time
    await client.create_task(parent=queue, task=make_task(b"kept"))
    await client.resume_queue(name=queue)
    stats = await server.wait_for(lambda stats: stats[queue].succeeded == 1)
    assert [call.body for call in target.calls] == [b"kept"]
    assert (stats[queue].removed, stats[queue].pending) == (2, 0)
    with pytest.raises(exceptions.NotFound):
        await client.delete_task(name=deleted.name)


async def test_task_views_show_defaults_and_hide_the_body(
    client: GoogleClient, make_task: MakeTask, queue: str
) -> None:
    """BASIC leaves the body out, FULL has it; unset fields show the service's defaults."""
    await client.pause_queue(name=queue)
    created = await client.create_task(parent=queue, task=make_task(b"secret"))
    assert created.view is tasks_v2.Task.View.BASIC
    assert (created.http_request.body, created.http_request.http_method) == (b"", tasks_v2.HttpMethod.POST)
    assert created.http_request.headers["User-Agent"] == "Google-Cloud-Tasks"
    assert created.dispatch_deadline == timedelta(minutes=10)
    request = tasks_v2.GetTaskRequest(name=created.name, response_view=tasks_v2.Task.View.FULL)
    assert (await client.get_task(request)).http_request.body == b"secret"
    assert (await client.get_task(name=created.name)).http_request.body == b""


async def test_lists_come_in_pages(client: GoogleClient, make_task: MakeTask, queue: str) -> None:
    """Paging through tasks and queues finds each once."""
    await client.pause_queue(name=queue)
    created = [(await client.create_task(parent=queue, task=make_task())).name for _ in range(5)]
    pages = await client.list_tasks(tasks_v2.ListTasksRequest(parent=queue, page_size=2))
    listed = await asyncio.to_thread(list, pages)  # the next page is asked for on the way
    assert sorted(task.name for task in listed) == sorted(created)
    queues = await client.list_queues(parent=PARENT)
    assert [found.name for found in queues] == [queue]


async def test_queue_is_created_updated_and_deleted(client: GoogleClient) -> None:
    """A new queue has the service's defaults, an update changes what its mask names, a delete removes it."""
    name = f"{PARENT}/queues/made"
    made = await client.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=name))
    assert (made.rate_limits.max_dispatches_per_second, made.rate_limits.max_concurrent_dispatches) == (500, 1000)
    assert (made.retry_config.max_attempts, made.retry_config.max_doublings) == (100, 16)
    with pytest.raises(exceptions.Conflict):
        await client.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=name))
    change = {"name": name, "rate_limits": {"max_concurrent_dispatches": 7}, "retry_config": {"max_attempts": 9}}
    mask = field_mask_pb2.FieldMask(paths=["rate_limits.max_concurrent_dispatches"])  # type: ignore[attr-defined]  # made at import
    changed = await client.update_queue(queue=tasks_v2.Queue(change), update_mask=mask)
    assert changed.rate_limits.max_concurrent_dispatches == 7
    assert changed.retry_config.max_attempts == 100
    await client.delete_queue(name=name)
    with pytest.raises(exceptions.NotFound):
        await client.get_queue(name=name)
    with pytest.raises(exceptions.BadRequest):
        await client.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=name))


@pytest.mark.parametrize(
    "settings",
    [
        {"rate_limits": {"max_dispatches_per_second": 501}},
        {"rate_limits": {"max_concurrent_dispatches": 5001}},
        {"retry_config": {"max_attempts": -2}},
        {"retry_config": {"max_doublings": -1}},
        {"retry_config": {"min_backoff": timedelta(seconds=2), "max_backoff": timedelta(seconds=1)}},
    ],
    ids=str,
)
async def test_bad_queue_settings_are_refused(client: GoogleClient, settings: dict[str, Any]) -> None:
    """Settings outside the documented bounds are INVALID_ARGUMENT."""
    with pytest.raises(exceptions.BadRequest):
        await client.create_queue(parent=PARENT, queue=tasks_v2.Queue(name=f"{PARENT}/queues/made", **settings))


async def test_what_is_left_out_says_so(client: GoogleClient, queue: str) -> None:
    """App Engine targets are not pretended to: UNIMPLEMENTED."""
    with pytest.raises(exceptions.MethodNotImplemented):
        await client.create_task(parent=queue, task=tasks_v2.Task(app_engine_http_request={"relative_uri": "/"}))
