"""The release bot's answer from the fake, and from Firestore's own documents and queries."""

import pytest

from shared.ports import Store
from shared.releases.answer_question import NEWEST, answer_question
from shared.releases.read_question import Question
from shared.releases.release import Status
from shared.usage import start_usage
from tests.fakes.releases import QA, SERVICE, Releasing


@pytest.mark.parametrize("others", [NEWEST, NEWEST + 2])
async def test_the_newest_releases(store: Store, others: int) -> None:
    """The newest five are named, the newest first; more releases cost no more reads."""
    releasing = Releasing(store)
    await releasing.invite_all()
    for number in range(others):
        releasing.clock.advance(60)
        await releasing.begin(f"v1.0.{number}")
    releasing.clock.advance(60)
    await releasing.bring("v2.0.0", Status.MANUAL_TESTING)
    usage = start_usage()
    answer = await answer_question(releasing.ports, Question(QA, "en"))
    lines = [line for line in answer.splitlines() if line.startswith("• ")]
    older = [f"• {SERVICE} v1.0.{number} · begun" for number in range(others - 1, others - NEWEST, -1)]
    assert lines == [f"• {SERVICE} v2.0.0 · being tested", *older]
    assert f"On staging: {SERVICE} v2.0.0" in answer
    assert usage.store_reads <= NEWEST + 2
