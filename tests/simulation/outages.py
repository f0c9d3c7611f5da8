"""The life of two pictures, or of two answers, in a small world in which one service fails at one chosen point.

The calls of each service are numbered from the update to the last settlement. A queue repeats what was answered 503,
the scheduler calls `sweep`; nothing else goes wrong.
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

from shared.codec import encode
from shared.conversations.answer import answer_of
from shared.conversations.answer_screens import answer_screens
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY
from shared.credits.ledger import TransferKind
from shared.credits.spending import SpendingBook
from shared.delivery import RECEIVED_HEADER
from shared.errors import DeliveryUnknownError, TooManyRequestsError, UnavailableError
from shared.jobs.job import JobState
from shared.jobs.sweep_work import sweep_work
from shared.people.talk import TalkSettings
from shared.people.user_documents import user_key
from shared.ports import RepairPorts
from shared.providers.outcomes import Busy
from shared.task import Task
from tests.fakes.between import Between
from tests.fakes.text_model import Answer
from tests.world import ME, World

Service = Literal["store", "blobs", "tasks", "messenger", "model"]
Manner = Literal["refused", "answer lost", "flood"]
MANNERS: dict[Service, tuple[Manner, ...]] = {
    "store": ("refused", "answer lost"),
    "blobs": ("refused", "answer lost"),
    "tasks": ("refused", "answer lost"),
    "messenger": ("refused", "answer lost", "flood"),
    "model": ("refused", "flood"),
}
DURATIONS = (1, 6)
"""Calls in a row that fail: a hiccup, and more than anybody tries at once."""
PIECES = 2
"""Of work in each life."""
STORY = Answer(("\n\n".join(f"Paragraph {n}. " + "words " * 60 for n in range(14)),))
"""An answer of two messages."""
ROUNDS_MAX = 40


@dataclass
class Outage:
    """`service` fails from its call number `first` on, for `count` calls; `made` counts its calls."""

    service: Service | None = None
    first: int = 0
    count: int = 0
    manner: Manner = "refused"
    made: Counter[str] = field(default_factory=Counter)

    def fails_now(self, service: Service) -> bool:
        self.made[service] += 1
        return service == self.service and self.first <= self.made[service] < self.first + self.count

    def wrap(self, service: Service, target: object) -> Any:
        return Between(target, lambda _, call: self.call(service, call))

    async def call(self, service: Service, method: Callable[[], Awaitable[Any]]) -> Any:
        """Call it, or let it fail in the chosen manner: before it happens, or after."""
        if not self.fails_now(service):
            return await method()
        if service == "model":
            return Busy("503", is_fault=True) if self.manner == "refused" else Busy("429", 7.0)
        if self.manner == "flood":
            raise TooManyRequestsError(3.0)
        if self.manner == "answer lost":
            await method()
        raise (DeliveryUnknownError if service == "messenger" else UnavailableError)(self.manner)


def make_world(outage: Outage) -> World:
    """A world whose functions reach its services through the outage."""
    world = World()
    store, tasks = outage.wrap("store", world.store), outage.wrap("tasks", world.tasks)
    world.ports = replace(
        world.ports,
        store=store,
        tasks=tasks,
        messenger=outage.wrap("messenger", world.messenger),
        blobs=outage.wrap("blobs", world.blobs),
        spending=SpendingBook(store, world.clock, world.ids, world.caps),
    )
    world.repair_ports = RepairPorts(store, tasks, world.clock)
    world.studio = replace(world.studio, providers={"gemini": outage.wrap("model", world.model)})
    world.talk_studio = replace(world.talk_studio, providers={"gemini": outage.wrap("model", world.text_model)})
    return world


Life = Callable[[Outage], Coroutine[Any, Any, list[str]]]


async def live(outage: Outage) -> list[str]:
    """A picture and a new version of it during this outage; returns the faults once all is at rest."""
    world = make_world(outage)
    await _ask(world, world.message("a red fox"))
    photos = [shown for shown in world.messenger.messages(ME) if shown.kind == "photo"]
    if photos:
        await _ask(world, world.reply("at night", photos[0]))
    return _find_problems(world)


async def talk(outage: Outage) -> list[str]:
    """Two questions in one conversation, the first free and answered at length, the second paid; what is wrong then."""
    world = make_world(outage)
    await world.give(20)
    used = TalkSettings(free_day=world.now.date().isoformat(), free_used=FREE_ANSWERS_PER_DAY - 1)
    world.store._documents[user_key(ME)].fields["talk"] = encode(used)
    world.text_model.script("a story?", STORY, STORY)
    await _ask(world, world.message("/ask a story?"))
    await _ask(world, world.message("/ask and then?"))
    return _find_wrong_answers(world)


async def _ask(world: World, update: dict[str, Any]) -> None:
    headers = {RECEIVED_HEADER: world.now.isoformat()}
    await world.tasks.enqueue(Task("bot", "/", json.dumps(update).encode(), headers=headers))
    for _ in range(ROUNDS_MAX):
        await _run_tasks(world)
        if not any(fields.get("sweep_at") for name in ("jobs", "drafts") for fields in _documents(world, name)):
            return
        world.clock.advance(30)
        with suppress(UnavailableError):  # the scheduler comes again
            await sweep_work(world.repair_ports)


async def _run_tasks(world: World) -> None:
    """The earliest first; a 503 is retried."""
    while world.tasks.tasks:
        task = min(world.tasks.tasks, key=lambda each: each.not_before or world.now)
        world.tasks.tasks.remove(task)
        try:
            await world.run_task(task)
        except UnavailableError:
            world.tasks.tasks.append(replace(task, not_before=world.now + timedelta(seconds=2)))


def _documents(world: World, collection: str) -> list[dict[str, Any]]:
    return list(world.store.collection(collection).values())


def _find_problems(world: World) -> list[str]:
    """Zero lost, zero double, one paid call for each picture, and the books."""
    world.check_money()
    jobs = world.jobs()
    photos = Counter(shown.file_id for shown in world.messenger.messages(ME) if shown.kind == "photo")
    captures = Counter(transfer.job_id for transfer in world.transfers() if transfer.kind is TransferKind.CAPTURE)
    facts = {
        "delivered": sum(job.state is JobState.DELIVERED for job in jobs),
        "jobs": len(jobs),
        "shown": photos.total(),
        "different": len(photos),
        "paid": captures.total(),
        "stored": len(world.blobs.blobs),
        "model calls that were paid": len(world.model.tasks),
    }
    return [f"{name}: {count} of {PIECES}" for name, count in facts.items() if count != PIECES]


def _find_wrong_answers(world: World) -> list[str]:
    """The same of answers: each stands there once and whole, and the second question knows the first.

    What the model said is lost with the commit that would keep it; then it is asked once more, and paid once.
    """
    world.check_money()
    jobs, user = world.jobs(), world.user()
    wanted = [screen.text for job in jobs if answer_of(job).said for screen in answer_screens(job)]
    captured = [transfer.credits for transfer in world.transfers() if transfer.kind is TransferKind.CAPTURE]
    facts = {
        "states": ([job.state for job in jobs], [JobState.DELIVERED] * PIECES),
        "shown": (sorted(text for text in _texts(world) if text.startswith(("Para", "You"))), sorted(wanted)),
        "captured": (captured, [1]),
        "free": (user.talk.free_used, FREE_ANSWERS_PER_DAY),
        "waiting": (user.mailboxes, {}),
        "called again": (len(world.text_model.talks) > PIECES + 1, False),
        "known": ([line.text for line in world.text_model.talks[-1].lines], ["a story?", *STORY.words, "and then?"]),
    }
    return [f"{name}: {found} instead of {right}" for name, (found, right) in facts.items() if found != right]


def _texts(world: World) -> list[str]:
    return [shown.text for shown in world.messenger.messages(ME)]
