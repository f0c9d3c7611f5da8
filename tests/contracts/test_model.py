"""What every Provider does: the fake, both of Gemini's APIs and fal before their local servers, another protocol."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from typing import Protocol

import pytest
from PIL import Image as Pillow

from infra.local import fal
from infra.local.gemini import Fault, Gemini, run_gemini
from shared.adapters.gemini_access import Access
from shared.adapters.gemini_pictures import GeminiModel
from shared.credits.catalogue import NANO_BANANA
from shared.ports import Provider
from shared.providers.images import Image
from shared.providers.ladder import PictureRung
from shared.providers.outcomes import Busy, Gone, Made, ModelOutcome, NoResult, PictureTask, Refused, Turn
from shared.usage import start_usage
from tests.contracts.fal_calls import GPT, open_pictures
from tests.contracts.genai_calls import OneToken
from tests.contracts.plain_provider import PLAIN, PlainProvider, PlainServer, serve_plain
from tests.fakes.model import FakeModel

TASK = PictureTask("a red fox", "1:1", "1K")


class World(Protocol):
    rung: PictureRung
    refused: str
    busy: str
    has_signature: bool

    @property
    def model(self) -> Provider: ...

    def refuse(self, prompt: str) -> None: ...
    def give_no_image(self, prompt: str) -> None: ...
    def be_busy(self, prompt: str, retry_after_seconds: float) -> None: ...
    def be_gone(self, prompt: str) -> None: ...


class FakeWorld:
    rung, has_signature = NANO_BANANA, True
    refused, busy = "IMAGE_SAFETY", "RESOURCE_EXHAUSTED"

    def __init__(self) -> None:
        self.fake = FakeModel()
        self.model: Provider = self.fake

    def refuse(self, prompt: str) -> None:
        self.fake.script(prompt, Refused("IMAGE_SAFETY"))

    def give_no_image(self, prompt: str) -> None:
        self.fake.script(prompt, NoResult("NO_IMAGE", "I can describe it"))

    def be_busy(self, prompt: str, retry_after_seconds: float) -> None:
        self.fake.script(prompt, Busy("RESOURCE_EXHAUSTED", retry_after_seconds))

    def be_gone(self, prompt: str) -> None:
        self.fake.script(prompt, Gone())


class LocalWorld:
    rung, has_signature = NANO_BANANA, True
    refused, busy = "IMAGE_SAFETY", "RESOURCE_EXHAUSTED"

    def __init__(self, gemini: Gemini, access: Access) -> None:
        self.gemini = gemini
        self.model: Provider = GeminiModel(access, token=OneToken())

    def refuse(self, prompt: str) -> None:
        self.gemini.set_faults(Fault("finish", reason="IMAGE_SAFETY", prompt=prompt, times=1))

    def give_no_image(self, prompt: str) -> None:
        self.gemini.set_faults(Fault("finish", reason="NO_IMAGE", prompt=prompt, times=1))

    def be_busy(self, prompt: str, retry_after_seconds: float) -> None:
        self.gemini.set_faults(Fault("busy", prompt=prompt, times=1, retry_delay_seconds=retry_after_seconds))

    def be_gone(self, prompt: str) -> None:
        self.gemini.set_faults(Fault("gone", prompt=prompt, times=1))


class PlainWorld:
    rung, has_signature = PLAIN, True
    refused, busy = "IMAGE_SAFETY", "RESOURCE_EXHAUSTED"

    def __init__(self, server: PlainServer) -> None:
        self.server = server
        self.model = PlainProvider(server.url)

    def refuse(self, prompt: str) -> None:
        self.server.script(prompt, 422, {"blocked": "IMAGE_SAFETY"})

    def give_no_image(self, prompt: str) -> None:
        self.server.script(prompt, 200, {"no_picture": "I can describe it"})

    def be_busy(self, prompt: str, retry_after_seconds: float) -> None:
        self.server.script(prompt, 429, {}, **{"Retry-After": str(retry_after_seconds)})

    def be_gone(self, prompt: str) -> None:
        self.server.script(prompt, 404, {})


class FalWorld:
    rung, has_signature = GPT, False
    refused, busy = "content_policy_violation", "HTTP_429"

    def __init__(self, server: fal.Fal) -> None:
        self.server = server
        self.model = open_pictures(server)

    def refuse(self, prompt: str) -> None:
        self.server.set_faults(fal.Fault("blocked", prompt=prompt, times=1))

    def give_no_image(self, prompt: str) -> None:
        self.server.set_faults(fal.Fault("empty", prompt=prompt, times=1, reason="I can describe it"))

    def be_busy(self, prompt: str, retry_after_seconds: float) -> None:
        self.server.set_faults(fal.Fault("busy", prompt=prompt, times=1, retry_after_seconds=retry_after_seconds))

    def be_gone(self, prompt: str) -> None:
        self.server.set_faults(fal.Fault("gone", prompt=prompt, times=1))


@pytest.fixture(params=["fake", "developer", "enterprise", "plain", "fal"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    if request.param == "plain":
        with serve_plain() as server:
            plain = PlainWorld(server)
            yield plain
            await plain.model.close()
        return
    if request.param == "fal":
        async with fal.run_fal() as running:
            other = FalWorld(running)
            yield other
            await other.model.close()
        return
    async with run_gemini() as gemini:
        if request.param == "developer":
            access = Access(api_key="test-key", base_url=gemini.base_url)
        else:
            access = Access(project="test-project", base_url=gemini.base_url)
        local = LocalWorld(gemini, access)
        yield local
        assert isinstance(local.model, GeminiModel)
        await local.model.close()


def made(outcome: ModelOutcome | Gone) -> Made:
    assert isinstance(outcome, Made), outcome
    return outcome


async def test_makes_a_picture(world: World) -> None:
    """Bytes that are what their type says, and a signature to come back with where the model gives one."""
    picture = made(await world.model.generate(world.rung, TASK))
    assert picture.mime_type == "image/png"
    assert Pillow.open(BytesIO(picture.content)).format == "PNG"
    assert bool(picture.signature) is world.has_signature


async def test_makes_a_new_version(world: World) -> None:
    """A picture, its prompt and its signature are enough to go on from; what comes is another picture."""
    first = made(await world.model.generate(world.rung, TASK))
    turn = Turn(TASK.prompt, Image(first.content, first.mime_type), first.signature)
    second = made(await world.model.generate(world.rung, replace(TASK, prompt="at night", parent=turn)))
    assert second.content != first.content
    third_turn = Turn("at night", Image(second.content, second.mime_type), second.signature)
    assert made(await world.model.generate(world.rung, replace(TASK, prompt="with a moon", parent=third_turn)))


async def test_goes_on_from_an_unsigned_picture(world: World) -> None:
    """A version without a signature is no reason to fail."""
    first = made(await world.model.generate(world.rung, TASK))
    turn = Turn(TASK.prompt, Image(first.content, first.mime_type), b"")
    assert made(await world.model.generate(world.rung, replace(TASK, prompt="at night", parent=turn)))


async def test_takes_references(world: World) -> None:
    """As many as the product allows."""
    first = made(await world.model.generate(world.rung, TASK))
    references = (Image(first.content, first.mime_type),) * world.rung.references_max
    assert made(await world.model.generate(world.rung, replace(TASK, references=references)))


async def test_refusal_is_told(world: World) -> None:
    """A filter is not a failure to try again."""
    world.refuse(TASK.prompt)
    assert await world.model.generate(world.rung, TASK) == Refused(world.refused)
    assert made(await world.model.generate(world.rung, TASK))


async def test_answer_without_a_picture_keeps_its_words(world: World) -> None:
    """What the model said instead is worth showing."""
    world.give_no_image(TASK.prompt)
    outcome = await world.model.generate(world.rung, TASK)
    assert isinstance(outcome, NoResult)
    assert outcome.reason == "NO_IMAGE"
    assert outcome.said.startswith("I can describe")


async def test_busy_says_when_to_come_again(world: World) -> None:
    """The provider's own pause reaches the caller."""
    world.be_busy(TASK.prompt, 12.5)
    assert await world.model.generate(world.rung, TASK) == Busy(world.busy, 12.5)


async def test_many_at_once(world: World) -> None:
    """Calls do not mix up their pictures."""
    tasks = [replace(TASK, prompt=f"fox number {n}") for n in range(12)]
    pictures = await asyncio.gather(*(world.model.generate(world.rung, task) for task in tasks))
    assert len({made(picture).content for picture in pictures}) == len(tasks)


async def test_a_model_that_is_gone(world: World) -> None:
    """A model that the provider does not have is an outcome of its own; a moment later it may be there."""
    world.be_gone(TASK.prompt)
    assert await world.model.generate(world.rung, TASK) == Gone()
    assert made(await world.model.generate(world.rung, TASK))


async def test_calls_are_counted(world: World) -> None:
    """Each call costs, also one that makes nothing."""
    usage = start_usage()
    world.refuse(TASK.prompt)
    await world.model.generate(world.rung, TASK)
    await world.model.generate(world.rung, TASK)
    assert usage.model_calls == 2
