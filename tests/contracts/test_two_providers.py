"""A ladder from Gemini to another provider with another protocol, both real servers: the seam between them holds.

The second provider is an adapter, an entry in the providers' table and a rung in the catalogue; nothing else knows it.
"""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from infra.local.gemini import Fault, Gemini, run_gemini
from shared.adapters.gemini_access import Access
from shared.adapters.gemini_pictures import GeminiModel
from shared.credits.catalogue import NANO_BANANA, OFFERS
from shared.jobs.job import JobState
from shared.pictures.picture import result_of
from shared.providers.breaker import FAILURES_MAX
from shared.providers.ladder import GONE_SECONDS
from shared.providers.outcomes import FailureReason
from shared.usage import start_usage
from tests.contracts.plain_provider import PLAIN, PlainProvider, PlainServer, serve_plain
from tests.world import World

FOX = "a red fox"
Lines = pytest.CaptureFixture[str]


@pytest.fixture
async def gemini() -> AsyncIterator[Gemini]:
    async with run_gemini() as running:
        yield running


@pytest.fixture
def plain() -> Iterator[PlainServer]:
    with serve_plain() as running:
        yield running


@pytest.fixture
async def world(gemini: Gemini, plain: PlainServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """An offer with two rungs, and a studio that knows both providers."""
    monkeypatch.setitem(OFFERS, "fast", replace(OFFERS["fast"], rungs=(NANO_BANANA, PLAIN)))
    first, second = GeminiModel(Access(api_key="TEST-key", base_url=gemini.base_url)), PlainProvider(plain.url)
    made = World()
    made.studio = replace(made.studio, providers={"gemini": first, "plain": second})
    yield made
    await first.close()
    await second.close()


def read(capsys: Lines, *events: str) -> list[dict[str, Any]]:
    """The lines of these events."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line["event"] in events]


async def test_the_wanted_provider_is_asked(world: World, gemini: Gemini, plain: PlainServer) -> None:
    """While the first rung is there the other provider hears nothing."""
    await world.send(world.message(FOX))
    assert world.job().state is JobState.DELIVERED
    assert (len(gemini.calls()), plain.calls()) == (1, [])


async def test_a_gone_rung_leads_to_the_other_provider(
    world: World, gemini: Gemini, plain: PlainServer, capsys: Lines
) -> None:
    """The second rung makes the picture; the stored result, the log and the cost name it, and the caption says so."""
    gemini.set_faults(Fault("gone"))
    usage = start_usage()
    await world.send(world.message(f"{FOX} 16:9"))
    job = world.job()
    assert (job.state, result_of(job).model_id) == (JobState.DELIVERED, PLAIN.id)
    assert "another model painted this" in world.shown().text
    [call] = plain.calls()
    assert (call["model"], call["text"], call["shape"], call["size"]) == (PLAIN.id, FOX, "16:9", "1K")
    lines = read(capsys, "model_gone", "model_answered", "model_fell_back")
    assert {line["event"]: line["model_id"] for line in lines} == {
        "model_gone": NANO_BANANA.id, "model_answered": PLAIN.id, "model_fell_back": PLAIN.id,
    }  # fmt: skip
    assert [line["cost_usd_micros"] for line in lines if line["event"] == "model_answered"] == [30_000]
    assert sum(fields["day"] for fields in world.store.collection("spend").values()) == 33_600  # the dearer of the two
    assert usage.model_calls == 2
    world.check_money()


async def test_a_gone_rung_is_asked_again_later(world: World, gemini: Gemini, plain: PlainServer) -> None:
    """For minutes the second provider works alone; then the first is tried, and works if it is back."""
    gemini.set_faults(Fault("gone", times=1))
    await world.send(world.message(FOX))
    await world.send(world.message(FOX))
    assert (len(gemini.calls()), len(plain.calls())) == (1, 2)
    world.clock.advance(GONE_SECONDS)
    await world.send(world.message(FOX))
    assert (len(gemini.calls()), len(plain.calls())) == (2, 2)


async def test_a_new_version_crosses_the_seam(world: World, gemini: Gemini, plain: PlainServer) -> None:
    """The other provider gets the earlier version as a picture, without a signature that only Gemini understands."""
    await world.send(world.message(FOX))
    gemini.set_faults(Fault("gone"))
    await world.send(world.reply("at night", world.shown()))
    [call] = plain.calls()
    assert (len(call["files"]), call["seal"]) == (1, "")


async def test_the_breaker_opens_for_the_rung_that_failed(world: World, gemini: Gemini, plain: PlainServer) -> None:
    """While the second provider is away, jobs wait for it; the first one's gauge stays closed."""
    gemini.set_faults(Fault("gone", times=1))
    for _ in range(FAILURES_MAX):
        plain.script(FOX, 503, {"error": "away"})
    await world.deliver(world.message(FOX))
    while len(plain.calls()) < FAILURES_MAX:
        await world.run_next()
    assert world.job().state is JobState.QUEUED
    breaker = world.studio.breaker
    assert [breaker.admits(rung.name, "another job", world.now) for rung in (NANO_BANANA, PLAIN)] == [True, False]
    await world.deliver(world.message(FOX))
    await world.settle()
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED] * 2
    assert len(gemini.calls()) == 1


async def test_a_refusal_ends_the_ladder(world: World, gemini: Gemini, plain: PlainServer) -> None:
    """A request that one provider's filter stops is not sent to another provider."""
    gemini.set_faults(Fault("finish", reason="IMAGE_SAFETY"))
    await world.send(world.message(FOX))
    assert world.job().failure is FailureReason.SAFETY
    assert plain.calls() == []
    world.check_money()
