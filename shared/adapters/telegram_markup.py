"""A screen in python-telegram-bot's words: how its text is marked up, its buttons, what it replies to."""

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters
from telegram.constants import ParseMode

from shared.errors import MessageRejectedError
from shared.ports import Button, Mark, Place, Screen

PLACEHOLDER_CHARACTERS_MAX = 64
"""Of ForceReply's input_field_placeholder."""


def parse_mode_of(screen: Screen) -> ParseMode | None:
    """HTML, unless the markup stands beside the text."""
    return ParseMode.HTML if screen.marks is None else None


def entities_of(screen: Screen) -> list[MessageEntity] | None:
    """The markup that stands beside the text."""
    return None if screen.marks is None else [_entity(mark) for mark in screen.marks]


def keyboard_of(screen: Screen) -> InlineKeyboardMarkup | None:
    """The buttons: all that an edit can set."""
    if not screen.buttons:
        return None
    return InlineKeyboardMarkup([[_button(each) for each in row] for row in screen.buttons])


def markup_of(screen: Screen) -> InlineKeyboardMarkup | ForceReply | None:
    """The buttons, or the wish for a reply: what a new message can have."""
    if screen.force_reply is None:
        return keyboard_of(screen)
    if screen.buttons:
        raise MessageRejectedError("a message has buttons or asks for a reply, not both")
    placeholder = screen.force_reply[:PLACEHOLDER_CHARACTERS_MAX] or None
    return ForceReply(selective=True, input_field_placeholder=placeholder)


def reply_of(place: Place) -> ReplyParameters | None:
    """The message it answers, which may be gone."""
    if place.reply_to is None:
        return None
    return ReplyParameters(place.reply_to, allow_sending_without_reply=True)


def _entity(mark: Mark) -> MessageEntity:
    return MessageEntity(mark.kind, mark.offset, mark.length, url=mark.url or None, language=mark.language or None)


def _button(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.label, url=button.url)
    return InlineKeyboardButton(button.label, callback_data=button.data)
