"""The kinds of update Telegram is asked for: exactly those that something of ours handles."""

from shared.bot.router import HANDLED_KINDS

ALLOWED_UPDATES: tuple[str, ...] = tuple(sorted(HANDLED_KINDS))
"""Sorted, so that two lists are compared as they are. A kind that is left out never comes; Telegram keeps the last
list until another is given (https://core.telegram.org/bots/api#setwebhook)."""
