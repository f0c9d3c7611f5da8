"""The main page: counts, what runs, what keeps releases back, and the doors to all other pages. Pure."""

from collections.abc import Sequence
from datetime import datetime

from shared.people.users import Language
from shared.ports import Button, Screen
from shared.release_bot.buttons import write_page
from shared.release_bot.list_kinds import COUNTED, ListKind
from shared.release_bot.names import join_releases, list_blocks, name_roles
from shared.releases.actor import Member
from shared.releases.environment import Environment
from shared.releases.release import Release
from shared.texts import html_text, plain_text

NEWEST_MAX = 30
"""So many releases are counted: one query, and weeks of work."""
_ROWS = (
    (("waiting", "release-button-waiting"),),
    (("active", "release-button-active"), ("deployed", "release-button-deployed")),
    (("failed", "release-button-failed"), ("search", "release-button-search")),
    (("runs", "release-button-runs"),),
    (("numbers", "release-button-numbers"), ("settings", "release-button-settings")),
)


def make_main_page(
    language: Language, member: Member, environment: Environment, newest: Sequence[Release], now: datetime
) -> Screen:
    """Less than half of the 4,096 characters of a message."""
    lines = [html_text(language, "release-bot-title")]
    live = join_releases(environment.live.values())
    lines.append(
        html_text(language, "release-bot-live", releases=live) if live else html_text(language, "release-bot-live-none")
    )
    if candidate := join_releases(environment.candidate.values()):
        lines.append(html_text(language, "release-bot-candidate", releases=candidate))
    if environment.moving:
        lines.append(html_text(language, "release-bot-moving", releases=join_releases([environment.moving])))
    lines += list_blocks(language, environment, now)
    lines += ["", _count(language, newest) if newest else html_text(language, "release-bot-none")]
    lines += ["", html_text(language, "release-bot-roles", roles=name_roles(language, member.roles))]
    return Screen("\n".join(lines), make_menu_rows(language))


def make_menu_rows(language: Language) -> tuple[tuple[Button, ...], ...]:
    """The doors to all pages."""
    return tuple(tuple(Button(plain_text(language, text), write_page(page)) for page, text in row) for row in _ROWS)


def make_menu_row(language: Language) -> tuple[Button, ...]:
    """The way back to this page."""
    return (Button(plain_text(language, "release-button-menu"), write_page("main")),)


def _count(language: Language, newest: Sequence[Release]) -> str:
    counts = {kind: sum(each.status in statuses for each in newest) for kind, statuses in COUNTED.items()}
    return html_text(
        language,
        "release-bot-counts",
        most=len(newest),
        active=str(counts[ListKind.ACTIVE]),
        deployed=str(counts[ListKind.DEPLOYED]),
        failed=str(counts[ListKind.FAILED]),
    )
