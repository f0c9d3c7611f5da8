"""What happens to a task whose target fails: retried, slowed down, given up, kept while the target is away."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from google.cloud import tasks_v2

from infra.local.tasks import FaultPlan, TasksServer, run_tasks_server
from infra.local.tasks.stored import StoredTask
from tests.infra.local.tasks.google_client import GoogleClient
from tests.infra.local.tasks.target import Call, Target

MakeTask = Callable[..., Any]


async def test_failures_are_retried_until_success(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """Two failures and a success: three calls, whose headers count retries, and executions without 5xx."""
    target.answer_in_turn("500 Oops", "404 Not Found", "200 OK")
    started = time.monotonic()
    await client.create_task(parent=queue, task=make_task())
    stats = await server.wait_for(lambda stats: stats[queue].succeeded == 1)
    assert time.monotonic() - started >= 0.15  # back-offs of 0.05 and 0.1 s
    assert (stats[queue].dispatched, stats[queue].retried, stats[queue].exhausted) == (3, 2, 0)
    names = ("taskretrycount", "taskexecutioncount", "taskpreviousresponse")
    seen = [[call.headers.get(f"x-cloudtasks-{name}") for name in names] for call in target.calls]
    assert seen == [["0", "0", None], ["1", "0", "500"], ["2", "1", "404"]]


async def test_spent_task_is_given_up_and_counted(target: Target, make_task: MakeTask, queue: str) -> None:
    """After its attempts a task is deleted; a count and a log line are all that is left."""
    target.answer_in_turn("500 Oops")
    events: list[dict[str, Any]] = []
    spec = f"{queue}:attempts=3,min_backoff=0.02,max_backoff=0.02"
    async with run_tasks_server([spec], log=events.append) as server:
        name = server.store.create_task(queue, tasks_v2.Task.pb(tasks_v2.Task(make_task()))).task_id
        stats = await server.wait_for(lambda stats: stats[queue].exhausted == 1)
    assert (stats[queue].dispatched, stats[queue].pending, stats[queue].succeeded) == (3, 0, 0)
    (event,) = events
    assert (event["event"], event["task"], event["attempt"], event["status"]) == ("exhausted", name, 3, 500)


async def test_attempts_and_duration_must_both_be_spent(target: Target, make_task: MakeTask, queue: str) -> None:
    """One attempt is allowed but so is 0.2 s: the task is tried until the time is over, too."""
    target.answer_in_turn("500 Oops")
    spec = f"{queue}:attempts=1,duration=0.2,min_backoff=0.05,max_backoff=0.05"
    async with run_tasks_server([spec]) as server:
        started = time.monotonic()
        server.store.create_task(queue, tasks_v2.Task.pb(tasks_v2.Task(make_task())))
        stats = await server.wait_for(lambda stats: stats[queue].exhausted == 1)
    assert time.monotonic() - started >= 0.2
    assert stats[queue].dispatched >= 3


async def test_task_has_its_own_retry_settings(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """A task's retry_config overrides its queue's."""
    target.answer_in_turn("500 Oops")
    await client.create_task(parent=queue, task=make_task(retry_config={"max_attempts": 1}))
    stats = await server.wait_for(lambda stats: stats[queue].exhausted == 1)
    assert stats[queue].dispatched == 1


async def test_target_that_is_down_gets_its_task_later(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """While connections are refused a task stays; it arrives when the target is back on its port."""
    await target.kill()
    await client.create_task(parent=queue, task=make_task(b"kept"))
    await server.wait_for(lambda stats: stats[queue].retried >= 1)
    await target.start()
    (call,) = await target.wait_calls(1)
    assert call.body == b"kept"
    assert "x-cloudtasks-taskpreviousresponse" not in call.headers
    await server.wait_for(lambda stats: stats[queue].succeeded == 1)


async def test_target_killed_in_the_middle_gets_its_task_again(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """A connection reset before the answer is a failed attempt: the task is delivered again."""

    async def hang(_: Call) -> str:
        await asyncio.Event().wait()
        return "200 OK"

    target.answer = hang
    await client.create_task(parent=queue, task=make_task())
    await target.wait_calls(1)
    target.answer = target.answer_200
    await target.kill()
    await target.start()
    await target.wait_calls(2)
    await server.wait_for(lambda stats: stats[queue].succeeded == 1)


async def test_missed_deadline_is_a_failed_attempt(
    server: TasksServer,
    client: GoogleClient,
    target: Target,
    make_task: MakeTask,
    queue: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An answer that does not come in time counts as DEADLINE_EXCEEDED and the task is retried."""
    never = asyncio.Event()

    async def hang_once(_: Call) -> str:
        if len(target.calls) == 1:
            await never.wait()
        return "200 OK"

    target.answer = hang_once
    await client.pause_queue(name=queue)
    created = await client.create_task(parent=queue, task=make_task())
    _shorten_deadline(server.store.task(created.name)[1])
    await client.resume_queue(name=queue)
    await server.wait_for(lambda stats: stats[queue].retried == 1)
    shown = await client.get_task(name=created.name)
    assert shown.last_attempt.response_status.message == "DEADLINE_EXCEEDED"
    await server.wait_for(lambda stats: stats[queue].succeeded == 1)


def _shorten_deadline(task: StoredTask) -> None:
    """Less than a caller may ask for: the shortest deadline is 15 s."""
    task.deadline_seconds = 0.05


async def test_overloaded_answers_slow_the_whole_queue(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """After a 503 with Retry-After its task waits that long, and the queue's burst is gone."""
    target.answer_in_turn("503 Busy\r\nRetry-After: 60", "200 OK")
    created = await client.create_task(parent=queue, task=make_task())
    await server.wait_for(lambda stats: stats[queue].retried == 1)
    shown = await client.get_task(name=created.name)
    waits = shown.schedule_time - shown.last_attempt.response_time
    assert waits.total_seconds() == pytest.approx(60, abs=0.01)
    assert shown.last_attempt.response_status.code == 14
    bucket = server.store.queue(queue)._bucket
    assert bucket.rate_at(time.time()) < 500


async def test_planned_duplicates_arrive_twice(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """With duplicate_ratio 1 every task arrives twice, though it succeeded at once; counts tell them apart."""
    server.plan_faults(FaultPlan(duplicate_ratio=1))
    for number in range(5):
        await client.create_task(parent=queue, task=make_task(str(number).encode()))
    calls = await target.wait_calls(10)
    assert sorted(call.body for call in calls) == sorted([b"0", b"1", b"2", b"3", b"4"] * 2)
    stats = await server.wait_for(lambda stats: stats[queue].in_flight == 0)
    assert (stats[queue].created, stats[queue].succeeded, stats[queue].duplicated) == (5, 5, 5)


async def test_planned_shuffle_changes_the_order(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """With shuffle_seconds and a seed, tasks arrive all, but not in the order they were created."""
    server.plan_faults(FaultPlan(shuffle_seconds=0.2, seed=1))
    for number in range(20):
        await client.create_task(parent=queue, task=make_task(b"%02d" % number))
    bodies = [call.body for call in await target.wait_calls(20)]
    assert sorted(bodies) == [b"%02d" % number for number in range(20)]
    assert bodies != sorted(bodies)


async def test_lost_answers_are_retried(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """A 2xx lost on the way back leaves the task: the target is called again until one gets through."""
    server.plan_faults(FaultPlan(lose_answer_ratio=1))
    await client.create_task(parent=queue, task=make_task())
    await server.wait_for(lambda stats: stats[queue].retried == 1)
    server.plan_faults(FaultPlan())
    await server.wait_for(lambda stats: stats[queue].succeeded == 1)
    assert len(target.calls) >= 2
