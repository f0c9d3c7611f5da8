"""What every process knows of a kind of work: how it is kept, and how it looks where jobs are shown as messages.

Each kind has one such entry in `shared/surfaces.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shared.jobs.job import Artefacts, Job, Request
from shared.ports import Action, Ports, Screen


@dataclass(frozen=True, slots=True)
class Screens:
    """How a kind of work is kept, and how it looks."""

    request: type[Request]
    """What its jobs keep under `request`."""
    artefacts: type[Artefacts]
    """What they keep of what was made."""

    card: Callable[[Job, datetime], Screen]
    """The job's state, at this time."""
    caption: Callable[[Job, int], Screen]
    """What stands under what was made, for a person with so many credits left."""
    left: Callable[[Job], Screen]
    """The place that a job had to leave: what was made is elsewhere."""
    action: Action
    """What the chat shows while it is made."""
    ready: str
    """The text that says that what took long is there."""
    kept: Callable[[Job, str], Screen]
    """What was made and finds no place, and the address that brings it."""
    stop: Callable[[Job, datetime], Job] | None = None
    """The job that is worked on, asked to end with what there is of its result. None: it is canceled."""
    is_text: bool = False
    """What is made is text, which the card itself says: unlike a file, an older card may be drawn over it."""
    words: Callable[[Job], str] | None = None
    """What was made, in Markdown, where it is words that can be spoken."""
    noun: str = "pictures"
    """What /cancel counts it as: the text `cancel-<noun>`; of pictures one for those that wait, one for the others."""
    quotes: Callable[[Job], str] | None = None
    """Words of somebody's that it shows, and that a question in reply to it is about."""


def screens_of(ports: Ports, job: Job) -> Screens:
    """How this job looks."""
    return ports.screens[job.kind]
