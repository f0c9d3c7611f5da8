"""The commands in Telegram's menu, and the nearest command to a misspelled one."""

from collections.abc import Iterable
from difflib import get_close_matches

from shared.people.users import Language
from shared.texts import plain_text

PRIVATE_MENU = (
    "image",
    "ask",
    "search",
    "mode",
    "new",
    "history",
    "memory",
    "role",
    "voice",
    "zone",
    "prompts",
    "balance",
    "price",
    "settings",
    "help",
    "language",
    "cancel",
)
GROUP_MENU = ("image", "ask", "settings", "help")
LIKENESS_MIN = 0.6
"""The ratio of difflib: "ballance", "blance" and even "lance" are similar to "balance", "weather" to no command."""


def describe_menu(language: Language, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """A command menu for Telegram: names and descriptions."""
    return tuple((name, plain_text(language, f"command-{name}")) for name in names)


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """The most similar command; None if no command is similar enough."""
    return next(iter(get_close_matches(name, list(known), 1, LIKENESS_MIN)), None)
