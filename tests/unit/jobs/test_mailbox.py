"""What one person asks for in one place is done in the order in which it was sent."""

import pytest

from shared.jobs.job import ORDER_SECONDS, Job, JobState
from shared.jobs.job_documents import job_key
from shared.jobs.mailbox import ahead_of, job_of_entry, put_in, take_out, write_entry
from shared.jobs.move_job import move_job
from shared.jobs.take_turn import take_turn
from shared.people.users import User
from shared.ports import Place, Screen, Update
from tests.world import ME, World, writes_to

BOX = "1:2:0"


def asked(world: World) -> list[str]:
    """The questions that reached the model, in their order."""
    return [talk.lines[-1].text for talk in world.text_model.talks]


async def move(world: World, job: Job) -> None:
    """The work of an answer's extra task, run at once."""
    await move_job(world.ports, world.talk_studio, world.chat_kinds, job.id)


def entries(*numbers: int, world: World) -> list[str]:
    return [write_entry(world.now, number, f"job-{number}") for number in numbers]


async def test_the_one_behind_follows(world: World) -> None:
    """A person who leaves, the one right behind is told; who is not there changes nothing."""
    user = User(ME, world.now)
    for entry in entries(3, 1, 2, world=world):
        user = put_in(user, BOX, entry)
    assert [job_of_entry(entry) for entry in user.mailboxes[BOX]] == ["job-1", "job-2", "job-3"]
    await world.send(world.message("/ask one"))
    job = world.job()

    def of(number: int) -> Job:
        return Job(**{name: getattr(job, name) for name in job.__slots__} | {"id": f"job-{number}", "mailbox": BOX})

    assert ahead_of(user, of(3)) == ("job-1", "job-2")
    left, follower = take_out(user, of(2))
    assert (follower, ahead_of(left, of(3))) == ("job-3", ("job-1",))
    assert take_out(left, of(2)) == (left, "")
    left, follower = take_out(take_out(left, of(1))[0], of(3))
    assert (left.mailboxes, follower) == ({}, "")


async def test_a_canceled_one_lets_nobody_by(world: World) -> None:
    """The question behind one that was canceled still waits for the one before both."""
    for word in ("one", "two", "three"):
        await world.deliver(world.message(f"/ask {word}"))
    jobs = world.jobs()

    async def cancel_the_second(talk: object) -> None:
        world.text_model.before = None
        await world.deliver(world.tap("answer-stop", world.messenger.messages(ME)[0]))
        await move(world, jobs[2])

    world.text_model.before = cancel_the_second
    await world.settle()
    assert asked(world) == ["one", "three"]
    assert [line.text for line in world.text_model.talks[-1].lines] == ["one", "You said: one", "three"]
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED, JobState.CANCELED, JobState.DELIVERED]
    assert world.user().mailboxes == {}


async def test_what_cannot_be_read_holds_up_nobody(world: World) -> None:
    """A job that nobody can read, or that is gone, is passed by."""
    await world.deliver(world.message("/ask one"))
    await world.deliver(world.message("/ask two"))
    first, second = world.jobs()
    world.store._documents[job_key(first.id)].fields["request"] = "what no release wrote"
    world.clock.advance(ORDER_SECONDS)
    await move(world, second)
    assert asked(world) == ["two"]


async def test_pressed_again_a_moment_later(world: World) -> None:
    """A button that is pressed twice asks once, although the second press would stand elsewhere in the order."""
    await world.send(world.message("/ask one"))
    shown = world.shown()
    await world.deliver(world.tap("answer-shorter", shown))
    world.clock.advance(2)
    await world.send(world.tap("answer-shorter", shown))
    assert len(world.jobs()) == 2
    assert world.user().mailboxes == {}


class KilledError(BaseException):
    """The process is gone."""


async def test_an_old_card_over_an_answer(world: World) -> None:
    """A worker that stood still and died drew what it had heard over the answer of another: it is written again."""

    async def die(talk: object) -> None:
        raise KilledError

    world.text_model.before = die
    await world.deliver(world.message("/ask one"))
    job = world.job()
    world.clock.advance(ORDER_SECONDS)
    with pytest.raises(KilledError):
        await move(world, job)
    world.text_model.before = None
    world.clock.advance(60)
    await move(world, job)
    shown = world.messenger.messages(ME)[0]
    await world.messenger.edit_text(Place(ME), shown.message_id, Screen("half of it"))
    await move(world, job)
    again = world.messenger.messages(ME)[0]
    assert (again.text, again.buttons) == (shown.text, shown.buttons)
    assert again.text == "You said: one"


async def test_an_old_card_just_before_the_end_is_written_down(world: World) -> None:
    """While another worker shows the answer, one that stood still looks again later."""
    await world.deliver(world.message("/ask one"))
    job = world.job()

    async def look_meanwhile() -> None:
        assert not await world.ports.surfaces[job.surface].redraw_end(world.ports, job.id)

    world.store.interrupt(writes_to("jobs", state="delivered"), look_meanwhile)
    await world.settle()
    assert world.job().state is JobState.DELIVERED


@pytest.mark.parametrize(("state", "waits"), [("delivered", True), ("working", False)])
async def test_a_late_message_passes_what_is_over(world: World, state: str, waits: bool) -> None:  # noqa: FBT001
    """Whoever is behind a job that has just ended waits for the late message; behind a running one nobody does."""
    for word in ("one", "two"):
        await world.deliver(world.message(f"/ask {word}"))
    first, second = world.jobs()
    world.store._documents[job_key(first.id)].fields["state"] = state
    user = world.user()
    turn = await take_turn(world.ports, user, first.mailbox, write_entry(world.now, 1, "late-job"), "late-job")
    assert turn.after == ""
    assert [(write.key, write.fields["after"]) for write in turn.writes if isinstance(write, Update)] == (
        [(job_key(second.id), "late-job")] if waits else []
    )
