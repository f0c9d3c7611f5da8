"""Calls of models in traces and metrics: how long, how many tokens, what they cost; and not a word of them."""

import asyncio
from collections.abc import Iterator

import pytest

from shared.credits.catalogue import NANO_BANANA, TALK, VIDEO
from shared.jobs.measure_call import measure_call
from shared.providers.outcomes import Busy, Gone, Made, ModelOutcome, Spoken
from shared.providers.talk import Tokens, Told
from shared.telemetry.collector import Collector
from shared.telemetry.names import MODEL_COST, MODEL_DURATION, MODEL_TOKENS
from shared.telemetry.record import open_span, record_with
from tests.world import World

LABELS = (
    ("gen_ai.operation.name", "generate_content"),
    ("gen_ai.provider.name", "gcp.gen_ai"),
    ("gen_ai.request.model", NANO_BANANA.id),
)


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    record_with(collector)
    yield collector
    record_with(None)


def cost(_: object, outcome: ModelOutcome | None) -> int:
    return 33_600


def test_a_picture_that_is_made(collector: Collector) -> None:
    """Its duration, its cost, and a span by the semantic conventions."""
    with open_span("request", "server"), measure_call(NANO_BANANA, cost) as call:
        call.end(Made(b"picture", "image/png"))
    assert collector.series[MODEL_COST][LABELS].total == pytest.approx(0.0336)
    assert collector.series[MODEL_DURATION][LABELS].count == 1
    assert MODEL_TOKENS not in collector.series
    span = collector.drain()[0]
    assert (span.name, span.error_type) == (f"generate_content {NANO_BANANA.id}", "")
    assert span.attributes == {**dict(LABELS), "gen_ai.output.type": "image", "nanobanana.outcome": "made"}


@pytest.mark.parametrize(
    ("outcome", "error_type"), [(Busy("429"), "busy"), (Busy("500", is_fault=True), "fault"), (Gone(), "gone")]
)
def test_a_call_without_a_result(collector: Collector, outcome: ModelOutcome | Gone, error_type: str) -> None:
    """It has failed, and costs nothing."""
    with open_span("request", "server"), measure_call(NANO_BANANA, cost) as call:
        call.end(outcome)
    assert MODEL_COST not in collector.series
    assert [*collector.series[MODEL_DURATION]] == [(("error.type", error_type), *LABELS)]
    assert collector.drain()[0].error_type == error_type


@pytest.mark.parametrize(
    "outcome",
    [
        Told("It is red.", Tokens(100, 20)),
        Spoken(b"sound", "audio/ogg", tokens=Tokens(100, 20)),
        Made(b"picture", "image/png", tokens=Tokens(100, 20)),
    ],
)
def test_tokens(collector: Collector, outcome: ModelOutcome) -> None:
    """Those of the question and those of the answer, apart."""
    with open_span("request", "server"), measure_call(TALK.rungs[0], cost) as call:
        call.end(outcome)
    series = collector.series[MODEL_TOKENS]
    counted = {dict(labels)["gen_ai.token.type"]: each.total for labels, each in series.items()}
    assert counted == {"input": 100, "output": 20}
    attributes = collector.drain()[0].attributes
    assert (attributes["gen_ai.usage.output_tokens"], attributes["gen_ai.output.type"]) == (20, "text")


def test_a_call_that_is_broken_off(collector: Collector) -> None:
    """It took its time too, under the name of its end; an answer without a count has no tokens."""
    with pytest.raises(asyncio.CancelledError), measure_call(VIDEO.rungs[0], cost):
        raise asyncio.CancelledError
    [labels] = collector.series[MODEL_DURATION]
    assert dict(labels)["error.type"] == "canceled"
    with measure_call(TALK.rungs[0], cost) as call:
        call.end(Told("It is red.", None))
    assert MODEL_TOKENS not in collector.series


async def test_no_word_of_a_picture_is_recorded(collector: Collector, world: World) -> None:
    """A whole picture, from the message to its delivery: neither prompt, nor name, nor id is in what would leave."""
    with open_span("request", "server"):
        await world.send(world.message("a zebra for Zelda"))
        assert world.model.rungs
    recorded = f"{collector.drain()} {collector.series}"
    assert MODEL_DURATION in recorded
    assert not [word for word in ("zebra", "Zelda") if word in recorded]
