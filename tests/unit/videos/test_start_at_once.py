"""Who wants no review of cheap videos has them at once; what is not surely meant is reviewed all the same."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.credits.spending import SpendingBook
from shared.errors import UnavailableError
from shared.jobs.job import JobState, is_canceled
from shared.jobs.open_jobs import change_job, open_job
from shared.people.accounts import change_user, open_user
from shared.people.talk import REVIEW_ABOVE
from shared.videos import choice as choices
from shared.videos.choice import Choice, Wish, price_of_choice
from shared.videos.read_wish import is_clear
from shared.videos.video import video_request
from tests.unit.videos.test_review import FOX, chosen, drawn, labels, videos
from tests.world import BOT_ID, GROUP, ME, OTHER, SNAPSHOT, World, writes_to

REVIEW = "Nothing is spent before you press the button."


async def allow(world: World, above: int = 20) -> None:
    """The choice in /settings, and money for some videos."""
    await world.give(500)
    await world.send(world.message("/settings"))
    for each in REVIEW_ABOVE[1 : REVIEW_ABOVE.index(above) + 1]:
        await world.send(world.tap(f"set;review_above;{each}", world.shown()))


def is_reviewed(world: World) -> bool:
    """The last message is a review, and nothing was bought."""
    return REVIEW in world.shown().text and not videos(world) and not world.user().account.held


async def test_setting(world: World) -> None:
    """One button of /settings goes through the prices and says what it does; at first every video is reviewed."""
    await world.send(world.message("/settings"))
    seen = []
    for value in (20, 50, 0):
        seen.append((labels(world.shown())[-2], "its description is clear" in world.shown().text))
        await world.send(world.tap(f"set;review_above;{value}", world.shown()))
        assert world.user().talk.review_above == value
    assert seen == [
        (["🎬 Video without asking: no"], False),
        (["✅ 🎬 Video without asking: up to 20"], True),
        (["✅ 🎬 Video without asking: up to 50"], True),
    ]
    await world.send(
        world.tap_data(world.shown().buttons[-2][0].data.replace(";20;", ";21;"), world.shown().message_id)
    )
    assert world.user().talk.review_above == 0


@pytest.mark.parametrize("way", ["command", "mode"])
async def test_begun_at_once(world: World, way: str) -> None:
    """A clear wish up to the price is made at the usual choice, with the ordinary card, and paid once."""
    await allow(world)
    if way == "mode":
        await chosen(world)
    await world.deliver(world.message(FOX if way == "mode" else f"/video {FOX}"))
    card = world.shown()
    assert "15 credits" in card.text
    assert labels(card) == [["✕ Cancel · 15 back"]]
    await world.settle()
    [job] = videos(world)
    request = video_request(job)
    assert (request.seconds, request.resolution, request.ratio, request.has_sound) == (4, "360p", "16:9", True)
    assert (job.state, request.prompt, world.user().account.available) == (JobState.DELIVERED, FOX, 485)
    world.check_money()


async def test_canceled(world: World) -> None:
    """*Cancel* on the card gives everything back."""
    await allow(world)
    await world.deliver(world.message(f"/video {FOX}"))
    await world.send(world.tap("vstop", world.shown()))
    [job] = videos(world)
    assert is_canceled(job)
    assert world.user().account.available == 500
    world.check_money()


async def test_delivered_twice(world: World) -> None:
    """However often the message comes, also at once or under another update id, it is one video."""
    await allow(world)
    message = world.message(f"/video {FOX}")
    world.store.interrupt(writes_to("jobs", kind="video"), lambda: world.deliver(message))
    await world.deliver(message)
    await world.deliver(message)
    await world.deliver(message | {"update_id": 99_999})
    await world.settle()
    assert len(videos(world)) == len(world.video_model.tasks) == 1
    world.check_money()


@pytest.mark.parametrize("is_lost", [False, True])
async def test_dies_at_the_commit(world: World, *, is_lost: bool) -> None:
    """Whether the commit happened or not, the next delivery ends with one video that is made and shown."""
    await allow(world)
    message = world.message(f"/video {FOX}")
    fits = writes_to("jobs", kind="video")

    async def fail() -> None:
        raise UnavailableError("the store is out")

    if is_lost:
        world.store.lose(fits)
    else:
        world.store.interrupt(fits, fail)
    with pytest.raises(UnavailableError):
        await world.deliver(message)
    await world.deliver(message)
    await world.settle()
    [job] = videos(world)
    assert job.state is JobState.DELIVERED
    assert len(world.video_model.tasks) == 1
    world.check_money()


async def test_own_pictures(world: World) -> None:
    """A photo with words, and words in reply to an own picture, are begun too, at their own price."""
    await allow(world)
    await chosen(world)
    await world.send(world.photo("make the waves move slowly"))
    picture = await drawn(world)
    await world.send(world.reply("/video the fox turns its head slowly", picture))
    requests = [video_request(job) for job in videos(world)]
    assert [(each.price, each.work) for each in requests] == [(16, "image")] * 2
    assert {each.parent_id is None for each in requests} == {True, False}
    world.check_money()


async def test_each_is_reviewed_by_default(world: World) -> None:
    """Who has chosen nothing, or has taken the choice back, sees the review."""
    await world.give(500)
    await world.send(world.message(f"/video {FOX}"))
    assert is_reviewed(world)


@pytest.mark.parametrize("above", [20, 50])
async def test_dear_videos_are_reviewed(world: World, above: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the price there is a review, also when the price list was raised after the choice."""
    await allow(world, above)
    monkeypatch.setattr(choices, "price_of_choice", lambda *_: above + 1)
    await world.send(world.message(f"/video {FOX}"))
    assert is_reviewed(world)


async def test_without_credits(world: World) -> None:
    """Who cannot pay it sees the review, which says what helps."""
    await world.give(14)
    await change_above(world, 20)
    await world.send(world.message(f"/video {FOX}"))
    assert "This costs 15 credits, you have 14." in world.shown().text
    assert videos(world) == []


async def change_above(world: World, above: int) -> None:
    """The choice as it stands in the document."""
    opened = await open_user(world.ports, ME)
    await change_user(world.ports, opened, lambda user: replace(user, talk=replace(user.talk, review_above=above)))


@pytest.mark.parametrize(
    "words", ["fox", "what is a fox?", "a fox on example.com", "a fox in the snow x3", "not like that", "word " * 900]
)
async def test_doubtful_words_are_never_bought(world: World, words: str) -> None:
    """What is not clearly a description is not bought, whatever the choice is."""
    await allow(world)
    await world.send(world.message(f"/video {words}"))
    assert (videos(world), world.user().account.held) == ([], 0)


async def test_others_and_unlike_messages_are_reviewed(world: World) -> None:
    """Forwarded words, somebody's photo, quoted words, two pictures, and buttons lead to the review."""
    await allow(world)
    await chosen(world)
    forwarded: Any = {"forward_origin": {"type": "hidden_user", "sender_user_name": "Bob", "date": 1}}
    somebody: Any = {"message_id": 7, "from": {"id": OTHER, "is_bot": False}}
    photo: Any = [{"file_id": world.messenger.add_file(SNAPSHOT), "width": 90, "height": 90, "file_size": 3}]
    picture = await drawn(world)
    replied: Any = {"message_id": picture.message_id, "from": {"id": BOT_ID, "is_bot": True}}
    for message in (
        world.message(FOX, **forwarded),
        world.message(f"/video {FOX}", reply_to_message=somebody | {"photo": photo}),
        world.message(f"/video {FOX}", reply_to_message=somebody | {"text": "a ship in a storm"}),
        world.photo(f"/video {FOX}", reply_to_message=replied),
        world.tap("animate", picture),
    ):
        await world.send(message)
        assert is_reviewed(world), message
    await change_jobs_owner(world)
    await world.send(world.reply(f"/video {FOX}", picture))
    assert videos(world) == []


async def change_jobs_owner(world: World) -> None:
    """Have the pictures be another person's."""
    for job in world.jobs():
        opened = await open_job(world.ports, job.id)
        assert opened is not None
        await change_job(world.ports, opened, lambda job: replace(job, user_id=OTHER))


async def test_groups_are_reviewed(world: World) -> None:
    """In a group, where no price is shown, nothing begins without its two presses."""
    await allow(world)
    await world.send(world.message(f"/video {FOX}", chat_id=GROUP))
    assert REVIEW in world.shown(GROUP).text
    assert videos(world) == []


async def test_declined_for_now(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may not begin now for another reason is said, and nothing is bought."""
    await allow(world)

    async def rest(_: SpendingBook) -> datetime:
        return world.now + timedelta(hours=2)

    monkeypatch.setattr(SpendingBook, "rest_until", rest)
    await world.send(world.message(f"/video {FOX}"))
    assert REVIEW not in world.shown().text
    assert videos(world) == []


async def test_edited(world: World) -> None:
    """New words for a message whose video has begun buy nothing: they have their review; thanks have none."""
    await allow(world)
    await chosen(world)
    message = world.message(FOX)
    await world.send(message)
    count = len(world.messenger.messages(ME))
    for words in (FOX, "thanks"):
        await world.send(world.edited(message, words))
        assert len(world.messenger.messages(ME)) == count
    await world.send(world.edited(message, "a hare in the snow"))
    assert "“a hare in the snow”" in world.shown().text
    assert REVIEW in world.shown().text
    assert len(videos(world)) == 1
    world.check_money()


@pytest.mark.parametrize(
    ("words", "alone", "with_picture"),
    [
        (FOX, True, True),
        ("лиса бежит по свежему снегу", True, True),
        (f"{FOX} 9:16", True, True),
        (f"{FOX} --no cars", True, True),
        ("let it run over the hill", False, True),
        ("оживи эту картинку плавно", False, True),
        ("now at night", False, True),
        (f"{FOX} 4K", False, False),
        (f"{FOX} 1:1", False, False),
        (f"{FOX} --seed 7", False, False),
        (f"{FOX}, 10 seconds", False, False),
        (f"{FOX} 10s", False, False),
        (f"{FOX} in 1080p", False, False),
        ("лиса в снегу, 15 сек", False, False),
        ("лиса в снегу без звука", False, False),
        ("thanks", False, False),
        ("", False, False),
    ],
)
def test_clear_words(words: str, *, alone: bool, with_picture: bool) -> None:
    """A description is clear; what points, doubts, or names what the review lets one choose is not."""
    assert (is_clear(words, has_picture=False), is_clear(words, has_picture=True)) == (alone, with_picture)


def test_the_usual_video_is_below_the_first_step() -> None:
    """The lowest price that can be allowed is enough for the usual video."""
    assert price_of_choice(Wish(FOX), Choice()) <= REVIEW_ABOVE[1]
