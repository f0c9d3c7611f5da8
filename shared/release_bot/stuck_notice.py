"""Telling of a candidate that nobody can approve: in a small team everybody may have changes in it."""

from collections.abc import Sequence

from shared.ports import Button, Screen
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.buttons import write_page
from shared.release_bot.main_page import make_menu_row
from shared.release_bot.names import write_release_name
from shared.release_bot.read_people import Viewer
from shared.release_bot.steer_page import read_environment
from shared.releases.actor import Permission
from shared.releases.quorum import can_be_reached
from shared.releases.release import Release, Status
from shared.texts import html_text, plain_text


async def is_stuck(ports: BotPorts, release: Release, audience: Sequence[Viewer]) -> bool:
    """Whether the candidate waits for approvals that no members who use the bot can give. Raises UnavailableError."""
    if release.status is not Status.MANUAL_TESTING:
        return False
    environment = await read_environment(ports)
    return not can_be_reached(environment.quorum, release, [each.member for each in audience])


async def tell_stuck(ports: BotPorts, release: Release, viewer: Viewer) -> None:
    """Say so, with the way on, to those who decide and to admins. Raises MessengerErrors."""
    actor, language = viewer.member.actor, viewer.language
    if not (actor.may(Permission.APPROVE) or actor.may(Permission.MEMBERS)):
        return
    text = html_text(language, "release-notice-stuck", release=write_release_name(release.id))
    members = Button(plain_text(language, "release-button-members"), write_page("members"))
    doors = (members,) if actor.may(Permission.MEMBERS) else ()
    await ports.send(viewer.id, Screen(text, ((*doors, *make_menu_row(language)),)))
