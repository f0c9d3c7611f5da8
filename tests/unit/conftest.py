"""What the unit tests share."""

import pytest

from tests.world import World


@pytest.fixture
def world() -> World:
    """A bot in memory that nobody has talked to."""
    return World()
