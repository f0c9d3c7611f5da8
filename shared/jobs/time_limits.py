"""How long everything may take, in one table. tests/infra/test_time_limits.py adds its lines up.

    claim ── room ── card ── material ── the model ── storing ── showing        one visit of `image`
             └──────────────── the lease is renewed all the time ─────────┘

    claim ── card ── material ── the answer ── showing                          one visit of `chat`

    claim ── room ── card ── material ── starting                               one visit of `video`,
    claim ── telling ── filming ── screening                                    and its last one

A visit is shorter than the service's timeout, and that is shorter than the task's deadline. So no work is cut off, and
no task is repeated while its worker is still busy.
"""

ROOM_SECONDS_MAX = 15.0
"""Waiting for bytes of this process; then the job goes back to the queue, for an instance with more room."""
CARD_SECONDS_MAX = 30.0
"""A card that nobody has posted: waiting for its turn, and one call of Telegram."""
MATERIAL_SECONDS_MAX = 45.0
"""For all downloads together."""
MODEL_SECONDS_MAX = 120
"""The model call's own limit."""
ANSWER_SECONDS_MAX = 180
"""Likewise, for an answer in words: a long one is written for minutes, and is seen meanwhile."""
SUMMARY_SECONDS_MAX = 20.0
"""Telling in short what a conversation has no room for: in a visit of its own, for which nobody waits."""
HEARING_SECONDS_MAX = 120
"""Likewise, for writing a recording down, all its parts together."""
SPEECH_SECONDS_MAX = 150
"""Likewise, for an answer that is spoken."""
START_SECONDS_MAX = 60
"""Likewise, for having a video begun; its pictures go along."""
STORING_SECONDS_MAX = 45.0
"""Putting the files away; the preview is made meanwhile. What the lines before leave unused is added, see
`storing_seconds`."""
SHOWING_SECONDS_MAX = 50.0
"""Waiting for its turn, and the call that carries the picture."""
VISIT_SECONDS_MAX = (
    ROOM_SECONDS_MAX
    + CARD_SECONDS_MAX
    + MATERIAL_SECONDS_MAX
    + MODEL_SECONDS_MAX
    + STORING_SECONDS_MAX
    + SHOWING_SECONDS_MAX
)
"""A worker that has held its job for so long renews its lease no more."""
ANSWER_VISIT_SECONDS_MAX = CARD_SECONDS_MAX + MATERIAL_SECONDS_MAX + ANSWER_SECONDS_MAX + SHOWING_SECONDS_MAX
"""Not longer than the other, so that its lease is renewed to its end. Its words are stored with its job."""
SPEECH_VISIT_SECONDS_MAX = CARD_SECONDS_MAX + SPEECH_SECONDS_MAX + STORING_SECONDS_MAX + SHOWING_SECONDS_MAX
"""A visit of `chat` that speaks an answer; it has no card, but may have to post the end of its job."""

HANDLING_SECONDS_MAX = 40.0
"""Doing what spoken words ask for: a model reads them, a card is posted."""
HEARING_VISIT_SECONDS_MAX = (
    ROOM_SECONDS_MAX
    + CARD_SECONDS_MAX
    + MATERIAL_SECONDS_MAX
    + HEARING_SECONDS_MAX
    + SHOWING_SECONDS_MAX
    + HANDLING_SECONDS_MAX
)
"""A visit of `chat` that writes a recording down and goes on with its words."""

TELLING_SECONDS_MAX = 30.0
"""Asking how far it is."""
FILMING_SECONDS_MAX = 150.0
"""Fetching a video that is there, making it playable, and storing it."""
SCREENING_SECONDS_MAX = 100.0
"""Waiting for its turn, and the call that carries a video of 50 MB."""
VIDEO_START_SECONDS_MAX = ROOM_SECONDS_MAX + CARD_SECONDS_MAX + MATERIAL_SECONDS_MAX + START_SECONDS_MAX
"""A visit of `video` that has one begun."""
VIDEO_VISIT_SECONDS_MAX = TELLING_SECONDS_MAX + FILMING_SECONDS_MAX + SCREENING_SECONDS_MAX
"""A visit of `video` that finds one made, and shows it."""


def storing_seconds(spent_seconds: float) -> float:
    """How long a picture may be put away in a visit that has lasted so long: until showing needs the rest of it."""
    return max(STORING_SECONDS_MAX, VISIT_SECONDS_MAX - SHOWING_SECONDS_MAX - spent_seconds)


LEASE_SECONDS = 45
"""After so long without a renewal its worker is dead, and another goes on."""
RENEW_SECONDS = 20.0
"""Between renewals. A usual picture is done before the first, and one renewal may fail."""

IMAGE_SERVICE_SECONDS = 330
CHAT_SERVICE_SECONDS = 330
VIDEO_SERVICE_SECONDS = 330
"""Cloud Run's timeouts for `image`, `chat` and `video` (infra/functions.json)."""

SIGKILL_SECONDS = 10.0
"""What Cloud Run gives a process between SIGTERM and SIGKILL."""
FINISH_SECONDS = 2.5
"""After SIGTERM a picture that is nearly done has so long; then the job is given back."""
