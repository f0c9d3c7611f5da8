"""Verbs with `--local` name the local system in the environment, which no other test may meet."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def environment_stays() -> Iterator[None]:
    """The variables are afterwards what they were before."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
