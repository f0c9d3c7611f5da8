"""A provider that goes away for a while costs nobody a picture, and is not hammered."""

import asyncio
from datetime import timedelta

from infra.functions import FUNCTIONS
from tests.simulation.fleet import Fleet
from tests.simulation.virtual_time import run_virtually

INSTANCES = int(FUNCTIONS["image"].limits["max_instances"])
WAITING = 200
AWAY_SECONDS = 600
BACK_SECONDS_MAX = 180
CALLS_PER_SECOND_MAX = 5


def test_ten_minutes_without_the_provider() -> None:
    """200 jobs wait while the provider is away for 10 minutes: at most 5 calls in any second, and all are delivered
    within 3 minutes after it is back."""

    async def play() -> None:
        fleet = Fleet(INSTANCES)
        away_at = fleet.clock.now()
        fleet.provider.is_away = True
        for user_id in range(1, WAITING + 1):
            await fleet.ask(user_id)
            await asyncio.sleep(60 / WAITING)
        await asyncio.sleep(30)
        said = [message.text for user_id in range(1, WAITING + 1) for message in fleet.messenger.messages(user_id)]
        assert all("up to 15 minutes from your request" in text for text in said)
        back_at = away_at + timedelta(seconds=AWAY_SECONDS)
        await asyncio.sleep((back_at - fleet.clock.now()).total_seconds())
        calls = fleet.provider.calls_per_second(away_at, back_at)
        assert max(calls.values()) <= CALLS_PER_SECOND_MAX
        fleet.provider.is_away = False
        await asyncio.sleep(BACK_SECONDS_MAX)
        assert fleet.count_delivered() == WAITING

    run_virtually(play())
