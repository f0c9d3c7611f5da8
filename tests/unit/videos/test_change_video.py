"""A finished video is changed by words, or continued: a new video, reviewed, priced and paid like every other."""

from dataclasses import replace
from typing import Any

import pytest

from shared.errors import DeliveryUnknownError, TooManyRequestsError
from shared.jobs.job import Job, JobState, credits_of
from shared.jobs.open_jobs import change_job, open_job
from shared.providers.outcomes import FailureReason, NoResult
from shared.usage import start_usage
from shared.videos.change_video import wish_about
from shared.videos.choice import Choice, Wish, fit, lengths_for, price_of_choice, read_choice, works_for, write_choice
from shared.videos.read_wish import wants_continuation
from shared.videos.video import Source, is_video, stored_video, video_request
from tests.fakes.messenger import Shown
from tests.fakes.pictures import PNG
from tests.world import GROUP, ME, OTHER, World

EDIT_PRICE = 39
"""8 s in 360p at $0.03 that are made, and at $0.0087 that are read; with the margin."""
EXTENSION_PRICE = 24
"""4 s that are made, and 8 s that are read."""


def videos(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_video(job)]


async def made(world: World, text: str = "/video a fox in the snow", chat_id: int = ME) -> Shown:
    """A finished video, as it stands in the chat."""
    await world.give(500)
    await world.send(world.message(text, chat_id=chat_id))
    review = world.shown(chat_id)
    await world.send(world.tap("vmake", review, chat_id=chat_id))
    if chat_id != ME:
        await world.send(world.tap("vmake", world.shown(chat_id), chat_id=chat_id))
    return next(each for each in world.messenger.messages(chat_id) if each.kind == "video")


def reply_to_video(world: World, words: str, shown: Shown, **fields: Any) -> dict[str, Any]:
    """Words in reply to a video of ours, as Telegram quotes it."""
    replied = {"message_id": shown.message_id, "from": {"id": 1234567, "is_bot": True}, "video": {"file_id": "v"}}
    return world.message(words, reply_to_message=replied, **fields)


def new_video(world: World) -> Job:
    """The video that started from another one."""
    [job] = [job for job in videos(world) if video_request(job).source is not None]
    return job


def labels(shown: Shown) -> list[list[str]]:
    return [[button.label for button in row] for row in shown.buttons]


async def test_buttons(world: World) -> None:
    """Under a finished video stand *Change* and *Continue*, with the old buttons below."""
    shown = await made(world)
    assert labels(shown) == [["✏️ Change", "➕ Continue"], ["🔁 Again", "🔗 Share", "🗑 Delete"]]


async def test_change(world: World) -> None:
    """*Change* asks what should be different; the words lead to a review, and its press makes a new video of it."""
    shown = await made(world)
    before = world.user().account.available
    await world.send(world.tap("vchange", shown))
    asked = world.shown()
    assert asked.text.startswith("✏️ Reply to this message: what should be different in the video?")
    assert asked.force_reply == "Make it night, and let it snow…"
    await world.send(world.reply("make it night", asked))
    review = world.shown()
    assert review.text.startswith("✏️ The same 8 s, changed: “make it night”")
    assert labels(review)[0] == ["✅ ✏️ Change", "➕ Continue"]
    assert f"🎬 Make it · {EDIT_PRICE} credits" in labels(review)[-2]
    assert not any("16:9" in label for row in labels(review) for label in row)
    await world.send(world.tap("vmake", review))
    [first] = [job for job in videos(world) if video_request(job).source is None]
    job, task = new_video(world), world.video_model.tasks[-1]
    assert video_request(job).source == Source(first.id, 8.0)
    assert task.clip is not None
    assert (task.work, task.clip.name, task.clip.seconds) == ("edit", stored_video(first).blob, 8.0)
    assert (job.state, before - world.user().account.available) == (JobState.DELIVERED, EDIT_PRICE)
    assert [each.kind for each in world.messenger.messages(ME)].count("video") == 2
    world.check_money()


async def test_reply_with_words(world: World) -> None:
    """A reply to the video with words does the same, without a question in between."""
    shown = await made(world)
    await world.send(reply_to_video(world, "in winter, please", shown))
    assert world.shown().text.startswith("✏️ The same 8 s, changed: “in winter, please”")
    await world.send(reply_to_video(world, "/video in summer", shown))
    assert world.shown().text.startswith("✏️ The same 8 s, changed: “in summer”")


async def test_reply_with_a_photo(world: World) -> None:
    """A photo with words in reply to a video is what to put into it; that is a change, and no continuation."""
    shown = await made(world)
    replied = {"message_id": shown.message_id, "from": {"id": 1234567, "is_bot": True}, "video": {"file_id": "v"}}
    await world.send(world.photo("put this hat on the fox", picture=PNG + b"a hat", reply_to_message=replied))
    review = world.shown()
    assert review.text.startswith("✏️ The same 8 s, changed: “put this hat on the fox”")
    assert labels(review)[0] == ["✅ 360p", "720p", "1080p"]
    await world.send(world.tap("vmake", review))
    task = world.video_model.tasks[-1]
    assert (task.work, [each.content for each in task.references]) == ("edit", [PNG + b"a hat"])
    assert task.clip is not None
    world.check_money()


async def test_what_it_costs(world: World) -> None:
    """A change costs one read more than a video from words: of the job whose video it starts from."""
    await world.give(500)
    await world.send(world.message("/video a fox in the snow"))
    usage = start_usage()
    await world.send(world.tap("vmake", world.shown()))
    plain = replace(usage)
    shown = next(each for each in world.messenger.messages(ME) if each.kind == "video")
    await world.send(reply_to_video(world, "make it night", shown))
    changed = start_usage()
    await world.send(world.tap("vmake", world.shown()))
    assert changed == replace(plain, store_reads=plain.store_reads + 1)


async def test_extend(world: World) -> None:
    """*Continue* needs no words; what is added can be chosen, up to what the model takes, and is paid alone."""
    shown = await made(world)
    before = world.user().account.available
    await world.send(world.tap("vextend", shown))
    review = world.shown()
    assert review.text.startswith("➕ The video goes on, 8 s become 12: “The scene continues naturally")
    assert "💡 To say what happens, reply to the video: <code>continue: it finds its den</code>." in review.text
    assert labels(review)[0] == ["✅ +4 s", "+6 s", "+10 s"]
    assert f"🎬 Make it · {EXTENSION_PRICE} credits" in labels(review)[-2]
    world.video_files.facts = replace(world.video_files.facts, seconds=12.0)
    await world.send(world.tap("vmake", review))
    job, task = new_video(world), world.video_model.tasks[-1]
    assert (task.work, task.seconds, task.clip is not None) == ("extend", 4, True)
    assert before - world.user().account.available == EXTENSION_PRICE
    caption = next(each.text for each in world.messenger.messages(ME) if "8 + 4 = 12" in each.text)
    assert caption.startswith("<b>Gemini Omni</b> · 8 + 4 = 12 s")
    assert video_request(job).continues
    world.check_money()


async def test_chain(world: World) -> None:
    """An extension is extended again, as long as the model takes the whole; each names the one before it."""
    shown = await made(world)
    await world.send(world.tap("vextend", shown))
    world.video_files.facts = replace(world.video_files.facts, seconds=12.0)
    await world.send(world.tap("vmake", world.shown()))
    first, second = videos(world)
    await world.send(world.tap_data(f"1;vextend;{second.id}", 1))
    assert "12 s become 16" in world.shown().text
    world.video_files.facts = replace(world.video_files.facts, seconds=16.0)
    await world.send(world.tap("vmake", world.shown()))
    third = videos(world)[-1]
    sources = [video_request(job).source for job in (first, second, third)]
    assert [source and source.job_id for source in sources] == [None, first.id, second.id]
    last = [each for each in world.messenger.messages(ME) if each.kind == "video"][-1]
    assert labels(last) == [["🔁 Again", "🔗 Share", "🗑 Delete"]]
    await world.send(world.tap_data(f"1;vextend;{third.id}", 1))
    assert world.messenger.taps[-1].toast.startswith(
        "I can change videos of 3 to 15 seconds, and continue them up to 15."
    )
    await world.send(reply_to_video(world, "make it night", last))
    assert world.shown().text.startswith("📏 I can change videos of 3 to 15 seconds, and continue them up to 15.")


async def test_continuation_alone(world: World) -> None:
    """A model that brings the new part without the old one is paid for the new part."""
    shown = await made(world)
    await world.send(world.tap("vextend", shown))
    world.video_files.facts = replace(world.video_files.facts, seconds=4.0)
    await world.send(world.tap("vmake", world.shown()))
    assert credits_of(new_video(world)) == EXTENSION_PRICE
    world.check_money()


async def test_less_was_added(world: World) -> None:
    """What is missing of an extension is not paid."""
    shown = await made(world)
    await world.send(world.tap("vextend", shown))
    world.video_files.facts = replace(world.video_files.facts, seconds=10.0)
    await world.send(world.tap("vmake", world.shown()))
    assert credits_of(new_video(world)) == EXTENSION_PRICE - 7
    assert "It came out shorter than ordered" in [each.text for each in world.messenger.messages(ME)][-2]
    world.check_money()


async def test_either_of_both(world: World) -> None:
    """Words that go on are a continuation at first; the review lets one choose, at the price of each."""
    shown = await made(world)
    await world.send(reply_to_video(world, "continue: it finds its den", shown))
    review = world.shown()
    assert labels(review)[0] == ["✏️ Change", "✅ ➕ Continue"]
    await world.send(world.tap_data(review.buttons[0][0].data, review.message_id))
    assert world.shown().text.startswith("✏️ The same 8 s, changed: “continue: it finds its den”")
    assert world.messenger.taps[-1].toast == f"{EDIT_PRICE} credits"


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("continue", True),
        ("Please, make it longer!", True),
        ("и дальше она прыгает", True),
        ("Продолжи", True),
        ("make it night", False),
        ("а теперь зимой", False),
        ("", False),
    ],
)
def test_words_that_go_on(words: str, *, is_one: bool) -> None:
    """Orders to go on are known by their first word that is no filler."""
    assert wants_continuation(words) is is_one


async def test_question_about_it(world: World) -> None:
    """A question in reply to a video is answered, and thanks are only thanks."""
    shown = await made(world)
    await world.send(reply_to_video(world, "what is the fox doing there?", shown))
    await world.send(reply_to_video(world, "thanks", shown))
    assert not any("changed" in each.text for each in world.messenger.messages(ME))
    assert len(videos(world)) == 1


async def test_reply_to_no_video(world: World) -> None:
    """A reply to a video that is no job's, or another release's, is handled like every other message."""
    shown = await made(world)
    await world.send(reply_to_video(world, "make it night", replace(shown, message_id=99_999)))
    assert not any("changed" in each.text for each in world.messenger.messages(ME))


async def test_asked_once(world: World) -> None:
    """A second press of *Change* asks no second time; a "no", and words to somebody else, change nothing."""
    shown = await made(world)
    await world.send(world.tap("vchange", shown))
    count = len(world.messenger.messages(ME))
    await world.send(world.tap("vchange", shown))
    assert world.messenger.taps[-1].toast == "I am waiting for your words."
    assert len(world.messenger.messages(ME)) == count
    await world.send(world.message("no"))
    replied = {"message_id": 7, "from": {"id": OTHER, "is_bot": False}, "text": "hello"}
    await world.send(world.message("make it night", reply_to_message=replied))
    assert not any("changed" in each.text for each in world.messenger.messages(ME))


@pytest.mark.parametrize("error", [TooManyRequestsError(3), DeliveryUnknownError("x")])
async def test_question_does_not_arrive(world: World, error: Exception) -> None:
    """A question that Telegram does not take is asked by the next delivery of the press."""
    shown = await made(world)
    world.messenger.fail("send_text", error)  # type: ignore[arg-type]
    await world.send(world.tap("vchange", shown))
    assert world.shown().text.startswith("✏️ Reply to this message")


async def test_asked_again_after_the_answer(world: World) -> None:
    """A press of *Change* right after the answer to the first one asks anew."""
    shown = await made(world)
    await world.send(world.tap("vchange", shown))
    await world.send(world.reply("make it night", world.shown()))
    await world.send(world.tap("vchange", shown))
    assert world.shown().text.startswith("✏️ Reply to this message")
    await world.send(world.reply("make it snow", world.shown()))
    assert "“make it snow”" in world.shown().text


async def test_answered_once(world: World) -> None:
    """The words after the question's answer are a new wish."""
    shown = await made(world)
    await world.send(world.tap("vchange", shown))
    await world.send(world.message("make it night"))
    assert "changed: “make it night”" in world.shown().text
    await world.send(world.message("/image a cat"))
    await world.send(world.message("/video a dog"))
    assert world.shown().text.startswith("🎬 A video: “a dog”")
    assert world.user().waiting is None or not world.user().waiting.is_video  # type: ignore[union-attr]


async def test_by_somebody_else(world: World) -> None:
    """In a group everybody may reply to a video; its buttons belong to its owner."""
    shown = await made(world, "/video a fox", GROUP)
    await world.send(world.tap("vchange", shown, user_id=OTHER, chat_id=GROUP))
    assert world.messenger.taps[-1].toast.startswith("This button belongs to")
    await world.send(reply_to_video(world, "make it night", shown, user_id=OTHER, chat_id=GROUP))
    assert world.shown(GROUP).text.startswith("✏️ The same 8 s, changed: “make it night”")


async def become(world: World, **fields: Any) -> Job:
    """Have the first video stand elsewhere."""
    job = videos(world)[0]
    opened = await open_job(world.ports, job.id)
    assert opened is not None
    await change_job(world.ports, opened, lambda job: replace(job, **fields))
    return job


async def test_what_is_gone(world: World) -> None:
    """A deleted video, and one that is not finished, start nothing."""
    shown = await made(world)
    job = await become(world, state=JobState.MADE)
    await world.send(world.tap_data(f"1;vextend;{job.id}", 1))
    assert world.messenger.taps[-1].toast == "Wait until it is finished."
    await become(world, state=JobState.DELIVERED, deleted_at=world.now)
    await world.send(world.tap_data(f"1;vchange;{job.id}", 1))
    assert world.messenger.taps[-1].toast == "That video was deleted."
    await world.send(reply_to_video(world, "make it night", shown))
    assert world.shown().text.startswith("🧩 That video is not there any more.")


@pytest.mark.parametrize("what", ["deleted", "unfinished"])
async def test_deleted_after_the_review(world: World, what: str) -> None:
    """A video that goes away between the review and the beginning is a refund; the model is not asked."""
    shown = await made(world)
    await world.send(world.tap("vextend", shown))
    review, before = world.shown(), world.user().account.available
    await become(world, **({"state": JobState.FAILED} if what == "unfinished" else {"deleted_at": world.now}))
    await world.send(world.tap("vmake", review))
    assert (new_video(world).failure, world.user().account.available) == (FailureReason.FILE_GONE, before)
    assert "🧩 The video that this starts from cannot be used any more." in world.shown().text
    assert len(world.video_model.tasks) == 1
    await become(world, state=JobState.DELIVERED)
    world.check_money()


async def test_nothing_came_of_it(world: World) -> None:
    """Where changes of videos are closed the model answers with nothing: a refund, with *Try again*."""
    shown = await made(world)
    before = world.user().account.available
    await world.send(reply_to_video(world, "make it night", shown))
    world.video_model.script_polls(NoResult("COMPLETED"))
    await world.send(world.tap("vmake", world.shown()))
    assert (new_video(world).failure, world.user().account.available) == (FailureReason.NO_RESULT, before)
    await world.send(world.tap_data(f"1;vagain;{new_video(world).id}", 1))
    assert world.shown().text.startswith("✏️ The same 8 s, changed: “make it night”")
    world.check_money()


async def test_bought_once(world: World) -> None:
    """Two presses of one review, and a second delivery of the words, make one video."""
    shown = await made(world)
    words = reply_to_video(world, "make it night", shown)
    await world.send(words, words)
    review = world.shown()
    await world.send(world.tap("vmake", review), world.tap("vmake", review))
    assert len(videos(world)) == 2
    world.check_money()


CLIP = Wish("", parent_id="x", source_seconds=8.0)


@pytest.mark.parametrize(
    ("seconds", "works", "added"),
    [
        (2.9, (), ()),
        (3.0, ("edit", "extend"), (4, 6, 10)),
        (14.9, ("edit", "extend"), (4, 6, 10)),
        (15.1, (), ()),
    ],
)
def test_lengths_of_clips(seconds: float, works: tuple[str, ...], added: tuple[int, ...]) -> None:
    """What can be done with a video of this length, and how much can be added."""
    wish = replace(CLIP, source_seconds=seconds)
    assert (works_for(wish), lengths_for(wish, "extend")) == (works, added)


def test_choice_that_does_not_fit() -> None:
    """A length that is too long for this work becomes the longest that is not; the price is that of what is made."""
    assert fit(CLIP, Choice(15, work="extend")) == Choice(10, work="extend")
    assert fit(CLIP, Choice(15, work="text")).work == "edit"
    assert price_of_choice(CLIP, Choice(15, work="edit")) == price_of_choice(CLIP, Choice(work="edit")) == EDIT_PRICE
    choice = Choice(10, "9:16", "720p", has_sound=False, work="extend")
    assert read_choice(write_choice(choice)) == choice
    assert read_choice((*write_choice(choice)[:4], "upscale")) is None


async def test_wish_about(world: World) -> None:
    """The wish names the video, and its length."""
    await made(world)
    [job] = videos(world)
    assert wish_about(job, "x") == Wish("x", parent_id=job.id, source_seconds=8.0)
