"""The commands by name: what Telegram's menu shows of them, and what a misspelled one may mean."""

from collections.abc import Iterable
from difflib import get_close_matches

from shared.people.users import Language
from shared.texts import plain_text

PRIVATE_MENU = (
    "image",
    "video",
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
GROUP_MENU = ("image", "video", "ask", "settings", "help")
LIKENESS_MIN = 0.6
"""Of difflib: "ballance" and "blance" are like "balance", "lance" is too, "weather" is like nothing."""


def describe_menu(language: Language, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """A command menu as Telegram takes it: names and descriptions."""
    return tuple((name, plain_text(language, f"command-{name}")) for name in names)


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """The command that was probably meant."""
    return next(iter(get_close_matches(name, list(known), 1, LIKENESS_MIN)), None)
