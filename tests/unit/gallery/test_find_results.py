"""A person's results come newest first, in pages, one query each, whatever wrote their documents."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.gallery.find_results import Page, find_results, open_result
from shared.gallery.result import (
    ALL,
    PICTURES,
    STARS,
    VIDEOS,
    Cursor,
    Selection,
    read_cursor,
    read_selection,
    write_cursor,
    write_selection,
)
from shared.jobs.job import KEPT, Job
from shared.jobs.job_documents import job_key
from shared.jobs.open_jobs import change_job, open_job
from shared.ports import Fields, Update
from shared.usage import start_usage
from tests.world import ME, OTHER, World

FOX, OWL = "a red fox", "a grey owl"


async def draw(world: World, *prompts: str, user_id: int = ME) -> None:
    """Pictures, one after the other."""
    for prompt in prompts:
        world.clock.advance(60)
        await world.send(world.message(prompt, user_id=user_id))


async def film(world: World, prompt: str) -> None:
    """A video that is bought and delivered."""
    world.clock.advance(60)
    await world.send(world.message(f"/video {prompt}"))
    await world.send(world.tap("vmake", world.shown()))


async def write(world: World, job: Job, **fields: object) -> None:
    """Another release changes a job's document."""
    [record] = await world.store.read([job_key(job.id)])
    assert record is not None
    changed: Fields = dict(fields)
    await world.store.commit([Update(record.key, changed, record.version)])


async def star(world: World, job: Job, *shelves: str) -> None:
    opened = await open_job(world.ports, job.id)
    assert opened is not None
    await change_job(world.ports, opened, lambda job: replace(job, shelves=shelves))


def prompts(page: Page) -> list[str]:
    return [result.prompt for result in page.results]


async def test_newest_first(world: World) -> None:
    """Pictures and videos stand together, each with what a list shows of it; somebody else's are not there."""
    await world.give(1000)
    await draw(world, FOX)
    await film(world, "a running fox")
    await draw(world, OWL)
    await draw(world, "a wolf", user_id=OTHER)
    page = await find_results(world.ports, ME)
    assert prompts(page) == [OWL, "a running fox", FOX]
    assert [result.medium for result in page.results] == ["picture", "video", "picture"]
    assert all(result.file_id and result.price and not result.is_starred for result in page.results)
    assert page.results[0].created_at > page.results[1].created_at
    assert page.following is None


@pytest.mark.parametrize(("selection", "found"), [(PICTURES, [OWL, FOX]), (VIDEOS, ["a running fox"]), (STARS, [])])
async def test_one_kind(world: World, selection: Selection, found: list[str]) -> None:
    """One medium alone, with one query."""
    await world.give(1000)
    await draw(world, FOX)
    await film(world, "a running fox")
    await draw(world, OWL)
    assert prompts(await find_results(world.ports, ME, selection)) == found


async def test_pages_of_a_set(world: World) -> None:
    """Pictures of one request have one time: no page loses or repeats one of them, forwards and back."""
    await world.give(1000)
    await draw(world, f"{FOX} x4", OWL)
    seen, page = list[str](), await find_results(world.ports, ME, limit=2)
    while True:
        seen += [result.id for result in page.results]
        if page.following is None:
            break
        page = await find_results(world.ports, ME, after=page.following, limit=2)
    assert len(seen) == len({*seen}) == 5
    last = page.results[-1]
    above = await find_results(world.ports, ME, after=last.cursor, limit=10, is_upwards=True)
    assert [result.id for result in above.results] == seen[-2::-1]


async def test_reads_are_bounded(world: World) -> None:
    """A page of one reads at most two documents of each medium, however many there are."""
    await world.give(1000)
    await draw(world, *(f"fox {n}" for n in range(8)))
    usage = start_usage()
    page = await find_results(world.ports, ME, PICTURES, limit=1)
    assert (prompts(page), usage.store_reads) == (["fox 7"], 2)
    usage = start_usage()
    await find_results(world.ports, ME, ALL, after=page.following, limit=1)
    assert usage.store_reads == 3


async def test_shelf(world: World) -> None:
    """A shelf holds what was put on it."""
    await draw(world, FOX, OWL)
    fox, owl = world.jobs()
    await star(world, fox, "star", "trips-23")
    await star(world, owl, "trips-23")
    assert prompts(await find_results(world.ports, ME, STARS)) == [FOX]
    page = await find_results(world.ports, ME, Selection(shelf="trips-23"))
    assert prompts(page) == [OWL, FOX]
    assert [result.is_starred for result in page.results] == [False, True]


async def test_deleted_and_brought_back(world: World) -> None:
    """What is deleted is in no page, and with *Undo* it is there again."""
    await draw(world, FOX)
    await world.deliver(world.tap("delete", world.shown()))
    await world.deliver(world.tap("erase", world.shown()))
    job = world.job()
    assert prompts(await find_results(world.ports, ME)) == []
    assert await open_result(world.ports, ME, job.id) is None
    await world.deliver(world.tap("undo", world.shown()))
    assert prompts(await find_results(world.ports, ME)) == [FOX]
    opened = await open_result(world.ports, ME, job.id)
    assert opened is not None
    assert await open_result(world.ports, OTHER, job.id) is None
    assert await open_result(world.ports, ME, "no id") is None


async def test_other_releases(world: World) -> None:
    """A picture of 0.3.0, which names no kind and no shelves, is there; what only a newer release reads is left out."""
    await draw(world, FOX, OWL, "a wolf", "a bear")
    fox, owl, wolf, bear = world.jobs()
    del world.store._documents[job_key(fox.id)].fields["kind"]
    del world.store._documents[job_key(fox.id)].fields["shelves"]
    await write(world, owl, attempts="many")
    await write(world, wolf, surface="hologram")
    await write(world, bear, price=1, request=[])
    page = await find_results(world.ports, ME)
    assert prompts(page) == [FOX]


async def test_expired(world: World) -> None:
    """Firestore deletes late: what has expired is not shown any more."""
    await draw(world, FOX)
    world.clock.advance((KEPT + timedelta(seconds=1)).total_seconds())
    assert prompts(await find_results(world.ports, ME)) == []


async def test_answers_are_not_there(world: World) -> None:
    """Answers, failures and unfinished work are no results."""
    await world.send(world.message("/ask why is the sky blue?"))
    await world.deliver(world.message(FOX))
    assert prompts(await find_results(world.ports, ME)) == []


@pytest.mark.parametrize("selection", [ALL, PICTURES, VIDEOS, STARS, Selection(shelf="AbCd-_12")])
def test_selection_in_a_button(selection: Selection) -> None:
    """What a button carries is read as what was written."""
    assert read_selection(write_selection(selection)) == selection


def test_nonsense_in_a_button() -> None:
    """A selection that is none shows everything; a place that is none is no place."""
    assert read_selection("x") == ALL
    assert [read_cursor(text) for text in ("", "12", "zz.y", "0123456789ab.short")] == [None] * 4


async def test_place_in_a_button(world: World) -> None:
    """A place is exact to the microsecond."""
    cursor = Cursor(world.now + timedelta(microseconds=7), "AbCdEfGh12345-_x")
    assert read_cursor(write_cursor(cursor)) == cursor
