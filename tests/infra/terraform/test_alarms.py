"""Each silent outage rings an alarm within minutes, and a week without one rings none.

The alarms are those of Terraform's state; the series are in `recorded.py`.
"""

import os

import pytest

from tests.cloud.alarms import Alarm, read_alarms
from tests.cloud.promql import Recording
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
    "an image that nobody attested": (recorded.break_glass, {"breakglass"}),
    "sweep is not called": (recorded.stop_sweep, {"sweep-silent", "telegram-webhook"}),
    "releases is not called": (recorded.stop_releases, {"releases-silent"}),
    "releases does not start": (recorded.break_releases, {"errors", "releases-silent"}),
    "the release bot's webhook leads elsewhere": (recorded.move_release_webhook, {"release-webhook"}),
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


def find_ringing(alarms: list[Alarm], recording: Recording, start: int, end: int, step: int = 0) -> set[str]:
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


DAYS = 7 if os.environ.get("TEST_SIZE") == "long" else 2


def test_a_usual_week_is_silent(alarms: list[Alarm]) -> None:
    """Releases, strangers at the doors, an instance that dies, a quiet night and a busy queue wake nobody."""
    recording = record(range(DAYS * DAY_MINUTES), recorded.go_wrong_a_little)
    assert find_ringing(alarms, recording, 60, DAYS * DAY_MINUTES - 1, step=2) == set()
    assert len(alarms) > 15


def ring_for_a_test(minute: Minute) -> None:
    """`sweep` writes the line of the weekly test for five minutes."""
    if minute.number < NOON + 5:
        minute.count(OWN + "alarm_tests")


def test_the_weekly_test_rings_once(alarms: list[Alarm]) -> None:
    """It rings at once, and ends by itself."""
    recording = record(range(NOON - 60, NOON + 60), ring_for_a_test, since=NOON)
    [alarm] = [each for each in alarms if each.name == "alarm-test"]
    [incident] = alarm.list_incidents(recording, NOON * 60, (NOON + 59) * 60)
    assert (incident.opened_at, incident.closed_at) == (NOON * 60, (NOON + 14) * 60)


def fail_five_times(minute: Minute) -> None:
    """At night one update finds a bug of ours."""
    if minute.number == 241:
        minute.attempt("bot-2", 5, "INTERNAL")
        minute.handle("bot", 5, 500)


def rest(minute: Minute) -> None:
    """The hour's spending cap is reached: pictures wait for the next hour."""
    recorded.pause_queue(minute)
    minute.count(OWN + "spend_levels", window="hour", percent="100")


def leave_candidate(minute: Minute) -> None:
    """Nobody has answered a candidate since yesterday."""
    minute.count(OWN + "release_unanswered")


def come_apart(minute: Minute) -> None:
    """Somebody went back by hand, and nobody has reported it."""
    minute.count(OWN + "release_drifts")


def report_late(minute: Minute) -> None:
    """The workflow reports its way back some minutes after the traffic."""
    if minute.number < NOON + 5:
        minute.count(OWN + "release_drifts")


def try_what_is_not_allowed(minute: Minute) -> None:
    """Somebody uses one token of a job again and again; one press too late is nothing."""
    minute.count(OWN + "release_refusals", need="hold")
    if minute.number < NOON + 3:
        minute.count(OWN + "release_refusals", need="replayed")
    if minute.number == NOON + 20:
        minute.count(OWN + "release_refusals", need="no-step")


@pytest.mark.parametrize(
    ("usual", "since", "wanted"),
    [
        (fail_five_times, 240, {"errors"}),
        (rest, NOON, {"spend-cap"}),
        (leave_candidate, NOON, {"release-unanswered"}),
        (come_apart, NOON, {"release-drift"}),
        (report_late, NOON, set()),
        (try_what_is_not_allowed, NOON, {"release-refused"}),
    ],
)
def test_what_has_an_alarm_of_its_own_rings_no_other(
    usual: Break, since: int, wanted: set[str], alarms: list[Alarm]
) -> None:
    """One poisoned update is no dead function, and a product that rests has no paused queue."""
    recording = record(range(since - 60, since + 50), usual, since)
    assert find_ringing(alarms, recording, since, since + 49) == wanted


def ask_silence(minute: Minute) -> None:
    """The bot's token was revoked: Telegram tells nothing any more."""
    minute.take(OWN + "webhook_looks")


def test_a_look_that_nobody_makes_is_noticed(alarms: list[Alarm]) -> None:
    """An alarm that lives on lines of ours rings when they stop."""
    recording = record(range(NOON - 90, NOON + 30), ask_silence, since=NOON)
    assert find_ringing(alarms, recording, NOON, NOON + 29) == {"telegram-webhook"}


def set_up(minute: Minute) -> None:
    """Terraform was applied, nothing was released: placeholders answer everybody, and no probe finds our own words."""
    for name in (ATTEMPTS, OWN + "requests", OWN + "webhook_looks", OWN + "jobs", recorded.PASSED):
        minute.take(name)


def test_a_new_environment_is_silent(alarms: list[Alarm]) -> None:
    """Until its first release nothing has to work; only the uptime alarm rings, as docs/deploy.md says."""
    assert find_ringing(alarms, record(range(120), set_up), 0, 119) == set()


@pytest.mark.parametrize("code", ["OK", "ok", "200"])
def test_however_google_writes_that_all_is_well(code: str, alarms: list[Alarm]) -> None:
    """The values of the label are not documented in one way."""

    def rename(minute: Minute) -> None:
        for queue in ("bot", "image"):
            minute.attempt(queue, int(minute.take(ATTEMPTS, queue_id=queue)), code)

    assert find_ringing(alarms, record(range(NOON, NOON + 60), rename), NOON, NOON + 59) == set()
