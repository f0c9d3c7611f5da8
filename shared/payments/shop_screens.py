"""The screen of what credits cost."""

from shared.credits.catalogue import PACKAGES
from shared.people.users import Language
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

BUY = "buy"


def draw_shop(language: Language, user_id: int, available: int) -> Screen:
    """The packages, one button each."""
    text = html_text(language, "buy", available=available)
    return Screen(text, tuple((package_button(language, user_id, name),) for name in PACKAGES))


def package_button(language: Language, user_id: int, name: str) -> Button:
    """A button that sends the invoice of a package; it names the price that it shows."""
    package = PACKAGES[name]
    label = plain_text(language, "button-package", credits=package.credits, stars=package.stars)
    return Button(label, write_callback(BUY, user_id, name, package.stars, package.credits))
