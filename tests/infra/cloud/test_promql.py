"""The local PromQL answers as the real one does, and takes no query that it does not understand."""

import pytest

from tests.cloud.alarms import Alarm, Incident
from tests.cloud.promql import Recording, evaluate
from tests.cloud.promql_parse import PromqlError, parse_query

BY_JOB = "sum by (job) (increase(calls{}[10m]))"


@pytest.fixture
def recording() -> Recording:
    """Ten minutes: of a, one each minute, of b, three each minute but the last five; a level; a distribution."""
    made = Recording()
    for minute in range(1, 11):
        made.add("calls", minute * 60, 1, job="a", status="200")
        if minute <= 5:
            made.add("calls", minute * 60, 3, job="b", status="500")
        made.add("depth", minute * 60, minute, queue="q")
        for bound, count in (("100", 5), ("200", 9), ("+Inf", 10)):
            made.add("ms_bucket", minute * 60, count, le=bound)
    return made


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("sum(increase(calls{}[10m]))", {(): 25}),
        ("sum(increase(calls{}[5m]))", {(): 5}),
        ("sum by (job) (increase(calls{status=~'2..|(?i:ok)'}[10m]))", {(("job", "a"),): 10}),
        ("sum by (job) (increase(calls{status!~'2..'}[10m]))", {(("job", "b"),): 15}),
        ("sum(rate(calls{job='a'}[5m])) * 60", {(): 1}),
        ("depth{queue!='x',monitored_resource='any'}", {(("queue", "q"),): 10}),
        ("min by (queue) (min_over_time(depth{}[5m]))", {(("queue", "q"),): 6}),
        ("max(max_over_time(depth{}[1h])) / 2", {(): 5}),
        ("sum by (job) (increase(calls{}[10m])) > 12", {(("job", "b"),): 15}),
        (f"{BY_JOB} / {BY_JOB} > 0.5 and {BY_JOB} >= 15", {(("job", "b"),): 1}),
        ("sum by (job) (increase(calls{}[10m])) unless on (job) sum by (job) (increase(calls{}[4m]))",
         {(("job", "b"),): 15}),
        ("sum(increase(nothing{}[10m])) or vector(7)", {(): 7}),
        ("sum(increase(calls{}[10m])) or on () vector(7)", {(): 25}),
        ("1 - 2 * 3 < vector(0) + 1", {(): -5}),
        ("histogram_quantile(0.5, sum by (le) (increase(ms_bucket{}[10m])))", {(): 100}),
        ("histogram_quantile(0.7, sum by (le) (increase(ms_bucket{}[10m])))", {(): 150}),
        ("histogram_quantile(0.95, sum by (le) (increase(ms_bucket{}[10m])))", {(): 200}),
    ],
)  # fmt: skip
def test_answers(query: str, answer: dict[tuple[tuple[str, str], ...], float], recording: Recording) -> None:
    """Selectors, windows, sums, shares, comparisons and sets after ten minutes."""
    found = evaluate(parse_query(query), recording, 600)
    assert isinstance(found, dict)
    assert {tuple(sorted(key)): pytest.approx(value) for key, value in found.items()} == answer


def test_what_is_old_is_gone(recording: Recording) -> None:
    """A level is worth five minutes, and nothing is known of the time before the first value."""
    level = parse_query("depth{}")
    assert [bool(evaluate(level, recording, at)) for at in (0, 60, 899, 900)] == [False, True, True, False]


@pytest.mark.parametrize(
    "query",
    [
        "", "calls", "sum(", "sum(calls{}) )", "increase(calls{})", "calls{job=a}", "calls{job>'a'}", "absent(calls{})",
        "sum without (job) (calls{})", "calls{} offset 5m", "calls{}[5x]", "1 2", "vector(calls{})", "sum(1)",
        'calls{job="a"}',
    ],
)  # fmt: skip
def test_what_is_no_query_is_refused(query: str, recording: Recording) -> None:
    """A slip must not look like silence."""
    with pytest.raises(PromqlError):
        evaluate(parse_query(query), recording, 600)


def test_an_alarm_waits_and_ends() -> None:
    """It opens when its answer has been there for the whole duration, and closes when it is gone."""
    recording = Recording()
    for minute in range(1, 31):
        is_on = minute == 3 or 10 <= minute < 20
        recording.add("depth", minute * 60, float(is_on), queue="q")
    alarm = Alarm("a", parse_query("depth{} > 0"), duration_seconds=120, interval_seconds=60)
    labels = frozenset({("queue", "q")})
    assert alarm.list_incidents(recording, 60, 1800) == [Incident(labels, 12 * 60, 20 * 60)]
    assert alarm.list_incidents(recording, 60, 15 * 60) == [Incident(labels, 12 * 60)]
