"""/incognito: what is asked for in the next hour is removed soon after it was delivered.

/incognito ── what it means ── on ── an hour ── over        off ends it at once
"""

from datetime import datetime
from math import ceil

from shared.growth.commit_growth import show_in_private
from shared.people.change_setting import save_setting
from shared.people.storage import is_incognito
from shared.people.users import Language, User
from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text

INCOGNITO = "incognito"
"""The command, and the action of its button; then *on* or *off*, and whose it is."""


async def show_incognito(ports: Ports, visit: Visit, message: Message) -> None:
    """/incognito in the private chat; a group is led there. Raises MessengerErrors, UnavailableError, LaterError."""
    if not message.chat.is_private:
        await show_in_private(ports, visit, INCOGNITO)
    else:
        await answer(ports, visit, incognito_screen(visit.opened.user, visit.language, visit.received_at))


async def press_incognito(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Switch it on or off. Raises MessengerErrors, UnavailableError."""
    value, owner, *_ = (*arguments, "", "")
    if owner != str(tap.sender.id):
        await toast(ports, visit, tap, "not-yours")
        return
    user = await save_setting(ports, visit.opened, INCOGNITO, value, visit.received_at)
    await answer_tap(ports, tap.query_id)
    screen = incognito_screen(user, visit.language, visit.received_at)
    await ports.messenger.edit_text(visit.place, tap.message_id, screen)


def incognito_screen(user: User, language: Language, now: datetime) -> Screen:
    """What it means, whether it is on, and the switch."""
    until = user.storage.incognito_until
    if until is not None and is_incognito(user.storage, now):
        minutes = max(1, ceil((until - now).total_seconds() / 60))
        state, value = html_text(language, "incognito-on", minutes=minutes, time=f"{until:%H:%M}"), "off"
    else:
        state, value = html_text(language, "incognito-off"), "on"
    button = Button(plain_text(language, f"button-incognito-{value}"), write_callback(INCOGNITO, value, user.id))
    about = html_text(language, "incognito-about")
    return Screen(f"{state}\n{about}", ((button,),))
