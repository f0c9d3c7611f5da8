"""Each silent outage rings an alarm within minutes, and a week without one rings none.

The alarms are those of Terraform's state; the series are in `recorded.py`.
"""

import os

import pytest

from tests.cloud.alarms import Alarm, read_alarms
from tests.infra.terraform import recorded
from tests.infra.terraform.recorded import ATTEMPTS, DAY_MINUTES, OWN, Break, Minute, record
from tests.infra.terraform.states import Draft

NOON = 12 * 60
MINUTES_MAX = 20
"""An alarm that comes later was noticed by people."""
OUTAGES: dict[str, tuple[Break, set[str]]] = {
    "nobody may call bot": (recorded.lose_right, {"tasks-failing", "telegram-webhook"}),
    "a secret's version is disabled": (recorded.disable_secret, {"tasks-failing", "errors"}),
    "out of memory": (recorded.run_out_of_memory, {"tasks-failing", "errors", "instance-faults"}),
    "no instance to spare": (recorded.lack_instances, {"tasks-failing", "instance-faults"}),
    "no quota": (recorded.lose_quota, {"tasks-failing", "errors", "instance-faults"}),
    "the webhook's instances do not start": (recorded.break_webhook, {"errors", "telegram-webhook"}),
    "a paused queue": (recorded.pause_queue, {"queue-stuck"}),
    "tasks for an address that is nobody's": (recorded.move_address, {"tasks-failing"}),
    "the webhook is gone": (recorded.remove_webhook, {"telegram-webhook"}),
    "the webhook leads elsewhere": (recorded.move_webhook, {"telegram-webhook"}),
    "another secret": (recorded.change_secret, {"telegram-webhook", "webhook-strangers"}),
    "sweep is not called": (recorded.stop_sweep, {"sweep-silent", "telegram-webhook"}),
}


@pytest.fixture
def alarms(production: Draft) -> list[Alarm]:
    """Production's, each probe named like its function."""
    checks = {
        each.values["uptime_check_id"]: each.block("content_matchers")["content"]
        for each in production.cloud.of("google_monitoring_uptime_check_config")
    }
    policies = [dict(each.values) for each in production.cloud.of("google_monitoring_alert_policy")]
    for policy in policies:
        for asked in policy["conditions"][0].get("condition_prometheus_query_language") or ():
            for check, function in checks.items():
                asked["query"] = asked["query"].replace(check, function)
    return list(read_alarms(policies))


def find_ringing(alarms: list[Alarm], recording: recorded.Recording, start: int, end: int, step: int = 0) -> set[str]:
    """Which of them rang between two minutes."""
    return {each.name for each in alarms if each.list_incidents(recording, start * 60, end * 60, step * 60)}


@pytest.mark.parametrize("name", OUTAGES)
def test_what_breaks_rings(name: str, alarms: list[Alarm]) -> None:
    """Nothing rings in the hour before; within minutes exactly those ring that say where to look, and go on ringing."""
    broken, wanted = OUTAGES[name]
    recording = record(range(NOON - 90, NOON + 60), broken, since=NOON)
    assert find_ringing(alarms, recording, NOON - 60, NOON - 1) == set()
    assert find_ringing(alarms, recording, NOON, NOON + MINUTES_MAX) == wanted
    lasting = {each.name for each in alarms if each.list_incidents(recording, (NOON + 30) * 60, (NOON + 59) * 60)}
    assert wanted <= lasting


@pytest.mark.parametrize(
    "name", ["sweep is not called", "nobody may call bot", "the webhook is gone", "a paused queue"]
)
def test_what_stays_broken_goes_on_ringing(name: str, alarms: list[Alarm]) -> None:
    """Two days later no alarm has ended by itself."""
    broken, wanted = OUTAGES[name]
    end = NOON + 2 * DAY_MINUTES
    recording = record(range(NOON - 60, end), broken, since=NOON)
    assert wanted <= {alarm.name for alarm in alarms}
    for alarm in alarms:
        if alarm.name in wanted:
            incidents = alarm.list_incidents(recording, NOON * 60, (end - 1) * 60, step=600)
            assert {incident.closed_at for incident in incidents} == {None}
