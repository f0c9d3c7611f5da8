"""The buttons under a video and its card. Only the requester may press them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from shared.errors import MessageRejectedError, MessengerError
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.frame import is_known
from shared.jobs.job import Job, JobState, is_canceled
from shared.jobs.open_jobs import StoredJob
from shared.pictures.cards import failure_details
from shared.pictures.press import IMPATIENCE
from shared.ports import Place, Ports, Screen
from shared.telegram.address import chat_of
from shared.telegram.find_pressed import find_pressed_job
from shared.telegram.taps import answer_tap, show_rows, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text
from shared.videos.delete_video import delete_video
from shared.videos.video import is_video
from shared.videos.video_screens import delete_video_buttons, video_buttons

Handler = Callable[[Ports, Visit, Tap, StoredJob], Awaitable[None]]


async def press_video(ports: Ports, visit: Visit, tap: Tap, handler: Handler, arguments: tuple[str, ...]) -> None:
    """Find the video behind a button and hand the tap on, if it is the owner's."""

    def fits(job: Job) -> bool:
        return is_known(ports, job) and is_video(job)

    opened = await find_pressed_job(ports, visit, tap, "".join(arguments[:1]), fits)
    if opened is not None:
        await handler(ports, visit, tap, opened)


async def stop(ports: Ports, visit: Visit, tap: Tap, opened: StoredJob) -> None:
    """Cancel an unfinished video. A second press of *Make it* does not cancel it."""
    if chat_of(opened.job).was_asked and visit.received_at < opened.job.created_at + IMPATIENCE:
        await toast(ports, visit, tap, "toast-again")
        return
    job = await cancel_job(ports, opened.job.id)
    await toast(ports, visit, tap, "toast-canceled" if job is not None and is_canceled(job) else "toast-too-late")


async def tell_details(ports: Ports, visit: Visit, tap: Tap, opened: StoredJob) -> None:
    """Show the code of a failure and the model's own words."""
    await answer_tap(ports, tap.query_id, failure_details(opened.job), alert=True)


async def ask_erase(ports: Ports, visit: Visit, tap: Tap, opened: StoredJob) -> None:
    """Ask for confirmation in the keyboard before a video is deleted."""
    if opened.job.state is not JobState.DELIVERED:
        await toast(ports, visit, tap, "toast-not-done")
        return
    await toast(ports, visit, tap, "toast-sure")
    await show_rows(ports, tap, delete_video_buttons(opened.job))


async def keep(ports: Ports, visit: Visit, tap: Tap, opened: StoredJob) -> None:
    """Show the first keyboard again."""
    await toast(ports, visit, tap, "toast-kept")
    await show_rows(ports, tap, video_buttons(opened.job))


async def erase(ports: Ports, visit: Visit, tap: Tap, opened: StoredJob) -> None:
    """Delete a delivered video: its messages at once, its files a minute later. Raises UnavailableError."""
    deleted = await delete_video(ports, opened)
    if deleted.deleted_at is None:
        await toast(ports, visit, tap, "toast-not-done")
        return
    await toast(ports, visit, tap, "deleted-now")
    place = Place(tap.chat.id, tap.chat.thread_id)
    for message_id in chat_of(opened.job).rest:  # the link to the original of a smaller copy
        with suppress(MessengerError):
            await ports.messenger.delete_message(place, message_id)
    with suppress(MessengerError):
        try:
            await ports.messenger.delete_message(place, tap.message_id)
        except MessageRejectedError:  # too old for a bot to delete
            screen = Screen(html_text(visit.language, "deleted-only-file"))
            await ports.messenger.edit_caption(place, tap.message_id, screen)
