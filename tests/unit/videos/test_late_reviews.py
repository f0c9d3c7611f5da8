"""A review that is drawn late, over the card of the video that was bought meanwhile, does not stay there."""

import pytest

from tests.world import World


class DiedError(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("action", ["vset", "vmake"])
async def test_a_death_between_a_late_screen_and_the_card(world: World, action: str) -> None:
    """A process that dies after a slow choice was drawn over the card: the next press of the review mends it."""
    await world.send(world.message("/video a fox in the snow"))
    shown = world.shown()

    async def die() -> None:
        raise DiedError

    async def buy_and_die() -> None:
        await world.deliver(world.tap("vmake", shown))
        world.messenger.stall("edit_text", die)

    world.messenger.stall("edit_text", buy_and_die)
    with pytest.raises(DiedError):
        await world.deliver(world.tap("vset", shown))
    assert world.shown().text == shown.text
    await world.deliver(world.tap(action, world.shown()))
    assert world.shown().text != shown.text
    await world.settle()
    assert len(world.jobs()) == 1
    world.check_money()
