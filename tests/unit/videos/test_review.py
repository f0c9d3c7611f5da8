"""Before a video there is its review: free, with every choice, and one press buys once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.credits.catalogue import VIDEO
from shared.errors import TooManyRequestsError, UnavailableError
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import change_job, open_job
from shared.pictures.picture import PictureRequest, is_picture
from shared.providers.outcomes import DeclineReason
from shared.videos import choice as choices
from shared.videos import read_wish
from shared.videos.choice import Choice, Wish, choice_of, price_of_choice, read_choice, write_choice
from shared.videos.video import VideoRequest, is_video, video_request
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, OTHER, World, writes_to

FOX = "a fox in the snow"


def labels(shown: Shown) -> list[list[str]]:
    return [[button.label for button in row] for row in shown.buttons]


def videos(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_video(job)]


def video(world: World) -> VideoRequest:
    [job] = videos(world)
    return video_request(job)


async def reviewed(world: World, text: str = f"/video {FOX}") -> Shown:
    """The review screen of a wish."""
    await world.send(world.message(text))
    return world.shown()


async def drawn(world: World) -> Shown:
    """A picture, with its buttons."""
    await world.send(world.message("/image a red fox"))
    return world.shown()


async def become(world: World, job: Job, state: JobState) -> None:
    """Have a job stand elsewhere."""
    opened = await open_job(world.ports, job.id)
    assert opened is not None
    await change_job(world.ports, opened, lambda job: replace(job, state=state))


async def chosen(world: World) -> None:
    """The mode *Video*."""
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;video", world.shown()))


async def test_screen(world: World) -> None:
    """It shows the words, the smallest and shortest choice marked, and the price; nothing is held."""
    shown = await reviewed(world)
    assert shown.text == (
        "🎬 A video: “a fox in the snow”\nUsually it takes 1–3 minutes.\nNothing is spent before you press the button."
    )
    assert labels(shown) == [
        ["✅ 4 s", "6 s", "10 s", "15 s"],
        ["✅ 360p", "720p", "1080p"],
        ["✅ 16:9", "9:16", "✅ 🔊", "🔇"],
        ["🎬 Make it · 15 credits"],
        ["✨ Improve", "✕ Cancel"],
    ]
    assert (world.jobs(), world.user().account.held) == ([], 0)


async def test_choices(world: World) -> None:
    """Each press shows the whole choice and its price, however often and in whichever order; then it is bought so."""
    await world.give(500)
    shown = await reviewed(world)
    for action in ("vset;" + shown.buttons[0][1].data.split(";")[2] + ";6",):
        await world.send(world.tap(action, world.shown()))
    await world.send(world.tap_data(_button(world.shown(), "720p"), shown.message_id))
    await world.send(world.tap_data(_button(world.shown(), "9:16"), shown.message_id))
    await world.send(world.tap_data(_button(world.shown(), "🔇"), shown.message_id))
    assert world.messenger.taps[-1].toast == "75 credits"
    assert ["🎬 Make it · 75 credits"] in labels(world.shown())
    await world.send(world.tap("vmake", world.shown()))
    request = video(world)
    assert (request.seconds, request.resolution, request.ratio, request.has_sound) == (6, "720p", "9:16", False)
    assert (request.price, world.user().account.available) == (75, 425)
    [task] = world.video_model.tasks
    assert (task.seconds, task.resolution, task.ratio, task.has_sound) == (6, "720p", "9:16", False)


def _button(shown: Shown, label: str) -> str:
    return next(button.data for row in shown.buttons for button in row if button.label == label)


async def test_pressed_twice(world: World) -> None:
    """Two presses, one after the other or at once, buy one video."""
    shown = await reviewed(world)
    first, second = world.tap("vmake", shown), world.tap("vmake", shown)
    world.store.interrupt(writes_to("jobs", kind="video"), lambda: world.deliver(second))
    await world.deliver(first)
    await world.deliver(first)
    await world.settle()
    await world.send(second | {"update_id": 99_999})
    assert {tap.toast for tap in world.messenger.taps} == {"On it!", "This button was pressed already."}
    assert len(videos(world)) == len(world.video_model.tasks) == 1
    world.check_money()


async def test_cancel(world: World) -> None:
    """*Cancel* ends the question; what is pressed afterwards buys nothing."""
    shown = await reviewed(world)
    await world.send(world.tap("vdrop", shown))
    assert world.shown().text.startswith("✖️ No video was made, and nothing was charged. A new one: /video.")
    await world.send(world.tap("vmake", shown), world.tap("vset", shown), world.tap("vdrop", shown))
    assert [tap.toast[:16] for tap in world.messenger.taps] == [
        "Canceled",
        "This menu is old",
        "This menu is old",
        "Canceled",
    ]
    assert world.jobs() == []


async def test_cancel_after_the_press(world: World) -> None:
    """An old *Cancel* stops nothing that was bought: its card has one of its own."""
    shown = await reviewed(world)
    drop = world.tap("vdrop", shown)
    await world.send(world.tap("vmake", shown))
    await world.send(drop)
    assert world.messenger.taps[-1].toast == "This button was pressed already."
    assert videos(world)[0].state is JobState.DELIVERED


async def test_cancel_beside_the_press(world: World) -> None:
    """Of both at once the first commit counts."""
    shown = await reviewed(world)
    make, drop = world.tap("vmake", shown), world.tap("vdrop", shown)
    world.store.interrupt(writes_to("jobs", kind="video"), lambda: world.deliver(drop))
    await world.send(make)
    assert (videos(world), world.messenger.taps[-1].toast[:11]) == ([], "This menu i")
    world.check_money()


async def test_only_the_owner(world: World) -> None:
    """Nobody chooses, buys or drops for somebody else."""
    shown = await reviewed(world)
    for action in ("vset", "vmake", "vdrop"):
        await world.send(world.tap(action, shown, user_id=OTHER, chat_id=ME))
    assert {tap.toast[:28] for tap in world.messenger.taps} == {"This button belongs to someb"}
    assert world.shown() == shown


@pytest.mark.parametrize(
    "data", ["1;vmake", "1;vmake;nothing", "1;vmake;aaaaaaaaaaaaaaaa;4;16:9;360p;1;15", "1;vset;x"]
)
async def test_buttons_of_nobodys_making(world: World, data: str) -> None:
    """What no screen has written buys nothing."""
    await world.send(world.tap_data(data, 1))
    assert world.messenger.taps[-1].toast.startswith("This menu is old")


@pytest.mark.parametrize("odd", ["5;16:9;360p;1", "4;1:1;360p;1", "4;16:9;4k;1", "4;16:9;360p;2", "", "4"])
async def test_choices_that_are_not_offered(world: World, odd: str) -> None:
    """A choice of another release, or of nobody's making, is an old menu."""
    shown = await reviewed(world)
    draft_id = shown.buttons[0][0].data.split(";")[2]
    await world.send(world.tap_data(f"1;vset;{draft_id};{odd}", shown.message_id))
    await world.send(world.tap_data(f"1;vmake;{draft_id};{odd};15", shown.message_id))
    assert {tap.toast[:16] for tap in world.messenger.taps} == {"This menu is old"}
    assert world.shown() == shown


def test_choice_in_a_button() -> None:
    """What is written into a button is read back; an earlier video's choice is taken as far as it is still offered."""
    choice = Choice(15, "9:16", "1080p", has_sound=False, work="text")
    assert read_choice(write_choice(choice)) == choice
    request = VideoRequest("a fox", 15, "9:16", "1080p", 0, has_sound=False, price=1)
    assert choice_of(request) == choice
    assert choice_of(replace(request, seconds=9)) == replace(choice, seconds=4)
    assert choice_of(replace(request, ratio="1:1")) == Choice()  # type: ignore[arg-type]


async def test_price_has_changed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A price that went up since the screen was shown buys nothing: it is told, and the next press means it."""
    shown = await reviewed(world)
    monkeypatch.setattr(choices, "video_credits", lambda usd_micros: 17)
    await world.send(world.tap("vmake", shown))
    assert world.messenger.taps[-1].toast == "This costs 17 credits. Press once more to have it made."
    assert ["🎬 Make it · 17 credits"] in labels(world.shown())
    assert videos(world) == []
    await world.send(world.tap("vmake", world.shown()))
    assert video(world).price == 17


async def test_declined_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be had any more is declined in words when it is pressed."""
    shown = await reviewed(world)
    monkeypatch.setattr(choices, "check_request", lambda *_: DeclineReason.FILE_TOO_LARGE)
    await world.send(world.tap("vmake", shown))
    assert world.messenger.taps[-1].toast.startswith("📦 Telegram lets bots read files of up to 20 MB.")
    assert videos(world) == []


async def test_too_few_credits(world: World) -> None:
    """Who cannot pay it is told so, with what helps, and sees no button that would fail."""
    await world.give(14)
    shown = await reviewed(world)
    assert "💳 This costs 15 credits, you have 14." in shown.text
    assert ["✕ Cancel"] in labels(shown)
    assert not any("Make it" in label for row in labels(shown) for label in row)


async def test_too_few_credits_for_a_long_one(world: World) -> None:
    """Who can pay a shorter one is told what that costs; nothing is said of a button that is not there."""
    shown = await reviewed(world)
    await world.send(world.tap_data(shown.buttons[0][-1].data, shown.message_id))
    text = world.messenger.chats[ME][shown.message_id].text
    assert "you have 20. 4 s at 360p cost 15." in text
    assert "before you press" not in text


async def test_credits_went_meanwhile(world: World) -> None:
    """Credits that were spent since the screen was shown decline the press, in words."""
    shown = await reviewed(world)
    await world.send(world.message("/image a red fox x2"))
    await world.send(world.tap("vmake", shown))
    assert world.messenger.taps[-1].toast.startswith("💳 This costs 15 credits, you have 12.")
    assert videos(world) == []
    world.check_money()


async def test_in_a_group(world: World) -> None:
    """Among others nothing is said of money: the first press tells its person the price, the second buys."""
    await world.send(world.message(f"/video {FOX}", chat_id=GROUP))
    shown = world.shown(GROUP)
    assert not any("15" in label and "s" not in label for row in labels(shown) for label in row)
    await world.send(world.tap("vmake", shown, chat_id=GROUP))
    assert world.messenger.taps[-1].toast == "This costs 15 credits. Press once more to have it made."
    assert videos(world) == []
    await world.send(world.tap("vmake", world.shown(GROUP), chat_id=GROUP))
    assert videos(world)[0].state is JobState.DELIVERED
    [message] = world.messenger.messages(GROUP)
    assert (message.kind, message.text) == ("video", "<b>Gemini Omni</b> · 4 s · 16:9 · 360p · 🔊")


async def test_usage(world: World) -> None:
    """/video alone says how it is used."""
    shown = await reviewed(world, "/video")
    assert shown.text.startswith("🎬 Write what happens after the command")


async def test_too_long(world: World) -> None:
    """Words beyond the limit are declined before anything is asked."""
    shown = await reviewed(world, "/video " + "a" * 4_097)
    assert shown.text.startswith("✂️ That is 4,097 characters")
    assert world.store.collection("drafts") == {}


async def test_what_shall_not_be_shown(world: World) -> None:
    """ "--no …" is kept apart from the words, shown before and while the video is made, and again under *Again*."""
    shown = await reviewed(world, f"/video {FOX} 9:16 --no people, text")
    assert shown.text.startswith("🎬 A video: “a fox in the snow”\n🚫 Without: people, text\n")
    assert labels(shown)[2][:2] == ["16:9", "✅ 9:16"]
    await world.send(world.tap_data(shown.buttons[1][1].data, shown.message_id))
    assert "🚫 Without: people, text" in world.shown().text
    await world.send(world.tap_data(shown.buttons[0][0].data, shown.message_id))
    await world.deliver(world.tap("vmake", world.shown()))
    assert "🚫 Without: people, text" in world.shown().text
    await world.settle()
    [task] = world.video_model.tasks
    assert (task.prompt, task.negative_prompt, task.seed) == (FOX, "people, text", None)
    await world.send(world.tap("vagain", world.messenger.messages(ME)[0]))
    assert "🚫 Without: people, text" in world.shown().text


async def test_seed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed is told to a model that takes one, and *Again* drops it; of a model that takes none nothing is said."""
    shown = await reviewed(world, f"/video {FOX} --seed 7")
    assert shown.text.startswith("🎬 A video: “a fox in the snow”\nUsually")
    rung = replace(VIDEO.rungs[0], takes_seed=True)
    monkeypatch.setattr(read_wish, "VIDEO", replace(VIDEO, rungs=(rung,)))
    shown = await reviewed(world, f"/video {FOX} --seed 7")
    assert "🌱 Seed 7" in shown.text
    await world.send(world.tap("vmake", shown))
    assert world.video_model.tasks[-1].seed == 7
    await world.send(world.tap("vagain", next(each for each in world.messenger.messages(ME) if each.kind == "video")))
    assert "🌱" not in world.shown().text


async def test_shape_in_the_words(world: World) -> None:
    """A shape that the words name is chosen, and is no part of what is shown."""
    shown = await reviewed(world, f"/video {FOX} 9:16")
    assert "“a fox in the snow”" in shown.text
    assert labels(shown)[2][:2] == ["16:9", "✅ 9:16"]
    shown = await reviewed(world, f"/video {FOX} 1:1")
    assert "1:1" in shown.text


async def test_animate(world: World) -> None:
    """*Animate* under a picture proposes a video from it, without a word; the picture is the first frame."""
    picture = await drawn(world)
    await world.send(world.tap("animate", picture))
    review = world.shown()
    assert review.text.startswith("🎬 A video from this picture: “Bring this picture to life")
    assert review.reply_to == picture.message_id
    await world.send(world.tap("vmake", review))
    assert "16 credits" in world.messenger.taps[-1].toast or videos(world)
    [job] = videos(world)
    [task] = world.video_model.tasks
    assert (task.work, task.first_frame is not None) == ("image", True)
    assert video_request(job).parent_id == next(each.id for each in world.jobs() if is_picture(each))
    world.check_money()


@pytest.mark.parametrize(
    ("state", "toast"),
    [("deleted", "That picture was deleted."), ("queued", "Wait until it is finished."), ("newer", "Not now: a newer")],
)
async def test_animate_what_is_not_there(world: World, monkeypatch: pytest.MonkeyPatch, state: str, toast: str) -> None:
    """A picture that is deleted, not made yet, or a newer release's is not animated."""
    picture = await drawn(world)
    [job] = world.jobs()
    if state == "deleted":
        await world.send(world.tap("delete", picture))
        await world.send(world.tap("erase", world.shown()))
    elif state == "queued":
        await become(world, job, JobState.QUEUED)
    else:
        monkeypatch.setattr(PictureRequest, "is_known", lambda _: False)
    await world.send(world.tap_data(f"1;animate;{job.id}", picture.message_id))
    assert world.messenger.taps[-1].toast.startswith(toast)


@pytest.mark.parametrize("action", ["animate", "vagain", "film", "vstop"])
async def test_buttons_of_others_and_of_nothing(world: World, action: str) -> None:
    """A button of somebody else, or of nothing that is kept, opens no review."""
    await drawn(world)
    [job] = world.jobs()
    await world.send(world.tap_data(f"1;{action};aaaaaaaaaaaaaaaa", 1), world.tap_data(f"1;{action}", 1))
    before = len(world.messenger.messages(ME))
    await world.send(world.tap_data(f"1;{action};{job.id}", 1, user_id=OTHER))
    await world.send(world.tap_data(f"1;vagain;{job.id}", 1))
    assert len(world.messenger.messages(ME)) == before
    assert all(tap.toast for tap in world.messenger.taps)


def replied_to(width: int, height: int) -> dict[str, Any]:
    """Somebody's photo."""
    photo = {"photo": [{"file_id": "f", "width": width, "height": height, "file_size": 3}]}
    return {"message_id": 7, "from": {"id": OTHER, "is_bot": False}} | photo


async def test_reply_to_a_picture(world: World) -> None:
    """/video in reply to a picture of ours, or of somebody, begins with it."""
    picture = await drawn(world)
    await world.send(world.reply("/video she turns her head", picture))
    assert world.shown().text.startswith("🎬 A video from this picture: “she turns her head”")
    await world.send(world.message("/video", reply_to_message=replied_to(0, 0)))
    assert labels(world.shown())[3][:2] == ["✅ 16:9", "9:16"]
    await world.send(world.message("/video", reply_to_message=replied_to(90, 160)))
    assert world.shown().text.startswith("🎬 A video from this picture: “Bring this picture to life")
    assert labels(world.shown())[3][:2] == ["16:9", "✅ 9:16"]


async def test_reply_to_words(world: World) -> None:
    """/video in reply to words, or pointing at them, takes those."""
    replied = {"message_id": 7, "from": {"id": OTHER, "is_bot": False}, "text": "a ship in a storm"}
    await world.send(world.message("/video", reply_to_message=replied))
    assert "“a ship in a storm”" in world.shown().text
    await world.send(world.message("/video this", reply_to_message=replied))
    assert "“a ship in a storm”" in world.shown().text


async def test_reply_to_what_failed(world: World) -> None:
    """A picture that is still made, or gone, is told so."""
    await world.deliver(world.message("/image a red fox"))
    await world.deliver(world.reply("/video she turns", world.shown()))
    assert world.shown().text.startswith("⏳ That picture is not finished yet.")
    await world.settle()
    await become(world, world.job(), JobState.FAILED)
    await world.send(world.reply("/video she turns", world.messenger.messages(ME)[0]))
    assert world.shown().text.startswith("🎬 A video: “she turns”")


async def test_photo_with_the_command(world: World) -> None:
    """A photo under /video is its first frame."""
    await world.send(world.photo("/video waves roll in"))
    review = world.shown()
    assert review.text.startswith("🎬 A video from this picture: “waves roll in”")
    await world.send(world.tap("vmake", review))
    [task] = world.video_model.tasks
    assert task.first_frame is not None
    assert video(world).price == price_of_choice(Wish("", parent_id="x"), Choice()) == 16


async def test_mode(world: World) -> None:
    """In the mode *Video* plain words and photos lead to the review; thanks and replies to our questions do not."""
    await chosen(world)
    await world.send(world.message(FOX))
    assert world.shown().text.startswith("🎬 A video: “a fox in the snow”")
    await world.send(world.photo("waves roll in"))
    assert world.shown().text.startswith("🎬 A video from this picture: “waves roll in”")
    await world.send(world.message("thanks"))
    assert world.shown().text == "😊 You are welcome!"
    assert world.jobs() == []


async def test_mode_beside_an_open_question(world: World) -> None:
    """An answer to *Edit* under a picture changes the picture, in the mode *Video* too."""
    picture = await drawn(world)
    await chosen(world)
    await world.send(world.tap("edit", picture))
    await world.send(world.message("make it blue"))
    assert [is_picture(job) for job in world.jobs()] == [True, True]


async def test_mode_and_an_album(world: World) -> None:
    """An album is one wish, with all of its photos."""
    await chosen(world)
    before = len(world.messenger.messages(ME))
    photo = world.photo("they dance", media_group_id="7")
    await world.send(photo, world.photo(media_group_id="7"), world.photo(media_group_id="7"))
    [review] = world.messenger.messages(ME)[before:]
    assert review.text.startswith("🎬 A video with what these 3 pictures show: “they dance”")
    assert world.jobs() == []


async def test_message_comes_again(world: World) -> None:
    """A message that is delivered twice has one review; what was stored before a crash is shown after it."""
    update = world.message(f"/video {FOX}")
    world.messenger.lose("send_text")
    await world.deliver(update)
    await world.settle()
    await world.deliver(update)
    assert len(world.store.collection("drafts")) == 1
    assert {shown.text for shown in world.messenger.messages(ME)} == {world.shown().text}


async def test_dies_before_the_screen_is_sent(world: World) -> None:
    """A process that dies between the draft and its screen leaves work to the second delivery."""

    async def fail() -> None:
        raise UnavailableError("the store is out")

    update = world.message(f"/video {FOX}")
    world.store.interrupt(writes_to("inbox"), fail)
    with pytest.raises(UnavailableError):
        await world.deliver(update)
    await world.send(update)
    assert world.shown().text.startswith("🎬 A video: “a fox in the snow”")
    assert len(world.store.collection("drafts")) == 1


async def test_question_becomes_the_review_once(world: World) -> None:
    """*Make a video…* turns the question into the review, and a second press changes nothing."""
    await chosen(world)
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;auto", world.shown()))
    await world.send(world.message("make a video of a dancing bear"))
    asked = world.shown()
    await world.send(world.tap("film", asked, user_id=OTHER, chat_id=ME))
    assert world.messenger.taps[-1].toast.startswith("This button belongs")
    film = world.tap("film", asked)
    world.messenger.fail("edit_text", TooManyRequestsError(2))
    await world.send(film)
    await world.send(film, film | {"update_id": 88_888})
    await world.send(world.tap("film", asked))
    assert world.messenger.taps[-1].toast.startswith("This menu is old")
    await world.send(world.tap("vmake", world.shown()))
    assert len(videos(world)) == 1
    assert "bear" in video(world).prompt


async def test_question_answered_at_the_same_moment(world: World) -> None:
    """Where the question is answered otherwise at that moment, it becomes no review."""
    await chosen(world)
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;auto", world.shown()))
    await world.send(world.message("make a video of a dancing bear"))
    asked = world.shown()
    draw = world.tap("draw;", asked)
    world.store.interrupt(writes_to("drafts", wants_video=True), lambda: world.deliver(draw))
    await world.deliver(world.tap("film", asked))
    assert world.messenger.taps[-1].toast.startswith("This menu is old")
    assert [is_picture(job) for job in world.jobs()] == [True]


async def test_shown_after_the_catalogue(world: World) -> None:
    """What is offered is what the model can make, and its smallest is the default."""
    for seconds in VIDEO.seconds:
        assert seconds in VIDEO.rungs[0].seconds
    assert set(VIDEO.ratios) <= set(VIDEO.rungs[0].ratios)
    assert set(VIDEO.resolutions) <= set(VIDEO.rungs[0].costs_usd_micros)
    prices = [price_of_choice(Wish(""), Choice(s, resolution=r)) for s in VIDEO.seconds for r in VIDEO.resolutions]
    assert price_of_choice(Wish(""), Choice()) == min(prices)
    assert timedelta(seconds=VIDEO.rungs[0].usual_seconds[1]) < timedelta(minutes=30)


async def test_spoken_in_the_mode(world: World) -> None:
    """Words that were spoken in the mode *Video* lead to the review as typed ones do."""
    await chosen(world)
    await world.send(world.voice("a fox runs through fresh snow"))
    assert world.shown().text.startswith("🎬 A video: “a fox runs through fresh snow”")
    assert videos(world) == []


async def test_photo_that_auto_shall_animate(world: World) -> None:
    """A photo with an order to animate it, in the mode *Auto*: the review begins with it."""
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;auto", world.shown()))
    await world.send(world.photo("animate this"))
    await world.send(world.tap("film", world.shown()))
    assert world.shown().text.startswith("🎬 A video from this picture: “animate this”")


async def test_screen_that_comes_late(world: World) -> None:
    """A choice whose screen arrives after the purchase does not stand over the card."""
    shown = await reviewed(world)
    make = world.tap("vmake", shown)
    world.messenger.stall("edit_text", lambda: world.deliver(make))
    await world.deliver(world.tap_data(shown.buttons[0][1].data, shown.message_id))
    assert "Step 1 of 3" in world.shown().text
    await world.settle()
    assert videos(world)[0].state is JobState.DELIVERED


async def test_screen_that_comes_after_the_end_of_its_draft(world: World) -> None:
    """The same where the draft was dropped: there is no card to draw."""
    shown = await reviewed(world)
    drop = world.tap("vdrop", shown)
    world.messenger.stall("edit_text", lambda: world.deliver(drop))
    await world.deliver(world.tap_data(shown.buttons[0][1].data, shown.message_id))
    assert world.jobs() == []
