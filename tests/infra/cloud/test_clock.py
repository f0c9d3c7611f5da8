"""The fake clock moves when somebody sleeps, and does on the way what was planned."""

from datetime import timedelta

from tests.cloud.clock import START, FakeClock


def test_sleep_moves_the_time_at_once(clock: FakeClock) -> None:
    """A day passes without waiting."""
    clock.sleep(86_400)
    assert clock.now() == START + timedelta(days=1)
    assert clock.slept_seconds == [86_400]


def test_planned_things_happen_at_their_time(clock: FakeClock) -> None:
    """In order, each with the time that it is then, and what they plan themselves as well."""
    seen: list[tuple[str, float]] = []

    def note(name: str) -> None:
        seen.append((name, (clock.now() - START).total_seconds()))

    def begin() -> None:
        note("early")
        clock.schedule(5, lambda: note("after"))

    clock.schedule(20, lambda: note("late"))
    clock.schedule(10, begin)
    clock.schedule(100, lambda: note("never"))
    clock.sleep(30)
    assert seen == [("early", 10), ("after", 15), ("late", 20)]


def test_repeated_things_happen_again(clock: FakeClock) -> None:
    """Every so many seconds, however the time moves."""
    times: list[float] = []
    clock.repeat(30, lambda: times.append((clock.now() - START).total_seconds()))
    clock.sleep(45)
    clock.sleep(60)
    assert times == [30, 60, 90]
