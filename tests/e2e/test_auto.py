"""Plain words end to end: `bot` hands what a model has to read on to `chat`, and they get what they ask for."""

import pytest

from shared.jobs.job import JobState
from shared.pictures.picture import request_of
from tests.e2e.backstage import Backstage
from tests.e2e.people import Json, Person, list_buttons

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("books_stay_right"),
]


async def test_words_that_a_model_reads(boris: Person, backstage: Backstage) -> None:
    """Messages that the rules leave open are read in `chat`: a picture uses the person's settings; chat is answered."""
    await boris.send("/mode")
    panel = await boris.wait_for_text("обычными словами")
    await boris.press(panel, "mode", "auto")
    [request] = await boris.send("красивый портрет лисы в старом стиле")
    await boris.wait_for_picture(request)
    assert (await backstage.wait_for_rest(boris.id)).available == 16
    [job] = await backstage.jobs(boris.id)
    assert (job.state, request_of(job).is_understood) == (JobState.DELIVERED, True)
    await boris.send("моя собака сегодня убежала и мне грустно")
    await boris.wait_for(lambda messages: next((each for each in messages if _is_answer(each)), None))
    await backstage.wait_for_rest(boris.id)
    assert len(await backstage.jobs(boris.id)) == 2


def _is_answer(message: Json) -> bool:
    return any("answer-longer" in data for data in list_buttons(message))
