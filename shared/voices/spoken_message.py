"""The message that brought a recording, stored in its job so that the words can be handled like typed ones. Pure."""

from dataclasses import dataclass
from datetime import datetime

from shared.telegram.sender import Sender
from shared.telegram.updates import Chat, Command, File, Message, Replied


@dataclass(frozen=True, slots=True)
class About:
    """The replied message."""

    message_id: int
    sender_id: int | None = None
    file: File | None = None
    media_group_id: str | None = None
    text: str = ""
    is_part: bool = False
    unsupported: str = ""


@dataclass(frozen=True, slots=True)
class SpokenMessage:
    """A message without its recording."""

    update_id: int
    chat_id: int
    message_id: int
    sent_at: datetime
    thread_id: int | None = None
    is_private: bool = True
    language_code: str = ""
    caption: str = ""
    command: str = ""
    """The command in the caption."""
    is_foreign: bool = False
    """It was forwarded, or sent through another bot."""
    about: About | None = None


def keep_message(message: Message) -> SpokenMessage:
    """The parts of a message that its job stores."""
    replied = message.replied
    about = None if replied is None else _keep_replied(replied)
    return SpokenMessage(
        update_id=message.update_id,
        chat_id=message.chat.id,
        message_id=message.message_id,
        sent_at=message.sent_at,
        thread_id=message.chat.thread_id,
        is_private=message.chat.is_private,
        language_code=message.sender.language_code,
        caption=message.text,
        command="" if message.command is None else message.command.name,
        is_foreign=message.is_foreign,
        about=about,
    )


def open_message(kept: SpokenMessage, user_id: int) -> Message:
    """The restored message, without its recording and still without the words."""
    about = kept.about
    return Message(
        update_id=kept.update_id,
        sender=Sender(user_id, kept.language_code),
        chat=Chat(kept.chat_id, kept.is_private, kept.thread_id),
        message_id=kept.message_id,
        sent_at=kept.sent_at,
        text=kept.caption,
        command=Command(kept.command, "") if kept.command else None,
        replied=None if about is None else _open_replied(about),
        is_foreign=kept.is_foreign,
    )


def _keep_replied(replied: Replied) -> About:
    return About(
        message_id=replied.message_id,
        sender_id=replied.sender_id,
        file=replied.file,
        media_group_id=replied.media_group_id,
        text=replied.text,
        is_part=replied.is_part,
        unsupported=replied.unsupported,
    )


def _open_replied(about: About) -> Replied:
    return Replied(
        message_id=about.message_id,
        sender_id=about.sender_id,
        file=about.file,
        media_group_id=about.media_group_id,
        text=about.text,
        is_part=about.is_part,
        unsupported=about.unsupported,
    )
