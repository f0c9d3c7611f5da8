"""One update of Telegram that is handled, as the metrics `telegram.server.*`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from shared.telemetry.names import UPDATE_DURATION, UPDATE_ERROR, UPDATE_OK
from shared.telemetry.record import count, observe


class MeasuredUpdate:
    """An update that is being handled. Until it has ended it is not counted: it comes again, or goes elsewhere."""

    def __init__(self) -> None:
        self.kind = self.error_type = ""

    def end(self, kind: str) -> None:
        """It was handled; `kind` is its kind."""
        self.kind = kind

    def fail(self, error_type: str) -> None:
        """It was put away, or has to come again, because of this error."""
        self.error_type = error_type


@contextmanager
def measure_update() -> Iterator[MeasuredUpdate]:
    """The update during the block; an exception that leaves the block is its failure."""
    measured, started = MeasuredUpdate(), time.perf_counter()
    try:
        yield measured
    except Exception as error:
        measured.fail(type(error).__name__)
        raise
    finally:
        if measured.error_type:
            count(UPDATE_ERROR, {"error.type": measured.error_type})
        elif measured.kind:
            count(UPDATE_OK, {"telegram.update.kind": measured.kind})
        if measured.error_type or measured.kind:
            observe(UPDATE_DURATION, time.perf_counter() - started)
