"""That few credits are left is said once, until there are enough again."""

from dataclasses import replace

import pytest

from shared.codec import encode
from shared.credits.ledger import Account, Change, TransferKind
from shared.people.change_credits import change_credits
from shared.people.low_balance import is_news, note_told
from shared.people.users import User
from shared.texts import html_text
from tests.fakes.clock import START
from tests.world import GROUP, ME, World

SAID = html_text("en", "caption-low")
PERSON = User(ME, START)


@pytest.mark.parametrize(
    ("available", "held", "spent", "told", "news"),
    [
        (8, 4, 4, False, False),  # 8 are left: two small pictures
        (4, 4, 4, False, True),
        (4, 4, 4, True, False),  # said already
        (19, 0, 14, True, False),  # more came, but not enough
        (60, 4, 60, True, True),  # bought and spent at once
        (4, 0, 0, False, False),  # free
    ],
)
def test_when_it_is_news(available: int, held: int, spent: int, told: bool, news: bool) -> None:  # noqa: FBT001
    """Reserved credits count as there, and only a paid result says it."""
    account = Account(available, held)
    person = replace(PERSON, account=account, is_told_low=told)
    assert is_news(person, spent) is news
    kept = told and available + held < 20
    assert note_told(person, account, is_told=news).is_told_low is (kept or news)


async def draw(world: World, words: str, chat_id: int = ME) -> str:
    """The caption of a new picture."""
    await world.send(world.message(f"/image {words}", chat_id=chat_id))
    return world.shown(chat_id).text


async def test_said_once_in_a_spell(world: World) -> None:
    """The first picture that leaves less than two small ones says so, the next does not; after new credits one may."""
    await world.give(16)
    said = [SAID in await draw(world, f"fox {number}") for number in range(4)]
    assert said == [False, False, True, False]
    assert not any(job.tells_low for job in world.jobs())
    await change_credits(world.store, world.clock, Change(TransferKind.GIFT, ME, 24, "t-1", "sorry"))
    assert [SAID in await draw(world, f"owl {number}") for number in range(6)] == [False] * 4 + [True, False]
    world.check_money()


async def test_not_every_day(world: World) -> None:
    """Who lives on the free credits of a day reads it once."""
    await world.give(4)
    assert SAID in await draw(world, "a red fox")
    for _ in range(3):
        world.clock.advance(24 * 3600)
        assert SAID not in await draw(world, "a red fox")


async def test_nobody_else_reads_it(world: World) -> None:
    """A picture in a group says nothing about its payer's credits; the next in private does."""
    await world.give(8)
    assert SAID not in await draw(world, "a red fox", GROUP)
    assert SAID in await draw(world, "an owl")


async def test_no_later_caption_says_it(world: World) -> None:
    """What is shown again later, from the gallery, does not repeat it."""
    await world.give(4)
    assert SAID in await draw(world, "a red fox")
    assert encode(world.job())["tells_low"] is False
    await world.send(world.message("/gallery"))
    await world.send(world.tap("gsend", world.shown()))
    assert SAID not in world.shown().text
