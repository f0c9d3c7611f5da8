"""Several queues before one function: what they hold together, on the local Cloud Tasks with a fraction of its rate."""

import asyncio
import json
import time
from collections.abc import Sequence

from infra.functions import QUEUE_NAMES
from infra.local.tasks import run_tasks_server
from shared.adapters.targets import Target, list_queues, queue_name
from shared.adapters.tasks import CloudTasks
from shared.task import Task
from shared.telegram.rollout import lane_of
from tests.contracts.http_server import serve_http

RATE = 1
"""A second and queue, and so many at once at the start: Cloud Tasks has 500."""
CHATS = 60
COUNT = len(QUEUE_NAMES["bot"])
WANTED = 2 * COUNT
ONE_SECONDS = (WANTED - RATE) / RATE
"""What one queue takes for so many."""


def _has_enough(delivered: Sequence[int]) -> bool:
    return min(delivered) > 0 and sum(delivered) >= WANTED


async def test_several_queues_bear_more_than_one() -> None:
    """One update of each of sixty chats: the queues of `bot` deliver sixteen of them in less than half of the time that
    one queue would take, and none of the queues stands idle."""
    names = tuple(queue_name("test-project", "local", name) for name in list_queues("bot", COUNT))
    bodies = {chat_id: json.dumps({"message": {"chat": {"id": chat_id}}}).encode() for chat_id in range(1, CHATS + 1)}
    with serve_http() as function:
        async with run_tasks_server([f"{name}:rate={RATE}" for name in names]) as server:
            target = Target(names, function.url, function.url, "tasks@test-project.iam.gserviceaccount.com", 60)
            queue = CloudTasks({"bot": target}, server.api_address)
            started = time.monotonic()
            tasks = (Task("bot", "/", body, lane=lane_of(chat_id)) for chat_id, body in bodies.items())
            await asyncio.gather(*map(queue.enqueue, tasks))
            await server.wait_for(lambda stats: _has_enough([each.succeeded for each in stats.values()]), ONE_SECONDS)
            seconds = time.monotonic() - started
            await queue.close()
    assert seconds < ONE_SECONDS / 2
