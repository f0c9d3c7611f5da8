"""What tests of the use cases share."""

import pytest

from tests.fakes.releases import Releasing
from tests.fakes.store import FakeStore


@pytest.fixture
async def releasing() -> Releasing:
    """Everybody who moves releases, on a store in memory."""
    made = Releasing(FakeStore())
    await made.invite_all()
    return made
