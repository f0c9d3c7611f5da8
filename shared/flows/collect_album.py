"""Albums: the parts come as separate updates, shuffled, repeated, on different instances, and become one request.

part 2 ─▶ creates the draft, posts the card, a task for +2 s
part 1 ─▶ joins; the end moves to 2 s after it
task   ─▶ too early: again at the end ─▶ quiet: closes the draft and accepts the request in one commit
part 3 ─▶ too late: counted, and said on the card
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.bot.cards import draft_card, draft_language
from shared.domain.drafts import KEPT, Draft, DraftState, add_part, references_of
from shared.domain.identity import album_intent, message_intent
from shared.domain.jobs import SWEEP_AFTER_SECONDS, Job, Reference, message_ref
from shared.domain.updates import Message, Replied
from shared.domain.users import language_of
from shared.errors import MessengerError, TooManyRequestsError
from shared.flows.accept_request import Accepted, Origin, find_accepted
from shared.flows.accounts import open_user, try_until_won
from shared.flows.announce_jobs import announce_jobs, resume_jobs, show_again
from shared.flows.documents import decode_draft, draft_key, encode
from shared.flows.find_material import find_material, reference_to
from shared.flows.open_jobs import change_job
from shared.flows.publish_jobs import publish_draft
from shared.flows.request_picture import Wish, request_picture
from shared.ports import Create, Place, Ports, Screen, Update


async def collect_part(ports: Ports, message: Message, words: str) -> None:
    """Add an album's part, or start a draft with it. Raises UnavailableError, TooManyRequestsError."""
    assert message.file is not None
    part = reference_to(message.file)
    before, draft = await try_until_won(ports, lambda: _store_part(ports, message, part, words))
    if draft.state is DraftState.COLLECTING and (before is None or before.state is DraftState.ASKING):
        await publish_draft(ports, draft.id, draft.close_at)
        if before is None:
            await _post_card(ports, draft)
    elif draft.state is DraftState.CLOSED and draft.late_parts:
        await _say_late(ports, draft)
    elif draft.state is DraftState.ASKING and before != draft:
        await _show(ports, draft, draft_card(draft, draft_language(draft)))
        await close_draft(ports, draft.id)  # answered while we were slow? Then its card shows what came of it


def draft_id_of(ports: Ports, message: Message) -> str:
    """The draft a part belongs to: its album's, or one of its own."""
    if message.media_group_id is None:
        return message_intent(ports.bot_id, message.chat.id, message.message_id)
    return album_intent(ports.bot_id, message.chat.id, message.media_group_id)


async def is_kept(ports: Ports, draft_id: str) -> bool:
    """Whether pictures were kept under this id, for words to come. Raises UnavailableError."""
    [record] = await ports.store.read([draft_key(draft_id)])
    return record is not None


async def close_draft(ports: Ports, draft_id: str) -> None:
    """Make the request of a complete draft. Raises UnavailableError."""
    await try_until_won(ports, lambda: _close(ports, draft_id))


async def ask_for_words(ports: Ports, message: Message) -> None:
    """A photo came alone: keep it, then ask what to do with it. Raises UnavailableError, TooManyRequestsError."""
    draft = await try_until_won(ports, lambda: _keep_photo(ports, message))
    if draft.card_message_id is None and draft.state is DraftState.ASKING:
        await _post_card(ports, draft)


async def _keep_photo(ports: Ports, message: Message) -> Draft:
    assert message.file is not None
    key = draft_key(draft_id_of(ports, message))
    [record] = await ports.store.read([key])
    if record is not None:
        return decode_draft(record)
    new, now = _new_draft(key.id, message, ports), ports.clock.now()
    draft = add_part(new, message.message_id, reference_to(message.file), "", now)
    asking = replace(draft, state=DraftState.ASKING, sweep_at=None)
    await ports.store.commit([Create(key, encode(asking))])
    return asking


async def _store_part(ports: Ports, message: Message, part: Reference, words: str) -> tuple[Draft | None, Draft]:
    """The draft before and after this part."""
    key = draft_key(draft_id_of(ports, message))
    now = ports.clock.now()
    [record] = await ports.store.read([key])
    before = None if record is None else decode_draft(record)
    after = add_part(
        before or _new_draft(key.id, message, ports), message.message_id, part, words, now, message.update_id
    )
    if record is None:
        await ports.store.commit([Create(key, encode(after))])
    elif after != before:
        await ports.store.commit([Update(key, encode(after), record.version)])
    return before, after


def _new_draft(draft_id: str, message: Message, ports: Ports) -> Draft:
    now = ports.clock.now()
    ours = message.replied is not None and message.replied.sender_id == ports.bot_id
    return Draft(
        id=draft_id,
        user_id=message.sender.id,
        chat_id=message.chat.id,
        thread_id=message.chat.thread_id,
        message_id=message.message_id,
        is_private=message.chat.is_private,
        language_code=message.sender.language_code,
        update_id=message.update_id,
        close_at=now,
        expire_at=now + KEPT,
        sweep_at=now + timedelta(seconds=SWEEP_AFTER_SECONDS),
        replied_to=message.replied.message_id if message.replied is not None and ours else None,
    )


async def _close(ports: Ports, draft_id: str) -> None:
    [record] = await ports.store.read([draft_key(draft_id)])
    if record is None:
        return
    draft = decode_draft(record)
    if draft.state is DraftState.CLOSED:
        accepted = await find_accepted(ports, draft_id)
        await resume_jobs(ports, accepted.jobs if accepted else ())
    elif draft.state is DraftState.COLLECTING and ports.clock.now() < draft.close_at:
        await publish_draft(ports, draft.id, draft.close_at)
    elif draft.state is DraftState.COLLECTING and draft.caption:
        await _accept(ports, draft, record.version)
    elif draft.state is DraftState.COLLECTING:
        await _ask(ports, draft, record.version)


async def _ask(ports: Ports, draft: Draft, version: object) -> None:
    asking = replace(draft, state=DraftState.ASKING, sweep_at=None)
    message_id = await _show(ports, asking, draft_card(asking, draft_language(asking)))
    await ports.store.commit([Update(draft_key(draft.id), encode(_with_card(asking, message_id)), version)])


async def _accept(ports: Ports, draft: Draft, version: object) -> None:
    opened = await open_user(ports, draft.user_id)
    replied = None if draft.replied_to is None else Replied(draft.replied_to, ports.bot_id, None)
    material = await find_material(ports, draft.user_id, draft.chat_id, replied, references_of(draft))
    origin = Origin(
        intent=draft.id,
        inbox_id=None,
        update_id=draft.update_id,
        user_id=draft.user_id,
        chat_id=draft.chat_id,
        thread_id=draft.thread_id,
        message_id=draft.message_id,
        is_private=draft.is_private,
        language=language_of(opened.user, draft.language_code),
        prompt_update_id=draft.caption_update_id,
        card_message_id=draft.card_message_id,
    )
    closed = encode(replace(draft, state=DraftState.CLOSED, sweep_at=None))
    close = Update(draft_key(draft.id), closed, version)
    answer = await request_picture(ports, opened, origin, Wish(draft.caption, material), (close,))
    if isinstance(answer, Accepted):
        await announce_jobs(ports, answer.jobs)
    else:
        await _show(ports, draft, answer)
        await ports.store.commit([close])


async def _post_card(ports: Ports, draft: Draft) -> None:
    message_id = await _show(ports, draft, draft_card(draft, draft_language(draft)))
    if message_id is not None and not await try_until_won(ports, lambda: _record_card(ports, draft.id, message_id)):
        with suppress(MessengerError):  # the draft went on without it
            await ports.messenger.delete_message(Place(draft.chat_id, draft.thread_id), message_id)


async def _record_card(ports: Ports, draft_id: str, message_id: int) -> bool:
    """Whether this is the draft's card now."""
    [record] = await ports.store.read([draft_key(draft_id)])
    draft = None if record is None else decode_draft(record)
    if record is None or draft is None or draft.card_message_id is not None or draft.state is DraftState.CLOSED:
        return False
    await ports.store.commit([Update(record.key, encode(_with_card(draft, message_id)), record.version)])
    return True


def _with_card(draft: Draft, message_id: int | None) -> Draft:
    if message_id is None:
        return draft
    return replace(draft, card_message_id=message_id, card=message_ref(draft.chat_id, message_id))


async def _show(ports: Ports, draft: Draft, screen: Screen) -> int | None:
    """Show this on the draft's card; the card's id when it is known. Raises TooManyRequestsError."""
    place = Place(draft.chat_id, draft.thread_id, draft.message_id)
    try:
        if draft.card_message_id is None:
            return await ports.messenger.send_text(place, screen)
        await ports.messenger.edit_text(place, draft.card_message_id, screen)
    except TooManyRequestsError:
        raise
    except MessengerError:
        return draft.card_message_id
    return draft.card_message_id


async def _say_late(ports: Ports, draft: Draft) -> None:
    """Count the late parts on the cards of the jobs that went without them."""

    def count(job: Job) -> Job | None:
        return None if job.late_parts >= draft.late_parts else replace(job, late_parts=draft.late_parts)

    accepted = await find_accepted(ports, draft.id)
    for opened in accepted.jobs if accepted else ():
        await show_again(ports, (await change_job(ports, opened, count)).job)
