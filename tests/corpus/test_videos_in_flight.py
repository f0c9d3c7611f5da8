"""A deployment, a canary or a rollback with videos in flight: either release goes on with what the other has begun.

The recording holds what the release before wrote, at each moment of a video. Today's code also plays that release: it
then sees the documents without the fields that are new, and what it does not know stays as it was.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.jobs.job import JobState
from shared.jobs.sweep_work import sweep_work
from shared.ports import Key, Record
from shared.videos.video import video_artefacts
from tests.corpus.recording import Recording, read_recording, record, restore
from tests.corpus.shapes import describe_kind, find_breaks
from tests.corpus.test_newer import add_newer, newer_of
from tests.corpus.videos_in_flight import COPIED_FOR, ENDS, RECORDED, list_videos, play_videos, prepare
from tests.world import World

Json = dict[str, Any]
BEFORE = [read_recording(folder) for folder in sorted(RECORDED.iterdir())]
NEWEST = BEFORE[-1]
NEW_FIELDS = [path.split(".")[1:] for path in describe_kind("video").keys() - NEWEST.release["fields"].keys()]
"""What the release before does not know, as paths in a job's document."""
STEPS_MAX = 600
Turns = Callable[[int], bool]
"""Whether the release before does this step."""
TURNS: dict[str, Turns] = {
    "today alone": lambda _: False,
    "the one before alone": lambda _: True,
    "each in turn": lambda step: step % 2 == 0,
    "each in turn, today first": lambda step: step % 2 == 1,
    "a canary of a third": lambda step: step % 3 == 0,
}


def take_new_fields(world: World) -> dict[Key, list[tuple[list[str], Any]]]:
    """Hide from the documents what the release before does not see; what was hidden."""
    hidden: dict[Key, list[tuple[list[str], Any]]] = {}
    for name, fields in world.store.collection("jobs").items():
        key = Key("jobs", name)
        hidden[key] = [(path, _pop(fields, path)) for path in NEW_FIELDS]
        world.store._documents[key] = Record(key, fields, world.store._documents[key].version)
    return hidden


def give_new_fields(world: World, hidden: dict[Key, list[tuple[list[str], Any]]]) -> None:
    """Put them back as they were; of a job that the release before has made there are none."""
    for name, fields in world.store.collection("jobs").items():
        key = Key("jobs", name)
        for path in NEW_FIELDS:
            _pop(fields, path)
        for path, value in hidden.get(key, []):
            if value is not None:
                _parent(fields, path)[path[-1]] = value
        world.store._documents[key] = Record(key, fields, world.store._documents[key].version)


def _parent(fields: Json, path: list[str]) -> Json:
    for name in path[:-1]:
        fields = fields[name]
    return fields


def _pop(fields: Json, path: list[str]) -> Any:
    return _parent(fields, path).pop(path[-1], None)


async def run_step(world: World, *, by_the_one_before: bool) -> bool:
    """Run the task that is due first, by this release; False when there is none."""
    hidden = take_new_fields(world) if by_the_one_before else None
    is_busy = await world.run_next()
    if hidden is not None:
        give_new_fields(world, hidden)
    return is_busy


async def run(world: World, turns: Turns) -> None:
    """Run all tasks, and sweep what has none; each step is done by the release whose turn it is."""
    for step in range(STEPS_MAX):
        is_busy = await run_step(world, by_the_one_before=turns(step))
        due = [job.sweep_at for job in list_videos(world) if job.sweep_at is not None]
        if not is_busy and not due:
            return
        if not is_busy:
            world.clock.set(max(world.now, *due))
            await sweep_work(world.repair_ports)
    raise AssertionError(f"not quiet after {STEPS_MAX} steps")


def check_ends(world: World) -> None:
    """Each video ended as it should: begun once, seen once, paid or refunded once, and deleted at the provider."""
    assert {job.user_id: job.state for job in list_videos(world)} == ENDS
    assert len(world.video_model.tasks) == 1  # the one that had not begun
    for user_id, state in ENDS.items():
        kinds = [shown.kind for shown in world.messenger.messages(user_id)]
        assert kinds.count("video") == (state is JobState.DELIVERED)
    assert not any(video_artefacts(job).leaves_something() for job in list_videos(world))
    assert world.video_model.operations == {}
    world.check_money()


async def take_over(recording: Recording) -> World:
    """The world in which the recorded release has just ended."""
    world = await restore(recording)
    prepare(world)
    for job in recording.documents["jobs"].values():
        copy = (job.get("video") or {}).get("smaller_copy") or {}
        assert bool(copy.get("operation")) == (job["user_id"] == COPIED_FOR)
    return world


@pytest.mark.parametrize("turns", TURNS.values(), ids=TURNS)
@pytest.mark.parametrize("recording", BEFORE, ids=lambda each: each.version)
async def test_what_the_release_before_left(recording: Recording, turns: Turns) -> None:
    """Videos that it has begun are polled, fetched and delivered, by whichever release gets the next task."""
    world = await take_over(recording)
    await run(world, turns)
    check_ends(world)


@pytest.mark.parametrize("turns", TURNS.values(), ids=TURNS)
async def test_what_today_leaves(turns: Turns) -> None:
    """The same after a rollback: the release before goes on with what today's has begun, also in turn with it."""
    world = await take_over(record("today", await play_videos()))
    await run(world, turns)
    check_ends(world)


@pytest.mark.parametrize("turns", TURNS.values(), ids=TURNS)
async def test_late_videos(turns: Turns) -> None:
    """A video that comes after its refund is free, or deleted by the release that knows no such thing; never paid."""
    world = await take_over(record("today", await play_videos()))
    world.video_model.polls_needed = STEPS_MAX
    world.clock.advance(1_801)
    for step in range(40):
        await run_step(world, by_the_one_before=turns(step))
    world.video_model.polls_needed = 1
    await run(world, turns)
    [first, *late] = [job for job in list_videos(world) if job.user_id == 703]
    assert first.state is JobState.FAILED
    assert [(job.state, job.request.price) for job in late] in ([], [(JobState.DELIVERED, 0)])
    assert world.user(703).account.available == 20
    assert world.video_model.operations == {}
    world.check_money()


async def test_newer_fields_survive() -> None:
    """What the next release adds to these documents is still there when today's code is done with them."""
    recording = record("today", await play_videos())
    grown = {"jobs": {name: add_newer(fields) for name, fields in recording.documents["jobs"].items()}}
    world = await take_over(replace(recording, documents=recording.documents | grown))
    await run(world, TURNS["today alone"])
    check_ends(world)
    assert newer_of(grown) <= newer_of({"jobs": world.store.collection("jobs")})


def test_fields_have_defaults() -> None:
    """What is new in a video's documents can be left out, and nothing that was there has changed."""
    assert NEW_FIELDS
    assert find_breaks(NEWEST.release["fields"], describe_kind("video")) == []
