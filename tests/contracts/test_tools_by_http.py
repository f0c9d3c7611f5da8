"""Each ready-made change of a photo, from the press to the picture: what the model is asked by HTTP, what is paid."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from PIL import Image as PillowImage

from infra.local.gemini import Gemini, run_gemini
from infra.local.gemini.caller import Caller
from infra.local.gemini.calls import Call
from infra.local.gemini.request import GenerateRequest
from infra.local.gemini.service import Answer
from shared.adapters.gemini_access import Access
from shared.adapters.gemini_pictures import GeminiModel
from shared.credits.catalogue import NANO_BANANA
from shared.jobs.job import JobState
from shared.people.users import LANGUAGES, Language, PictureSettings
from shared.pictures.picture import request_of
from shared.pictures.press import IMPATIENCE
from shared.pictures.tools import PHOTO_SIZE, TOOLS, Subject, find_price, list_choices, read_offer, write_words
from shared.ports import PictureStudio
from shared.telegram.address import chat_of
from tests.fakes.messenger import Shown
from tests.world import ME, World

SETTINGS, SUBJECT = PictureSettings(), Subject("1:1", PHOTO_SIZE)
OFFERED = {
    tool.name: tuple(entry.name for entry in list_choices(tool, SUBJECT, SETTINGS))
    for tool in TOOLS
    if not tool.of_ours
}
"""What a photo's keyboard sells, by tool: the tool itself, or each choice of one."""
SOLD = tuple(tool for tool, names in OFFERED.items() if names)
COUNTS = {"variations": 4}


@dataclass
class Studio:
    """A person, and what the local Gemini was asked for them."""

    world: World
    photo: bytes
    asked: list[GenerateRequest] = field(default_factory=list)


def draw_photo() -> bytes:
    """A picture of three stripes, as an app sends it."""
    picture, file = PillowImage.new("RGB", (240, 180), "teal"), io.BytesIO()
    picture.paste("orange", (0, 60, 240, 120))
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
async def studio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Studio]:
    world = World()
    async with run_gemini(noise=True) as server:
        model = GeminiModel(Access(api_key="test-key", base_url=server.base_url))
        world.studio = PictureStudio({"gemini": model}, world.pictures, world.budget)
        await world.give(500)
        studio = Studio(world, draw_photo())
        watch(server, studio, monkeypatch)
        yield studio
        await model.close()


def watch(server: Gemini, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep each request that the server has read."""
    answer = server.service.answer

    async def keep(request: GenerateRequest, call: Call, caller: Caller) -> Answer:
        studio.asked.append(request)
        return await answer(request, call, caller)

    monkeypatch.setattr(server.service, "answer", keep)


def button_of(shown: Shown, name: str) -> tuple[str, str]:
    """Label and data of the button that offers or opens this."""
    buttons = [each for row in shown.buttons for each in row]
    return next((each.label, each.data) for each in buttons if read_offer(each.data.rpartition(";")[2])[0] == name)


async def open_offer(world: World, name: str, language: Language, photo: bytes) -> tuple[str, str, int]:
    """Send the photo and open what sells this: the button's label and data, and the message."""
    await world.send(world.photo(picture=photo, language=language))
    question = world.shown()
    await world.send(world.tap("phototools", question, language=language))
    tool, _, choice = name.partition(".")
    shown = world.messenger.chats[ME][question.message_id]
    if choice and tool != "upscale":
        world.clock.advance(IMPATIENCE.total_seconds())
        _, data = button_of(shown, tool)
        await world.send(world.tap_data(data, question.message_id, language=language))
        shown = world.messenger.chats[ME][question.message_id]
    world.clock.advance(IMPATIENCE.total_seconds())
    return *button_of(shown, name), question.message_id


@pytest.mark.parametrize("tool", SOLD)
async def test_a_tool_of_a_photo(studio: Studio, tool: str) -> None:
    """The model gets the photo itself, the tool's tested words and its parameters, once for each picture; that is
    delivered, and costs what the button said.
    """
    world, left = studio.world, 500
    for number, name in enumerate(OFFERED[tool]):
        language, price = LANGUAGES[number % len(LANGUAGES)], find_price(name, SUBJECT, SETTINGS)
        studio.asked.clear()
        label, data, message_id = await open_offer(world, name, language, studio.photo)
        assert label.endswith(f" · {price}")
        await world.send(world.tap_data(data, message_id, language=language))
        check_asked(studio, name, language)
        made = [job for job in world.jobs() if request_of(job).tool == name]
        assert [job.state for job in made] == [JobState.DELIVERED] * COUNTS.get(name, 1)
        shown = [each.message_id for each in world.messenger.messages(ME) if each.kind == "photo"]
        assert {chat_of(job).card_message_id for job in made} <= set(shown)
        left -= price or 0
        assert world.user().account.available == left
    world.check_money()


def check_asked(studio: Studio, name: str, language: Language, said: str = "") -> None:
    """The requests by HTTP are those of this tool, about the photo."""
    assert len(studio.asked) == COUNTS.get(name, 1)
    for asked in studio.asked:
        assert [picture.data for picture in asked.pictures] == [studio.photo]
        assert asked.prompt == write_words(name, language, said)
        assert (asked.model.name, asked.image_size, asked.aspect_ratio) == (NANO_BANANA.id, *wanted_form(name))
        assert "IMAGE" in asked.modalities


def wanted_form(name: str) -> tuple[str, str]:
    """The size and the format that a tool asks for: that of the photo, unless another one is chosen."""
    tool, _, choice = name.partition(".")
    return choice if tool == "upscale" else PHOTO_SIZE, choice if tool == "expand" else "4:3"


@pytest.mark.parametrize("tool", ["part", "backdrop"])
async def test_a_tool_in_own_words(studio: Studio, tool: str) -> None:
    """What a person answers to a tool's free question stands in the tool's words, and the question names the price."""
    world, said = studio.world, "a lake with snowy mountains"
    await world.send(world.photo(picture=studio.photo))
    question = world.shown()
    await world.send(world.tap("phototools", question))
    world.clock.advance(IMPATIENCE.total_seconds())
    _, data = button_of(world.messenger.chats[ME][question.message_id], tool)
    ask = data if tool == "part" else data.replace("photoopen", "photoask")
    await world.send(world.tap_data(ask, question.message_id))
    assert "for 4 credits" in world.shown().text
    assert studio.asked == []
    await world.send(world.reply(said, world.shown()))
    check_asked(studio, tool, "en", said)
    assert said in studio.asked[0].prompt
    assert (world.job().state, world.user().account.available) == (JobState.DELIVERED, 500 - 4)
    world.check_money()
