"""The table of time limits, as sums: what nests, and what its lines are made of."""

from inspect import signature

import pytest

from infra.checks.cloud.code import list_deadlines
from infra.functions import FUNCTIONS, QUEUES
from shared.adapters import storage
from shared.adapters.gemini_pictures import GeminiModel
from shared.adapters.genai_text import GeminiText
from shared.adapters.genai_videos import POLL_SECONDS_MAX, GeminiVideos
from shared.adapters.telegram_pace import SMALLEST
from shared.adapters.telegram_request import Timeouts
from shared.adapters.transcoder import CALL_SECONDS_MAX
from shared.broadcasts.send_people import ROUND_SECONDS_MAX
from shared.jobs import time_limits as limits
from shared.jobs.job import ANNOUNCE_SECONDS
from shared.jobs.put_patiently import PUT_PAUSES_SECONDS
from shared.jobs.watch_job import BEAT_SECONDS
from shared.telegram.finish_edit import EDIT_SECONDS_MAX
from shared.wiring import (
    BOT_DEADLINE_SECONDS,
    CHAT_DEADLINE_SECONDS,
    IMAGE_DEADLINE_SECONDS,
    VIDEO_DEADLINE_SECONDS,
)


def test_a_visit_ends_before_anybody_loses_patience() -> None:
    """All that one visit may do, one after the other, is over before Cloud Run cuts it off, and that is before its
    task comes again."""
    assert limits.VISIT_SECONDS_MAX < limits.IMAGE_SERVICE_SECONDS < IMAGE_DEADLINE_SECONDS
    assert limits.ANSWER_VISIT_SECONDS_MAX < limits.CHAT_SERVICE_SECONDS < CHAT_DEADLINE_SECONDS
    assert limits.ANSWER_VISIT_SECONDS_MAX <= limits.VISIT_SECONDS_MAX, "the lease is renewed for so long"
    assert limits.HEARING_VISIT_SECONDS_MAX <= limits.VISIT_SECONDS_MAX < limits.CHAT_SERVICE_SECONDS
    assert limits.VIDEO_START_SECONDS_MAX <= limits.VISIT_SECONDS_MAX < limits.VIDEO_SERVICE_SECONDS
    assert limits.VIDEO_VISIT_SECONDS_MAX <= limits.VISIT_SECONDS_MAX, "the lease is renewed for so long"
    assert limits.VIDEO_SERVICE_SECONDS < VIDEO_DEADLINE_SECONDS
    assert BOT_DEADLINE_SECONDS >= 15, "Cloud Tasks takes no shorter deadline"
    assert ANNOUNCE_SECONDS < BOT_DEADLINE_SECONDS


def test_terraform_sets_these_limits() -> None:
    """The timeouts of `image`, `chat` and `video` are those of the table; the deadline of each queue is what the code
    gives its tasks."""
    assert FUNCTIONS["image"].limits["timeout_seconds"] == limits.IMAGE_SERVICE_SECONDS
    assert FUNCTIONS["chat"].limits["timeout_seconds"] == limits.CHAT_SERVICE_SECONDS
    assert FUNCTIONS["video"].limits["timeout_seconds"] == limits.VIDEO_SERVICE_SECONDS
    assert {queue: FUNCTIONS[queue].limits["deadline_seconds"] for queue in QUEUES} == list_deadlines()


def test_what_a_visit_does_fits_its_lines() -> None:
    """The longest call of Telegram, with its turn, fits the line for the card, and that of a photo the line for
    showing; a round of a broadcast is over with its last message; the models' adapters end at their lines; one put of
    the bucket, and the pauses between several, fit the line for storing."""
    timeouts, turn_seconds = Timeouts(), SMALLEST.wait_seconds_max
    call_seconds = turn_seconds + timeouts.connect + timeouts.read
    assert ROUND_SECONDS_MAX + call_seconds + timeouts.write < FUNCTIONS["bot"].limits["timeout_seconds"]
    assert call_seconds + timeouts.write <= limits.CARD_SECONDS_MAX
    assert call_seconds + timeouts.write_media <= limits.SHOWING_SECONDS_MAX
    assert signature(GeminiModel).parameters["seconds_max"].default == limits.MODEL_SECONDS_MAX
    assert signature(GeminiText).parameters["seconds_max"].default == limits.ANSWER_SECONDS_MAX
    assert signature(GeminiVideos).parameters["seconds_max"].default == limits.START_SECONDS_MAX
    assert (
        max(POLL_SECONDS_MAX, 2 * CALL_SECONDS_MAX) <= limits.TELLING_SECONDS_MAX
    )  # a copy is asked about and forgotten
    assert call_seconds + timeouts.write_media <= limits.SCREENING_SECONDS_MAX
    put_seconds = storage.RETRY_SECONDS_MAX + storage.TRY_SECONDS_MAX
    assert put_seconds <= limits.STORING_SECONDS_MAX
    assert sum(PUT_PAUSES_SECONDS) < limits.STORING_SECONDS_MAX


@pytest.mark.parametrize("spent_seconds", [0.0, 17.0, 209.9, 210.0, 300.0])
def test_storing_takes_what_is_left(spent_seconds: float) -> None:
    """A quick visit gives the bucket the time that it saved; one that used its lines up leaves the line for storing."""
    seconds = limits.storing_seconds(spent_seconds)
    assert seconds >= limits.STORING_SECONDS_MAX
    before = limits.ROOM_SECONDS_MAX + limits.CARD_SECONDS_MAX + limits.MATERIAL_SECONDS_MAX + limits.MODEL_SECONDS_MAX
    assert min(spent_seconds, before) + seconds + limits.SHOWING_SECONDS_MAX <= limits.VISIT_SECONDS_MAX


def test_a_renewal_may_fail() -> None:
    """A lease outlives one renewal that failed, and the next one's commit."""
    assert 2 * limits.RENEW_SECONDS + 5 <= limits.LEASE_SECONDS


def test_a_stopped_process_gives_back_in_time() -> None:
    """From SIGTERM to the task for the next worker are less than 5 s; what is seen through has the rest of the 10."""
    assert limits.FINISH_SECONDS < BEAT_SECONDS < 5.0
    assert limits.FINISH_SECONDS + EDIT_SECONDS_MAX < limits.SIGKILL_SECONDS
