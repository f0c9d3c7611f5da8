"""Updates of Telegram in the metrics: handled, failed, or neither."""

import pytest

from shared.telemetry.collector import Collector
from shared.telemetry.measure_update import measure_update
from shared.telemetry.names import UPDATE_DURATION, UPDATE_ERROR, UPDATE_OK


def test_each_end(collector: Collector) -> None:
    """Handled, put away, and deferred: the last one comes again and is not counted yet."""
    with measure_update() as measured:
        measured.end("message")
    with measure_update() as measured:
        measured.fail("UnusableUpdateError")
    with measure_update():
        pass
    assert collector.series[UPDATE_OK][(("telegram.update.kind", "message"),)].total == 1
    assert collector.series[UPDATE_ERROR][(("error.type", "UnusableUpdateError"),)].total == 1
    assert collector.series[UPDATE_DURATION][()].count == 2


def test_an_exception_is_a_failure(collector: Collector) -> None:
    """By its class."""
    with pytest.raises(ZeroDivisionError), measure_update():
        raise ZeroDivisionError("private words")
    assert [*collector.series[UPDATE_ERROR]] == [(("error.type", "ZeroDivisionError"),)]
