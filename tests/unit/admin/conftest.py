import pytest

from tests.unit.admin.office import Office
from tests.world import World


@pytest.fixture
def office(world: World) -> Office:
    """The pages in the hands of an admin."""
    return Office(world)
