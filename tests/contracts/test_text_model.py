"""What every TextProvider does: the fake, and both of Gemini's APIs in front of a server that streams."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Protocol

import pytest
from google.oauth2.credentials import Credentials

from shared.adapters.gemini_access import Access
from shared.adapters.genai_text import GeminiText
from shared.ports import TextProvider
from shared.providers.images import Image
from shared.providers.ladder import TextRung, TokenPrice
from shared.providers.outcomes import Broken, Busy, Gone, ModelOutcome, NoResult, Refused
from shared.providers.talk import Line, Sound, Talk, Told
from shared.usage import start_usage
from tests.contracts.http_server import Reply
from tests.contracts.stream_server import WAIT_SECONDS_MAX, Step, StreamServer, chunk, error, serve_stream
from tests.fakes.text_model import Answer, FakeTextModel

HANG_UP_SECONDS_MAX = 0.5
RUNG = TextRung(
    provider="gemini",
    id="gemini-3.8-flash",
    shutdown_on=None,
    prices=(TokenPrice(date(2026, 1, 1), 750_000, 3_750_000),),
)
ASKED = "What is a fox?"
TALK = Talk("Be short.", (Line("person", ASKED),), output_tokens_max=100)


class World(Protocol):
    """A model that answers the next question as it is told."""

    @property
    def model(self) -> TextProvider: ...

    def say(self, *words: str) -> None: ...
    def reach_the_limit(self, *words: str) -> None: ...
    def filter(self, *words: str) -> None: ...
    def break_off(self, *words: str) -> None: ...
    def be_busy(self, retry_after_seconds: float) -> None: ...
    def be_gone(self) -> None: ...
    def be_asked_wrongly(self) -> None: ...
    def fall_silent(self, *words: str) -> None: ...
    async def wait_for_silence(self) -> None: ...
    async def wait_for_hang_up(self) -> None: ...


class FakeWorld:
    def __init__(self) -> None:
        self.fake = FakeTextModel()
        self.model: TextProvider = self.fake
        self.silent = asyncio.Event()

    def say(self, *words: str) -> None:
        self.fake.before = None
        self.fake.script(ASKED, Answer(words, None if any(words) else NoResult("STOP")))

    def reach_the_limit(self, *words: str) -> None:
        self.fake.script(ASKED, Answer(words, Told("".join(words), None, is_whole=False)))

    def filter(self, *words: str) -> None:
        self.fake.script(ASKED, Answer(words, Refused("SAFETY")))

    def break_off(self, *words: str) -> None:
        self.fake.script(ASKED, Answer(words, Busy("UNAVAILABLE")))

    def be_busy(self, retry_after_seconds: float) -> None:
        self.fake.script(ASKED, Answer((), Busy("RESOURCE_EXHAUSTED", retry_after_seconds)))

    def be_gone(self) -> None:
        self.fake.script(ASKED, Answer((), Gone()))

    def be_asked_wrongly(self) -> None:
        self.fake.script(ASKED, Answer((), Broken("INVALID_ARGUMENT")))

    def fall_silent(self, *words: str) -> None:
        self.fake.script(ASKED, Answer(words))
        heard = iter(words)

        async def wait(_: Talk) -> None:
            if next(heard, None) is None:
                self.silent.set()
                await asyncio.Event().wait()

        self.fake.before = wait

    async def wait_for_silence(self) -> None:
        await self.silent.wait()

    async def wait_for_hang_up(self) -> None:
        assert self.fake.canceled == [TALK]


class GeminiWorld:
    def __init__(self, server: StreamServer, access: Access) -> None:
        self.server = server
        self.gemini = GeminiText(access)
        self.model: TextProvider = self.gemini

    def say(self, *words: str) -> None:
        self._end(words, chunk("", finish="STOP", usage={"prompt": 7, "candidates": 5}))

    def reach_the_limit(self, *words: str) -> None:
        self._end(words, chunk("", finish="MAX_TOKENS"))

    def filter(self, *words: str) -> None:
        self._end(words, {"candidates": [{"finishReason": "SAFETY"}], "usageMetadata": {"promptTokenCount": 7}})

    def break_off(self, *words: str) -> None:
        self._end(words, error(503, "UNAVAILABLE"))

    def be_busy(self, retry_after_seconds: float) -> None:
        info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{retry_after_seconds}s"}
        self._refuse(429, "RESOURCE_EXHAUSTED", info)

    def be_gone(self) -> None:
        self._refuse(404, "NOT_FOUND")

    def be_asked_wrongly(self) -> None:
        self._refuse(400, "INVALID_ARGUMENT")

    def fall_silent(self, *words: str) -> None:
        self._end(words, "silence")

    async def wait_for_silence(self) -> None:
        await self.server.silent.wait()

    async def wait_for_hang_up(self) -> None:
        async with asyncio.timeout(HANG_UP_SECONDS_MAX):
            await self.server.hung_up.wait()

    def _end(self, words: tuple[str, ...], last: Step) -> None:
        self.server.answers.append([*(chunk(each) for each in words), last])

    def _refuse(self, code: int, status: str, *details: dict[str, str]) -> None:
        body = json.dumps(error(code, status, details=list(details)))
        self.server.answers.append(Reply(code, body.encode()))


@pytest.fixture(params=["fake", "developer", "enterprise"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    async with serve_stream() as server:
        if request.param == "developer":
            access = Access(api_key="test-key", base_url=server.url)
        else:
            credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
            access = Access(project="test-project", base_url=server.url, credentials=credentials)
        gemini = GeminiWorld(server, access)
        yield gemini
        await gemini.gemini.close()


class Ear:
    """The text so far, at each callback."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.heard_something = asyncio.Event()

    def __call__(self, words: str) -> None:
        self.words.append(words)
        self.heard_something.set()


async def ask(world: World, talk: Talk = TALK) -> tuple[ModelOutcome | Gone, str]:
    """The result of a call, and the text at each callback."""
    ear = Ear()
    return await world.model.stream(RUNG, talk, ear), "".join(ear.words)


async def test_words_are_heard_as_they_come(world: World) -> None:
    """Each chunk is heard once, in its order; the outcome holds all of them, and what they cost."""
    world.say("A fox ", "is an ", "animal.")
    ear = Ear()
    outcome = await world.model.stream(RUNG, TALK, ear)
    assert ear.words == ["A fox ", "is an ", "animal."]
    assert isinstance(outcome, Told)
    assert (outcome.text, outcome.is_whole, outcome.model_id) == ("A fox is an animal.", True, RUNG.id)
    assert outcome.tokens
    assert (outcome.tokens.given > 0, outcome.tokens.made > 0) == (True, True)


async def test_a_conversation_is_taken(world: World) -> None:
    """Earlier turns, pictures, recordings and a schema are no reason to fail."""
    world.say('{"act": "answer"}')
    earlier = (Line("person", "Hello"), Line("model", "Hello!"))
    asked = Line("person", ASKED, (Image(b"\x89PNG", "image/png"),), sounds=(Sound(b"OggS", "audio/ogg"),))
    talk = Talk("Be short.", (*earlier, asked), 100, "low", {"type": "object"})
    assert (await ask(world, talk))[1] == '{"act": "answer"}'


async def test_words_come_before_the_end(world: World) -> None:
    """The text arrives while the model is still writing."""
    world.fall_silent("A fox ")
    ear = Ear()
    call = asyncio.create_task(world.model.stream(RUNG, TALK, ear))
    await ear.heard_something.wait()
    assert (ear.words, call.done()) == (["A fox "], False)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_cut_at_the_limit(world: World) -> None:
    """At the token limit the answer ends, and says so, even in the middle of a sentence."""
    world.reach_the_limit("A fox is", " an")
    outcome, _ = await ask(world)
    assert isinstance(outcome, Told)
    assert (outcome.text, outcome.is_whole, outcome.filter_reason) == ("A fox is an", False, "")


async def test_filter_after_a_sentence_keeps_it(world: World) -> None:
    """The text before the filter is kept, and the filter is reported."""
    world.filter("A fox is an animal. ", "It")
    outcome, heard = await ask(world)
    assert isinstance(outcome, Told)
    assert (outcome.text, outcome.is_whole, outcome.filter_reason) == (heard, False, "SAFETY")


@pytest.mark.parametrize("words", [(), ("A fox",), ("1. ",)])
async def test_filter_before_a_sentence_refuses(world: World, words: tuple[str, ...]) -> None:
    """Without a whole sentence there is no answer."""
    world.filter(*words)
    assert (await ask(world))[0] == Refused("SAFETY")


async def test_break_after_a_sentence_keeps_it(world: World) -> None:
    """A call that fails in the middle has answered in part; what it was charged is not known."""
    world.break_off("A fox is an animal. ", "It")
    assert await ask(world) == (
        Told("A fox is an animal. It", None, is_whole=False, model_id=RUNG.id),
        "A fox is an animal. It",
    )


async def test_break_before_a_sentence_is_a_failure(world: World) -> None:
    """It may be asked again."""
    world.break_off("A fox")
    assert (await ask(world))[0] == Busy("UNAVAILABLE")


async def test_empty_answer_is_none(world: World) -> None:
    """A model that says nothing has not answered."""
    world.say()
    assert (await ask(world))[0] == NoResult("STOP")


async def test_busy_says_when_to_come_again(world: World) -> None:
    """The provider's own pause reaches the caller."""
    world.be_busy(12.5)
    assert (await ask(world))[0] == Busy("RESOURCE_EXHAUSTED", 12.5)


async def test_gone_and_wrong_are_told_apart(world: World) -> None:
    """A model that is not there leads to the next; a request that is wrong is a bug of ours."""
    world.be_gone()
    world.be_asked_wrongly()
    assert [(await ask(world))[0], (await ask(world))[0]] == [Gone(), Broken("INVALID_ARGUMENT")]


@pytest.mark.parametrize("words", [(), ("A fox ",), ("A fox is an animal. ", "It")])
async def test_cancel_hangs_up(world: World, words: tuple[str, ...]) -> None:
    """A caller who gives up gets no outcome, and the provider learns it at once: before, at and after a word."""
    world.fall_silent(*words)
    ear = Ear()
    call = asyncio.create_task(world.model.stream(RUNG, TALK, ear))
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        await world.wait_for_silence()
        while len(ear.words) < len(words):
            ear.heard_something.clear()
            await ear.heard_something.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await world.wait_for_hang_up()


async def test_time_limit_hangs_up(world: World) -> None:
    """The caller's time limit ends the call at the provider as well."""
    world.fall_silent("A fox ")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(None) as limit:
            await world.model.stream(RUNG, TALK, lambda _: limit.reschedule(0))
    await world.wait_for_hang_up()


async def test_the_next_call_after_a_cancel(world: World) -> None:
    """Canceling some of many calls does not affect the others, nor later ones."""
    for _ in range(3):
        world.fall_silent("A fox ")
        ear = Ear()
        call = asyncio.create_task(world.model.stream(RUNG, TALK, ear))
        await ear.heard_something.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    world.say("A fox is an animal.")
    assert (await ask(world))[1] == "A fox is an animal."


async def test_calls_are_counted(world: World) -> None:
    """Each call costs, also one that is refused."""
    usage = start_usage()
    world.filter()
    world.say("A fox.")
    await ask(world)
    await ask(world)
    assert usage.model_calls == 2
