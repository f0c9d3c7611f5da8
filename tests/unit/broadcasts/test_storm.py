"""Broadcasts to many people while workers die, Telegram refuses, and answers are lost; in virtual time."""

import os
from resource import RUSAGE_SELF, getrusage

import pytest

from shared.broadcasts.send_people import AT_ONCE_MAX
from tests.simulation.virtual_time import run_virtually
from tests.unit.broadcasts.crowd import Storm

IS_LONG = os.environ.get("TEST_SIZE") == "long"
PEOPLE, KILLS = (5_000, 20) if IS_LONG else (400, 4)
MANY = 1_000_000 if IS_LONG else 3_000


@pytest.mark.parametrize("seed", range(5 if IS_LONG else 2))
def test_storm(seed: int) -> None:
    """With kills, a tenth of 429s, blocked people and lost answers, each gets it at most once and nobody is forgotten,
    within 1.3 times of what the limits allow.
    """
    storm = Storm(PEOPLE, kills=KILLS, refused_of_100=10, lost_of_1000=4, seed=seed)
    run_virtually(storm.send_all())
    storm.check()
    assert not storm.find_forgotten()


@pytest.mark.timeout(900)  # a million people take minutes where many tests share a machine
def test_many_people() -> None:
    """To many people a broadcast reads each user once and writes two marks each, in flat memory and at full pace."""
    storm = Storm(MANY)
    before_kib = getrusage(RUSAGE_SELF).ru_maxrss
    run_virtually(storm.send_all())
    storm.check()
    assert storm.lasted_seconds <= 1.1 * storm.least_seconds
    per_round = storm.store.reads - MANY * 1.05  # and the document of each person who has blocked the bot
    assert per_round <= 5 * storm.rounds
    assert storm.store.writes <= MANY * 2.05 + storm.lasted_seconds + 5 * storm.rounds
    # A delivery that was recorded here takes some 100 bytes of the test's own memory.
    assert getrusage(RUSAGE_SELF).ru_maxrss - before_kib <= 100_000 + MANY * 0.3


def test_slow_telegram() -> None:
    """While Telegram is slow, as many messages are on their way as in a second of sending, and no more."""
    storm = Storm(150)
    storm.telegram.latency_seconds = 2.0
    run_virtually(storm.send_all())
    assert storm.telegram.on_way_max == AT_ONCE_MAX
    assert storm.broadcast.progress.read == 150
