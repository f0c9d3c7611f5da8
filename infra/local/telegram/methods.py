"""The table of Bot API methods the local server has, by lower-case name (Telegram ignores case there)."""

from collections.abc import Awaitable, Callable
from typing import Any

from infra.local.telegram import (
    drafts,
    editing,
    guests,
    inline,
    payments,
    prepared,
    profile,
    sending,
    subscriptions,
    topics,
    web_apps,
    webhooks,
)
from infra.local.telegram.reading import Call
from infra.local.telegram.world import World

Handler = Callable[[World, Call], Awaitable[Any]]

_HANDLERS: tuple[Handler, ...] = (
    sending.send_message,
    sending.send_photo,
    sending.send_document,
    sending.send_video,
    sending.send_voice,
    sending.send_audio,
    sending.send_animation,
    sending.send_media_group,
    sending.copy_message,
    topics.create_forum_topic,
    topics.close_forum_topic,
    topics.reopen_forum_topic,
    sending.send_chat_action,
    drafts.send_message_draft,
    sending.set_message_reaction,
    editing.edit_message_text,
    editing.edit_message_caption,
    editing.edit_message_media,
    editing.edit_message_reply_markup,
    editing.delete_message,
    editing.delete_messages,
    profile.get_me,
    profile.get_chat,
    profile.get_chat_member,
    profile.get_file,
    profile.set_my_commands,
    profile.get_my_commands,
    profile.delete_my_commands,
    profile.set_my_name,
    profile.get_my_name,
    profile.set_my_description,
    profile.get_my_description,
    profile.set_my_short_description,
    profile.get_my_short_description,
    webhooks.set_webhook,
    webhooks.delete_webhook,
    webhooks.get_webhook_info,
    webhooks.get_updates,
    webhooks.answer_callback_query,
    guests.answer_guest_query,
    payments.send_invoice,
    payments.answer_pre_checkout_query,
    payments.refund_star_payment,
    payments.get_star_transactions,
    subscriptions.create_invoice_link,
    subscriptions.edit_user_star_subscription,
    inline.answer_inline_query,
    prepared.save_prepared_inline_message,
    web_apps.set_chat_menu_button,
    web_apps.get_chat_menu_button,
)

METHODS: dict[str, Handler] = {handler.__name__.replace("_", ""): handler for handler in _HANDLERS}
