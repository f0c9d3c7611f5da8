"""The kinds of update that Telegram sends us: exactly those with a handler."""

from shared.bot.handled_kinds import HANDLED_KINDS

ALLOWED_UPDATES: tuple[str, ...] = tuple(sorted(HANDLED_KINDS))
"""Sorted, so that two lists can be compared. Telegram never sends other kinds, and keeps the list until another is set
(https://core.telegram.org/bots/api#setwebhook)."""
