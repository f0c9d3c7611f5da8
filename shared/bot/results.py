"""The buttons under a card and under a picture. Only the person who asked may press them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from shared.bot.cards import renewed
from shared.bot.requests import answer_tap, start_request
from shared.domain.identity import is_id, tap_intent
from shared.domain.jobs import Job, JobState, is_canceled, message_ref
from shared.domain.requests import Material
from shared.domain.updates import Tap
from shared.domain.users import PictureSettings
from shared.errors import (
    BlobMissingError,
    ConflictError,
    MessageRejectedError,
    MessengerError,
    TooManyRequestsError,
)
from shared.flows.announce_jobs import card_place
from shared.flows.cancel_jobs import cancel_job
from shared.flows.delete_result import delete_result
from shared.flows.documents import create_inbox
from shared.flows.open_jobs import OpenJob, change_job, open_job
from shared.flows.request_picture import Wish
from shared.flows.show_picture import open_original, send_original
from shared.flows.visits import Visit
from shared.ports import Media, Place, Ports, Screen
from shared.texts import html_text, plain_text, unmark

PATIENCE_SECONDS_MAX = 20.0
"""How long a tap waits for flood control; the task has 60 s."""

Handler = Callable[[Ports, Visit, Tap, OpenJob, str], Awaitable[None]]


async def press(ports: Ports, visit: Visit, tap: Tap, handler: Handler, arguments: tuple[str, ...]) -> None:
    """Find the job behind a button and hand the tap on, if it is the owner's."""
    job_id, nonce, *_ = (*arguments, "", "")
    opened = await open_job(ports, job_id) if is_id(job_id) else None
    if opened is None:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-expired"))
    elif opened.job.user_id != tap.sender.id:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
    elif opened.job.deleted_at is not None and handler is not press_delete:  # deleting may be finished
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-gone"))
    else:
        await handler(ports, visit, tap, opened, nonce)


async def press_again(ports: Ports, visit: Visit, tap: Tap, opened: OpenJob, nonce: str) -> None:
    """The same request once more, at today's price."""
    request = opened.job.request
    intent = tap_intent(ports.bot_id, opened.job.id, "again", nonce)
    settings = PictureSettings(request.model, request.ratio, request.size, count=1, original=request.original)
    material = Material(request.references, request.parent_id, keeps_shape=request.keeps_shape)
    wish = Wish(request.prompt, material, settings)
    answer = await start_request(ports, visit, intent, wish)
    if isinstance(answer, Screen):
        await answer_tap(ports, tap.query_id, unmark(answer.text), alert=True)
        return
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-again" if answer.fresh else "toast-known"))
    await _renew_buttons(ports, opened.job, nonce)


async def press_edit(ports: Ports, visit: Visit, tap: Tap, opened: OpenJob, nonce: str) -> None:
    """Ask what to change; a reply to the question is a reply to the picture."""
    await answer_tap(ports, tap.query_id)
    screen = Screen(html_text(visit.language, "edit-ask"), force_reply=plain_text(visit.language, "edit-placeholder"))
    message_id = await ports.messenger.send_text(visit.place, screen)
    ref = message_ref(tap.chat.id, message_id)
    await change_job(ports, opened, lambda job: replace(job, messages=(*job.messages, ref)))


async def press_original(ports: Ports, visit: Visit, tap: Tap, opened: OpenJob, nonce: str) -> None:
    """Send the stored file, at most once per nonce: a send cannot be repeated safely."""
    if opened.job.state is not JobState.DELIVERED:  # made is not paid, and what was not delivered was paid back
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-not-done"))
        return
    try:
        document = await open_original(ports, opened.job)
    except BlobMissingError:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-expired"))
        return
    intent = tap_intent(ports.bot_id, opened.job.id, "original", nonce)
    try:
        await ports.store.commit([create_inbox(intent, (), ports.clock.now())])
    except ConflictError:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-known"))
    else:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-original"))
        await _send_patiently(ports, opened, document)
    await _renew_buttons(ports, opened.job, nonce)


async def _send_patiently(ports: Ports, opened: OpenJob, document: Media) -> None:
    """Flood control is certain not to have sent anything: one more try. Any other failure leaves the button."""
    with suppress(MessengerError):
        try:
            await send_original(ports, opened, document)
        except TooManyRequestsError as error:
            await ports.clock.sleep(min(error.retry_after_seconds, PATIENCE_SECONDS_MAX))
            await send_original(ports, opened, document)


async def press_delete(ports: Ports, visit: Visit, tap: Tap, opened: OpenJob, nonce: str) -> None:
    """Remove the files, and the message while Telegram allows it."""
    await delete_result(ports, opened)
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "deleted"))
    place = Place(tap.chat.id, tap.chat.thread_id)
    try:
        await ports.messenger.delete_message(place, tap.message_id)
    except MessageRejectedError:
        screen = Screen(html_text(visit.language, "deleted-only-file"))
        await ports.messenger.edit_caption(place, tap.message_id, screen)


async def press_cancel(ports: Ports, visit: Visit, tap: Tap, opened: OpenJob, nonce: str) -> None:
    """Stop a job that still waits; the card says so."""
    job = await cancel_job(ports, opened.job.id)
    toast = "toast-canceled" if job is not None and is_canceled(job) else "toast-too-late"
    await answer_tap(ports, tap.query_id, plain_text(visit.language, toast))


async def _renew_buttons(ports: Ports, job: Job, nonce: str) -> None:
    """A used nonce leaves the keyboard, so that the next press is a new wish."""
    if job.card_message_id is not None:
        with suppress(MessengerError):
            await ports.messenger.edit_buttons(card_place(job), job.card_message_id, renewed(job, nonce))


PRESSES: dict[str, Handler] = {
    "again": press_again,
    "edit": press_edit,
    "original": press_original,
    "delete": press_delete,
    "cancel": press_cancel,
}
