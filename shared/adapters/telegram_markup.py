"""Converting a screen to python-telegram-bot's types: markup, buttons, reply."""

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters, WebAppInfo
from telegram.constants import ParseMode

from shared.errors import MessageRejectedError
from shared.ports import Button, Mark, Place, Screen

PLACEHOLDER_CHARACTERS_MAX = 64
"""The limit of ForceReply's input_field_placeholder."""


def parse_mode_of(screen: Screen) -> ParseMode | None:
    """HTML, unless the screen has entities."""
    return ParseMode.HTML if screen.marks is None else None


def entities_of(screen: Screen) -> list[MessageEntity] | None:
    """The screen's entities."""
    return None if screen.marks is None else [_entity(mark) for mark in screen.marks]


def keyboard_of(screen: Screen) -> InlineKeyboardMarkup | None:
    """The buttons, for an edit."""
    if not screen.buttons:
        return None
    return InlineKeyboardMarkup([[_button(each) for each in row] for row in screen.buttons])


def markup_of(screen: Screen) -> InlineKeyboardMarkup | ForceReply | None:
    """The buttons or the forced reply, for a new message."""
    if screen.force_reply is None:
        return keyboard_of(screen)
    if screen.buttons:
        raise MessageRejectedError("a message has buttons or asks for a reply, not both")
    placeholder = screen.force_reply[:PLACEHOLDER_CHARACTERS_MAX] or None
    return ForceReply(selective=True, input_field_placeholder=placeholder)


def reply_of(place: Place) -> ReplyParameters | None:
    """The message to reply to, which may be deleted."""
    if place.reply_to is None:
        return None
    return ReplyParameters(place.reply_to, allow_sending_without_reply=True)


def _entity(mark: Mark) -> MessageEntity:
    return MessageEntity(mark.kind, mark.offset, mark.length, url=mark.url or None, language=mark.language or None)


def _button(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.label, url=button.url)
    if button.app:
        return InlineKeyboardButton(button.label, web_app=WebAppInfo(button.app))
    return InlineKeyboardButton(button.label, callback_data=button.data)
