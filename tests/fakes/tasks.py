"""A TaskQueue that keeps what it gets."""

from shared.task import Task
from shared.usage import current_usage


class FakeTaskQueue:
    """Implements TaskQueue; a test or a driver takes from `tasks` what it wants to deliver, in any order."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    async def enqueue(self, task: Task) -> None:
        self.tasks.append(task)
        current_usage().tasks += 1

    def take_all(self) -> list[Task]:
        taken, self.tasks = self.tasks, []
        return taken
