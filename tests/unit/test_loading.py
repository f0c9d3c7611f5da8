"""A function's start: no garbage is looked for until it is loaded."""

import gc
import importlib
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
