"""Free work is limited: everything free that a person can do, a thousand times."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from shared.credits.bounds import CREDIT_USD_MICROS, TRIES_PER_DAY_MAX
from shared.credits.catalogue import DAILY_CREDITS, WELCOME_CREDITS
from shared.providers.outcomes import NoResult, PictureTask, Refused
from tests.world import ME, World

ACTS = 1000
COST = 33_600
SHARE_MAX = 3
EVERYTHING = ("block", "be_refused", "get_none", "cancel", "flood", "buy")


class Abuser:
    """One person in a private chat, who wants pictures that we pay for."""

    def __init__(self, seed: int, pause_seconds: float) -> None:
        self.world = World()
        self.dice = random.Random(seed)  # noqa: S311 — repeatable on purpose
        self.pause_seconds = pause_seconds
        self.began = self.world.now

    async def block(self, number: int) -> None:
        """Stop the bot while it paints, and start it again."""

        async def leave(_: PictureTask) -> None:
            self.world.messenger.blocked.add(ME)

        self.world.model.before = leave
        await self.world.send(self.world.message(f"a fox, blocked {number}"))
        self.world.model.before = None
        self.world.messenger.blocked.discard(ME)

    async def be_refused(self, number: int) -> None:
        prompt = f"a fox, refused {number}"
        self.world.model.script(prompt, Refused("IMAGE_SAFETY"))
        await self.world.send(self.world.message(prompt))

    async def get_none(self, number: int) -> None:
        prompt = f"a fox, described {number}"
        self.world.model.script(prompt, NoResult("STOP"), NoResult("STOP"))
        await self.world.send(self.world.message(prompt))

    async def cancel(self, number: int) -> None:
        """Ask, and cancel while it is painted."""

        async def change_mind(_: PictureTask) -> None:
            self.world.model.before = None
            await self.world.deliver(self.world.message("/cancel"))

        self.world.model.before = change_mind
        await self.world.send(self.world.message(f"a fox, canceled {number}"))
        self.world.model.before = None

    async def flood(self, number: int) -> None:
        """Four pictures with one message, canceled before they are begun."""
        await self.world.deliver(self.world.message(f"a fox, flooded {number} x4"))
        await self.world.deliver(self.world.message("/cancel"))
        await self.world.settle()

    async def buy(self, number: int) -> None:
        await self.world.send(self.world.message(f"a fox, bought {number}"))

    async def act(self, acts: tuple[str, ...]) -> None:
        for number in range(ACTS):
            await getattr(self, self.dice.choice(acts))(number)
            self.world.clock.advance(self.pause_seconds)

    @property
    def cost(self) -> int:
        return COST * len(self.world.model.tasks)

    @property
    def worth(self) -> int:
        """Of the credits that a person has without paying: the welcome ones, and those of every day that began."""
        return (WELCOME_CREDITS + DAILY_CREDITS * self.days) * CREDIT_USD_MICROS

    @property
    def days(self) -> int:
        """Since the first one."""
        return (self.world.now.date() - self.began.date()) // timedelta(days=1)


@pytest.mark.parametrize(
    ("acts", "pause_seconds"),
    [
        (("block",), 30.0),
        (("be_refused",), 30.0),
        (("get_none",), 600.0),
        (("cancel",), 30.0),
        (("flood",), 30.0),
        (EVERYTHING, 0.0),
        (EVERYTHING, 30.0),
        (EVERYTHING, 600.0),
    ],
)
async def test_a_thousand_acts(acts: tuple[str, ...], pause_seconds: float) -> None:
    """A thousand acts cost us at most three times what the person's free credits are worth, and books stay right."""
    abuser = Abuser(1, pause_seconds)
    await abuser.act(acts)
    assert abuser.cost <= SHARE_MAX * abuser.worth
    counted = sum(fields["day"] for fields in abuser.world.store.collection("spend").values())
    assert counted == abuser.cost
    assert len(abuser.world.jobs()) <= TRIES_PER_DAY_MAX * (abuser.days + 1)
    abuser.world.check_money()


async def test_a_burst_at_once() -> None:
    """All credits at once into prompts that end without a picture, again and again, stay within the same bound."""
    abuser = Abuser(1, 0.0)
    for number in range(ACTS // 5):
        prompts = [f"a fox {number}, {n}" for n in range(5)]
        for prompt in prompts:
            abuser.world.model.script(prompt, NoResult("STOP"), NoResult("STOP"))
            await abuser.world.deliver(abuser.world.message(prompt))
        await abuser.world.settle()
    assert abuser.cost <= SHARE_MAX * abuser.worth
    abuser.world.check_money()


async def test_an_honest_customer_is_not_stopped() -> None:
    """A paying person with occasional refusals is never paused."""
    abuser = Abuser(1, 60.0)
    await abuser.world.give(1000)
    seen = Counter[str]()
    for number in range(100):
        await (abuser.be_refused if number % 4 == 3 else abuser.buy)(number)
        abuser.world.clock.advance(60.0)
        seen[abuser.world.jobs()[-1].state.value] += 1
    assert seen == {"delivered": 75, "failed": 25}
