"""*Before and after*: a picture and what it was made from, side by side in an album. Free."""

from functools import partial

from shared.errors import DeliveryUnknownError, MessageRejectedError, MessengerError
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_job, open_job
from shared.pictures.picture import artefacts_of, is_picture, note_comparison, request_of, result_of
from shared.pictures.press import Press, say
from shared.ports import Media, Place, Ports, Screen
from shared.telegram.address import add_message, chat_of
from shared.telegram.claim_sending import claim_sending
from shared.telegram.send_patiently import send_patiently
from shared.texts import html_text


async def compare(ports: Ports, press: Press) -> bool:
    """Send the two, at most once a minute, because a send is not idempotent; returns whether they were sent.

    Answers the press. Raises UnavailableError.
    """
    (before, parent), after = await _find_source(ports, press.job), result_of(press.job).photo_file_id
    if not before or not after:
        await say(ports, press, "toast-gone")
        return False
    claimed = await claim_sending(
        ports, press.opened, press.visit.received_at, lambda job: artefacts_of(job).compared_at, note_comparison
    )
    if claimed is None:
        await say(ports, press, "toast-compared")
        return False
    await say(ports, press, "toast-comparing")
    message_ids = await _send(ports, press, claimed, (Media(before, "before.jpg"), Media(after, "after.jpg")))
    for opened, message_id in zip((parent, claimed), message_ids, strict=False):
        if opened is not None:  # a reply to it is about this picture, and it is deleted with it
            await change_job(ports, opened, partial(add_message, message_id=message_id, chat_id=press.tap.chat.id))
    return True


async def _find_source(ports: Ports, job: Job) -> tuple[str, StoredJob | None]:
    """The file id of what it was made from, an earlier version or a photo, with its job; empty if that is gone."""
    request = request_of(job)
    if request.parent_id is None:
        return request.references[0].file_id if request.references else "", None
    parent = await open_job(ports, request.parent_id)
    if parent is None or not is_picture(parent.job) or parent.job.deleted_at is not None:
        return "", None
    result = artefacts_of(parent.job).result
    return ("" if result is None else result.photo_file_id), parent


async def _send(ports: Ports, press: Press, claimed: StoredJob, photos: tuple[Media, ...]) -> tuple[int, ...]:
    """Send the album; returns the ids of its messages, as far as known.

    A photo that was sent as a file cannot stand in one.
    """
    place = Place(press.tap.chat.id, press.tap.chat.thread_id, chat_of(claimed.job).card_message_id)
    language = press.visit.language
    try:
        caption = Screen(html_text(language, "compare-caption"))
        return await send_patiently(ports, lambda: ports.messenger.send_album(place, photos, caption))
    except MessageRejectedError:
        await ports.messenger.send_text(place, Screen(html_text(language, "compare-file")))
    except DeliveryUnknownError:
        pass
    except MessengerError:
        await change_job(ports, claimed, lambda job: note_comparison(job, None))
    return ()
