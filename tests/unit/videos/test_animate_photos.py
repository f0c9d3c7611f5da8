"""*Animate* under the question about photos that somebody sent: priced, reviewed, and bought by one more press."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.credits.catalogue import VIDEO, cheapest_video_credits
from shared.jobs.job import Job, JobState
from shared.pictures.press import IMPATIENCE
from shared.texts import plain_text, unmark
from shared.videos.video import is_video, video_request
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, SNAPSHOT, Json, World, writes_to

TELLS = "🎬 A video from this picture: “Bring this picture to life"


class DiedError(BaseException):
    """The process is gone."""


def replied_photo(world: World) -> Json:
    """Somebody else's photo, as a message that replies to it has it."""
    size = {"file_id": world.messenger.add_file(SNAPSHOT), "width": 90, "height": 90, "file_size": len(SNAPSHOT)}
    return {"message_id": 5, "from": {"id": 42, "is_bot": False, "first_name": "Bob"}, "photo": [size]}


def document(world: World, **options: Any) -> Json:
    return world.file(SNAPSHOT, "fox.png", mime_type="image/png", **options)


FORWARDED: Json = {"forward_origin": {"type": "hidden_user", "sender_user_name": "Bob", "date": 1}}
WAYS: dict[str, Callable[[World], list[Json]]] = {
    "photo": lambda world: [world.photo()],
    "document": lambda world: [document(world)],
    "forwarded": lambda world: [world.photo("words of somebody else", **FORWARDED)],
    "album": lambda world: [world.photo(media_group_id="7") for _ in range(2)],
    "album of documents": lambda world: [document(world, media_group_id="7") for _ in range(3)],
    "one by one": lambda world: [world.photo(), world.photo()],
    "a command as the caption": lambda world: [world.photo("/image")],
    "a command as a reply": lambda world: [world.message("/image", reply_to_message=replied_photo(world))],
}


def now(world: World, shown: Shown, chat_id: int = ME) -> Shown:
    return world.messenger.chats[chat_id][shown.message_id]


def label_of(shown: Shown, action: str) -> str:
    return next(each.label for row in shown.buttons for each in row if each.data.startswith(f"1;{action};"))


def video(world: World) -> Job:
    [job] = [job for job in world.jobs() if is_video(job)]
    return job


def toasts(world: World) -> list[str]:
    return [tap.toast for tap in world.messenger.taps]


async def ask(world: World, **options: Any) -> Shown:
    """The question about a photo of somebody with 100 credits."""
    await world.give(100)
    await world.send(world.photo(**options))
    return world.shown()


@pytest.mark.parametrize("way", WAYS)
async def test_however_photos_come(world: World, way: str) -> None:
    """A photo, a picture sent as a file, forwarded, in an album or replied to: *Animate* names the price at which the
    review begins, the tools stand beside it, and one more press buys a video of these pictures for that price.
    """
    await world.give(100)
    await world.send(*WAYS[way](world))
    question = world.shown()
    assert label_of(question, "phototools") == "🪄 Tools"
    await world.send(world.tap("photoanimate", question))
    review = now(world, question)
    count = len(world.store.collection("drafts")[_newest_draft(world)]["parts"])
    price = cheapest_video_credits(pictures=count)
    assert label_of(question, "photoanimate") == f"🎬 Animate · {price}"
    assert label_of(review, "vmake") == plain_text("en", "button-make", price=price)
    assert world.jobs() == []
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.send(world.tap("vmake", review))
    request = video_request(video(world))
    assert (len(request.pictures), request.price) == (count, price)
    assert video(world).state is JobState.DELIVERED
    assert world.user().account.available == 100 - price
    world.check_money()


def _newest_draft(world: World) -> str:
    drafts = world.store.collection("drafts")
    return next(name for name, fields in drafts.items() if fields.get("wants_video"))


async def test_in_a_group(world: World) -> None:
    """A command in a group that replies to somebody's photo asks about it; nothing there tells of money."""
    await world.send(world.message("/image", chat_id=GROUP, reply_to_message=replied_photo(world)))
    question = world.shown(GROUP)
    assert (label_of(question, "photoanimate"), label_of(question, "phototools")) == ("🎬 Animate", "🪄 Tools")
    await world.send(world.tap("photoanimate", question, chat_id=GROUP))
    assert now(world, question, GROUP).text.startswith(TELLS)
    assert (
        label_of(now(world, question, GROUP), "vmake") == plain_text("en", "button-make", price=16).partition(" · ")[0]
    )


async def test_among_the_tools(world: World) -> None:
    """It stands among the ready-made changes of a photo too, where the second tap on *Tools* does not open it."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    tools = now(world, question)
    assert label_of(tools, "photoanimate") == "🎬 Animate · 16"
    await world.send(world.tap("photoanimate", tools))
    assert (toasts(world)[-1], now(world, question)) == (plain_text("en", "toast-which"), tools)
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.send(world.tap("photoanimate", tools))
    assert now(world, question).text.startswith(TELLS)


@pytest.mark.parametrize("action", ["vmake", "vdrop"])
async def test_the_second_of_two_taps(world: World, action: str) -> None:
    """Whoever taps *Animate* twice neither buys what stands in its place by then nor drops it."""
    question = await ask(world)
    await world.send(world.tap("photoanimate", question))
    review = now(world, question)
    await world.send(world.tap(action, review))
    assert (toasts(world)[-1], world.jobs()) == (plain_text("en", "toast-which"), [])
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.send(world.tap(action, review))
    assert len(world.jobs()) == (1 if action == "vmake" else 0)


async def test_only_the_own_photos(world: World) -> None:
    """Somebody else's press and a forged one open nothing."""
    question = await ask(world)
    await world.send(world.tap("photoanimate", question, user_id=99, chat_id=ME))
    assert toasts(world)[-1] == plain_text("en", "not-yours")
    await world.send(world.tap_data("1;photoanimate;nobody", question.message_id))
    assert toasts(world)[-1] == plain_text("en", "old-menu")
    assert now(world, question) == question


async def test_after_a_tool_was_chosen(world: World) -> None:
    """A keyboard that is still on the screen does nothing once a tool was bought, and says so."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.send(world.tap("phototool", now(world, question)))
    assert len(world.jobs()) == 1
    await world.send(world.tap("photoanimate", question))
    assert toasts(world)[-1] == plain_text("en", "toast-known")
    assert not any(is_video(job) for job in world.jobs())


async def test_words_after_the_review(world: World) -> None:
    """The question is closed by the press: later words do not change the photo, nor does its keyboard open again."""
    question = await ask(world)
    await world.send(world.tap("photoanimate", question))
    await world.send(world.tap("phototools", question))
    assert toasts(world)[-1] == plain_text("en", "old-menu")
    await world.send(world.message("slowly closer"))
    assert not any(
        request.references for request in (job.request for job in world.jobs()) if hasattr(request, "references")
    )


async def test_the_shape_in_the_caption(world: World) -> None:
    """A shape that came with the photo is chosen, and is no part of the words."""
    question = await ask(world, caption="9:16")
    await world.send(world.tap("photoanimate", question))
    review = now(world, question)
    assert review.text.startswith(TELLS)
    assert "✅ 9:16" in [each.label for row in review.buttons for each in row]


async def test_more_than_a_model_takes(world: World) -> None:
    """Of more pictures than the model takes the review says how many are left out."""
    limit = VIDEO.rungs[0].references_max
    await world.give(100)
    await world.send(*(world.photo(media_group_id="7") for _ in range(limit + 2)))
    question = world.shown()
    await world.send(world.tap("photoanimate", question))
    review = now(world, question)
    assert plain_text("en", "review-left-out", count=limit, left=2) in review.text
    price = cheapest_video_credits(pictures=limit)
    assert label_of(question, "photoanimate") == f"🎬 Animate · {price}"
    assert label_of(review, "vmake") == plain_text("en", "button-make", price=price)


async def test_a_death_before_the_review_is_shown(world: World) -> None:
    """A process that dies after the question was closed: the repeated update shows the review."""
    question = await ask(world)
    press = world.tap("photoanimate", question)

    async def die() -> None:
        raise DiedError

    world.messenger.stall("edit_text", die)
    with pytest.raises(DiedError):
        await world.deliver(press)
    assert now(world, question) == question
    world.clock.advance(30)
    await world.send(press)
    assert now(world, question).text.startswith(TELLS)


async def test_a_photo_that_joins_at_the_same_moment(world: World) -> None:
    """A part of the album that comes between the press and its commit is in the review, and the press is not lost."""
    await world.give(100)
    await world.send(*(world.photo(media_group_id="7") for _ in range(2)))
    question, late = world.shown(), world.photo(media_group_id="7")
    is_review = writes_to("drafts", wants_video=True)
    world.store.interrupt(is_review, lambda: world.deliver(late))
    await world.send(world.tap("photoanimate", question))
    review = now(world, question)
    assert label_of(review, "vmake") == plain_text("en", "button-make", price=cheapest_video_credits(pictures=3))
    assert len(world.store.collection("drafts")[_newest_draft(world)]["parts"]) == 3


@pytest.mark.parametrize("action", ["vmake", "vdrop"])
async def test_a_delivery_after_the_review_was_pressed(world: World, action: str) -> None:
    """A process dies before it has noted the press: the next delivery, after the review was bought or dropped, does not
    bring its screen back.
    """
    question = await ask(world)
    press = world.tap("photoanimate", question)

    async def die() -> None:
        raise DiedError

    world.store.interrupt(writes_to("inbox"), die)
    with pytest.raises(DiedError):
        await world.deliver(press)
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.send(world.tap(action, now(world, question)))
    shown = now(world, question)
    await world.send(press)
    assert now(world, question).text == shown.text
    assert len(world.jobs()) == (1 if action == "vmake" else 0)
    world.check_money()


async def test_bought_while_the_review_is_drawn_again(world: World) -> None:
    """Of two deliveries of a press the slow one does not leave the review over the card of what was bought."""
    question = await ask(world)
    press = world.tap("photoanimate", question)

    async def buy() -> None:
        await world.deliver(press)
        world.clock.advance(IMPATIENCE.total_seconds())
        await world.deliver(world.tap("vmake", now(world, question)))

    world.messenger.stall("edit_text", buy)
    await world.deliver(press)
    assert video(world).state is JobState.QUEUED
    assert not now(world, question).text.startswith(TELLS)
    await world.settle()
    world.check_money()


async def test_a_tool_at_the_same_moment(world: World) -> None:
    """Of *Animate* and a tool that both find the question open one wins, and the other does nothing."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    tools = now(world, question)
    world.clock.advance(IMPATIENCE.total_seconds())
    other = world.tap("phototool", tools)
    world.store.interrupt(writes_to("drafts"), lambda: world.deliver(other))
    await world.send(world.tap("photoanimate", tools))
    [job] = world.jobs()
    assert not is_video(job)
    assert toasts(world)[-1] == plain_text("en", "toast-known")
    world.check_money()


async def test_a_command_that_replies_to_no_photo(world: World) -> None:
    """/image without words in reply to a picture of ours has nothing to ask about, and says how it is used."""
    await world.give(100)
    await world.send(world.message("/image a fox"))
    await world.send(world.reply("/image", world.shown()))
    assert "after the command" in world.shown().text
    assert len(world.jobs()) == 1


async def test_how_to_say_what_moves(world: World) -> None:
    """The review of a photo without words says how to name the movement, and that way leads to a review of the words;
    after *Cancel* a way on is named too.
    """
    photo = world.photo()
    await world.give(100)
    await world.send(photo)
    asked = world.shown()
    world.clock.advance(2 * IMPATIENCE.total_seconds())
    await world.send(world.tap("photoanimate", asked))
    how = plain_text("en", "review-animate-how").replace("<code>", "").replace("</code>", "")
    assert how in unmark(now(world, asked).text)
    words = how.partition("/video ")[2].rstrip(".")
    await world.send(world.message(f"/video {words}", reply_to_message=photo["message"]))
    review = world.shown()
    assert f"“{words}”" in review.text
    assert how not in unmark(review.text)
    world.clock.advance(2 * IMPATIENCE.total_seconds())
    await world.send(world.tap("vdrop", now(world, asked)))
    assert "/image" in now(world, asked).text
