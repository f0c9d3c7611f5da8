"""The buttons under a card and under a picture. Only the person who asked may press them."""

from shared.errors import BlobMissingError, DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.hash_ids import is_id
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import ENDS, Job, JobState, is_canceled, is_set, set_ids
from shared.jobs.open_jobs import StoredJob, change_job, open_job
from shared.people.users import Waiting
from shared.people.waiting import stop_waiting, wait_for_words
from shared.pictures.cards import failure_details
from shared.pictures.claim_original import claim_original
from shared.pictures.find_material import is_sold
from shared.pictures.keyboards import STYLES, format_buttons, picture_buttons
from shared.pictures.picture import note_original
from shared.pictures.press import IMPATIENCE, Handler, Press, is_impatient, say, show_buttons, show_home
from shared.pictures.press_delete import press_delete, press_erase, press_keep, press_undo
from shared.pictures.press_repeat import press_again, press_make, press_more, press_now, press_retry, press_then
from shared.pictures.press_styles import press_restyle, press_styles
from shared.pictures.press_tools import press_ask_tool, press_open_tool, press_tool, press_tools
from shared.pictures.show_picture import open_original, send_original
from shared.pictures.style_keyboards import RESTYLE
from shared.pictures.tool_keyboards import ASK_TOOL, OPEN_TOOL, TOOL, TOOLS
from shared.ports import Media, Ports, Screen
from shared.telegram.address import add_message, chat_of
from shared.telegram.callbacks import write_moment
from shared.telegram.send_patiently import send_patiently
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def press(ports: Ports, visit: Visit, tap: Tap, handler: Handler, arguments: tuple[str, ...]) -> None:
    """Find the job behind a button and call the handler if the owner pressed."""
    job_id, count, since, value, *_ = (*arguments, "", "", "", "")
    opened = await open_job(ports, job_id) if is_id(job_id) else None
    if opened is None:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-expired"))
    elif opened.job.user_id != tap.sender.id:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
    elif not is_sold(ports, opened.job):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-newer"))
    elif _is_gone(opened.job, handler):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-gone"))
    elif handler in _AT_HOME and is_impatient(since, visit.received_at):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-again"))
    else:
        await handler(ports, Press(visit, tap, opened, count, since, value))


async def press_edit(ports: Ports, press: Press) -> None:
    """*Edit* or *Other words*: ask once what to change; the reply becomes a new version or another wording.

    Raises MessengerErrors, UnavailableError.
    """
    job, tap = press.job, press.tap
    question = Waiting(tap.chat.id, tap.chat.thread_id, "job", job.id, press.visit.received_at)
    if not await wait_for_words(ports, press.visit.opened, question):
        await say(ports, press, "toast-waiting")
        return
    await answer_tap(ports, tap.query_id)
    ask, placeholder = ("edit-ask", "edit-placeholder")
    if job.state is not JobState.DELIVERED:
        ask, placeholder = ("reword-ask", "reword-placeholder")
    language = press.visit.language
    screen = Screen(html_text(language, ask), force_reply=plain_text(language, placeholder))
    try:
        message_id = await ports.messenger.send_text(press.visit.place, screen)
    except (TooManyRequestsError, DeliveryUnknownError):  # the press is delivered again and asks again
        await stop_waiting(ports, question, tap.sender.id)
        raise
    await change_job(ports, press.opened, lambda job: add_message(job, message_id, tap.chat.id))


async def press_original(ports: Ports, press: Press) -> None:
    """*Original*: send the stored file, at most once a minute, because a send is not idempotent."""
    if press.job.state is not JobState.DELIVERED:  # the picture is not paid, or its hold was released
        await say(ports, press, "toast-not-done")
        return
    try:
        document = await open_original(ports, press.job)
    except BlobMissingError:
        await say(ports, press, "toast-expired")
        return
    claimed = await claim_original(ports, press.opened, press.visit.received_at)
    if claimed is None:
        await say(ports, press, "toast-sent-already")
        return
    await say(ports, press, "toast-original")
    await _send_file(ports, claimed, document)


async def _send_file(ports: Ports, opened: StoredJob, document: Media) -> None:
    """Send the file; if it was certainly not sent, allow another press."""
    try:
        await send_patiently(ports, lambda: send_original(ports, opened, document))
    except DeliveryUnknownError:
        return
    except MessengerError:
        await change_job(ports, opened, lambda job: note_original(job, None))


async def press_format(ports: Ports, press: Press) -> None:
    """*Format*: offer the same picture in other formats and sizes."""
    if press.job.state not in ENDS:
        await say(ports, press, "toast-not-done")
        return
    await answer_tap(ports, press.tap.query_id)
    await show_buttons(ports, press, format_buttons(press.job, press.count, write_moment(press.visit.received_at)))


async def press_pick(ports: Ports, press: Press) -> None:
    """Show the buttons of one picture of several."""
    if press.job.state is not JobState.DELIVERED:
        await say(ports, press, "toast-not-made" if press.job.state in ENDS else "toast-not-done")
        return
    await answer_tap(ports, press.tap.query_id)
    await show_buttons(ports, press, picture_buttons(press.job, press.count))


async def press_back(ports: Ports, press: Press) -> None:
    """*Back*: show the first keyboard again."""
    await answer_tap(ports, press.tap.query_id)
    await show_home(ports, press, press.count)


async def press_details(ports: Ports, press: Press) -> None:
    """*Details*: show the owner the code of a failure and the model's words."""
    await answer_tap(ports, press.tap.query_id, failure_details(press.job), alert=True)


async def press_cancel(ports: Ports, press: Press) -> None:
    """*Cancel*: cancel an unfinished job. A quick second press of *Draw this*, which it replaced, does not cancel."""
    if chat_of(press.job).was_asked and press.visit.received_at < press.job.created_at + IMPATIENCE:
        await say(ports, press, "toast-again")
    else:
        await _cancel(ports, press, (press.job.id,))


async def press_stop(ports: Ports, press: Press) -> None:
    """*All*: cancel all pictures of a request."""
    await _cancel(ports, press, set_ids(press.job))


async def _cancel(ports: Ports, press: Press, job_ids: tuple[str, ...]) -> None:
    jobs = [await cancel_job(ports, job_id) for job_id in job_ids]
    canceled = any(job is not None and is_canceled(job) for job in jobs)
    await say(ports, press, "toast-canceled" if canceled else "toast-too-late")


PRESSES: dict[str, Handler] = {
    "again": press_again,
    "then": press_then,
    "now": press_now,
    "retry": press_retry,
    "make": press_make,
    "more": press_more,
    "format": press_format,
    TOOLS: press_tools,
    TOOL: press_tool,
    OPEN_TOOL: press_open_tool,
    ASK_TOOL: press_ask_tool,
    STYLES: press_styles,
    RESTYLE: press_restyle,
    "pick": press_pick,
    "back": press_back,
    "edit": press_edit,
    "original": press_original,
    "delete": press_delete,
    "erase": press_erase,
    "keep": press_keep,
    "undo": press_undo,
    "details": press_details,
    "cancel": press_cancel,
    "stop": press_stop,
}
_OF_ONE_PICTURE = frozenset(
    {press_edit, press_original, press_delete, press_pick, press_tools, press_tool, press_open_tool, press_ask_tool}
    | {press_styles, press_restyle}
)
_AT_HOME = frozenset({press_again, press_edit, press_tools, press_format, press_original, press_delete, press_pick})
"""Where one of them has just taken the place of a button that bought something, a press still means that one."""
_AFTER_DELETION = frozenset({press_erase, press_undo})


def _is_gone(job: Job, handler: Handler) -> bool:
    """Whether this button is useless because its picture is deleted. A common keyboard still works for the others."""
    if job.deleted_at is None or handler in _AFTER_DELETION:
        return False
    return handler in _OF_ONE_PICTURE or not is_set(job)
