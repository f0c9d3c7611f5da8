"""The commands in Telegram's menu, and the nearest command to a misspelled one."""

from collections.abc import Iterable
from difflib import get_close_matches

from shared.people.users import Language
from shared.texts import plain_text

PRIVATE_MENU = (
    "image",
    "video",
    "improve",
    "describe",
    "styles",
    "batch",
    "ask",
    "search",
    "mode",
    "new",
    "gallery",
    "app",
    "history",
    "memory",
    "incognito",
    "role",
    "voice",
    "zone",
    "prompts",
    "balance",
    "buy",
    "subscription",
    "receipt",
    "promo",
    "gift",
    "invite",
    "models",
    "price",
    "settings",
    "help",
    "support",
    "api",
    "language",
    "cancel",
)
GROUP_MENU = ("image", "video", "ask", "wallet", "settings", "help")
OTHER_NAMES: dict[str, str] = {
    "reset": "new", "clear": "new", "model": "settings", "prices": "models", "topup": "buy",
    "purse": "wallet", "subscribe": "buy", "unsubscribe": "subscription", "subscriptions": "subscription",
    "credits": "balance", "draw": "image", "edit": "image", "chat": "ask", "tts": "voice", "about": "help",
    "style": "styles", "templates": "styles", "prompt": "prompts", "enhance": "improve",
    "coupon": "promo", "redeem": "promo", "referral": "invite", "ref": "invite",
    "feedback": "support", "contact": "support", "invoice": "receipt", "temporary": "incognito", "secret": "incognito",
    "transactions": "balance", "favorites": "gallery", "favourites": "gallery",
}  # fmt: skip
"""Other names of commands, as other bots use them or people may guess them."""
LIKENESS_MIN = 0.6
"""The ratio of difflib: "ballance", "blance" and even "lance" are similar to "balance", "weather" to no command."""
OTHER_START_LIKENESS_MIN = 0.8
"""The likeness required if the first letters differ: "elp" is like "help", "edits" is not like "credits"."""


def describe_menu(language: Language, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """A command menu for Telegram: names and descriptions."""
    return tuple((name, plain_text(language, f"command-{name}")) for name in names)


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """The most similar command, before all one of the same letters; None if no command is similar enough."""
    names = list(known)
    if swapped := next((each for each in names if sorted(each) == sorted(name)), None):
        return swapped
    same_start = get_close_matches(name, [each for each in names if each[:1] == name[:1]], 1, LIKENESS_MIN)
    return next(iter(same_start or get_close_matches(name, names, 1, OTHER_START_LIKENESS_MIN)), None)
