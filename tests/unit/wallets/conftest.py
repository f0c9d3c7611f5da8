"""A group with a wallet: its administrator has bought credits that have settled, and gave it some."""

import pytest

from shared.ports import Member
from tests.unit.growth.buying import KEY, have_bought
from tests.world import GROUP, ME, OTHER, World

GIVEN = 60


@pytest.fixture
async def group() -> World:
    """ME is an administrator with credits to give, OTHER a member; the group has no wallet yet."""
    world = World()
    world.sell(KEY)
    world.messenger.members[GROUP] = {ME: Member("Ann <b>", is_administrator=True), OTHER: Member("Bob", False)}
    await have_bought(world)
    return world


@pytest.fixture
async def wallet(group: World) -> World:
    """The same group with GIVEN credits of ME."""
    await group.send(group.message(f"/wallet {GIVEN}", chat_id=GROUP))
    return group
