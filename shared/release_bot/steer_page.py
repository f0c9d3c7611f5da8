"""Holding releases back, and letting them go: pages, and the steps that they lead to.

A button that lifts a hold names the one that was on its screen, so a late press does not lift a newer one.
"""

from datetime import timedelta

from shared.ports import Screen
from shared.release_bot.ask_words import ask_words
from shared.release_bot.bot_documents import Asked
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.main_page import make_menu_row
from shared.release_bot.read_people import Viewer
from shared.release_bot.runs_page import HOURS, make_freeze_page, make_lift_page, make_runs_page, mark_hold
from shared.releases.actor import Permission
from shared.releases.attempt import Refusal
from shared.releases.environment import PRODUCTION, Environment
from shared.releases.release_documents import decode_environment, environment_key
from shared.releases.steer_environment import set_freeze, set_hold
from shared.texts import html_text, plain_text, write_moment

PERMISSIONS = {
    "hold": Permission.HOLD,
    "lift": Permission.HOLD,
    "freeze": Permission.FREEZE,
}


async def read_environment(ports: BotPorts) -> Environment:
    """Production, as it is. Raises UnavailableError."""
    [stored] = await ports.releases.store.read([environment_key(PRODUCTION)])
    return decode_environment(stored, PRODUCTION)


async def answer_steering(ports: BotPorts, viewer: Viewer, parts: list[str]) -> tuple[Screen | None, str]:
    """The next page, None where a question answers, and a word. Raises UnavailableError, MessengerErrors."""
    language, environment = viewer.language, await read_environment(ports)
    is_step = parts[0] == "thaw" or (parts[0] == "lift" and len(parts) > 1)  # its commit decides who may
    if not is_step and not viewer.member.actor.may(PERMISSIONS[parts[0]]):
        return _draw(ports, viewer, environment), plain_text(language, "release-refused-role")
    hours = [each for each in HOURS if parts[1:] == [str(each)]]
    match parts:
        case ["hold"]:
            await ask_words(ports, viewer, Asked.HOLD)
            return None, ""
        case ["freeze", _] if hours:
            await ask_words(ports, viewer, Asked.FREEZE, hours=hours[0])
            return None, ""
        case ["freeze", *_]:
            return make_freeze_page(language), ""
        case ["lift"] if environment.hold:
            return make_lift_page(language, environment), ""
        case ["lift", mark] if environment.hold and mark == mark_hold(environment):
            return await _lift(ports, viewer, environment.hold)
        case ["thaw"]:
            return _say(ports, viewer, await set_freeze(ports.releases, viewer.id, None, ""))
    return _draw(ports, viewer, environment), plain_text(language, "release-refused-stale")


async def hold_releases(ports: BotPorts, viewer: Viewer, reason: str) -> None:
    """Hold everything for this reason, and say so. Raises UnavailableError, MessengerErrors."""
    done = await set_hold(ports.releases, viewer.id, reason)
    await _tell(ports, viewer, done, html_text(viewer.language, "release-held"))


async def freeze_deployments(ports: BotPorts, viewer: Viewer, hours: int, reason: str) -> None:
    """Let no deployment begin for so many hours, and say so. Raises UnavailableError, MessengerErrors."""
    until = ports.releases.clock.now() + timedelta(hours=hours)
    done = await set_freeze(ports.releases, viewer.id, until, reason)
    moment = write_moment(viewer.language, until)
    await _tell(ports, viewer, done, html_text(viewer.language, "release-froze", until=moment))


async def _lift(ports: BotPorts, viewer: Viewer, hold: str) -> tuple[Screen, str]:
    return _say(ports, viewer, await set_hold(ports.releases, viewer.id, "", expected=hold))


def _say(ports: BotPorts, viewer: Viewer, done: Environment | Refusal) -> tuple[Screen, str]:
    if isinstance(done, Refusal):
        refused = "release-steer-refused"
        toast = plain_text(viewer.language, "release-refused-role")
        return Screen(html_text(viewer.language, refused), (make_menu_row(viewer.language),)), toast
    return _draw(ports, viewer, done), plain_text(viewer.language, "release-toast-set")


def _draw(ports: BotPorts, viewer: Viewer, environment: Environment) -> Screen:
    return make_runs_page(viewer.language, viewer.member, environment, ports.releases.clock.now())


async def _tell(ports: BotPorts, viewer: Viewer, done: Environment | Refusal, text: str) -> None:
    is_refused = isinstance(done, Refusal)
    said = html_text(viewer.language, "release-steer-refused") if is_refused else text
    await ports.send(viewer.id, Screen(said, (make_menu_row(viewer.language),)))
