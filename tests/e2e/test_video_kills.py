"""Thirty kills of the worker of videos, each at a known step: start, poll, fetch, transcode, deliver."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import get_args

import pytest

from shared.adapters.genai_video_request import mark_of
from shared.jobs.job import Job, JobState
from shared.jobs.publish_notice import publish_notice
from shared.providers.notices import read_notice_path, read_operation
from shared.telegram.address import chat_of
from shared.videos.video import SHOWN_BYTES_MAX, stored_video, video_artefacts
from tests.contracts.http_server import Reply, serve_http
from tests.e2e.video_kills import ANN, CREDITS, Cinema, Door, Moment, Step, open_cinema

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(300)]

STEPS: tuple[Step, ...] = get_args(Step)
MOMENTS: tuple[Moment, ...] = get_args(Moment)
VIDEOS: dict[str, tuple[Step, ...]] = {
    "a fox in the snow #large": ("poll", "fetch", "transcode"),
    "a bear in the rain": ("start",),
    "a hare on the moon": ("deliver",),
}
"""What is ordered, and at which of its steps the worker dies."""
DOORS: tuple[Door, ...] = get_args(Door)


@pytest.fixture(params=DOORS)
async def cinema(
    request: pytest.FixtureRequest,
    firestore_emulator: str,
    project_id: str,
    storage_emulator: str,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Cinema]:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage_emulator)
    async with open_cinema(request.param, firestore_emulator, project_id, storage_emulator, bucket) as made:
        yield made


def test_there_are_thirty() -> None:
    """Each test below dies at all five steps; there is one for each door and moment."""
    assert len(STEPS) * len(MOMENTS) * len(DOORS) == 30
    assert {step for steps in VIDEOS.values() for step in steps} == {*STEPS}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_at_each_step(cinema: Cinema, moment: Moment) -> None:
    """A worker dies at each step of one of three videos; the first one is large enough to be transcoded.

    Each video is begun once; what is delivered is seen once and paid once, the rest is refunded. Gemini keeps nothing
    but the start whose answer was lost, and its cost is booked.
    """
    for words, steps in VIDEOS.items():
        await cinema.order(words)
        for step in steps:
            await die_once(cinema, step, moment)
        await cinema.rest()
    assert cinema.reaper.kills == Counter(dict.fromkeys(STEPS, 1))
    large, started, shown = sorted(await cinema.videos(), key=lambda job: job.created_at)
    check_delivered(cinema, large, is_linked=moment == "before")
    check_copy(cinema, large, is_asked=moment != "before")
    is_found = moment == "committed" or (cinema.door, moment) == ("enterprise", "answered")
    (check_delivered if is_found else check_written_off)(cinema, started)
    check_delivered(cinema, shown)
    await check_money(cinema, large, started, shown)
    assert cinema.orphans() == ({mark_of(started.id): 1} if moment == "answered" else {})


@pytest.mark.parametrize("cinema", ["developer"], indirect=True)
async def test_a_notice_finds_the_lost_start(cinema: Cinema) -> None:
    """With notices the start whose answer was lost is delivered, paid and deleted at Gemini like any other."""
    with serve_http(lambda _: Reply()) as door:
        cinema.world.video_studio = replace(cinema.world.video_studio, notices_url=door.url)
        await cinema.order("a bear in the rain")
        await die_once(cinema, "start", "answered")
        await cinema.gemini.wait_for_videos()
        await door.wait_for_requests(1)
        [notice] = door.requests
    provider, job_id = read_notice_path(notice.path) or ("", "")
    await publish_notice(cinema.world.tasks, job_id, read_operation(provider, notice.body))
    await cinema.rest()
    [job] = await cinema.videos()
    check_delivered(cinema, job)
    await check_money(cinema, job)
    assert cinema.orphans() == {}


async def die_once(cinema: Cinema, step: Step, moment: Moment) -> None:
    """Let the worker die at this step; a poll is answered while Gemini is still at work."""
    if step == "poll":
        cinema.gate.clear()
    cinema.reaper.arm(step, moment)
    await cinema.run_until(kills=cinema.reaper.kills.total() + 1)
    cinema.gate.set()


def check_delivered(cinema: Cinema, job: Job, *, is_linked: bool = False) -> None:
    """It was begun once, it stands once in the chat, in the place of its card, and nothing else is left of it."""
    assert (job.state, count_begun(cinema, job)) == (JobState.DELIVERED, 1)
    [shown] = [each for each in cinema.messages() if each["message_id"] == chat_of(job).card_message_id]
    assert is_linked == ("video" not in shown)
    assert not is_linked or "larger than Telegram takes" in shown["text"]
    assert not video_artefacts(job).leaves_something()


def check_copy(cinema: Cinema, job: Job, *, is_asked: bool) -> None:
    """The smaller copy is asked for at most once. Who dies before the call leaves it unknown: then a link is shown."""
    stored = stored_video(job)
    assert stored.size_bytes > SHOWN_BYTES_MAX
    assert (0 < stored.small_bytes <= SHOWN_BYTES_MAX) == is_asked
    assert len(cinema.gemini.transcoder.requests) == is_asked


def check_written_off(cinema: Cinema, job: Job) -> None:
    """Nobody knows whether it was begun: refunded, told, never begun again."""
    assert (job.state, job.attempts[-1].outcome) == (JobState.FAILED, "unknown")
    [card] = [each for each in cinema.messages() if each["message_id"] == chat_of(job).card_message_id]
    assert "credits are back" in card["text"]
    assert count_begun(cinema, job) <= 1


async def check_money(cinema: Cinema, *jobs: Job) -> None:
    """What is delivered is paid, once; every start was booked, however it ended."""
    await cinema.check_books()
    paid = sum(job.request.price for job in jobs if job.state is JobState.DELIVERED)
    account = (await cinema.books()).users[ANN].account
    assert (account.available, account.held) == (CREDITS - paid, 0)
    assert await cinema.booked_usd_micros() >= sum(job.request.cost_of_call() for job in jobs)


def count_begun(cinema: Cinema, job: Job) -> int:
    """How many interactions Gemini began for this job."""
    return sum(call.operation != "" and call.labels.get("job") == mark_of(job.id) for call in cinema.gemini.calls())
