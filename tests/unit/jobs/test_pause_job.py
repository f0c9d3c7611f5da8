"""A job that is given back is moved again when it was said, and not before."""

from datetime import timedelta

import pytest

from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.job import JobState
from tests.world import World


@pytest.mark.parametrize(("error", "seconds"), [(TooManyRequestsError(77), 77), (DeliveryUnknownError("?"), 5)])
async def test_pause(world: World, error: MessengerError, seconds: float) -> None:
    """Flood control says itself how long it is to be left alone; where nothing is said, it is a few seconds."""
    await world.deliver(world.message("a red fox"))
    world.messenger.fail("edit_photo", error)
    while world.job().state is not JobState.MADE or world.job().lease_until is not None:
        assert await world.run_next()
    at = world.now + timedelta(seconds=seconds)
    assert world.job().not_before == at
    assert [task.not_before for task in world.tasks.tasks] == [at]
