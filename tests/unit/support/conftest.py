"""What these tests share."""

import pytest

from tests.unit.support.desk import open_desk
from tests.world import World


@pytest.fixture
def desk(world: World) -> World:
    """A bot whose operators have a group with topics."""
    open_desk(world)
    return world
