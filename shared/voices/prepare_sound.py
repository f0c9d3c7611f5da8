"""Preparing a downloaded recording for the model: measured, and cut into parts if it is long. Pure."""

import math

from shared.credits.catalogue import HEARING
from shared.errors import FileUnreadableError
from shared.logs import log_event
from shared.voices.cut_sound import Part, cut_sound
from shared.voices.measure_sound import measure_seconds
from shared.voices.recordings import MEASURED, form_of, is_longer
from shared.voices.transcript import TranscriptRequest


def prepare_sound(content: bytes, request: TranscriptRequest) -> tuple[Part, ...]:
    """The parts in their order; each is one call.

    Raises FileUnreadableError if the recording is longer than was counted for it, or has another format.
    """
    form, most = form_of(request.recording), HEARING.part_seconds_max
    measured = measure_seconds(content, form)
    if not measured and form in MEASURED:
        log_event("recording_unmeasured", severity="WARNING", mime_type=form)
        raise FileUnreadableError("not of its form")
    if measured is not None and is_longer(measured, request.seconds):
        log_event("recording_longer", severity="WARNING", seconds=request.seconds, measured_seconds=round(measured))
        raise FileUnreadableError("longer than its sender's app said")
    if measured is None or measured <= most:
        return (Part(content, 0),)
    return cut_sound(content, form, most, math.ceil(measured / most))
