"""What runs, what is tested and what holds releases back, in words. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from shared.people.users import Language
from shared.releases.actor import Member
from shared.releases.environment import Environment
from shared.releases.release import Release, is_release_id
from shared.texts import html_text, plain_text, shorten, write_moment

NAMES_MAX = 5
"""Releases in one line; more services than that have no place here."""
NAME_CHARACTERS_MAX = 60
REASON_CHARACTERS_MAX = 200
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
ROLE_TEXTS: Mapping[str, str] = {
    "viewer": "release-role-viewer",
    "developer": "release-role-developer",
    "qa": "release-role-qa",
    "release_manager": "release-role-release-manager",
    "operator": "release-role-operator",
    "admin": "release-role-admin",
}
"""What a later release adds is shown by its stored name."""


def describe_overview(
    language: Language, member: Member, environment: Environment, newest: Sequence[Release], now: datetime
) -> str:
    """The overview in Telegram HTML: less than half of the 4,096 characters of a message."""
    lines = [html_text(language, "release-bot-title"), *_describe_environment(language, environment, now), ""]
    if newest:
        lines += [html_text(language, "release-bot-newest"), *(_describe_release(language, each) for each in newest)]
    else:
        lines.append(html_text(language, "release-bot-none"))
    roles = ", ".join(_name(language, ROLE_TEXTS, role) for role in member.roles)
    return "\n".join([*lines, "", html_text(language, "release-bot-roles", roles=roles)])


def _describe_environment(language: Language, environment: Environment, now: datetime) -> Iterator[str]:
    live = _join(environment.live.values())
    if live:
        yield html_text(language, "release-bot-live", releases=live)
    else:
        yield html_text(language, "release-bot-live-none")
    if candidate := _join(environment.candidate.values()):
        yield html_text(language, "release-bot-candidate", releases=candidate)
    if environment.moving:
        yield html_text(language, "release-bot-moving", releases=_join([environment.moving]))
    if environment.hold:
        yield html_text(language, "release-bot-hold", reason=_describe_hold(language, environment.hold))
    if environment.frozen_until is not None and environment.is_frozen(now):
        reason = shorten(environment.freeze_reason, REASON_CHARACTERS_MAX) or "—"
        until = write_moment(language, environment.frozen_until)
        yield html_text(language, "release-bot-frozen", until=until, reason=reason)


def _describe_hold(language: Language, hold: str) -> str:
    """A person's words, or `id: status` where a release has failed."""
    id_, _, status = hold.partition(": ")
    if status in STATUS_TEXTS and is_release_id(id_):
        return f"{_join([id_])} · {_name(language, STATUS_TEXTS, status)}"
    return shorten(hold, REASON_CHARACTERS_MAX)


def _describe_release(language: Language, release: Release) -> str:
    status = _name(language, STATUS_TEXTS, release.status)
    return html_text(language, "release-bot-line", release=_join([release.id]), status=status)


def _name(language: Language, texts: Mapping[str, str], value: str) -> str:
    text = texts.get(value)
    return shorten(value, NAME_CHARACTERS_MAX) if text is None else plain_text(language, text)


def _join(ids: Iterable[str]) -> str:
    """Some releases by name, `service tag`."""
    names = (shorten(each.replace("_", " ", 1), NAME_CHARACTERS_MAX) for each in ids)
    return ", ".join(sorted(names)[:NAMES_MAX])
