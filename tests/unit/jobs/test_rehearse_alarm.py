"""The weekly test alarm rings once a week, on Monday morning."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.jobs.rehearse_alarm import MINUTES, rehearse_alarm

SUNDAY = datetime(2026, 11, 29, tzinfo=UTC)


def test_it_rings_once_a_week(capsys: pytest.CaptureFixture[str]) -> None:
    """Of all the minutes of a week five write the line, whatever zone the clock speaks."""
    east = timezone(timedelta(hours=5))
    minutes = [SUNDAY.astimezone(east) + timedelta(minutes=number) for number in range(7 * 24 * 60)]
    rung = []
    for minute in minutes:
        rehearse_alarm(minute)
        if out := capsys.readouterr().out:
            assert json.loads(out)["event"] == "alarm_rehearsed"
            rung.append(minute.astimezone(UTC))
    begin = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert rung == [begin + timedelta(minutes=number) for number in range(MINUTES)]
