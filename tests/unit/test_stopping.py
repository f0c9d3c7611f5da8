"""What a process does at SIGTERM beside its calls."""

import asyncio

from shared.stopping import act_at_stop


async def test_an_act_at_the_stop() -> None:
    """It waits for the stop, is done once then, and nothing of it is left."""
    stopping, done = asyncio.Event(), list[str]()

    async def act() -> None:
        done.append("done")

    act_at_stop(stopping, act)
    await asyncio.sleep(0)
    assert done == []
    stopping.set()
    [waiting] = asyncio.all_tasks() - {asyncio.current_task()}
    await waiting
    assert done == ["done"]
