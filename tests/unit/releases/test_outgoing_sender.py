"""What is sent where, and the task that has it sent."""

from collections.abc import Mapping

import pytest

from shared.errors import UnusableUpdateError
from shared.releases.outgoing_sender import OutgoingSender, find_start
from shared.releases.publish_release import SEND_PATH, publish_release, read_published
from shared.releases.release import Outgoing, OutgoingKind, Release, Status
from shared.releases.workflow import WORKFLOWS
from shared.task import Task
from tests.unit.releases.releasing import make_release

DEPLOYMENT, ROLLBACK = Outgoing(OutgoingKind.DEPLOYMENT, 7), Outgoing(OutgoingKind.ROLLBACK, 9)


class KeptStarts:
    """Implements Workflows and TaskQueue: keeps what it is asked for."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str, str]] = []
        self.told: list[OutgoingKind] = []
        self.tasks: list[Task] = []

    async def start(self, workflow: str, branch: str, request: str, inputs: Mapping[str, str]) -> None:
        assert inputs["release"] == "nanobanana_v1.1.0"
        self.started.append((workflow, branch, request))

    async def tell(self, _release: Release, outgoing: Outgoing) -> None:
        self.told.append(outgoing.kind)

    async def enqueue(self, task: Task) -> None:
        self.tasks.append(task)


async def test_workflows_go_to_github_and_words_to_people() -> None:
    """Each workflow is one of those whose reports are believed, and each start has a name of its own."""
    kept, release = KeptStarts(), make_release(Status.ROLLBACK)
    for outgoing in (DEPLOYMENT, ROLLBACK, Outgoing(OutgoingKind.CARD, 9), Outgoing(OutgoingKind.NOTICE, 9)):
        await OutgoingSender(kept, kept.tell).send(release, outgoing)
    assert kept.started == [
        ("deploy-production.yml", "main", "nanobanana_v1.1.0.7"),
        ("rollback.yml", "main", "nanobanana_v1.1.0.9"),
    ]
    assert {workflow for workflow, _, _ in kept.started} <= set(WORKFLOWS)
    assert kept.told == [OutgoingKind.CARD, OutgoingKind.NOTICE]


async def test_without_a_bot_nobody_is_told() -> None:
    """Then a card is done with, and does not stay for ever."""
    await OutgoingSender(KeptStarts()).send(make_release(Status.BUILDING), Outgoing(OutgoingKind.CARD, 1))


def test_a_way_back_says_where_to() -> None:
    """It names the release to leave and the one to serve."""
    start = find_start(make_release(Status.ROLLBACK), ROLLBACK)
    assert start is not None
    assert start.inputs.items() >= {("environment", "production"), ("to", "v1.0.0"), ("release", "nanobanana_v1.1.0")}


async def test_a_task_names_its_release() -> None:
    """What is published is read again."""
    kept = KeptStarts()
    await publish_release(kept, "nanobanana_v1.1.0")
    [task] = kept.tasks
    assert (task.queue, task.path, read_published(task.body)) == ("releases", SEND_PATH, "nanobanana_v1.1.0")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"release": 1}', b'{"release": "../x"}', b"[" * 100_000])
def test_a_task_of_nobody(body: bytes) -> None:
    """It is refused for good."""
    with pytest.raises(UnusableUpdateError):
        read_published(body)
