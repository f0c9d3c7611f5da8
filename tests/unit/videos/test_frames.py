"""Pictures of a video are its first and last frame, or references: chosen on the review, and priced."""

from dataclasses import replace
from typing import Any

import pytest

from shared.credits.catalogue import VIDEO, VIDEOS, cheapest_video_credits
from shared.jobs.job import Job
from shared.pictures.picture import Reference
from shared.providers.outcomes import FailureReason
from shared.videos.choice import Choice, Wish, fit, lengths_for, plan_video, works_for
from shared.videos.read_wish import read_work, with_words
from shared.videos.video import VideoRequest, is_video
from tests.fakes.messenger import Shown
from tests.fakes.pictures import PNG
from tests.world import GROUP, ME, OTHER, World

RED, BLUE, GREEN = (PNG + name for name in (b"red", b"blue", b"green"))
PAIR = Wish("", (Reference("a", 1), Reference("b", 1)))


def labels(shown: Shown) -> list[list[str]]:
    return [[button.label for button in row] for row in shown.buttons]


def data_of(shown: Shown, label: str) -> str:
    return next(button.data for row in shown.buttons for button in row if button.label == label)


async def press(world: World, label: str) -> None:
    """Press a button of the newest message."""
    await world.send(world.tap_data(data_of(world.shown(), label), world.shown().message_id))


async def album(world: World, caption: str, *pictures: bytes, **fields: Any) -> Shown:
    """Send an album, whose caption stands under its first picture; returns what came of it."""
    parts = [world.photo(caption, picture=pictures[0], media_group_id="7", **fields)]
    parts += [world.photo(picture=each, media_group_id="7", **fields) for each in pictures[1:]]
    await world.send(*parts)
    return world.shown(fields.get("chat_id", ME))


def video(world: World) -> Job:
    [job] = [job for job in world.jobs() if is_video(job)]
    return job


async def test_two_photos(world: World) -> None:
    """An album of two under /video: from the first to the last; no length that two frames do not allow."""
    review = await album(world, "/video she turns her head", RED, BLUE)
    assert review.text.startswith("🎬 A video from the first picture to the last: “she turns her head”")
    assert labels(review)[:2] == [["✅ 🎞 Two frames", "🧩 References"], ["✅ 4 s", "6 s", "10 s"]]
    await press(world, "🎬 Make it · 16 credits")
    [task] = world.video_model.tasks
    assert (task.work, task.seconds, task.references) == ("image", 4, ())
    assert task.first_frame is not None
    assert task.last_frame is not None
    assert (task.first_frame.content, task.last_frame.content) == (RED, BLUE)
    assert [each.kind for each in world.messenger.messages(ME)] == ["video", "text"]
    world.check_money()


async def test_as_references(world: World) -> None:
    """The same two as references: chosen by a press, or called so in words."""
    await album(world, "/video they dance", RED, BLUE)
    await press(world, "🧩 References")
    review = world.shown()
    assert review.text.startswith("🎬 A video with what these 2 pictures show: “they dance”")
    assert "15 s" in labels(review)[1]
    await press(world, "🎬 Make it · 16 credits")
    [task] = world.video_model.tasks
    assert (task.work, [each.content for each in task.references]) == ("reference", [RED, BLUE])
    assert (task.first_frame, task.last_frame) == (None, None)
    world.check_money()


@pytest.mark.parametrize("words", ["use these as references, they dance", "по референсам: они танцуют"])
async def test_called_references(world: World, words: str) -> None:
    """Words that call the pictures references choose that."""
    review = await album(world, f"/video {words}", RED, BLUE)
    assert labels(review)[0] == ["🎞 Two frames", "✅ 🧩 References"]


async def test_many_photos(world: World) -> None:
    """Three and more can only be references."""
    review = await album(world, "/video they dance", RED, BLUE, GREEN)
    assert labels(review)[0] == ["✅ 4 s", "6 s", "10 s", "15 s"]


async def test_album_without_something(world: World) -> None:
    """What shall not be shown may be said of an album too, and of a change."""
    review = await album(world, "/video they dance\nбез: машин", RED, BLUE)
    assert "🚫 Without: машин" in review.text
    await press(world, "🎬 Make it · 16 credits")
    assert (world.video_model.tasks[0].prompt, world.video_model.tasks[0].negative_prompt) == ("they dance", "машин")


async def test_eight_photos(world: World) -> None:
    """Of eight photos the last two are left out."""
    review = await album(world, "/video they dance", *(PNG + bytes([each]) for each in range(8)))
    assert "🖼 It takes 6 pictures; the last 2 are left out." in review.text
    await press(world, "🎬 Make it · 17 credits")
    assert len(world.video_model.tasks[0].references) == 6
    world.check_money()


async def test_album_without_words(world: World) -> None:
    """Photos without words get words that suit their number."""
    assert "A smooth, natural transition from the first picture" in (await album(world, "/video", RED, BLUE)).text
    wish = Wish("", (Reference("a", 1),) * 3)
    assert with_words(wish, "en").words.startswith("A short scene with what these pictures show")
    assert with_words(Wish(""), "en").words == ""


async def test_album_in_the_mode(world: World) -> None:
    """In the mode *Video* an album needs no command; words after it belong to it."""
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;video", world.shown()))
    review = await album(world, "they dance", RED, BLUE)
    assert review.text.startswith("🎬 A video from the first picture to the last: “they dance”")


async def test_album_in_auto(world: World) -> None:
    """In the mode *Auto* an order to animate an album leads to the review, another order to a picture."""
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;auto", world.shown()))
    review = await album(world, "make a video of these", RED, BLUE)
    assert review.text.startswith("🎬 A video from the first picture to the last")


async def test_album_of_another_command(world: World) -> None:
    """An album under /image is a picture, in the mode *Video* too."""
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;video", world.shown()))
    await album(world, "/image both on a sofa", RED, BLUE)
    assert [is_video(job) for job in world.jobs()] == [False]


async def test_album_in_reply(world: World) -> None:
    """An album in reply to a picture of ours comes after that picture; in reply to a deleted one it is declined."""
    await world.send(world.message("/image a red fox"))
    picture = world.shown()
    replied = {"message_id": picture.message_id, "from": {"id": 1234567, "is_bot": True}}
    review = await album(world, "/video they dance", RED, BLUE, reply_to_message=replied)
    assert "these 3 pictures" in review.text
    await world.send(world.tap("delete", picture))
    await world.send(world.tap("erase", world.messenger.messages(ME)[0]))
    parts = [world.photo("/video", media_group_id="9", reply_to_message=replied), world.photo(media_group_id="9")]
    await world.send(*parts)
    assert "deleted" in world.shown().text


async def test_reply_adds_the_last_frame(world: World) -> None:
    """A photo in reply to a picture, ours or somebody's, is the last frame after that one."""
    await world.send(world.message("/image a red fox"))
    picture = world.shown()
    replied = {"message_id": picture.message_id, "from": {"id": 1234567, "is_bot": True}}
    await world.send(world.photo("/video it runs", picture=BLUE, reply_to_message=replied))
    assert world.shown().text.startswith("🎬 A video from the first picture to the last: “it runs”")
    await press(world, "🎬 Make it · 16 credits")
    [task] = world.video_model.tasks
    assert task.last_frame is not None
    assert (task.work, task.last_frame.content) == ("image", BLUE)
    assert task.first_frame not in {None, task.last_frame}
    photo = [{"file_id": world.messenger.add_file(RED), "width": 90, "height": 160, "file_size": 3}]
    replied = {"message_id": 7, "from": {"id": OTHER, "is_bot": False}, "photo": photo}
    await world.send(world.photo("/video it runs", picture=BLUE, reply_to_message=replied))
    assert "from the first picture to the last" in world.shown().text
    assert "✅ 9:16" in labels(world.shown())[3]


async def test_one_photo_as_a_reference(world: World) -> None:
    """One picture, too, can be material instead of the first frame; *Again* keeps that."""
    await world.send(world.photo("/video it runs", picture=RED))
    await press(world, "🧩 References")
    assert world.shown().text.startswith("🎬 A video with what this picture shows: “it runs”")
    await press(world, "🎬 Make it · 16 credits")
    assert world.video_model.tasks[0].work == "reference"
    await world.send(world.tap_data(f"1;vagain;{video(world).id}", 1))
    assert labels(world.shown())[0] == ["🎞 First frame", "✅ 🧩 References"]


async def test_our_picture_as_a_reference(world: World) -> None:
    """A picture of ours can be a reference as well."""
    await world.send(world.message("/image a red fox"))
    await world.send(world.tap("animate", world.shown()))
    await press(world, "🧩 References")
    await press(world, "🎬 Make it · 16 credits")
    [task] = world.video_model.tasks
    assert (task.work, len(task.references), task.first_frame) == ("reference", 1, None)


async def test_square_picture(world: World) -> None:
    """A picture that no video has the shape of: it is said what happens to its edges; of references nothing."""
    await world.send(world.message("/image a red fox"))
    picture = world.shown()
    assert "🎬 Animate · 16" in [label for row in labels(picture) for label in row]
    await world.send(world.tap("animate", picture))
    told = "📐 The picture is 1:1, and videos are 16:9 or 9:16: in 16:9 its edges are cut off or filled in."
    assert told in world.shown().text
    await press(world, "9:16")
    assert "in 9:16 its edges" in world.shown().text
    await press(world, "🧩 References")
    assert "📐" not in world.shown().text
    await world.send(world.message("/image a red fox 16:9"))
    await world.send(world.tap("animate", world.shown()))
    assert "📐" not in world.shown().text


async def test_animate_in_a_group(world: World) -> None:
    """In a group *Animate* shows no price."""
    await world.send(world.message("/image a red fox", chat_id=GROUP))
    shown = [label for row in labels(world.shown(GROUP)) for label in row]
    assert "🎬 Animate" in shown


async def test_photo_that_is_gone(world: World) -> None:
    """If one of several pictures cannot be had, the video is not begun, and costs nothing."""
    await album(world, "/video", RED, BLUE)
    world.messenger.files.popitem()
    await press(world, "🎬 Make it · 16 credits")
    assert (video(world).failure, world.video_model.tasks) == (FailureReason.FILE_UNREADABLE, [])
    world.check_money()


async def test_reply_to_a_large_album(world: World) -> None:
    """/video in reply to an album takes as many of its photos as the model does."""
    parts = [world.photo(picture=PNG + bytes([each]), media_group_id="7") for each in range(8)]
    await world.send(*parts)
    replied = {"message_id": parts[0]["message"]["message_id"], "from": {"id": ME, "is_bot": False}}
    await world.send(world.message("/video they dance", reply_to_message=replied | {"media_group_id": "7"}))
    assert "🖼 It takes 6 pictures; the last 2 are left out." in world.shown().text


async def test_card_comes_again(world: World) -> None:
    """A review that may not have arrived is shown again; one album has one review."""
    world.messenger.lose("edit_text")
    review = await album(world, "/video they dance", RED, BLUE)
    assert len([each for each in world.messenger.messages(ME) if "they dance" in each.text]) == 1
    await world.send(world.tap("vmake", review), world.tap("vmake", review))
    assert video(world)
    world.check_money()


def test_works() -> None:
    """What can be done with so many pictures, as far as the model does it."""
    wishes = [replace(PAIR, pictures=(Reference("a", 1),) * count) for count in range(8)]
    assert [works_for(wish) for wish in wishes] == [
        ("text",), ("image", "reference"), ("image", "reference"), *[("reference",)] * 4, (),
    ]  # fmt: skip


def test_a_model_without_a_last_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that takes no last frame, and no references, offers neither."""
    rung = replace(VIDEO.rungs[0], two_frames_seconds_max=0, references_max=0)
    offer = replace(VIDEO, rungs=(rung,))
    monkeypatch.setitem(VIDEOS, "omni", offer)
    assert works_for(PAIR, offer) == ()
    assert works_for(Wish("", parent_id="x"), offer) == ("image",)
    assert not isinstance(plan_video(replace(PAIR, words="a"), Choice()), VideoRequest)


def test_longest_pair() -> None:
    """Two frames allow 10 s; a longer choice becomes that."""
    assert lengths_for(PAIR, "image") == (4, 6, 10)
    assert fit(PAIR, Choice(15)) == Choice(10, work="image")
    assert fit(PAIR, Choice(15, work="reference")) == Choice(15, work="reference")
    assert read_work(replace(PAIR, words="my reference"), Choice()).work == "reference"


def test_price_of_pictures() -> None:
    """Each picture counts, and the lowest price is that of the button *Animate*."""
    assert [cheapest_video_credits(count) for count in (0, 1, 6)] == [15, 16, 17]
    plan = plan_video(replace(PAIR, words="a"), Choice())
    assert isinstance(plan, VideoRequest)
    assert (plan.price, plan.picture_count, plan.work) == (16, 2, "image")
