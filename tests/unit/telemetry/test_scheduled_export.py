"""When telemetry is sent: seldom, by one request at a time, and rarer while nobody takes it."""

import asyncio
import json

import pytest

from shared.errors import UnavailableError
from shared.telemetry import record
from shared.telemetry.collector import Collector
from shared.telemetry.record import export, record_with
from shared.telemetry.scheduled_export import PAUSE_SECONDS_MAX, ScheduledExport


class Sender:
    """Counts its calls, and fails as long as it is told to."""

    def __init__(self) -> None:
        self.calls, self.now = 0, 100.0
        self.error: Exception | None = None

    async def export(self) -> None:
        self.calls += 1
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error


@pytest.fixture
def sender() -> Sender:
    return Sender()


@pytest.fixture
def scheduled(sender: Sender) -> ScheduledExport:
    return ScheduledExport(sender.export, 2.0, lambda: sender.now)


async def test_it_is_sent_at_most_so_often(sender: Sender, scheduled: ScheduledExport) -> None:
    """Of many requests one sends, and the next after the pause."""
    await asyncio.gather(*(scheduled.run_if_due() for _ in range(5)))
    await scheduled.run_if_due()
    assert sender.calls == 1
    sender.now += 2
    await scheduled.run_if_due()
    assert sender.calls == 2


async def test_pauses_grow_while_nobody_takes_it(
    sender: Sender, scheduled: ScheduledExport, capsys: pytest.CaptureFixture[str]
) -> None:
    """An outage is told once, costs ever fewer calls, and ends with the first success."""
    sender.error = UnavailableError("away")
    for _ in range(3_000):
        await scheduled.run_if_due()
        sender.now += 1
    assert 10 < sender.calls < 20
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == ["telemetry_unsent"]
    sender.error, calls = None, sender.calls
    sender.now += PAUSE_SECONDS_MAX
    for _ in range(2):
        await scheduled.run_if_due()
        sender.now += 2
    assert sender.calls == calls + 2


async def test_a_fault_of_ours_fails_no_request(sender: Sender, scheduled: ScheduledExport) -> None:
    """Whatever an export raises."""
    sender.error = ZeroDivisionError()
    await scheduled.run_if_due()
    assert sender.calls == 1


async def test_a_request_that_is_canceled_leaves_the_way_free(sender: Sender, scheduled: ScheduledExport) -> None:
    """The next request may export."""
    task = asyncio.create_task(scheduled.run_if_due())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    sender.now += 2
    await scheduled.run_if_due()
    assert sender.calls == 2


async def test_a_collector_runs_all_its_exports(sender: Sender, scheduled: ScheduledExport) -> None:
    """One that fails does not keep the others."""
    collector = Collector()
    failing = Sender()
    failing.error = TimeoutError()
    collector.exports += [ScheduledExport(failing.export, 1.0), scheduled]
    record_with(collector)
    try:
        await export()
    finally:
        record_with(None)
    assert (failing.calls, sender.calls) == (1, 1)


async def test_what_runs_without_a_recorder(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to run at the end of each request does so, whether something is recorded or not."""
    monkeypatch.setattr(record, "_further", [])
    ran: list[int] = []

    async def run() -> None:
        ran.append(1)

    record.export_also(run)
    await export()
    assert ran == [1]
