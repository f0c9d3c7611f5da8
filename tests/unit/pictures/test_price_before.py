"""The price is seen before a model is asked: on a card with *Cancel*, on a button, or in a question above a limit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.conversations.answer_screens import answer_card
from shared.people.accounts import change_user, open_user
from shared.people.talk import CONFIRM_USUALLY_ABOVE
from shared.people.users import User
from shared.texts import unmark
from tests.world import GROUP, ME, World

DAY = "2026-01-02"
"""On which the world begins."""
Words = Callable[[World], dict[str, Any]]


async def use_up_free(world: World) -> None:
    """Use up the free answers and the free recordings of the day."""

    def use(user: User) -> User:
        used = replace(user.talk, free_day=DAY, free_used=100, heard_day=DAY, heard_seconds=100_000)
        return replace(user, talk=used)

    await change_user(world.ports, await open_user(world.ports, ME), use)


CHEAP: dict[str, Words] = {
    "typed": lambda world: world.message("/image a red fox"),
    "plain": lambda world: world.message("draw a red fox in the snow"),
    "several": lambda world: world.message("/image a red fox x4"),
    "photo": lambda world: world.photo("make it blue"),
    "question": lambda world: world.message("/ask why is the sky blue?"),
    "search": lambda world: world.message("/search who won the match yesterday?"),
    "recording": lambda world: world.voice("why is the sky blue?", seconds=3),
}


@pytest.mark.parametrize("drafts", [False, True])
@pytest.mark.parametrize("name", CHEAP)
async def test_price_on_the_card(world: World, name: str, *, drafts: bool) -> None:
    """Before the task of any job has run, so before a model is asked, the card or draft names what it costs."""
    await world.give(200)
    await use_up_free(world)
    world.ports = replace(world.ports, drafts=drafts)
    await world.deliver(CHEAP[name](world))
    assert world.jobs()
    shown = [each.text for each in world.messenger.messages(ME)]
    drawn = [call.screen.text for call in world.messenger.calls if call.method == "send_draft" and call.screen]
    [first, *_] = [unmark(text) for text in (*shown, *drawn) if "credit" in text]
    assert f"{world.jobs()[0].request.price} credit" in first
    assert world.user().account.held == sum(job.request.price for job in world.jobs())


DEAR: dict[str, Words] = {
    "typed": lambda world: world.message("/image a red fox 4K x4"),
    "photo": lambda world: world.photo("make it blue 4K x4"),
    "group": lambda world: world.message("/image a red fox 4K x4", chat_id=GROUP),
}


@pytest.mark.parametrize("name", DEAR)
async def test_question_above_the_usual_limit(world: World, name: str) -> None:
    """Somebody who never chose a limit is asked above the usual one, for free."""
    await world.give(200)
    await world.send(DEAR[name](world))
    asked = world.shown(GROUP if name == "group" else ME)
    assert "more than I spend without asking" in asked.text
    label = asked.buttons[0][0].label
    assert (label == "🎨 Draw this") if name == "group" else int(label.split()[-2]) > CONFIRM_USUALLY_ABOVE
    assert world.jobs() == []


async def test_a_chosen_limit_counts(world: World) -> None:
    """A limit of one's own takes the place of the usual one, also above it."""
    await world.give(200)

    def choose(user: User) -> User:
        return replace(user, talk=replace(user.talk, confirm_above=50))

    await change_user(world.ports, await open_user(world.ports, ME), choose)
    await world.send(world.message("/image a red fox 4K x4"))
    assert len(world.jobs()) == 4


async def test_free_answers_show_no_price(world: World) -> None:
    """A free answer has a card without a price, and so has a paid one among other people."""
    await world.deliver(world.message("/ask why is the sky blue?"))
    await world.deliver(world.message("/search who won?", chat_id=GROUP))
    cards = [answer_card(job, world.now).text for job in world.jobs()]
    assert len(cards) == 2
    assert not [text for text in cards if "credit" in text]
