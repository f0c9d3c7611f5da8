"""Where a request comes from that somebody made on Telegram, as the engine takes it."""

from shared.jobs.accept_request import Origin
from shared.telegram.address import TELEGRAM, ChatAddress, asked_at, wait_for_pieces
from shared.telegram.updates import Message
from shared.telegram.visits import Visit


def is_plain(message: Message) -> bool:
    """Words alone: no command, no reply, nobody else's."""
    return message.command is None and message.replied is None and message.file is None and not message.is_foreign


def origin_of(visit: Visit, intent: str) -> Origin:
    """The origin of what a visit asks for under this intent."""
    update = visit.update
    address = ChatAddress(
        chat_id=update.chat.id,
        thread_id=update.chat.thread_id,
        message_id=update.message_id,
        is_private=update.chat.is_private,
        update_id=update.update_id,
        asked_at=visit.received_at,
        sent_at=update.sent_at if isinstance(update, Message) else None,
    )
    asked = asked_at(address, visit.received_at)
    return Origin(
        intent=intent,
        inbox_id=visit.inbox_id,
        user_id=update.sender.id,
        language=visit.language,
        surface=TELEGRAM,
        address=address,
        asked=asked,
        waiting=wait_for_pieces(address, intent, asked),
        is_plain=isinstance(update, Message) and update.chat.is_private and is_plain(update),
        is_seen_by_all=not update.chat.is_private and isinstance(update, Message),
    )
