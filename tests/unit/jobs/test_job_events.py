"""What the log says of jobs and credits: enough to count and to blame, and nothing of what people wrote."""

import json
from typing import Any

import pytest

from shared.errors import BotBlockedError, FileTooLargeError, MessageRejectedError, NanoBananaError
from shared.jobs.attempts import ATTEMPTS_MAX
from shared.jobs.job import DEADLINE_SECONDS, GATHER_SECONDS
from shared.jobs.sweep_work import sweep_work
from shared.jobs.time_limits import LEASE_SECONDS
from shared.people.user_documents import user_key
from shared.ports import Update
from shared.providers.outcomes import Broken, Busy, Made, ModelOutcome, NoResult, PictureTask, Refused
from tests.fakes.clock import FakeClock
from tests.fakes.pictures import PNG
from tests.world import ME, OTHER, World

FOX = "a very private fox"
Lines = pytest.CaptureFixture[str]


class Death(BaseException):
    """The worker is gone: nothing may catch this."""


def read(capsys: Lines, event: str) -> list[dict[str, Any]]:
    """The lines of one event."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line["event"] == event]


async def test_delivered(capsys: Lines) -> None:
    """A delivered picture says what it was, what was paid, and how long the model and the person took."""
    world = World(FakeClock(sleepers_wait=True))

    async def take_time(_: PictureTask) -> None:
        world.clock.advance(7)

    world.model.before = take_time
    await world.deliver(world.message(f"{FOX} 2K"))
    world.clock.advance(3)
    await world.settle()
    [line] = read(capsys, "job_delivered")
    assert line | {"severity": "INFO", "message": "job_delivered", "event": "job_delivered"} == line
    assert (line["outcome"], line["code"], line["medium"], line["model"], line["size"]) == (
        "delivered", "", "image", "fast", "2K",
    )  # fmt: skip
    assert (line["credits"], line["attempts"], line["model_ms"], line["waited_ms"]) == (6, 1, 7_000, 10_000)


@pytest.mark.parametrize(
    ("outcomes", "outcome", "code"),
    [
        ([Refused("SAFETY")], "refused", "E-IMG-SAFE"),
        ([NoResult("STOP")] * 2, "failed", "E-IMG-NONE"),
        ([Busy("429", 300)] * 200, "failed", "E-BUSY"),
        ([Busy("500", 300, is_fault=True)] * 200, "failed", "E-PROVIDER"),
        ([Broken("400")], "failed", "E-OURS"),
    ],
)
async def test_whose_fault(world: World, capsys: Lines, outcomes: list[ModelOutcome], outcome: str, code: str) -> None:
    """A refusal that lies with the request is told apart from a failure of ours or the provider's."""
    world.model.script(FOX, *outcomes)
    await world.send(world.message(FOX))
    [line] = read(capsys, "job_refused")
    assert (line["outcome"], line["code"], line["credits"]) == (outcome, code, 4)
    assert line["attempts"] == len(world.model.tasks)


@pytest.mark.parametrize(
    ("error", "outcome"), [(BotBlockedError("blocked"), "refused"), (MessageRejectedError("bad HTML"), "failed")]
)
async def test_not_shown(world: World, capsys: Lines, error: NanoBananaError, outcome: str) -> None:
    """Anyone who blocked the bot did so; a picture that Telegram does not take is our failure, under the same code."""
    await world.deliver(world.message(FOX))
    world.messenger.fail("edit_photo", error)
    await world.settle()
    [line] = read(capsys, "job_refused")
    assert (line["outcome"], line["code"], line["cause"]) == (outcome, "E-BLOCKED", type(error).__name__)


async def test_material_is_the_persons(world: World, capsys: Lines) -> None:
    """A file that is too large is a refusal, without a call of the model."""
    world.messenger.fail("download", FileTooLargeError("21 MB"))
    await world.send(world.photo(FOX))
    [line] = read(capsys, "job_refused")
    assert (line["outcome"], line["code"], line["model_ms"]) == ("refused", "E-FILE-SIZE", 0)


async def test_canceled(world: World, capsys: Lines) -> None:
    """A canceled job is a refusal by the person, and its credits are back."""
    await world.deliver(world.message(FOX))
    await world.send(world.tap("cancel", world.shown()))
    [line] = read(capsys, "job_canceled")
    assert (line["outcome"], line["credits"], line["attempts"], line["model_ms"]) == ("refused", 4, 0, 0)


async def test_model_calls(capsys: Lines) -> None:
    """Each call of the model has its line; the one that made a picture says which model did and what it costs us."""
    world = World(FakeClock(sleepers_wait=True))

    async def take_time(_: PictureTask) -> None:
        world.clock.advance(2.5)

    world.model.before = take_time
    world.model.script(FOX, NoResult("STOP"), Made(PNG + b"x" * 20, "image/png"))
    await world.send(world.message(f"{FOX} 4K"))
    empty, made = read(capsys, "model_answered")
    assert (empty["outcome"], empty["ms"], empty["model"], empty["size"]) == ("no_image", 2500, "fast", "4K")
    assert "cost_usd_micros" not in empty
    assert (made["outcome"], made["ms"]) == ("made", 2500)
    assert (made["model_id"], made["cost_usd_micros"]) == ("gemini-nano-banana-2.1", 75_600)


async def test_given_up(world: World, capsys: Lines) -> None:
    """A job that no worker lives to finish is given up aloud, and counts as our failure."""
    await world.deliver(world.message(FOX))
    world.clock.advance(DEADLINE_SECONDS)
    await world.settle()
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = [line for line in printed if line["event"] in {"job_given_up", "job_refused"}]
    assert [(line["event"], line["code"]) for line in found] == [("job_given_up", "E-LATE"), ("job_refused", "E-LATE")]
    assert found[0]["severity"] == "WARNING"
    assert found[1]["outcome"] == "failed"


async def test_dead_attempts_have_no_duration(world: World, capsys: Lines) -> None:
    """The time of an attempt whose worker died is not known, and not made up."""

    async def die(_: PictureTask) -> None:
        raise Death

    world.model.before = die
    await world.deliver(world.message(FOX))
    world.clock.advance(GATHER_SECONDS)
    job = world.job()
    for _ in range(ATTEMPTS_MAX):
        with pytest.raises(Death):
            await world.move(job)
        world.clock.advance(LEASE_SECONDS + 1)
    await world.move(job)
    [line] = read(capsys, "job_refused")
    assert (line["code"], line["attempts"], line["model_ms"]) == ("E-OURS", ATTEMPTS_MAX, 0)


@pytest.mark.parametrize("first", ["/help", "/cancel", FOX, "/settings"], ids=["menu", "cancel", "request", "setting"])
async def test_welcome(world: World, capsys: Lines, first: str) -> None:
    """Whatever a person does first, the gift is counted once, when it is written."""
    update = world.message(first)
    await world.send(update, update, world.message("/balance"))
    [line] = read(capsys, "credits_granted")
    assert (line["occasion"], line["credits"]) == ("welcome", 20)


async def test_welcome_by_a_setting(world: World, capsys: Lines) -> None:
    """A first contact can be the press of a button."""
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;ratio;16:9", world.shown(), user_id=OTHER, chat_id=ME))
    assert [line["credits"] for line in read(capsys, "credits_granted")] == [20, 20]


async def test_declined(world: World, capsys: Lines) -> None:
    """A request that is not taken says why; there is no job and nothing moved."""
    await world.give(3)
    await world.send(world.message(FOX), world.message(f"{FOX} " * 1000), world.message("/image 16:9"))
    lines = read(capsys, "request_declined")
    assert [(line["code"], line["medium"]) for line in lines] == [
        ("E-CREDITS", "image"), ("E-NO-PROMPT", "image"), ("E-LONG", "image"),
    ]  # fmt: skip


async def test_books_that_do_not_balance(world: World, capsys: Lines) -> None:
    """An account that cannot be right is reported by the settlement that meets it; the person gets the picture."""
    await world.deliver(world.message(FOX))
    [record] = await world.store.read([user_key(ME)])
    assert record is not None
    account = record.fields["account"] | {"held": 9}
    await world.store.commit([Update(user_key(ME), record.fields | {"account": account}, record.version)])
    await world.settle()
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [line] = [line for line in printed if line["event"] == "ledger_mismatched"]
    assert (line["severity"], line["problem"], line["job_id"]) == ("ERROR", "held without jobs", world.job().id)
    assert "job_delivered" in [line["event"] for line in printed]


async def test_repeated_work(world: World, capsys: Lines) -> None:
    """A job or draft that is swept for a quarter of an hour is logged (`work_repeated`)."""
    await world.deliver(world.message(FOX))
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    lines: list[dict[str, Any]] = []
    minutes = 0
    while not lines:
        world.tasks.take_all()
        world.clock.advance(60)
        minutes += 1
        await sweep_work(world.repair_ports)
        lines = read(capsys, "work_repeated")
    assert 15 <= minutes <= 18
    [draft_id] = world.store.collection("drafts")
    assert [line["key"] for line in lines] == [f"jobs/{world.job().id}", f"drafts/{draft_id}"]


async def test_nothing_private(world: World, capsys: Lines) -> None:
    """Neither words nor whose they are get into a line."""
    world.model.script(FOX, NoResult("STOP", "I cannot paint a private fox"))
    await world.send(world.message(FOX), world.message(f"{FOX} x9"), world.message("/cancel"))
    said = capsys.readouterr().out
    assert "private" not in said
    assert str(ME) not in {value for line in said.splitlines() for value in map(str, json.loads(line).values())}
