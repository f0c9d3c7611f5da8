"""Each service fails at each point of a picture's life, and nothing comes of it but a delay."""

import asyncio

import pytest

from tests.simulation.outages import DURATIONS, MANNERS, Outage, Service, live


@pytest.mark.parametrize("service", MANNERS)
def test_each_call_fails(service: Service) -> None:
    """Whichever call of a service fails, before or after it happened, for a moment or six times in a row: both pictures
    are delivered, shown once, paid once, and the model was paid once for each."""
    calm = Outage()
    assert asyncio.run(live(calm)) == []
    problems = {
        (first, count, manner): found
        for first in range(1, calm.made[service] + 1)
        for count in DURATIONS
        for manner in MANNERS[service]
        if (found := asyncio.run(live(Outage(service, first, count, manner))))
    }
    assert problems == {}
