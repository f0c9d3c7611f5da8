"""A process that records, and forgets it after the test."""

from collections.abc import Iterator

import pytest

from shared.telemetry.collector import Collector
from shared.telemetry.record import record_with


class Times:
    """Unix time in nanoseconds, as a test sets it."""

    def __init__(self) -> None:
        self.ns = 1_800_000_000_000_000_000

    def __call__(self) -> int:
        return self.ns


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def collector(times: Times) -> Iterator[Collector]:
    collector = Collector(now=times)
    record_with(collector)
    yield collector
    record_with(None)
