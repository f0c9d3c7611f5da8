"""Ready-made changes end to end: the pictures themselves show what was asked, and each press is paid once."""

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from shared.credits.catalogue import WELCOME_CREDITS
from shared.pictures.picture import request_of, result_of
from shared.texts import plain_text
from tests.e2e.backstage import Backstage
from tests.e2e.crowd import paint_photo
from tests.e2e.people import Json, Person, list_buttons, read_words

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("books_stay_right"),
]


async def draw(person: Person) -> Json:
    [message] = await person.send(f"draw a red fox, for {person.id}")
    return await person.wait_for_picture(message)


async def look(person: Person, message: Json) -> Json:
    """The message as it is now."""
    return next(m for m in await person.bots_messages() if m["message_id"] == message["message_id"])


def has_rows(messages: list[Json], message: Json, lengths: list[int]) -> bool:
    """Whether this message has rows of so many buttons by now; its keyboard changes a moment after the job."""
    now = next(m for m in messages if m["message_id"] == message["message_id"])
    return [len(row) for row in now["reply_markup"]["inline_keyboard"]] == lengths


async def press(person: Person, message: Json, ending: str) -> None:
    """Press the button whose data ends so, until it is obeyed: in its first two seconds it is only answered."""

    def find(messages: list[Json]) -> str | None:
        now = next(m for m in messages if m["message_id"] == message["message_id"])
        return next((data for data in list_buttons(now) if data.endswith(ending)), None)

    data, toast = await person.wait_for(find), plain_text("en", "toast-which")
    while toast == plain_text("en", "toast-which"):
        place = {"user_id": person.id, "chat_id": person.chat_id, "message_id": message["message_id"]}
        toast = (await person.telegram.post("press", **place, callback_data=data)).get("text", "")


async def open_stored(backstage: Backstage, message: Json) -> Image.Image:
    """The picture as the model made it."""
    job = await backstage.job_of(message)
    stored = await backstage.read_blob(result_of(job).blob)
    assert stored is not None
    return Image.open(io.BytesIO(stored[: result_of(job).size_bytes])).convert("RGB")


async def test_upscale_is_the_same_picture(anna: Person, backstage: Backstage) -> None:
    """At 2K it has twice the width and height, and reduced again it is the picture that it was made from."""
    picture = await draw(anna)
    await anna.press(picture, "tools")
    await press(anna, picture, ";upscale.2K 6")
    larger = await anna.wait_for_picture(picture)
    assert "🔍 Upscale · 2K" in read_words(larger)
    before, after = await open_stored(backstage, picture), await open_stored(backstage, larger)
    assert after.size == (2 * before.width, 2 * before.height)
    difference = ImageChops.difference(after.resize(before.size, Image.Resampling.BOX), before)
    assert max(ImageStat.Stat(difference).mean) < 2
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS - 4 - 6
    await anna.wait_for(lambda messages: has_rows(messages, picture, [2, 2, 2, 2]))


async def test_the_background_goes_away(anna: Person, backstage: Backstage) -> None:
    """Without its background the picture has white corners, and its middle is as it was; the two can be compared."""
    picture = await draw(anna)
    await anna.press(picture, "tools")
    await press(anna, picture, ";cutout 4")
    cut = await anna.wait_for_picture(picture)
    before, after = await open_stored(backstage, picture), await open_stored(backstage, cut)
    assert {after.getpixel((x, y)) for x in (0, after.width - 1) for y in (0, after.height - 1)} == {(255, 255, 255)}
    middle = (before.width // 2, before.height // 2)
    assert after.getpixel(middle) == before.getpixel(middle)
    await anna.press(cut, "tools")
    await press(anna, cut, ";compare")
    album = await anna.wait_for(lambda all_: [m for m in all_ if m.get("media_group_id")] or None)
    shown = [(await look(anna, each))["photo"][-1]["file_unique_id"] for each in (picture, cut)]
    assert [each["photo"][-1]["file_unique_id"] for each in album] == shown
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS - 4 - 4


async def test_remix_gives_the_model_both(anna: Person, backstage: Backstage) -> None:
    """A picture and a photo that was sent after *Remix* reach the model in one call."""
    picture = await draw(anna)
    await anna.press(picture, "tools")
    await press(anna, picture, ";remix")
    await anna.wait_for_text("What shall I mix it with")
    await anna.send(photos=[paint_photo(7)])
    card = await anna.wait_for_text("2 pictures will become one")
    await press(anna, card, ";4")
    await anna.wait_for(
        lambda all_: [m for m in all_ if m["message_id"] == card["message_id"] and "photo" in m] or None
    )
    job = await backstage.job_of(card)
    assert (request_of(job).tool, request_of(job).material_count) == ("remix", 2)
    [call] = await backstage.model_calls(request_of(job).prompt)
    assert call["images_in"] == 2
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS - 4 - 4
