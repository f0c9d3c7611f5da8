"""What tests of payments are about."""

import pytest

from tests.world import World

KEY = b"k" * 32
"""Signs orders."""


@pytest.fixture
async def shop(world: World) -> World:
    """A world in which credits are sold, with somebody who has begun."""
    world.sell(KEY)
    await world.send(world.message("/start"))
    return world
