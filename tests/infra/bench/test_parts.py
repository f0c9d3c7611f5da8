"""The parts of the bench in turn, and those that may run at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.bench import parts as bench
from infra.bench.figures import Section


def measure(chosen: list[str]) -> list[str]:
    """The parts in the order in which they are shown."""
    return [section.part for section in bench.measure_each(chosen, lambda _: None)]


@pytest.fixture(autouse=True)
def _threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread in place of a process, which would know nothing of a test's parts."""
    monkeypatch.setattr(bench, "ProcessPoolExecutor", lambda count, _: ThreadPoolExecutor(count))


def test_group_runs_beside_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for Telegram's minutes is under way while documents are counted, and shown in its own place."""
    grouped = threading.Event()

    def count() -> Section:
        assert grouped.wait(5)
        return Section("counts", "", ())

    def group() -> Section:
        grouped.set()
        return Section("group", "", ())

    monkeypatch.setitem(bench.PARTS, "counts", count)
    monkeypatch.setitem(bench.PARTS, "group", group)
    monkeypatch.setitem(bench.PARTS, "hops", lambda: Section("hops", "", ()))
    assert measure(["counts", "hops", "group"]) == ["counts", "hops", "group"]


def test_one_part_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is asked for alone brings no other."""
    monkeypatch.setitem(bench.PARTS, "counts", lambda: Section("counts", "", ()))
    monkeypatch.setitem(bench.PARTS, "group", lambda: Section("group", "", ()))
    assert measure(["counts"]) == ["counts"]
    assert measure(["group"]) == ["group"]
