"""A candidate that nobody answers is noticed after a day, and only then."""

import json

import pytest

from shared.releases.release import Status
from shared.releases.watch_candidates import UNANSWERED, watch_candidates
from tests.fakes.releases import QA, Releasing
from tests.fakes.store import FakeStore

TAG = "v1.0.0"


async def test_a_day_without_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to test and a fresh candidate are silent; one that waits for a day is logged; a vote is an answer."""
    releasing = Releasing(FakeStore())
    assert await watch_candidates(releasing.ports) == 0
    await releasing.invite_all()
    await releasing.bring(TAG, Status.MANUAL_TESTING)
    releasing.clock.advance(UNANSWERED.total_seconds() - 1)
    assert await watch_candidates(releasing.ports) == 0
    releasing.clock.advance(1)
    capsys.readouterr()
    assert await watch_candidates(releasing.ports) == 1
    assert json.loads(capsys.readouterr().out)["event"] == "release_unanswered"
    await releasing.approve(QA, TAG)
    assert await watch_candidates(releasing.ports) == 0
