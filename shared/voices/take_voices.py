"""Accepting recordings: a sent recording, and /transcribe."""

from dataclasses import replace

from shared.jobs.accept_request import Accepted
from shared.ports import Ports, Screen
from shared.telegram.announce_jobs import announce_jobs, resume_jobs
from shared.telegram.answers import answer
from shared.telegram.updates import Message, Recording
from shared.telegram.visits import Visit
from shared.texts import html_text
from shared.voices.request_transcript import request_transcript

ABOUT = "about"
"""The kind of a recording to which words reply: it is material, whoever recorded it."""
VIDEO = "video"
"""The kind of an ordinary video, as Telegram calls it."""
SPOKEN_COMMANDS = frozenset({"image", "img", "gen", "ask"})
"""Commands that, in a caption, apply to the spoken words."""


async def take_voice(ports: Ports, visit: Visit, message: Message, recording: Recording) -> None:
    """Accept a recording whose words are then handled as if they were typed. Raises UnavailableError."""
    await _take(ports, visit, message, recording, only_text=False)


async def take_transcribe_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/transcribe, as a reply to a recording or in its caption: show the words without acting on them."""
    recording = message.recording or (message.replied.recording if message.replied is not None else None)
    if recording is None:
        await answer(ports, visit, Screen(html_text(visit.language, "voice-usage")))
    else:
        await _take(ports, visit, message, recording, only_text=True)


def find_spoken(ports: Ports, message: Message) -> Recording | None:
    """The recording to transcribe before a message can be handled: its own, or the one that it asks about.

    An ordinary video is no such recording: questions about it are questions about a file, which the model watches.
    """
    if message.command is not None and message.command.name not in SPOKEN_COMMANDS:
        return None
    if message.recording is not None:
        return message.recording if message.media_group_id is None and message.recording.kind != VIDEO else None
    replied = message.replied
    if replied is None or replied.recording is None or replied.sender_id == ports.bot_id:
        return None
    if replied.recording.kind == VIDEO:
        return None
    says_something = bool(message.own_words) and message.spoken is None
    return replace(replied.recording, kind=ABOUT) if says_something else None


async def _take(ports: Ports, visit: Visit, message: Message, recording: Recording, *, only_text: bool) -> None:
    came_of_it = await request_transcript(ports, visit, message, recording, only_text=only_text)
    if isinstance(came_of_it, Accepted):
        visit.recorded = came_of_it.fresh
        await (announce_jobs if came_of_it.fresh else resume_jobs)(ports, came_of_it.jobs)
    else:
        await answer(ports, visit, came_of_it)
