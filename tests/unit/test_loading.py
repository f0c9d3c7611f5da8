"""A function's start: no garbage is looked for until it is loaded, and what can wait is loaded later."""

import asyncio
import gc
import importlib
import threading
from collections.abc import Iterator

import pytest

from shared import loading


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    """Other tests have a collector, and what was frozen is its own again."""
    yield
    gc.unfreeze()
    gc.enable()


def test_collects_again_when_it_is_loaded() -> None:
    """The import stops the collector; the end starts it and leaves what is there alone."""
    importlib.reload(loading)
    assert not gc.isenabled()
    loading.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


async def test_loads_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can wait is loaded by itself, beside the event loop."""
    loop, loaded, threads = asyncio.get_running_loop(), asyncio.Event(), list[str]()

    def load(name: str) -> None:
        threads.append(f"{name} {threading.current_thread() is threading.main_thread()}")
        loop.call_soon_threadsafe(loaded.set)

    monkeypatch.setattr(loading, "LATER_SECONDS", 0.0)
    monkeypatch.setattr(loading, "import_module", load)
    loading.later("colorsys")
    assert threads == []
    await loaded.wait()
    assert threads == ["colorsys False"]
