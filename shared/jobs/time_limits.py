"""All time limits in one table; tests/infra/test_time_limits.py checks their sums.

    claim ── room ── card ── material ── the model ── storing ── showing        one visit of `image`
             └──────────────── the lease is renewed all the time ─────────┘

    claim ── card ── material ── the answer ── showing                          one visit of `chat`

    claim ── room ── card ── material ── starting                               one visit of `video`,
    claim ── telling ── filming ── screening                                    and its last one

A visit is shorter than the service's timeout, which is shorter than the task's deadline. So no work is cut off, and no
task is repeated while its worker is still busy.
"""

ROOM_SECONDS_MAX = 15.0
"""Waiting for memory in this process; then the job goes back to the queue, for an instance with more memory."""
CARD_SECONDS_MAX = 30.0
"""Posting a missing card: waiting for the rate limit, and one call of Telegram."""
MATERIAL_SECONDS_MAX = 45.0
"""All downloads together."""
MODEL_SECONDS_MAX = 120
"""The model call's own limit."""
ANSWER_SECONDS_MAX = 180
"""The model call's limit for an answer: a long one takes minutes, and people read it meanwhile."""
SUMMARY_SECONDS_MAX = 20.0
"""The model call's limit for a summary, in a separate visit for which nobody waits."""
HEARING_SECONDS_MAX = 120
"""The limit for transcribing a recording, all its parts together."""
SPEECH_SECONDS_MAX = 150
"""The limit for speaking an answer."""
START_SECONDS_MAX = 60
"""The limit for starting a video; its pictures are sent with the call."""
STORING_SECONDS_MAX = 45.0
"""Storing the files, while the preview is made. Unused time of the steps before is added, see `storing_seconds`."""
SHOWING_SECONDS_MAX = 50.0
"""Waiting for the rate limit, and the call that uploads the picture."""
VISIT_SECONDS_MAX = (
    ROOM_SECONDS_MAX
    + CARD_SECONDS_MAX
    + MATERIAL_SECONDS_MAX
    + MODEL_SECONDS_MAX
    + STORING_SECONDS_MAX
    + SHOWING_SECONDS_MAX
)
"""The longest visit. After this time a worker no longer renews its lease."""
ANSWER_VISIT_SECONDS_MAX = CARD_SECONDS_MAX + MATERIAL_SECONDS_MAX + ANSWER_SECONDS_MAX + SHOWING_SECONDS_MAX
"""At most VISIT_SECONDS_MAX, so that the lease is renewed to the end. The answer is stored in its job."""
SPEECH_VISIT_SECONDS_MAX = CARD_SECONDS_MAX + SPEECH_SECONDS_MAX + STORING_SECONDS_MAX + SHOWING_SECONDS_MAX
"""A visit of `chat` that speaks an answer; the time for a card is for announcing a failure."""

HANDLING_SECONDS_MAX = 40.0
"""Handling spoken words as a message: a model reads them, a card is posted."""
HEARING_VISIT_SECONDS_MAX = (
    ROOM_SECONDS_MAX
    + CARD_SECONDS_MAX
    + MATERIAL_SECONDS_MAX
    + HEARING_SECONDS_MAX
    + SHOWING_SECONDS_MAX
    + HANDLING_SECONDS_MAX
)
"""A visit of `chat` that transcribes a recording and handles its words."""

TELLING_SECONDS_MAX = 30.0
"""The limit for polling a video."""
FILMING_SECONDS_MAX = 150.0
"""The limit for fetching a finished video, making it playable and storing it."""
SCREENING_SECONDS_MAX = 100.0
"""Waiting for its turn, and the call that uploads a video of up to 50 MB."""
VIDEO_START_SECONDS_MAX = ROOM_SECONDS_MAX + CARD_SECONDS_MAX + MATERIAL_SECONDS_MAX + START_SECONDS_MAX
"""The visit of `video` that starts a video."""
VIDEO_VISIT_SECONDS_MAX = TELLING_SECONDS_MAX + FILMING_SECONDS_MAX + SCREENING_SECONDS_MAX
"""The visit of `video` that fetches a finished video and shows it."""


def storing_seconds(spent_seconds: float) -> float:
    """How long storing a picture may take, in seconds, when the visit has lasted `spent_seconds`."""
    return max(STORING_SECONDS_MAX, VISIT_SECONDS_MAX - SHOWING_SECONDS_MAX - spent_seconds)


LEASE_SECONDS = 45
"""After this time without a renewal the worker counts as dead, and another continues."""
RENEW_SECONDS = 20.0
"""Between renewals. A usual picture is finished before the first, and one renewal may fail."""

IMAGE_SERVICE_SECONDS = 330
CHAT_SERVICE_SECONDS = 330
VIDEO_SERVICE_SECONDS = 330
"""Cloud Run's timeouts for `image`, `chat` and `video` (infra/functions.json)."""

SIGKILL_SECONDS = 10.0
"""The time that Cloud Run allows between SIGTERM and SIGKILL."""
FINISH_SECONDS = 2.5
"""The time for finishing nearly done work after SIGTERM; then the job is released."""
