"""A press on a button of a job, and the ways to answer it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.jobs.job import Job, is_set, set_ids
from shared.jobs.open_jobs import StoredJob, open_jobs
from shared.pictures.keyboards import Rows, home_buttons
from shared.ports import Place, Ports
from shared.telegram.address import chat_of
from shared.telegram.callbacks import read_moment
from shared.telegram.taps import answer_tap, show_rows
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import plain_text

IMPATIENCE = timedelta(seconds=2)
"""Within this time after a button was replaced by another, a press still means the first."""


@dataclass(frozen=True, slots=True)
class Press:
    """A press by the owner of the job.

    The button carries `count` (how often it bought), `since` (when its keyboard was opened) and `value`.
    """

    visit: Visit
    tap: Tap
    opened: StoredJob
    count: str
    since: str
    value: str

    @property
    def job(self) -> Job:
        return self.opened.job

    @property
    def place(self) -> Place:
        """The chat of the message with the button."""
        return Place(self.tap.chat.id, self.tap.chat.thread_id)

    @property
    def is_impatient(self) -> bool:
        """Whether the keyboard had just been opened, so that the press was meant for the button that opened it."""
        return is_impatient(self.since, self.visit.received_at)


def is_impatient(since: str, received_at: datetime) -> bool:
    """Whether a keyboard that opened at `since` (`write_moment`) had just opened when a press of it came."""
    opened_at = read_moment(since)
    return opened_at is not None and received_at < opened_at + IMPATIENCE


Handler = Callable[[Ports, Press], Awaitable[None]]


async def say(ports: Ports, press: Press, text_id: str, *, alert: bool = False) -> None:
    """Answer a press with a short text that only this person sees."""
    await answer_tap(ports, press.tap.query_id, plain_text(press.visit.language, text_id), alert=alert)


async def show_buttons(ports: Ports, press: Press, rows: Rows) -> None:
    """Replace the keyboard of the pressed message; a deleted message is ignored."""
    await show_rows(ports, press.tap, rows)


async def show_home(ports: Ports, press: Press, count: str, opened: str = "") -> None:
    """Show the first keyboard again. Several pictures share the one of the last picture's card.

    `opened` as in `home_buttons`.
    """
    job = press.job
    if is_set(job) and chat_of(job).card_message_id != press.tap.message_id:
        for last in await open_jobs(ports, set_ids(job)[-1:]):
            job = last.job
    await show_buttons(ports, press, home_buttons(job, count, opened))
