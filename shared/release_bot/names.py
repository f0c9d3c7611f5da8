"""States, roles, durations and links in words. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from shared.people.users import Language
from shared.releases.actor import Member
from shared.releases.environment import Environment
from shared.releases.release import Release, is_release_id
from shared.texts import html_text, plain_text, shorten, write_moment, write_short_moment

NAME_CHARACTERS_MAX = 60
REASON_CHARACTERS_MAX = 200
DIGEST_CHARACTERS = 12
NAMES_MAX = 5
"""Releases in one line; more services than that have no place here."""
STATUS_TEXTS: Mapping[str, str] = {
    "initiated": "release-status-initiated",
    "building": "release-status-building",
    "staging_failed": "release-status-staging-failed",
    "manual_testing": "release-status-manual-testing",
    "manual_test_passed": "release-status-manual-test-passed",
    "manual_test_failed": "release-status-manual-test-failed",
    "deploying": "release-status-deploying",
    "deployed": "release-status-deployed",
    "production_failed": "release-status-production-failed",
    "rollback": "release-status-rollback",
    "rollback_done": "release-status-rollback-done",
    "rollback_failed": "release-status-rollback-failed",
    "cancelled": "release-status-cancelled",
}
SIGNS: Mapping[str, str] = {
    "initiated": "🆕",
    "building": "🔨",
    "staging_failed": "❌",
    "manual_testing": "🧪",
    "manual_test_passed": "✅",
    "manual_test_failed": "🚫",
    "deploying": "🚚",
    "deployed": "🟢",
    "production_failed": "🔴",
    "rollback": "⏪",
    "rollback_done": "↩️",
    "rollback_failed": "🆘",
    "cancelled": "✖️",
}
ROLE_TEXTS: Mapping[str, str] = {
    "viewer": "release-role-viewer",
    "developer": "release-role-developer",
    "qa": "release-role-qa",
    "release_manager": "release-role-release-manager",
    "operator": "release-role-operator",
    "admin": "release-role-admin",
}
"""What a later release adds is shown by its stored name."""
_LINK = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[A-Za-z0-9._~/%#?=&+:@-]*")
LINK_CHARACTERS_MAX = 300
_RUNS = "/actions/runs/"


def name_status(language: Language, status: str) -> str:
    """A state in words."""
    return _name(language, STATUS_TEXTS, status)


def sign_status(status: str) -> str:
    """A state as one sign."""
    return SIGNS.get(status, "⚪️")


def name_roles(language: Language, roles: Iterable[str]) -> str:
    """Roles in words, with commas."""
    return ", ".join(_name(language, ROLE_TEXTS, role) for role in roles)


def write_release_name(id_: str) -> str:
    """A release as people call it: service and tag."""
    return shorten(id_.replace("_", " ", 1), NAME_CHARACTERS_MAX)


def join_releases(ids: Iterable[str]) -> str:
    """Some releases by name."""
    return ", ".join(sorted(map(write_release_name, ids))[:NAMES_MAX])


def name_reason(language: Language, hold: str) -> str:
    """A person's words, or `id: status` where a release has failed."""
    id_, _, status = hold.partition(": ")
    if status in STATUS_TEXTS and is_release_id(id_):
        return f"{write_release_name(id_)} · {name_status(language, status)}"
    return shorten(hold, REASON_CHARACTERS_MAX)


def shorten_digest(digest: str) -> str:
    """The first 12 characters of an image's hash: what people compare."""
    return digest.removeprefix("sha256:")[:DIGEST_CHARACTERS]


def name_account(member: Member) -> str:
    """The account of GitHub that a member is joined to, by name, or by its number if that is all that is known."""
    return shorten(member.github_login) or str(member.github_id)


def write_time(language: Language, at: datetime) -> str:
    """A moment on a card: without its year, so that it fits into a line of a phone."""
    return f"{write_short_moment(language, at)} UTC"


def write_decimal(language: Language, number: str) -> str:
    """A number with the language's decimal sign."""
    return number.replace(".", ",") if language == "ru" else number


def write_duration(language: Language, lasted: timedelta) -> str:
    """A duration by its two largest units."""
    seconds = max(int(lasted.total_seconds()), 0)
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return plain_text(language, "release-lasted-days", days=str(days), hours=str(hours))
    if hours:
        return plain_text(language, "release-lasted-hours", hours=str(hours), minutes=str(minutes))
    if minutes:
        return plain_text(language, "release-lasted-minutes", minutes=str(minutes), seconds=str(seconds))
    return plain_text(language, "release-lasted-seconds", seconds=str(seconds))


def find_repository(release: Release) -> str:
    """The repository's address, from that of the run; empty if there is none that a button may open."""
    address, found, _ = release.github_action_link.partition(_RUNS)
    return address if found and is_link(address) else ""


def is_link(address: str) -> bool:
    """Whether a button may open this address. Telegram refuses a whole message for one that it cannot read."""
    return len(address) <= LINK_CHARACTERS_MAX and _LINK.fullmatch(address) is not None


def list_blocks(language: Language, environment: Environment, now: datetime) -> list[str]:
    """What keeps every release back now, in lines."""
    lines = []
    if environment.hold:
        lines.append(html_text(language, "release-bot-hold", reason=name_reason(language, environment.hold)))
    if environment.frozen_until is not None and environment.is_frozen(now):
        reason = shorten(environment.freeze_reason, REASON_CHARACTERS_MAX) or "—"
        until = write_moment(language, environment.frozen_until)
        lines.append(html_text(language, "release-bot-frozen", until=until, reason=reason))
    return lines


def _name(language: Language, texts: Mapping[str, str], value: str) -> str:
    text = texts.get(value)
    return shorten(value, NAME_CHARACTERS_MAX) if text is None else plain_text(language, text)
