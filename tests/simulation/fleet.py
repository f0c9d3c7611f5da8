"""A few instances of `image` in virtual time, a queue before them, and a provider that can go away. No other harm."""

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.bot.intake import take_update
from shared.credits.bounds import Caps
from shared.credits.spending import SpendingBook
from shared.delivery import Delivery
from shared.jobs.carry_record import read_record
from shared.jobs.job import Job, JobState
from shared.jobs.move_job import move_job
from shared.kinds import image_kinds
from shared.pictures.byte_budget import ByteBudget
from shared.ports import PictureStudio, Ports
from shared.providers.ladder import PictureRung
from shared.providers.outcomes import Busy, Made, ModelOutcome, PictureTask
from shared.surfaces import SCREENS, SURFACES
from shared.task import Task
from tests.fakes.blobs import FakeBlobStore
from tests.fakes.ids import FakeIds
from tests.fakes.messenger import FakeMessenger
from tests.fakes.model import paint
from tests.fakes.pictures import FakePictures
from tests.fakes.store import FakeStore
from tests.simulation.virtual_time import VirtualClock
from tests.stored import read_job

BOT_ID = 1234567


@dataclass
class Provider:
    """A model that takes its time, and that says 503 at once while it is away."""

    clock: VirtualClock
    seconds: float = 8.0
    is_away: bool = False
    called_at: list[datetime] = field(default_factory=list)

    async def generate(self, _: PictureRung, task: PictureTask) -> ModelOutcome:
        self.called_at.append(self.clock.now())
        if self.is_away:
            await asyncio.sleep(0.2)
            return Busy("503", is_fault=False)
        await asyncio.sleep(self.seconds)
        return Made(paint(task), "image/png")

    def calls_per_second(self, since: datetime, until: datetime) -> Counter[int]:
        """How many calls began in each second of that time."""
        return Counter(int((at - since).total_seconds()) for at in self.called_at if since <= at < until)


@dataclass
class Fleet:
    """`studios` are the instances: what each process has of its own."""

    instances: int
    seed: int = 1
    clock: VirtualClock = field(default_factory=VirtualClock)
    running: set[asyncio.Task[None]] = field(default_factory=set)
    visits: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 — repeatable on purpose
        self.provider, self.store, self.messenger = Provider(self.clock), FakeStore(), FakeMessenger()
        ids = FakeIds(self.seed)
        self.ports = Ports(
            store=self.store,
            tasks=self,
            clock=self.clock,
            messenger=self.messenger,
            blobs=FakeBlobStore(),
            ids=ids,
            spending=SpendingBook(self.store, self.clock, ids, Caps(10**12, 10**12)),
            surfaces=SURFACES,
            screens=SCREENS,
            bot_id=BOT_ID,
        )
        self.studios = [
            PictureStudio({"gemini": self.provider}, FakePictures(), ByteBudget()) for _ in range(self.instances)
        ]

    async def enqueue(self, task: Task) -> None:
        """Deliver a task when its time has come, to any of the instances."""
        delivery = asyncio.create_task(self._deliver(task))
        self.running.add(delivery)
        delivery.add_done_callback(self.running.discard)

    async def _deliver(self, task: Task) -> None:
        wait = (task.not_before or self.clock.now()) - self.clock.now()
        await asyncio.sleep(max(wait / timedelta(seconds=1), 0.0) + 0.2 * self.dice.random())
        if task.queue == "image":
            self.visits += 1
            said = json.loads(task.body)
            carried = read_record(said["job"], said.get("record"))
            await move_job(self.ports, self.dice.choice(self.studios), image_kinds(), said["job"], carried)

    async def ask(self, user_id: int) -> None:
        """A person's message, through to its job's task."""
        body = {
            "message_id": user_id,
            "date": int(self.clock.now().timestamp()),
            "from": {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": "en"},
            "chat": {"id": user_id, "type": "private"},
            "text": "a fox that waits",
        }
        update = json.dumps({"update_id": user_id, "message": body}).encode()
        await take_update(self.ports, update, Delivery(self.clock.now(), 0, 0))

    def jobs(self) -> list[Job]:
        return [read_job(fields) for fields in self.store.collection("jobs").values()]

    def count_delivered(self) -> int:
        return sum(job.state is JobState.DELIVERED for job in self.jobs())
