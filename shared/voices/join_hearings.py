"""Joining the parts of a long recording. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.providers.talk import Tokens
from shared.voices.read_hearing import WORDS_CHARACTERS_MAX, Hearing
from shared.voices.transcript import Heard, SpokenLine

SUMMARY_CHARACTERS_MAX = 3_000
"""For all parts together: the summary has to fit into one message."""


@dataclass(frozen=True, slots=True)
class PartHeard:
    """The content of one part; its lines have times relative to the whole recording."""

    begins_at_seconds: int
    hearing: Hearing
    tokens: Tokens
    model_id: str


def join_hearings(parts: Sequence[PartHeard], unheard: Sequence[SpokenLine] = ()) -> Hearing | None:
    """All parts together; it is speech if any part is. None if the words exceed the limit of a job's document.

    `unheard`: notes in the place of parts that failed, for the words and the summary.
    """
    spoken = [part for part in parts if part.hearing.heard is Heard.SPEECH]
    if not spoken:
        return parts[0].hearing
    if len(parts) == 1 and not unheard:
        return parts[0].hearing
    lines = sorted(
        (*(line for part in spoken for line in part.hearing.lines), *unheard), key=lambda line: line.at_seconds
    )
    if sum(len(line.words) for line in lines) > WORDS_CHARACTERS_MAX:
        return None
    told = [(part.begins_at_seconds, part.hearing.summary) for part in spoken]
    told += [(int(line.at_seconds), line.words) for line in unheard]
    room = SUMMARY_CHARACTERS_MAX // len(told)
    summary = "\n".join(f"{write_time(begins_at)} {words}"[:room].strip() for begins_at, words in sorted(told))
    sure = min(part.hearing.sure for part in spoken)
    return replace(spoken[0].hearing, sure=sure, summary=summary, lines=tuple(lines))


def write_time(seconds: float) -> str:
    """A time in a recording, in the format of players: 4:05, 1:04:05."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
