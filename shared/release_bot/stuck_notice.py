"""Telling what is wrong with a candidate's people: nobody can approve it, because in a small team everybody may have
changes in it; or the team is so large that not everybody hears of it.
"""

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
from shared.releases.release_documents import MEMBERS_MAX
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
    await _send(ports, viewer, html_text(language, "release-notice-stuck", release=write_release_name(release.id)))


async def tell_unheard(ports: BotPorts, release: Release, viewer: Viewer) -> None:
    """Say that others may not hear of it, to whoever asked for the release and to admins. Raises MessengerErrors."""
    actor = viewer.member.actor
    if actor.github_ids.isdisjoint(release.initiator_ids) and not actor.may(Permission.MEMBERS):
        return
    name, most = write_release_name(release.id), str(MEMBERS_MAX)
    await _send(ports, viewer, html_text(viewer.language, "release-notice-unheard", release=name, most=most))


async def _send(ports: BotPorts, viewer: Viewer, text: str) -> None:
    """With the way to the members for those who may change them."""
    language = viewer.language
    members = Button(plain_text(language, "release-button-members"), write_page("members"))
    doors = (members,) if viewer.member.actor.may(Permission.MEMBERS) else ()
    await ports.send(viewer.id, Screen(text, ((*doors, *make_menu_row(language)),)))
