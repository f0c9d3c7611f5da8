"""What every TaskQueue does, the fake as well as Cloud Tasks' client before the local Tasks server.

What counts is what arrives: the fake's tasks are what its driver delivers, the server's are HTTP calls.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.tasks import run_tasks_server
from shared.adapters.targets import Target, list_queues, queue_name
from shared.adapters.tasks import CloudTasks, describe_task
from shared.ports import TaskQueue
from shared.task import Task
from shared.usage import start_usage
from tests.contracts.http_server import Request, serve_http
from tests.fakes.tasks import FakeTaskQueue

TASK = Task("bot", "/updates", b'{"update_id": 1}')
AUDIENCE = "https://function.test"


@dataclass(frozen=True, slots=True)
class Bench:
    queue: TaskQueue
    take: Callable[[int], Awaitable[list[Task]]]
    """The tasks that were delivered, as soon as there are so many."""


def make_fake() -> Bench:
    queue = FakeTaskQueue()

    async def take(count: int) -> list[Task]:
        tasks = queue.take_all()
        assert len(tasks) == count
        return tasks

    return Bench(queue, take)


async def make_real(stack: AsyncExitStack) -> Bench:
    names = {name: list_queues(name, count) for name, count in {"bot": 3, "image": 1}.items()}
    queues = {name: tuple(queue_name("test-project", "europe-west1", each) for each in names[name]) for name in names}
    tasks_server = await stack.enter_async_context(run_tasks_server([*queues["bot"], *queues["image"]]))
    functions = {name: stack.enter_context(serve_http()) for name in names}
    account = "tasks@test-project.iam.gserviceaccount.com"
    targets = {name: Target(queues[name], functions[name].url, AUDIENCE, account, 60) for name in names}
    queue = CloudTasks(targets, tasks_server.api_address)
    stack.push_async_callback(queue.close)

    async def take(count: int) -> list[Task]:
        await tasks_server.wait_for(lambda stats: sum(queue.succeeded for queue in stats.values()) >= count)
        return [
            *(task_of("bot", request) for request in functions["bot"].requests),
            *(task_of("image", request) for request in functions["image"].requests),
        ]

    return Bench(queue, take)


def task_of(queue: str, request: Request) -> Task:
    assert request.method == "POST"
    assert request.headers["authorization"].startswith("Bearer ")
    ours = {name: value for name, value in request.headers.items() if name in {"x-ours", "content-type"}}
    if ours["content-type"] == "application/json":
        del ours["content-type"]
    assert queue in {"bot", "image"}
    return Task("bot" if queue == "bot" else "image", request.path, request.body, headers=ours)


@pytest.fixture(params=["fake", "cloud_tasks"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        yield make_fake() if request.param == "fake" else await make_real(stack)


@pytest.mark.parametrize(
    "task",
    [
        TASK,
        Task("image", "/steps", b'{"job_id": "ab12"}'),
        Task("bot", "/", b""),
        Task("bot", "/updates", bytes(range(256)) * 1000, headers={"content-type": "application/octet-stream"}),
        Task("bot", "/updates?a=b", b"{}", headers={"x-ours": "yes"}),
    ],
)
async def test_delivers_what_was_enqueued(bench: Bench, task: Task) -> None:
    """Queue, path, body and headers arrive unchanged."""
    await bench.queue.enqueue(task)
    assert await bench.take(1) == [task]


async def test_each_lane_arrives(bench: Bench) -> None:
    """Whichever queue a lane has, its tasks reach the one function."""
    tasks = [replace(TASK, body=b"%d" % lane, lane=lane) for lane in range(7)]
    for task in tasks:
        await bench.queue.enqueue(task)
    assert sorted(int(task.body) for task in await bench.take(7)) == list(range(7))


async def test_equal_tasks_are_two(bench: Bench) -> None:
    """Nothing is taken for a repetition: that is what inbox and fences are for."""
    await bench.queue.enqueue(TASK)
    await bench.queue.enqueue(TASK)
    assert await bench.take(2) == [TASK, TASK]


async def test_past_time_means_now(bench: Bench) -> None:
    """A task whose time has passed is delivered."""
    await bench.queue.enqueue(replace(TASK, not_before=datetime(2020, 1, 1, tzinfo=UTC)))
    (task,) = await bench.take(1)
    assert replace(task, not_before=None) == TASK


async def test_counts_tasks(bench: Bench) -> None:
    """Each stored task counts."""
    usage = start_usage()
    await bench.queue.enqueue(TASK)
    assert usage.tasks == 1


def test_a_revision_is_called_with_the_token_of_its_function() -> None:
    """Cloud Run accepts at a tag's URL what it accepts at the function's own: tokens for that one."""
    target = Target(("queue",), "https://r-0---bot.test", "https://bot.test", "tasks@test.test", 60)
    called = describe_task(TASK, target)["httpRequest"]
    assert (called["url"], called["oidcToken"]["audience"]) == ("https://r-0---bot.test/updates", "https://bot.test")


async def test_future_time_is_kept() -> None:
    """The fake keeps the time for its driver, the client sends it to the microsecond."""
    soon = datetime.now(UTC) + timedelta(seconds=1)
    fake = FakeTaskQueue()
    await fake.enqueue(replace(TASK, not_before=soon))
    assert fake.tasks[0].not_before == soon
    async with AsyncExitStack() as stack:
        bench = await make_real(stack)
        await bench.queue.enqueue(replace(TASK, not_before=soon))
        assert await bench.take(1) == [TASK]
        assert datetime.now(UTC) >= soon
