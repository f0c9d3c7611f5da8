"""What a process makes once: one value, and a garbage collector that works again afterwards."""

import gc
from collections.abc import Iterator

import pytest

from shared.wiring import Once


@pytest.fixture(autouse=True)
def _unfrozen() -> Iterator[None]:
    """What a test froze is the collector's again."""
    yield
    gc.unfreeze()


def test_made_once() -> None:
    """Made at the first call, while nobody looks for garbage, and never again."""
    collecting: list[bool] = []

    def make() -> object:
        collecting.append(gc.isenabled())
        return object()

    once = Once(make)
    assert once.get() is once.get()
    assert collecting == [False]
    assert gc.isenabled()


def test_a_failure_is_not_kept() -> None:
    """What could not be made is tried again, and the collector does not stay off."""
    answers = iter([OSError("out"), None])

    def make() -> str:
        error = next(answers)
        if error is not None:
            raise error
        return "made"

    once = Once(make)
    with pytest.raises(OSError, match="out"):
        once.get()
    assert gc.isenabled()
    assert once.get() == "made"
