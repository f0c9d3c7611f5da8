"""A busy group, end to end: Telegram's real limits hold, and everybody gets their pictures."""

import pytest

from infra.bench.group import GROUP, Load, load_group
from infra.local.system import System
from tests.e2e.people import Telegram

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("books_stay_right"),
]

LOAD = Load(people=4, pictures_each=1, within_seconds=4)
SECONDS_MAX = 90


async def test_a_group_gets_all_pictures_within_the_real_limits(system: System, telegram: Telegram) -> None:
    """With one call a second and twenty a minute in the group, each request ends in one picture in the chat."""
    outcome = await load_group(system, LOAD, SECONDS_MAX)
    assert len(outcome.delivered_seconds) == LOAD.pictures
    photos = [message for message in await telegram.messages(GROUP) if "photo" in message]
    assert len({message["reply_to_message"]["message_id"] for message in photos}) == LOAD.pictures
