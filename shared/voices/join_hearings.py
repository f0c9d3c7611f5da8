"""The parts of a long recording as one hearing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.providers.talk import Tokens
from shared.voices.read_hearing import WORDS_CHARACTERS_MAX, Hearing
from shared.voices.transcript import Heard

SUMMARY_CHARACTERS_MAX = 3_000
"""Of all parts together: it stands in one message."""


@dataclass(frozen=True, slots=True)
class PartHeard:
    """What is heard in one part; its lines have the times of the whole recording."""

    begins_at_seconds: int
    hearing: Hearing
    tokens: Tokens
    model_id: str


def join_hearings(parts: Sequence[PartHeard]) -> Hearing | None:
    """All parts together: speech where anybody speaks in one of them. None where it is more than a job keeps."""
    spoken = [part for part in parts if part.hearing.heard is Heard.SPEECH]
    if not spoken:
        return parts[0].hearing
    if len(parts) == 1:
        return parts[0].hearing
    lines = tuple(line for part in spoken for line in part.hearing.lines)
    if sum(len(line.words) for line in lines) > WORDS_CHARACTERS_MAX:
        return None
    room = SUMMARY_CHARACTERS_MAX // len(spoken)
    told = (f"{write_time(part.begins_at_seconds)} {part.hearing.summary}"[:room].strip() for part in spoken)
    summary = "\n".join(told)
    sure = min(part.hearing.sure for part in spoken)
    return replace(spoken[0].hearing, sure=sure, summary=summary, lines=lines)


def write_time(seconds: float) -> str:
    """A time in a recording, as players show it: 4:05, 1:04:05."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
