"""The menu: pages that replace one another in one message.

They only read, but for settings, and for what holds releases back (`steer_page.py`).
"""

from contextlib import suppress

from shared.errors import MessageGoneError, MessengerError
from shared.ports import Screen
from shared.release_bot.ask_words import ask_words
from shared.release_bot.bot_documents import Asked
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.card import CardFacts
from shared.release_bot.card_buttons import list_actions
from shared.release_bot.list_kinds import ListKind
from shared.release_bot.main_page import NEWEST_MAX, make_main_page
from shared.release_bot.numbers_page import make_numbers_page
from shared.release_bot.read_people import Viewer, change_preferences
from shared.release_bot.read_update import Pressed
from shared.release_bot.runs_page import list_services, make_runs_page
from shared.release_bot.settings_page import apply_setting, make_join_page, make_settings_page
from shared.release_bot.show_card import open_card
from shared.release_bot.show_list import answer_list, draw_chosen, draw_list
from shared.release_bot.show_members import answer_members
from shared.release_bot.steer_page import answer_steering, read_environment
from shared.releases.change_member import make_join_code
from shared.releases.invite import CODE_CHARACTERS
from shared.releases.measure_releases import MEASURED_MAX, measure_releases
from shared.releases.read_case import decode_readable
from shared.releases.release import Status
from shared.releases.release_documents import releases_by_time, releases_in_states
from shared.texts import plain_text

WAITING = (Status.MANUAL_TESTING, Status.MANUAL_TEST_PASSED, Status.DEPLOYING, Status.ROLLBACK_FAILED)
"""The states in which a release can wait for a person."""
WAITING_MAX = 20
"""Releases that are looked through for those that wait for one person."""

Drawn = tuple[Screen | None, str]
"""The page, None where another message answers, and a word for the button."""


async def send_page(ports: BotPorts, viewer: Viewer, page: str) -> None:
    """Send a page as a new message. Raises UnavailableError, MessengerErrors."""
    screen, _ = await _draw(ports, viewer, page.split(";"))
    assert screen is not None, "this page is drawn, not asked for"
    await ports.send(viewer.id, screen)


async def show_page(ports: BotPorts, viewer: Viewer, page: str, pressed: Pressed) -> None:
    """Replace the page that has the button. Raises UnavailableError, MessengerErrors."""
    screen, toast = await _draw(ports, viewer, page.split(";"))
    with suppress(MessengerError):
        await ports.messenger.answer_tap(pressed.query_id, toast)
    if screen is None:
        return
    try:
        await ports.edit(viewer.id, pressed.message_id, screen)
    except MessageGoneError:
        await ports.send(viewer.id, screen)


async def _draw(ports: BotPorts, viewer: Viewer, parts: list[str]) -> Drawn:
    match parts:
        case ["active" | "deployed" | "failed" as kind]:
            return await draw_list(ports, viewer, ListKind(kind)), ""
        case ["v", nonce, operation]:
            return await _answer_list(ports, viewer, nonce, operation)
        case ["waiting"]:
            return await _draw_waiting(ports, viewer), ""
        case ["runs"]:
            environment = await read_environment(ports)
            return make_runs_page(viewer.language, viewer.member, environment, ports.releases.clock.now()), ""
        case ["settings"]:
            return make_settings_page(viewer.member, viewer.preferences, ports.releases.ids.token()), ""
        case ["numbers"]:
            return await _draw_numbers(ports, viewer), ""
        case ["members" | "m" | "mr" | "mx" | "invite" | "policy", *_]:
            return await answer_members(ports, viewer, parts)
    return await _act(ports, viewer, parts)


async def _act(ports: BotPorts, viewer: Viewer, parts: list[str]) -> Drawn:
    """Buttons that do more than show a page; for an unknown one the main page."""
    match parts:
        case ["search"]:
            await ask_words(ports, viewer, Asked.SEARCH)
            return None, ""
        case ["live", place]:
            return await _open_live(ports, viewer, place)
        case ["menu"]:
            await ports.send(viewer.id, await _draw_main(ports, viewer))
            return None, ""
        case ["join", code] if len(code) == CODE_CHARACTERS:
            await make_join_code(ports.releases, viewer.id, code)
            return make_join_page(viewer.language, code), ""
        case ["set", name, value]:
            return await _set(ports, viewer, name, value)
        case ["hold" | "lift" | "freeze" | "thaw", *_]:
            return await answer_steering(ports, viewer, parts)
    return await _draw_main(ports, viewer), ""


async def _draw_main(ports: BotPorts, viewer: Viewer) -> Screen:
    environment = await read_environment(ports)
    newest = list(decode_readable(await ports.releases.store.find(releases_by_time("", None, NEWEST_MAX))))
    return make_main_page(viewer.language, viewer.member, environment, newest, ports.releases.clock.now())


async def _draw_numbers(ports: BotPorts, viewer: Viewer) -> Screen:
    found = await ports.releases.store.find(releases_by_time("", None, MEASURED_MAX))
    numbers = measure_releases(list(decode_readable(found)), ports.releases.clock.now())
    return make_numbers_page(viewer.language, numbers)


async def _answer_list(ports: BotPorts, viewer: Viewer, nonce: str, operation: str) -> Drawn:
    """A page that is forgotten is answered with the main one, and said."""
    answer = await answer_list(ports, viewer, nonce, operation)
    if isinstance(answer, str):
        await open_card(ports, viewer, answer)
        return None, ""
    if answer is None:
        return await _draw_main(ports, viewer), plain_text(viewer.language, "release-list-old")
    return answer, ""


async def _draw_waiting(ports: BotPorts, viewer: Viewer) -> Screen:
    """What this person can decide on now."""
    environment, now = await read_environment(ports), ports.releases.clock.now()
    found = await ports.releases.store.find(releases_in_states(WAITING, "", "", None, WAITING_MAX))
    waiting = [
        each
        for each in decode_readable(found)
        if list_actions(CardFacts(each, environment, (), None, now), viewer.member)
    ]
    return await draw_chosen(ports, viewer, "waiting", waiting)


async def _open_live(ports: BotPorts, viewer: Viewer, place: str) -> Drawn:
    """The card of what production serves; today's page if the services are others by now."""
    environment = await read_environment(ports)
    services = list_services(environment)
    number = int(place) if place.isascii() and place.isdecimal() else len(services)
    id_ = environment.live.get(services[number], "") if number < len(services) else ""
    if id_:
        await open_card(ports, viewer, id_)
        return None, ""
    return make_runs_page(viewer.language, viewer.member, environment, ports.releases.clock.now()), ""


async def _set(ports: BotPorts, viewer: Viewer, name: str, value: str) -> Drawn:
    changed = apply_setting(viewer.preferences, name, value)
    await change_preferences(ports, viewer.id, changed)
    page = make_settings_page(viewer.member, changed, ports.releases.ids.token())
    return page, plain_text(changed.language, "release-toast-set")
