"""Each service fails at each point of a picture's life and of an answer's, and nothing comes of it but a delay."""

import asyncio

import pytest

from tests.simulation.outages import DURATIONS, MANNERS, Life, Manner, Outage, Service, live, talk


def let_each_call_fail(life: Life, service: Service) -> dict[tuple[int, int, Manner], list[str]]:
    """What goes wrong in such a life, by the first call that fails, how many do, and how."""
    calm = Outage()
    assert asyncio.run(life(calm)) == []
    return {
        (first, count, manner): found
        for first in range(1, calm.made[service] + 1)
        for count in DURATIONS
        for manner in MANNERS[service]
        if (found := asyncio.run(life(Outage(service, first, count, manner))))
    }


@pytest.mark.parametrize("service", MANNERS)
def test_each_call_fails(service: Service) -> None:
    """Whichever call of a service fails, before or after it happened, for a moment or six times in a row: both pictures
    are delivered, shown once, paid once, and the model was paid once for each."""
    assert let_each_call_fail(live, service) == {}


@pytest.mark.parametrize("service", [service for service in MANNERS if service != "blobs"])
def test_each_call_fails_of_an_answer(service: Service) -> None:
    """The same of two questions of one conversation: both are answered once, in order, and cost what they did cost."""
    assert let_each_call_fail(talk, service) == {}
