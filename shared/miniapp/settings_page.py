"""Settings in the app: every setting that the bot's menus have.

GET /settings         all of them        POST /settings    one: its name and its value
POST /settings/role   the person's own words for a role
"""

from dataclasses import replace

from shared.miniapp.acts import Act, publish_act
from shared.miniapp.calls import Call, Reply
from shared.miniapp.page import Frame, Visitor, go_to, greet, show_page
from shared.miniapp.settings_view import MODE, list_sections
from shared.people.accounts import change_user
from shared.people.change_setting import save_setting
from shared.people.manner import OWN_CHARACTERS_MAX, OWN_ROLE
from shared.people.talk import MODES, place_of, with_mode
from shared.people.users import User
from shared.ports import AppPorts
from shared.texts import plain_text

SAVED = "/settings?said=saved"
SUPPORT = "support"
"""The payload of /start that is /support: the bot knows whether operators answer there."""
_ACTS = {"language": "menu", "kept_days": "keep", "results_days": "term"}
"""What `bot` does after a choice."""


async def show_settings(ports: AppPorts, call: Call) -> Reply:
    """All settings. Raises UnavailableError."""
    visitor = await greet(ports, call)
    sections = list_sections(visitor.user, _place(ports, visitor), visitor.language, ports.sellers, ports.clock.now())
    frame = Frame("settings", plain_text(visitor.language, "app-tab-settings"), has_balance=False)
    own = visitor.user.manner.own
    admin_url = ports.admin_url if call.user_id in ports.admin_ids else ""
    values = {"sections": sections, "own": own, "own_max": OWN_CHARACTERS_MAX, "admin_url": admin_url}
    values["support_url"] = f"https://t.me/{await ports.messenger.username()}?start={SUPPORT}"
    return show_page(visitor, "settings.html", frame, **values)


async def change_settings(ports: AppPorts, call: Call) -> Reply:
    """Store one choice; one that is not offered changes nothing. Raises UnavailableError."""
    visitor, now = await greet(ports, call), ports.clock.now()
    name, value = call.value("name"), call.value("value")
    if name == MODE:
        await _change_mode(ports, visitor, value)
    else:
        await save_setting(ports, visitor.opened, name, value, now)
        if name in _ACTS:  # also for the same choice again: the act of the first may not have been stored
            await publish_act(ports, Act(_ACTS[name], call.user_id, "", now))
    return go_to(SAVED)


async def change_role(ports: AppPorts, call: Call) -> Reply:
    """Store the person's own words for a role. Raises UnavailableError."""
    visitor = await greet(ports, call)
    await save_setting(ports, visitor.opened, "role", OWN_ROLE + call.value("words"), ports.clock.now())
    return go_to(SAVED)


async def _change_mode(ports: AppPorts, visitor: Visitor, value: str) -> None:
    mode, now = next((each for each in MODES if each == value), None), ports.clock.now()
    if mode is None:
        return

    def change(user: User) -> User | None:
        talk = with_mode(user.talk, _place(ports, visitor), mode, now)
        return None if talk is None else replace(user, talk=talk)

    await change_user(ports, visitor.opened, change)


def _place(ports: AppPorts, visitor: Visitor) -> str:
    """The private chat."""
    return place_of(ports.bot_id, visitor.user.id, None)
