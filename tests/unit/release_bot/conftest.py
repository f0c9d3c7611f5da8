"""What tests of the release bot share."""

import pytest

from tests.fakes.release_chat import ReleaseChat
from tests.fakes.releases import Releasing
from tests.fakes.store import FakeStore


@pytest.fixture
async def releasing() -> Releasing:
    """Everybody who moves releases, on a store in memory."""
    made = Releasing(FakeStore())
    await made.invite_all()
    return made


@pytest.fixture
async def chat(releasing: Releasing) -> ReleaseChat:
    """Everybody has written to the release bot."""
    made = ReleaseChat(releasing)
    await made.greet_all()
    return made
