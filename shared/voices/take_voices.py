"""Where transcripts come from: a recording that somebody sends, and /transcribe."""

from shared.jobs.accept_request import Accepted
from shared.ports import Ports, Screen
from shared.telegram.announce_jobs import announce_jobs, resume_jobs
from shared.telegram.answers import answer
from shared.telegram.updates import Message, Recording
from shared.telegram.visits import Visit
from shared.texts import html_text
from shared.voices.request_transcript import request_transcript

SPOKEN_COMMANDS = frozenset({"image", "img", "gen", "ask"})
"""Commands in a caption whose words may be spoken."""


async def take_voice(ports: Ports, visit: Visit, message: Message) -> None:
    """A recording, whose words are handled as if they were typed. Raises UnavailableError."""
    assert message.recording is not None
    await _take(ports, visit, message, message.recording, only_text=False)


async def take_transcribe_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/transcribe, as a reply to a recording or in its caption: the words, and nothing is done with them."""
    recording = message.recording or (message.replied.recording if message.replied is not None else None)
    if recording is None:
        await answer(ports, visit, Screen(html_text(visit.language, "voice-usage")))
    else:
        await _take(ports, visit, message, recording, only_text=True)


def is_spoken(message: Message) -> bool:
    """Whether a message says what it asks for aloud."""
    if message.recording is None or message.media_group_id is not None:
        return False
    return message.command is None or message.command.name in SPOKEN_COMMANDS


async def _take(ports: Ports, visit: Visit, message: Message, recording: Recording, *, only_text: bool) -> None:
    came_of_it = await request_transcript(ports, visit, message, recording, only_text=only_text)
    if isinstance(came_of_it, Accepted):
        visit.recorded = came_of_it.fresh
        await (announce_jobs if came_of_it.fresh else resume_jobs)(ports, came_of_it.jobs)
    else:
        await answer(ports, visit, came_of_it)
