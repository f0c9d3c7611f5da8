"""The kinds of update that have a handler.

A module of its own, without imports: the deployer reads it, and must not load the whole bot (OWNED_PATHS in
infra/deploy/branches.py).
"""

HANDLED_KINDS = (
    "message", "edited_message", "callback_query", "stopped_message_generation", "business_connection", "guest_message",
    "pre_checkout_query", "inline_query", "channel_post", "subscription",
    "message_reaction", "my_chat_member",
)  # fmt: skip
"""The kinds of update that the bot requests from Telegram. The webhook itself answers `pre_checkout_query`; payments
come as messages."""
