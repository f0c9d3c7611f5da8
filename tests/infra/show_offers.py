"""What people, the docs and the model get of the file of offers: run by `test_one_line.py`, prints JSON."""

import asyncio
import json
import sys
from typing import Any

from infra.checks.offers import build_table
from infra.local.gemini import run_gemini
from infra.local.gemini.models import MODELS, SPEECH_MODELS, TEXT_MODELS, VIDEO_MODELS
from shared.adapters.gemini_access import Access
from shared.adapters.gemini_pictures import GeminiModel
from shared.adapters.genai_videos import GeminiVideos
from shared.credits.catalogue import PROVIDERS, SOLD, VIDEO
from shared.miniapp.settings_view import list_sections
from shared.pictures.picture import result_of
from shared.ports import PictureStudio
from shared.providers.outcomes import Begun
from shared.providers.videos import VideoTask
from tests.fakes.messenger import Shown
from tests.world import World

SHORTEST = VideoTask(work="text", prompt="a fox", seconds=4, ratio="16:9", resolution="360p", label="1")


async def show_offers() -> dict[str, Any]:
    """The menus, the price lists, the docs' table, and a picture by HTTP from the local Gemini."""
    world = World()
    async with run_gemini() as server:
        access = Access(api_key="test-key", base_url=server.base_url)
        model, videos = GeminiModel(access), GeminiVideos(access, world.blobs, "unused")
        world.studio = PictureStudio({"gemini": model}, world.pictures, world.budget)
        await world.send(world.message("/settings"))
        menu = _label(world.shown(), "set;model;fast")
        await world.send(world.message("/models"))
        models = world.shown().text
        world.sell(b"k" * 32)
        await world.send(world.message("/buy"))
        shop = world.shown().text
        await world.send(world.message("/image a red fox"))
        job, [call] = world.job(), server.calls()
        begun = await videos.start(VIDEO.rungs[0], SHORTEST, "jobs/1/1/")
        await model.close()
        await videos.close()
        await world.send(world.tap("tools", world.shown()))
        tools = [each.label for row in world.shown().buttons for each in row]
    sections = list_sections(world.user(), "", "en", PROVIDERS, world.now)
    [field] = [each for section in sections for each in section.fields if each.name == "model"]
    return {
        "menu": menu,
        "app": field.values[0].label,
        "models": models,
        "shop": shop,
        "table": build_table(SOLD),
        "state": job.state,
        "made_by": result_of(job).model_id,
        "asked": call.model,
        "price": job.request.price,
        "left": world.user().account.available,
        "tools": tools,
        "local": [*MODELS, *TEXT_MODELS, *SPEECH_MODELS, *VIDEO_MODELS],
        "video": begun.model_id if isinstance(begun, Begun) else "",
    }


def _label(shown: Shown, action: str) -> str:
    return next(each.label for row in shown.buttons for each in row if each.data.startswith(f"1;{action}"))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(show_offers())) + "\n")
