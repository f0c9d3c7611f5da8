"""What these tests share."""

import pytest

from tests.unit.growth.buying import KEY
from tests.world import OTHER, World


@pytest.fixture
async def shop(world: World) -> World:
    """A world in which credits are sold, with two people who have begun."""
    world.sell(KEY)
    await world.send(world.message("/start"), world.message("/start", user_id=OTHER))
    return world
