"""Words typed after the review of a picture without any say what moves: they are reviewed too, and buy nothing."""

from datetime import timedelta
from typing import Any

import pytest

from shared.people.users import ANSWER_KEPT
from shared.pictures.press import IMPATIENCE
from shared.texts import plain_text, unmark
from shared.videos.video import is_video
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, World

WORDS = "the cat blinks slowly"
REVIEW = f"🎬 A video from this picture: “{WORDS}”"


async def animate_own(world: World) -> Shown:
    """The review of a picture of ours."""
    await world.send(world.message("/image a grey cat"))
    await world.send(world.tap("animate", world.shown()))
    return world.shown()


async def animate_sent(world: World, count: int = 1) -> Shown:
    """The review of photos that somebody sent; in the mode *Video* they lead to it by themselves."""
    await world.send(*[world.photo() for _ in range(count)])
    world.clock.advance(2 * IMPATIENCE.total_seconds())
    question = world.shown()
    if "A video from" in question.text:
        return question
    await world.send(world.tap("photoanimate", question))
    return world.messenger.chats[ME][question.message_id]


def pictures(world: World) -> int:
    return len([job for job in world.jobs() if not is_video(job)])


@pytest.mark.parametrize("mode", ["picture", "auto", "chat", "video"])
@pytest.mark.parametrize("begin", [animate_own, animate_sent])
async def test_words_lead_to_a_review(world: World, begin: Any, mode: str) -> None:
    """In each mode plain words are what moves in the picture: reviewed anew, and nothing is bought."""
    await world.give(100)
    await world.send(world.message("/mode"))
    await world.send(world.tap(f"mode;{mode}", world.shown()))
    await begin(world)
    before = len(world.jobs())
    await world.send(world.message(WORDS))
    assert REVIEW in world.shown().text
    assert len(world.jobs()) == before
    world.check_money()


async def test_two_photos(world: World) -> None:
    """Words for photos that have their own usual text are taken as well."""
    await world.give(100)
    await animate_sent(world, count=2)
    await world.send(world.message(WORDS))
    assert WORDS in world.shown().text
    assert world.jobs() == []


async def test_only_the_next_words(world: World) -> None:
    """The words after those are a wish of their own."""
    await world.give(100)
    await animate_own(world)
    await world.send(world.message(WORDS))
    await world.send(world.message("a red fox in the snow"))
    assert pictures(world) == 2


async def test_words_delivered_again(world: World) -> None:
    """Words that come a second time, after somebody has decided the first review, buy no picture either."""
    await world.give(100)
    review = await animate_own(world)
    words = world.message(WORDS)
    await world.send(words)
    await world.send(world.tap("vdrop", review))
    for key in [key for key in world.store._documents if key.collection == "inbox"]:
        del world.store._documents[key]  # as if the process had died before it noted the update
    await world.send(words)
    assert pictures(world) == 1


@pytest.mark.parametrize("words", ["draw a red fox in the snow", "/image a red fox in the snow"])
async def test_an_order_to_draw(world: World, words: str) -> None:
    """Whoever asks for a picture gets one."""
    await world.give(100)
    await animate_own(world)
    await world.send(world.message(words))
    assert pictures(world) == 2


@pytest.mark.parametrize("words", ["thanks", "ok", "?", "why is it so dark?"])
async def test_what_says_no_movement(world: World, words: str) -> None:
    """Thanks, a nod or a question is no movement: no review follows, and nothing is bought."""
    await world.give(100)
    await animate_own(world)
    await world.send(world.message(words))
    assert "A video from this picture" not in world.shown().text or words not in world.shown().text
    assert len(world.jobs()) == 1


async def test_after_the_review(world: World) -> None:
    """Once the review is decided, words are a wish of their own."""
    await world.give(100)
    review = await animate_own(world)
    await world.send(world.tap("vdrop", review))
    await world.send(world.message("a red fox in the snow"))
    assert pictures(world) == 2


async def test_much_later(world: World) -> None:
    """Who comes back later does not think of the review any more."""
    await world.give(100)
    await animate_own(world)
    world.clock.advance((ANSWER_KEPT + timedelta(seconds=1)).total_seconds())
    await world.send(world.message("a red fox in the snow"))
    assert pictures(world) == 2


async def test_a_review_that_is_gone(world: World) -> None:
    """Words after a review that was deleted by its age are a wish of their own."""
    await world.give(100)
    await animate_own(world)
    for key in [key for key in world.store._documents if key.collection == "drafts"]:
        del world.store._documents[key]
    await world.send(world.message("a red fox in the snow"))
    assert pictures(world) == 2


async def test_groups_hear_of_the_reply(world: World) -> None:
    """In a group, where the bot does not hear plain words, the way is a reply."""
    await world.give(100)
    await world.send(world.message("/image a grey cat", chat_id=GROUP))
    await world.send(world.tap("animate", world.shown(GROUP), chat_id=GROUP))
    how = unmark(plain_text("en", "review-animate-how-group"))
    assert how in unmark(world.shown(GROUP).text)
