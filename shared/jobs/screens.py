"""What every process knows about a kind of work: the types of its documents, and its screens.

Each kind has one such entry in `shared/surfaces.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.jobs.job import Artefacts, Job, JobState, Request
from shared.ports import Action, Ports, Screen
from shared.texts import html_text

MARKED_CHARACTERS_MAX = 900
"""Telegram takes captions of 1,024 characters: https://core.telegram.org/bots/api#sendphoto."""


@dataclass(frozen=True, slots=True)
class Screens:
    """The types and screens of a kind of work."""

    request: type[Request]
    """The type of its jobs' request."""
    artefacts: type[Artefacts]
    """The type of its jobs' artefacts."""

    card: Callable[[Job, datetime], Screen]
    """The card that shows the job's state at this time."""
    caption: Callable[[Job, int], Screen]
    """The caption of the result, for a person with so many credits left."""
    left: Callable[[Job], Screen]
    """The card in the place that a job had to leave: the result is elsewhere."""
    action: Action
    """The chat action while the job runs."""
    ready: str
    """The id of the text that announces a result that took long."""
    kept: Callable[[Job, str], Screen]
    """The card of a result that has no place, with the link that delivers it."""
    stop: Callable[[Job, datetime], Job] | None = None
    """Marks a running job to end with its partial result. None: such a job is canceled instead."""
    is_text: bool = False
    """The result is the text of the card itself, so unlike a photo it can be overwritten by a late edit."""
    words: Callable[[Job], str] | None = None
    """The result in Markdown, for a kind whose results can be spoken."""
    noun: str = "pictures"
    """The noun for /cancel (the text `cancel-<noun>`); pictures have one text for waiting ones, one for the others."""
    together: Callable[[Sequence[Job]], Screen] | None = None
    """The common card of a batch, for a kind that has batches."""
    tells_price: Callable[[Job], bool] | None = None
    """Whether a result's caption says what it cost, and so may say that few credits are left. None: it never does."""
    quotes: Callable[[Job], str] | None = None
    """The text that the job's message shows, which a question in reply to it is about."""


def screens_of(ports: Ports, job: Job) -> Screens:
    """The screens of this job's kind."""
    return ports.screens[job.kind]


def draw_card(ports: Ports, job: Job) -> Screen:
    """The card of a job for its current state."""
    return mark_incognito(job, note_payer(job, screens_of(ports, job).card(job, ports.clock.now())))


def draw_caption(ports: Ports, job: Job, left: int) -> Screen:
    """The caption of a job's result, for a person with so many credits left."""
    return mark_incognito(job, screens_of(ports, job).caption(job, left))


def note_payer(job: Job, card: Screen) -> Screen:
    """The card of a job, saying that the group's wallet pays it or has its credits back; a result says neither."""
    if not job.wallet_id or card.marks is not None or job.state in {JobState.MADE, JobState.DELIVERED}:
        return card
    is_back = job.state in {JobState.REFUSED, JobState.FAILED, JobState.CANCELED}
    note = html_text(job.language, "wallet-has-back" if is_back else "wallet-pays")
    return replace(card, text=f"{card.text}\n{note}")


def mark_incognito(job: Job, screen: Screen, characters_max: int = MARKED_CHARACTERS_MAX) -> Screen:
    """The screen with the sign that its job is incognito, once, and where there is room."""
    sign = html_text(job.language, "incognito-mark")
    if not job.is_incognito or len(screen.text) > characters_max or screen.text.endswith(sign):
        return screen
    return replace(screen, text=f"{screen.text}\n\n{sign}".lstrip())
