"""The methods of `google.cloud.tasks.v2.CloudTasks`, on the store.

They take raw protobuf messages and return messages; a RefusalError becomes the call's status (`rest`).
"""

from collections.abc import Sequence
from typing import Any

import grpc

from infra.local.tasks import messages
from infra.local.tasks.messages import FULL
from infra.local.tasks.refusals import RefusalError, refuse_argument
from infra.local.tasks.store import TaskStore

QUEUES_PER_PAGE_MAX = 9800
TASKS_PER_PAGE_MAX = 1000


class CloudTasksService:
    """One method per method of the service: request message in, response message out."""

    def __init__(self, store: TaskStore) -> None:
        self._store = store

    def create_queue(self, request: Any) -> Any:
        return self._store.create_queue(request.parent, request.queue).message

    def update_queue(self, request: Any) -> Any:
        return self._store.update_queue(request.queue, list(request.update_mask.paths)).message

    def get_queue(self, request: Any) -> Any:
        return self._store.queue(request.name).message

    def list_queues(self, request: Any) -> Any:
        if request.filter:
            raise RefusalError(grpc.StatusCode.UNIMPLEMENTED, "The local server does not filter queues.")
        prefix = f"{request.parent}/queues/"
        queues = [queue.message for name, queue in self._store.queues.items() if name.startswith(prefix)]
        page, token = cut_page(queues, request.page_token, request.page_size, QUEUES_PER_PAGE_MAX)
        return messages.ListQueuesResponse(queues=page, next_page_token=token)

    def delete_queue(self, request: Any) -> Any:
        self._store.delete_queue(request.name)
        return messages.Empty()

    def purge_queue(self, request: Any) -> Any:
        return self._store.purge_queue(request.name).message

    def pause_queue(self, request: Any) -> Any:
        queue = self._store.queue(request.name)
        queue.pause()
        return queue.message

    def resume_queue(self, request: Any) -> Any:
        queue = self._store.queue(request.name)
        queue.resume()
        return queue.message

    def create_task(self, request: Any) -> Any:
        task = self._store.create_task(request.parent, request.task)
        return task.show(FULL) if request.response_view == FULL else task.message()

    def get_task(self, request: Any) -> Any:
        _, task = self._store.task(request.name)
        return task.show(request.response_view)

    def list_tasks(self, request: Any) -> Any:
        tasks = list(self._store.queue(request.parent).tasks.values())
        page, token = cut_page(tasks, request.page_token, request.page_size, TASKS_PER_PAGE_MAX)
        shown = [task.show(request.response_view) for task in page]
        return messages.ListTasksResponse(tasks=shown, next_page_token=token)

    def delete_task(self, request: Any) -> Any:
        queue, task = self._store.task(request.name)
        queue.remove(task)
        return messages.Empty()

    def run_task(self, request: Any) -> Any:
        queue, task = self._store.task(request.name)
        queue.run_now(task)
        return task.show(request.response_view)


def cut_page(items: Sequence[Any], token: str, size: int, size_max: int) -> tuple[Sequence[Any], str]:
    """One page and the token of the next ("" after the last); a token is the number of items before it."""
    if size < 0 or (token and not token.isdecimal()):
        refuse_argument("page_size or page_token is invalid.")
    start = int(token or 0)
    end = start + min(size or size_max, size_max)
    return items[start:end], str(end) if end < len(items) else ""
