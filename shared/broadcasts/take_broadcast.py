"""/broadcast: an operator writes to everybody. Alone it shows how, and the last broadcasts."""

from shared.broadcasts.broadcast import new_broadcast
from shared.broadcasts.broadcast_documents import broadcast_key, create_broadcast
from shared.broadcasts.broadcast_screens import draw_card, draw_list
from shared.broadcasts.change_broadcast import list_broadcasts
from shared.broadcasts.content import BUTTONS_MAX, CAPTION_UNITS_MAX, TEXT_UNITS_MAX, find_fault, read_content
from shared.errors import ConflictError, LaterError
from shared.hash_ids import hash_id
from shared.jobs.job_documents import inbox_key
from shared.ports import Ports, Screen
from shared.telegram.answers import SENDING_SECONDS, answer, commit_answer, send_answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text


async def take_broadcast_command(ports: Ports, visit: Visit, message: Message) -> None:
    """Keep an operator's draft and show its card. Raises MessengerErrors, UnavailableError, LaterError."""
    if not message.chat.is_private:
        await answer(ports, visit, Screen(html_text(visit.language, "broadcast-private")))
        return
    replied = message.replied
    file = message.file or (replied.file if replied else None)
    text = message.text or (replied.text if replied else "")
    if not (text or file):
        await answer(ports, visit, draw_list(await list_broadcasts(ports), visit.language))
        return
    content = read_content(text, file.file_id if file else "")
    if fault := find_fault(content):
        limits = {"text": TEXT_UNITS_MAX, "caption": CAPTION_UNITS_MAX, "buttons": BUTTONS_MAX}
        await answer(ports, visit, Screen(html_text(visit.language, fault, **limits)))
        return
    now = ports.clock.now()
    broadcast_id = hash_id("broadcast", ports.bot_id, message.chat.id, message.message_id)
    draft = new_broadcast(broadcast_id, content, str(message.sender.id), now)
    card = draw_card(draft, visit.language, now)
    try:
        mark = await commit_answer(ports, visit, visit.place, card, [create_broadcast(draft)])
    except ConflictError as error:
        if await _is_of_another_update(ports, visit, broadcast_id):
            return
        raise LaterError(SENDING_SECONDS) from error  # another delivery of this update keeps it
    await send_answer(ports, mark, visit.place, card)


async def _is_of_another_update(ports: Ports, visit: Visit, broadcast_id: str) -> bool:
    """Whether the same message has come under another update id, whose delivery keeps the draft and shows its card."""
    mark, kept = await ports.store.read([inbox_key(visit.inbox_id), broadcast_key(broadcast_id)])
    return mark is None and kept is not None
