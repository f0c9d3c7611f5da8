"""How long a person's requests and results are kept: the button under /privacy, and its choices.

    button ── choices ── press ── choice ✓ ── existing jobs shortened, page by page ── the choices again

A press that comes again shortens what is left to shorten.
"""

from shared.people.accounts import try_until_won
from shared.people.change_setting import save_setting
from shared.people.storage import DEFAULT_RESULTS_DAYS, RESULTS_DAYS
from shared.people.users import Language, User
from shared.ports import Button, Ports, Screen
from shared.privacy.shorten_results import shorten_results
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text

TERM = "term"
"""The action of its buttons; then the days, or nothing, and whose they are."""


def term_button(language: Language, owner_id: int) -> Button:
    """The way to the choices."""
    return Button(plain_text(language, "button-term"), write_callback(TERM, "", owner_id))


def term_screen(user: User, language: Language) -> Screen:
    """The choices, with the current one marked."""

    def button(days: int) -> Button:
        label = plain_text(language, f"term-{days}")
        shown = plain_text(language, "chosen", label=label) if days == user.storage.results_days else label
        return Button(shown, write_callback(TERM, days, user.id))

    return Screen(html_text(language, "term-title"), (tuple(button(days) for days in RESULTS_DAYS),))


async def press_term(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show the choices, or make one. Raises LaterError, MessengerErrors, UnavailableError."""
    days, owner, *_ = (*arguments, "", "")
    if owner != str(tap.sender.id):
        await toast(ports, visit, tap, "not-yours")
        return
    user, said = visit.opened.user, ""
    if days:
        user = await save_setting(ports, visit.opened, "results_days", days, visit.received_at)
        await shorten_as_chosen(ports, user)
        said = plain_text(visit.language, "toast-saved")
    await answer_tap(ports, tap.query_id, said)
    await ports.messenger.edit_text(visit.place, tap.message_id, term_screen(user, visit.language))


async def shorten_as_chosen(ports: Ports, user: User) -> None:
    """Have the person's choice hold for what is there already. Raises LaterError, UnavailableError."""
    days = user.storage.results_days
    if days < DEFAULT_RESULTS_DAYS:
        await try_until_won(ports, lambda: shorten_results(ports, user.id, days))
